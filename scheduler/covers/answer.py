"""Answering a request: taking it, or a part of it, another week in return, or not at all.

open ─► accept, accept_offer ─► agreed        the first to accept has it
  │ ▲
  │ └── cannot, offer, counter
  └──► declined                               by the other side of a swap
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from models import requests
from models.outbox import Owed, to_person
from models.requests import AGREED, DECLINED, CoverRequest, RequestAnswer
from models.store.engine import Tx
from scheduler.change import edits, frame
from scheduler.change.frame import Actor, Entry
from scheduler.change.told import Made
from scheduler.covers.agree import Agreed, agreed
from scheduler.covers.ask import candidates
from scheduler.covers.state import (
    COVER_REQUESTED,
    REQUEST_DECLINED,
    WEEK_OFFERED,
    OnRequest,
    Outcome,
    RequestsAsked,
    able,
    asking,
    check_open,
    check_there,
    enact,
    in_time,
    named,
    own_week,
    request_of,
    unchanged,
    word,
)
from scheduler.entries import PartOffered, PartOfRequest, RequestState
from scheduler.messages import OfferToAnswer
from scheduler.refusals import NoLongerOpen, NotInRotation, NotOnCallThen, OwnRequest, UnknownRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.team.covers import days_of, rows
from scheduler.team.roster import Roster


def accept(tx: Tx, by: Actor, request_id: int, who: str) -> Outcome:
    """`who` takes it, or says yes to the swap. The first has it, however often they press; whoever comes later is told
    who was faster."""

    def decide(team: Roster, by: Actor) -> OnRequest:
        frame.check_rights(team, by, who)
        request = request_of(tx, team, request_id)
        if request.state == AGREED and request.taken_by == who:
            return unchanged(request)
        check_open(team, by, request)
        if request.is_swap:
            frame.check_rights(team, by, request.waits_for)
            return agreed(team, by, request, request.other_id or who)
        able(team, by, who, request.person_id, max(request.first, team.hours.date_of(by.now)), request.until)
        return agreed(team, by, request, who)

    return enact(tx, by, decide)


@dataclass(frozen=True, slots=True)
class PartAgreed(Agreed):
    """A part of the request `whole`; the rest is asked for as before, but not of who takes the part."""

    whole: CoverRequest

    def rest(self, tx: Tx, after: Roster, by: Actor) -> list[RequestsAsked]:
        """Requests for the days that are left, where there is somebody to ask."""
        today = after.hours.on_call_day(by.now)
        around = [(self.whole.first, self.was.first), (self.was.until, self.whole.until)]
        days = [(max(first, today), until) for first, until in around]
        left = [row for first, until in days for row in _rows_left(after, self.whole.person_id, first, until)]
        like = replace(self.whole, id=None, opened_at=by.now)
        wanted = [_asked_on(tx, after, replace(like, first=a, until=b), self.request.taken_by) for a, b in left]
        return [RequestsAsked(COVER_REQUESTED, each, each) for each in wanted if each.asked]


def accept_offer(tx: Tx, by: Actor, request_id: int, who: str) -> Outcome:
    """Whoever asked takes the part that `who` offers; the rest is asked for as before."""

    def decide(team: Roster, by: Actor) -> PartAgreed:
        request = request_of(tx, team, request_id)
        frame.check_rights(team, by, request.person_id)
        check_open(team, by, request)
        offered = next((a for a in requests.answers(tx, request_id) if a.person_id == who and a.offers), None)
        if offered is None or offered.first is None or offered.until is None:
            raise NoLongerOpen
        first, until = max(offered.first, team.hours.on_call_day(by.now)), offered.until
        able(team, by, who, request.person_id, first, until)
        part = agreed(team, by, replace(request, first=first, until=until), who)
        return PartAgreed(part.what, part.was, part.request, part.covers, part.taken, request)

    return enact(tx, by, decide)


def _rows_left(team: Roster, who: str, first: date, until: date) -> list[tuple[date, date]]:
    return rows(days_of(team, who, first, until)) if first < until else []


def _asked_on(tx: Tx, team: Roster, wanted: CoverRequest, but: str | None) -> CoverRequest:
    """The request for days that are left of one; nobody is asked where nobody can be."""
    asked = tuple(who for who in wanted.asked if who != but)
    if asked:
        return replace(wanted, asked=asked)
    others = candidates(tx, team, wanted.person_id, wanted.first, wanted.until)
    return replace(wanted, asked=tuple(who for who in others if who != but), in_channel=True)


@dataclass(frozen=True, slots=True)
class Declined(OnRequest):
    """`who` says no to a swap, which ends it."""

    who: str

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Messages that ask show it, and whoever waits for the answer hears of it."""
        yield from edits.of_request(tx, made, self.request)
        for each in (self.request.person_id, self.request.other_id):
            if each and each not in (self.who, made.by):
                yield word(made, self.request, self.what, each, self.who)


@dataclass(frozen=True, slots=True)
class Answered(OnRequest):
    """Somebody answers that they can't."""

    answer: RequestAnswer

    def saved(self, tx: Tx, team: Roster) -> "Answered":
        """The answer is written; the request stays as it is."""
        requests.answer(tx, self.answer)
        return self

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Messages that ask show it; of several who are asked, only that nobody can is news for who asks."""
        yield from edits.of_request(tx, made, self.request)
        asks, who = self.request.person_id, self.answer.person_id
        gone = {each.person_id for each in requests.answers(tx, self.request.id or 0) if not each.offers}
        if asks != made.by and all(each in gone for each in self.request.asked):
            yield word(made, self.request, self.what, asks, who)


def cannot(tx: Tx, by: Actor, request_id: int, who: str) -> Outcome:
    """`who` can't take it, or says no to the swap, which ends it. Whoever asked is told."""

    def decide(team: Roster, by: Actor) -> OnRequest:
        frame.check_rights(team, by, who)
        request = request_of(tx, team, request_id)
        check_open(team, by, request)
        if request.is_swap:
            frame.check_rights(team, by, request.waits_for)
            return Declined(REQUEST_DECLINED, request, replace(request, state=DECLINED, settled_at=by.now), who)
        if who == request.person_id:
            raise OwnRequest
        if who not in team.rotation.members(request.first):
            raise NotInRotation(team.name(who))
        if _has_answered(tx, request_id, who, None, None):
            return unchanged(request)
        return Answered(REQUEST_DECLINED, request, request, RequestAnswer(request_id, who, by.now))

    return enact(tx, by, decide)


def _has_answered(tx: Tx, request_id: int, who: str, first: date | None, until: date | None) -> bool:
    """Whether `who` has said just this: people press twice, and offer the same part again."""
    return any(a.person_id == who and (a.first, a.until) == (first, until) for a in requests.answers(tx, request_id))


@dataclass(frozen=True, slots=True)
class Offered(OnRequest):
    """Somebody offers to take a part."""

    answer: RequestAnswer

    def saved(self, tx: Tx, team: Roster) -> "Offered":
        """The part is written as an answer; the request stays as it is."""
        requests.answer(tx, self.answer)
        return self

    def entry(self) -> Entry:
        """The request, which stays as it is, and the part."""
        request, said = self.request, self.answer
        part = said.first or request.first, said.until or request.until
        return Entry(PartOffered(RequestState(request), PartOfRequest(request, part)), request.person_id)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Whoever asked is asked whether that helps."""
        said, asks = self.answer, to_person(self.request.person_id)
        if said.first and said.until:
            facts = OfferToAnswer(said.request_id, said.person_id, said.first, said.until)
            about = f"{said.request_id}/{said.person_id}/{made.id}"
            yield in_time(made, self.request, Owed(facts, about, asks, made.now, made.id))


def offer(tx: Tx, by: Actor, request_id: int, who: str, first: date, until: date) -> Outcome:
    """`who` offers to take the days from `first` up to, not including, `until`; whoever asked is asked whether that
    helps."""

    def decide(team: Roster, by: Actor) -> OnRequest:
        frame.check_rights(team, by, who)
        request = request_of(tx, team, request_id)
        check_open(team, by, request)
        begins, ends = max(first, request.first), min(until, request.until)
        if request.is_swap or begins >= ends or not days_of(team, request.person_id, begins, ends):
            raise NotOnCallThen(named(team, request.person_id, None), (begins, max(ends, begins + ONE_DAY)))
        able(team, by, who, request.person_id, begins, ends)
        if _has_answered(tx, request_id, who, begins, ends):
            return unchanged(request)
        return Offered(PartOffered.what, request, request, RequestAnswer(request_id, who, by.now, begins, ends))

    return enact(tx, by, decide)


@dataclass(frozen=True, slots=True)
class Countered(OnRequest):
    """The other side of a swap offers another of their weeks."""

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Now whoever asked is asked; messages that ask show it, and the other side hears of it, if it was not they."""
        yield asking(made, self.request)
        yield from edits.of_request(tx, made, self.request)
        other = self.request.other_id
        if other and other != made.by:
            yield word(made, self.request, self.what, other)


def counter(tx: Tx, by: Actor, request_id: int, week: date) -> Outcome:
    """The other side of a swap offers another of their weeks instead; now whoever asked is asked."""

    def decide(team: Roster, by: Actor) -> Countered:
        request = request_of(tx, team, request_id)
        other = request.other_id
        if other is None:
            raise UnknownRequest
        frame.check_rights(team, by, other)
        check_open(team, by, request)
        first, until = own_week(team, by, other, week)
        check_there(team, by, request.person_id, first, until)
        back = replace(request, back_first=first, back_until=until, waits_for=request.person_id)
        return Countered(WEEK_OFFERED, request, back)

    return enact(tx, by, decide)
