"""Moves a store to another database, SQLite or PostgreSQL, whole or not at all.

    target and source: closed ─► target: every row, counted, stamped, open, in one transaction ─► only it is used

Two databases share no transaction, so the order decides what a crash leaves: both are closed first, the target too,
since a bot that is pointed to it would begin it anew from a plan. A crash before the target is saved leaves it empty:
the same copy again does it. One after that leaves it whole and open: the same copy again says so. So no message is
lost, and no bot can run on both. Who would rather go back restores a backup of the source to another file.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, func, insert, inspect, select, text

from models import teams
from models.keeping import migrate
from models.schema.tables import Base, StoreFacts
from models.store.engine import Store, Tx, sqlite_file
from models.store.errors import MaybeSaved, StoreError

SAME = "same store"
NOT_EMPTY = "not empty"
NO_TEAM = "no team"
OTHER_SCHEMA = "other schema"
ELSEWHERE = "copied elsewhere"
MISCOUNTED = "miscounted"
IN_DOUBT = "in doubt"
BATCH = 1_000


class CannotCopy(StoreError):
    """The stores are not what they must be for it."""


def move(source: Store, target: Store, now: datetime) -> dict[str, int]:
    """Copy every row of `source` to `target`, stamp the target with `now`, and close the source. Whoever calls holds
    both alone. Returns how many rows each table has. Raises CannotCopy and StoreError; then nothing was changed, or the
    sentence says that the source is closed and what to do."""
    check_two(source, target)
    _check_source(source, target)
    _check_target(source, target)
    _close(target, source)
    try:
        _close(source, target)
        with source.reading() as from_tx, target.writing() as to_tx:
            to_tx.execute(delete(StoreFacts))  # what a bot left that never got as far as a team
            counts = {table.name: _copy(from_tx, to_tx, table) for table in Base.metadata.sorted_tables}
            teams.stamp(to_tx, now)
    except MaybeSaved:
        raise _in_doubt(source, target) from None
    except BaseException:
        _open_again(source, target)
        raise
    return counts


def check_two(source: Store, target: Store) -> None:
    """Raises CannotCopy where both are one."""
    if _address(source) == _address(target):
        raise CannotCopy(SAME)


def _close(store: Store, other: Store) -> None:
    with store.writing() as tx:
        teams.close(tx, _address(other))


def _address(store: Store) -> str:
    """Where a store is, from whatever folder one looks, without the password."""
    path = sqlite_file(store.url)
    return f"sqlite:///{path.resolve()}" if path else store.shown_url


def _check_source(source: Store, target: Store) -> None:
    had = migrate.schema_of(source)
    if had is None:
        raise CannotCopy(NO_TEAM, store=source.shown_url)
    _check_schema(source, had)
    with source.reading() as tx:
        elsewhere, begun = teams.moved_to(tx), teams.is_there(tx)
    if not begun:
        raise CannotCopy(NO_TEAM, store=source.shown_url)
    if elsewhere is None:
        return
    is_elsewhere = elsewhere != _address(target)
    if is_elsewhere or _has_team(target):
        what = ELSEWHERE if is_elsewhere else teams.CLOSED
        raise CannotCopy(what, store=source.shown_url, target=elsewhere)


def _check_target(source: Store, target: Store) -> None:
    """Raises CannotCopy unless the target is empty and waits for no other copy, and makes it ready."""
    had = migrate.schema_of(target)
    if had is not None:
        _check_schema(target, had)
    migrate.migrate(target)
    with target.reading() as tx:
        for table in Base.metadata.sorted_tables:
            if table.name != StoreFacts.__tablename__ and tx.execute(select(table).limit(1)).first():
                raise CannotCopy(NOT_EMPTY, store=target.shown_url, table=table.name)
        other = teams.moved_to(tx)
    if other not in (None, _address(source)):
        raise CannotCopy(teams.WAITING, store=target.shown_url, source=other)


def _check_schema(store: Store, had: str) -> None:
    if had > migrate.HEAD:
        raise migrate.NewerStore(had)
    if had != migrate.HEAD:
        raise CannotCopy(OTHER_SCHEMA, store=store.shown_url, had=had, head=migrate.HEAD)


def _has_team(store: Store) -> bool:
    if migrate.schema_of(store) is None:
        return False
    with store.reading() as tx:
        return teams.is_there(tx)


def _open_again(source: Store, target: Store) -> None:
    """Undo the closing, unless the target has it all. Where nobody can know, the source stays closed."""
    try:
        for store in () if _has_team(target) else (source, target):
            with store.writing() as tx:
                teams.close(tx, None)
    except StoreError:
        raise _in_doubt(source, target) from None


def _in_doubt(source: Store, target: Store) -> CannotCopy:
    return CannotCopy(IN_DOUBT, source=source.shown_url, target=target.shown_url)


def _copy(source: Tx, target: Tx, table: Table) -> int:
    """Every row, in the order of its key, since rows of a table may point to earlier ones. Returns how many."""
    keys = list(table.primary_key)
    rows = source.execution_options(yield_per=BATCH).execute(select(table).order_by(*keys)).mappings()
    for batch in rows.partitions(BATCH):
        target.execute(insert(table), [_values(table, row) for row in batch])
    _go_on_counting(source, target, table)
    counts = [int(tx.execute(select(func.count()).select_from(table)).scalar_one()) for tx in (source, target)]
    if counts[0] != counts[1]:
        raise CannotCopy(MISCOUNTED, table=table.name, source=counts[0], target=counts[1])
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
