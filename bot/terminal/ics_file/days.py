"""The whole days that an event of a calendar file takes, however its program writes a whole day.

    20261224 – 20261225, – 20261224, alone     dates: the end is the day after, or, wrongly, the last day itself
    00:00 – 00:00, – 23:59, 00:01 – 23:59      moments: on their own clock, or, if in UTC, on that of the person
    00:00Z – 00:00Z with a program's flag      … or else on UTC's, if it says that it is a whole day, or ends at 23:59Z
    20261224 – 00:00Z                          a date and a moment: the day that the moment begins

A moment that is the first of its day begins it, whatever the clocks show: some skip midnight.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.speech import say
from bot.terminal.ics_file.entry import ALL_DAY, value
from scheduler.rule.hours import MIDNIGHT, ONE_DAY, moment_of

if TYPE_CHECKING:
    from icalendar import Component as Event

HOURS = "it takes hours, not whole days."
NO_START = "its first day can't be read."
NO_END = "its last day can't be read."
BACKWARDS = "it ends before it begins."
TOO_LONG = "it takes {days}, and at most {most} can be one entry."

MOST_DAYS = 366
LAST_MINUTE, SECOND_MINUTE = time(23, 59), time(0, 1)
YES = ("TRUE", "1", "YES")


class Bad(Exception):
    """An entry can't be taken. `str()` says why."""


class TakesHours(Bad):
    """It does not take whole days."""


@dataclass(frozen=True, slots=True, order=True)
class TimeOff:
    """Whole days from `first` up to, not including, `until`."""

    first: date
    until: date

    @property
    def days(self) -> int:
        """How many dates there are in it."""
        return (self.until - self.first).days


def days_of(event: "Event", zones: Sequence[ZoneInfo]) -> TimeOff:
    """The days of an event. `zones`: in the first of which moments in UTC are days, they are. Raises Bad."""
    starts = value(event, "dtstart")
    if not isinstance(starts, date):
        raise Bad(NO_START)
    ends = _end(event)
    try:
        if isinstance(ends, date) and isinstance(starts, datetime) != isinstance(ends, datetime):
            starts, ends = (day_at(moment, zones) for moment in (starts, ends))
        off = _of_moments(event, starts, ends, zones) if isinstance(starts, datetime) else _of_dates(starts, ends)
    except (OverflowError, ValueError):  # near the first year and the last
        raise Bad(NO_END) from None
    if off.until <= off.first:
        raise Bad(BACKWARDS)
    if off.days > MOST_DAYS:
        raise Bad(TOO_LONG.format(days=say.count(off.days, "day"), most=MOST_DAYS))
    return off


def _end(event: "Event") -> date | timedelta | None:
    """When it ends, or how long it lasts; None where it says neither. Raises Bad."""
    for name, kind in (("dtend", date), ("duration", timedelta)):
        if name in event:
            found = value(event, name)
            if not isinstance(found, kind):
                raise Bad(NO_END)
            return found
    return None


def _of_dates(starts: date, ends: date | timedelta | None) -> TimeOff:
    until = starts + ends if isinstance(ends, timedelta) else ends
    return TimeOff(starts, starts + ONE_DAY if until in (None, starts) else until)


def day_at(moment: date, zones: Sequence[ZoneInfo]) -> date:
    """The day that a moment begins, or is the end of the day before, where its other end is a date. Raises Bad."""
    if not isinstance(moment, datetime):
        return moment
    for local in (_on(moment, clock) for clock in (*zones, UTC)):
        if _is_last_minute(local) or begins_a_day(local):
            return local.date() + ONE_DAY if _is_last_minute(local) else local.date()
    raise TakesHours(HOURS)


def _of_moments(event: "Event", starts: datetime, ends: date | timedelta | None, zones: Sequence[ZoneInfo]) -> TimeOff:
    if isinstance(ends, datetime) and (starts.tzinfo is None) != (ends.tzinfo is None):
        raise Bad(NO_END)
    said = any(str(event.get(name, "")).strip().upper() in YES for name in ALL_DAY)
    for clock in _clocks(starts, ends, zones, said):
        first = _on(starts, clock)
        last = first + ends if isinstance(ends, timedelta) else first
        last = _on(ends, clock) if isinstance(ends, datetime) else last
        if off := _whole(first, last, an_instant_counts=said or isinstance(ends, datetime)):
            return off
    raise TakesHours(HOURS)


def _clocks(starts: datetime, ends: date | timedelta | None, zones: Sequence[ZoneInfo], said: bool) -> Iterator[tzinfo]:
    """By which clocks it may have its days. Times of its own are not turned into those of any."""
    last = ends if isinstance(ends, datetime) else starts
    own = next((each.tzinfo for each in (starts, last) if each.tzinfo and not _is_utc(each)), None)
    yield from [own] if own else zones
    if own is None and (said or _is_last_minute(last)):
        yield UTC


def _on(moment: datetime, clock: tzinfo) -> datetime:
    return moment.astimezone(clock) if _is_utc(moment) else moment


def _is_utc(moment: datetime) -> bool:
    return moment.tzname() == "UTC"


def _whole(first: datetime, last: datetime, an_instant_counts: bool) -> TimeOff | None:
    """The days from the moment that begins one to the moment that ends one; None where they do not."""
    until = last.date() + ONE_DAY if _is_last_minute(last) else last.date()
    if not (_is_last_minute(last) or begins_a_day(last)):
        return None
    if not (begins_a_day(first) or (first.time() == SECOND_MINUTE and _is_last_minute(last))):
        return None
    if until == first.date():
        return TimeOff(until, until + ONE_DAY) if an_instant_counts and first == last else None
    return TimeOff(first.date(), until)


def _is_last_minute(moment: datetime) -> bool:
    return moment.time() >= LAST_MINUTE


def begins_a_day(moment: datetime) -> bool:
    """Whether a moment is the first of its day, on its own clock."""
    zone = moment.tzinfo
    return moment.time() == MIDNIGHT or (
        isinstance(zone, ZoneInfo) and moment == moment_of(moment.date(), MIDNIGHT, zone)
    )
