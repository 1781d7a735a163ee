"""A stage for conversations: the first team in a fake Slack, the real bot over real HTTP, a clock to turn by hand.

Nothing runs by itself: `turn_to` ticks and delivers, so that a test says when things happen.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.ask import Desk
from bot.bot import Bot
from bot.clock import StoppedClock
from bot.images import Addresses
from bot.listening import Http
from bot.manifest import COMMANDS, SCOPES
from bot.pace import Pace
from bot.runbooks import Library
from bot.sandbox.dispatch import ACK_SECONDS
from bot.sandbox.later import Later
from bot.sandbox.records import PRIVATE, Message, User, View, elements_in
from bot.sandbox.server import FakeSlack
from bot.slack import Slack
from models.store import Store
from scheduler import roster, tick
from tests import cast
from tests.databases import Databases

TOKEN, SECRET = "xoxb-stage", "stage-secret"
PACE = Pace(3600, 2, 0.2, between=0, a_minute=None)
URL = "https://oncall.example.com"
MEMBER = re.compile(r"<@(\w+)(?:\|[^>]*)?>")
RUNBOOKS = Path(__file__).parent.parent / "runbook_content"


@dataclass
class Stage:
    """The team, its Slack and its bot."""

    slack: FakeSlack
    bot: Bot
    ear: Http
    clock: StoppedClock
    store: Store

    def ask(self, who: str, typed: str, channel: str = "metrics-oncall") -> Message:
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
            hours = roster.load(tx).hours
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
        """The modal that somebody sees."""
        view = self.slack.view_for(who)
        assert view is not None, "no modal is open"
        return view


def actions_of(message: Message) -> list[str]:
    """The action ids that a message offers."""
    return [element["action_id"] for _, element in elements_in(message.blocks)]


def press(stage: Stage, who: str, message: Message, action: str, value: object = None) -> Message:
    """Press a button, or choose from a menu. Returns what only who pressed reads, below the message."""
    before = {id(each) for each in stage.slack.workspace.timeline}
    said: list[Message] = []

    def has_answered() -> bool:
        fresh = (each for each in stage.slack.workspace.timeline if each.ephemeral and id(each) not in before)
        said.extend(fresh)
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
    ack_seconds: float = ACK_SECONDS,
    more_scopes: Sequence[str] = (),
    users: Sequence[User] = cast.USERS,
    enterprise: str | None = None,
    pictures: bool = False,
) -> Iterator[Stage]:
    """The first team, on the morning of `now`; the bot has greeted the channel. `later`, `ack_seconds`, `users` and
    `enterprise` are the fake Slack's, `more_scopes` are given to the bot besides; `pictures`: its replies have them. At
    the end nothing that was sent may have been more than Slack takes, nor asked more often."""
    store, clock = cast.a_store(database), StoppedClock(now)
    fake = FakeSlack(
        users=users,
        channels=("metrics-oncall", "random"),
        clock=clock,
        signing_secret=SECRET,
        bot_token=TOKEN,
        granted=frozenset([*SCOPES, *more_scopes]),
        commands=[{"command": f"/{c.name}", "usage": c.usage, "description": c.description} for c in COMMANDS],
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
        bot = Bot(desk, slack, clock, token=TOKEN, secret=SECRET, pace=pace)
        ear = Http(bot, SECRET, "127.0.0.1", 0)
        stage = Stage(fake, bot, ear, clock, store)
        ear.start()
        try:
            fake.connect(ear.words)
            bot.directory.look_up()
            tick.begin(store, clock.now())
            stage.do_what_is_due()
            yield stage
        finally:
            ear.stop()
            bot.answers.shutdown(wait=True)
    wrong = [*fake.workspace.rejected, *fake.workspace.tally.above()]
    assert wrong == [], wrong


@contextmanager
def another_bot(stage: Stage) -> Iterator[str]:
    """A second bot on the stage's store; where it listens."""
    with closing(Store(stage.store.url)) as store:
        desk = Desk(store, Library(RUNBOOKS), url=URL)
        bot = Bot(desk, stage.bot.slack, stage.clock, token=TOKEN, secret=SECRET, pace=PACE)
        ear = Http(bot, SECRET, "127.0.0.1", 0)
        ear.start()
        try:
            yield ear.words
        finally:
            ear.stop()
            bot.answers.shutdown(wait=True)


@contextmanager
def all_bots(stage: Stage) -> Iterator[list[str]]:
    """Where the bots of the store listen: one on SQLite, two on PostgreSQL."""
    if stage.store.is_sqlite:
        yield [stage.ear.words]
        return
    with another_bot(stage) as second:
        yield [stage.ear.words, second]
