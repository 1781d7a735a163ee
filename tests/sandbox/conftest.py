"""A fake Slack by itself, and who calls it."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.clock import StoppedClock
from bot.sandbox.server import FakeSlack
from bot.slack.clients import Client
from tests.kit import cast
from tests.kit.cast import NOW
from tests.kit.fakes import TOKEN
from tests.kit.processes import PATIENCE


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    """A workspace with two channels."""
    made = FakeSlack(
        cast.USERS, ("metrics-oncall", "random"), clock=StoppedClock(NOW), signing_secret="secret", bot_token=TOKEN
    )
    with made.serve():
        yield made


@pytest.fixture
def client(fake: FakeSlack) -> WebClient:
    """A client that never retries."""
    return Client(TOKEN, base_url=f"{fake.url}/api/", timeout=PATIENCE)
