"""What can be pressed, chosen or sent, and what answers it. Who pressed is checked, not who was shown the button."""

from bot.desk import Desk
from bot.speech.ask import Answer, Press
from bot.speech.refusals import refusal
from bot.talk import commands
from bot.talk.feature import Presses
from models.store.errors import StoreError
from scheduler.refusals import Refused
from scheduler.team.roster import NoPlan

ACTIONS: Presses = {
    **{action: does for each in commands.FEATURES for action, does in each.actions.items()},
    commands.HELP_ACTION: commands.all_help,
}
FORMS: Presses = {callback: does for each in commands.FEATURES for callback, does in each.forms.items()}


def answer(press: Press, desk: Desk) -> Answer:
    """Answer a press. A refusal stands beside what was pressed, for the presser only."""
    try:
        return ACTIONS[press.action](press, desk)
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(refusal(refused, press.team), "beside")


def submit(press: Press, desk: Desk) -> Answer:
    """Take a form that was sent. Raises BadFields where it needs another look."""
    return FORMS[press.action](press, desk)
