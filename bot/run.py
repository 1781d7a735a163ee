"""The composition root: settings → store, Bolt app, web, APScheduler; starts and stops them in order.

Slack ─► web or socket ─► app ─► commands, presses ─► store
doorbell ─► tick ─► store ─► (a commit wakes) delivery ─► Slack
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot import opening
from bot.app import Ears, slack_app
from bot.ask import Desk
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.delivery import Delivery, nothing
from bot.directory import Directory
from bot.pace import Pace
from bot.runbooks import Library
from bot.slack import TOKEN_TROUBLE, Slack
from bot.web import EVENTS, Server, Verified, health
from models import outbox
from models.store import StoreError
from models.teams import REAL
from scheduler import tick
from scheduler.jobs import Doorbell
from scheduler.roster import NoPlan

LATE = 10  # ticks that may be missed before the health check says so

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
        passing: Callable[[str], None] = nothing,
    ) -> None:
        """Asks Slack who it is. `secret` is the signing secret, None with Socket Mode; `passing` as for Delivery.
        Raises SlackTrouble."""
        self.desk, self.slack, self.clock, self.pace = desk, slack, clock, pace
        self.me = slack.identity()
        self.delivery = Delivery(desk, slack, clock, pace, passing)
        self.directory = Directory(desk.store, slack)
        self.doorbell = Doorbell(self.tick, pace.tick)
        self.app, self.answers = slack_app(Ears(desk, clock, slack, self.me, self.directory.asked), token, secret)
        self._ticked = time.monotonic()

    def start(self) -> None:
        """Begin to speak: the greeting if it never did, what is due, and so on. Raises StoreError and NoPlan."""
        self.directory.worker.start()
        self.desk.store.on_commit = self.delivery.worker.wake
        tick.begin(self.desk.store, self.clock.now())
        self._take_up_what_the_token_stopped()
        self.delivery.worker.start()
        self.tick()
        self.doorbell.start()

    def _take_up_what_the_token_stopped(self) -> None:
        """The token is accepted, else the bot would not have come this far."""
        with self.desk.store.writing() as tx:
            outbox.retry_refused(tx, problems=TOKEN_TROUBLE)

    def tick(self) -> None:
        """Owe what is due; delivery is woken by it."""
        try:
            tick.tick(self.desk.store, self.clock.now())
        except (StoreError, NoPlan) as error:
            log.warning("the tick has to wait: %s", error)
            return
        self._ticked = time.monotonic()

    def stop(self) -> None:
        """Decide nothing more, answer what was pressed, send what is being sent."""
        self.doorbell.stop()
        self.answers.shutdown(wait=True)
        self.delivery.stop()
        self.directory.worker.stop()

    def facts(self) -> dict[str, Any]:
        """Whether it is well, for the health check."""
        ticking = time.monotonic() - self._ticked < LATE * max(self.pace.tick, 1)
        delivering = self.delivery.worker.is_alive
        return {"ok": ticking and delivering, "ticking": ticking, "delivering": delivering}

    def served(self, secret: str, host: str, port: int) -> Server:
        """A server of Slack's requests, not started yet. Raises OSError where the address is taken."""
        bolt = SlackRequestHandler(self.app, path=EVENTS)
        return Server(Verified(bolt, secret), host, port)


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
    """Slack's requests over Socket Mode, which needs no public address."""

    def __init__(self, bot: Bot, app_token: str) -> None:
        """Connects in `start`."""
        self._handler = SocketModeHandler(bot.app, app_token)
        self.words = "Socket Mode"

    def start(self) -> None:
        """Connect; the client connects again by itself when it must."""
        self._handler.client.connect()  # its own start() would not hear of SIGTERM

    def stop(self) -> None:
        """Disconnect."""
        self._handler.client.close()

    def facts(self) -> dict[str, Any]:
        """Whether it is connected: a socket can fall silent."""
        connected = self._handler.client.is_connected()
        return {"ok": connected, "connected": connected}


def run(settings: Settings) -> None:
    """Run until told to stop by SIGTERM or SIGINT. Raises CannotOpen, BadPlan, StoreError, SlackTrouble and OSError."""
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    store = opening.for_running(settings.database_url, REAL, settings.plan, datetime.now(UTC))
    desk = Desk(store, Library(settings.runbooks), settings.prefix)
    slack = Slack(settings.bot_token, base_url=settings.slack_api_url, timeout=settings.client_timeout)
    pace = settings.pace
    bot = Bot(desk, slack, SystemClock(), token=settings.bot_token, secret=settings.signing_secret, pace=pace)
    ear = _ear(bot, settings)
    operations = Server(health(lambda: _well(bot.facts(), ear.facts())), *settings.operations_address, threads=2)
    try:
        bot.start()
        ear.start()
        operations.start()
        log.info("on call for %s: %s", bot.me.team, ear.words)
        told_to_stop.wait()
        log.info("stopping")
    finally:
        ear.stop()
        bot.stop()
        operations.stop()
        store.close()


def _ear(bot: Bot, settings: Settings) -> Http | Socket:
    if settings.app_token:
        return Socket(bot, settings.app_token)
    return Http(bot, settings.signing_secret or "", *settings.address)


def _well(*parts: dict[str, Any]) -> dict[str, Any]:
    """All facts, and whether every part is well."""
    together = {name: fact for part in parts for name, fact in part.items()}
    return {**together, "ok": all(part.get("ok", True) for part in parts)}
