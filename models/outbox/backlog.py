"""How far behind the bots of a store are with what they owe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from models.outbox import OWED, REFUSED, SAID, Message, waiting
from models.schema.tables import OutboxRow
from models.store.engine import Tx

OVERDUE = timedelta(minutes=5)  # a message that is due for longer is late enough to wake somebody


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not settled at a moment of the team's clock: how many messages are due, by kind; those `overdue`, due
    for more than five minutes; those `refused` by Slack, until somebody retries or drops them. `oldest` is the age
    of the oldest that is due, `late` how long after its moment the latest handoff was said (None: there was none)."""

    owed: Mapping[str, int]
    overdue: tuple[Message, ...]
    refused: tuple[Message, ...]
    oldest: timedelta
    late: timedelta | None


def at(tx: Tx, now: datetime, handoff: str) -> Backlog:
    """The backlog at `now`. `handoff` is the kind of the message whose lateness is told."""
    due = [message for message in waiting(tx) if message.due_at <= now]
    refused = {message.id for message in due if message.state == REFUSED}
    owed = [message for message in due if message.state == OWED and message.edits not in refused]  # they wait for it
    kinds = {message.kind for message in owed}
    return Backlog(
        {kind: sum(message.kind == kind for message in owed) for kind in kinds},
        tuple(message for message in owed if message.due_at <= now - OVERDUE),
        tuple(message for message in due if message.state == REFUSED),
        max((now - message.due_at for message in owed), default=timedelta(0)),
        _late(tx, handoff),
    )


def _late(tx: Tx, handoff: str) -> timedelta | None:
    said = select(OutboxRow.said_at, OutboxRow.due_at).where(OutboxRow.kind == handoff, OutboxRow.state == SAID)
    row = tx.execute(said.order_by(OutboxRow.id.desc()).limit(1)).first()  # the latest rows, not those of ten years
    return row[0] - row[1] if row and row[0] else None
