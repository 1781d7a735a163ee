"""Opens a store for what it is meant for: real or a sandbox's, neither for the other, and none that is closed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.plan import apply as plan
from bot.plan.file import read
from bot.speech.store_trouble import told
from models import teams
from models.keeping import backup, migrate
from models.store import file, holding
from models.store.engine import Store, Tx, sqlite_file
from models.store.errors import StoreError
from models.store.file import BadFile

Refusal = Callable[[str], Exception]

NOT_YET = "{store} has schema {had}; this release needs {head}. Bring it up to date first: python -m bot migrate"
OTHER_PURPOSE = "{store} is a {found} store, and this needs a {wanted} one. Choose another with --database."
UNDECIDED = "{store} is no sandbox's store yet, so it is not made anew. Go on with it by --keep, or choose another."
NOT_THERE = "{store} does not exist."
NO_STORE = "There is no store at {store} yet."
NO_PLAN = "The store {store} has no plan yet."
NO_TEAM = (
    "{store} has no team yet, and ONCALL_PLAN names none. Set it to a plan file of your own; or, to run as the example "
    "team that comes with the bot, to the word packaged."
)


class CannotOpen(Exception):
    """The store is not one for this. `str()` is a sentence for a person."""


def for_running(url: str, wanted: str, plan_path: Path | None, now: datetime) -> Store:
    """The store at `url`, up to date, `wanted` (real or sandbox) from now on, with a first plan if it had none: it must
    have one where `plan_path` is None. An older SQLite store is backed up and migrated; an older PostgreSQL store is
    refused, since other bots may run on it. Raises CannotOpen, BadPlan and StoreError."""
    check_purpose(url, wanted)
    if plan_path is None:
        check_has_team(url)
    with ExitStack() as unless_opened:
        store = unless_opened.enter_context(closing(Store(url)))
        had = migrate.schema_of(store)
        if had not in (None, migrate.HEAD) and not store.is_sqlite:
            _check_schema(store, str(had))
        back_up_older(store)
        migrate.migrate(store)
        check_open(store)
        _write_only_while_open(store, partial(StoreError, writing=True))
        with store.writing() as tx:
            teams.set_purpose(tx, wanted)
        if plan_path:
            begin_team(store, plan_path, now)
        unless_opened.pop_all()
    return store


def back_up_older(store: Store) -> Path | None:
    """Before a SQLite store of an older release is migrated: the file beside it in which it is kept as it is. None
    where nothing needs to be kept. Raises StoreError."""
    had, path = migrate.schema_of(store), sqlite_file(store.url)
    if path is None or had is None or had == migrate.HEAD:
        return None
    if had > migrate.HEAD:
        raise migrate.NewerStore(had)
    kept = backup.free_name(path, f"schema-{had}")
    backup.back_up(store.url, kept)
    return kept


def check_open(store: Store) -> None:
    """Raises CannotOpen where the store, which has the schema of this release, was copied to another one."""
    with store.reading() as tx:
        _check_open(tx, store, CannotOpen)


def _write_only_while_open(store: Store, refusal: Refusal) -> None:
    """Raise `refusal` wherever somebody wants to write after the store was copied away, be it this very moment."""

    def check(tx: Tx) -> None:
        holding.wait_for_copy(tx)
        _check_open(tx, store, refusal)

    store.before_writing = check


def _check_open(tx: Tx, store: Store, refusal: Refusal) -> None:
    if why := teams.why_closed(tx, store.shown_url):
        raise refusal(told(why))


def check_purpose(url: str, wanted: str, *, undecided: bool = True) -> None:
    """Raises CannotOpen if the store at `url` is one for something else, or, unless `undecided` is all right, one that
    nobody has said what it is for."""
    if is_not_there(url):
        return
    with closing(Store(url)) as store:
        had = migrate.schema_of(store)
        if had is None:
            return
        if had > migrate.HEAD:
            raise migrate.NewerStore(had)
        with store.reading() as tx:
            found = teams.purpose(tx)
        if found is None and not undecided:
            raise CannotOpen(UNDECIDED.format(store=store.shown_url))
        if found not in (None, wanted):
            raise CannotOpen(OTHER_PURPOSE.format(store=store.shown_url, found=found, wanted=wanted))


def check_has_team(url: str) -> None:
    """Raises CannotOpen where the store, of whichever schema, has no team yet. Makes nothing. Raises StoreError."""
    with closing(Store(url)) as store:
        had = None if is_not_there(url) else migrate.schema_of(store)
        if had is not None:
            with store.reading() as tx:
                if teams.is_there(tx):
                    return
                if had == migrate.HEAD:
                    _check_open(tx, store, CannotOpen)
        raise CannotOpen(NO_TEAM.format(store=store.shown_url))


def is_not_there(url: str) -> bool:
    """Whether the store is a SQLite file that does not exist yet, or is empty: looking into it would make it. Raises
    StoreError for one that was emptied."""
    path = sqlite_file(url)
    try:
        return path is not None and not file.is_there(path)
    except BadFile as error:
        raise StoreError(told(error)) from None


def is_made(url: str) -> bool:
    """Whether there is a store at `url`, be it one without a plan. Makes none. Raises StoreError."""
    if is_not_there(url):
        return False
    with closing(Store(url)) as store:
        return migrate.schema_of(store) is not None


def check_is_there(url: str) -> None:
    """Raises CannotOpen if it is not."""
    if is_not_there(url):
        raise CannotOpen(NOT_THERE.format(store=url))


def for_asking(url: str) -> Store:
    """The store at `url` for a command in the terminal: an empty one gets its schema, an older one is left alone, and
    one that is closed can be read; who wants to write there meets CannotOpen. Raises CannotOpen and StoreError."""
    store = Store(url)
    had = migrate.schema_of(store)
    if had is None:
        migrate.migrate(store)
    else:
        _check_schema(store, had)
    _write_only_while_open(store, CannotOpen)
    return store


def _check_schema(store: Store, had: str) -> None:
    if had > migrate.HEAD:
        raise migrate.NewerStore(had)
    if had != migrate.HEAD:
        raise CannotOpen(NOT_YET.format(store=store.shown_url, had=had, head=migrate.HEAD))


def lack(url: str) -> str | None:
    """A sentence on what is not there: the store, or its plan. None where both are. Makes nothing. Raises CannotOpen
    and StoreError."""
    with closing(Store(url)) as store:
        had = None if is_not_there(url) else migrate.schema_of(store)
        if had is None:
            return NO_STORE.format(store=store.shown_url)
        _check_schema(store, had)
        with store.reading() as tx:
            if teams.is_there(tx):
                return None
            _check_open(tx, store, CannotOpen)
        return NO_PLAN.format(store=store.shown_url)


@contextmanager
def thrown_away() -> Iterator[Store]:
    """An empty store that is gone afterwards, to look into where there is none."""
    with TemporaryDirectory(prefix="oncall-") as folder, closing(Store(f"sqlite:///{folder}/store.sqlite")) as store:
        migrate.migrate(store)
        yield store


def begin_team(store: Store, plan_path: Path, now: datetime) -> None:
    """Apply the first plan to a store that has none; only then is the file looked at."""
    with store.reading() as tx:
        begun = teams.is_there(tx)
    if not begun:
        plan.first(store, read(plan_path), now)
