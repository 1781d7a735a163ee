"""The store in trouble: locked, full, down. Look-ups answer while they can; what is not saved says so, within Slack's
three seconds, and leaves nothing half-written; afterwards all goes on by itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event

from bot.sandbox.slack.payloads import Values
from tests.kit import postgres
from tests.kit.cast import RENE, TOMS
from tests.kit.databases import PostgresDatabases, everything
from tests.kit.stage import Stage, a_stage
from tests.kit.troubles import CANNOT_READ, CANNOT_SAVE, in_time, locked

pytestmark = [pytest.mark.both, pytest.mark.slow]

MAYBE_SAVED = (
    "My store went away while I was saving, so it may have been saved or not. Please look before you try again."
)

CHRISTMAS = "/holiday 24 Dec - 26 Dec"
NOTE = "⛷" * 200
LOOK_UPS = ("/oncall", "/oncall next", "/oncall schedule", "/holiday list", "/pipelines", "/runbook daily-growth")

Trouble = Callable[[Stage], AbstractContextManager[None]]


@contextmanager
def team_locked(stage: Stage) -> Iterator[None]:
    """Somebody else is changing the team. On SQLite that is the same as everything."""
    if stage.store.is_sqlite:
        with locked(stage):
            yield
        return
    with psycopg.connect(stage.store.url) as other:
        other.execute("SELECT id FROM teams FOR UPDATE")
        yield


@contextmanager
def full(stage: Stage) -> Iterator[None]:
    """There is no room for another page: SQLite's limit of them, and PostgreSQL's error of a full disk after a part of
    a change was written."""
    if stage.store.is_sqlite:

        def limit(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA max_page_count=1")  # which means as many as there are

        event.listen(stage.store.engine, "connect", limit)
        stage.store.engine.dispose()
        yield
        event.remove(stage.store.engine, "connect", limit)
        stage.store.engine.dispose()
        return
    with psycopg.connect(stage.store.url, autocommit=True) as other:
        other.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        other.execute("CREATE TRIGGER refuse BEFORE INSERT ON changes EXECUTE FUNCTION refuse()")
        yield
        other.execute("DROP TRIGGER refuse ON changes")


TROUBLES: dict[str, Trouble] = {"locked": locked, "team locked": team_locked, "full": full}


def heard(stage: Stage, sentence: str) -> Callable[[], bool]:
    """Whether somebody has been told this beside what they pressed."""
    return lambda: any(m.ephemeral and m.words() == sentence for m in stage.slack.messages())


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_look_ups_answer_as_ever(stage: Stage, trouble: Trouble) -> None:
    stage.ask(TOMS, CHRISTMAS)
    before = {typed: stage.words(TOMS, typed) for typed in LOOK_UPS}
    with trouble(stage):
        for typed in LOOK_UPS:
            with in_time():
                assert stage.words(TOMS, typed) == before[typed]


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_a_command_that_cannot_save_says_so_and_changes_nothing(
    stage: Stage, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    with trouble(stage):
        for day in range(1, 29, 2):  # what is full has room for a little more
            before = everything(stage.store)
            with in_time():
                said = stage.words(TOMS, f"/holiday 2027-02-{day:02}: {NOTE}")
            if "You are away" not in said:
                break
        assert said == CANNOT_SAVE
        assert everything(stage.store) == before
    assert NOTE not in caplog.text
    assert "*You are away Thu 24 – Sat 26 Dec 2026* (3 days)." in stage.words(TOMS, CHRISTMAS)


@pytest.mark.parametrize("trouble", [locked, team_locked])
def test_a_press_that_cannot_save_says_so_and_changes_nothing(stage: Stage, trouble: Trouble) -> None:
    said = stage.ask(TOMS, CHRISTMAS)
    before = everything(stage.store)
    with trouble(stage):
        with in_time():
            stage.slack.press(TOMS, said, "holiday.undo")
            stage.slack.until(heard(stage, CANNOT_SAVE))
        assert everything(stage.store) == before
    stage.slack.press(TOMS, said, "holiday.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())


@pytest.mark.parametrize("trouble", [locked, team_locked])
def test_a_form_that_cannot_be_saved_says_so_and_changes_nothing(stage: Stage, trouble: Trouble) -> None:
    stage.turn_to("2026-11-30T09:00")
    [reminder] = stage.slack.direct_messages(RENE)
    filled: Values = {"first": {"first": "2026-12-15"}, "last": {"last": "2026-12-16"}, "note": {"note": NOTE}}
    before = everything(stage.store)
    with trouble(stage):
        stage.slack.press(RENE, reminder, "holiday.open")
        stage.slack.until(lambda: stage.slack.view_for(RENE) is not None)
        with in_time():
            assert stage.slack.submit(RENE, stage.modal(RENE), filled) is None
        assert CANNOT_SAVE in stage.modal(RENE).words()
        assert everything(stage.store) == before


def test_a_tick_that_cannot_write_waits_for_the_next_one(stage: Stage) -> None:
    stage.clock.turn_to(stage.clock.now().replace(month=11, day=30))
    with locked(stage), in_time():
        stage.bot.tick()
    stage.do_what_is_due()
    assert sum("On-call handoff" in said for said in stage.channel()) == 1


# PostgreSQL is down


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL that can be stopped, since nobody else uses it."""
    with postgres.a_server_to_stop() as server:
        yield server


@pytest.fixture
def shaky(server: postgres.Server) -> Iterator[Stage]:
    """The first team and its bot, whose store is on that server."""
    server.start()
    with (
        postgres.a_template(server.url) as template,
        closing(PostgresDatabases(server.url, template)) as made,
        a_stage(made) as stage,
    ):
        yield stage


def test_without_its_database_it_says_so_until_that_is_back(shaky: Stage, server: postgres.Server) -> None:
    said = shaky.ask(TOMS, CHRISTMAS)
    before = everything(shaky.store)
    monday_9 = shaky.clock.now().replace(month=11, day=30, hour=8, minute=0)
    server.stop()
    for typed in (*LOOK_UPS, "/holiday 4 Jan"):
        with in_time():
            assert shaky.words(TOMS, typed) == CANNOT_READ, typed
    with in_time():
        shaky.slack.press(TOMS, said, "holiday.undo")
        shaky.slack.until(heard(shaky, CANNOT_SAVE))
    for minute in range(10):
        shaky.clock.turn_to(monday_9.replace(minute=minute))
        shaky.bot.tick()
    server.start()
    assert everything(shaky.store) == before
    assert "*You are away Mon 4 Jan 2027* (1 day)." in shaky.words(TOMS, "/holiday 4 Jan")
    shaky.do_what_is_due()
    assert sum("On-call handoff" in each for each in shaky.channel()) == 1


def test_a_database_that_says_nothing_is_not_waited_for(shaky: Stage, server: postgres.Server) -> None:
    said = shaky.ask(TOMS, CHRISTMAS)
    before = everything(shaky.store)
    with server.frozen():
        for typed in (LOOK_UPS[0], "/holiday 4 Jan"):
            with in_time():
                assert shaky.words(TOMS, typed) == CANNOT_READ, typed
        with in_time():
            shaky.slack.press(TOMS, said, "holiday.undo")
            shaky.slack.until(heard(shaky, CANNOT_SAVE))
    assert everything(shaky.store) == before
    assert "*You are away Mon 4 Jan 2027* (1 day)." in shaky.words(TOMS, "/holiday 4 Jan")


def test_one_that_falls_silent_in_a_commit_leaves_who_saved_in_doubt(shaky: Stage, server: postgres.Server) -> None:
    with ExitStack() as stack:

        def freeze(connection: Connection) -> None:
            if connection.get_execution_options().get("writes"):
                stack.enter_context(server.frozen())

        event.listen(shaky.store.engine, "commit", freeze)
        with in_time():
            assert shaky.words(TOMS, CHRISTMAS) == MAYBE_SAVED
        event.remove(shaky.store.engine, "commit", freeze)
    assert "away Thu 24 – Sat 26 Dec 2026" in shaky.words(TOMS, CHRISTMAS)


def test_a_database_that_was_restarted_is_not_noticed(shaky: Stage, server: postgres.Server) -> None:
    before = shaky.words(TOMS, "/oncall")
    server.stop()
    server.start()
    assert shaky.words(TOMS, "/oncall") == before


def test_who_loses_the_database_in_a_commit_is_told_to_look(shaky: Stage) -> None:
    def lose(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            process = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
            with psycopg.connect(shaky.store.url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 2000)", [process])

    event.listen(shaky.store.engine, "commit", lose)
    assert shaky.words(TOMS, CHRISTMAS) == MAYBE_SAVED
    event.remove(shaky.store.engine, "commit", lose)
    assert "*You are away Thu 24 – Sat 26 Dec 2026* (3 days)." in shaky.words(TOMS, CHRISTMAS)
