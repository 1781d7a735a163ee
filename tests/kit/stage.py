"""A stage for conversations: the first team in a fake Slack, the real bot over real HTTP, a clock to turn by hand.

Nothing runs by itself: `turn_to` ticks and delivers, so that a test says when things happen. The bot listens over HTTP;
with `TEST_EAR=socket` in the environment, as `make sockets` has it, by Socket Mode.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.clock import StoppedClock
from bot.desk import Desk
from bot.links import EVENTS, Addresses
from bot.listening import Http, Socket
from bot.pace import Pace
from bot.runbooks.library import Library
from bot.sandbox.records import PRIVATE, SlackMessage, User, View, elements_in
from bot.sandbox.rules.rates import MINUTE
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.carriers import Carrier
from bot.sandbox.slack.later import Later
from bot.service import Bot
from bot.slack.client import Slack
from bot.slack.directory import Directory
from bot.slack.manifest import SCOPES
from bot.slack.socket.keeper import COUNT
from bot.talk.commands import COMMANDS
from models.store.engine import Store
from scheduler import tick
from scheduler.team import roster
from tests.kit import cast
from tests.kit.databases import Databases, warm
from tests.kit.processes import PATIENCE

TOKEN, SECRET, APP_TOKEN = "xoxb-stage", "stage-secret", "xapp-stage"
HTTP, SOCKET = "http", "socket"
EAR = os.environ.get("TEST_EAR", HTTP)
PACE = Pace(3600, 2, 0.2, between=0, a_minute=None)
URL = "https://oncall.example.com"
MEMBER = re.compile(r"<@(\w+)(?:\|[^>]*)?>")
RUNBOOKS = Path(__file__).parent.parent.parent / "runbook_content"


@dataclass
class Stage:
    """The team, its Slack and its bot. Feeds and pictures are at `public`, a host and a port."""

    slack: FakeSlack
    bot: Bot
    ear: Http | Socket
    public: str
    clock: StoppedClock
    store: Store

    def ask(self, who: str, typed: str, channel: str = "metrics-oncall") -> SlackMessage:
        """What somebody (a Slack id) is answered. `<@U…>` in what they typed is a member picked from Slack's list."""
        command, _, text = typed.partition(" ")
        said = self.slack.slash(who, command, MEMBER.sub(self._picked, text), channel)
        assert said is not None, "the bot acked without a word"
        return said

    def _picked(self, member: re.Match[str]) -> str:
        return f"@{self.slack.workspace.users[member[1]].handle}"

    def words(self, who: str, typed: str) -> str:
        """The words of what somebody is answered."""
        return self.ask(who, typed).words()

    def turn_to(self, moment: str) -> None:
        """Turn the clock to this local time, as a long night would, and let the bot do what is due."""
        with self.store.reading() as tx:
            hours = roster.own(tx).hours
        self.clock.turn_to(hours.local(datetime.fromisoformat(moment)))
        self.do_what_is_due()

    def do_what_is_due(self) -> None:
        """Tick and deliver."""
        self.bot.tick()
        self.bot.delivery.deliver()

    def channel(self) -> list[str]:
        """What everybody in the channel reads, oldest first."""
        return [message.words() for message in self.slack.messages() if not message.ephemeral]

    def direct(self, who: str) -> list[str]:
        """What somebody reads in the bot's direct messages, oldest first."""
        return [message.words() for message in self.slack.direct_messages(who)]

    def modal(self, who: str) -> View:
        """The modal that somebody sees, once it is open."""
        self.slack.until(lambda: self.slack.view_for(who))
        view = self.slack.view_for(who)
        assert view is not None, "it was closed again"
        return view


def actions_of(message: SlackMessage) -> list[str]:
    """The action ids that a message offers."""
    return [element["action_id"] for _, element in elements_in(message.blocks)]


def press(stage: Stage, who: str, message: SlackMessage, action: str, value: object = None) -> SlackMessage:
    """Press a button, or choose from a menu. Returns what only they read: below the message, or in its place."""
    before, was = {id(each) for each in stage.slack.workspace.timeline}, message.blocks
    said: list[SlackMessage] = []

    def has_answered() -> bool:
        fresh = (each for each in stage.slack.workspace.timeline if each.ephemeral and id(each) not in before)
        said.extend([message] if message.ephemeral and message.blocks != was else fresh)
        return bool(said)

    stage.slack.press(who, message, action, value)
    stage.slack.until(has_answered)
    return said[0]


@contextmanager
def a_stage(
    database: Databases,
    now: datetime = cast.NOW,
    *,
    private: bool = False,
    pace: Pace = PACE,
    later: Later | None = None,
    ack_seconds: float = PATIENCE,
    more_scopes: Sequence[str] = (),
    users: Sequence[User] = cast.USERS,
    enterprise: str | None = None,
    pictures: bool = False,
    by: str = EAR,
    afresh: bool = False,
) -> Iterator[Stage]:
    """The first team, on the morning of `now`; the bot has greeted the channel. `later`, `ack_seconds`, `users` and
    `enterprise` are the fake Slack's, `more_scopes` are given to the bot besides; `pictures`: its replies have them; it
    listens `by` HTTP or SOCKET. Who is who in Slack was looked up once for all stages, or is here, `afresh`. At the end
    nothing that was sent may have been more than Slack takes, nor asked more often."""
    afresh = afresh or now != cast.NOW or users is not cast.USERS or enterprise is not None
    store = cast.a_store(database, now) if afresh else warm(Store(database.filled(_looked_up)))
    clock = StoppedClock(now)
    fake = FakeSlack(
        users=users,
        channels=("metrics-oncall", "random"),
        clock=clock,
        signing_secret=SECRET,
        bot_token=TOKEN,
        app_token=APP_TOKEN,
        granted=frozenset([*SCOPES, *more_scopes]),
        commands=[
            {"command": f"/{name}", "usage": each.usage, "description": each.description}
            for name, each in COMMANDS.items()
        ],
        zone="Europe/Berlin",
        team_name="Metrics",
        later=later,
        ack_seconds=ack_seconds,
        enterprise=enterprise,
        public=URL,
    )
    if private:
        fake.workspace.channels["C00000001"].kind = PRIVATE
    with closing(store), fake.serve() as url:
        slack = Slack(TOKEN, base_url=f"{url}/api/", timeout=pace.timeout)
        desk = Desk(store, Library(RUNBOOKS), url=URL, pictures=Addresses(URL, TOKEN) if pictures else None)
        bot = Bot(desk, slack, clock, token=TOKEN, pace=pace)
        with listening(fake, bot, by) as (ear, public):
            stage = Stage(fake, bot, ear, public, clock, store)
            bot.directory.look_up() if afresh else bot.directory.has_looked.set()
            tick.begin_to_speak(store, clock.now())
            stage.do_what_is_due()
            yield stage
    wrong = [*fake.workspace.rejected, *fake.workspace.tally.above()]
    assert wrong == [], wrong


def _looked_up(store: Store) -> None:
    """Put the first team into it, with what its Slack knows of it: most of what making a stage would take."""
    cast.first_team(store)
    fake = FakeSlack(users=cast.USERS, clock=StoppedClock(cast.NOW), signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url:
        Directory(store, Slack(TOKEN, base_url=f"{url}/api/")).look_up()


@contextmanager
def listening(fake: FakeSlack, bot: Bot, by: str) -> Iterator[tuple[Http | Socket, str]]:
    """The bot listens `by` HTTP or SOCKET, and the fake Slack sends it what people do; its ear, and the host and port
    where its feeds and pictures are."""
    if by == HTTP:
        ear: Http | Socket = Http(bot, SECRET, "127.0.0.1", 0)
        address = ear.words
    else:
        there = len(fake.sockets.connections)
        beside = bot.served(SECRET, "127.0.0.1", 0)  # for requests that only HTTP has
        app = Slack(APP_TOKEN, base_url=f"{fake.url}/api/", timeout=bot.pace.timeout)
        ear, address = Socket(bot, app, beside), f"http://127.0.0.1:{beside.port}{EVENTS}"
    ear.start()
    try:
        fake.connect(address)
        if by == SOCKET:
            fake.connect_by_socket()
            fake.until(lambda: len(fake.sockets.connections) == there + COUNT)
        yield ear, urlsplit(address).netloc
    finally:
        ear.stop()
        bot.answers.shutdown(wait=True)


@contextmanager
def another_bot(stage: Stage) -> Iterator[str]:
    """A second bot on the stage's store, which listens as the stage's does; in which words. What people do goes to it
    from now on."""
    with closing(warm(Store(stage.store.url))) as store:
        desk = Desk(store, Library(RUNBOOKS), url=URL)
        bot = Bot(desk, stage.bot.slack, stage.clock, token=TOKEN, pace=PACE)
        by = HTTP if isinstance(stage.ear, Http) else SOCKET
        with stage.slack.workspace.lock:
            stage.slack.workspace.tally.let_pass(MINUTE * COUNT)  # it starts a little later than the first
        with listening(stage.slack, bot, by) as (ear, _):
            yield ear.words


@contextmanager
def all_bots(stage: Stage) -> Iterator[list[Carrier]]:
    """What carries to each of the bots of the store: one on SQLite, two on PostgreSQL."""
    with ExitStack() as stack:
        words = [stage.ear.words]
        if not stage.store.is_sqlite:
            words.append(stack.enter_context(another_bot(stage)))
        if isinstance(stage.ear, Http):
            yield [stage.slack.over_http(each) for each in words]
        else:  # the oldest connection is the first bot's, the youngest the last one's
            ends = (lambda opened: opened[0], lambda opened: opened[-1])
            yield [stage.slack.over_socket(pick) for pick, _ in zip(ends, words, strict=False)]
