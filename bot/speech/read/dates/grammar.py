"""The grammar of days: text in small letters, with months by their names → the first and the last day.

What is left out is the first to come from a day on that whoever calls names (`Seen`), so that the same words can be
asked for the last time and for the next. An end counts from its start.
"""

import re
from calendar import isleap, monthrange
from datetime import date, timedelta
from typing import NamedTuple

from bot.speech import say
from bot.speech.read.dates import weeks
from bot.speech.read.dates.bad import EndBeforeStart, NotADate, NotInThatYear, Span, check_known, quoted
from bot.speech.read.dates.names import MONTHS, WEEKDAYS, shown
from bot.speech.read.dates.numbers import ISO

NO_MONTH = "Please name the month that goes with {typed}"
NO_SUCH_DAY = "There is no {day} {month} in {year}"
OTHER_WEEKDAY = "{day} is a {weekday}"
WHOLE_WEEK = "{typed} is a whole week, {days}, where one day is asked"

NINE_MONTHS, A_YEAR = timedelta(days=274), timedelta(days=365)

_AROUND = {"yesterday": -1, "today": 0, "tomorrow": 1}
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})\.?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_NUMBER = r"(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?:(?:,| de|\b) ?(?P<year>[0-9]{4}))?"
_NAMED_DAYS = [
    re.compile(rf"(?:{_WEEKDAY}\.?,? )?{pattern}")
    for pattern in (
        r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-9]{2})",
        rf"{_NUMBER} ?(?:of |de )?{_MONTH}{_YEAR}",
        rf"{_MONTH} ?{_NUMBER}{_YEAR}",
        rf"{_NUMBER}{_YEAR}",  # the month stands at the other end of the range
    )
]
_COMING = re.compile(rf"(?:(?P<which>this|next) )?{_WEEKDAY}\.?")
_FOR = re.compile(r"(?:from )?(?P<start>.+?),? for (?P<count>a|one|[0-9]{1,3}) ?(?P<unit>day|week)s?")
_UNTIL = re.compile(r"(?:until|till|through) (?P<end>.+)")
_TWO_ISO = re.compile(rf"({ISO})[ /]({ISO})")
_BETWEEN = re.compile(rf"(?P<kept>{ISO}|{weeks.WRITTEN})|,? ?(?:-|\b(?:to|until|till|through)\b) ?")


class Viewpoint(NamedTuple):
    """From where it is seen: what `today` is, from which day on a date without a year is looked for, and from which a
    weekday. `not_today`: a weekday by its name alone is never today."""

    today: date
    years: date
    weekdays: date
    not_today: bool = False


class _Named(NamedTuple):
    """A day as typed. `month` is 0 where it stands at the other end of the range, as in `24 - 28 Dec`."""

    typed: str
    day: int
    month: int
    year: int | None
    weekday: int | None


def span(typed: str, seen: Viewpoint) -> Span:
    """The first and the last day of what was typed. Raises NotADate and EndBeforeStart."""
    if until := _UNTIL.fullmatch(typed):
        return _from_to("today", until["end"], seen)
    if lasting := _FOR.fullmatch(typed):
        return _lasting(typed, lasting, seen)
    ends = _ends(typed)
    return _from_to(ends[0], ends[1], seen) if len(ends) == 2 else day_or_week(typed, seen)


def one_day(typed: str, seen: Viewpoint) -> Span:
    """A single day. Raises NotADate, for a week too."""
    found = day_or_week(typed, seen)
    if found.first != found.last:
        why = WHOLE_WEEK.format(typed=quoted(typed), days=say.days(*found))
        raise NotADate(typed, say.day(found.first), why)
    return found


def day_or_week(typed: str, seen: Viewpoint) -> Span:
    """A day, or a week from Monday to Sunday; of `this week` what is left. Raises NotADate."""
    sunday = seen.today + timedelta(days=6 - seen.today.weekday())
    if typed == "this week":
        return Span(seen.today, sunday)
    if typed == "next week":
        return Span(sunday + timedelta(days=1), sunday + timedelta(days=7))
    if week := weeks.read(typed, seen.today, seen.years):
        return week
    day = _day(typed.removeprefix("on "), seen)
    return Span(day, day)


def _lasting(typed: str, lasting: re.Match[str], seen: Viewpoint) -> Span:
    """So many days from one on."""
    first = day_or_week(lasting["start"], seen).first
    count = int(lasting["count"]) if lasting["count"].isdigit() else 1
    if not count:
        raise NotADate(typed)
    last = first + timedelta(days=count * (7 if lasting["unit"] == "week" else 1) - 1)
    check_known(typed, last.year, seen.today)
    return Span(first, last)


def _ends(typed: str) -> list[str]:
    """What stands before, between and behind the dashes and words of a range; dashes inside ISO dates are not such."""
    if two := _TWO_ISO.fullmatch(typed):
        return [two[1], two[2]]
    ends, start = [], 0
    for between in _BETWEEN.finditer(typed):
        if not between["kept"]:
            ends.append(typed[start : between.start()])
            start = between.end()
    ends.append(typed[start:])
    if len(ends) == 2:
        ends[0] = ends[0].removeprefix("from ")
    return ends


def _from_to(start: str, end: str, seen: Viewpoint) -> Span:
    """The days from `start` to `end`, which may share a month or a year."""
    a, b = _named(start), _named(end)
    if a and a.year and not a.month:  # `10 2026` is more of a month than of a day
        raise NotADate(start)
    if a and b and not (a.month and b.month):
        return _in_one_month(a, b, seen)
    if a and b and b.year and not a.year:  # `24 Dec - 2 Jan 2027`: the year before, if only that makes sense
        last = _date(b, b.year, seen.today)
        first = _date(a, last.year - (a.month > last.month), seen.today)
    else:
        begins = day_or_week(start, seen)
        first = begins.first
        ends = day_or_week(end, seen._replace(years=first, weekdays=first))
        if _is_slip(begins, ends):
            ends = min(ends, day_or_week(end, seen._replace(years=first - A_YEAR, weekdays=first)))
        last = ends.last
    if last < first:
        raise EndBeforeStart(first, last, Span(last, first) if a and b else None)
    return Span(first, last)


def _is_slip(begins: Span, ends: Span) -> bool:
    """Whether the end was hardly meant to be in the year after, as in `26 Dec - 24 Dec`. Within one year it is none
    however long it is: `1 Mar - 30 Sep`. The year of a week is that of its middle, as ISO has it."""
    start, end = (days.first + (days.last - days.first) / 2 for days in (begins, ends))
    return end.year > start.year and ends.last - begins.first > NINE_MONTHS


def _in_one_month(a: _Named, b: _Named, seen: Viewpoint) -> Span:
    """`24 - 28 Dec`: one month, and one year. Where the end comes first, the months may be two: `24 - 2 Jan`."""
    both = a._replace(month=a.month or b.month, year=a.year or b.year)
    first = _coming_date(both, seen)
    last = _date(b._replace(month=both.month), b.year or first.year, seen.today)
    if last < first:
        raise EndBeforeStart(first, last, _across(a, b, last if b.month else first))
    return Span(first, last)


def _across(a: _Named, b: _Named, known: date) -> Span | None:
    """The days from `a` in one month to `b` in the next, of which the date that has a month is `known`."""
    month_start = known.replace(day=1)
    other = (
        month_start - timedelta(days=1)
        if b.month
        else month_start + timedelta(days=monthrange(*known.timetuple()[:2])[1])
    )
    day = a.day if b.month else b.day
    if not 1 <= day <= monthrange(other.year, other.month)[1]:
        return None
    there = other.replace(day=day)
    return Span(there, known) if b.month else Span(known, there)


def _day(typed: str, seen: Viewpoint) -> date:
    """One day, with what is left out of it as `seen` has it."""
    if typed in _AROUND:
        return seen.today + timedelta(days=_AROUND[typed])
    if coming := _COMING.fullmatch(typed):
        since = seen.today if coming["which"] and seen.weekdays < seen.today else seen.weekdays
        ahead = (WEEKDAYS[coming["weekday"]] - since.weekday()) % 7
        is_next = coming["which"] == "next" or (seen.not_today and not coming["which"] and since == seen.today)
        return since + timedelta(days=ahead or 7 * is_next)
    if named := _named(typed):
        return _coming_date(named, seen)
    raise NotADate(typed)


def _named(typed: str) -> _Named | None:
    """The day, if `typed` is one by its number, in full or but for its month or year."""
    for pattern in _NAMED_DAYS:
        if match := pattern.fullmatch(typed):
            found = match.groupdict()
            month, year, weekday = found.get("month"), found["year"], found["weekday"]
            number = 0 if month is None else MONTHS.get(month) or int(month)
            return _Named(typed, int(found["day"]), number, int(year) if year else None, WEEKDAYS.get(weekday or ""))
    return None


def _coming_date(named: _Named, seen: Viewpoint) -> date:
    """The date in its own year or, without one, the first such date from which dates are looked for."""
    since = seen.years
    coming = since.year + ((named.month, named.day) < (since.month, since.day))
    return _date(named, named.year or coming, seen.today)


def _date(named: _Named, year: int, today: date) -> date:
    """The date in `year`. Raises NotInThatYear, and NotADate if its weekday is another, or if the year is a slip."""
    if not named.month:
        raise NotADate(named.typed, why=NO_MONTH.format(typed=quoted(named.typed)))
    check_known(named.typed, year, today)
    if not 1 <= named.day <= monthrange(year, named.month)[1]:
        why = NO_SUCH_DAY.format(day=named.day, month=say.MONTHS[named.month - 1], year=year)
        raise NotInThatYear(named.typed, _leap_day(named, year), why)
    day = date(year, named.month, named.day)
    if named.weekday not in (None, day.weekday()):
        plain = f"{day.day} {say.MONTHS[day.month - 1]} {day.year}"
        raise NotADate(named.typed, say.day(day), OTHER_WEEKDAY.format(day=plain, weekday=say.WEEKDAYS[day.weekday()]))
    return day


def _leap_day(named: _Named, year: int) -> str | None:
    """29 February in the next year that has it, of a date without a year."""
    if (named.day, named.month, named.year) != (29, 2, None):
        return None
    return say.day(date(next(each for each in range(year, year + 9) if isleap(each)), 2, 29))


def replaced(typed: str, bad: NotADate) -> str | None:
    """The whole of what was typed, with what is suggested in place of what is wrong."""
    if bad.suggestion is None or bad.typed not in typed:
        return None
    before, _, behind = typed.partition(bad.typed)
    return f"{shown(before)}{bad.suggestion}{shown(behind)}"
