"""The sandbox: the fake Slack with its page, and the real bot beside it on a port of its own, on a turned clock."""

import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bot import opening
from bot.clock import TurnedClock
from bot.desk import Desk
from bot.links import Addresses
from bot.listening import Http
from bot.pace import Pace
from bot.runbooks.library import Library
from bot.sandbox.records import User
from bot.sandbox.server import FakeSlack
from bot.service import Bot
from bot.slack.client import Slack
from bot.slack.manifest import SCOPES
from bot.talk.commands import COMMANDS
from models import history, people
from models.store.engine import Store, sqlite_file
from models.teams import SANDBOX
from scheduler.team import roster

PACE = Pace(tick=2.0, timeout=5.0, settles=1.0, between=0.0, a_minute=None)
OUTSIDER = User("U0OUTSIDER", "Noor", "noor@example.com", "outsider")


class Sandbox:
    """A team's Slack and its bot, on this machine."""

    def __init__(self, database: str, plan: Path, runbooks: Path, clock: TurnedClock, prefix: str = "") -> None:
        """`database`: the store's URL. `prefix` of the names of commands. Raises CannotOpen, BadPlan and StoreError."""
        self.database, self.plan, self.runbooks, self.clock = database, plan, runbooks, clock
        self.prefix = prefix
        # Made at each start: any web page can ask this machine, and must not know them.
        self.token, self._secret = f"xoxb-{secrets.token_hex(16)}", secrets.token_hex(16)
        self._lock = threading.Lock()
        self._stop_bot: Callable[[], None] = lambda: None
        self._tick: Callable[[], None] = lambda: None
        store = opening.for_running(database, SANDBOX, plan, clock.now())
        with store.reading() as tx:
            team = roster.own(tx)
            latest = history.latest(tx)
        store.close()
        if latest and latest > clock.now():  # its clock was turned ahead the last time, and only goes forward
            clock.turn_to(latest)
        self.slack = FakeSlack(
            users=[*_users(list(team.people.values())), OUTSIDER],
            channels=(team.facts.channel.removeprefix("#"),),
            clock=clock,
            signing_secret=self._secret,
            bot_token=self.token,
            granted=frozenset(SCOPES),
            commands=[
                {"command": f"/{prefix}{name}", "usage": each.usage, "description": each.description}
                for name, each in COMMANDS.items()
            ],
            zone=team.facts.time_zone,
            team_name=team.facts.name,
            harsh=False,
        )
        self.slack.on_clock(lambda _: self._tick())
        self.slack.on_start_over(self._start_over)

    def serve(self, port: int, told_to_stop: threading.Event, say_address: Callable[[str], None]) -> None:
        """Serve until told to stop. Raises OSError where the port is taken."""
        with ExitStack() as stack:
            url = stack.enter_context(self.slack.serve(port))
            self._url = url
            stack.callback(lambda: self._stop_bot())
            self._start_bot()
            say_address(url)
            told_to_stop.wait()

    def _start_bot(self) -> None:
        store = opening.for_running(self.database, SANDBOX, self.plan, self.clock.now())
        slack = Slack(self.token, base_url=f"{self._url}/api/", timeout=PACE.timeout)
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        desk = Desk(store, Library(self.runbooks), self.prefix, url, Addresses(url, self.token))
        bot = Bot(desk, slack, self.clock, token=self.token, pace=PACE)
        ear = Http(bot, self._secret, "127.0.0.1", port)
        ear.start()
        self.slack.connect(ear.words)
        self._stop_bot = lambda: _stop(ear, bot, store)
        bot.directory.look_up()
        bot.start()
        self._tick = bot.tick

    def _start_over(self) -> None:
        """Forget everything: another store in the same place, and the clock as at first."""
        with self._lock:
            self._stop_bot()
            self.slack.workspace.start_over()
            self.clock.start_over()
            forget(self.database)
            self._start_bot()


def _free_port() -> int:
    """A port for the bot, known before it listens: its desk says where feeds are."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _stop(ear: Http, bot: Bot, store: Store) -> None:
    ear.stop()
    bot.stop()
    store.close()


def _users(known: list[people.Person]) -> list[User]:
    """Everybody of the plan, as members; ids stay the same from start to start."""
    listed = [person for person in known if person.listed]
    return [
        User(
            person.slack_id or f"U0{person.id.upper().replace('-', '')[:9]:0<9}",
            person.name,
            person.email or f"{person.id}@example.com",
            "engineer" if person.engineer else "admin",
        )
        for person in listed
    ]


def forget(database: str) -> None:
    """Delete a store's SQLite file, and what lies beside it. One on PostgreSQL is left as it is."""
    if path := sqlite_file(database):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
