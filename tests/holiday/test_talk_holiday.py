"""/holiday, as the team uses it. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

import re
from datetime import date

import pytest

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.ask import Ask, Asker
from bot.speech.mrkdwn import unescape
from bot.talk import commands
from bot.talk.holiday.command import WORDS
from models import holidays
from models.store.engine import Store
from tests.kit.cast import DANNY, GUEST, MAYA, NOW, RENE, ROBIN, STRANGER, TOMS
from tests.kit.stage import RUNBOOKS, Stage, actions_of

CHRISTMAS = "/holiday 24 Dec - 2 Jan"  # hits Toms's week from Mon 21 Dec and the holders of none after it but Maya


def test_toms_is_away_at_christmas_and_maya_takes_the_week(stage: Stage) -> None:
    said = stage.words(TOMS, CHRISTMAS)
    assert "*You are away Thu 24 Dec 2026 – Sat 2 Jan 2027* (10 days)." in said
    assert "30 days of notice; 14 are asked for." in said
    assert "It hits your on-call week Mon 21 – Sun 27 Dec 2026." in said
    assert "`/holiday cancel 2026-12-24 2027-01-02`" in said


def test_a_swap_is_one_sentence(stage: Stage) -> None:
    said = stage.words(TOMS, "/holiday 24 Dec - 26 Dec")
    assert (
        "You ↔ *Maya*: *Maya* takes Mon 21 – Sun 27 Dec 2026, you take Mon 28 Dec 2026 – Sun 3 Jan 2027. "
        "Nobody else changes." in said
    )
    assert "In a minute I tell Maya." in said


def test_those_whose_weeks_moved_are_told_after_a_minute_and_nobody_else(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec: skiing")
    stage.do_what_is_due()
    assert stage.direct(MAYA) == []
    stage.turn_to("2026-11-24T10:02")
    [told] = stage.direct(MAYA)
    assert "The rotation was repaired around Toms's time off." in told
    assert "You ↔ *Toms*" in told
    assert "skiing" not in told
    assert stage.direct(DANNY) == stage.direct(RENE) == stage.direct(TOMS) == []


def test_an_undo_within_the_minute_tells_nobody(stage: Stage) -> None:
    said = stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.slack.press(TOMS, said, "holiday.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())
    stage.turn_to("2026-11-24T10:05")
    assert stage.direct(MAYA) == []
    assert "Mon 21 – Sun 27 Dec 2026: *Toms*" in stage.words(TOMS, "/oncall schedule 8")


def test_an_undo_later_tells_those_who_were_told(stage: Stage) -> None:
    said = stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.turn_to("2026-11-24T10:05")
    stage.slack.press(TOMS, said, "holiday.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())
    stage.turn_to("2026-11-24T10:10")
    assert len(stage.direct(MAYA)) == 2


def test_undo_is_for_once_and_for_who_declared_it(stage: Stage) -> None:
    said = stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.slack.press(DANNY, said, "holiday.undo")
    stage.slack.until(lambda: any("Nothing was changed" in m.words() for m in stage.slack.messages()))
    stage.slack.press(TOMS, said, "holiday.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())


def test_time_off_that_hits_no_week_says_so(stage: Stage) -> None:
    said = stage.words(DANNY, "/holiday 2026-12-24")
    assert "*You are away Thu 24 Dec 2026* (1 day)." in said
    assert "None of your weeks is affected." in said
    assert "Nobody needs to be told." in said


def test_short_notice_is_honoured_and_marked_and_announced(stage: Stage) -> None:
    said = stage.words(MAYA, "/holiday 1 Dec - 2 Dec")
    assert "*Short notice*: 7 days, where 14 are asked for." in said
    assert "_(short notice)_" in stage.words(TOMS, "/holiday list")
    stage.turn_to("2026-11-24T10:05")
    assert "*Maya* is away Tue 1 – Wed 2 Dec 2026. _(short notice)_" in stage.channel()[-1]


def test_the_same_again_changes_nothing(stage: Stage) -> None:
    stage.ask(TOMS, CHRISTMAS)
    said = stage.words(TOMS, CHRISTMAS)
    assert "You are away Thu 24 Dec 2026 – Sat 2 Jan 2027 already. Nothing was changed." in said


def test_days_next_to_each_other_become_one_holiday(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    said = stage.words(TOMS, "/holiday 27 Dec - 29 Dec")
    assert said.splitlines()[0] == (
        "*You are away Sun 27 – Tue 29 Dec 2026* "
        "(3 days; with Thu 24 – Sat 26 Dec 2026, declared before: Thu 24 – Tue 29 Dec 2026 in all)."
    )


def test_who_gets_a_week_because_time_off_was_extended_is_told(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    stage.ask(TOMS, "/holiday 3 Dec - 26 Dec")
    stage.turn_to("2026-11-24T10:05")
    [told] = stage.direct(MAYA)
    assert told.startswith("The rotation was repaired around Toms's time off.")
    assert "You ↔ *Toms*" in told


def test_who_gets_a_week_back_because_time_off_was_cut_is_told(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 20 Dec - 26 Dec")
    stage.turn_to("2026-11-24T10:02")
    stage.ask(TOMS, "/holiday cancel 21 Dec - 26 Dec")
    stage.turn_to("2026-11-24T10:05")
    first, second = stage.direct(MAYA)
    assert "You ↔ *Toms*" in first
    assert "You ↔ *Toms*" in second
    assert second != first


@pytest.mark.conversation
def test_a_day_in_the_middle_is_cancelled_after_asking(stage: Stage) -> None:
    stage.ask(TOMS, CHRISTMAS)
    asked = stage.ask(TOMS, "/holiday cancel 2026-12-28")
    assert "leaves two holidays" in asked.words()
    stage.slack.press(TOMS, asked, "holiday.cancel")
    stage.slack.until(lambda: "Still away" in asked.words())
    assert "Thu 24 – Sun 27 Dec 2026 and Tue 29 Dec 2026 – Sat 2 Jan 2027" in asked.words()


def test_more_than_sixty_days_asks_first(stage: Stage) -> None:
    asked = stage.ask(TOMS, "/holiday 1 Jan - 31 Mar")
    assert "That is 90 days, Fri 1 Jan – Wed 31 Mar 2027. Shall I declare it?" in asked.words()
    assert "no time off" in stage.words(TOMS, "/holiday mine")
    stage.slack.press(TOMS, asked, "holiday.declare")
    stage.slack.until(lambda: "*You are away Fri 1 Jan – Wed 31 Mar 2027* (90 days)." in asked.words())


def test_past_dates_offer_the_coming_one_with_a_button(stage: Stage) -> None:
    asked = stage.ask(TOMS, "/holiday 2024-12-24")
    assert "Tue 24 Dec 2024 has passed; did you mean Thu 24 Dec 2026?" in asked.words()
    stage.slack.press(TOMS, asked, "holiday.declare")
    stage.slack.until(lambda: "*You are away Thu 24 Dec 2026* (1 day)." in asked.words())


def test_bad_arguments_change_nothing_and_get_one_example(stage: Stage) -> None:
    for typed in ("3/4", "10", "soon", "26 Dec - 24 Dec", "<!channel>", "cancel", "31 Feb"):
        said = stage.words(TOMS, f"/holiday {typed}")
        assert "For example: `/holiday" in said, typed
        assert "<!channel>" not in said
    assert "You have no time off coming up." in stage.words(TOMS, "/holiday mine")


def test_notes_are_for_the_person_and_admins(stage: Stage) -> None:
    stage.ask(TOMS, f"{CHRISTMAS}: skiing")
    assert "skiing" in stage.words(TOMS, "/holiday mine")
    assert "skiing" in stage.words(ROBIN, "/holiday list")
    assert "skiing" not in stage.words(MAYA, "/holiday list")


def test_an_admin_declares_for_maya_who_is_told(stage: Stage) -> None:
    said = stage.words(ROBIN, f"/holiday <@{MAYA}|maya> 24 Dec")
    assert "*Maya is away Thu 24 Dec 2026* (1 day)." in said
    stage.turn_to("2026-11-24T10:05")
    assert "*Robin* declared that you are away Thu 24 Dec 2026." in stage.direct(MAYA)[0]


def test_toms_may_not_declare_for_maya(stage: Stage) -> None:
    assert "Only Maya, or an admin, can do that." in stage.words(TOMS, "/holiday @Maya 24 Dec")


def test_outsiders_guests_and_people_outside_the_rotation_get_a_clear_answer(stage: Stage) -> None:
    assert "Only members of this workspace can do that" in stage.words(STRANGER, "/holiday 24 Dec")
    assert "Only the people of the on-call plan can do that" in stage.words(GUEST, "/holiday 24 Dec")
    assert "Robin is not in the on-call rotation" in stage.words(ROBIN, "/holiday 24 Dec")


def test_a_day_without_anybody_is_said_and_shouted_with_the_admins_mentioned(stage: Stage) -> None:
    for who in (TOMS, MAYA, DANNY):
        stage.ask(who, "/holiday 24 Dec")
    said = stage.words(RENE, "/holiday 24 Dec")
    assert "*Nobody is there on Thu 24 Dec 2026.*" in said
    stage.turn_to("2026-11-24T10:05")
    assert stage.channel()[-1].splitlines() == [
        ":rotating_light: Nobody is on call Thu 24 Dec 2026",
        "Everyone in the rotation is away then, or can't.",
        f"<@{ROBIN}>: please find somebody. Whoever gives up time off then types `/holiday cancel 2026-12-24`.",
    ]


def test_a_slack_command_sent_twice_declares_once(stage: Stage) -> None:
    stage.slack.slash(TOMS, "/holiday", "24 Dec - 26 Dec", twice=True)
    stage.turn_to("2026-11-24T10:05")
    assert len(stage.direct(MAYA)) == 1


def test_an_undo_that_comes_too_late_says_what_to_do_instead(stage: Stage) -> None:
    said = stage.ask(TOMS, "/holiday 27 Nov - 30 Nov")
    stage.turn_to("2026-11-28T08:00")
    stage.slack.press(TOMS, said, "holiday.undo")
    stage.slack.until(lambda: "can't be undone any more" in stage.slack.messages()[-1].words())
    refused = stage.slack.messages()[-1].words()
    assert "one of its days has passed. Nothing was changed." in refused
    assert "`/holiday cancel 24 Dec`" in refused
    assert "Cancelled" not in refused
    back = stage.words(TOMS, "/holiday cancel 29 Nov - 30 Nov")
    assert "Still away: Fri 27 – Sat 28 Nov 2026." in back


def test_time_off_shortened_within_the_minute_until_it_moves_nothing_is_not_announced(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 4 Dec - 8 Dec")
    stage.ask(MAYA, "/holiday cancel 4 Dec - 6 Dec")
    stage.turn_to("2026-11-24T10:05")
    assert not any("is away" in said for said in stage.channel())


def test_just_two_weeks_ahead_the_announcement_waits_a_minute_too(stage: Stage) -> None:
    stage.turn_to("2026-11-25T10:00")
    said = stage.ask(DANNY, "/holiday 9 Dec")
    assert "14 days of notice" in said.words()
    assert "#metrics-oncall" in said.words()
    stage.do_what_is_due()
    assert not [each for each in stage.channel() if "is away" in each]
    stage.slack.press(DANNY, said, "holiday.undo")
    stage.turn_to("2026-11-25T10:02")
    assert not [each for each in stage.channel() if "is away" in each]


def test_a_date_that_has_passed_is_refused_for_somebody_else_too(stage: Stage) -> None:
    assert "Or type `/holiday @maya 2026-12-24`" in stage.words(ROBIN, "/holiday @Maya 2024-12-24")


NOTES = {
    "skiing": "skiing",
    " Ski & <snow>, *wow* _really_ ": "Ski & <snow>, *wow* _really_",
    "leaves at 17:00: train": "leaves at 17:00: train",
    "on the `fast` train": "on the 'fast' train",
    "Zoë’s Hochzeit 🎉 – 24 Dec": "Zoë’s Hochzeit 🎉 – 24 Dec",
    "n" * 200: "n" * 200,
}


@pytest.mark.slow
@pytest.mark.parametrize(("note", "kept"), NOTES.items(), ids=range(len(NOTES)))
@pytest.mark.parametrize(("who", "whose"), [(TOMS, ""), (ROBIN, "@Toms ")])
def test_what_can_be_typed_instead_of_a_button_keeps_the_note(
    stage: Stage, who: str, whose: str, note: str, kept: str
) -> None:
    asked = stage.ask(who, f"/holiday {whose}23 - 25 Nov: {note}")
    [line] = [line for line in unescape(asked.words()).splitlines() if line.startswith("Or type ")]
    left, next_year = re.findall("`(.+?)`", line)
    for typed in (left, next_year):
        stage.ask(who, typed)
    with stage.store.reading() as tx:
        declared = holidays.of_person(tx, "toms", date(2026, 11, 1))
    assert [(each.first, each.until, each.note) for each in declared] == [
        (date(2026, 11, 24), date(2026, 11, 26), kept),
        (date(2027, 11, 23), date(2027, 11, 26), kept),
    ]


def test_what_can_be_typed_to_cancel_has_no_note(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 20 Nov 2027")
    assert "Or type `/holiday cancel 2027-11-20`" in stage.words(TOMS, "/holiday cancel 2025-11-20: skiing")


def test_a_day_that_has_begun_can_be_undone_while_it_runs(stage: Stage) -> None:
    said = stage.ask(RENE, "/holiday today")
    assert actions_of(said) == ["holiday.undo"]
    stage.turn_to("2026-11-24T23:59")
    stage.slack.press(RENE, said, "holiday.undo")
    stage.slack.until(lambda: said.words().startswith("*Undone*: your time off Tue 24 Nov 2026 is taken back"))


def test_a_misspelt_word_is_no_date(stage: Stage) -> None:
    assert "Did you mean `cancel`?" in stage.words(RENE, "/holiday cancl 24 Dec")
    assert "Did you mean `list`?" in stage.words(RENE, "/holiday lst")


SUGGESTED = {  # typed → the word that may be meant; None: none of them
    "lst": "list",
    "lis": "list",
    "mien": "mine",
    "min": "mine",
    "hlep": "help",
    "cancle": "cancel",
    "cancle 24 Dec": "cancel",
    "canc 24 Dec - 2 Jan": "cancel",
    "cacnel @Rene 24 Dec": "cancel",
    "cancl yesterday": "cancel",
    "mi": None,
    "li": None,
    "since": None,
    "since friday": None,
    "in 2 weeks": None,
    "in 3 days": None,
    "in a week": None,
    "in 2027": None,
    "min 2 days": None,
    "last week": None,
    "lst friday": None,
    "cancle everything": None,
    "cancle @nobody 24 Dec": None,
}


def test_a_word_is_suggested_where_it_can_be_meant(store: Store) -> None:
    desk = Desk(store, Library(RUNBOOKS))

    def suggested(typed: str) -> str | None:
        reply = commands.answer(Ask("holiday", typed, Asker(person_id="rene"), NOW), desk)
        assert reply.refused
        return next((word for word in WORDS if f"Did you mean {word}?" in reply.text), None)

    assert {typed: suggested(typed) for typed in SUGGESTED} == SUGGESTED


def test_news_that_waits_says_what_still_stands(stage: Stage) -> None:
    declared = stage.ask(TOMS, "/holiday 21 Dec - 27 Dec")
    stage.turn_to("2026-11-24T10:00:20")
    stage.ask(MAYA, "/holiday 21 Dec - 27 Dec")
    stage.turn_to("2026-11-24T10:00:40")
    stage.slack.press(TOMS, declared, "holiday.undo")
    stage.slack.until(lambda: "*Undone*" in declared.words())
    stage.turn_to("2026-11-24T10:05")
    assert "Mon 4 – Sun 10 Jan 2027: *Danny*" in stage.words(RENE, "/oncall schedule 8")
    assert not any("Mon 4 – Sun 10 Jan 2027: you" in said for said in stage.direct(TOMS))


def test_who_gets_two_weeks_in_a_row_by_it_is_named(stage: Stage) -> None:
    for who in (RENE, TOMS):
        assert "in a row" not in stage.words(who, "/holiday 7 Dec - 13 Dec")
    said = stage.words(DANNY, "/holiday 7 Dec - 13 Dec")
    assert "• Mon 7 – Sun 13 Dec 2026: *Maya* instead of you" in said
    assert "*Maya* has 2 weeks in a row then: Mon 30 Nov – Sun 13 Dec 2026." in said


@pytest.mark.slow
@pytest.mark.both
def test_many_long_notes_fit_a_message_and_what_does_not_is_counted(stage: Stage) -> None:
    for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun"):
        for day in (1, 3, 5, 7, 9, 11, 13, 15):
            stage.ask(RENE, f"/holiday {day} {month}: {'n' * 190}")
    said = stage.ask(RENE, "/holiday mine")
    assert "… and 11 more, later than these." in said.words()
    assert 3_000 < len(said.text) <= 4_000  # what is read out or notified of stands beside the blocks
    assert said.text.endswith("n…")
    assert "… and 11 more, later than these." in stage.words(ROBIN, "/holiday @Rene")
