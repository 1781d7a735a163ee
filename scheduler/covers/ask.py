"""Asking for a cover or a swap: one person by direct message, or the rotation in the channel.

ask_cover, ask_swap ─► open ─► answering.py ─► agreeing.py
"""

from dataclasses import replace
from datetime import date, timedelta

from models import requests
from models.requests import CoverRequest
from models.store.engine import Tx
from scheduler.change import frame
from scheduler.change.frame import Request
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


def ask_cover(tx: Tx, request: Request, who: str, first: date, until: date, of: str | None = None) -> Outcome:
    """`who` asks for their on-call days from `first` up to, not including, `until` to be covered: one person (`of`), or
    all of the rotation who are free, in the channel. Each row of days is a request of its own, which names no day that
    is somebody else's: the first is the one `made`, the others the `rest`."""
    team, request = frame.begin(tx, request)
    frame.check_rights(team, request, who)
    if done := again(tx, team, request):
        return replace(done, rest=_asked_with(tx, team, done.made))
    today = team.hours.on_call_day(request.now)
    if until <= today:
        raise AlreadyPast(first)
    days = agreed.days_of(team, who, max(first, today), until)
    if not days:
        raise NotOnCallThen(named(team, who, request), first, until)
    rows = agreed.rows(days)
    if len(rows) > MOST_ROWS:
        raise TooManyRows(MOST_ROWS, first, until)
    wanted = [_wanted(tx, team, request, who, *row, of) for row in rows]
    outcome = save_new(tx, team, request, COVER_REQUESTED, wanted[0])
    rest = [save_new(tx, team, replace(request, key=None), COVER_REQUESTED, each).made for each in wanted[1:]]
    return replace(outcome, rest=tuple(rest))


def _wanted(tx: Tx, team: Roster, request: Request, who: str, first: date, until: date, of: str | None) -> CoverRequest:
    """The request for days in a row."""
    _check_not_asked(tx, team, request, who, first, until)
    asked = [able(team, request, of, who, first, until)] if of else candidates(tx, team, who, first, until)
    if not asked:
        raise NobodyToAsk(first, until)
    return CoverRequest(None, who, first, until, request.now, tuple(asked), in_channel=of is None)


def _asked_with(tx: Tx, team: Roster, made: CoverRequest) -> tuple[CoverRequest, ...]:
    """The requests for other days that were made with this one."""
    others = requests.ending_after(tx, team.id, made.first)
    mine = (o for o in others if (o.person_id, o.opened_at, o.is_swap) == (made.person_id, made.opened_at, False))
    return tuple(other for other in mine if other.id != made.id)


def ask_swap(tx: Tx, request: Request, who: str, day: date, other: str, back: date | None = None) -> Outcome:
    """`who` asks `other` to take their week that `day` lies in, and takes the one of theirs that `back` lies in, or the
    next of theirs."""
    team, request = frame.begin(tx, request)
    frame.check_rights(team, request, who)
    if done := again(tx, team, request):
        return done
    if other == who:
        raise NotYourself
    first, until = own_week(team, request, who, day)
    week = team.hours.week_of(back) if back else _next_week(team, request, other, but=team.hours.week_of(day))
    back_first, back_until = own_week(team, request, other, week)
    _check_not_asked(tx, team, request, who, first, until)
    check_there(team, request, other, first, until)
    check_there(team, request, who, back_first, back_until)
    made = CoverRequest(None, who, first, until, request.now, (other,), False, other, back_first, back_until, other)
    return save_new(tx, team, request, SWAP_REQUESTED, made)


def widen(tx: Tx, request: Request, request_id: int) -> Outcome:
    """Ask everybody who is free, in the channel, after one person was asked."""
    team, request = frame.begin(tx, request)
    made = still_open(tx, team, request_id, request)
    frame.check_rights(team, request, made.person_id)
    if done := again(tx, team, request):
        return done
    if made.in_channel or made.is_swap:
        return Outcome(team, made)
    others = candidates(tx, team, made.person_id, made.first, made.until)
    if not others:
        raise NobodyToAsk(made.first, made.until)
    asked = tuple(dict.fromkeys((*made.asked, *others)))
    wider = requests.change(tx, made, asked=asked, in_channel=True)
    change_id = log(tx, team, request, WIDENED, made, wider)
    owe_requests(tx, team, wider, request)
    return Outcome(team, wider, NOTHING_MOVED, change_id)


def candidates(tx: Tx, team: Roster, who: str, first: date, until: date) -> list[str]:
    """Whom `who` may ask for these days, the best first, also by what is on record of the quarter before."""
    past = schedule.weeks_between(tx, team, team.hours.week_of(first) - agreed.A_QUARTER, team.rotation.starts)
    return agreed.candidates(team, who, first, until, past)


def _check_not_asked(tx: Tx, team: Roster, request: Request, who: str, first: date, until: date) -> None:
    today = team.hours.on_call_day(request.now)
    for made in requests.ending_after(tx, team.id, first):
        if waits(team, made, today) and made.person_id == who and made.first < until and first < made.until:
            raise AlreadyAsked(made.first, made.until)


def _next_week(team: Roster, request: Request, who: str, but: date) -> date:
    coming = team.hours.coming_handoff(request.now)
    weeks = team.rotation.weeks(coming, coming + timedelta(weeks=AHEAD))
    theirs = (w.first for w in weeks if w.first != but and any(d.engineer == who == w.holder for d in w.days))
    found = next(theirs, None)
    return found if found else coming
