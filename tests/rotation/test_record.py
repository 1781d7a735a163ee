"""What has passed is history: put on record as it was, by a tick or a change, and never changed again."""

import itertools
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import history, teams
from models.store.engine import Store, Tx
from scheduler import holidays, tick
from scheduler.change.frame import Actor
from scheduler.refusals import Refused
from scheduler.rule.duty import Stretch
from scheduler.team import record, roster, schedule
from scheduler.team.roster import Roster
from tests.kit.cast import NOW, WEEK_1, ZONE, a_store
from tests.kit.databases import Databases

FIRST_HANDOFF = datetime(2026, 11, 23, 9, tzinfo=ZONE)


def at(local: str) -> datetime:
    """A moment in Berlin."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)


def away(store: Store, now: datetime, who: str, first: date, last: date) -> holidays.Saved:
    """`who` declares time off at `now`, the last day included."""
    with store.writing() as tx:
        return holidays.declare(tx, Actor(who, False, now), who, first, last + timedelta(days=1))


def told(stretches: list[Stretch]) -> list[tuple[str, str, str | None, str]]:
    """From when until when, who, and why."""
    return [(local(s.starts), local(s.ends), s.who, s.why) for s in stretches]


def local(moment: datetime) -> str:
    """A moment as Berlin's clocks show it."""
    return f"{moment.astimezone(ZONE):%a %d %b %H:%M}"


def duty_so_far(store: Store, now: datetime) -> list[Stretch]:
    """Who was on duty from the first handoff up to `now`."""
    with store.reading() as tx:
        return schedule.duty_between(tx, roster.own(tx), FIRST_HANDOFF, now)


def on_record(tx: Tx, team: Roster) -> list[tuple[datetime, datetime, str | None, str]]:
    """The stretches of duty on record, oldest first."""
    served = history.between(tx, team.id, FIRST_HANDOFF, datetime(2030, 1, 1, tzinfo=UTC))
    return [(s.starts, s.ends, s.who, s.why) for s in served]


def test_a_tick_records_what_has_ended_and_leaves_open_what_has_not(store: Store) -> None:
    tick.tick(store, at("2026-12-08T12:00"))
    with store.reading() as tx:
        team = roster.own(tx)
        assert [(s, e, who) for s, e, who, _ in on_record(tx, team)] == [
            (at("2026-11-23T09:00"), at("2026-11-30T09:00"), "toms"),
            (at("2026-11-30T09:00"), at("2026-12-07T09:00"), "maya"),
        ]
        held = teams.held_weeks(tx, team.id, WEEK_1, date(2027, 1, 1))
        assert [(week.week.isoformat(), week.holder) for week in held] == [
            ("2026-11-23", "toms"),
            ("2026-11-30", "maya"),
            ("2026-12-07", "danny"),
        ]
        assert not record.is_behind(team, at("2026-12-14T08:59"))
        assert record.is_behind(team, at("2026-12-14T09:00"))


def test_a_week_is_recorded_at_its_handoff_and_not_before(store: Store) -> None:
    tick.tick(store, at("2026-11-30T08:59"))
    tick.tick(store, at("2026-11-30T09:00"))
    with store.reading() as tx:
        assert roster.own(tx).rotation.starts == date(2026, 11, 30)


def test_time_off_from_today_counts_from_the_moment_it_is_saved(store: Store) -> None:
    away(store, at("2026-11-25T15:00"), "toms", date(2026, 11, 25), date(2026, 11, 26))
    assert told(duty_so_far(store, at("2026-11-28T12:00"))) == [
        ("Mon 23 Nov 09:00", "Wed 25 Nov 15:00", "toms", "holder"),
        ("Wed 25 Nov 15:00", "Fri 27 Nov 09:00", "maya", "substitute"),
        ("Fri 27 Nov 09:00", "Sat 28 Nov 12:00", "toms", "holder"),
    ]


def test_taking_it_back_on_the_same_day_counts_from_that_moment_too(store: Store) -> None:
    away(store, at("2026-11-25T15:00"), "toms", date(2026, 11, 25), date(2026, 11, 26))
    with store.writing() as tx:
        late = Actor("toms", False, at("2026-11-25T18:00"))
        holidays.cancel(tx, late, "toms", date(2026, 11, 25), date(2026, 11, 27))
    assert told(duty_so_far(store, at("2026-11-28T12:00"))) == [
        ("Mon 23 Nov 09:00", "Wed 25 Nov 15:00", "toms", "holder"),
        ("Wed 25 Nov 15:00", "Wed 25 Nov 18:00", "maya", "substitute"),
        ("Wed 25 Nov 18:00", "Sat 28 Nov 12:00", "toms", "holder"),
    ]


def test_the_substitute_of_a_week_under_way_stays_the_substitute(store: Store) -> None:
    away(store, at("2026-11-24T12:00"), "toms", date(2026, 11, 25), date(2026, 11, 29))
    away(store, at("2026-11-24T13:00"), "maya", date(2026, 11, 26), date(2026, 11, 26))
    tick.tick(store, at("2026-11-27T12:00"))
    away(store, at("2026-11-27T13:00"), "rene", date(2026, 11, 28), date(2026, 11, 28))
    assert told(duty_so_far(store, at("2026-11-30T09:00"))) == [
        ("Mon 23 Nov 09:00", "Wed 25 Nov 00:00", "toms", "holder"),
        ("Wed 25 Nov 00:00", "Thu 26 Nov 00:00", "maya", "substitute"),
        ("Thu 26 Nov 00:00", "Mon 30 Nov 09:00", "danny", "substitute"),
    ]


def test_a_week_that_everybody_was_away_for_is_recorded_as_nobodys(store: Store) -> None:
    for who in ("toms", "maya", "danny", "rene"):
        away(store, NOW, who, date(2026, 11, 30), date(2026, 12, 6))
    tick.tick(store, at("2026-12-07T09:00"))
    with store.reading() as tx:
        team = roster.own(tx)
        weeks = schedule.weeks_between(tx, team, WEEK_1, date(2026, 12, 14))
    assert [week.holder for week in weeks] == ["toms", None, "danny"]
    assert {day.engineer for day in weeks[1].days} == {None}
    nobodys = told(duty_so_far(store, at("2026-12-08T09:00")))[1]
    assert nobodys == ("Mon 30 Nov 00:00", "Mon 07 Dec 00:00", None, "nobody")


def test_a_change_before_the_handoff_of_its_day_still_moves_the_week(store: Store) -> None:
    away(store, at("2026-11-30T08:30"), "maya", date(2026, 11, 30), date(2026, 12, 2))
    with store.reading() as tx:
        weeks = roster.own(tx).rotation.weeks(date(2026, 11, 30), date(2026, 12, 14))
    assert [week.holder for week in weeks] == ["danny", "maya"]


def test_a_change_at_the_handoff_or_later_moves_days_only(store: Store) -> None:
    away(store, at("2026-11-30T09:00"), "maya", date(2026, 11, 30), date(2026, 12, 2))
    with store.reading() as tx:
        weeks = roster.own(tx).rotation.weeks(date(2026, 11, 30), date(2026, 12, 14))
    assert [week.holder for week in weeks] == ["maya", "danny"]
    assert [day.engineer for day in weeks[0].days] == [*["danny"] * 3, *["maya"] * 4]


def test_the_past_reads_the_same_from_the_record_as_it_was_computed(store: Store) -> None:
    away(store, NOW, "toms", date(2026, 11, 26), date(2026, 11, 26))
    away(store, NOW, "danny", date(2026, 12, 9), date(2026, 12, 20))
    now, until = at("2026-12-25T12:00"), date(2026, 12, 28)
    with store.reading() as tx:
        computed = schedule.weeks_between(tx, roster.own(tx), WEEK_1, until)
    stretches = duty_so_far(store, now)
    tick.tick(store, now)
    with store.reading() as tx:
        assert schedule.weeks_between(tx, roster.own(tx), WEEK_1, until) == computed
    assert duty_so_far(store, now) == stretches


def test_the_hours_between_midnight_and_a_handoff_are_not_lost(store: Store) -> None:
    away(store, at("2026-11-24T12:00"), "toms", date(2026, 11, 30), date(2026, 12, 1))
    for moment in ("2026-11-30T00:01", "2026-11-30T09:00", "2026-12-07T09:00"):
        tick.tick(store, at(moment))
    assert told(duty_so_far(store, at("2026-12-07T09:00")))[-1] == (
        *("Mon 30 Nov 00:00", "Mon 07 Dec 09:00"),
        *("maya", "holder"),
    )


@dataclass(frozen=True)
class Step:
    """After so many hours somebody does something about some days from then on."""

    hours: int
    what: str
    who: str
    ahead: int
    days: int


def done(store: Store, step: Step, now: datetime, latest: int | None) -> int | None:
    """Do it. Returns the change that can be undone next."""
    if step.what == "tick":
        tick.tick(store, now)
        return latest
    by = Actor("robin", True, now)
    first = now.astimezone(ZONE).date() + timedelta(days=step.ahead)
    try:
        with store.writing() as tx:
            if step.what == "undo":
                if latest:
                    holidays.undo_change(tx, by, latest)
                return None
            make = holidays.declare if step.what == "declare" else holidays.cancel
            return make(tx, by, step.who, first, first + timedelta(days=step.days)).id
    except Refused:
        return latest


STEPS = st.lists(
    st.builds(
        Step,
        st.integers(0, 200),
        st.sampled_from(["declare", "declare", "cancel", "undo", "tick"]),
        st.sampled_from(["toms", "maya", "danny", "rene"]),
        st.integers(0, 12),
        st.integers(1, 14),
    ),
    min_size=2,
    max_size=10,
)


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_history_stays_as_it_was_whatever_is_done_later(database: Databases, steps: list[Step]) -> None:
    now, latest = NOW, None
    with closing(a_store(database)) as store:
        for step in steps:
            now += timedelta(hours=step.hours)
            before = duty_so_far(store, now)
            with store.reading() as tx:
                recorded = on_record(tx, roster.own(tx))
            latest = done(store, step, now, latest)
            assert duty_so_far(store, now) == before
            with store.reading() as tx:
                team = roster.own(tx)
                assert on_record(tx, team)[: len(recorded)] == recorded
                held = teams.held_weeks(tx, team.id, WEEK_1, date(2030, 1, 1))
                coming = team.duty.between(now, now + timedelta(days=60))
                away_at = [(s.who, s.starts) for s in coming if s.who and team.away_until(s.who, s.starts)]
            assert [week.week for week in held] == [WEEK_1 + timedelta(weeks=n) for n in range(len(held))]
            assert away_at == []
        assert [s.starts for s in before[:1]] == [datetime.combine(WEEK_1, time(9), ZONE)]
        assert all(one.ends == other.starts for one, other in itertools.pairwise(before))
