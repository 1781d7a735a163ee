"""A person's own calendar file → time off that can be declared. What the entries are called is not looked at: it may be
private, and nobody is told why somebody is away.

Taken are entries of whole days. Those that repeat are not: `recurring-ical-events`, which would tell their days, does
not take python-dateutil 4 yet.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot import say

if TYPE_CHECKING:
    from icalendar import Component

NOT_TEXT = "{file} is not UTF-8 text, so it is no calendar file (.ics)."
NOT_A_CALENDAR = "{file} can't be read as a calendar file (.ics)."
NO_ENTRIES = "{file} has no entries."
TOO_LARGE = "{file} is larger than {most} MB; export your time off alone."

BAD = "Entry {place}{day}: {why}"
REPEATS = "it repeats, and I take single entries only; write its days down one by one."
HOURS = "it takes hours, not whole days."
NO_START = "its first day can't be read."
NO_END = "its last day can't be read."
BACKWARDS = "it ends before it begins."
TOO_LONG = "it takes {days}, and at most {most} can be one entry."
TOO_FAR = "it is more than {years} years ahead."

LARGEST = 5  # megabytes
MOST_DAYS, YEARS_AHEAD = 366, 5


class NotACalendar(Exception):
    """The file cannot be read. `str()` is a sentence, with {file} where its name is to stand."""


@dataclass(frozen=True, slots=True)
class TimeOff:
    """Whole days from `first` up to, not including, `until`."""

    first: date
    until: date


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: time off from today on, each once and in order; a sentence for each entry that can't be taken;
    and how many were left out since they have passed, or were cancelled."""

    taken: tuple[TimeOff, ...]
    bad: tuple[str, ...]
    passed: int
    cancelled: int


class _Bad(Exception):
    """An entry can't be taken. `str()` says why."""


def read(content: bytes, zone: ZoneInfo, today: date) -> Read:
    """The entries of a calendar file. `zone`: in which entries in UTC have their days. Raises NotACalendar."""
    entries = _entries(content)
    taken, bad, cancelled = set(), [], 0
    for place, entry in enumerate(entries, 1):
        if str(entry.get("status", "")).upper() == "CANCELLED":
            cancelled += 1
            continue
        try:
            taken.add(_checked(_days(entry, zone), today))
        except _Bad as why:
            bad.append(BAD.format(place=place, day=_first_day(entry), why=why))
    to_come = [TimeOff(max(each.first, today), each.until) for each in taken if each.until > today]
    in_order = sorted(set(to_come), key=lambda each: (each.first, each.until))
    return Read(tuple(in_order), tuple(bad), len(taken) - len(to_come), cancelled)


def _entries(content: bytes) -> list["Component"]:
    from icalendar import Calendar

    if len(content) > LARGEST * 1_000_000:
        raise NotACalendar(TOO_LARGE.replace("{most}", str(LARGEST)))
    try:
        calendars = Calendar.from_ical(content.decode("utf-8-sig"), multiple=True)
    except UnicodeDecodeError:
        raise NotACalendar(NOT_TEXT) from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):  # its reader stumbles over odd files so
        raise NotACalendar(NOT_A_CALENDAR) from None
    entries = [entry for calendar in calendars for entry in calendar.walk("VEVENT")]
    if not entries:
        raise NotACalendar(NO_ENTRIES)
    return entries


def _value(entry: "Component", name: str) -> Any:
    """A date, moment or length of time; None where there is none that can be read, or more than one."""
    from icalendar import vDDDTypes, vDuration

    found = entry.get(name)
    return found.dt if isinstance(found, vDDDTypes | vDuration) else None


def _first_day(entry: "Component") -> str:
    starts = _value(entry, "dtstart")
    return f", {say.day(starts)}" if isinstance(starts, date) else ""


def _days(entry: "Component", zone: ZoneInfo) -> TimeOff:
    """The days of an entry. Raises _Bad."""
    if any(name in entry for name in ("rrule", "rdate", "recurrence-id")):
        raise _Bad(REPEATS)
    starts = _value(entry, "dtstart")
    if not isinstance(starts, date):
        raise _Bad(NO_START)
    first, until = _whole(starts, zone), _whole(_end(entry, starts), zone)
    if isinstance(starts, datetime) and first == until:
        raise _Bad(HOURS)
    if until <= first:
        raise _Bad(BACKWARDS)
    return TimeOff(first, until)


def _end(entry: "Component", starts: date) -> date:
    if "duration" in entry:
        lasts = _value(entry, "duration")
        if not isinstance(lasts, timedelta):
            raise _Bad(NO_END)
        try:
            return starts + lasts
        except OverflowError:
            raise _Bad(NO_END) from None
    if "dtend" not in entry:
        return starts if isinstance(starts, datetime) else _next(starts)
    ends = _value(entry, "dtend")
    if not isinstance(ends, date) or isinstance(ends, datetime) != isinstance(starts, datetime):
        raise _Bad(NO_END)
    return ends


def _next(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise _Bad(NO_END) from None


def _whole(moment: date, zone: ZoneInfo) -> date:
    """The day that begins at a moment: by its own clock, or, where that is UTC's, by that of `zone`. Raises _Bad."""
    if not isinstance(moment, datetime):
        return moment
    try:
        local = moment.astimezone(zone) if moment.tzname() == "UTC" else moment
    except OverflowError:
        raise _Bad(NO_START) from None
    if local.time() != time(0):
        raise _Bad(HOURS)
    return local.date()


def _checked(off: TimeOff, today: date) -> TimeOff:
    days = (off.until - off.first).days
    if days > MOST_DAYS:
        raise _Bad(TOO_LONG.format(days=say.count(days, "day"), most=MOST_DAYS))
    if off.until.year > today.year + YEARS_AHEAD:
        raise _Bad(TOO_FAR.format(years=YEARS_AHEAD))
    return off
