"""From rows to facts: frozen dataclasses whose fields have the names of columns."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Select

from models.store import Tx
from models.tables import Base

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
