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
from scheduler.change.frame import Request
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
from scheduler.refusals import NoLongerOpen, NotInRotation, NotOnCallThen, OwnRequest, UnknownRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.team import covers as agreed
from scheduler.team.requests import OFFER
from scheduler.team.roster import Roster


def accept(tx: Tx, request: Request, request_id: int, who: str) -> Outcome:
    """`who` takes it, or says yes to the swap. The first has it, however often they press; whoever comes later is told
    who was faster."""
    team, request = frame.begin(tx, request)
    frame.check_rights(team, request, who)
    if done := again(tx, team, request):
        return done
    mine = requests.one(tx, team.id, request_id)
    if mine and mine.state == AGREED and mine.taken_by == who:
        return Outcome(team, mine)
    made = still_open(tx, team, request_id, request)
    if made.is_swap:
        frame.check_rights(team, request, made.waits_for)
        return agree(tx, team, request, made, made.other_id or who)
    able(team, request, who, made.person_id, max(made.first, team.hours.date_of(request.now)), made.until)
    return agree(tx, team, request, made, who)


def accept_offer(tx: Tx, request: Request, request_id: int, who: str) -> Outcome:
    """Whoever asked takes the part that `who` offers; the rest is asked for as before."""
    team, request = frame.begin(tx, request)
    made = one(tx, team, request_id)
    frame.check_rights(team, request, made.person_id)
    if done := again(tx, team, request):
        return done
    made = still_open(tx, team, request_id, request)
    offered = next((a for a in requests.answers(tx, request_id) if a.person_id == who and a.offers), None)
    if offered is None or offered.first is None or offered.until is None:
        raise NoLongerOpen
    first, until = max(offered.first, team.hours.on_call_day(request.now)), offered.until
    able(team, request, who, made.person_id, first, until)
    part = requests.change(tx, made, first=first, until=until)
    outcome = agree(tx, team, request, part, who)
    around = [(made.first, first), (until, made.until)]
    today = team.hours.on_call_day(request.now)
    left = [row for days in around for row in _rows_left(outcome.team, made.person_id, max(days[0], today), days[1])]
    asked = [_rest(tx, outcome.team, request, made, who, *row) for row in left]
    return replace(outcome, rest=tuple(each for each in asked if each))


def _rows_left(team: Roster, who: str, first: date, until: date) -> list[tuple[date, date]]:
    return agreed.rows(agreed.days_of(team, who, first, until)) if first < until else []


def _rest(
    tx: Tx, team: Roster, request: Request, made: CoverRequest, but: str, first: date, until: date
) -> CoverRequest | None:
    """A request for days that are left of one, if there is somebody to ask."""
    asked = tuple(who for who in made.asked if who != but)
    wide = made.in_channel or not asked
    if not asked:
        asked = tuple(who for who in candidates(tx, team, made.person_id, first, until) if who != but)
    left = CoverRequest(None, made.person_id, first, until, request.now, asked, in_channel=wide)
    return save_new(tx, team, replace(request, key=None), COVER_REQUESTED, left).made if asked else None


def cannot(tx: Tx, request: Request, request_id: int, who: str) -> Outcome:
    """`who` can't take it, or says no to the swap, which ends it. Whoever asked is told."""
    team, request = frame.begin(tx, request)
    frame.check_rights(team, request, who)
    if done := again(tx, team, request):
        return done
    made = still_open(tx, team, request_id, request)
    if made.is_swap:
        frame.check_rights(team, request, made.waits_for)
        after = requests.change(tx, made, state=DECLINED, settled_at=request.now)
    else:
        if who == made.person_id:
            raise OwnRequest
        if who not in team.rotation.members(made.first):
            raise NotInRotation(team.name(who))
        if _has_answered(tx, request_id, who, None, None):
            return Outcome(team, made)
        requests.answer(tx, Answer(request_id, who, request.now))
        after = made
    change_id = log(tx, team, request, REQUEST_DECLINED, made, after)
    frame.refresh(tx, team, after, request, change_id)
    told = [after.person_id, after.other_id] if after.is_swap else [after.person_id]
    for each in told:
        if each and each not in (who, request.by) and _is_worth_telling(tx, after):
            tell(tx, team, request, after, REQUEST_DECLINED, change_id, each, who)
    return Outcome(team, after, NOTHING_MOVED, change_id)


def _has_answered(tx: Tx, request_id: int, who: str, first: date | None, until: date | None) -> bool:
    """Whether `who` has said just this: people press twice, and offer the same part again."""
    return any(a.person_id == who and (a.first, a.until) == (first, until) for a in requests.answers(tx, request_id))


def _is_worth_telling(tx: Tx, made: CoverRequest) -> bool:
    """Of several who are asked, only that nobody can is news."""
    gone = {answer.person_id for answer in requests.answers(tx, made.id or 0) if not answer.offers}
    return made.is_swap or all(who in gone for who in made.asked)


def offer(tx: Tx, request: Request, request_id: int, who: str, first: date, until: date) -> Outcome:
    """`who` offers to take the days from `first` up to, not including, `until`; whoever asked is asked whether that
    helps."""
    team, request = frame.begin(tx, request)
    frame.check_rights(team, request, who)
    if done := again(tx, team, request):
        return done
    made = still_open(tx, team, request_id, request)
    first, until = max(first, made.first), min(until, made.until)
    if made.is_swap or first >= until or not agreed.days_of(team, made.person_id, first, until):
        raise NotOnCallThen(f"{team.name(made.person_id)} is", first, max(until, first + ONE_DAY))
    able(team, request, who, made.person_id, first, until)
    if _has_answered(tx, request_id, who, first, until):
        return Outcome(team, made)
    requests.answer(tx, Answer(request_id, who, request.now, first, until))
    change_id = log(tx, team, request, PART_OFFERED, made, made, part=[first.isoformat(), until.isoformat()])
    facts = {"request": made.id, "who": who, "first": first.isoformat(), "until": until.isoformat()}
    about, asks = f"{made.id}/{who}/{change_id}", to_person(made.person_id)
    owe(tx, team, made, Owed(OFFER, about, asks, request.now, facts, change_id), request.now)
    return Outcome(team, made, NOTHING_MOVED, change_id)


def counter(tx: Tx, request: Request, request_id: int, week: date) -> Outcome:
    """The other side of a swap offers another of their weeks instead; now whoever asked is asked."""
    team, request = frame.begin(tx, request)
    if done := again(tx, team, request):
        return done
    made = still_open(tx, team, request_id, request)
    if made.other_id is None:
        raise UnknownRequest
    frame.check_rights(team, request, made.other_id)
    back_first, back_until = own_week(team, request, made.other_id, week)
    check_there(team, request, made.person_id, back_first, back_until)
    after = requests.change(tx, made, back_first=back_first, back_until=back_until, waits_for=made.person_id)
    change_id = log(tx, team, request, WEEK_OFFERED, made, after)
    owe_requests(tx, team, after, request)
    frame.refresh(tx, team, after, request, change_id)
    if request.by != made.other_id:
        tell(tx, team, request, after, WEEK_OFFERED, change_id, made.other_id)
    return Outcome(team, after, NOTHING_MOVED, change_id)
