"""Answers about any time, past or to come: what is on record first, the rule from there on."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from models import history, teams
from models.store.engine import Tx
from models.take_overs import TakeOver
from scheduler.rule.duty import TAKE_OVER, Stretch, merged
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import COVER, WEEK, Day, Week
from scheduler.team.roster import Roster, as_it_was

FAR = timedelta(weeks=3)  # is looked ahead for the end of a duty that a handoff does not end
HANDOFF_SHOWS = 4  # weeks: its own, and the three after it


@dataclass(frozen=True, slots=True)
class OnCallDays:
    """On-call days in a row that are one engineer's: from `first` up to, not including, `until`."""

    first: date
    until: date


def as_agreed(team: Roster, week: Week) -> Week:
    """A week as people are to see it: with the days of who stands in, by agreement, for somebody who stands in
    themselves. By the rule that is a take-over of those hours, which moves no day."""
    ahead = [t for t in team.take_overs if t.request_id is not None]
    days = tuple(_as_agreed(team, day, ahead) for day in week.days) if ahead else week.days
    return week if days == week.days else replace(week, split=days)


def shown_weeks(team: Roster, first: date, until: date) -> list[Week]:
    """The weeks that begin from `first` up to, not including, `until`, from where computing starts, as people are to
    see them."""
    return [as_agreed(team, week) for week in team.rotation.weeks(first, until)]


def engineers(team: Roster, days: Collection[date]) -> dict[date, str | None]:
    """Who has each of these on-call days that are still computed (None: nobody), as people are to see it."""
    if not days:
        return {}
    first = max(team.hours.week_of(min(days)), team.rotation.starts)
    weeks = shown_weeks(team, first, max(days) + ONE_DAY)
    return {day.date: day.engineer for week in weeks for day in week.days if day.date in days}


def _as_agreed(team: Roster, day: Day, ahead: Sequence[TakeOver]) -> Day:
    begins = team.hours.handoff(day.date)
    if begins < team.duty.starts or not any(t.starts <= begins < t.ends for t in ahead):
        return day
    stretch = team.duty.at(begins)
    return Day(day.date, stretch.who, COVER) if stretch and stretch.why == TAKE_OVER else day


def duties(team: Roster, who: str, first: date) -> list[OnCallDays]:
    """When `who` is on call, as `on_call_days`, and as people are to see it."""
    return on_call_days(team, who, first, agreed=True)


def on_call_days(team: Roster, who: str, first: date, weeks: int = 26, *, agreed: bool = False) -> list[OnCallDays]:
    """When `who` is on call from the on-call day `first` on, so many weeks ahead: by the rule, or as `agreed`."""
    week = team.hours.week_of(first)
    until = week + timedelta(weeks=weeks)
    ahead = shown_weeks(team, week, until) if agreed else team.rotation.weeks(week, until)
    days = (day for each in ahead for day in _days_of(each, who))
    found: list[OnCallDays] = []
    for day in days:
        if day < first:
            continue
        if found and found[-1].until == day:
            found[-1] = OnCallDays(found[-1].first, day + ONE_DAY)
        else:
            found.append(OnCallDays(day, day + ONE_DAY))
    return found


def _days_of(week: Week, who: str) -> Iterator[date]:
    if week.split is None and week.holder != who:
        return
    yield from (day.date for day in week.days if day.engineer == who)


def on_duty(team: Roster, now: datetime) -> Stretch | None:
    """Who is on duty at the moment `now`, as `Duty.at`, until somebody else is: a handoff to themselves, or another
    reason why it is them, ends nothing."""
    current = team.duty.at(now)
    if current is None:
        return None
    ends = current.ends
    while (follows := team.duty.at(ends)) and follows.who == current.who and ends < now + FAR:
        ends = follows.ends
    return replace(current, ends=ends)


def relief(team: Roster, now: datetime) -> list[Stretch]:
    """Who comes on duty after whoever is on duty at the moment `now` and before the coming handoff, such as by a cover
    or as a take-over ends, in order and each until the next; where whoever is on duty goes on beyond that handoff, who
    comes after them in the week in which that is. Nothing where it is the handoff that relieves them."""
    current, handoff = on_duty(team, now), team.hours.handoff(team.hours.coming_handoff(now))
    if current is None or current.ends == handoff:
        return []
    week = team.hours.week_of(team.hours.on_call_day(current.ends))
    ahead = team.duty.between(current.ends, handoff if current.ends < handoff else team.hours.handoff(week + WEEK))
    runs = (list(run) for _, run in groupby(ahead, key=lambda stretch: stretch.who))
    found = [replace(run[0], ends=run[-1].ends) for run in runs]
    return [] if found[0].who == current.who else found


def duty_between(tx: Tx, team: Roster, starts: datetime, ends: datetime) -> list[Stretch]:
    """Who was or will be on duty from `starts` up to `ends` (aware moments), cut to these, without gaps from the first
    handoff on."""
    recorded: list[Stretch] = []
    if starts < team.duty.starts:
        until = min(ends, team.duty.starts)
        served = history.between(tx, team.id, starts, until)
        recorded = [replace(s, starts=max(s.starts, starts), ends=min(s.ends, until)) for s in served]
    computed = team.duty.between(max(starts, team.duty.starts), ends) if ends > team.duty.starts else []
    return merged(iter([*recorded, *computed]))


def weeks_between(tx: Tx, team: Roster, first: date, until: date) -> list[Week]:
    """The weeks that begin from `first` up to, not including, `until`: those on record as they were."""
    starts = team.rotation.starts
    return [*_recorded(tx, team, first, min(until, starts)), *team.rotation.weeks(max(first, starts), until)]


def weeks_shown(tx: Tx, team: Roster, first: date, until: date) -> list[Week]:
    """The same as people are to see them."""
    starts = team.rotation.starts
    return [*_recorded(tx, team, first, min(until, starts)), *shown_weeks(team, max(first, starts), until)]


def _recorded(tx: Tx, team: Roster, first: date, until: date) -> list[Week]:
    if first >= until:
        return []
    held = teams.held_weeks(tx, team.id, first, until)
    ends = team.hours.midnight(until + timedelta(days=8))  # the last of them may begin just before `until`
    served = history.between(tx, team.id, team.hours.handoff(first), ends)
    return [as_it_was(team.hours, Week(each.week, each.home, each.holder), served) for each in held]


def fingerprint(team: Roster, first: date, weeks: int) -> str:
    """A mark of the schedule of so many weeks from the week that begins on `first` on, with who is away in them and
    whose public holidays are shown: the same schedule has the same mark."""
    until = first + timedelta(weeks=weeks)
    shown = [
        (week.home, week.holder, [(day.engineer, day.why) for day in week.days])
        for week in shown_weeks(team, first, until)
    ]
    off = [(h.person_id, h.first, h.until) for h in team.holidays if h.first < until and first < h.until]
    names = [(person.id, person.name, person.country, person.region) for person in team.people.values()]
    return hashlib.sha256(repr((shown, sorted(off), sorted(names))).encode()).hexdigest()[:16]


def reasons(week: Week) -> list[tuple[str | None, date, date]]:
    """The days of a week that are not its holder's, in a row: who has them (None: nobody), first and last date."""
    others = [(who, list(run)) for who, run in groupby(week.days, key=lambda day: day.engineer) if who != week.holder]
    return [(who, run[0].date, run[-1].date) for who, run in others]
