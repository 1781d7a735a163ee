"""Owners of pipelines, changed by Robin, an admin, and told to those before and after. It is Tue 24 Nov 2026, 10:00."""

import pytest

from bot.sandbox.records import View, elements_in
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.forms import applied, filled, pressed
from tests.kit.stage import Stage, actions_of

HANDED_OVER = "Maya (primary), Toms (secondary) → Danny (primary), Toms (secondary)"
NEWS = f"*Robin* changed the owners of *Daily growth*: {HANDED_OVER}."


def form(stage: Stage) -> View:
    return pressed(stage, stage.ask(ROBIN, "/pipelines daily-growth"), "owners.open")


def handed_over(stage: Stage, *, twice: bool = False, **values: str) -> list[str]:
    """What is said after the form and its preview were sent."""
    assert stage.slack.submit(ROBIN, form(stage), filled(**values)) is None
    assert stage.slack.submit(ROBIN, stage.modal(ROBIN), {}, twice=twice) is None
    return stage.modal(ROBIN).words().splitlines()


def test_only_admins_are_offered_to_change_owners(stage: Stage) -> None:
    assert "owners.open" not in actions_of(stage.ask(TOMS, "/pipelines daily-growth"))
    said = stage.ask(ROBIN, "/pipelines daily-growth")
    refused = stage.slack.press(TOMS, said, "owners.open")
    stage.slack.until(lambda: refused.messages)
    assert "Only an admin can do that. Nothing was changed." in refused.messages[0].words()


@pytest.mark.conversation
def test_daily_growth_passes_from_maya_to_danny_after_a_preview(stage: Stage) -> None:
    shown = form(stage)
    assert [e.get("initial_option", {}).get("value") for _, e in elements_in(shown.blocks)][:2] == ["maya", "toms"]
    assert stage.slack.submit(ROBIN, shown, filled(primary="danny", why="Danny built it")) is None
    assert stage.modal(ROBIN).words().splitlines() == [
        "Change owners",
        "Close",
        "*Daily growth* changes hands.",
        "Maya (primary), Toms (secondary) → Danny (primary), Toms (secondary)",
        "By direct message I tell Toms, Maya and Danny, once.",
        "_Nothing is changed yet._",
        "Apply",
    ]
    assert "Danny" not in stage.words(TOMS, "/pipelines daily-growth")
    assert stage.slack.submit(ROBIN, stage.modal(ROBIN), {}, twice=True) is None
    assert "Done." in stage.modal(ROBIN).words()
    said = stage.words(DANNY, "/pipelines daily-growth")
    assert "Danny" in said
    assert "Why these owners: Danny built it" in said
    stage.turn_to("2026-11-24T10:02")
    assert stage.direct(TOMS) == stage.direct(MAYA) == stage.direct(DANNY) == [NEWS]
    assert stage.direct(RENE) == stage.direct(ROBIN) == []
    assert stage.words(TOMS, "/oncall log").splitlines()[2] == (
        "• 10:00: *Robin* changed the owners of Daily growth: "
        "Maya (primary), Toms (secondary) → Danny (primary), Toms (secondary)"
    )


def test_two_owners_are_two_people(stage: Stage) -> None:
    assert stage.slack.submit(ROBIN, form(stage), filled(primary="toms")) == {
        "secondary": "The primary and the secondary owner are two people. Nothing was changed."
    }


def test_owners_that_were_changed_meanwhile_are_shown_first(stage: Stage) -> None:
    assert stage.slack.submit(ROBIN, form(stage), filled(primary="danny")) is None
    stale = stage.modal(ROBIN)
    handed_over(stage, primary="rene")
    assert stage.slack.submit(ROBIN, stale, {}) is None
    assert "*Something changed meanwhile: please look again.*" in stale.words()
    assert "Rene (primary), Toms (secondary) → Danny (primary), Toms (secondary)" in stale.words()


def test_a_change_of_owners_is_undone_below_the_roster(stage: Stage) -> None:
    before = stage.words(DANNY, "/pipelines daily-growth")
    handed_over(stage, primary="danny", why="Danny built it")
    said = stage.ask(ROBIN, "/oncall roster")
    stage.slack.press(ROBIN, said, "roster.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())
    assert said.words() == (
        "*Undone*: the change of owners of Daily growth is taken back, and everything is as it was before."
    )
    assert stage.words(DANNY, "/pipelines daily-growth") == before
    stage.turn_to("2026-11-24T10:05")
    assert stage.direct(MAYA) == []


def test_who_leaves_the_rotation_leaves_pipelines_that_need_an_owner(stage: Stage) -> None:
    applied(stage, "roster.remove", who="rene", starts="2026-12-07")
    assert stage.words(TOMS, "/pipelines").splitlines()[-2:] == [
        "*Aggregate profit* needs an owner in place of Rene.",
        "*Aggregate growth* needs an owner in place of Rene.",
    ]
    shown = pressed(stage, stage.ask(ROBIN, "/pipelines aggregate-growth"), "owners.open")
    offered = {option["value"] for _, e in elements_in(shown.blocks) for option in e.get("options", ())}
    assert offered == {"toms", "maya", "danny", "robin"}
