"""The fake Slack by itself: who calls its Web API over real HTTP, and what comes of it."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import FakeSlack

TOKEN = "xoxb-fake"
GENERAL = "C00000001"


def told(client: WebClient, **more: object) -> list[str]:
    """What the channel's history tells, newest first."""
    return [each["text"] for each in client.conversations_history(channel=GENERAL, **more)["messages"]]  # type: ignore[arg-type]


def shown(fake: FakeSlack) -> list[str]:
    """What the channel shows, oldest first."""
    return [message.text for message in fake.messages()]


def refusal(call: object, **arguments: object) -> SlackApiError:
    """What a call is refused with."""
    assert callable(call)
    with pytest.raises(SlackApiError) as failed:
        call(**arguments)
    return failed.value
