"""Says one message: renders it, finds out whether an earlier attempt said it, and posts, edits or uploads it.

What an earlier attempt may have done is looked up first; only then the attempt is put on record as begun, and only
after that Slack is asked. Nothing here writes to the store.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.ask import Desk, Reply
from bot.clock import Clock
from bot.posts import Drawing, Post, file_name, is_file, render
from bot.slack import NO_MEMBER, Limited, Posted, Refused, Slack, Unclear, Unreached
from bot.views.blocks import context, text_of
from models import outbox
from models.outbox import CHANNEL, SAID, Message, Owed
from models.sending import Claim
from scheduler import roster
from scheduler.roster import Roster

MAYBE_REPEATED = "_This may be a repeat: I could not find out whether I had said it._"
UNREADABLE = "the history can't be read; it may be said twice"
SLACK_CLOCK = timedelta(minutes=5)  # how far Slack's clock and ours may be apart

T = TypeVar("T")

log = logging.getLogger(__name__)


class MaybeSaid(Unclear):
    """An attempt that began at `began` (real clock) may have had its effect."""

    def __init__(self, problem: str, began: datetime) -> None:
        super().__init__(problem)
        self.began = began


@dataclass(frozen=True, slots=True)
class Said:
    """Where a message stands, and what is owed now that it does."""

    posted: Posted
    follows: Owed | None = None


class Voice:
    """Says what one store owes in one workspace."""

    def __init__(self, desk: Desk, slack: Slack, clock: Clock, passing: Callable[[str], None]) -> None:
        """`passing` is called with the name of each step that is reached."""
        self.desk, self.slack, self.clock, self.passing = desk, slack, clock, passing

    def say(self, claim: Claim, message: Message, begin: Callable[[], datetime]) -> Said | None:
        """Say the message of a claim. `begin` is called when nothing but the request is left to do, and returns when
        the attempt began. Returns None where it is of no use any more. Raises MaybeSaid, SlackTrouble, StoreError,
        NoPlan and whatever `begin` raises."""
        with self.desk.store.reading() as tx:
            known = roster.load(tx)
            post = render(tx, self.desk, known, message, self.clock.now())
            original = outbox.one(tx, message.edits) if message.edits else None
            if original and (original.state != SAID or outbox.has_newer_edit(tx, message)):
                post = None
        self.passing("rendered")
        if original:
            return self._edit(original, post, begin)
        if post is None and message.begun_at is None:
            return None
        return self._post(claim, message, _slack_id(known, message), post, begin)

    def _edit(self, original: Message, post: Post | Drawing | None, begin: Callable[[], datetime]) -> Said | None:
        """The same again is harmless, so nothing is looked up."""
        if not isinstance(post, Post) or not original.channel or not original.ts:
            return None
        place, reply = Posted(original.channel, original.ts), post.reply
        self._attempt(begin, lambda: self.slack.edit(place, reply))
        return Said(place)

    def _post(
        self, claim: Claim, message: Message, to: str, post: Post | Drawing | None, begin: Callable[[], datetime]
    ) -> Said | None:
        earlier, may_repeat = self._earlier(claim, message, to)
        if earlier:
            return Said(earlier, _follows(post, message, self.clock.now()))
        if post is None:
            return None
        if isinstance(post, Drawing):
            posted = self._upload(to, post, begin)
        else:
            posted = self._say(message, to, _marked(post.reply) if may_repeat else post.reply, begin)
        return Said(posted, _follows(post, message, self.clock.now()))

    def _say(self, message: Message, to: str, reply: Reply, begin: Callable[[], datetime]) -> Posted:
        place = self.slack.channel_id(to) if message.audience == CHANNEL else to
        return self._attempt(begin, lambda: self.slack.post(place, reply, message.key))

    def _upload(self, to: str, drawing: Drawing, begin: Callable[[], datetime]) -> Posted:
        place, content = self._conversation(to), drawing.draw()
        self._attempt(begin, lambda: self.slack.upload(place, drawing.name, content, drawing.title))
        return Posted(place, None)  # Slack shares it a little later, and says not as which message

    def _attempt(self, begin: Callable[[], datetime], do: Callable[[], T]) -> T:
        began = begin()
        self.passing("begun")
        try:
            return do()
        except Unclear as unclear:
            raise MaybeSaid(unclear.problem, began) from None

    def _conversation(self, to: str) -> str:
        """The id of the conversation: history and files want that of the direct messages, not the member's."""
        return self.slack.direct(to) if to.startswith(("U", "W")) else self.slack.channel_id(to)

    def _earlier(self, claim: Claim, message: Message, to: str) -> tuple[Posted | None, bool]:
        """What was said before after all, and whether saying it again may repeat it. It may have been said by an
        attempt of unknown outcome, or by a bot that ran before the store was put back."""
        stamped = claim.stamped_at is not None and message.due_at <= claim.stamped_at
        if message.begun_at is None and not stamped:
            return None, False
        # A turned clock, by which Slack's stamps go in the sandbox, may be ahead of the real one or behind it.
        moments = [message.tried_at, message.owed_at, message.due_at if stamped else None]
        since = min(moment for moment in moments if moment) - SLACK_CLOCK
        try:
            place = self._conversation(to)
            if is_file(message):
                found = self.slack.find_file(place, file_name(message), since.timestamp())
            else:
                found = self.slack.find(place, message.key, since.timestamp())
        except (Limited, Unreached):
            raise
        except Refused as refused:
            log.warning(UNREADABLE, extra={"key": message.key, "problem": refused.problem})
            return None, True
        self.passing("looked up")
        return found, message.begun_at is not None


def _slack_id(known: Roster, message: Message) -> str:
    """The channel's name or id, or the member's id. Raises Refused where nobody in Slack is known for a person."""
    if message.audience == CHANNEL:
        return known.team.channel
    kind, _, who = message.audience.partition(":")
    slack_id = who if kind == "slack" else known.people[who].slack
    if not slack_id:
        raise Refused(NO_MEMBER)
    return slack_id


def _follows(post: Post | Drawing | None, message: Message, now: datetime) -> Owed | None:
    if not isinstance(post, Post) or post.follows is None:
        return None
    return Owed(post.follows, message.about, message.audience, now, message.facts)


def _marked(reply: Reply) -> Reply:
    note = context(MAYBE_REPEATED)
    return Reply(f"{reply.text}\n{text_of([note])}", [*reply.blocks, note])
