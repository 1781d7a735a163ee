"""Posts what is owed: one sender at a time in a channel, over all bots, woken by each commit that owes something.

    sending.claim ─► posts.render ─► (looked up by its key) ─► Slack ─► settle: said
                                                                │
                     put back: looked up, then again ◄── unclear┤
                     put back ◄─────────────── passes by itself ┤
                     the channel waits ◄───────── "not so fast" ┤
     put back; stopped after an hour ◄── refused so far ┤
                     stopped, and an admin is told ◄── refused ─┘

What is promised: **nothing that is owed is lost, and nothing is said twice while a request to Slack takes effect within
its bound**, the client's timeout and `settles` seconds more. Slack knows no idempotency key. So an attempt of which
nobody knows what came of it (a timeout, a dropped or truncated answer, a 5xx, a bot that was killed) is looked up by
the message's key, in the metadata of the conversation's history, before it is made again. Nobody looks before that
bound has passed since the attempt began, so that what was in flight has landed; the claim's lease outlasts it. What is
not in a history that was read to its end is not there, and is said as if for the first time.

What is not promised: where the history can't be read (the bot was removed, a scope is missing, or Slack refuses it for
an hour) nobody can know, and it errs towards saying something once more: a repeated handoff is a nuisance, a lost one
leaves nobody on call. Then it says that it may be a repeat. Beyond the bound (a process that was frozen for minutes
between deciding to post and posting, a history that lags longer) it does not even know that it does not know: then a
message comes twice, and neither says so.

- The client's timeout is for connecting and for each read. A slow name server, or an address that is tried after
  another, can let a request leave later than it says: that too is beyond the bound.
- Direct messages are looked up like any other. **Edits** need not be: the same again is harmless; one that a later edit
  overtook is needless, and the later one waits until it has landed. **Pictures** carry no metadata: they are looked up
  by their file's name, which has the key; the attempt begins when the file that was sent is to be shared.
- Answers to commands and presses are no messages: Slack takes them once, within seconds, and people ask again.
- What Slack refuses for good is stopped, told to an admin (else to the log), and stays to be seen, retried or dropped.
  What it refuses for now is tried again: until it is of no use any more where that passes by itself, else for an hour,
  and then an admin hears after five minutes. `slack/errors.py` has the sorts. A look-up that is refused for now is
  repeated.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.delivery.attempt import Attempt, LostClaim
from bot.delivery.voice import Said, Voice
from bot.desk import Desk
from bot.ops import metrics
from bot.ops.metrics import Metrics
from bot.pace import Pace
from bot.slack.client import Slack
from bot.slack.trouble import Doubtful, Limited, Passing, SlackRefused, SlackTrouble
from bot.speech.store_trouble import told
from bot.talk.telling import UnknownKind
from bot.worker import Worker
from models import outbox
from models.outbox import NEEDLESS, REFUSED, Message, sending
from models.outbox.sending import Claim, Nothing
from models.store.errors import StoreError
from scheduler import trouble
from scheduler.team.roster import NoPlan
from scheduler.trouble import TOLD_AFTER, TRIED_FOR

POLL_SECONDS = 2.0  # news waits a minute, other bots owe things too
SOON = timedelta(seconds=1)
OF_NO_USE = "of no use any more"
MAYBE, LATER = "unclear whether it was said; looked up, then tried again", "tried again later"
REFUSED_SO_FAR = "refused by Slack so far, and tried again"
REFUSED_BY_SLACK = "refused by Slack; an admin is told"
UNTOLD = "refused by Slack, and no admin can be told; `python -m bot outbox list` shows it"
NOT_SAVED = "the store did not take what came of it; looked up later"
LOST = "took too long, so somebody else sends it"
UNEXPECTED = "a sender met something unexpected; what it sent is looked up later"
NOT_RENDERED = "could not be said"
UNKNOWN_KIND = "of a kind that this release does not know; left to one that does"
LIMITED = "Slack takes no more for a while"

log = logging.getLogger(__name__)


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
        self.voice = Voice(desk, slack, clock, passing)
        self.worker = Worker("delivery", self._hand_out, POLL_SECONDS)
        self._claiming = threading.Lock()
        self._senders: ThreadPoolExecutor | None = None
        self._free = threading.Semaphore(pace.senders)
        self._again_at: datetime | None = None
        self._more = False
        self.may_begin: Callable[[], bool] = lambda: True

    def deliver(self) -> list[Message]:
        """Send all that can be sent now, or within a few seconds, one after the other in this thread. Returns what was
        said. Raises StoreError and NoPlan."""
        said: list[Message] = []
        while True:
            turn = self._claim()
            if turn is None:
                wait = self._seconds_to_wait()
                if wait is None or wait > POLL_SECONDS:
                    return said
                time.sleep(wait)
            elif self._send(turn):
                said.append(turn.message)

    def stop(self) -> None:
        """Send what is being sent, and no more."""
        self.worker.stop()
        if self._senders:
            self._senders.shutdown(wait=True)

    def _hand_out(self) -> float | None:
        """Have messages sent, each by a thread of its own, until none can be now. Returns when to look again."""
        if not self.may_begin():
            return SOON.total_seconds() / 10
        self._senders = self._senders or ThreadPoolExecutor(self.pace.senders, "sender")
        while not self.worker.stopping and self._free.acquire(blocking=False):
            turn = None
            try:
                turn = self._claim()
            finally:
                if turn is None:
                    self._free.release()
            if turn is None:
                return self._seconds_to_wait()
            self._senders.submit(self._send_and_wake, turn).add_done_callback(_told)
        return None

    def _seconds_to_wait(self) -> float | None:
        return max(0.0, (self._again_at - datetime.now(UTC)).total_seconds()) if self._again_at else None

    def _send_and_wake(self, turn: Attempt) -> None:
        try:
            self._send(turn)
        except (StoreError, NoPlan) as error:
            # The claim runs out by its lease; then whoever takes it looks the message up.
            log.warning(NOT_SAVED, extra=_of(turn.message, told(error)))
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
                claim = sending.claim(tx, now, self.pace.limits)
            self._more = isinstance(claim, Claim)  # where there was one there may be another
        if isinstance(claim, Nothing):
            self._again_at = claim.until
            return None
        self.passing("claimed")
        return Attempt(self.desk.store, self.pace, claim, claimed)

    def _has_something(self, now: datetime) -> bool:
        with self.desk.store.reading() as tx:
            return sending.has_something(tx, now)

    def _send(self, turn: Attempt) -> bool:
        """Whether it was said."""
        try:
            said = self.voice.say(turn)
        except LostClaim:
            log.warning(LOST, extra=_of(turn.message))
        except SlackTrouble as trouble:
            self._not_said(turn, trouble)
        except UnknownKind:  # as of a newer release that runs beside this one
            self._put_back(turn, UNKNOWN_KIND, timedelta(seconds=self.pace.longest), turn.message.begun_at)
        except (StoreError, NoPlan):
            raise
        except Exception as surprise:  # one message that can't be rendered must not silence all others
            log.exception(NOT_RENDERED, extra=_of(turn.message))
            wait, began = timedelta(seconds=self.pace.longest), turn.began or turn.message.begun_at
            self._put_back(turn, type(surprise).__name__, wait, began)
        else:
            self._settle(turn, said)
            return said is not None
        return False

    def _settle(self, turn: Attempt, said: Said | None) -> None:
        self.passing("posted")
        message, now = turn.message, self.clock.now()
        with self.desk.store.writing(wakes=False) as tx:
            if said is None:
                sending.stop(tx, turn.claim, state=NEEDLESS, problem=OF_NO_USE)
            else:
                sending.settle(tx, turn.claim, self.pace.limits, said.posted.channel, said.posted.ts, now)
                for follows in said.follows:
                    outbox.owe(tx, message.team_id, follows, now)
            if message.attempts:  # somebody may have been told that it was not said
                trouble.correct(tx, message, now)
        self.metrics.message(message.team_id, message.kind, metrics.SAID if said else metrics.NEEDLESS)
        log.info(metrics.SAID if said else metrics.NEEDLESS, extra=_of(message))
        self.passing("settled")

    def _not_said(self, turn: Attempt, error: SlackTrouble) -> None:
        """What becomes of a message that was not said, or maybe was: `turn.began` tells whether it was tried."""
        self.passing("failed")
        match error:
            case Limited():
                self._wait(turn, error)
            case Passing():
                self._put_back(turn, error.problem, self._backoff(turn.message, SOON), turn.message.begun_at)
            case Doubtful() if turn.refused_for < TRIED_FOR:
                self._doubt(turn, error.problem)
            case SlackRefused():
                self._stop(turn, error.problem)
            case _:
                first = self.pace.settles if turn.began else self.pace.timeout
                wait = self._backoff(turn.message, timedelta(seconds=first))
                self._put_back(turn, error.problem, wait, turn.began or turn.message.begun_at)

    def _wait(self, turn: Attempt, limited: Limited) -> None:
        log.warning(LIMITED, extra={**_of(turn.message), "seconds": limited.retry_after})
        wait = timedelta(seconds=limited.retry_after)
        if not limited.of_posting:
            self._put_back(turn, limited.problem, wait, turn.message.begun_at)
            return
        with self.desk.store.writing(wakes=False) as tx:
            sending.hold(tx, turn.claim, wait=wait, problem=limited.problem)

    def _put_back(self, turn: Attempt, problem: str, wait: timedelta, begun_at: datetime | None) -> None:
        unclear = turn.began is not None and begun_at == turn.began
        if unclear:
            self.metrics.message(turn.message.team_id, turn.message.kind, metrics.AMBIGUOUS)
        log.warning(MAYBE if unclear else LATER, extra=_of(turn.message, problem))
        with self.desk.store.writing(wakes=False) as tx:
            sending.put_back(tx, turn.claim, wait=wait, problem=problem, begun_at=begun_at)

    def _doubt(self, turn: Attempt, problem: str) -> None:
        """Somebody must mend it, or it passes: it is tried for an hour, and an admin hears after five minutes."""
        message, so_far = turn.message, turn.refused_for
        ends = TOLD_AFTER if so_far < TOLD_AFTER else TRIED_FOR
        wait = min(self._backoff(message, SOON), ends - so_far)
        log.warning(REFUSED_SO_FAR, extra=_of(message, problem))
        with self.desk.store.writing(wakes=False) as tx:
            begun_at = message.begun_at
            goes_on = sending.put_back(tx, turn.claim, wait=wait, problem=problem, begun_at=begun_at, refused=True)
            late = goes_on and so_far >= TOLD_AFTER
            told = late and trouble.tell_an_admin(tx, message, problem, self.clock.now(), goes_on=True)
        if late and not told:
            log.error(UNTOLD, extra=_of(message, problem))

    def _stop(self, turn: Attempt, problem: str) -> None:
        message, now = turn.message, self.clock.now()
        with self.desk.store.writing(wakes=False) as tx:
            stopped = sending.stop(tx, turn.claim, state=REFUSED, problem=problem)
            if stopped and message.attempts:
                trouble.correct(tx, message, now)
            told = stopped and trouble.tell_an_admin(tx, message, problem, now)
        if stopped:
            self.metrics.message(message.team_id, message.kind, metrics.REFUSED)
            level, words = (logging.WARNING, REFUSED_BY_SLACK) if told else (logging.ERROR, UNTOLD)
            log.log(level, words, extra=_of(message, problem))

    def _backoff(self, message: Message, first: timedelta) -> timedelta:
        """From `first` on longer from attempt to attempt, and not the same for all: what failed together is not to come
        back together."""
        longer: timedelta = first * 2 ** min(message.attempts, 16)
        longest = timedelta(seconds=self.pace.longest)
        return max(first, min(longer, longest)) * random.uniform(1.0, 1.25)


def _told(done: Future[None]) -> None:
    """Nothing that a sender meets is lost in its thread: here it is at least told."""
    error = done.exception()
    if error:
        log.error(UNEXPECTED, exc_info=error)


def _of(message: Message, problem: str | None = None) -> dict[str, object]:
    """What a line of the log tells of a message: never what it says."""
    return {
        "team": message.team_id,
        "key": message.key,
        "audience": message.audience,
        "attempt": message.attempts + 1,
        "problem": problem,
    }
