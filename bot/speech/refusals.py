"""Every refusal → what somebody reads who asked for what could not be."""

import logging
from dataclasses import replace

from bot.clock import ClockOff
from bot.speech import say, usage
from bot.speech.ask import Reply
from bot.speech.mrkdwn import escape
from models.store.errors import MaybeSaved, StoreError
from scheduler.refusals import Refused
from scheduler.rule.hours import ONE_DAY
from scheduler.team.roster import NoPlan

NO_PLAN = "There is no team here yet: an admin applies a plan first, with `python -m bot plan apply FILE`."
CANNOT_READ = "I can't reach my store just now. Nothing was changed; please try again in a moment."
CANNOT_SAVE = "I can't save anything just now, so nothing was changed. Please try again in a few minutes."
MAYBE_SAVED = (
    "My store went away while I was saving, so it may have been saved or not. Please look before you try again."
)

UNDERSTOOD = "I understood {days}."

log = logging.getLogger(__name__)


def refusal(error: Refused | NoPlan | StoreError) -> Reply:
    """What somebody is told who asked for something that could not be."""
    if isinstance(error, NoPlan):
        return usage.refused(NO_PLAN)
    if isinstance(error, Refused):
        return usage.refused(escape(str(error)), *_understood(error))
    log.warning("somebody could not be answered", extra={"problem": str(error)})
    if isinstance(error, ClockOff):
        return replace(usage.refused(escape(str(error))), failed=True)
    words = CANNOT_SAVE if error.writing else CANNOT_READ
    return replace(usage.refused(MAYBE_SAVED if isinstance(error, MaybeSaved) else words), failed=True)


def _understood(error: Refused) -> list[str]:
    return [UNDERSTOOD.format(days=say.days(error.days[0], error.days[1] - ONE_DAY))] if error.days else []
