"""Time off: declared, cancelled, undone.

The same request again (its `key`) changes nothing and answers as it did. Raises `Refused` where something cannot be.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from models import changes, holidays, outbox
from models.changes import Change
from models.holidays import Holiday
from models.outbox import OWED, SAID, Message, Owed
from models.store.engine import Tx
from scheduler import entries, messages
from scheduler.change import announce, answers, frame, told
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Audience, Made
from scheduler.entries import HolidayCancelled, HolidayDeclared, HolidayUndone, TimeOffChange
from scheduler.messages import ChangeNews
from scheduler.refusals import (
    DAY_BEGUN,
    DAYS_CHANGED,
    AlreadyPast,
    AlreadyUndone,
    NotAllowed,
    NothingToCancel,
    NotInRotation,
    Somebody,
    TooLateToUndo,
    UnknownChange,
)
from scheduler.rule import time_off
from scheduler.rule.moves import Effect
from scheduler.rule.time_off import Exchange
from scheduler.team.roster import Roster

DECLARED, CANCELLED, UNDONE = HolidayDeclared.what, HolidayCancelled.what, HolidayUndone.what


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change did. `id` is None where there was nothing to change; `team` is the team after it; `about` is whose
    time off it was; `owed` are the messages that it owes."""

    team: Roster
    about: str
    exchange: Exchange
    moved: Effect
    id: int | None = None
    owed: tuple[Owed, ...] = ()


@dataclass(frozen=True, slots=True)
class _Exchanged(Decision):
    """Time off of `who` is exchanged. `unheard`: the words about what it undoes that nobody heard."""

    what: str
    who: str
    exchange: Exchange
    undoes: int | None = None
    unheard: frozenset[told.Word] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.exchange)

    def after(self, team: Roster) -> Roster:
        """With the holidays after it."""
        return team.but(holidays=self.exchange.applied_to(team.holidays))

    def saved(self, tx: Tx, team: Roster) -> "_Exchanged":
        """With the ids of the holidays."""
        unheard = (
            frame.withdraw_news(tx, self.undoes) | _corrected(tx, team, self.undoes) if self.undoes else self.unheard
        )
        kept = tuple(holidays.exchange(tx, self.exchange.before, self.exchange.after))
        return replace(self, exchange=replace(self.exchange, after=kept), unheard=unheard)

    def entry(self) -> Entry:
        """The holidays before and after it."""
        facts = entries.TIME_OFF[self.what](self.exchange.before, self.exchange.after)
        return Entry(facts, self.who, self.undoes)

    @property
    def last(self) -> date:
        """The last date that is time off on one side only."""
        return self.exchange.span[1]

    @property
    def audience(self) -> Audience:
        """Who is away, and, on short notice, who gets a week."""
        short = any(holiday.short_notice for holiday in self.exchange.after) and self.undoes is None
        return Audience(self.who, passes_on=self.who if short else None, unheard=self.unheard)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Whoever had come on duty at once by what it undoes reads there that it is taken back."""
        for message, _ in _on_duty_by(tx, self.undoes) if self.undoes else ():
            yield told.edit(message, made.id, made.now, message.change_id)

    def owed_by(self, tx: Tx, team: Roster, change: Change) -> list[Message]:
        """With the digests that tell of it."""
        return [*outbox.of_change(tx, change.id), *announce.telling(tx, team, self.exchange.after, change.at)]


def declare(tx: Tx, by: Actor, who: str, first: date, until: date, note: str | None = None) -> Saved:
    """`who` (a person's id) is away from `first` up to, not including, `until`."""

    def decide(team: Roster, by: Actor) -> _Exchanged:
        frame.check_rights(team, by, who)
        if who not in team.rotation.members(first) and who not in team.rotation.versions[-1].order:
            raise NotInRotation(team.name(who))
        if first < team.hours.date_of(by.now):
            raise AlreadyPast(first)
        draft = Holiday(None, who, first, until, note, by.now, short_notice=False)
        mine = holidays.of_person(tx, who, first)
        exchange = time_off.declaring(mine, draft)
        short = told.is_on_short_notice(team, exchange, by.now)
        return _Exchanged(DECLARED, who, time_off.declaring(mine, replace(draft, short_notice=short)))

    return _enacted(tx, by, decide)


def cancel(tx: Tx, by: Actor, who: str, first: date, until: date) -> Saved:
    """`who` is not away after all from `first` up to, not including, `until`."""

    def decide(team: Roster, by: Actor) -> _Exchanged:
        frame.check_rights(team, by, who)
        exchange = time_off.cancelling(holidays.of_person(tx, who, first), first, until)
        if not exchange:
            raise NothingToCancel(Somebody(team.name(who), asks=who == by.id), (first, until))
        if exchange.span[0] < team.hours.date_of(by.now):
            raise AlreadyPast(exchange.span[0])
        return _Exchanged(CANCELLED, who, exchange)

    return _enacted(tx, by, decide)


def undo_change(tx: Tx, by: Actor, change_id: int) -> Saved:
    """Put back exactly what was there before a change of somebody's time off."""

    def decide(team: Roster, by: Actor) -> _Exchanged:
        change = changes.by_id(tx, team.id, change_id)
        if change is None or change.what not in (DECLARED, CANCELLED) or change.about is None:
            raise UnknownChange
        if not by.is_admin and by.id not in (change.by, change.about):
            raise NotAllowed(whose_change=True)
        if changes.undoing(tx, change_id):
            raise AlreadyUndone
        exchange = exchange_of(change).reversed()
        if exchange.span[0] < team.hours.date_of(by.now):
            raise TooLateToUndo(DAY_BEGUN)
        mine = holidays.of_person(tx, change.about, min(h.first for h in (*exchange.before, *exchange.after)))
        if any(h not in mine for h in exchange.before) or _in_the_way(mine, exchange):
            raise TooLateToUndo(DAYS_CHANGED)
        return _Exchanged(UNDONE, change.about, exchange, change_id)

    return _enacted(tx, by, decide)


def _enacted(tx: Tx, by: Actor, decide: Callable[[Roster, Actor], _Exchanged]) -> Saved:
    done = frame.enact(tx, by, decide, _made_before)
    return Saved(done.team, done.decision.who, done.decision.exchange, done.moved, done.id, done.owed)


def _made_before(team: Roster, change: Change) -> _Exchanged:
    return _Exchanged(change.what, str(change.about), exchange_of(change), change.undoes)


def exchange_of(change: Change) -> Exchange:
    """What a change of somebody's time off exchanged. Raises UnknownChange for another."""
    facts = entries.of_kind(TimeOffChange, change)
    if facts is None:
        raise UnknownChange
    return Exchange(facts.before, facts.after)


def _in_the_way(mine: list[Holiday], exchange: Exchange) -> bool:
    """Whether time off declared since touches what would be put back."""
    others = [h for h in mine if h not in exchange.before]
    return any(h.first <= back.until and back.first <= h.until for h in others for back in exchange.after)


def _on_duty_by(tx: Tx, change_id: int) -> list[tuple[Message, ChangeNews]]:
    """What was said, or may have been, to whoever came on duty at once by a change."""
    news = ((message, messages.of_kind(ChangeNews, message)) for message in outbox.of_change(tx, change_id))
    return [(each, facts) for each, facts in news if facts and facts.begins and each.state in (OWED, SAID)]


def _corrected(tx: Tx, team: Roster, change_id: int) -> frozenset[told.Word]:
    """The words of an undo that nobody needs who reads it where they read of the change, since they never said that
    they have got it."""
    said = [(message, facts) for message, facts in _on_duty_by(tx, change_id) if facts.week]
    silent = [m for m, f in said if f.week and not answers.has_taken(tx, team, f.who, f.week)]
    return frozenset(map(told.word, silent))
