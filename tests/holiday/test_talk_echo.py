"""What was asked is echoed first, then what it joined, took out of, or left. It is Tue 24 Nov 2026, 10:00."""

import pytest

from bot.sandbox.records import SlackMessage
from tests.kit.cast import MAYA, ROBIN, TOMS
from tests.kit.stage import Stage


def first_line(stage: Stage, typed: str, who: str = TOMS) -> str:
    return stage.words(who, typed).splitlines()[0]


def undone(stage: Stage, said: SlackMessage) -> list[str]:
    stage.slack.press(TOMS, said, "holiday.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())
    return said.words().splitlines()[:2]


def test_what_it_joins_stands_behind_it(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 4 Jan")
    assert first_line(stage, "/holiday 5 Jan - 8 Jan") == (
        "*You are away Tue 5 – Fri 8 Jan 2027* "
        "(4 days; with Mon 4 Jan 2027, declared before: Mon 4 – Fri 8 Jan 2027 in all)."
    )


@pytest.mark.parametrize(
    ("before", "asked", "said"),
    [
        ("4 Jan", "4 Jan - 8 Jan", "Mon 4 – Fri 8 Jan 2027* (5 days; Mon 4 Jan 2027 declared before)."),
        (
            "3 Jan - 5 Jan",
            "4 Jan - 8 Jan",
            "Mon 4 – Fri 8 Jan 2027* (5 days; with Sun 3 – Tue 5 Jan 2027, declared before: "
            "Sun 3 – Fri 8 Jan 2027 in all).",
        ),
        ("9 Jan", "4 Jan - 10 Jan", "Mon 4 – Sun 10 Jan 2027* (7 days; Sat 9 Jan 2027 declared before)."),
        ("12 Jan", "4 Jan - 8 Jan", "Mon 4 – Fri 8 Jan 2027* (5 days)."),
    ],
)
def test_days_that_overlap_lie_within_or_apart(stage: Stage, before: str, asked: str, said: str) -> None:
    stage.ask(TOMS, f"/holiday {before}")
    assert first_line(stage, f"/holiday {asked}") == f"*You are away {said}"


def test_two_that_it_brings_together_for_somebody_else(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 4 Jan")
    stage.ask(TOMS, "/holiday 8 Jan")
    assert first_line(stage, "/holiday @Toms 5 Jan - 7 Jan", ROBIN) == (
        "*Toms is away Tue 5 – Thu 7 Jan 2027* "
        "(3 days; with Mon 4 Jan 2027 and Fri 8 Jan 2027, declared before: Mon 4 – Fri 8 Jan 2027 in all)."
    )


def test_what_was_declared_already_as_a_part_of_more(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 4 Jan - 10 Jan")
    assert first_line(stage, "/holiday 5 Jan - 8 Jan") == (
        "You are away Tue 5 – Fri 8 Jan 2027 already (Mon 4 – Sun 10 Jan 2027 in all). Nothing was changed."
    )


def test_cancelled_too(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 28 Dec - 30 Dec")
    stage.ask(TOMS, "/holiday 2 Jan")
    assert first_line(stage, "/holiday cancel 24 Dec - 2 Jan") == (
        "*You are not away Thu 24 Dec 2026 – Sat 2 Jan 2027* any more "
        "(4 days: Mon 28 – Wed 30 Dec 2026 and Sat 2 Jan 2027)."
    )


def test_an_undo_says_which_change_it_took_back(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 4 Jan")
    assert undone(stage, stage.ask(TOMS, "/holiday 5 Jan - 8 Jan")) == [
        "*Undone*: your time off Tue 5 – Fri 8 Jan 2027 is taken back, and everything is as it was before.",
        "You are away Mon 4 Jan 2027.",
    ]
    assert undone(stage, stage.ask(TOMS, "/holiday cancel 4 Jan")) == [
        "*Undone*: your time off Mon 4 Jan 2027 is there again, and everything is as it was before.",
        "You are away Mon 4 Jan 2027.",
    ]
    assert undone(stage, stage.ask(TOMS, "/holiday 4 Jan: skiing"))[0] == (
        "*Undone*: the note of your time off Mon 4 Jan 2027 is as it was before."
    )
    assert [line.split(" ", 2)[2] for line in stage.words(MAYA, "/oncall log").splitlines() if "back" in line] == [
        "*Toms* took a change of time off back: Mon 4 Jan 2027",
        "*Toms* took the cancelling of time off back: Mon 4 Jan 2027",
        "*Toms* took time off back: Tue 5 – Fri 8 Jan 2027",
    ]


def test_a_cover_of_days_of_which_some_are_others(stage: Stage) -> None:
    assert stage.words(MAYA, "/oncall cover 2 Dec - 12 Dec").splitlines()[:2] == [
        "Wed 2 – Sat 12 Dec 2026: your on-call days then are Wed 2 – Sun 6 Dec 2026.",
        "*Cover for your Wed 2 – Sun 6 Dec 2026* (5 days).",
    ]
