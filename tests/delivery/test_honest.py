"""What somebody is told when something goes wrong: that nothing was changed only where nothing was."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

from bot.sandbox.records import View
from bot.sandbox.rules.faults import Fault
from bot.slack import home, listener
from bot.talk.cover import replies
from bot.talk.holiday import words as holiday
from bot.talk.home import words as views_of_home
from bot.talk.rotation import words as roster
from bot.talk.takeover import words
from models import requests
from scheduler.team import schedule
from tests.kit.cast import DANNY, MAYA, ROBIN, TOMS
from tests.kit.databases import everything
from tests.kit.stage import Stage, press

UNDRAWN = views_of_home.UNDRAWN.format(help="/oncall help")
SKIING = {"first": {"first": "2026-12-24"}, "last": {"last": "2026-12-26"}, "note": {"note": "skiing"}}


def cannot_be_worded(*_: object, **__: object) -> object:
    """A view with a mistake in it."""
    raise ZeroDivisionError


COMMANDS: list[tuple[str, str, ModuleType, str]] = [
    (TOMS, "/holiday 24 Dec - 26 Dec", holiday, "declared"),
    (TOMS, "/holiday today", holiday, "declared"),
    (MAYA, "/holiday cancel 24 Dec", holiday, "cancelled"),
    (MAYA, "/oncall cover 3 Dec @Danny", replies, "asked"),
    (MAYA, "/oncall swap @Danny 30 Nov for 7 Dec", replies, "asked"),
    (MAYA, "/oncall take until 18:00", words, "taken"),
]


@pytest.mark.parametrize(("who", "typed", "views", "name"), COMMANDS)
def test_a_command_that_cannot_be_worded_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, who: str, typed: str, views: ModuleType, name: str
) -> None:
    stage.ask(MAYA, "/holiday 24 Dec")
    before = everything(stage.store)
    monkeypatch.setattr(views, name, cannot_be_worded)
    assert stage.words(who, typed) == listener.BROKEN
    assert everything(stage.store) == before


PRESSES: list[tuple[str, str, str, ModuleType, str]] = [
    (MAYA, "/holiday 30 Nov", "holiday.undo", holiday, "undone"),
    (MAYA, "/oncall take until 18:00", "take.give-back", words, "given_back"),
    (MAYA, "/oncall cover 3 Dec", "request.withdraw", replies, "withdrawn"),
    (MAYA, "/oncall cover 3 Dec @Danny", "request.widen", replies, "asked"),
    (ROBIN, "/oncall roster", "roster.undo", roster, "undone"),
]


@pytest.mark.parametrize(("who", "typed", "action", "views", "name"), PRESSES)
def test_a_press_that_fails_after_its_ack_is_answered_where_it_was_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, who: str, typed: str, action: str, views: ModuleType, name: str
) -> None:
    if who == ROBIN:
        reordered(stage)
    said = stage.ask(who, typed)
    before = everything(stage.store)
    monkeypatch.setattr(views, name, cannot_be_worded)
    assert press(stage, who, said, action).words() == listener.BROKEN
    assert everything(stage.store) == before


def reordered(stage: Stage) -> None:
    """Robin has changed the order of the rotation."""
    stage.slack.press(ROBIN, stage.ask(ROBIN, "/oncall roster"), "roster.reorder")
    stage.slack.until(lambda: stage.slack.view_for(ROBIN) is not None)
    form = stage.modal(ROBIN)
    values = {"order": "toms, danny, maya, rene", "starts": "2026-11-30"}
    stage.slack.submit(ROBIN, form, {name: {name: value} for name, value in values.items()})
    stage.slack.submit(ROBIN, stage.modal(ROBIN), {})


def test_a_form_that_fails_says_so_in_the_form(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.slack.press(TOMS, stage.ask(TOMS, "/holiday"), "holiday.open")
    before, form = everything(stage.store), stage.modal(TOMS)
    monkeypatch.setattr(holiday, "declared", cannot_be_worded)
    assert stage.slack.submit(TOMS, form, SKIING) is None
    assert listener.BROKEN in stage.modal(TOMS).words()
    assert everything(stage.store) == before


def test_a_press_in_the_home_that_fails_is_told_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, before = a_home(stage), everything(stage.store)
    monkeypatch.setattr(holiday, "cancelled", cannot_be_worded)
    assert listener.BROKEN in pressed(stage, shown, "holiday.cancel").words()
    assert everything(stage.store) == before


# A home that can't be drawn, or that Slack would not have, still tells what became of what was pressed in it.

HOMES: list[tuple[ModuleType, str]] = [
    (views_of_home, "home"),
    (views_of_home, "rota"),
    (home, "gather"),
    (home, "concerning"),
    (schedule, "duties"),
    (requests, "ending_after"),
]


def a_home(stage: Stage) -> View:
    """The home of Toms, who is away on 24 Dec."""
    stage.ask(TOMS, "/holiday 24 Dec")
    stage.slack.open_home(TOMS)
    stage.slack.until(lambda: stage.slack.home_of(TOMS) is not None)
    return home_of_toms(stage)


def home_of_toms(stage: Stage) -> View:
    """What Toms sees in his home."""
    shown = stage.slack.home_of(TOMS)
    assert shown is not None
    return shown


def pressed(stage: Stage, shown: View, action: str) -> View:
    """The home of Toms after he pressed that."""
    before = shown.hash
    stage.slack.press_in_view(TOMS, shown, action)
    stage.slack.until(lambda: home_of_toms(stage).hash != before)
    return home_of_toms(stage)


def holidays_of(stage: Stage) -> list[Sequence[Any]]:
    """The rows of time off."""
    return everything(stage.store)["holidays"]


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name"), HOMES)
def test_what_was_done_in_a_home_that_cannot_be_drawn_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    before = a_home(stage)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, cannot_be_worded)
        after = pressed(stage, before, "holiday.cancel")
    assert holidays_of(stage) == []
    assert "not away Thu 24 Dec 2026* any more" in after.words()
    assert after.words().endswith(UNDRAWN)
    pressed(stage, after, "holiday.undo")
    assert len(holidays_of(stage)) == 1


def test_what_was_not_done_there_is_told_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rows = a_home(stage), everything(stage.store)
    monkeypatch.setattr(views_of_home, "home", cannot_be_worded)
    monkeypatch.setattr(holiday, "cancelled", cannot_be_worded)
    assert listener.BROKEN in pressed(stage, before, "holiday.cancel").words()
    assert everything(stage.store) == rows


def test_what_may_have_been_done_there_is_told_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before = a_home(stage)
    monkeypatch.setattr(views_of_home, "home", cannot_be_worded)
    saved_and_failed(stage)
    assert listener.AFTER_ALL in pressed(stage, before, "holiday.cancel").words()
    assert holidays_of(stage) == []


@pytest.mark.parametrize("problem", ["invalid_blocks", "invalid_arguments", "view_too_large"])
def test_what_was_done_in_a_home_that_slack_would_not_have_is_told(stage: Stage, problem: str) -> None:
    before = a_home(stage)
    stage.slack.faults.arm("views.publish", Fault.api_error(problem))
    after = pressed(stage, before, "holiday.cancel")
    assert holidays_of(stage) == []
    assert "not away Thu 24 Dec 2026* any more" in after.words()
    assert after.words().endswith(UNDRAWN)


def test_a_home_that_slack_takes_later_is_not_published_at_once_again(stage: Stage) -> None:
    shown = a_home(stage)
    before = shown.hash
    stage.slack.faults.arm("views.publish", Fault.rate_limited(1))
    stage.slack.press_in_view(TOMS, shown, "holiday.cancel")
    stage.bot.answers.shutdown(wait=True)
    assert stage.slack.faults.left("views.publish") == 0
    assert home_of_toms(stage).hash == before


def test_who_opens_a_home_that_cannot_be_drawn_reads_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before = a_home(stage).hash
    monkeypatch.setattr(views_of_home, "home", cannot_be_worded)
    stage.slack.open_home(TOMS)
    stage.slack.until(lambda: home_of_toms(stage).hash != before)
    assert home_of_toms(stage).words() == UNDRAWN


def saved_and_failed(stage: Stage) -> None:
    """From now on everything goes wrong that comes after a commit."""

    def no_wake() -> None:
        raise ZeroDivisionError

    stage.store.on_commit = no_wake


@pytest.mark.parametrize("typed", ["/holiday 24 Dec", "/oncall take until 18:00", "/oncall cover 3 Dec @Danny"])
def test_what_fails_after_it_was_saved_is_not_said_to_have_changed_nothing(stage: Stage, typed: str) -> None:
    before = everything(stage.store)
    saved_and_failed(stage)
    assert stage.words(MAYA, typed) == listener.AFTER_ALL
    assert everything(stage.store)["changes"] != before["changes"]


def test_a_press_that_fails_after_it_was_saved_is_honest_too(stage: Stage) -> None:
    said = stage.ask(MAYA, "/holiday 24 Dec")
    saved_and_failed(stage)
    assert press(stage, MAYA, said, "holiday.undo").words() == listener.AFTER_ALL
    assert everything(stage.store)["holidays"] == []


def test_what_failed_before_is_forgotten_by_the_next_request(stage: Stage) -> None:
    said = stage.ask(MAYA, "/holiday 24 Dec")
    wakes = stage.store.on_commit
    saved_and_failed(stage)
    press(stage, MAYA, said, "holiday.undo")
    stage.store.on_commit = wakes
    assert "Nothing was changed" not in stage.words(DANNY, "/holiday 24 Dec")
