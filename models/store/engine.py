"""The store: one database, and transactions that read or write.

On SQLite a transaction that writes begins with BEGIN IMMEDIATE (the driver's own transactions silently lose updates);
one that only reads begins with BEGIN, so that WAL serves it while somebody writes. On PostgreSQL one that reads is
REPEATABLE READ, to see one state too, and may not write. Waits fit Slack's three seconds. Errors of the database leave
here as `StoreError`s, without passwords and without what was written.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.store import address
from models.store.address import UNREADABLE, BadAddress
from models.store.errors import BadStoreUrl, MaybeSaved, StoreUnavailable, maybe_saved, of_database, too_busy
from models.store.file import BadFile, StoreFile
from models.store.saves import Saves

Tx = Connection

POOL_WAIT_S = 1
CONNECT_WAIT_S = 2
WAL_RETRY_S = 0.01
THREADS = 22  # the web server's, the senders', the tick's
OVERFLOW = 2

CHANGED = "changed"  # what a connection keeps of its transaction

ALL_IN_USE, OTHERS_SAVE = "all in use", "others save"
NO_DRIVER = "no driver"
NO_FILE, OTHER_DATABASE = "no file", "other database"


@dataclass(frozen=True, slots=True)
class Waits:
    """How many seconds the store waits for somebody else's lock, and for a statement (None: as long as it takes)."""

    lock: int
    statement: int | None


IN_A_REQUEST = Waits(lock=1, statement=2)
PATIENTLY = Waits(lock=600, statement=None)


class Store:
    """One database. Threads share it; each transaction has a connection of its own."""

    def __init__(self, url: str, waits: Waits = IN_A_REQUEST) -> None:
        """`url` is SQLAlchemy's, such as sqlite:///oncall.sqlite or postgresql://…; raises BadStoreUrl."""
        self.url = url
        self.on_commit: Callable[[], None] = lambda: None
        self.before_writing: Callable[[Tx], None] = lambda _: None  # in a transaction that is to write; may refuse it
        path = sqlite_file(url)
        self._file = StoreFile(path) if path else None
        self.engine = _engine(url, waits, self._file)
        self.saves = Saves()
        event.listen(self.engine, "after_cursor_execute", _note_change)
        self._turns, self._patience = threading.Lock(), waits.lock + 1
        self._of_thread = threading.local()

    @property
    def shown_url(self) -> str:
        """Its address without passwords."""
        return address.shown(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def commits(self) -> int:
        """How often this thread has begun to commit: where it is the same as before, nothing was changed."""
        begun: int = getattr(self._of_thread, "commits", 0)
        return begun

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A transaction that sees one state of the store and writes nothing. Raises StoreError."""
        with _translated(self), self._there(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, *, wakes: bool = True) -> Iterator[Tx]:
        """A transaction that may write: all of it or, when the block raises, nothing. Calls `on_commit` afterwards,
        unless it `wakes` nobody: what is done by those who are woken. Raises StoreError; after MaybeSaved it may have
        been saved, after any other nothing was."""
        with self._turn(), _translated(self, writing=True), self._there(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            connection.info[CHANGED] = False
            transaction = connection.begin()
            with transaction:
                self.before_writing(connection)
                yield connection
                self._of_thread.commits = self.commits + 1
                changed = connection.info[CHANGED]
                with _doubted(self):
                    transaction.commit()
            if changed:
                self.saves.succeeded()
        if wakes:
            self.on_commit()

    @contextmanager
    def _there(self) -> Iterator[None]:
        """A file that was removed can be written to as long as it is open, and nobody would find it again. Raises
        BadFile."""
        if self._file:
            self._file.check()
        yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer at a time, and who waits for it only looks again now and then, so that of many threads
        some never have their turn. Those of this process take turns before they ask it."""
        if not self.is_sqlite:
            yield
            return
        if not self._turns.acquire(timeout=self._patience):
            busy = too_busy(self.shown_url, OTHERS_SAVE, writing=True)
            self.saves.failed(str(busy))
            raise busy
        try:
            yield
        finally:
            self._turns.release()

    def translated(self) -> AbstractContextManager[None]:
        """What leaves the block as an error of the database leaves it as a StoreError, without a password."""
        return _translated(self)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite store; None for what is no file, or of another database. Raises BadStoreUrl."""
    try:
        parsed = address.parsed(url)
    except BadAddress as error:
        raise BadStoreUrl(error.what, **error.about) from None
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)


@contextmanager
def _translated(store: Store, *, writing: bool = False) -> Iterator[None]:
    try:
        yield
    except MaybeSaved as error:
        store.saves.failed(str(error))
        raise
    except PoolTimeout as error:
        raise too_busy(store.shown_url, ALL_IN_USE, writing=writing) from error
    except BadFile as error:
        if writing:
            store.saves.failed(str(error))
        raise StoreUnavailable(error.what, writing=writing, **error.about) from None
    except DBAPIError as error:
        failed = of_database(error, store.shown_url, writing=writing)
        if writing:
            store.saves.failed(str(failed))
        raise failed from None  # PostgreSQL's own words quote rows, which no traceback in a log may hold


@contextmanager
def _doubted(store: Store) -> Iterator[None]:
    """A commit: one whose connection was lost may have taken effect, any other error means that it has not."""
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise maybe_saved(error, store.shown_url) from None


def _engine(url: str, waits: Waits, file: StoreFile | None) -> Engine:
    try:
        parsed = address.parsed(url)
        if parsed.get_backend_name() == "sqlite":
            if file is None:
                raise BadStoreUrl(NO_FILE)
            return _sqlite(parsed, waits, file)
        if parsed.get_backend_name() == "postgresql":
            return _postgres(parsed, waits)
    except BadAddress as error:
        raise BadStoreUrl(error.what, **error.about) from None
    except ImportError as error:
        raise BadStoreUrl(NO_DRIVER, problem=" ".join(str(error).split())) from error
    except SQLAlchemyError:  # whose words quote what was typed
        raise BadStoreUrl(UNREADABLE) from None
    raise BadStoreUrl(OTHER_DATABASE, database=parsed.get_backend_name())


def _pooled(url: URL, **options: Any) -> Engine:
    # Parameters hold notes and phone numbers: they stay out of errors, and so out of the log.
    return create_engine(
        url, pool_size=THREADS, max_overflow=OVERFLOW, pool_timeout=POOL_WAIT_S, hide_parameters=True, **options
    )


def _sqlite(url: URL, waits: Waits, file: StoreFile) -> Engine:
    def open_file(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        file.open()
        arguments[0], options["uri"] = file.uri, True

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={waits.lock * 1000}")
        file.opened(connection)
        _switch_to_wal(connection, waits.lock)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    engine = _pooled(url.set(drivername="sqlite"))
    event.listen(engine, "do_connect", open_file)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _switch_to_wal(connection: Any, wait: float) -> None:
    """Where several processes open a new file at once, SQLite refuses this without waiting, whatever its timeout."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() >= until:
                raise
        time.sleep(WAL_RETRY_S)


def _postgres(url: URL, waits: Waits) -> Engine:
    timeouts = f"-c lock_timeout={waits.lock}s -c statement_timeout={waits.statement or 0}s"
    connect = {
        "connect_timeout": CONNECT_WAIT_S,
        "tcp_user_timeout": CONNECT_WAIT_S * 1000,  # a server that vanished from the network says nothing
        "options": timeouts,
    }
    engine = _pooled(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=connect)
    if waits.statement:
        from models.store.postgres import limit

        limit(engine, waits.statement)
    return engine


def _note_change(connection: Connection, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    """A transaction that changed nothing saves nothing, and tells nothing of whether the store would take it."""
    if (context.isinsert or context.isupdate or context.isdelete) and cursor.rowcount:
        connection.info[CHANGED] = True


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
