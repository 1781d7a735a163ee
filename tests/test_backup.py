"""Copying a SQLite store while the bot runs, and putting a copy back: whole or not at all."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from models import backup, outbox, teams
from models.backup import BadBackup
from models.outbox import CHANNEL, Owed
from models.store import Store
from scheduler.tick import GREETING
from tests import cast
from tests.cast import NOW
from tests.contents import count, rows
from tests.databases import Databases
from tests.released import a_full_store
from tests.stage import Stage

MINUTE = timedelta(minutes=1)


def test_a_backup_is_of_one_state_whoever_writes_meanwhile(sqlite: Databases, tmp_path: Path) -> None:
    store, stop = cast.a_store(sqlite), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with store.writing() as tx:  # two rows, always together
                for half in ("a", "b"):
                    outbox.owe(tx, 1, Owed(GREETING, f"{n}{half}", CHANNEL, NOW), NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            backup.back_up(store.url, tmp_path / f"{n}.backup")
    finally:
        stop.set()
        writer.join()
        store.close()
    sizes = []
    for n in range(5):
        with closing(sqlite3.connect(tmp_path / f"{n}.backup")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            sizes.append(copy.execute("SELECT count(*) FROM outbox").fetchone()[0])
    assert all(size % 2 == 0 for size in sizes)
    assert sizes == sorted(sizes)
    assert os.stat(tmp_path / "0.backup").st_mode & 0o777 == 0o600


def test_a_backup_never_replaces_a_file(sqlite: Databases, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(BadBackup, match="is there already"):
        backup.back_up(sqlite.migrated(), tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


def test_postgresql_has_tools_of_its_own(postgresql: Databases, tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="pg_dump"):
        backup.back_up(postgresql.migrated(), tmp_path / "copy")


def test_a_store_is_put_back_stamped_and_the_other_kept(sqlite: Databases, tmp_path: Path) -> None:
    url, copy = sqlite.empty(), tmp_path / "copy"
    a_full_store(url)
    before = rows(url)
    backup.back_up(url, copy)
    with closing(Store(url)) as store, store.writing() as tx:
        outbox.owe(tx, 1, Owed(GREETING, "later", CHANNEL, NOW), NOW)
    after = rows(url)
    kept = backup.put_back(url, copy, NOW)
    assert rows(url) == before
    with closing(Store(url)) as store, store.reading() as tx:
        assert teams.stamped_at(tx) == NOW
    assert kept is not None
    assert rows(f"sqlite:///{kept}") == after


@pytest.mark.parametrize("content", [b"", b"no store, " * 1000, None], ids=["empty", "text", "missing"])
def test_what_is_no_store_is_not_put_back(sqlite: Databases, tmp_path: Path, content: bytes | None) -> None:
    url, file = sqlite.migrated(), tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    before = rows(url)
    with pytest.raises(BadBackup, match="is no store of this bot"):
        backup.put_back(url, file, NOW)
    assert rows(url) == before


RESTORE = """
import os, signal, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from models import backup
threading.Timer(float(sys.argv[3]), lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
backup.put_back(sys.argv[1], Path(sys.argv[2]), datetime.now(UTC))
os._exit(0)
"""


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_old_store_or_the_new_one(sqlite: Databases, tmp_path: Path) -> None:
    url, copy = sqlite.empty(), tmp_path / "copy"
    a_full_store(url)
    backup.back_up(url, copy)
    new = count(url)
    with closing(Store(url)) as store, store.writing() as tx:
        for n in range(5000):
            outbox.owe(tx, 1, Owed(GREETING, f"later {n}", CHANNEL, NOW), NOW)
    old, found = count(url), set()
    for n in range(12):
        command = [sys.executable, "-c", RESTORE, url, str(copy), str(0.25 + 0.02 * n)]
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
        now = count(url)
        assert now in (old, new)
        found.add(now["outbox"])
    assert new["outbox"] in found


def test_what_was_due_before_the_stamp_is_looked_up_before_it_is_posted(stage: Stage) -> None:
    with stage.store.writing() as tx:
        teams.stamp(tx, stage.clock.now() + MINUTE)
    posted = stage.slack.messages()[0]
    key = {"event_type": "oncall_message", "event_payload": {"key": "1/greeting/said before"}}
    posted.metadata = key
    with stage.store.writing() as tx:
        for about in ("said before", "not said before"):
            outbox.owe(tx, 1, Owed(GREETING, about, CHANNEL, stage.clock.now()), stage.clock.now())
    stage.do_what_is_due()
    shown = [m.metadata["event_payload"]["key"] for m in stage.slack.messages() if m.metadata]
    assert shown == ["1/greeting/said before", "1/greeting/not said before"]
    assert "may be a repeat" not in stage.channel()[-1]
