"""What people agreed among themselves: which of it stands, whose days may be covered, and who is asked first. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.covers import Cover
from models.declines import Decline
from models.requests import CoverRequest
from scheduler.rule import duty
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import COVER, HOLDER, Day, Week
from scheduler.rule.spans import alike_in_a_row, in_a_row
from scheduler.team.roster import Roster

A_QUARTER = timedelta(weeks=13)  # is looked at for who is far from their own weeks


@dataclass(frozen=True, slots=True)
class Run:
    """On-call days in a row that are one engineer's: from `first` up to, not including, `until`. `own`: as the holder
    of the week, rather than as who stands in for its holder, and not on record yet."""

    first: date
    until: date
    own: bool


def days_of(team: Roster, who: str, first: date, until: date) -> list[Day]:
    """The on-call days from `first` up to, not including, `until` that are `who`'s; from the current day on."""
    week = team.hours.week_of(first)
    days = (day for each in team.rotation.weeks(week, until) for day in each.days)
    return [day for day in days if first <= day.date < until and day.engineer == who]


def own_days_of(team: Roster, who: str, first: date, until: date) -> list[Day]:
    """Those of the same days that are `who`'s as the holder of the week, as a swap takes them."""
    return [day for day in days_of(team, who, first, until) if day.why == HOLDER]


def rows(days: Sequence[Day]) -> list[tuple[date, date]]:
    """The same days, in rows of those that follow each other: the first of each, and the day after its last."""
    return [(first, last + ONE_DAY) for first, last in in_a_row(day.date for day in days)]


def runs(days: Sequence[Day], today: date) -> list[Run]:
    """The same days, in rows of those that follow each other and are somebody's for the same reason. An on-call day
    whose date is over on the date `today` is on record: what is left of it, until the handoff, is nobody's own."""
    own_or_not = ((day.date, day.why == HOLDER and day.date >= today) for day in days)
    return [Run(first, last + ONE_DAY, own) for first, last, own in alike_in_a_row(own_or_not)]


def is_away(team: Roster, who: str, first: date, until: date) -> bool:
    """Whether `who` is away on one of the days from `first` up to, not including, `until`."""
    return any(a.who == who and a.first < until and first < a.until for a in team.rotation.away)


def declined(team: Roster, who: str, first: date, until: date) -> Decline | None:
    """That `who` said that they can't take one of the days from `first` up to, not including, `until`."""
    return next((d for d in team.declines if d.person_id == who and d.first < until and first < d.until), None)


def candidates(team: Roster, who: str, first: date, until: date, past: Sequence[Week] = ()) -> list[str]:
    """Whom `who` may ask to cover the days from `first` up to, not including, `until`: those of the rotation who are
    free then, the farthest from their own weeks first; where nobody is free on all of them, who is on some. `past`
    are the weeks before those that are computed."""
    others = [each for each in team.rotation.members(first) if each != who]
    there = [each for each in others if not is_away(team, each, first, until)]
    free = [each for each in there if not days_of(team, each, first, until)]
    if not free:
        return [each for each in others if each not in there and _is_there_once(team, each, first, until)]
    return sorted(free, key=lambda each: -_distance(team, each, first, until, past))


def able(team: Roster, request: CoverRequest, today: date) -> list[str]:
    """Who could take what is left of a request on the current on-call day `today`, as things are; nobody but the other
    side a swap."""
    return [] if request.is_swap else candidates(team, request.person_id, max(request.first, today), request.until)


def _is_there_once(team: Roster, who: str, first: date, until: date) -> bool:
    days = (first + timedelta(days=n) for n in range((until - first).days))
    return any(not team.rotation.is_away(who, day) for day in days)


def _distance(team: Roster, who: str, first: date, until: date, past: Sequence[Week]) -> int:
    """How many days lie between these days and the nearest that are `who`'s."""
    served = [day for week in past for day in week.days if day.engineer == who]
    theirs = [*served, *days_of(team, who, first - A_QUARTER, until + A_QUARTER)]
    gaps = [(first - d.date).days if d.date < first else (d.date - until).days + 1 for d in theirs]
    return min(gaps, default=A_QUARTER.days)


def standing_days(team: Roster, covers: Iterable[Cover]) -> dict[int, tuple[date, ...]]:
    """For each request, the days to come on which its covers hold, as things are."""
    covers = list(covers)
    found: dict[int, tuple[date, ...]] = {cover.request_id: () for cover in covers}
    if not covers:
        return found
    first = max(team.rotation.starts, min(team.hours.week_of(c.first) for c in covers))
    for week in team.rotation.weeks(first, max(c.until for c in covers)):
        for day in week.days:
            if day.why == COVER and (cover := _of_day(covers, week.holder, day)):
                found[cover.request_id] += (day.date,)
    return found


def holds(team: Roster, request_id: int, now: datetime) -> bool:
    """Whether anything of what was agreed on a request holds after the moment `now`, as things are."""
    taken = (duty.TakenHours(t.person_id, t.starts, t.ends) for t in team.take_overs if t.request_id == request_id)
    if any(team.duty.end_of(each) > max(now, each.starts) for each in taken):
        return True
    today = team.hours.on_call_day(now)
    days = standing_days(team, (cover for cover in team.covers if cover.request_id == request_id))
    return any(day >= today for each in days.values() for day in each)


def _of_day(covers: Sequence[Cover], holder: str | None, day: Day) -> Cover | None:
    """The latest agreed of those that may be the one which holds on a day."""
    parties = (holder, day.engineer)
    mine = (c for c in reversed(covers) if (c.instead_of, c.person_id) == parties and c.first <= day.date < c.until)
    return next(mine, None)
