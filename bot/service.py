"""A bot at work: what it answers from, what rings, and what it sends, started and stopped in order.

doorbell ─► tick ─► store ─► (a commit wakes) delivery ─► Slack
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.clock import Clock
from bot.delivery.sender import Delivery, nothing
from bot.desk import Desk
from bot.links import FEEDS, PICTURES
from bot.ops.heartbeat import Heartbeat
from bot.ops.metrics import Metrics
from bot.ops.ping import Ping
from bot.ops.watch import Watch
from bot.pace import Pace
from bot.slack.client import Identity, Slack
from bot.slack.directory import Directory
from bot.slack.listener import Ears, slack_app
from bot.slack.mirror import Signs
from bot.slack.trouble import TOKEN_TROUBLE, SlackTrouble
from bot.speech.store_trouble import told
from bot.web.feeds import Feeds
from bot.web.pictures import Pictures
from bot.web.server import Server, Verified, beside, not_found
from models import outbox
from models.signs import Wanted
from models.store.errors import StoreError
from scheduler import deafness, tick
from scheduler.jobs import Doorbell
from scheduler.team.roster import NoPlan

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

STRANGERS_SECONDS = 15  # so long messages wait for people to be looked up
FEED_THREADS = 2

NO_SIGNS = Wanted()
UNTOLD = "no admin can be told that Slack lets nobody be heard"

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
        pace: Pace,
        ping: Ping | None = None,
        signs: Wanted = NO_SIGNS,
        passing: Callable[[str], None] = nothing,
        me: Identity | None = None,
    ) -> None:
        """Asks Slack who it is, unless told who is `me`. `ping` tells a dead-man service of each good tick; `signs` are
        kept beside messages; `passing` as for Delivery. Raises SlackTrouble."""
        self.desk, self.slack, self.clock, self.pace = desk, slack, clock, pace
        self.me = me or slack.identity()
        self.metrics, self.watch, self.ping = Metrics(), Watch(desk.store, clock, pace.tick), ping
        self.metrics.watch(self.watch.backlog, lambda: self.watch.cannot_save() is None)
        self.metrics.watch_clock(clock.offsets)
        self.heartbeat = Heartbeat(desk.store)
        self.before_tick: Callable[[], None] = lambda: None
        self._started, self._begins = time.monotonic(), False
        self.delivery = Delivery(desk, slack, clock, pace, self.metrics, passing)
        self.directory = Directory(desk.store, slack, self.me.enterprise_id)
        self.channels = self.delivery.voice.channels
        self.signs = Signs(desk.store, slack, self.channels, clock, signs)
        self.delivery.may_begin = self._knows_people
        self.doorbell = Doorbell(self.tick, pace.tick)
        self.app, self.answers = slack_app(Ears(desk, clock, slack, self.me, self.directory, self.metrics), token)

    def _knows_people(self) -> bool:
        """Before the first look-up nobody of the plan may be known in Slack: not even an admin to tell of trouble."""
        return self.directory.has_looked.is_set() or time.monotonic() - self._started > STRANGERS_SECONDS

    def start(self) -> None:
        """Begin to speak: the greeting if it never did, what is due, and so on, as soon as the store answers."""
        self._started, self._begins = time.monotonic(), True
        self.directory.worker.start()
        if self.ping:
            self.ping.worker.start()
        self.desk.store.on_commit = self.delivery.worker.wake
        self.tick()
        self.delivery.worker.start()
        if self.signs.wanted:
            self.signs.worker.start()
        self.doorbell.start()

    def _begin_to_speak(self) -> None:
        """Once: owe the greeting, and take up what the token stopped; it is accepted, else the bot would not have come
        this far."""
        if not self._begins:
            return
        tick.begin_to_speak(self.desk.store, self.clock.now())
        with self.desk.store.writing() as tx:
            outbox.retry_refused(tx, problems=TOKEN_TROUBLE)
        self._begins = False

    def tick(self) -> None:
        """Owe what is due; delivery is woken by it."""
        if self.clock.off():
            self._compare_clocks()
        try:
            with self.metrics.tick():
                self.before_tick()
                self._begin_to_speak()
                tick.tick(self.desk.store, self.clock.now())
            self.desk.learn_team()
        except (StoreError, NoPlan) as error:
            if self.watch.is_good:  # once, and not every tick of a long night
                log.warning("the tick has to wait", extra={"problem": told(error)})
            self.watch.rang(well=False)
            self.heartbeat.beat()
            if self.ping and self.watch.cannot_save():
                self.ping.tell(well=False)
            return
        self.heartbeat.beat()
        self.watch.rang(well=True)
        self.signs.worker.wake()
        if self.ping:
            self.ping.tell(well=self.watch.is_well())

    def _compare_clocks(self) -> None:
        """Ask Slack what time it is: while nothing is written, nothing else is asked of it."""
        try:
            self.slack.identity()
        except SlackTrouble as trouble:
            log.warning("clocks cannot be compared", extra={"problem": trouble.problem})

    def tell_of_deafness(self, problem: str) -> bool:
        """Slack lets the bot hear nobody: an admin is told. Returns whether Slack knows one, who may still be looked
        for. Raises StoreError and NoPlan."""
        with self.desk.store.writing() as tx:
            told = deafness.tell_an_admin(tx, problem, self.clock.now())
        if not told and self.directory.has_looked.is_set():
            log.error(UNTOLD, extra={"problem": problem})
        return told

    def stop(self) -> None:
        """Decide nothing more, answer what was pressed, send what is being sent."""
        self.doorbell.stop()
        self.slack.stop()
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

    def status(self) -> dict[str, Any]:
        """For people and alert rules: how it is doing, and which channel it still looks for, after how many others."""
        status, looking = self.watch.status(), self.channels.looking()
        return {**status, "ok": status["ok"] and not looking, "looking_for": looking}

    def served(self, secret: str, host: str, port: int) -> Server:
        """A server of Slack's requests, signed with the `secret`, the calendar feeds and pictures, not started yet.
        Raises OSError where the address is taken."""
        return Server(beside(self._public(), Verified(self.app, secret)), host, port)

    def feeds_served(self, host: str, port: int) -> Server:
        """A server of the calendar feeds and pictures alone, not started yet. Raises OSError where the address is
        taken."""
        return Server(beside(self._public(), not_found), host, port, threads=FEED_THREADS)

    def _public(self) -> dict[str, "WSGIApplication"]:
        """What is open to whoever has its address, by the beginning of that."""
        store, clock, addresses = self.desk.store, self.clock, self.desk.pictures
        pictures: dict[str, WSGIApplication] = {PICTURES: Pictures(store, clock, addresses)} if addresses else {}
        return {FEEDS: Feeds(store, clock), **pictures}
