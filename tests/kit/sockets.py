"""Socket Mode ten times as fast as a real bot's."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.listening import Socket
from bot.pace import Hearing
from bot.sandbox.rules.tiers import CallTally
from bot.sandbox.slack.dispatch import BotDidNotAnswer
from bot.slack.socket.keeper import COUNT, Sockets
from tests.kit.cast import MAYA
from tests.kit.databases import Databases
from tests.kit.stage import PACE, SOCKET, Stage, a_stage

QUICK = Hearing(ping=0.1, silent=0.4, opening=1.0, first=0.05, again=0.2, seldom=0.3, steady=0.3, long=0.5)
PATIENCE = 15.0  # who is not heard again takes longer, on however busy a machine


@contextmanager
def a_quick_stage(database: Databases, hearing: Hearing = QUICK) -> Iterator[Stage]:
    """The first team, whose bot listens by Socket Mode and is quick."""
    with a_stage(database, by=SOCKET, pace=replace(PACE, hearing=hearing), ack_seconds=3.0) as stage:
        yield stage
        stage.slack.workspace.tally = CallTally()  # so quick a bot opens connections more often than a real one


def sockets(stage: Stage) -> Sockets:
    """The bot's side."""
    assert isinstance(stage.ear, Socket)
    return stage.ear.sockets


def is_answered(stage: Stage) -> bool:
    """Whether somebody who asks now is answered."""
    try:
        return "on call now" in stage.words(MAYA, "/oncall")
    except BotDidNotAnswer:
        return False


def answered_again(stage: Stage, seconds: float = PATIENCE) -> float:
    """How many seconds it takes until everybody is answered, over each of two connections. Raises AssertionError."""
    began = time.monotonic()
    while not (len(stage.slack.sockets.connections) == COUNT and all(is_answered(stage) for _ in range(COUNT))):
        assert time.monotonic() - began < seconds, "it did not answer again in time"
        time.sleep(0.01)
    return time.monotonic() - began
