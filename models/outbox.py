"""What is owed to Slack, and what became of it.

    owe ─► owed ─► claim ─► sending ─► settle: said
             ▲                 │
             └── put back ◄────┴──► refused        withdrawn, needless: never to be said

(team, kind, about) is said once, ever: a tick or a replica that owes it again changes nothing. Facts are kept, not
words. `due_at` goes by the team's clock, which may be a turned one; leases and retries by the real clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import aliased

from models.rows import columns, first, listed
from models.store import Tx
from models.tables import OutboxRow
from models.upsert import insert_once

OWED, SENDING, SAID, REFUSED, WITHDRAWN, NEEDLESS = "owed", "sending", "said", "refused", "withdrawn", "needless"
CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Owed:
    """Something to say: its kind, what it is about, and to whom: `channel`, `person:ID` or `slack:U…`. `edits` is the
    id of the message that it changes."""

    kind: str
    about: str
    audience: str
    due_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    change_id: int | None = None
    edits: int | None = None
    state: str = OWED


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox."""

    id: int
    team_id: int
    kind: str
    about: str
    audience: str
    facts: dict[str, Any]
    change_id: int | None
    edits: int | None
    owed_at: datetime
    due_at: datetime
    state: str
    attempts: int
    begun_at: datetime | None
    channel: str | None
    ts: str | None
    problem: str | None
    said_at: datetime | None

    @property
    def key(self) -> str:
        """What the message is known by in Slack's metadata."""
        return f"{self.team_id}/{self.kind}/{self.about}"


_MESSAGE = columns(OutboxRow, Message)


def to_person(person_id: str) -> str:
    """The audience that is one person of the plan, by direct message."""
    return f"person:{person_id}"


def to_member(slack_id: str) -> str:
    """The audience that is one member of the workspace, by direct message."""
    return f"slack:{slack_id}"


def owe(tx: Tx, team_id: int, owed: Owed, now: datetime) -> int | None:
    """Owe a message. Returns its id, or None where this kind about this has been owed before."""
    return insert_once(
        tx,
        OutboxRow,
        {
            "team_id": team_id,
            "kind": owed.kind,
            "about": owed.about,
            "audience": owed.audience,
            "facts": owed.facts,
            "change_id": owed.change_id,
            "edits": owed.edits,
            "owed_at": now,
            "due_at": owed.due_at,
            "state": owed.state,
            "attempts": 0,
        },
    )


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


def one(tx: Tx, message_id: int) -> Message | None:
    """The message with that id."""
    return _first(tx, OutboxRow.id == message_id)


def of_change(tx: Tx, change_id: int) -> list[Message]:
    """All that was owed because of a change."""
    return listed(tx, Message, select(*_MESSAGE).where(OutboxRow.change_id == change_id).order_by(OutboxRow.id))


def withdraw(tx: Tx, message_id: int) -> bool:
    """Take back a message that nobody has begun to send. False where it is too late."""
    never_begun = and_(OutboxRow.id == message_id, OutboxRow.state == OWED, OutboxRow.begun_at.is_(None))
    gone = tx.execute(update(OutboxRow).where(never_begun).values(state=WITHDRAWN).returning(OutboxRow.id))
    return gone.first() is not None


def owe_after_all(tx: Tx, message_id: int, facts: dict[str, Any], due_at: datetime) -> None:
    """Owe a withdrawn message again."""
    withdrawn = and_(OutboxRow.id == message_id, OutboxRow.state == WITHDRAWN)
    tx.execute(update(OutboxRow).where(withdrawn).values(state=OWED, facts=facts, due_at=due_at))


def ready(tx: Tx, *, now: datetime, real_now: datetime) -> int | None:
    """The oldest message that can be sent: due, not waiting to be tried again, nobody sending it, and, where it edits
    another, that one said. One sender at a time in each audience. None where there is none."""
    row, busy, original = OutboxRow, aliased(OutboxRow), aliased(OutboxRow)
    taken = select(busy.id).where(
        busy.team_id == row.team_id,
        busy.audience == row.audience,
        busy.id != row.id,
        busy.state == SENDING,
        busy.lease_until > real_now,
    )
    not_said = select(original.id).where(original.id == row.edits, original.state != SAID)
    free = or_(row.state == OWED, and_(row.state == SENDING, row.lease_until <= real_now))
    can_be = and_(free, row.due_at <= now, or_(row.retry_at.is_(None), row.retry_at <= real_now))
    return tx.scalar(
        select(row.id)
        .where(can_be, ~taken.exists(), ~not_said.exists())
        .order_by(row.due_at, row.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def claim(tx: Tx, *, now: datetime, real_now: datetime, lease: timedelta) -> Message | None:
    """Take the message that is `ready`, as it was before. Its lease ends `lease` after `real_now`."""
    found = ready(tx, now=now, real_now=real_now)
    if found is None:
        return None
    message = one(tx, found)
    tx.execute(
        update(OutboxRow)
        .where(OutboxRow.id == found)
        .values(state=SENDING, attempts=OutboxRow.attempts + 1, begun_at=real_now, lease_until=real_now + lease)
    )
    return message


def settle(tx: Tx, message_id: int, *, channel: str | None, ts: str | None, now: datetime) -> None:
    """A message has been said: where, and as which message."""
    values = {"state": SAID, "channel": channel, "ts": ts, "said_at": now, "lease_until": None, "problem": None}
    tx.execute(update(OutboxRow).where(OutboxRow.id == message_id).values(**values))


def put_back(tx: Tx, message_id: int, *, retry_at: datetime, problem: str, begun_at: datetime | None) -> None:
    """Try a message again from `retry_at` on. `begun_at`: when the attempt began if it may have taken effect, None
    where it surely has not."""
    values = {"state": OWED, "retry_at": retry_at, "lease_until": None, "problem": problem, "begun_at": begun_at}
    tx.execute(update(OutboxRow).where(OutboxRow.id == message_id).values(**values))


def refuse(tx: Tx, message_id: int, *, state: str, problem: str) -> None:
    """A message will not be said: `refused` by Slack, or `needless` by now."""
    values = {"state": state, "lease_until": None, "problem": problem}
    tx.execute(update(OutboxRow).where(OutboxRow.id == message_id).values(**values))


def waiting(tx: Tx) -> list[Message]:
    """All that is not settled: owed, being sent, or refused."""
    open_still = OutboxRow.state.in_([OWED, SENDING, REFUSED])
    return listed(tx, Message, select(*_MESSAGE).where(open_still).order_by(OutboxRow.due_at, OutboxRow.id))


def _first(tx: Tx, *where: Any) -> Message | None:
    return first(tx, Message, select(*_MESSAGE).where(*where))
