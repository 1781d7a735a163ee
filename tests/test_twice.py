"""People press twice, and proxies deliver twice: a request that comes again writes nothing more."""

from collections.abc import Iterator

import pytest

from bot.sandbox.payloads import Values
from models import changes, outbox
from tests.cast import MAYA, RENE, TOMS
from tests.doubling import a_doubling_proxy
from tests.stage import Stage

MONDAY = "2026-11-30T09:00"


@pytest.fixture(params=["at once", "in a row"])
def doubled(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Stage]:
    """A stage whose bot gets every request twice."""
    with a_doubling_proxy(stage.ear.words, at_once=request.param == "at once") as url:
        stage.slack.connect(url)
        yield stage


def log(stage: Stage) -> list[str]:
    """What was changed by people, in order."""
    with stage.store.reading() as tx:
        return [change.what for change in changes.listed_all(tx, 1) if change.by]


def owed(stage: Stage, kind: str) -> int:
    """How many messages of a kind there ever were."""
    with stage.store.reading() as tx:
        return sum(message.kind == kind for message in outbox.everything(tx))


def test_a_declaration_and_its_undo(doubled: Stage) -> None:
    declared = doubled.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    assert "You are away Thu 24 – Sat 26 Dec 2026" in declared.words()
    assert log(doubled) == ["holiday declared"]
    doubled.slack.press(TOMS, declared, "holiday.undo")
    doubled.slack.until(lambda: "as it was before" in declared.words())
    assert log(doubled) == ["holiday declared", "change undone"]
    assert "no time off" in doubled.words(TOMS, "/holiday mine")


def test_a_cancellation(doubled: Stage) -> None:
    doubled.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    doubled.ask(TOMS, "/holiday cancel 24 Dec - 26 Dec")
    assert log(doubled) == ["holiday declared", "holiday cancelled"]


def test_a_form(doubled: Stage) -> None:
    doubled.turn_to(MONDAY)
    [reminder] = doubled.slack.direct_messages(RENE)
    doubled.slack.press(RENE, reminder, "holiday.open")
    doubled.slack.until(lambda: doubled.slack.view_for(RENE) is not None)
    right: Values = {"first": {"first": "2026-12-15"}, "last": {"last": "2026-12-16"}, "note": {"note": None}}
    assert doubled.slack.submit(RENE, doubled.modal(RENE), right) is None
    assert log(doubled) == ["holiday declared"]


def test_i_ve_got_it(doubled: Stage) -> None:
    doubled.turn_to(MONDAY)
    handoff = doubled.slack.messages()[-1]
    doubled.slack.press(MAYA, handoff, "handoff.got-it")
    doubled.slack.press(MAYA, handoff, "handoff.got-it")  # and a person presses twice
    doubled.do_what_is_due()
    assert log(doubled) == ["handoff acknowledged"]
    assert owed(doubled, "edit") == 1


def test_a_picture(doubled: Stage) -> None:
    doubled.ask(MAYA, "/oncall calendar")
    assert owed(doubled, "picture") == 1


def test_news_of_a_change(doubled: Stage) -> None:
    doubled.ask(TOMS, "/holiday 24 Dec - 2 Jan")
    doubled.turn_to("2026-11-24T10:05")
    assert len(doubled.direct(MAYA)) == 1


def test_what_was_undone_is_not_declared_again_by_a_late_copy(stage: Stage) -> None:
    declared = stage.slack.slash(TOMS, "/holiday", "24 Dec", twice=False)
    assert declared is not None
    interaction = stage.slack.workspace.interactions[-1]
    stage.slack.press(TOMS, declared, "holiday.undo")
    stage.slack.until(lambda: "as it was before" in declared.words())
    with stage.store.reading() as tx:
        first = changes.of_key(tx, 1, interaction.trigger)
    assert first is not None
    assert log(stage) == ["holiday declared", "change undone"]
