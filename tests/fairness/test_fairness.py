"""Who carried how much: a year typed out, ten years counted by hand, and that nothing gets lost in between."""

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from models.history import Acknowledgement, Stretch
from models.store.engine import Store
from models.teams import VersionFacts
from scheduler.fairness import count
from scheduler.fairness import load as report
from scheduler.fairness.count import NONE, Facts, Load, PublicHolidays, Tally, ahead
from scheduler.fairness.load import Fairness, NothingThen
from scheduler.rule.duty import Duty
from scheduler.rule.hours import Hours
from scheduler.rule.rotation import HOLDER, Rotation
from scheduler.team import roster
from tests.kit import decade, fair_year
from tests.kit.cast import ZONE, a_store
from tests.kit.databases import Databases
from tests.kit.fair_year import END, at
from tests.kit.refused import refused
from tests.kit.rotations import MONDAY, PEOPLE, UNTIL, rotations

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HOURS = Hours(ZONE, 0, time(9))


def counted(store: Store, now: str, year: int | None = None, public: PublicHolidays | None = None) -> Fairness:
    """What is counted at a local time."""
    with store.reading() as tx:
        return report.counted(tx, roster.own(tx), at(now), year, public)


# A year, typed out


def test_a_year_with_all_that_happens_in_one(store: Store) -> None:
    fair_year.lived(store)
    holidays = {"maya": {date(2027, 3, 26), date(2027, 3, 29)}, "danny": {date(2027, 3, 29), date(2027, 12, 25)}}
    past = counted(store, END, 2027, holidays).past
    assert (past.starts, past.ends) == (at("2027-01-01T00:00"), at("2028-01-01T00:00"))
    assert past.nobody == DAY  # Wed 10 Nov, on which all four were away
    in_all = 87 * DAY + 20 * HOUR + 24 * MINUTE
    assert past.loads == (
        Load("toms", duty=83 * DAY, share=in_all, weekends=24 * DAY),
        # The clocks skip an hour in Maya's week of 22 March, on a Sunday, and repeat one in Danny's of 25 October.
        Load(
            "maya",
            duty=89 * DAY + 8 * HOUR,
            share=in_all,
            weekends=26 * DAY - HOUR,
            public_holidays=DAY + 9 * HOUR,  # Good Friday, and Easter Monday until the handoff
            given=2 * DAY,
        ),
        Load(
            "danny",
            duty=91 * DAY + 9 * HOUR,
            share=in_all,
            weekends=26 * DAY + HOUR,
            public_holidays=DAY + 15 * HOUR,
            taken_over=8 * HOUR,
            got_it=15 * MINUTE,
        ),
        Load("ines", duty=39 * DAY + 15 * HOUR, share=41 * DAY + 12 * HOUR + 24 * MINUTE, weekends=10 * DAY),
        Load(
            "rene",
            duty=60 * DAY + 16 * HOUR,
            share=58 * DAY + 22 * HOUR + 24 * MINUTE,
            weekends=18 * DAY,
            taken=2 * DAY,
            short_notice=1,  # Danny, to whom it came first, passed it on
        ),
    )
    assert counted(store, END, 2027).coming is None


def test_the_half_year_to_come_is_what_the_schedule_says(store: Store) -> None:
    fair_year.lived(store)
    coming = counted(store, "2028-01-04T12:00").coming
    assert coming is not None
    assert (coming.starts, coming.ends) == (at("2028-01-04T12:00"), at("2028-07-10T09:00"))
    # Toms has the rest of this week, and the clocks skip an hour on Sun 26 March.
    assert [(load.who, load.duty) for load in coming.loads] == [
        ("toms", 5 * DAY + 21 * HOUR + 6 * 7 * DAY),
        ("maya", 7 * 7 * DAY),
        ("danny", 7 * 7 * DAY),
        ("ines", 6 * 7 * DAY - HOUR),
    ]


def test_without_a_year_it_is_the_last_twelve_months(store: Store) -> None:
    fair_year.lived(store)
    past = counted(store, "2028-01-04T12:00").past
    assert (past.starts, past.ends) == (at("2027-01-04T00:00"), at("2028-01-04T12:00"))
    assert sum((load.duty for load in past.loads), past.nobody) == 365 * DAY + 12 * HOUR


@pytest.mark.both
def test_before_the_rotation_begins_there_is_only_what_is_to_come(database: Databases) -> None:
    with closing(a_store(database, at("2026-11-20T12:00"))) as store:
        found = counted(store, "2026-11-20T12:00", 2026)
    assert found.past.loads == ()
    assert found.coming is not None
    assert (found.coming.starts, found.coming.ends) == (at("2026-11-23T09:00"), at("2027-05-24T09:00"))


@pytest.mark.parametrize("year", [2025, 2029])
def test_a_year_without_anybody_on_call_is_refused(store: Store, year: int) -> None:
    fair_year.lived(store)
    with refused(NothingThen, f"Nobody has been on call in {year}: I can count the years 2026 to 2028"):
        counted(store, END, year)


def test_a_week_that_comes_late_counts_though_nobody_said_i_have_got_it(store: Store) -> None:
    fair_year.away(store, "maya", "2026-11-24T12:00", date(2026, 11, 30), date(2026, 12, 1))
    fair_year.away(store, "danny", "2026-12-09T15:00", date(2026, 12, 9), date(2026, 12, 9))
    past = counted(store, "2026-12-20T09:00").past
    # Danny has Maya's week, Maya gets Danny's in turn, and Danny's day in a week of Maya's moves nothing.
    assert [(load.who, load.short_notice) for load in past.loads] == [
        *(("toms", 0), ("maya", 0), ("danny", 1), ("rene", 0)),
    ]


# Ten years


def hour_by_hour(served: list[Stretch], starts: datetime, ends: datetime) -> dict[str, tuple[int, int, int]]:
    """For each engineer the hours on duty, at weekends, and of cover for others, by looking at each hour."""
    hours: dict[str, tuple[int, int, int]] = {}
    moment, place = starts, 0
    while moment < ends:
        while served[place].ends <= moment:
            place += 1
        each, weekend = served[place], moment.astimezone(ZONE).weekday() > 4
        on_duty, at_weekends, given_to = hours.get(each.who or "", (0, 0, 0))
        hours[each.who or ""] = (on_duty + 1, at_weekends + weekend, given_to + (each.why == "cover"))
        moment += HOUR
    return hours


def test_ten_years_are_exact_hour_by_hour(store: Store) -> None:
    served, now = decade.on_record(store)
    local = now.astimezone(ZONE).replace(tzinfo=None).isoformat()
    for year in (2027, 2030, 2032, 2035, None):
        past = counted(store, local, year).past
        by_hand = hour_by_hour(served, past.starts, past.ends)
        found = {load.who: (load.duty // HOUR, load.weekends // HOUR, load.given // HOUR) for load in past.loads}
        assert found == {who: by_hand[who] for who in decade.TEAM}
        assert past.nobody == by_hand[""][0] * HOUR
        assert all(load.duty % HOUR == NONE for load in past.loads)


def test_the_past_is_one_query_each(store: Store) -> None:
    _, now = decade.on_record(store)
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    with store.reading() as tx:
        team = roster.own(tx)
        asked.clear()
        report.counted(tx, team, now)
    tables = [statement.partition("FROM ")[2].split()[0] for statement in asked if statement.startswith("SELECT")]
    assert sorted(tables) == ["acknowledgements", "changes", "duty"]


# Counting


def duty(*whose: tuple[str, str, str | None]) -> list[Stretch]:
    """Stretches from moments on, each in the week of its day, the last of them a week long."""
    starts = [at(local) for local, _, _ in whose]
    stretches = []
    for begins, ends, (_, holder, who) in zip(starts, [*starts[1:], starts[-1] + 7 * DAY], whose, strict=True):
        day = HOURS.on_call_day(begins)
        stretches.append(Stretch(begins, ends, who, HOLDER, HOURS.week_of(day), holder, holder, day))
    return stretches


def facts(stretches: list[Stretch], *order: str) -> Facts:
    """What is counted of a rotation that began long ago."""
    return Facts(HOURS, (VersionFacts(date(2020, 1, 6), order, order),), stretches)


def test_three_weeks_in_a_row_are_two_weeks_in_a_row_twice() -> None:
    weeks = duty(
        ("2026-11-30T09:00", "toms", "toms"),
        ("2026-12-07T09:00", "toms", "toms"),
        ("2026-12-14T09:00", "maya", "toms"),  # Toms has most of Maya's week
        ("2026-12-18T09:00", "maya", "maya"),
        ("2026-12-21T09:00", "maya", "maya"),
    )
    toms, maya = count.count(facts(weeks, "toms", "maya"), at("2026-12-01T00:00"), at("2026-12-28T09:00")).loads
    assert (toms.in_a_row, maya.in_a_row) == (2, 0)


def test_a_week_that_the_period_cuts_is_seen_whole() -> None:
    weeks = duty(("2026-12-21T09:00", "toms", "toms"), ("2026-12-28T09:00", "toms", "toms"))
    [toms] = count.count(facts(weeks, "toms"), at("2026-12-28T00:00"), at("2027-01-01T00:00")).loads
    assert (toms.in_a_row, toms.duty) == (1, 4 * DAY)
    [toms] = count.count(facts(weeks, "toms"), at("2027-01-01T00:00"), at("2027-01-04T09:00")).loads
    assert (toms.in_a_row, toms.duty) == (0, 3 * DAY + 9 * HOUR)


def test_the_median_of_two_lies_between_them() -> None:
    weeks = duty(("2026-11-30T09:00", "toms", "toms"), ("2026-12-07T09:00", "toms", "toms"))
    said = [Acknowledgement(date(2026, 11, 30), "toms", at("2026-11-30T09:10"))]
    said += [Acknowledgement(date(2026, 12, 7), "toms", at("2026-12-07T09:20"))]
    known = replace(facts(weeks, "toms"), acknowledgements=said)
    [toms] = count.count(known, at("2026-11-30T09:00"), at("2026-12-14T09:00")).loads
    assert toms.got_it == 15 * MINUTE


def carried(**more: float) -> Tally:
    """A tally in which people carried so many days more than an equal share of a hundred."""
    loads = (Load(who, duty=(100 + days) * DAY, share=100 * DAY) for who, days in more.items())
    return Tally(at("2026-01-01T00:00"), at("2027-01-01T00:00"), tuple(loads))


def test_a_week_more_or_less_is_about_the_same() -> None:
    assert ahead(carried(toms=7, maya=-7, danny=0)) == []
    assert [load.who for load in ahead(carried(toms=7.5, maya=-7.5))] == ["toms"]


def test_those_who_are_half_as_far_ahead_are_named_too() -> None:
    assert [load.who for load in ahead(carried(toms=5, maya=9, danny=4, rene=-18))] == ["maya", "toms"]


@settings(max_examples=60)
@given(rotations(), st.integers(0, 24 * 7 * 10), st.integers(1, 24 * 7 * 12))
def test_all_loads_and_nobodys_time_make_up_the_period(rotation: Rotation, first: int, hours: int) -> None:
    starts = HOURS.handoff(MONDAY) + first * HOUR
    ends = min(starts + hours * HOUR, HOURS.handoff(UNTIL))
    versions = tuple(VersionFacts(v.starts, v.order, v.order) for v in rotation.versions)
    stretches = Duty(rotation, HOURS).between(HOURS.handoff(MONDAY), HOURS.handoff(UNTIL))
    tally = count.count(Facts(HOURS, versions, stretches), starts, max(starts, ends))
    assert sum((load.duty for load in tally.loads), tally.nobody) == tally.ends - tally.starts
    shared = sum((load.share for load in tally.loads), tally.nobody)
    assert abs(shared - (tally.ends - tally.starts)) < timedelta(milliseconds=1)
    assert {load.who for load in tally.loads} <= set(PEOPLE)
