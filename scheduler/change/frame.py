"""What every change has in common, in one transaction.

    the team, locked and loaded ─► asked for before? ─► answered as then
        │
        └─► decide: rights, refusals; writes nothing ─► Decision ─► what has passed is put on record, if it moves that
                ─► saved ─► in the log ─► owed: news to its audience, edits of what was said, words of its own ─► Done

Rendering what was done belongs into the same transaction: what fails there changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from models import changes, outbox, preferences, teams
from models.changes import Change, ChangeFacts
from models.outbox import CHANNEL, EDIT, Message, Owed
from models.store.engine import Tx
from scheduler import entries
from scheduler.change import edits, effect, quiet, told
from scheduler.change.told import Audience, Made
from scheduler.messages import AgreementNews, ChangeNews, GapAlarm, GapRun
from scheduler.refusals import NotAllowed, UnknownPerson
from scheduler.rule.moves import Effect
from scheduler.team import record, roster
from scheduler.team.roster import Roster

NOTHING_MOVED = Effect()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody asks: Slack's ids of its workspace and channel (None: in the terminal, or where Slack names none,
    as in a view), and the id of the team that is meant; None: the store's own."""

    workspace: str | None = None
    channel: str | None = None
    team: int | None = None


ANYWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for a change (`id`: a person's; None: from the terminal), with which rights, when, the key by which the
    same change is known if it is asked for again, and where: of which team."""

    id: str | None
    is_admin: bool
    now: datetime
    key: str | None = None
    origin: Origin = ANYWHERE


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log says of a change, and `about` whom (a person's id) or what. `undoes`: the change that it takes
    back."""

    facts: ChangeFacts
    about: str | None
    undoes: int | None = None


Self = TypeVar("Self", bound="Decision")


class Decision:
    """What a change comes to, before anything of it is written: each kind of change is a frozen dataclass that says
    this of itself. One that is false changes nothing."""

    def __bool__(self) -> bool:
        return True

    def after(self, team: Roster) -> Roster:
        """The team after it, of which `team` is the one before. What is not saved yet has no id."""
        return team

    def saved(self: Self, tx: Tx, team: Roster) -> Self:
        """The same with the ids that its rows got: writes them, and takes back the news of what it undoes."""
        return self

    def entry(self) -> Entry:
        """What the log says of it, once it is saved."""
        raise NotImplementedError

    @property
    def last(self) -> date | None:
        """The last date that it changes; None for what changes nobody's days, or tells those concerned itself."""
        return None

    @property
    def audience(self) -> Audience:
        """Who hears of what it moves."""
        return Audience()

    def moved(self, team: Roster, after: Roster, now: datetime) -> Effect | None:
        """What it moves from `team` to `after` from the moment `now` on; None where nobody hears of it by this."""
        return effect.between(team, after, now, self.last) if self.last else None

    def owes(self, tx: Tx, made: Made) -> Iterable[Owed]:
        """What it owes besides news and edits."""
        return ()

    def owed_by(self, tx: Tx, team: Roster, change: Change) -> Sequence[Message]:
        """What it owed when it was made as this `change`."""
        return outbox.of_change(tx, change.id)

    def rest(self, tx: Tx, after: Roster, by: Actor) -> Sequence["Decision"]:
        """What is changed with it, in entries of its own in the log, of the team after it. Writes nothing."""
        return ()


D = TypeVar("D", bound=Decision)


@dataclass(frozen=True, slots=True)
class Done(Generic[D]):
    """A change as it was made: `team` is the team after it, `moved` what it moved, `id` its id in the log (None: there
    was nothing to change), `owed` the messages that it owes. `rest` was done with it."""

    decision: D
    team: Roster
    moved: Effect = NOTHING_MOVED
    id: int | None = None
    owed: tuple[Owed, ...] = ()
    rest: tuple["Done[Any]", ...] = ()


def enact(tx: Tx, by: Actor, decide: Callable[[Roster, Actor], D], repeat: Callable[[Roster, Change], D]) -> Done[D]:
    """Do what `decide` comes to for the locked team and the actor at their moment; it writes nothing, and may be asked
    twice: again when what has passed is on record, which may hold a swap that was begun. Where the very same was asked
    for before, `repeat` tells what that came to by the log, and nothing is changed. Raises NoPlan, ClockBehind, and
    Refused from `decide`, which looks at rights first: where they go by what is found, that it is not there comes
    before them.

    The moment is never before what is on record: others may have waited less for the lock, or have a clock that is a
    little ahead.
    """
    team = roster.load(tx, teams.lock(tx, by.origin.team))
    if change := before(tx, team, by):
        again = repeat(team, change)
        owed = tuple(told.as_owed(message) for message in again.owed_by(tx, team, change))
        return Done(again, team, entries.moved(change), change.id, owed)
    by = replace(by, now=record.moment(team, by.now))
    decision = decide(team, by)
    if not decision:
        return Done(decision, team)
    if record.moves(team, decision.after(team), by.now):
        team = record.up_to(tx, team, by.now)
        decision = decide(team, by)
    return _make(tx, team, by, decision)


def _make(tx: Tx, team: Roster, by: Actor, decision: D) -> Done[D]:
    """Write it, log it, and owe what is to be said of it."""
    saved = decision.saved(tx, team)
    after = roster.with_standing(tx, saved.after(team))
    moved = saved.moved(team, after, by.now)
    change_id = _log(tx, after, by, saved.entry(), moved or NOTHING_MOVED)
    made = Made(team, after, moved or NOTHING_MOVED, by.id, by.now, change_id)
    owed: list[Owed] = []
    if after.facts.speaks_since is not None:  # nobody is told of what came before the bot first ran
        owed += [*told.of_change(made, saved.audience), *edits.edits(tx, made)] if moved is not None else []
        owed = owe(tx, after, [*owed, *saved.owes(tx, made)], by.now)
    rest = [_make(tx, after, replace(by, key=None), each) for each in saved.rest(tx, after, by)]
    return Done(saved, after, made.moved, change_id, tuple(owed), tuple(rest))


def owe(tx: Tx, team: Roster, owed: Sequence[Owed], now: datetime) -> list[Owed]:
    """Owe messages, unless the bot has never run, each not before its reader's quiet hours end. Returns those that had
    not been owed before."""
    if team.facts.speaks_since is None or not owed:
        return []
    chosen = preferences.of_team(tx, team.id) if any(each.audience != CHANNEL for each in owed) else {}
    return outbox.owe_all(tx, team.id, [quiet.waiting(team, each, chosen, now) for each in owed], now)


def withdraw_news(tx: Tx, change_id: int) -> frozenset[told.Word]:
    """Take back the news of a change that nobody has been told yet. Returns which words of its undo nobody needs."""
    kinds = (ChangeNews.kind, AgreementNews.kind, GapAlarm.kind, GapRun.kind, EDIT)
    owed = [message for message in outbox.of_change(tx, change_id) if message.kind in kinds]
    gone = [message for message in owed if outbox.withdraw(tx, message.id)]
    return frozenset(told.word(m) for m in gone if m.kind in (ChangeNews.kind, AgreementNews.kind))


def check_admin(by: Actor) -> None:
    """Raises NotAllowed unless an admin asks."""
    if not by.is_admin:
        raise NotAllowed()


def check_rights(team: Roster, by: Actor, *who: str | None) -> None:
    """Raises NotAllowed unless one of `who`, or an admin, asks, and UnknownPerson for who never was in the plan."""
    check_known(team, *who)
    if not by.is_admin and by.id not in who:
        raise NotAllowed(tuple(team.name(each) for each in dict.fromkeys(who) if each))


def check_known(team: Roster, *who: str | None) -> None:
    """Raises UnknownPerson for somebody who never was in the plan."""
    if any(each is not None and each not in team.people for each in who):
        raise UnknownPerson


def before(tx: Tx, team: Roster, by: Actor) -> Change | None:
    """The change that was made when the very same was asked for before."""
    return changes.of_key(tx, team.id, by.key) if by.key else None


def _log(tx: Tx, team: Roster, by: Actor, entry: Entry, moved: Effect) -> int:
    return changes.record(
        tx,
        team.id,
        entry.facts,
        at=by.now,
        by=by.id,
        about=entry.about,
        effect=moved,
        key=by.key,
        undoes=entry.undoes,
    )
