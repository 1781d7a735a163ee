"""Moving a store to another database: whole or not at all, and never two stores that are open."""

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, delete, event, insert, select, text

from bot import opening
from bot.opening import CannotOpen
from models import outbox, teams
from models.keeping import copying
from models.keeping.copying import CannotCopy
from models.keeping.migrate import NewerStore, migrate
from models.outbox import CHANNEL, Owed
from models.schema.tables import HolidayRow, MemberRow, OutboxRow
from models.store import holding
from models.store.engine import PATIENTLY, Store, sqlite_file
from models.store.errors import StoreBusy, StoreError
from scheduler.messages import Greeting
from tests.kit.cast import NOW
from tests.kit.contents import count, rows
from tests.kit.databases import Databases
from tests.kit.refused import troubled
from tests.kit.released import a_full_store, fill

pytestmark = [pytest.mark.both, pytest.mark.slow]

MISSHAPE = "ALTER TABLE outbox RENAME COLUMN urgent TO hurried"

ROOT = Path(__file__).parent.parent.parent
PLAN = ROOT / "runbook_content" / "plan.yaml"


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest) -> Databases:
    """Databases to move to."""
    made: Databases = request.getfixturevalue(request.param)
    return made


def goes_to(store: Store) -> str | None:
    """Where a store was copied to, if it is closed."""
    with store.reading() as tx:
        return teams.moved_to(tx)


@contextmanager
def both(source: str, target: str) -> Iterator[tuple[Store, Store]]:
    """Two stores, as patient as `copy` has them."""
    with closing(Store(source, PATIENTLY)) as one, closing(Store(target, PATIENTLY)) as another:
        yield one, another


def test_a_store_moves_with_every_row_and_is_closed(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.empty()
    a_full_store(source)
    before = rows(source)
    with both(source, target) as (one, another):
        counts = copying.move(one, another, NOW)
        assert rows(target) == before
        assert counts == count(source)
        assert goes_to(one) == (f"sqlite:///{sqlite_file(target)}" if another.is_sqlite else another.shown_url)
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
            assert outbox.owe(tx, 1, Owed(Greeting(), "another", CHANNEL, NOW), NOW) is not None


def test_only_an_empty_store_is_copied_to_and_the_source_stays_open(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.migrated()
    a_full_store(source)
    with both(source, target) as (one, another):
        with another.writing() as tx:
            tx.execute(insert(MemberRow).values(slack_id="U1", full=True, checked_at=NOW))
        before = count(target)
        with troubled(CannotCopy, r"is not empty \(members has rows\)"):
            copying.move(one, another, NOW)
        assert count(target) == before
        assert goes_to(one) is None


def test_a_copy_that_fails_half_way_leaves_the_source_open_and_the_target_empty(
    database: Databases, other: Databases
) -> None:
    source, target = database.empty(), other.migrated()
    a_full_store(source)
    with both(source, target) as (one, another):
        with another.writing() as tx:  # one of the last tables is not as it should be
            tx.execute(text(MISSHAPE))
        with troubled(StoreError, "outbox"):
            copying.move(one, another, NOW)
        assert goes_to(one) is None
        with another.reading() as tx:
            assert teams.beginning(tx, None) is None


def test_a_target_that_a_bot_left_before_it_had_a_team_is_empty(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.migrated()
    a_full_store(source)
    with both(source, target) as (one, another):
        with another.writing() as tx:
            teams.set_purpose(tx, teams.SANDBOX)
        copying.move(one, another, NOW)
        with another.reading() as tx:
            assert teams.purpose(tx) == teams.REAL


def test_stores_of_other_releases_are_not_copied(database: Databases, other: Databases) -> None:
    old, new = database.empty(), other.migrated()
    with closing(Store(old)) as store:
        fill(store, "0001")
    with both(old, new) as (one, another):
        with troubled(CannotCopy, r"has schema 0001, this release needs .*: python -m bot migrate"):
            copying.move(one, another, NOW)
        migrate(one)
        with another.writing() as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(NewerStore):
            copying.move(one, another, NOW)
        assert goes_to(one) is None


def test_a_copy_whose_end_nobody_knows_leaves_the_source_closed_until_it_is_made_again(
    database: Databases, postgresql: Databases
) -> None:
    source, target = database.empty(), postgresql.migrated()
    a_full_store(source)

    def lose(connection: Connection) -> None:
        if connection.scalar(select(OutboxRow.id)):  # all has been copied
            process = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
            with psycopg.connect(target, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 2000)", [process])

    with both(source, target) as (one, another):
        event.listen(another.engine, "commit", lose)
        with troubled(CannotCopy, r"so .* stays closed. Run the same copy again"):
            copying.move(one, another, NOW)
        event.remove(another.engine, "commit", lose)
        assert goes_to(one) == another.shown_url
        assert copying.move(one, another, NOW) == count(target)


def test_a_copy_that_was_made_says_so_when_it_is_made_again(database: Databases, other: Databases) -> None:
    source, target, third = database.empty(), other.empty(), other.empty()
    a_full_store(source)
    with both(source, target) as (one, another), closing(Store(third)) as yet_another:
        copying.move(one, another, NOW)
        with troubled(CannotCopy, r"was copied to .* and is closed: use that one\.$"):
            copying.move(one, another, NOW)
        with troubled(CannotCopy, r"If that copy was cut short, run it again\.$"):
            copying.move(one, yet_another, NOW)
        with another.reading() as tx:
            assert teams.stamped_at(tx) == NOW


def test_nothing_that_is_saved_beside_a_copy_is_lost(database: Databases, other: Databases) -> None:
    source, target = database.empty(), other.migrated()
    a_full_store(source)
    saved, refused, begun = [], [], threading.Event()

    def write() -> None:
        with closing(opening.for_asking(source)) as store:
            for n in range(100_000):
                try:
                    with store.writing() as tx:
                        owed = outbox.owe(tx, 1, Owed(Greeting(), f"beside {n}", CHANNEL, NOW), NOW)
                except (opening.CannotOpen, StoreBusy) as refusal:  # busy: it waited for the copy
                    refused.append(str(refusal))
                    if "is closed: use that one" in refused[-1]:
                        return
                    continue
                if owed is not None:  # the first numbers were given out by hand
                    saved.append(f"beside {n}")
                    begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(10)
    with both(source, target) as (one, another):
        held_alone(source, lambda: copying.move(one, another, NOW))
        writer.join()
        with another.reading() as tx:
            found = tx.execute(select(OutboxRow.about).where(OutboxRow.about.like("beside %")).order_by(OutboxRow.id))
            assert [about for (about,) in found] == saved
    assert "is closed: use that one" in refused[-1]


def held_alone(url: str, do: Callable[[], object]) -> None:
    """Do it as soon as nobody else works with the store."""
    while True:
        with contextlib.suppress(holding.InUse), holding.held(url, alone=True):
            do()
            return


# Killed before its nth statement

COPY_IN_STEPS = """
import os, signal, sys
from datetime import UTC, datetime
from sqlalchemy import Engine, event
from models.keeping import copying
from models.store.engine import Store
left = int(sys.argv[3])
def step(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "before_cursor_execute", step)
event.listen(Engine, "commit", step)
copying.move(Store(sys.argv[1]), Store(sys.argv[2]), datetime.now(UTC))
"""


@pytest.mark.slow
def test_a_copy_that_is_killed_at_any_statement_never_leaves_two_open_stores(
    database: Databases, other: Databases
) -> None:
    source = database.empty()
    a_full_store(source)
    whole, kills = rows(source), 0
    for statement in range(5, 10_000, 29):
        target = other.migrated()
        command = [sys.executable, "-c", COPY_IN_STEPS, source, target, str(statement)]
        killed = subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
        with both(source, target) as (one, another):
            is_open, has_all = goes_to(one) is None, rows(target) == whole
            assert has_all or not any(rows(target).values())
            assert not (is_open and has_all)
            assert is_open or has_all or goes_to(another)  # a bot that is pointed there does not begin it anew
            if not killed:
                break
            kills += 1
            if is_open or not has_all:
                copying.move(one, another, NOW)
            assert rows(target) == whole
            with one.writing() as tx:
                teams.close(tx, None)
    assert has_all
    assert kills >= 3


COPY = """
import os, signal, sys
from models import teams
from models.keeping import copying
from models.store.engine import Store
from tests.kit.cast import NOW
source, target = Store(sys.argv[1]), Store(sys.argv[2])
teams.stamp = lambda tx, now: os.kill(os.getpid(), signal.SIGKILL)
copying.move(source, target, NOW)
"""


def killed_before_it_saves(source: str, target: str) -> None:
    """A copy that has copied it all, and is killed before any of it is saved."""
    done = subprocess.run([sys.executable, "-c", COPY, source, target], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


def test_after_a_copy_that_was_killed_nobody_works_with_either_until_it_is_done_again(
    database: Databases, other: Databases
) -> None:
    source, target = database.empty(), other.empty()
    a_full_store(source)
    killed_before_it_saves(source, target)
    with both(source, target) as (one, another):
        with pytest.raises(CannotOpen, match=r"was copied to .* and is closed: use that one"):
            opening.check_open(one)
        with pytest.raises(CannotOpen, match=r"waits for a copy of .* that was cut short: run that copy again"):
            opening.check_open(another)
        assert copying.move(one, another, NOW) == count(source)
        with troubled(CannotCopy, r"was copied to .* and is closed: use that one"):
            copying.move(one, another, NOW)
    opening.for_running(target, teams.REAL, PLAN, NOW).close()


def test_who_waits_for_one_copy_is_given_no_other(database: Databases, other: Databases) -> None:
    source, target, third = database.empty(), other.empty(), database.empty()
    a_full_store(source)
    a_full_store(third)
    killed_before_it_saves(source, target)
    with both(third, target) as (one, another), troubled(CannotCopy, "waits for a copy of"):
        copying.move(one, another, NOW)
    with closing(Store(third)) as store, store.reading() as tx:
        assert teams.moved_to(tx) is None


def test_a_store_with_a_team_is_never_copied_over_and_none_over_itself(database: Databases) -> None:
    source, target = database.empty(), database.empty()
    a_full_store(source)
    a_full_store(target)
    with both(source, target) as (one, another):
        with troubled(CannotCopy, r"is not empty \(found_channels has rows\)"):
            copying.move(one, another, NOW)
        with troubled(CannotCopy, "the same store"):
            copying.move(one, one, NOW)
