"""Buttons that stand below what several subjects say. What each does is decided where its action is answered."""

from collections.abc import Sequence
from datetime import date

from bot.speech.ask import Block
from bot.speech.blocks import button, menu
from models.pipelines import Pipeline

CALENDAR, CALENDAR_ACTION = "Calendar", "oncall.calendar"
MORE_WEEKS, SCHEDULE_ACTION = "Next 8 weeks", "oncall.schedule"
NEED, NEED_ACTION = "I need cover", "request.need"
DECLARE, HOLIDAY_FORM_ACTION = "Declare time off", "holiday.open"
TAKE_OFF, TAKE_OFF_ACTION = "Take it off", "holiday.public"
GIVE_BACK, I_AM_BACK, GIVE_BACK_ACTION = "Give it back", "I'm back", "take.give-back"
RUNBOOK, RUNBOOK_ACTION = "Runbook", "runbook.open"
RUNBOOKS, RUNBOOKS_ACTION = "Open a runbook", "handoff.runbook"


def calendar() -> Block:
    """*Calendar*: the picture of the weeks to come."""
    return button(CALENDAR, CALENDAR_ACTION)


def more_weeks() -> Block:
    """*Next 8 weeks*: who holds each of them, in words."""
    return button(MORE_WEEKS, SCHEDULE_ACTION, "8")


def need_cover(first: date | None = None) -> Block:
    """*I need cover*, of the week that begins on `first`; None: of one that is chosen then."""
    return button(NEED, NEED_ACTION, first.isoformat() if first else "")


def declare(first: date | None = None) -> Block:
    """*Declare time off*: the form, with the date `first` in it."""
    return button(DECLARE, HOLIDAY_FORM_ACTION, first.isoformat() if first else "")


def give_back(take_over: int | None, words: str = GIVE_BACK) -> Block:
    """*Give it back*, or how else it is called: ends the take-over with that id."""
    return button(words, GIVE_BACK_ACTION, str(take_over))


def runbook(slug: str) -> Block:
    """*Runbook*, of a pipeline."""
    return button(RUNBOOK, RUNBOOK_ACTION, slug)


def runbooks(pipelines: Sequence[Pipeline]) -> Block:
    """A menu of the pipelines' runbooks. There must be one."""
    return menu(RUNBOOKS, RUNBOOKS_ACTION, [(pipeline.name, pipeline.slug) for pipeline in pipelines])
