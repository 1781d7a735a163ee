"""The doing of changes: each in one transaction with what it owes.

    decide ─► put what has passed on record, if something moves ─► write ─► log the change ─► owe the news

The same request again (its `key`) changes nothing and answers as it did. Raises `Refused` where something cannot be.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from models import changes, history, holidays, outbox
from models.changes import Change
from models.history import Acknowledgement
from models.holidays import Holiday
from models.outbox import EDIT, OWED, REFUSED, SAID, WITHDRAWN
from models.schema.plain import of_plain
from models.store.engine import Tx
from scheduler import due
from scheduler.change import effect, frame, told
from scheduler.change.frame import Actor, Entry
from scheduler.messages import AgreementNews, Announcement, ChangeNews, GapAlarm, HandoffDue
from scheduler.refusals import (
    AlreadyPast,
    AlreadyUndone,
    HandoffPassed,
    NotAllowed,
    NothingToCancel,
    NotInRotation,
    NotOnDuty,
    TooLateToUndo,
    UnknownChange,
)
from scheduler.rule import time_off
from scheduler.rule.moves import Effect
from scheduler.rule.time_off import Exchange
from scheduler.team import record
from scheduler.team.roster import Roster

DECLARED, CANCELLED, UNDONE, GOT_IT = "holiday declared", "holiday cancelled", "change undone", "handoff acknowledged"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change did. `id` is None where there was nothing to change; `team` is the team after it; `about` is whose
    time off it was."""

    team: Roster
    about: str
    exchange: Exchange
    moved: Effect
    id: int | None = None


def declare(tx: Tx, by: Actor, who: str, first: date, until: date, note: str | None = None) -> Saved:
    """`who` (a person's id) is away from `first` up to, not including, `until`."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if who not in team.rotation.members(first) and who not in team.rotation.versions[-1].order:
        raise NotInRotation(team.name(who))
    if again := _again(tx, team, by, who):
        return again
    if first < team.hours.date_of(by.now):
        raise AlreadyPast(first)
    mine = holidays.of_person(tx, who, first)
    draft = time_off.declaring(mine, who, first, until, note, by.now, short_notice=False)
    if not draft:
        return Saved(team, who, Exchange(), Effect())
    short = told.is_on_short_notice(team, draft, by.now)
    exchange = time_off.declaring(mine, who, first, until, note, by.now, short_notice=short)
    return _exchange(tx, team, by, DECLARED, who, exchange)


def cancel(tx: Tx, by: Actor, who: str, first: date, until: date) -> Saved:
    """`who` is not away after all from `first` up to, not including, `until`."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if again := _again(tx, team, by, who):
        return again
    exchange = time_off.cancelling(holidays.of_person(tx, who, first), first, until)
    if not exchange:
        raise NothingToCancel("You have" if who == by.id else f"{team.name(who)} has", first, until)
    if exchange.span[0] < team.hours.date_of(by.now):
        raise AlreadyPast(exchange.span[0])
    return _exchange(tx, team, by, CANCELLED, who, exchange)


def undo(tx: Tx, by: Actor, change_id: int) -> Saved:
    """Put back exactly what was there before a change of somebody's time off."""
    team, by = frame.begin(tx, by)
    change = changes.one(tx, team.id, change_id)
    if change is None or change.what not in (DECLARED, CANCELLED) or change.about is None:
        raise UnknownChange
    if not by.is_admin and by.id not in (change.by, change.about):
        raise NotAllowed("who did it, or an admin,")
    if again := _again(tx, team, by, change.about):
        return again
    if changes.undoing(tx, change_id):
        raise AlreadyUndone
    exchange = exchange_of(change).reversed()
    if exchange.span[0] <= team.hours.date_of(by.now):
        raise TooLateToUndo("one of its days has begun")
    mine = holidays.of_person(tx, change.about, min(h.first for h in (*exchange.before, *exchange.after)))
    if any(h not in mine for h in exchange.before) or _in_the_way(mine, exchange):
        raise TooLateToUndo("the days were changed again since")
    return _exchange(tx, team, by, UNDONE, change.about, exchange, undoes=change_id)


def got_it(tx: Tx, by: Actor, week: date) -> Acknowledgement:
    """*I've got it*: whoever is on duty has taken the current week on. The first to say so stays."""
    team, by = frame.begin(tx, by)
    on_duty = team.duty.at(by.now)
    if on_duty is None or on_duty.week != week:
        raise HandoffPassed
    if by.id is None or (by.id != on_duty.who and not by.is_admin):
        raise NotOnDuty(team.name(on_duty.who))
    said = Acknowledgement(week, by.id, by.now)
    if history.acknowledge(tx, team.id, said):
        at, about = by.now, week.isoformat()
        changes.record(tx, team.id, at=at, by=by.id, what=GOT_IT, about=about, before=None, after=None)
        handoff = outbox.find(tx, team.id, HandoffDue.kind, week.isoformat())
        if handoff:
            outbox.owe(tx, team.id, told.edit(handoff, "got-it", by.now), by.now)
    return history.acknowledgement(tx, team.id, week) or said


def _again(tx: Tx, team: Roster, by: Actor, who: str) -> Saved | None:
    """What this very request did when it came before."""
    change = frame.before(tx, team, by)
    if change is None:
        return None
    return Saved(team, who, exchange_of(change), of_plain(Effect, change.effect), change.id)


def exchange_of(change: Change) -> Exchange:
    """What a change of somebody's time off exchanged."""
    before = tuple(Holiday.of_facts(facts) for facts in change.before)
    return Exchange(before, tuple(Holiday.of_facts(facts) for facts in change.after))


def _in_the_way(mine: list[Holiday], exchange: Exchange) -> bool:
    """Whether time off declared since touches what would be put back."""
    others = [h for h in mine if h not in exchange.before]
    return any(h.first <= back.until and back.first <= h.until for h in others for back in exchange.after)


def _exchange(
    tx: Tx, team: Roster, by: Actor, what: str, who: str, exchange: Exchange, undoes: int | None = None
) -> Saved:
    team = record.before(tx, team, team.but(holidays=exchange.applied_to(team.holidays)), by.now)
    saved = Exchange(exchange.before, tuple(holidays.exchange(tx, exchange.before, exchange.after)))
    after = team.but(holidays=saved.applied_to(team.holidays))
    moved = effect.between(team, after, by.now, saved.span[1])
    entry = Entry(what, who, [h.as_facts() for h in saved.before], [h.as_facts() for h in saved.after], undoes)
    change_id = frame.write(tx, team, by, entry, moved)
    if team.facts.speaks_since is not None:  # nobody is told of what came before the bot first ran
        _tell(tx, team, after, by, saved, moved, change_id, undoes)
    return Saved(after, who, saved, moved, change_id)


def _tell(
    tx: Tx,
    team: Roster,
    after: Roster,
    by: Actor,
    saved: Exchange,
    moved: Effect,
    change_id: int,
    undoes: int | None,
) -> None:
    who = (*saved.before, *saved.after)[0].person_id
    unheard = withdraw_news(tx, undoes) if undoes else frozenset()
    short = any(holiday.short_notice for holiday in saved.after) and undoes is None
    passes_on = who if short else None
    frame.tell(tx, team, after, by, moved, change_id, about=who, passes_on=passes_on, unheard=unheard)
    frame.show(tx, team, after, by, change_id)
    announce(tx, after, by.now, saved, change_id)


def withdraw_news(tx: Tx, change_id: int) -> frozenset[frame.Word]:
    """Take back the news of a change that nobody has been told yet. Returns which words of its undo nobody needs."""
    kinds = (ChangeNews.kind, AgreementNews.kind, GapAlarm.kind, EDIT)
    owed = [message for message in outbox.of_change(tx, change_id) if message.kind in kinds]
    gone = [message for message in owed if outbox.withdraw(tx, message.id)]
    return frozenset(frame.word(m) for m in gone if m.kind in (ChangeNews.kind, AgreementNews.kind))


def announce(tx: Tx, team: Roster, now: datetime, saved: Exchange, change_id: int) -> None:
    """Announce what is on short notice, and keep what was announced before true."""
    stays = {h.id for h in saved.after}
    for holiday in (*saved.after, *(h for h in saved.before if h.id not in stays)):
        gone = holiday.id not in stays
        message = outbox.find(tx, team.id, Announcement.kind, str(holiday.id))
        if message is None:
            if not gone and (holiday.short_notice or due.announced_at(team, holiday) <= now):
                _announce_late(tx, team, holiday, now)
            continue
        facts = told.edited_announcement(team, holiday, gone=gone, now=now)
        _correct(tx, message, facts, now, change_id, gone=gone)


def _announce_late(tx: Tx, team: Roster, holiday: Holiday, now: datetime) -> None:
    owed = told.announcement(team, holiday, now)
    if owed:
        outbox.owe(tx, team.id, replace(owed, due_at=now + told.WAITS), now)


def _correct(
    tx: Tx, message: outbox.Message, facts: Announcement, now: datetime, change_id: int, *, gone: bool
) -> None:
    worth_saying = not gone and facts.effect
    if (message.state == OWED and outbox.withdraw(tx, message.id)) or message.state == WITHDRAWN:
        if worth_saying:
            outbox.owe_after_all(tx, message.id, facts, now + told.WAITS)
    elif message.state in (OWED, SAID, REFUSED):
        outbox.owe(tx, message.team_id, told.edit(message, change_id, now + told.WAITS, change_id, facts), now)
