"""What a change moves: weeks, days and hours that change hands. Kept with each change in the log, and with what people
are told of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple


class WeekMoves(NamedTuple):
    """The week that begins on `week` was `before`'s with all its days, and is now `after`'s (None: nobody's)."""

    week: date
    before: str | None
    after: str | None

    @property
    def dates(self) -> list[date]:
        """The on-call days that moved: all seven of the week."""
        return [self.week + timedelta(days=n) for n in range(7)]


class DayMoves(NamedTuple):
    """The on-call day `day` was `before`'s and is now `after`'s (None: nobody's), in a week that did not move whole."""

    day: date
    before: str | None
    after: str | None

    @property
    def dates(self) -> list[date]:
        """The on-call days that moved: this one."""
        return [self.day]


class HourMoves(NamedTuple):
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
    def dates(self) -> set[date]:
        """The on-call days that move, with their weeks or by themselves."""
        moves: list[WeekMoves | DayMoves] = [*self.weeks, *self.days]
        return {day for move in moves for day in move.dates}

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
