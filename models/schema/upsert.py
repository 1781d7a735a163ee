"""Insert or update, alike on both databases."""

from collections.abc import Mapping, Sequence
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


def insert_all_once(tx: Tx, table: type[Base], rows: Sequence[Mapping[str, Any]], *returned: Any) -> list[Any]:
    """Add those of the rows, which have the same columns, that no unique key says are there, in their order. Returns
    the columns `returned` of each that was added."""
    if not rows:
        return []
    added = _insert(tx, table).values([dict(row) for row in rows]).on_conflict_do_nothing()
    return list(tx.execute(added.returning(*returned)))
