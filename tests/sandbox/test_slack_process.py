"""The fake Slack in a process of its own: what it holds is seen from outside, and it can be made to fail."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.rules.faults import Fault
from bot.slack.clients import Client
from tests.kit.slack_apart import SlackApart, a_slack_apart
from tests.kit.stage import TOKEN

pytestmark = pytest.mark.slow


def client_of(slack: SlackApart) -> WebClient:
    """A client that never retries."""
    return Client(TOKEN, base_url=f"{slack.url}/api/", timeout=5)


def say(client: WebClient, channel: str, key: str) -> None:
    """Post a message that is known by `key`."""
    client.chat_postMessage(channel=channel, text=key, metadata={"event_type": "key", "event_payload": {"key": key}})


def test_what_the_channels_hold_is_seen_by_key() -> None:
    with a_slack_apart("--channels", "3") as slack:
        client, began = client_of(slack), time.monotonic()
        ids = [each["id"] for each in client.conversations_list()["channels"]]
        for n, channel in enumerate((ids[0], ids[2], ids[2])):
            say(client, channel, str(n))
        held = slack.held()
        assert {channel: [each["key"] for each in found] for channel, found in held.items()} == {
            ids[0]: ["0"],
            ids[2]: ["1", "2"],
        }
        assert began < held[ids[0]][0]["arrived"] < time.monotonic()
        assert slack.count()["messages"] == 3
        slack.clear()
        assert slack.held() == {}


def test_it_fails_and_limits_as_told() -> None:
    with a_slack_apart("--paced", "--a-minute", "2", "--channels", "3") as slack:
        client = client_of(slack)
        slack.arm("chat.postMessage", Fault.api_error("fatal_error", accepted=True))
        with pytest.raises(SlackApiError, match="fatal_error"):
            say(client, "metrics-oncall", "a")
        with pytest.raises(SlackApiError, match="ratelimited"):
            say(client, "metrics-oncall", "b")
        say(client, "channel-2", "c")
        with pytest.raises(SlackApiError, match="ratelimited") as refused:
            say(client, "channel-3", "d")
        assert 59 <= int(refused.value.response.headers["Retry-After"]) <= 60
        assert slack.keys() == {"a": 1, "c": 1}
        assert slack.count()["refused"] == {"chat.postMessage": 2}


def test_every_answer_takes_its_time_and_many_at_once_take_no_more() -> None:
    with a_slack_apart("--users", "50", "--latency", "0.06") as slack, ThreadPoolExecutor(10) as pool:
        client, began = client_of(slack), time.monotonic()
        list(pool.map(lambda n: say(client, f"U{n:09}", str(n)), range(50)))
        took = time.monotonic() - began
        assert took > 5 * 0.06
        assert set(slack.keys()) == {str(n) for n in range(50)}
