"""Who is on duty at a moment: the days of `rotation.py` on the clock of `hours.py`, and what was recorded.

    on-call day D:  handoff time of D ─────────── midnight ──────── handoff time of D+1
                    D's engineer                  still D's engineer, unless away on D+1 or there is none:
                                                  then the engineer of D+1

A take-over that holds goes before all of this, until the midnight that begins a date on which its engineer is away.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from models.history import Stretch as Stretch  # what is on record, and what is computed
from scheduler.rule.hours import ONE_DAY, Hours
from scheduler.rule.rotation import Day, Rotation, Week

TAKE_OVER = "take-over"


@dataclass(frozen=True, slots=True)
class TakenHours:
    """From `starts` up to, not including, `ends` (aware moments) `who` is on duty, whoever that time belongs to."""

    who: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Duty:
    """A rotation on a team's clock: who is on duty at a moment, and in stretches. Take-overs oldest first; `last` is
    the latest stretch on record: what lies before its end is history and is not computed. `past` is what is on record
    of late, oldest first: somebody may ask for a moment that another one, whose clock is ahead, has put on record."""

    rotation: Rotation
    hours: Hours
    take_overs: Sequence[TakenHours] = ()
    last: Stretch | None = None
    past: Sequence[Stretch] = ()

    @property
    def starts(self) -> datetime:
        """The moment from which on duty is computed: the end of what is on record, else the first handoff of all."""
        return self.last.ends if self.last else self.hours.handoff(self.rotation.starts)

    def at(self, moment: datetime) -> Stretch | None:
        """The stretch of duty that `moment` lies in; None before the rotation starts, or where that is further back on
        record than `past`. It ends where somebody else, or another week, begins."""
        if moment < self.starts:
            return self._recorded(moment)
        if moment not in self._found:
            self._found[moment] = self._at(moment)
        return self._found[moment]

    @cached_property
    def _found(self) -> dict[datetime, Stretch]:
        """What was computed before: an answer asks for the same moments again and again."""
        return {}

    def _recorded(self, moment: datetime) -> Stretch | None:
        """The stretch on record at a moment (None: none is), the last of which may go on in what is computed."""
        found = next((each for each in self.past if each.starts <= moment < each.ends), None)
        if found is None or found.ends < self.starts:
            return found
        follows = self.at(self.starts)
        return replace(found, ends=follows.ends) if follows and _alike(found, follows) else found

    def _at(self, moment: datetime) -> Stretch:
        week = self.rotation.week_of(self.hours.on_call_day(moment))
        # After the week's last midnight its stretch may be one of the next week already, and end within that.
        ahead = 7 if moment < self.hours.midnight(week + timedelta(days=7)) else 14
        # And at the midnight before the week's handoff it may have begun.
        begins = max(self.hours.midnight(week), self.starts)
        coming = self._computed(begins, self.hours.handoff(week + timedelta(days=ahead)))
        found = next(s for s in coming if s.ends > moment)
        begun = self.last and self.last.ends == found.starts and _alike(self.last, found)
        return replace(found, starts=self.last.starts) if self.last and begun else found

    def between(self, starts: datetime, ends: datetime) -> list[Stretch]:
        """The stretches of duty from `starts` up to `ends` (aware moments), cut to these; none earlier than `past`, or
        where that is nothing, than computing starts. Neighbours differ in who, why or week."""
        recorded = [each for each in self.past if each.ends > starts and each.starts < ends]
        whole = merged([*recorded, *self._computed(max(starts, self.starts), ends)])
        return [replace(each, starts=max(each.starts, starts), ends=min(each.ends, ends)) for each in whole]

    def _computed(self, starts: datetime, ends: datetime) -> list[Stretch]:
        """The stretches of duty that touch that time, uncut; `starts` is no earlier than computing starts."""
        if ends <= starts:
            return []
        first = self.rotation.week_of(self.hours.date_of(starts) - ONE_DAY)
        weeks = self.rotation.weeks(first, self.hours.date_of(ends) + timedelta(days=2))
        pieces = (p for p in self._pieces(weeks) if p.ends > starts and p.starts < ends and p.starts < p.ends)
        whole = (p for p in merged(self._taken_over(pieces)) if p.ends > starts and p.starts < ends)
        return [replace(p, starts=max(p.starts, starts), ends=min(p.ends, ends)) for p in whole]

    def _pieces(self, weeks: Sequence[Week]) -> Iterator[Stretch]:
        days = [(week, day) for week in weeks for day in week.days]
        for (week, day), (next_week, tomorrow) in pairwise(days):
            begins, midnight = self.hours.handoff(day.date), self.hours.midnight(tomorrow.date)
            over = self.hours.handoff(tomorrow.date)
            yield _stretch(begins, midnight, week, day)
            if day.engineer is None or self.rotation.is_away(day.engineer, tomorrow.date):
                yield _stretch(midnight, over, next_week, tomorrow)
            else:
                yield _stretch(midnight, over, week, day)

    def _taken_over(self, pieces: Iterator[Stretch]) -> Iterator[Stretch]:
        if not self.take_overs:
            yield from pieces
            return
        for piece in pieces:
            yield from self._split(piece)

    def _split(self, piece: Stretch) -> Iterator[Stretch]:
        holding = [(t, self.end_of(t)) for t in self.take_overs]
        borders = sorted({m for t, ends in holding for m in (t.starts, ends) if piece.starts < m < piece.ends})
        for starts, ends in zip([piece.starts, *borders], [*borders, piece.ends], strict=True):
            taker = next((t.who for t, over in reversed(holding) if t.starts <= starts < over), None)
            part = replace(piece, starts=starts, ends=ends)
            yield replace(part, who=taker, why=TAKE_OVER) if taker else part

    def end_of(self, take_over: TakenHours) -> datetime:
        """When a take-over really ends: at the latest at the midnight that begins a date on which `who` is away."""
        mine = (a for a in self.rotation.away if a.who == take_over.who)
        begun = self.hours.date_of(take_over.starts)
        gone = (max(self.hours.midnight(max(a.first, begun)), take_over.starts) for a in mine if a.until > begun)
        return min(take_over.ends, *gone, take_over.ends)


def _stretch(starts: datetime, ends: datetime, week: Week, day: Day) -> Stretch:
    return Stretch(starts, ends, day.engineer, day.why, week.first, week.holder, week.home, day.date)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches, with neighbours joined that have the same engineer for the same reason in the same week."""
    joined: list[Stretch] = []
    ends: list[datetime] = []
    for stretch in stretches:
        if joined and ends[-1] == stretch.starts and _alike(joined[-1], stretch):
            ends[-1] = stretch.ends
        else:
            joined.append(stretch)
            ends.append(stretch.ends)
    return [s if s.ends == end else replace(s, ends=end) for s, end in zip(joined, ends, strict=True)]


def _alike(one: Stretch, other: Stretch) -> bool:
    return (one.who, one.why, one.week) == (other.who, other.why, other.week)
