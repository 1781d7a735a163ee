"""What the channel reads, without a Slack: what is owed is said, and edited, as the bot's voice would."""

from datetime import datetime

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.blocks import text_of
from bot.talk.posts import render
from bot.talk.telling import Post
from models import outbox
from models.outbox import CHANNEL, NEEDLESS, SAID, Message, sending
from models.outbox.sending import Claim
from models.store.engine import Store, Tx
from scheduler import tick
from scheduler.team import roster
from tests.kit.changes import LIMITS
from tests.kit.stage import RUNBOOKS


class Channel:
    """The channel of a store's own team: its messages by their ids, each with its kind and its lines as they read."""

    def __init__(self, store: Store) -> None:
        """Empty."""
        self.desk, self.messages = Desk(store, Library(RUNBOOKS)), dict[int, tuple[str, list[str]]]()

    def reads(self, kind: str) -> list[list[str]]:
        """The messages of a kind, the oldest first."""
        return [lines for each, lines in self.messages.values() if each == kind]

    def tick(self, now: datetime) -> list[str]:
        """What a tick owes, by its kinds; it is said."""
        owed = [each.kind for each in tick.tick(self.desk.store, now)]
        self.say(now)
        return owed

    def say(self, now: datetime) -> None:
        """Say what is due."""
        with self.desk.store.writing() as tx:
            while isinstance(claim := sending.claim(tx, now, LIMITS), Claim):
                self._say(tx, claim, now)

    def _say(self, tx: Tx, claim: Claim, now: datetime) -> None:
        message = claim.message
        original = outbox.by_id(tx, message.team_id, message.edits) if message.edits else None
        said = render(tx, self.desk, roster.own(tx), message, now)
        if original and (original.state != SAID or outbox.has_newer_edit(tx, message)):
            said = None
        if not isinstance(said, Post):
            sending.stop(tx, claim, state=NEEDLESS, problem="of no use")
            return
        sending.settle(tx, claim, LIMITS, "C1", str(message.id), now)
        self._keep(original or message, text_of(said.reply.blocks).splitlines())

    def _keep(self, message: Message, lines: list[str]) -> None:
        if message.audience == CHANNEL:
            self.messages[message.id] = message.kind, lines
