"""A weekday that is typed on that day: today, or in a week? Toms has the week from Mon 23 Nov 2026, then Maya, Danny,
Rene. It is Mon 7 Dec 2026, 10:00, of Danny's week."""

import pytest

from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of


@pytest.fixture
def monday(stage: Stage) -> Stage:
    """The stage on that Monday."""
    stage.turn_to("2026-12-07T10:00")
    return stage


@pytest.mark.parametrize(
    ("action", "days"), [("holiday.declare", "Mon 7 Dec"), ("holiday.declare-other", "Mon 14 Dec")]
)
def test_monday_on_a_monday_is_asked_and_each_button_does_what_it_says(monday: Stage, action: str, days: str) -> None:
    said = monday.ask(RENE, "/holiday monday: dentist")
    assert said.words() == (
        "Do you mean today, or Mon 14 Dec 2026?\n"
        "Today\n"
        "Mon 14 Dec 2026\n"
        "No, leave it\n"
        "Or type `/holiday 2026-12-07: dentist` or `/holiday 2026-12-14: dentist`"
    )
    assert actions_of(said) == ["holiday.declare", "holiday.declare-other", "holiday.leave"]
    assert "You have no time off coming up." in monday.words(RENE, "/holiday mine")
    monday.slack.press(RENE, said, action)
    monday.slack.until(lambda: said.words().startswith(f"*You are away {days} 2026* (1 day)."))
    assert f"• {days} 2026" in monday.words(RENE, "/holiday mine")
    assert "dentist" in monday.words(RENE, "/holiday mine")


def test_a_row_of_days_is_asked_as_a_whole(monday: Stage) -> None:
    said = monday.ask(RENE, "/holiday monday - wednesday")
    assert said.words().splitlines()[:3] == [
        "Do you mean Mon 7 – Wed 9 Dec 2026, from today, or Mon 14 – Wed 16 Dec 2026?",
        "Mon 7 – Wed 9 Dec 2026, from today",
        "Mon 14 – Wed 16 Dec 2026",
    ]


def test_where_it_says_which_nothing_is_asked(monday: Stage) -> None:
    assert "You are away Mon 7 Dec 2026" in monday.words(RENE, "/holiday this monday")
    assert "You are away Mon 14 Dec 2026" in monday.words(TOMS, "/holiday next monday")
    assert "You are away Tue 8 Dec 2026" in monday.words(MAYA, "/holiday tuesday")


def test_an_admin_is_asked_for_somebody_else_too(monday: Stage) -> None:
    said = monday.ask(ROBIN, "/holiday @Rene monday")
    assert "Or type `/holiday @rene 2026-12-07` or `/holiday @rene 2026-12-14`" in said.words()


def test_what_is_cancelled_is_what_is_declared_and_asked_where_both_are(monday: Stage) -> None:
    monday.ask(RENE, "/holiday 14 Dec")
    assert "You are not away Mon 14 Dec 2026" in monday.words(RENE, "/holiday cancel monday")
    monday.ask(RENE, "/holiday 7 Dec")
    monday.ask(RENE, "/holiday 14 Dec")
    said = monday.ask(RENE, "/holiday cancel monday")
    assert said.words().splitlines()[:3] == ["Do you mean today, or Mon 14 Dec 2026?", "Today", "Mon 14 Dec 2026"]
    assert actions_of(said) == ["holiday.cancel", "holiday.cancel-other", "holiday.leave"]
    monday.slack.press(RENE, said, "holiday.cancel-other")
    monday.slack.until(lambda: said.words().startswith("*You are not away Mon 14 Dec 2026* any more"))
    assert "• Mon 7 Dec 2026" in monday.words(RENE, "/holiday mine")


def test_a_cover_is_asked_for_the_day_that_is_meant(monday: Stage) -> None:
    said = monday.ask(DANNY, "/oncall cover monday @Maya")
    assert said.words().splitlines()[:3] == ["Do you mean today, or Mon 14 Dec 2026?", "Today", "Mon 14 Dec 2026"]
    monday.slack.press(DANNY, said, actions_of(said)[0])
    monday.slack.until(lambda: not said.words().startswith("Do you mean"))
    assert "Mon 7 Dec 2026" in said.words()


def test_of_a_week_that_runs_nothing_can_be_swapped_so_the_next_is_meant(monday: Stage) -> None:
    said = monday.words(RENE, "/oncall swap @Toms monday")
    assert "Mon 14 – Sun 20 Dec 2026" in said


def test_before_the_handoff_of_that_day_it_is_asked(stage: Stage) -> None:
    stage.turn_to("2026-12-07T08:00")
    said = stage.words(DANNY, "/oncall swap @Toms monday")
    assert said.startswith("Do you mean today, or Mon 14 Dec 2026?")


def test_a_take_over_until_monday_ends_at_the_first_that_is_to_come(monday: Stage) -> None:
    assert "until Mon 14 Dec 2026, 09:00" in monday.words(TOMS, "/oncall take until monday")
    monday.turn_to("2026-12-07T12:00")
    assert "until Mon 7 Dec 2026, 18:00" in monday.words(MAYA, "/oncall take until monday 18:00")
