"""Keeping the store: copying it while the bot runs, putting a copy back, moving elsewhere, one bot at a time."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select

from bot.clock import TurnedClock
from bot.sandbox.server import FakeSlack
from models import backup, copying, holding, outbox, teams
from models.backup import BadBackup
from models.copying import CannotCopy
from models.outbox import CHANNEL, Owed
from models.store import Store, sqlite_file
from models.tables import Base, HolidayRow
from scheduler.tick import GREETING
from tests import cast
from tests.cast import NOW
from tests.databases import Databases
from tests.processes import free_port, healthy
from tests.released import a_full_store, fill
from tests.stage import Stage
from tests.test_run import SECRET, TOKEN, bot, settings

MINUTE = timedelta(minutes=1)


def count(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with closing(Store(url)) as store, store.reading() as tx:
        tables = Base.metadata.sorted_tables
        return {t.name: int(tx.execute(select(func.count()).select_from(t)).scalar_one()) for t in tables}


def an_old_store(url: str) -> None:
    """A store of the first schema."""
    with closing(Store(url)) as store:
        fill(store, "0001")


def rows(url: str) -> dict[str, list[Any]]:
    """Every row, but for what the store says of itself."""
    with closing(Store(url)) as store, store.reading() as tx:
        tables = [t for t in Base.metadata.sorted_tables if t.name != "store"]
        return {t.name: [tuple(r) for r in tx.execute(select(t).order_by(*t.primary_key))] for t in tables}


# Which file it is


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///oncall.sqlite", "oncall.sqlite"),
        ("sqlite:////srv/a b/on%20call.sqlite?timeout=5", "/srv/a b/on call.sqlite"),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("postgresql://bot@host/oncall", None),
    ],
)
def test_the_file_of_a_store(url: str, path: str | None) -> None:
    assert sqlite_file(url) == (Path(path) if path else None)


# One at a time

HOLD = """
import sys
from models.holding import held
with held(sys.argv[1]):
    print("held", flush=True)
    input()
"""


def test_a_sqlite_store_is_for_one_process_and_free_again_when_that_is_killed(sqlite: Databases) -> None:
    url = sqlite.migrated()
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(holding.InUse, match="A SQLite file is for one at a time"), holding.held(url):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    with holding.held(url):
        pass


def test_a_postgresql_store_is_for_many_but_not_while_it_is_copied(postgresql: Databases) -> None:
    url = postgresql.migrated()
    alone = pytest.raises(holding.InUse, match="Bots work with")
    with holding.held(url), holding.held(url), alone, holding.held(url, alone=True):
        pass
    with holding.held(url, alone=True), pytest.raises(holding.InUse, match="is being copied"), holding.held(url):
        pass


def test_a_hold_outlives_a_database_that_forgets_it(postgresql: Databases) -> None:
    url = postgresql.migrated()
    with holding.held(url) as hold:
        assert hold._session is not None
        hold._session.invalidate()
        hold._session.close()
        hold._session = hold._begun()
        with pytest.raises(holding.InUse), holding.held(url, alone=True):
            pass


# Backup and restore


def test_a_backup_is_of_one_state_whoever_writes_meanwhile(sqlite: Databases, tmp_path: Path) -> None:
    store, stop = cast.a_store(sqlite), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with store.writing() as tx:  # two rows, always together
                for half in ("a", "b"):
                    outbox.owe(tx, 1, Owed(GREETING, f"{n}{half}", CHANNEL, NOW), NOW)

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
    with pytest.raises(BadBackup, match="is there already"):
        backup.back_up(sqlite.migrated(), tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


def test_postgresql_has_tools_of_its_own(postgresql: Databases, tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="pg_dump"):
        backup.back_up(postgresql.migrated(), tmp_path / "copy")


def test_a_store_is_put_back_stamped_and_the_other_kept(sqlite: Databases, tmp_path: Path) -> None:
    url, copy = sqlite.empty(), tmp_path / "copy"
    a_full_store(url)
    before = rows(url)
    backup.back_up(url, copy)
    with closing(Store(url)) as store, store.writing() as tx:
        outbox.owe(tx, 1, Owed(GREETING, "later", CHANNEL, NOW), NOW)
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
    with pytest.raises(BadBackup, match="is no store of this bot"):
        backup.put_back(url, file, NOW)
    assert rows(url) == before


RESTORE = """
import os, signal, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from models import backup
threading.Timer(float(sys.argv[3]), lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
backup.put_back(sys.argv[1], Path(sys.argv[2]), datetime.now(UTC))
os._exit(0)
"""


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_old_store_or_the_new_one(sqlite: Databases, tmp_path: Path) -> None:
    url, copy = sqlite.empty(), tmp_path / "copy"
    a_full_store(url)
    backup.back_up(url, copy)
    new = count(url)
    with closing(Store(url)) as store, store.writing() as tx:
        for n in range(5000):
            outbox.owe(tx, 1, Owed(GREETING, f"later {n}", CHANNEL, NOW), NOW)
    old, found = count(url), set()
    for n in range(12):
        command = [sys.executable, "-c", RESTORE, url, str(copy), str(0.25 + 0.02 * n)]
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
        now = count(url)
        assert now in (old, new)
        found.add(now["outbox"])
    assert new["outbox"] in found


def test_what_was_due_before_the_stamp_is_looked_up_before_it_is_posted(stage: Stage) -> None:
    with stage.store.writing() as tx:
        teams.stamp(tx, stage.clock.now() + MINUTE)
    posted = stage.slack.messages()[0]
    key = {"event_type": "oncall_message", "event_payload": {"key": "1/greeting/said before"}}
    posted.metadata = key
    with stage.store.writing() as tx:
        for about in ("said before", "not said before"):
            outbox.owe(tx, 1, Owed(GREETING, about, CHANNEL, stage.clock.now()), stage.clock.now())
    stage.do_what_is_due()
    shown = [m.metadata["event_payload"]["key"] for m in stage.slack.messages() if m.metadata]
    assert shown == ["1/greeting/said before", "1/greeting/not said before"]
    assert "may be a repeat" not in stage.channel()[-1]


# Moving to another database


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest) -> Databases:
    """Databases to move to."""
    made: Databases = request.getfixturevalue(request.param)
    return made


@contextmanager
def both(source: str, target: str) -> Iterator[tuple[Store, Store]]:
    """Two stores."""
    with closing(Store(source)) as one, closing(Store(target)) as another:
        yield one, another


def test_a_store_moves_with_every_row_and_is_closed(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.empty()
    a_full_store(source)
    before = rows(source)
    with both(source, target) as (one, another):
        counts = copying.move(one, another, NOW)
        assert rows(target) == before
        assert counts == count(source)
        with one.reading() as tx:
            assert teams.moved_to(tx) == another.shown_url
        with another.reading() as tx:
            assert (teams.stamped_at(tx), teams.moved_to(tx)) == (NOW, None)


def test_numbers_go_on_where_they_were(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.empty()
    a_full_store(source)
    with both(source, target) as (one, another):
        first = NOW.date()
        row = {"person_id": "toms", "first": first, "until": first + timedelta(days=1), "declared_at": NOW}
        new = insert(HolidayRow).values(**row, short_notice=False).returning(HolidayRow.id)
        with one.writing() as tx:
            gone = int(tx.execute(new).scalar_one())
            tx.execute(delete(HolidayRow).where(HolidayRow.id == gone))
        copying.move(one, another, NOW)
        with another.writing() as tx:
            assert int(tx.execute(new).scalar_one()) > gone
            assert outbox.owe(tx, 1, Owed(GREETING, "another", CHANNEL, NOW), NOW) is not None


def test_a_copy_that_fails_leaves_the_source_open_and_the_target_empty(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.migrated()
    a_full_store(source)
    with both(source, target) as (one, another):
        with another.writing() as tx:  # in the way: people stand in it, though no team does
            tx.execute(insert(Base.metadata.tables["members"]).values(slack_id="U1", full=True, checked_at=NOW))
        before = count(target)
        with one.reading() as tx:
            assert tx.execute(select(Base.metadata.tables["members"].c.slack_id)).first() is not None
        with pytest.raises(Exception, match=r"members|rows"):
            copying.move(one, another, NOW)
        assert count(target) == before
        with one.reading() as tx:
            assert teams.moved_to(tx) is None


def test_a_copy_that_was_killed_is_done_again(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.empty()
    a_full_store(source)
    with both(source, target) as (one, another):
        with one.writing() as tx:
            teams.close(tx, another.shown_url)  # and then it was killed
        assert copying.move(one, another, NOW) == count(source)


def test_a_store_with_a_team_is_never_copied_over_and_none_over_itself(database: Databases) -> None:
    source, target = database.empty(), database.empty()
    a_full_store(source)
    a_full_store(target)
    with both(source, target) as (one, another):
        with pytest.raises(CannotCopy, match="has a team already"):
            copying.move(one, another, NOW)
        with pytest.raises(CannotCopy, match="the same store"):
            copying.move(one, one, NOW)


# As an operator


@pytest.fixture
def slack() -> Iterator[tuple[FakeSlack, str]]:
    """A fake Slack, and its address."""
    fake = FakeSlack(users=cast.USERS, clock=TurnedClock(), signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url:
        yield fake, url


@contextmanager
def running(folder: Path, url: str, database: str) -> Iterator[subprocess.Popen[str]]:
    """A bot that runs."""
    operations = free_port()
    environ = {**os.environ, **settings(url, operations), "ONCALL_DATABASE": database}
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            while not healthy(operations):
                assert process.poll() is None, process.communicate()
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_a_second_bot_on_a_file_is_refused_and_the_other_commands_work(
    tmp_path: Path, slack: tuple[FakeSlack, str]
) -> None:
    _, url = slack
    database = "sqlite:///oncall.sqlite"
    with running(tmp_path, url, database):
        for command in (["run"], ["tick"], ["restore", "copy", "--yes"]):
            refused = bot(tmp_path, *command, **settings(url, free_port()), ONCALL_DATABASE=database)
            assert refused.returncode == 1, command
            assert "is in use by another process" in refused.stderr
        assert "is on call now" in bot(tmp_path, "ask", "/oncall").stdout
        assert bot(tmp_path, "backup", "copy").stdout == "Copied sqlite:///oncall.sqlite to copy.\n"
    restored = bot(tmp_path, "restore", "copy", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "sqlite:///oncall.sqlite is what copy was." in restored.stdout


@pytest.mark.slow
def test_run_backs_an_older_sqlite_store_up_and_migrates_it(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    _, url = slack
    path = tmp_path / "oncall.sqlite"
    an_old_store(f"sqlite:///{path}")
    with running(tmp_path, url, f"sqlite:///{path}"):
        assert (tmp_path / "oncall.sqlite.schema-0001.backup").exists()


@pytest.mark.slow
def test_run_refuses_an_older_postgresql_store(
    tmp_path: Path, slack: tuple[FakeSlack, str], postgresql: Databases
) -> None:
    _, url = slack
    database = postgresql.empty()
    an_old_store(database)
    refused = bot(tmp_path, "run", **settings(url, free_port()), ONCALL_DATABASE=database)
    assert refused.returncode == 1
    assert "Bring it up to date first: python -m bot migrate" in refused.stderr


@pytest.mark.slow
def test_a_closed_store_is_refused_by_run_and_by_every_command_that_writes(
    tmp_path: Path, slack: tuple[FakeSlack, str], postgresql: Databases
) -> None:
    _, url = slack
    source, target = f"sqlite:///{tmp_path / 'oncall.sqlite'}", postgresql.empty()
    bot(tmp_path, "ask", "/holiday 24 Dec", "--as", "Toms")
    moved = bot(tmp_path, "copy", "--from", source, "--to", target)
    assert moved.returncode == 0, moved.stderr
    assert "holidays" in moved.stdout
    refused = bot(tmp_path, "run", **settings(url, free_port()), ONCALL_DATABASE=source)
    assert refused.returncode == 1
    assert "is closed: use that one" in refused.stderr
    refused = bot(tmp_path, "ask", "/holiday 27 Dec", "--as", "Toms")
    assert refused.returncode == 1
    assert "is closed: use that one" in refused.stderr
    assert "Thu 24 Dec" in bot(tmp_path, "--database", target, "ask", "/holiday mine", "--as", "Toms").stdout
