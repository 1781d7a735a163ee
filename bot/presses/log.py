"""*Older ones* below `/oncall log`."""

from collections.abc import Callable, Mapping

from bot import standing
from bot.ask import Answer, Desk, Press
from bot.commands import history
from bot.presses import carried
from bot.views.log import OLDER_ACTION
from scheduler import roster


def older(press: Press, desk: Desk) -> Answer:
    """The page before the one above, below it."""
    before, _, who = press.value.partition("/")
    last = carried.number(before)
    with desk.store.reading() as tx:
        known = roster.load(tx)
        standing.in_plan(press.asker, known)
        return Answer(history.page(tx, known, known.people.get(who), last), "beside")


ACTIONS: Mapping[str, Callable[[Press, Desk], Answer]] = {OLDER_ACTION: older}
