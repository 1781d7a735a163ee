"""What an admin does for others says who did it, to each of them. Toms has the week from Mon 23 Nov 2026, then Maya,
Danny, Rene; Robin is an admin outside the rotation."""

import pytest

from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of, press

SWAP = "/oncall swap @Danny 21 Dec for 4 Jan"  # Toms's week for Danny's


def test_who_is_asked_reads_that_an_admin_asks_for_maya(stage: Stage) -> None:
    stage.ask(ROBIN, "/oncall cover for @Maya 3 Dec")
    stage.do_what_is_due()
    asked = stage.slack.messages()[-1]
    assert "*Robin* asks that for *Maya*." in asked.words()
    press(stage, DANNY, asked, "request.take")
    stage.do_what_is_due()
    assert asked.words() == ":white_check_mark: *Danny* takes *Thu 3 Dec 2026* for *Maya*."


def test_who_was_asked_reads_that_an_admin_settled_it(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    assert "asks that for" not in asked.words()
    press(stage, ROBIN, stage.ask(ROBIN, "/oncall requests"), "request.settle", "1/rene")
    stage.do_what_is_due()
    assert asked.words() == (":white_check_mark: *Rene* takes *Thu 3 Dec 2026* for *Maya*.\n*Robin* settled it.")


def test_an_admin_takes_back_what_danny_took_and_both_read_who_did(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    stage.do_what_is_due()
    answer = press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "request.take")
    press(stage, ROBIN, answer, "request.back")
    stage.do_what_is_due()
    assert "*Robin* took back that *Danny* takes *Thu 3 Dec 2026* for you. It is open again;" in stage.direct(MAYA)[-1]
    assert "*Robin* took back that you take *Thu 3 Dec 2026* for *Maya*" in stage.direct(DANNY)[-1]


def test_an_admin_withdraws_what_was_agreed_and_both_read_who_did(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    press(stage, DANNY, asked, "request.take")
    press(stage, ROBIN, said, "request.withdraw")
    stage.do_what_is_due()
    assert "*Robin* withdrew the request for your days *Thu 3 Dec 2026*." in stage.direct(MAYA)[-1]
    assert "*Robin* withdrew the request of *Maya*, so you are not needed on *Thu 3 Dec" in stage.direct(DANNY)[-1]
    assert asked.words().endswith("Withdrawn: nobody needs to do anything.\n*Robin* settled it.")


def test_an_admin_offers_another_week_of_dannys(stage: Stage) -> None:
    stage.ask(TOMS, SWAP)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    stage.slack.press(ROBIN, asked, "request.week")
    stage.slack.until(lambda: stage.slack.view_for(ROBIN) is not None)
    stage.slack.submit(ROBIN, stage.modal(ROBIN), {"week": {"week": "2026-12-07"}})
    assert "*Danny* offers *Mon 7 – Sun 13 Dec 2026* instead. I ask Toms.\nI tell Danny." in stage.modal(ROBIN).words()
    stage.do_what_is_due()
    assert "*Robin* offers that for *Danny*." in stage.direct(TOMS)[-1]
    assert (
        "*Robin* offered another week of yours, *Mon 7 – Sun 13 Dec 2026*, for the swap of *Mon 21 – Sun 27 Dec 2026*."
        in stage.direct(DANNY)[-1]
    )


@pytest.mark.conversation
def test_an_admin_settles_a_swap_that_nobody_answered(stage: Stage) -> None:
    stage.ask(TOMS, SWAP)
    stage.turn_to("2026-12-19T10:00")
    [settle] = [m for m in stage.slack.direct_messages(ROBIN) if "Nobody has answered the swap" in m.words()]
    assert any("*Danny* has not answered yet whether you swap *Mon 21 – Sun 27 Dec" in m for m in stage.direct(TOMS))
    press(stage, ROBIN, settle, "request.take")
    stage.do_what_is_due()
    assert settle.words().startswith(":white_check_mark: Agreed: *Danny* takes *Mon 21 – Sun 27 Dec 2026*")
    assert "*Robin* settled it." in stage.direct(TOMS)[-1]


def test_an_admin_puts_danny_on_call_and_who_was_reads_who_did(stage: Stage) -> None:
    stage.ask(ROBIN, "/oncall take @Danny until 18:00")
    stage.do_what_is_due()
    told = stage.direct(TOMS)[-1]
    assert told.startswith("*Robin* put *Danny* on call from now until Tue 24 Nov 2026, 18:00, instead of you.")


def test_an_admin_declares_on_short_notice_for_maya_and_danny_is_asked(stage: Stage) -> None:
    stage.ask(ROBIN, "/holiday @Maya 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    assert stage.direct(MAYA)[-1].startswith("*Robin* declared that you are away Tue 1 – Wed 2 Dec 2026.")
    [asked] = stage.slack.direct_messages(DANNY)
    assert {"short.got-it", "short.cant"} < set(actions_of(asked))


def test_toms_withdraws_a_swap_that_was_agreed(stage: Stage) -> None:
    said = stage.ask(TOMS, SWAP)
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[-1], "request.take")
    gone = press(stage, TOMS, said, "request.withdraw")
    assert gone.words() == (
        "*Withdrawn*: the swap of Mon 21 – Sun 27 Dec 2026 and Mon 4 – Sun 10 Jan 2027.\nI tell Danny.\nAll requests"
    )
    stage.do_what_is_due()
    assert stage.direct(DANNY)[-1] == (
        "*Toms* withdrew the swap of *Mon 21 – Sun 27 Dec 2026* and *Mon 4 – Sun 10 Jan 2027*:"
        " everybody has their own days."
    )


def test_i_cant_is_for_those_who_could(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 3 Dec")
    stage.do_what_is_due()
    asked = stage.slack.messages()[-1]
    assert press(stage, MAYA, asked, "request.cant").words().startswith("You ask for it yourself: withdraw it")
    assert "Robin is not in the on-call rotation" in press(stage, ROBIN, asked, "request.cant").words()
    stage.do_what_is_due()
    assert "can't" not in asked.words().replace("I can't", "")


def test_whoever_offered_another_week_has_nothing_left_to_press(stage: Stage) -> None:
    stage.ask(TOMS, SWAP)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    stage.slack.press(DANNY, asked, "request.week")
    stage.slack.until(lambda: stage.slack.view_for(DANNY) is not None)
    stage.slack.submit(DANNY, stage.modal(DANNY), {"week": {"week": "2026-12-07"}})
    stage.do_what_is_due()
    assert asked.words().startswith("You offer another week: ")
    assert actions_of(asked) == []


def test_a_reminder_changes_to_what_became_of_it_too(stage: Stage) -> None:
    stage.ask(RENE, "/oncall cover 17 Dec @Maya")
    stage.turn_to("2026-12-10T09:00")
    stage.turn_to("2026-12-15T09:00")
    [reminder] = [m for m in stage.slack.direct_messages(MAYA) if "This is still open" in m.words()]
    [still_yours] = [m for m in stage.slack.direct_messages(RENE) if "Nobody has taken" in m.words()]
    [settle] = [m for m in stage.slack.direct_messages(ROBIN) if "Nobody has answered" in m.words()]
    press(stage, DANNY, [m for m in stage.slack.messages() if "request.take" in actions_of(m)][-1], "request.take")
    stage.do_what_is_due()
    assert reminder.words() == settle.words() == ":white_check_mark: *Danny* takes *Thu 17 Dec 2026* for *Rene*."
    assert still_yours.words() == ":white_check_mark: *Danny* takes *Thu 17 Dec 2026* for you."


def test_what_begins_at_once_offers_no_way_back_that_is_refused(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover today")
    stage.do_what_is_due()
    assert actions_of(press(stage, RENE, stage.slack.messages()[-1], "request.take")) == []
    stage.do_what_is_due()
    assert actions_of(stage.slack.direct_messages(TOMS)[-1]) == []
    assert "*Rene* is on call now, until Wed 25 Nov 2026, 09:00." in stage.words(MAYA, "/oncall")
