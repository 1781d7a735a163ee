"""How far behind the bots of a store are with what they owe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from models.outbox import OWED, REFUSED, SAID, Message, waiting
from models.schema.tables import OutboxRow, TeamRow
from models.store.engine import Tx

OVERDUE = timedelta(minutes=5)  # a message that is due for longer is late enough to wake somebody


@dataclass(frozen=True, slots=True)
class OfTeam:
    """What is not settled of a team at a moment of its clock: how many messages are due, by kind; those `overdue`, due
    for more than five minutes; those `refused` by Slack, until somebody retries or drops them. `oldest` is the age
    of the oldest that is due, `late` how long after its moment the latest handoff was said (None: there was none)."""

    owed: Mapping[str, int]
    overdue: tuple[Message, ...]
    refused: tuple[Message, ...]
    oldest: timedelta
    late: timedelta | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not settled, of each team by its id."""

    teams: Mapping[int, OfTeam]

    @property
    def overdue(self) -> tuple[Message, ...]:
        """What is due for more than five minutes, of all teams."""
        return tuple(message for each in self.teams.values() for message in each.overdue)

    @property
    def refused(self) -> tuple[Message, ...]:
        """What Slack refuses, of all teams."""
        return tuple(message for each in self.teams.values() for message in each.refused)


def at(tx: Tx, now: datetime, handoff: str) -> Backlog:
    """The backlog at `now`. `handoff` is the kind of the message whose lateness is told."""
    due = [message for message in waiting(tx) if message.due_at <= now]
    late = _late(tx, handoff)
    return Backlog({team: _of_team([m for m in due if m.team_id == team], now, late[team]) for team in late})


def _of_team(due: list[Message], now: datetime, late: timedelta | None) -> OfTeam:
    refused = {message.id for message in due if message.state == REFUSED}
    owed = [message for message in due if message.state == OWED and message.edits not in refused]  # they wait for it
    kinds = {message.kind for message in owed}
    return OfTeam(
        {kind: sum(message.kind == kind for message in owed) for kind in kinds},
        tuple(message for message in owed if message.due_at <= now - OVERDUE),
        tuple(message for message in due if message.state == REFUSED),
        max((now - message.due_at for message in owed), default=timedelta(0)),
        late,
    )


def _late(tx: Tx, handoff: str) -> dict[int, timedelta | None]:
    """How late each team's latest handoff was said."""
    said = aliased(OutboxRow)
    its = (said.team_id == TeamRow.id, said.kind == handoff, said.state == SAID)
    latest = select(said.id).where(*its).order_by(said.id.desc()).limit(1).scalar_subquery()  # not those of ten years
    found = select(TeamRow.id, OutboxRow.said_at, OutboxRow.due_at).outerjoin(OutboxRow, OutboxRow.id == latest)
    rows = tx.execute(found.order_by(TeamRow.id))
    return {team: said_at - due_at if said_at else None for team, said_at, due_at in rows}
