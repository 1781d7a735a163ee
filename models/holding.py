"""Who works with a store: one process that runs on a SQLite file, any number on PostgreSQL, nobody while it is copied.

On SQLite it is a lock of the system on a file beside the store, on PostgreSQL an advisory lock of a session of its own:
both end with their process, however that ends.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.store import Store, StoreError, sqlite_file

WORKING = 0x6F6E63616C6D  # PostgreSQL's number of the lock that who works with a store shares; any would do
IN_USE = (
    "{store} is in use by another process (run, sandbox, tick, restore or copy). A SQLite file is for one at a time: "
    "stop that one first, or use PostgreSQL, which is for several."
)
COPIED = "{store} is being copied: wait until that is done."
AT_WORK = "Bots work with {store}: stop them first."


class InUse(StoreError):
    """Somebody else works with the store."""


class Hold:
    """Holds a store for a process that works with it."""

    def __init__(self, store: Store, *, alone: bool) -> None:
        """`alone`: nobody else may, on PostgreSQL too. Raises InUse and StoreError."""
        self._store, self._alone = store, alone
        self._descriptor: int | None = None
        self._session: Connection | None = None
        path = sqlite_file(store.url)
        if path:
            self._descriptor = _locked(path, store.shown_url)
        elif not store.is_sqlite:
            self._session = self._begun()

    def renew(self) -> None:
        """Hold it again where the database was started anew and forgot. Raises InUse and StoreError."""
        if self._session is None:
            return
        try:
            self._session.execute(text("SELECT 1"))
        except DBAPIError:
            self._session.invalidate()
            self._session.close()
            self._session = self._begun()

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        if self._session is not None:
            with contextlib.suppress(DBAPIError):  # a database that is down has let go of it already
                self._session.execute(text("SELECT pg_advisory_unlock_all()"))
            self._session.close()

    def _begun(self) -> Connection:
        with self._store.translated():
            session = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            function = "pg_try_advisory_lock" if self._alone else "pg_try_advisory_lock_shared"
            if session.scalar(text(f"SELECT {function}(:one)"), {"one": WORKING}):
                return session
        session.close()
        raise InUse((AT_WORK if self._alone else COPIED).format(store=self._store.shown_url))


@contextmanager
def held(url: str, *, alone: bool = False) -> Iterator[Hold]:
    """Hold the store at `url`. Raises InUse, BadStoreUrl and StoreError."""
    with contextlib.closing(Store(url)) as store, contextlib.closing(Hold(store, alone=alone)) as hold:
        yield hold


def _locked(path: Path, shown: str) -> int:
    """The descriptor of the lock on the file beside the store. It is not handed on to other programs."""
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path}.lock cannot be written ({error.strerror}): a bot keeps it beside its store."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InUse(IN_USE.format(store=shown)) from None
    return descriptor
