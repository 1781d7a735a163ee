"""What a change does to the schedule: two rotations in, the weeks and days that move out. Pure.

What counts is who is on duty: a week that changes hands while its days stay with who they were moves nothing, and one
of which a day moves otherwise is told day by day.

Weeks are compared from now on to some weeks beyond the last date that changed; in a rotation of two one holiday shifts
the alternation for good, which is told as `endless`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

from scheduler.rule.duty import Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import DayMoves, Effect, HourMoves, WeekMoves
from scheduler.rule.rotation import BEYOND, WEEK, Week
from scheduler.team import schedule
from scheduler.team.roster import Roster

SOON = timedelta(days=2)  # from the current on-call day on; whoever comes on duty later is told the day before


def between(before: Roster, after: Roster, now: datetime, last: date) -> Effect:
    """What moves from `before` to `after` from the moment `now` on; `last` is the last date that changed."""
    first = after.hours.week_of(after.hours.on_call_day(now))
    size = len(after.rotation.versions[-1].order)
    return up_to(before, after, now, max(first, after.hours.week_of(last)) + timedelta(weeks=max(BEYOND, 3 * size)))


def up_to(before: Roster, after: Roster, now: datetime, until: date) -> Effect:
    """What moves from `before` to `after` from the moment `now` on, in the weeks that begin before `until`."""
    today = after.hours.on_call_day(now)
    first = after.hours.week_of(today)
    size = len(after.rotation.versions[-1].order)
    old, new = (schedule.shown_weeks(team, first, until) for team in (before, after))
    pairs = list(zip(old, new, strict=False))
    whole = {b.first for b, a in pairs if _moves_whole(b, a)}
    weeks = tuple(WeekMoves(b.first, b.holder, a.holder) for b, a in pairs if b.first in whole)
    days = tuple(move for b, a in pairs if b.first not in whole for move in _days(b, a, today))
    return Effect(
        weeks,
        days,
        tuple(a.first for b, a in pairs if _torn(a) and not _torn(b) and after.hours.handoff(a.first) > now),
        tuple(on for b, a in pairs for on in _empty(b, a, today)),
        len(pairs) > size and all(b.holder != a.holder for b, a in pairs[-size:]),
        tuple(_hours(before, after, now, weeks, days)),
    )


def _hours(
    before: Roster, after: Roster, now: datetime, weeks: Sequence[WeekMoves], days: Sequence[DayMoves]
) -> Iterator[HourMoves]:
    """Time in which another is on duty than would have been, soon, and that no week or day that moves tells of: the
    hours before a handoff that moves in the same way go with it."""
    until = after.hours.handoff(after.hours.on_call_day(now) + SOON)
    moves: list[WeekMoves | DayMoves] = [*weeks, *days]
    told = {day: (m.before, m.after) for m in moves for day in m.dates}
    old, new = (team.duty.between(now, until) for team in (before, after))
    borders = sorted({m for s in (*old, *new) for m in (s.starts, s.ends)})
    found: list[HourMoves] = []
    for starts, ends in pairwise(borders):
        pair = _on_duty(old, starts), _on_duty(new, starts)
        day = after.hours.on_call_day(starts)
        if pair[0] == pair[1] or told.get(day) == pair:
            continue
        if found and (found[-1].ends, found[-1].before, found[-1].after) == (starts, *pair):
            found[-1] = found[-1]._replace(ends=ends)
        else:
            found.append(HourMoves(starts, ends, *pair))
    for each in found:
        follows = after.hours.on_call_day(each.ends)
        if each.ends != after.hours.handoff(follows) or told.get(follows) != (each.before, each.after):
            yield each


def _on_duty(stretches: Sequence[Stretch], moment: datetime) -> str | None:
    return next((s.who for s in stretches if s.starts <= moment < s.ends), None)


def in_a_row(team: Roster, moved: Effect) -> list[tuple[str, date, date]]:
    """Who has two whole weeks in a row, or more, one of which came to them by this: people's ids, the first day and the
    last. None where all weeks move for good."""
    if not moved.weeks or moved.endless:
        return []
    gained = {m.week for m in moved.weeks}
    shown = schedule.shown_weeks(team, moved.weeks[0].week - 2 * WEEK, moved.weeks[-1].week + 3 * WEEK)
    rows = [(who, list(weeks)) for who, weeks in groupby(shown, key=_whose)]
    return [
        (who, weeks[0].first, weeks[-1].until - ONE_DAY)
        for who, weeks in rows
        if who and len(weeks) > 1 and gained & {week.first for week in weeks}
    ]


def _whose(week: Week) -> str | None:
    """Who has the whole week; None where nobody has."""
    engineers = {day.engineer for day in week.days}
    return engineers.pop() if len(engineers) == 1 else None


def still_so(team: Roster, moved: Effect, now: datetime) -> Effect:
    """What of it is still so: later changes may have moved it on, and told that themselves."""
    has = schedule.engineers(team, moved.dates)

    def is_so(move: WeekMoves | DayMoves) -> bool:
        # A day that is not computed any more stays as it was told.
        return all(has.get(day, move.after) == move.after for day in move.dates)

    return replace(
        moved,
        weeks=tuple(filter(is_so, moved.weeks)),
        days=tuple(filter(is_so, moved.days)),
        hours=tuple(m for m in moved.hours if m.ends <= now or _has(team, max(m.starts, now), m.after)),
    )


def _has(team: Roster, moment: datetime, who: str | None) -> bool:
    """Whether `who` is on duty at a moment."""
    stretch = team.duty.at(moment)
    return stretch is not None and stretch.who == who


def _torn(week: Week) -> bool:
    """Nobody can take it whole: one day at least is a substitute's, or nobody's."""
    return not week.whole


def _moves_whole(before: Week, after: Week) -> bool:
    """Whether a week changes hands with all its days. One that was handed over does not: its holder stays."""
    holders = before.holder, after.holder
    same = before.split is None and after.split is None  # as most are
    pairs = () if same else zip(before.days, after.days, strict=True)
    return before.holder != after.holder and all((old.engineer, new.engineer) == holders for old, new in pairs)


def _days(before: Week, after: Week, today: date) -> list[DayMoves]:
    pairs = zip(before.days, after.days, strict=True)
    moved = ((old.date, old.engineer, new.engineer) for old, new in pairs if old.date >= today)
    return [DayMoves(day, was, now) for day, was, now in moved if was != now]


def _empty(before: Week, after: Week, today: date) -> list[date]:
    pairs = zip(before.days, after.days, strict=True)
    return [new.date for old, new in pairs if new.date >= today and new.engineer is None and old.engineer is not None]
