"""People press twice, and proxies and sockets deliver twice: a request that comes again writes nothing more, and is
answered as before. On PostgreSQL the second copy goes to a second bot."""

from collections.abc import Iterator

import pytest

from bot.sandbox.slack.payloads import Values
from models import changes, outbox
from tests.kit.cast import MAYA, RENE, TOMS
from tests.kit.doubling import Doubling, doubling
from tests.kit.stage import Stage, all_bots

pytestmark = [pytest.mark.both, pytest.mark.slow]

MONDAY = "2026-11-30T09:00"


@pytest.fixture(params=["at once", "in a row"])
def carrier(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Doubling]:
    """Delivers everything twice. Both copies are answered alike."""
    with all_bots(stage) as bots, doubling(bots, at_once=request.param == "at once") as carrier:
        yield carrier
    assert [first for first, _ in carrier.pairs] == [second for _, second in carrier.pairs]


@pytest.fixture
def doubled(stage: Stage, carrier: Doubling) -> Stage:
    """A stage whose bots get everything twice."""
    stage.slack.carry_by(carrier)
    return stage


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
    assert "You are not away" in doubled.words(TOMS, "/holiday cancel 24 Dec - 26 Dec")
    assert log(doubled) == ["holiday declared", "holiday cancelled"]


def test_yes_to_a_long_time_off(doubled: Stage) -> None:
    asked = doubled.ask(TOMS, "/holiday 4 Jan - 31 Mar")
    assert log(doubled) == []
    doubled.slack.press(TOMS, asked, "holiday.declare")
    doubled.slack.until(lambda: "You are away" in asked.words())
    assert log(doubled) == ["holiday declared"]


def test_yes_to_a_split(doubled: Stage) -> None:
    doubled.ask(TOMS, "/holiday 24 Dec - 2 Jan")
    asked = doubled.ask(TOMS, "/holiday cancel 28 Dec")
    assert log(doubled) == ["holiday declared"]
    doubled.slack.press(TOMS, asked, "holiday.cancel")
    doubled.slack.until(lambda: "You are not away" in asked.words())
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


def test_what_was_undone_is_not_declared_again_by_a_late_copy(doubled: Stage, carrier: Doubling) -> None:
    declared = doubled.ask(TOMS, "/holiday 24 Dec")
    doubled.slack.press(TOMS, declared, "holiday.undo")
    doubled.slack.until(lambda: "as it was before" in declared.words())
    carrier.again(0)
    assert log(doubled) == ["holiday declared", "change undone"]
    assert "no time off" in doubled.words(TOMS, "/holiday mine")


def test_what_was_declared_again_is_not_undone_by_a_late_copy(doubled: Stage, carrier: Doubling) -> None:
    declared = doubled.ask(TOMS, "/holiday 24 Dec")
    doubled.slack.press(TOMS, declared, "holiday.undo")
    doubled.slack.until(lambda: "as it was before" in declared.words())
    doubled.ask(TOMS, "/holiday 24 Dec")
    carrier.again(1)
    assert log(doubled) == ["holiday declared", "change undone", "holiday declared"]
    assert "24 Dec" in doubled.words(TOMS, "/holiday mine")


def test_a_share_in_the_channel(doubled: Stage) -> None:
    said = doubled.ask(TOMS, "/oncall")
    before = len(doubled.channel())
    doubled.slack.press(TOMS, said, "oncall.share")
    doubled.slack.until(lambda: len(doubled.channel()) > before)
    assert owed(doubled, "shared") == 1
    doubled.slack.press(TOMS, said, "oncall.share")  # a person who presses again means it
    doubled.slack.until(lambda: len(doubled.channel()) > before + 1)
    assert (owed(doubled, "shared"), len(doubled.channel())) == (2, before + 2)
