"""What goes wrong with a store: a word for it, and facts without passwords and without what was written. What a person
reads of it is made in `bot/speech/store_trouble.py`."""

from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

BUSY = "busy"
FULL = "full"
UNAVAILABLE = "unavailable"
DAMAGED = "damaged"
MAYBE_SAVED = "maybe saved"

# Names of SQLite's errors and codes of PostgreSQL's: a lock or a statement that took too long, a deadlock
_SAYS_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "57014", "40P01", "40001")
_SAYS_FULL = ("SQLITE_FULL", "53100")
_SAYS_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
# What passes besides: a disk that fails, a connection that was lost, no connection left, a server that stops, starts or
# stands by. https://www.postgresql.org/docs/current/errcodes-appendix.html
_SAYS_GONE = ("SQLITE_IOERR", "08", "53", "57P", "58", "25006", "0A000")
# libpq tells no code of a login that is refused, only the server's words.
_LOGIN_REFUSED = ("password authentication failed", "no password supplied", "no pg_hba.conf entry", "does not exist")


class Trouble(Exception):
    """Something is wrong with a store: `what`, and what that is `about`: which store or file, and so on."""

    def __init__(self, what: str, **about: Any) -> None:
        super().__init__(what)
        self.what, self.about = what, about

    def __str__(self) -> str:
        return ", ".join([self.what, *(f"{name} {fact}" for name, fact in self.about.items())])


class StoreError(Trouble):
    """The store cannot do it now. `writing`: it was to save something, and has not saved any of it. `passes`: it may be
    able to later, though nobody changes its address."""

    def __init__(self, what: str, *, writing: bool = False, passes: bool = False, **about: Any) -> None:
        super().__init__(what, **about)
        self.writing, self.passes = writing, passes


class StoreBusy(StoreError):
    """Somebody else has held the store for too long."""


class StoreFull(StoreError):
    """The store has no room for more."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, read or written."""


class StoreDamaged(StoreUnavailable):
    """SQLite cannot make sense of the store's file."""


class MaybeSaved(StoreError):
    """The store went away in the middle of a commit: it may have been saved."""


class BadStoreUrl(StoreError):
    """The address of the store makes no sense."""


def too_busy(store: str, problem: str, *, writing: bool) -> StoreBusy:
    """Somebody of this process holds `store`, shown without passwords; `problem` is a word for how. `writing`:
    something was to be saved."""
    return StoreBusy(BUSY, store=store, problem=problem, writing=writing, passes=True)


def maybe_saved(error: DBAPIError, store: str) -> MaybeSaved:
    """A commit lost its connection."""
    return MaybeSaved(MAYBE_SAVED, store=store, problem=_problem(error), writing=True, passes=True)


def of_database(error: DBAPIError, store: str, *, writing: bool) -> StoreError:
    """What the database of `store`, shown without passwords, says is wrong. `writing`: something was to be saved."""
    kind, what = _kind_of(error)
    return kind(what, store=store, problem=_problem(error), writing=writing, passes=_passes(error))


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or "")


def _passes(error: DBAPIError) -> bool:
    """Whether to wait is of use: no waiting makes another file a database, or a wrong password right."""
    if code := _code(error):
        return code.startswith((*_SAYS_BUSY, *_SAYS_FULL, *_SAYS_GONE))
    has_none = isinstance(error, OperationalError) and hasattr(error.orig, "sqlstate")  # PostgreSQL: no connection
    return has_none and not any(words in str(error.orig) for words in _LOGIN_REFUSED)


def _kind_of(error: DBAPIError) -> tuple[type[StoreError], str]:
    code = _code(error)
    if code.startswith(_SAYS_BUSY):
        return StoreBusy, BUSY
    if code.startswith(_SAYS_FULL):
        return StoreFull, FULL
    if code.startswith(_SAYS_DAMAGED):
        return StoreDamaged, DAMAGED
    return StoreUnavailable, UNAVAILABLE


def _problem(error: DBAPIError) -> str:
    """What the database says, on one line; not PostgreSQL's details, which quote rows."""
    diagnosis = getattr(error.orig, "diag", None)
    said = (diagnosis and diagnosis.message_primary) or error.orig
    return " ".join(str(said).split())
