"""Secret links to the calendar feeds: whose they are, and the hash by which one is recognised."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from models.schema.tables import FeedRow, PersonRow
from models.store.engine import Tx

_LIVE = (
    select(FeedRow.digest, FeedRow.made_at)
    .join(PersonRow, PersonRow.id == FeedRow.person_id)
    .where(FeedRow.person_id == bindparam("person_id"), FeedRow.revoked_at.is_(None), PersonRow.listed)
    .order_by(FeedRow.id.desc())
    .limit(1)
)


def digest_of(tx: Tx, person_id: str) -> str | None:
    """The hash of a person's link; None where they have none, or have left the plan. Always one query."""
    found = tx.execute(_LIVE, {"person_id": person_id}).first()
    return str(found[0]) if found else None


def made_at(tx: Tx, person_id: str) -> datetime | None:
    """Since when a person has a link; None where they have none."""
    found = tx.execute(_LIVE, {"person_id": person_id}).first()
    moment: datetime | None = found[1] if found else None
    return moment


def is_made(tx: Tx, key: str) -> bool:
    """Whether the request `key` has made a link before."""
    return tx.scalar(select(FeedRow.id).where(FeedRow.key == key)) is not None


def make(tx: Tx, person_id: str, digest: str, now: datetime, key: str | None) -> None:
    """Give a person a link; any that they had is revoked. Whoever calls holds the team's lock."""
    revoke(tx, person_id, now)
    tx.execute(insert(FeedRow).values(person_id=person_id, digest=digest, made_at=now, key=key))


def revoke(tx: Tx, person_id: str, now: datetime) -> bool:
    """Take a person's link back. False where they had none."""
    live = (FeedRow.person_id == person_id, FeedRow.revoked_at.is_(None))
    return bool(tx.execute(update(FeedRow).where(*live).values(revoked_at=now)).rowcount)
