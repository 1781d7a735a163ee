"""Dates without a year near today: which year is meant is asked, looked up, or looked for in what was declared."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.speech.read import dates
from bot.speech.read.dates import BadDates, EndBeforeStart, Found, NotADate, Passed, Span, Typed

WEDNESDAY = date(2026, 12, 16)


def span(written: str) -> Span:
    """`2026-12-14` or `2026-12-14 2026-12-18`."""
    first, *last = map(date.fromisoformat, written.split())
    return Span(first, *(last or [first]))


def asked(typed: str, today: date = WEDNESDAY) -> Passed:
    with pytest.raises(Passed) as caught:
        dates.read(typed, today)
    return caught.value


BEGUN = {  # typed on Wed 16 Dec 2026 → what is left of it, and the next ones
    "14 - 18 Dec": ("2026-12-16 2026-12-18", "2027-12-14 2027-12-18"),
    "Dec 14 - 18": ("2026-12-16 2026-12-18", "2027-12-14 2027-12-18"),
    "14 Dec - 2 Jan": ("2026-12-16 2027-01-02", "2027-12-14 2028-01-02"),
    "14 Dec for 5 days": ("2026-12-16 2026-12-18", "2027-12-14 2027-12-18"),
    "from 14 Dec for a week": ("2026-12-16 2026-12-20", "2027-12-14 2027-12-20"),
    "15 Dec until friday": ("2026-12-16 2026-12-18", "2027-12-15 2027-12-17"),
    "14.12. - 18.12.": ("2026-12-16 2026-12-18", "2027-12-14 2027-12-18"),
    "1 Jun - 17 Dec": ("2026-12-16 2026-12-17", "2027-06-01 2027-12-17"),
    "1 Feb - 20 Dec": ("2026-12-16 2026-12-20", "2027-02-01 2027-12-20"),
    "1 Jan - 31 Dec": ("2026-12-16 2026-12-31", "2027-01-01 2027-12-31"),
    "15 Apr - 2 Jan": ("2026-12-16 2027-01-02", "2027-04-15 2028-01-02"),
    "W1 - W52": ("2026-12-16 2026-12-27", "2027-01-04 2028-01-02"),  # begins in 2025, and is of 2026
    "W2 - W52": ("2026-12-16 2026-12-27", "2027-01-11 2028-01-02"),
    "1 Nov - 16 Dec": ("2026-12-16", "2027-11-01 2027-12-16"),
    "W51": ("2026-12-16 2026-12-20", "2027-12-20 2027-12-26"),
    "2026-12-14 2026-12-18": ("2026-12-16 2026-12-18", None),
    "14 - 18 Dec 2026": ("2026-12-16 2026-12-18", None),
    "yesterday - friday": ("2026-12-16 2026-12-18", None),
    "Mon 14 - Fri 18 Dec": ("2026-12-16 2026-12-18", None),  # in 2027 it is a Tuesday
}


def test_of_what_has_begun_the_days_left_and_the_next_are_asked() -> None:
    for typed, offered in BEGUN.items():
        bad = asked(typed)
        assert (bad.left, bad.coming) == (span(offered[0]), span(offered[1]) if offered[1] else None), (typed, offered)


OVER = {  # typed, and the day it is → the next ones
    ("3 Nov", "2026-11-25"): "2027-11-03",
    ("15 Dec", "2026-12-16"): "2027-12-15",
    ("17 Nov", "2026-12-16"): "2027-11-17",
    ("7 - 11 Dec", "2026-12-16"): "2027-12-07 2027-12-11",
    ("7 Dec for 5 days", "2026-12-16"): "2027-12-07 2027-12-11",
    ("24 Dec - 2 Jan", "2027-01-04"): "2027-12-24 2028-01-02",
    ("12/15", "2026-12-16"): "2027-12-15",
    ("W50", "2026-12-16"): "2027-12-13 2027-12-19",
    ("28 Feb", "2028-03-05"): "2029-02-28",
    ("29 Feb", "2028-03-05"): None,  # 2029 has none
    ("Tue 15 Dec", "2026-12-16"): None,  # in 2027 it is a Wednesday
    ("yesterday", "2026-12-16"): None,
    ("2026-W50", "2026-12-16"): None,
    ("2026-12-15", "2026-12-16"): "2027-12-15",  # a slip of the year may be meant
}


@pytest.mark.parametrize(("typed", "coming"), OVER.items())
def test_of_what_is_just_over_only_the_next_is_asked(typed: tuple[str, str], coming: str | None) -> None:
    bad = asked(typed[0], date.fromisoformat(typed[1]))
    assert (bad.left, bad.coming) == (None, span(coming) if coming else None)


NEXT = {  # typed on Wed 16 Dec 2026; what is over for a month or more is the next to come
    "16 Dec": "2026-12-16",
    "16 - 18 Dec": "2026-12-16 2026-12-18",
    "14 Nov": "2027-11-14",
    "1 Jan": "2027-01-01",
    "1 - 5 Nov": "2027-11-01 2027-11-05",
    "until friday": "2026-12-16 2026-12-18",
    "until 2 Jan": "2026-12-16 2027-01-02",
    "till tomorrow": "2026-12-16 2026-12-17",
    "until W52": "2026-12-16 2026-12-27",
    "through next friday": "2026-12-16 2026-12-18",
}


LONG = {  # typed, and the day it is → all of it, however long
    ("1 Mar - 30 Sep", "2026-12-16"): "2027-03-01 2027-09-30",
    ("1.2. - 15.9.", "2026-12-16"): "2027-02-01 2027-09-15",
    ("1 Jan - 4 Jul", "2026-12-16"): "2027-01-01 2027-07-04",
    ("1 Feb - 15 Sep", "2026-12-16"): "2027-02-01 2027-09-15",
    ("20 Dec - 30 Jun", "2026-12-16"): "2026-12-20 2027-06-30",
    ("1 Mar 2027 - 30 Sep", "2026-12-16"): "2027-03-01 2027-09-30",
    ("1 March to 15 November", "2026-12-16"): "2027-03-01 2027-11-15",
    ("from 2 Mar until 24 Dec", "2026-02-16"): "2026-03-02 2026-12-24",
    ("1. Februar - 31. Oktober", "2026-12-16"): "2027-02-01 2027-10-31",
    ("2027-01-04 - 20 Oct", "2026-12-16"): "2027-01-04 2027-10-20",
    ("until 30 Jun", "2026-12-16"): "2026-12-16 2027-06-30",
    ("tomorrow - 31 Jul", "2026-12-16"): "2026-12-17 2027-07-31",
    ("W6 - W40", "2026-12-16"): "2027-02-08 2027-10-10",
    ("29 Feb - 30 Sep", "2027-12-16"): "2028-02-29 2028-09-30",
}


@pytest.mark.parametrize(("typed", "read"), NEXT.items())
def test_what_is_to_come_is_read_at_once(typed: str, read: str) -> None:
    assert dates.read(typed, WEDNESDAY) == Typed(*span(read), None)


@pytest.mark.parametrize(("typed", "read"), LONG.items())
def test_a_range_of_many_months_is_not_turned_round(typed: tuple[str, str], read: str) -> None:
    assert dates.read(typed[0], date.fromisoformat(typed[1])) == Typed(*span(read), None)


@pytest.mark.parametrize(
    ("typed", "turned"),
    [
        ("26 Dec - 24 Dec", "2026-12-24 2026-12-26"),
        ("26 Dec - 1 Nov", "2026-11-01 2026-12-26"),
        ("1 Mar - 28 Feb", "2027-02-28 2027-03-01"),
        ("1.9. - 31.8.", "2027-08-31 2027-09-01"),
        ("29 Dec - 20 Dec", "2026-12-20 2026-12-29"),
    ],
)
def test_a_range_of_most_of_a_year_that_ends_in_the_next_is_a_slip(typed: str, turned: str) -> None:
    with pytest.raises(EndBeforeStart) as caught:
        dates.read(typed, WEDNESDAY)
    assert caught.value.meant == span(turned)


CANCELLED = {  # typed, and the day it is → what it may be, from that day on, the earliest first
    ("16 - 20 Dec", "2026-12-18"): ["2026-12-18 2026-12-20", "2027-12-16 2027-12-20"],
    ("16 Dec for 5 days", "2026-12-18"): ["2026-12-18 2026-12-20", "2027-12-16 2027-12-20"],
    ("2026-12-16 2026-12-20", "2026-12-18"): ["2026-12-18 2026-12-20"],
    ("24 Dec - 2 Jan", "2026-12-18"): ["2026-12-24 2027-01-02"],
    ("24 Dec - 2 Jan", "2027-01-01"): ["2027-01-01 2027-01-02", "2027-12-24 2028-01-02"],
    ("3 Nov", "2026-11-25"): ["2027-11-03"],
    ("W51", "2026-12-18"): ["2026-12-18 2026-12-20", "2027-12-20 2027-12-26"],
    ("Wed 16 - 20 Dec", "2026-12-18"): ["2026-12-18 2026-12-20"],
}


@pytest.mark.parametrize(("typed", "meant"), CANCELLED.items())
def test_what_is_cancelled_may_be_any_that_is_not_over(typed: tuple[str, str], meant: list[str]) -> None:
    found = dates.any_of(typed[0], date.fromisoformat(typed[1]))
    assert found == [Typed(*span(each), None) for each in meant]


LOOKED_UP = {  # typed, and the day it is → the nearest, and the other year's
    ("14 Dec", "2026-12-18"): ("2026-12-14", "2027-12-14"),
    ("24 Dec", "2026-12-18"): ("2026-12-24", "2025-12-24"),
    ("1 Jan", "2026-12-18"): ("2027-01-01", "2026-01-01"),
    ("1 Jul", "2026-12-18"): ("2026-07-01", "2027-07-01"),
    ("18 Jun", "2026-12-18"): ("2027-06-18", "2026-06-18"),
    ("Mon 14 Dec", "2026-12-18"): ("2026-12-14", None),
    ("29 Feb", "2028-03-05"): ("2028-02-29", "2032-02-29"),
    ("29 Feb", "2026-12-16"): ("2028-02-29", "2024-02-29"),
    ("29 Feb", "2025-12-16"): ("2024-02-29", "2028-02-29"),
    ("29 Feb", "2028-02-29"): ("2028-02-29", "2024-02-29"),
    ("29 Feb", "2028-02-28"): ("2028-02-29", "2024-02-29"),
    ("29.2.", "2027-01-05"): ("2028-02-29", "2024-02-29"),
    ("2/29", "2025-01-05"): ("2024-02-29", "2028-02-29"),
    ("29 février", "2026-12-16"): ("2028-02-29", "2024-02-29"),
    ("Thu 29 Feb", "2026-12-16"): ("2024-02-29", None),  # in 2028 it is a Tuesday
    ("Mon 2 Nov", "2026-12-16"): ("2026-11-02", None),
    ("W53", "2026-12-16"): ("2026-12-28 2027-01-03", "2020-12-28 2021-01-03"),
    ("W53", "2028-12-16"): ("2026-12-28 2027-01-03", "2032-12-27 2033-01-02"),
    ("week 53", "2025-06-16"): ("2026-12-28 2027-01-03", "2020-12-28 2021-01-03"),
    ("W50", "2026-12-18"): ("2026-12-07 2026-12-13", "2027-12-13 2027-12-19"),
    ("W51", "2026-12-18"): ("2026-12-14 2026-12-20", "2027-12-20 2027-12-26"),
    ("yesterday", "2026-12-18"): ("2026-12-17", None),
    ("monday", "2026-12-18"): ("2026-12-21", None),
    ("14 Dec 2024", "2026-12-18"): ("2024-12-14", None),
    ("next week", "2026-12-18"): ("2026-12-21 2026-12-27", None),
}


def test_what_is_looked_up_is_the_nearest() -> None:
    for typed, found in LOOKED_UP.items():
        nearest, other = found
        looked_up = dates.look_up(typed[0], date.fromisoformat(typed[1]))
        assert looked_up == Found(span(nearest), span(other) if other else None), (typed, found)


LAST = {  # typed on Wed 16 Dec 2026 → the last such that has begun, and the next
    "14 Dec": ("2026-12-14", "2027-12-14"),
    "24 Dec": ("2025-12-24", "2026-12-24"),
    "16 Dec": ("2026-12-16", None),
    "monday": ("2026-12-14", "2026-12-21"),
    "friday": ("2026-12-11", "2026-12-18"),
    "wednesday": ("2026-12-16", None),
    "W50": ("2026-12-07 2026-12-13", "2027-12-13 2027-12-19"),
    "yesterday": ("2026-12-15", None),
    "2026-12-24": ("2026-12-24", None),
    "24.12.": ("2025-12-24", "2026-12-24"),
    "29 Feb": ("2024-02-29", "2028-02-29"),
    "29.02.": ("2024-02-29", "2028-02-29"),
    "Feb 29": ("2024-02-29", "2028-02-29"),
    "on 29 February": ("2024-02-29", "2028-02-29"),
    "Thu 29 Feb": ("2024-02-29", None),
    "Wed 24 Dec": ("2025-12-24", None),
    "W53": ("2020-12-28 2021-01-03", "2026-12-28 2027-01-03"),
}


@pytest.mark.parametrize("look", [dates.look_up, dates.last])
@pytest.mark.parametrize("typed", ["30 Feb", "31 Apr", "29 Feb 2026", "W54", "0 Dec", "2027-W53"])
def test_what_no_year_has_is_not_looked_for(look: Callable[[str, date], Found], typed: str) -> None:
    with pytest.raises(NotADate):
        look(typed, WEDNESDAY)


@pytest.mark.parametrize("read", [dates.read, dates.any_of, dates.read_day])
def test_a_29_february_of_another_year_is_offered_and_not_taken(read: Callable[[str, date], object]) -> None:
    with pytest.raises(NotADate) as caught:
        read("29 Feb", WEDNESDAY)
    assert caught.value.suggestion == "Tue 29 Feb 2028"


@pytest.mark.parametrize(("typed", "found"), LAST.items())
def test_the_last_is_taken_where_something_is_listed_from_it_on(typed: str, found: tuple[str, str | None]) -> None:
    last, following = found
    assert dates.last(typed, WEDNESDAY) == Found(span(last), span(following) if following else None)


@pytest.mark.parametrize("typed", ["15 Dec", "1 Dec", "Tue 15 Dec", "15.12."])
def test_one_day_that_may_be_over_is_not_moved_by_a_year(typed: str) -> None:
    with pytest.raises(Passed):
        dates.read_day(typed, WEDNESDAY)


@pytest.mark.parametrize(
    ("typed", "day"),
    [("W52", "2026-12-23"), ("next week", "2026-12-23"), ("this week", "2026-12-16"), ("21 Dec", "2026-12-21")],
)
def test_of_a_week_it_is_the_weekday_of_the_handoff(typed: str, day: str) -> None:
    assert dates.read_day(typed, WEDNESDAY, weekday=2) == date.fromisoformat(day)


@pytest.mark.parametrize("typed", ["2026-12-20 - 18 Dec", "until 14 Dec", "friday - 17 Dec 2026", "W52 - W51"])
def test_an_end_that_lies_before_its_start_is_not_moved_by_a_year(typed: str) -> None:
    with pytest.raises(BadDates):
        dates.read(typed, WEDNESDAY)
