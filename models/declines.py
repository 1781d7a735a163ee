"""On-call weeks that came to somebody on short notice and that they passed on: kept apart from time off."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select, update

from models.schema.rows import add, columns, first, listed
from models.schema.tables import DeclineRow
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Decline:
    """`person_id` can't take what is left of a week, from `first` up to, not including, `until`. `id` is None until it
    is saved."""

    id: int | None
    person_id: str
    first: date
    until: date
    declined_at: datetime


_DECLINE = columns(DeclineRow, Decline)


def everything(tx: Tx, team_id: int) -> list[Decline]:
    """All that was ever declined and not taken back, oldest first."""
    return listed(tx, Decline, select(*_DECLINE).where(DeclineRow.team_id == team_id).order_by(DeclineRow.id))


def by_id(tx: Tx, team_id: int, decline_id: int) -> Decline | None:
    """The team's decline with that id."""
    return first(tx, Decline, select(*_DECLINE).where(DeclineRow.team_id == team_id, DeclineRow.id == decline_id))


def decline(tx: Tx, team_id: int, declined: Decline) -> Decline:
    """Save it. Returns it with its id."""
    return replace(declined, id=add(tx, DeclineRow, team_id, declined))


def cut(tx: Tx, declined: Decline, until: date) -> Decline:
    """Let it end sooner: the day before `until`. Returns it as it is then."""
    tx.execute(update(DeclineRow).where(DeclineRow.id == declined.id).values(until=until))
    return replace(declined, until=until)


def remove(tx: Tx, declined: Decline) -> None:
    """They can after all."""
    tx.execute(delete(DeclineRow).where(DeclineRow.id == declined.id))
