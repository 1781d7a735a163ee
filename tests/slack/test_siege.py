"""Under attack: bodies that are too large, connections that say nothing, rubbish with a valid signature."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlencode, urlsplit

import pytest

from bot.sandbox.records import Json
from bot.sandbox.slack.carriers import FORM, JSON, signature
from bot.slack.socket import envelopes
from bot.web.server import PATIENCE
from tests.kit.cast import TOMS
from tests.kit.databases import Databases
from tests.kit.stage import SECRET, SOCKET, Stage, a_stage

MB = 1_000_000
FORMS = [
    b"",
    b"payload=",
    b"payload=no+json",
    b"payload=%5B1%5D",
    b"payload=null",
    b"payload=%22a+string%22",
    b"payload=%7B%7D",
    b"payload=" + b"%5B" * 100_000,
    b"command=&user_id=U1",
    b"command=%2Foncall",
    b"text=24+Dec",
    b"=&=&&&",
]
JSONS = [
    b"",
    b"no json",
    b"[]",
    b"1",
    b'"type"',
    b"null",
    b"{}",
    b'{"type": 1}',
    b"[" * 100_000,
    b'{"type": "event_callback"',
]


def sent(stage: Stage, kind: str, body: bytes) -> int:
    """The status that a signed request gets."""
    return stage.slack.send_raw({"Content-Type": kind, **signature(SECRET, body, int(time.time()))}, body)[0]


def test_a_signed_form_of_rubbish_is_refused(stage: Stage) -> None:
    for body in FORMS:
        assert sent(stage, FORM, body) == 400, body


def test_signed_json_of_rubbish_is_refused(stage: Stage) -> None:
    for body in JSONS:
        assert sent(stage, JSON, body) == 400, body


MODAL: Json = {"id": "V1", "type": "modal", "title": {"text": "Holiday"}, "callback_id": "x", "state": {"values": {}}}
PRESS: Json = {"type": "block_actions", "user": {"id": TOMS}, "trigger_id": "1.2", "actions": [{"action_id": "x"}]}
FORM_SENT: Json = {"type": "view_submission", "user": {"id": TOMS}, "view": MODAL}
EVENT: Json = {"type": "event_callback", "event": {"type": "app_home_opened", "user": TOMS}}


def odd(*values: object) -> tuple[object, ...]:
    """What a part may be, and is not."""
    return values


ODD_WITHIN: list[Json] = [
    *({**PRESS, "user": each} for each in odd(None, 7, {}, {"id": 7}, [])),
    *({**PRESS, "actions": each} for each in odd(None, 7, [], [7], [{}], [{"action_id": 7}], {"action_id": "x"})),
    *({**PRESS, "actions": [{"action_id": "x", name: 7}]} for name in ("value", "selected_option", "selected_date")),
    *({**PRESS, "view": each} for each in odd(7, {}, {"type": "modal"}, {"id": "V1", "type": "gadget"})),
    *({**PRESS, name: 7} for name in ("team", "channel", "enterprise", "trigger_id", "response_url", "authorizations")),
    *({**FORM_SENT, "view": {**MODAL, "state": each}} for each in odd(None, {"values": 7}, {"values": {"day": 7}})),
    *({**FORM_SENT, "view": {**MODAL, name: 7}} for name in ("id", "title", "callback_id", "private_metadata")),
    {**FORM_SENT, "view": {**MODAL, "state": {"values": {"day": {"picked": 7}}}}},
    *({**EVENT, "event": each} for each in odd(None, 7, [], {}, {"type": 7}, {"type": "app_home_opened", "user": 7})),
    *({**EVENT, "event": {"type": each}} for each in ("app_home_opened", "user_change")),
    {**EVENT, "event": {"type": "app_home_opened", "user": {"id": TOMS}}},
    {**EVENT, "event": {"type": "user_change", "user": TOMS}},
    {**EVENT, "authorizations": [7]},
    {"type": "a_kind_of_tomorrow", "user": 7},
]


def test_signed_rubbish_within_what_is_known_is_refused(stage: Stage) -> None:
    for said in ODD_WITHIN:
        text = json.dumps(said)
        assert sent(stage, FORM, urlencode({"payload": text}).encode()) == 400, said
        assert sent(stage, JSON, text.encode()) == 400, said


EMPTY_FORM: Json = {**FORM_SENT, "view": {**MODAL, "state": {}}, "team": None, "response_urls": []}
HOME_PRESS: Json = {
    **PRESS,
    "view": {"id": "V2", "type": "home", "callback_id": "", "private_metadata": "", "hash": "1.a", "blocks": []},
    "container": {"type": "view", "view_id": "V2"},
    "enterprise": None,
}
OTHER_EVENTS: list[Json] = [  # with parts that nothing here reads, as in the tests of Bolt and on Slack's pages
    {"type": "message", "subtype": "message_changed", "message": {"user": TOMS, "edited": {}}, "channel": "C1"},
    {"type": "user_profile_changed", "user": {"profile": {}}, "event_ts": 1515449522000016},
    {"type": "channel_rename", "channel": {"id": "C1", "name": "other", "created": 1}},
    {"type": "assistant_thread_started", "assistant_thread": {"context": {"team_id": "T1"}, "thread_ts": "1.2"}},
    {"type": "tokens_revoked", "tokens": {"oauth": [TOMS], "bot": []}},
    {"type": "team_rename", "team": {}, "channel": None},
]


def test_an_event_that_nothing_here_reads_is_taken_whatever_it_is_made_of(stage: Stage) -> None:
    for event in OTHER_EVENTS:
        who = [
            {"enterprise_id": None, "team_id": "T1", "user_id": "U1", "is_bot": True, "is_enterprise_install": False}
        ]
        body = json.dumps({"type": "event_callback", "team_id": "T1", "event": event, "authorizations": who}).encode()
        assert sent(stage, JSON, body) == 200, event


def test_what_is_sound_within_is_taken(stage: Stage) -> None:
    for said in [PRESS, HOME_PRESS, FORM_SENT, EMPTY_FORM, EVENT]:
        assert sent(stage, FORM, urlencode({"payload": json.dumps(said)}).encode()) == 200, said


def test_nonsense_over_socket_mode_is_not_acked(sqlite: Databases, caplog: pytest.LogCaptureFixture) -> None:
    with a_stage(sqlite, by=SOCKET) as stage:
        odd = {"envelope_id": "1", "payload": {**PRESS, "user": 7}}
        assert envelopes.answered(stage.bot.app, odd) is None
        assert envelopes.answered(stage.bot.app, {"envelope_id": "2", "payload": PRESS}) == {"envelope_id": "2"}
    assert "a request by Socket Mode was not answered" in caplog.text


def test_what_makes_sense_is_taken(stage: Stage) -> None:
    command = urlencode(
        {"command": "/oncall", "text": "", "user_id": TOMS, "team_id": "T1", "trigger_id": "1"}
    ).encode()
    assert sent(stage, FORM, command) == 200
    payload = json.dumps({"type": "something_new", "user": {"id": TOMS}})
    assert sent(stage, FORM, urlencode({"payload": payload}).encode()) == 200


def connected(stage: Stage) -> socket.socket:
    """A connection to the bot's address."""
    there = urlsplit(stage.ear.words)
    return socket.create_connection((there.hostname or "", there.port or 0), timeout=10)


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(stage: Stage) -> None:
    for length in [MB + 1, 300 * MB, 10**12, "9" * 4000]:
        head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {length}\r\n\r\n"
        with closing(connected(stage)) as connection:
            connection.sendall(head.encode() + b"x" * 1000)
            assert b" 413 " in connection.recv(1000).split(b"\r\n")[0], length


@pytest.fixture
def idle(stage: Stage) -> Iterator[ExitStack]:
    """Connections that say nothing."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("count", [100, 200])
def test_idle_connections_keep_nobody_out(stage: Stage, idle: ExitStack, count: int) -> None:
    for _ in range(count):
        idle.enter_context(closing(connected(stage)))
    assert "You are on call now" in stage.words(TOMS, "/oncall")


@pytest.mark.slow
def test_who_says_nothing_is_let_go(stage: Stage) -> None:
    with closing(connected(stage)) as connection:
        connection.settimeout(PATIENCE["channel_timeout"] + 4 * PATIENCE["cleanup_interval"])
        assert connection.recv(1) == b""
