"""The composition root: settings → store, Bolt app, web, APScheduler; starts and stops them in order.

Slack ─► web or socket ─► app ─► commands, presses ─► store
doorbell ─► tick ─► store ─► (a commit wakes) delivery ─► Slack
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot import opening, waiting
from bot.clock import SLACK, SystemClock, keep_right
from bot.config import Address, BadSettings, Settings
from bot.desk import Desk
from bot.front import Front
from bot.links import Addresses
from bot.listening import Ear, Http, Socket
from bot.opening import CannotOpen
from bot.ops.address import operations
from bot.ops.ping import Ping
from bot.plan import proposed
from bot.plan.file import BadPlan
from bot.runbooks.library import Library
from bot.service import Bot
from bot.slack.client import Identity, Slack
from bot.speech.store_trouble import told
from bot.stopping import told_by_signals
from bot.version import release
from bot.web.server import Server
from models.store.engine import Store
from models.store.errors import StoreError
from models.store.holding import Hold, InUse
from models.teams import REAL

BAD_PLAN = "the plan file that is set can't be used; the store's plan is"
TAKEN = "{host}:{port} can't be listened on ({problem}): choose another address with {name}."

log = logging.getLogger(__name__)


def run(settings: Settings, hold: Hold) -> None:
    """Run until told to stop by SIGTERM or SIGINT, or until the store is not this bot's any more. `hold` is that of the
    store. Raises BadSettings where an address is taken or the app token refused, CannotOpen, BadPlan, StoreError and
    SlackTrouble."""
    log.info("starting", extra={"version": release()})
    told_to_stop, front = told_by_signals(), Front()
    clock = SystemClock()
    with ExitStack() as stack:
        stack.enter_context(_served(front, settings.operations_address))
        store = waiting.for_store(hold, partial(_opened, settings, clock), front, told_to_stop)
        if store is None:
            return
        stack.enter_context(closing(store))
        slack = Slack(settings.bot_token, base_url=settings.slack_api_url, timeout=settings.client_timeout)
        slack.tell_time(partial(clock.hears, SLACK))
        me = waiting.for_slack(slack, front, told_to_stop)
        if me is None:
            return
        bot = _bot(settings, store, slack, clock, me)
        ear = _ear(bot, settings)
        bot.before_tick = ours = _Ours(hold, store, told_to_stop)
        _work(bot, ear, front, told_to_stop)
        if ours.lost:
            raise ours.lost


def _opened(settings: Settings, clock: SystemClock) -> Store:
    """The store, ready. Raises StoreError, CannotOpen, BadPlan and OSError."""
    with ExitStack() as unless_opened:
        store = opening.for_running(settings.database_url, REAL, settings.proposed, datetime.now(UTC))
        unless_opened.enter_context(closing(store))
        _look_at_plan(store, settings.proposed)
        keep_right(store, clock)
        unless_opened.pop_all()
    return store


def _work(bot: Bot, ear: Ear, front: Front, told_to_stop: threading.Event) -> None:
    """Start everything in order, and stop it when told to."""
    try:
        ear.reach(told_to_stop, front.waits_for_slack)
        if not told_to_stop.is_set():
            bot.start()
            ear.start()
            front.begins(bot, ear)
            bot.watch.is_open = True
            log.info("on call", extra={"workspace": bot.me.team, "by": ear.words})
            told_to_stop.wait()
        log.info("stopping")
    finally:
        bot.watch.is_open = False
        front.ends()
        ear.stop()
        bot.stop()


@contextmanager
def _served(front: Front, address: Address) -> Iterator[None]:
    """The operations address answers. Raises BadSettings."""
    with _named("ONCALL_OPERATIONS_ADDRESS", address):
        server = Server(operations(front.alive, front.ready, front.status, front.metrics), *address, threads=4)
    try:
        server.start()
        yield
    finally:
        server.stop()


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
            raise StoreError(told(error)) from None


def _bot(settings: Settings, store: Store, slack: Slack, clock: SystemClock, me: Identity) -> Bot:
    """The bot of these settings."""
    return Bot(
        Desk(store, Library(settings.runbooks), settings.prefix, settings.url or "", _addresses(settings)),
        slack,
        clock,
        token=settings.bot_token,
        pace=settings.pace,
        ping=Ping(settings.ping_url) if settings.ping_url else None,
        signs=settings.signs,
        me=me,
    )


def _look_at_plan(store: Store, file: Path | None) -> None:
    """Who set a plan is told where it is not the store's. Whatever is wrong with it stops no bot that has one."""
    if file is None:
        return
    try:
        if sentence := proposed.unlike(store, file, datetime.now(UTC)):
            log.warning(sentence)
    except (BadPlan, OSError) as error:
        log.warning(BAD_PLAN, extra={"problem": told(error)})


def _addresses(settings: Settings) -> Addresses | None:
    return Addresses(settings.url, settings.bot_token) if settings.url else None


def _ear(bot: Bot, settings: Settings) -> Ear:
    with _named("ONCALL_ADDRESS", settings.address):
        if settings.app_token:
            # Without a public address nobody can reach a feed: then nothing is listened on, as ever.
            feeds = bot.feeds_served(*settings.address) if settings.url else None
            seconds = min(settings.client_timeout, bot.pace.hearing.opening)
            return Socket(bot, Slack(settings.app_token, base_url=settings.slack_api_url, timeout=seconds), feeds)
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
