"""What the store makes of its database's errors: of which kind, without passwords and without what was written."""

import sqlite3
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing
from threading import Timer

import pytest
from sqlalchemy import text

from bot.speech.store_trouble import told
from models.store.engine import IN_A_REQUEST, OVERFLOW, THREADS, Store
from models.store.errors import StoreBusy, StoreError, StoreFull, StoreUnavailable
from tests.kit.cast import a_store
from tests.kit.databases import Databases
from tests.kit.processes import PATIENCE
from tests.kit.refused import troubled

pytestmark = pytest.mark.both

RAISED = {  # by PostgreSQL's codes
    "55P03": StoreBusy,  # lock_timeout
    "57014": StoreBusy,  # statement_timeout
    "40P01": StoreBusy,  # a deadlock
    "53100": StoreFull,
    "57P01": StoreUnavailable,  # an administrator stops it
    "53300": StoreUnavailable,  # too many connections
}


@pytest.fixture
def on_postgres(postgresql: Databases) -> Iterator[Store]:
    """The first team's store, on PostgreSQL."""
    with closing(a_store(postgresql)) as store:
        yield store


def trouble(store: Store, statement: str, **values: object) -> StoreError:
    """What comes of a statement that writes."""
    with pytest.raises(StoreError) as raised, store.writing() as tx:
        tx.execute(text(statement), values)
    return raised.value


@pytest.mark.parametrize(("code", "kind"), RAISED.items())
def test_errors_of_postgresql_are_told_apart(on_postgres: Store, code: str, kind: type[StoreError]) -> None:
    said = trouble(on_postgres, f"DO $$ BEGIN RAISE EXCEPTION 'no luck' USING ERRCODE = '{code}'; END $$")
    assert type(said) is kind
    assert told(said).endswith(": no luck")


@pytest.mark.slow
def test_a_statement_of_postgresql_that_takes_too_long_is_given_up(on_postgres: Store) -> None:
    began = time.monotonic()
    assert type(trouble(on_postgres, f"SELECT pg_sleep({PATIENCE})")) is StoreBusy
    assert time.monotonic() - began < PATIENCE


def test_a_connection_that_postgresql_closes_is_replaced(on_postgres: Store) -> None:
    assert type(trouble(on_postgres, "SELECT pg_terminate_backend(pg_backend_pid())")) is StoreUnavailable
    with on_postgres.reading() as tx:
        assert tx.scalar(text("SELECT 1")) == 1


def test_an_error_does_not_quote_rows(store: Store) -> None:
    row = "INSERT INTO people (id, name, phone) VALUES (:id, :name, :phone)"
    for who, name in (("toms", "Toms"), ("nobody", None)):
        said = trouble(store, row, id=who, name=name, phone="+49 171 1234567")
        assert "people" in str(said)
        assert "171 1234567" not in "".join(traceback.format_exception(said))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:hunter2@127.0.0.1:1/oncall",
        "postgresql://bot@127.0.0.1:1/oncall?password=hunter2",
        "sqlite:////nowhere/oncall.sqlite",
    ],
)
def test_a_store_that_is_not_there_is_named_without_its_password(url: str) -> None:
    began = time.monotonic()
    with closing(Store(url)) as store:
        for using in (store.reading, store.writing):
            with pytest.raises(StoreUnavailable) as raised, using():
                pass
            assert told(raised.value).startswith(f"{store.shown_url} does not answer: ")
            assert "hunter2" not in "".join(traceback.format_exception(raised.value))
            assert "\n" not in told(raised.value)
    assert time.monotonic() - began < PATIENCE


def test_it_says_whether_it_was_saving(store: Store) -> None:
    assert trouble(store, "INSERT INTO nothing VALUES (1)").writing
    with pytest.raises(StoreError) as raised, store.reading() as tx:
        tx.execute(text("SELECT * FROM nothing"))
    assert not raised.value.writing


@pytest.mark.slow
def test_more_at_once_than_it_has_connections_wait_for_a_second(store: Store) -> None:
    began = time.monotonic()
    with ExitStack() as held:
        for _ in range(THREADS + OVERFLOW):
            held.enter_context(store.reading())
        with troubled(StoreBusy, "is held by somebody else: all its connections are in use"), store.reading():
            pass
    assert IN_A_REQUEST.lock <= time.monotonic() - began < PATIENCE


def test_who_reads_sees_one_state(store: Store) -> None:
    with store.reading() as tx:
        before = tx.scalar(text("SELECT channel FROM teams"))
        with store.writing() as other:
            other.execute(text("UPDATE teams SET channel = '#elsewhere'"))
        assert (before, tx.scalar(text("SELECT channel FROM teams"))) == ("#metrics-oncall", "#metrics-oncall")


def test_a_new_file_that_somebody_else_begins_is_waited_for(sqlite: Databases) -> None:
    with closing(Store(sqlite.empty())) as store:
        file = store.engine.url.database or ""
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            done = Timer(0.3, other.rollback)
            done.start()
            with store.reading() as tx:
                assert tx.scalar(text("PRAGMA journal_mode")) == "wal"
            done.join()


def test_who_reads_cannot_write(on_postgres: Store) -> None:
    with troubled(StoreUnavailable, "read-only transaction"), on_postgres.reading() as tx:
        tx.execute(text("UPDATE teams SET channel = '#elsewhere'"))
