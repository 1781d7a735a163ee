"""What a change does to the schedule: two rotations in, the weeks and days that move out. Pure.

What counts is who is on duty: a week that changes hands while its days stay with who they were moves nothing, and one
of which a day moves otherwise is told day by day.

Weeks are compared from now on to some weeks beyond the last date that changed; in a rotation of two one holiday shifts
the alternation for good, which is told as `endless`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from scheduler.duty import Stretch
from scheduler.hours import ONE_DAY
from scheduler.lookup import as_agreed
from scheduler.roster import Roster
from scheduler.rotation import Week

SOON = timedelta(days=2)  # from the current on-call day on; whoever comes on duty later is told the day before
BEYOND = 12  # weeks that are looked at after the last changed date: what moves has settled by then


@dataclass(frozen=True, slots=True)
class WeekMoves:
    """The week that begins on `week` was `before`'s with all its days, and is now `after`'s (None: nobody's)."""

    week: date
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DayMoves:
    """The on-call day `day` was `before`'s and is now `after`'s (None: nobody's), in a week that did not move whole."""

    day: date
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HourMoves:
    """From `starts` up to `ends` (aware moments) `before` was to be on duty, and now `after` is (None: nobody)."""

    starts: datetime
    ends: datetime
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What moves. `torn`: weeks to come that nobody can take whole any more (what is left of one that was handed over
    passes to a substitute, which is no alarm); `empty`: days that have nobody any more. `hours`: time within two days
    that moves besides weeks and days, such as before a handoff or as a take-over ends."""

    weeks: tuple[WeekMoves, ...] = ()
    days: tuple[DayMoves, ...] = ()
    torn: tuple[date, ...] = ()
    empty: tuple[date, ...] = ()
    endless: bool = False
    hours: tuple[HourMoves, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.weeks or self.days or self.hours)

    @property
    def concerned(self) -> set[str]:
        """Everybody whose own weeks or days moved."""
        moved: list[WeekMoves | DayMoves | HourMoves] = [*self.weeks, *self.days, *self.hours]
        pairs = [(m.before, m.after) for m in moved]
        return {who for pair in pairs for who in pair if who}

    def of(self, who: str) -> "Effect":
        """What moves to or from `who`."""
        weeks = tuple(m for m in self.weeks if who in (m.before, m.after))
        days = tuple(m for m in self.days if who in (m.before, m.after))
        return Effect(weeks, days, (), (), self.endless, tuple(m for m in self.hours if who in (m.before, m.after)))

    def as_facts(self) -> dict[str, Any]:
        """Plain values, for the log of changes and the outbox."""
        return {
            "weeks": [[m.week.isoformat(), m.before, m.after] for m in self.weeks],
            "days": [[m.day.isoformat(), m.before, m.after] for m in self.days],
            "torn": [week.isoformat() for week in self.torn],
            "empty": [day.isoformat() for day in self.empty],
            "endless": self.endless,
            "hours": [[m.starts.isoformat(), m.ends.isoformat(), m.before, m.after] for m in self.hours],
        }

    @classmethod
    def of_facts(cls, facts: dict[str, Any]) -> "Effect":
        """The effect that `as_facts` wrote down."""
        day, moment = date.fromisoformat, datetime.fromisoformat
        return cls(
            tuple(WeekMoves(day(week), before, after) for week, before, after in facts["weeks"]),
            tuple(DayMoves(day(on), before, after) for on, before, after in facts["days"]),
            tuple(day(week) for week in facts["torn"]),
            tuple(day(on) for on in facts["empty"]),
            facts["endless"],
            tuple(
                HourMoves(moment(starts), moment(ends), before, after)
                for starts, ends, before, after in facts.get("hours", ())  # earlier releases wrote none
            ),
        )


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
    old, new = ([as_agreed(team, w) for w in team.rotation.weeks(first, until)] for team in (before, after))
    pairs = list(zip(old, new, strict=False))
    weeks = tuple(WeekMoves(b.first, b.holder, a.holder) for b, a in pairs if _moves_whole(b, a))
    days = tuple(move for b, a in pairs if not _moves_whole(b, a) for move in _days(b, a, today))
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
    told = {m.week + timedelta(days=n): (m.before, m.after) for m in weeks for n in range(7)}
    told |= {m.day: (m.before, m.after) for m in days}
    old, new = (team.duty.between(now, until) for team in (before, after))
    borders = sorted({m for s in (*old, *new) for m in (s.starts, s.ends)})
    found: list[HourMoves] = []
    for starts, ends in pairwise(borders):
        pair = _on_duty(old, starts), _on_duty(new, starts)
        day = after.hours.on_call_day(starts)
        if pair[0] == pair[1] or told.get(day) == pair:
            continue
        if found and (found[-1].ends, found[-1].before, found[-1].after) == (starts, *pair):
            found[-1] = replace(found[-1], ends=ends)
        else:
            found.append(HourMoves(starts, ends, *pair))
    for each in found:
        follows = after.hours.on_call_day(each.ends)
        if each.ends != after.hours.handoff(follows) or told.get(follows) != (each.before, each.after):
            yield each


def _on_duty(stretches: Sequence[Stretch], moment: datetime) -> str | None:
    return next((s.who for s in stretches if s.starts <= moment < s.ends), None)


def still_so(known: Roster, moved: Effect, now: datetime) -> Effect:
    """What of it is still so: later changes may have moved it on, and told that themselves."""
    days = [*(m.week for m in moved.weeks), *(m.day for m in moved.days)]
    engineers: dict[date, str | None] = {}
    if days:
        weeks = known.rotation.weeks(known.hours.week_of(min(days)), max(days) + timedelta(days=1))
        engineers = {day.date: day.engineer for week in weeks for day in as_agreed(known, week).days}
    return replace(
        moved,
        weeks=tuple(m for m in moved.weeks if all(_is(engineers, m.week + n * ONE_DAY, m.after) for n in range(7))),
        days=tuple(m for m in moved.days if _is(engineers, m.day, m.after)),
        hours=tuple(m for m in moved.hours if m.ends <= now or _on_duty_at(known, max(m.starts, now)) == m.after),
    )


def _is(engineers: Mapping[date, str | None], day: date, who: str | None) -> bool:
    """Whether a day is somebody's; one that is not computed any more stays as it was told."""
    return day not in engineers or engineers[day] == who


def _on_duty_at(known: Roster, moment: datetime) -> str | None:
    stretch = known.duty.at(moment)
    return stretch.who if stretch else None


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
