"""What a store holds, to compare it before and after."""

from contextlib import closing
from typing import Any

from sqlalchemy import func, select

from models.schema.tables import Base
from models.store.engine import Store


def count(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with closing(Store(url)) as store, store.reading() as tx:
        tables = Base.metadata.sorted_tables
        return {t.name: int(tx.execute(select(func.count()).select_from(t)).scalar_one()) for t in tables}


def rows(url: str) -> dict[str, list[Any]]:
    """Every row, but for what the store says of itself."""
    with closing(Store(url)) as store, store.reading() as tx:
        tables = [t for t in Base.metadata.sorted_tables if t.name != "store"]
        return {t.name: [tuple(r) for r in tx.execute(select(t).order_by(*t.primary_key))] for t in tables}
