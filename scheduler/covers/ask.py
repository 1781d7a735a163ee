"""Asking for a cover or a swap: one person by direct message, or the rotation in the channel.

ask_cover, ask_swap ─► open ─► answer.py ─► agree.py
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from models import requests
from models.outbox import Owed
from models.requests import CoverRequest
from models.store.engine import Tx
from scheduler.change import edits, frame
from scheduler.change.frame import Actor
from scheduler.change.told import Made
from scheduler.covers.state import (
    COVER_REQUESTED,
    SWAP_REQUESTED,
    WIDENED,
    OnRequest,
    Outcome,
    RequestsAsked,
    able,
    asking,
    check_open,
    check_there,
    enact,
    named,
    own_week,
    request_of,
    unchanged,
)
from scheduler.refusals import AlreadyAsked, AlreadyPast, NobodyToAsk, NotOnCallThen, NotYourself, TooManyRows
from scheduler.team import covers, schedule
from scheduler.team.requests import waits
from scheduler.team.roster import Roster

MOST_ROWS = 4  # of days that are asked for at once: the channel reads of each
AHEAD = 26  # weeks in which somebody's next week is looked for


def ask_cover(tx: Tx, by: Actor, who: str, first: date, until: date, of: str | None = None) -> Outcome:
    """`who` asks for their on-call days from `first` up to, not including, `until` to be covered: one person (`of`), or
    all of the rotation who are free, in the channel. Each row of days is a request of its own, which names no day that
    is somebody else's: the first is the one `request`, the others the `rest`."""

    def decide(team: Roster, by: Actor) -> RequestsAsked:
        frame.check_rights(team, by, who)
        today = team.hours.on_call_day(by.now)
        if until <= today:
            raise AlreadyPast(first)
        days = covers.days_of(team, who, max(first, today), until)
        if not days:
            raise NotOnCallThen(named(team, who, by), (first, until))
        rows = covers.rows(days)
        if len(rows) > MOST_ROWS:
            raise TooManyRows(MOST_ROWS, (first, until))
        wanted = [CoverRequest(None, who, *row, by.now, asked=()) for row in rows]
        first_of_all, *others = (_to_be_asked(tx, team, by, each, of) for each in wanted)
        return RequestsAsked(COVER_REQUESTED, first_of_all, first_of_all, tuple(others))

    return enact(tx, by, decide, others=partial(_asked_with, tx))


def _to_be_asked(tx: Tx, team: Roster, by: Actor, wanted: CoverRequest, of: str | None) -> CoverRequest:
    """The request for days in a row, with those who are asked."""
    who, first, until = wanted.person_id, wanted.first, wanted.until
    _check_not_asked(tx, team, by, wanted)
    asked = [able(team, by, of, who, first, until)] if of else candidates(tx, team, who, first, until)
    if not asked:
        raise NobodyToAsk((first, until))
    return replace(wanted, asked=tuple(asked), in_channel=of is None)


def _asked_with(tx: Tx, team: Roster, request: CoverRequest) -> tuple[CoverRequest, ...]:
    """The requests for other days that were made with this one."""
    others = requests.ending_after(tx, team.id, request.first)
    mine = (o for o in others if (o.person_id, o.opened_at, o.is_swap) == (request.person_id, request.opened_at, False))
    return tuple(other for other in mine if other.id != request.id)


def ask_swap(tx: Tx, by: Actor, who: str, day: date, other: str, back: date | None = None) -> Outcome:
    """`who` asks `other` to take their week that `day` lies in, and takes the one of theirs that `back` lies in, or the
    next of theirs."""

    def decide(team: Roster, by: Actor) -> RequestsAsked:
        frame.check_rights(team, by, who)
        if other == who:
            raise NotYourself
        first, until = own_week(team, by, who, day)
        week = team.hours.week_of(back) if back else _next_week(team, by, other, but=team.hours.week_of(day))
        back_first, back_until = own_week(team, by, other, week)
        wanted = CoverRequest(None, who, first, until, by.now, (other,), False, other, back_first, back_until, other)
        _check_not_asked(tx, team, by, wanted)
        check_there(team, by, other, first, until)
        check_there(team, by, who, back_first, back_until)
        return RequestsAsked(SWAP_REQUESTED, wanted, wanted)

    return enact(tx, by, decide)


@dataclass(frozen=True, slots=True)
class Widened(OnRequest):
    """Everybody who is free is asked, in the channel."""

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """The request, to the channel; messages that ask or tell of it show that everybody is asked."""
        yield asking(made, self.request)
        yield from edits.of_request(tx, made, self.request)


def widen(tx: Tx, by: Actor, request_id: int) -> Outcome:
    """Ask everybody who is free, in the channel, after one person was asked."""

    def decide(team: Roster, by: Actor) -> OnRequest:
        request = request_of(tx, team, request_id)
        frame.check_rights(team, by, request.person_id)
        check_open(team, by, request)
        if request.in_channel or request.is_swap:
            return unchanged(request)
        others = candidates(tx, team, request.person_id, request.first, request.until)
        if not others:
            raise NobodyToAsk((request.first, request.until))
        asked = tuple(dict.fromkeys((*request.asked, *others)))
        return Widened(WIDENED, request, replace(request, asked=asked, in_channel=True))

    return enact(tx, by, decide)


def candidates(tx: Tx, team: Roster, who: str, first: date, until: date) -> list[str]:
    """Whom `who` may ask for these days, the best first, also by what is on record of the quarter before."""
    past = schedule.weeks_between(tx, team, team.hours.week_of(first) - covers.A_QUARTER, team.rotation.starts)
    return covers.candidates(team, who, first, until, past)


def _check_not_asked(tx: Tx, team: Roster, by: Actor, wanted: CoverRequest) -> None:
    today = team.hours.on_call_day(by.now)
    for request in requests.ending_after(tx, team.id, wanted.first):
        overlaps = request.first < wanted.until and wanted.first < request.until
        if overlaps and request.person_id == wanted.person_id and waits(team, request, today):
            raise AlreadyAsked((request.first, request.until))


def _next_week(team: Roster, by: Actor, who: str, but: date) -> date:
    coming = team.hours.coming_handoff(by.now)
    weeks = team.rotation.weeks(coming, coming + timedelta(weeks=AHEAD))
    theirs = (w.first for w in weeks if w.first != but and any(d.engineer == who == w.holder for d in w.days))
    found = next(theirs, None)
    return found if found else coming
