"""The fake's Socket Mode, as a client sees it that nobody here wrote (websocket-client)."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from websocket import (
    ABNF,
    WebSocket,
    WebSocketBadStatusException,
    WebSocketConnectionClosedException,
    WebSocketTimeoutException,
    create_connection,
)

from bot.clock import StoppedClock
from bot.sandbox.rules.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack import sockets
from bot.sandbox.slack.dispatch import BotDidNotAnswer
from bot.slack.clients import Client
from tests.kit import cast
from tests.kit.cast import MAYA

TOKEN, APP_TOKEN = "xoxb-fake", "xapp-fake"


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    """A workspace whose app listens by Socket Mode."""
    made = FakeSlack(
        cast.USERS,
        clock=StoppedClock(cast.NOW),
        signing_secret="s",
        bot_token=TOKEN,
        app_token=APP_TOKEN,
        ack_seconds=1.0,
    )
    made.connect_by_socket()
    with made.serve():
        yield made


def opening(fake: FakeSlack, token: str = APP_TOKEN) -> str:
    """The ticketed address. Raises SlackApiError."""
    client = Client(token, base_url=f"{fake.url}/api/", timeout=5)
    return str(client.apps_connections_open(app_token=token)["url"])


@contextmanager
def connected(fake: FakeSlack) -> Iterator[WebSocket]:
    """A connection that has heard its hello."""
    with dialled(opening(fake)) as made:
        assert heard(made)["type"] == "hello"
        yield made


@contextmanager
def dialled(address: str) -> Iterator[WebSocket]:
    """A connection. Hanging up is more than the client's `close`, which leaves open what Slack has closed."""
    made = create_connection(address, timeout=2)
    try:
        yield made
        made.close(timeout=1)
    finally:
        made.shutdown()


def heard(connection: WebSocket) -> Any:
    """The next message."""
    return json.loads(connection.recv())


def acked(fake: FakeSlack, connection: WebSocket, payload: Any = None) -> Any:
    """The envelope that comes, once it is acked."""
    envelope = heard(connection)
    ack = {"envelope_id": envelope["envelope_id"]}
    connection.send(json.dumps({**ack, "payload": payload} if payload else ack))
    return envelope


def test_only_the_right_app_token_opens_a_connection(fake: FakeSlack) -> None:
    for token, error in (("xapp-other", "invalid_auth"), (TOKEN, "not_allowed_token_type"), ("", "not_authed")):
        with pytest.raises(SlackApiError) as refused:
            opening(fake, token)
        assert refused.value.response["error"] == error
    assert opening(fake).startswith("ws://127.0.0.1:")


def test_a_ticket_is_good_once_and_not_for_long(fake: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    address = opening(fake)
    with dialled(address) as first:
        assert heard(first) == {
            "type": "hello",
            "num_connections": 1,
            "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": "A0ONCALL"},
        }
        with pytest.raises(WebSocketBadStatusException):
            create_connection(address, timeout=2)
    monkeypatch.setattr(sockets, "TICKET_SECONDS", -1)
    with pytest.raises(WebSocketBadStatusException):
        create_connection(opening(fake), timeout=2)


def test_a_command_goes_to_one_connection_and_is_answered_in_its_ack(fake: FakeSlack) -> None:
    with connected(fake) as first, connected(fake) as second, ThreadPoolExecutor() as pool:
        for connection in (first, second):
            said = pool.submit(fake.slash, MAYA, "/oncall", "next")
            envelope = acked(fake, second if connection is first else first, {"text": "Danny"})
            assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
            assert (envelope["payload"]["command"], envelope["payload"]["text"]) == ("/oncall", "next")
            message = said.result()
            assert message is not None
            assert (message.text, message.ephemeral_to) == ("Danny", MAYA)


def test_an_event_says_that_nothing_is_taken_from_its_ack(fake: FakeSlack) -> None:
    with connected(fake) as connection, ThreadPoolExecutor() as pool:
        opened = pool.submit(fake.open_home, MAYA)
        envelope = acked(fake, connection)
        opened.result()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
        assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
        assert envelope["payload"]["event"]["type"] == "app_home_opened"


def test_who_acks_too_late_or_is_not_there_fails_the_person(fake: FakeSlack) -> None:
    with pytest.raises(BotDidNotAnswer, match="could not be reached"):
        fake.slash(MAYA, "/oncall")
    with connected(fake), pytest.raises(BotDidNotAnswer, match="did not answer in time"):
        fake.slash(MAYA, "/oncall")


def test_a_large_message_comes_whole_both_ways(fake: FakeSlack) -> None:
    with connected(fake) as connection, ThreadPoolExecutor() as pool:
        for size in (125, 126, 65_000, 70_000):
            said = pool.submit(fake.slash, MAYA, "/oncall", "x " * size)
            assert len(acked(fake, connection, {"text": "y" * 3000, "pad": "z" * size})["payload"]["text"]) > size
            assert said.result() is not None


def test_a_message_in_parts_is_put_together(fake: FakeSlack) -> None:
    with connected(fake) as connection, ThreadPoolExecutor() as pool:
        said = pool.submit(fake.slash, MAYA, "/oncall")
        ack = json.dumps({"envelope_id": heard(connection)["envelope_id"], "payload": {"text": "in parts"}})
        connection.send_frame(ABNF.create_frame(ack[:9], ABNF.OPCODE_TEXT, fin=0))
        connection.ping("between")
        connection.send_frame(ABNF.create_frame(ack[9:], ABNF.OPCODE_CONT, fin=1))
        message = said.result()
        assert message is not None
        assert message.text == "in parts"


def test_the_server_pings_and_answers_pings(fake: FakeSlack) -> None:
    fake.sockets.ping_seconds = 0.05
    with connected(fake) as connection:
        assert connection.recv_data_frame(control_frame=True)[0] == ABNF.OPCODE_PING
        connection.ping("are you there")
        kinds = [connection.recv_data_frame(control_frame=True) for _ in range(3)]
        assert (ABNF.OPCODE_PONG, b"are you there") in [(kind, frame.data) for kind, frame in kinds]


def test_the_eleventh_connection_hears_that_it_is_one_too_many(fake: FakeSlack) -> None:
    with ExitStack() as stack:
        for one_of_ten in range(1, 11):
            assert heard(stack.enter_context(dialled(opening(fake))))["num_connections"] == one_of_ten
        eleventh = stack.enter_context(dialled(opening(fake)))
        assert heard(eleventh)["reason"] == "too_many_websockets"
        assert eleventh.recv_data()[0] == ABNF.OPCODE_CLOSE
    fake.until(lambda: not fake.sockets.connections)
    with connected(fake):
        assert len(fake.sockets.connections) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
def test_who_is_asked_to_leave_gets_envelopes_until_it_is_closed(fake: FakeSlack, reason: str) -> None:
    with connected(fake) as connection, ThreadPoolExecutor() as pool:
        fake.sockets.ask_to_leave(reason, after=0.3)
        assert heard(connection)["reason"] == reason
        if reason != "link_disabled":
            said = pool.submit(fake.slash, MAYA, "/oncall")
            acked(fake, connection, {"text": "still here"})
            assert said.result() is not None
        assert connection.recv_data()[0] == ABNF.OPCODE_CLOSE
        with pytest.raises(BotDidNotAnswer):
            fake.slash(MAYA, "/oncall")


def test_a_reset_comes_without_a_word(fake: FakeSlack) -> None:
    with connected(fake) as connection:
        fake.sockets.reset()
        with pytest.raises((ConnectionResetError, WebSocketConnectionClosedException)):
            connection.recv()
    assert fake.sockets.connections == []


@pytest.mark.slow
def test_a_server_that_falls_silent_neither_answers_nor_closes(fake: FakeSlack) -> None:
    fake.sockets.ping_seconds = 0.05
    with connected(fake) as connection:
        fake.sockets.fall_silent()
        time.sleep(0.1)
        connection.settimeout(0.3)
        connection.ping("are you there")
        with pytest.raises(WebSocketTimeoutException):
            list(iter(lambda: connection.recv_data_frame(control_frame=True), None))  # then nothing more
        with pytest.raises(BotDidNotAnswer, match="did not answer in time"):
            fake.slash(MAYA, "/oncall")


def test_opening_can_fail_in_every_way_of_the_web_api(fake: FakeSlack) -> None:
    fake.faults.arm("apps.connections.open", Fault.http_error(502), Fault.rate_limited(3))
    for status in (502, 429):
        with pytest.raises(SlackApiError) as failed:
            opening(fake)
        assert failed.value.response.status_code == status
    fake.sockets.refuses = "token_revoked"
    with pytest.raises(SlackApiError, match="token_revoked"):
        opening(fake)
