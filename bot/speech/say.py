"""Dates, times, numbers and names as people read them.

In English whatever the machine's locale says, and with the weekday and the year wherever a date stands alone: a weekday
is how people notice that a date is wrong. Dates come in and go out inclusive, as people speak of them. What `day` and
`days` say, `dates.read` understands.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
LONGEST_NAMES = 1_000  # characters of a list of names within a sentence

T = TypeVar("T")

_in_full = ContextVar("in_full", default=False)


def day(on: date) -> str:
    """One date: `Thu 24 Dec 2026`."""
    return f"{_weekday(on)} {on.day} {_month(on)} {on.year}"


def days(first: date, last: date) -> str:
    """The dates `first` to `last`, both included: `Mon 21 – Sun 27 Dec 2026`, `Thu 24 Dec 2026 – Sat 2 Jan 2027`."""
    if first == last:
        return day(first)
    start = f"{_weekday(first)} {first.day}"
    if first.year != last.year:
        start = day(first)
    elif first.month != last.month:
        start = f"{start} {_month(first)}"
    return f"{start} – {day(last)}"


def span(first: date, until: date) -> str:
    """The dates from `first` up to, not including, `until`."""
    return days(first, until - timedelta(days=1))


def short_days(first: date, last: date) -> str:
    """The dates `first` to `last`, both included, for a line beside one that says weekday and year: `21–27 Dec`."""
    end = f"{last.day} {_month(last)}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    return f"{first.day} {_month(first)}–{end}"


def clock(moment: datetime, zone: tzinfo) -> str:
    """What the clocks of `zone` show at `moment`, which is aware: `09:00`."""
    local = moment.astimezone(zone)
    return f"{local.hour:02}:{local.minute:02}"


def moment(at: datetime, zone: tzinfo) -> str:
    """The date and time in `zone` at the aware moment `at`: `Mon 21 Dec 2026, 09:00`."""
    return f"{day(at.astimezone(zone).date())}, {clock(at, zone)}"


def count(number: int, thing: str, things: str | None = None) -> str:
    """So many of a thing: `1 day`, `3 days`, and `2 people` for `count(2, "person", "people")`."""
    return f"{number} {thing if number == 1 else things or f'{thing}s'}"


@contextmanager
def in_full() -> Iterator[None]:
    """In the block nothing is cut: a terminal has room for all."""
    token = _in_full.set(True)
    try:
        yield
    finally:
        _in_full.reset(token)


def first_of(things: Sequence[T], most: int) -> tuple[Sequence[T], int]:
    """The first `most`, and how many are left; all of them within `in_full`."""
    shown = things if _in_full.get() else things[:most]
    return shown, len(things) - len(shown)


def names(people: Sequence[str]) -> str:
    """Several names in one breath: `Toms`, `Toms and Maya`, `Toms, Maya and Danny`; nothing for no names. Of very many
    the first, and how many more there are."""
    shown, more = _first(people)
    if len(people) < 2 or more:
        return f"{', '.join(shown)} and {more} more" if more else "".join(people)
    return f"{', '.join(people[:-1])} and {people[-1]}"


def row(people: Sequence[str]) -> str:
    """Several names one after the other, as in a rotation: `Toms, Maya, Danny`. Of very many the first, and how many
    more there are."""
    shown, more = _first(people)
    return f"{', '.join(shown)}, … and {more} more" if more else ", ".join(people)


def _first(people: Sequence[str]) -> tuple[Sequence[str], int]:
    """As many names as are read in one breath, at least one, and how many are left."""
    ends = [*itertools.accumulate(len(name) + len(", ") for name in people)]
    return first_of(people, max(1, sum(end <= LONGEST_NAMES for end in ends)))


def _weekday(on: date) -> str:
    return WEEKDAYS[on.weekday()][:3]


def _month(on: date) -> str:
    return MONTHS[on.month - 1][:3]
