"""The dead-man service hears of each good tick, and of what is overdue."""

import logging
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from bot.config import read
from bot.ops.ping import Ping
from bot.sandbox.rules.faults import Fault
from models.store.errors import StoreError
from tests.kit.cast import ROBIN
from tests.kit.operations import Service, a_service
from tests.kit.stage import Stage


@pytest.fixture
def service() -> Iterator[Service]:
    with a_service() as made:
        yield made


@pytest.fixture
def ping(service: Service, stage: Stage) -> Iterator[Ping]:
    """The stage's bot pings the service."""
    made = Ping(service.url)
    made.worker.start()
    stage.bot.ping = made
    yield made
    made.worker.stop()


def test_a_failure_is_told_before_the_query_of_an_address(service: Service) -> None:
    given = read({"ONCALL_PING_URL": f"{service.url}/?create=1"}).ping_url
    assert given
    made = Ping(given)
    made.worker.start()
    made.tell(well=True)
    assert service.calls.get(timeout=30) == "/secret-uuid/?create=1"
    made.tell(well=False)
    assert service.calls.get(timeout=30) == "/secret-uuid/fail?create=1"
    made.worker.stop()


def tick(stage: Stage) -> None:
    """A tick that sees what is so by now."""
    stage.bot.watch._seen = None
    stage.bot.tick()


def test_a_good_tick_is_told(stage: Stage, service: Service, ping: Ping) -> None:
    tick(stage)
    assert service.calls.get(timeout=30) == "/secret-uuid"


def test_a_tick_that_has_to_wait_is_not_told(stage: Stage, service: Service, ping: Ping) -> None:
    def down() -> None:
        raise StoreError("the store does not answer")

    stage.bot.before_tick = down
    tick(stage)
    ping.worker.stop()
    assert service.calls.empty()


def test_an_overdue_message_is_told_as_a_failure_until_it_is_said(stage: Stage, service: Service, ping: Ping) -> None:
    stage.slack.faults.arm("chat.postMessage", Fault.http_error(500))
    stage.turn_to("2026-11-30T09:00")
    service.calls.get(timeout=30)
    stage.clock.turn_to(stage.clock.now().replace(minute=6))
    tick(stage)
    assert service.calls.get(timeout=30) == "/secret-uuid/fail"


def test_a_refused_message_is_told_as_a_failure_until_it_is_settled(stage: Stage, service: Service, ping: Ping) -> None:
    stage.slack.faults.arm("chat.postMessage", Fault.api_error("not_in_channel"))
    stage.turn_to("2026-11-30T09:00")
    service.calls.get(timeout=30)
    tick(stage)
    assert service.calls.get(timeout=30) == "/secret-uuid/fail"
    [told] = stage.slack.direct_messages(ROBIN)
    stage.slack.press(ROBIN, told, "trouble.again")
    stage.do_what_is_due()
    tick(stage)
    assert "/secret-uuid" in iter(lambda: service.calls.get(timeout=30), None)


def test_trouble_with_the_service_is_logged_without_its_address(
    stage: Stage, service: Service, ping: Ping, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = 404
    with caplog.at_level(logging.DEBUG):
        tick(stage)
        service.calls.get(timeout=30)
        ping.worker.stop()
    assert [record.__dict__["problem"] for record in caplog.records if record.name == "bot.ops.ping"] == [
        "it answered 404 Not Found"
    ]
    assert "secret-uuid" not in caplog.text


def no_words(connection: socket.socket) -> None:
    """Close it without an answer."""


def rubbish(connection: socket.socket) -> None:
    """Answer what is no HTTP."""
    connection.sendall(b"220 secret-uuid ESMTP\r\n")


def another_status(connection: socket.socket) -> None:
    """Answer with a status that HTTP does not know."""
    connection.sendall(b"HTTP/1.1 599 secret-uuid\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (no_words, "it closed the connection without an answer"),
        (rubbish, "what it answered is no HTTP (BadStatusLine)"),
        (another_status, "it answered 599"),
        (None, "Connection refused"),
    ],
)
def test_why_a_ping_failed_is_said_in_words(
    answer: Callable[[socket.socket], None] | None, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ping = Ping(f"http://127.0.0.1:{listening.getsockname()[1]}/secret-uuid")
        if answer is None:
            listening.close()
        ping.worker.start()
        ping.tell(well=True)
        if answer:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                answer(connection)
        until_logged(caplog)
        ping.worker.stop()
    assert caplog.records[0].__dict__["problem"] == words
    assert "secret-uuid" not in str([record.__dict__ for record in caplog.records])


def until_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Wait for a line of the log."""
    deadline = time.monotonic() + 30
    while not caplog.records and time.monotonic() < deadline:
        time.sleep(0.01)
