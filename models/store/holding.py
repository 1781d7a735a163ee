"""Who works with a store: one process that runs on a SQLite file, any number on PostgreSQL, nobody while it is copied.

On SQLite it is a lock of the system on a file beside the store, on PostgreSQL an advisory lock of a session of its own:
both end with their process, however that ends. Who only writes once, as a command of the terminal does, holds nothing,
but each of its transactions waits for a copy.
"""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.store import file
from models.store.engine import Store, Tx, sqlite_file
from models.store.errors import StoreError, StoreUnavailable
from models.store.file import OWNER_ONLY, BadFile

WORKING = 0x6F6E63616C6D  # PostgreSQL's number of the lock that who works with a store shares; any would do
IN_USE = "in use"
COPIED = "being copied"
NO_LOCK = "no lock"
AT_WORK = "bots at work"


class InUse(StoreError):
    """Somebody else works with the store."""


class Hold:
    """Holds a store for a process that works with it."""

    def __init__(self, store: Store, *, alone: bool, at_once: bool = True) -> None:
        """`alone`: nobody else may, on PostgreSQL too; which is held `at_once`, or else by `renew`. Raises InUse and
        StoreError."""
        self._store, self._alone = store, alone
        self._descriptor: int | None = None
        self._session: Connection | None = None
        if path := sqlite_file(store.url):
            self._descriptor = _locked(path, store.shown_url)
        elif at_once:
            self._session = self._begun()

    def renew(self) -> None:
        """Hold it, where it does not yet, or the database was started anew and forgot. Raises InUse and StoreError;
        call it again then, until it holds."""
        if self._descriptor is not None or self._still_holds():
            return
        self._let_go()
        self._session = self._begun()

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._let_go()

    def _still_holds(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def _let_go(self) -> None:
        if self._session is None:
            return
        with contextlib.suppress(DBAPIError):  # a database that is down has let go of it already
            if not self._session.invalidated:
                self._session.execute(text("SELECT pg_advisory_unlock_all()"))
        self._session.invalidate()  # it may be out of order: nobody else shall get it from the pool
        self._session.close()
        self._session = None

    def _begun(self) -> Connection:
        with self._store.translated():
            session = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            function = "pg_try_advisory_lock" if self._alone else "pg_try_advisory_lock_shared"
            if session.scalar(text(f"SELECT {function}(:one)"), {"one": WORKING}):
                return session
        session.close()
        raise InUse(AT_WORK if self._alone else COPIED, store=self._store.shown_url)


@contextmanager
def held(url: str, *, alone: bool = False, at_once: bool = True) -> Iterator[Hold]:
    """Hold the store at `url`; one on PostgreSQL `at_once`, or once `renew` is called. Raises InUse, BadStoreUrl and
    StoreError."""
    with contextlib.closing(Store(url)) as store, contextlib.closing(Hold(store, alone=alone, at_once=at_once)) as hold:
        yield hold


def wait_for_copy(tx: Tx) -> None:
    """Let nobody copy the store away before this transaction has ended, and wait while somebody does."""
    if tx.dialect.name == "postgresql":  # on SQLite who copies closes the source in its turn, as others write in theirs
        tx.execute(text("SELECT pg_advisory_xact_lock_shared(:one)"), {"one": WORKING})


def _locked(path: Path, shown: str) -> int:
    """The descriptor of the lock on the file beside the store. It is not handed on to other programs."""
    path = path.resolve()  # one store is one file, whatever links lead to it
    lock = Path(f"{path}.lock")
    try:
        _look_at(path)
        descriptor = _open(lock, path)
    except BadFile as error:
        raise StoreUnavailable(error.what, **error.about) from None
    except OSError as error:
        raise StoreError(NO_LOCK, lock=lock, problem=error.strerror) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InUse(IN_USE, store=shown) from None
    except OSError as error:
        os.close(descriptor)
        raise StoreError(NO_LOCK, lock=lock, problem=error.strerror) from None
    return descriptor


def _look_at(path: Path) -> None:
    """Before a lock lies beside it. One that was emptied is let pass, since a backup may be put in its place. Raises
    BadFile and OSError."""
    with contextlib.suppress(sqlite3.Error):  # who opens it says why
        file.begin_empty(path)
    if path.exists() and path.stat().st_size:
        file.check(path)


def _open(lock: Path, store: Path) -> int:
    """The lock's descriptor, of a file that is only read. One that is made belongs to whom the store belongs to: who
    runs the bot can then lock what an administrator's `restore` has made. Raises OSError."""
    flags = os.O_RDONLY | os.O_CLOEXEC
    try:
        descriptor = os.open(lock, flags | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        return os.open(lock, flags)
    os.fchmod(descriptor, OWNER_ONLY)  # whatever the umask
    with contextlib.suppress(FileNotFoundError, PermissionError):
        owner = store.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
