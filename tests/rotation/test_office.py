"""Office hours: how long somebody has to answer, by the clocks where the team is."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rule.office import OfficeHours, weekdays
from scheduler.team.public_holidays import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = OfficeHours(BERLIN)
NIGHTS = OfficeHours(BERLIN, weekdays("mon-sun"), time(0), time(6))
IN_GERMANY = OfficeHours(BERLIN, closed=Calendar("DE"))


def at(wall: str) -> datetime:
    """A moment in Berlin."""
    return datetime.fromisoformat(wall).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "hours", "ends"),
    [
        ("2026-11-30T09:00", 2, "2026-11-30T11:00"),  # the handoff of a Monday
        ("2026-11-30T07:30", 2, "2026-11-30T11:00"),
        ("2026-11-30T15:00", 2, "2026-11-30T17:00"),
        ("2026-11-30T16:00", 2, "2026-12-01T10:00"),
        ("2026-11-30T17:00", 2, "2026-12-01T11:00"),
        ("2026-11-30T18:00", 2, "2026-12-01T11:00"),
        ("2026-11-27T16:30", 2, "2026-11-30T10:30"),  # a Friday
        ("2026-11-29T09:00", 2, "2026-11-30T11:00"),
        ("2026-11-30T09:00", 20, "2026-12-02T13:00"),
    ],
)
def test_so_many_office_hours_later(moment: str, hours: int, ends: str) -> None:
    assert NINE_TO_FIVE.add(at(moment), hours) == at(ends)


def test_public_holidays_are_none() -> None:
    assert IN_GERMANY.add(at("2026-12-24T16:00"), 2) == at("2026-12-28T10:00")  # Christmas Day is a Friday
    assert NINE_TO_FIVE.add(at("2026-12-24T16:00"), 2) == at("2026-12-25T10:00")


def test_an_hour_is_one_that_the_clocks_show() -> None:
    assert NIGHTS.add(at("2027-03-28T01:30"), 2) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # 03:30, an hour later
    assert NIGHTS.add(at("2026-10-25T01:30"), 2) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)  # 03:30, three later
    assert NINE_TO_FIVE.add(at("2027-03-26T16:00"), 2) == at("2027-03-29T10:00")


@pytest.mark.parametrize(
    ("days", "found"), [("mon-fri", {0, 1, 2, 3, 4}), ("sun-tue, fri", {6, 0, 1, 4}), ("sat", {5}), ("mon-mon", {0})]
)
def test_weekdays(days: str, found: set[int]) -> None:
    assert weekdays(days) == found


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.integers(1, 60))
def test_it_is_always_later_and_never_sooner_for_more_hours(moment: datetime, hours: int) -> None:
    ends = IN_GERMANY.add(moment, hours)
    assert moment < ends < IN_GERMANY.add(moment, hours + 1)
