"""Opens a store for what it is meant for: real or a sandbox's, neither for the other."""

from datetime import datetime
from pathlib import Path

from bot import plan
from bot.plan_file import read
from models import migrate, teams
from models.store import Store

NOT_YET = "{store} has schema {had}; this release needs {head}. Bring it up to date first: python -m bot migrate"
OTHER_PURPOSE = "{store} is a {found} store, and this needs a {wanted} one. Choose another with --database."
UNDECIDED = "{store} is no sandbox's store yet, so it is not made anew. Go on with it by --keep, or choose another."


class CannotOpen(Exception):
    """The store is not one for this. `str()` is a sentence for a person."""


def for_running(url: str, wanted: str, plan_path: Path, now: datetime) -> Store:
    """The store at `url`, up to date, `wanted` (real or sandbox) from now on, with a first plan if it had none. Raises
    CannotOpen, BadPlan and StoreError."""
    check_purpose(url, wanted)
    store = Store(url)
    migrate.migrate(store)
    with store.writing() as tx:
        teams.set_purpose(tx, wanted)
    begin(store, plan_path, now)
    return store


def check_purpose(url: str, wanted: str, *, undecided: bool = True) -> None:
    """Raises CannotOpen if the store at `url` is one for something else, or, unless `undecided` is all right, one that
    nobody has said what it is for."""
    if is_not_there(url):
        return
    store = Store(url)
    try:
        if migrate.schema_of(store) is None:
            return
        with store.reading() as tx:
            found = teams.purpose(tx)
        if found is None and not undecided:
            raise CannotOpen(UNDECIDED.format(store=store.shown_url))
        if found not in (None, wanted):
            raise CannotOpen(OTHER_PURPOSE.format(store=store.shown_url, found=found, wanted=wanted))
    finally:
        store.close()


def is_not_there(url: str) -> bool:
    """Whether the store is a SQLite file that does not exist yet: looking into it would make it."""
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


def for_asking(url: str) -> Store:
    """The store at `url` for a command in the terminal: an empty one gets its schema, an older one is left alone.
    Raises CannotOpen and StoreError."""
    store = Store(url)
    had = migrate.schema_of(store)
    if had is None:
        migrate.migrate(store)
    elif had > migrate.HEAD:
        raise migrate.NewerStore(had)
    elif had != migrate.HEAD:
        raise CannotOpen(NOT_YET.format(store=store.shown_url, had=had, head=migrate.HEAD))
    return store


def begin(store: Store, plan_path: Path, now: datetime) -> None:
    """Apply the first plan to a store that has none; only then is the file looked at."""
    with store.reading() as tx:
        begun = teams.beginning(tx)
    if begun is None:
        plan.first(store, read(plan_path), now)
