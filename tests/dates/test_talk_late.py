"""A form that does not open: who pressed reads so where they pressed, and what to do."""

import pytest

from bot.sandbox.records import SlackMessage
from bot.sandbox.rules.faults import Fault
from tests.kit.cast import MAYA, TOMS
from tests.kit.stage import Stage, press

OPEN = "views.open"
LATE = [Fault.api_error("expired_trigger_id"), Fault.rate_limited(30), Fault.api_error("team_added_to_org")]
PERHAPS = [Fault.http_error(500), Fault.dropped_before_accepting(), Fault.no_json(accepted=False)]
TOO_LATE = "That took too long, so nothing opened. Press again."
PERHAPS_OPEN = "Slack took too long to answer. If nothing has opened, press again."


def settings(stage: Stage) -> SlackMessage:
    """Maya's settings, with the button that opens the form."""
    return stage.ask(MAYA, "/oncall settings")


@pytest.mark.parametrize("fault", LATE)
def test_who_pressed_in_a_message_reads_below_it_that_nothing_opened(stage: Stage, fault: Fault) -> None:
    said = settings(stage)
    stage.slack.faults.arm(OPEN, fault)
    assert press(stage, MAYA, said, "settings.open").words() == TOO_LATE
    assert stage.slack.view_for(MAYA) is None
    assert "Two weeks before" in said.words()
    stage.slack.press(MAYA, said, "settings.open")
    stage.slack.until(lambda: stage.slack.view_for(MAYA) is not None)


@pytest.mark.parametrize("fault", PERHAPS)
def test_what_may_have_opened_is_called_so(stage: Stage, fault: Fault) -> None:
    said = settings(stage)
    stage.slack.faults.arm(OPEN, fault)
    assert press(stage, MAYA, said, "settings.open").words() == PERHAPS_OPEN


@pytest.mark.parametrize(("fault", "words"), [(LATE[0], TOO_LATE), (PERHAPS[0], PERHAPS_OPEN)])
@pytest.mark.parametrize("action", ["holiday.open", "oncall.calendar"])
def test_who_pressed_at_home_reads_it_there(stage: Stage, action: str, fault: Fault, words: str) -> None:
    stage.slack.open_home(TOMS)
    stage.slack.until(lambda: stage.slack.home_of(TOMS) is not None)
    home = stage.slack.home_of(TOMS)
    assert home
    stage.slack.faults.arm(OPEN, fault)
    stage.slack.press_in_view(TOMS, home, action)
    stage.slack.until(lambda: home.words().startswith(words))
    stage.slack.press_in_view(TOMS, home, action)
    stage.slack.until(lambda: stage.slack.view_for(TOMS) is not None)
    stage.slack.until(lambda: words not in home.words())
