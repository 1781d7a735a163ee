"""The manifest: what Slack's schema accepts, with exactly the scopes that the methods the bot calls ask for."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.config import LONGEST_PREFIX, BadSettings
from bot.sandbox.records import CHANNEL, DIRECT, PRIVATE
from bot.sandbox.rules import scopes
from bot.slack import mirror
from bot.slack.manifest import SCOPES, Mode, as_json, manifest
from bot.talk import commands
from models.signs import Wanted
from tests.kit.calls import called

SCHEMA = json.loads((Path(__file__).parent / "manifest.schema.json").read_text(encoding="utf-8"))
HTTPS = "https://oncall.example.com"
LONGEST = "x" * LONGEST_PREFIX

# The kinds of conversation that the bot has to do with. It never lists or describes direct messages.
KINDS = {
    "conversations.list": (CHANNEL,),
    "users.conversations": (CHANNEL, PRIVATE),
    "conversations.info": (CHANNEL, PRIVATE),
    "conversations.history": (CHANNEL, PRIVATE, DIRECT),
    "conversations.replies": (CHANNEL, PRIVATE),
    "conversations.open": (DIRECT,),
    "conversations.setTopic": (CHANNEL, PRIVATE),
}
SIGNS = mirror.scopes(Wanted("metrics-oncall", topic=True))  # asked for only where a setting does


def needs() -> list[tuple[str, str | None]]:
    """Each method called, with each kind of conversation it is called for."""
    return [(method, kind) for method in sorted(called()) for kind in KINDS.get(method, (None,))]


@pytest.mark.parametrize("prefix", ["", "data-", LONGEST])
@pytest.mark.parametrize(("mode", "url"), [("socket", None), ("http", HTTPS)])
def test_slack_accepts_the_manifest(mode: Mode, url: str | None, prefix: str) -> None:
    made = manifest(mode, url, prefix)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(made, SCHEMA)
    assert json.loads(as_json(mode, url, prefix)) == made


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("display_information", "name"), "x" * 36),
        (("features", "slash_commands", 0, "command"), f"/x{LONGEST}pipelines"),
        (("features", "slash_commands", 0, "usage_hint"), ""),
        (("settings", "interactivity", "request_url"), "oncall.example.com"),
        (("settings", "event_subscriptions", "request_url"), "oncall.example.com"),
        (("settings", "sockets"), True),
    ],
)
def test_the_schema_refuses_what_slack_refuses(path: tuple[str | int, ...], value: object) -> None:
    made: Any = manifest("socket")
    part = made
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, SCHEMA)


def test_socket_mode_needs_no_address() -> None:
    made = manifest("socket", HTTPS)
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["event_subscriptions"] == {"bot_events": ["app_home_opened", "user_change"]}
    assert "oncall.example.com" not in json.dumps(made)


@pytest.mark.parametrize("typed", [HTTPS, f"{HTTPS}/", f"{HTTPS}/slack/events"])
def test_over_http_every_request_goes_to_the_address(typed: str) -> None:
    made = manifest("http", typed)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["interactivity"]["request_url"] == "https://oncall.example.com/slack/events"
    assert made["settings"]["event_subscriptions"] == {
        "request_url": "https://oncall.example.com/slack/events",
        "bot_events": ["app_home_opened", "user_change"],
    }
    urls = {each["url"] for each in made["features"]["slash_commands"]}
    assert urls == {"https://oncall.example.com/slack/events"}


@pytest.mark.parametrize("typed", [None, "", "oncall.example.com", "http://oncall.example.com", f"{HTTPS}/?a=b"])
def test_over_http_an_address_that_slack_cannot_reach_is_refused(typed: str | None) -> None:
    with pytest.raises(BadSettings, match="is no public address"):
        manifest("http", typed)


def test_the_commands_are_those_that_are_answered() -> None:
    assert list(commands.COMMANDS) == ["oncall", "holiday", "runbook", "pipelines"]
    listed = manifest("socket", prefix="data-")["features"]["slash_commands"]
    assert [each["command"] for each in listed] == ["/data-oncall", "/data-holiday", "/data-runbook", "/data-pipelines"]
    assert all(each["should_escape"] and each["description"] and each["usage_hint"] for each in listed)


def test_the_home_is_there_and_asks_for_no_scope() -> None:
    assert manifest("socket")["features"]["app_home"]["home_tab_enabled"] is True
    assert {"views.publish", "views.update"} <= called()
    assert scopes.missing("views.publish", None, frozenset()) is None


def test_every_method_called_for_a_conversation_has_its_kinds() -> None:
    assert {method for method in called() if method in scopes.BY_KIND} == set(KINDS)


def test_the_scopes_are_enough() -> None:
    granted = frozenset([*SCOPES, *SIGNS])
    assert [need for need in needs() if scopes.missing(*need, granted)] == []
    assert {scopes.COMMANDS, scopes.EMAIL} <= granted


@pytest.mark.slow
@pytest.mark.parametrize("scope", [*SCOPES, *SIGNS])
def test_without_any_one_scope_something_fails(scope: str) -> None:
    without = frozenset([*SCOPES, *SIGNS]) - {scope}
    assert scope == scopes.COMMANDS or [need for need in needs() if scopes.missing(*need, without)]


def test_no_scope_is_asked_for_twice() -> None:
    assert len({*SCOPES, *SIGNS}) == len(SCOPES) + len(SIGNS)


def test_scopes_of_settings_are_asked_for_where_they_are_set() -> None:
    assert manifest("socket")["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert manifest("socket", more=SIGNS)["oauth_config"]["scopes"]["bot"] == [*SCOPES, *SIGNS]


def test_the_hint_names_every_word_of_oncall() -> None:
    usage = commands.COMMANDS["oncall"].usage
    assert [word for word in commands.ONCALL_WORDS if word not in re.findall(r"\w+", usage)] == []
