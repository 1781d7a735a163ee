"""Insert or update, alike on both databases."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from models.schema.tables import Base
from models.store.engine import Tx


def _insert(tx: Tx, table: type[Base]) -> Any:
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)


def upsert(tx: Tx, table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Have one row with `key` (a unique set of columns) hold `values`."""
    row = _insert(tx, table).values(**key, **values)
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def insert_once(tx: Tx, table: type[Base], values: Mapping[str, Any]) -> int | None:
    """Add a row unless a unique key says that it is there. Returns its id, or None where it was there already."""
    row = _insert(tx, table).values(**values).on_conflict_do_nothing()
    key = next(iter(table.__table__.primary_key))
    added: int | None = tx.execute(row.returning(key)).scalar()
    return added
