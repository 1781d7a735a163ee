"""Everything that the fake Slack can do wrong, over real HTTP: what the bot gets to see, and what came of it."""

import http.client
import json
import socket
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.rates import EDITING, HISTORY, POSTING
from bot.sandbox.server import FakeSlack
from bot.slack.clients import Client
from tests.kit.fakes import GENERAL, TOKEN, refusal, shown, told

SHARING = "files.completeUploadExternal"
DROPPED = (OSError, http.client.HTTPException)


@pytest.fixture
def client(fake: FakeSlack) -> WebClient:
    """A client that never retries, and waits for half a second."""
    return Client(TOKEN, base_url=f"{fake.url}/api/", timeout=0.5)


# Late


def test_a_late_post_is_stamped_when_it_takes_effect(fake: FakeSlack, client: WebClient) -> None:
    fake.faults.arm(POSTING, Fault.late_effect(0.7))
    with pytest.raises(DROPPED):
        client.chat_postMessage(channel=GENERAL, text="late")
    client.chat_postMessage(channel=GENERAL, text="in time")
    assert told(client) == ["in time"]
    fake.until(lambda: len(fake.messages()) == 2)
    in_time, late = fake.messages()
    assert (in_time.text, late.text) == ("in time", "late")
    assert in_time.ts < late.ts
    assert late.arrived - in_time.arrived > 0.5, "beyond the client's timeout"


def test_a_late_edit_takes_effect_after_a_newer_one(fake: FakeSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=GENERAL, text="at first")["ts"]
    fake.faults.arm(EDITING, Fault.late_effect(0.7))
    with pytest.raises(DROPPED):
        client.chat_update(channel=GENERAL, ts=ts, text="late")
    client.chat_update(channel=GENERAL, ts=ts, text="in time")
    assert shown(fake) == ["in time"]
    fake.until(lambda: shown(fake) == ["late"])


def test_a_late_file_is_found_by_its_name_once_it_is_shared(fake: FakeSlack, client: WebClient) -> None:
    fake.faults.arm(SHARING, Fault.late_effect(0.7))
    with pytest.raises(DROPPED):
        client.files_upload_v2(channel=GENERAL, filename="late.png", content=b"PNG", title="Late")
    assert told(client) == []
    fake.until(lambda: len(fake.messages()) == 1)
    [message] = client.conversations_history(channel=GENERAL)["messages"]
    assert [file["name"] for file in message["files"]] == ["late.png"]


def test_an_answer_may_come_when_nobody_waits_for_it_any_more(fake: FakeSlack, client: WebClient) -> None:
    fake.faults.arm(POSTING, Fault.slow_answer(0.7))
    with pytest.raises((TimeoutError, URLError)):
        client.chat_postMessage(channel=GENERAL, text="hello")
    assert shown(fake) == ["hello"]


def test_a_history_that_lags_does_not_tell_what_was_just_posted(fake: FakeSlack, client: WebClient) -> None:
    fake.faults.history_lags = 30
    client.chat_postMessage(channel=GENERAL, text="hello")
    assert shown(fake) == ["hello"]
    assert told(client) == []
    fake.workspace.seconds_let_pass += 31
    assert told(client) == ["hello"]


def test_disarmed_it_lags_no_more(fake: FakeSlack, client: WebClient) -> None:
    fake.faults.history_lags = 30
    client.chat_postMessage(channel=GENERAL, text="hello")
    fake.faults.disarm()
    assert told(client) == ["hello"]


# Refused


@pytest.mark.parametrize("error", ["not_in_channel", "missing_scope"])
def test_a_history_may_be_unreadable(fake: FakeSlack, client: WebClient, error: str) -> None:
    fake.faults.arm(HISTORY, Fault.api_error(error))
    assert refusal(client.conversations_history, channel=GENERAL).response["error"] == error
    assert told(client) == []


def test_a_connection_may_be_refused_and_then_be_taken_again(fake: FakeSlack, client: WebClient) -> None:
    with fake.refusing(), pytest.raises(URLError, match="refused"):
        client.chat_postMessage(channel=GENERAL, text="not heard")
    client.chat_postMessage(channel=GENERAL, text="heard")
    assert shown(fake) == ["heard"]


@pytest.mark.parametrize("wait", [1, 86_400, None], ids=["short", "a day", "without Retry-After"])
@pytest.mark.parametrize("method", [POSTING, HISTORY])
def test_a_limit_says_for_how_long_or_does_not(
    fake: FakeSlack, client: WebClient, method: str, wait: int | None
) -> None:
    fake.faults.arm(method, Fault.rate_limited(wait))
    call = client.chat_postMessage if method == POSTING else client.conversations_history
    more = {"text": "no"} if method == POSTING else {}
    response = refusal(call, channel=GENERAL, **more).response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers.get("Retry-After") == (str(wait) if wait else None)
    assert shown(fake) == []


# Answers that say nothing


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_may_be_ok_and_say_nothing_else(fake: FakeSlack, client: WebClient, accepted: bool) -> None:
    fake.faults.arm(POSTING, Fault.half_an_answer(accepted))
    assert client.chat_postMessage(channel=GENERAL, text="hello").data == {"ok": True}
    assert shown(fake) == ["hello"] * accepted


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_may_be_a_page_of_a_proxy(fake: FakeSlack, client: WebClient, accepted: bool) -> None:
    fake.faults.arm(POSTING, Fault.no_json(accepted))
    assert "non-JSON" in refusal(client.chat_postMessage, channel=GENERAL, text="hello").response["error"]
    assert shown(fake) == ["hello"] * accepted


def test_half_of_an_answer_may_arrive(fake: FakeSlack, client: WebClient) -> None:
    fake.faults.arm(POSTING, Fault.truncated())
    with pytest.raises(http.client.IncompleteRead):
        client.chat_postMessage(channel=GENERAL, text="hello")
    assert shown(fake) == ["hello"]


def test_half_of_a_request_is_none(fake: FakeSlack) -> None:
    where, body = urlsplit(fake.url), b"channel=C00000001&text=hello"
    head = f"POST /api/{POSTING} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n"
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    with socket.create_connection((where.hostname, where.port or 0)) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert shown(fake) == []
    assert fake.workspace.rejected == []


def test_a_fault_can_be_sent_to_another_process() -> None:
    fault = Fault.rate_limited(7)
    assert Fault(**json.loads(json.dumps(vars(fault)))) == fault
