"""Databases for tests, SQLite and PostgreSQL: as many as a test asks for, empty or with the tables of this release."""

import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import Engine

from models.keeping.migrate import migrate
from models.schema.tables import Base
from models.store.engine import Store
from tests.kit import postgres

Fill = Callable[[Store], None]


class Databases(Protocol):
    """Makes databases of one kind. Nothing is left of them after the test."""

    kind: str

    def empty(self) -> str:
        """The URL of one with nothing in it."""

    def migrated(self) -> str:
        """The URL of one with the tables of this release, and nothing in them."""

    def filled(self, fill: Fill) -> str:
        """The URL of one with tables, and with what `fill` puts into an empty store."""


class SqliteDatabases:
    """SQLite files in one folder."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self) -> str:
        """The URL of a file that is not there yet."""
        return f"sqlite:///{self._next()}"

    def migrated(self) -> str:
        """The URL of a file with tables."""
        return self.filled(nothing)

    def filled(self, fill: Fill) -> str:
        """The URL of a file with tables that is filled; it is filled once, and then copied."""
        path = self._next()
        path.touch(mode=0o600)  # as the bot makes it
        path.write_bytes(_sqlite_file(fill))
        return f"sqlite:///{path}"

    def _next(self) -> Path:
        return self._folder / f"oncall-{uuid4().hex[:8]}.sqlite"


class PostgresDatabases:
    """Databases of one PostgreSQL server."""

    kind = "postgresql"

    def __init__(self, server: str, template: str) -> None:
        """`server`: the URL of a database from which others are made; `template`: the name of one with tables."""
        self._server, self._template = server, template
        self._made: list[str] = []

    def empty(self) -> str:
        """The URL of a database without tables."""
        return self._next("template1")

    def migrated(self) -> str:
        """The URL of a database with tables."""
        return self._next(self._template)

    def filled(self, fill: Fill) -> str:
        """The URL of a database with tables that is filled."""
        url = self.migrated()
        with closing(Store(url)) as store:
            fill(store)
        return url

    def close(self) -> None:
        """Drop them all."""
        for name in self._made:
            postgres.drop(self._server, name)

    def _next(self, template: str) -> str:
        name = postgres.create(self._server, template)
        self._made.append(name)
        return postgres.url_of(self._server, name)


def everything(store: Store) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with store.reading() as tx:
        tables = Base.metadata.sorted_tables
        return {t.name: list(tx.execute(t.select().order_by(*t.primary_key)).all()) for t in tables}


_first: dict[str, Engine] = {}


def warm(store: Store) -> Store:
    """A store whose statements are compiled once a process instead of once a store, which would be most of what a small
    test does."""
    engine = store.engine
    first = _first.setdefault(engine.dialect.name, engine)
    if first is engine:
        with store.reading():
            pass  # SQLAlchemy finds out, once, what it talks to
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return store


def nothing(store: Store) -> None:
    """Put nothing into it."""


@cache
def _sqlite_file(fill: Fill) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite"
        with closing(Store(f"sqlite:///{path}")) as store:
            migrate(store)
            fill(store)
        return path.read_bytes()
