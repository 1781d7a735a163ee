"""*I've got it* below the handoff."""

from collections.abc import Callable, Mapping

from bot import standing
from bot.ask import Answer, Desk, Press
from bot.presses import carried
from bot.views.handoff import GOT_IT_ACTION
from scheduler import change, roster


def got_it(press: Press, desk: Desk) -> Answer:
    """Whoever is on duty, or an admin, has taken the week on. The message is edited through the outbox."""
    with desk.store.writing() as tx:
        known = roster.load(tx)
        standing.in_plan(press.asker, known)
        change.got_it(tx, press.asker.request(known, press.now, press.key), carried.day(press.value, press))
    return Answer()


ACTIONS: Mapping[str, Callable[[Press, Desk], Answer]] = {GOT_IT_ACTION: got_it}
