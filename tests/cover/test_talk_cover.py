"""Covers, as the team asks for them and takes them. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

from datetime import date

import pytest

from models import requests
from scheduler.team import roster
from tests.kit.cast import DANNY, GUEST, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of, press

ASKED_DANNY = "/oncall cover 3 Dec @Danny"


@pytest.mark.conversation
def test_maya_asks_danny_who_takes_it(stage: Stage) -> None:
    said = stage.ask(MAYA, ASKED_DANNY)
    assert said.words().startswith(
        "*Cover for your Thu 3 Dec 2026* (1 day).\n"
        "I ask Danny by direct message.\n"
        "Until somebody takes it, you stay on duty."
    )
    assert actions_of(said) == ["request.withdraw", "request.widen"]
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    assert asked.words().startswith(
        "*Maya* asks you to cover: *Thu 3 Dec 2026*.\nFrom Thu 3 Dec 2026, 09:00 until Fri 4 Dec 2026, 09:00\n"
    )
    assert actions_of(asked) == ["request.take", "request.cant"]
    answer = press(stage, DANNY, asked, "request.take")
    assert "You take *Thu 3 Dec 2026* for *Maya*.\nI tell Maya." in answer.words()
    stage.do_what_is_due()
    assert asked.words() == ":white_check_mark: You take *Thu 3 Dec 2026* for *Maya*."
    [told] = stage.direct(MAYA)
    assert told.startswith(":white_check_mark: *Danny* takes *Thu 3 Dec 2026* for you.")
    assert stage.direct(RENE) == stage.direct(TOMS) == []
    assert len(stage.channel()) == 1


def test_a_cover_shows_wherever_the_day_does(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    press(stage, DANNY, asked, "request.take")
    assert "↳ Thu 3 Dec 2026: *Danny*" in stage.words(RENE, "/oncall schedule 3")
    assert "Thu 3 Dec 2026: *Danny* is on call." in stage.words(RENE, "/oncall 3 Dec")
    assert "_Danny covers for Maya._" in stage.words(RENE, "/oncall 3 Dec")
    assert "• Thu 3 Dec 2026\n" in stage.words(RENE, "/oncall @Danny") + "\n"
    stage.turn_to("2026-12-02T09:00")
    assert any("You are on call from *Thu 3 Dec 2026, 09:00*" in said for said in stage.direct(DANNY))
    stage.turn_to("2026-12-03T10:00")
    assert "*Danny* is on call now, until Fri 4 Dec 2026, 09:00." in stage.words(RENE, "/oncall")


def test_the_channel_is_asked_and_the_first_to_take_it_has_it(stage: Stage) -> None:
    said = stage.words(MAYA, "/oncall cover week")
    assert (
        "*Cover for your Mon 30 Nov – Sun 6 Dec 2026* (7 days).\nI ask in #metrics-oncall: Rene, Toms and Danny."
        in said
    )
    stage.do_what_is_due()
    asked = stage.slack.messages()[-1]
    assert "*Maya* asks for cover: *Mon 30 Nov – Sun 6 Dec 2026*." in asked.words()
    assert f"Free then: <@{RENE}>, <@{TOMS}> and <@{DANNY}>." in asked.words()
    assert "can't take *Mon 30 Nov – Sun 6 Dec 2026*" in press(stage, RENE, asked, "request.cant").words()
    stage.do_what_is_due()
    assert f"Free then: <@{TOMS}> and <@{DANNY}>." in asked.words()
    assert "Rene can't." in asked.words()
    press(stage, DANNY, asked, "request.take")
    late = press(stage, TOMS, asked, "request.take")
    assert late.words() == "Thank you, but Danny was faster and has it. Nothing was changed."
    stage.do_what_is_due()
    assert asked.words() == ":white_check_mark: *Danny* takes *Mon 30 Nov – Sun 6 Dec 2026* for *Maya*."


def test_what_was_given_on_comes_back_and_whose_it_is_again_is_told(stage: Stage) -> None:
    for who, other in ((MAYA, TOMS), (TOMS, RENE)):
        stage.ask(who, f"/oncall cover 30 Nov - 6 Dec <@{other}>")
        stage.do_what_is_due()
        press(stage, other, stage.slack.direct_messages(other)[-1], "request.take")
        stage.do_what_is_due()
    said = stage.words(RENE, "/holiday 30 Nov - 6 Dec")
    assert "It hits your on-call week Mon 30 Nov – Sun 6 Dec 2026." in said
    assert "• Mon 30 Nov – Sun 6 Dec 2026: *Toms* instead of you" in said
    stage.turn_to("2026-11-24T10:05")
    assert "• Mon 30 Nov – Sun 6 Dec 2026: you instead of *Rene*" in stage.direct(TOMS)[-1]


def test_who_has_what_was_given_on_is_reminded_of_it(stage: Stage) -> None:
    for who, other in ((MAYA, TOMS), (TOMS, RENE)):
        stage.ask(who, f"/oncall cover 28 Dec - 3 Jan <@{other}>")
        stage.do_what_is_due()
        press(stage, other, stage.slack.direct_messages(other)[-1], "request.take")
    stage.turn_to("2026-12-14T09:00")
    assert stage.direct(RENE)[-1].startswith("You are on call *Mon 28 Dec 2026 – Sun 3 Jan 2027*")
    assert not any(said.startswith("You are on call *Mon 28 Dec") for said in stage.direct(TOMS))


def test_a_week_is_one_week_also_of_two_in_a_row(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 30 Nov - 6 Dec @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "request.take")
    assert "*Cover for your Mon 30 Nov – Sun 6 Dec 2026* (7 days)." in stage.words(DANNY, "/oncall cover week")


def test_pressing_twice_answers_once(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 2 Dec - 4 Dec")
    stage.do_what_is_due()
    asked = stage.slack.messages()[-1]
    for _ in range(2):
        press(stage, RENE, asked, "request.cant")
    for _ in range(2):
        stage.slack.press(DANNY, asked, "request.part")
        stage.slack.until(lambda: stage.slack.view_for(DANNY) is not None)
        days = {"first": {"first": "2026-12-03"}, "last": {"last": "2026-12-03"}}
        stage.slack.submit(DANNY, stage.modal(DANNY), days)
    stage.do_what_is_due()
    assert len([m for m in stage.slack.direct_messages(MAYA) if "request.accept-part" in actions_of(m)]) == 1
    log = stage.words(TOMS, "/oncall log")
    assert (log.count("can't cover"), log.count("a part")) == (1, 1)


def test_who_is_away_since_is_not_named_as_free_any_more(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 3 Dec - 4 Dec")
    stage.do_what_is_due()
    asked = stage.slack.messages()[-1]
    assert f"Free then: <@{RENE}>, <@{TOMS}> and <@{DANNY}>." in asked.words()
    stage.ask(RENE, "/holiday 4 Dec")
    stage.do_what_is_due()
    assert f"Free then: <@{TOMS}> and <@{DANNY}>." in asked.words()
    stage.ask(RENE, "/holiday cancel 4 Dec")
    stage.do_what_is_due()
    assert f"Free then: <@{RENE}>, <@{TOMS}> and <@{DANNY}>." in asked.words()


def test_of_one_day_there_is_no_part_to_offer(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    assert actions_of(stage.slack.direct_messages(DANNY)[0]) == ["request.take", "request.cant"]


def test_a_week_that_is_covered_is_handed_over_to_who_covers(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover week")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.messages()[-1], "request.take")
    assert "Mon 30 Nov – Sun 6 Dec 2026: *Danny* _for Maya_" in stage.words(RENE, "/oncall schedule 3")
    assert "Next: *Danny*, Mon 30 Nov – Sun 6 Dec 2026." in stage.words(RENE, "/oncall")
    assert "Next on call: *Danny*, Mon 30 Nov – Sun 6 Dec 2026." in stage.words(RENE, "/oncall next")
    stage.turn_to("2026-11-30T09:00")
    handoff = stage.channel()[-1]
    assert f"<@{DANNY}> takes over from *Toms*, from Mon 30 Nov 2026, 09:00 until Mon 7 Dec 2026, 09:00." in handoff
    assert "_Danny covers for Maya._" in handoff
    assert "This week" not in handoff


def test_who_took_it_takes_it_back_and_it_is_open_again(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    answer = press(stage, DANNY, asked, "request.take")
    stage.do_what_is_due()
    back = press(stage, DANNY, answer, "request.back")
    assert back.words() == "*Taken back*: Thu 3 Dec 2026 is open again.\nI tell Maya.\nAll requests"
    stage.do_what_is_due()
    told = stage.direct(MAYA)[-1]
    assert "*Danny* can't take *Thu 3 Dec 2026* after all. It is open again; you are on duty" in told
    assert asked.words().startswith("*Maya* asks you to cover: *Thu 3 Dec 2026*.")
    assert "Mon 30 Nov – Sun 6 Dec 2026: *Maya*" in stage.words(RENE, "/oncall schedule 3")


def test_a_cover_that_has_begun_stands(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    answer = press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "request.take")
    stage.turn_to("2026-12-03T09:00")
    late = press(stage, DANNY, answer, "request.back")
    assert late.words().startswith("The first of its days has begun, so it stands.")


def test_maya_withdraws_what_danny_took(stage: Stage) -> None:
    said = stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    press(stage, DANNY, asked, "request.take")
    gone = press(stage, MAYA, said, "request.withdraw")
    assert gone.words() == "*Withdrawn*: Thu 3 Dec 2026.\nI tell Danny.\nAll requests"
    stage.do_what_is_due()
    assert asked.words() == "~*Maya* asks you to cover: *Thu 3 Dec 2026*.~ Withdrawn: nobody needs to do anything."
    assert "*Maya* no longer needs you on *Thu 3 Dec 2026*" in stage.direct(DANNY)[-1]


def test_danny_cannot_and_maya_asks_everybody(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "request.cant")
    stage.do_what_is_due()
    told = stage.slack.direct_messages(MAYA)[-1]
    assert "*Danny* can't take *Thu 3 Dec 2026*. You stay on duty unless somebody does." in told.words()
    press(stage, MAYA, told, "request.widen")
    stage.do_what_is_due()
    assert f"Free then: <@{RENE}> and <@{TOMS}>." in stage.slack.messages()[-1].words()
    assert "Danny can't." in stage.slack.messages()[-1].words()


def test_danny_offers_a_part_and_the_rest_is_asked_for(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 2 Dec - 4 Dec")
    stage.do_what_is_due()
    asked = stage.slack.messages()[-1]
    stage.slack.press(DANNY, asked, "request.part")
    stage.slack.until(lambda: stage.slack.view_for(DANNY) is not None)
    form = stage.modal(DANNY)
    assert "Which of the days can you take? Asked for: *Wed 2 – Fri 4 Dec 2026*." in form.words()
    values = {"first": {"first": "2026-12-04"}, "last": {"last": "2026-12-03"}}
    assert stage.slack.submit(DANNY, form, values) == {"last": "That is before the first day, Fri 4 Dec 2026."}
    assert stage.slack.submit(DANNY, form, {"first": {"first": "2026-12-03"}, "last": {"last": "2026-12-03"}}) is None
    assert "You offer *Thu 3 Dec 2026*. I ask Maya whether that helps." in stage.modal(DANNY).words()
    stage.do_what_is_due()
    offer = stage.slack.direct_messages(MAYA)[-1]
    assert "*Danny* offers to take *Thu 3 Dec 2026* of the days that you asked about." in offer.words()
    answer = press(stage, MAYA, offer, "request.accept-part")
    assert (
        "*Danny* takes *Thu 3 Dec 2026* for you.\nI go on asking for Wed 2 Dec 2026.\nI go on asking for Fri 4 Dec"
        in (answer.words())
    )
    stage.do_what_is_due()
    assert "*Danny* takes *Thu 3 Dec 2026*." in offer.words()
    assert "You take *Thu 3 Dec 2026* for *Maya*." in stage.direct(DANNY)[-1]
    assert sum("*Maya* asks for cover: " in said for said in stage.channel()) == 2


def test_who_asks_reads_it_as_their_own(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    assert "• You ask for cover: *Thu 3 Dec 2026*." in stage.words(MAYA, "/oncall requests")
    assert "• *Maya* asks you to cover: *Thu 3 Dec 2026*." in stage.words(DANNY, "/oncall requests")
    stage.ask(RENE, "/oncall swap @Toms")
    assert "• You ask *Toms* to swap: " in stage.words(RENE, "/oncall requests")


def test_the_form_asks_for_cover(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    [reminder] = stage.slack.direct_messages(RENE)
    stage.slack.press(RENE, reminder, "request.need")
    stage.slack.until(lambda: stage.slack.view_for(RENE) is not None)
    form = stage.modal(RENE)
    values = {"first": {"first": "2026-12-15"}, "last": {"last": "2026-12-16"}, "whom": {"whom": "maya"}}
    assert stage.slack.submit(RENE, form, values) is None
    assert "*Cover for your Tue 15 – Wed 16 Dec 2026* (2 days)." in stage.modal(RENE).words()
    stage.do_what_is_due()
    assert "*Rene* asks you to cover: *Tue 15 – Wed 16 Dec 2026*." in stage.direct(MAYA)[-1]


def test_an_admin_files_and_settles_for_others_and_it_says_so(stage: Stage) -> None:
    assert "Only Maya, or an admin, can do that." in stage.words(RENE, "/oncall cover for @Maya 3 Dec @Danny")
    stage.ask(ROBIN, "/oncall cover for @Maya 3 Dec @Danny")
    stage.do_what_is_due()
    assert "*Robin* asked for cover of your days: *Thu 3 Dec 2026*." in stage.direct(MAYA)[-1]
    requests = stage.ask(ROBIN, "/oncall requests")
    assert "request.settle" in actions_of(requests)
    answer = press(stage, ROBIN, requests, "request.settle", "1/rene")
    assert "*Rene* takes *Thu 3 Dec 2026* for *Maya*." in answer.words()
    stage.do_what_is_due()
    assert "You take *Thu 3 Dec 2026* for *Maya*.\n*Robin* settled it." in stage.direct(RENE)[-1]
    assert "*Rene* takes *Thu 3 Dec 2026* for you.\n*Robin* settled it." in stage.direct(MAYA)[-1]


@pytest.mark.both
def test_nobody_answers_and_each_step_is_said_once(stage: Stage) -> None:
    stage.turn_to("2026-11-25T10:00")
    stage.ask(RENE, "/oncall cover 17 Dec @Maya")
    stage.turn_to("2026-12-10T08:59")
    assert len(stage.direct(MAYA)) == 1
    for hour in (9, 10, 11):
        stage.turn_to(f"2026-12-10T{hour:02}:00")
    assert len(stage.direct(MAYA)) == 2
    assert "This is still open:\n*Rene* asks you to cover: *Thu 17 Dec 2026*." in stage.direct(MAYA)[-1]
    stage.turn_to("2026-12-13T09:00")
    assert "*Rene* asks for cover: *Thu 17 Dec 2026*." in stage.channel()[-1]
    stage.turn_to("2026-12-15T09:00")
    assert any("Nobody has taken *Thu 17 Dec 2026* yet, so you stay on duty" in said for said in stage.direct(RENE))
    [settle] = [m for m in stage.slack.direct_messages(ROBIN) if "Nobody has answered *Rene*" in m.words()]
    assert "whose days begin soon: *Thu 17 Dec 2026*." in settle.words()
    press(stage, ROBIN, settle, "request.settle", "1/danny")
    stage.turn_to("2026-12-15T10:00")
    assert "*Danny* takes *Thu 17 Dec 2026* for you." in stage.direct(RENE)[-1]
    for said in (*stage.channel(), *stage.direct(MAYA), *stage.direct(RENE), *stage.direct(ROBIN)):
        assert "still open" not in said
        assert "Nobody has" not in said


@pytest.mark.both
def test_a_reminder_of_what_nobody_took_says_so_in_the_end(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover 21 Dec - 27 Dec")
    stage.do_what_is_due()
    stage.turn_to("2026-12-17T09:00")
    assert stage.channel()[-1].startswith("This is still open:\n*Toms* asks for cover: *Mon 21 – Sun 27 Dec 2026*.")
    stage.turn_to("2026-12-28T09:00")
    over = "~*Toms* asks for cover: *Mon 21 – Sun 27 Dec 2026*.~ Nobody took it: *Toms* stayed on duty."
    assert [said for said in stage.channel() if "asks for cover" in said] == [over, over]


def test_nobody_takes_it_and_everyone_asked_sees_that_it_is_over(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    stage.turn_to("2026-12-04T09:00")
    assert asked.words() == ("~*Maya* asks you to cover: *Thu 3 Dec 2026*.~ Nobody took it: *Maya* stayed on duty.")


def test_a_bot_that_was_down_for_three_weeks_shows_that_it_is_over(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    stage.turn_to("2026-12-24T10:00")
    asked, *_ = stage.direct(DANNY)
    assert asked == "~*Maya* asks you to cover: *Thu 3 Dec 2026*.~ Nobody took it: *Maya* stayed on duty."


def test_who_may_not_is_told_and_nothing_changes(stage: Stage) -> None:
    assert "Only the people of the on-call plan can do that" in stage.words(GUEST, ASKED_DANNY)
    assert "You are not on call then, so there is nothing to cover." in stage.words(RENE, "/oncall cover 3 Dec")
    assert "I understood Thu 3 Dec 2026." in stage.words(RENE, "/oncall cover 3 Dec")
    assert "Nobody can cover for themselves" in stage.words(MAYA, "/oncall cover 3 Dec @Maya")
    assert "I can't read" in stage.words(MAYA, "/oncall cover sometime")
    assert "I can ask one person or everybody" in stage.words(MAYA, "/oncall cover 3 Dec @Danny @Rene")
    assert "I can ask one person or everybody" in stage.words(MAYA, "/oncall swap @Danny @Rene")
    assert "A request carries no note" in stage.words(MAYA, "/oncall cover 3 Dec: dentist")
    assert "Nobody asks for anything just now." in stage.words(ROBIN, "/oncall requests")
    stage.ask(MAYA, ASKED_DANNY)
    assert "There is an open request for those days already" in stage.words(MAYA, "/oncall cover 3 Dec")
    stage.ask(DANNY, "/holiday 3 Dec")
    stage.do_what_is_due()
    asked = stage.slack.direct_messages(DANNY)[0]
    assert "You are away on one of those days." in press(stage, DANNY, asked, "request.take").words()


def test_a_cover_of_who_covers_shows_wherever_the_day_does(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "request.take")
    stage.ask(DANNY, "/oncall cover 3 Dec @Rene")
    stage.do_what_is_due()
    press(stage, RENE, stage.slack.direct_messages(RENE)[0], "request.take")
    assert "↳ Thu 3 Dec 2026: *Rene*" in stage.words(TOMS, "/oncall schedule 3")
    assert "Thu 3 Dec 2026: *Rene* is on call." in stage.words(TOMS, "/oncall 3 Dec")
    assert "• Thu 3 Dec 2026\n" in stage.words(TOMS, "/oncall @Rene") + "\n"
    assert "Thu 3 Dec 2026" not in stage.words(TOMS, "/oncall @Danny")
    stage.turn_to("2026-11-30T09:00")
    assert "↳ Thu 3 Dec 2026: *Rene*" in stage.channel()[-1]


def test_next_week_is_the_week_after_this_one_whoever_asks(stage: Stage) -> None:
    for who, whom in ((TOMS, ""), (DANNY, ""), (RENE, ""), (RENE, " @Danny"), (ROBIN, " for @Rene")):
        stage.ask(who, f"/oncall cover{whom} next week")
        assert asked_for(stage) == []
    stage.ask(ROBIN, "/oncall cover for @Maya Next Week")
    assert asked_for(stage) == [("maya", date(2026, 11, 30), date(2026, 12, 7))]


@pytest.mark.parametrize("typed", ["@Danny", "week", "my week", "my next week", "My Next Week @Danny"])
def test_ones_own_next_week_is_the_next_that_one_has(stage: Stage, typed: str) -> None:
    stage.ask(RENE, f"/oncall cover {typed}")
    assert asked_for(stage) == [("rene", date(2026, 12, 14), date(2026, 12, 21))]


def asked_for(stage: Stage) -> list[tuple[str, date, date]]:
    """Whose days are asked to be covered, from which up to, not including, which."""
    with stage.store.reading() as tx:
        made = requests.ending_after(tx, roster.own(tx).id, date(2026, 11, 1))
    return [(each.person_id, each.first, each.until) for each in made]
