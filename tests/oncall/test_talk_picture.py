"""The picture in the handoff's thread: one for each state of the schedule."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.records import SlackMessage
from bot.sandbox.rules.faults import Fault
from models.keeping import backup
from tests.kit.cast import DANNY, MAYA, TOMS
from tests.kit.databases import Databases
from tests.kit.stage import Stage, a_stage

MONDAY = "2026-11-30T09:00"
UPLOAD = "files.completeUploadExternal"


def pictures(stage: Stage) -> list[SlackMessage]:
    """The messages with a picture in the channel, once nothing is on its way any more."""
    return [m for m in stage.slack.threads() if m.files]


def wait_for(stage: Stage, count: int) -> None:
    """A file appears a little after it was shared."""
    stage.slack.until(lambda: len(pictures(stage)) == count)


@pytest.mark.conversation
def test_the_handoff_has_a_picture_in_its_thread(stage: Stage) -> None:
    stage.turn_to(MONDAY)
    stage.do_what_is_due()
    wait_for(stage, 1)
    [picture] = pictures(stage)
    handoff = next(m for m in stage.slack.messages() if "On-call handoff" in m.words())
    assert picture.thread_ts == handoff.ts
    assert picture.files[0].content.startswith(b"\x89PNG")
    for _ in range(3):
        stage.do_what_is_due()
    assert len(pictures(stage)) == 1


def test_another_schedule_has_another_picture_and_the_old_one_goes(stage: Stage) -> None:
    stage.turn_to(MONDAY)
    stage.do_what_is_due()
    wait_for(stage, 1)
    [before] = pictures(stage)
    name = before.files[0].name
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.turn_to("2026-11-30T09:02")
    stage.turn_to("2026-11-30T09:04")
    stage.turn_to("2026-11-30T09:05")
    stage.slack.until(lambda: pictures(stage) not in ([], [before]))
    stage.turn_to("2026-11-30T09:06")
    wait_for(stage, 1)
    assert pictures(stage)[0].files[0].name != name


def test_an_undo_within_the_minute_draws_nothing(stage: Stage) -> None:
    stage.turn_to(MONDAY)
    stage.do_what_is_due()
    wait_for(stage, 1)
    [before] = pictures(stage)
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.do_what_is_due()
    stage.ask(TOMS, "/holiday cancel 24 Dec - 26 Dec")
    stage.turn_to("2026-11-30T09:05")
    stage.turn_to("2026-11-30T09:07")
    assert pictures(stage) == [before]


def test_a_failed_picture_holds_up_no_text(stage: Stage) -> None:
    stage.slack.faults.arm(UPLOAD, Fault.http_error(500), Fault.http_error(500))
    stage.turn_to(MONDAY)
    stage.do_what_is_due()
    stage.slack.press(MAYA, stage.slack.messages()[-1], "handoff.got-it")
    stage.ask(DANNY, "/holiday 2 Dec")
    stage.turn_to("2026-11-30T09:02")
    assert any("Maya said *I've got it*" in said for said in stage.channel())


def put_back(stage: Stage, copy: Path) -> None:
    """Put the backup back, as an admin does with the bot stopped, and let the bot do what is due then."""
    backup.put_back(stage.store.url, copy, stage.clock.now())
    for _ in range(3):
        stage.clock.turn_to(stage.clock.now() + timedelta(minutes=2))
        stage.do_what_is_due()


@pytest.mark.parametrize("when", ["before the picture", "before the change"])
def test_a_store_that_is_put_back_leaves_one_picture_of_what_holds(
    sqlite: Databases, tmp_path: Path, when: str
) -> None:
    copy = tmp_path / "copy.sqlite"
    with a_stage(sqlite) as stage:
        stage.turn_to(MONDAY)
        if when == "before the picture":
            backup.back_up(stage.store.url, copy)
        stage.do_what_is_due()
        wait_for(stage, 1)
        if when == "before the change":
            backup.back_up(stage.store.url, copy)
        stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
        [first] = pictures(stage)
        for minute in range(2, 8):
            stage.turn_to(f"2026-11-30T09:0{minute}")
        stage.slack.until(lambda: pictures(stage) not in ([], [first]))
        wait_for(stage, 1)
        [lost] = pictures(stage)
        put_back(stage, copy)
        stage.slack.until(lambda: pictures(stage) not in ([], [lost]))
        stage.do_what_is_due()
        wait_for(stage, 1)
        assert len([m for m in stage.slack.messages() if "On-call handoff" in m.words()]) == 1
