"""Loads what fairness is counted from: the past from what is on record, one query each, the half year to come from the
schedule.

    year, or the last twelve months ─► periods ─► stretches, acknowledgements, short notice ─► fairness.count, twice
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import changes, history
from models.changes import Change
from models.store.engine import Tx
from scheduler import entries
from scheduler.entries import HolidayDeclared, ShortNoticeAccepted, WeekDeclined
from scheduler.fairness import count
from scheduler.fairness.count import Facts, PublicHolidays, Tally
from scheduler.refusals import Refused
from scheduler.rule.hours import Hours
from scheduler.rule.rotation import WEEK
from scheduler.team import schedule
from scheduler.team.roster import Roster

HALF_A_YEAR = 26  # weeks, besides what is left of the current one
LATE_KINDS = (HolidayDeclared.what, WeekDeclined.what)  # what moves a week to somebody on short notice


@dataclass(eq=False)
class NothingThen(Refused):
    """A year before the rotation began, or one that has not begun: what can be counted are those from `first` to
    `last`."""

    year: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """Who carried what. `year` is the calendar year asked for; None: the last twelve months. `coming` is None where the
    year is over."""

    year: int | None
    past: Tally
    coming: Tally | None

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The past, and what is to come if it is told."""
        return (self.past, self.coming) if self.coming else (self.past,)


def counted(
    tx: Tx, team: Roster, now: datetime, year: int | None = None, public: PublicHolidays | None = None
) -> Fairness:
    """Who carried what in a calendar year of the team's zone, else in the last twelve months, up to `now`; and unless
    that year is over, who will in the half year to come. Raises NothingThen."""
    hours = team.hours
    begun = hours.handoff(team.rotation.versions[0].starts)
    _check_year(team, begun, now, year)
    starts, ends = _period(hours, now, year)
    starts, ends = max(starts, begun), max(min(ends, now), begun)
    comes = hours.handoff(max(hours.coming_handoff(now), team.rotation.versions[0].starts) + HALF_A_YEAR * WEEK)
    goes_on = ends >= now or now < begun
    facts = _facts(tx, team, starts, comes if goes_on else ends, public or {})
    coming = count.count(facts, max(now, begun), comes) if goes_on else None
    return Fairness(year, count.count(facts, starts, ends), coming)


def _check_year(team: Roster, begun: datetime, now: datetime, year: int | None) -> None:
    first, last = (team.hours.date_of(moment).year for moment in (begun, max(begun, now)))
    if year is not None and not first <= year <= last:
        raise NothingThen(year, first, last)


def _period(hours: Hours, now: datetime, year: int | None) -> tuple[datetime, datetime]:
    """The moments from which and up to which is counted."""
    if year is not None:
        return hours.midnight(date(year, 1, 1)), hours.midnight(date(year + 1, 1, 1))
    today = hours.date_of(now)
    leap_day = (today.month, today.day) == (2, 29)
    return hours.midnight(today.replace(year=today.year - 1, day=28 if leap_day else today.day)), now


def _facts(tx: Tx, team: Roster, starts: datetime, ends: datetime, public: PublicHolidays) -> Facts:
    hours = team.hours
    first = hours.week_of(hours.on_call_day(starts)) - WEEK
    until = hours.week_of(hours.on_call_day(ends)) + WEEK
    stretches = schedule.duty_between(tx, team, hours.handoff(first), hours.handoff(until))
    acknowledged = history.acknowledgements(tx, team.id, first, until)
    return Facts(hours, team.versions, stretches, acknowledged, _late(tx, team, starts, ends), public)


def _late(tx: Tx, team: Roster, starts: datetime, ends: datetime) -> frozenset[tuple[str, date]]:
    """Who took a week on that came on short notice, and to whom one came, asked or not."""
    notice = timedelta(days=team.facts.notice_days) + WEEK
    made = changes.of_kinds(tx, team.id, (ShortNoticeAccepted.what, *LATE_KINDS), starts - notice, ends)
    return frozenset(late for each in made for late in _late_by(team, each))


def _late_by(team: Roster, change: Change) -> Iterator[tuple[str, date]]:
    if taken := entries.of_kind(ShortNoticeAccepted, change):
        yield str(change.about), taken.after.week
        return
    hours, moved = team.hours, entries.moved(change)
    soon = change.at + timedelta(days=team.facts.notice_days)
    this_week = hours.week_of(hours.on_call_day(change.at))
    weeks = [(m.week, m.after) for m in moved.weeks if m.before == change.about and hours.handoff(m.week) < soon]
    days = [(hours.week_of(m.day), m.after) for m in moved.days if m.before == change.about]
    gained = [*weeks, *((week, who) for week, who in days if week == this_week)]
    yield from ((who, week) for week, who in gained if who)
