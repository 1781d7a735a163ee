"""Ids of channels, kept by the name that the plan gives them."""

from datetime import datetime

from sqlalchemy import delete, select

from models.schema.tables import FoundChannelRow
from models.schema.upsert import upsert
from models.store.engine import Tx


def id_of(tx: Tx, name: str) -> str | None:
    """The id that was found for a name (without its `#`); None where none was."""
    return tx.scalar(select(FoundChannelRow.slack_id).where(FoundChannelRow.name == name))


def found(tx: Tx, name: str, slack_id: str, now: datetime) -> None:
    """Keep the id that was found for a name at the moment `now`."""
    upsert(tx, FoundChannelRow, {"name": name}, {"slack_id": slack_id, "found_at": now})


def forget(tx: Tx, name: str) -> None:
    """Nothing is known of a name any more."""
    tx.execute(delete(FoundChannelRow).where(FoundChannelRow.name == name))
