"""Public holidays as a hint. Toms lives in Latvia, Maya in Berlin, Danny in Scotland, Rene nowhere in particular."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from bot.plan import apply as plan
from bot.sandbox.records import SlackMessage
from bot.speech.parts import weeks as rota
from bot.talk.oncall import calendar, picture
from bot.terminal.cli import cli
from scheduler.change.frame import Actor
from scheduler.team import roster, schedule
from tests.kit.cast import GUEST, MAYA, NOW, RENE, TOMS
from tests.kit.plans import PLACES, living_in
from tests.kit.stage import Stage, press

BEFORE_CHRISTMAS = "2026-12-21T09:00"


@pytest.fixture
def there(stage: Stage) -> Stage:
    """A stage whose plan says where people live."""
    apply(stage, PLACES)
    return stage


def apply(stage: Stage, places: dict[str, tuple[str, str | None]]) -> None:
    """Apply the plan that says so."""
    with stage.store.writing() as tx:
        plan.apply(tx, living_in(places), Actor(None, True, NOW))


def handoff_of(stage: Stage) -> SlackMessage:
    """The channel's handoff before Christmas."""
    stage.turn_to(BEFORE_CHRISTMAS)
    return next(m for m in reversed(stage.slack.messages()) if "On-call handoff" in m.words())


@pytest.mark.conversation
def test_without_a_country_nothing_is_said(stage: Stage) -> None:
    assert "Christmas" not in stage.words(TOMS, "/oncall schedule 8")
    assert "ublic holiday" not in handoff_of(stage).words()


def test_the_schedule_has_them_below_their_weeks(there: Stage) -> None:
    said = there.words(TOMS, "/oncall schedule 7")
    assert (
        "• Mon 21 – Sun 27 Dec 2026: *Toms*\n"
        "      _Thu 24 Dec 2026: Christmas Eve (Toms)_\n"
        "      _Fri 25 Dec 2026: Christmas Day (Toms, Maya and Danny)_\n"
        "      _Sat 26 Dec 2026: Second Day of Christmas (Toms and Maya)_\n"
        "      _Sat 26 Dec 2026: Boxing Day (Danny)_\n"
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: *Maya*\n" in said
    )


def test_they_change_nobody_s_week(stage: Stage) -> None:
    def weeks() -> list[str]:
        return [line for line in stage.words(RENE, "/oncall schedule 12").splitlines() if line.startswith("•")]

    before = weeks()
    apply(stage, PLACES)
    assert weeks() == before


def test_where_all_have_the_same_day_it_is_everyone_s(stage: Stage) -> None:
    apply(stage, dict.fromkeys(("toms", "maya", "danny", "rene"), ("DE", "BE")))
    assert "_Fri 25 Dec 2026: Christmas Day (everyone)_" in stage.words(TOMS, "/oncall schedule 7")


def test_a_week_of_many_has_the_first_and_how_many_more(there: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rota, "MOST_PUBLIC", 2)
    assert (
        "      _Fri 25 Dec 2026: Christmas Day (Toms, Maya and Danny)_\n"
        "      _… and 2 more._\n"
        "• Mon 28 Dec 2026" in there.words(TOMS, "/oncall schedule 7")
    )


def test_the_handoff_hints_at_two_weeks_and_at_most_five(there: Stage) -> None:
    said = handoff_of(there).words()
    assert "*Public holidays in the next two weeks* (they change nothing by themselves)" in said
    assert "• Thu 24 Dec 2026: Christmas Eve (Toms)" in said
    assert "• Mon 28 Dec 2026: Boxing Day (observed) (Danny)" in said
    assert "New Year" not in said
    assert "… and 3 more." in said


def test_maya_takes_christmas_day_off_with_one_button(there: Stage) -> None:
    said = press(there, MAYA, handoff_of(there), "holiday.public", "2026-12-25")
    assert "*You are away Fri 25 Dec 2026* (1 day)." in said.words()
    there.slack.press(MAYA, said, "holiday.undo")
    there.slack.until(lambda: "*Undone*" in said.words())


def test_the_button_is_for_people_of_the_plan(there: Stage) -> None:
    said = press(there, GUEST, handoff_of(there), "holiday.public", "2026-12-25")
    assert "Only the people of the on-call plan can do that" in said.words()


def test_the_picture_has_a_mark_and_a_name(there: Stage) -> None:
    with there.store.reading() as tx:
        team = roster.own(tx)
    shown = calendar.picture_of(team, NOW)
    assert shown.public[date(2026, 12, 24)] == "Christmas Eve"
    assert shown.public[date(2026, 12, 26)] == "Second Day of Christmas / Boxing Day"
    assert "\n  Fri 25 Dec 2026: Christmas Day" in calendar.describe(shown)
    assert picture.draw(shown) == picture.draw(shown)


def test_the_home_has_them_below_the_next_eight_weeks(there: Stage) -> None:
    there.slack.open_home(GUEST)
    there.slack.until(lambda: there.slack.home_of(GUEST))
    home = there.slack.home_of(GUEST)
    assert home is not None
    assert (
        "• Mon 21 – Sun 27 Dec 2026: *Toms*\n"
        "      _Thu 24 Dec 2026: Christmas Eve (Toms)_\n"
        "      _Fri 25 Dec 2026: Christmas Day (Toms, Maya and Danny)_\n" in home.words()
    )


def in_terminal(stage: Stage, *more: str) -> str:
    """What `schedule` says."""
    said = CliRunner().invoke(cli, ["--database", stage.store.url, "schedule", "--from", "2026-12-21", *more])
    assert said.exit_code == 0, said.output
    return said.stdout


def test_the_terminal_s_schedule_has_them_too(there: Stage) -> None:
    assert in_terminal(there, "--weeks", "1") == (
        "Mon 21 – Sun 27 Dec 2026: Toms\n"
        "      Thu 24 Dec 2026: Christmas Eve (Toms)\n"
        "      Fri 25 Dec 2026: Christmas Day (Toms, Maya and Danny)\n"
        "      Sat 26 Dec 2026: Second Day of Christmas (Toms and Maya)\n"
        "      Sat 26 Dec 2026: Boxing Day (Danny)\n"
    )
    [week] = json.loads(in_terminal(there, "--weeks", "1", "--json"))
    assert week["public_holidays"][1] == {
        "date": "2026-12-25",
        "name": "Christmas Day",
        "engineers": ["Toms", "Maya", "Danny"],
    }


def test_the_handoff_s_picture_is_another_one_where_somebody_s_public_holidays_are(stage: Stage) -> None:
    def mark() -> str:
        with stage.store.reading() as tx:
            return schedule.fingerprint(roster.own(tx), date(2026, 12, 21), 6)

    before = mark()
    apply(stage, PLACES)
    assert mark() != before
