"""Duty that begins now: whoever comes on duty hears it at once, and of an undo once. Toms has the week from Mon 23 Nov
2026, then Maya, Danny, Rene; Robin is an admin. It is Tue 24 Nov, 10:00."""

import pytest

from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of, press

CAN_YOU = "That is short notice: can you take it?\nNext 8 weeks\nI've got it\nI can't"


@pytest.mark.conversation
def test_who_comes_on_duty_as_toms_is_ill_hears_it_at_once_and_of_the_undo_once(stage: Stage) -> None:
    declared = stage.ask(TOMS, "/holiday today")
    assert "I tell Maya now." in declared.words()
    assert actions_of(declared) == ["holiday.undo"]
    stage.do_what_is_due()  # in the same minute
    [told] = stage.slack.direct_messages(MAYA)
    assert told.words().startswith(":telephone_receiver: *You are on call now*, until Wed 25 Nov 2026, 09:00.\n")
    assert "can you take it?" in told.words()
    assert actions_of(told) == ["oncall.schedule", "short.got-it", "short.cant"]
    stage.slack.press(MAYA, told, "short.got-it")
    stage.turn_to("2026-11-24T10:20")
    assert "You said *I've got it*." in told.words()
    stage.slack.press(TOMS, declared, "holiday.undo")
    stage.slack.until(lambda: declared.words().startswith("*Undone*: your time off Tue 24 Nov 2026 is taken back"))
    assert "*Toms* is on call now" in stage.words(RENE, "/oncall")
    stage.do_what_is_due()
    assert told.words() == (
        "*Toms* took that back: you are not on call any more. *Toms* is, since Tue 24 Nov 2026, 10:20."
    )
    stage.turn_to("2026-11-24T10:22")
    stage.turn_to("2026-11-24T16:00")
    assert len(stage.direct(MAYA)) == 2  # once, since she had said that she has got it
    assert "*Toms* instead of you" in stage.direct(MAYA)[1]


@pytest.mark.both
def test_who_had_not_said_so_reads_of_the_undo_where_they_were_told(stage: Stage) -> None:
    declared = stage.ask(TOMS, "/holiday today")
    stage.do_what_is_due()
    stage.turn_to("2026-11-24T10:20")
    stage.slack.press(TOMS, declared, "holiday.undo")
    stage.slack.until(lambda: declared.words().startswith("*Undone*"))
    stage.turn_to("2026-11-24T16:00")
    assert stage.direct(MAYA) == [
        "*Toms* took that back: you are not on call any more. *Toms* is, since Tue 24 Nov 2026, 10:20."
    ]


def test_an_undo_before_it_was_said_tells_nobody(stage: Stage) -> None:
    declared = stage.ask(TOMS, "/holiday today")
    stage.slack.press(TOMS, declared, "holiday.undo")
    stage.slack.until(lambda: declared.words().startswith("*Undone*"))
    stage.turn_to("2026-11-24T16:00")
    assert (stage.direct(MAYA), stage.direct(TOMS)) == ([], [])


def test_what_has_passed_stays_on_record(stage: Stage) -> None:
    declared = stage.ask(TOMS, "/holiday today")
    stage.turn_to("2026-11-24T12:00")
    stage.slack.press(TOMS, declared, "holiday.undo")
    stage.slack.until(lambda: declared.words().startswith("*Undone*"))
    said = stage.words(RENE, "/oncall 24 Nov")
    assert "*Toms* is on call." in said
    assert "From 10:00 until 12:00: *Maya*." in said


def test_who_cannot_passes_it_on_at_once(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday today")
    stage.do_what_is_due()
    [told] = stage.slack.direct_messages(MAYA)
    press(stage, MAYA, told, "short.cant")
    stage.do_what_is_due()
    [next_one] = stage.slack.direct_messages(DANNY)
    assert next_one.words().startswith(":telephone_receiver: *You are on call now*, until Wed 25 Nov 2026, 09:00.\n")
    assert actions_of(next_one) == ["oncall.schedule", "short.got-it", "short.cant"]


def test_who_does_not_answer_is_reminded_two_hours_later(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday today - 29 Nov")
    stage.do_what_is_due()
    stage.turn_to("2026-11-24T12:00")
    assert stage.direct(MAYA)[1].startswith("I have not heard from you yet about *Tue 24 – Sun 29 Nov 2026*")
    stage.turn_to("2026-11-24T14:00")
    assert len(stage.direct(ROBIN)) == 1


def test_whom_an_admin_puts_on_call_says_that_they_have_got_it(stage: Stage) -> None:
    stage.ask(ROBIN, "/oncall take @Danny until 18:00")
    stage.do_what_is_due()
    [told] = stage.slack.direct_messages(DANNY)
    assert told.words() == (
        "*Robin* put you on call from now until Tue 24 Nov 2026, 18:00, instead of *Toms*.\nI've got it\nI can't"
    )
    stage.slack.press(DANNY, told, "duty.got-it")
    stage.turn_to("2026-11-24T10:05")
    assert told.words().endswith(":white_check_mark: You said *I've got it*.\nI can't")
    assert "*Danny* has got it, on call since Tue 24 Nov 2026, 10:00" in stage.words(RENE, "/oncall log")
    stage.slack.press(DANNY, told, "take.give-back")
    stage.slack.until(lambda: told.words().startswith("*Given back*: *Toms* is on call now."))


def test_whom_an_admin_relieves_again_is_told_once_and_keeps_no_button(stage: Stage) -> None:
    taken = stage.ask(ROBIN, "/oncall take @Danny until 18:00")
    stage.do_what_is_due()
    [told] = stage.slack.direct_messages(DANNY)
    stage.slack.press(ROBIN, taken, "take.give-back")
    stage.slack.until(lambda: taken.words().startswith("*Given back*"))
    stage.do_what_is_due()
    assert stage.direct(DANNY) == [
        "*Robin* put you on call from now until Tue 24 Nov 2026, 18:00, instead of *Toms*.\nThat take-over is over.",
        "*Robin* ended your take-over: *Toms* is on call now.",
    ]
    assert actions_of(told) == []


def test_in_the_night_before_a_handoff_it_is_told_at_once_too(stage: Stage) -> None:
    stage.turn_to("2026-11-30T02:00")
    stage.ask(TOMS, "/holiday today")
    stage.do_what_is_due()
    assert stage.direct(MAYA)[-1].startswith(
        ":telephone_receiver: *You are on call now*, until Mon 7 Dec 2026, 09:00.\n"
    )
