"""Keeping the store, as an operator meets it: real processes."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.clock import TurnedClock
from bot.ops.address import METRICS, STATUS
from bot.plan.file import PACKAGED
from bot.sandbox.server import FakeSlack
from models.store.engine import Store
from tests.kit import cast, postgres
from tests.kit.commands import bot
from tests.kit.databases import Databases
from tests.kit.operations import get
from tests.kit.processes import a_bot, free_port, until_healthy
from tests.kit.released import fill
from tests.kit.running import SECRET, TOKEN, begin, over_http

pytestmark = [pytest.mark.both, pytest.mark.slow]


def an_old_store(url: str) -> None:
    """A store of the first schema."""
    with closing(Store(url)) as store:
        fill(store, "0001")


@pytest.fixture
def slack() -> Iterator[tuple[FakeSlack, str]]:
    """A fake Slack, and its address."""
    fake = FakeSlack(users=cast.USERS, clock=TurnedClock(), signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url:
        yield fake, url


@contextmanager
def running(folder: Path, url: str, database: str, *, operations: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A bot that runs, and ticks all the time."""
    operations = operations or free_port()
    environ = {**over_http(url, operations), "ONCALL_DATABASE": database, "ONCALL_TICK_SECONDS": "0.2"}
    with a_bot(folder, environ) as process:
        until_healthy(process, operations)
        yield process


def ticks(operations: int) -> float:
    """How many ticks there were, the failed ones too."""
    [count] = re.findall(r"^oncall_tick_seconds_count (\S+)", get(operations, METRICS)[1], re.MULTILINE)
    return float(count)


def last_tick(operations: int) -> str:
    """When a bot's latest good tick was."""
    return str(json.loads(get(operations, STATUS)[1])["last_tick"])


def test_a_second_bot_on_a_file_is_refused_and_the_other_commands_work(
    tmp_path: Path, slack: tuple[FakeSlack, str]
) -> None:
    _, url = slack
    database = "sqlite:///oncall.sqlite"
    with running(tmp_path, url, database):
        for command in (["run"], ["tick"], ["sandbox", "--keep", "--port", "0"], ["restore", "copy", "--yes"]):
            refused = bot(tmp_path, "--database", database, *command, **over_http(url, free_port()))
            assert refused.returncode == 1, command
            assert "is in use by another process" in refused.stderr
        assert bot(tmp_path, "tick").stdout == "Nothing is owed.\n"  # without a token it writes nothing
        assert "is on call now" in bot(tmp_path, "ask", "/oncall").stdout
        assert bot(tmp_path, "ask", "/holiday 24 Dec", "--as", "Toms").returncode == 0
        assert bot(tmp_path, "backup", "copy").stdout == "Copied sqlite:///oncall.sqlite to copy.\n"
    asked = bot(tmp_path, "restore", "copy")
    assert (asked.returncode, asked.stderr) == (1, "Nobody is there to say yes. Run it again with --yes.\n")
    restored = bot(tmp_path, "restore", "copy", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "sqlite:///oncall.sqlite is what copy was." in restored.stdout
    assert "It was put back or copied on" in bot(tmp_path, "doctor").stdout


def test_another_bot_may_run_once_the_first_was_killed(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    _, url = slack
    for _time in range(2):
        with running(tmp_path, url, "sqlite:///oncall.sqlite") as process:
            process.kill()
            assert process.wait() == -signal.SIGKILL


def test_a_bot_ticks_again_when_its_postgresql_is_back(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    _, url = slack
    operations = free_port()
    with (
        postgres.a_server_to_stop() as server,
        running(tmp_path, url, server.url, operations=operations) as process,
    ):
        server.stop()
        assert process.stderr
        while "the tick has to wait" not in (said := process.stderr.readline()):
            assert said
        failed = ticks(operations)
        while ticks(operations) < failed + 3:
            assert process.poll() is None
        before = last_tick(operations)
        server.start()
        while last_tick(operations) == before:
            assert process.poll() is None
        refused = bot(tmp_path, "copy", "--from", server.url, "--to", "sqlite:///copy.sqlite")
        assert refused.returncode == 1
        assert "Bots work with" in refused.stderr


def test_a_store_that_another_tool_put_back_is_told_so_while_nobody_works_with_it(
    tmp_path: Path, slack: tuple[FakeSlack, str], database: Databases
) -> None:
    _, url = slack
    store = database.empty()
    assert "There is no store at" in bot(tmp_path, "--database", store, "restored").stderr
    with running(tmp_path, url, store):
        refused = bot(tmp_path, "--database", store, "restored")
        assert (refused.returncode, "stop th" in refused.stderr) == (1, True)
    told = bot(tmp_path, "--database", store, "restored", SLACK_BOT_TOKEN="wrong")
    assert told.returncode == 0, told.stderr
    assert "before now is looked up in Slack before it is posted." in told.stdout
    assert "It was put back or copied on" in bot(tmp_path, "--database", store, "doctor").stdout


def test_run_backs_an_older_sqlite_store_up_and_migrates_it(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    _, url = slack
    path = tmp_path / "oncall.sqlite"
    an_old_store(f"sqlite:///{path}")
    with running(tmp_path, url, f"sqlite:///{path}"):
        assert (tmp_path / "oncall.sqlite.schema-0001.backup").exists()


def test_run_refuses_an_older_postgresql_store(
    tmp_path: Path, slack: tuple[FakeSlack, str], postgresql: Databases
) -> None:
    _, url = slack
    database = postgresql.empty()
    an_old_store(database)
    refused = bot(tmp_path, "run", **over_http(url, free_port()), ONCALL_DATABASE=database)
    assert refused.returncode == 1
    assert "Bring it up to date first: python -m bot migrate" in refused.stderr


def test_a_newer_store_stops_it(tmp_path: Path, slack: tuple[FakeSlack, str], database: Databases) -> None:
    _, url = slack
    newer = database.migrated()
    with closing(Store(newer)) as store, store.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in (["run"], ["tick"], ["ask", "/oncall"], ["migrate"]):
        refused = bot(tmp_path, "--database", newer, *command, **over_http(url, free_port()))
        assert refused.returncode == 1, command
        assert "has schema 9999, newer than this release knows" in refused.stderr
        assert "update the bot" in refused.stderr
    assert "newer than this release knows" in bot(tmp_path, "--database", newer, "doctor").stderr


def test_a_copy_of_a_store_to_itself_is_refused(tmp_path: Path) -> None:
    begin(tmp_path)
    refused = bot(tmp_path, "copy", "--from", "sqlite:///oncall.sqlite", "--to", f"sqlite:///{tmp_path}/oncall.sqlite")
    assert (refused.returncode, refused.stderr) == (1, "Both are the same store. Nothing was changed.\n")


def test_a_closed_store_is_refused_by_run_and_by_every_command_that_writes(
    tmp_path: Path, slack: tuple[FakeSlack, str], postgresql: Databases
) -> None:
    _, url = slack
    source, target = f"sqlite:///{tmp_path / 'oncall.sqlite'}", postgresql.empty()
    begin(tmp_path)
    bot(tmp_path, "ask", "/holiday 24 Dec", "--as", "Toms")
    moved = bot(tmp_path, "copy", "--from", source, "--to", target)
    assert moved.returncode == 0, moved.stderr
    assert "holidays" in moved.stdout
    bot(tmp_path, "backup", "copy")
    writing = (["ask", "/holiday 27 Dec", "--as", "Toms"], ["plan", "apply", str(PACKAGED)], ["outbox", "drop", "1"])
    for command in (["run"], ["tick"], ["restore", "copy", "--yes"], ["restored"], *writing):
        refused = bot(tmp_path, "--database", source, *command, **over_http(url, free_port()))
        assert refused.returncode == 1, command
        assert refused.stderr.count("is closed: use that one") == 1, command
    shown = make_url(target).render_as_string(hide_password=True)
    for command in (["outbox", "list"], ["schedule"], ["ask", "/oncall"], ["plan", "show"]):
        looked = bot(tmp_path, "--database", source, *command)
        assert looked.returncode == 0, command
        assert looked.stderr == f"{source} was copied to {shown} and is closed: use that one.\n"
    assert "is closed: use that one" in bot(tmp_path, "--database", source, "doctor").stderr
    assert "Thu 24 Dec" in bot(tmp_path, "ask", "/holiday mine", "--as", "Toms").stdout
    assert "Thu 24 Dec" in bot(tmp_path, "--database", target, "ask", "/holiday mine", "--as", "Toms").stdout
