"""Agreeing on a request, and taking that back.

agree ─► covers, and take-overs for days that are no own week's ─► take_back ─► open again
                                                               └──► withdraw
"""

from collections.abc import Sequence
from datetime import date

from models import covers, outbox, requests, take_overs
from models.covers import Cover
from models.requests import AGREED, OPEN, WITHDRAWN, CoverRequest
from models.schema.rows import plain
from models.store.engine import Tx
from models.take_overs import TakeOver
from scheduler.change import frame
from scheduler.change.frame import Entry, Request, Settles
from scheduler.covers.state import (
    COVER_AGREED,
    REQUEST_WITHDRAWN,
    SWAP_AGREED,
    TAKEN_BACK,
    Outcome,
    again,
    check_there,
    named,
    one,
    tell,
)
from scheduler.refusals import HasBegun, NoLongerOpen, NotOnCallThen, UnknownRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import HOLDER
from scheduler.team import covers as agreed
from scheduler.team.requests import REQUEST
from scheduler.team.roster import Roster


def agree(tx: Tx, team: Roster, request: Request, made: CoverRequest, taker: str) -> Outcome:
    """`taker` stands in for whoever asked, and they for `taker` by a swap; all concerned are told."""
    agreed_on, taken = _stand_in(tx, team, request, made, taker, made.person_id, made.first, made.until)
    if made.other_id and made.back_first and made.back_until:
        given = _stand_in(tx, team, request, made, made.person_id, made.other_id, made.back_first, made.back_until)
        agreed_on, taken = [*agreed_on, *given[0]], [*taken, *given[1]]
    first, until = made.first, made.until
    if not made.is_swap:  # what has passed of it, or to somebody else, is not named
        first, until = _bounds(team, request, made)
    settled = {"state": AGREED, "taken_by": taker, "settled_at": request.now, "waits_for": None}
    after = requests.change(tx, made, first=first, until=until, **settled)
    then = frame.written(tx, team, request.now)
    what = SWAP_AGREED if made.is_swap else COVER_AGREED
    after_facts = {"covers": [plain(c) for c in agreed_on], "take_overs": [plain(t) for t in taken]}
    before = {"request": plain(made), "covers": [], "take_overs": []}
    entry = Entry(what, made.person_id, before, {"request": plain(after), **after_facts})
    last = max(made.until, made.back_until or made.until) - ONE_DAY
    parties = {made.person_id, taker}
    change_id, moved = frame.enter(tx, team, then, request, entry, last, settles=Settles.of(made, parties))
    frame.refresh(tx, then, after, request, change_id)
    for who in sorted(parties - {request.by}):
        tell(tx, then, request, after, what, change_id, who, taker)
    return Outcome(then, after, moved, change_id)


def _bounds(team: Roster, request: Request, made: CoverRequest) -> tuple[date, date]:
    """The first of the days of a request that are the asker's still, and the day after the last."""
    first = max(made.first, team.hours.on_call_day(request.now))
    days = agreed.days_of(team, made.person_id, first, made.until)
    return days[0].date, days[-1].date + ONE_DAY


def _stand_in(
    tx: Tx, team: Roster, request: Request, made: CoverRequest, who: str, instead_of: str, first: date, until: date
) -> tuple[list[Cover], list[TakeOver]]:
    """`who` stands in for `instead_of` on those of the days that are theirs: by a cover in their own weeks, by a
    take-over where they stand in for somebody themselves, or where the date is over and only hours are left of the
    on-call day. Raises NotOnCallThen and AwayThen."""
    days = agreed.days_of(team, instead_of, max(first, team.hours.on_call_day(request.now)), until)
    if not days:
        raise NotOnCallThen(named(team, instead_of, request), first, until)
    today = team.hours.date_of(request.now)
    check_there(team, request, who, max(days[0].date, today), max(days[-1].date, today) + ONE_DAY)
    agreed_on: list[Cover] = []
    taken: list[TakeOver] = []
    if made.is_swap and any(day.why != HOLDER for day in days):
        raise NotOnCallThen(named(team, instead_of, request), first, until)
    for run in agreed.runs(days, today):
        if run.own:
            cover = Cover(None, who, instead_of, run.first, run.until, request.now, made.id or 0)
            agreed_on.append(covers.agree(tx, team.id, cover))
        else:
            starts, ends = max(request.now, team.hours.handoff(run.first)), team.hours.handoff(run.until)
            taken.append(take_overs.begin(tx, team.id, TakeOver(None, who, starts, ends, request.now, made.id)))
    return agreed_on, taken


def take_back(tx: Tx, request: Request, request_id: int) -> Outcome:
    """Who took it, or either side of a swap, can't after all: it is open again, until its first day has begun."""
    team, request = frame.begin(tx, request)
    if done := again(tx, team, request):
        return done
    made = one(tx, team, request_id)
    if made.taken_by is None:
        raise UnknownRequest
    parties = [made.taken_by, made.person_id] if made.is_swap else [made.taken_by]
    frame.check_rights(team, request, *parties)
    if made.state != AGREED:
        raise NoLongerOpen
    # Where the channel was asked because nobody answered, it is asked again, rather than shown the message changed.
    was_asked = outbox.find(tx, team.id, REQUEST, f"{made.id}") is not None
    after = requests.change(
        tx,
        made,
        state=OPEN,
        opened_at=request.now,
        taken_by=None,
        settled_at=None,
        waits_for=made.other_id,
        in_channel=made.in_channel or was_asked,
    )
    return _dissolve(tx, team, request, TAKEN_BACK, made, after, taker=made.taken_by)


def withdraw(tx: Tx, request: Request, request_id: int) -> Outcome:
    """Whoever asked needs it no more: open ones, and agreed ones until their first day has begun."""
    team, request = frame.begin(tx, request)
    made = one(tx, team, request_id)
    frame.check_rights(team, request, made.person_id)
    if done := again(tx, team, request):
        return done
    if made.state not in (OPEN, AGREED):
        raise NoLongerOpen
    after = requests.change(tx, made, state=WITHDRAWN, settled_at=request.now)
    return _dissolve(tx, team, request, REQUEST_WITHDRAWN, made, after, taker=made.taken_by)


def _dissolve(
    tx: Tx,
    team: Roster,
    request: Request,
    what: str,
    made: CoverRequest,
    after: CoverRequest,
    taker: str | None,
) -> Outcome:
    """Take away what was agreed on it, if anything was, and tell those concerned."""
    agreed_on = [cover for cover in team.covers if cover.request_id == made.id]
    taken = [each for each in team.take_overs if each.request_id == made.id]
    if made.state == AGREED and _has_begun(team, made, agreed_on, taken, request):
        raise HasBegun
    for cover in agreed_on:
        covers.remove(tx, cover)
    for each in taken:
        take_overs.end(tx, each, each.starts)
    then = frame.written(tx, team, request.now)
    parties = {who for who in (made.person_id, taker) if who}
    before = {"request": plain(made), "covers": [plain(c) for c in agreed_on], "take_overs": [plain(t) for t in taken]}
    entry = Entry(what, made.person_id, before, {"request": plain(after), "covers": [], "take_overs": []})
    last = max(made.until, made.back_until or made.until) - ONE_DAY
    change_id, moved = frame.enter(tx, team, then, request, entry, last, settles=Settles.of(made, parties))
    frame.refresh(tx, then, after, request, change_id)
    for who in sorted(parties - {request.by}):
        if made.state == AGREED or who == made.person_id:
            tell(tx, then, request, made, what, change_id, who, taker)
    return Outcome(then, after, moved, change_id, taker=taker)


def _has_begun(
    team: Roster, made: CoverRequest, agreed_on: Sequence[Cover], taken: Sequence[TakeOver], request: Request
) -> bool:
    begins = [team.hours.handoff(c.first) for c in agreed_on] + [t.starts for t in taken]
    return min(begins, default=team.hours.handoff(made.begins)) <= request.now
