"""What Slack sends that nothing here answers is taken all the same, and counted."""

import json
import logging
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from bot.sandbox.records import Json, View
from bot.sandbox.slack.carriers import FORM, JSON, signature
from bot.sandbox.slack.dispatch import CHALLENGE
from tests.kit.cast import TOMS
from tests.kit.databases import Databases
from tests.kit.stage import HTTP, SOCKET, Stage, a_stage

MENU: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Of another release"},
    "blocks": [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "Choose."},
            "accessory": {"type": "users_select", "action_id": "who"},
        }
    ],
    "notify_on_close": True,
}


def counted(stage: Stage, kind: str) -> int:
    """How many of that kind were counted."""
    beginning = f'oncall_unheard_total{{kind="{kind}"}} '
    lines = stage.bot.metrics.text().decode().splitlines()
    return sum(int(float(line.removeprefix(beginning))) for line in lines if line.startswith(beginning))


def a_modal(stage: Stage) -> View:
    """A modal of another release of the bot."""
    view = stage.slack.workspace.view(TOMS, MENU)
    stage.slack.workspace.open(view)
    return view


DONE: dict[str, Callable[[Stage], object]] = {
    "event_callback": lambda stage: stage.slack.dispatch.tell({"type": "reaction_added", "user": TOMS}),
    "app_rate_limited": lambda stage: stage.slack.dispatch.hold_back(),
    "shortcut": lambda stage: stage.slack.dispatch.shortcut(TOMS, "gone"),
    "message_action": lambda stage: stage.slack.dispatch.shortcut(TOMS, "gone", stage.slack.messages()[0]),
    "view_closed": lambda stage: stage.slack.dispatch.close(TOMS, a_modal(stage)),
    "other": lambda stage: stage.slack.dispatch.send({"type": "something_new"}),
}


@pytest.mark.parametrize("by", [HTTP, SOCKET])
@pytest.mark.parametrize("kind", DONE)
def test_it_is_taken_and_counted(database: Databases, kind: str, by: str) -> None:
    with a_stage(database, by=by) as stage:
        said = len(stage.slack.messages())
        DONE[kind](stage)  # raises BotDidNotAnswer where it is not acked, or with anything but a 200
        DONE[kind](stage)
        assert counted(stage, kind) == 2
        assert len(stage.slack.messages()) == said


def test_a_menu_that_asks_for_options_gets_none(stage: Stage) -> None:
    assert stage.slack.dispatch.suggest(TOMS, a_modal(stage), "who", "ma") == []
    assert counted(stage, "block_suggestion") == 1


def test_a_command_of_another_prefix_gets_one_kind_sentence(stage: Stage) -> None:
    assert stage.words(TOMS, "/data-oncall next") == (
        "I don't answer /data-oncall. My commands here are `/oncall`, `/holiday`, `/runbook`, `/pipelines`."
    )
    assert counted(stage, "command") == 1


def test_that_events_are_held_back_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        stage.slack.dispatch.hold_back()
    assert "Slack holds events back" in caplog.text


def test_nothing_of_what_was_sent_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        stage.slack.dispatch.tell({"type": "message", "text": "between the two of us", "user": TOMS})
        stage.slack.slash(TOMS, "/elsewhere", "between the two of us")
    assert "between the two of us" not in caplog.text


def test_slack_verifies_the_address_of_events(stage: Stage) -> None:
    assert stage.slack.dispatch.verify() == CHALLENGE
    body = json.dumps({"type": "url_verification", "challenge": "mine"}).encode()
    unsigned = {"Content-Type": JSON}
    assert stage.slack.send_raw(unsigned, body) == (401, b"This is not from Slack.")
    assert stage.slack.send_raw({**unsigned, **signature("another secret", body, 1)}, body)[0] == 401


def test_slack_tries_the_certificate_unsigned_and_nothing_happens(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    form = {"Content-Type": FORM}
    with caplog.at_level(logging.INFO):
        assert stage.slack.send_raw(form, b"ssl_check=1&token=abc") == (200, b"")
        assert stage.slack.send_raw(form, b"token=abc&ssl_check=1") == (200, b"")
    assert caplog.text == ""
    command = {"ssl_check": "1", "command": "/holiday", "text": "24 Dec", "user_id": TOMS, "trigger_id": "1"}
    assert stage.slack.send_raw(form, urlencode(command).encode()) == (200, b"")
    assert "You have no time off coming up." in stage.words(TOMS, "/holiday mine")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"ssl_check=1&token=" + b"a" * 1_000),
        (FORM, b"ssl_check=2&token=abc"),
        (FORM, b"token=ssl_check%3D1&ssl_check="),
        (FORM, b"\xff\xfe=\x00&command=/oncall"),
        (JSON, b'{"ssl_check": "1"}'),
        (JSON, b"ssl_check=1&token=abc"),
    ],
)
def test_nothing_else_comes_in_unsigned(stage: Stage, kind: str, body: bytes) -> None:
    assert stage.slack.send_raw({"Content-Type": kind}, body)[0] == 401


def test_a_wrong_address_is_not_found_whatever_it_carries(stage: Stage) -> None:
    stage.slack.connect(f"http://{stage.public}/elsewhere")
    assert stage.slack.send_raw({"Content-Type": FORM}, b"ssl_check=1")[0] == 404
