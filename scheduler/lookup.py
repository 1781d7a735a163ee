"""Answers about any time, past or to come: what is on record first, the rule from there on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from models import history, teams
from models.store import Tx
from scheduler.duty import Stretch, merged
from scheduler.hours import ONE_DAY
from scheduler.roster import Roster, as_stretch
from scheduler.rotation import Day, Week


@dataclass(frozen=True, slots=True)
class Turn:
    """On-call days in a row that are one engineer's: from `first` up to, not including, `until`."""

    first: date
    until: date


def turns(known: Roster, who: str, first: date, weeks: int = 26) -> list[Turn]:
    """When `who` is on call from the on-call day `first` on, so many weeks ahead."""
    week = known.hours.week_of(first)
    days = (day for w in known.rotation.weeks(week, week + timedelta(weeks=weeks)) for day in _days_of(w, who))
    found: list[Turn] = []
    for day in days:
        if day < first:
            continue
        if found and found[-1].until == day:
            found[-1] = Turn(found[-1].first, day + ONE_DAY)
        else:
            found.append(Turn(day, day + ONE_DAY))
    return found


def _days_of(week: Week, who: str) -> Iterator[date]:
    if week.split is None and week.holder != who:
        return
    yield from (day.date for day in week.days if day.engineer == who)


def duty_between(tx: Tx, known: Roster, starts: datetime, ends: datetime) -> list[Stretch]:
    """Who was or will be on duty from `starts` up to `ends` (aware moments), cut to these, without gaps from the first
    handoff on."""
    recorded: list[Stretch] = []
    if starts < known.duty.starts:
        until = min(ends, known.duty.starts)
        served = map(as_stretch, history.between(tx, known.team.id, starts, until))
        recorded = [replace(s, starts=max(s.starts, starts), ends=min(s.ends, until)) for s in served]
    computed = known.duty.between(starts, ends) if ends > known.duty.starts else []
    return merged(iter([*recorded, *computed]))


def weeks_between(tx: Tx, known: Roster, first: date, until: date) -> list[Week]:
    """The weeks that begin from `first` up to, not including, `until`: those on record as they were."""
    starts = known.rotation.starts
    return [*_recorded(tx, known, first, min(until, starts)), *known.rotation.weeks(max(first, starts), until)]


def _recorded(tx: Tx, known: Roster, first: date, until: date) -> list[Week]:
    if first >= until:
        return []
    held = teams.held_weeks(tx, known.team.id, first, until)
    ends = known.hours.midnight(until + ONE_DAY)
    served = history.between(tx, known.team.id, known.hours.handoff(first), ends)
    weeks = []
    for week in held:
        days = []
        for n in range(7):
            day = week.week + timedelta(days=n)
            last_second = known.hours.midnight(day + ONE_DAY) - timedelta(seconds=1)
            found = next((s for s in served if s.starts <= last_second < s.ends), None)
            days.append(Day(day, found.who, found.why) if found else Day(day, week.holder, "holder"))
        whole = all(day.engineer == week.holder for day in days)
        weeks.append(Week(week.week, week.home, week.holder, None if whole else tuple(days)))
    return weeks


def reasons(week: Week) -> list[tuple[str | None, date, date]]:
    """The days of a week that are not its holder's, in a row: who has them (None: nobody), first and last date."""
    others = [(who, list(run)) for who, run in groupby(week.days, key=lambda day: day.engineer) if who != week.holder]
    return [(who, run[0].date, run[-1].date) for who, run in others]
