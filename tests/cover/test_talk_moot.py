"""Requests that come to nothing without anybody's word: their days pass, or are not the asker's any more. Toms has the
week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

from datetime import date

from scheduler.change.frame import Actor
from scheduler.people import members
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of, press


def reordered(stage: Stage, *order: str) -> None:
    """An admin gives the rotation another order from Mon 7 Dec 2026 on."""
    wish = members.RosterWish(members.REORDERED, date(2026, 12, 7), order=order)
    with stage.store.writing() as tx:
        members.change(tx, Actor("robin", True, stage.clock.now()), wish)
    stage.do_what_is_due()


def test_a_request_is_moot_when_its_days_pass_to_somebody_else(stage: Stage) -> None:
    stage.ask(RENE, "/oncall cover 17 Dec @Maya")
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(MAYA)
    declared = stage.ask(RENE, "/holiday 14 Dec - 20 Dec")
    stage.do_what_is_due()
    assert asked.words().startswith("~*Rene* asks you to cover: *Thu 17 Dec 2026*.~ Nobody needs to do anything: ")
    assert asked.words().endswith("*Rene* is not on call then any more.")
    assert "Nobody asks for anything just now." in stage.words(RENE, "/oncall requests")
    stage.slack.press(RENE, declared, "holiday.undo")
    stage.slack.until(lambda: "holiday.undo" not in actions_of(declared))
    stage.do_what_is_due()
    assert "request.take" in actions_of(asked)


def test_of_a_moot_request_nothing_more_is_said(stage: Stage) -> None:
    stage.ask(RENE, "/oncall cover 17 Dec @Maya")
    stage.do_what_is_due()
    asked = stage.slack.direct_messages(MAYA)[0]
    stage.ask(RENE, "/holiday 14 Dec - 20 Dec")
    for day in (10, 13, 15, 18):
        stage.turn_to(f"2026-12-{day}T10:00")
    assert not any("Nobody has taken" in said for said in stage.direct(RENE))
    assert not any("still open" in said for said in stage.direct(MAYA))
    assert not any("asks for cover" in said for said in stage.channel())
    assert not any("Nobody has answered" in said for said in stage.direct(ROBIN))
    assert asked.words().endswith("*Rene* is not on call then any more.")


def test_who_takes_it_back_gives_no_days_that_are_not_theirs_any_more(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover 21 Dec - 27 Dec @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[-1], "request.take")
    stage.ask(TOMS, "/holiday 21 Dec - 27 Dec")
    stage.turn_to("2026-11-24T10:10")
    press(stage, DANNY, stage.ask(DANNY, "/oncall requests"), "request.back")
    stage.turn_to("2026-11-24T10:20")
    told = stage.direct(TOMS)[-2:]
    assert told[0] == (
        "*Danny* can't take *Mon 21 – Sun 27 Dec 2026* after all. "
        "Those days are not yours any more, so nobody else is asked."
    )
    assert "• Mon 28 Dec 2026 – Sun 3 Jan 2027: you instead of *Maya*" in told[1]
    assert any("Mon 21 – Sun 27 Dec 2026: you instead of" in said for said in stage.direct(MAYA))


def test_a_change_of_the_rotation_makes_it_moot_too(stage: Stage) -> None:
    stage.ask(RENE, "/oncall cover 17 Dec @Maya")
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(MAYA)
    reordered(stage, "danny", "rene", "maya", "toms")
    assert "request.take" in actions_of(asked)
    reordered(stage, "danny", "maya", "rene", "toms")
    assert asked.words().endswith("*Rene* is not on call then any more.")


def test_a_swap_is_moot_when_one_of_its_weeks_changes_hands(stage: Stage) -> None:
    stage.ask(RENE, "/oncall swap @Danny 14 Dec for 4 Jan")
    stage.do_what_is_due()
    asked = stage.slack.direct_messages(DANNY)[0]
    stage.ask(DANNY, "/holiday 4 Jan - 10 Jan")
    stage.do_what_is_due()
    assert asked.words().endswith("Nobody needs to do anything: the weeks are not theirs to swap any more.")


def test_a_swap_that_nobody_answered_is_over_in_words_of_its_own(stage: Stage) -> None:
    stage.ask(RENE, "/oncall swap @Danny 14 Dec for 4 Jan")
    stage.do_what_is_due()
    asked = stage.slack.direct_messages(DANNY)[0]
    stage.turn_to("2026-12-14T09:00")
    assert asked.words().endswith("Nobody answered: everything stayed as it was.")


def test_a_part_that_was_offered_is_taken_no_more_when_the_days_are_over(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 2 Dec - 3 Dec @Danny")
    stage.do_what_is_due()
    stage.slack.press(DANNY, stage.slack.direct_messages(DANNY)[0], "request.part")
    stage.slack.until(lambda: stage.slack.view_for(DANNY) is not None)
    days = {"first": {"first": "2026-12-03"}, "last": {"last": "2026-12-03"}}
    stage.slack.submit(DANNY, stage.modal(DANNY), days)
    stage.do_what_is_due()
    [offer] = [m for m in stage.slack.direct_messages(MAYA) if "request.accept-part" in actions_of(m)]
    stage.turn_to("2026-12-04T10:00")
    assert actions_of(offer) == []
