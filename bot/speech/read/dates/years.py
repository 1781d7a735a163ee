"""What plain text means as dates: the coming ones and, where their year was left out, those that began before.

text ─► each way to read its numbers ─► the grammar, as seen from today, and from years ago ─► Meant
                                               └─► nothing: what may have been meant
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from bot.speech.read.dates import grammar as days
from bot.speech.read.dates import near, numbers
from bot.speech.read.dates.bad import (
    YEARS_AHEAD,
    AmbiguousDate,
    BadDates,
    EndBeforeStart,
    NotADate,
    NotInThatYear,
    ShortYear,
    Span,
)
from bot.speech.read.dates.grammar import A_YEAR, Viewpoint
from bot.speech.read.dates.names import shown
from bot.speech.read.dates.numbers import Readings
from bot.speech.read.dates.text import plain

A_MONTH = timedelta(days=31)
YEARS_APART = 8  # at most, of two that have a 29 February; of two that have a week 53 it is seven

Grammar = Callable[[str, Viewpoint], Span]


class Meant(NamedTuple):
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


def meaning_of(
    grammar: Grammar, typed: str, today: date, weekdays: date | None = None, *, looks_up: bool = False
) -> Meant:
    """What `typed` means by the grammar, with weekdays from the day `weekdays` on, else from today. What is looked up
    may be over for long, or be in another year than the next that has it. Raises BadDates, with what may have been
    meant."""
    found = numbers.readings(typed, today)
    read: list[Meant] = []
    bad: list[BadDates] = []
    for text in found.texts:
        try:
            read.append(_in_time(grammar, text, today, weekdays or today, looks_up=looks_up))
        except BadDates as wrong:
            bad.append(wrong)
    if not read:
        raise _refusal(grammar, bad[0], typed, found, today)
    texts = tuple(shown(each.text) for each in read)
    if found.short_year:
        raise ShortYear(typed, texts)
    if len(read) > 1:
        raise AmbiguousDate(typed, texts)
    return read[0]


def _in_time(grammar: Grammar, typed: str, today: date, weekdays: date, *, looks_up: bool = False) -> Meant:
    """The latest such dates that began before today, and the coming ones. Raises BadDates if these do not exist, and
    there are no others that may be meant."""
    years = range(YEARS_APART) if looks_up else range(1)
    before: Span | None = None
    coming = _first_read(grammar, typed, (Viewpoint(today, today + n * A_YEAR, today) for n in years))
    for seen in (
        [Viewpoint(today, today - (n + 1) * A_YEAR, today) for n in years],
        [Viewpoint(today, today, weekdays)],
    ):
        earlier = _first_read(grammar, typed, seen, begun_by=today)
        if isinstance(earlier, Span) and earlier != coming:
            before = earlier
    if isinstance(coming, Span):
        return Meant(typed, coming, before)
    if before is None or not (looks_up or today - before.last < A_MONTH):
        raise coming
    return Meant(typed, before, before, is_over=True)


def _first_read(grammar: Grammar, typed: str, seen: Iterable[Viewpoint], begun_by: date = date.max) -> Span | BadDates:
    """What it is as seen from the first of these that has such days, which begin before the day `begun_by`; else why it
    is nothing."""
    why: BadDates | None = None
    for each in seen:
        try:
            found = grammar(typed, each)
        except NotInThatYear as bad:
            why = why or bad
        except BadDates as bad:
            return why or bad
        else:
            if found.first < begun_by:
                return found
    return why or NotADate(typed)


def _refusal(grammar: Grammar, bad: BadDates, typed: str, found: Readings, today: date) -> BadDates:
    """Why it can't be read, with the whole of what may have been meant, if that can be."""
    if found.short_year:
        return NotADate(typed)
    if isinstance(bad, EndBeforeStart) and bad.meant and bad.meant.last.year > today.year + YEARS_AHEAD:
        return EndBeforeStart(bad.first, bad.last)
    if not isinstance(bad, NotADate):
        return bad
    text = found.texts[0]
    offered = [days.replaced(text, bad)] if bad.suggestion else [*near.texts(text, today)]
    readable = [each for each in offered if each and _is_read(grammar, each, today)]
    is_all = bad.is_plain and bad.typed == text
    return NotADate(typed if is_all else bad.typed, " or ".join(readable) or None, None if is_all else bad.why)


def _is_read(grammar: Grammar, text: str, today: date) -> bool:
    try:
        _in_time(grammar, plain(text), today, today)
    except BadDates:
        return False
    return True
