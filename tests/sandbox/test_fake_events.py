"""The fake's events: sent again, as Slack does, until they are taken."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.clock import StoppedClock
from bot.sandbox.records import Json
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.carriers import EVENT, Broken
from bot.sandbox.slack.dispatch import BotDidNotAnswer
from bot.sandbox.slack.later import Later
from tests.kit import cast
from tests.kit.cast import MAYA


class Waiting(Later):
    """Does nothing before it is told to; `waits` are the seconds that each would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._todo: list[Callable[[], object]] = []

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        """Note it."""
        self.waits.append(seconds)
        self._todo.append(do)

    def go_on(self) -> None:
        """Do what is to be done next."""
        self._todo.pop(0)()


@dataclass
class Deaf:
    """A way to an app that fails as told, and then hears."""

    fails: list[Exception]
    heard: list[tuple[str, Json, tuple[int, str] | None]] = field(default_factory=list)

    def carry(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> bytes:
        """Bring it there."""
        self.heard.append((kind, payload, retry))
        if self.fails:
            raise self.fails.pop(0)
        return b""


def a_slack(app: Deaf) -> tuple[FakeSlack, Waiting]:
    """A workspace with that app, and what it does later."""
    later = Waiting()
    fake = FakeSlack(cast.USERS, clock=StoppedClock(cast.NOW), signing_secret="s", bot_token="b", later=later)
    fake.carry_by(app)
    return fake, later


def test_an_event_is_sent_again_at_once_after_a_minute_and_after_five() -> None:
    app = Deaf([TimeoutError(), ConnectionError(), Broken(500), Broken(404)])
    fake, later = a_slack(app)
    with pytest.raises(BotDidNotAnswer):
        fake.open_home(MAYA)
    for _ in range(3):
        later.go_on()
    assert later.waits == [0.0, 60.0, 300.0]
    assert [retry for _, _, retry in app.heard] == [
        None,
        (1, "http_timeout"),
        (2, "connection_failed"),
        (3, "http_error"),
    ]
    assert len({payload["event_id"] for _, payload, _ in app.heard}) == 1


def test_an_event_that_was_taken_is_not() -> None:
    app = Deaf([TimeoutError()])
    fake, later = a_slack(app)
    with pytest.raises(BotDidNotAnswer):
        fake.open_home(MAYA)
    later.go_on()
    assert later.waits == [0.0]
    assert [kind for kind, _, _ in app.heard] == [EVENT, EVENT]


def test_a_command_and_a_shortcut_are_sent_once() -> None:
    app = Deaf([TimeoutError(), TimeoutError()])
    fake, later = a_slack(app)
    with pytest.raises(BotDidNotAnswer, match="/oncall failed: the bot did not answer in time"):
        fake.slash(MAYA, "/oncall")
    with pytest.raises(BotDidNotAnswer, match="That failed"):
        fake.dispatch.shortcut(MAYA, "any")
    assert later.waits == []
