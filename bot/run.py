"""The composition root: settings → store, Bolt app, web, APScheduler; starts and stops them in order.

Slack ─► web or socket ─► app ─► commands, presses ─► store
doorbell ─► tick ─► store ─► (a commit wakes) delivery ─► Slack
"""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import opening, proposal
from bot.ask import Desk
from bot.bot import Bot
from bot.clock import SystemClock
from bot.config import Address, BadSettings, Settings
from bot.images import Addresses
from bot.listening import Http, Socket
from bot.opening import CannotOpen
from bot.operations import operations
from bot.ping import Ping
from bot.plan_file import BadPlan
from bot.runbooks import Library
from bot.slack import Slack
from bot.slack_trouble import Passing, Unclear
from bot.web import Server
from models.holding import Hold, InUse
from models.store import Store, StoreError
from models.teams import REAL

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

AGAIN_SECONDS = 5  # until Slack is asked again that did not answer at the start

BAD_PLAN = "the plan file that is set can't be used; the store's plan is"
TAKEN = "{host}:{port} can't be listened on ({problem}): choose another address with {name}."

log = logging.getLogger(__name__)


def run(settings: Settings, hold: Hold) -> None:
    """Run until told to stop by SIGTERM or SIGINT, or until the store is not this bot's any more. `hold` is that of the
    store. Raises BadSettings where an address is taken, CannotOpen, BadPlan, StoreError and SlackTrouble."""
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    store = opening.for_running(settings.database_url, REAL, settings.plan, datetime.now(UTC))
    _look_at_plan(store, settings.proposed)
    slack = Slack(settings.bot_token, base_url=settings.slack_api_url, timeout=settings.client_timeout)
    _wait_for(slack, told_to_stop)
    bot = _bot(settings, store, slack)
    ear = _ear(bot, settings)
    bot.before_tick = ours = _Ours(hold, store, told_to_stop)
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
    if ours.lost:
        raise ours.lost


class _Ours:
    """Asked before each tick: whether the store is this bot's still. Where it is not, the bot is told to stop."""

    def __init__(self, hold: Hold, store: Store, told_to_stop: threading.Event) -> None:
        self._hold, self._store, self._told_to_stop = hold, store, told_to_stop
        self.lost: InUse | CannotOpen | None = None  # to whom, once it is

    def __call__(self) -> None:
        """Renew the hold. Raises StoreError."""
        try:
            self._hold.renew()
            opening.check_open(self._store)
        except (InUse, CannotOpen) as error:
            self.lost = error
            self._told_to_stop.set()
            raise StoreError(str(error)) from None


def _bot(settings: Settings, store: Store, slack: Slack) -> Bot:
    """The bot of these settings. Raises SlackTrouble."""
    return Bot(
        Desk(store, Library(settings.runbooks), settings.prefix, settings.url or "", _addresses(settings)),
        slack,
        SystemClock(),
        token=settings.bot_token,
        secret=settings.signing_secret,
        pace=settings.pace,
        ping=Ping(settings.ping_url) if settings.ping_url else None,
        signs=settings.signs,
    )


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
        except (Passing, Unclear) as trouble:
            log.warning("Slack does not answer; asked again soon", extra={"problem": trouble.problem})
            if told_to_stop.wait(AGAIN_SECONDS):
                raise


def _addresses(settings: Settings) -> Addresses | None:
    return Addresses(settings.url, settings.bot_token) if settings.url else None


def _operations(bot: Bot, ear: Http | Socket) -> "WSGIApplication":
    return operations(
        alive=lambda: _well(bot.facts(), ear.facts()),
        ready=lambda: {"ok": bot.watch.is_open},
        status=bot.status,
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
