"""Copies of a SQLite store: made while a bot runs, and put back whole or not at all.

    backup     store ─► FILE.part ─► FILE             a copy of one state, whoever writes meanwhile
    restore    FILE ─► checked, migrated, stamped ─► the store, in one transaction of SQLite's

SQLite's own backup does both. Into a store that is there it writes in one transaction, so that a process that is killed
leaves the old store or the new one, and whoever reads meanwhile sees one of them.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from models import migrate, teams
from models.store import Store, StoreError, sqlite_file

ONLY_SQLITE = "{store} is no SQLite file. PostgreSQL has tools of its own: pg_dump and pg_restore."
EXISTS = "{file} is there already: name another file, so that no backup is lost."
NO_STORE = "{file} is no store of this bot{why}. Nothing was changed."
NOT_THERE = "{store} does not exist."
BROKEN = "{file} cannot be written: {problem}."
WAIT_S = 30.0


class BadBackup(StoreError):
    """A file is no store that could be put back, or a store cannot be copied. `str()` says what to do."""


def back_up(url: str, file: Path) -> None:
    """Copy the SQLite store at `url` to `file`, which must not exist. Raises BadBackup and StoreError."""
    source = _file_of(url)
    if not source.exists():
        raise BadBackup(NOT_THERE.format(store=source))
    if file.exists():
        raise BadBackup(EXISTS.format(file=file))
    part = file.with_name(f"{file.name}.part")
    with _told(file):
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # it holds phone numbers and notes
        with closing(_opened(source)) as store, closing(sqlite3.connect(part)) as copy:
            store.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # a backup is one file
        _to_disk(part)
        os.link(part, file)  # unlike a rename it never replaces one that came about meanwhile
        part.unlink()
        _to_disk(file.parent)


def put_back(url: str, file: Path, now: datetime) -> Path | None:
    """Make `file` the store at `url`, migrated where it is older, and stamped with the moment `now`. Returns the file
    in which the store that was there is kept, None where there was none. Whoever calls holds the store. Raises
    BadBackup, NewerStore and StoreError; then nothing was changed."""
    target = _file_of(url)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
        ready = Path(folder) / "ready.sqlite"
        _check(file)
        with _told(ready), closing(_opened(file)) as backup, closing(sqlite3.connect(ready)) as copy:
            backup.backup(copy)
        _prepare(ready, now)
        kept = None
        if target.exists():
            kept = free_name(target, f"before-{now:%Y-%m-%dT%H%M%SZ}")
            back_up(url, kept)
        with _told(target), closing(_opened(ready)) as copy, closing(_opened(target, new=True)) as store:
            copy.backup(store)
    target.chmod(0o600)
    return kept


def free_name(store: Path, why: str) -> Path:
    """A name for a backup beside a store that no file has."""
    names = (f"{store.name}.{why}{n}.backup" for n in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in map(store.with_name, names) if not path.exists())


def _check(file: Path) -> None:
    if not file.is_file():
        raise BadBackup(NO_STORE.format(file=file, why=": there is no such file"))
    try:
        with closing(_opened(file)) as backup:
            [said, *_] = backup.execute("PRAGMA integrity_check").fetchone()
            found = backup.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('store', 'teams', 'outbox')")
            [tables] = found.fetchone()
    except sqlite3.DatabaseError as error:
        raise BadBackup(NO_STORE.format(file=file, why=f" ({error})")) from None
    if said != "ok" or tables != 3:
        raise BadBackup(NO_STORE.format(file=file, why="" if said == "ok" else " (it is damaged)"))


def _prepare(path: Path, now: datetime) -> None:
    with closing(Store(f"sqlite:///{path}")) as store:
        migrate.migrate(store)
        with store.writing() as tx:
            teams.stamp(tx, now)


def _file_of(url: str) -> Path:
    path = sqlite_file(url)
    if path is None:
        with closing(Store(url)) as store:
            raise BadBackup(ONLY_SQLITE.format(store=store.shown_url))
    return path


def _opened(path: Path, *, new: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={'rwc' if new else 'rw'}", uri=True, timeout=WAIT_S)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise BadBackup(EXISTS.format(file=file)) from None
    except (OSError, sqlite3.Error) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        raise BadBackup(BROKEN.format(file=file, problem=problem)) from None


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
