"""What is owed and not said, as an operator sees and settles it in the terminal."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.opening import CannotOpen
from bot.sandbox.rules.faults import Fault
from bot.speech import say
from bot.terminal.cli import cli
from models.outbox import waiting
from scheduler.team import roster
from tests.kit.stage import Stage

pytestmark = pytest.mark.both

MONDAY = "2026-11-30T09:00"


def operator(stage: Stage, *arguments: str, **environ: str) -> tuple[int, str]:
    """What a command prints, and its exit code."""
    done = CliRunner().invoke(cli, ["--database", stage.store.url, *arguments], env=environ)
    return done.exit_code, done.output


def refused_handoff(stage: Stage) -> None:
    """On Monday, Slack will not have the handoff."""
    stage.slack.faults.arm("chat.postMessage", Fault.api_error("not_in_channel"))
    stage.turn_to(MONDAY)


def test_nothing_is_listed_where_all_was_said(stage: Stage) -> None:
    assert operator(stage, "outbox", "list") == (0, "Everything that is owed has been said.\n")


def test_a_refused_message_is_listed_with_its_reason_and_sent_again(stage: Stage) -> None:
    refused_handoff(stage)
    _, said = operator(stage, "outbox", "list")
    assert said == (
        "    2  refused  Mon 30 Nov 2026, 09:00  the on-call handoff to #metrics-oncall (handoff 2026-11-30): "
        "not_in_channel, 1 attempt\n"
    )
    assert operator(stage, "outbox", "retry", "2")[1].startswith("1 message to be tried again.")
    stage.do_what_is_due()
    assert any("On-call handoff" in said for said in stage.channel())


def test_a_refused_message_is_dropped_for_good(stage: Stage) -> None:
    refused_handoff(stage)
    assert operator(stage, "outbox", "drop", "2") == (0, "1 message dropped: never to be said.\n")
    stage.do_what_is_due()
    assert not any("On-call handoff" in said for said in stage.channel())
    assert operator(stage, "outbox", "list", "--json") == (0, "[]\n")


def test_what_is_said_can_be_neither_retried_nor_dropped_and_then_none_is(stage: Stage) -> None:
    refused_handoff(stage)
    assert operator(stage, "outbox", "drop", "2", "1")[0] == 1
    [message] = json.loads(operator(stage, "outbox", "list", "--json")[1])
    assert (message["key"], message["state"]) == ("1/handoff/2026-11-30", "refused")


def test_all_that_was_refused_is_sent_again_at_once(stage: Stage) -> None:
    refused_handoff(stage)
    assert operator(stage, "outbox", "retry", "--all")[0] == 0
    assert operator(stage, "outbox", "retry", "--all", "2")[0] == 2
    stage.do_what_is_due()
    assert any("On-call handoff" in said for said in stage.channel())


def test_doctor_names_what_slack_refuses(stage: Stage, tmp_path: Path) -> None:
    refused_handoff(stage)
    _, said = operator(stage, "doctor")
    assert "Slack refuses the on-call handoff to #metrics-oncall (not_in_channel)" in said
    assert "`python -m bot outbox retry 2` or `drop 2`" in said


def test_what_slack_refuses_so_far_is_listed_with_until_when_it_is_tried(stage: Stage) -> None:
    stage.slack.faults.arm("chat.postMessage", Fault.api_error("access_denied"))
    stage.turn_to(MONDAY)
    with stage.store.reading() as tx:
        [handoff] = [message for message in waiting(tx) if message.is_refused]
        berlin = roster.own(tx).hours.zone
    assert handoff.refused_at
    until = say.clock(handoff.refused_at + timedelta(hours=1), berlin)
    _, said = operator(stage, "outbox", "list")
    assert said == (
        "    2  owed     Mon 30 Nov 2026, 09:00  the on-call handoff to #metrics-oncall (handoff 2026-11-30): "
        f"access_denied, 1 attempt, refused so far and tried until {until}\n"
    )
    _, said = operator(stage, "doctor")
    assert "Slack refuses the on-call handoff to #metrics-oncall so far (access_denied)" in said
    assert operator(stage, "outbox", "retry", "--all")[1].startswith("1 message to be tried again.")


def test_a_store_that_is_not_there_is_no_comfort(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["--database", f"sqlite:///{tmp_path / 'nothing.sqlite'}", "outbox", "list"])
    assert isinstance(done.exception, CannotOpen)
    assert list(tmp_path.iterdir()) == []


def test_what_rescues_a_store_needs_no_other_setting(stage: Stage, tmp_path: Path) -> None:
    refused_handoff(stage)
    wrong = dict.fromkeys(("ONCALL_TICK_SECONDS", "ONCALL_PING_URL", "ONCALL_PLAN", "ONCALL_RUNBOOKS"), "!")
    assert "not_in_channel" in operator(stage, "outbox", "list", **wrong)[1]
    looking = (["schedule", "--now", "2026-12-01T09:00"], ["plan", "export"])
    for arguments in (["outbox", "retry", "2"], ["outbox", "drop", "2"], ["migrate"], *looking):
        assert operator(stage, *arguments, **wrong)[0] == 0, arguments
    if stage.store.is_sqlite:
        assert operator(stage, "backup", str(tmp_path / "copy"), **wrong)[0] == 0
        assert operator(stage, "restore", str(tmp_path / "copy"), "--yes", **wrong)[0] == 0
