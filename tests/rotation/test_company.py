"""A bot that starts in a company of 5,000 channels and 3,000 people, at Slack's pace: real processes."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.clock import TurnedClock
from bot.plan.file import PACKAGED
from bot.sandbox.rules.rates import MINUTE, Rates
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.crowd import crowd
from bot.sandbox.slack.workspace import BOT_USER
from tests.kit import cast, processes
from tests.kit.operations import status
from tests.kit.processes import free_port
from tests.kit.running import SECRET, TOKEN, over_http

pytestmark = pytest.mark.slow

OURS = "C00000001"
TWO_MINUTES = 120.0


@contextmanager
def a_company(minute: float, *, joined: bool) -> Iterator[FakeSlack]:
    """Its Slack, whose minute has so many real seconds; whether the bot is a member of the team's channel."""
    rates = Rates.enforced(minute)
    fake = FakeSlack(users=cast.USERS, clock=TurnedClock(), signing_secret=SECRET, bot_token=TOKEN, rates=rates)
    crowd(fake.workspace)
    if not joined:
        fake.workspace.channels[OURS].members.discard(BOT_USER)
    with fake.serve():
        yield fake


@contextmanager
def a_bot(folder: Path, fake: FakeSlack, plan: Path = PACKAGED) -> Iterator[int]:
    """A bot that runs until the end of the block; the port of its operations address."""
    operations = free_port()
    with processes.a_bot(folder, {**over_http(fake.url, operations), "ONCALL_PLAN": str(plan)}) as running:
        yield operations
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=processes.PATIENCE)
        assert running.returncode == 0


def greeted(fake: FakeSlack) -> bool:
    """Whether the channel was told who is on call."""
    return any("is on call now" in message.words() for message in fake.messages(OURS))


@pytest.mark.parametrize("named", ["by its id", "by its name"])
def test_the_greeting_is_there_within_two_minutes(tmp_path: Path, named: str) -> None:
    plan = tmp_path / "plan.yaml"
    text = PACKAGED.read_text()
    plan.write_text(text.replace('"#metrics-oncall"', OURS) if named == "by its id" else text)
    with a_company(MINUTE, joined=named == "by its name") as fake:
        began = time.monotonic()
        with a_bot(tmp_path, fake, plan):
            fake.until(lambda: greeted(fake), TWO_MINUTES)
        assert time.monotonic() - began < TWO_MINUTES
        assert fake.workspace.tally.calls["conversations.list"] == 0


def test_where_it_takes_longer_it_says_how_far_it_is_and_gets_there(tmp_path: Path) -> None:
    with a_company(1.0, joined=False) as fake, a_bot(tmp_path, fake) as operations:
        fake.until(lambda: fake.workspace.rates.refused["conversations.list"] > 1, 30)
        said = status(operations)
        assert 600 < said["looking_for"]["#metrics-oncall"] < 5_000
        assert said["ok"] is False
        fake.until(lambda: greeted(fake), 60)
        assert status(operations)["looking_for"] == {}
