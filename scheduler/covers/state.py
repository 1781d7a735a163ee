"""What asking, answering and agreeing share: what became of a request, who may do what, whom it tells.

What people are told is found in the store when it is said, so a message that is edited shows what stands.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from models import requests
from models.outbox import CHANNEL, Owed, to_person
from models.requests import AGREED, DECLINED, OPEN, WITHDRAWN, CoverRequest
from models.schema.plain import of_plain, plain
from models.store.engine import Tx
from scheduler.change import frame
from scheduler.change.frame import Actor, Entry
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
    UnknownRequest,
    WeekHasBegun,
)
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team import covers as agreed
from scheduler.team.requests import is_moot, is_over
from scheduler.team.roster import Roster

COVER_REQUESTED, SWAP_REQUESTED = "cover requested", "swap requested"
COVER_AGREED, SWAP_AGREED = "cover agreed", "swap agreed"
TAKEN_BACK, REQUEST_WITHDRAWN, REQUEST_DECLINED = "agreement taken back", "request withdrawn", "request declined"
PART_OFFERED, WEEK_OFFERED, WIDENED = "part offered", "other week offered", "everybody asked"

LEADS_TO = {  # by which changes a request came to be in its state
    OPEN: (COVER_REQUESTED, SWAP_REQUESTED, WEEK_OFFERED),
    AGREED: (COVER_AGREED, SWAP_AGREED),
    DECLINED: (REQUEST_DECLINED,),
    WITHDRAWN: (REQUEST_WITHDRAWN,),
}

SOON = timedelta(days=2)  # what begins within that is said before what does not

NOTHING_MOVED = Effect()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: `team` is the team after it, `moved` what it moved; `rest` are the requests for what is
    left where a part was taken, or for the other rows of days that were asked for; `taker` had it, where it was taken
    back or withdrawn. `id` is that of the change; None where nothing was changed."""

    team: Roster
    request: CoverRequest
    moved: Effect = NOTHING_MOVED
    id: int | None = None
    rest: tuple[CoverRequest, ...] = ()
    taker: str | None = None


def save_new(tx: Tx, team: Roster, by: Actor, what: str, request: CoverRequest) -> Outcome:
    """Save a request that was not there before, and owe it to those asked."""
    saved = requests.make(tx, team.id, request)
    entry = Entry(what, saved.person_id, None, {"request": plain(saved)})
    change_id = frame.write(tx, team, by, entry, NOTHING_MOVED)
    owe_requests(tx, team, saved, by)
    if by.id != saved.person_id:
        tell(tx, team, by, saved, what, change_id, saved.person_id)
    return Outcome(team, saved, NOTHING_MOVED, change_id)


def owe_requests(tx: Tx, team: Roster, request: CoverRequest, by: Actor) -> None:
    """The request itself, to the channel, or to the one who is asked."""
    who = None if request.in_channel else request.waits_for or request.asked[0]
    about, to = (f"{request.id}/{who}", to_person(who)) if who else (f"{request.id}", CHANNEL)
    owe(tx, team, request, Owed(RequestToAnswer(request.id or 0, who), about, to, by.now), by.now)


def owe(tx: Tx, team: Roster, request: CoverRequest, owed: Owed, now: datetime) -> None:
    """Owe a message about a request: it goes before others where its days begin soon, and quiet hours go by them."""
    begins = team.hours.handoff(request.begins)
    frame.owe(tx, team, replace(owed, urgent=begins - now < SOON, concerns=begins), now)


def one(tx: Tx, team: Roster, request_id: int) -> CoverRequest:
    """The request. Raises UnknownRequest."""
    request = requests.one(tx, team.id, request_id)
    if request is None:
        raise UnknownRequest
    return request


def still_open(tx: Tx, team: Roster, request_id: int, by: Actor) -> CoverRequest:
    """The request, which is open still. Raises UnknownRequest, AlreadyTaken, NoLongerOpen, and NotOnCallThen where its
    days are not the asker's any more."""
    request = one(tx, team, request_id)
    if request.state == AGREED and request.taken_by:
        raise AlreadyTaken(team.name(request.taken_by))
    today = team.hours.on_call_day(by.now)
    if request.state != OPEN or is_over(team, request, today):
        raise NoLongerOpen
    if is_moot(team, request, today):
        raise NotOnCallThen(named(team, request.person_id, by), request.first, request.until)
    return request


def again(tx: Tx, team: Roster, by: Actor) -> Outcome | None:
    """What this very request did when it came before."""
    change = frame.before(tx, team, by)
    if change is None:
        return None
    request = requests.one(tx, team.id, change.after["request"]["id"])
    return Outcome(team, request, of_plain(Effect, change.effect), change.id) if request else None


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
    if declined := agreed.declined(team, who, first, until):
        raise DeclinedThen(None if who == by.id else team.name(who), declined.id or 0, (first, until))
    if agreed.is_away(team, who, first, until):
        raise AwayThen(named(team, who, by), first, until)


def own_week(team: Roster, by: Actor, who: str, day: date) -> tuple[date, date]:
    """The days of the week that `day` lies in which are `who`'s. Raises WeekHasBegun, NotTheirOwn and
    NoSuchTurn."""
    week = team.hours.week_of(day)
    until = week + timedelta(days=7)
    if team.hours.handoff(week) <= by.now:
        raise WeekHasBegun(week, until)
    days = agreed.own_days_of(team, who, week, until)
    if not days and agreed.days_of(team, who, week, until):
        raise NotTheirOwn("You have" if who == by.id else f"{team.name(who)} has", week, until)
    if not days:
        raise NoSuchTurn(named(team, who, by), week, until)
    return days[0].date, days[-1].date + ONE_DAY


def named(team: Roster, who: str, by: Actor) -> str:
    """How the sentence begins that tells something of `who`."""
    return "You are" if who == by.id else f"{team.name(who)} is"


def log(tx: Tx, team: Roster, by: Actor, what: str, request: CoverRequest, after: CoverRequest, **more: Any) -> int:
    """Put a change of a request into the log. Returns its id."""
    entry = Entry(what, request.person_id, {"request": plain(request)}, {"request": plain(after), **more})
    return frame.write(tx, team, by, entry, NOTHING_MOVED)


def tell(
    tx: Tx,
    team: Roster,
    by: Actor,
    request: CoverRequest,
    what: str,
    change_id: int,
    reader: str,
    other: str | None = None,
) -> None:
    """Tell one of those concerned, at once: `reader` reads that `other` did or has `what`."""
    facts = RequestNews(request.id or 0, what, reader, other, by.id, request.first, request.until)
    owed = Owed(facts, f"{change_id}/{reader}", to_person(reader), by.now, change_id)
    owe(tx, team, request, owed, by.now)
