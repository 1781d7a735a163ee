"""A start whose database is not there yet: `run` waits for it as long as it takes, `migrate` for a minute."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from bot.clock import TurnedClock
from bot.sandbox.server import FakeSlack
from bot.service import Bot
from bot.terminal import operating
from bot.terminal.cli import cli
from models.keeping import migrate
from models.store.engine import Store
from models.store.errors import StoreError
from tests.kit import cast, postgres
from tests.kit.commands import bot
from tests.kit.databases import Databases, PostgresDatabases
from tests.kit.operations import get
from tests.kit.processes import free_port, healthy
from tests.kit.refused import troubled
from tests.kit.running import APP_TOKEN, SOON, TOKEN, Running, api_of, by_socket, running
from tests.kit.stage import PACE, SECRET, a_stage

pytestmark = [pytest.mark.both, pytest.mark.slow]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL that can be stopped, since nobody else uses it."""
    with postgres.a_server_to_stop() as server:
        yield server


@pytest.fixture
def empty(server: postgres.Server) -> str:
    """The URL of an empty database on it."""
    server.start()
    return PostgresDatabases(server.url, "template1").empty()


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    """A fake Slack whose app listens by Socket Mode."""
    made = FakeSlack(cast.USERS, clock=TurnedClock(), signing_secret=SECRET, bot_token=TOKEN, app_token=APP_TOKEN)
    made.connect_by_socket()
    with made.serve():
        yield made


@contextmanager
def waiting(folder: Path, fake: FakeSlack, server: postgres.Server, database: str) -> Iterator[Running]:
    """A bot that was started while its database is down, and says so."""
    server.stop()
    with running(folder, api_of(fake), ONCALL_DATABASE=database) as started:
        started.until(started.is_alive)
        started.until(lambda: "does not answer" in started.waits_for())
        yield started


def test_a_bot_that_starts_before_its_database_waits_for_it(
    tmp_path: Path, fake: FakeSlack, server: postgres.Server, empty: str
) -> None:
    with waiting(tmp_path, fake, server, empty) as started:
        assert get(started.operations, "/readyz") == (503, '{"ok": false}\n')
        server.start()
        started.until(lambda: healthy(started.operations))
        started.until(lambda: any("is on call now" in each.words() for each in fake.messages()))
        assert json.loads(get(started.operations, "/status")[1])["database"] == "answers"
        assert started.stop() == 0
    assert "the store does not answer; asked again soon" in started.logged
    assert "Traceback" not in started.logged


def test_one_that_waits_for_its_database_stops_when_told(
    tmp_path: Path, fake: FakeSlack, server: postgres.Server, empty: str
) -> None:
    with waiting(tmp_path, fake, server, empty) as started:
        began = time.monotonic()
        assert started.stop() == 0
        assert time.monotonic() - began < SOON
    assert "Traceback" not in started.logged


def test_a_database_that_there_is_not_is_refused(
    tmp_path: Path, fake: FakeSlack, server: postgres.Server, empty: str
) -> None:
    url = postgres.url_of(empty, "nowhere")
    said = bot(tmp_path, "run", **by_socket(api_of(fake), free_port()), ONCALL_DATABASE=url)
    assert (said.returncode, "Traceback" in said.stderr) == (1, False)
    assert 'database "nowhere" does not exist' in said.stderr


def test_a_bot_whose_database_goes_while_it_starts_begins_when_it_is_back(server: postgres.Server) -> None:
    server.start()
    with (
        postgres.a_template(server.url) as template,
        closing(PostgresDatabases(server.url, template)) as made,
        a_stage(made) as stage,
    ):
        later = Bot(stage.bot.desk, stage.bot.slack, stage.clock, token=TOKEN, pace=PACE)
        server.stop()
        later.start()
        try:
            assert not later.watch.is_good
            server.start()
            later.tick()
            assert later.watch.is_good
        finally:
            later.stop()


# What passes


def locked(path: Path) -> sqlite3.Connection:
    """Somebody who holds a SQLite file."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


@pytest.mark.parametrize(
    ("url", "passes"),
    [
        ("postgresql://bot@127.0.0.1:9/none", True),
        ("postgresql://bot@nowhere.invalid/none", True),
        ("postgresql:///none?host=/nowhere", True),
        ("sqlite:////nowhere/store.sqlite", False),
        ("sqlite:////", False),
    ],
)
def test_what_cannot_be_reached_passes_and_a_file_that_cannot_be_made_does_not(url: str, passes: bool) -> None:
    with closing(Store(url)) as store, pytest.raises(StoreError) as trouble:
        migrate.schema_of(store)
    assert trouble.value.passes == passes


def test_what_is_busy_or_full_passes_and_what_is_no_store_does_not(sqlite: Databases, tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    path.write_text("this is no database, " * 100)
    with closing(Store(f"sqlite:///{path}")) as none, pytest.raises(StoreError) as trouble:
        migrate.schema_of(none)
    assert not trouble.value.passes
    with closing(cast.a_store(sqlite)) as store:
        with closing(locked(Path(store.url.removeprefix("sqlite:///")))), pytest.raises(StoreError) as trouble:
            writes(store)
        assert trouble.value.passes
        event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=1"))
        store.engine.dispose()
        with pytest.raises(StoreError) as trouble:
            writes(store)
        assert trouble.value.passes


def writes(store: Store) -> None:
    """Write as much as needs other pages than those that a migration has left empty."""
    with store.writing() as tx:
        tx.execute(text("CREATE TABLE another (one TEXT)"))
        tx.execute(text("INSERT INTO another VALUES (:one)"), {"one": "x" * 1_000_000})


def test_on_postgresql_what_stands_by_or_stops_passes_and_a_wrong_statement_does_not(postgresql: Databases) -> None:
    def said(statement: str) -> bool:
        url = postgresql.migrated()
        with pytest.raises(StoreError) as trouble, closing(Store(url)) as store, store.writing() as tx:
            tx.execute(text(statement))
        return trouble.value.passes

    assert said("SET TRANSACTION READ ONLY; DELETE FROM people")
    assert said("SELECT pg_terminate_backend(pg_backend_pid(), 2000)")
    assert not said("SELECT * FROM nowhere")
    assert not said("SELECT 1 / 0")


# migrate


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`migrate`, which waits for two seconds instead of a minute."""
    assert operating.WAITS_SECONDS == 60
    monkeypatch.setattr(operating, "WAITS_SECONDS", 2.0)
    monkeypatch.setattr(operating, "AGAIN_SECONDS", 0.1)
    return lambda url: cli.main(["--database", url, "migrate"], standalone_mode=False)


def test_migrate_waits_for_its_database(
    server: postgres.Server, empty: str, hasty: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    server.stop()
    starts = threading.Timer(0.5, server.start)
    starts.start()
    hasty(empty)
    starts.join()
    told = capsys.readouterr()
    assert "does not answer" in told.err
    assert migrate.HEAD in told.out
    with closing(Store(empty)) as store:
        assert migrate.schema_of(store) == migrate.HEAD


def test_migrate_gives_up_after_its_minute(hasty: Callable[[str], None]) -> None:
    began = time.monotonic()
    with troubled(StoreError, "does not answer"):
        hasty("postgresql://bot@127.0.0.1:9/none")
    assert 1.5 < time.monotonic() - began < 30


def test_migrate_waits_for_no_file_that_cannot_be_made(hasty: Callable[[str], None]) -> None:
    began = time.monotonic()
    with pytest.raises(StoreError):
        hasty("sqlite:////nowhere/store.sqlite")
    assert time.monotonic() - began < 1.5
