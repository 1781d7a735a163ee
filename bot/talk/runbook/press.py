"""Buttons of `/runbook` and `/pipelines`, and the handoff's menu of runbooks."""

from bot.desk import Desk
from bot.runbooks.file import PLACES
from bot.speech import payload
from bot.speech.ask import Answer, Press
from bot.speech.parts.buttons import RUNBOOK_ACTION, RUNBOOKS_ACTION
from bot.talk import pipelines
from bot.talk.feature import Presses
from bot.talk.pipelines import ONE_ACTION
from bot.talk.runbook import command as runbook
from bot.talk.runbook.words import PAGE_ACTION, PLACE_ACTION, SECTION_ACTION


def opened(press: Press, desk: Desk) -> Answer:
    """*Open*, or back to it."""
    return Answer(runbook.opened(desk, press.ask("runbook"), press.value))


def section(press: Press, desk: Desk) -> Answer:
    """One of the sections."""
    return Answer(runbook.section(desk, press.ask("runbook"), press.value, press.action.removeprefix(SECTION_ACTION)))


def page(press: Press, desk: Desk) -> Answer:
    """*More* of a section."""
    slug, key, number = payload.parts(press.value, 3)
    if key not in PLACES:
        raise payload.Unreadable
    return Answer(runbook.section(desk, press.ask("runbook"), slug, key, payload.number(number)))


def place(press: Press, desk: Desk) -> Answer:
    """A piece of what stands beside the five sections, from their menu or from a search."""
    slug, number = payload.parts(press.chosen or press.value, 2)
    return Answer(runbook.place(desk, press.ask("runbook"), slug, payload.number(number)))


def chosen(press: Press, desk: Desk) -> Answer:
    """From the handoff's menu: for who chose, below the handoff."""
    return Answer(runbook.opened(desk, press.ask("runbook"), press.chosen or ""), "beside")


def pipeline(press: Press, desk: Desk) -> Answer:
    """*Details* of a pipeline."""
    return Answer(pipelines.in_detail(desk, press, press.value))


ACTIONS: Presses = {
    RUNBOOK_ACTION: opened,
    PAGE_ACTION: page,
    PLACE_ACTION: place,
    ONE_ACTION: pipeline,
    RUNBOOKS_ACTION: chosen,
    **{SECTION_ACTION + key: section for key in PLACES},
}
