"""`make bench`: what a command, a change, App Home, the rule, a start and the picture cost. Prints, and fails nothing.

The command is measured against a bare Bolt app under the same server in the same run, because only ratios mean
something on another machine.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import event, insert

from bot import links
from bot.clock import StoppedClock, TurnedClock
from bot.desk import Desk
from bot.links import EVENTS, FEEDS
from bot.ops.metrics import Metrics
from bot.runbooks.library import Library
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.carriers import signature
from bot.slack.client import Identity, Slack
from bot.slack.directory import Directory
from bot.slack.home import gather
from bot.slack.listener import Ears, slack_app
from bot.speech.ask import Ask, Asker
from bot.talk.commands import answer
from bot.talk.fairness import picture as fairness_picture
from bot.talk.home.words import home as view_of_home
from bot.talk.oncall import calendar
from bot.talk.oncall.picture import draw
from bot.web.feeds import Feeds
from bot.web.server import Server, Verified, beside, not_found
from models import feeds
from models.schema.tables import DutyRow, HeldWeekRow, HolidayRow
from models.store.engine import Store
from scheduler.fairness import load
from scheduler.rule.rotation import Away, Rotation, Version
from scheduler.team import roster
from tests.bench_changes import changes, many_requests
from tests.bench_sending import idle_tick, sending
from tests.kit import cast, decade
from tests.kit.databases import SqliteDatabases
from tests.kit.processes import free_port, healthy
from tests.kit.stage import RUNBOOKS

REQUESTS, WARM_UP = 600, 60
SECRET = "bench"
ME = Identity("T0METRICS", "Metrics", "U0BOT", "B0BOT", frozenset())
FORM = {"command": "/oncall", "text": "", "user_id": cast.TOMS, "team_id": "T0METRICS", "channel_id": "C0"}
KIND = {"Content-Type": "application/x-www-form-urlencoded"}
TEAM = ("toms", "maya", "danny", "rene")


def milliseconds(did: Callable[[], object], times: int) -> list[float]:
    """How long something takes, each of so many times."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        did()
        took.append((time.perf_counter() - began) * 1000)
    return took


def p95(took: list[float]) -> float:
    """What 95 of 100 stay below."""
    return statistics.quantiles(took, n=20)[-1]


def say(what: str, value: str, aim: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{what:<58}{value:>22}   {aim}\n")


@contextmanager
def served(app: App) -> Iterator[int]:
    """A Bolt app under the server that the bot uses; its port."""
    server = Server(Verified(app, SECRET), "127.0.0.1", 0)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def asks(port: int) -> Callable[[], None]:
    """Asks /oncall over HTTP, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def once() -> None:
        body = urlencode(FORM).encode()
        connection.request("POST", EVENTS, body, {**KIND, **signature(SECRET, body, int(time.time()))})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200

    return once


def bare() -> App:
    """The least that Bolt can answer: one static section in its ack."""
    app = App(
        authorize=lambda **_: AuthorizeResult(enterprise_id=None, team_id="T0METRICS", bot_token="xoxb-bench"),
        signing_secret=SECRET,
        process_before_response=True,
    )
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Toms is on call."}}]
    app.command("/oncall")(lambda ack: ack(text="Toms is on call.", blocks=blocks))
    return app


def a_long_story(path: Path, years: int) -> tuple[Store, datetime]:
    """A store with so many years of weeks on record and 30 holidays to come, and the moment after them."""
    path.mkdir()
    store = cast.a_store(SqliteDatabases(path))
    with store.reading() as tx:
        team = roster.own(tx)
    weeks = 52 * years
    for n in range(weeks):
        week = team.rotation.versions[0].starts + timedelta(weeks=n)
        _record(store, team, week, TEAM[n % 4])
    now = team.hours.handoff(team.rotation.versions[0].starts + timedelta(weeks=weeks - 1)) + timedelta(days=1)
    with store.writing() as tx:
        for n in range(30):
            first = now.date() + timedelta(days=10 + 12 * n)
            row = {"first": first, "until": first + timedelta(days=4), "declared_at": now, "short_notice": False}
            tx.execute(insert(HolidayRow).values(person_id=TEAM[n % 4], **row))
    return store, now


def _record(store: Store, team: roster.Roster, week: date, who: str) -> None:
    hours = team.hours
    with store.writing() as tx:
        held = {"week": week, "home": who, "holder": who, "owes": [], "early": []}
        tx.execute(insert(HeldWeekRow).values(team_id=team.id, **held))
        stretch = {"starts": hours.handoff(week), "ends": hours.handoff(week + timedelta(days=1)), "day": week}
        of_week = {"who": who, "why": "holder", "week": week, "holder": who, "home": who}
        tx.execute(insert(DutyRow).values(team_id=team.id, **stretch, **of_week))


def commands(folder: Path) -> None:
    """/oncall against a bare Bolt app, with one year of history and with ten."""
    with served(bare()) as port:
        once = asks(port)
        milliseconds(once, WARM_UP)
        floor = milliseconds(once, REQUESTS)
    say("a bare Bolt app, median / p95", f"{statistics.median(floor):.2f} / {p95(floor):.2f} ms")
    for years in (1, 10):
        store, now = a_long_story(folder / str(years), years)
        queries: list[str] = []
        event.listen(store.engine, "before_cursor_execute", lambda *call, seen=queries: seen.append(call[2]))
        slack = Slack("xoxb-bench", base_url="http://127.0.0.1:9/api/", timeout=1)
        ears = Ears(Desk(store, Library(RUNBOOKS)), StoppedClock(now), slack, ME, Directory(store, slack), Metrics())
        app, threads = slack_app(ears, "xoxb-bench")
        with served(app) as port:
            once = asks(port)
            milliseconds(once, WARM_UP)
            queries.clear()
            took = milliseconds(once, REQUESTS)
        threads.shutdown()
        selects = sum(query.startswith("SELECT") for query in queries) / REQUESTS
        ratio = statistics.median(took) / statistics.median(floor), p95(took) / p95(floor)
        what = f"/oncall, {years} years of history, 30 holidays, median / p95"
        say(what, f"{statistics.median(took):.2f} / {p95(took):.2f} ms")
        say("   against the bare app", f"{ratio[0]:.1f}x / {ratio[1]:.1f}x", "aim: below 5x")
        say("   queries", f"{selects:.0f}", "aim: at most 4")
        store.close()


def app_home(folder: Path) -> None:
    """What App Home shows on ten years of history, against the answer of /oncall; both without HTTP."""
    store, now = a_long_story(folder, 10)
    desk, asker = Desk(store, Library(RUNBOOKS)), Asker(person_id="toms")
    queries: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: queries.append(call[2]))

    def home() -> None:
        with store.reading() as tx:
            facts = gather(tx, asker, now, None)
        view_of_home(desk, facts)

    took = {}
    for name, does in (("oncall", lambda: answer(Ask("oncall", "", asker, now), desk)), ("home", home)):
        milliseconds(does, WARM_UP)
        queries.clear()
        took[name] = milliseconds(does, REQUESTS)
    selects = sum(query.startswith("SELECT") for query in queries) / REQUESTS
    medians = {name: statistics.median(each) for name, each in took.items()}
    say("App Home, 10 years of history, median / p95", f"{medians['home']:.2f} / {p95(took['home']):.2f} ms")
    say("   against /oncall", f"{medians['home'] / medians['oncall']:.1f}x", "aim: below 3x")
    say("   queries", f"{selects:.0f}")
    store.close()


def rule() -> None:
    """The rule for a year of four people with twelve absences."""
    starts = date(2026, 11, 23)
    away = tuple(
        Away(TEAM[n % 4], starts + timedelta(days=30 * n), starts + timedelta(days=30 * n + 6)) for n in range(12)
    )
    rotation = Rotation((Version(starts, TEAM),), away)
    year = starts + timedelta(weeks=52)
    took = milliseconds(lambda: rotation.weeks(starts, year), 1000)
    say("the rule, a year of four people, twelve absences", f"{statistics.median(took):.2f} ms", "aim: below 0.3 ms")
    say("   a thousand such teams", f"{sum(took):.0f} ms", "aim: below 300 ms")


def start_up(folder: Path) -> None:
    """From `python -m bot run` to a healthy bot, and how much memory it holds then."""
    fake = FakeSlack(users=cast.USERS, clock=TurnedClock(), signing_secret=SECRET, bot_token="xoxb-bench")
    took, memory = [], []
    with fake.serve() as url:
        for n in range(3):
            operations = free_port()
            environ = {
                **os.environ,
                "SLACK_BOT_TOKEN": "xoxb-bench",
                "SLACK_SIGNING_SECRET": SECRET,
                "ONCALL_SLACK_API_URL": f"{url}/api/",
                "ONCALL_PLAN": "packaged",
                "ONCALL_DATABASE": f"sqlite:///{folder / f'start{n}.sqlite'}",
                "ONCALL_ADDRESS": f"127.0.0.1:{free_port()}",
                "ONCALL_OPERATIONS_ADDRESS": f"127.0.0.1:{operations}",
            }
            began = time.perf_counter()
            with subprocess.Popen([sys.executable, "-m", "bot", "run"], env=environ, stderr=subprocess.DEVNULL) as bot:
                while not healthy(operations):
                    time.sleep(0.005)
                took.append(time.perf_counter() - began)
                status = Path(f"/proc/{bot.pid}/status").read_text()
                memory.append(int(status.partition("VmRSS:")[2].split()[0]) / 1024)
                bot.terminate()
    say("from start to healthy, on an empty store", f"{statistics.median(took):.2f} s", "aim: below 1.5 s")
    say("   memory then", f"{statistics.median(memory):.0f} MB", "aim: below 120 MB")


def picture(folder: Path) -> None:
    """The picture of six weeks."""
    store = cast.a_store(SqliteDatabases(folder))
    with store.reading() as tx:
        drawn = calendar.picture_of(roster.own(tx), cast.NOW)
    took = milliseconds(lambda: draw(drawn), 20)
    say("the picture", f"{statistics.median(took):.0f} ms", "aim: below 60 ms")
    store.close()


def fairness(folder: Path) -> None:
    """Who carried how much, on ten years of history, and its picture."""
    store = cast.a_store(SqliteDatabases(folder))
    _, now = decade.on_record(store)

    def counted() -> tuple[roster.Roster, load.Fairness]:
        with store.reading() as tx:
            team = roster.own(tx)
            return team, load.counted(tx, team, now)

    took = milliseconds(counted, 50)
    what = f"who carried how much, {decade.YEARS} years of history, median / p95"
    say(what, f"{statistics.median(took):.1f} / {p95(took):.1f} ms", "aim: below 50 ms")
    drawn = fairness_picture.picture_of(*counted())
    took = milliseconds(lambda: fairness_picture.draw(drawn), 20)
    say("   its picture", f"{statistics.median(took):.0f} ms", "aim: below 100 ms")
    store.close()


def calendar_feed(folder: Path) -> None:
    """The rotation's feed over HTTP, with ten years of history."""
    store, now = a_long_story(folder / "feed", 10)
    secret, digest = links.new_secret()
    with store.writing() as tx:
        feeds.make(tx, 1, "maya", digest, now, None)
    server = Server(beside({FEEDS: Feeds(store, StoppedClock(now))}, not_found), "127.0.0.1", 0)
    server.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)

        def once(path: str = links.feeds("", "maya", secret)["rotation"]) -> bytes:
            connection.request("GET", path)
            return connection.getresponse().read()

        milliseconds(once, 10)
        took = milliseconds(once, 100)
        wrong = milliseconds(lambda: once("/feeds/maya/rotation.ics"), 100)
        events = once().count(b"BEGIN:VEVENT")
    finally:
        server.stop()
        store.close()
    what = f"the feed of {events} weeks, 10 years of history, median / p95"
    say(what, f"{statistics.median(took):.0f} / {p95(took):.0f} ms", "aim: below 50 ms")
    say("   a link that opens nothing", f"{statistics.median(wrong):.2f} ms")


def main() -> None:
    """Measure everything, and print it."""
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {os.cpu_count()} cores\n\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rule()
        picture(folder)
        fairness(folder)
        calendar_feed(folder)
        commands(folder)
        changes(SqliteDatabases(folder), say)
        many_requests(SqliteDatabases(folder), say)
        app_home(folder / "home")
        start_up(folder)
        store, now = a_long_story(folder / "idle", 10)
        idle_tick(store, now, say)
        store.close()
        sending(SqliteDatabases(folder), say)


if __name__ == "__main__":
    main()
