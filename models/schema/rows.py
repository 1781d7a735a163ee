"""From rows to facts: frozen dataclasses whose fields have the names of columns."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Select, insert

from models.schema.tables import Base
from models.store.engine import Tx

T = TypeVar("T")


def columns(table: type[Base], facts: type) -> list[Any]:
    """The columns of `table` that `facts` (a dataclass) has fields for, in its order."""
    return [getattr(table, field.name) for field in fields(facts)]


def listed(tx: Tx, make: Callable[..., T], statement: Select[Any], **given: Any) -> list[T]:
    """What `make` makes of each row. `given` are the values of the statement's parameters: one that every command needs
    is built once, with parameters, since building it takes longer than running it."""
    return [make(*row) for row in tx.execute(statement, given)]


def first(tx: Tx, make: Callable[..., T], statement: Select[Any]) -> T | None:
    """What `make` makes of the first row, if there is one."""
    row = tx.execute(statement).first()
    return make(*row) if row else None


def add(tx: Tx, table: type[Base], team_id: int, facts: Any) -> int:
    """Add a row to `table` from `facts`, a dataclass whose id is given by the database. Returns the id."""
    values = {field.name: _kept(getattr(facts, field.name)) for field in fields(facts) if field.name != "id"}
    key = next(iter(table.__table__.primary_key))
    return int(tx.execute(insert(table).values(team_id=team_id, **values).returning(key)).scalar_one())


def put_row_back(tx: Tx, table: type[Base], team_id: int, facts: Any) -> None:
    """Add a row to `table` from `facts`, with the id that it had before it went."""
    values = {field.name: _kept(getattr(facts, field.name)) for field in fields(facts)}
    tx.execute(insert(table).values(team_id=team_id, **values))


def _kept(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
