"""What asking, answering and agreeing share: what became of a request, who may do what, whom it tells.

What people are told is found in the store when it is said, so a message that is edited shows what stands.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from models import requests
from models.outbox import CHANNEL, Owed, to_person
from models.requests import AGREED, DECLINED, OPEN, WITHDRAWN, CoverRequest
from models.schema.rows import plain
from models.store.engine import Tx
from scheduler.change import frame
from scheduler.change.effect import Effect
from scheduler.change.frame import Entry, Request
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
from scheduler.team import covers as agreed
from scheduler.team.requests import REQUEST, is_moot, is_over
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

SETTLED = "settled"
SOON = timedelta(days=2)  # what begins within that is said before what does not

NOTHING_MOVED = Effect()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: `team` is the team after it, `made` the request, `moved` what it moved; `rest` are the
    requests for what is left where a part was taken, or for the other rows of days that were asked for; `taker` had it,
    where it was taken back or withdrawn. `id` is that of the change; None where nothing was changed."""

    team: Roster
    made: CoverRequest
    moved: Effect = NOTHING_MOVED
    id: int | None = None
    rest: tuple[CoverRequest, ...] = ()
    taker: str | None = None


def save_new(tx: Tx, team: Roster, request: Request, what: str, made: CoverRequest) -> Outcome:
    """Save a request that was not there before, and owe it to those asked."""
    saved = requests.make(tx, team.id, made)
    entry = Entry(what, saved.person_id, None, {"request": plain(saved)})
    change_id = frame.write(tx, team, request, entry, NOTHING_MOVED)
    owe_requests(tx, team, saved, request)
    if request.by != saved.person_id:
        tell(tx, team, request, saved, what, change_id, saved.person_id)
    return Outcome(team, saved, NOTHING_MOVED, change_id)


def owe_requests(tx: Tx, team: Roster, made: CoverRequest, request: Request) -> None:
    """The request itself, to the channel, or to the one who is asked."""
    facts: dict[str, Any] = {"request": made.id}
    if made.in_channel:
        owe(tx, team, made, Owed(REQUEST, f"{made.id}", CHANNEL, request.now, facts), request.now)
        return
    who = made.waits_for or made.asked[0]
    owed = Owed(REQUEST, f"{made.id}/{who}", to_person(who), request.now, {**facts, "who": who})
    owe(tx, team, made, owed, request.now)


def owe(tx: Tx, team: Roster, made: CoverRequest, owed: Owed, now: datetime) -> None:
    """Owe a message about a request: it goes before others where its days begin soon, and quiet hours go by them."""
    begins = team.hours.handoff(made.begins)
    frame.owe(tx, team, replace(owed, urgent=begins - now < SOON, concerns=begins), now)


def one(tx: Tx, team: Roster, request_id: int) -> CoverRequest:
    """The request. Raises UnknownRequest."""
    made = requests.one(tx, team.id, request_id)
    if made is None:
        raise UnknownRequest
    return made


def still_open(tx: Tx, team: Roster, request_id: int, request: Request) -> CoverRequest:
    """The request, which is open still. Raises UnknownRequest, AlreadyTaken, NoLongerOpen, and NotOnCallThen where its
    days are not the asker's any more."""
    made = one(tx, team, request_id)
    if made.state == AGREED and made.taken_by:
        raise AlreadyTaken(team.name(made.taken_by))
    today = team.hours.on_call_day(request.now)
    if made.state != OPEN or is_over(team, made, today):
        raise NoLongerOpen
    if is_moot(team, made, today):
        raise NotOnCallThen(named(team, made.person_id, request), made.first, made.until)
    return made


def again(tx: Tx, team: Roster, request: Request) -> Outcome | None:
    """What this very request did when it came before."""
    change = frame.before(tx, team, request)
    if change is None:
        return None
    made = requests.one(tx, team.id, change.after["request"]["id"])
    return Outcome(team, made, Effect.of_facts(change.effect), change.id) if made else None


def able(team: Roster, request: Request, who: str, asks: str, first: date, until: date) -> str:
    """`who`, who can stand in for `asks` on these days. Raises NotYourself, NotInRotation and AwayThen."""
    if who == asks:
        raise NotYourself
    check_there(team, request, who, first, until)
    return who


def check_there(team: Roster, request: Request, who: str, first: date, until: date) -> None:
    """Raises NotInRotation, and DeclinedThen or AwayThen unless `who` is there on all of these days."""
    frame.check_known(team, who)
    if who not in team.rotation.members(first):
        raise NotInRotation(team.name(who))
    if declined := agreed.declined(team, who, first, until):
        raise DeclinedThen(None if who == request.by else team.name(who), declined.id or 0, (first, until))
    if agreed.is_away(team, who, first, until):
        raise AwayThen(named(team, who, request), first, until)


def own_week(team: Roster, request: Request, who: str, day: date) -> tuple[date, date]:
    """The days of the week that `day` lies in which are `who`'s. Raises WeekHasBegun, NotTheirOwn and
    NoSuchTurn."""
    week = team.hours.week_of(day)
    until = week + timedelta(days=7)
    if team.hours.handoff(week) <= request.now:
        raise WeekHasBegun(week, until)
    days = agreed.own_days_of(team, who, week, until)
    if not days and agreed.days_of(team, who, week, until):
        raise NotTheirOwn("You have" if who == request.by else f"{team.name(who)} has", week, until)
    if not days:
        raise NoSuchTurn(named(team, who, request), week, until)
    return days[0].date, days[-1].date + ONE_DAY


def named(team: Roster, who: str, request: Request) -> str:
    """How the sentence begins that tells something of `who`."""
    return "You are" if who == request.by else f"{team.name(who)} is"


def log(tx: Tx, team: Roster, request: Request, what: str, made: CoverRequest, after: CoverRequest, **more: Any) -> int:
    """Put a change of a request into the log. Returns its id."""
    entry = Entry(what, made.person_id, {"request": plain(made)}, {"request": plain(after), **more})
    return frame.write(tx, team, request, entry, NOTHING_MOVED)


def tell(
    tx: Tx,
    team: Roster,
    request: Request,
    made: CoverRequest,
    what: str,
    change_id: int,
    reader: str,
    other: str | None = None,
) -> None:
    """Tell one of those concerned, at once: `reader` reads that `other` did or has `what`."""
    facts = {
        "request": made.id,
        "what": what,
        "who": reader,
        "other": other,
        "by": request.by,
        "first": made.first.isoformat(),
        "until": made.until.isoformat(),
    }
    owed = Owed(SETTLED, f"{change_id}/{reader}", to_person(reader), request.now, facts, change_id)
    owe(tx, team, made, owed, request.now)
