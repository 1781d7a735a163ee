"""Who is on duty at a moment: midnight and the handoff, take-overs, the beginning, and what is on record.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene; the handoff is at 09:00 in Berlin.
"""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rule.duty import TAKE_OVER, Duty, Stretch, TakenHours, merged
from scheduler.rule.hours import Hours
from scheduler.rule.rotation import HOLDER, NOBODY, SUBSTITUTE, Away, Recorded, Rotation, State, Version
from tests.kit.rotations import PEOPLE, UNTIL, rotations

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = Hours(BERLIN, 0, time(9))
MONDAY = date(2026, 11, 23)
ORDER = ("Toms", "Maya", "Danny", "Rene")

Told = list[tuple[str, str | None, str]]


def at(local: str) -> datetime:
    """A moment in Berlin, in November and December 2026."""
    return datetime.fromisoformat(f"2026-{local}").replace(tzinfo=BERLIN).astimezone(UTC)


def away(who: str, first: str, last: str) -> Away:
    """Time off, the last day included."""
    return Away(who, date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}") + timedelta(days=1))


def duty(*off: Away, over: tuple[TakenHours, ...] = (), order: tuple[str, ...] = ORDER) -> Duty:
    """The four on their clock. The week of 23 Nov has been handed over to Toms: time off in it moves days."""
    toms_week = Recorded(MONDAY, "Toms", State("Toms"))
    return Duty(Rotation((Version(MONDAY, order),), off, (), toms_week), HOURS, over)


def told(of: Duty, since: str, until: str) -> Told:
    """Who is on duty from when on, and why."""
    stretches = of.between(at(since), at(until))
    return [(f"{s.starts.astimezone(BERLIN):%a %d %H:%M}", s.who, s.why) for s in stretches]


def test_an_ordinary_fortnight_changes_hands_on_mondays_at_nine() -> None:
    assert told(duty(), "11-23T09:00", "12-07T09:00") == [
        ("Mon 23 09:00", "Toms", HOLDER),
        ("Mon 30 09:00", "Maya", HOLDER),
    ]


def test_before_the_handoff_time_the_engineer_of_the_day_before_is_on_duty() -> None:
    before, after = duty().at(at("11-30T08:59:59")), duty().at(at("11-30T09:00"))
    assert before is not None
    assert after is not None
    assert (before.who, after.who) == ("Toms", "Maya")


def test_who_is_away_on_a_day_goes_off_duty_at_its_midnight() -> None:
    assert told(duty(away("Toms", "11-25", "11-26")), "11-23T09:00", "11-30T09:00") == [
        ("Mon 23 09:00", "Toms", HOLDER),
        ("Wed 25 00:00", "Maya", SUBSTITUTE),
        ("Fri 27 09:00", "Toms", HOLDER),
    ]


def test_who_is_away_on_the_monday_after_their_week_is_relieved_at_its_midnight() -> None:
    mine = duty(away("Toms", "11-30", "12-04"))
    assert told(mine, "11-29T09:00", "12-07T09:00") == [
        ("Sun 29 09:00", "Toms", HOLDER),
        ("Mon 30 00:00", "Maya", HOLDER),
    ]


@pytest.mark.parametrize("moment", ["11-30T00:00", "11-30T08:00", "11-30T09:00", "11-30T10:00", "12-06T23:00"])
def test_at_a_moment_the_whole_stretch_is_told(moment: str) -> None:
    stretch = duty(away("Toms", "11-30", "12-04")).at(at(moment))
    assert stretch == Stretch(
        at("11-30T00:00"), at("12-07T09:00"), "Maya", HOLDER, date(2026, 11, 30), "Maya", "Maya", date(2026, 11, 30)
    )


def test_where_everyone_is_away_nobody_is_on_duty_until_the_first_midnight_on_which_somebody_is_there() -> None:
    everyone = [away(who, "11-25", "11-25") for who in ORDER]
    assert told(duty(*everyone), "11-24T09:00", "11-27T09:00") == [
        ("Tue 24 09:00", "Toms", HOLDER),
        ("Wed 25 00:00", None, NOBODY),
        ("Thu 26 00:00", "Toms", HOLDER),
    ]


def test_a_substitute_stays_for_the_rest_of_the_gap() -> None:
    off = (away("Toms", "11-25", "11-28"), away("Maya", "11-24", "11-25"))
    assert told(duty(*off), "11-24T09:00", "11-30T09:00") == [
        ("Tue 24 09:00", "Toms", HOLDER),
        ("Wed 25 00:00", "Danny", SUBSTITUTE),
        ("Sun 29 09:00", "Toms", HOLDER),
    ]


def test_alone_in_the_rotation_each_week_is_a_stretch_of_its_own() -> None:
    assert told(duty(order=("Toms",)), "11-23T09:00", "12-07T09:00") == [
        ("Mon 23 09:00", "Toms", HOLDER),
        ("Mon 30 09:00", "Toms", HOLDER),
    ]


def test_a_take_over_goes_before_whoever_the_time_belongs_to() -> None:
    over = (TakenHours("Rene", at("11-24T14:00"), at("11-25T08:00")),)
    assert told(duty(over=over), "11-23T09:00", "11-30T09:00") == [
        ("Mon 23 09:00", "Toms", HOLDER),
        ("Tue 24 14:00", "Rene", TAKE_OVER),
        ("Wed 25 08:00", "Toms", HOLDER),
    ]


def test_of_several_take_overs_the_latest_counts() -> None:
    rene = TakenHours("Rene", at("11-24T14:00"), at("11-25T08:00"))
    maya = TakenHours("Maya", at("11-24T20:00"), at("11-24T22:00"))
    assert told(duty(over=(rene, maya)), "11-24T09:00", "11-25T09:00") == [
        ("Tue 24 09:00", "Toms", HOLDER),
        ("Tue 24 14:00", "Rene", TAKE_OVER),
        ("Tue 24 20:00", "Maya", TAKE_OVER),
        ("Tue 24 22:00", "Rene", TAKE_OVER),
        ("Wed 25 08:00", "Toms", HOLDER),
    ]


def test_a_take_over_ends_at_the_midnight_that_begins_a_day_away() -> None:
    over = (TakenHours("Rene", at("11-24T14:00"), at("11-26T14:00")),)
    taken = duty(away("Rene", "11-25", "11-25"), over=over)
    assert told(taken, "11-24T14:00", "11-27T09:00") == [
        ("Tue 24 14:00", "Rene", TAKE_OVER),
        ("Wed 25 00:00", "Toms", HOLDER),
    ]


def test_a_take_over_on_a_day_away_never_begins() -> None:
    over = (TakenHours("Rene", at("11-25T14:00"), at("11-26T14:00")),)
    taken = duty(away("Rene", "11-24", "11-25"), over=over)
    assert told(taken, "11-24T09:00", "11-30T09:00") == [("Tue 24 09:00", "Toms", HOLDER)]


def test_a_take_over_moves_no_week() -> None:
    over = (TakenHours("Rene", at("11-23T09:00"), at("12-01T09:00")),)
    taken = duty(over=over)
    assert taken.rotation.weeks(MONDAY, UNTIL) == duty().rotation.weeks(MONDAY, UNTIL)
    stretch = taken.at(at("11-24T10:00"))
    assert stretch is not None
    assert (stretch.who, stretch.holder, stretch.home) == ("Rene", "Toms", "Toms")
    assert stretch.unlike_the_round_robin


def test_before_the_first_handoff_nobody_is_on_call_yet() -> None:
    assert duty().at(at("11-23T08:59:59")) is None
    assert told(duty(), "11-20T00:00", "11-24T09:00") == [("Mon 23 09:00", "Toms", HOLDER)]
    assert duty().between(at("11-20T00:00"), at("11-23T09:00")) == []


def test_what_is_on_record_is_not_computed() -> None:
    served = Stretch(at("11-23T09:00"), at("11-25T15:00"), "Toms", HOLDER, MONDAY, "Toms", "Toms", MONDAY)
    known = replace(duty(away("Toms", "11-25", "11-25")), last=served)
    assert known.at(at("11-25T14:59")) is None
    assert told(known, "11-23T09:00", "11-30T09:00") == [
        ("Wed 25 15:00", "Maya", SUBSTITUTE),
        ("Thu 26 09:00", "Toms", HOLDER),
    ]


def test_a_stretch_that_is_on_record_and_goes_on_is_told_from_its_beginning() -> None:
    served = Stretch(at("11-23T09:00"), at("11-25T15:00"), "Toms", HOLDER, MONDAY, "Toms", "Toms", MONDAY)
    stretch = replace(duty(), last=served).at(at("11-25T16:00"))
    assert stretch is not None
    assert (stretch.starts, stretch.ends) == (at("11-23T09:00"), at("11-30T09:00"))


HOUR = timedelta(hours=1)
AN_HOUR = st.integers(0, 24 * 7 * 14)


@pytest.mark.slow
@settings(max_examples=60)
@given(
    rotations(),
    st.sampled_from([time(0), time(9), time(18, 30)]),
    st.lists(st.tuples(st.sampled_from(PEOPLE), AN_HOUR, st.integers(1, 400)), max_size=2),
    AN_HOUR,
)
def test_every_moment_has_one_stretch_and_it_is_told_whole(
    rotation: Rotation, handoff: time, taken: list[tuple[str, int, int]], cut: int
) -> None:
    clock = replace(HOURS, at=handoff)
    first, last = clock.handoff(MONDAY), clock.handoff(UNTIL)
    over = tuple(TakenHours(who, first + n * HOUR, first + (n + lasts) * HOUR) for who, n, lasts in taken)
    known = Duty(rotation, clock, over)
    stretches = known.between(first, last)
    assert (stretches[0].starts, stretches[-1].ends) == (first, last)
    assert all(one.starts < one.ends for one in stretches)
    assert all(one.ends == other.starts for one, other in itertools.pairwise(stretches))
    for stretch in stretches[:-1]:  # the last one is cut off here, and goes on
        assert known.at(stretch.starts) == known.at(stretch.starts + (stretch.ends - stretch.starts) / 2) == stretch
    middle = first + cut * HOUR
    assert merged(iter(known.between(first, middle) + known.between(middle, last))) == stretches
