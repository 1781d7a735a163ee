"""What asking, answering and agreeing share: what became of a request, who may do what, whom it tells.

What people are told is found in the store when it is said, so a message that is edited shows what stands.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from models import requests
from models.changes import Change
from models.outbox import CHANNEL, Owed, to_person
from models.requests import AGREED, DECLINED, OPEN, WITHDRAWN, CoverRequest
from models.store.engine import Tx
from scheduler import entries
from scheduler.change import frame
from scheduler.change.frame import NOTHING_MOVED, Actor, Decision, Entry
from scheduler.change.told import Made
from scheduler.entries import (
    AgreementTakenBack,
    CoverAgreed,
    CoverRequested,
    EverybodyAsked,
    RequestChange,
    RequestDeclined,
    RequestState,
    RequestWithdrawn,
    SwapAgreed,
    SwapRequested,
    WeekOffered,
)
from scheduler.messages import RequestNews, RequestToAnswer
from scheduler.refusals import (
    AlreadyTaken,
    AwayThen,
    DeclinedThen,
    NoLongerOpen,
    NoSuchTurn,
    NotInRotation,
    NotOnCallThen,
    NotTheirOwn,
    NotYourself,
    Somebody,
    UnknownRequest,
    WeekHasBegun,
)
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team import covers
from scheduler.team.requests import is_moot, is_over
from scheduler.team.roster import Roster

COVER_REQUESTED, SWAP_REQUESTED = CoverRequested.what, SwapRequested.what
COVER_AGREED, SWAP_AGREED = CoverAgreed.what, SwapAgreed.what
TAKEN_BACK, REQUEST_WITHDRAWN = AgreementTakenBack.what, RequestWithdrawn.what
REQUEST_DECLINED, WEEK_OFFERED, WIDENED = RequestDeclined.what, WeekOffered.what, EverybodyAsked.what

LEADS_TO = {  # by which changes a request came to be in its state
    OPEN: (COVER_REQUESTED, SWAP_REQUESTED, WEEK_OFFERED),
    AGREED: (COVER_AGREED, SWAP_AGREED),
    DECLINED: (REQUEST_DECLINED,),
    WITHDRAWN: (REQUEST_WITHDRAWN,),
}

SOON = timedelta(days=2)  # what begins within that is said before what does not


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: `team` is the team after it, `moved` what it moved; `rest` are the requests for what is
    left where a part was taken, or for the other rows of days that were asked for; `taker` had it, where it was taken
    back or withdrawn. `id` is that of the change (None: nothing was changed), `owed` the messages that it owes."""

    team: Roster
    request: CoverRequest
    moved: Effect = NOTHING_MOVED
    id: int | None = None
    rest: tuple[CoverRequest, ...] = ()
    taker: str | None = None
    owed: tuple[Owed, ...] = ()


Self = TypeVar("Self", bound="OnRequest")


@dataclass(frozen=True, slots=True)
class OnRequest(Decision):
    """`what` is done about the request `was`, which is `request` after it. Without a `what` nothing is."""

    what: str
    was: CoverRequest
    request: CoverRequest

    def __bool__(self) -> bool:
        return bool(self.what)

    @property
    def taker(self) -> str | None:
        """Who had taken it, and has it no more."""
        return None

    @property
    def others(self) -> tuple[CoverRequest, ...]:
        """The requests that are made with it."""
        return ()

    def saved(self: Self, tx: Tx, team: Roster) -> Self:
        """As it is after it."""
        if self.request != self.was:
            requests.change(tx, self.request)
        return self

    def entry(self) -> Entry:
        """The request before and after it."""
        kind = entries.REQUESTS[self.what]
        return Entry(kind(RequestState(self.was), RequestState(self.request)), self.was.person_id)


def unchanged(request: CoverRequest) -> OnRequest:
    """A request of which it is so already."""
    return OnRequest("", request, request)


Others = Callable[[Roster, CoverRequest], tuple[CoverRequest, ...]]


def enact(tx: Tx, by: Actor, decide: Callable[[Roster, Actor], OnRequest], others: Others | None = None) -> Outcome:
    """Do what is decided about a request, once. `others`: the requests that were made with it, for a repeat."""

    def repeat(team: Roster, change: Change) -> OnRequest:
        facts = entries.of_kind(RequestChange, change)
        if facts is None:
            raise UnknownRequest
        request = request_of(tx, team, facts.after.request.id or 0)
        return RequestsAsked(change.what, request, request, others(team, request) if others else ())

    done = frame.enact(tx, by, decide, repeat)
    settled, rest = done.decision, tuple(each.decision.request for each in done.rest)
    return Outcome(done.team, settled.request, done.moved, done.id, rest or settled.others, settled.taker, done.owed)


@dataclass(frozen=True, slots=True)
class RequestsAsked(OnRequest):
    """A request that was not there before is owed to those asked. `others` are asked with it."""

    others: tuple[CoverRequest, ...] = ()

    def saved(self, tx: Tx, team: Roster) -> "RequestsAsked":
        """The request is written, and has its id."""
        request = requests.make(tx, team.id, self.request)
        return replace(self, was=request, request=request)

    def entry(self) -> Entry:
        """There was none before."""
        return Entry(entries.REQUESTS[self.what](None, RequestState(self.request)), self.request.person_id)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """The request itself; and word to whom somebody else asks for."""
        yield asking(made, self.request)
        if made.by != self.request.person_id:
            yield word(made, self.request, self.what, self.request.person_id)

    def rest(self, tx: Tx, after: Roster, by: Actor) -> list["RequestsAsked"]:
        """The others, each a request of its own."""
        return [RequestsAsked(self.what, other, other) for other in self.others]


def asking(made: Made, request: CoverRequest) -> Owed:
    """The request itself, to the channel, or to the one who is asked."""
    who = None if request.in_channel else request.waits_for or request.asked[0]
    about, to = (f"{request.id}/{who}", to_person(who)) if who else (f"{request.id}", CHANNEL)
    return in_time(made, request, Owed(RequestToAnswer(request.id or 0, who), about, to, made.now))


def in_time(made: Made, request: CoverRequest, owed: Owed) -> Owed:
    """A message about a request: it goes before others where its days begin soon, and quiet hours go by them."""
    begins = made.after.hours.handoff(request.begins)
    return replace(owed, urgent=begins - made.now < SOON, concerns=begins)


def word(made: Made, request: CoverRequest, what: str, reader: str, other: str | None = None) -> Owed:
    """A message at once to one of those concerned: `reader` reads that `other` did or has `what`."""
    facts = RequestNews(request.id or 0, what, reader, other, made.by, request.first, request.until)
    about = f"{request.id}/{made.id}/{reader}"  # of several that end by one change each is told
    return in_time(made, request, Owed(facts, about, to_person(reader), made.now, made.id))


def request_of(tx: Tx, team: Roster, request_id: int) -> CoverRequest:
    """The request. Raises UnknownRequest."""
    request = requests.by_id(tx, team.id, request_id)
    if request is None:
        raise UnknownRequest
    return request


def check_open(team: Roster, by: Actor, request: CoverRequest) -> None:
    """Raises AlreadyTaken or NoLongerOpen unless a request is open still, and NotOnCallThen where its days are not the
    asker's any more."""
    if request.state == AGREED and request.taken_by:
        raise AlreadyTaken(team.name(request.taken_by))
    today = team.hours.on_call_day(by.now)
    if request.state != OPEN or is_over(team, request, today):
        raise NoLongerOpen
    if is_moot(team, request, today):
        raise NotOnCallThen(named(team, request.person_id, by), (request.first, request.until))


def able(team: Roster, by: Actor, who: str, asks: str, first: date, until: date) -> str:
    """`who`, who can stand in for `asks` on these days. Raises NotYourself, NotInRotation and AwayThen."""
    if who == asks:
        raise NotYourself
    check_there(team, by, who, first, until)
    return who


def check_there(team: Roster, by: Actor, who: str, first: date, until: date) -> None:
    """Raises NotInRotation, and DeclinedThen or AwayThen unless `who` is there on all of these days."""
    frame.check_known(team, who)
    if who not in team.rotation.members(first):
        raise NotInRotation(team.name(who))
    if declined := covers.declined(team, who, first, until):
        raise DeclinedThen(named(team, who, by), declined.id or 0, (first, until))
    if covers.is_away(team, who, first, until):
        raise AwayThen(named(team, who, by), (first, until))


def own_week(team: Roster, by: Actor, who: str, day: date) -> tuple[date, date]:
    """The days of the week that `day` lies in which are `who`'s. Raises WeekHasBegun, NotTheirOwn and
    NoSuchTurn."""
    week = team.hours.week_of(day)
    until = week + timedelta(days=7)
    if team.hours.handoff(week) <= by.now:
        raise WeekHasBegun((week, until))
    days = covers.own_days_of(team, who, week, until)
    if not days and covers.days_of(team, who, week, until):
        raise NotTheirOwn(named(team, who, by), (week, until))
    if not days:
        raise NoSuchTurn(named(team, who, by), (week, until))
    return days[0].date, days[-1].date + ONE_DAY


def named(team: Roster, who: str, by: Actor | None) -> Somebody:
    """Whom a refusal speaks of, to `by`."""
    return Somebody(team.name(who), asks=by is not None and who == by.id)
