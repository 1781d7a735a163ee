"""The composition root: settings → store, Bolt app, web, APScheduler; starts and stops them in order.

Slack ─► web or socket ─► app ─► commands, presses ─► store
doorbell ─► tick ─► store ─► (a commit wakes) delivery ─► Slack
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot import opening, proposal
from bot.app import Ears, slack_app
from bot.ask import Desk
from bot.clock import Clock, SystemClock
from bot.config import Address, BadSettings, Settings
from bot.delivery import Delivery, nothing
from bot.directory import Directory
from bot.feeds import Feeds
from bot.images import Addresses, Images
from bot.metrics import Metrics
from bot.opening import CannotOpen
from bot.operations import operations
from bot.pace import Pace
from bot.ping import Ping
from bot.plan_file import BadPlan
from bot.runbooks import Library
from bot.signs import Signs, Wanted
from bot.slack import TOKEN_TROUBLE, Slack, Unclear, Unreached
from bot.watch import Watch
from bot.web import EVENTS, FEEDS, PICTURES, Server, Verified, beside, not_found
from models import outbox
from models.holding import Hold, InUse
from models.store import Store, StoreError
from models.teams import REAL
from scheduler import tick
from scheduler.jobs import Doorbell
from scheduler.roster import NoPlan

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

STRANGERS_SECONDS = 15  # so long messages wait for people to be looked up
AGAIN_SECONDS = 5  # until Slack is asked again that did not answer at the start
FEED_THREADS = 2
RECONNECT_SECONDS = 60  # a socket is made anew every few hours: so long it may take before it counts as dead

BAD_PLAN = "the plan file that is set can't be used; the store's plan is"
NO_SIGNS = Wanted()
TAKEN = "{host}:{port} can't be listened on ({problem}): choose another address with {name}."

log = logging.getLogger(__name__)


class Bot:
    """A bot at work: what a desk answers from, and one workspace."""

    def __init__(
        self,
        desk: Desk,
        slack: Slack,
        clock: Clock,
        *,
        token: str,
        secret: str | None,
        pace: Pace,
        ping: Ping | None = None,
        signs: Wanted = NO_SIGNS,
        passing: Callable[[str], None] = nothing,
    ) -> None:
        """Asks Slack who it is. `secret` is the signing secret, None with Socket Mode; `ping` tells a dead-man service
        of each good tick; `signs` are kept beside messages; `passing` as for Delivery. Raises SlackTrouble."""
        self.desk, self.slack, self.clock, self.pace = desk, slack, clock, pace
        self.me = slack.identity()
        self.metrics, self.watch, self.ping = Metrics(), Watch(desk.store, clock, pace.tick), ping
        self.metrics.watch(self.watch.backlog)
        self.before_tick: Callable[[], None] = lambda: None
        self._started = time.monotonic()
        self.delivery = Delivery(desk, slack, clock, pace, self.metrics, passing)
        self.directory = Directory(desk.store, slack)
        self.signs = Signs(desk.store, slack, clock, signs)
        self.delivery.may_begin = self._knows_people
        self.doorbell = Doorbell(self.tick, pace.tick)
        self.app, self.answers = slack_app(
            Ears(desk, clock, slack, self.me, self.directory.asked, self.metrics), token, secret
        )

    def _knows_people(self) -> bool:
        """Before the first look-up nobody of the plan may be known in Slack: not even an admin to tell of trouble."""
        return self.directory.has_looked.is_set() or time.monotonic() - self._started > STRANGERS_SECONDS

    def start(self) -> None:
        """Begin to speak: the greeting if it never did, what is due, and so on. Raises StoreError and NoPlan."""
        self._started = time.monotonic()
        self.directory.worker.start()
        if self.ping:
            self.ping.worker.start()
        self.desk.store.on_commit = self.delivery.worker.wake
        tick.begin(self.desk.store, self.clock.now())
        self._take_up_what_the_token_stopped()
        self.delivery.worker.start()
        self.tick()
        if self.signs.wanted:
            self.signs.worker.start()
        self.doorbell.start()

    def _take_up_what_the_token_stopped(self) -> None:
        """The token is accepted, else the bot would not have come this far."""
        with self.desk.store.writing() as tx:
            outbox.retry_refused(tx, problems=TOKEN_TROUBLE)

    def tick(self) -> None:
        """Owe what is due; delivery is woken by it."""
        try:
            with self.metrics.tick():
                self.before_tick()
                tick.tick(self.desk.store, self.clock.now())
        except (StoreError, NoPlan) as error:
            if self.watch.is_good:  # once, and not every tick of a long night
                log.warning("the tick has to wait", extra={"problem": str(error)})
            self.watch.rang(well=False)
            return
        self.watch.rang(well=True)
        self.signs.worker.wake()
        if self.ping:
            self.ping.tell(well=self.watch.is_well())

    def stop(self) -> None:
        """Decide nothing more, answer what was pressed, send what is being sent."""
        self.doorbell.stop()
        self.answers.shutdown(wait=True)
        self.delivery.stop()
        self.directory.worker.stop()
        self.signs.worker.stop()
        if self.ping:
            self.ping.worker.stop()

    def facts(self) -> dict[str, Any]:
        """Whether it lives: its threads do."""
        ticking, delivering = self.watch.is_ticking, self.delivery.worker.is_alive
        return {"ok": ticking and delivering, "ticking": ticking, "delivering": delivering}

    def served(self, secret: str, host: str, port: int) -> Server:
        """A server of Slack's requests, the calendar feeds and pictures, not started yet. Raises OSError where the
        address is taken."""
        bolt = SlackRequestHandler(self.app, path=EVENTS)
        return Server(beside(self._public(), Verified(bolt, secret)), host, port)

    def feeds_served(self, host: str, port: int) -> Server:
        """A server of the calendar feeds and pictures alone, not started yet. Raises OSError where the address is
        taken."""
        return Server(beside(self._public(), not_found), host, port, threads=FEED_THREADS)

    def _public(self) -> dict[str, "WSGIApplication"]:
        """What is open to whoever has its address, by the beginning of that."""
        store, clock, addresses = self.desk.store, self.clock, self.desk.pictures
        pictures: dict[str, WSGIApplication] = {PICTURES: Images(store, clock, addresses)} if addresses else {}
        return {FEEDS: Feeds(store, clock), **pictures}


class Http:
    """Slack's requests over HTTP."""

    def __init__(self, bot: Bot, secret: str, host: str, port: int) -> None:
        """Listens at once, answers after `start`. Raises OSError."""
        self._server = bot.served(secret, host, port)
        self.words = f"http://{host}:{self._server.port}{EVENTS}"

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.stop()

    def facts(self) -> dict[str, Any]:
        """Nothing to add for the health check."""
        return {}


class Socket:
    """Slack's requests over Socket Mode, which needs no public address; calendar feeds do."""

    def __init__(self, bot: Bot, app_token: str, feeds: Server | None = None) -> None:
        """Connects in `start`, which starts the server of the `feeds` too, if there is one."""
        self._handler, self._feeds = SocketModeHandler(bot.app, app_token), feeds
        self._lost_at: float | None = None  # since when it is seen not to be connected
        self.words = "Socket Mode"

    def start(self) -> None:
        """Connect; the client connects again by itself when it must."""
        if self._feeds:
            self._feeds.start()
        self._handler.client.connect()  # its own start() would not hear of SIGTERM

    def stop(self) -> None:
        """Disconnect."""
        self._handler.client.close()
        if self._feeds:
            self._feeds.stop()

    def facts(self) -> dict[str, Any]:
        """Whether it is connected, or is not for less than a minute: a socket can fall silent, and is made anew at
        times."""
        connected, now = self._handler.client.is_connected(), time.monotonic()
        self._lost_at = None if connected else self._lost_at or now
        return {"ok": self._lost_at is None or now - self._lost_at < RECONNECT_SECONDS, "connected": connected}


def run(settings: Settings, hold: Hold) -> None:
    """Run until told to stop by SIGTERM or SIGINT, or until the store is not this bot's any more. `hold` is that of the
    store. Raises BadSettings where an address is taken, CannotOpen, BadPlan, StoreError and SlackTrouble."""
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    store = opening.for_running(settings.database_url, REAL, settings.plan, datetime.now(UTC))
    _look_at_plan(store, settings.proposed)
    desk = Desk(store, Library(settings.runbooks), settings.prefix, settings.url or "", _addresses(settings))
    slack = Slack(settings.bot_token, base_url=settings.slack_api_url, timeout=settings.client_timeout)
    ping = Ping(settings.ping_url) if settings.ping_url else None
    secret = settings.signing_secret
    _wait_for(slack, told_to_stop)
    bot = Bot(
        desk,
        slack,
        SystemClock(),
        token=settings.bot_token,
        secret=secret,
        pace=settings.pace,
        ping=ping,
        signs=settings.signs,
    )
    ear = _ear(bot, settings)
    lost: list[Exception] = []

    def still_ours() -> None:
        try:
            hold.renew()
            opening.check_open(store)
        except (InUse, CannotOpen) as error:
            lost.append(error)
            told_to_stop.set()
            raise StoreError(str(error)) from None

    bot.before_tick = still_ours
    with _named("ONCALL_OPERATIONS_ADDRESS", settings.operations_address):
        operations = Server(_operations(bot, ear), *settings.operations_address, threads=4)
    try:
        operations.start()
        bot.start()
        ear.start()
        bot.watch.is_open = True
        log.info("on call", extra={"team": bot.me.team, "by": ear.words})
        told_to_stop.wait()
        log.info("stopping")
    finally:
        bot.watch.is_open = False
        ear.stop()
        bot.stop()
        operations.stop()
        store.close()
    if lost:
        raise lost[0]


def _look_at_plan(store: Store, file: Path | None) -> None:
    """Who set a plan is told where it is not the store's. Whatever is wrong with it stops no bot that has one."""
    if file is None:
        return
    try:
        if sentence := proposal.unlike(store, file, datetime.now(UTC)):
            log.warning(sentence)
    except (BadPlan, OSError) as error:
        log.warning(BAD_PLAN, extra={"problem": str(error)})


def _wait_for(slack: Slack, told_to_stop: threading.Event) -> None:
    """A machine may be up before its network is. A token that is refused is refused at once. Raises SlackTrouble."""
    while True:
        try:
            slack.identity()
            return
        except (Unreached, Unclear) as trouble:
            log.warning("Slack does not answer; asked again soon", extra={"problem": trouble.problem})
            if told_to_stop.wait(AGAIN_SECONDS):
                raise


def _addresses(settings: Settings) -> Addresses | None:
    return Addresses(settings.url, settings.bot_token) if settings.url else None


def _operations(bot: Bot, ear: Http | Socket) -> "WSGIApplication":
    return operations(
        alive=lambda: _well(bot.facts(), ear.facts()),
        ready=lambda: {"ok": bot.watch.is_open},
        status=bot.watch.status,
        metrics=bot.metrics.text,
    )


def _ear(bot: Bot, settings: Settings) -> Http | Socket:
    with _named("ONCALL_ADDRESS", settings.address):
        if settings.app_token:
            # Without a public address nobody can reach a feed: then nothing is listened on, as ever.
            feeds = bot.feeds_served(*settings.address) if settings.url else None
            return Socket(bot, settings.app_token, feeds)
        return Http(bot, settings.signing_secret or "", *settings.address)


@contextmanager
def _named(name: str, address: Address) -> Iterator[None]:
    """What fails in the block is listening on the address that the setting `name` gives. Raises BadSettings."""
    try:
        yield
    except OSError as error:
        problem = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror or error)
        host, port = address
        shown = f"[{host}]" if ":" in host else host
        raise BadSettings([TAKEN.format(host=shown, port=port, problem=problem, name=name)]) from None


def _well(*parts: dict[str, Any]) -> dict[str, Any]:
    """All facts, and whether every part is well."""
    together = {name: fact for part in parts for name, fact in part.items()}
    return {**together, "ok": all(part.get("ok", True) for part in parts)}
