"""Brings a store to the schema of this release: our own command, no ini file.

Each schema has a name, the head is the newest. Where there is nothing to do, Alembic is not even imported.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from models.store import Store, StoreError

HEAD = "0001"
MIGRATIONS = Path(__file__).parent / "migrations"


class NewerStore(StoreError):
    """The store was made by a newer release than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"The store has schema {revision}, newer than this release knows ({HEAD}); update the bot.")
        self.revision = revision


def schema_of(store: Store) -> str | None:
    """The name of the store's schema; None for an empty store."""
    with store.reading() as tx:
        if not inspect(tx).has_table("alembic_version"):
            return None
        revision: str | None = tx.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def migrate(store: Store, to: str = "head") -> str | None:
    """Bring the store to the schema `to`. Returns the schema it had, None for an empty store. Raises NewerStore."""
    had = schema_of(store)
    if had == HEAD and to in ("head", HEAD):
        return had
    if had is not None and had > HEAD:
        raise NewerStore(had)
    with store.writing() as tx:
        _upgrade(tx, to)
    return had


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
