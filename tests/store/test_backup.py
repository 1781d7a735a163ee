"""Copying a SQLite store while the bot runs, and putting a copy back: whole or not at all."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from models import outbox, teams
from models.keeping import backup
from models.keeping.backup import BadBackup
from models.outbox import CHANNEL, Owed
from models.store.engine import Store, sqlite_file
from models.teams import REAL, SANDBOX
from scheduler.messages import Greeting
from tests.kit import cast
from tests.kit.cast import NOW
from tests.kit.commands import bot
from tests.kit.contents import rows
from tests.kit.databases import Databases
from tests.kit.refused import troubled
from tests.kit.released import a_full_store
from tests.kit.stage import Stage

pytestmark = [pytest.mark.both, pytest.mark.slow]

MINUTE = timedelta(minutes=1)


def test_a_backup_is_of_one_state_whoever_writes_meanwhile(sqlite: Databases, tmp_path: Path) -> None:
    store, stop = cast.a_store(sqlite), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with store.writing() as tx:  # two rows, always together
                for half in ("a", "b"):
                    outbox.owe(tx, 1, Owed(Greeting(), f"{n}{half}", CHANNEL, NOW), NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            backup.back_up(store.url, tmp_path / f"{n}.backup")
    finally:
        stop.set()
        writer.join()
        store.close()
    sizes = []
    for n in range(5):
        with closing(sqlite3.connect(tmp_path / f"{n}.backup")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            sizes.append(copy.execute("SELECT count(*) FROM outbox").fetchone()[0])
    assert all(size % 2 == 0 for size in sizes)
    assert sizes == sorted(sizes)
    assert os.stat(tmp_path / "0.backup").st_mode & 0o777 == 0o600


def test_a_backup_never_replaces_a_file(sqlite: Databases, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with troubled(BadBackup, "is there already"):
        backup.back_up(sqlite.migrated(), tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


def test_postgresql_has_tools_of_its_own(postgresql: Databases, tmp_path: Path) -> None:
    with troubled(BadBackup, "pg_dump"):
        backup.back_up(postgresql.migrated(), tmp_path / "copy")


def test_a_store_is_put_back_stamped_and_the_other_kept(sqlite: Databases, tmp_path: Path) -> None:
    url, copy = sqlite.empty(), tmp_path / "copy"
    a_full_store(url)
    before = rows(url)
    backup.back_up(url, copy)
    with closing(Store(url)) as store, store.writing() as tx:
        outbox.owe(tx, 1, Owed(Greeting(), "later", CHANNEL, NOW), NOW)
    after = rows(url)
    kept = backup.put_back(url, copy, NOW)
    assert rows(url) == before
    with closing(Store(url)) as store, store.reading() as tx:
        assert teams.stamped_at(tx) == NOW
    assert kept is not None
    assert rows(f"sqlite:///{kept}") == after


@pytest.mark.parametrize("content", [b"", b"no store, " * 1000, None], ids=["empty", "text", "missing"])
def test_what_is_no_store_is_not_put_back(sqlite: Databases, tmp_path: Path, content: bytes | None) -> None:
    url, file = sqlite.migrated(), tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    before = rows(url)
    with troubled(BadBackup, "is no store of this bot"):
        backup.put_back(url, file, NOW)
    assert rows(url) == before


def test_a_store_is_not_put_back_onto_itself(sqlite: Databases, tmp_path: Path) -> None:
    url = sqlite.migrated()
    link, before = tmp_path / "link", rows(url)
    link.symlink_to(path_of(url))
    for file in (path_of(url), link):
        with troubled(BadBackup, "is the store itself"):
            backup.put_back(url, file, NOW)
        with troubled(BadBackup, "is there already"):
            backup.back_up(url, file)
    assert rows(url) == before


def grow(store: Store) -> None:
    """Add to a store what its copy lacks."""
    with store.writing() as tx:
        for n in range(500):
            outbox.owe(tx, 1, Owed(Greeting(), f"later {n}", CHANNEL, NOW), NOW)


@pytest.fixture
def saved(sqlite: Databases, tmp_path: Path) -> tuple[str, Path]:
    """A store's URL, and a copy of it from before it grew."""
    url, copy = sqlite.empty(), tmp_path / "copy"
    a_full_store(url)
    backup.back_up(url, copy)
    with closing(Store(url)) as store:
        grow(store)
    return url, copy


def path_of(url: str) -> Path:
    """The file of a SQLite store."""
    path = sqlite_file(url)
    assert path
    return path


def damaged(content: bytes, how: str) -> bytes:
    """What is left of a store's file."""
    return {"garbage": b"garbage" * 5000, "zeros": bytes(len(content)), "cut off": content[:6000]}[how]


@pytest.mark.parametrize("how", ["garbage", "zeros", "cut off"])
def test_a_damaged_store_is_replaced_and_kept(saved: tuple[str, Path], how: str) -> None:
    url, copy = saved
    path = path_of(url)
    left = damaged(path.read_bytes(), how)
    path.write_bytes(left)
    kept = backup.put_back(url, copy, NOW)
    assert kept
    assert kept.read_bytes() == left
    assert rows(url) == rows(f"sqlite:///{copy}")


def test_the_journal_of_a_lost_store_is_not_played_into_the_one_that_is_put_back(
    sqlite: Databases, tmp_path: Path
) -> None:
    url, copy = sqlite.empty(), tmp_path / "copy"
    a_full_store(url)
    backup.back_up(url, copy)
    journal = Path(f"{path_of(url)}-wal")
    with closing(Store(url)) as store:
        grow(store)
        left = journal.read_bytes()
    path_of(url).unlink()
    journal.write_bytes(left)
    assert backup.put_back(url, copy, NOW) is None
    assert rows(url) == rows(f"sqlite:///{copy}")


def test_a_store_that_was_copied_away_is_not_brought_back_in_its_place(saved: tuple[str, Path]) -> None:
    url, copy = saved
    with closing(Store(url)) as store, store.writing() as tx:
        teams.close(tx, "postgresql://bot@host/oncall")
    with troubled(BadBackup, r"was copied to postgresql://bot@host/oncall and is closed"):
        backup.put_back(url, copy, NOW)


def test_what_fails_leaves_nothing_behind(saved: tuple[str, Path], tmp_path: Path) -> None:
    url, _ = saved
    (tmp_path / "mine.part").write_text("precious")
    path_of(url).write_bytes(b"garbage" * 5000)
    before = sorted(tmp_path.iterdir())
    with troubled(BadBackup, "is damaged, so it was not copied"):
        backup.back_up(url, tmp_path / "mine")
    assert sorted(tmp_path.iterdir()) == before


def test_a_restore_keeps_who_may_read_the_store(saved: tuple[str, Path]) -> None:
    url, copy = saved
    path_of(url).chmod(0o640)
    kept = backup.put_back(url, copy, NOW)
    assert kept
    assert (path_of(url).stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o640, 0o600)


# Killed at each step that Python sees (files that are opened, named, replaced; databases that are opened), or where the
# file that is written has so many bytes

RESTORE = """
import os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from models.keeping import backup
url, copy, steps, size = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
STEPS = ("sqlite3.connect", "os.rename", "os.link", "os.remove", "os.chmod", "shutil.copyfile", "tempfile.mkdtemp")
seen = opened = 0
def step(event, arguments):
    global seen, opened
    if event not in STEPS:
        return
    seen += 1
    if seen == steps:
        os.kill(os.getpid(), signal.SIGKILL)
    opened += event == "sqlite3.connect" and url.removeprefix("sqlite://") in arguments[0]
    if size and opened == 3:  # looked at, kept, and now to be written over
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
sys.addaudithook(step)
backup.put_back(url, copy, datetime.now(UTC))
"""


def killed(url: str, copy: Path, *, steps: int = 0, size: int = 0) -> bool:
    """Restore until that many steps, or bytes of a file. Returns whether it was killed."""
    command = [sys.executable, "-c", RESTORE, url, str(copy), str(steps), str(size)]
    done = subprocess.run(command, check=False, capture_output=True)
    assert done.returncode in (0, -signal.SIGKILL, -signal.SIGXFSZ), done.stderr
    return done.returncode != 0


def check_whole(url: str) -> None:
    """SQLite finds nothing wrong with it."""
    with closing(sqlite3.connect(path_of(url))) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.slow
def test_a_restore_that_is_killed_at_any_step_leaves_the_old_store_or_the_new_one(saved: tuple[str, Path]) -> None:
    url, copy = saved
    old, new, step = rows(url), rows(f"sqlite:///{copy}"), 1
    while killed(url, copy, steps=step):
        check_whole(url)
        assert rows(url) in (old, new), step
        step += 2
    assert step > 8
    assert rows(url) == new


@pytest.mark.slow
def test_a_restore_that_is_killed_while_it_writes_leaves_the_old_store(saved: tuple[str, Path]) -> None:
    url, copy = saved
    old, kills = rows(url), 0
    for size in range(1, copy.stat().st_size, copy.stat().st_size // 10):
        kills += killed(url, copy, size=size)
        check_whole(url)
        assert rows(url) == old, size
    assert kills >= 10


@pytest.mark.slow
def test_a_restore_over_a_damaged_store_that_is_killed_leaves_that_or_the_new_one(saved: tuple[str, Path]) -> None:
    url, copy = saved
    path, left, new, step = path_of(url), b"garbage" * 5000, rows(f"sqlite:///{copy}"), 1
    path.write_bytes(left)
    while killed(url, copy, steps=step):
        if path.read_bytes() != left:
            assert rows(url) == new
            path.write_bytes(left)
        step += 2
    assert step > 8
    assert rows(url) == new


def test_what_was_due_before_the_stamp_is_looked_up_before_it_is_posted(stage: Stage) -> None:
    with stage.store.writing() as tx:
        teams.stamp(tx, stage.clock.now() + MINUTE)
    posted = stage.slack.messages()[0]
    key = {"event_type": "oncall_message", "event_payload": {"key": "1/greeting/said before"}}
    posted.metadata = key
    with stage.store.writing() as tx:
        for about in ("said before", "not said before"):
            outbox.owe(tx, 1, Owed(Greeting(), about, CHANNEL, stage.clock.now()), stage.clock.now())
    stage.do_what_is_due()
    shown = [m.metadata["event_payload"]["key"] for m in stage.slack.messages() if m.metadata]
    assert shown == ["1/greeting/said before", "1/greeting/not said before"]
    assert "may be a repeat" not in stage.channel()[-1]


@pytest.mark.parametrize("page", [1, 3, 5, 8, 13, 21])
def test_a_damaged_store_is_not_said_to_be_copied(sqlite: Databases, tmp_path: Path, page: int) -> None:
    with closing(cast.a_store(sqlite)) as store:
        url = store.url
    path, target = sqlite_file(url), tmp_path / "copy.backup"
    assert path is not None
    content = path.read_bytes()
    path.write_bytes(content[: page * 4096] + b"\xa5" * 4096 + content[(page + 1) * 4096 :])
    with pytest.raises(BadBackup):
        backup.back_up(url, target)
    assert not target.exists()
    path.write_bytes(content)
    backup.back_up(url, target)
    assert target.exists()


def test_a_sandbox_s_store_takes_no_real_one_s_place(sqlite: Databases, tmp_path: Path) -> None:
    stores = {}
    for purpose in (REAL, SANDBOX):
        with closing(cast.a_store(sqlite)) as store, store.writing() as tx:
            teams.set_purpose(tx, purpose)
        stores[purpose] = store.url
    for wanted, found in ((REAL, SANDBOX), (SANDBOX, REAL)):
        kept = tmp_path / f"{found}.backup"
        backup.back_up(stores[found], kept)
        with troubled(BadBackup, f"is a {found} store"):
            backup.put_back(stores[wanted], kept, NOW)
        with closing(Store(stores[wanted])) as store, store.reading() as tx:
            assert teams.purpose(tx) == wanted


@pytest.mark.parametrize("content", [None, b"", b"team: Plot", b"SQLite format 3" + bytes(200)])
def test_a_file_that_is_no_backup_is_refused_before_anybody_is_asked(
    sqlite: Databases, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with closing(cast.a_store(sqlite)) as store:
        done = bot(tmp_path, "--database", store.url, "restore", str(file))
    assert done.returncode == 1
    assert "is no store of this bot" in done.stderr
    assert done.stdout == ""
