"""What is owed to Slack, and what became of it. `sending.py` is how it gets there.

    owe ─► owed ─► said
            │ ▲
            │ └── retried
            ├──► refused      Slack will not have it: it stays to be seen, until somebody retries or drops it
            ├──► withdrawn    taken back before anybody began to send it, or dropped by hand
            └──► needless     of no use any more

(team, kind, about) is said once, ever: a tick or a replica that owes it again changes nothing. Facts are kept, not
words. `due_at` goes by the team's clock, which may be a turned one; attempts and retries by the real clock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, and_, or_, select, update

from models.schema.plain import Plain, plain
from models.schema.rows import columns, first, listed
from models.schema.tables import ChannelRow, OutboxRow, PaceRow
from models.schema.upsert import insert_all_once, insert_once
from models.store.engine import Tx

OWED, SAID, REFUSED, WITHDRAWN, NEEDLESS = "owed", "said", "refused", "withdrawn", "needless"
CHANNEL = "channel"
PICTURES = "channel/pictures"  # the same channel, in a row of its own: a picture that fails holds up no text
DROPPED = "dropped by hand"
NO_MEMBER = "no_member"  # our own word beside Slack's: nobody in Slack is known for this person
LAST = "9999"  # sorts behind every day
EDIT = "edit"  # the kind of what changes a message that was said


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What a message is about: a dataclass for each `kind` of message, kept as plain values."""

    kind: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Owed:
    """Something to say: its facts, what it is about, by which it is said once, and to whom: `channel`, `person:ID` or
    `slack:U…`. `edits` is the id of the message that it changes; what is `urgent` is sent before what is not. Not kept
    are `concerns`: when the duty that it is about begins, by which quiet hours go; and `again`: the id of the message
    that it is, which is owed already, or after all."""

    facts: MessageFacts
    about: str
    audience: str
    due_at: datetime
    change_id: int | None = None
    edits: int | None = None
    state: str = OWED
    urgent: bool = False
    concerns: datetime | None = None
    again: int | None = None

    @property
    def kind(self) -> str:
        """The kind of its facts, unless it is an edit."""
        return self.facts.kind if self.edits is None else EDIT


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox, its facts as plain values. By the real clock: `tried_at` is when the first attempt began,
    `begun_at` when the latest one did that may have taken effect, before `retry_at` there is no other, and since
    `refused_at` Slack refuses it for a reason that may pass."""

    id: int
    team_id: int
    kind: str
    about: str
    audience: str
    facts: Plain
    change_id: int | None
    edits: int | None
    urgent: bool
    owed_at: datetime
    due_at: datetime
    state: str
    attempts: int
    retry_at: datetime | None
    tried_at: datetime | None
    begun_at: datetime | None
    refused_at: datetime | None
    channel: str | None
    ts: str | None
    problem: str | None
    said_at: datetime | None

    @property
    def key(self) -> str:
        """What the message is known by in Slack's metadata."""
        return f"{self.team_id}/{self.kind}/{self.about}"

    @property
    def is_refused(self) -> bool:
        """Whether Slack refuses it: for good, or so far, while it is still tried."""
        return self.state == REFUSED or (self.state == OWED and self.refused_at is not None)


_MESSAGE = columns(OutboxRow, Message)
_AFRESH: dict[str, Any] = {"state": OWED, "retry_at": None, "tried_at": None, "refused_at": None}  # as if never tried


def to_person(person_id: str) -> str:
    """The audience that is one person of the plan, by direct message."""
    return f"person:{person_id}"


def to_member(slack_id: str) -> str:
    """The audience that is one member of the workspace, by direct message."""
    return f"slack:{slack_id}"


def owe(tx: Tx, team_id: int, owed: Owed, now: datetime) -> int | None:
    """Owe a message. Returns its id, or None where this kind about this has been owed before."""
    added = insert_once(tx, OutboxRow, _row(team_id, owed, now))
    if added is not None:
        _have_places(tx, team_id, [owed])
    return added


def owe_all(tx: Tx, team_id: int, owed: Iterable[Owed], now: datetime) -> list[Owed]:
    """Owe messages, in this order. Returns those that are owed by it: neither what had been owed before, nor a second
    one of the same kind about the same."""
    new: dict[tuple[str, str], Owed] = {}
    after_all = []
    for each in owed:
        if each.again is None:
            new.setdefault((each.kind, each.about), each)
        else:
            owe_after_all(tx, each.again, each.facts, each.due_at)
            after_all.append(each)
    rows = [_row(team_id, each, now) for each in new.values()]
    added = [new[kind, about] for kind, about in insert_all_once(tx, OutboxRow, rows, OutboxRow.kind, OutboxRow.about)]
    _have_places(tx, team_id, added)
    return [*added, *after_all]


def _row(team_id: int, owed: Owed, now: datetime) -> dict[str, Any]:
    return {
        "team_id": team_id,
        "kind": owed.kind,
        "about": owed.about,
        "audience": owed.audience,
        "facts": plain(owed.facts),
        "change_id": owed.change_id,
        "edits": owed.edits,
        "urgent": owed.urgent,
        "owed_at": now,
        "due_at": owed.due_at,
        "state": owed.state,
        "attempts": 0,
    }


def _have_places(tx: Tx, team_id: int, owed: Iterable[Owed]) -> None:
    """Have a row for each audience, and for the team, by which senders take turns."""
    to = [{"team_id": team_id, "audience": audience} for audience in dict.fromkeys(each.audience for each in owed)]
    insert_all_once(tx, ChannelRow, to, ChannelRow.audience)
    if to:
        insert_once(tx, PaceRow, {"team_id": team_id})


def known(tx: Tx, team_id: int, candidates: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (kind, about) have been owed before."""
    asked = [and_(OutboxRow.kind == kind, OutboxRow.about == about) for kind, about in candidates]
    if not asked:
        return set()
    rows = tx.execute(select(OutboxRow.kind, OutboxRow.about).where(OutboxRow.team_id == team_id, or_(*asked)))
    return {(kind, about) for kind, about in rows}


def find(tx: Tx, team_id: int, kind: str, about: str) -> Message | None:
    """The message of this kind about this."""
    return _first(tx, OutboxRow.team_id == team_id, OutboxRow.kind == kind, OutboxRow.about == about)


def by_id(tx: Tx, team_id: int, message_id: int) -> Message | None:
    """The team's message with that id."""
    return _first(tx, OutboxRow.team_id == team_id, OutboxRow.id == message_id)


def of_change(tx: Tx, change_id: int) -> list[Message]:
    """All that was owed because of a change."""
    return listed(tx, Message, select(*_MESSAGE).where(OutboxRow.change_id == change_id).order_by(OutboxRow.id))


def standing(tx: Tx, team_id: int, abouts: Mapping[str, Collection[str] | None]) -> list[Message]:
    """The messages that were said, or will be, of each of these kinds about one of these (None: about anything)."""
    kinds = [
        OutboxRow.kind == kind if about is None else and_(OutboxRow.kind == kind, OutboxRow.about.in_(list(about)))
        for kind, about in abouts.items()
    ]
    asked = (OutboxRow.team_id == team_id, or_(*kinds), OutboxRow.state.in_([OWED, SAID]))
    return listed(tx, Message, select(*_MESSAGE).where(*asked).order_by(OutboxRow.id))


def since(tx: Tx, team_id: int, kinds: Collection[str], about: str) -> list[Message]:
    """The messages of these kinds about `about` or what sorts behind it, such as a later day, each with the facts that
    it shows, or is about to: those of its latest edit."""
    edits = [_between(f"{team_id}/{kind}/{about}", f"{team_id}/{kind}/{LAST}") for kind in kinds]  # as they are about
    edited = and_(OutboxRow.kind == EDIT, or_(*edits), OutboxRow.state != WITHDRAWN)
    own = and_(OutboxRow.kind.in_(list(kinds)), OutboxRow.about >= about)
    found: dict[int, Message] = {}
    asked = select(*_MESSAGE).where(OutboxRow.team_id == team_id, or_(own, edited))
    for each in listed(tx, Message, asked.order_by(OutboxRow.id)):
        if each.edits is None:
            found[each.id] = each
        elif each.edits in found:
            found[each.edits] = replace(found[each.edits], facts=each.facts)
    return list(found.values())


def _between(first: str, until: str) -> ColumnElement[bool]:
    return and_(OutboxRow.about >= first, OutboxRow.about < until)


def of_subject(tx: Tx, team_id: int, kinds: Iterable[str], subject: str) -> list[Message]:
    """The messages of these kinds about `subject`, or about a part of it: `subject/…`."""
    about = or_(OutboxRow.about == subject, OutboxRow.about.startswith(f"{subject}/", autoescape=True))
    asked = (OutboxRow.team_id == team_id, OutboxRow.kind.in_(list(kinds)), about)
    return listed(tx, Message, select(*_MESSAGE).where(*asked).order_by(OutboxRow.id))


def withdraw(tx: Tx, message_id: int) -> bool:
    """Take back a message that nobody has begun to send. False where it is too late."""
    never_begun = and_(OutboxRow.id == message_id, OutboxRow.state == OWED, OutboxRow.begun_at.is_(None))
    gone = tx.execute(update(OutboxRow).where(never_begun).values(state=WITHDRAWN).returning(OutboxRow.id))
    return gone.first() is not None


def owe_after_all(tx: Tx, message_id: int, facts: MessageFacts, due_at: datetime) -> None:
    """Owe a message that was withdrawn, or of no use, again; or with other facts one that nobody has begun to send."""
    waits = and_(OutboxRow.state == OWED, OutboxRow.begun_at.is_(None))
    can = and_(OutboxRow.id == message_id, or_(OutboxRow.state.in_([WITHDRAWN, NEEDLESS]), waits))
    tx.execute(update(OutboxRow).where(can).values(state=OWED, facts=plain(facts), due_at=due_at))


def has_newer_edit(tx: Tx, edit: Message) -> bool:
    """Whether another edit of the same message was owed later, so that this one has nothing to add."""
    newer = and_(OutboxRow.edits == edit.edits, OutboxRow.id > edit.id, OutboxRow.state.in_([OWED, SAID]))
    return tx.scalar(select(OutboxRow.id).where(newer).limit(1)) is not None


def everything(tx: Tx) -> list[Message]:
    """All that was ever owed, the earliest due first."""
    return listed(tx, Message, select(*_MESSAGE).order_by(OutboxRow.due_at, OutboxRow.id))


def waiting(tx: Tx) -> list[Message]:
    """All that is not settled: owed or refused, the earliest due first."""
    open_still = OutboxRow.state.in_([OWED, REFUSED])
    return listed(tx, Message, select(*_MESSAGE).where(open_still).order_by(OutboxRow.due_at, OutboxRow.id))


def retry(tx: Tx, message_id: int) -> bool:
    """Send a message that was refused, or waits to be tried again, as soon as its channel is free. False where it is
    neither. What an earlier attempt may have done is still looked up first."""
    return _changed(tx, message_id, [OWED, REFUSED], **_AFRESH)


def retry_refused(
    tx: Tx, *, team_id: int | None = None, audience: str | None = None, problems: Iterable[str] | None = None
) -> list[int]:
    """Owe again what is refused, for good or so far, of a team, to an audience, or because of one of these problems
    (None: any). Returns the ids."""
    so_far = and_(OutboxRow.state == OWED, OutboxRow.refused_at.is_not(None))
    asked = [or_(OutboxRow.state == REFUSED, so_far)]
    asked += [] if team_id is None else [OutboxRow.team_id == team_id]
    asked += [] if audience is None else [OutboxRow.audience == audience]
    asked += [] if problems is None else [OutboxRow.problem.in_(list(problems))]
    again = update(OutboxRow).where(*asked).values(**_AFRESH)
    return list(tx.scalars(again.returning(OutboxRow.id)))


def drop(tx: Tx, message_id: int) -> bool:
    """Never say a message that is owed or was refused. False where it is neither."""
    return _changed(tx, message_id, [OWED, REFUSED], state=WITHDRAWN, problem=DROPPED)


def _changed(tx: Tx, message_id: int, states: list[str], **values: Any) -> bool:
    mine = and_(OutboxRow.id == message_id, OutboxRow.state.in_(states))
    return tx.execute(update(OutboxRow).where(mine).values(**values).returning(OutboxRow.id)).first() is not None


def _first(tx: Tx, *where: Any) -> Message | None:
    return first(tx, Message, select(*_MESSAGE).where(*where))
