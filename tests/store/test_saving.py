"""A store that takes nothing that is to be saved: full, read-only, locked. Whoever watches the bot hears of it, though
nobody wants anything saved; who asks gets a sentence."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, make_url

from bot.ops.heartbeat import EVERY_SECONDS
from bot.ops.ping import Ping
from models.store.saves import ENOUGH_SECONDS
from tests.kit.cast import TOMS
from tests.kit.databases import Databases, SqliteDatabases, everything
from tests.kit.operations import a_service, get, look_again, metrics, served, status
from tests.kit.small_disk import a_small_disk
from tests.kit.stage import Stage, a_stage
from tests.kit.troubles import CANNOT_SAVE, in_time, locked

pytestmark = [pytest.mark.both, pytest.mark.slow]

HOLIDAY = "/holiday 24 Dec - 26 Dec"


@contextmanager
def read_only(stage: Stage) -> Iterator[None]:
    """Nobody may write: a file system that the kernel has protected, a PostgreSQL that stands by."""
    if not stage.store.is_sqlite:
        with _refusing(stage, "read_only_sql_transaction"):
            yield
        return

    def protect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=1")

    event.listen(stage.store.engine, "connect", protect)
    stage.store.engine.dispose()
    yield
    event.remove(stage.store.engine, "connect", protect)
    stage.store.engine.dispose()


@contextmanager
def _refusing(stage: Stage, error: str) -> Iterator[None]:
    """PostgreSQL refuses the bot's own row, and whatever is put into the log."""
    with psycopg.connect(stage.store.url, autocommit=True) as other:
        other.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION 'it cannot' USING ERRCODE = '{error}'; END $$"
        )
        for table in ("store", "changes"):
            other.execute(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} EXECUTE FUNCTION refuse()")
        yield
        other.execute("DROP FUNCTION refuse CASCADE")


@pytest.fixture(params=[locked, read_only])
def trouble(request: pytest.FixtureRequest, stage: Stage) -> AbstractContextManager[None]:
    """Nothing can be saved as long as it lasts."""
    made: AbstractContextManager[None] = request.param(stage)
    return made


def let_a_minute_pass(stage: Stage) -> None:
    """In which nothing was saved."""
    stage.store.saves.latest -= EVERY_SECONDS
    stage.bot.tick()


def let_half_a_minute_pass(stage: Stage) -> None:
    """In which nothing could be saved."""
    assert stage.store.saves.failing_since is not None
    stage.store.saves.failing_since -= ENOUGH_SECONDS
    look_again(stage)
    stage.bot.tick()


def seen(stage: Stage) -> tuple[str, bool, float]:
    """What /status says of saving, whether all is well there, and the metric. /readyz is 200 all the time."""
    stage.bot.watch.is_open = True
    with served(stage) as port:
        said = status(port)
        code, ready = get(port, "/readyz")
        assert (code, json.loads(ready).get("saving", "works")) == (200, said["saving"])
        return said["saving"], said["ok"], metrics(get(port, "/metrics")[1])["oncall_database_saves"]


def is_troubled(stage: Stage) -> bool:
    """Whether all of them say the same, with the store's name."""
    words, is_well, metric = seen(stage)
    if words == "works":
        assert metric == 1
        return False
    assert (is_well, metric, stage.bot.watch.is_well()) == (False, 0, False)
    assert stage.store.shown_url in words
    return True


def check_told(stage: Stage, trouble: AbstractContextManager[None]) -> None:
    """Trouble comes, is told after half a minute, and goes."""
    before = everything(stage.store)
    with a_service() as service, trouble:
        stage.bot.ping = Ping(service.url)
        stage.bot.ping.worker.start()
        let_a_minute_pass(stage)
        assert not is_troubled(stage)
        let_half_a_minute_pass(stage)
        assert is_troubled(stage)
        assert "/secret-uuid/fail" in iter(lambda: service.calls.get(timeout=5), None)
        with in_time():
            assert stage.words(TOMS, HOLIDAY) == CANNOT_SAVE
        with in_time():
            assert "You are on call now" in stage.words(TOMS, "/oncall")
        stage.bot.ping.worker.stop()
        stage.bot.ping = None
    assert {**everything(stage.store), "store": None} == {**before, "store": None}
    stage.bot.tick()
    assert not is_troubled(stage)
    assert "*You are away Thu 24 – Sat 26 Dec 2026* (3 days)." in stage.words(TOMS, HOLIDAY)


def test_a_store_that_is_locked_or_read_only_is_told(stage: Stage, trouble: AbstractContextManager[None]) -> None:
    check_told(stage, trouble)


def test_a_postgresql_whose_disk_is_full_is_told(postgresql: Databases) -> None:
    with a_stage(postgresql) as stage:
        check_told(stage, _refusing(stage, "disk_full"))


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    with a_small_disk(tmp_path, 8) as disk, a_stage(SqliteDatabases(disk.place)) as stage:
        checkpointed(stage)
        check_told(stage, disk.full())


def checkpointed(stage: Stage) -> None:
    """SQLite has no room left that it took before."""
    stage.store.engine.dispose()
    with closing(sqlite3.connect(make_url(stage.store.url).database or "")) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_who_saves_anyway_is_asked_nothing_more(stage: Stage) -> None:
    def saved_at() -> Any:
        [row] = everything(stage.store)["store"] or [None]
        return row and row.saved_at

    stage.bot.tick()
    assert saved_at() is None
    stage.store.saves.latest -= EVERY_SECONDS
    stage.ask(TOMS, HOLIDAY)
    stage.bot.tick()
    assert saved_at() is None
    woken: list[str] = []
    stage.store.on_commit = lambda: woken.append("delivery")
    let_a_minute_pass(stage)
    assert (saved_at() is not None, woken) == (True, [])


def test_a_transaction_that_changes_nothing_tells_nothing(stage: Stage) -> None:
    stage.store.saves.failed("full")
    since = stage.store.saves.failing_since
    with stage.store.writing():
        pass
    assert stage.store.saves.failing_since == since
    stage.bot.tick()
    assert stage.store.saves.failing_since is None
