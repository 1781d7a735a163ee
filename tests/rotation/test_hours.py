"""Local time decides, also on the days on which the clocks change: both hemispheres, and a zone that changes at
midnight. And at every moment just one engineer is on duty."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rule.duty import Duty, TakenHours
from scheduler.rule.hours import Hours, moment_of
from scheduler.rule.rotation import Rotation, Version
from tests.kit.rotations import MONDAY, UNTIL, rotations

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata")
CHANGES = {  # zone: local date and time, and the moment it stands for
    "spring forward: 02:30 does not exist": ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:00"),
    "autumn: 02:30 is twice, the first counts": ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
    "New York, 2:15 does not exist": ("America/New_York", "2027-03-14T02:15", "2027-03-14T07:00"),
    "Sydney changes in October": ("Australia/Sydney", "2026-10-04T02:00", "2026-10-03T16:00"),
    "Lord Howe changes by half an hour": ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30"),
    "Cairo has no midnight on that day": ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
    "Cairo has the hour before midnight twice": ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30"),
    "an ordinary morning": ("Europe/Berlin", "2026-11-23T09:00", "2026-11-23T08:00"),
}


@pytest.mark.parametrize(("zone", "wall", "moment"), CHANGES.values(), ids=list(CHANGES))
def test_what_a_local_time_stands_for(zone: str, wall: str, moment: str) -> None:
    local = datetime.fromisoformat(wall)
    assert moment_of(local.date(), local.time(), ZoneInfo(zone)) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@given(st.sampled_from(ZONES), st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.times())
def test_a_local_time_is_shown_or_the_first_thing_after_it(zone: str, day: date, at: time) -> None:
    moment = moment_of(day, at.replace(microsecond=0), ZoneInfo(zone))
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert shown >= datetime.combine(day, at.replace(microsecond=0))
    assert (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None) < shown


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_handoffs_is_at_nine_every_time(zone: str) -> None:
    hours = Hours(ZoneInfo(zone), 0, time(9))
    for n in range(366):
        handoff = hours.handoff(MONDAY + timedelta(days=n))
        assert handoff.astimezone(ZoneInfo(zone)).time() == time(9)
        assert hours.on_call_day(handoff) == MONDAY + timedelta(days=n)
        assert hours.on_call_day(handoff - timedelta(seconds=1)) == MONDAY + timedelta(days=n - 1)


def test_duty_has_neither_gap_nor_overlap_across_clock_changes() -> None:
    for at in [time(0), time(0, 30), time(9), time(23, 59)]:
        for zone in ZONES:
            hours = Hours(ZoneInfo(zone), 0, at)
            duty = Duty(Rotation((Version(date(2026, 3, 2), ("Toms", "Maya", "Danny", "Rene")),)), hours)
            stretches = duty.between(hours.handoff(date(2026, 3, 2)), hours.handoff(date(2027, 5, 3)))
            assert all(one.ends == other.starts for one, other in itertools.pairwise(stretches)), (at, zone)
            assert {stretch.why for stretch in stretches} == {"holder"}, (at, zone)
            assert len(stretches) == 61, (at, zone)


@settings(max_examples=60)
@given(
    rotations(),
    st.sampled_from(ZONES),
    st.integers(0, 100 * 24),
    st.lists(st.tuples(st.sampled_from(("Toms", "Maya")), st.integers(0, 1500), st.integers(1, 90)), max_size=2),
)
def test_every_moment_has_one_stretch_and_nobody_serves_while_away(
    rotation: Rotation, zone: str, hour: int, taken: list[tuple[str, int, int]]
) -> None:
    hours = Hours(ZoneInfo(zone), 0, time(9))
    begins = hours.handoff(MONDAY)
    over = tuple(
        TakenHours(who, begins + timedelta(hours=after), begins + timedelta(hours=after + lasts))
        for who, after, lasts in taken
    )
    duty = Duty(rotation, hours, over)
    moment = begins + timedelta(hours=hour)
    stretch = duty.at(moment)
    assert stretch is not None
    assert stretch.starts <= moment < stretch.ends
    around = [s for s in duty.between(begins, hours.handoff(UNTIL)) if s.starts <= moment < s.ends]
    assert [s.who for s in around] == [stretch.who]
    assert stretch.who is None or not rotation.is_away(stretch.who, hours.date_of(moment))


def test_nobody_is_on_call_before_the_first_handoff() -> None:
    hours = Hours(ZoneInfo("Europe/Berlin"), 0, time(9))
    duty = Duty(Rotation((Version(MONDAY, ("Toms",)),)), hours)
    assert duty.at(hours.handoff(MONDAY) - timedelta(seconds=1)) is None
    first = duty.at(hours.handoff(MONDAY))
    assert first is not None
    assert first.who == "Toms"
