"""What a person typed → dates, or a kind refusal.

    text ─► dates : note ─► numbers to named months ─► start and end ─► the last such dates and the coming ─► Typed

A small closed grammar, in any case, with spaces and dashes as keyboards make them, and characters that nobody sees left
out:

    2026-12-24 · 24 Dec · 24th of December 2026 · Dec 24, 2026 · Thu 24 Dec 2026 · 24. Dezember · 24 de diciembre
    24/12/2026 · 24.12. · 12/24                               numbers, where they can be read in one way only
    yesterday · today · tomorrow · friday, on friday, this friday · next friday · this week, next week · W52 · 2026-W52
    A - B · A to B, until B, till B, through B · from A to B · 24 - 28 Dec · Dec 24 - 28 · two ISO dates
    A for 5 days · A for a week · until B, from today

What is left out is the next to come, today included: `monday` may be today, `next monday` is the first one after
today; `24 Dec` is in this year or the next. Of dates without a year that have begun, or are over for less than a month,
it is asked which are meant; where something is looked up, the nearest are. An end counts from its start: `24 Dec - 2
Jan` ends in the year after; but `26 Dec - 24 Dec` is a slip. `this week` is what is left of it, to Sunday; `next week`
is Monday to Sunday. A weekday beside a date must be that date's.

Nothing else is a date: no bare number, nothing before or behind. Whoever calls says back what was understood.
"""

import itertools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot import decode
from bot.characters import folded, visible
from bot.dates import days, near, numbers, weeks
from bot.dates.bad import (
    YEARS_AHEAD,
    AmbiguousDate,
    BadDates,
    EndBeforeStart,
    NotADate,
    Passed,
    ShortYear,
    Span,
    TooLong,
    check_known,
)
from bot.dates.days import A_YEAR, Seen
from bot.dates.names import shown

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
    "TooLong",
    "Typed",
    "any_of",
    "check_year",
    "last",
    "look_up",
    "read",
    "read_day",
]

ODD_CHARACTER = "There is a character in it that I can't read, so please type it again"
LONG_DATES = "That is longer than any date I know: please keep it under {most} characters, with a note after a colon."
LONG_NOTE = "Please keep the note to {most} characters: this one has {length}."
WHOLE_DAYS = "Days are whole ones here, without a time; a note stands behind a colon and a space"

DAY_EXAMPLE = "24 Dec"  # behind a command that takes one day
SPAN_EXAMPLE = "24 Dec - 2 Jan"  # behind a command that takes days

LONGEST_NOTE = 200
LONGEST_DATES = 100
A_MONTH = timedelta(days=31)
SIX_DAYS = timedelta(days=6)

_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹘－"}
_FEIRA = re.compile(r"\b(segunda|terca|quarta|quinta|sexta)[- ]feira\b")
_TIME = re.compile(r"[0-9]:[0-9]{2}(?: ?[ap]\.?m\.?)?(?:$|:|.*[0-9]:[0-9]{2}$)", re.IGNORECASE | re.DOTALL)
_HAS_YEAR = re.compile(r"\b[0-9]{4}\b")

Grammar = Callable[[str, Seen], Span]


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


class _Meant(NamedTuple):
    """What was typed, as the grammar has it (`text`): the `dates` that begin today or later, or those of the year that
    was typed; and, where the year was left out, the latest that began `before`. `is_over`: there are only the latter,
    since no such dates are to come."""

    text: str
    dates: Span
    before: Span | None
    is_over: bool = False

    @property
    def coming(self) -> Span | None:
        """The dates, unless they are over."""
        return None if self.is_over else self.dates


def read(text: str, today: date) -> Typed:
    """The dates in `text`, which begin today or later, and its note. Raises BadDates: Passed if they began before, or
    if they may be meant to have."""
    typed, note = _parted(text)
    meant = _meant(days.span, typed, today)
    _check_not_before(meant, today, note)
    if meant.dates.first < today:
        raise _passed(meant.dates, today, _next_year(typed, meant.dates, today), note)
    return Typed(*meant.dates, note)


def any_of(text: str, today: date) -> list[Typed]:
    """Each that the dates in `text` can mean, from today on, the earliest first: to be looked for in what was declared.
    Raises BadDates: Passed if all of it is over."""
    typed, note = _parted(text)
    meant = _meant(days.span, typed, today)
    left = [Span(max(each.first, today), each.last) for each in (meant.before, meant.coming) if each]
    left = [each for each in left if each.last >= today]
    if not left:
        raise _passed(meant.dates, today, _next_year(typed, meant.dates, today), note)
    return [Typed(*each, note) for each in left]


def read_day(text: str, today: date) -> date:
    """The one day in `text`, the next to come where the year was left out; past ones too, if they say so. Raises
    BadDates: Passed where it is left open and may be over."""
    meant = _meant(days.one_day, _plain(text), today)
    _check_not_before(meant, today, None)
    return meant.dates.first


def look_up(text: str, today: date) -> Found:
    """The day or the week in `text`; where its year was left out, the nearest. Raises BadDates, but never Passed."""
    meant = _meant(days.day_or_week, _plain(text), today)
    if meant.before and (meant.is_over or _distance(meant.before, today) < _distance(meant.dates, today)):
        return Found(meant.before, meant.coming)
    return Found(meant.dates, meant.before)


def last(text: str, today: date) -> Found:
    """The day or the week in `text`; where its year or its week was left out, the last such that has begun, with the
    next as the other. Raises BadDates, but never Passed."""
    meant = _meant(days.day_or_week, _plain(text), today, weekdays=today - SIX_DAYS)
    if meant.before and (meant.is_over or meant.dates.first > today):
        return Found(meant.before, meant.coming)
    return Found(meant.dates, None)


def check_year(day: date, today: date) -> None:
    """Raises NotADate for a date in a year that looks like a slip."""
    check_known(day.isoformat(), day.year, today)


def _parted(text: str) -> tuple[str, str | None]:
    """The dates, plain, and the note. Raises NotADate for a time in place of a note."""
    _check_characters(text)
    dates, _, note = text.partition(":")
    typed, note = _plain(dates), " ".join(decode.words(note).split())
    if _TIME.match(visible(text).rstrip(), len(visible(dates)) - 1):
        raise NotADate(typed, why=WHOLE_DAYS)
    if len(note) > LONGEST_NOTE:
        raise TooLong(typed, LONG_NOTE.format(most=LONGEST_NOTE, length=len(note)))
    return typed, note or None


def _check_characters(text: str) -> None:
    """Raises NotADate for control characters, some of which Python takes for spaces, and for halves of characters."""
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\r\n" for character in text):
        raise NotADate(text.partition(":")[0][:LONGEST_DATES], why=ODD_CHARACTER)


def _plain(text: str) -> str:
    """`text` in small letters, with plain dashes and single spaces, without accents and what nobody sees."""
    _check_characters(text)
    spaced = re.sub(" ?, ?", ", ", " ".join(visible(text).split())).translate(_DASHES)
    plain = _FEIRA.sub(r"\1feira", folded(spaced)).rstrip("., ")
    if len(plain) > LONGEST_DATES:
        raise TooLong(plain[:LONGEST_DATES], LONG_DATES.format(most=LONGEST_DATES))
    if not plain.isascii():  # to Python `٢٤` is a number too
        raise NotADate(plain)
    return plain


def _meant(grammar: Grammar, typed: str, today: date, weekdays: date | None = None) -> _Meant:
    """What `typed` means. Raises BadDates, with what may have been meant."""
    found = numbers.readings(typed, today)
    read: list[_Meant] = []
    bad: BadDates | None = None
    for text in found.texts:
        try:
            read.append(_in_time(grammar, text, today, weekdays or today))
        except BadDates as wrong:
            bad = bad or wrong
    if read and found.short_year:
        raise ShortYear(typed, tuple(shown(each.text) for each in read))
    if len(read) > 1:
        raise AmbiguousDate(typed, tuple(shown(each.text) for each in read))
    if read:
        return read[0]
    if isinstance(bad, EndBeforeStart) and bad.meant and bad.meant.last.year > today.year + YEARS_AHEAD:
        raise EndBeforeStart(bad.first, bad.last)
    if found.short_year or not isinstance(bad, NotADate):
        raise bad if bad and not found.short_year else NotADate(typed)
    if bad.is_plain and bad.typed == found.texts[0]:
        bad = NotADate(typed)
    raise _with_what_may_be_meant(bad, found.texts[0], lambda text: _in_time(grammar, text, today, today), today)


def _in_time(grammar: Grammar, typed: str, today: date, weekdays: date) -> _Meant:
    """The latest such dates that began before today, and the coming ones. Raises BadDates if these do not exist, and
    those are over for long."""
    before: Span | None = None
    coming: Span | BadDates
    try:
        coming = grammar(typed, Seen(today, today, today))
    except BadDates as wrong:
        coming = wrong
    for years, weeks_from in ((today - A_YEAR, today), (today, weekdays)):
        try:
            earlier = grammar(typed, Seen(today, years, weeks_from))
        except BadDates:  # such as 29 Feb in the year before
            continue
        if earlier != coming and earlier.first < today:
            before = earlier
    if isinstance(coming, Span):
        return _Meant(typed, coming, before)
    if before is None or today - before.last >= A_MONTH:
        raise coming
    return _Meant(typed, before, before, is_over=True)


def _with_what_may_be_meant(bad: NotADate, typed: str, reads: Callable[[str], _Meant], today: date) -> NotADate:
    """The refusal, with the whole of what may have been meant, if that can be read."""
    if bad.suggestion:
        whole = days.replaced(typed, bad)
        offered = [whole] if whole else []
    else:
        offered = [text for text in near.texts(typed, today) if text.lower() != typed]
    readable = [text for text in offered if _is_read(text, reads)]
    return NotADate(bad.typed, " or ".join(readable) or None, bad.why)


def _is_read(text: str, reads: Callable[[str], _Meant]) -> bool:
    try:
        reads(_plain(text))
    except BadDates:
        return False
    return True


def _check_not_before(meant: _Meant, today: date, note: str | None) -> None:
    """Raises Passed where the year was left out of dates that have begun, or are just over."""
    if meant.before and today - meant.before.last < A_MONTH:
        raise _passed(meant.before, today, meant.coming, note)


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
