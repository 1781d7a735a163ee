"""What Slack does to a post, and what comes of it: each message is said once, late at worst."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.sandbox.faults import Fault
from models.outbox import waiting
from models.tables import ChannelRow, OutboxRow, PaceRow
from tests.cast import MAYA
from tests.stage import Stage

MONDAY = "2026-11-30T09:00"


def later(stage: Stage) -> None:
    """Let the real time pass that a retry or a lease waits for."""
    with stage.store.writing() as tx:
        passed = datetime.now(UTC) - timedelta(seconds=1)
        tx.execute(update(OutboxRow).where(OutboxRow.retry_at.is_not(None)).values(retry_at=passed))
        tx.execute(update(ChannelRow).values(lease_until=None, free_at=None))
        tx.execute(update(PaceRow).values(free_at=None))
    stage.do_what_is_due()


def handoffs(stage: Stage) -> int:
    """How many handoffs the channel shows."""
    return sum("On-call handoff" in said for said in stage.channel())


def test_a_rate_limit_is_obeyed(stage: Stage) -> None:
    stage.slack.faults.arm("chat.postMessage", Fault.rate_limited(30))
    stage.turn_to(MONDAY)
    stage.do_what_is_due()
    assert handoffs(stage) == 0
    with stage.store.reading() as tx:
        [handoff] = [message for message in waiting(tx) if message.kind == "handoff"]
    assert handoff.problem == "ratelimited"
    later(stage)
    assert handoffs(stage) == 1


UNCLEAR = {
    "dropped": Fault.dropped_after_accepting(),
    "truncated": Fault.truncated(),
    "500": Fault.http_error(500, accepted=True),
}


@pytest.mark.parametrize("fault", UNCLEAR.values(), ids=UNCLEAR)
def test_an_unclear_answer_is_looked_up_before_it_is_said_again(stage: Stage, fault: Fault) -> None:
    stage.slack.faults.arm("chat.postMessage", fault)
    stage.turn_to(MONDAY)
    later(stage)
    later(stage)
    assert handoffs(stage) == 1


def test_a_bot_that_is_not_in_the_channel_says_it_when_it_is_invited(stage: Stage) -> None:
    stage.slack.faults.arm("chat.postMessage", Fault.api_error("not_in_channel"))
    stage.turn_to(MONDAY)
    assert handoffs(stage) == 0
    later(stage)
    assert handoffs(stage) == 1


def test_trouble_with_one_person_holds_up_nobody_else(stage: Stage) -> None:
    stage.slack.faults.arm("conversations.open", Fault.api_error("user_not_found"))
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to(MONDAY)
    assert handoffs(stage) == 1


def test_a_message_that_is_of_no_use_any_more_is_not_said(stage: Stage) -> None:
    stage.slack.faults.arm("chat.postMessage", Fault.rate_limited(30))
    stage.turn_to(MONDAY)
    stage.turn_to("2026-12-07T08:59")
    stage.turn_to("2026-12-07T09:00")
    later(stage)
    titles = [said.split("\n")[0] for said in stage.channel()]
    assert [title for title in titles if "handoff, " in title] == ["On-call handoff, Mon 7 Dec 2026"]
