"""Bots behind a network that breaks all the time: nothing is lost, nothing doubled, and nobody deaf for long.

`make torture` goes through the faults of an hour within five minutes, quiet stretches left out. Whatever the bots wait
for is shorter than it really is, and so is what the network does to them.
"""

import gc
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from bot.clock import StoppedClock
from bot.delivery.voice import MAYBE_REPEATED
from bot.desk import Desk
from bot.listening import Socket
from bot.pace import Hearing, Pace
from bot.runbooks.library import Library
from bot.sandbox.rules.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.dispatch import BotDidNotAnswer
from bot.sandbox.slack.sockets import OPENING
from bot.service import Bot
from bot.slack.client import Slack
from bot.slack.directory import Directory
from bot.slack.socket.keeper import COUNT
from models.store.engine import Store
from scheduler import tick
from tests.kit import cast
from tests.kit.books import Books
from tests.kit.cast import MAYA
from tests.kit.databases import Databases
from tests.kit.flaky import CALM, Network, Weather, a_network
from tests.kit.stage import APP_TOKEN, RUNBOOKS, SECRET, TOKEN

# Seconds for each of the two below: a slice, unless told otherwise.
SECONDS = float(os.environ.get("FLAKY_SECONDS", "5"))

HEARING = Hearing(ping=1.0, silent=2.6, opening=1.3, first=0.2, again=1.6, seldom=20.0, steady=3.3, long=20.0)
DEAF = 5.0  # as 15 seconds after a single loss, three times as fast
LONG_DEAF = HEARING.silent + HEARING.again + 2 * HEARING.opening  # once it ends: noticed, waited, and opened
PACE = Pace(0.5, 1.0, 2.0, 0.0, None, senders=5, fresh=0.2, margin=0.5, longest=2.0, hearing=HEARING)
SETTLED_WITHIN = 60.0
LIMIT = 1  # seconds that Slack asks to wait for
QUIET = 1.0  # seconds between two spells, in which something gets through
ACK_SECONDS = 0.5

# What is late is there within the bound: a request that a name, or the network, held up for so long.
SPELLS = (
    Weather("resets", breaks=0.3),
    Weather("drops", breaks=0.3, politely=True),
    Weather("all swallowed", swallowed=True),
    Weather("nobody there", refused=True),
    Weather("slow", slow=0.4),
    Weather("too slow", slow=1.2),
    Weather("slow names", names=0.7),
    Weather("very slow names", names=1.2),
    Weather("no names", nameless=True),
)
LIMITS, REFUSED_FOR_NOW, RESET = "429 in a burst", "refused for now", "all reset at once"
METHODS = (
    *("chat.postMessage", "chat.postMessage", "chat.update", "conversations.history", "conversations.open"),
    *("files.getUploadURLExternal", "files.completeUploadExternal"),
)
FOR_NOW = (
    *("rate_limited", "ratelimited", "team_added_to_org", "org_login_required"),
    *("message_limit_exceeded", "access_denied", "invented_tomorrow", "internal_error", "service_unavailable"),
)


@dataclass
class Hour:
    """A team whose bots are behind the network, and what befell them."""

    slack: FakeSlack
    network: Network
    books: Books
    bots: Sequence[Bot]
    chance: random.Random
    spells: Counter[str] = field(default_factory=Counter)
    deaf: float = 0.0
    settled_in: float = 0.0

    def pass_by(self, seconds: float) -> None:
        """Let one spell follow the other, each until everybody is heard again, for so long."""
        ends, left = time.monotonic() + seconds, list[Weather | str]()
        while time.monotonic() < ends:
            if not left:
                left = [*SPELLS, LIMITS, REFUSED_FOR_NOW, RESET]
                self.chance.shuffle(left)
            spell = left.pop()
            self._befall(spell)
            self._hear_again(spell)
            self._live(QUIET)

    def _befall(self, spell: Weather | str) -> None:
        if isinstance(spell, Weather):
            self.network.turn(spell)
            self._live(self.chance.uniform(0.5, 2.5))
            self.network.turn(CALM)
            self.spells[spell.name] += 1
            return
        self.spells[spell] += 1
        if spell == RESET:
            self.network.cut_all()
            return
        for _ in range(10):
            fault = Fault(error=self.chance.choice(FOR_NOW), retry_after=LIMIT)
            self.slack.faults.arm(self.chance.choice(METHODS), Fault.rate_limited(LIMIT) if spell == LIMITS else fault)
        if spell == LIMITS:
            self.slack.faults.arm(OPENING, Fault.rate_limited(LIMIT))
            self.network.cut_all()
        self._live(1.0)

    def _live(self, seconds: float) -> None:
        """Things go on: messages are owed."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.books.owe_something()
            time.sleep(0.05)

    def _hear_again(self, spell: Weather | str) -> None:
        """What people ask is answered again, over whichever connections there are, in time."""
        within = {RESET: DEAF, LIMITS: DEAF + LIMIT}.get(str(spell), LONG_DEAF)
        began, lines = time.monotonic(), COUNT * len(self.bots)
        while not all(self._is_heard() for _ in range(lines)):
            self.books.owe_something()
            took = time.monotonic() - began
            assert took < within, f"deaf for {took:.1f} s after {spell}"
            time.sleep(0.02)
        if spell == RESET:
            self.deaf = max(self.deaf, time.monotonic() - began)

    def _is_heard(self) -> bool:
        try:
            said = self.slack.slash(MAYA, "/oncall")
        except BotDidNotAnswer:
            return False
        return said is not None and "is on call now" in said.words()

    def settle(self) -> None:
        """Let the bots do what is left. Raises AssertionError where that takes too long."""
        self.slack.faults.disarm()
        began = time.monotonic()
        while left := self.books.waiting():
            assert time.monotonic() - began < SETTLED_WITHIN, left
            time.sleep(0.05)
        self.slack.until(lambda: not self.books.unshared(), 5)
        self.settled_in = time.monotonic() - began

    def check(self) -> None:
        """All that was owed is there once, and as the history could be read, nothing is called a repeat."""
        self.books.check()
        marked = [m.words() for m in self.slack.workspace.timeline if MAYBE_REPEATED.strip("_") in m.words()]
        assert marked == []
        assert self.slack.workspace.rejected == []


@contextmanager
def an_hour(database: Databases, *, bots: int, seed: int) -> Iterator[Hour]:
    """The first team on Tuesday 24 November 2026, 10:00, whose bots listen by Socket Mode."""
    store, clock, chance = cast.a_store(database), StoppedClock(cast.NOW), random.Random(seed)
    fake = FakeSlack(
        cast.USERS, clock=clock, signing_secret=SECRET, bot_token=TOKEN, app_token=APP_TOKEN, ack_seconds=ACK_SECONDS
    )
    with ExitStack() as stack:
        stack.enter_context(closing(store))
        url = stack.enter_context(fake.serve())
        Directory(store, Slack(TOKEN, base_url=f"{url}/api/", timeout=5)).look_up()
        tick.begin_to_speak(store, clock.now())
        network = stack.enter_context(a_network(urlsplit(url).port or 0, chance))
        fake.stand_behind(network.url)
        fake.connect_by_socket()
        all_bots = [stack.enter_context(_a_bot(fake, store.url, clock)) for _ in range(bots)]
        fake.until(lambda: len(fake.sockets.connections) == bots * COUNT)
        yield Hour(fake, network, Books(store, fake, clock, chance), all_bots, chance)
    gc.collect()  # what is left of broken connections is left by this test


@contextmanager
def _a_bot(fake: FakeSlack, database: str, clock: StoppedClock) -> Iterator[Bot]:
    slack = Slack(TOKEN, base_url=f"{fake.url}/api/", timeout=PACE.timeout)
    app = Slack(APP_TOKEN, base_url=f"{fake.url}/api/", timeout=HEARING.opening)
    with closing(Store(database)) as store:
        bot = Bot(Desk(store, Library(RUNBOOKS)), slack, clock, token=TOKEN, pace=PACE)
        ear = Socket(bot, app)
        bot.start()
        ear.start()
        try:
            yield bot
        finally:
            ear.stop()
            bot.stop()


def live_through(database: Databases, report: Callable[[str, object], None], *, bots: int) -> None:
    """An hour's faults; then compare."""
    seed = int.from_bytes(os.urandom(4))
    with an_hour(database, bots=bots, seed=seed) as hour:
        try:
            hour.pass_by(SECONDS)
            hour.settle()
        finally:
            report("flaky", summary(database.kind, bots, seed, hour))
        hour.check()


def summary(kind: str, bots: int, seed: int, hour: Hour) -> str:
    """What is printed of a run."""
    spells = ", ".join(f"{count} × {name}" for name, count in sorted(hour.spells.items()))
    shown = sum(m.metadata is not None for m in hour.slack.workspace.timeline)
    return (
        f"{kind}, {bots} at once, seed {seed}: {sum(hour.spells.values())} spells ({spells}), {shown} messages shown, "
        f"deaf for {hour.deaf:.1f} s after a reset ({DEAF:.0f} are promised), settled {hour.settled_in:.1f} s after"
    )


pytestmark = [
    pytest.mark.slow,
    # urllib leaves a connection that broke in the middle of an answer to the collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


def test_a_bot_behind_a_flaky_network_says_everything_once(
    sqlite: Databases, record_property: Callable[..., None]
) -> None:
    live_through(sqlite, record_property, bots=1)


def test_two_bots_behind_a_flaky_network_say_everything_once(
    postgresql: Databases, record_property: Callable[..., None]
) -> None:
    live_through(postgresql, record_property, bots=2)
