"""A button that can do nothing any more goes from the message that has it. Maya has the week of Mon 30 Nov 2026."""

from bot.sandbox.records import SlackMessage
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.forms import applied
from tests.kit.stage import Stage, actions_of, press


def last(stage: Stage, who: str) -> SlackMessage:
    stage.do_what_is_due()
    return stage.slack.direct_messages(who)[-1]


def taken(stage: Stage) -> tuple[SlackMessage, SlackMessage]:
    """Danny takes Maya's Thursday, at Robin's word: what the two of them are told."""
    stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    press(stage, ROBIN, stage.ask(ROBIN, "/oncall requests"), "request.settle", "1/danny")
    mine, theirs = last(stage, MAYA), last(stage, DANNY)
    assert (actions_of(mine), actions_of(theirs)) == (["request.withdraw"], ["request.back"])
    return mine, theirs


def test_taken_back_and_taken_by_another(stage: Stage) -> None:
    mine, theirs = taken(stage)
    press(stage, DANNY, theirs, "request.back")
    open_again = last(stage, MAYA)
    assert (actions_of(mine), actions_of(theirs)) == ([], [])
    assert "takes *Thu 3 Dec 2026* for you" in mine.words()
    assert actions_of(open_again) == ["request.withdraw"]
    press(stage, ROBIN, stage.ask(ROBIN, "/oncall requests"), "request.settle", "1/rene")
    stage.do_what_is_due()
    assert actions_of(open_again) == []
    assert actions_of(last(stage, RENE)) == ["request.back"]
    assert actions_of(theirs) == []  # it is not his to take back


def test_withdrawn(stage: Stage) -> None:
    mine, theirs = taken(stage)
    press(stage, MAYA, mine, "request.withdraw")
    stage.do_what_is_due()
    assert (actions_of(mine), actions_of(theirs)) == ([], [])


def test_ended_by_a_pause_and_there_again_by_its_undo(stage: Stage) -> None:
    mine, theirs = taken(stage)
    applied(stage, "roster.pause", who="danny", starts="2026-11-30", until="2027-01-11")
    stage.do_what_is_due()
    assert (actions_of(mine), actions_of(theirs)) == ([], [])
    overview = stage.ask(ROBIN, "/oncall roster")
    press(stage, ROBIN, overview, "roster.undo")
    stage.do_what_is_due()
    assert (actions_of(mine), actions_of(theirs)) == (["request.withdraw"], ["request.back"])


def test_everybody_is_asked_already(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    asked = last(stage, DANNY)
    press(stage, DANNY, asked, "request.cant")
    told = last(stage, MAYA)
    assert actions_of(told) == ["request.widen", "request.withdraw"]
    press(stage, MAYA, told, "request.widen")
    stage.do_what_is_due()
    assert actions_of(told) == ["request.withdraw"]


def test_a_swap_that_is_off(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall swap @Danny 21 Dec")
    press(stage, DANNY, last(stage, DANNY), "request.take")
    told = last(stage, TOMS)
    assert actions_of(told) == ["request.back"]
    press(stage, TOMS, told, "request.back")
    stage.do_what_is_due()
    assert actions_of(told) == []
