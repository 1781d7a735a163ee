"""What makes no sense is answered by the fake, as Slack answers it: no connection is dropped, and nothing is done."""

import http.client
import json
import socket
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest

from bot.sandbox.records import Json
from bot.sandbox.server import FakeSlack
from tests.kit.cast import TOMS
from tests.kit.databases import Databases
from tests.kit.fakes import GENERAL, TOKEN
from tests.kit.stage import a_stage

AS_JSON, AS_FORM = "application/json; charset=utf-8", "application/x-www-form-urlencoded"
DEEP = "[" * 200_000
NUMBER = "9" * 5_000
ODD: list[object] = [None, True, -1, 1.5, "", "\x00", NUMBER, "²", [], {}, [None], [[]], {"type": []}, [{"type": []}]]
NOT_WORDS: list[object] = [7, [7], {}, [{}], {"a": 7}, {"a": {"b": {}}}]


def posted(url: str, path: str, body: bytes, kind: str) -> tuple[int, Json]:
    """The status and the JSON that a POST is answered."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.request("POST", path, body, {"Content-Type": kind, "Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        said = answer.read()
        return answer.status, json.loads(said) if said.startswith(b"{") else {}


def test_an_argument_of_rubbish_is_answered(fake: FakeSlack) -> None:
    for method, name in [
        *(("chat.postMessage", each) for each in ("channel", "text", "blocks", "metadata", "thread_ts")),
        *(("chat.update", each) for each in ("ts", "blocks")),
        *(("views.publish", each) for each in ("view", "user_id")),
        *(("conversations.list", each) for each in ("limit", "cursor", "types", "exclude_archived")),
        *(("conversations.history", each) for each in ("limit", "oldest", "inclusive")),
        *(("files.getUploadURLExternal", "length"), ("files.completeUploadExternal", "files")),
        *(("usergroups.users.update", "users"), ("users.info", "user")),
    ]:
        sound = {"channel": GENERAL, "text": "hello", "user_id": TOMS, "filename": "a.png", "length": "5"}
        for odd in ODD:
            given = {**sound, name: odd}
            assert posted(fake.url, f"/api/{method}", json.dumps(given).encode(), AS_JSON)[1].get("ok") is not None, (
                method,
                name,
            )
            form = {each: value if isinstance(value, str) else json.dumps(value) for each, value in given.items()}
            assert posted(fake.url, f"/api/{method}", urlencode(form).encode(), AS_FORM)[1].get("ok") is not None, (
                method,
                name,
            )


@pytest.mark.parametrize("body", ["", "null", "[]", "7", "{", DEEP, '{"a":' * 100_000, '"', NUMBER, "\ufeff{}"])
def test_a_body_that_is_no_object_is_refused(fake: FakeSlack, body: str) -> None:
    for path in ("/api/chat.postMessage", "/respond/secret", "/upload/F1", "/ui/say"):
        status, said = posted(fake.url, path, body.encode(), AS_JSON)
        assert status < 500
        assert not said.get("ok")
    assert fake.messages() == []


@pytest.mark.parametrize("what", ["say", "press", "home", "submit", "close", "clock"])
def test_the_page_s_own_requests_of_rubbish_are_answered(sqlite: Databases, what: str) -> None:
    with a_stage(sqlite) as stage:
        for name in ("as", "conversation", "view_id", "ts", "text", "value", "values", "to"):
            for odd in NOT_WORDS:
                body = json.dumps({"as": TOMS, "conversation": GENERAL, "to": "monday", name: odd}).encode()
                assert posted(stage.slack.url, f"/ui/{what}", body, AS_JSON)[0] == 200


@pytest.mark.parametrize(
    "head",
    [
        *(f"POST /api/auth.test HTTP/1.1\r\nContent-Length: {each}" for each in ("x", "-1", NUMBER, "²")),
        *("GET http://[ HTTP/1.1", "GET //[x HTTP/1.1", "GET /static/%00 HTTP/1.1", "GET /files/\x00 HTTP/1.1"),
        "POST /api/auth.test HTTP/1.1\r\nContent-Length: 0\r\nOrigin: http://[",
    ],
)
def test_a_head_of_rubbish_is_answered(fake: FakeSlack, head: str) -> None:
    there = urlsplit(fake.url)
    with closing(socket.create_connection((there.hostname or "", there.port or 0), timeout=5)) as connection:
        connection.sendall(f"{head}\r\nHost: {there.netloc}\r\n\r\n".encode("latin-1", "replace"))
        assert connection.recv(100).startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
