"""Agreeing on a request, and taking that back.

agree ─► covers, and take-overs for days that are no own week's ─► take_back ─► open again
                                                               └──► withdraw
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from models import covers, outbox, requests, take_overs
from models.covers import Cover
from models.outbox import Owed
from models.requests import AGREED, OPEN, WITHDRAWN, CoverRequest
from models.store.engine import Tx
from models.take_overs import TakeOver
from scheduler import entries
from scheduler.change import edits, frame
from scheduler.change.frame import Actor, Entry
from scheduler.change.told import Audience, Made, Settles
from scheduler.covers.state import (
    COVER_AGREED,
    REQUEST_WITHDRAWN,
    SWAP_AGREED,
    TAKEN_BACK,
    OnRequest,
    Outcome,
    check_there,
    enact,
    named,
    request_of,
    word,
)
from scheduler.entries import Agreement
from scheduler.messages import RequestToAnswer
from scheduler.refusals import HasBegun, NoLongerOpen, NotOnCallThen, UnknownRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import HOLDER
from scheduler.team.covers import days_of, runs
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class OnAgreement(OnRequest):
    """What is agreed on a request: `covers`, and `taken` over hours. It is told to who asked, and to who takes it."""

    covers: tuple[Cover, ...]
    taken: tuple[TakeOver, ...]

    @property
    def last(self) -> date:
        """The last day that is asked for, or given in return."""
        return max(self.was.until, self.was.back_until or self.was.until) - ONE_DAY

    @property
    def audience(self) -> Audience:
        """Others than the two, who hear of it as such."""
        return Audience(settles=Settles.of(self.was, self.parties))

    @property
    def parties(self) -> set[str]:
        """Whom it concerns, by their ids."""
        return {who for who in (self.was.person_id, self.request.taken_by or self.was.taken_by) if who}


@dataclass(frozen=True, slots=True)
class Agreed(OnAgreement):
    """Who takes it stands in for whoever asked, and they in return by a swap: by `covers`, and `taken` over hours."""

    def after(self, team: Roster) -> Roster:
        """With what is agreed."""
        return team.but(covers=(*team.covers, *self.covers), take_overs=(*team.take_overs, *self.taken))

    def saved(self, tx: Tx, team: Roster) -> "Agreed":
        """With the ids of what is agreed."""
        requests.change(tx, self.request)
        agreed_on = tuple(covers.agree(tx, team.id, cover) for cover in self.covers)
        return replace(
            self, covers=agreed_on, taken=tuple(take_overs.save_new(tx, team.id, each) for each in self.taken)
        )

    def entry(self) -> Entry:
        """The request, and what is agreed on it."""
        before, after = Agreement(self.was), Agreement(self.request, self.covers, self.taken)
        return Entry(entries.AGREEMENTS[self.what](before, after), self.was.person_id)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Messages that ask show it, and each of the two hears of it at once, but for who makes it so."""
        yield from edits.of_request(tx, made, self.request)
        for who in sorted(self.parties - {made.by}):
            yield word(made, self.request, self.what, who, self.request.taken_by)


class Half(NamedTuple):
    """`who` is to stand in for `instead_of`, from `first` up to, not including, `until`."""

    who: str
    instead_of: str
    first: date
    until: date


def agreed(team: Roster, by: Actor, request: CoverRequest, taker: str) -> Agreed:
    """What it comes to that `taker` stands in for whoever asked, and they for `taker` by a swap. Raises NotOnCallThen
    and AwayThen."""
    halves = [Half(taker, request.person_id, request.first, request.until)]
    if request.other_id and request.back_first and request.back_until:
        halves.append(Half(request.person_id, request.other_id, request.back_first, request.back_until))
    arranged = [each for half in halves for each in _stand_in(team, by, request, half)]
    agreed_on = tuple(each for each in arranged if isinstance(each, Cover))
    taken = tuple(each for each in arranged if isinstance(each, TakeOver))
    first, until = request.first, request.until
    if not request.is_swap:  # what has passed of it, or to somebody else, is not named
        first, until = _bounds(team, by, request)
    settled = replace(request, state=AGREED, taken_by=taker, settled_at=by.now, waits_for=None)
    what = SWAP_AGREED if request.is_swap else COVER_AGREED
    return Agreed(what, request, replace(settled, first=first, until=until), agreed_on, taken)


def _bounds(team: Roster, by: Actor, request: CoverRequest) -> tuple[date, date]:
    """The first of the days of a request that are the asker's still, and the day after the last."""
    first = max(request.first, team.hours.on_call_day(by.now))
    days = days_of(team, request.person_id, first, request.until)
    return days[0].date, days[-1].date + ONE_DAY


def _stand_in(team: Roster, by: Actor, request: CoverRequest, half: Half) -> Iterator[Cover | TakeOver]:
    """How one stands in for the other on those of the days that are theirs: by a cover in their own weeks, by a
    take-over where they stand in for somebody themselves, or where the date is over and only hours are left of the
    on-call day. Raises NotOnCallThen and AwayThen."""
    who, instead_of, first, until = half
    days = days_of(team, instead_of, max(first, team.hours.on_call_day(by.now)), until)
    if not days:
        raise NotOnCallThen(named(team, instead_of, by), (first, until))
    today = team.hours.date_of(by.now)
    check_there(team, by, who, max(days[0].date, today), max(days[-1].date, today) + ONE_DAY)
    if request.is_swap and any(day.why != HOLDER for day in days):
        raise NotOnCallThen(named(team, instead_of, by), (first, until))
    for run in runs(days, today):
        if run.own:
            yield Cover(None, who, instead_of, run.first, run.until, by.now, request.id or 0)
        else:
            starts, ends = max(by.now, team.hours.handoff(run.first)), team.hours.handoff(run.until)
            yield TakeOver(None, who, starts, ends, by.now, request.id)


@dataclass(frozen=True, slots=True)
class Dissolved(OnAgreement):
    """What was agreed on a request goes, if anything was: `covers`, and `taken` over hours."""

    @property
    def taker(self) -> str | None:
        """Who had taken it."""
        return self.was.taken_by

    def after(self, team: Roster) -> Roster:
        """Without what was agreed."""
        kept = (cover for cover in team.covers if cover not in self.covers)
        return team.but(covers=kept, take_overs=(each for each in team.take_overs if each not in self.taken))

    def saved(self, tx: Tx, team: Roster) -> "Dissolved":
        """As it is without."""
        requests.change(tx, self.request)
        for cover in self.covers:
            covers.remove(tx, cover)
        for each in self.taken:
            take_overs.end(tx, each, each.starts)
        return self

    def entry(self) -> Entry:
        """The request, and what was agreed on it."""
        before, after = Agreement(self.was, self.covers, self.taken), Agreement(self.request)
        return Entry(entries.AGREEMENTS[self.what](before, after), self.was.person_id)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Messages that ask show it, and those concerned hear of it at once, but for who makes it so."""
        yield from edits.of_request(tx, made, self.request)
        for who in sorted(self.parties - {made.by}):
            if self.was.state == AGREED or who == self.was.person_id:
                yield word(made, self.was, self.what, who, self.taker)


def take_back(tx: Tx, by: Actor, request_id: int) -> Outcome:
    """Who took it, or either side of a swap, can't after all: it is open again, until its first day has begun."""

    def decide(team: Roster, by: Actor) -> Dissolved:
        request = request_of(tx, team, request_id)
        if request.taken_by is None:
            raise UnknownRequest
        parties = [request.taken_by, request.person_id] if request.is_swap else [request.taken_by]
        frame.check_rights(team, by, *parties)
        if request.state != AGREED:
            raise NoLongerOpen
        # Where the channel was asked because nobody answered, it is asked again, rather than shown the message changed.
        was_asked = outbox.find(tx, team.id, RequestToAnswer.kind, f"{request.id}") is not None
        again = replace(request, state=OPEN, opened_at=by.now, taken_by=None, settled_at=None)
        wide = request.in_channel or was_asked
        return _dissolved(team, by, TAKEN_BACK, request, replace(again, waits_for=request.other_id, in_channel=wide))

    return enact(tx, by, decide)


def withdraw(tx: Tx, by: Actor, request_id: int) -> Outcome:
    """Whoever asked needs it no more: open ones, and agreed ones until their first day has begun."""

    def decide(team: Roster, by: Actor) -> Dissolved:
        request = request_of(tx, team, request_id)
        frame.check_rights(team, by, request.person_id)
        if request.state not in (OPEN, AGREED):
            raise NoLongerOpen
        after = replace(request, state=WITHDRAWN, settled_at=by.now)
        return _dissolved(team, by, REQUEST_WITHDRAWN, request, after)

    return enact(tx, by, decide)


def _dissolved(team: Roster, by: Actor, what: str, request: CoverRequest, after: CoverRequest) -> Dissolved:
    """What it comes to that nothing is agreed on it any more. Raises HasBegun."""
    agreed_on = tuple(cover for cover in team.covers if cover.request_id == request.id)
    taken = tuple(each for each in team.take_overs if each.request_id == request.id)
    if request.state == AGREED and _has_begun(team, request, agreed_on, taken, by):
        raise HasBegun
    return Dissolved(what, request, after, agreed_on, taken)


def _has_begun(
    team: Roster, request: CoverRequest, agreed_on: Sequence[Cover], taken: Sequence[TakeOver], by: Actor
) -> bool:
    begins = [team.hours.handoff(c.first) for c in agreed_on] + [t.starts for t in taken]
    return min(begins, default=team.hours.handoff(request.begins)) <= by.now
