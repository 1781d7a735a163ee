"""From an empty store, and from each released schema with data in it, to the schema of this release."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from models.keeping.migrate import HEAD, MIGRATING, NewerStore, migrate, schema_of
from models.schema.tables import Base
from models.store.engine import IN_A_REQUEST, Store
from tests.kit.databases import Databases
from tests.kit.refused import troubled
from tests.kit.released import LEASE_ENDS, MOMENT, RELEASED, Rows, fill

pytestmark = [pytest.mark.both, pytest.mark.slow]

PROCESSES = 3
PLACE = ("engineer", "listed", "position")  # of people in the plan, until 0007
OFFICE = ("office_days", "office_from", "office_until", "country", "answer_within")
spawning = multiprocessing.get_context("spawn")


@pytest.fixture
def empty(database: Databases) -> Iterator[Store]:
    """A store with nothing in it, not even tables."""
    with closing(Store(database.empty())) as store:
        yield store


@pytest.fixture(params=RELEASED)
def old(request: pytest.FixtureRequest, empty: Store) -> Store:
    """A store of a released schema, with data in every table."""
    fill(empty, request.param)
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


@pytest.mark.parametrize("old", ["0001"], indirect=True)
def test_a_store_of_0001_keeps_all_that_it_holds(old: Store) -> None:
    migrate(old)
    was = RELEASED["0001"]
    came_later = {"urgent": False, "tried_at": None, "refused_at": None}
    said_greeting, being_sent, news, refused = ({**row, **came_later} for row in was["outbox"])
    for row in (said_greeting, being_sent, news, refused):
        del row["lease_until"]
    assert rows(old) == {
        **was,
        "store": [{"id": 1, "purpose": "real", "stamped_at": None, "moved_to": None, "saved_at": None}],
        "outbox": [
            said_greeting | {"tried_at": MOMENT},
            being_sent | {"state": "owed", "retry_at": LEASE_ENDS, "tried_at": MOMENT, "urgent": True},
            news,
            refused,
        ],
        "channels": [
            {"team_id": 1, "audience": audience, "sender": None, "lease_until": None, "free_at": None}
            for audience in ("channel", "person:toms")
        ],
        "pace": [{"team_id": 1, "free_at": None, "limited_until": None}],
        "teams": [row | dict.fromkeys(OFFICE) for row in was["teams"]],
        "people": [
            {name: row[name] for name in row if name not in PLACE} | {"country": None, "region": None}
            for row in was["people"]
        ],
        "team_members": [
            {"team_id": 1, "person_id": row["id"], **{name: row[name] for name in PLACE}} for row in was["people"]
        ],
        **{table: [] for table in ("requests", "answers", "covers", "take_overs", "declines")},
        **{table: [] for table in ("signs", "preferences", "feeds", "found_channels")},
        "members": [row | {"enterprise_id": None} for row in was["members"]],
    }


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("R&amp;D &lt;b&gt;", "R&D <b>"),
        ("&amp;lt;", "&lt;"),
        ("with <@U0MAYA00002|maya>, <!here> or <!subteam^S1|@metrics>", "with @maya, @here or @metrics"),
        ("<http://x.example/?a=1&amp;b=2>, <http://x.example|x.example>", "http://x.example/?a=1&b=2, x.example"),
        ("<mailto:a@b.example|a@b.example> in <#C1|random>", "a@b.example in #random"),
        ("a < b, <b> & c", "a < b, <b> & c"),
        (None, None),
    ],
)
def test_a_note_that_was_kept_as_slack_sent_it_becomes_what_was_typed(
    empty: Store, kept: str | None, typed: str | None
) -> None:
    fill(empty, "0005")
    with empty.writing() as tx:
        tx.execute(text("UPDATE holidays SET note = :note"), {"note": kept})
    migrate(empty)
    assert {row["note"] for row in rows(empty)["holidays"]} == {typed}


def test_a_newer_store_is_left_alone(empty: Store) -> None:
    migrate(empty)
    with empty.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with troubled(NewerStore, r"has schema 9999, newer than this release knows .*; update the bot"):
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


def test_an_empty_store_is_migrated_by_many_processes_at_once(database: Databases) -> None:
    urls = [database.empty() for _ in range(5)]
    assert migrate_from_many_processes(*urls) == [0] * PROCESSES
    for url in urls:
        with closing(Store(url)) as store:
            assert (schema_of(store), differences(store)) == (HEAD, [])


def test_an_old_store_is_migrated_by_many_processes_at_once(old: Store) -> None:
    assert migrate_from_many_processes(old.url) == [0] * PROCESSES
    assert (schema_of(old), differences(old)) == (HEAD, [])
    assert len(rows(old)["outbox"]) == len(RELEASED["0001"]["outbox"])


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
