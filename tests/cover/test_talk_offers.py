"""A part that was offered: who offered it hears when it is not needed, whatever the reason, once.

Toms has the week of Mon 23 Nov 2026, Maya that of 30 Nov. It is Tue 24 Nov, 10:00.
"""

import pytest

from bot.sandbox.records import SlackMessage
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN
from tests.kit.forms import applied, filled
from tests.kit.stage import Stage, press

NOT_NEEDED = "Thank you for the offer to take *Thu 3 Dec 2026* for *Maya*: it is not needed any more."


@pytest.fixture
def asked(stage: Stage) -> SlackMessage:
    """Maya asks everybody for Wed 2 to Fri 4 December; Danny offers Thursday."""
    stage.ask(MAYA, "/oncall cover 2 Dec - 4 Dec")
    stage.do_what_is_due()
    asked = stage.slack.messages()[-1]
    offers(stage, DANNY, asked, "2026-12-03")
    return asked


def offers(stage: Stage, who: str, asked: SlackMessage, day: str) -> None:
    pressed = stage.slack.press(who, asked, "request.part")
    stage.slack.until(lambda: pressed.views)
    assert stage.slack.submit(who, pressed.views[0], filled(first=day, last=day)) is None
    stage.do_what_is_due()


def test_somebody_takes_all_of_it(stage: Stage, asked: SlackMessage) -> None:
    press(stage, RENE, asked, "request.take")
    stage.do_what_is_due()
    assert stage.direct(DANNY) == [NOT_NEEDED]
    assert stage.direct(RENE) == []


def test_maya_needs_it_no_more(stage: Stage, asked: SlackMessage) -> None:
    press(stage, MAYA, stage.ask(MAYA, "/oncall requests"), "request.withdraw")
    stage.do_what_is_due()
    assert stage.direct(DANNY) == [NOT_NEEDED]


def test_the_days_are_not_mayas_any_more(stage: Stage, asked: SlackMessage) -> None:
    stage.ask(MAYA, "/holiday 30 Nov - 6 Dec")
    stage.turn_to("2026-11-24T10:05")
    assert NOT_NEEDED in stage.direct(DANNY)
    stage.ask(MAYA, "/holiday 28 Nov")
    stage.turn_to("2026-11-24T10:10")
    assert stage.direct(DANNY).count(NOT_NEEDED) == 1


def test_maya_leaves_the_rotation(stage: Stage, asked: SlackMessage) -> None:
    applied(stage, "roster.remove", who="maya", starts="2026-11-30")
    stage.do_what_is_due()
    assert NOT_NEEDED in stage.direct(DANNY)


def test_the_same_part_of_two_and_another_that_is_left(stage: Stage, asked: SlackMessage) -> None:
    offers(stage, RENE, asked, "2026-12-03")
    offers(stage, ROBIN, asked, "2026-12-04")
    first = next(m for m in stage.slack.direct_messages(MAYA) if "*Danny* offers" in m.words())
    press(stage, MAYA, first, "request.accept-part")
    stage.do_what_is_due()
    assert stage.direct(RENE) == [NOT_NEEDED]
    assert NOT_NEEDED not in stage.direct(DANNY)


def test_who_offered_a_part_and_takes_it_all_knows(stage: Stage, asked: SlackMessage) -> None:
    press(stage, DANNY, asked, "request.take")
    stage.do_what_is_due()
    assert stage.direct(DANNY) == []
