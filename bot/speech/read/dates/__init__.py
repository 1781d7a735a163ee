"""What a person typed → dates, or a kind refusal.

    text ─► dates : note ─► numbers to named months ─► start and end ─► the last such dates and the coming ─► Typed

A small closed grammar, in any case, with spaces and dashes as keyboards make them, and characters that nobody sees left
out:

    2026-12-24 · 24 Dec · 24th of December 2026 · Dec 24, 2026 · Thu 24 Dec 2026 · 24. Dezember · 24 de diciembre
    24/12/2026 · 24.12. · 12/24                               numbers, where they can be read in one way only
    yesterday · today · tomorrow · friday, on friday, this friday · next friday · this week, next week · W52 · 2026-W52
    A - B · A to B, until B, till B, through B · from A to B · 24 - 28 Dec · Dec 24 - 28 · two ISO dates
    A for 5 days · A for a week · until B, from today

What is left out is the next to come, today included; where `monday` is today, it is asked whether that is meant or the
next, wherever it would change something. `this monday` is today then, `next monday` the first one after today;
`24 Dec` is in this year or the next. Of dates without a year that have begun, or are over for less than a month, it is
asked which are meant; where something is looked up, the nearest are. An end counts from its start: `24 Dec - 2 Jan`
ends in the year after; but `26 Dec - 24 Dec` is a slip, as is all that would take more than nine months to end in the
year after. `this week` is what is left of it, to Sunday; `next week` is Monday to Sunday. A weekday beside a date must
be that date's.

Nothing else is a date: no bare number, nothing before or behind. Whoever calls says back what was understood.
"""

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot.speech.read.dates import grammar as days
from bot.speech.read.dates import weeks
from bot.speech.read.dates import years as meaning
from bot.speech.read.dates.bad import (
    YEARS_AHEAD,
    AmbiguousDate,
    BadDates,
    EndBeforeStart,
    NotADate,
    Passed,
    ShortYear,
    Span,
    TodayOrNext,
    TooLong,
    check_known,
)
from bot.speech.read.dates.grammar import Viewpoint
from bot.speech.read.dates.text import LONGEST_NOTE, WHOLE_DAYS, has_time, parted, plain, quoting
from bot.speech.read.dates.years import A_MONTH, Grammar, Meant

__all__ = [
    "DAY_EXAMPLE",
    "LONGEST_NOTE",
    "SPAN_EXAMPLE",
    "AmbiguousDate",
    "BadDates",
    "EndBeforeStart",
    "Found",
    "NotADate",
    "Passed",
    "ShortYear",
    "Span",
    "TodayOrNext",
    "TooLong",
    "Typed",
    "any_of",
    "check_not_over",
    "check_year",
    "in_a_week",
    "last",
    "look_up",
    "read",
    "read_day",
]


DAY_EXAMPLE = "24 Dec"  # behind a command that takes one day
SPAN_EXAMPLE = "24 Dec - 2 Jan"  # behind a command that takes days

ONE_DAY, SIX_DAYS, A_WEEK = timedelta(days=1), timedelta(days=6), timedelta(days=7)

_HAS_YEAR = re.compile(r"\b[0-9]{4}\b")


@dataclass(frozen=True, slots=True)
class Typed:
    """Dates that a person typed, `first` to `last` inclusive, and the note behind them (as typed, to be escaped)."""

    first: date
    last: date
    note: str | None

    @property
    def days(self) -> int:
        """How many days it is."""
        return (self.until - self.first).days

    @property
    def until(self) -> date:
        """The day after the last, for half-open ranges."""
        return self.last + timedelta(days=1)


class Found(NamedTuple):
    """Dates that are looked up, and, where their year was left out, those of the other year that may be meant."""

    dates: Span
    other: Span | None


def read(text: str, today: date) -> Typed:
    """The dates in `text`, which begin today or later, and its note. Raises BadDates: Passed if they began before, or
    if they may be meant to have."""
    meant, typed, note = _parted(text, today)
    _check_not_before(meant, today, note)
    if meant.dates.first < today:
        raise _passed(meant.dates, today, _next_year(typed, meant.dates, today), note)
    if coming := _in_a_week(days.span, meant, today):
        raise TodayOrNext(meant.dates, coming, note)
    return Typed(*meant.dates, note)


def any_of(text: str, today: date) -> list[Typed]:
    """Each that the dates in `text` can mean, from today on, the earliest first: to be looked for in what was declared.
    Raises BadDates: Passed if all of it is over."""
    meant, typed, note = _parted(text, today)
    left = [Span(max(each.first, today), each.last) for each in (meant.before, meant.coming) if each]
    left = [each for each in left if each.last >= today]
    if not left:
        raise _passed(meant.dates, today, _next_year(typed, meant.dates, today), note)
    in_a_week = _in_a_week(days.span, meant, today)
    return [Typed(*each, note) for each in (*left, in_a_week) if each]


def check_not_over(text: str, today: date) -> None:
    """Raises BadDates: Passed where the year was left out of dates all of which are just over. For what was looked for
    in vain: the next year's were hardly meant."""
    meant, _, note = _parted(text, today)
    if meant.before and meant.before.last < today:
        _check_not_before(meant, today, note)


def read_day(text: str, today: date, weekday: int | None = None, latest: date = date.max) -> date:
    """The one day in `text`, the next to come where the year was left out; past ones too, if they say so. Of a week,
    its `weekday` (0: Monday), if that is given. Raises BadDates: Passed where it is left open and may be over; what it
    has of the next year is no later than `latest`."""
    with quoting(text):
        meant = meaning.meaning_of(days.one_day if weekday is None else days.day_or_week, plain(text), today)
    _check_not_before(meant, today, None, latest)
    first, until = meant.dates.first, meant.dates.last + ONE_DAY
    return first if weekday is None or until - first < A_WEEK else first + ONE_DAY * ((weekday - first.weekday()) % 7)


def in_a_week(text: str, today: date) -> Span | None:
    """The day that `text` means if a weekday in it, by its name alone, is not today; None where it can't be today.
    Raises BadDates."""
    with quoting(text):
        return _in_a_week(days.day_or_week, meaning.meaning_of(days.day_or_week, plain(text), today), today)


def _in_a_week(grammar: Grammar, meant: Meant, today: date) -> Span | None:
    try:
        coming = grammar(meant.text, Viewpoint(today, today, today, not_today=True))
    except BadDates:
        return None
    return coming if coming != meant.dates and meant.dates.first == today else None


def look_up(text: str, today: date) -> Found:
    """The day or the week in `text`; where its year was left out, the nearest. Raises BadDates, but never Passed."""
    with quoting(text):
        meant = meaning.meaning_of(days.day_or_week, plain(text), today, looks_up=True)
    if meant.before and (meant.is_over or _distance(meant.before, today) < _distance(meant.dates, today)):
        return Found(meant.before, meant.coming)
    return Found(meant.dates, meant.before)


def last(text: str, today: date) -> Found:
    """The day or the week in `text`; where its year or its week was left out, the last such that has begun, with the
    next as the other. Raises BadDates, but never Passed."""
    with quoting(text):
        meant = meaning.meaning_of(days.day_or_week, plain(text), today, weekdays=today - SIX_DAYS, looks_up=True)
    if meant.before and (meant.is_over or meant.dates.first > today):
        return Found(meant.before, meant.coming)
    return Found(meant.dates, None)


def _parted(text: str, today: date) -> tuple[Meant, str, str | None]:
    """What the dates in `text` mean, the same in plain letters, and the note. Raises NotADate for a time too: that
    hour may look like a year."""
    with quoting(text):
        typed, note = parted(text)
        try:
            return meaning.meaning_of(days.span, typed, today), typed, note
        except BadDates:
            if has_time(text):
                raise NotADate(typed, why=WHOLE_DAYS) from None
            raise


def check_year(day: date, today: date) -> None:
    """Raises NotADate for a date in a year that looks like a slip."""
    check_known(day.isoformat(), day.year, today)


def _check_not_before(meant: Meant, today: date, note: str | None, latest: date = date.max) -> None:
    """Raises Passed where the year was left out of dates that have begun, or are just over."""
    if meant.before and today - meant.before.last < A_MONTH:
        coming = meant.coming if meant.coming and meant.coming.first <= latest else None
        raise _passed(meant.before, today, coming, note)


def _distance(dates: Span, today: date) -> int:
    return max((dates.first - today).days, (today - dates.last).days, 0)


def _passed(dates: Span, today: date, coming: Span | None, note: str | None) -> Passed:
    left = Span(today, dates.last) if dates.last >= today else None
    return Passed(dates, left, coming, note)


def _next_year(typed: str, dates: Span, today: date) -> Span | None:
    """The same dates in the first year that still has them, of dates with a year that is over; None where only the days
    left of them, or no others, can be meant."""
    if dates.last >= today or not _HAS_YEAR.search(typed) or weeks.read(typed, today, today):
        return None
    for years in itertools.count(today.year - dates.first.year):
        try:
            coming = Span(*(each.replace(year=each.year + years) for each in dates))
        except ValueError:  # 29 Feb
            continue
        if coming.first >= today:
            return coming if coming.last.year <= today.year + YEARS_AHEAD else None  # of many years, none to offer
    return None
