"""Buttons below the news that Slack refuses a message: for admins."""

from collections.abc import Callable

from bot.desk import Desk
from bot.speech import payload
from bot.speech.ask import Answer, Press
from bot.speech.blocks import say
from bot.talk.feature import Presses
from bot.talk.trouble import words as views
from bot.talk.trouble.words import AGAIN_ACTION, DROP_ACTION, LEFT, SENT_AGAIN, SETTLED
from models import outbox
from models.outbox import Message
from models.store.engine import Tx
from scheduler.refusals import NotAllowed
from scheduler.team import roster


def again(press: Press, desk: Desk) -> Answer:
    """*Try again*: with all that was refused to the same audience, since the same thing was mended for it."""

    def retry(tx: Tx, message: Message) -> None:
        outbox.retry_refused(tx, team_id=message.team_id, audience=message.audience)

    return _settled(press, desk, retry, SENT_AGAIN)


def drop(press: Press, desk: Desk) -> Answer:
    """*Leave it*: that one is never said."""
    return _settled(press, desk, lambda tx, message: outbox.drop(tx, message.id), LEFT)


def _settled(press: Press, desk: Desk, do: Callable[[Tx, Message], object], words: str) -> Answer:
    with desk.store.writing() as tx:
        team = roster.load(tx, press.team)
        if not press.asker.is_admin(team):
            raise NotAllowed()
        message = outbox.by_id(tx, team.id, payload.number(press.value))
        if message is None or not message.is_refused:
            return Answer(say(SETTLED))
        do(tx, message)
        return Answer(views.answered(team, words, message))


ACTIONS: Presses = {AGAIN_ACTION: again, DROP_ACTION: drop}
