"""Asking for a cover or a swap: one person by direct message, or the rotation in the channel.

ask_cover, ask_swap ─► open ─► answering.py ─► agreeing.py
"""

from dataclasses import replace
from datetime import date, timedelta

from models import requests
from models.requests import CoverRequest
from models.store.engine import Tx
from scheduler.change import frame
from scheduler.change.frame import Actor
from scheduler.covers.state import (
    COVER_REQUESTED,
    NOTHING_MOVED,
    SWAP_REQUESTED,
    WIDENED,
    Outcome,
    able,
    again,
    check_there,
    log,
    named,
    owe_requests,
    own_week,
    save_new,
    still_open,
)
from scheduler.refusals import AlreadyAsked, AlreadyPast, NobodyToAsk, NotOnCallThen, NotYourself, TooManyRows
from scheduler.team import covers as agreed
from scheduler.team import schedule
from scheduler.team.requests import waits
from scheduler.team.roster import Roster

MOST_ROWS = 4  # of days that are asked for at once: the channel reads of each
AHEAD = 26  # weeks in which somebody's next week is looked for


def ask_cover(tx: Tx, by: Actor, who: str, first: date, until: date, of: str | None = None) -> Outcome:
    """`who` asks for their on-call days from `first` up to, not including, `until` to be covered: one person (`of`), or
    all of the rotation who are free, in the channel. Each row of days is a request of its own, which names no day that
    is somebody else's: the first is the one `request`, the others the `rest`."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if done := again(tx, team, by):
        return replace(done, rest=_asked_with(tx, team, done.request))
    today = team.hours.on_call_day(by.now)
    if until <= today:
        raise AlreadyPast(first)
    days = agreed.days_of(team, who, max(first, today), until)
    if not days:
        raise NotOnCallThen(named(team, who, by), first, until)
    rows = agreed.rows(days)
    if len(rows) > MOST_ROWS:
        raise TooManyRows(MOST_ROWS, first, until)
    wanted = [_wanted(tx, team, by, who, *row, of) for row in rows]
    outcome = save_new(tx, team, by, COVER_REQUESTED, wanted[0])
    rest = [save_new(tx, team, replace(by, key=None), COVER_REQUESTED, each).request for each in wanted[1:]]
    return replace(outcome, rest=tuple(rest))


def _wanted(tx: Tx, team: Roster, by: Actor, who: str, first: date, until: date, of: str | None) -> CoverRequest:
    """The request for days in a row."""
    _check_not_asked(tx, team, by, who, first, until)
    asked = [able(team, by, of, who, first, until)] if of else candidates(tx, team, who, first, until)
    if not asked:
        raise NobodyToAsk(first, until)
    return CoverRequest(None, who, first, until, by.now, tuple(asked), in_channel=of is None)


def _asked_with(tx: Tx, team: Roster, request: CoverRequest) -> tuple[CoverRequest, ...]:
    """The requests for other days that were made with this one."""
    others = requests.ending_after(tx, team.id, request.first)
    mine = (o for o in others if (o.person_id, o.opened_at, o.is_swap) == (request.person_id, request.opened_at, False))
    return tuple(other for other in mine if other.id != request.id)


def ask_swap(tx: Tx, by: Actor, who: str, day: date, other: str, back: date | None = None) -> Outcome:
    """`who` asks `other` to take their week that `day` lies in, and takes the one of theirs that `back` lies in, or the
    next of theirs."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if done := again(tx, team, by):
        return done
    if other == who:
        raise NotYourself
    first, until = own_week(team, by, who, day)
    week = team.hours.week_of(back) if back else _next_week(team, by, other, but=team.hours.week_of(day))
    back_first, back_until = own_week(team, by, other, week)
    _check_not_asked(tx, team, by, who, first, until)
    check_there(team, by, other, first, until)
    check_there(team, by, who, back_first, back_until)
    request = CoverRequest(None, who, first, until, by.now, (other,), False, other, back_first, back_until, other)
    return save_new(tx, team, by, SWAP_REQUESTED, request)


def widen(tx: Tx, by: Actor, request_id: int) -> Outcome:
    """Ask everybody who is free, in the channel, after one person was asked."""
    team, by = frame.begin(tx, by)
    request = still_open(tx, team, request_id, by)
    frame.check_rights(team, by, request.person_id)
    if done := again(tx, team, by):
        return done
    if request.in_channel or request.is_swap:
        return Outcome(team, request)
    others = candidates(tx, team, request.person_id, request.first, request.until)
    if not others:
        raise NobodyToAsk(request.first, request.until)
    asked = tuple(dict.fromkeys((*request.asked, *others)))
    wider = requests.change(tx, request, asked=asked, in_channel=True)
    change_id = log(tx, team, by, WIDENED, request, wider)
    owe_requests(tx, team, wider, by)
    return Outcome(team, wider, NOTHING_MOVED, change_id)


def candidates(tx: Tx, team: Roster, who: str, first: date, until: date) -> list[str]:
    """Whom `who` may ask for these days, the best first, also by what is on record of the quarter before."""
    past = schedule.weeks_between(tx, team, team.hours.week_of(first) - agreed.A_QUARTER, team.rotation.starts)
    return agreed.candidates(team, who, first, until, past)


def _check_not_asked(tx: Tx, team: Roster, by: Actor, who: str, first: date, until: date) -> None:
    today = team.hours.on_call_day(by.now)
    for request in requests.ending_after(tx, team.id, first):
        if waits(team, request, today) and request.person_id == who and request.first < until and first < request.until:
            raise AlreadyAsked(request.first, request.until)


def _next_week(team: Roster, by: Actor, who: str, but: date) -> date:
    coming = team.hours.coming_handoff(by.now)
    weeks = team.rotation.weeks(coming, coming + timedelta(weeks=AHEAD))
    theirs = (w.first for w in weeks if w.first != but and any(d.engineer == who == w.holder for d in w.days))
    found = next(theirs, None)
    return found if found else coming
