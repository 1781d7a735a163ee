"""The part of `make bench` about sending: a thousand messages to a thousand channels, and a tick with nothing due."""

import resource
import statistics
import time
from collections.abc import Callable
from datetime import datetime

from bot.clock import StoppedClock
from bot.delivery.sender import Delivery
from bot.desk import Desk
from bot.ops.metrics import Metrics
from bot.pace import Pace
from bot.runbooks.library import Library
from bot.slack.client import Slack
from models import outbox
from models.outbox import Owed, to_member
from models.store.engine import Store
from scheduler import tick
from scheduler.messages import Greeting
from tests.kit import cast, postgres
from tests.kit.databases import Databases, PostgresDatabases
from tests.kit.slack_apart import a_slack_apart
from tests.kit.stage import RUNBOOKS, TOKEN

MANY = 1_000
LATENCY = 0.06
A_MINUTE = 300
Say = Callable[[str, str, str], None]


def send(database: Databases, say: Say, a_minute: int) -> None:
    """Send them all, with limits (0: without any)."""
    store = cast.a_store(database)
    with store.writing() as tx:
        for n in range(MANY):
            outbox.owe(tx, 1, Owed(Greeting(), str(n), to_member(f"U{n:09}"), cast.NOW), cast.NOW)
    limits = ("--paced", "--a-minute", str(a_minute)) if a_minute else ()
    with a_slack_apart("--users", str(MANY), "--latency", str(LATENCY), *limits) as far:
        pace = Pace(between=1.0 if a_minute else 0.0, a_minute=a_minute or None)
        slack = Slack(TOKEN, base_url=f"{far.url}/api/", timeout=pace.timeout)
        delivery = Delivery(Desk(store, Library(RUNBOOKS)), slack, StoppedClock(cast.NOW), pace, Metrics())
        store.on_commit = delivery.worker.wake
        began, cpu = time.monotonic(), time.process_time()
        delivery.worker.start()
        while _left(store):
            time.sleep(0.1)
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        delivery.stop()
        shown = far.keys()
    store.close()
    what = f"{MANY} messages to {MANY} channels, {database.kind}"
    if a_minute:
        alone = MANY * 60 / a_minute
        say(f"{what}, {a_minute} a minute", f"{seconds:.0f} s, {seconds / alone:.2f}x", "aim: at most 1.1x the limits")
    else:
        say(what, f"{MANY / seconds:.0f} a second", "aim: at least 100")
    say("   arrived / twice", f"{len(shown)} / {sum(n > 1 for n in shown.values())}", f"must be: {MANY} / 0")
    say("   CPU time a message", f"{1000 * cpu / MANY:.1f} ms", "")
    say("   most memory so far", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", "")


def _left(store: Store) -> bool:
    with store.reading() as tx:
        return bool(outbox.waiting(tx))


def sending(sqlite: Databases, say: Say) -> None:
    """With and without limits, on both databases. The PostgreSQL of the tests waits for no disk, SQLite does."""
    send(sqlite, say, 0)
    with postgres.a_server_to_stop() as server, postgres.a_template(server.url) as template:
        databases = PostgresDatabases(server.url, template)
        send(databases, say, 0)
        send(databases, say, A_MINUTE)
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
