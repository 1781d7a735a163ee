"""How much of the database something asks: statements, and how often the team is loaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from models.store.engine import Store

FROM_TEAMS = "FROM teams JOIN"  # what loading the team begins with


@dataclass
class Counted:
    """Every statement that a store was sent, in order, `BEGIN` too."""

    statements: list[str] = field(default_factory=list)

    @property
    def loads(self) -> int:
        """How often the team was loaded."""
        return sum(FROM_TEAMS in " ".join(statement.split()) for statement in self.statements)


@contextmanager
def counted(store: Store) -> Iterator[Counted]:
    """What the store is sent meanwhile."""
    found = Counted()

    def hears(*call: object) -> None:
        found.statements.append(str(call[2]))

    event.listen(store.engine, "before_cursor_execute", hears)
    try:
        yield found
    finally:
        event.remove(store.engine, "before_cursor_execute", hears)
