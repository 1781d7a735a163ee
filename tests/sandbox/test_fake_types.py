"""How the fake Slack wants to be asked: in the query, in a form, or in JSON, each method in its own ways."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.sandbox.api.methods import ROUTES
from bot.sandbox.rules.types import BY_METHOD, FORM, JSON
from bot.sandbox.server import FakeSlack
from tests.kit.cast import TOMS
from tests.kit.fakes import GENERAL, TOKEN, refusal
from tests.kit.stage import Stage

AS_JSON, AS_FORM = f"{JSON};charset=utf-8", FORM
HEADER = {"Authorization": f"Bearer {TOKEN}"}
Answer = dict[str, Any]


def post(
    fake: FakeSlack, method: str, body: str, kind: str | None = AS_JSON, headers: Mapping[str, str] = HEADER
) -> Answer:
    """What a POST with this body is answered; `kind` is its Content-Type."""
    # Without one, urllib would name a form's.
    named = {**headers, "Content-Type": kind or ""}
    request = Request(f"{fake.url}/api/{method}", body.encode(), named, method="POST")
    with urlopen(request) as answer:
        said: Answer = json.load(answer)
        return said


def in_json(fake: FakeSlack, method: str, **arguments: object) -> Answer:
    """What a call in JSON is answered."""
    return post(fake, method, json.dumps(arguments))


def in_form(fake: FakeSlack, method: str, **arguments: str) -> Answer:
    """What a call in a form is answered."""
    return post(fake, method, urlencode(arguments), AS_FORM)


def in_query(fake: FakeSlack, method: str, **arguments: str) -> Answer:
    """What a GET is answered."""
    with urlopen(Request(f"{fake.url}/api/{method}?{urlencode(arguments)}", headers=HEADER)) as answer:
        said: Answer = json.load(answer)
        return said


# The tables


def test_every_method_is_in_the_table() -> None:
    assert set(BY_METHOD) == set(ROUTES) | {"apps.connections.open"}


# JSON is for methods that write


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("users.info", {"user": TOMS}, "user_not_found"),
        ("users.lookupByEmail", {"email": "toms@example.com"}, "invalid_arguments"),
        ("conversations.info", {"channel": GENERAL}, "invalid_arguments"),
        ("conversations.history", {"channel": GENERAL}, "invalid_arguments"),
        ("conversations.members", {"channel": GENERAL}, "invalid_arguments"),
        ("conversations.replies", {"channel": GENERAL, "ts": "1.2"}, "channel_not_found"),
        ("usergroups.users.list", {"usergroup": "S1"}, "invalid_arguments"),
        ("files.info", {"file": "F1"}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "a.png", "length": 3}, "invalid_arguments"),
    ],
)
def test_a_method_that_reads_sees_nothing_of_json(fake: FakeSlack, method: str, arguments: Answer, error: str) -> None:
    assert in_json(fake, method, **arguments)["error"] == error
    assert fake.workspace.rejected[0] == f"{method}: {', '.join(sorted(arguments))} in JSON, which it does not read"


def test_the_same_in_a_form_or_in_the_query_is_answered(fake: FakeSlack) -> None:
    for ask in (in_form, in_query):
        assert ask(fake, "users.info", user=TOMS)["user"]["id"] == TOMS
        assert ask(fake, "users.lookupByEmail", email="toms@example.com")["user"]["id"] == TOMS
        assert ask(fake, "conversations.history", channel=GENERAL)["messages"] == []
    assert fake.workspace.rejected == []


def test_a_list_that_is_asked_for_in_json_begins_again_and_again(fake: FakeSlack) -> None:
    fake.workspace.add_channel("secret", private=True)
    cursor = in_query(fake, "conversations.list", limit="1")["response_metadata"]["next_cursor"]
    asked = {"cursor": cursor, "limit": 1, "types": "private_channel"}
    assert [each["name"] for each in in_json(fake, "conversations.list", **asked)["channels"]] == [
        "metrics-oncall",
        "random",
    ]
    assert fake.workspace.rejected == ["conversations.list: cursor, limit, types in JSON, which it does not read"]


def test_a_method_that_writes_takes_objects_in_json_and_their_text_in_a_form(fake: FakeSlack) -> None:
    metadata = {"event_type": "key", "event_payload": {"key": "1"}}
    words = {"channel": GENERAL, "text": "hello"}
    assert in_json(fake, "chat.postMessage", **words, metadata=metadata, blocks=[{"type": "divider"}])["ok"]
    as_text = {"metadata": json.dumps(metadata), "blocks": '[{"type": "divider"}]'}
    assert in_form(fake, "chat.postMessage", **words, **as_text)["ok"]
    assert [message.metadata for message in fake.messages()] == [metadata] * 2
    refused = {name: in_json(fake, "chat.postMessage", **words, **{name: as_text[name]})["error"] for name in as_text}
    assert refused == {"metadata": "invalid_metadata_format", "blocks": "invalid_blocks_format"}


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": GENERAL, "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": GENERAL, "text": "x", "blocks": "{}"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": GENERAL, "text": "x", "metadata": "[]"}, "invalid_metadata_format"),
        ("views.publish", {"user_id": TOMS, "view": "home"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": "F1"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": '["F1"]'}, "invalid_arguments"),
    ],
)
def test_text_that_is_no_such_object_is_refused(fake: FakeSlack, method: str, arguments: Answer, error: str) -> None:
    assert in_form(fake, method, **arguments)["error"] == error


def test_wrong_types_are_refused_and_unknown_arguments_are_not(fake: FakeSlack) -> None:
    assert in_json(fake, "chat.postMessage", channel=[GENERAL], text="hello")["error"] == "invalid_arguments"
    assert in_json(fake, "chat.postMessage", channel=GENERAL, text={"a": 1})["error"] == "invalid_arguments"
    listed = in_query(fake, "conversations.list", exclude_archived="perhaps")
    assert listed["error"] == "invalid_arguments"
    assert in_query(fake, "conversations.list", exclude_archived="True", colour="red")["ok"]


def test_null_in_json_is_as_good_as_nothing(fake: FakeSlack) -> None:
    answer = in_json(fake, "chat.postMessage", channel=GENERAL, text="hello", blocks=None, thread_ts=None)
    assert "thread_ts" not in answer["message"]


def test_json_is_not_mixed_with_the_query(fake: FakeSlack) -> None:
    assert post(fake, f"chat.postMessage?channel={GENERAL}", '{"text": "hello"}')["error"] == "invalid_arguments"
    assert post(fake, f"chat.postMessage?channel={GENERAL}", "text=hello", AS_FORM)["ok"]


# What must be there


def test_a_required_argument_is_missed(fake: FakeSlack) -> None:
    required = [(method, *each) for method, takes in BY_METHOD.items() for each in takes.required.items()]
    for method, name, error in required:
        others = {each: "{}" if each == "view" else "1" for each in BY_METHOD[method].required if each != name}
        answer = in_form(fake, method, **others)
        assert answer["error"] == error, (method, name)
        assert answer["response_metadata"] == {"messages": [f"[ERROR] missing required field: {name}"]}, method
        assert fake.workspace.rejected == [f"{method}: without {name}"]
        fake.workspace.rejected.clear()


# Tokens and headers


def test_a_token_stands_in_the_header_or_in_a_form(fake: FakeSlack) -> None:
    form = urlencode({"token": TOKEN})
    assert post(fake, "auth.test", form, AS_FORM, {})["ok"]
    assert post(fake, "auth.test", json.dumps({"token": TOKEN}), AS_JSON, {})["error"] == "not_authed"
    assert post(fake, f"auth.test?{form}", "", AS_FORM, {})["error"] == "not_authed"
    assert post(fake, "apps.connections.open", form, AS_FORM, {})["error"] == "not_authed"
    assert in_query(fake, "apps.connections.open")["error"] == "insecure_request"


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        ("text=hello", "", "missing_post_type"),
        ("text=hello", "text/html", "invalid_post_type"),
        ("text=hello", f"{FORM};charset=koi8-r", "invalid_charset"),
        ("text=hello", AS_JSON, "invalid_json"),
        ("[]", AS_JSON, "json_not_object"),
        ("blocks[0]=hello", AS_FORM, "invalid_array_arg"),
    ],
)
def test_a_body_that_cannot_be_read(fake: FakeSlack, body: str, kind: str, error: str) -> None:
    assert post(fake, "chat.postMessage", body, kind)["error"] == error


def test_slack_warns_of_a_charset_that_is_missing_or_superfluous(fake: FakeSlack, client: WebClient) -> None:
    for kind, warning in ((JSON, "missing_charset"), (f"{FORM};charset=utf-8", "superfluous_charset")):
        answer = post(fake, "auth.test", "{}" if kind == JSON else "a=1", kind)
        assert (answer["ok"], answer["warning"]) == (True, warning)
        assert answer["response_metadata"]["warnings"] == [warning]
    assert "warning" not in client.chat_postMessage(channel=GENERAL, text="hello").data
    assert "warning" not in client.users_info(user=TOMS).data


# response_urls


def test_a_response_url_takes_json_only(stage: Stage) -> None:
    stage.slack.slash(TOMS, "/oncall")
    url = f"{stage.slack.url}/respond/{stage.slack.workspace.interactions[-1].secret}"

    def said(body: str, kind: str) -> tuple[int, str]:
        try:
            with urlopen(Request(url, body.encode(), {"Content-Type": kind}, method="POST")) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    assert said('{"text": "hello"}', AS_JSON) == (200, "ok")
    assert said('{"text": "hello"}', AS_FORM) == (400, "invalid_payload")
    assert said("hello", AS_JSON) == (400, "invalid_payload")


def test_an_unknown_method_is_unknown(client: WebClient) -> None:
    assert refusal(client.emoji_list).response["error"] == "unknown_method"
