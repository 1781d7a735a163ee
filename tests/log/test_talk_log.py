"""/oncall log: every change by anyone, for the people of the plan. It is Tue 24 Nov 2026, 10:00; Toms is on call."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.plan import apply as plan
from bot.plan.model import RotationEntry
from bot.speech import say
from bot.talk.log.words import DID
from bot.terminal import cli
from models.store.engine import Store
from scheduler import entries, holidays
from scheduler.change.frame import Actor
from scheduler.covers import answer, ask
from scheduler.shifts import takeover
from tests.kit.cast import FIRST_TEAM, GUEST, MAYA, NOW, ROBIN, STRANGER, TOMS, ZONE
from tests.kit.stage import Stage


def test_every_kind_of_change_has_words() -> None:
    assert set(entries.KINDS.values()) == set(DID)


def test_the_log_tells_who_did_what_the_latest_first(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec: skiing")
    stage.turn_to("2026-11-25T11:30")
    stage.ask(ROBIN, "/holiday @Maya 4 Jan")
    assert stage.words(MAYA, "/oncall log").splitlines() == [
        "*What was changed*",
        "*Wed 25 Nov 2026*",
        "• 11:30: *Robin* declared time off of *Maya*: Mon 4 Jan 2027",
        "*Tue 24 Nov 2026*",
        "• 10:00: *Toms* declared time off: Thu 24 – Sat 26 Dec 2026",
        "      ↳ Mon 21 – Sun 27 Dec 2026: *Toms* → *Maya*",
        "      ↳ Mon 28 Dec 2026 – Sun 3 Jan 2027: *Maya* → *Toms*",
        "• 10:00: somebody at the terminal applied the first plan: Toms, Maya, Danny, Rene",
    ]


@pytest.mark.both
def test_one_persons_log_is_what_they_did_and_what_was_done_for_them(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec")
    stage.ask(ROBIN, "/holiday @Maya 4 Jan")
    assert stage.words(TOMS, "/oncall log @Maya").splitlines() == [
        "*What was changed by or for Maya*",
        "*Tue 24 Nov 2026*",
        "• 10:00: *Robin* declared time off of *Maya*: Mon 4 Jan 2027",
    ]
    assert "Nothing was changed yet." in stage.words(TOMS, "/oncall log @Danny")
    assert "I don't know anybody called Ines here." in stage.words(TOMS, "/oncall log Ines")


def test_the_log_is_for_the_people_of_the_plan(stage: Stage) -> None:
    assert "Only the people of the on-call plan can do that" in stage.words(GUEST, "/oncall log")
    assert "Only members of this workspace can do that" in stage.words(STRANGER, "/oncall log")


def test_of_a_change_that_moves_much_all_weeks_are_named_as_in_its_answer(stage: Stage) -> None:
    answered = stage.words(TOMS, "/holiday 21 Dec - 31 Jan")
    said = stage.words(MAYA, "/oncall log")
    assert said.count("↳") == answered.count(" instead of ") == 6


@pytest.mark.conversation
def test_older_ones_follow_a_page_at_a_time(stage: Stage) -> None:
    for day in range(1, 13, 2):
        stage.ask(TOMS, f"/holiday 2027-02-{day:02}")
    first = stage.ask(TOMS, "/oncall log")
    assert first.words().count("\n• ") == 6
    pressed = stage.slack.press(TOMS, first, "log.older")
    stage.slack.until(lambda: pressed.messages)
    assert pressed.messages[0].words().splitlines() == [
        "*What was changed*",
        "*Tue 24 Nov 2026*",
        "• 10:00: somebody at the terminal applied the first plan: Toms, Maya, Danny, Rene",
    ]


# From the terminal


@pytest.fixture
def told(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """What the terminal prints, its standard error behind it."""

    def run(*args: str) -> str:
        monkeypatch.setattr(sys, "argv", ["bot", "--database", store.url.replace("+psycopg", ""), *args])
        with pytest.raises(SystemExit):
            cli.main()
        printed = capsys.readouterr()
        return printed.out + printed.err

    return run


def off(store: Store, who: str, first: date, note: str | None = None, *, now: datetime = NOW) -> None:
    with store.writing() as tx:
        holidays.declare(tx, Actor(who, False, now), who, first, first + timedelta(days=1), note)


def test_all_of_it_is_printed_oldest_first(store: Store, told: Any) -> None:
    off(store, "toms", date(2026, 12, 24), "skiing")
    assert told("log").splitlines() == [
        "• Tue 24 Nov 2026, 10:00: somebody at the terminal applied the first plan: Toms, Maya, Danny, Rene",
        "• Tue 24 Nov 2026, 10:00: Toms declared time off: Thu 24 Dec 2026",
        "      ↳ Mon 21 – Sun 27 Dec 2026: Toms → Maya",
        "      ↳ Mon 28 Dec 2026 – Sun 3 Jan 2027: Maya → Toms",
    ]


def test_as_json_with_before_and_after_and_without_what_is_private(store: Store, told: Any) -> None:
    off(store, "toms", date(2026, 12, 24), "skiing")
    printed = told("log", "--json")
    assert "skiing" not in printed
    assert "@example.com" not in printed
    first, second = json.loads(printed)
    assert (first["by"], first["what"], first["before"]) == (None, "plan applied", None)
    assert first["after"]["rotation"]["order"] == ["toms", "maya", "danny", "rene"]
    assert second == {
        "id": 2,
        "at": "2026-11-24T10:00:00+01:00",
        "by": "Toms",
        "what": "holiday declared",
        "about": "Toms",
        "at_the_terminal": False,
        "before": [],
        "after": [
            {
                "id": 1,
                "person": "toms",
                "first": "2026-12-24",
                "until": "2026-12-25",
                "declared_at": "2026-11-24T09:00:00+00:00",
                "short_notice": False,
            }
        ],
        "moved": [
            {"first": "2026-12-21", "last": "2026-12-27", "before": "Toms", "after": "Maya"},
            {"first": "2026-12-28", "last": "2027-01-03", "before": "Maya", "after": "Toms"},
        ],
        "undoes": None,
    }


@pytest.mark.both
def test_since_a_day(store: Store, told: Any) -> None:
    off(store, "toms", date(2026, 12, 24))
    off(store, "maya", date(2026, 12, 24), now=NOW + timedelta(days=1))
    assert told("log", "--since", "2026-11-25").splitlines() == [
        "• Wed 25 Nov 2026, 10:00: Maya declared time off: Thu 24 Dec 2026",
        "      ↳ Mon 21 – Sun 27 Dec 2026: Maya → Danny",
        "      ↳ Mon 28 Dec 2026 – Sun 3 Jan 2027: Toms → Maya",
        "      ↳ Mon 4 – Sun 10 Jan 2027: Danny → Toms",
    ]
    assert "is still to come. Write the year too" in told("log", "--since", "2028-01-01")


def test_since_a_weekday_is_since_the_last_one_which_is_said(told: Any) -> None:
    today = SystemClock().now().astimezone(ZONE).date()
    six_days_ago = today - timedelta(days=6)
    assert say.day(six_days_ago) in told("log", "--since", say.WEEKDAYS[six_days_ago.weekday()])
    assert say.day(six_days_ago) in told("log", "--since", f"{six_days_ago.day} {say.MONTHS[six_days_ago.month - 1]}")
    assert "From" not in told("log", "--since", six_days_ago.isoformat())
    assert "From" not in told("log", "--since", "yesterday")


@pytest.mark.both
def test_words_of_requests_and_take_overs(store: Store, told: Any) -> None:
    now = NOW
    with store.writing() as tx:
        plan.apply(tx, FIRST_TEAM.model_copy(update={"rotation": RotationEntry(order=("toms", "maya"))}), admin(now))
    with store.writing() as tx:
        made = ask.ask_cover(tx, Actor("toms", False, now), "toms", date(2026, 11, 26), date(2026, 11, 28), "maya")
    assert made.request.id
    with store.writing() as tx:
        answer.accept(tx, Actor("maya", False, now), made.request.id, "maya")
    with store.writing() as tx:
        taken = takeover.take_over(tx, Actor("maya", False, now), "maya", datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert taken.taken.id
    with store.writing() as tx:
        takeover.give_back(tx, Actor("robin", True, now + timedelta(hours=1)), taken.taken.id)
    assert [line for line in told("log").splitlines()[1:] if line.startswith("•")] == [
        "• Tue 24 Nov 2026, 10:00: somebody at the terminal applied a plan: Toms, Maya, Danny, Rene → Toms, Maya",
        "• Tue 24 Nov 2026, 10:00: Toms asked for a cover: Thu 26 – Fri 27 Nov 2026",
        "• Tue 24 Nov 2026, 10:00: Maya agreed: Maya covers Thu 26 – Fri 27 Nov 2026 for Toms",
        "• Tue 24 Nov 2026, 10:00: Maya took over from Toms until Tue 24 Nov 2026, 13:00",
        "• Tue 24 Nov 2026, 11:00: Robin ended the take-over of Maya: Toms is on call again",
    ]


def test_a_plan_says_what_it_changed_but_nothing_private(store: Store, told: Any) -> None:
    toms, *others = FIRST_TEAM.engineers
    team = FIRST_TEAM.team.model_copy(update={"notice_days": 21})
    wanted = FIRST_TEAM.model_copy(
        update={"team": team, "engineers": (toms.model_copy(update={"phone": "+49 30 1234567"}), *others)}
    )
    with store.writing() as tx:
        plan.apply(tx, wanted, admin(NOW))
    said = told("log").splitlines()[-1]
    assert said.endswith("applied a plan: Metrics: notice days 14 → 21; Toms: phone changed")
    assert "1234567" not in told("log", "--json")


def test_what_somebody_did_in_a_persons_name_at_the_terminal_says_so(store: Store, told: Any) -> None:
    asked = ["ask", "/holiday 2027-02-03", "--as", "Maya", "--now", "2026-11-24T10:00"]
    assert "You are away Wed 3 Feb 2027" in told(*asked)
    assert "Maya (at the terminal) declared time off: Wed 3 Feb 2027" in told("log")
    assert json.loads(told("log", "--json"))[-1]["at_the_terminal"] is True


def admin(now: datetime) -> Actor:
    return Actor(None, True, now)
