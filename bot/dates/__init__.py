"""What a person typed → dates, or a kind refusal.

    text ─► dates : note ─► start and end ─► each an ISO date, a day with a named month, a weekday or a word ─► Typed

A small closed grammar, in any case, with spaces and dashes as keyboards make them:

    2026-12-24 · 24 Dec · 24th of December 2026 · Dec 24, 2026 · Thu 24 Dec 2026
    yesterday · today · tomorrow · friday, on friday, this friday · next friday · this week · next week
    A - B · A to B, until B, till B, through B · from A to B · 24 - 28 Dec · Dec 24 - 28 · two ISO dates
    A for 5 days · A for a week

What is left out is the next to come, today included: `monday` may be today, `next monday` is the first one after
today; `24 Dec` is in this year or the next. An end counts from its start: `24 Dec - 2 Jan` ends in the year after;
but `26 Dec - 24 Dec` is a slip. `this week` is what is left of it, to Sunday; `next week` is Monday to Sunday. A
weekday beside a date must be that date's.

Nothing else is a date: no bare number, no `24/12`, nothing before or behind. Whoever calls says back what was
understood.
"""

import itertools
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from dateutil.parser import parserinfo

from bot import decode, say

_Read = TypeVar("_Read")

NO_DATE = "Please say which day"
NOT_A_DATE = "I can't read {typed} as a date"
ODD_CHARACTER = "There is a character in it that I can't read, so please type it again"
NO_MONTH = "Please name the month that goes with {typed}"
NO_SUCH_DAY = "There is no {day} {month} in {year}"
OTHER_WEEKDAY = "{day} is a {weekday}"
ODD_YEAR = "The year {year} looks like a slip: I know the years {oldest} to {latest}"
NUMBERS_ONLY = "Numbers like {typed} mean different days in different countries, so please name the month"
END_BEFORE_START = "{last} comes before {first}"
HAS_PASSED = "{days} has passed"
HAS_BEGUN = "{days} has begun already"
LONG_DATES = "That is longer than any date I know: please keep it under {most} characters, with a note after a colon."
LONG_NOTE = "Please keep the note to {most} characters: this one has {length}."
DID_YOU_MEAN = "; did you mean {suggestion}?"

DAY_EXAMPLE = "24 Dec"  # behind a command that takes one day
SPAN_EXAMPLE = "24 Dec - 2 Jan"  # behind a command that takes days

LONGEST_NOTE = 200
LONGEST_DATES = 100
OLDEST_YEAR = 2000
YEARS_AHEAD = 5
HALF_A_YEAR = 183  # days


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


class BadDates(Exception):
    """What was typed names no dates. `typed`: what could not be read, without the note, or what was understood, as ISO
    dates. `sentence`: what to answer; it quotes nothing that Slack or a terminal would act on. `suggestion`: text
    that may have been meant, or None; the sentence has it already."""

    def __init__(self, typed: str, sentence: str, suggestion: str | None = None) -> None:
        super().__init__(sentence)
        self.typed, self.sentence, self.suggestion = typed, sentence, suggestion


class NotADate(BadDates):
    """No date, or one that does not exist; `why` says it better than that it can't be read."""

    def __init__(self, typed: str, did_you_mean: str | None = None, why: str | None = None) -> None:
        why = why or (NOT_A_DATE.format(typed=_quoted(typed)) if typed else NO_DATE)
        super().__init__(typed, why + _meant(did_you_mean), did_you_mean)
        self.did_you_mean = did_you_mean


class AmbiguousDate(BadDates):
    """Numbers only, such as `24/12`; `readings` are the dates they may stand for, as one would type them."""

    def __init__(self, typed: str, readings: tuple[str, ...]) -> None:
        suggestion = " or ".join(readings) or None
        super().__init__(typed, NUMBERS_ONLY.format(typed=_quoted(typed)) + _meant(suggestion), suggestion)
        self.readings = readings


class EndBeforeStart(BadDates):
    """A range that ends before it starts."""

    def __init__(self, first: date, last: date) -> None:
        sentence, suggestion = END_BEFORE_START.format(first=say.day(first), last=say.day(last)), say.days(last, first)
        super().__init__(f"{first} {last}", sentence + _meant(suggestion), suggestion)
        self.first, self.last = first, last


class Passed(BadDates):
    """Dates whose first day is over. `coming_first` to `coming_last` is what may be meant, from today on: what is left
    of them, else the same dates in the first year that still has them. `note` is the one that was typed."""

    def __init__(self, first: date, last: date, coming_first: date, coming_last: date, note: str | None = None) -> None:
        sentence = HAS_BEGUN if last == coming_last else HAS_PASSED
        suggestion = say.days(coming_first, coming_last)
        super().__init__(
            f"{first} {last}", sentence.format(days=say.days(first, last)) + _meant(suggestion), suggestion
        )
        self.first, self.last, self.note = first, last, note
        self.coming_first, self.coming_last = coming_first, coming_last


class TooLong(BadDates):
    """More text than dates need, or a note that is too long."""


# Only the names of months are dateutil's: its parser takes `10` and `Dec` for dates and guesses the order of numbers.
_MONTHS = {name.lower(): n for n, names in enumerate(parserinfo.MONTHS, start=1) for name in names}
_WEEKDAYS = {name[:n].lower(): at for at, name in enumerate(say.WEEKDAYS) for n in range(3, len(name) + 1)}
_AROUND = {"yesterday": -1, "today": 0, "tomorrow": 1}
_OTHERS = (*_AROUND, "next", "this", "week", "weeks", "day", "days", "for", "from", "until", "through")
_WORDS = {word: word.capitalize() for word in (*_MONTHS, *_WEEKDAYS)} | {word: word for word in _OTHERS}

_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\.?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})"
_NUMBER = r"(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?:,? (?P<year>[0-9]{4}))?"
_NAMED_DAYS = [
    re.compile(rf"(?:{_WEEKDAY}\.?,? )?{pattern}")
    for pattern in (
        r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-9]{2})",
        rf"{_NUMBER} ?(?:of )?{_MONTH}{_YEAR}",
        rf"{_MONTH} ?{_NUMBER}{_YEAR}",
        rf"{_NUMBER}{_YEAR}",  # the month stands at the other end of the range
    )
]
_COMING = re.compile(rf"(?:(?P<which>this|next) )?{_WEEKDAY}")
_FOR = re.compile(r"(?:from )?(?P<start>.+?),? for (?P<count>a|one|[0-9]{1,3}) ?(?P<unit>day|week)s?")
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TWO_ISO = re.compile(rf"({_ISO}) ({_ISO})")
_BETWEEN = re.compile(rf"(?P<iso>{_ISO})|,? ?(?:-|\b(?:to|until|till|through)\b) ?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})")
_NUMBERS = re.compile(
    r"(?<![0-9/.-])(?P<a>[0-9]{1,2})(?P<by>[/.-])(?P<b>[0-9]{1,2})(?:(?P=by)(?P<year>[0-9]{2,4}))?(?![0-9])"
)
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−"}


class _Named(NamedTuple):
    """A day as typed. `month` is 0 where it stands at the other end of the range, as in `24 - 28 Dec`."""

    typed: str
    day: int
    month: int
    year: int | None
    weekday: int | None


def read(text: str, today: date) -> Typed:
    """The dates in `text`, which begin today or later, and its note. Raises BadDates: Passed if they began before."""
    _check_characters(text)
    dates, _, note = text.partition(":")
    typed, note = _plain(dates), " ".join(decode.words(note).split())
    if len(note) > LONGEST_NOTE:
        raise TooLong(typed, LONG_NOTE.format(most=LONGEST_NOTE, length=len(note)))
    first, last = _read(_span, typed, today)
    if first < today:
        coming = _coming(first, last, today)
        _check_year(typed, coming[1].year, today)  # of many years that are over, the next ones are none to offer
        raise Passed(first, last, *coming, note or None)
    return Typed(first, last, note or None)


def read_day(text: str, today: date) -> date:
    """The one day in `text`, past ones too, for looking something up. Raises BadDates, but never Passed."""
    _check_characters(text)
    return _read(_day, _plain(text), today)


def check_year(day: date, today: date) -> None:
    """Raises NotADate for a date in a year that looks like a slip."""
    _check_year(day.isoformat(), day.year, today)


def _check_characters(text: str) -> None:
    """Raises NotADate for control characters, some of which Python takes for spaces, and for halves of characters."""
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\r\n" for character in text):
        raise NotADate(text.partition(":")[0][:LONGEST_DATES], why=ODD_CHARACTER)


def _plain(text: str) -> str:
    """`text` in small letters, with plain dashes and single spaces."""
    plain = re.sub(" ?, ?", ", ", " ".join(text.split())).translate(_DASHES).lower().rstrip(", ")
    if len(plain) > LONGEST_DATES:
        raise TooLong(plain[:LONGEST_DATES], LONG_DATES.format(most=LONGEST_DATES))
    if not plain.isascii():  # to Python `٢٤` is a number too, and `K` lowers to a plain k
        raise NotADate(plain)
    return plain


def _read(grammar: Callable[[str, date], _Read], typed: str, today: date) -> _Read:
    """What `grammar` makes of `typed`; where that is nothing, the refusal offers what it makes of the nearest words."""
    try:
        return grammar(typed, today)
    except NotADate as bad:
        near = re.sub(r"\b[a-z]{3,}\b", _nearest, typed)
        if bad.suggestion or near.lower() == typed:
            raise
        try:
            grammar(near.lower(), today)
        except BadDates:
            raise bad from None
        raise NotADate(typed, near) from None


def _nearest(match: re.Match[str]) -> str:
    word = match[0]
    near = get_close_matches(word, _WORDS, n=1, cutoff=0.65)
    return _WORDS[near[0]] if near else word


def _span(typed: str, today: date) -> tuple[date, date]:
    """The first and the last day of what was typed."""
    if numbers := _NUMBERS.fullmatch(typed):
        raise AmbiguousDate(typed, _readings(numbers, today))
    monday = today - timedelta(days=today.weekday())
    if typed == "this week":
        return today, monday + timedelta(days=6)
    if typed == "next week":
        return monday + timedelta(days=7), monday + timedelta(days=13)
    if lasting := _FOR.fullmatch(typed):
        first = _day(lasting["start"], today)
        count = int(lasting["count"]) if lasting["count"].isdigit() else 1
        if not count:
            raise NotADate(typed)
        last = first + timedelta(days=count * (7 if lasting["unit"] == "week" else 1) - 1)
        _check_year(typed, last.year, today)
        return first, last
    ends = _ends(typed)
    if len(ends) == 2:
        return _from_to(ends[0], ends[1], today)
    day = _day(typed, today)
    return day, day


def _ends(typed: str) -> list[str]:
    """What stands before, between and behind the dashes and words of a range; dashes inside ISO dates are not such."""
    if two := _TWO_ISO.fullmatch(typed):
        return [two[1], two[2]]
    ends, start = [], 0
    for between in _BETWEEN.finditer(typed):
        if not between["iso"]:
            ends.append(typed[start : between.start()])
            start = between.end()
    ends.append(typed[start:])
    if len(ends) == 2:
        ends[0] = ends[0].removeprefix("from ")
    return ends


def _from_to(start: str, end: str, today: date) -> tuple[date, date]:
    """The days from `start` to `end`, which may share a month or a year."""
    a, b = _named(start), _named(end)
    if a and a.year and not a.month:  # `10 2026` is more of a month than of a day
        raise NotADate(start)
    if a and b and not (a.month and b.month):  # `24 - 28 Dec`: one month, and one year
        a = a._replace(month=a.month or b.month, year=a.year or b.year)
        first = _coming_date(a, today, today)
        last = _date(b._replace(month=a.month), b.year or first.year, today)
    elif a and b and b.year and not a.year:  # `24 Dec - 2 Jan 2027`: the year before, if only that makes sense
        last = _date(b, b.year, today)
        first = _date(a, last.year - (a.month > last.month), today)
    else:
        first = _day(start, today)
        last = _day(end, today, first)
        if b and not b.year and (last - first).days > HALF_A_YEAR:  # `26 Dec - 24 Dec` is a slip, not a year off
            last = _date(b, first.year, today)
    if last < first:
        raise EndBeforeStart(first, last)
    return first, last


def _day(typed: str, today: date, start: date | None = None) -> date:
    """One day; what is left out of it is the next to come after, and including, `start`, by default today."""
    typed = typed.removeprefix("on ")
    if typed in _AROUND:
        return today + timedelta(days=_AROUND[typed])
    start = start or today
    if coming := _COMING.fullmatch(typed):
        ahead = (_WEEKDAYS[coming["weekday"]] - start.weekday()) % 7
        return start + timedelta(days=ahead or 7 * (coming["which"] == "next"))
    if named := _named(typed):
        return _coming_date(named, start, today)
    if numbers := _YEAR_FIRST.fullmatch(typed):
        iso = "{}-{:0>2}-{:0>2}".format(*numbers.groups())
        raise NotADate(typed, iso if iso != typed and _is_day(iso, today) else None)
    if numbers := _NUMBERS.search(typed):
        raise AmbiguousDate(numbers[0], _readings(numbers, today))
    raise NotADate(typed)


def _named(typed: str) -> _Named | None:
    """The day, if `typed` is one by its number, in full or but for its month or year."""
    for pattern in _NAMED_DAYS:
        if match := pattern.fullmatch(typed):
            found = match.groupdict()
            month, year, weekday = found.get("month"), found["year"], found["weekday"]
            number = 0 if month is None else _MONTHS.get(month) or int(month)
            return _Named(typed, int(found["day"]), number, int(year) if year else None, _WEEKDAYS.get(weekday))
    return None


def _coming_date(named: _Named, start: date, today: date) -> date:
    """The date in its own year or, without one, the first such date not before `start`."""
    coming = start.year + ((named.month, named.day) < (start.month, start.day))
    return _date(named, named.year or coming, today)


def _date(named: _Named, year: int, today: date) -> date:
    """The date in `year`. Raises NotADate if there is none, if its weekday is another, or if the year is a slip."""
    if not named.month:
        raise NotADate(named.typed, why=NO_MONTH.format(typed=_quoted(named.typed)))
    _check_year(named.typed, year, today)
    length = monthrange(year, named.month)[1]
    if not 1 <= named.day <= length:
        near = say.day(date(year, named.month, length)) if named.day else None
        why = NO_SUCH_DAY.format(day=named.day, month=say.MONTHS[named.month - 1], year=year)
        raise NotADate(named.typed, near, why)
    day = date(year, named.month, named.day)
    if named.weekday not in (None, day.weekday()):
        plain = f"{day.day} {say.MONTHS[day.month - 1]} {day.year}"
        raise NotADate(named.typed, say.day(day), OTHER_WEEKDAY.format(day=plain, weekday=say.WEEKDAYS[day.weekday()]))
    return day


def _check_year(typed: str, year: int, today: date) -> None:
    latest = today.year + YEARS_AHEAD
    if not OLDEST_YEAR <= year <= latest:
        raise NotADate(typed, why=ODD_YEAR.format(year=year, oldest=OLDEST_YEAR, latest=latest))


def _coming(first: date, last: date, today: date) -> tuple[date, date]:
    """What is left of the dates from today on; of dates that are over, the same in the first year that has them."""
    if last >= today:
        return today, last
    for years in itertools.count(today.year - first.year):
        try:
            coming = first.replace(year=first.year + years), last.replace(year=last.year + years)
        except ValueError:  # 29 Feb
            continue
        if coming[0] >= today:
            break
    return coming


def _readings(numbers: re.Match[str], today: date) -> tuple[str, ...]:
    """The days that two numbers may stand for, day first and month first, as one would type them."""
    a, b, year = int(numbers["a"]), int(numbers["b"]), numbers["year"] or ""
    found = [
        f"{day} {say.MONTHS[month - 1][:3]} {year if len(year) == 4 else ''}".rstrip()
        for day, month in ((a, b), (b, a))
        if 1 <= month <= 12
    ]
    return tuple(dict.fromkeys(reading for reading in found if _is_day(reading, today)))


def _is_day(typed: str, today: date) -> bool:
    """Whether `typed`, about to be offered, is itself a day."""
    try:
        _day(typed.lower(), today)
    except NotADate:
        return False
    return True


def _quoted(typed: str) -> str:
    """`typed` between quotation marks, if nothing in it means anything to Slack or a terminal; else a word for it."""
    plain = len(typed) <= 40 and all(character.isalnum() or character in " .,/-" for character in typed)
    return f"“{typed}”" if plain else "that"


def _meant(suggestion: str | None) -> str:
    return DID_YOU_MEAN.format(suggestion=suggestion) if suggestion else "."
