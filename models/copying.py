"""Moves a store to another database, SQLite or PostgreSQL, whole or not at all.

    source: closed ─► target: every row, counted, stamped, in one transaction ─► only the target is used

Two databases share no transaction, so the order decides what a crash leaves: the source is closed first. A crash before
the target is saved leaves a closed source and an empty target: the same copy again goes on from there. So no message is
lost, and no bot can run on both.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, func, insert, inspect, select, text

from models import migrate, teams
from models.store import Store, StoreError, Tx
from models.tables import Base

SAME = "Both are the same store. Nothing was changed."
NOT_EMPTY = "{store} has a team already: only an empty store can be copied to. Nothing was changed."
NO_TEAM = "{store} has nothing to copy. Nothing was changed."
OTHER_SCHEMA = "{store} has schema {had}, this release needs {head}: python -m bot migrate. Nothing was changed."
CLOSED = "{store} was copied to {target} and is closed: use that one."
MISCOUNTED = "{table}: {source} rows in the source, {target} in the target. Nothing was changed."
BATCH = 1_000
SEQUENCE = "seq"


class CannotCopy(StoreError):
    """The stores are not what they must be for it. `str()` is a sentence for a person."""


def move(source: Store, target: Store, now: datetime) -> dict[str, int]:
    """Copy every row of `source` to `target`, stamp the target with `now`, and close the source. Whoever calls holds
    both alone. Returns how many rows each table has. Raises CannotCopy and StoreError; then nothing was changed."""
    _check(source, target)
    migrate.migrate(target)
    with source.writing() as tx:
        teams.close(tx, target.shown_url)
    try:
        with source.reading() as from_tx, target.writing() as to_tx:
            counts = {table.name: _copy(from_tx, to_tx, table) for table in Base.metadata.sorted_tables}
            teams.stamp(to_tx, now)
    except BaseException:
        with source.writing() as tx:
            teams.close(tx, None)
        raise
    return counts


def _check(source: Store, target: Store) -> None:
    if source.engine.url == target.engine.url:
        raise CannotCopy(SAME)
    had = migrate.schema_of(source)
    if had is None:
        raise CannotCopy(NO_TEAM.format(store=source.shown_url))
    if had != migrate.HEAD:
        raise CannotCopy(OTHER_SCHEMA.format(store=source.shown_url, had=had, head=migrate.HEAD))
    with source.reading() as tx:
        elsewhere, begun = teams.moved_to(tx), teams.beginning(tx)
    if elsewhere not in (None, target.shown_url):
        raise CannotCopy(CLOSED.format(store=source.shown_url, target=elsewhere))
    if begun is None:
        raise CannotCopy(NO_TEAM.format(store=source.shown_url))
    if migrate.schema_of(target) is not None:
        with target.reading() as tx:
            if teams.beginning(tx) is not None:
                raise CannotCopy(NOT_EMPTY.format(store=target.shown_url))


def _copy(source: Tx, target: Tx, table: Table) -> int:
    """Every row, in the order of its key, since rows of a table may point to earlier ones. Returns how many."""
    keys = list(table.primary_key)
    rows = source.execution_options(yield_per=BATCH).execute(select(table).order_by(*keys)).mappings()
    for batch in rows.partitions(BATCH):
        target.execute(insert(table), [_values(table, row) for row in batch])
    _go_on_counting(source, target, table)
    counts = [int(tx.execute(select(func.count()).select_from(table)).scalar_one()) for tx in (source, target)]
    if counts[0] != counts[1]:
        raise CannotCopy(MISCOUNTED.format(table=table.name, source=counts[0], target=counts[1]))
    return counts[0]


def _values(table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    values = {str(name): value for name, value in row.items()}
    return values | {"moved_to": None} if "moved_to" in values else values


def _go_on_counting(source: Tx, target: Tx, table: Table) -> None:
    """The target gives out no number that the source ever gave out: announcements are known by a holiday's."""
    key = table.autoincrement_column
    if key is None:
        return
    highest = max(_highest(source, table, key), int(source.scalar(select(func.max(key))) or 0))
    if highest == 0:
        return
    if target.dialect.name == "postgresql":
        target.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), highest)))
    elif inspect(target).has_table("sqlite_sequence") and _counts(table):
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        values = {"name": table.name, "seq": highest}
        target.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), values)


def _highest(tx: Tx, table: Table, key: Column[Any]) -> int:
    """The highest number that was given out, as far as the database remembers it."""
    if tx.dialect.name == "postgresql":
        sequence = tx.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
        return int(
            tx.scalar(text("SELECT coalesce(pg_sequence_last_value(CAST(:name AS regclass)), 0)"), {"name": sequence})
            or 0
        )
    if not _counts(table):
        return 0
    return int(tx.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}) or 0)


def _counts(table: Table) -> bool:
    """Whether SQLite remembers the numbers that it gave out in this table."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])
