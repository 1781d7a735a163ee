"""A team's office hours: on which weekdays, from when until when, by the clocks where the team is. Pure.

Public holidays are no office hours. Wall-clock time decides, as for handoffs: an hour is one that the clocks show.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from scheduler.rule.hours import ONE_DAY, moment_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS, FROM, UNTIL = "mon-fri", time(9), time(17)
ANSWER_WITHIN = 2  # hours: all of these where the plan says nothing


def weekdays(days: str) -> frozenset[int]:
    """The weekdays (0: Monday) that a text such as `mon-fri` or `sun-wed, fri` names. Raises ValueError."""
    found: set[int] = set()
    for part in days.split(","):
        first, *last = (WEEKDAYS.index(name.strip()) for name in part.split("-", 1))
        found |= {(first + n) % 7 for n in range(((last[0] if last else first) - first) % 7 + 1)}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """From `starts` up to `ends` (wall-clock times of `zone`) on these weekdays (0: Monday; at least one), but for
    days that are public holidays."""

    zone: ZoneInfo
    days: frozenset[int] = weekdays(DAYS)
    starts: time = FROM
    ends: time = UNTIL
    closed: Container[date] = frozenset()

    def add(self, moment: datetime, hours: int) -> datetime:
        """The moment at which so many office hours have passed since `moment`."""
        left, wall = timedelta(hours=hours), moment.astimezone(self.zone).replace(tzinfo=None)
        for day in self._from(wall.date()):
            opens, closes = (datetime.combine(day, at) for at in (self.starts, self.ends))
            opens = max(opens, wall)
            if opens < closes and left <= closes - opens:
                return moment_of(day, (opens + left).time(), self.zone)
            left -= max(closes - opens, timedelta(0))
        raise AssertionError("days go on")

    def _from(self, first: date) -> Iterator[date]:
        """The days with office hours from a date on."""
        days = (first + n * ONE_DAY for n in count())
        return (day for day in days if day.weekday() in self.days and day not in self.closed)
