"""Posts what is owed: one sender at a time in a channel, over all bots, woken by each commit that owes something.

    sending.claim ─► posts.render ─► (looked up by its key) ─► Slack ─► settle: said
                                                                │
                     put back: looked up, then again ◄── unclear┤
                     the channel waits ◄───────── "not so fast" ┤
                     stopped, and an admin is told ◄── refused ─┘

What is promised: **nothing that is owed is lost, and nothing is said twice while a request to Slack takes effect within
its bound**, the client's timeout and `settles` seconds more. Slack knows no idempotency key. So an attempt of which
nobody knows what came of it (a timeout, a dropped or truncated answer, a 5xx, a bot that was killed) is looked up by
the message's key, in the metadata of the conversation's history, before it is made again. Nobody looks before that
bound has passed since the attempt began, so that what was in flight has landed; the claim's lease outlasts it.

What is not promised: beyond the bound (a process that was frozen for minutes between deciding to post and posting, a
history that lags longer, one that can't be read because the bot was removed) nobody can know, and it errs towards
saying something once more: a repeated handoff is a nuisance, a lost one leaves nobody on call. So a message that is
made again after an attempt of unknown outcome says that it may be a repeat.

- Direct messages are looked up like any other. **Edits** need not be: the same again is harmless, and one that a later
  edit overtook is needless. **Pictures** carry no metadata: they are looked up by their file's name, which has the key.
- Answers to commands and presses are no messages: Slack takes them once, within seconds, and people ask again.
- What Slack refuses for good is stopped, told to an admin (else to the log), and stays to be seen, retried or dropped.
"""

import logging
import random
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot import metrics
from bot.ask import Desk
from bot.clock import Clock
from bot.metrics import Metrics
from bot.pace import Pace
from bot.saying import MaybeSaid, Said, Voice
from bot.slack import Limited, Refused, Slack, SlackTrouble, Unclear, Unreached
from bot.worker import Worker
from models import outbox, sending
from models.outbox import NEEDLESS, REFUSED, Message
from models.sending import Claim
from models.store import StoreError
from scheduler import trouble
from scheduler.roster import NoPlan

POLL_SECONDS = 2.0  # news waits a minute, other bots owe things too
SOON = timedelta(seconds=1)
OF_NO_USE = "of no use any more"
MAYBE, LATER = "unclear whether it was said; looked up, then tried again", "tried again later"
REFUSED_BY_SLACK = "refused by Slack; an admin is told"
UNTOLD = "refused by Slack, and no admin can be told; `python -m bot outbox list` shows it"
NOT_SAVED = "the store did not take what came of it; looked up later"
LOST = "took too long, so somebody else sends it"
NOT_RENDERED = "could not be said"
LIMITED = "Slack takes no more for a while"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message to send, its claim, and when it was claimed at the earliest, by the machine's monotonic clock."""

    message: Message
    claim: Claim
    claimed: float


class LostClaim(Exception):
    """The lease ran out before the attempt began: somebody else may have claimed the message."""


def nothing(step: str) -> None:
    """What is done at a step of sending: a rig of the tests kills the bot there."""


class Delivery:
    """Delivers what one store owes to one workspace."""

    def __init__(
        self,
        desk: Desk,
        slack: Slack,
        clock: Clock,
        pace: Pace,
        metrics: Metrics,
        passing: Callable[[str], None] = nothing,
    ) -> None:
        """`passing` is called with the name of each step of sending that is reached."""
        self.desk, self.clock, self.pace, self.metrics, self.passing = desk, clock, pace, metrics, passing
        self.sender = uuid.uuid4().hex
        self.voice = Voice(desk, slack, clock, passing)
        self.worker = Worker("delivery", self._hand_out, POLL_SECONDS)
        self._claiming = threading.Lock()
        self._senders: ThreadPoolExecutor | None = None
        self._free = threading.Semaphore(pace.senders)
        self._again_at: datetime | None = None
        self._more = False

    def deliver(self) -> list[Message]:
        """Send all that can be sent now, or within a few seconds, one after the other in this thread. Returns what was
        said. Raises StoreError and NoPlan."""
        said: list[Message] = []
        while True:
            attempt = self._claim()
            if attempt is None:
                wait = self._seconds_to_wait()
                if wait is None or wait > POLL_SECONDS:
                    return said
                time.sleep(wait)
            elif self._send(attempt):
                said.append(attempt.message)

    def stop(self) -> None:
        """Send what is being sent, and no more."""
        self.worker.stop()
        if self._senders:
            self._senders.shutdown(wait=True)

    def _hand_out(self) -> float | None:
        """Have messages sent, each by a thread of its own, until none can be now. Returns when to look again."""
        self._senders = self._senders or ThreadPoolExecutor(self.pace.senders, "sender")
        while not self.worker.stopping and self._free.acquire(blocking=False):
            attempt = None
            try:
                attempt = self._claim()
            finally:
                if attempt is None:
                    self._free.release()
            if attempt is None:
                return self._seconds_to_wait()
            self._senders.submit(self._send_and_wake, attempt)
        return None

    def _seconds_to_wait(self) -> float | None:
        return max(0.0, (self._again_at - datetime.now(UTC)).total_seconds()) if self._again_at else None

    def _send_and_wake(self, attempt: Attempt) -> None:
        try:
            self._send(attempt)
        except (StoreError, NoPlan) as error:
            # The claim runs out by its lease; then whoever takes it looks the message up.
            log.warning(NOT_SAVED, extra=_of(attempt.message, str(error)))
        finally:
            self._free.release()
            self.worker.wake()

    def _claim(self) -> Attempt | None:
        now, claimed = self.clock.now(), time.monotonic()
        self._again_at = None
        with self._claiming:  # within a process they would only wait for each other in the store
            if not self._more and not self._has_something(now):
                return None
            with self.desk.store.writing(wakes=False) as tx:
                claim = sending.claim(tx, self.sender, now, self.pace.limits)
            self._more = claim.message is not None  # where there was one there may be another
        if claim.message is None:
            self._again_at = claim.at
            return None
        self.passing("claimed")
        return Attempt(claim.message, claim, claimed)

    def _has_something(self, now: datetime) -> bool:
        with self.desk.store.reading() as tx:
            return sending.has_something(tx, now)

    def _send(self, attempt: Attempt) -> bool:
        """Whether it was said."""
        message = attempt.message
        try:
            said = self.voice.say(attempt.claim, message, lambda: self._begin(attempt))
        except Limited as limited:
            self._wait(message, limited)
        except Unreached as unreached:
            self._put_back(message, unreached, self._backoff(message, SOON), message.begun_at)
        except Refused as refused:
            self._stop(message, refused.problem)
        except MaybeSaid as maybe:
            self._put_back(message, maybe, self._backoff(message, self.pace.bound), maybe.began)
        except Unclear as unclear:  # of a look-up: nothing was posted
            self._put_back(
                message, unclear, self._backoff(message, timedelta(seconds=self.pace.timeout)), message.begun_at
            )
        except LostClaim:
            log.warning(LOST, extra=_of(message))
        except (StoreError, NoPlan):
            raise
        except Exception as surprise:  # one message that can't be rendered must not silence all others
            log.exception(NOT_RENDERED, extra=_of(message))
            self._put_back(
                message, Unclear(type(surprise).__name__), timedelta(seconds=self.pace.longest), attempt.claim.at
            )
        else:
            self._settle(message, said)
            return said is not None
        return False

    def _begin(self, attempt: Attempt) -> datetime:
        """When the attempt begins, which is on record. Where what came before took its time, it is put on record again,
        so that nobody looks it up before it has had its effect. Raises LostClaim where somebody else may have it."""
        began, message = attempt.claim.at, attempt.message
        took = time.monotonic() - attempt.claimed
        if began and message.begun_at is None and took < self.pace.fresh:
            return began
        with self.desk.store.writing(wakes=False) as tx:
            begun = sending.begin(tx, message, self.sender, self.pace.limits)
        if begun is None:
            raise LostClaim
        return begun

    def _settle(self, message: Message, said: Said | None) -> None:
        self.passing("posted")
        with self.desk.store.writing(wakes=False) as tx:
            if said is None:
                sending.stop(tx, message, self.sender, state=NEEDLESS, problem=OF_NO_USE)
            else:
                now, place = self.clock.now(), said.posted
                sending.settle(tx, message, self.sender, self.pace.limits, place.channel, place.ts, now)
                if said.follows:
                    outbox.owe(tx, message.team_id, said.follows, now)
        self.metrics.message(message.kind, metrics.SAID if said else metrics.NEEDLESS)
        log.info(metrics.SAID if said else metrics.NEEDLESS, extra=_of(message))
        self.passing("settled")

    def _wait(self, message: Message, limited: Limited) -> None:
        log.warning(LIMITED, extra={**_of(message), "seconds": limited.retry_after})
        wait = timedelta(seconds=limited.retry_after)
        if not limited.of_posting:
            self._put_back(message, limited, wait, message.begun_at)
            return
        with self.desk.store.writing(wakes=False) as tx:
            sending.hold(tx, message, self.sender, wait=wait, problem=limited.problem)

    def _put_back(self, message: Message, why: SlackTrouble, wait: timedelta, begun_at: datetime | None) -> None:
        unclear = isinstance(why, Unclear) and begun_at is not None
        if unclear:
            self.metrics.message(message.kind, metrics.AMBIGUOUS)
        log.warning(MAYBE if unclear else LATER, extra=_of(message, why.problem))
        with self.desk.store.writing(wakes=False) as tx:
            sending.put_back(tx, message, self.sender, wait=wait, problem=why.problem, begun_at=begun_at)

    def _stop(self, message: Message, problem: str) -> None:
        now = self.clock.now()
        with self.desk.store.writing(wakes=False) as tx:
            sending.stop(tx, message, self.sender, state=REFUSED, problem=problem)
            owed = trouble.to_an_admin(tx, message, problem, now)
            if owed:
                outbox.owe(tx, message.team_id, owed, now)
        self.metrics.message(message.kind, metrics.REFUSED)
        level, words = (logging.WARNING, REFUSED_BY_SLACK) if owed else (logging.ERROR, UNTOLD)
        log.log(level, words, extra=_of(message, problem))

    def _backoff(self, message: Message, first: timedelta) -> timedelta:
        """From `first` on longer from attempt to attempt, and not the same for all: what failed together is not to come
        back together."""
        longer: timedelta = first * 2 ** min(message.attempts, 16)
        longest = timedelta(seconds=self.pace.longest)
        return max(first, min(longer, longest)) * random.uniform(1.0, 1.25)


def _of(message: Message, problem: str | None = None) -> dict[str, object]:
    """What a line of the log tells of a message: never what it says."""
    return {"key": message.key, "audience": message.audience, "attempt": message.attempts + 1, "problem": problem}
