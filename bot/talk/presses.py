"""What can be pressed, chosen or sent, and what answers it. Who pressed is checked, not who was shown the button."""

from collections.abc import Callable, Mapping

from bot.desk import Desk
from bot.speech.ask import Answer, Press
from bot.speech.refusals import refusal
from bot.talk.cover import press as request
from bot.talk.fairness import press as fairness
from bot.talk.feed import press as feed
from bot.talk.handoff import press as handoff
from bot.talk.holiday import press as holiday
from bot.talk.log import press as log
from bot.talk.oncall import press as oncall
from bot.talk.owners import press as owners
from bot.talk.rotation import press as roster
from bot.talk.runbook import press as runbook
from bot.talk.settings import press as settings
from bot.talk.takeover import press as take
from bot.talk.trouble import press as trouble
from models.store.errors import StoreError
from scheduler.refusals import Refused
from scheduler.team.roster import NoPlan

ACTIONS: Mapping[str, Callable[[Press, Desk], Answer]] = {
    **oncall.ACTIONS,
    **holiday.ACTIONS,
    **handoff.ACTIONS,
    **runbook.ACTIONS,
    **trouble.ACTIONS,
    **request.ACTIONS,
    **take.ACTIONS,
    **log.ACTIONS,
    **roster.ACTIONS,
    **owners.ACTIONS,
    **fairness.ACTIONS,
    **settings.ACTIONS,
    **feed.ACTIONS,
}
MODALS: Mapping[str, Callable[[Press, Desk], Answer]] = {
    **holiday.MODALS,
    **request.MODALS,
    **roster.MODALS,
    **owners.MODALS,
    **settings.MODALS,
}


def answer(press: Press, desk: Desk) -> Answer:
    """Answer a press. A refusal stands beside what was pressed, for the presser only."""
    try:
        return ACTIONS[press.action](press, desk)
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(refusal(refused), "beside")


def submit(press: Press, desk: Desk) -> Answer:
    """Take a modal that was sent. Raises BadFields where it needs another look."""
    return MODALS[press.action](press, desk)
