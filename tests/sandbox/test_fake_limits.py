"""How the fake Slack pages its history, what it limits, and how much it carries, over real HTTP."""

import time

from slack_sdk import WebClient

from bot.clock import StoppedClock
from bot.sandbox.records import Json
from bot.sandbox.rules.rates import EDITING, HISTORY, POSTING, Rates
from bot.sandbox.server import FakeSlack
from bot.slack.clients import Client
from tests.kit import cast
from tests.kit.cast import NOW
from tests.kit.fakes import GENERAL, TOKEN, refusal, shown, told


def keyed(key: str) -> Json:
    """The metadata of a message that is known by `key`."""
    return {"event_type": "key", "event_payload": {"key": key}}


# The history's pages


def test_pages_stay_as_they_are_while_more_is_said(fake: FakeSlack, client: WebClient) -> None:
    for n in range(5):
        client.chat_postMessage(channel=GENERAL, text=str(n), metadata=keyed(str(n)))
    pages, cursor = [], None
    while cursor != "":
        page = client.conversations_history(channel=GENERAL, limit=2, cursor=cursor, include_all_metadata=True)
        pages.append([each["metadata"]["event_payload"]["key"] for each in page["messages"]])
        cursor = page["response_metadata"]["next_cursor"]
        assert page["has_more"] == bool(cursor)
        client.chat_postMessage(channel=GENERAL, text="more", metadata=keyed("more"))
        client.chat_postMessage(channel="C00000002", text="elsewhere", metadata=keyed("elsewhere"))
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert refusal(client.conversations_history, channel=GENERAL, cursor="from:2").response["error"] == "invalid_cursor"


def test_the_history_begins_after_the_oldest_that_is_asked_for(fake: FakeSlack, client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel=GENERAL, text=str(n))["ts"] for n in range(4)]
    assert told(client, oldest=stamps[1]) == ["3", "2"]
    assert told(client, oldest=stamps[1], inclusive=True) == ["3", "2", "1"]
    assert told(client, oldest=stamps[0], latest=stamps[2]) == ["1"]


# Limits


def test_a_channel_takes_one_message_a_second(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.rates = Rates(paced=True)
    client.chat_postMessage(channel=GENERAL, text="1")
    assert refusal(client.chat_postMessage, channel=GENERAL, text="2").response.headers["Retry-After"] == "1"
    client.chat_postMessage(channel="C00000002", text="elsewhere")
    fake.workspace.seconds_let_pass += 1
    client.chat_postMessage(channel=GENERAL, text="3")
    assert shown(fake) == ["1", "3"]


def test_any_minute_has_so_many_messages_in_all(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.rates = Rates(a_minute={POSTING: 3})
    for channel, wait in ((GENERAL, 20), ("C00000002", 20), (GENERAL, 19)):
        client.chat_postMessage(channel=channel, text="taken")
        fake.workspace.seconds_let_pass += wait
    early = refusal(client.chat_postMessage, channel=GENERAL, text="no").response
    assert early.headers["Retry-After"] == "1"
    fake.workspace.seconds_let_pass += 1
    client.chat_postMessage(channel=GENERAL, text="taken")
    assert 19 <= int(refusal(client.chat_postMessage, channel=GENERAL, text="no").response.headers["Retry-After"]) <= 20
    assert fake.workspace.rates.refused == {POSTING: 2}


def test_other_methods_have_limits_of_their_own(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.rates = Rates(a_minute={HISTORY: 2, EDITING: 1})
    ts = client.chat_postMessage(channel=GENERAL, text="hello")["ts"]
    client.chat_update(channel=GENERAL, ts=ts, text="edited")
    assert refusal(client.chat_update, channel=GENERAL, ts=ts, text="no").response.status_code == 429
    assert [told(client), told(client)] == [["edited"]] * 2
    assert refusal(client.conversations_history, channel=GENERAL).response.status_code == 429


def test_a_minute_may_be_shorter_than_a_minute() -> None:
    rates = Rates(paced=True, a_minute={POSTING: 2}, minute=1.2)
    assert rates.take(POSTING, "a", 0) is None
    assert rates.take(POSTING, "a", 0.01) == 1
    assert rates.take(POSTING, "a", 0.02) is None
    assert rates.take(POSTING, "b", 1.19) == 1
    assert rates.take(POSTING, "b", 1.2) is None


def test_every_answer_takes_its_time_without_work() -> None:
    slow = FakeSlack(cast.USERS, clock=StoppedClock(NOW), signing_secret="secret", bot_token=TOKEN, latency=0.2)
    with slow.serve() as url:
        began, worked = time.monotonic(), time.process_time()
        Client(TOKEN, base_url=f"{url}/api/", timeout=30).api_test()
        assert time.monotonic() - began >= 0.2
        assert time.process_time() - worked < 0.15


def test_there_may_be_many_channels() -> None:
    names = [f"channel-{n}" for n in range(1_000)]
    fake = FakeSlack(cast.USERS, names, clock=StoppedClock(NOW), signing_secret="secret", bot_token=TOKEN)
    with fake.serve() as url:
        client = Client(TOKEN, base_url=f"{url}/api/", timeout=30)
        client.chat_postMessage(channel="channel-999", text="hello")
        assert [message.text for message in fake.messages("channel-999")] == ["hello"]
        assert fake.messages("channel-0") == []
