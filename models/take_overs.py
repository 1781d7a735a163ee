"""Take-overs: who is on duty from one moment to another, whoever that time belongs to."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, update

from models.schema.rows import add, columns, put_row_back
from models.schema.tables import RequestRow, TakeOverRow
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class TakeOver:
    """`person_id` is on duty from `starts` up to, not including, `ends` (moments). `request_id`: what it was agreed on,
    where it is a cover of days that are no own week's. `id` is None until it is saved."""

    id: int | None
    person_id: str
    starts: datetime
    ends: datetime
    taken_at: datetime
    request_id: int | None = None


def save_new(tx: Tx, team_id: int, taken: TakeOver) -> TakeOver:
    """Save a take-over. Returns it with its id."""
    return replace(taken, id=add(tx, TakeOverRow, team_id, taken))


def on_request(tx: Tx, team_id: int, starts: datetime, ends: datetime) -> list[tuple[str, TakeOver]]:
    """Those with time from `starts` up to `ends` (moments) that were agreed on a request, each with who had asked."""
    mine = (TakeOverRow.team_id == team_id, TakeOverRow.starts < ends, TakeOverRow.ends > starts)
    asked = select(RequestRow.person_id, *columns(TakeOverRow, TakeOver)).join(RequestRow).where(*mine)
    return [(who, TakeOver(*row)) for who, *row in tx.execute(asked)]


def put_back(tx: Tx, team_id: int, taken: TakeOver) -> None:
    """Have a take-over be as it was before it was ended or cut."""
    tx.execute(delete(TakeOverRow).where(TakeOverRow.id == taken.id))
    put_row_back(tx, TakeOverRow, team_id, taken)


def until(tx: Tx, taken: TakeOver, ends: datetime) -> TakeOver:
    """Let a take-over end at another moment. Returns it as it is then."""
    tx.execute(update(TakeOverRow).where(TakeOverRow.id == taken.id).values(ends=ends))
    return replace(taken, ends=ends)


def end(tx: Tx, taken: TakeOver, now: datetime) -> None:
    """End a take-over now; one that has not begun is as if it had never been."""
    mine = TakeOverRow.id == taken.id
    if now <= taken.starts:
        tx.execute(delete(TakeOverRow).where(mine))
    else:
        tx.execute(update(TakeOverRow).where(mine).values(ends=min(now, taken.ends)))
