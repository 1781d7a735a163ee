"""Keeping the store, as an operator meets it: real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.clock import TurnedClock
from bot.sandbox.server import FakeSlack
from models.store import Store
from tests import cast
from tests.databases import Databases
from tests.processes import free_port, healthy
from tests.released import fill
from tests.test_run import SECRET, TOKEN, bot, settings

pytestmark = pytest.mark.slow


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
def running(folder: Path, url: str, database: str) -> Iterator[subprocess.Popen[str]]:
    """A bot that runs."""
    operations = free_port()
    environ = {**os.environ, **settings(url, operations), "ONCALL_DATABASE": database}
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            while not healthy(operations):
                assert process.poll() is None, process.communicate()
            yield process
        finally:
            process.kill()


def test_a_second_bot_on_a_file_is_refused_and_the_other_commands_work(
    tmp_path: Path, slack: tuple[FakeSlack, str]
) -> None:
    _, url = slack
    database = "sqlite:///oncall.sqlite"
    with running(tmp_path, url, database):
        for command in (["run"], ["tick"], ["restore", "copy", "--yes"]):
            refused = bot(tmp_path, *command, **settings(url, free_port()), ONCALL_DATABASE=database)
            assert refused.returncode == 1, command
            assert "is in use by another process" in refused.stderr
        assert "is on call now" in bot(tmp_path, "ask", "/oncall").stdout
        assert bot(tmp_path, "backup", "copy").stdout == "Copied sqlite:///oncall.sqlite to copy.\n"
    restored = bot(tmp_path, "restore", "copy", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "sqlite:///oncall.sqlite is what copy was." in restored.stdout


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
    refused = bot(tmp_path, "run", **settings(url, free_port()), ONCALL_DATABASE=database)
    assert refused.returncode == 1
    assert "Bring it up to date first: python -m bot migrate" in refused.stderr


def test_a_closed_store_is_refused_by_run_and_by_every_command_that_writes(
    tmp_path: Path, slack: tuple[FakeSlack, str], postgresql: Databases
) -> None:
    _, url = slack
    source, target = f"sqlite:///{tmp_path / 'oncall.sqlite'}", postgresql.empty()
    bot(tmp_path, "ask", "/holiday 24 Dec", "--as", "Toms")
    moved = bot(tmp_path, "copy", "--from", source, "--to", target)
    assert moved.returncode == 0, moved.stderr
    assert "holidays" in moved.stdout
    refused = bot(tmp_path, "run", **settings(url, free_port()), ONCALL_DATABASE=source)
    assert refused.returncode == 1
    assert "is closed: use that one" in refused.stderr
    refused = bot(tmp_path, "ask", "/holiday 27 Dec", "--as", "Toms")
    assert refused.returncode == 1
    assert "is closed: use that one" in refused.stderr
    assert "Thu 24 Dec" in bot(tmp_path, "--database", target, "ask", "/holiday mine", "--as", "Toms").stdout
