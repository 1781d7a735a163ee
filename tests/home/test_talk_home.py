"""The App Home, as the team uses it. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

from collections.abc import Callable

import pytest

from bot.sandbox.records import View, elements_in
from tests.kit.cast import DANNY, GUEST, MAYA, RENE, ROBIN, STRANGER, TOMS
from tests.kit.stage import Stage

ASKED_DANNY = "/oncall cover 3 Dec @Danny"
UNTIL_CHRISTMAS = {"first": {"first": "2026-12-24"}, "last": {"last": "2026-12-26"}, "note": {"note": "skiing"}}


def opened(stage: Stage, who: str) -> View:
    """The home of somebody who opens it."""
    return shown(stage, who, lambda: stage.slack.open_home(who))


def pressed(stage: Stage, who: str, action: str, value: object = None) -> View:
    """The home of somebody, after they pressed something in it."""
    home = stage.slack.home_of(who)
    assert home is not None
    return shown(stage, who, lambda: stage.slack.press_in_view(who, home, action, value))


def shown(stage: Stage, who: str, does: Callable[[], object]) -> View:
    """The home that is published by what somebody does."""
    before = stage.slack.home_of(who)
    hash_before = before.hash if before else ""
    does()
    stage.slack.until(lambda: (home := stage.slack.home_of(who)) is not None and home.hash != hash_before)
    home = stage.slack.home_of(who)
    assert home is not None
    return home


def opened_modal(stage: Stage, who: str, action: str, value: object = None) -> View:
    """The modal that opens when somebody presses that in their home."""
    pressed(stage, who, action, value)
    return stage.modal(who)


def offers(home: View) -> list[str]:
    """The action ids that a home offers."""
    return [element["action_id"] for _, element in elements_in(home.blocks)]


def test_toms_opens_it_and_sees_what_is_his(stage: Stage) -> None:
    home = opened(stage, TOMS)
    assert home.words() == (
        "On call\n"
        ":telephone_receiver: You are on call now, until Mon 30 Nov 2026, 09:00.\n"
        "Since Mon 23 Nov 2026, 09:00.\n"
        "Next: *Maya*, Mon 30 Nov – Sun 6 Dec 2026.\n"
        "Calendar\n"
        "Open a runbook\n"
        "Unit-level profit\nAggregate profit\nDaily growth\nAggregate growth\nAggregate engagement\n"
        "You\n"
        "*Your next weeks on call*\n"
        "• Mon 21 – Sun 27 Dec 2026\n"
        "• Mon 18 – Sun 24 Jan 2027\n"
        "• Mon 15 – Sun 21 Feb 2027\n"
        "• Mon 15 – Sun 21 Mar 2027\n"
        "I need cover\n"
        "Declare time off\n"
        "Your pipelines\n"
        "*Unit-level profit*\nToms (primary), Maya (secondary)\nRunbook\n"
        "*Daily growth*\nMaya (primary), Toms (secondary)\nRunbook\n"
        "*Aggregate engagement*\nToms (primary), Danny (secondary)\nRunbook\n"
        "The next eight weeks\n"
        "• Mon 23 – Sun 29 Nov 2026: *Toms*\n"
        "• Mon 30 Nov – Sun 6 Dec 2026: *Maya*\n"
        "• Mon 7 – Sun 13 Dec 2026: *Danny*\n"
        "• Mon 14 – Sun 20 Dec 2026: *Rene*\n"
        "• Mon 21 – Sun 27 Dec 2026: *Toms*\n"
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: *Maya*\n"
        "• Mon 4 – Sun 10 Jan 2027: *Danny*\n"
        "• Mon 11 – Sun 17 Jan 2027: *Rene*\n"
        "As of Tue 24 Nov 2026, 10:00, in the team's time (Europe/Berlin). "
        "`/oncall help` says what else you can ask."
    )


@pytest.mark.conversation
def test_toms_declares_a_holiday_from_it_and_takes_it_back(stage: Stage) -> None:
    opened(stage, TOMS)
    form = opened_modal(stage, TOMS, "holiday.open")
    home = shown(stage, TOMS, lambda: stage.slack.submit(TOMS, form, UNTIL_CHRISTMAS))
    assert "*You are away Thu 24 – Sat 26 Dec 2026* (3 days)." in stage.modal(TOMS).words()
    assert home.words().startswith("*You are away Thu 24 – Sat 26 Dec 2026* (3 days).")
    assert "*Your time off*\n• Thu 24 – Sat 26 Dec 2026\nCancel\n" in home.words()
    assert "*Your next weeks on call*\n• Mon 28 Dec 2026 – Sun 3 Jan 2027\n" in home.words()
    assert "• Mon 21 – Sun 27 Dec 2026: *Maya* _instead of Toms_\n" in home.words()
    assert "skiing" not in home.words()
    home = pressed(stage, TOMS, "holiday.undo")
    assert home.words().startswith(
        "*Undone*: your time off Thu 24 – Sat 26 Dec 2026 is taken back, and everything is as it was before.\n"
    )
    assert "Your time off" not in home.words()


def test_toms_cancels_a_holiday_in_it_and_undoes_that(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    opened(stage, TOMS)
    home = pressed(stage, TOMS, "holiday.cancel")
    assert home.words().startswith("*You are not away Thu 24 – Sat 26 Dec 2026* any more (3 days).")
    assert "Your time off" not in home.words()
    assert "holiday.undo" in offers(home)
    home = pressed(stage, TOMS, "holiday.undo")
    assert "*Your time off*\n• Thu 24 – Sat 26 Dec 2026\nCancel\n" in home.words()
    assert "Undone" not in opened(stage, TOMS).words()


def test_of_time_off_that_has_begun_the_days_to_come_are_cancelled(stage: Stage) -> None:
    stage.ask(RENE, "/holiday 24 Nov - 28 Nov")
    stage.turn_to("2026-11-26T10:00")
    assert "• Tue 24 – Sat 28 Nov 2026" in opened(stage, RENE).words()
    pressed(stage, RENE, "holiday.cancel")
    assert "You have no time off coming up." in stage.words(RENE, "/holiday mine")


def test_danny_takes_what_maya_asks_and_both_homes_show_it(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    waits = "Waiting for you\n*Maya* asks you to cover: *Thu 3 Dec 2026*.\n"
    assert waits in opened(stage, DANNY).words()
    assert (
        "Your requests\nYou ask for cover: *Thu 3 Dec 2026*.\nWithdraw\nAsked: Danny.\n" in opened(stage, MAYA).words()
    )
    home = pressed(stage, DANNY, "request.take")
    assert home.words().startswith(
        ":white_check_mark: You take *Thu 3 Dec 2026* for *Maya*.\nI tell Maya.\nTake it back"
    )
    assert "Waiting for you" not in home.words()
    assert "• Thu 3 Dec 2026\n• Mon 7 – Sun 13 Dec 2026\n" in home.words()
    again = opened(stage, DANNY)
    assert again.words().startswith("On call\n")
    agreed = "*Agreed, and to come*\n• You take *Thu 3 Dec 2026* for *Maya*.\nTake it back\n"
    assert agreed in again.words()
    theirs = opened(stage, MAYA).words()
    assert "*Agreed, and to come*\n• *Danny* takes *Thu 3 Dec 2026* for you.\nWithdraw\n" in theirs
    assert "Your requests" not in theirs
    home = pressed(stage, DANNY, "request.back")
    assert home.words().startswith("*Taken back*: Thu 3 Dec 2026 is open again.\n")
    assert waits in home.words()


def test_who_comes_second_is_told_in_their_home(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover week")
    opened(stage, DANNY)
    opened(stage, TOMS)
    pressed(stage, DANNY, "request.take")
    late = pressed(stage, TOMS, "request.take")
    assert late.words().startswith("Thank you, but Danny was faster and has it. Nothing was changed.\n")
    assert "Waiting for you" not in late.words()


@pytest.mark.both
def test_a_swap_waits_for_danny_and_his_other_week_for_toms(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall swap @Danny 21 Dec for 4 Jan")
    assert (
        "Waiting for you\n*Toms* asks you to swap: you take *Mon 21 – Sun 27 Dec 2026*" in opened(stage, DANNY).words()
    )
    form = opened_modal(stage, DANNY, "request.week")
    home = shown(stage, DANNY, lambda: stage.slack.submit(DANNY, form, {"week": {"week": "2026-12-07"}}))
    assert "Waiting for you" not in home.words()
    assert "Waiting for you\n*Danny* offers another week: " in opened(stage, TOMS).words()
    home = pressed(stage, TOMS, "request.take")
    assert "*Agreed, and to come*\n• Agreed: *Danny* takes *Mon 21 – Sun 27 Dec 2026*, you take" in home.words()


@pytest.mark.both
def test_a_part_that_is_offered_waits_for_maya(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 2 Dec - 4 Dec")
    opened(stage, DANNY)
    form = opened_modal(stage, DANNY, "request.part")
    third = {"first": {"first": "2026-12-03"}, "last": {"last": "2026-12-03"}}
    home = shown(stage, DANNY, lambda: stage.slack.submit(DANNY, form, third))
    assert "Waiting for you" not in home.words()
    home = opened(stage, MAYA)
    assert "Waiting for you\n*Danny* offers to take *Thu 3 Dec 2026* of the days that you asked about." in home.words()
    home = pressed(stage, MAYA, "request.accept-part")
    assert "*Agreed, and to come*\n• *Danny* takes *Thu 3 Dec 2026* for you.\n" in home.words()
    assert home.words().count("You ask for cover: ") == 2


def test_who_cannot_is_not_asked_again_and_maya_withdraws(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    opened(stage, DANNY)
    assert "Waiting for you" not in pressed(stage, DANNY, "request.cant").words()
    assert "You ask for cover: *Thu 3 Dec 2026*.\nWithdraw\nDanny can't.\n" in opened(stage, MAYA).words()
    home = pressed(stage, MAYA, "request.withdraw")
    assert home.words().startswith("*Withdrawn*: Thu 3 Dec 2026.\n")
    assert "Your requests" not in home.words()


def test_maya_asks_for_cover_from_it(stage: Stage) -> None:
    opened(stage, MAYA)
    form = opened_modal(stage, MAYA, "request.need")
    values = {"first": {"first": "2026-12-03"}, "last": {"last": "2026-12-02"}}
    assert stage.slack.submit(MAYA, form, values) == {"last": "That is before the first day, Thu 3 Dec 2026."}
    values = {"first": {"first": "2026-12-03"}, "last": {"last": "2026-12-03"}, "whom": {"whom": "danny"}}
    home = shown(stage, MAYA, lambda: stage.slack.submit(MAYA, form, values))
    assert home.words().startswith("*Cover for your Thu 3 Dec 2026* (1 day).\n")
    assert offers(home)[:2] == ["request.withdraw", "request.widen"]


@pytest.mark.conversation
def test_a_runbook_opens_above_it_and_its_sections_stay_there(stage: Stage) -> None:
    opened(stage, TOMS)
    book = opened_modal(stage, TOMS, "runbook.open", "daily-growth")
    assert book.words().startswith("Runbook\nClose\nDaily growth\n")
    stage.slack.press_in_view(TOMS, book, "runbook.section.issues")
    stage.slack.until(lambda: "Daily growth: Common issues" in stage.modal(TOMS).words())
    assert "Daily growth" in opened_modal(stage, TOMS, "handoff.runbook", "daily-growth").words()
    assert "*On call, week by week*" in opened_modal(stage, TOMS, "oncall.calendar").words()


def test_robin_who_is_only_an_admin_settles_for_others(stage: Stage) -> None:
    stage.ask(MAYA, ASKED_DANNY)
    home = opened(stage, ROBIN)
    assert "Waiting for others\n*Maya* asks for cover: *Thu 3 Dec 2026*.\n" in home.words()
    for nothing in ("\nYou\n", "Your pipelines", "I need cover", "Declare time off"):
        assert nothing not in home.words()
    assert "Waiting for others" not in opened(stage, RENE).words()
    home = pressed(stage, ROBIN, "request.settle", "1/rene")
    assert home.words().startswith(":white_check_mark: *Rene* takes *Thu 3 Dec 2026* for *Maya*.\n")
    assert "Waiting for others" not in home.words()


def test_guests_and_strangers_look_things_up(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover week")
    stage.ask(TOMS, "/holiday 24 Dec: skiing")
    for who in (GUEST, STRANGER):
        home = opened(stage, who)
        assert offers(home) == ["oncall.calendar", "handoff.runbook"]
        assert "*Toms* is on call now" in home.words()
        assert "The next eight weeks\n" in home.words()
        for hidden in ("Waiting", "You", "skiing", "@example.com", "+49"):
            assert hidden not in home.words()
        book = opened_modal(stage, who, "handoff.runbook", "daily-growth")
        assert "@example.com" not in book.words()


def test_it_says_what_holds_when_it_is_opened(stage: Stage) -> None:
    opened(stage, MAYA)
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    assert "• Mon 21 – Sun 27 Dec 2026: *Maya* _instead of Toms_" in opened(stage, MAYA).words()
    stage.turn_to("2026-11-30T09:00")
    assert "You are on call now, until Mon 7 Dec 2026, 09:00." in opened(stage, MAYA).words()
    stage.ask(DANNY, "/oncall take until 18:00")
    assert "*Danny* is on call now, until Mon 30 Nov 2026, 18:00.\n_Danny took over from you._" in (
        opened(stage, MAYA).words()
    )


def test_danny_took_over_and_gives_it_back_in_his_home(stage: Stage) -> None:
    assert "take.give-back" not in offers(opened(stage, DANNY))
    stage.ask(DANNY, "/oncall take until 18:00")
    assert offers(opened(stage, DANNY))[0] == "take.give-back"
    assert "take.give-back" not in offers(opened(stage, TOMS))
    home = pressed(stage, DANNY, "take.give-back")
    assert home.words().startswith("*Given back*: *Toms* is on call now.\nI tell Toms.\nOn call\n")
    assert "take.give-back" not in offers(home)


def test_the_same_event_or_press_twice_does_it_once(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    shown(stage, TOMS, lambda: stage.slack.open_home(TOMS, twice=True))
    home = stage.slack.home_of(TOMS)
    assert home is not None
    stage.slack.press_in_view(TOMS, home, "holiday.cancel", twice=True)
    stage.slack.until(lambda: "Your time off" not in home.words())
    assert "You have no time off coming up." in stage.words(TOMS, "/holiday mine")
