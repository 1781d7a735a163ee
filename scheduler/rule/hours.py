"""When a team's days and weeks begin: local dates and wall-clock times → moments, right across clock changes.

Local wall-clock time decides. A local time that does not exist moves to the first moment that does; one that exists
twice means the first (`docs/rotation.md`). Moments are aware datetimes in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
MIDNIGHT = time(0)


@lru_cache(maxsize=4096)
def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of `zone` first show `at`, or more, on `day`."""
    wall = datetime.combine(day, at)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # The clocks skip this time: look for the skip between the two readings that Python offers for it.
    before, behind = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    offset = before.astimezone(zone).utcoffset()
    while behind - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(behind - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            behind = middle
    return behind


@dataclass(frozen=True, slots=True)
class Hours:
    """A team's time zone, and the weekday (0: Monday) and wall-clock time of its handoff."""

    zone: ZoneInfo
    weekday: int
    at: time

    def handoff(self, day: date) -> datetime:
        """The moment at which on-call day `day` begins."""
        return moment_of(day, self.at, self.zone)

    def midnight(self, day: date) -> datetime:
        """The moment at which the date `day` begins."""
        return moment_of(day, MIDNIGHT, self.zone)

    def date_of(self, moment: datetime) -> date:
        """The team's date at `moment`."""
        return moment.astimezone(self.zone).date()

    def on_call_day(self, moment: datetime) -> date:
        """The on-call day that `moment` falls in: until the handoff time that is the day before."""
        day = self.date_of(moment)
        return day if moment >= self.handoff(day) else day - ONE_DAY

    def week_of(self, day: date) -> date:
        """The first date of the on-call week that `day` lies in."""
        return day - timedelta(days=(day.weekday() - self.weekday) % 7)

    def coming_handoff(self, moment: datetime) -> date:
        """The first date of the first week that has not been handed over at `moment`."""
        return self.week_of(self.on_call_day(moment)) + timedelta(days=7)

    def local(self, wall: datetime) -> datetime:
        """The moment of a naive local `wall` time; an aware one is taken as it is."""
        return wall.astimezone(UTC) if wall.tzinfo else moment_of(wall.date(), wall.time(), self.zone)
