"""The file of a SQLite store: made for its owner only, never another program's, and the same one as long as it is open.

A store holds phone numbers and notes, so its file is made with mode 0600 whatever the umask; SQLite gives its journals
the mode of the file. It is made whole and then named, so that a file of no bytes is never one that is being made: it
was emptied, where something of ours lies beside it, or made by somebody who wants a store there.
"""

import logging
import os
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from models.store.errors import Trouble

OURS = frozenset({"alembic_version", "outbox", "store", "teams"})  # tables that every store of ours has
JOURNALS = ("-wal", "-shm", "-journal")
SIGNS = (".lock", "-wal")  # not -journal: whoever begins a store this very moment has one
OWNER_ONLY = 0o600
OTHERS = 0o077  # what of a mode is for other users
READING_S = 1.0

NOT_OURS = "another's file"
NO_DATABASE = "no database"
EMPTIED = "emptied"
LEFT_OVER = "left over"
GONE = "gone"
MADE = "a new store's file is made"
BEGINS = "{file} was empty, and is begun as a new store."

log = logging.getLogger(__name__)


class BadFile(Trouble):
    """A file is no store to work with."""


class StoreFile:
    """The file of an open store, from its first connection on."""

    def __init__(self, path: Path) -> None:
        """Nothing is looked at or made yet."""
        self.path = path.resolve()
        self._is: tuple[int, int] | None = None

    @property
    def uri(self) -> str:
        """As SQLite opens it without making it."""
        return f"{self.path.as_uri()}?mode=rw"

    def open(self) -> None:
        """Before a connection: the first time make it, where it is not there. Raises BadFile. Where it cannot be made
        or read, SQLite says why."""
        self.check()
        if self._is is None:
            with suppress(OSError, sqlite3.Error):
                if not self.path.exists():
                    _make(self.path)
                check(self.path)
                begin_empty(self.path)

    def opened(self, connection: sqlite3.Connection) -> None:
        """With a connection that has written nothing yet. Raises BadFile and sqlite3.Error."""
        check_tables(self.path, connection)
        if self._is is None:
            self._is = _identity(os.stat(self.path))

    def check(self) -> None:
        """Raises BadFile where another file, or none, has taken its place, which SQLite itself notices only without a
        write-ahead log: https://www.sqlite.org/rescode.html#readonly_dbmoved"""
        if self._is is None:
            return
        try:
            found = os.stat(self.path)
        except OSError:
            found = None
        if found is None or not found.st_size or _identity(found) != self._is:
            raise BadFile(GONE, file=self.path)


def is_there(path: Path) -> bool:
    """Whether there is a store, or something in its place. Makes none. Raises BadFile for one that was emptied."""
    if not path.exists():
        return False
    if path.stat().st_size:
        return True
    if beside := _beside(path):
        raise BadFile(EMPTIED, file=path, beside=", ".join(each.name for each in beside))
    return False


def check(path: Path) -> None:
    """Raises BadFile where the file is no store of ours, or one that was emptied."""
    if is_there(path) and not check_not_others(path) and not _beside(path):
        raise BadFile(NO_DATABASE, file=path)


def check_not_others(path: Path) -> bool:
    """Raises BadFile for another program's database. What SQLite cannot read is let pass: it says why, later. Returns
    whether it may be a database at all."""
    try:
        with closing(_to_look(path.resolve())) as database:
            check_tables(path, database)
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorname", "") != "SQLITE_NOTADB"
    return True


def _to_look(path: Path) -> sqlite3.Connection:
    """Whoever opens a database to write may write what its program has left in a journal. Where it left none, SQLite
    makes none if it hears that nobody writes. Only SQLite looks: whoever else in this process opens and closes the file
    takes SQLite's locks away. https://www.sqlite.org/howtocorrupt.html (2.2)"""
    how = "mode=ro" if Path(f"{path}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=READING_S)


def check_tables(path: Path, database: sqlite3.Connection) -> None:
    """Raises BadFile where they are another program's, and sqlite3.Error."""
    names = {name for [name] in database.execute("SELECT name FROM sqlite_master")}
    marks = [database.execute(f"PRAGMA {mark}").fetchone()[0] for mark in ("application_id", "user_version")]
    if not names >= OURS if names else any(marks):
        raise BadFile(NOT_OURS, file=path)


def begin_empty(path: Path) -> None:
    """Make an empty file that somebody made a store's, and say so: before something of ours is laid beside it."""
    if path.exists() and not path.stat().st_size and not _beside(path):
        _begin(path)
        log.warning(BEGINS.format(file=path))


def open_to_others(path: Path) -> list[Path]:
    """What of the store's file and of what lies beside it other users may read or write."""
    found = [path.resolve(), *_beside(path, (".lock", *JOURNALS))]
    return [each for each in found if each.exists() and each.stat().st_mode & OTHERS]


def _beside(path: Path, suffixes: Sequence[str] = SIGNS) -> list[Path]:
    """What says that a store is there, or was: files with these suffixes, and backups."""
    path = path.resolve()
    named = [Path(f"{path}{suffix}") for suffix in suffixes]
    near = sorted(path.parent.iterdir())
    backups = [each for each in near if each.name.startswith(f"{path.name}.") and each.suffix == ".backup"]
    return [*(each for each in named if each.exists()), *backups]


def _make(path: Path) -> None:
    """A store's file, under its name once it is one. Raises BadFile and OSError."""
    journal = Path(f"{path}-wal")
    if journal.exists() and journal.stat().st_size:
        raise BadFile(LEFT_OVER, file=path, beside=journal.name)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    part = Path(name)
    try:
        os.fchmod(descriptor, OWNER_ONLY)
    finally:
        os.close(descriptor)  # before anybody has it open by its name: see `_to_look`
    try:
        _begin(part)
        with suppress(FileExistsError):  # somebody else was faster
            name_it(part, path)
            log.info(MADE, extra={"file": str(path)})
    finally:
        part.unlink(missing_ok=True)


def name_it(part: Path, path: Path) -> None:
    """Give a finished file its name. Raises FileExistsError where another file has it, and OSError."""
    try:
        os.link(part, path)  # unlike a rename it never replaces a file that came about meanwhile
    except FileExistsError:
        raise
    except OSError:  # not every file system has links
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)


def _begin(path: Path) -> None:
    """Let an empty file be a database without tables. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
