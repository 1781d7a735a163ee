"""Covers that were agreed: who stands in for whom, on which dates."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, update

from models.schema.rows import add, put_row_back
from models.schema.tables import CoverRow
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Cover:
    """`person_id` stands in for `instead_of` from `first` up to, not including, `until`, as agreed on a request. `id`
    is None until it is saved."""

    id: int | None
    person_id: str
    instead_of: str
    first: date
    until: date
    agreed_at: datetime
    request_id: int


def agree(tx: Tx, team_id: int, cover: Cover) -> Cover:
    """Save a cover. Returns it with its id."""
    return replace(cover, id=add(tx, CoverRow, team_id, cover))


def cut(tx: Tx, cover: Cover, until: date) -> Cover:
    """Let a cover end sooner, or later again: the day before `until`. Returns it as it is then."""
    tx.execute(update(CoverRow).where(CoverRow.id == cover.id).values(until=until))
    return replace(cover, until=until)


def put_back(tx: Tx, team_id: int, cover: Cover) -> None:
    """Have a cover be as it was before it was removed or cut, in its old place among those agreed."""
    remove(tx, cover)
    put_row_back(tx, CoverRow, team_id, cover)


def remove(tx: Tx, cover: Cover) -> None:
    """Take a cover away."""
    tx.execute(delete(CoverRow).where(CoverRow.id == cover.id))
