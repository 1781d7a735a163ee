"""Says one message: renders it, finds out whether an earlier attempt said it, and posts, edits or uploads it.

What an earlier attempt may have done is looked up first; only then the attempt is put on record as begun, and only
after that Slack is asked. Nothing here writes to the store.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.delivery.attempt import Attempt
from bot.desk import Desk
from bot.slack.channels import Channels
from bot.slack.client import Passage, Posted, Slack
from bot.slack.trouble import Doubtful, Passing, SlackRefused, SlackTrouble
from bot.speech.ask import Reply
from bot.speech.blocks import context, text_of
from bot.talk.drawings import file_of
from bot.talk.posts import render
from bot.talk.telling import Drawing, Post, Removal
from models import outbox
from models.outbox import CHANNEL, NO_MEMBER, PICTURES, SAID, Message, Owed
from scheduler.team import roster
from scheduler.team.roster import Roster
from scheduler.trouble import TRIED_FOR

MAYBE_REPEATED = "_This may be a repeat: I could not find out whether I had said it._"
REPEATED_TITLE = "{title} (this may be a repeat)"
UNREADABLE = "the history can't be read; it may be said twice"
SLACK_CLOCK = timedelta(minutes=5)  # how far Slack's clock and ours may be apart

_T = TypeVar("_T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """Where a message stands, and what is owed now that it does."""

    posted: Posted
    follows: tuple[Owed, ...] = ()


class Voice:
    """Says what one store owes in one workspace."""

    def __init__(self, desk: Desk, slack: Slack, clock: Clock, passing: Callable[[str], None]) -> None:
        """`passing` is called with the name of each step that is reached."""
        self.desk, self.slack, self.clock, self.passing = desk, slack, clock, passing
        self.channels = Channels(desk.store, slack)

    def say(self, turn: Attempt) -> Said | None:
        """Say the message of a turn, which begins when nothing but the request is left to do. Returns None where it is
        of no use any more. Raises LostClaim, SlackTrouble, StoreError and NoPlan."""
        message = turn.message
        with self.desk.store.reading() as tx:
            team = roster.load(tx, message.team_id)
            post = render(tx, self.desk, team, message, self.clock.now())
            original = outbox.by_id(tx, message.team_id, message.edits) if message.edits else None
            if original and (original.state != SAID or outbox.has_newer_edit(tx, message)):
                post = None
        self.passing("rendered")
        if isinstance(post, Removal):
            return self._remove(turn, post)
        if original:
            return self._edit(turn, original, post)
        if post is None and message.begun_at is None:
            return None
        return self._post(turn, _slack_id(team, message), post)

    def _edit(self, turn: Attempt, original: Message, post: Post | Drawing | None) -> Said | None:
        """The same again is harmless, so nothing is looked up."""
        if not isinstance(post, Post) or not original.channel or not original.ts:
            return None
        place = Posted(original.channel, original.ts)
        self._begin(turn)
        self.slack.edit(place, post.reply)
        return Said(place)

    def _remove(self, turn: Attempt, gone: Removal) -> Said:
        """The same again is harmless."""
        self._begin(turn)
        self.slack.remove_file(gone.file)
        return Said(Posted(turn.message.audience, None))

    def _post(self, turn: Attempt, to: str, post: Post | Drawing | None) -> Said | None:
        try:
            earlier, may_repeat = self._earlier(turn, to)
        except SlackTrouble:
            if post is None:  # of no use any more, so nobody goes on asking whether it was said
                return None
            raise
        if earlier:
            return Said(earlier, _follows(post))
        if post is None:
            return None
        if isinstance(post, Drawing):
            self._clear(turn, to, post)
            return Said(self._share(turn, to, post, may_repeat=may_repeat))
        posted = self._say(turn, to, _marked(post.reply) if may_repeat else post.reply)
        return Said(posted, _follows(post))

    def _say(self, turn: Attempt, to: str, reply: Reply) -> Posted:
        if turn.message.audience != CHANNEL:
            return self._send(turn, to, reply)
        return self.channels.within(to, lambda place: self._send(turn, place, reply), turn.keep)

    def _send(self, turn: Attempt, place: str, reply: Reply) -> Posted:
        self._begin(turn)
        return self.slack.post(place, reply, turn.message.key)

    def _clear(self, turn: Attempt, to: str, drawing: Drawing) -> None:
        """Where the store was put back since the thread began, pictures may stand there that it does not know of."""
        stamped_at, thread = turn.claim.stamped_at, drawing.thread
        if thread is None or stamped_at is None or float(thread) > (stamped_at + SLACK_CLOCK).timestamp():
            return
        try:
            where = Passage(self._conversation(turn, to), float(thread), turn.keep, thread)
            left = self.slack.find_files(where, drawing.family)
            for file_id in left:
                self.slack.remove_file(file_id)
        except SlackRefused as refused:
            _give_up_looking(turn, refused)

    def _share(self, turn: Attempt, to: str, drawing: Drawing, *, may_repeat: bool) -> Posted:
        """What is sent first nobody sees; it is shown once it is shared."""
        place, file_id = self._conversation(turn, to), self.slack.send_file(drawing.name, drawing.draw())
        self._begin(turn)
        title = REPEATED_TITLE.format(title=drawing.title) if may_repeat else drawing.title
        self.slack.share_file(place, file_id, title, drawing.thread)
        return Posted(place, file_id)  # Slack shares it a little later, and says not as which message

    def _begin(self, turn: Attempt) -> None:
        turn.begin()
        self.passing("begun")

    def _conversation(self, turn: Attempt, to: str) -> str:
        return self._there(turn, to, lambda place: place)

    def _there(self, turn: Attempt, to: str, do: Callable[[str], _T]) -> _T:
        """What `do` makes of the conversation's id: history and files want that of the direct messages, not the
        member's."""
        return do(self.slack.direct(to)) if to.startswith(("U", "W")) else self.channels.within(to, do, turn.keep)

    def _earlier(self, turn: Attempt, to: str) -> tuple[Posted | None, bool]:
        """What was said before after all, and whether saying it again may repeat it, since the history can't be read.
        It may have been said by an attempt of unknown outcome, or by a bot that ran before the store was put back."""
        message, stamped_at = turn.message, turn.claim.stamped_at
        stamped = stamped_at is not None and message.due_at <= stamped_at
        if message.begun_at is None and not stamped:
            return None, False
        # A turned clock, by which Slack's stamps go in the sandbox, may be ahead of the real one or behind it.
        moments = [message.tried_at, message.owed_at, message.due_at if stamped else None]
        since = min(moment for moment in moments if moment) - SLACK_CLOCK
        file = file_of(message)

        def look(place: str) -> Posted | None:
            where = Passage(place, since.timestamp(), turn.keep, file.thread if file else None, message.begun_at)
            return self.slack.find_file(where, file.name) if file else self.slack.find(where, message.key)

        try:
            found = self._there(turn, to, look)
        except SlackRefused as refused:
            _give_up_looking(turn, refused)
            return None, True
        self.passing("looked up")
        return found, False


def _give_up_looking(turn: Attempt, refused: SlackRefused) -> None:
    """Only what is refused for good, or was for an hour. What may pass is raised: it is looked up once more, and said
    by nobody before that."""
    if isinstance(refused, Passing) or (isinstance(refused, Doubtful) and turn.refused_for < TRIED_FOR):
        raise refused
    log.warning(UNREADABLE, extra={"team": turn.message.team_id, "key": turn.message.key, "problem": refused.problem})


def _slack_id(team: Roster, message: Message) -> str:
    """The channel's name or id, or the member's id. Raises SlackRefused where nobody in Slack is known for a person."""
    if message.audience in (CHANNEL, PICTURES):
        return team.facts.channel
    kind, _, who = message.audience.partition(":")
    slack_id = who if kind == "slack" else team.people[who].slack
    if not slack_id:
        raise SlackRefused(NO_MEMBER)
    return slack_id


def _follows(post: Post | Drawing | None) -> tuple[Owed, ...]:
    return post.follows if isinstance(post, Post) else ()


def _marked(reply: Reply) -> Reply:
    note = context(MAYBE_REPEATED)
    return Reply(f"{reply.text}\n{text_of([note])}", [*reply.blocks, note])
