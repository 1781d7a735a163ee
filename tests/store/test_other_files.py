"""Files that are no store of ours are never written to, and a store whose file goes takes no more changes."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from bot import opening
from bot.plan.file import PACKAGED
from bot.speech.store_trouble import told
from bot.terminal.cli import cli
from models.keeping import backup, migrate
from models.store import file, holding
from models.store.engine import Store, sqlite_file
from models.store.errors import StoreError, StoreUnavailable
from models.teams import SANDBOX
from tests.kit.cast import NOW, TOMS
from tests.kit.databases import Databases
from tests.kit.refused import troubled
from tests.kit.stage import a_stage
from tests.kit.troubles import CANNOT_READ

pytestmark = pytest.mark.slow

PLAN = ("plan", "apply", str(PACKAGED), "--yes")


def database(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.executescript(script)


SONGS = "CREATE TABLE songs (title); INSERT INTO songs VALUES ('Tom Dooley');"


def of_text(path: Path) -> None:
    path.write_text("127.0.0.1 localhost\n")


OTHERS: dict[str, Callable[[Path], None]] = {
    "tables": partial(database, script=SONGS),
    "alembic": partial(
        database, script="CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('1a')"
    ),
    "wal": partial(database, script=f"{SONGS} PRAGMA journal_mode=WAL"),
    "a_view": partial(database, script="CREATE VIEW teams AS SELECT 1"),
    # https://www.sqlite.org/fileformat.html#application_id
    "marks": partial(database, script="PRAGMA application_id=252006673"),
    "text": of_text,
}
others = pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
EVERY_COMMAND = (
    *(PLAN, ("migrate",), ("tick",), ("sandbox", "--port", "0"), ("sandbox", "--keep", "--port", "0")),
    *(("ask", "/holiday 24 Dec", "--as", "Toms"), ("schedule",), ("outbox", "list"), ("doctor",), ("log",)),
    *(("restored",), ("record", "--back-to", "2026-11-24T10:00", "--yes")),
)


def operator(path: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of a command, and what it says or raises."""
    done = CliRunner().invoke(cli, ["--database", f"sqlite:///{path}", *arguments])
    return done.exit_code, done.output + (told(done.exception) if isinstance(done.exception, Exception) else "")


@others
def test_no_command_writes_to_a_file_of_others(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path, copy = tmp_path / "other.sqlite", tmp_path / "copy"
    make(path)
    with closing(a_store_at(tmp_path / "ours.sqlite")) as ours:
        backup.back_up(ours.url, copy)
    before, near = path.read_bytes(), sorted(tmp_path.glob("other*"))
    copying = ("copy", "--from", f"sqlite:///{tmp_path}/ours.sqlite", "--to", f"sqlite:///{path}")
    for command in (*EVERY_COMMAND, ("restore", str(copy), "--yes"), ("backup", str(tmp_path / "new")), copying):
        code, said = operator(path, *command)
        assert code == 1, command
        assert str(path) in said, command
        assert path.read_bytes() == before, command
        assert sorted(tmp_path.glob("other*")) == near, command


def a_store_at(path: Path) -> Store:
    """A store that has its tables."""
    store = Store(f"sqlite:///{path}")
    migrate.migrate(store)
    return store


@others
def test_no_bot_runs_on_one(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "other.sqlite"
    make(path)
    before = path.read_bytes()
    url = f"sqlite:///{path}"
    with pytest.raises(StoreError):
        opening.for_running(url, SANDBOX, PACKAGED, NOW)
    with pytest.raises(StoreError), holding.held(url):
        pass
    assert path.read_bytes() == before


def test_what_another_program_left_in_its_journal_stays_there(tmp_path: Path) -> None:
    path, journal = tmp_path / "other.sqlite", tmp_path / "other.sqlite-wal"
    OTHERS["wal"](path)
    with closing(sqlite3.connect(path)) as busy:
        busy.executescript("CREATE TABLE more (n); INSERT INTO more VALUES (1)")
        left, main = journal.read_bytes(), path.read_bytes()
    path.write_bytes(main)
    journal.write_bytes(left)
    assert operator(path, *PLAN)[0] == 1
    assert (path.read_bytes(), journal.read_bytes()) == (main, left)


def test_a_database_that_another_program_migrates_is_not_ours(postgresql: Databases) -> None:
    url = postgresql.empty()
    with closing(Store(url)) as store:
        with store.writing() as tx:
            tx.execute(text("CREATE TABLE alembic_version (version_num text)"))
            tx.execute(text("INSERT INTO alembic_version VALUES ('9f1c2d')"))
        for look in (migrate.schema_of, migrate.migrate):
            with pytest.raises(migrate.NotOurs):
                look(store)


# A store that is damaged

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "garbage": lambda content: (b"garbage" * len(content))[: len(content)],
    "zeros": lambda content: bytes(len(content)),
    "no head": lambda content: b"\xff" * 100 + content[100:],
    "cut off": lambda content: content[:6000],
    "first page": lambda content: content[:100] + b"\xa5" * 3996 + content[4096:],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_store_names_restore(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "oncall.sqlite"
    assert operator(path, *PLAN)[0] == 0
    (tmp_path / "oncall.sqlite.lock").touch()
    path.write_bytes(damage(path.read_bytes()))
    left = path.read_bytes()
    for command in (("ask", "/oncall"), ("schedule",), PLAN, ("migrate",), ("tick",), ("backup", str(tmp_path / "b"))):
        code, said = operator(path, *command)
        assert (code, "restore" in said, str(path) in said) == (1, True, True), (command, said)
    assert [line for line in operator(path, "doctor")[1].splitlines() if line.startswith("!!") and "restore" in line]
    with troubled(StoreError, "restore"):
        opening.for_running(f"sqlite:///{path}", SANDBOX, PACKAGED, NOW)
    assert path.read_bytes() == left


ALONE = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1], timeout=0).execute("PRAGMA journal_mode=DELETE").fetchone()[0])
"""


def test_who_looks_at_a_file_takes_no_locks_from_who_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "oncall.sqlite"
    with closing(a_store_at(path)) as store, store.reading():
        file.check(path)
        with holding.held(store.url), closing(Store(store.url)) as another:
            migrate.schema_of(another)
        alone = subprocess.run([sys.executable, "-c", ALONE, str(path)], capture_output=True, text=True, check=False)
        assert "locked" in alone.stderr


# A file of no bytes


@pytest.mark.parametrize("beside", [".lock", "-wal", ".schema-0001.backup", ".before-record.backup", ".x-2.backup"])
def test_a_store_that_was_emptied_is_not_begun_anew(tmp_path: Path, beside: str) -> None:
    path = tmp_path / "oncall.sqlite"
    path.touch()
    (tmp_path / f"oncall.sqlite{beside}").write_bytes(b"left")
    for command in (PLAN, ("migrate",), ("tick",), ("ask", "/oncall"), ("sandbox", "--port", "0")):
        code, said = operator(path, *command)
        assert code == 1, command
        assert f"oncall.sqlite{beside}" in said
        assert "restore" in said
        assert path.read_bytes() == b"", command
    findings = operator(path, "doctor")[1].splitlines()
    assert [line for line in findings if line.startswith("!!") and f"oncall.sqlite{beside}" in line]
    assert len(findings) > 1


def test_a_backup_is_put_back_where_a_store_was_emptied(tmp_path: Path) -> None:
    path, copy = tmp_path / "oncall.sqlite", tmp_path / "copy"
    assert operator(path, *PLAN)[0] == 0
    assert operator(path, "backup", str(copy))[0] == 0
    (tmp_path / "oncall.sqlite.lock").touch()
    path.write_bytes(b"")
    assert operator(path, "restore", str(copy), "--yes")[0] == 0
    assert "Toms" in operator(path, "schedule")[1]


def test_an_empty_file_that_somebody_made_is_begun_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for n, command in enumerate((PLAN, ("migrate",))):
        path = tmp_path / f"{n}.sqlite"
        path.touch(mode=0o640)
        assert operator(path, *command)[0] == 0
        [said] = [each.getMessage() for each in caplog.records if str(path) in each.getMessage()]
        assert "empty" in said
    path = tmp_path / "held.sqlite"
    path.touch()
    with holding.held(f"sqlite:///{path}"), closing(a_store_at(path)) as store:
        assert migrate.schema_of(store) == migrate.HEAD
    assert sum(str(path) in each.getMessage() for each in caplog.records) == 1


def test_who_only_looks_leaves_an_empty_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "oncall.sqlite"
    path.touch()
    for command in (("ask", "/oncall"), ("schedule",), ("doctor",), ("outbox", "list")):
        operator(path, *command)
        assert path.read_bytes() == b"", command
        assert list(tmp_path.iterdir()) == [path]


def test_a_journal_is_not_played_into_another_store(tmp_path: Path) -> None:
    path, journal = tmp_path / "oncall.sqlite", tmp_path / "oncall.sqlite-wal"
    with closing(a_store_at(path)):
        left = journal.read_bytes()
    path.unlink()
    journal.write_bytes(left)
    code, said = operator(path, *PLAN)
    assert (code, "oncall.sqlite-wal" in said) == (1, True)
    assert not path.exists()
    assert journal.read_bytes() == left


# A file that goes while a bot runs


def removed(path: Path) -> None:
    path.unlink()


def moved_away(path: Path) -> None:
    path.rename(path.with_name("away"))


def replaced(path: Path) -> None:
    with closing(a_store_at(path.with_name("new"))):
        pass
    os.replace(path.with_name("new"), path)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def folder_moved(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


GOES = {each.__name__: each for each in (removed, moved_away, replaced, emptied, folder_moved)}


@pytest.fixture
def of_one(tmp_path: Path) -> tuple[Store, Path]:
    """A store that is open, and its file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "oncall.sqlite"
    store = a_store_at(path)
    with store.reading():
        pass
    return store, path


@pytest.mark.parametrize("go", GOES.values(), ids=GOES)
def test_a_store_whose_file_goes_takes_nothing_more(of_one: tuple[Store, Path], go: Callable[[Path], None]) -> None:
    store, path = of_one
    go(path)
    with closing(store):
        for using in (store.reading, store.writing):
            with pytest.raises(StoreUnavailable) as raised, using():
                pass
            assert str(path) in told(raised.value)
            assert raised.value.writing == (using == store.writing)
    assert path.exists() == (go in (replaced, emptied))


def test_a_file_that_is_put_back_is_gone_on_with(of_one: tuple[Store, Path]) -> None:
    store, path = of_one
    with closing(store):
        path.rename(path.with_name("away"))
        with pytest.raises(StoreUnavailable), store.writing():
            pass
        path.with_name("away").rename(path)
        with store.writing():
            pass


def test_a_bot_whose_store_was_removed_changes_nothing_and_says_so(
    sqlite: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    with a_stage(sqlite) as stage:
        path = sqlite_file(stage.store.url)
        assert path
        path.rename(path.with_name("away"))
        assert stage.words(TOMS, "/holiday 24 Dec") == CANNOT_READ
        stage.bot.tick()
        assert [each for each in caplog.records if str(path) in str(getattr(each, "problem", ""))]
        status = stage.bot.status()
        assert (status["ok"], str(path) in status["database"]) == (False, True)
        assert "oncall_database_up 0.0" in stage.bot.metrics.text().decode()
        path.with_name("away").rename(path)
        assert "You have no" in stage.words(TOMS, "/holiday mine")
