"""How dates, times, numbers and names read."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.speech import say

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
CHRISTMAS_EVE = date(2026, 12, 24)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def test_a_day_has_its_weekday_and_year() -> None:
    assert say.day(CHRISTMAS_EVE) == "Thu 24 Dec 2026"
    assert say.day(date(2027, 1, 2)) == "Sat 2 Jan 2027"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 12, 24), date(2026, 12, 24), "Thu 24 Dec 2026"),
        (date(2026, 12, 21), date(2026, 12, 27), "Mon 21 – Sun 27 Dec 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "Mon 30 Nov – Sun 6 Dec 2026"),
        (date(2026, 12, 24), date(2027, 1, 2), "Thu 24 Dec 2026 – Sat 2 Jan 2027"),
        (date(2026, 12, 24), date(2027, 12, 24), "Thu 24 Dec 2026 – Fri 24 Dec 2027"),
    ],
)
def test_days_say_what_differs_between_their_ends(first: date, last: date, said: str) -> None:
    assert say.days(first, last) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 12, 24), date(2026, 12, 24), "24 Dec"),
        (date(2026, 12, 21), date(2026, 12, 27), "21–27 Dec"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 Dec–3 Jan"),
        (date(2026, 12, 24), date(2027, 12, 24), "24 Dec–24 Dec"),
    ],
)
def test_short_days_leave_out_the_weekday_and_the_year(first: date, last: date, said: str) -> None:
    assert say.short_days(first, last) == said


def test_a_moment_is_said_in_the_zone_asked_for() -> None:
    moment = datetime(2026, 12, 21, 23, 5, tzinfo=UTC)
    assert say.clock(moment, BERLIN) == "00:05"
    assert say.moment(moment, BERLIN) == "Tue 22 Dec 2026, 00:05"
    assert say.moment(moment, NEW_YORK) == "Mon 21 Dec 2026, 18:05"


def test_one_thing_is_not_two_things() -> None:
    assert say.count(0, "day") == "0 days"
    assert say.count(1, "day") == "1 day"
    assert say.count(2, "day") == "2 days"
    assert say.count(1, "person", "people") == "1 person"
    assert say.count(2, "person", "people") == "2 people"


def test_names_are_said_in_one_breath() -> None:
    assert say.names([]) == ""
    assert say.names(["Toms"]) == "Toms"
    assert say.names(["Toms", "Maya"]) == "Toms and Maya"
    assert say.names(["Toms", "Maya", "Danny", "Rene"]) == "Toms, Maya, Danny and Rene"


class ForeignDate(date):
    """A date on a machine whose locale is German: what Python would ask the machine for is in its words."""

    def strftime(self, format: str) -> str:
        """As such a machine has it."""
        return "Do 24 Dez 2026"

    __format__ = strftime


@pytest.mark.parametrize("month", range(12))
def test_the_words_do_not_depend_on_the_machines_locale(month: int) -> None:
    on = ForeignDate(2026, month + 1, 24)
    weekday, name = WEEKDAYS[on.weekday()], MONTHS[month]
    assert f"{on:%a}" == on.strftime("%b") == "Do 24 Dez 2026"
    assert say.day(on) == f"{weekday} 24 {name} 2026"
    assert say.days(on, on) == f"{weekday} 24 {name} 2026"
    assert say.short_days(on, on) == f"24 {name}"
