"""Answering a request: taking it, or a part of it, another week in return, or not at all.

open ─► accept, accept_offer ─► agreed        the first to accept has it
  │ ▲
  │ └── cannot, offer, counter
  └──► declined                               by the other side of a swap
"""

from dataclasses import replace
from datetime import date

from models import requests
from models.outbox import Owed, to_person
from models.requests import AGREED, DECLINED, Answer, CoverRequest
from models.store.engine import Tx
from scheduler.change import frame
from scheduler.change.frame import Actor
from scheduler.covers.agree import agree
from scheduler.covers.ask import candidates
from scheduler.covers.state import (
    COVER_REQUESTED,
    NOTHING_MOVED,
    PART_OFFERED,
    REQUEST_DECLINED,
    WEEK_OFFERED,
    Outcome,
    able,
    again,
    check_there,
    log,
    one,
    owe,
    owe_requests,
    own_week,
    save_new,
    still_open,
    tell,
)
from scheduler.messages import OfferToAnswer
from scheduler.refusals import NoLongerOpen, NotInRotation, NotOnCallThen, OwnRequest, UnknownRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.team import covers as agreed
from scheduler.team.roster import Roster


def accept(tx: Tx, by: Actor, request_id: int, who: str) -> Outcome:
    """`who` takes it, or says yes to the swap. The first has it, however often they press; whoever comes later is told
    who was faster."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if done := again(tx, team, by):
        return done
    mine = requests.one(tx, team.id, request_id)
    if mine and mine.state == AGREED and mine.taken_by == who:
        return Outcome(team, mine)
    request = still_open(tx, team, request_id, by)
    if request.is_swap:
        frame.check_rights(team, by, request.waits_for)
        return agree(tx, team, by, request, request.other_id or who)
    able(team, by, who, request.person_id, max(request.first, team.hours.date_of(by.now)), request.until)
    return agree(tx, team, by, request, who)


def accept_offer(tx: Tx, by: Actor, request_id: int, who: str) -> Outcome:
    """Whoever asked takes the part that `who` offers; the rest is asked for as before."""
    team, by = frame.begin(tx, by)
    request = one(tx, team, request_id)
    frame.check_rights(team, by, request.person_id)
    if done := again(tx, team, by):
        return done
    request = still_open(tx, team, request_id, by)
    offered = next((a for a in requests.answers(tx, request_id) if a.person_id == who and a.offers), None)
    if offered is None or offered.first is None or offered.until is None:
        raise NoLongerOpen
    first, until = max(offered.first, team.hours.on_call_day(by.now)), offered.until
    able(team, by, who, request.person_id, first, until)
    part = requests.change(tx, request, first=first, until=until)
    outcome = agree(tx, team, by, part, who)
    around = [(request.first, first), (until, request.until)]
    today = team.hours.on_call_day(by.now)
    left = [row for days in around for row in _rows_left(outcome.team, request.person_id, max(days[0], today), days[1])]
    asked = [_rest(tx, outcome.team, by, request, who, *row) for row in left]
    return replace(outcome, rest=tuple(each for each in asked if each))


def _rows_left(team: Roster, who: str, first: date, until: date) -> list[tuple[date, date]]:
    return agreed.rows(agreed.days_of(team, who, first, until)) if first < until else []


def _rest(
    tx: Tx, team: Roster, by: Actor, request: CoverRequest, but: str, first: date, until: date
) -> CoverRequest | None:
    """A request for days that are left of one, if there is somebody to ask."""
    asked = tuple(who for who in request.asked if who != but)
    wide = request.in_channel or not asked
    if not asked:
        asked = tuple(who for who in candidates(tx, team, request.person_id, first, until) if who != but)
    left = CoverRequest(None, request.person_id, first, until, by.now, asked, in_channel=wide)
    return save_new(tx, team, replace(by, key=None), COVER_REQUESTED, left).request if asked else None


def cannot(tx: Tx, by: Actor, request_id: int, who: str) -> Outcome:
    """`who` can't take it, or says no to the swap, which ends it. Whoever asked is told."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if done := again(tx, team, by):
        return done
    request = still_open(tx, team, request_id, by)
    if request.is_swap:
        frame.check_rights(team, by, request.waits_for)
        after = requests.change(tx, request, state=DECLINED, settled_at=by.now)
    else:
        if who == request.person_id:
            raise OwnRequest
        if who not in team.rotation.members(request.first):
            raise NotInRotation(team.name(who))
        if _has_answered(tx, request_id, who, None, None):
            return Outcome(team, request)
        requests.answer(tx, Answer(request_id, who, by.now))
        after = request
    change_id = log(tx, team, by, REQUEST_DECLINED, request, after)
    frame.refresh(tx, team, after, by, change_id)
    told = [after.person_id, after.other_id] if after.is_swap else [after.person_id]
    for each in told:
        if each and each not in (who, by.id) and _is_worth_telling(tx, after):
            tell(tx, team, by, after, REQUEST_DECLINED, change_id, each, who)
    return Outcome(team, after, NOTHING_MOVED, change_id)


def _has_answered(tx: Tx, request_id: int, who: str, first: date | None, until: date | None) -> bool:
    """Whether `who` has said just this: people press twice, and offer the same part again."""
    return any(a.person_id == who and (a.first, a.until) == (first, until) for a in requests.answers(tx, request_id))


def _is_worth_telling(tx: Tx, request: CoverRequest) -> bool:
    """Of several who are asked, only that nobody can is news."""
    gone = {answer.person_id for answer in requests.answers(tx, request.id or 0) if not answer.offers}
    return request.is_swap or all(who in gone for who in request.asked)


def offer(tx: Tx, by: Actor, request_id: int, who: str, first: date, until: date) -> Outcome:
    """`who` offers to take the days from `first` up to, not including, `until`; whoever asked is asked whether that
    helps."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if done := again(tx, team, by):
        return done
    request = still_open(tx, team, request_id, by)
    first, until = max(first, request.first), min(until, request.until)
    if request.is_swap or first >= until or not agreed.days_of(team, request.person_id, first, until):
        raise NotOnCallThen(f"{team.name(request.person_id)} is", first, max(until, first + ONE_DAY))
    able(team, by, who, request.person_id, first, until)
    if _has_answered(tx, request_id, who, first, until):
        return Outcome(team, request)
    requests.answer(tx, Answer(request_id, who, by.now, first, until))
    change_id = log(tx, team, by, PART_OFFERED, request, request, part=[first.isoformat(), until.isoformat()])
    facts = OfferToAnswer(request_id, who, first, until)
    about, asks = f"{request.id}/{who}/{change_id}", to_person(request.person_id)
    owe(tx, team, request, Owed(facts, about, asks, by.now, change_id), by.now)
    return Outcome(team, request, NOTHING_MOVED, change_id)


def counter(tx: Tx, by: Actor, request_id: int, week: date) -> Outcome:
    """The other side of a swap offers another of their weeks instead; now whoever asked is asked."""
    team, by = frame.begin(tx, by)
    if done := again(tx, team, by):
        return done
    request = still_open(tx, team, request_id, by)
    if request.other_id is None:
        raise UnknownRequest
    frame.check_rights(team, by, request.other_id)
    back_first, back_until = own_week(team, by, request.other_id, week)
    check_there(team, by, request.person_id, back_first, back_until)
    after = requests.change(tx, request, back_first=back_first, back_until=back_until, waits_for=request.person_id)
    change_id = log(tx, team, by, WEEK_OFFERED, request, after)
    owe_requests(tx, team, after, by)
    frame.refresh(tx, team, after, by, change_id)
    if by.id != request.other_id:
        tell(tx, team, by, after, WEEK_OFFERED, change_id, request.other_id)
    return Outcome(team, after, NOTHING_MOVED, change_id)
