"""Gaps: runs of on-call days that have nobody, as people are to see the schedule. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from scheduler.messages import GapTold
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.spans import in_a_row
from scheduler.team.roster import Roster
from scheduler.team.schedule import shown_weeks


class Gap(NamedTuple):
    """On-call days in a row that have nobody: from `first` up to, not including, `until`."""

    first: date
    until: date

    @property
    def last(self) -> date:
        """The day before `until`, as people speak of it."""
        return self.until - ONE_DAY

    @property
    def days(self) -> Iterator[date]:
        """Each of the days that have nobody."""
        return (self.first + timedelta(days=n) for n in range((self.until - self.first).days))

    def shares(self, told: GapTold) -> bool:
        """Whether it is the gap that was told: both have a day in common."""
        return self.first < told.until and told.first < self.until


def runs(team: Roster, today: date, until: date) -> list[Gap]:
    """The gaps that have a day from `today` on and before `until`, each with those of its days that have passed in
    this week."""
    weeks = shown_weeks(team, max(team.hours.week_of(today), team.rotation.starts), until)
    empty = (day.date for week in weeks for day in week.days if day.engineer is None)
    return [Gap(first, last + ONE_DAY) for first, last in in_a_row(empty) if last >= today]


def left(team: Roster, told: Iterable[GapTold], today: date) -> list[Gap]:
    """What is left from `today` on of gaps that were told."""
    known = list(told)
    if not known:
        return []
    found = runs(team, today, max(each.until for each in known) + timedelta(weeks=1))
    return [gap for gap in found if any(gap.shares(each) for each in known)]
