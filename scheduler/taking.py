"""Taking over now, mid-incident or for somebody who is ill, and giving that back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import take_overs
from models.outbox import NEEDLESS, Owed, to_person
from models.rows import plain
from models.store import Tx
from models.take_overs import TakeOver
from scheduler import due, duty, ledger, roster
from scheduler.duty import TAKE_OVER, Stretch
from scheduler.effect import Effect
from scheduler.ledger import Entry, Request
from scheduler.refusals import (
    DeclinedThen,
    NotAwayNow,
    NothingToGiveBack,
    NotInRotation,
    NotStarted,
    NotUntilThen,
    OnCallAlready,
)
from scheduler.roster import Roster

TAKEN_OVER, CHANGED, GIVEN_BACK = "taken over", "take-over changed", "given back"
TAKE_OVER_NEWS = "take-over"
MOST_DAYS = 7  # longer is a cover


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A take-over that began or ended: `known` is the team after it, `instead_of` who was, or is again, on duty (None:
    nobody); `ahead`: whose time it takes besides, later on. `id` is that of the change; None where nothing was
    changed."""

    known: Roster
    taken: TakeOver
    instead_of: str | None
    id: int | None = None
    ahead: tuple[str, ...] = ()


def take_over(tx: Tx, request: Request, who: str, ends: datetime | None = None) -> TakenOver:
    """`who` is on duty from now until `ends`, else until the engineer on duty would have been relieved. Where they have
    taken over already, that lasts until `ends` instead."""
    known = ledger.begin(tx, request.now)
    ledger.check_rights(known, request, who)
    if done := _again(tx, known, request):
        return done
    on_duty = known.duty.at(request.now)
    if on_duty is None:
        raise NotStarted
    _check(known, request, who, on_duty, ends)
    running = running_of(known, who, request.now)
    if running and ends:
        return _until(tx, known, request, running, ends)
    taken = TakeOver(None, who, request.now, ends or on_duty.ends, request.now)
    saved = take_overs.begin(tx, known.team.id, taken)
    then = roster.load(tx)
    after = {"take_over": plain(saved), "instead_of": on_duty.who}
    change_id = ledger.write(tx, known, request, Entry(TAKEN_OVER, who, None, after), Effect())
    ahead = _ahead(known, saved, on_duty.who, request.now)
    _tell(tx, then, request, TAKEN_OVER, saved, on_duty.who, change_id, ahead, {})
    return TakenOver(then, saved, on_duty.who, change_id, tuple(ahead))


def ends_at(known: Roster, taken: TakeOver) -> datetime:
    """When a take-over ends, as things are: at the midnight before its engineer is away, if that comes first."""
    return known.duty.end_of(duty.TakeOver(taken.person_id, taken.starts, taken.ends))


def running_of(known: Roster, who: str, now: datetime) -> TakeOver | None:
    """The take-over by which `who` is on duty at the moment `now`, other than one that was agreed on a request."""
    on_duty = known.duty.at(now)
    if on_duty is None or (on_duty.who, on_duty.why) != (who, TAKE_OVER):
        return None
    mine = (t for t in reversed(known.take_overs) if t.person_id == who and t.starts <= now < t.ends)
    latest = next(mine, None)
    return latest if latest and latest.request_id is None else None


def _otherwise(known: Roster, taken: TakeOver, now: datetime) -> Roster:
    """The team without a take-over, and without others of the same engineer that run below it."""
    gone = {taken.id, *(each.id for each in _others(known, taken, now))}
    return known.but(take_overs=(t for t in known.take_overs if t.id not in gone))


def _others(known: Roster, taken: TakeOver, now: datetime) -> list[TakeOver]:
    mine = (t for t in known.take_overs if t.person_id == taken.person_id and t.request_id is None)
    return [t for t in mine if t.id != taken.id and t.starts <= now < t.ends]


def _end_others(tx: Tx, known: Roster, taken: TakeOver, now: datetime) -> None:
    """Once a take-over has its end, no older one of the same engineer is to go on below it."""
    for each in _others(known, taken, now):
        take_overs.end(tx, each, now)


def _without(known: Roster, taken: TakeOver, now: datetime) -> str | None:
    """Who would be on duty without a take-over."""
    otherwise = _otherwise(known, taken, now).duty.at(now)
    return otherwise.who if otherwise else None


def _until(tx: Tx, known: Roster, request: Request, running: TakeOver, ends: datetime) -> TakenOver:
    """Let a take-over end at another moment: it stays the same one, so the buttons that end it still do."""
    other = _without(known, running, request.now)
    _end_others(tx, known, running, request.now)
    changed = take_overs.until(tx, running, ends)
    then = roster.load(tx)
    after = {"take_over": plain(changed), "instead_of": other}
    entry = Entry(CHANGED, running.person_id, {"take_over": plain(running)}, after)
    change_id = ledger.write(tx, known, request, entry, Effect())
    otherwise = _otherwise(known, running, request.now)
    ahead, before = (_ahead(otherwise, each, other, request.now) for each in (changed, running))
    sooner = {who: starts for who, starts in before.items() if who not in ahead}
    _tell(tx, then, request, CHANGED, changed, other, change_id, ahead, sooner)
    return TakenOver(then, changed, other, change_id, tuple(ahead))


def _ahead(known: Roster, taken: TakeOver, other: str | None, now: datetime) -> dict[str, datetime]:
    """Who else, by their ids, would have come on duty while a take-over lasts, and when: not `other`, who is relieved
    by it at once."""
    begins: dict[str, datetime] = {}
    for stretch in known.duty.between(now, taken.ends):
        if stretch.who and stretch.who not in (taken.person_id, other):
            begins.setdefault(stretch.who, stretch.starts)
    return begins


def give_back(tx: Tx, request: Request, take_over_id: int) -> TakenOver:
    """End a take-over now: who took over, who is on duty then, or an admin."""
    known = ledger.begin(tx, request.now)
    if done := _again(tx, known, request):
        return done
    taken = next((t for t in known.take_overs if t.id == take_over_id), None)
    if taken is None or not taken.starts <= request.now < taken.ends:
        raise NothingToGiveBack
    back_to = _without(known, taken, request.now)
    ledger.check_rights(known, request, taken.person_id, back_to)
    _end_others(tx, known, taken, request.now)
    take_overs.end(tx, taken, request.now)
    then = roster.load(tx)
    after = {"ends": request.now.isoformat(), "instead_of": back_to}
    entry = Entry(GIVEN_BACK, taken.person_id, {"take_over": plain(taken)}, after)
    change_id = ledger.write(tx, known, request, entry, Effect())
    sooner = _ahead(_otherwise(known, taken, request.now), taken, back_to, request.now)
    _tell(tx, then, request, GIVEN_BACK, taken, back_to, change_id, {}, sooner)
    return TakenOver(then, taken, back_to, change_id)


def _check(known: Roster, request: Request, who: str, on_duty: Stretch, ends: datetime | None) -> None:
    named = "You are" if who == request.by else f"{known.name(who)} is"
    if who not in known.rotation.members(known.hours.date_of(request.now)):
        raise NotInRotation(known.name(who))
    today = known.hours.date_of(request.now)
    declined = next((d for d in known.declines if d.person_id == who and d.first <= today < d.until), None)
    if declined:
        raise DeclinedThen(None if who == request.by else known.name(who), declined.id or 0)
    if known.rotation.is_away(who, today):
        raise NotAwayNow(named)
    if ends and not request.now < ends <= request.now + timedelta(days=MOST_DAYS):
        raise NotUntilThen(MOST_DAYS)
    running = running_of(known, who, request.now)
    lasts = ends is None or (ends == running.ends if running else ends <= on_duty.ends)
    if on_duty.who == who and lasts:
        raise OnCallAlready(named)


def _again(tx: Tx, known: Roster, request: Request) -> TakenOver | None:
    """What this very request did when it came before."""
    change = ledger.before(tx, known, request)
    if change is None:
        return None
    facts: dict[str, Any] = (change.before if change.what == GIVEN_BACK else change.after)["take_over"]
    moments = {name: datetime.fromisoformat(facts[name]) for name in ("starts", "ends", "taken_at")}
    return TakenOver(known, TakeOver(**facts | moments), change.after.get("instead_of"), change.id)


def _tell(
    tx: Tx,
    then: Roster,
    request: Request,
    what: str,
    taken: TakeOver,
    other: str | None,
    change_id: int,
    ahead: Mapping[str, datetime],
    sooner: Mapping[str, datetime],
) -> None:
    """Tell those concerned at once, of `ahead` when they would have come on duty, and of `sooner` when they do now;
    they need no word that they come on duty out of turn besides."""
    facts = {"what": what, "take_over": taken.id, "taker": taken.person_id, "other": other, "by": request.by}
    facts |= {"ends": ends_at(then, taken).isoformat(), "at": request.now.isoformat()}
    for who in sorted(who for who in {taken.person_id, other, *ahead, *sooner} - {request.by, None} if who):
        about, told = f"{change_id}/{who}", {**facts, "who": who}
        told |= {"starts": ahead[who].isoformat()} if who in ahead else {}
        told |= {"begins": sooner[who].isoformat()} if who in sooner else {}
        owed = Owed(TAKE_OVER_NEWS, about, to_person(who), request.now, told, change_id, urgent=True)
        ledger.owe(tx, then, owed, request.now)
    concerned = {to_person(who) for who in (taken.person_id, other, *ahead, *sooner) if who}
    for owed in due.duties(then, request.now):
        if owed.audience in concerned:
            ledger.owe(tx, then, Owed(owed.kind, owed.about, owed.audience, owed.due_at, state=NEEDLESS), request.now)
