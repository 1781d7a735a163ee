"""What every change has in common, in one transaction.

    begin: the team, locked ─► decide ─► write, what has passed on record if that moves something
                                      └─► enter: in the log, with what moved; news owed

The same change asked for again (its `key`) is found in the log by `before`, and changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from models import changes, outbox, preferences, teams
from models.changes import Change
from models.outbox import CHANNEL, Message, Owed
from models.requests import CoverRequest
from models.schema.plain import plain
from models.store.engine import Tx
from scheduler import messages
from scheduler.change import edits, effect, quiet
from scheduler.change import told as news
from scheduler.messages import AgreementNews
from scheduler.refusals import NotAllowed, UnknownPerson
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team import record, roster
from scheduler.team.roster import Roster

Word = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for a change (`id`: a person's; None: from the terminal), with which rights, when, and the key by which
    the same change is known if it is asked for again."""

    id: str | None
    is_admin: bool
    now: datetime
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log says of a change: `what` was done, `about` whom (a person's id) or what, and how it was `before` and
    is `after`, in plain values. `undoes`: the change that it takes back."""

    what: str
    about: str | None
    before: Any
    after: Any
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Settles:
    """The request that a change is about, whose `parties` (people's ids) hear of its `days` in another way."""

    request_id: int | None
    parties: frozenset[str]
    days: frozenset[date]

    @classmethod
    def of(cls, request: CoverRequest, parties: Iterable[str]) -> "Settles":
        """All days of a request, of a swap on both sides."""
        halves = [(request.first, request.until)]
        if request.back_first and request.back_until:
            halves.append((request.back_first, request.back_until))
        days = {first + n * ONE_DAY for first, until in halves for n in range((until - first).days)}
        return cls(request.id, frozenset(parties), frozenset(days))


def begin(tx: Tx, by: Actor) -> tuple[Roster, Actor]:
    """What every change begins with: the team, locked, and the actor at their moment, which is never before what is on
    record: others may have waited less for the lock, or have a clock that is a little ahead. Raises NoPlan and
    ClockBehind."""
    teams.lock(tx)
    team = roster.load(tx)
    return team, replace(by, now=record.moment(team, by.now))


def written(tx: Tx, team: Roster, now: datetime) -> Roster:
    """The team after a change has been written. If that moves something, what has passed is on record as `team` has
    it, who was the team before."""
    after = roster.load(tx)
    if not record.moves(team, after, now):
        return after
    record.up_to(tx, team, now)
    return roster.load(tx)


def check_rights(team: Roster, by: Actor, *who: str | None) -> None:
    """Raises NotAllowed unless one of `who`, or an admin, asks, and UnknownPerson for who never was in the plan."""
    check_known(team, *who)
    if not by.is_admin and by.id not in who:
        names = " or ".join(team.name(each) for each in dict.fromkeys(who) if each)
        raise NotAllowed(f"{names}, or an admin,")


def check_known(team: Roster, *who: str | None) -> None:
    """Raises UnknownPerson for somebody who never was in the plan."""
    if any(each is not None and each not in team.people for each in who):
        raise UnknownPerson


def before(tx: Tx, team: Roster, by: Actor) -> Change | None:
    """The change that was made when the very same was asked for before."""
    return changes.of_key(tx, team.id, by.key) if by.key else None


def write(tx: Tx, team: Roster, by: Actor, entry: Entry, moved: Effect) -> int:
    """Put a change into the log, with what it `moved`. Returns its id."""
    return changes.record(
        tx,
        team.id,
        at=by.now,
        by=by.id,
        what=entry.what,
        about=entry.about,
        before=entry.before,
        after=entry.after,
        effect=plain(moved),
        key=by.key,
        undoes=entry.undoes,
    )


def enter(
    tx: Tx,
    team: Roster,
    after: Roster,
    by: Actor,
    entry: Entry,
    last: date,
    *,
    settles: Settles | None = None,
    passes_on: str | None = None,
) -> tuple[int, Effect]:
    """Put a change from `team` to `after` into the log and owe the news of what it moves; `last` is the last date that
    it changes. `settles` is the request that it is about, whose parties hear of its days in another way; `passes_on`:
    who gives up a week on short notice, so that who gets it is asked. Returns the id of the change and what it
    moved."""
    moved = effect.between(team, after, by.now, last)
    change_id = write(tx, after, by, entry, moved)
    tell(tx, team, after, by, moved, change_id, settles=settles, passes_on=passes_on)
    show(tx, team, after, by, change_id)
    return change_id, moved


def tell(
    tx: Tx,
    team: Roster,
    after: Roster,
    actor: Actor,
    moved: Effect,
    change_id: int,
    *,
    spares: Collection[str] = (),
    hears: Collection[str] = (),
    about: str | None = None,
    settles: Settles | None = None,
    parties: bool = True,
    passes_on: str | None = None,
    unheard: Collection[Word] = (),
) -> None:
    """Owe the news of a change from `team` to `after` to those whose weeks it moved, but for `spares`, to the channel
    for gaps, and, unless `parties` is false, to both sides of each cover and swap that holds on other days than before.
    Those whom `hears` names are told in any case, and so is whom the change is `about`; `settles` and `passes_on` as
    for `enter`; `unheard`: what nobody needs to hear, as nobody heard of what it undoes."""
    by, now = actor.id, actor.now
    but = settles.request_id if settles else None
    agreements = news.of_agreements(team, after, change_id, by=by, now=now, but=but) if parties else []
    heard = news.days_agreed(agreements)
    for who in settles.parties if settles else ():
        heard.setdefault(who, set()).update(settles.days if settles else ())
    asked = news.gains_on_short_notice(after, moved, passes_on, now) if passes_on else {}
    told = news.of_change(
        after,
        moved,
        change_id,
        by=by,
        about=about,
        now=now,
        spares=frozenset(spares),
        hears=frozenset(hears),
        agreed=heard,
        asked=asked,
    )
    for owed in (*told, *agreements):
        if word(owed) not in unheard:
            owe(tx, after, owed, now)


def word(owed: Owed | Message) -> Word:
    """What tells a message about a change from others: its kind, to whom, and of which request."""
    facts = owed.facts if isinstance(owed, Owed) else messages.facts(owed)
    return owed.kind, owed.audience, facts.request if isinstance(facts, AgreementNews) else None


def show(tx: Tx, team: Roster, after: Roster, by: Actor, change_id: int) -> None:
    """What was said before the change from `team` to `after` is edited to what stands."""
    for edit in edits.edits(tx, team, after, by.now, change_id):
        owe(tx, after, edit, by.now)


def refresh(tx: Tx, team: Roster, request: CoverRequest, by: Actor, change_id: int) -> None:
    """Everyone asked, reminded or told that it is open sees the message of a request change to what stands."""
    for edit in edits.of_request(tx, team, request.id or 0, by.now, change_id):
        owe(tx, team, edit, by.now)


def owe(tx: Tx, team: Roster, owed: Owed, now: datetime) -> None:
    """Owe a message, unless the bot has never run: nobody is told of what came before that."""
    if team.facts.speaks_since is not None:
        chosen = preferences.everybodys(tx) if owed.audience != CHANNEL else {}
        outbox.owe(tx, team.id, quiet.waiting(team, owed, chosen, now), now)
