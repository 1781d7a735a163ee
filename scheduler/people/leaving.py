"""What ends when somebody leaves the rotation: covers, swaps, take-overs, open requests, and, of who leaves for good,
coming time off.

    ends: pure, what becomes of each ─► write, news ─► put_back, by an undo
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from models import covers, holidays, requests, take_overs
from models.covers import Cover
from models.holidays import Holiday
from models.outbox import Owed
from models.requests import AGREED, OPEN, WITHDRAWN, CoverRequest
from models.store.engine import Tx
from models.take_overs import TakeOver
from scheduler.change import edits
from scheduler.change.told import Made
from scheduler.covers import state
from scheduler.covers.state import REQUEST_WITHDRAWN
from scheduler.entries import RotationAfter, RotationBefore
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.spans import in_a_row
from scheduler.team.covers import standing_days
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class Leave:
    """`who` is not in the rotation from the handoff on `first` up to that on `until` (None: for good)."""

    who: str
    first: date
    until: date | None = None

    def touches(self, first: date, until: date) -> bool:
        """Whether one of the days from `first` up to, not including, `until` lies in it."""
        return until > self.first and (self.until is None or first < self.until)


@dataclass(frozen=True, slots=True)
class Settled:
    """What goes or is cut: holidays that go; of the rest each as it was, and as it is (None: it goes)."""

    holidays: tuple[Holiday, ...] = ()
    covers: tuple[tuple[Cover, Cover | None], ...] = ()
    take_overs: tuple[tuple[TakeOver, TakeOver | None], ...] = ()
    requests: tuple[tuple[CoverRequest, CoverRequest], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.holidays or self.covers or self.take_overs or self.requests)

    def applied_to(self, team: Roster) -> Roster:
        """The team after it."""
        gone = {holiday.id for holiday in self.holidays}
        becomes = {was.id: after for was, after in self.covers}
        cut = {was.id: after for was, after in self.take_overs}
        agreed = (becomes.get(cover.id, cover) for cover in team.covers)
        taken = (cut.get(each.id, each) for each in team.take_overs)
        return team.but(
            holidays=(h for h in team.holidays if h.id not in gone),
            covers=[cover for cover in agreed if cover],
            take_overs=[each for each in taken if each],
        )

    def taken_from(self, team: Roster) -> Roster:
        """The team with everything as it was before."""
        agreed = {**{c.id: c for c in team.covers}, **{was.id: was for was, _ in self.covers}}
        taken = {**{t.id: t for t in team.take_overs}, **{was.id: was for was, _ in self.take_overs}}
        back = (*team.holidays, *self.holidays)
        return team.but(holidays=back, covers=agreed.values(), take_overs=taken.values())

    @classmethod
    def of(cls, before: RotationBefore, after: RotationAfter) -> "Settled":
        """What the log says of it."""
        return cls(
            before.holidays,
            tuple(zip(before.covers, after.covers, strict=True)),
            tuple(zip(before.take_overs, after.take_overs, strict=True)),
            tuple(zip(before.requests, after.requests, strict=True)),
        )

    @property
    def before(self) -> tuple[tuple[Holiday, ...], tuple[Cover, ...], tuple[TakeOver, ...], tuple[CoverRequest, ...]]:
        """What ends, as it was: time off, covers, take-overs and requests."""
        covers, take_overs = tuple(was for was, _ in self.covers), tuple(was for was, _ in self.take_overs)
        return self.holidays, covers, take_overs, tuple(was for was, _ in self.requests)

    @property
    def after(
        self,
    ) -> tuple[tuple[Holiday, ...], tuple[Cover | None, ...], tuple[TakeOver | None, ...], tuple[CoverRequest, ...]]:
        """How it is, in the same order; None for what went."""
        covers, take_overs = tuple(after for _, after in self.covers), tuple(after for _, after in self.take_overs)
        return (), covers, take_overs, tuple(after for _, after in self.requests)


def parties(settled: Settled, lapsed: Sequence[Cover] = ()) -> set[str]:
    """The ids of those whose covers go, have `lapsed`, or whose requests end."""
    gone = (*(cover for cover, _ in settled.covers), *lapsed)
    both = {who for cover in gone for who in (cover.person_id, cover.instead_of)}
    return both | {request.person_id for request, _ in settled.requests}


def lapsing(team: Roster, after: Roster, settled: Settled, now: datetime) -> tuple[Cover, ...]:
    """What stays agreed and holds no more, since other weeks are theirs then: the covers, each with days in a row that
    it held on in `team` and does not in the team `after`."""
    today, gone = after.hours.on_call_day(now), {was.request_id for was, _ in settled.covers}
    kept = [cover for cover in after.covers if cover.request_id not in gone]
    was, becomes = standing_days(team, kept), standing_days(after, kept)
    lost = {each: [day for day in days if day >= today and day not in becomes[each]] for each, days in was.items()}
    return tuple(
        replace(cover, first=first, until=last + ONE_DAY)
        for cover in kept
        for first, last in in_a_row(day for day in lost[cover.request_id] if cover.first <= day < cover.until)
    )


def ends(tx: Tx, team: Roster, leaves: Sequence[Leave], now: datetime) -> Settled:
    """What ends with these leaves, whose first handoffs have not come. Writes nothing."""
    if not leaves:
        return Settled()
    asked = requests.ending_after(tx, team.id, min(leave.first for leave in leaves))
    by_id = {request.id: request for request in asked}
    agreed = [(cover, _cover(team, cover, leaves, now)) for cover in team.covers]
    taken = [(each, _take_over(team, each, by_id.get(each.request_id), leaves, now)) for each in team.take_overs]
    touched = tuple((was, to) for was, to in agreed if to != was)
    cut_off = tuple((was, to) for was, to in taken if to != was)
    dissolved = {was.request_id for was, _ in touched} | {was.request_id for was, _ in cut_off}
    dissolved -= {to.request_id for _, to in agreed if to} | {to.request_id for _, to in taken if to}
    ended = tuple((request, _ended(request, now)) for request in asked if _ends(request, leaves, dissolved))
    gone = (
        h for h in team.holidays if any(h.person_id == x.who and x.until is None and h.first >= x.first for x in leaves)
    )
    return Settled(tuple(gone), touched, cut_off, ended)


def _cover(team: Roster, cover: Cover, leaves: Sequence[Leave], now: datetime) -> Cover | None:
    """What becomes of a cover. The two of a swap go together, but for one that has begun."""
    swapped = [c for c in team.covers if c.request_id == cover.request_id]
    is_swap = len({c.person_id for c in swapped}) > 1
    if is_swap and any(_leave_of(c, leaves) for c in swapped) and team.hours.handoff(cover.first) > now:
        return None
    leave = _leave_of(cover, leaves)
    if leave is None:
        return cover
    return replace(cover, until=leave.first) if cover.first < leave.first else None


def _leave_of(cover: Cover, leaves: Sequence[Leave]) -> Leave | None:
    parties = (cover.person_id, cover.instead_of)
    return next((x for x in leaves if x.who in parties and x.touches(cover.first, cover.until)), None)


def _take_over(
    team: Roster, taken: TakeOver, request: CoverRequest | None, leaves: Sequence[Leave], now: datetime
) -> TakeOver | None:
    """What becomes of a take-over by who leaves, or, where it was agreed on, also for them."""
    parties = (taken.person_id, *((request.person_id, request.other_id) if request else ()))
    for leave in leaves:
        begins = team.hours.handoff(leave.first)
        over = team.hours.handoff(leave.until) if leave.until else None
        if leave.who in parties and taken.ends > begins and (over is None or taken.starts < over):
            return replace(taken, ends=begins) if taken.starts < begins else None
    return taken


def _ends(request: CoverRequest, leaves: Sequence[Leave], dissolved: set[int | None]) -> bool:
    """Whether a request is withdrawn: nothing is left of what was agreed on it, or nobody can agree on it."""
    if request.state == AGREED:
        return request.id in dissolved
    return request.state == OPEN and any(_concerns(request, leave) for leave in leaves)


def _concerns(request: CoverRequest, leave: Leave) -> bool:
    only_asked = request.asked == (leave.who,) and not request.in_channel
    if leave.who not in (request.person_id, request.other_id) and not only_asked:
        return False
    back = request.back_first and request.back_until and leave.touches(request.back_first, request.back_until)
    return bool(back) or leave.touches(request.first, request.until)


def _ended(request: CoverRequest, now: datetime) -> CoverRequest:
    return replace(request, state=WITHDRAWN, settled_at=now, waits_for=None)


def write(tx: Tx, settled: Settled) -> None:
    """Let it be so in the store."""
    holidays.exchange(tx, settled.holidays, ())
    for cover, kept in settled.covers:
        if kept:
            covers.cut(tx, cover, kept.until)
        else:
            covers.remove(tx, cover)
    for taken, left in settled.take_overs:
        take_overs.end(tx, taken, left.ends if left else taken.starts)
    for _, ended in settled.requests:
        requests.change(tx, ended)


def news(tx: Tx, made: Made, settled: Settled, heard: Container[str] = ()) -> Iterator[Owed]:
    """What people must see of it besides: requests as withdrawn, and word to whoever asked, but for those who
    have `heard` of the leave itself."""
    for was, ended in settled.requests:
        yield from edits.of_request(tx, made, ended)
        if was.state == OPEN and was.person_id != made.by and was.person_id not in heard:
            yield state.word(made, was, REQUEST_WITHDRAWN, was.person_id, was.other_id)


def can_be_put_back(tx: Tx, team: Roster, settled: Settled) -> bool:
    """Whether nothing that was settled has changed since, and nothing was declared in its place."""
    same = all(requests.by_id(tx, team.id, to.id or 0) == to for _, to in settled.requests)
    kept = {cover.id: cover for cover in team.covers}
    cut = all(kept.get(was.id) == to for was, to in settled.covers)
    taken = {each.id: each for each in team.take_overs}
    cut = cut and all(taken.get(was.id) == to for was, to in settled.take_overs)
    theirs = [(h, other) for h in settled.holidays for other in team.holidays if other.person_id == h.person_id]
    return same and cut and not any(h.first <= other.until and other.first <= h.until for h, other in theirs)


def put_back(tx: Tx, team_id: int, settled: Settled) -> None:
    """Let everything be in the store as it was before."""
    holidays.exchange(tx, (), settled.holidays)
    for cover, _ in settled.covers:
        covers.put_back(tx, team_id, cover)
    for taken, _ in settled.take_overs:
        take_overs.put_back(tx, team_id, taken)
    for was, _ in settled.requests:
        requests.change(tx, was)


def news_put_back(tx: Tx, made: Made, settled: Settled) -> Iterator[Owed]:
    """What people must see of it after an undo: requests, as they are again."""
    for was, _ in settled.requests:
        yield from edits.of_request(tx, made, was)
