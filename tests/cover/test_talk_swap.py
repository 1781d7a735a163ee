"""Swaps: two covers that stand or fall together. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

import json
import sys
from datetime import date

import pytest

from bot.talk.oncall import calendar
from bot.terminal import cli
from scheduler.team import roster
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of, press

SWAP = "/oncall swap @Danny 21 Dec for 4 Jan"  # Toms's week for Danny's


def swap(stage: Stage) -> str:
    """Toms and Danny swap. Returns what Danny was answered."""
    stage.ask(TOMS, SWAP)
    stage.do_what_is_due()
    return press(stage, DANNY, stage.slack.direct_messages(DANNY)[-1], "request.take").words()


@pytest.mark.conversation
def test_toms_and_danny_swap_a_week(stage: Stage) -> None:
    said = stage.words(TOMS, SWAP)
    assert "*A swap*: *Danny* takes Mon 21 – Sun 27 Dec 2026, you take Mon 4 – Sun 10 Jan 2027." in said
    assert "Until *Danny* says yes, everything stays as it is." in said
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    assert asked.words().startswith(
        "*Toms* asks you to swap: you take *Mon 21 – Sun 27 Dec 2026*, *Toms* takes *Mon 4 – Sun 10 Jan 2027*."
    )
    assert actions_of(asked) == ["request.take", "request.week", "request.cant"]
    answer = press(stage, DANNY, asked, "request.take")
    agreed = "Agreed: you take *Mon 21 – Sun 27 Dec 2026*, *Toms* takes *Mon 4 – Sun 10 Jan 2027*."
    assert agreed in answer.words()
    assert "I tell Toms." in answer.words()
    stage.do_what_is_due()
    assert agreed in asked.words()
    assert (
        "Agreed: *Danny* takes *Mon 21 – Sun 27 Dec 2026*, you take *Mon 4 – Sun 10 Jan 2027*."
        in stage.direct(TOMS)[-1]
    )
    assert stage.direct(MAYA) == stage.direct(RENE) == []
    schedule = stage.words(MAYA, "/oncall schedule 8")
    assert "Mon 21 – Sun 27 Dec 2026: *Danny* _for Toms_" in schedule
    assert "Mon 4 – Sun 10 Jan 2027: *Toms* _for Danny_" in schedule


def test_without_a_second_week_it_is_his_next(stage: Stage) -> None:
    assert "*Danny* takes Mon 21 – Sun 27 Dec 2026, you take Mon 7 – Sun 13 Dec 2026." in stage.words(
        TOMS, "/oncall swap @Danny 2026-12-21"
    )


def test_iso_dates_name_both_weeks(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall swap @Danny 2026-12-22 2027-01-08")
    assert "*Danny* takes Mon 21 – Sun 27 Dec 2026, you take Mon 4 – Sun 10 Jan 2027." in said


def test_danny_says_no(stage: Stage) -> None:
    stage.ask(TOMS, SWAP)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    assert (
        "The swap is off: everything stays as it is.\nI tell Toms."
        in press(stage, DANNY, asked, "request.cant").words()
    )
    stage.do_what_is_due()
    assert "*Danny* said no to the swap of *Mon 21 – Sun 27 Dec 2026*" in stage.direct(TOMS)[-1]
    assert "It was declined: everything stays as it is." in asked.words()


def test_danny_offers_another_week_and_toms_agrees(stage: Stage) -> None:
    stage.ask(TOMS, SWAP)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    stage.slack.press(DANNY, asked, "request.week")
    stage.slack.until(lambda: stage.slack.view_for(DANNY) is not None)
    assert stage.slack.submit(DANNY, stage.modal(DANNY), {"week": {"week": "2026-12-07"}}) is None
    assert "You offer *Mon 7 – Sun 13 Dec 2026* instead. I ask Toms." in stage.modal(DANNY).words()
    stage.do_what_is_due()
    [offered] = stage.slack.direct_messages(TOMS)
    assert offered.words().startswith(
        "*Danny* offers another week: *Danny* takes *Mon 21 – Sun 27 Dec 2026*, you take *Mon 7 – Sun 13 Dec 2026*."
    )
    press(stage, TOMS, offered, "request.take")
    assert "Mon 7 – Sun 13 Dec 2026: *Toms* _for Danny_" in stage.words(MAYA, "/oncall schedule 8")


def test_only_the_other_side_says_yes(stage: Stage) -> None:
    said = stage.ask(TOMS, SWAP)
    stage.do_what_is_due()
    [asked] = stage.slack.direct_messages(DANNY)
    assert "Only Danny, or an admin, can do that." in press(stage, MAYA, asked, "request.take").words()
    press(stage, ROBIN, asked, "request.take")
    stage.do_what_is_due()
    assert "*Robin* settled it." in stage.direct(DANNY)[-1]
    assert "*Robin* settled it." in stage.direct(TOMS)[-1]
    assert "request.withdraw" in actions_of(said)


def test_either_side_takes_it_back(stage: Stage) -> None:
    swap(stage)
    stage.do_what_is_due()
    told = stage.slack.direct_messages(TOMS)[-1]
    press(stage, TOMS, told, "request.back")
    stage.do_what_is_due()
    assert "Mon 21 – Sun 27 Dec 2026: *Toms*\n" in stage.words(MAYA, "/oncall schedule 8")
    assert "*Toms* took the swap back" in stage.direct(DANNY)[-1]


def test_a_holiday_breaks_a_swap_and_both_are_told_before_and_after(stage: Stage) -> None:
    swap(stage)
    stage.ask(DANNY, "/holiday 21 Dec - 27 Dec")
    stage.turn_to("2026-11-24T10:05")
    for who in (TOMS, DANNY):
        told = stage.direct(who)[-1]
        assert told.startswith("*Toms* and *Danny* agreed on a swap; somebody's weeks or time off changed since.")
        assert "Before: Danny for Toms on Mon 21 – Sun 27 Dec 2026." in told
        assert "Before: Toms for Danny on Mon 4 – Sun 10 Jan 2027." in told
        assert "Now: nothing of it holds." in told
    assert "On call on Mon 21 – Sun 27 Dec 2026: you.\n" in stage.direct(TOMS)[-1]
    assert "On call on Mon 4 – Sun 10 Jan 2027: *Danny*." in stage.direct(TOMS)[-1]
    assert actions_of(stage.slack.direct_messages(TOMS)[-1]) == ["request.need", "oncall.schedule"]
    schedule = stage.words(MAYA, "/oncall schedule 8")
    assert "Mon 21 – Sun 27 Dec 2026: *Toms*\n" in schedule
    assert "Mon 4 – Sun 10 Jan 2027: *Danny*\n" in schedule
    stage.ask(DANNY, "/holiday cancel 21 Dec - 27 Dec")
    assert "Mon 21 – Sun 27 Dec 2026: *Danny* _for Toms_" in stage.words(MAYA, "/oncall schedule 8")


def test_a_week_that_passes_to_somebody_else_breaks_a_swap_and_all_concerned_are_told(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover week @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[-1], "request.take")
    stage.ask(RENE, "/oncall swap @Toms 14 Dec for 21 Dec")
    stage.do_what_is_due()
    press(stage, TOMS, stage.slack.direct_messages(TOMS)[-1], "request.take")
    stage.do_what_is_due()
    stage.ask(MAYA, "/holiday 30 Nov - 2 Dec")
    said = stage.words(DANNY, "/holiday 30 Nov - 4 Dec")
    moves = (
        "• Mon 30 Nov – Sun 6 Dec 2026: *Rene* instead of {danny}\n"
        "• Mon 14 – Sun 20 Dec 2026: *Maya* instead of *Toms*\n"
        "• Mon 21 – Sun 27 Dec 2026: *Toms* instead of *Rene*\n"
        "Nobody else changes."
    )
    assert "It hits your on-call week Mon 30 Nov – Sun 6 Dec 2026.\n" + moves.format(danny="you") in said
    assert "In a minute I tell Maya, Rene and Toms." in said
    heard = {who: len(stage.direct(who)) for who in (TOMS, MAYA, DANNY, RENE)}
    stage.turn_to("2026-11-24T10:05")
    assert {who: len(stage.direct(who)) - before for who, before in heard.items()} == dict.fromkeys(heard, 1)
    assert stage.channel()[-1].splitlines() == [
        "Time off",
        "*Danny* is away Mon 30 Nov – Fri 4 Dec 2026. _(short notice)_",
        "• Mon 30 Nov – Sun 6 Dec 2026: *Rene* instead of *Maya*",
        "• Mon 14 – Sun 20 Dec 2026: *Maya* instead of *Rene*",
        "Calendar",
    ]
    for who in (TOMS, RENE):
        [told] = [words for words in stage.direct(who) if "agreed on a swap" in words]
        assert "Before: Toms for Rene on Mon 14 – Sun 20 Dec 2026." in told
        assert "Before: Rene for Toms on Mon 21 – Sun 27 Dec 2026." in told
        assert "Now: nothing of it holds." in told
    listed = stage.words(TOMS, "/oncall requests")
    assert "*Rene* takes *Mon 21 – Sun 27 Dec 2026*. As things are, nothing of it holds." in listed
    [asked] = [m for m in stage.slack.direct_messages(RENE) if "That is short notice: can you take it?" in m.words()]
    assert "• Mon 30 Nov – Sun 6 Dec 2026: you instead of *Danny*\n" in asked.words()
    assert actions_of(asked)[-2:] == ["short.got-it", "short.cant"]


def test_a_swap_that_cannot_be_is_refused(stage: Stage) -> None:
    assert "Whom shall I ask? A swap is with one person." in stage.words(TOMS, "/oncall swap 21 Dec")
    assert "You are not on call in that week" in stage.words(TOMS, "/oncall swap @Danny 14 Dec")
    begun = "That week has begun, so it can't be swapped any more; ask for a cover of the rest."
    assert begun in stage.words(TOMS, "/oncall swap @Danny today")
    assert "Danny is not on call in that week" in stage.words(TOMS, "/oncall swap @Danny 21 Dec for 14 Dec")
    assert "Nobody can cover for themselves" in stage.words(TOMS, "/oncall swap @Toms 21 Dec")
    stage.ask(MAYA, "/oncall cover 30 Nov - 6 Dec @Toms")
    stage.do_what_is_due()
    press(stage, TOMS, stage.slack.direct_messages(TOMS)[-1], "request.take")
    assert "You have that week for somebody else, so it can't be swapped; ask for a cover." in stage.words(
        TOMS, "/oncall swap @Danny 30 Nov for 7 Dec"
    )
    stage.ask(DANNY, "/holiday 24 Dec")
    assert "Danny is away on one of those days." in stage.words(TOMS, SWAP)


def test_a_swap_shows_in_every_view(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    swap(stage)
    assert "• Mon 21 – Sun 27 Dec 2026\n" in stage.words(MAYA, "/oncall @Danny")
    assert "• Mon 4 – Sun 10 Jan 2027\n" in stage.words(MAYA, "/oncall @Toms")
    assert "Mon 21 Dec 2026: *Danny* is on call." in stage.words(MAYA, "/oncall 21 Dec")
    assert "Tue 5 Jan 2027: *Toms* is on call." in stage.words(MAYA, "/oncall 5 Jan")
    assert "Mon 21 – Sun 27 Dec 2026: *Danny* _for Toms_" in stage.words(MAYA, "/oncall calendar")
    with stage.store.reading() as tx:
        weeks = calendar.picture_of(roster.own(tx), stage.clock.now()).weeks
    christmas = next(week for week in weeks if week.first == date(2026, 12, 21))
    assert {day.engineer for day in christmas.days} == {"danny"}
    asked = ["schedule", "--weeks", "8", "--now", "2026-11-24T10:00", "--json"]
    monkeypatch.setattr(sys, "argv", ["bot", "--database", stage.store.url.replace("+psycopg", ""), *asked])
    with pytest.raises(SystemExit):
        cli.main()
    told = json.loads(capsys.readouterr().out)
    engineers = {week["week"]: {week["engineer"], *(day["engineer"] for day in week["days"])} for week in told}
    assert (engineers["2026-12-21"], engineers["2027-01-04"]) == ({"Danny"}, {"Toms"})
    assert told[4]["why"] == "Danny covers for Toms."
    stage.slack.open_home(DANNY)
    stage.slack.until(lambda: stage.slack.home_of(DANNY) is not None)
    home = stage.slack.home_of(DANNY)
    assert home is not None
    assert "• Mon 21 – Sun 27 Dec 2026\n" in home.words()
    stage.turn_to("2026-12-07T09:00")
    assert "Mon 21 – Sun 27 Dec 2026: *Danny* _for Toms_" in stage.channel()[-1]
    assert stage.direct(DANNY)[-1].startswith("You are on call *Mon 21 – Sun 27 Dec 2026*")
    assert not any(said.startswith("You are on call *Mon 21") for said in stage.direct(TOMS))
    stage.turn_to("2026-12-14T09:00")
    assert "Next on call: *Danny*, Mon 21 – Sun 27 Dec 2026." in stage.words(MAYA, "/oncall next")
    stage.turn_to("2026-12-21T09:00")
    assert "*Danny* is on call now, until Mon 28 Dec 2026, 09:00." in stage.words(MAYA, "/oncall")
