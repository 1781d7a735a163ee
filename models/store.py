"""The store: one database, and transactions that read or write.

On SQLite a transaction that writes begins with BEGIN IMMEDIATE (the driver's own transactions silently lose updates);
one that only reads begins with BEGIN, so that WAL serves it while somebody writes. Waits fit Slack's three seconds.
Errors of the database leave here as `StoreError`s.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Tx = Connection
log = logging.getLogger(__name__)

SQLITE_BUSY_MS = 1_000
POOL_WAIT_S = 1
POSTGRES_WAIT_S = 2
THREADS = 12  # the web server's, the tick's, delivery's


class StoreError(Exception):
    """The store cannot do it now. `str()` is a sentence for a person."""


class StoreBusy(StoreError):
    """Somebody else has held the store for too long."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, read or written."""


class BadStoreUrl(StoreError):
    """The address of the store makes no sense."""


class Store:
    """One database. Threads share it; each transaction has a connection of its own."""

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's, such as sqlite:///oncall.sqlite or postgresql://…; raises BadStoreUrl."""
        self.url = url
        self.on_commit: Callable[[], None] = lambda: None
        self.no_writing: Exception | None = None  # raised where somebody wants to write, if set
        self.engine = _engine(url)

    @property
    def shown_url(self) -> str:
        """Its address without the password."""
        return make_url(self.url).render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A transaction that sees one state of the store and writes nothing."""
        with _translated(self), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """A transaction that may write: all of it or, when the block raises, nothing. Wakes `on_commit` afterwards."""
        if self.no_writing:
            raise self.no_writing
        with _translated(self), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection
        self.on_commit()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


@contextmanager
def _translated(store: Store) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise StoreBusy("The store is busy.") from error
    except OperationalError as error:
        locked = isinstance(error.orig, sqlite3.OperationalError) and "locked" in str(error.orig)
        kind = StoreBusy if locked else StoreUnavailable
        raise kind(f"The store {store.shown_url} does not answer: {error.orig}") from error
    except DBAPIError as error:
        raise StoreUnavailable(f"The store {store.shown_url} refused: {error.orig}") from error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, pool_size=THREADS, max_overflow=4, pool_timeout=POOL_WAIT_S)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_size=THREADS,
                max_overflow=4,
                pool_timeout=POOL_WAIT_S,
                pool_pre_ping=True,
                connect_args={
                    "connect_timeout": POSTGRES_WAIT_S,
                    "options": f"-c statement_timeout={POSTGRES_WAIT_S}s -c lock_timeout={POOL_WAIT_S}s",
                },
            )
    except (SQLAlchemyError, ImportError) as error:
        raise BadStoreUrl(f"The address of the store cannot be used: {error}") from error
    raise BadStoreUrl(f"The store is a {parsed.get_backend_name()}; use sqlite:///FILE or postgresql://…")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={SQLITE_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
