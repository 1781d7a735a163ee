"""*Older ones* below `/oncall log`."""

from bot.desk import Desk
from bot.speech import payload, permissions
from bot.speech.ask import Answer, Press
from bot.talk.feature import Presses
from bot.talk.log import command
from bot.talk.log.lines import OLDER_ACTION
from scheduler.team import roster


def older(press: Press, desk: Desk) -> Answer:
    """The page before the one above, below it."""
    before, _, who = press.value.partition("/")
    last = payload.number(before)
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
        permissions.in_plan(press.asker, team)
        return Answer(command.page(tx, team, team.people.get(who), last), "beside")


ACTIONS: Presses = {OLDER_ACTION: older}
