"""Agreeing on a request, and taking that back.

agree ─► covers, and take-overs for days that are no own week's ─► take_back ─► open again
                                                               └──► withdraw
"""

from collections.abc import Sequence
from datetime import date

from models import covers, outbox, requests, take_overs
from models.covers import Cover
from models.requests import AGREED, OPEN, WITHDRAWN, CoverRequest
from models.schema.plain import plain
from models.store.engine import Tx
from models.take_overs import TakeOver
from scheduler.change import frame
from scheduler.change.frame import Actor, Entry, Settles
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
from scheduler.messages import RequestToAnswer
from scheduler.refusals import HasBegun, NoLongerOpen, NotOnCallThen, UnknownRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import HOLDER
from scheduler.team import covers as agreed
from scheduler.team.roster import Roster


def agree(tx: Tx, team: Roster, by: Actor, request: CoverRequest, taker: str) -> Outcome:
    """`taker` stands in for whoever asked, and they for `taker` by a swap; all concerned are told."""
    agreed_on, taken = _stand_in(tx, team, by, request, taker, request.person_id, request.first, request.until)
    if request.other_id and request.back_first and request.back_until:
        given = _stand_in(
            tx, team, by, request, request.person_id, request.other_id, request.back_first, request.back_until
        )
        agreed_on, taken = [*agreed_on, *given[0]], [*taken, *given[1]]
    first, until = request.first, request.until
    if not request.is_swap:  # what has passed of it, or to somebody else, is not named
        first, until = _bounds(team, by, request)
    settled = {"state": AGREED, "taken_by": taker, "settled_at": by.now, "waits_for": None}
    after = requests.change(tx, request, first=first, until=until, **settled)
    then = frame.written(tx, team, by.now)
    what = SWAP_AGREED if request.is_swap else COVER_AGREED
    after_facts = {"covers": [plain(c) for c in agreed_on], "take_overs": [plain(t) for t in taken]}
    before = {"request": plain(request), "covers": [], "take_overs": []}
    entry = Entry(what, request.person_id, before, {"request": plain(after), **after_facts})
    last = max(request.until, request.back_until or request.until) - ONE_DAY
    parties = {request.person_id, taker}
    change_id, moved = frame.enter(tx, team, then, by, entry, last, settles=Settles.of(request, parties))
    frame.refresh(tx, then, after, by, change_id)
    for who in sorted(parties - {by.id}):
        tell(tx, then, by, after, what, change_id, who, taker)
    return Outcome(then, after, moved, change_id)


def _bounds(team: Roster, by: Actor, request: CoverRequest) -> tuple[date, date]:
    """The first of the days of a request that are the asker's still, and the day after the last."""
    first = max(request.first, team.hours.on_call_day(by.now))
    days = agreed.days_of(team, request.person_id, first, request.until)
    return days[0].date, days[-1].date + ONE_DAY


def _stand_in(
    tx: Tx, team: Roster, by: Actor, request: CoverRequest, who: str, instead_of: str, first: date, until: date
) -> tuple[list[Cover], list[TakeOver]]:
    """`who` stands in for `instead_of` on those of the days that are theirs: by a cover in their own weeks, by a
    take-over where they stand in for somebody themselves, or where the date is over and only hours are left of the
    on-call day. Raises NotOnCallThen and AwayThen."""
    days = agreed.days_of(team, instead_of, max(first, team.hours.on_call_day(by.now)), until)
    if not days:
        raise NotOnCallThen(named(team, instead_of, by), first, until)
    today = team.hours.date_of(by.now)
    check_there(team, by, who, max(days[0].date, today), max(days[-1].date, today) + ONE_DAY)
    agreed_on: list[Cover] = []
    taken: list[TakeOver] = []
    if request.is_swap and any(day.why != HOLDER for day in days):
        raise NotOnCallThen(named(team, instead_of, by), first, until)
    for run in agreed.runs(days, today):
        if run.own:
            cover = Cover(None, who, instead_of, run.first, run.until, by.now, request.id or 0)
            agreed_on.append(covers.agree(tx, team.id, cover))
        else:
            starts, ends = max(by.now, team.hours.handoff(run.first)), team.hours.handoff(run.until)
            taken.append(take_overs.begin(tx, team.id, TakeOver(None, who, starts, ends, by.now, request.id)))
    return agreed_on, taken


def take_back(tx: Tx, by: Actor, request_id: int) -> Outcome:
    """Who took it, or either side of a swap, can't after all: it is open again, until its first day has begun."""
    team, by = frame.begin(tx, by)
    if done := again(tx, team, by):
        return done
    request = one(tx, team, request_id)
    if request.taken_by is None:
        raise UnknownRequest
    parties = [request.taken_by, request.person_id] if request.is_swap else [request.taken_by]
    frame.check_rights(team, by, *parties)
    if request.state != AGREED:
        raise NoLongerOpen
    # Where the channel was asked because nobody answered, it is asked again, rather than shown the message changed.
    was_asked = outbox.find(tx, team.id, RequestToAnswer.kind, f"{request.id}") is not None
    after = requests.change(
        tx,
        request,
        state=OPEN,
        opened_at=by.now,
        taken_by=None,
        settled_at=None,
        waits_for=request.other_id,
        in_channel=request.in_channel or was_asked,
    )
    return _dissolve(tx, team, by, TAKEN_BACK, request, after, taker=request.taken_by)


def withdraw(tx: Tx, by: Actor, request_id: int) -> Outcome:
    """Whoever asked needs it no more: open ones, and agreed ones until their first day has begun."""
    team, by = frame.begin(tx, by)
    request = one(tx, team, request_id)
    frame.check_rights(team, by, request.person_id)
    if done := again(tx, team, by):
        return done
    if request.state not in (OPEN, AGREED):
        raise NoLongerOpen
    after = requests.change(tx, request, state=WITHDRAWN, settled_at=by.now)
    return _dissolve(tx, team, by, REQUEST_WITHDRAWN, request, after, taker=request.taken_by)


def _dissolve(
    tx: Tx,
    team: Roster,
    by: Actor,
    what: str,
    request: CoverRequest,
    after: CoverRequest,
    taker: str | None,
) -> Outcome:
    """Take away what was agreed on it, if anything was, and tell those concerned."""
    agreed_on = [cover for cover in team.covers if cover.request_id == request.id]
    taken = [each for each in team.take_overs if each.request_id == request.id]
    if request.state == AGREED and _has_begun(team, request, agreed_on, taken, by):
        raise HasBegun
    for cover in agreed_on:
        covers.remove(tx, cover)
    for each in taken:
        take_overs.end(tx, each, each.starts)
    then = frame.written(tx, team, by.now)
    parties = {who for who in (request.person_id, taker) if who}
    before = {
        "request": plain(request),
        "covers": [plain(c) for c in agreed_on],
        "take_overs": [plain(t) for t in taken],
    }
    entry = Entry(what, request.person_id, before, {"request": plain(after), "covers": [], "take_overs": []})
    last = max(request.until, request.back_until or request.until) - ONE_DAY
    change_id, moved = frame.enter(tx, team, then, by, entry, last, settles=Settles.of(request, parties))
    frame.refresh(tx, then, after, by, change_id)
    for who in sorted(parties - {by.id}):
        if request.state == AGREED or who == request.person_id:
            tell(tx, then, by, request, what, change_id, who, taker)
    return Outcome(then, after, moved, change_id, taker=taker)


def _has_begun(
    team: Roster, request: CoverRequest, agreed_on: Sequence[Cover], taken: Sequence[TakeOver], by: Actor
) -> bool:
    begins = [team.hours.handoff(c.first) for c in agreed_on] + [t.starts for t in taken]
    return min(begins, default=team.hours.handoff(request.begins)) <= by.now
