"""Copies of a SQLite store: made while a bot runs, and put back whole or not at all.

    backup     store ─► a file beside FILE ─► FILE      a copy of one state, whoever writes meanwhile
    restore    FILE ─► checked, migrated, stamped ─► the store, in one transaction of SQLite's

SQLite's own backup does both. Into a store that is there it writes in one transaction, so that a process that is killed
leaves the old store or the new one, and whoever reads meanwhile sees one of them. Only where SQLite cannot write, since
there is no store or a damaged one, does the new file take its place: after the old one's journal, which must never be
played into the new file, has gone.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from models import teams
from models.keeping import migrate
from models.store.engine import Store, sqlite_file
from models.store.errors import StoreError
from models.store.file import JOURNALS, OURS, OWNER_ONLY, BadFile, check_not_others, name_it

ONLY_SQLITE = "only sqlite"
EXISTS = "exists"
NO_STORE, MISSING, UNREADABLE, DAMAGED = "no store", "missing file", "unreadable file", "damaged file"
NOT_THERE = "not there"
OTHER_PURPOSE = "other purpose"
ITSELF = "itself"
IS_DAMAGED = "is damaged"
BROKEN = "broken"
WAIT_S = 30.0
SAYS_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


class BadBackup(StoreError):
    """A file is no store that could be put back, or a store cannot be copied."""


class Damaged(BadBackup):
    """SQLite cannot read a file that should be a store."""


def back_up(url: str, file: Path) -> None:
    """Copy the SQLite store at `url` to `file`, which must not exist, and check the copy. Raises Damaged,
    BadBackup and StoreError."""
    source = _file_of(url)
    if not source.exists():
        raise BadBackup(NOT_THERE, store=source)
    if file.exists():
        raise BadBackup(EXISTS, file=file)
    # The folder and what is in it are for its owner only: a store holds phone numbers and notes
    with _told(file), _folder_beside(file) as folder:
        check_not_others(source)
        part = Path(folder) / file.name
        _touch(part)
        with _told(source):
            _copy(source, part)
        _check_copy(part, source)
        _to_disk(part)
        name_it(part, file)
        _to_disk(file.parent)


def put_back(url: str, file: Path, now: datetime) -> Path | None:
    """Make `file` the store at `url`, migrated where it is older, and stamped with the moment `now`. Returns the file
    in which the store that was there is kept, None where there was none. Whoever calls holds the store. Raises
    BadBackup, NewerStore and StoreError; then nothing was changed."""
    target = _file_of(url)
    check(url, file)
    with _told(target), _folder_beside(target) as folder:
        ready = Path(folder) / "ready.sqlite"
        _touch(ready)
        _copy(file, ready)
        _prepare(ready, now)
        kept = free_name(target, f"before-{now:%Y-%m-%dT%H%M%SZ}")
        if not target.exists():
            _take_place(ready, target, kept)
            return None
        try:
            _check_open(target)
            back_up(url, kept)
            _write_over(target, ready)
        except Damaged:
            _take_place(ready, target, kept)
    return kept


def check(url: str, file: Path) -> None:
    """Raises BadBackup where `file` is no store that may take the place of the one at `url`: none at all, a damaged
    one, that very one, whatever links lead to it, or a sandbox's in the place of a real one, or the reverse."""
    target = _file_of(url)
    if file.exists() and target.exists() and file.samefile(target):
        raise BadBackup(ITSELF, file=file)
    _check(file)
    found, wanted = _purpose(file), _purpose(target)
    if found and wanted and found != wanted:
        raise BadBackup(OTHER_PURPOSE, file=file, found=found, store=target, wanted=wanted)


def _purpose(path: Path) -> str | None:
    """What a store is for; None where nobody has said so, or it can't be read."""
    if not path.exists():
        return None
    try:
        with closing(_opened(path)) as store:
            row = store.execute("SELECT purpose FROM store").fetchone()
    except sqlite3.DatabaseError:  # damaged, or of the first schema, which has no such table
        return None
    return str(row[0]) if row and row[0] else None


def free_name(store: Path, why: str) -> Path:
    """A name for a backup beside a store that no file has."""
    names = (f"{store.name}.{why}{n}.backup" for n in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in map(store.with_name, names) if not path.exists())


def _check(file: Path) -> None:
    if not file.is_file():
        raise BadBackup(MISSING, file=file)
    try:
        with closing(_opened(file)) as backup:
            [said] = backup.execute("PRAGMA integrity_check(1)").fetchone()
            tables = {name for [name] in backup.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        raise BadBackup(UNREADABLE, file=file, problem=error) from None
    if said != "ok" or not tables >= OURS:
        raise BadBackup(NO_STORE if said == "ok" else DAMAGED, file=file)


def _check_copy(copy: Path, source: Path) -> None:
    """A copy has the damage of what it is copied from. Raises Damaged."""
    with closing(_opened(copy)) as made:
        [said] = made.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise Damaged(IS_DAMAGED, file=source)


def _check_open(target: Path) -> None:
    """A store that was copied away stays closed: nobody shall run it beside the one that it was copied to."""
    with _told(target), closing(_opened(target)) as store:
        columns = [name for _, name, *_ in store.execute("PRAGMA table_info(store)")]
        row = store.execute("SELECT moved_to FROM store").fetchone() if "moved_to" in columns else None
    if row and row[0]:
        raise BadBackup(teams.CLOSED, store=target, target=row[0])


def _copy(source: Path, target: Path) -> None:
    """Make an empty file a copy, complete without a journal beside it."""
    with closing(_opened(source)) as store, closing(_opened(target)) as copy:
        store.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _prepare(path: Path, now: datetime) -> None:
    with closing(Store(f"sqlite:///{path}")) as store:
        migrate.migrate(store)
        with store.writing() as tx:
            teams.stamp(tx, now)


def _write_over(target: Path, ready: Path) -> None:
    with _told(target), closing(_opened(ready)) as new, closing(_opened(target)) as store:
        new.backup(store)


def _take_place(ready: Path, target: Path, kept: Path) -> None:
    """Let a file be the store where SQLite cannot write into the one that is there, if one is."""
    if target.exists():
        _touch(kept)
        shutil.copyfile(target, kept)
        shutil.copymode(target, ready)
        with suppress(PermissionError):  # only root may give it to who owned the old one
            shutil.chown(ready, target.stat().st_uid, target.stat().st_gid)
    for suffix in JOURNALS:
        with suppress(FileNotFoundError):
            os.replace(f"{target}{suffix}", f"{kept}{suffix}")
            os.chmod(f"{kept}{suffix}", OWNER_ONLY)
    _to_disk(ready)
    _to_disk(target.parent)
    os.replace(ready, target)
    _to_disk(target.parent)


def _touch(path: Path) -> None:
    """An empty file for its owner only, whatever the umask."""
    path.touch()
    path.chmod(OWNER_ONLY)


def _folder_beside(file: Path) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-")


def _file_of(url: str) -> Path:
    path = sqlite_file(url)
    if path is None:
        with closing(Store(url)) as store:
            raise BadBackup(ONLY_SQLITE, store=store.shown_url)
    return path


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT_S)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise BadBackup(EXISTS, file=file) from None
    except OSError as error:
        raise BadBackup(BROKEN, file=file, problem=error.strerror) from None
    except BadFile as error:
        raise BadBackup(error.what, **error.about) from None
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(SAYS_DAMAGED):
            raise Damaged(IS_DAMAGED, file=file) from None
        raise BadBackup(BROKEN, file=file, problem=error) from None


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
