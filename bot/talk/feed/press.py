"""*New links* and *Revoke* below `/oncall feed`."""

from collections.abc import Callable, Mapping

from bot.desk import Desk
from bot.speech.ask import Answer, Press
from bot.talk.feed import command as feed
from bot.talk.feed import words as views
from bot.talk.feed.words import NEW_ACTION, REVOKE_ACTION


def new(press: Press, desk: Desk) -> Answer:
    """Other links, instead of those there were."""
    if not desk.url:
        return Answer(views.no_address())
    return Answer(feed.make(desk, press.asker, press.now, press.key))


def revoke(press: Press, desk: Desk) -> Answer:
    """No links any more."""
    return Answer(feed.revoke(desk, press.asker, press.now))


ACTIONS: Mapping[str, Callable[[Press, Desk], Answer]] = {NEW_ACTION: new, REVOKE_ACTION: revoke}
