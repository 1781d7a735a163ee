"""Socket Mode with a server that breaks every custom: whatever it does, the bot goes on, and stops when told to. The
bot goes ten times as fast as a real one."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.sandbox.rules.faults import Fault
from bot.sandbox.slack.frames import PING, PONG, TEXT, Reader, framed
from bot.sandbox.slack.sockets import DISABLED, OPENING, REFRESH
from bot.slack.client import Slack
from bot.slack.socket.dialling import TOO_SLOW, Lost, dialled
from bot.slack.socket.keeper import COUNT, MOST, ODD, THREADS, Sockets
from bot.slack.socket.line import NO_HELLO, SILENT, Line
from tests.kit.databases import Databases
from tests.kit.hostile import HELLO, Hostile, drip, hostile, pongs, say
from tests.kit.sockets import QUICK, a_quick_stage, answered_again, is_answered, sockets
from tests.kit.stage import APP_TOKEN, Stage

pytestmark = pytest.mark.slow

SOON = 15.0  # seconds: who hangs takes longer, on however busy a machine
COMMAND = {"command": "/oncall", "user_id": "U1", "text": ""}


@pytest.fixture
def stage(sqlite: Databases) -> Iterator[Stage]:
    """The first team, whose bot listens by Socket Mode and is quick."""
    with a_quick_stage(sqlite) as stage:
        yield stage


class Leads(Slack):
    """Slack's Web API, which leads to somebody else's WebSocket."""

    def __init__(self, there: Hostile) -> None:
        """Leads there."""
        super().__init__(APP_TOKEN, base_url="http://127.0.0.1:1/api/", timeout=1)
        self._there = there

    def socket_address(self) -> str:
        """Where to connect."""
        return self._there.address


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until this is so. Raises AssertionError."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def listening(stage: Stage, there: Hostile) -> Iterator[Sockets]:
    """Connections to this server. They end soon, whatever it does."""
    made = Sockets(stage.bot.app, Leads(there), QUICK)
    made.start()
    try:
        yield made
    finally:
        began = time.monotonic()
        made.stop()
        assert time.monotonic() - began < SOON


@contextmanager
def a_line(there: Hostile) -> Iterator[tuple[Line, list[str]]]:
    """A line to this server, and why it ended."""
    ended: list[str] = []

    def hear(line: Line, text: str) -> None:
        line.opened_at = time.monotonic()

    line = Line(there.address, QUICK, hear, lambda _, problem: ended.append(problem))
    line.start()
    yield line, ended
    began = time.monotonic()
    line.close()
    assert time.monotonic() - began < SOON


def drips_a_frame(connection: socket.socket) -> None:
    """Greet, and drip."""
    say(connection, HELLO)
    drip(connection, framed(TEXT, bytes(60_000)))


def test_who_is_never_greeted_comes_again(stage: Stage) -> None:
    stage.slack.sockets.greets = False
    stage.slack.sockets.reset()
    until(lambda: sockets(stage).problem == NO_HELLO)
    assert not sockets(stage).open_lines
    stage.slack.sockets.greets = True
    answered_again(stage, 2 * QUICK.opening + 1.0)


def test_a_line_that_is_not_greeted_is_lost() -> None:
    with hostile(pongs) as there, a_line(there) as (_, ended):
        began = time.monotonic()
        until(lambda: ended)
        assert ended == [NO_HELLO]
        assert 0.5 < time.monotonic() - began < QUICK.opening + 0.5


def test_a_frame_that_drips_keeps_no_ack_from_going_and_is_silence() -> None:
    with hostile(drips_a_frame) as there, a_line(there) as (line, ended):
        until(lambda: line.opened_at)
        began = time.monotonic()
        line.send("{}")
        assert time.monotonic() - began < 0.3
        until(lambda: ended, QUICK.silent + 1.0)
        assert ended == [SILENT]


def test_a_frame_that_never_ends_keeps_nobody_from_stopping(stage: Stage) -> None:
    def floods(connection: socket.socket) -> None:
        say(connection, HELLO)
        connection.sendall(framed(TEXT, b"")[:1] + b"\x7f" + (1 << 40).to_bytes(8))
        while True:
            connection.sendall(bytes(1000))

    with hostile(drips_a_frame) as dripping, listening(stage, dripping):
        until(lambda: dripping.dialled > COUNT)  # they were lost, and are made anew
    with hostile(floods) as flooding, listening(stage, flooding):
        until(lambda: flooding.dialled > COUNT)


def test_who_drips_the_handshake_is_given_up_and_hung_up_on(stage: Stage) -> None:
    with hostile(pongs, drips=True) as there:
        began = time.monotonic()
        with pytest.raises(Lost, match=TOO_SLOW):
            dialled(there.address, 0.3)
        assert time.monotonic() - began < 0.8
        until(lambda: there.left)
        with listening(stage, there) as made:
            until(lambda: made.problem == TOO_SLOW)


def test_who_reads_nothing_keeps_nobody_for_long() -> None:
    def reads_nothing(connection: socket.socket) -> None:
        say(connection, HELLO)
        drip(connection, framed(TEXT, b"") * 100)

    with hostile(reads_nothing) as there, a_line(there) as (line, ended):
        until(lambda: line.opened_at)
        began = time.monotonic()
        with pytest.raises(Lost):
            line.send("x" * 20_000_000)
        assert time.monotonic() - began < SOON
        until(lambda: ended)


def test_who_is_asked_to_leave_at_once_comes_again_ever_later_and_holds_no_more_than_ten(stage: Stage) -> None:
    there = stage.slack.sockets
    there.asks_at_once, opened, most = REFRESH, there.opened, 0
    there.reset()
    over = time.monotonic() + 3.0
    while time.monotonic() < over:
        most = max(most, len(there.connections))
        time.sleep(0.01)
    assert most == MOST
    assert there.opened - opened == MOST
    assert is_answered(stage)  # over those that leave
    there.asks_at_once = None
    there.reset()
    answered_again(stage)


def test_switched_off_is_deaf_even_where_nobody_hangs_up(stage: Stage) -> None:
    def switched_off(connection: socket.socket) -> None:
        say(connection, HELLO, {"type": "disconnect", "reason": DISABLED})
        pongs(connection)

    with hostile(switched_off) as there, listening(stage, there) as made:
        until(lambda: made.refused == DISABLED and not made.open_lines, 1.0)
        until(lambda: there.left, 1.0)


class SlowApp(App):
    """Takes its time to answer."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        super().__init__(token="xoxb-slow", signing_secret="slow", token_verification_enabled=False)
        self.begun: list[str] = []
        self.answered: list[str] = []

    def dispatch(self, request: BoltRequest) -> BoltResponse:
        """Answer everything alike, later."""
        self.begun.append(request.raw_body)
        time.sleep(0.3)
        self.answered.append(request.raw_body)
        return BoltResponse(status=200)


def test_a_backlog_keeps_nobody_from_stopping(caplog: pytest.LogCaptureFixture) -> None:
    def asks_without_end(connection: socket.socket) -> None:
        say(connection, HELLO)
        while True:
            say(connection, *[{"envelope_id": "1", "payload": COMMAND}] * 100)
            time.sleep(0.01)

    app = SlowApp()
    with hostile(asks_without_end) as there:
        made = Sockets(app, Leads(there), QUICK)
        made.start()
        until(lambda: len(app.answered) > THREADS)
        began = time.monotonic()
        made.stop()
        assert time.monotonic() - began < SOON
        assert len(app.begun) == len(app.answered) < 10 * THREADS
    assert [each for each in caplog.records if each.levelno >= logging.ERROR or each.name == "concurrent.futures"] == []


def test_what_cannot_be_read_is_told_once_and_what_comes_after_it_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    acks: list[bytes] = []

    def talks_nonsense(connection: socket.socket) -> None:
        say(connection, HELLO, "[1]", '"hello"', "null", "hello", "[" * 100_000, '{"a":' * 100_000)
        say(connection, {"envelope_id": "1"}, {"envelope_id": "2", "payload": 3}, {"type": [1]})
        say(connection, {"envelope_id": [], "payload": COMMAND}, {"envelope_id": "good", "payload": COMMAND})
        reader = Reader(connection)
        while True:
            kind, content = reader.next()
            acks.extend([content] if kind == TEXT else [])
            connection.sendall(framed(PONG, content) if kind == PING else b"")

    with hostile(talks_nonsense) as there:
        made = Sockets(SlowApp(), Leads(there), QUICK)
        made.start()
        until(lambda: len(acks) == COUNT)
        assert there.dialled == COUNT  # it goes on with the same ones
        made.stop()
    assert acks == [b'{"envelope_id": "good"}'] * COUNT
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == [ODD] * COUNT


def test_retry_after_0_is_a_second(stage: Stage) -> None:
    opened = stage.slack.sockets.opened
    stage.slack.faults.arm(OPENING, Fault.rate_limited(0), times=100)
    stage.slack.sockets.reset()
    time.sleep(0.9)
    assert stage.slack.faults.left(OPENING) == 99
    assert stage.slack.sockets.opened == opened
    stage.slack.faults.disarm()
    answered_again(stage)
