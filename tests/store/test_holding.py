"""Who works with a store: one process at a time with a file, several with PostgreSQL, nobody while it is copied."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from models.store import holding
from models.store.engine import sqlite_file
from models.store.errors import BadStoreUrl, StoreError, StoreUnavailable
from tests.kit import postgres
from tests.kit.databases import Databases
from tests.kit.refused import troubled

pytestmark = pytest.mark.both

# Which file it is


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///oncall.sqlite", "oncall.sqlite"),
        ("sqlite:////srv/a b/on%20call.sqlite?timeout=5", "/srv/a b/on call.sqlite"),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("postgresql://bot@host/oncall", None),
    ],
)
def test_the_file_of_a_store(url: str, path: str | None) -> None:
    assert sqlite_file(url) == (Path(path) if path else None)


# One at a time

HOLD = """
import sys
from models.store.holding import held
with held(sys.argv[1]):
    print("held", flush=True)
    input()
"""


def test_a_sqlite_store_is_for_one_process_and_free_again_when_that_is_killed(sqlite: Databases) -> None:
    url = sqlite.migrated()
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        try:
            assert other.stdout.readline() == "held\n"
            with troubled(holding.InUse, "A SQLite file is for one at a time"), holding.held(url):
                pass
        finally:
            other.send_signal(signal.SIGKILL)
        other.wait()
    with holding.held(url):
        pass


def test_a_postgresql_store_is_for_many_but_not_while_it_is_copied(postgresql: Databases) -> None:
    url = postgresql.migrated()
    alone = troubled(holding.InUse, "Bots work with")
    with holding.held(url), holding.held(url), alone, holding.held(url, alone=True):
        pass
    with holding.held(url, alone=True), troubled(holding.InUse, "is being copied"), holding.held(url):
        pass


@pytest.mark.slow
def test_a_hold_outlives_a_database_that_is_down_for_longer_than_a_tick() -> None:
    with postgres.a_server_to_stop() as server, holding.held(server.url) as hold:
        server.stop()
        for _tick in range(3):
            with troubled(StoreUnavailable, "does not answer"):
                hold.renew()
        server.start()
        hold.renew()
        with troubled(holding.InUse, "Bots work with"), holding.held(server.url, alone=True):
            pass


@pytest.mark.slow
def test_who_was_overtaken_by_a_copy_while_the_database_was_down_hears_of_it() -> None:
    with postgres.a_server_to_stop() as server, holding.held(server.url) as hold:
        server.stop()
        server.start()
        with holding.held(server.url, alone=True):
            for _tick in range(2):
                with troubled(holding.InUse, "is being copied"):
                    hold.renew()
        hold.renew()


def test_a_hold_can_be_let_go_of_while_the_database_is_down() -> None:
    with postgres.a_server_to_stop() as server, holding.held(server.url):
        server.stop()


def test_the_lock_is_the_same_whatever_link_leads_to_the_store(sqlite: Databases, tmp_path: Path) -> None:
    url, link = sqlite.migrated(), tmp_path / "link.sqlite"
    path = sqlite_file(url)
    assert path
    link.symlink_to(path)
    with holding.held(url), pytest.raises(holding.InUse), holding.held(f"sqlite:///{link}"):
        pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:oncall.sqlite?uri=true"])
def test_what_cannot_be_locked_is_no_store(url: str) -> None:
    with troubled(BadStoreUrl, "A store is a file"), holding.held(url):
        pass


def test_where_no_lock_can_be_it_says_why(tmp_path: Path) -> None:
    with (
        troubled(StoreError, r"oncall.sqlite.lock cannot be locked \(No such file or directory\)"),
        holding.held(f"sqlite:///{tmp_path}/nowhere/oncall.sqlite"),
    ):
        pass


def test_programs_that_it_starts_do_not_hold_the_store(sqlite: Databases) -> None:
    url = sqlite.migrated()
    with contextlib.ExitStack() as stack:
        with holding.held(url):
            child = stack.enter_context(subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False))
        with holding.held(url):
            pass
        child.kill()
