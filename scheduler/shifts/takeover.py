"""Taking over now, mid-incident or for somebody who is ill, and giving that back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from models import take_overs
from models.outbox import NEEDLESS, Owed, to_person
from models.schema.plain import plain
from models.store.engine import Tx
from models.take_overs import TakeOver
from scheduler import due
from scheduler.change import frame
from scheduler.change.frame import Actor, Entry
from scheduler.messages import TakeOverNews
from scheduler.refusals import (
    DeclinedThen,
    NotAwayNow,
    NothingToGiveBack,
    NotInRotation,
    NotStarted,
    NotUntilThen,
    OnCallAlready,
)
from scheduler.rule import duty
from scheduler.rule.duty import TAKE_OVER, Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team import covers as agreed
from scheduler.team.roster import Roster

TAKEN_OVER, CHANGED, GIVEN_BACK = "taken over", "take-over changed", "given back"
MOST_DAYS = 7  # longer is a cover


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A take-over that began or ended: `team` is the team after it, `instead_of` who was, or is again, on duty (None:
    nobody); `ahead`: whose time it takes besides, later on. `id` is that of the change; None where nothing was
    changed."""

    team: Roster
    taken: TakeOver
    instead_of: str | None
    id: int | None = None
    ahead: tuple[str, ...] = ()


def take_over(tx: Tx, by: Actor, who: str, ends: datetime | None = None) -> TakenOver:
    """`who` is on duty from now until `ends`, else until the engineer on duty would have been relieved. Where they have
    taken over already, that lasts until `ends` instead."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if done := _again(tx, team, by):
        return done
    on_duty = team.duty.at(by.now)
    if on_duty is None:
        raise NotStarted
    _check(team, by, who, on_duty, ends)
    running = running_of(team, who, by.now)
    if running and ends:
        return _until(tx, team, by, running, ends)
    taken = TakeOver(None, who, by.now, ends or on_duty.ends, by.now)
    saved = take_overs.begin(tx, team.id, taken)
    then = frame.written(tx, team, by.now)
    after = {"take_over": plain(saved), "instead_of": on_duty.who}
    change_id = frame.write(tx, team, by, Entry(TAKEN_OVER, who, None, after), Effect())
    ahead = _ahead(team, saved, on_duty.who, by.now)
    over = TakenOver(then, saved, on_duty.who, change_id, tuple(ahead))
    _tell(tx, by, TAKEN_OVER, over, later=ahead)
    return over


def ends_at(team: Roster, taken: TakeOver) -> datetime:
    """When a take-over ends, as things are: at the midnight before its engineer is away, if that comes first."""
    return team.duty.end_of(duty.TakeOver(taken.person_id, taken.starts, taken.ends))


def by_which(team: Roster, who: str, now: datetime) -> TakeOver | None:
    """The take-over by which `who` is on duty at the moment `now`; None where they are for another reason, or not."""
    on_duty = team.duty.at(now)
    if on_duty is None or (on_duty.who, on_duty.why) != (who, TAKE_OVER):
        return None
    return next((t for t in reversed(team.take_overs) if t.person_id == who and t.starts <= now < t.ends), None)


def running_of(team: Roster, who: str, now: datetime) -> TakeOver | None:
    """The same, but for one that was agreed on a request."""
    taken = by_which(team, who, now)
    return taken if taken and taken.request_id is None else None


@dataclass(frozen=True, slots=True)
class _Without:
    """The team without a take-over, and without the `others` of the same engineer that run below it, which end with it;
    `other`: who is on duty then."""

    team: Roster
    others: tuple[TakeOver, ...]
    other: str | None

    @classmethod
    def of(cls, team: Roster, taken: TakeOver, now: datetime) -> "_Without":
        """What is left of the team at the moment `now`."""
        mine = (t for t in team.take_overs if t.person_id == taken.person_id and t.request_id is None)
        others = tuple(t for t in mine if t.id != taken.id and t.starts <= now < t.ends)
        gone = {taken.id, *(each.id for each in others)}
        left = team.but(take_overs=(t for t in team.take_overs if t.id not in gone))
        on_duty = left.duty.at(now)
        return cls(left, others, on_duty.who if on_duty else None)


def _until(tx: Tx, team: Roster, by: Actor, running: TakeOver, ends: datetime) -> TakenOver:
    """Let a take-over end at another moment: it stays the same one, so the buttons that end it still do."""
    without = _Without.of(team, running, by.now)
    for each in without.others:
        take_overs.end(tx, each, by.now)
    changed = take_overs.until(tx, running, ends)
    then = frame.written(tx, team, by.now)
    after = {"take_over": plain(changed), "instead_of": without.other}
    entry = Entry(CHANGED, running.person_id, {"take_over": plain(running)}, after)
    change_id = frame.write(tx, team, by, entry, Effect())
    ahead, before = (_ahead(without.team, each, without.other, by.now) for each in (changed, running))
    sooner = {who: starts for who, starts in before.items() if who not in ahead}
    over = TakenOver(then, changed, without.other, change_id, tuple(ahead))
    _tell(tx, by, CHANGED, over, later=ahead, sooner=sooner)
    return over


def _ahead(team: Roster, taken: TakeOver, other: str | None, now: datetime) -> dict[str, datetime]:
    """Who else, by their ids, would have come on duty while a take-over lasts, and when: not `other`, who is relieved
    by it at once."""
    begins: dict[str, datetime] = {}
    for stretch in team.duty.between(now, taken.ends):
        if stretch.who and stretch.who not in (taken.person_id, other):
            begins.setdefault(stretch.who, stretch.starts)
    return begins


def give_back(tx: Tx, by: Actor, take_over_id: int) -> TakenOver:
    """End a take-over now: who took over, who is on duty then, or an admin."""
    team, by = frame.begin(tx, by)
    if done := _again(tx, team, by):
        return done
    taken = next((t for t in team.take_overs if t.id == take_over_id), None)
    if taken is None or not taken.starts <= by.now < taken.ends:
        raise NothingToGiveBack
    without = _Without.of(team, taken, by.now)
    frame.check_rights(team, by, taken.person_id, without.other)
    for each in (*without.others, taken):
        take_overs.end(tx, each, by.now)
    then = frame.written(tx, team, by.now)
    after = {"ends": by.now.isoformat(), "instead_of": without.other}
    entry = Entry(GIVEN_BACK, taken.person_id, {"take_over": plain(taken)}, after)
    change_id = frame.write(tx, team, by, entry, Effect())
    over = TakenOver(then, taken, without.other, change_id)
    _tell(tx, by, GIVEN_BACK, over, sooner=_ahead(without.team, taken, without.other, by.now))
    return over


def _check(team: Roster, by: Actor, who: str, on_duty: Stretch, ends: datetime | None) -> None:
    named = "You are" if who == by.id else f"{team.name(who)} is"
    if who not in team.rotation.members(team.hours.date_of(by.now)):
        raise NotInRotation(team.name(who))
    today = team.hours.date_of(by.now)
    if declined := agreed.declined(team, who, today, today + ONE_DAY):
        raise DeclinedThen(None if who == by.id else team.name(who), declined.id or 0)
    if team.rotation.is_away(who, today):
        raise NotAwayNow(named)
    if ends and not by.now < ends <= by.now + timedelta(days=MOST_DAYS):
        raise NotUntilThen(MOST_DAYS)
    running = running_of(team, who, by.now)
    lasts = ends is None or (ends == running.ends if running else ends <= on_duty.ends)
    if on_duty.who == who and lasts:
        raise OnCallAlready(named)


def _again(tx: Tx, team: Roster, by: Actor) -> TakenOver | None:
    """What this very request did when it came before."""
    change = frame.before(tx, team, by)
    if change is None:
        return None
    facts: dict[str, Any] = (change.before if change.what == GIVEN_BACK else change.after)["take_over"]
    moments = {name: datetime.fromisoformat(facts[name]) for name in ("starts", "ends", "taken_at")}
    return TakenOver(team, TakeOver(**facts | moments), change.after.get("instead_of"), change.id)


def _tell(
    tx: Tx,
    by: Actor,
    what: str,
    over: TakenOver,
    *,
    later: Mapping[str, datetime] | None = None,
    sooner: Mapping[str, datetime] | None = None,
) -> None:
    """Tell those concerned at once, and who would have come on duty at a moment (`later`), or does after all
    (`sooner`); they need no word that they come on duty out of turn as well."""
    then, taken, other = over.team, over.taken, over.instead_of
    later, sooner = later or {}, sooner or {}
    concerned = [who for who in sorted({taken.person_id, other or "", *later, *sooner}) if who]
    moments = ends_at(then, taken), by.now
    for who in concerned:
        if who != by.id:
            parties = taken.person_id, other, by.id
            facts = TakeOverNews(what, taken.id, *parties, *moments, who, later.get(who), sooner.get(who))
            owed = Owed(facts, f"{over.id}/{who}", to_person(who), by.now, over.id, urgent=True)
            frame.owe(tx, then, owed, by.now)
    for owed in due.duties(then, by.now):
        if owed.audience in map(to_person, concerned):
            frame.owe(tx, then, replace(owed, state=NEEDLESS, urgent=False), by.now)
