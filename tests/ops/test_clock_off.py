"""A machine whose clock is wrong: set right by a little, and else nothing is changed or put on record by it.

The second clock is the database's on PostgreSQL, and Slack's, by the `Date` of its answers.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot import clock as clocks
from bot.clock import DATABASE, SLACK, ClockOff, StoppedClock, SystemClock, TurnedClock, keep_right
from bot.service import Bot
from models import changes
from models.outbox.sending import real_now
from models.store.engine import Store
from scheduler.change.frame import Actor
from scheduler.shifts import takeover
from scheduler.team import roster
from tests.kit.cast import MAYA, TOMS, a_store
from tests.kit.databases import Databases
from tests.kit.operations import metrics
from tests.kit.stage import HTTP, PACE, TOKEN, Stage, listening

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
LITTLE = [-2 * MINUTE + SECOND, -MINUTE, -SECOND, SECOND, 90 * SECOND]
MUCH = [-400 * 24 * HOUR, -HOUR, -2 * MINUTE - 5 * SECOND, 2 * MINUTE + 5 * SECOND, HOUR, 400 * 24 * HOUR]


def off_by(by: timedelta) -> SystemClock:
    """The clock of a machine that is off by so much."""
    return SystemClock(lambda: datetime.now(UTC) + by)


@pytest.mark.parametrize("by", LITTLE)
def test_a_little_is_set_right_by_the_databases_clock(by: timedelta) -> None:
    clock = off_by(by)
    clock.hears(DATABASE, datetime.now(UTC))
    assert abs(clock.now() - datetime.now(UTC)) < SECOND
    assert clock.off() is None


@pytest.mark.parametrize("by", LITTLE)
def test_slacks_clock_sets_nothing_right(by: timedelta) -> None:
    clock = off_by(by)
    clock.hears(SLACK, datetime.now(UTC))
    assert abs(clock.now() - datetime.now(UTC) - by) < SECOND
    assert clock.off() is None


@pytest.mark.parametrize("by", MUCH)
@pytest.mark.parametrize("whose", [DATABASE, SLACK])
def test_more_is_never_set_right_but_told(by: timedelta, whose: str) -> None:
    clock = off_by(by)
    clock.hears(whose, datetime.now(UTC))
    off = clock.off()
    assert off is not None
    assert (off.whose, abs(off.by - by) < SECOND) == (whose, True)
    assert abs(clock.now() - datetime.now(UTC) - by) < SECOND


def test_a_clock_that_steps_is_noticed_before_another_is_heard_again() -> None:
    by = [timedelta(0)]
    clock = SystemClock(lambda: datetime.now(UTC) + by[0])
    clock.hears(SLACK, datetime.now(UTC))
    for step, is_off in ((HOUR, True), (-HOUR, True), (MINUTE, False), (timedelta(0), False)):
        by[0] = step
        assert (clock.off() is not None) == is_off


@pytest.mark.parametrize(
    "clock", [StoppedClock(datetime(2020, 1, 1, tzinfo=UTC)), TurnedClock(datetime(2040, 1, 1, tzinfo=UTC))]
)
def test_a_clock_that_was_set_on_purpose_is_never_off(clock: clocks.Clock) -> None:
    assert clock.off() is None


def everything_put(store: Store) -> tuple[int, datetime]:
    """How many changes there are, and up to when duty is on record."""
    with store.reading() as tx:
        team = roster.own(tx)
        return len(changes.of_kinds(tx, team.id, (takeover.TAKEN_OVER,), *EVER)), team.duty.starts


@pytest.mark.parametrize("by", MUCH)
def test_nothing_is_written_while_it_is_off(store: Store, by: timedelta) -> None:
    clock = off_by(by)
    clock.hears(SLACK, datetime.now(UTC))
    keep_right(store, clock)
    before = everything_put(store)
    with pytest.raises(ClockOff), store.writing() as tx:
        takeover.take_over(tx, Actor("maya", False, clock.now()), "maya", None)
    assert everything_put(store) == before


def test_on_postgresql_each_transaction_that_writes_compares_the_clocks(postgresql: Databases) -> None:
    by = [timedelta(0)]
    clock = SystemClock(lambda: datetime.now(UTC) + by[0])
    with closing(a_store(postgresql)) as store:
        keep_right(store, clock)
        for step in (MINUTE, -MINUTE):
            by[0] = step
            with store.writing() as tx:
                assert abs(clock.now() - real_now(tx)) < SECOND
            by[0] = 60 * step
            with pytest.raises(ClockOff), store.writing():
                pass


@contextmanager
def with_clock(stage: Stage, clock: SystemClock) -> Iterator[Bot]:
    """A bot on the stage's store and Slack, on a machine with that clock."""
    stage.bot.slack.tell_time(lambda moment: clock.hears(SLACK, moment))
    keep_right(stage.store, clock)
    bot = Bot(stage.bot.desk, stage.bot.slack, clock, token=TOKEN, pace=PACE)
    with listening(stage.slack, bot, HTTP):
        yield bot


def home_of(stage: Stage) -> str:
    """What the home of Toms says."""
    home = stage.slack.home_of(TOMS)
    return home.words() if home else ""


@pytest.mark.parametrize("by", [-90, -1, 1, 90, 3600])
def test_how_far_it_is_ahead_is_a_metric(stage: Stage, by: int) -> None:
    with with_clock(stage, off_by(by * SECOND)) as bot:
        found = metrics(bot.metrics.text().decode())
    ahead = found.get("oncall_clock_ahead_seconds database", 0)
    assert ("oncall_clock_ahead_seconds database" in found) != stage.store.is_sqlite
    assert stage.store.is_sqlite or abs(ahead - by) < 1
    is_right = not stage.store.is_sqlite and abs(by) < 120  # by the database's clock
    assert abs(found["oncall_clock_ahead_seconds slack"] - (0 if is_right else by)) < 2


@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_who_asks_and_status_are_told(stage: Stage, by: timedelta) -> None:
    before = everything_put(stage.store)
    with with_clock(stage, off_by(by)) as bot:
        off = bot.clock.off()
        assert off is not None
        assert stage.words(MAYA, "/oncall take") == off.sentence
        assert stage.words(TOMS, "/oncall").startswith(off.sentence)
        bot.tick()
        stage.slack.open_home(TOMS)
        stage.slack.until(lambda: home_of(stage).startswith(off.sentence))
        assert "on call" in home_of(stage).removeprefix(off.sentence)
        status = bot.status()
        assert (status["ok"], status["clock"], bot.watch.is_well()) == (False, off.sentence, False)
        assert everything_put(stage.store) == before


def test_a_clock_that_is_right_again_changes_again(stage: Stage) -> None:
    by = [HOUR]
    clock = SystemClock(lambda: datetime.now(UTC) + by[0])
    with with_clock(stage, clock) as bot:
        assert clock.off()
        by[0] = timedelta(0)
        bot.tick()
        assert clock.off() is None
        assert bot.status()["clock"] == "right"
