"""Who may read what a store leaves on a disk: its owner, whatever the umask."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import opening
from bot.plan.file import PACKAGED
from bot.terminal.cli import cli
from models.keeping import backup, migrate
from models.store import holding
from models.store.engine import Store
from models.teams import REAL
from tests.kit.cast import NOW
from tests.kit.released import fill

pytestmark = pytest.mark.slow

UMASKS = (0o000, 0o002, 0o022, 0o027, 0o077)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """As the user's shell may have set it."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def operator(path: Path, *arguments: str) -> str:
    """What a command says."""
    return CliRunner().invoke(cli, ["--database", f"sqlite:///{path}", *arguments]).output


def by_running(path: Path) -> None:
    with holding.held(f"sqlite:///{path}"):
        opening.for_running(f"sqlite:///{path}", REAL, PACKAGED, NOW).close()


def by_a_plan(path: Path) -> None:
    operator(path, "plan", "apply", str(PACKAGED), "--yes")


def by_migrating(path: Path) -> None:
    operator(path, "migrate")


def by_restoring(path: Path) -> None:
    by_running(path.with_name("other.sqlite"))
    operator(path.with_name("other.sqlite"), "backup", str(path.with_name("copy")))
    operator(path, "restore", str(path.with_name("copy")), "--yes")


def by_copying(path: Path) -> None:
    by_running(path.with_name("other.sqlite"))
    operator(path, "copy", "--from", f"sqlite:///{path.with_name('other.sqlite')}", "--to", f"sqlite:///{path}")


MAKING = {each.__name__: each for each in (by_running, by_a_plan, by_migrating, by_restoring, by_copying)}


@pytest.mark.parametrize("mask", UMASKS, ids=oct)
@pytest.mark.parametrize("make", MAKING.values(), ids=MAKING)
def test_a_store_is_made_for_its_owner_only(tmp_path: Path, make: Callable[[Path], None], mask: int) -> None:
    path = tmp_path / "oncall.sqlite"
    with umask(mask):
        make(path)
        with closing(Store(f"sqlite:///{path}")) as store, store.writing():
            assert path.with_name("oncall.sqlite-wal").exists()
            assert {each.name: mode(each) for each in tmp_path.iterdir() if mode(each) != 0o600} == {}
    assert path.exists()


@pytest.mark.parametrize("mask", UMASKS, ids=oct)
def test_so_are_its_lock_and_each_kind_of_backup(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "oncall.sqlite"
    with closing(Store(f"sqlite:///{path}")) as store:
        fill(store, "0001")
    with umask(mask):
        by_running(path)
        operator(path, "backup", str(tmp_path / "mine"))
        operator(path, "restore", str(tmp_path / "mine"), "--yes")
        path.write_bytes(b"garbage" * 5000)
        operator(path, "restore", str(tmp_path / "mine"), "--yes")
    made = {each.name: mode(each) for each in tmp_path.iterdir()}
    assert made.pop("oncall.sqlite") == 0o600
    assert {"oncall.sqlite.lock", "oncall.sqlite.schema-0001.backup", "mine"} <= made.keys()
    assert sum(".before-" in name for name in made) == 2
    assert set(made.values()) == {0o600}


@pytest.mark.parametrize("had", [0o640, 0o644, 0o660, 0o666, 0o604])
def test_a_store_that_is_there_keeps_its_mode_and_doctor_warns(tmp_path: Path, had: int) -> None:
    path = tmp_path / "oncall.sqlite"
    by_a_plan(path)
    assert "chmod" not in operator(path, "doctor")
    path.chmod(had)
    by_running(path)
    assert mode(path) == had
    [warned] = [line for line in operator(path, "doctor").splitlines() if "chmod 600" in line]
    assert warned.startswith("!!")
    assert str(path) in warned
    path.chmod(0o600)
    assert "chmod" not in operator(path, "doctor")


def test_doctor_names_a_backup_that_others_may_read(tmp_path: Path) -> None:
    path, kept = tmp_path / "oncall.sqlite", tmp_path / "oncall.sqlite.before-record.backup"
    by_a_plan(path)
    backup.back_up(f"sqlite:///{path}", kept)
    kept.chmod(0o644)
    [warned] = [line for line in operator(path, "doctor").splitlines() if "chmod 600" in line]
    assert warned.endswith(f" {kept}")


def test_migrate_keeps_what_was_there(tmp_path: Path) -> None:
    path, kept = tmp_path / "oncall.sqlite", tmp_path / "oncall.sqlite.schema-0001.backup"
    with closing(Store(f"sqlite:///{path}")) as store:
        fill(store, "0001")
    assert str(kept) in operator(path, "migrate")
    with closing(Store(f"sqlite:///{kept}")) as store:
        assert migrate.schema_of(store) == "0001"
    assert "chmod" not in operator(path, "doctor")
    assert "kept" not in operator(path, "migrate")
