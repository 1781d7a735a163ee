"""Taking over now, and weeks on short notice. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

import pytest

from tests.kit.cast import DANNY, GUEST, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of, press


@pytest.mark.conversation
def test_maya_takes_over_until_the_evening_and_gives_it_back(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall take until 18:00")
    assert said.words().startswith(
        ":telephone_receiver: *You are on call now*, until Tue 24 Nov 2026, 18:00, instead of Toms.\nI tell Toms."
    )
    assert actions_of(said) == ["take.give-back"]
    stage.do_what_is_due()
    [told] = stage.slack.direct_messages(TOMS)
    assert told.words().startswith("*Maya* took over from you just now, until Tue 24 Nov 2026, 18:00.")
    assert "*Maya* is on call now, until Tue 24 Nov 2026, 18:00.\n_Maya took over from Toms._" in stage.words(
        RENE, "/oncall"
    )
    stage.slack.press(TOMS, told, "take.give-back")
    stage.slack.until(lambda: told.words() == "*Given back*: You are on call now.\nI tell Maya.")
    stage.do_what_is_due()
    assert "*Toms* ended your take-over: *Toms* is on call now." in stage.direct(MAYA)[-1]
    assert "*Toms* is on call now" in stage.words(RENE, "/oncall")


def test_a_take_over_ends_by_itself(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall take until tomorrow 9:00")
    stage.turn_to("2026-11-25T08:59")
    assert "*Maya* is on call now" in stage.words(RENE, "/oncall")
    stage.turn_to("2026-11-25T09:00")
    assert "*Toms* is on call now" in stage.words(RENE, "/oncall")
    assert len(stage.direct(TOMS)) == 1


@pytest.mark.parametrize("typed", ["until 18:00", "till 18:00", "18:00", "until 6pm", "Until 6 PM", "today 6:00 p.m."])
def test_a_time_is_read_as_people_write_it(stage: Stage, typed: str) -> None:
    assert "*You are on call now*, until Tue 24 Nov 2026, 18:00" in stage.words(MAYA, f"/oncall take {typed}")


@pytest.mark.parametrize(
    "typed", ["until 13pm", "until 0am", "until 25:00", "until 18", "until 18.30", "until 13.12", "today 9.30"]
)
def test_what_is_no_time_changes_nothing(stage: Stage, typed: str) -> None:
    assert "For example: `/oncall take until 18:00`" in stage.words(MAYA, f"/oncall take {typed}")
    assert "*Toms* is on call now" in stage.words(MAYA, "/oncall")


def test_without_a_time_it_lasts_until_the_next_change(stage: Stage) -> None:
    assert "*You are on call now*, until Mon 30 Nov 2026, 09:00, instead of Toms." in stage.words(MAYA, "/oncall take")


def test_an_admin_puts_somebody_on_call_and_both_are_told(stage: Stage) -> None:
    assert "Only Danny, or an admin, can do that." in stage.words(RENE, "/oncall take @Danny")
    assert "*Danny is on call now*" in stage.words(ROBIN, "/oncall take @Danny until 18:00")
    stage.do_what_is_due()
    assert (
        "*Robin* put you on call from now until Tue 24 Nov 2026, 18:00, instead of *Toms*." in stage.direct(DANNY)[-1]
    )
    assert "*Robin* put *Danny* on call from now" in stage.direct(TOMS)[-1]


def test_until_when_can_be_changed_while_it_runs(stage: Stage) -> None:
    first = stage.ask(MAYA, "/oncall take until 22:00")
    stage.do_what_is_due()
    said = stage.ask(MAYA, "/oncall take")
    assert said.words().startswith("You are on call already, until Tue 24 Nov 2026, 22:00. Nothing was changed.")
    assert "To change until when: `/oncall take until 18:00`" in said.words()
    assert actions_of(said) == ["take.give-back"]
    assert "*You are on call now*, until Tue 24 Nov 2026, 18:00, instead of Toms." in stage.words(
        MAYA, "/oncall take until 18:00"
    )
    stage.do_what_is_due()
    assert stage.direct(TOMS)[-1].startswith(
        "*Maya* is on call instead of you until Tue 24 Nov 2026, 18:00 now. Then you are on call again."
    )
    log = stage.words(RENE, "/oncall log")
    assert "*Maya* has taken over: Tue 24 Nov 2026, 22:00 → Tue 24 Nov 2026, 18:00" in log
    stage.ask(MAYA, "/oncall take until tomorrow 9:00")
    stage.slack.press(MAYA, first, "take.give-back")
    stage.slack.until(lambda: first.words() == "*Given back*: *Toms* is on call now.\nI tell Toms.")
    assert "*Toms* is on call now" in stage.words(RENE, "/oncall")
    assert "*Maya* gave back what they had taken over: *Toms* is on call again" in stage.words(RENE, "/oncall log")


def test_one_that_goes_beyond_the_handoff_is_the_same_wherever_people_look(stage: Stage) -> None:
    stage.turn_to("2026-11-29T20:00")
    assert "I tell Toms and Maya." in stage.words(DANNY, "/oncall take until mon 18:00")
    stage.do_what_is_due()
    assert (
        "*Danny* took over until Mon 30 Nov 2026, 18:00: you come on call then, instead of Mon 30 Nov 2026, 09:00."
        in stage.direct(MAYA)[-1]
    )
    said = stage.words(RENE, "/oncall")
    assert "*Danny* is on call now, until Mon 30 Nov 2026, 18:00." in said
    assert "Then: *Maya*, until Mon 7 Dec 2026, 09:00." in said
    assert "Next:" not in said
    assert stage.words(RENE, "/oncall next").splitlines() == [
        "Next on call: *Maya*, from Mon 30 Nov 2026, 18:00 until Mon 7 Dec 2026, 09:00.",
        "The handoff is on Mon 30 Nov 2026, 09:00.",
    ]
    assert "until Mon 30 Nov 2026, 18:00. Nothing was changed." in stage.words(DANNY, "/oncall take")
    day = stage.words(RENE, "/oncall 30 Nov")
    assert day.startswith("Mon 30 Nov 2026: *Maya* is on call.")
    assert "From 09:00 until 18:00: *Danny*." in day
    assert "take.give-back" in actions_of(stage.ask(DANNY, "/oncall"))


@pytest.mark.both
def test_who_comes_sooner_since_a_take_over_ends_sooner_is_told(stage: Stage) -> None:
    stage.turn_to("2026-11-29T20:00")
    taken = stage.ask(DANNY, "/oncall take until mon 18:00")
    stage.ask(DANNY, "/oncall take until sun 22:00")
    stage.do_what_is_due()
    assert stage.direct(MAYA)[-1] == (
        "The take-over of *Danny* ends sooner, Sun 29 Nov 2026, 22:00: you come on call Mon 30 Nov 2026, 09:00."
    )
    stage.ask(DANNY, "/oncall take until mon 18:00")
    stage.slack.press(DANNY, taken, "take.give-back")
    stage.do_what_is_due()
    assert "The take-over of *Danny* was ended: you come on call Mon 30 Nov 2026, 09:00." in stage.direct(MAYA)[-1]


def test_no_older_take_over_of_the_same_engineer_goes_on_below(stage: Stage) -> None:
    for who, until in ((MAYA, "20:00"), (DANNY, "18:00"), (MAYA, "22:00"), (MAYA, "12:00")):
        stage.ask(who, f"/oncall take until {until}")
    stage.turn_to("2026-11-24T12:01")
    assert "*Danny* is on call now, until Tue 24 Nov 2026, 18:00." in stage.words(RENE, "/oncall")
    stage.turn_to("2026-11-24T18:30")
    assert "*Toms* is on call now" in stage.words(RENE, "/oncall")


def test_who_cannot_take_over_is_told_why(stage: Stage) -> None:
    assert "You are on call already, until Mon 30 Nov 2026, 09:00. Nothing was changed." in stage.words(
        TOMS, "/oncall take"
    )
    assert "Only the people of the on-call plan can do that" in stage.words(GUEST, "/oncall take")
    assert "Robin is not in the on-call rotation" in stage.words(ROBIN, "/oncall take")
    assert "A take-over ends later than now, and within 7 days." in stage.words(MAYA, "/oncall take until 24 Dec")
    later = stage.words(MAYA, "/oncall take until later")
    assert later == "I can't read “later” as a date.\nFor example: `/oncall take until 18:00`"
    stage.ask(MAYA, "/holiday today")
    assert "You are away today: nobody is on call during their time off." in stage.words(MAYA, "/oncall take")


def test_who_is_away_tomorrow_is_told_that_it_lasts_until_midnight(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 25 Nov")
    said = stage.words(MAYA, "/oncall take until 25 Nov 18:00")
    assert "*You are on call now*, until Wed 25 Nov 2026, 00:00, instead of Toms." in said
    stage.do_what_is_due()
    assert "until Wed 25 Nov 2026, 00:00. Then you are on call again." in stage.direct(TOMS)[-1]


def test_who_is_away_from_midnight_is_relieved_then(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall take until 26 Nov")
    stage.ask(MAYA, "/holiday 25 Nov")
    stage.turn_to("2026-11-25T00:01")
    assert "*Toms* is on call now" in stage.words(RENE, "/oncall")


def test_who_is_ill_in_a_take_over_hands_back_and_all_concerned_are_told(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall take until 18:00")
    stage.turn_to("2026-11-24T14:00")
    said = stage.words(MAYA, "/holiday today")
    assert "• Tue 24 Nov 2026, 14:00 – 18:00: *Toms* instead of you" in said
    assert "I tell Toms now." in said
    stage.turn_to("2026-11-24T14:05")
    assert "• Tue 24 Nov 2026, 14:00 – 18:00: you instead of *Maya*" in stage.direct(TOMS)[-1]
    stage.ask(MAYA, "/holiday cancel today")
    stage.turn_to("2026-11-24T14:10")
    assert "• Tue 24 Nov 2026, 14:05 – 18:00: *Maya* instead of you" in stage.direct(TOMS)[-1]


def test_who_is_ill_in_the_night_before_a_handoff_is_relieved_and_who_comes_is_told(stage: Stage) -> None:
    stage.turn_to("2026-11-30T02:00")
    assert "• Mon 30 Nov 2026, 02:00 – 09:00: *Maya* instead of you" in stage.words(TOMS, "/holiday today")
    stage.turn_to("2026-11-30T02:02")
    assert "• Mon 30 Nov 2026, 02:00 – 09:00: you instead of *Toms*" in stage.direct(MAYA)[-1]
    assert "*Maya* is on call now" in stage.words(RENE, "/oncall")


# Short notice


def test_a_week_on_short_notice_is_asked_for_and_accepted(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    [asked] = stage.slack.direct_messages(DANNY)
    assert "The rotation was repaired around Maya's time off." in asked.words()
    assert "That is short notice: can you take it?" in asked.words()
    assert actions_of(asked) == ["oncall.schedule", "short.got-it", "short.cant"]
    stage.slack.press(DANNY, asked, "short.got-it")
    stage.do_what_is_due()
    assert "You said *I've got it*." in asked.words()
    assert actions_of(asked) == ["oncall.schedule", "short.cant"]


def test_i_cant_passes_it_on_to_the_next_who_is_asked_the_same(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    [asked] = stage.slack.direct_messages(DANNY)
    answer = press(stage, DANNY, asked, "short.cant")
    assert "You can't take Mon 30 Nov – Sun 6 Dec 2026" in answer.words()
    assert "does not count as time off" in answer.words()
    assert "*Rene*" in answer.words()
    stage.turn_to("2026-11-24T10:04")
    rene = stage.slack.direct_messages(RENE)[-1]
    assert "*Danny* can't take a week that came on short notice, so it passes on." in rene.words()
    assert "short.got-it" in actions_of(rene)
    assert "short.cant" not in actions_of(asked)
    assert "Danny" not in stage.words(TOMS, "/holiday list")
    assert "Mon 30 Nov – Sun 6 Dec 2026: *Rene* _instead of Maya_" in stage.words(TOMS, "/oncall schedule 8")


def test_who_cannot_can_after_all_in_the_message_that_asked(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    before = stage.words(TOMS, "/oncall schedule 8")
    [asked] = stage.slack.direct_messages(DANNY)
    press(stage, DANNY, asked, "short.cant")
    stage.do_what_is_due()
    assert "You said *I can't*." in asked.words()
    assert actions_of(asked) == ["oncall.schedule", "short.undo"]
    answered = press(stage, DANNY, asked, "short.undo")  # beside it: the edit may come sooner or later
    assert answered.words().startswith("*You can take Mon 30 Nov – Sun 6 Dec 2026 after all*")
    stage.do_what_is_due()
    assert stage.words(TOMS, "/oncall schedule 8") == before
    assert actions_of(asked) == ["oncall.schedule", "short.got-it", "short.cant"]


def test_who_said_that_they_cannot_may_take_over_after_all(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Nov - 29 Nov")
    stage.turn_to("2026-11-24T10:02")
    asked = stage.slack.direct_messages(MAYA)[-1]
    press(stage, MAYA, asked, "short.cant")
    stage.turn_to("2026-11-25T12:00")
    said = stage.ask(MAYA, "/oncall take")
    assert said.words().startswith("You said that you can't take this week. Nothing was changed.")
    assert "Maya said that they can't take this week." in stage.words(ROBIN, "/oncall take @Maya")
    assert "Maya said that they can't take one of those days." in stage.words(DANNY, "/oncall cover 27 Nov @Maya")
    stage.slack.press(MAYA, said, "short.undo")
    stage.slack.until(lambda: "*Danny* stays on call. To have it back, take over." in said.words())
    assert "*You are on call now*" in stage.words(MAYA, "/oncall take")


def test_when_nobody_can_it_says_so_and_an_admin_finds_somebody(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Nov - 29 Nov")
    for minute, who in ((2, MAYA), (4, DANNY), (6, RENE)):
        stage.turn_to(f"2026-11-24T10:{minute:02}")
        asked = next(m for m in reversed(stage.slack.direct_messages(who)) if "short.cant" in actions_of(m))
        press(stage, who, asked, "short.cant")
    stage.turn_to("2026-11-25T12:00")
    assert "_Everyone in the rotation is away, or can't._" in stage.words(TOMS, "/oncall")
    said = stage.ask(ROBIN, "/oncall take @Danny")
    stage.slack.press(ROBIN, said, "short.undo")
    stage.slack.until(lambda: "*Danny can take Wed 25 – Sun 29 Nov 2026 after all.*" in said.words())
    assert "*Danny* is on call now" in stage.words(TOMS, "/oncall")
    stage.turn_to("2026-11-25T12:05")
    [gap] = [said for said in stage.channel() if "No gap any more" in said]
    assert gap.splitlines() == [
        ":white_check_mark: No gap any more",
        "~Nobody is on call Tue 24 – Sun 29 Nov 2026.~ It is filled: nobody needs to do anything.",
    ]


def test_what_the_channel_was_told_stays_true(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    stage.ask(MAYA, "/holiday 1 Dec - 6 Dec")
    stage.turn_to("2026-11-30T09:02")
    handoff, announced = stage.channel()[-2:]
    assert "↳ Tue 1 – Sun 6 Dec 2026: *Danny*" in handoff
    assert "• Tue 1 – Sun 6 Dec 2026: *Danny* instead of *Maya*" in announced
    asked = next(m for m in reversed(stage.slack.direct_messages(DANNY)) if "short.cant" in actions_of(m))
    press(stage, DANNY, asked, "short.cant")
    stage.turn_to("2026-11-30T09:05")
    handoff, announced = stage.channel()[-2:]
    assert "↳ Tue 1 – Sun 6 Dec 2026: *Rene*" in handoff
    assert "• Tue 1 – Sun 6 Dec 2026: *Rene* instead of *Maya*" in announced


def test_an_announcement_that_waits_says_what_stands_when_it_is_said(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    stage.ask(MAYA, "/holiday 1 Dec - 6 Dec")
    stage.turn_to("2026-11-30T09:00:20")
    stage.ask(DANNY, "/holiday 1 Dec - 6 Dec")
    stage.turn_to("2026-11-30T09:03")
    [digest] = [said for said in stage.channel() if "*Maya* is away" in said]
    assert digest.splitlines() == [
        "Time off",
        "*Danny* is away Tue 1 – Sun 6 Dec 2026. _(short notice)_",
        "*Maya* is away Tue 1 – Sun 6 Dec 2026. _(short notice)_",
        "• Tue 1 – Sun 6 Dec 2026: *Rene* instead of *Maya*",
        "Calendar",
    ]


def test_i_cant_can_be_undone(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    before = stage.words(TOMS, "/oncall schedule 8")
    answer = press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "short.cant")
    stage.slack.press(DANNY, answer, "short.undo")
    stage.slack.until(lambda: "everything is as it was before" in answer.words())
    assert stage.words(TOMS, "/oncall schedule 8") == before


def test_when_nobody_is_left_the_channel_and_the_admins_hear_what_was_tried(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 30 Nov - 6 Dec")
    stage.turn_to("2026-11-24T10:02")
    for minute, who in ((4, DANNY), (6, RENE), (8, TOMS)):
        asked = next(m for m in reversed(stage.slack.direct_messages(who)) if "short.cant" in actions_of(m))
        press(stage, who, asked, "short.cant")
        stage.turn_to(f"2026-11-24T10:{minute:02}")
    gap = stage.channel()[-1]
    assert gap.splitlines() == [
        ":rotating_light: Nobody is on call Mon 30 Nov – Sun 6 Dec 2026",
        "Everyone in the rotation is away then, or can't.",
        "Danny, Rene and Toms said that they can't.",
        f"<@{ROBIN}>: please find somebody. "
        "Whoever gives up time off then types `/holiday cancel 2026-11-30 2026-12-06`.",
    ]


def test_ill_on_wednesday_the_substitute_is_asked_and_may_pass_it_on(stage: Stage) -> None:
    stage.turn_to("2026-11-25T11:00")
    stage.ask(TOMS, "/holiday 25 Nov - 29 Nov")
    assert "*Maya* is on call now" in stage.words(RENE, "/oncall")
    stage.turn_to("2026-11-25T11:02")
    asked = next(m for m in stage.slack.direct_messages(MAYA) if "short.cant" in actions_of(m))
    press(stage, MAYA, asked, "short.cant")
    said = stage.words(RENE, "/oncall")
    assert "*Danny* is on call now" in said
    assert "_Danny stands in for Toms._" in said
    assert "Mon 23 – Sun 29 Nov 2026: *Toms*" in stage.words(RENE, "/oncall schedule 2")
    stage.turn_to("2026-11-25T11:04")
    assert any("short.got-it" in actions_of(m) for m in stage.slack.direct_messages(DANNY))
