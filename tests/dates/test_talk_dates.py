"""Dates near today, as people type them: it is Wed 16 Dec 2026 in Berlin, and Rene has the week from Mon 14 Dec."""

import json
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from click.testing import CliRunner

from bot.desk import Desk
from bot.plan import apply as plan
from bot.runbooks.library import Library
from bot.sandbox.records import SlackMessage, elements_in
from bot.speech.ask import Ask, Asker, Press
from bot.talk import commands, presses
from bot.terminal.cli import cli
from models import holidays, requests
from models.store.engine import Store
from tests.kit.cast import DANNY, FIRST_TEAM, MAYA, RENE, ROBIN, TOMS, ZONE
from tests.kit.databases import Databases
from tests.kit.stage import RUNBOOKS, Stage, a_stage, actions_of, press

WEDNESDAY = datetime(2026, 12, 16, 10, tzinfo=ZONE)


@pytest.fixture
def stage(database: Databases) -> Iterator[Stage]:
    """The first team in its Slack, on Wednesday 16 December 2026 at 10:00."""
    with a_stage(database, WEDNESDAY) as stage:
        yield stage


def away(stage: Stage, who: str = "rene") -> list[tuple[str, str]]:
    """The first and the last day of each time off that is declared."""
    with stage.store.reading() as tx:
        theirs = holidays.of_person(tx, who, date(2000, 1, 1))
    return [(str(each.first), str(date.fromordinal(each.until.toordinal() - 1))) for each in theirs]


def asked_for(stage: Stage) -> list[tuple[str, str, str]]:
    """Whose days are asked to be covered."""
    with stage.store.reading() as tx:
        made = requests.ending_after(tx, 1, date(2000, 1, 1))
    return [(each.person_id, str(each.first), str(each.until)) for each in made]


def values(message: SlackMessage) -> list[list[str | None]]:
    """What the buttons carry that stand for days."""
    found = (element.get("value") for _, element in elements_in(message.blocks))
    return [json.loads(value) for value in found if value]


def test_what_has_begun_is_asked_for_with_two_buttons(stage: Stage) -> None:
    asked = stage.ask(RENE, "/holiday 14 - 18 Dec: flu")
    assert away(stage) == []
    assert values(asked) == [["rene", "2026-12-16", "2026-12-18", "flu"], ["rene", "2027-12-14", "2027-12-18", "flu"]]
    assert actions_of(asked) == ["holiday.declare", "holiday.declare-other", "holiday.leave"]
    stage.slack.press(RENE, asked, "holiday.declare")
    stage.slack.until(lambda: away(stage))
    assert away(stage) == [("2026-12-16", "2026-12-18")]


def test_months_that_have_begun_are_asked_for_with_two_buttons(stage: Stage) -> None:
    asked = stage.ask(RENE, "/holiday 1 Jun - 17 Dec")
    assert values(asked) == [["rene", "2026-12-16", "2026-12-17", None], ["rene", "2027-06-01", "2027-12-17", None]]


def test_months_to_come_are_asked_back_as_they_were_typed(stage: Stage) -> None:
    asked = stage.ask(RENE, "/holiday 1 Mar - 30 Sep")
    assert values(asked) == [["rene", "2027-03-01", "2027-09-30", None]]
    assert away(stage) == []


def test_the_other_button_is_the_next_year_s(stage: Stage) -> None:
    asked = stage.ask(RENE, "/holiday 14 Dec for 5 days")
    stage.slack.press(RENE, asked, "holiday.declare-other")
    stage.slack.until(lambda: away(stage))
    assert away(stage) == [("2027-12-14", "2027-12-18")]


@pytest.mark.parametrize(
    ("typed", "next_year"),
    [
        ("30 Nov", ("2027-11-30", "2027-11-30")),
        ("7 - 11 Dec", ("2027-12-07", "2027-12-11")),
        ("7 Dec for 5 days", ("2027-12-07", "2027-12-11")),
        ("15.12.", ("2027-12-15", "2027-12-15")),
        ("W50", ("2027-12-13", "2027-12-19")),
    ],
)
def test_what_is_just_over_is_asked_for_with_one_button(stage: Stage, typed: str, next_year: tuple[str, str]) -> None:
    asked = stage.ask(RENE, f"/holiday {typed}")
    assert away(stage) == []
    assert values(asked) == [["rene", *next_year, None]]
    stage.slack.press(RENE, asked, "holiday.declare")
    stage.slack.until(lambda: away(stage))
    assert away(stage) == [next_year]


def test_what_can_be_no_other_days_gets_an_example_and_no_button(stage: Stage) -> None:
    for typed in ["yesterday", "2026-W50", "Tue 15 Dec", "Dec 9:30", "3/4", "morgen", "24 Dec 26", "W54"]:
        said = stage.ask(RENE, f"/holiday {typed}")
        assert "For example: `/holiday" in said.words(), typed
        assert actions_of(said) == [], typed
        assert away(stage) == [], typed


def test_a_button_that_is_pressed_a_day_later_asks_for_what_is_left(stage: Stage) -> None:
    asked = stage.ask(RENE, "/holiday 14 - 18 Dec")
    stage.turn_to("2026-12-17T08:00")
    stage.slack.press(RENE, asked, "holiday.declare")
    stage.slack.until(lambda: values(asked) == [["rene", "2026-12-17", "2026-12-18", None]])
    assert away(stage) == []
    stage.slack.press(RENE, asked, "holiday.declare")
    stage.slack.until(lambda: away(stage))
    assert away(stage) == [("2026-12-17", "2026-12-18")]


def test_a_button_whose_days_are_over_by_now_changes_nothing(stage: Stage) -> None:
    asked = stage.ask(RENE, "/holiday 14 - 18 Dec")
    stage.turn_to("2026-12-19T08:00")
    stage.slack.press(RENE, asked, "holiday.declare")
    stage.slack.until(lambda: actions_of(asked) == [])
    assert "Nothing was changed." in asked.words()
    assert away(stage) == []


def test_a_button_is_for_who_may_press_it(stage: Stage) -> None:
    asked = stage.ask(ROBIN, "/holiday @Rene 14 - 18 Dec")
    assert "`/holiday @rene 2026-12-16 2026-12-18`" in asked.words()
    press(stage, DANNY, asked, "holiday.declare")
    assert away(stage) == []
    stage.slack.press(ROBIN, asked, "holiday.declare")
    stage.slack.until(lambda: away(stage))


def test_what_no_button_of_ours_carries_is_refused(stage: Stage) -> None:
    for action, value in [
        ("holiday.declare", '["rene", "2026-12-18", "2026-12-16", null]'),
        ("holiday.declare-other", '["rene", "2999-12-16", "2999-12-18", null]'),
        ("holiday.declare-other", '["rene", "14 Dec", "18 Dec", null]'),
        ("holiday.declare", '["nobody", "2026-12-16", "2026-12-18", null]'),
        ("request.ask", '["rene", "2026-12-18", "2026-12-16", null]'),
        ("request.ask-other", '["rene", "2026-12-16", "2026-12-18", "nobody"]'),
        ("request.ask", "rene/2026-12-16"),
        ("oncall.days", "2026-12-18/2026-12-16"),
        ("oncall.days", "18 Dec"),
    ]:
        answer = presses.answer(Press(action, value, Asker(person_id="rene"), WEDNESDAY), stage.bot.desk)
        assert answer.reply, (action, value)
        assert answer.reply.refused, (action, value)
        assert not answer.reply.failed, (action, value)
        assert (away(stage), asked_for(stage)) == ([], []), (action, value)


@pytest.mark.parametrize(
    "typed", ["16 - 20 Dec", "2026-12-16 2026-12-20", "W51", "Dec 16 for 5 days", "16.12. - 20.12."]
)
def test_cancelling_means_the_days_left_of_what_is_declared(stage: Stage, typed: str) -> None:
    stage.ask(RENE, "/holiday 16 - 20 Dec")
    stage.turn_to("2026-12-18T10:00")
    stage.ask(RENE, f"/holiday cancel {typed}")
    assert away(stage) == [("2026-12-16", "2026-12-17")]


def test_cancelling_means_the_next_year_where_only_that_is_declared(stage: Stage) -> None:
    stage.ask(RENE, "/holiday 2027-12-14 2027-12-18")
    stage.ask(RENE, "/holiday cancel 14 - 18 Dec")
    assert away(stage) == []


def test_cancelling_what_is_not_declared_changes_nothing(stage: Stage) -> None:
    stage.ask(RENE, "/holiday 24 Dec")
    for typed in ("14 - 18 Dec", "3 Nov", "15 Dec", "yesterday", "2025-12-24"):
        stage.ask(RENE, f"/holiday cancel {typed}")
    assert away(stage) == [("2026-12-24", "2026-12-24")]


CANCELLED_LATE = {  # typed on Fri 18 Dec, with 16 – 20 Dec declared, and 14 Dec 2027 → which days have passed
    "16 Dec": "Wed 16 Dec 2026",
    "17 Dec": "Thu 17 Dec 2026",
    "16 - 17 Dec": "Wed 16 – Thu 17 Dec 2026",
    "16.12.": "Wed 16 Dec 2026",
    "12/16": "Wed 16 Dec 2026",
    "Dec 16 for 2 days": "Wed 16 – Thu 17 Dec 2026",
    "Wed 16 Dec": "Wed 16 Dec 2026",
    "2026-12-16": "Wed 16 Dec 2026",
    "yesterday": "Thu 17 Dec 2026",
    "W49": "Mon 30 Nov – Sun 6 Dec 2026",
    "30 Nov": "Mon 30 Nov 2026",
}


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "passed"), CANCELLED_LATE.items())
def test_cancelling_days_that_are_over_says_that_they_have_passed(stage: Stage, typed: str, passed: str) -> None:
    stage.ask(RENE, "/holiday 16 - 20 Dec")
    stage.ask(RENE, "/holiday 2027-12-14")
    stage.turn_to("2026-12-18T10:00")
    said = stage.ask(RENE, f"/holiday cancel {typed}")
    assert f"{passed} has passed" in said.words()
    assert "2027" not in said.words()
    assert values(said) == []
    assert away(stage) == [("2026-12-16", "2026-12-20"), ("2027-12-14", "2027-12-14")]


@pytest.mark.parametrize("typed", ["14 Dec", "14.12.", "W50"])
def test_cancelling_means_what_is_declared_though_the_same_days_are_just_over(stage: Stage, typed: str) -> None:
    stage.ask(RENE, "/holiday 2027-12-13 2027-12-14")
    stage.turn_to("2026-12-18T10:00")
    stage.ask(RENE, f"/holiday cancel {typed}")
    assert ("2027-12-14", "2027-12-14") not in away(stage)
    assert ("2027-12-13", "2027-12-14") not in away(stage)


def test_a_year_that_is_over_may_be_a_slip_for_what_is_declared(stage: Stage) -> None:
    stage.ask(RENE, "/holiday 2027-12-14")
    assert values(stage.ask(RENE, "/holiday cancel 2026-12-14")) == [["rene", "2027-12-14", "2027-12-14", None]]


def test_cover_of_what_has_begun_is_asked_for_with_two_buttons(stage: Stage) -> None:
    asked = stage.ask(RENE, "/oncall cover 14 - 18 Dec @Maya")
    assert asked_for(stage) == []
    assert values(asked) == [["rene", "2026-12-16", "2026-12-18", "maya"], ["rene", "2027-12-14", "2027-12-18", "maya"]]
    assert actions_of(asked) == ["request.ask", "request.ask-other", "holiday.leave"]
    stage.slack.press(RENE, asked, "request.ask")
    stage.slack.until(lambda: asked_for(stage))
    assert asked_for(stage) == [("rene", "2026-12-16", "2026-12-19")]


def test_cover_is_asked_for_of_what_is_left_when_the_button_is_pressed(stage: Stage) -> None:
    asked = stage.ask(ROBIN, "/oncall cover for @Rene 14 - 18 Dec")
    stage.turn_to("2026-12-17T10:00")
    stage.slack.press(ROBIN, asked, "request.ask")
    stage.slack.until(lambda: asked_for(stage))
    assert asked_for(stage) == [("rene", "2026-12-17", "2026-12-19")]
    late = stage.ask(ROBIN, "/oncall cover for @Rene 14 - 18 Dec")
    stage.turn_to("2026-12-21T10:00")
    press(stage, ROBIN, late, "request.ask")
    assert len(asked_for(stage)) == 1


def test_other_days_that_may_be_over_change_nothing(stage: Stage) -> None:
    for typed in ["swap @Danny 8 Dec", "take until 15 Dec", "take until 9.30", "cover yesterday"]:
        said = stage.ask(RENE, f"/oncall {typed}")
        assert "For example: `/oncall" in said.words(), typed
        assert asked_for(stage) == [], typed


def test_a_day_that_is_over_is_offered_for_no_year_in_which_it_cannot_be(stage: Stage) -> None:
    for typed in [
        *("take until 14 Dec", "take until 15 Dec 18:00", "take until 14.12.", "take until 12/14 9:00"),
        *("take @Rene until 1 Dec", "take until Tue 15 Dec", "swap @Danny 7 Dec", "swap @Danny 13.12. for 21 Dec"),
        *("swap @Danny W50 for W52", "swap @Toms 11 Jan for 30 Nov"),
    ]:
        said = stage.ask(RENE if "@Rene" not in typed else ROBIN, f"/oncall {typed}")
        assert "2026 has passed." in said.words(), typed
        assert "2027" not in said.words(), typed
        assert asked_for(stage) == [], typed


def test_a_week_that_has_begun_is_not_swapped_whichever_of_its_days_is_named(stage: Stage) -> None:
    for typed in [
        "14 Dec for 21 Dec",
        "15 Dec",
        "14.12. for 21.12.",
        "W51 for W52",
        "Mon 14 Dec for 21 Dec",
        "12/15",
        "16 Dec",
    ]:
        said = stage.ask(RENE, f"/oncall swap @Danny {typed}")
        assert said.words() == stage.words(RENE, "/oncall swap @Danny today"), typed
        assert asked_for(stage) == [], typed


@pytest.mark.parametrize("typed", ["W53 for W2", "week 53 for 11 Jan", "28.12. for 2027-W02", "28 Dec for 11 Jan"])
def test_a_swap_is_of_weeks_by_number_too(stage: Stage, typed: str) -> None:
    stage.ask(MAYA, f"/oncall swap @Rene {typed}")
    assert asked_for(stage) == [("maya", "2026-12-28", "2027-01-04")]


LOOKED_UP = {
    "14 Dec": ("Mon 14 Dec 2026: *Rene*", "2027-12-14/2027-12-14"),
    "24 Dec": ("Thu 24 Dec 2026: *Toms*", None),  # a year before there was no rotation
    "W51": ("Mon 14 – Sun 20 Dec 2026: *Rene*", "2027-12-20/2027-12-26"),
    "2026-W52": ("Mon 21 – Sun 27 Dec 2026: *Toms*", None),
    "montag": ("Mon 21 Dec 2026: *Toms*", None),
    "14.12.": ("Mon 14 Dec 2026: *Rene*", "2027-12-14/2027-12-14"),
    "next week": ("Mon 21 – Sun 27 Dec 2026: *Toms*", None),
}


def test_a_look_up_means_the_nearest_with_a_button_for_the_other_year(stage: Stage) -> None:
    for typed, answer in LOOKED_UP.items():
        said = stage.ask(TOMS, f"/oncall {typed}")
        words, other = answer
        assert words in said.words(), (typed, answer)
        assert [e["value"] for _, e in elements_in(said.blocks)] == ([other] if other else []), (typed, answer)


def test_the_other_year_stands_below(stage: Stage) -> None:
    said = stage.ask(TOMS, "/oncall 14 Dec")
    assert "Tue 14 Dec 2027: *" in press(stage, TOMS, said, "oncall.days").words()


def test_lists_at_the_terminal_begin_with_the_last_such_day_and_say_so(stage: Stage) -> None:
    stage.ask(RENE, "/holiday 24 Dec")

    def told(*typed: str) -> tuple[str, str]:
        done = CliRunner().invoke(cli, ["--database", stage.store.url, *typed, "--json", "--now", "2026-12-18T10:00"])
        assert done.exit_code == 0, done.output
        return done.stdout, done.stderr

    for typed, from_, other in (("14 Dec", "2026-12-14", "2027-12-14"), ("thursday", "2026-12-14", "2026-12-24")):
        listed, said = told("schedule", "--from", typed)
        assert json.loads(listed)[0]["week"] == from_
        assert other in said
    assert told("schedule", "--from", "W50")[1] != ""
    assert "2028-02-29" in told("schedule", "--from", "29 Feb")[1]
    assert told("schedule", "--from", "yesterday")[1] == ""
    listed, said = told("schedule", "--from", "2026-12-24")
    assert (json.loads(listed)[0]["week"], said) == ("2026-12-21", "")


def test_invisible_characters_are_nothing_in_a_command(stage: Stage) -> None:
    stage.ask(RENE, "/holiday 24\u200b Dec\ufe0f: skiing")
    assert away(stage) == [("2026-12-24", "2026-12-24")]
    stage.ask(RENE, "/holiday \u200ecancel\ufeff 24 Dec")
    assert away(stage) == []
    assert stage.words(MAYA, "/oncall \u200bnext") == stage.words(MAYA, "/oncall next")


@pytest.mark.parametrize(("zone", "typed"), [("Pacific/Apia", "2011-12-30"), ("Pacific/Fakaofo", "30 Dec 2011")])
def test_a_date_that_a_zone_skipped_is_said_to_be_none(empty_store: Store, zone: str, typed: str) -> None:
    there = FIRST_TEAM.team.model_copy(update={"time_zone": zone})
    rotation = FIRST_TEAM.rotation.model_copy(update={"starts": date(2011, 12, 26)})
    plan.first(empty_store, FIRST_TEAM.model_copy(update={"team": there, "rotation": rotation}), WEDNESDAY)
    desk = Desk(empty_store, Library(RUNBOOKS))

    def said(day: str) -> str:
        return commands.answer(Ask("oncall", day, Asker(person_id="toms"), WEDNESDAY), desk).text

    assert zone in said(typed)
    assert "is on call" in said("2011-12-29")
    assert "is on call" in said("2011-12-31")
