"""What the bot makes of answers that are not Slack's, or not all of them: over real HTTP, from a server of our own."""

import http.client
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.request import HTTPDefaultErrorHandler, Request, build_opener, install_opener

import pytest

from bot.ops.logs import Style, handler
from bot.slack.client import Passage, Slack
from bot.slack.clients import Webhook
from bot.slack.trouble import Doubtful, Limited, Passing, SlackRefused, SlackTrouble, Unclear
from bot.speech.ask import Reply

HALF = b'{"ok": true, "user": {"id": "U1", "profile": {"email": "toms@example.com'
PAGE = b"<html>Please log in as toms@example.com</html>"


@contextmanager
def answering(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """A Slack that answers everything so; the address of its API."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response_only(status)  # without a date of its own
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("body", [b"null", b"[]", b'"ok"', b"7", b"{}", b'{"ok": false}', b'{"ok": false, "error": 7}'])
def test_json_that_gives_no_reason_is_no_refusal(body: bytes) -> None:
    with answering(200, body) as url, pytest.raises(Unclear):
        Slack("xoxb-1", base_url=url, timeout=2).post("C1", Reply("hello", []), "a key")


@pytest.mark.parametrize(("status", "body"), [(200, HALF), (200, PAGE), (403, PAGE), (502, PAGE), (200, b"")])
def test_what_is_no_answer_of_slack_leaves_open_what_came_of_it_and_is_not_quoted(status: int, body: bytes) -> None:
    with answering(status, body) as url, pytest.raises(Unclear) as unclear:
        Slack("xoxb-1", base_url=url, timeout=2).identity()
    assert unclear.value.problem == "no_json"


def test_a_word_of_slack_is_a_refusal() -> None:
    with (
        answering(200, b'{"ok": false, "error": "is_archived"}') as url,
        pytest.raises(SlackRefused, match="is_archived"),
    ):
        Slack("xoxb-1", base_url=url, timeout=2).identity()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("team_added_to_org", Passing),
        ("org_login_required", Passing),
        ("rate_limited", Limited),
        ("ratelimited", Limited),
        ("internal_error", Unclear),
        ("request_timeout", Unclear),
        ("message_limit_exceeded", Doubtful),
        ("invented_tomorrow", Doubtful),
        ("not_in_channel", SlackRefused),
    ],
)
def test_a_word_of_slack_says_what_to_make_of_it(word: str, kind: type[SlackTrouble]) -> None:
    body = f'{{"ok": false, "error": "{word}"}}'.encode()
    with answering(200, body) as url, pytest.raises(SlackTrouble) as trouble:
        Slack("xoxb-1", base_url=url, timeout=2).post("C1", Reply("hello", []), "a key")
    assert type(trouble.value) is kind


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        *(("7", 7), ("soon", 30), (None, 30), ("-1", 30), ("1.5", 30), ("\u00b2", 30)),
        *(("0", 1), ("99999999", 3600), ("9" * 400, 3600)),
    ],
)
def test_a_limit_says_when_within_reason_or_else_it_is_half_a_minute(retry_after: str | None, seconds: float) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    body = b'{"ok": false, "error": "ratelimited"}'
    with answering(200, body, headers) as url, pytest.raises(Limited) as limited:
        Slack("xoxb-1", base_url=url, timeout=2).post("C1", Reply("hello", []), "a key")
    assert limited.value.retry_after == seconds
    assert limited.value.of_posting


@pytest.mark.parametrize("style", ["text", "json"])
def test_what_slack_s_library_logs_quotes_no_answer(style: Style, caplog: pytest.LogCaptureFixture) -> None:
    with answering(200, HALF) as url, pytest.raises(Unclear), caplog.at_level(logging.WARNING):
        Slack("xoxb-1", base_url=url, timeout=2).identity()
    [record] = caplog.records
    assert "toms@example.com" in record.getMessage()
    writer = handler(style)
    assert writer.filter(record)
    said = writer.format(record)
    assert "Failed to decode Slack API response" in said
    assert "toms@example.com" not in said


def shown(date: str) -> list[datetime]:
    """What the bot takes from an answer with such a `Date`."""
    heard: list[datetime] = []
    with answering(
        200, b'{"ok": true, "user_id": "U1", "team_id": "T1", "team": "Plot", "bot_id": "B1"}', {"Date": date}
    ) as url:
        slack = Slack("xoxb-1", base_url=url, timeout=2)
        slack.tell_time(heard.append)
        slack.identity()
    return heard


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000", ""])
def test_slack_s_clock_is_read_from_its_answers(zone: str) -> None:
    assert shown(f"Wed, 16 Dec 2026 10:00:00 {zone}") == [datetime(2026, 12, 16, 10, tzinfo=UTC)]


@pytest.mark.parametrize(
    "date",
    [
        *("", "tomorrow", "1797415200", "Wed, 16 Dec 99999 10:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1200"),
        *("Wed, 32 Dec 2026 10:00:00 GMT", "Wed, 16 Dec 2026 25:00:00 GMT", "Wed, 16 Dec 2026 10:00:00 +9999"),
    ],
)
def test_a_date_that_is_none_is_no_clock_and_spoils_no_answer(date: str) -> None:
    assert shown(date) == []


class Refusals(HTTPDefaultErrorHandler):
    """Raises what urllib raises for an answer that refuses, and keeps it."""

    def __init__(self) -> None:
        self.raised: list[HTTPError] = []

    def http_error_default(self, req: Request, fp: Any, code: int, msg: str, hdrs: Message) -> NoReturn:
        """Raise as urllib does."""
        self.raised.append(HTTPError(req.full_url, code, msg, hdrs, fp))
        raise self.raised[-1]


@pytest.fixture
def refusals() -> Iterator[Refusals]:
    """The answers that refuse, of all that is asked meanwhile."""
    made = Refusals()
    install_opener(build_opener(made))
    yield made
    install_opener(build_opener())


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
@pytest.mark.parametrize("said", ["5", "500"], ids=["whole", "broken off"])
def test_what_refuses_is_not_left_open(refusals: Refusals, status: int, said: str) -> None:
    with answering(status, b"wrong", {"Content-Length": said, "Retry-After": "7"}) as url:
        slack = Slack("xoxb-1", base_url=url, timeout=2)
        for ask in (slack.identity, partial(slack.open_modal, "1.2", {})):
            with pytest.raises((Unclear, Limited)):
                ask()
        with suppress(http.client.HTTPException):
            assert Webhook(url, timeout=2).send(text="hello").status_code == status
    assert [refusal.closed for refusal in refusals.raised] == [True] * 3


def test_an_upload_that_is_refused_is_not_left_open(refusals: Refusals) -> None:
    with answering(403, PAGE) as refusing:
        said = json.dumps({"ok": True, "upload_url": refusing, "file_id": "F1"}).encode()
        with answering(200, said) as url, pytest.raises(Unclear):
            Slack("xoxb-1", base_url=url, timeout=2).send_file("a.png", b"PNG")
    assert [refusal.closed for refusal in refusals.raised] == [True]


ODD_LISTS = [b"null", b"7", b"{}", b'"a"', b"[null]", b"[7]", b'["C1"]', b"[[]]"]


@pytest.mark.parametrize("listed", ODD_LISTS)
def test_a_list_of_rubbish_tells_nothing(listed: bytes) -> None:
    body = b'{"ok": true, "channels": %s, "messages": %s}' % (listed, listed)
    with answering(200, body) as url:
        slack = Slack("xoxb-1", base_url=url, timeout=2)
        with pytest.raises(Unclear):
            list(slack.my_channels("oncall"))
        with pytest.raises(Unclear):
            slack.find(Passage("C1", 0.0, lambda: None), "a key")


def test_a_channel_without_an_id_tells_nothing() -> None:
    with answering(200, b'{"ok": true, "channels": [{"name": "oncall"}]}') as url, pytest.raises(Unclear):
        list(Slack("xoxb-1", base_url=url, timeout=2).all_channels("oncall"))
