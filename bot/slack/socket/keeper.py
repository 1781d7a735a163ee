"""Socket Mode: two connections to Slack, so that losing one makes nobody deaf, and whoever is missing is replaced.

    keeper ─► apps.connections.open ─► line ─► hello ─► envelopes ─► Bolt, in threads ─► acks, over the same line
       ▲                                 │
       └── lost, or asked to leave ◄─────┘   one that is asked to leave is read from until Slack closes it

Slack sends each envelope to any one of the connections, of which an app may have ten. An envelope that comes twice does
nothing twice: what it asks for is known by its trigger. https://docs.slack.dev/apis/events-api/using-socket-mode

slack_sdk's own client takes up to a minute to notice that a connection was reset, and cannot send an ack of more than
64 kB: so connections are kept here, each by `line.py`.
"""

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from slack_bolt import App

from bot.pace import Hearing
from bot.slack.client import Slack
from bot.slack.socket import envelopes
from bot.slack.socket.dialling import Lost
from bot.slack.socket.line import Line
from bot.slack.trouble import Doubtful, Limited, Passing, SlackRefused, SlackTrouble
from bot.worker import Worker

COUNT = 2
MOST = 10  # of an app's, with those that are asked to leave; Slack lets in no more
THREADS = 8
DOUBTED_SECONDS = 300.0  # so long a word of Slack's that may pass is taken for one that does, as for posts
LONGEST_WAIT = 3600.0  # as for posts: more would be a mistake, perhaps a proxy's
PATIENCE_SECONDS = 2.0  # so long who stops it waits for a name to be looked up

DISABLED, TOO_MANY = "link_disabled", "too_many_websockets"  # Slack's words for why it disconnects
DEAF = "no connection over Socket Mode for {seconds} s ({problem})"
UNSURE = "Slack opens no more connections over Socket Mode ({problem})"
BEGINS = "not connected yet"

OPENED, LOST = "connected over Socket Mode", "a connection over Socket Mode was lost"
NOT_OPENED = "no connection over Socket Mode could be opened; tried again"
REFUSED = "Slack refuses Socket Mode, so nobody is heard; tried again every minute"
UNACKED, FAILED = "an ack was lost with its connection", "a request over Socket Mode failed"
ODD = "what came over Socket Mode cannot be read; told once for each connection"

log = logging.getLogger(__name__)


class Sockets:
    """Keeps connections open, and has the app answer what comes over them."""

    def __init__(self, app: App, slack: Slack, hearing: Hearing) -> None:
        """`slack` is asked with the app's token. `start` begins to connect."""
        self._app, self._slack, self._hearing = app, slack, hearing
        self.keeper = Worker("sockets", self._keep, hearing.seldom, PATIENCE_SECONDS)
        self.on_refused: Callable[[str], bool] = lambda _: True  # told why, until it could tell that on
        self._pool = ThreadPoolExecutor(THREADS, "socket")
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        self._stopping = False
        self._failures, self._not_before, self._limited_until = 0, 0.0, 0.0
        self._deaf_since: float | None = time.monotonic()
        self.problem = BEGINS  # what went wrong the last time
        self.refused: str | None = None  # why Slack wants no connection of ours, until somebody mends it
        self._told: str | None = None

    def start(self) -> None:
        """Open connections from now on, in a thread of its own; once."""
        self.keeper.start()

    def stop(self) -> None:
        """Take nothing more, finish what is being answered, and hang up. What waits its turn is not answered: nobody
        waits for it any more."""
        with self._lock:
            self._stopping = True
            self._pool.shutdown(wait=False, cancel_futures=True)
        self.keeper.stop()
        self._pool.shutdown(wait=True)
        with ThreadPoolExecutor(MOST) as pool:  # none keeps another waiting
            list(pool.map(Line.close, self._all()))

    # How it is doing

    @property
    def open_lines(self) -> int:
        """How many connections Slack can send something over."""
        return sum(line.opened_at is not None for line in self._all())

    @property
    def is_alive(self) -> bool:
        """Whether it goes on trying."""
        return self.keeper.is_alive

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look: a short loss heals by itself."""
        return self.refused is None and self._deaf_for() < self._hearing.long

    def trouble(self) -> str | None:
        """What is wrong, in words; None while all is well."""
        if seconds := self._deaf_for():
            return DEAF.format(seconds=round(seconds), problem=self.problem)
        return UNSURE.format(problem=self.refused) if self.refused else None

    def _deaf_for(self) -> float:
        since = self._deaf_since
        return 0.0 if since is None else max(time.monotonic() - since, 0.001)

    def _all(self) -> list[Line]:
        with self._lock:
            return list(self._lines)

    # Connecting

    def _keep(self) -> float | None:
        """Open what is missing. Returns the seconds until it can go on. Raises StoreError where nobody can be told."""
        try:
            self._tell()
        finally:  # a store that is down must not keep it from connecting
            wait = self._fill()
        self._tell()
        return wait

    def _tell(self) -> None:
        problem = self.refused
        if problem and problem != self._told and self.on_refused(problem):
            self._told = problem

    def _fill(self) -> float | None:
        while not self._stopping and self._is_one_missing():
            wait = self._not_before - time.monotonic()
            if wait > 0:
                return wait
            self._open()
        return None

    def _is_one_missing(self) -> bool:
        lines = self._all()
        return sum(not line.is_leaving for line in lines) < COUNT and len(lines) < MOST

    def _open(self) -> None:
        try:
            line = Line(self._slack.socket_address(), self._hearing, self._on_message, self._on_end)
        except SlackTrouble as trouble:
            self._not_opened(trouble)
            return
        except Lost as lost:
            self._not_now(lost.problem)
            return
        with self._lock:
            self._lines.append(line)
        line.start()
        if self._stopping:  # meanwhile
            line.close()

    def _not_opened(self, trouble: SlackTrouble) -> None:
        if isinstance(trouble, Limited):
            self._not_now(trouble.problem, min(trouble.retry_after, LONGEST_WAIT))
        elif self._is_final(trouble):
            self._refuse(trouble.problem)
        else:
            self._not_now(trouble.problem)

    def _is_final(self, trouble: SlackTrouble) -> bool:
        if isinstance(trouble, Doubtful):
            return self._deaf_for() > DOUBTED_SECONDS
        return isinstance(trouble, SlackRefused) and not isinstance(trouble, Passing)

    def _refuse(self, problem: str) -> None:
        with self._lock:  # two connections may be told at once
            is_news, self.refused, self.problem = problem != self.refused, problem, problem
        if is_news:
            log.error(REFUSED, extra={"problem": problem})
        self._not_before = time.monotonic() + self._hearing.seldom

    def _not_now(self, problem: str, seconds: float | None = None) -> None:
        if problem != self.problem:  # once, and not every five seconds of a long night
            log.warning(NOT_OPENED, extra={"problem": problem, "seconds": seconds})
        self._wait(problem, seconds)

    def _wait(self, problem: str, seconds: float | None = None) -> None:
        """Try again after so many `seconds`, or else the later, the more often it has failed."""
        is_heard = any(line.opened_at is not None and not line.is_leaving for line in self._all())
        longest = self._hearing.seldom if is_heard else self._hearing.again
        later = min(self._hearing.first * 2 ** min(self._failures, 16), longest) * random.uniform(0.8, 1.0)
        self.problem, self._failures = problem, self._failures + 1
        if seconds is not None:
            self._limited_until = time.monotonic() + seconds
        # What Slack asked for in Retry-After holds, whatever is lost meanwhile.
        self._not_before = max(self._limited_until, time.monotonic() + (later if seconds is None else seconds))

    def _on_end(self, line: Line, problem: str) -> None:
        problem = line.reason or problem
        with self._lock:
            self._lines = [each for each in self._lines if each is not line]
            left = sum(each.opened_at is not None for each in self._lines)
            if not left and self._deaf_since is None:
                self._deaf_since = time.monotonic()
        if self._stopping:
            return
        if not line.is_leaving:
            if line.opened_at is not None or problem != self.problem:
                log.warning(LOST, extra={"problem": problem, "left": left})
            self._is_over(line, problem)
        if not left and not self.refused:  # what could wait while another one was open cannot any more
            soon = time.monotonic() + self._hearing.again
            self._not_before = min(self._not_before, max(soon, self._limited_until))
        self.keeper.wake()

    def _is_over(self, line: Line, problem: str) -> None:
        """It has ended, or is asked to: one that did not last has failed."""
        if line.opened_at is not None and time.monotonic() - line.opened_at >= self._hearing.steady:
            self._failures = 0
        elif not self.refused:
            self._wait(problem)
        if not self.refused and not line.is_leaving:
            self.problem = problem

    # What Slack says

    def _on_message(self, line: Line, text: str) -> None:
        match _read(text):
            case {"type": "hello"}:
                self._greeted(line)
            case {"type": "disconnect", **more}:
                self._asked_to_leave(line, str(more.get("reason")))
            case {"envelope_id": str(), "payload": dict()} as envelope:
                with self._lock:
                    if not self._stopping:
                        self._pool.submit(self._answer, line, envelope).add_done_callback(_told)
            case said if not line.is_odd and (not said or "envelope_id" in said):
                line.is_odd = True
                log.warning(ODD)

    def _greeted(self, line: Line) -> None:
        with self._lock:
            line.opened_at = time.monotonic()
            self._deaf_since = self.refused = self._told = None
        log.info(OPENED, extra={"connections": self.open_lines})

    def _asked_to_leave(self, line: Line, reason: str) -> None:
        line.reason = reason
        if reason == TOO_MANY:
            line.close()
            return
        line.leave()
        if reason == DISABLED:
            self._refuse(reason)
            line.close()  # whether or not Slack does: nobody is heard over it
        else:
            self._is_over(line, reason)
        self.keeper.wake()

    def _answer(self, line: Line, envelope: dict[str, Any]) -> None:
        ack = envelopes.answered(self._app, envelope)
        if ack is None:  # an event comes again; a person sees an error, and asks again
            return
        try:
            line.send(json.dumps(ack))
        except Lost as lost:
            log.warning(UNACKED, extra={"problem": lost.problem})


def _read(text: str) -> dict[str, Any]:
    """What Slack says; nothing where that is no object, or nested so deep that nobody can read it."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _told(done: Future[None]) -> None:
    """Nothing that goes wrong in a thread is lost there."""
    error = None if done.cancelled() else done.exception()
    if error:
        log.error(FAILED, exc_info=error)
