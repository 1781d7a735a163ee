"""The part of `make bench` about sending: a thousand messages to a thousand channels, and a tick with nothing due."""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.ask import Desk
from bot.clock import StoppedClock
from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.pace import Pace
from bot.runbooks import Library
from bot.slack import Slack
from models import outbox
from models.outbox import Owed, to_member
from models.store import Store
from scheduler import tick
from scheduler.tick import GREETING
from tests import cast, postgres
from tests.databases import Databases, PostgresDatabases
from tests.stage import RUNBOOKS, TOKEN

MANY = 1_000
LATENCY = 0.06
A_MINUTE = 300
Say = Callable[[str, str, str], None]


@contextmanager
def a_slack(a_minute: int) -> Iterator[tuple[str, Callable[[], dict[str, float]]]]:
    """A fake Slack in a process of its own: its address, and what has arrived there."""
    command = [sys.executable, "-m", "tests.slack_process", str(MANY), str(LATENCY), str(a_minute)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        reads, writes = process.stdout, process.stdin
        assert reads
        assert writes

        def arrived() -> dict[str, float]:
            writes.write("\n")
            writes.flush()
            facts: dict[str, float] = json.loads(reads.readline())
            return facts

        try:
            yield reads.readline().strip(), arrived
        finally:
            writes.close()


def send(database: Databases, say: Say, a_minute: int) -> None:
    """Send them all, with limits (0: without any)."""
    store = cast.a_store(database)
    with store.writing() as tx:
        for n in range(MANY):
            outbox.owe(tx, 1, Owed(GREETING, str(n), to_member(f"U{n:09}"), cast.NOW), cast.NOW)
    with a_slack(a_minute) as (url, arrived):
        pace = Pace(between=1.0 if a_minute else 0.0, a_minute=a_minute or None)
        slack = Slack(TOKEN, base_url=f"{url}/api/", timeout=pace.timeout)
        delivery = Delivery(Desk(store, Library(RUNBOOKS)), slack, StoppedClock(cast.NOW), pace, Metrics())
        store.on_commit = delivery.worker.wake
        began, cpu = time.monotonic(), time.process_time()
        delivery.worker.start()
        while _left(store):
            time.sleep(0.1)
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        delivery.stop()
        facts = arrived()
    store.close()
    what = f"{MANY} messages to {MANY} channels, {database.kind}"
    if a_minute:
        alone = MANY * 60 / a_minute
        say(f"{what}, {a_minute} a minute", f"{seconds:.0f} s, {seconds / alone:.2f}x", "aim: at most 1.1x the limits")
    else:
        say(what, f"{MANY / seconds:.0f} a second", "aim: at least 100")
    say("   arrived / twice", f"{facts['messages']:.0f} / {facts['doubled']:.0f}", f"must be: {MANY} / 0")
    say("   CPU time a message", f"{1000 * cpu / MANY:.1f} ms", "")
    say("   most memory so far", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", "")


def _left(store: Store) -> bool:
    with store.reading() as tx:
        return bool(outbox.waiting(tx))


def sending(sqlite: Databases, say: Say) -> None:
    """With and without limits, on both databases. The PostgreSQL of the tests waits for no disk, SQLite does."""
    send(sqlite, say, 0)
    with postgres.a_server_to_stop() as server, postgres.a_template(server.url) as template:
        send(PostgresDatabases(server.url, template), say, 0)
    send(sqlite, say, A_MINUTE)


def idle_tick(store: Store, now: datetime, say: Say) -> None:
    """A tick with nothing due."""
    tick.tick(store, now)
    took = []
    for _ in range(100):
        began = time.perf_counter()
        tick.tick(store, now)
        took.append((time.perf_counter() - began) * 1000)
    say("a tick with nothing due, ten years of history", f"{statistics.median(took):.1f} ms", "aim: below 20 ms")
