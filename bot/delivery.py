"""Posts what is owed, in a thread of its own, woken by each commit that owes something.

    outbox.claim ─► (looked up by its key) ─► posts.render ─► Slack ─► settle
                                                               │
                            put back ◄── surely not posted ────┤
                            put back, looked up first ◄── unclear

What is promised: nothing that is owed is lost, and nothing is said twice while a request to Slack takes effect within
the client's timeout and `settles` seconds after it. Slack knows no idempotency key, so an answer that leaves open
whether a post exists (a timeout, a dropped or truncated answer, a 5xx, a bot that was killed) is looked up by the
message's key, in the metadata of the conversation's history, before it is posted again; nobody looks before that bound
has passed, and a lease outlasts it. Beyond the bound, or where the history cannot be read, it errs towards saying
something once more, and marks the message so: a repeated handoff is a nuisance, a lost one leaves nobody on call.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.ask import Desk, Reply
from bot.clock import Clock
from bot.posts import PICTURE_NAME, Post, render
from bot.slack import Posted, Refused, Slack, SlackTrouble, Unclear
from bot.views.blocks import context, text_of
from bot.worker import Worker
from models import outbox
from models.outbox import CHANNEL, NEEDLESS, REFUSED, SAID, Message
from models.store import StoreError
from scheduler import roster
from scheduler.roster import NoPlan

MAYBE_REPEATED = "_This may be a repeat: I could not find out whether I had said it._"
PICTURE_TITLE = "On call"

NO_MEMBER = "nobody in Slack is known for this person"
FOR_PEOPLE = timedelta(minutes=5)  # what only a person can mend, such as an invitation to the channel
SLACK_CLOCK = timedelta(minutes=5)  # how far Slack's clock and ours may be apart
POLL_SECONDS = 2.0  # news waits a minute, other processes owe things too

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """Where something was said, and what draws the picture that goes with it."""

    channel: str
    picture: Callable[[], bytes] | None = None


class Delivery:
    """Delivers what one store owes to one workspace."""

    def __init__(self, desk: Desk, slack: Slack, clock: Clock, *, timeout: float, settles: float) -> None:
        """`timeout`: seconds that `slack` waits for an answer; `settles`: how much later a request may take effect."""
        self.desk, self.slack, self.clock = desk, slack, clock
        self.bound = timedelta(seconds=timeout + settles)
        self.worker = Worker("delivery", self.deliver, POLL_SECONDS)

    def deliver(self) -> list[Message]:
        """Send all that can be sent now. Returns what was said. Raises StoreError and NoPlan."""
        said = []
        while not self.worker.stopping and (message := self._claim()):
            if self._send(message):
                said.append(message)
        return said

    def _claim(self) -> Message | None:
        now, real_now = self.clock.now(), datetime.now(UTC)
        with self.desk.store.reading() as tx:
            if outbox.ready(tx, now=now, real_now=real_now) is None:
                return None
        with self.desk.store.writing() as tx:
            return outbox.claim(tx, now=now, real_now=real_now, lease=3 * self.bound)

    def _send(self, message: Message) -> bool:
        began = datetime.now(UTC)
        try:
            said = self._say(message)
        except Refused as refused:
            self._not_said(message, refused, began)
        except Unclear as unclear:
            log.warning("%s: unclear whether it was posted (%s); looking it up later", message.key, unclear)
            self._put_back(message, began + self.bound, unclear.problem, message.begun_at or began)
        except (StoreError, NoPlan):
            raise
        except Exception as surprise:  # one message that can't be rendered must not silence all others
            log.exception("%s: could not be said", message.key)
            self._put_back(message, began + FOR_PEOPLE, type(surprise).__name__, message.begun_at or began)
        else:
            if said and said.picture:
                self._add_picture(said.channel, said.picture)
            return said is not None
        return False

    def _put_back(self, message: Message, retry_at: datetime, problem: str, begun_at: datetime | None) -> None:
        with self.desk.store.writing() as tx:
            outbox.put_back(tx, message.id, retry_at=retry_at, problem=problem, begun_at=begun_at)

    def _say(self, message: Message) -> Said | None:
        with self.desk.store.reading() as tx:
            post = render(tx, self.desk, message, self.clock.now())
            original = outbox.one(tx, message.edits) if message.edits else None
        if post is None and message.begun_at is None:
            self._needless(message)
            return None
        if original and original.state == SAID and original.channel and original.ts:
            return self._edit(message, Posted(original.channel, original.ts), post)
        channel = self._channel(message)
        posted, may_repeat = self._earlier(message, channel)
        if posted is None:
            if post is None:
                self._needless(message)
                return None
            posted = self.slack.post(channel, _marked(post.reply) if may_repeat else post.reply, message.key)
        with self.desk.store.writing() as tx:
            outbox.settle(tx, message.id, channel=posted.channel, ts=posted.ts, now=self.clock.now())
        return Said(channel, post.picture if post else None)

    def _edit(self, message: Message, posted: Posted, post: Post | None) -> Said | None:
        if post is None:
            self._needless(message)
            return None
        self.slack.edit(posted, post.reply)
        with self.desk.store.writing() as tx:
            outbox.settle(tx, message.id, channel=posted.channel, ts=posted.ts, now=self.clock.now())
        return Said(posted.channel)

    def _channel(self, message: Message) -> str:
        with self.desk.store.reading() as tx:
            known = roster.load(tx)
        if message.audience == CHANNEL:
            return self.slack.channel_id(known.team.channel)
        kind, _, who = message.audience.partition(":")
        slack_id = who if kind == "slack" else known.people[who].slack
        if not slack_id:
            raise Refused(NO_MEMBER)
        return self.slack.direct(slack_id)

    def _earlier(self, message: Message, channel: str) -> tuple[Posted | None, bool]:
        """What an earlier attempt posted after all, and, where that can't be found out, that this may be a repeat."""
        if message.begun_at is None:
            return None, False
        since = min(message.begun_at, message.owed_at) - SLACK_CLOCK  # a turned clock may be ahead of the real one
        try:
            return self.slack.find(channel, message.key, since.timestamp()), False
        except Refused as refused:
            if refused.retry_after is not None:
                raise Unclear(refused.problem) from None
            log.warning("%s: the history can't be read (%s); it may be said twice", message.key, refused)
            return None, True

    def _add_picture(self, channel: str, draw: Callable[[], bytes]) -> None:
        """The picture is an extra beside the text: if it fails, the text has said it all."""
        try:
            self.slack.upload(channel, PICTURE_NAME, draw(), PICTURE_TITLE)
        except SlackTrouble as trouble:
            log.warning("the picture could not be sent: %s", trouble)

    def _needless(self, message: Message) -> None:
        with self.desk.store.writing() as tx:
            outbox.refuse(tx, message.id, state=NEEDLESS, problem="of no use any more")

    def _not_said(self, message: Message, refused: Refused, began: datetime) -> None:
        log.warning("%s: not posted: %s", message.key, refused)
        if refused.hopeless:
            with self.desk.store.writing() as tx:
                outbox.refuse(tx, message.id, state=REFUSED, problem=refused.problem)
            return
        wait = timedelta(seconds=refused.retry_after) if refused.retry_after is not None else FOR_PEOPLE
        self._put_back(message, began + wait, refused.problem, message.begun_at)


def _marked(reply: Reply) -> Reply:
    note = context(MAYBE_REPEATED)
    return Reply(f"{reply.text}\n{text_of([note])}", [*reply.blocks, note])
