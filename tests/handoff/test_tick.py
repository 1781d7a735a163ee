"""What is owed by itself, and what is put on record: a store, a clock, no Slack."""

import itertools
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import history, teams
from models.schema.tables import HeldWeekRow, OutboxRow
from models.store.engine import Store
from scheduler import holidays, tick
from scheduler.change.frame import Actor
from scheduler.refusals import AlreadyPast, AlreadyUndone, NotAllowed, NothingToCancel, NotOnDuty, TooLateToUndo
from scheduler.shifts import acknowledge
from scheduler.team import roster
from tests.kit import cast
from tests.kit.cast import NOW, WEEK_1
from tests.kit.databases import Databases
from tests.kit.refused import refused

HOUR = timedelta(hours=1)


@pytest.fixture
def store(store: Store) -> Store:
    """The first team's store, which speaks since Tue 24 Nov 2026, 10:00."""
    tick.begin_to_speak(store, NOW)
    return store


def at(local: str) -> datetime:
    """A moment in Berlin."""
    return datetime.fromisoformat(local).replace(tzinfo=cast.ZONE).astimezone(UTC)


def by(who: str, now: datetime = NOW, *, admin: bool = False, key: str | None = None) -> Actor:
    """A request of somebody."""
    return Actor(who, admin, now, key)


def away(
    store: Store, who: str, first: date, last: date, now: datetime = NOW, key: str | None = None
) -> holidays.Saved:
    """`who` declares time off, the last day included."""
    with store.writing() as tx:
        return holidays.declare(tx, by(who, now, key=key), who, first, last + timedelta(days=1))


def ticks(store: Store, since: datetime, until: datetime, every: timedelta = HOUR) -> list[tuple[str, str, str]]:
    """What ticks owe: when, its kind, what it is about. In Berlin's time."""
    owed, now = [], since
    while now < until:
        local = f"{now.astimezone(cast.ZONE):%a %d %b %H:%M}"
        owed += [(local, message.kind, message.about) for message in tick.tick(store, now)]
        now += every
    return owed


@pytest.mark.slow
def test_a_month_of_ticks(store: Store) -> None:
    away(store, "toms", date(2026, 12, 24), date(2026, 12, 26))
    assert ticks(store, at("2026-11-24T10:00"), at("2026-12-22T00:00")) == [
        ("Mon 30 Nov 09:00", "handoff", "2026-11-30"),
        ("Mon 30 Nov 09:00", "reminder", "2026-12-14/rene"),
        ("Mon 07 Dec 09:00", "handoff", "2026-12-07"),
        ("Mon 07 Dec 09:00", "reminder", "2026-12-21/maya"),
        ("Thu 10 Dec 09:00", "away", "2026-12-10"),
        ("Mon 14 Dec 09:00", "handoff", "2026-12-14"),
        ("Mon 14 Dec 09:00", "reminder", "2026-12-28/toms"),
        ("Mon 21 Dec 09:00", "handoff", "2026-12-21"),
        ("Mon 21 Dec 09:00", "reminder", "2027-01-04/danny"),
    ]


def test_nothing_that_was_due_before_the_first_run_is_said(database: Databases) -> None:
    with closing(cast.a_store(database)) as silent:
        assert tick.tick(silent, at("2026-12-01T10:00")) == []
        tick.begin_to_speak(silent, at("2026-12-01T10:00"))
        assert ticks(silent, at("2026-12-01T10:00"), at("2026-12-07T09:00")) == []


def test_after_downtime_only_what_is_still_useful_is_said(store: Store) -> None:
    assert ticks(store, at("2026-12-16T12:00"), at("2026-12-16T13:00")) == [
        ("Wed 16 Dec 12:00", "handoff", "2026-12-14"),
        ("Wed 16 Dec 12:00", "reminder", "2026-12-21/toms"),
        ("Wed 16 Dec 12:00", "reminder", "2026-12-28/maya"),
    ]


def test_duty_out_of_turn_is_told_the_day_before(store: Store) -> None:
    away(store, "toms", date(2026, 11, 27), date(2026, 11, 28))
    owed = ticks(store, at("2026-11-25T00:00"), at("2026-11-29T12:00"))
    assert owed == [
        ("Thu 26 Nov 09:00", "duty", "2026-11-27/maya"),
        ("Sat 28 Nov 09:00", "duty", "2026-11-29/toms"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("every", [timedelta(hours=2), timedelta(days=9)], ids=["often", "seldom"])
def test_the_record_is_the_same_however_often_it_ticks(store: Store, every: timedelta) -> None:
    away(store, "toms", date(2026, 12, 24), date(2027, 1, 2))
    ticks(store, NOW, at("2027-01-12T00:00"), every)
    tick.tick(store, at("2027-01-12T00:00"))
    with store.reading() as tx:
        held = tx.execute(select(HeldWeekRow.week, HeldWeekRow.holder, HeldWeekRow.owes, HeldWeekRow.early)).all()
        served = history.between(tx, 1, at("2026-11-23T09:00"), at("2027-01-11T09:00"))
    assert [tuple(row) for row in held] == [
        (date(2026, 11, 23), "toms", [], []),
        (date(2026, 11, 30), "maya", [], []),
        (date(2026, 12, 7), "danny", [], []),
        (date(2026, 12, 14), "rene", [], []),
        (date(2026, 12, 21), "maya", ["toms"], ["maya"]),
        (date(2026, 12, 28), "danny", ["toms"], ["danny"]),
        (date(2027, 1, 4), "toms", [], []),
        (date(2027, 1, 11), "rene", [], []),
    ]
    assert all(one.ends == other.starts for one, other in itertools.pairwise(served))
    assert served[0].starts == at("2026-11-23T09:00")


def test_what_has_passed_stays_as_it_was_whatever_is_declared_later(store: Store) -> None:
    late = at("2026-12-08T15:00")  # nothing has ticked since November: the change itself puts all of it on record
    away(store, "danny", date(2026, 12, 8), date(2026, 12, 9), late)
    with store.reading() as tx:
        team = roster.own(tx)
        held = teams.held_weeks(tx, 1, WEEK_1, date(2026, 12, 14))
        served = history.between(tx, 1, at("2026-11-23T09:00"), late)
    assert [week.holder for week in held] == ["toms", "maya", "danny"]
    assert [(s.who, s.ends) for s in served][-1] == ("danny", late)
    on_duty = team.duty.at(late)
    assert on_duty is not None
    assert on_duty.who == "rene"


def test_the_same_request_twice_is_one_change(store: Store) -> None:
    first = away(store, "toms", date(2026, 12, 24), date(2026, 12, 26), key="trigger-1")
    again = away(store, "toms", date(2026, 12, 24), date(2026, 12, 26), key="trigger-1")
    assert (first.id, first.moved) == (again.id, again.moved)
    with store.reading() as tx:
        assert len(roster.own(tx).holidays) == 1


def test_an_undo_puts_back_exactly_what_was_there(store: Store) -> None:
    away(store, "toms", date(2026, 12, 24), date(2026, 12, 26))
    with store.reading() as tx:
        before = roster.own(tx).holidays
    merged = away(store, "toms", date(2026, 12, 27), date(2027, 1, 5))
    with store.writing() as tx:
        holidays.undo_change(tx, by("toms"), merged.id or 0)
        assert roster.own(tx).holidays == before
        with pytest.raises(AlreadyUndone):
            holidays.undo_change(tx, by("toms"), merged.id or 0)


def test_a_split_is_undone_into_one(store: Store) -> None:
    away(store, "toms", date(2026, 12, 24), date(2027, 1, 2))
    with store.writing() as tx:
        before = roster.own(tx).holidays
        split = holidays.cancel(tx, by("toms"), "toms", date(2026, 12, 28), date(2026, 12, 29))
        assert [(h.first, h.until) for h in roster.own(tx).holidays] == [
            (date(2026, 12, 24), date(2026, 12, 28)),
            (date(2026, 12, 29), date(2027, 1, 3)),
        ]
        holidays.undo_change(tx, by("toms"), split.id or 0)
        assert roster.own(tx).holidays == before


def test_an_undo_comes_too_late_when_a_day_is_over_or_a_later_change_touched_it(store: Store) -> None:
    saved = away(store, "toms", date(2026, 12, 24), date(2026, 12, 26))
    other = away(store, "danny", date(2026, 12, 24), date(2026, 12, 26))
    with store.writing() as tx:
        holidays.cancel(tx, by("toms"), "toms", date(2026, 12, 26), date(2026, 12, 27))
        with refused(TooLateToUndo, "changed again"):
            holidays.undo_change(tx, by("toms"), saved.id or 0)
        with refused(TooLateToUndo, "passed"):
            holidays.undo_change(tx, by("danny", at("2026-12-25T00:01")), other.id or 0)


def test_who_may_do_what(store: Store) -> None:
    saved = away(store, "toms", date(2026, 12, 24), date(2026, 12, 26))
    with store.writing() as tx:
        with pytest.raises(NotAllowed):
            holidays.declare(tx, by("danny"), "maya", date(2026, 12, 24), date(2026, 12, 25))
        with pytest.raises(NotAllowed):
            holidays.undo_change(tx, by("danny"), saved.id or 0)
        with pytest.raises(AlreadyPast):
            holidays.declare(tx, by("danny"), "danny", date(2026, 11, 1), date(2026, 11, 2))
        with refused(NothingToCancel, "You have no time off"):
            holidays.cancel(tx, by("danny"), "danny", date(2026, 12, 1), date(2026, 12, 2))
        with refused(NotOnDuty, "for Toms"):
            acknowledge.handoff(tx, by("danny"), WEEK_1)
        assert acknowledge.handoff(tx, by("robin", admin=True), WEEK_1).person_id == "robin"
        assert acknowledge.handoff(tx, by("toms"), WEEK_1).person_id == "robin"  # the first to say so stays
        holidays.undo_change(tx, by("robin", admin=True), saved.id or 0)


def test_news_is_for_those_whose_weeks_moved_and_waits_a_minute(store: Store) -> None:
    away(store, "toms", date(2026, 12, 24), date(2027, 1, 2))
    with store.reading() as tx:
        rows = tx.execute(select(OutboxRow.kind, OutboxRow.audience, OutboxRow.due_at).order_by(OutboxRow.id)).all()
    assert [tuple(row) for row in rows] == [
        ("greeting", "channel", NOW),
        ("news", "person:danny", NOW + timedelta(minutes=1)),
        ("news", "person:maya", NOW + timedelta(minutes=1)),
    ]


def test_before_the_first_week_there_is_nothing_to_say(store: Store) -> None:
    for days in (3, 5, 6, 7, 30):
        assert tick.tick(store, NOW - timedelta(days=days)) == []
