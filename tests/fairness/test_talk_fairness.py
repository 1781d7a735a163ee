"""/oncall fairness, as the team asks it. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.talk.fairness import words
from bot.terminal import fairness as terminal
from models.store.engine import Store
from scheduler.fairness import load
from scheduler.fairness.count import Load, Tally
from scheduler.team import roster
from tests.kit import fair_year
from tests.kit.cast import GUEST, MAYA, TOMS
from tests.kit.commands import bot
from tests.kit.fair_year import END, at
from tests.kit.stage import Stage, actions_of, press

DAY = timedelta(days=1)


def test_a_line_for_each_and_the_picture_by_direct_message(stage: Stage) -> None:
    stage.turn_to("2026-12-22T09:00")
    said = stage.ask(MAYA, "/oncall fairness")
    assert said.words() == (
        "*Who carried how much*, Mon 23 Nov – Tue 22 Dec 2026\n"
        "Everybody carried about the same: nobody is more than 1 day from an equal share.\n"
        "• *Toms*: 1.1 weeks, 2 weekend days; 6.9 to come\n"
        "• *Maya*: 1 week, 2 weekend days; 7 to come\n"
        "• *Danny*: 1 week, 2 weekend days; 7 to come\n"
        "• *Rene*: 1 week, 2 weekend days; 6 to come\n"
        "More numbers\n"
        "The half year to come: Tue 22 Dec 2026 – Mon 28 Jun 2027. The picture follows by direct message."
    )
    assert actions_of(said) == ["oncall.fairness"]
    stage.do_what_is_due()
    stage.slack.until(lambda: any(message.files for message in stage.slack.direct_messages(MAYA)))
    told, shared = stage.slack.direct_messages(MAYA)[-2:]
    assert told.words().startswith("*Who carried how much*, Mon 23 Nov – Tue 22 Dec 2026\n")
    [file] = shared.files
    assert file.name.startswith("on_call_fairness_2026-12-22_")


@pytest.mark.conversation
def test_more_numbers_stand_below_for_who_asks(stage: Stage) -> None:
    fair_year.got_it(stage.store, "toms", ["2026-11-24T10:00"])
    stage.turn_to("2026-12-22T09:00")
    said = press(stage, GUEST, stage.ask(GUEST, "/oncall fairness 2026"), "oncall.fairness")
    assert said.words().startswith(
        "*Who carried how much*, Mon 23 Nov – Tue 22 Dec 2026\n"
        "*Toms*: 8 days on duty; an equal share is 7.2\n"
        "      2 weekend days\n"
        "      _I've got it_ after 1 day (the median)\n"
        "      To come: 48 days, 14 weekend days; an equal share is 47\n"
        "*Maya*: 7 days on duty;"
    )


def test_a_year_that_is_none_gets_an_example_and_one_without_duty_a_sentence(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall fairness soon")
    assert "I don't know “soon” as a year." in said
    assert "For example: `/oncall fairness 2026`" in said
    assert stage.words(TOMS, "/oncall fairness 2020") == ("Nobody has been on call in 2020: I can count the year 2026.")
    assert stage.slack.direct_messages(TOMS) == []


def test_help_tells_of_it(stage: Stage) -> None:
    assert "• `/oncall fairness`: who carried how much" in stage.words(TOMS, "/oncall help all")


def test_all_that_happened_in_a_year_and_no_reason_of_an_absence(store: Store) -> None:
    fair_year.lived(store)
    with store.reading() as tx:
        team = roster.own(tx)
        counted = load.counted(tx, team, at(END), 2027)
    assert words.full(team, counted).text == (
        "Who carried how much, Fri 1 Jan – Fri 31 Dec 2027\n"
        "Toms: 83 days on duty; an equal share is 87.8\n"
        "      24 weekend days\n"
        "Maya: 89.3 days on duty; an equal share is 87.8\n"
        "      26 weekend days, covered 2 days for others\n"
        "Danny: 91.4 days on duty; an equal share is 87.8\n"
        "      26 weekend days, 0.3 days by taking over\n"
        "      I've got it after 15 min (the median)\n"
        "Ines: 39.6 days on duty; an equal share is 41.5\n"
        "      10 weekend days\n"
        "Rene: 60.7 days on duty; an equal share is 58.9\n"
        "      18 weekend days, covered by others on 2 days, 1 week at short notice"
    )
    assert "Nobody was on duty for 1 day." in words.short(team, counted, follows=False).text
    facts = terminal.facts(team, counted)
    assert facts["past"]["engineers"][2] == {
        "engineer": "Danny",
        "weeks": 13.1,
        "days": 91.375,
        "equal_share_days": 87.85,
        "weekend_days": 26.0417,
        "public_holiday_days": None,
        "covered_for_others_days": 0.0,
        "covered_by_others_days": 0.0,
        "taken_over_days": 0.3333,
        "short_notice_weeks": 0,
        "two_weeks_in_a_row": 0,
        "seconds_until_got_it": 900,
    }
    assert (facts["past"]["starts"], facts["past"]["nobody_days"]) == ("2027-01-01T00:00:00+01:00", 1.0)
    assert facts["coming"] is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Nobody has been on call yet: this is what the schedule says."),
        ({"toms": 0}, "Everybody carried about the same: nobody is more than 1 day from an equal share."),
        (
            {"toms": 3.2, "maya": -3.2},
            "Everybody carried about the same: nobody is more than 4 days from an equal share.",
        ),
        ({"toms": 11, "maya": -11}, "Toms carried 11 days more than an equal share."),
        ({"toms": 5, "maya": 9, "rene": -14}, "Maya and Toms carried more than an equal share: 9 and 5 days."),
        (
            {"toms": 3, "maya": 3, "danny": 3, "robin": 2.5, "rene": -11.5},
            "4 engineers carried more than an equal share, by up to 3 days.",
        ),
    ],
)
def test_the_sentence_names_who_carried_more_and_nobody_who_carried_less(
    store: Store, more: dict[str, float], said: str
) -> None:
    loads = tuple(Load(who, duty=(100 + days) * DAY, share=100 * DAY) for who, days in more.items())
    with store.reading() as tx:
        team = roster.own(tx)
    starts = at("2026-01-01T00:00")
    assert words.sentence(team, Tally(starts, starts + len(loads) * DAY, loads)) == said


@pytest.mark.slow
def test_in_the_terminal_it_is_a_table_json_and_a_picture(tmp_path: Path) -> None:
    now = ("--now", "2026-12-22T09:00")
    said = bot(tmp_path, "fairness", "--out", "out.png", *now)
    assert said.returncode == 0, said.stderr
    assert "       weeks  days  equal share  weekend days" in said.stdout
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    facts = json.loads(bot(tmp_path, "fairness", "2026", "--json", *now).stdout)
    assert set(facts) == {"year", "sentence", "past", "coming"}
    refused = bot(tmp_path, "fairness", "2020", *now)
    assert (refused.returncode, refused.stderr.splitlines()[0]) == (
        *(1, "Nobody has been on call in 2020: I can count the year 2026."),
    )
