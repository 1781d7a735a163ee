"""Brings a store to the schema of this release: our own command, no ini file.

Each schema has a name, the head is the newest. Where there is nothing to do, Alembic is not even imported.
"""

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from models.store.engine import PATIENTLY, Store, Tx
from models.store.errors import StoreError
from models.store.file import OURS

HEAD = "0009"
NEWER = "newer schema"
NOT_OURS = "another's database"
MIGRATIONS = Path(__file__).parent.parent / "migrations"
MIGRATING = 0x6F6E63616C6C  # PostgreSQL's number of the lock that one who migrates holds; any would do


class NewerStore(StoreError):
    """The store was made by a newer release than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(NEWER, revision=revision, head=HEAD)
        self.revision = revision


class NotOurs(StoreError):
    """Another program keeps its data there."""


def schema_of(store: Store) -> str | None:
    """The name of the store's schema; None for an empty store. Raises NotOurs and StoreError."""
    with store.reading() as tx:
        return _schema(tx, store)


def migrate(store: Store, to: str = "head") -> str | None:
    """Bring the store to the schema `to`. Returns the schema it had, None for an empty store. Of several processes at
    once one does it, and the others wait for it, for minutes if it takes that long. Raises NewerStore and StoreError.
    """
    had = schema_of(store)
    if _is_done(had, to):
        return had
    with closing(Store(store.url, PATIENTLY)) as patient, patient.writing() as tx:
        if not patient.is_sqlite:  # SQLite lets only one begin to write
            tx.execute(text("SELECT pg_advisory_xact_lock(:one)"), {"one": MIGRATING})
        had = _schema(tx, store)
        if not _is_done(had, to):
            _upgrade(tx, to)
    return had


def _schema(tx: Tx, store: Store) -> str | None:
    tables = set(inspect(tx).get_table_names())
    if "alembic_version" not in tables:
        return None
    if not tables >= OURS:
        raise NotOurs(NOT_OURS, store=store.shown_url)
    revision: str | None = tx.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _is_done(had: str | None, to: str) -> bool:
    if had is not None and had > HEAD:
        raise NewerStore(had)
    return had == (HEAD if to == "head" else to)


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
