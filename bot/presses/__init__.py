"""What can be pressed, chosen or sent, and what answers it. Who pressed is checked, not who was shown the button."""

from collections.abc import Callable, Mapping

from bot.ask import Answer, Desk, Press
from bot.commands import refusal
from bot.presses import (
    fairness,
    feed,
    handoff,
    holiday,
    log,
    oncall,
    owners,
    request,
    roster,
    runbook,
    settings,
    take,
    trouble,
)
from models.store_errors import StoreError
from scheduler.refusals import Refused
from scheduler.roster import NoPlan

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
