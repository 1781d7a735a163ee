"""From an empty store, and from each released schema with data in it, to the schema of this release."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, text

from models.migrate import HEAD, MIGRATING, NewerStore, migrate, schema_of
from models.store import IN_A_REQUEST, Store
from models.tables import Base
from tests.databases import Databases

PROCESSES = 4
spawning = multiprocessing.get_context("spawn")

MOMENT = datetime(2026, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)
WEEK = date(2026, 11, 23)
Rows = dict[str, list[dict[str, Any]]]


def said(number: int, kind: str, **facts: Any) -> dict[str, Any]:
    """A row of the outbox of schema 0001."""
    row = dict.fromkeys(
        ("change_id", "edits", "retry_at", "begun_at", "lease_until", "problem", "channel", "ts", "said_at")
    )
    fixed = {"id": number, "team_id": 1, "kind": kind, "about": str(number), "audience": "channel", "facts": "{}"}
    return row | fixed | {"owed_at": MOMENT, "due_at": MOMENT, "state": "owed", "attempts": 0} | facts


# A store of each released schema, with data in every table. Never change one that has been released.
RELEASED: dict[str, Rows] = {
    "0001": {
        "store": [{"id": 1, "purpose": "real"}],
        "people": [
            {
                "id": "toms",
                "name": "Toms Bērziņš",
                "email": "toms@example.com",
                "phone": "+371 2000",
                "time_zone": "Europe/Riga",
                "slack_id": "U0TOMS00001",
                "found_slack_id": None,
                "engineer": True,
                "listed": True,
                "position": 0,
            }
        ],
        "members": [{"slack_id": "U0TOMS00001", "full": True, "checked_at": MOMENT}],
        "teams": [
            {
                "id": 1,
                "name": "Metrics",
                "channel": "#metrics-oncall",
                "notice_days": 14,
                "admins": '["toms"]',
                "service_levels": "[]",
                "time_zone": "Europe/Berlin",
                "handoff_weekday": 0,
                "handoff_time": time(9),
                "created_at": MOMENT,
                "speaks_since": MOMENT,
            }
        ],
        "rotation_versions": [{"id": 1, "team_id": 1, "starts": WEEK, "order": '["toms"]', "asked": '["toms"]'}],
        "pipelines": [
            {
                "id": 1,
                "team_id": 1,
                "slug": "daily-growth",
                "name": "Daily growth",
                "area": "Growth",
                "purpose": "counts",
                "primary_id": "toms",
                "secondary_id": "toms",
                "why": "knows it",
                "position": 0,
            }
        ],
        "holidays": [
            {
                "id": 7,
                "person_id": "toms",
                "first": date(2026, 12, 24),
                "until": date(2026, 12, 27),
                "note": "skiing ⛷",
                "declared_at": MOMENT,
                "short_notice": False,
            }
        ],
        "held_weeks": [{"team_id": 1, "week": WEEK, "home": "toms", "holder": None, "owes": "[]", "early": "[]"}],
        "duty": [
            {
                "id": 1,
                "team_id": 1,
                "starts": MOMENT,
                "ends": datetime(2026, 11, 30, 8, tzinfo=UTC),
                "who": "toms",
                "why": "holder",
                "week": WEEK,
                "holder": "toms",
                "home": "toms",
                "day": WEEK,
            }
        ],
        "acknowledgements": [{"team_id": 1, "week": WEEK, "person_id": "toms", "at": MOMENT}],
        "changes": [
            {
                "id": 1,
                "team_id": 1,
                "at": MOMENT,
                "by": "toms",
                "what": "holiday declared",
                "about": "toms",
                "before": "[]",
                "after": '[{"id": 7}]',
                "effect": "{}",
                "key": "a trigger",
                "undoes": None,
            }
        ],
        "outbox": [
            said(1, "greeting", state="said", attempts=1, begun_at=MOMENT, channel="C1", ts="1.2", said_at=MOMENT),
            said(2, "handoff", state="sending", attempts=1, begun_at=MOMENT, lease_until=MOMENT),
            said(3, "news", change_id=1, audience="person:toms", retry_at=MOMENT, problem="ratelimited"),
            said(4, "edit", state="refused", edits=1, problem="is_archived"),
        ],
    }
}


@pytest.fixture
def empty(database: Databases) -> Iterator[Store]:
    """A store with nothing in it, not even tables."""
    with closing(Store(database.empty())) as store:
        yield store


@pytest.fixture(params=RELEASED)
def old(request: pytest.FixtureRequest, empty: Store) -> Store:
    """A store of a released schema, with data in every table."""
    migrate(empty, request.param)
    with empty.writing() as tx:
        tables = MetaData()
        tables.reflect(tx)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                tx.execute(table.insert(), RELEASED[request.param][table.name])
    return empty


def rows(store: Store) -> Rows:
    """All that a store holds."""
    with store.reading() as tx:
        return {
            table.name: [dict(row) for row in tx.execute(table.select().order_by(*table.primary_key)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def differences(store: Store) -> list[Any]:
    """How a store's tables differ from those that the code knows."""
    with store.reading() as tx:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(tx, opts=options), Base.metadata))


def test_an_empty_store_becomes_what_the_code_knows(empty: Store) -> None:
    assert schema_of(empty) is None
    assert migrate(empty) is None
    assert schema_of(empty) == HEAD
    assert differences(empty) == []
    assert migrate(empty) == HEAD


def test_an_old_store_becomes_what_the_code_knows(old: Store) -> None:
    migrate(old)
    assert schema_of(old) == HEAD
    assert differences(old) == []


def test_a_newer_store_is_left_alone(empty: Store) -> None:
    migrate(empty)
    with empty.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerStore, match=r"has schema 9999, newer than this release knows .*; update the bot"):
        migrate(empty)


def migrate_at_once(urls: tuple[str, ...], start: Any) -> None:
    """In a process of its own: for each store, wait for all others, then migrate it."""
    for url in urls:
        start.wait(30)
        with closing(Store(url)) as store:
            migrate(store)


def migrate_from_many_processes(*urls: str) -> list[int | None]:
    """Migrate stores, each from several processes at the same moment. Returns their exit codes."""
    start = spawning.Barrier(PROCESSES)
    processes = [spawning.Process(target=migrate_at_once, args=(urls, start)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


@pytest.mark.slow
def test_an_empty_store_is_migrated_by_many_processes_at_once(database: Databases) -> None:
    urls = [database.empty() for _ in range(8)]
    assert migrate_from_many_processes(*urls) == [0] * PROCESSES
    for url in urls:
        with closing(Store(url)) as store:
            assert (schema_of(store), differences(store)) == (HEAD, [])


@pytest.mark.slow
def test_an_old_store_is_migrated_by_many_processes_at_once(old: Store) -> None:
    assert migrate_from_many_processes(old.url) == [0] * PROCESSES
    assert (schema_of(old), differences(old)) == (HEAD, [])
    assert rows(old)["people"] == RELEASED["0001"]["people"]


@pytest.mark.slow
def test_who_migrates_waits_for_longer_than_a_request_would(empty: Store) -> None:
    released = threading.Event()

    def somebody_migrates(began: threading.Event) -> None:
        with closing(Store(empty.url)) as other, other.writing() as tx:
            if not other.is_sqlite:
                tx.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
            began.set()
            released.wait(30)

    began = threading.Event()
    holder = threading.Thread(target=somebody_migrates, args=(began,))
    holder.start()
    assert began.wait(10)
    later = threading.Timer(2 * IN_A_REQUEST.lock + 0.5, released.set)
    later.start()
    assert migrate(empty) is None
    assert released.is_set()
    holder.join()
    assert schema_of(empty) == HEAD
