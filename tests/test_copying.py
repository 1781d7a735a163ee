"""Moving a store to another database: whole or not at all, and never two stores that are open."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from bot import opening
from bot.opening import CannotOpen
from models import copying, outbox, teams
from models.copying import CannotCopy
from models.outbox import CHANNEL, Owed
from models.store import Store
from models.tables import Base, HolidayRow
from scheduler.tick import GREETING
from tests.cast import NOW
from tests.contents import count, rows
from tests.databases import Databases
from tests.released import a_full_store

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "runbook_content" / "plan.yaml"


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


COPY = """
import os, signal, sys
from models import copying, teams
from models.store import Store
from tests.cast import NOW
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
        with pytest.raises(CannotCopy, match=r"was copied to .* and is closed: use that one"):
            copying.move(one, another, NOW)
    opening.for_running(target, teams.REAL, PLAN, NOW).close()


def test_who_waits_for_one_copy_is_given_no_other(database: Databases, other: Databases) -> None:
    source, target, third = database.empty(), other.empty(), database.empty()
    a_full_store(source)
    a_full_store(third)
    killed_before_it_saves(source, target)
    with both(third, target) as (one, another), pytest.raises(CannotCopy, match="waits for a copy of"):
        copying.move(one, another, NOW)
    with closing(Store(third)) as store, store.reading() as tx:
        assert teams.moved_to(tx) is None


def test_a_store_with_a_team_is_never_copied_over_and_none_over_itself(database: Databases) -> None:
    source, target = database.empty(), database.empty()
    a_full_store(source)
    a_full_store(target)
    with both(source, target) as (one, another):
        with pytest.raises(CannotCopy, match=r"is not empty \(members has rows\)"):
            copying.move(one, another, NOW)
        with pytest.raises(CannotCopy, match="the same store"):
            copying.move(one, one, NOW)
