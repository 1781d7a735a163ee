"""*I've got it* below the handoff."""

from collections.abc import Callable, Mapping

from bot.desk import Desk
from bot.speech import payload, permissions
from bot.speech.ask import Answer, Press
from bot.talk.handoff.words import GOT_IT_ACTION
from scheduler import holidays
from scheduler.team import roster


def got_it(press: Press, desk: Desk) -> Answer:
    """Whoever is on duty, or an admin, has taken the week on. The message is edited through the outbox."""
    with desk.store.writing() as tx:
        team = roster.load(tx)
        permissions.in_plan(press.asker, team)
        holidays.got_it(tx, press.asker.actor(team, press.now, press.key), payload.day(press.value, press))
    return Answer()


ACTIONS: Mapping[str, Callable[[Press, Desk], Answer]] = {GOT_IT_ACTION: got_it}
