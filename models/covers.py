"""Covers that were agreed: who stands in for whom, on which dates."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete

from models.rows import add
from models.store import Tx
from models.tables import CoverRow


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


def remove(tx: Tx, cover: Cover) -> None:
    """Take a cover away."""
    tx.execute(delete(CoverRow).where(CoverRow.id == cover.id))
