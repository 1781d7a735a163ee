"""The fake Slack is as strict as the real one: each rule of it that the bot relies on, over real HTTP."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import StoppedClock
from bot.sandbox.records import Json, elements_in
from bot.sandbox.rules.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.workspace import RESPONSE_SECONDS, TRIGGER_SECONDS
from bot.slack.clients import Client, Webhook
from tests.kit import cast
from tests.kit.cast import MAYA, NOW, TOMS
from tests.kit.stage import Stage

TOKEN = "xoxb-fake"
SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
BUTTON: Json = {"type": "button", "text": {"type": "plain_text", "text": "Press"}, "action_id": "press"}
LONG_BUTTON: Json = {**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}


@pytest.fixture
def slack() -> Iterator[tuple[FakeSlack, WebClient]]:
    """A workspace, and a client with all scopes."""
    fake = FakeSlack(users=cast.USERS, clock=StoppedClock(NOW), signing_secret="secret", bot_token=TOKEN)
    with fake.serve() as url:
        yield fake, Client(TOKEN, base_url=f"{url}/api/", timeout=3)


def refused(call: object, *arguments: object, **more: object) -> str:
    """The error that a call ends in."""
    assert callable(call)
    with pytest.raises(SlackApiError) as failed:
        call(*arguments, **more)
    return str(failed.value.response["error"])


def test_a_wrong_token_is_refused(slack: tuple[FakeSlack, WebClient]) -> None:
    _, client = slack
    assert refused(Client("xoxb-other", base_url=client.base_url, timeout=3).auth_test) == "invalid_auth"


def test_posts_are_stamped_by_the_turned_clock_and_rise(slack: tuple[FakeSlack, WebClient]) -> None:
    _, client = slack
    channel = client.conversations_list()["channels"][0]["id"]
    stamps = [float(client.chat_postMessage(channel=channel, text=str(n))["ts"]) for n in range(3)]
    assert stamps[0] == pytest.approx(NOW.timestamp())
    assert stamps == sorted(set(stamps))


def test_history_has_metadata_only_for_who_asks(slack: tuple[FakeSlack, WebClient]) -> None:
    _, client = slack
    channel = client.conversations_list()["channels"][0]["id"]
    metadata = {"event_type": "key", "event_payload": {"key": "1"}}
    client.chat_postMessage(channel=channel, text="hello", metadata=metadata)
    [plain] = client.conversations_history(channel=channel)["messages"]
    [full] = client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
    assert "event_payload" not in plain.get("metadata", {})
    assert full["metadata"]["event_payload"] == {"key": "1"}


def test_each_fault_is_met_once(slack: tuple[FakeSlack, WebClient]) -> None:
    fake, client = slack
    channel = client.conversations_list()["channels"][0]["id"]
    fake.faults.arm("chat.postMessage", Fault.rate_limited(7), Fault.api_error("channel_not_found"))
    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel=channel, text="1")
    assert limited.value.response.headers["Retry-After"] == "7"
    assert refused(client.chat_postMessage, channel=channel, text="2") == "channel_not_found"
    assert fake.messages() == []
    client.chat_postMessage(channel=channel, text="3")
    assert len(fake.messages()) == 1


def test_a_dropped_connection_may_have_had_its_effect_at_once_or_late(slack: tuple[FakeSlack, WebClient]) -> None:
    fake, client = slack
    channel = client.conversations_list()["channels"][0]["id"]
    for fault, count in ((Fault.dropped_before_accepting(), 0), (Fault.dropped_after_accepting(), 1)):
        fake.faults.arm("chat.postMessage", fault)
        with pytest.raises((OSError, http.client.HTTPException)):
            client.chat_postMessage(channel=channel, text="hello")
        assert len(fake.messages()) == count
    fake.faults.arm("chat.postMessage", Fault.late_effect(0.1))
    with pytest.raises((OSError, http.client.HTTPException)):
        client.chat_postMessage(channel=channel, text="late")
    assert len(fake.messages()) == 1
    fake.until(lambda: len(fake.messages()) == 2)


def test_a_foreign_host_or_origin_is_refused(slack: tuple[FakeSlack, WebClient]) -> None:
    _, client = slack
    where = urlsplit(client.base_url).netloc
    for headers in ({"Host": "evil.example"}, {"Host": where, "Origin": "http://evil.example"}):
        connection = http.client.HTTPConnection(where)
        connection.request("GET", "/ui/state", headers=headers)
        assert connection.getresponse().status == 403
        connection.close()


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([SECTION] * 51, "invalid_blocks"),
        ([{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 3001}}], "invalid_blocks"),
        ([{"type": "actions", "elements": [BUTTON, BUTTON]}], "invalid_blocks"),
        ([{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}], "invalid_blocks"),
        ([{"type": "carousel"}], "invalid_blocks"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "no"}}], "invalid_blocks"),
        ([{"type": "actions", "elements": [LONG_BUTTON]}], "invalid_blocks"),
        ([{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5, "msg_blocks_too_long"),
    ],
    ids=["51 blocks", "long text", "same action", "same block", "unknown", "mrkdwn header", "long button", "in all"],
)
def test_what_slack_would_reject_is_rejected(
    slack: tuple[FakeSlack, WebClient], blocks: list[Json], problem: str
) -> None:
    fake, client = slack
    assert refused(client.chat_postMessage, channel="metrics-oncall", text="hello", blocks=blocks) == problem
    assert fake.workspace.rejected


def test_nothing_is_drawn_from_the_ack_of_a_press_and_ephemerals_cannot_be_updated(stage: Stage) -> None:
    said = stage.ask(TOMS, "/oncall")
    client = stage.bot.slack.client
    assert refused(client.chat_update, channel=said.channel, ts=said.ts, text="no") == "message_not_found"


def test_a_response_url_is_good_for_five_uses_in_thirty_minutes(stage: Stage) -> None:
    def respond_to(url: str) -> str:
        return Webhook(url, timeout=3).send(text="hello", response_type="ephemeral").body

    stage.slack.slash(TOMS, "/oncall")
    secret = stage.slack.workspace.interactions[-1].secret
    url = f"{stage.slack.url}/respond/{secret}"
    assert [respond_to(url) for _ in range(6)] == ["ok"] * 5 + ["used_url"]
    stage.slack.slash(TOMS, "/oncall")
    stage.slack.workspace.seconds_let_pass += RESPONSE_SECONDS + 1
    assert respond_to(f"{stage.slack.url}/respond/{stage.slack.workspace.interactions[-1].secret}") == "expired_url"


def test_a_trigger_opens_one_modal_within_three_seconds(stage: Stage) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Hello"}, "blocks": [SECTION]}
    client = stage.bot.slack.client
    stage.slack.slash(TOMS, "/oncall")
    trigger = stage.slack.workspace.interactions[-1].trigger
    client.views_open(trigger_id=trigger, view=view)
    assert refused(client.views_open, trigger_id=trigger, view=view) == "exchanged_trigger_id"
    stage.slack.slash(TOMS, "/oncall")
    stage.slack.workspace.seconds_let_pass += TRIGGER_SECONDS + 1
    late = stage.slack.workspace.interactions[-1].trigger
    assert refused(client.views_open, trigger_id=late, view=view) == "expired_trigger_id"


def test_a_home_takes_a_hundred_blocks_and_no_title(slack: tuple[FakeSlack, WebClient]) -> None:
    fake, client = slack

    def publish(count: int, **more: object) -> object:
        return client.views_publish(user_id=TOMS, view={"type": "home", "blocks": [SECTION] * count, **more})

    publish(100)
    assert refused(publish, 101) == "invalid_blocks"
    assert refused(publish, 0) == "invalid_blocks"
    assert refused(publish, 1, title={"type": "plain_text", "text": "Home"}) == "invalid_arguments"
    assert refused(publish, 1, type="modal") == "invalid_arguments"
    home = fake.home_of(TOMS)
    assert home is not None
    assert len(home.blocks) == 100
    assert fake.home_of(MAYA) is None


def test_a_home_that_changed_meanwhile_is_not_overwritten_by_its_hash(slack: tuple[FakeSlack, WebClient]) -> None:
    _, client = slack
    view = {"type": "home", "blocks": [SECTION]}
    first = client.views_publish(user_id=TOMS, view=view)["view"]
    second = client.views_publish(user_id=TOMS, view=view, hash=first["hash"])["view"]
    assert first["id"] == second["id"]
    assert refused(client.views_publish, user_id=TOMS, view=view, hash=first["hash"]) == "hash_conflict"


def test_a_trigger_opens_no_home(stage: Stage) -> None:
    stage.slack.slash(TOMS, "/oncall")
    trigger = stage.slack.workspace.interactions[-1].trigger
    client = stage.bot.slack.client
    view = {"type": "home", "blocks": [SECTION]}
    assert refused(client.views_open, trigger_id=trigger, view=view) == "invalid_arguments"


def test_the_page_opens_a_home_and_presses_in_it(stage: Stage) -> None:
    assert stage.slack.page.answer("POST", "home", {"as": TOMS}) == {"ok": True}
    stage.slack.until(lambda: stage.slack.home_of(TOMS))
    state = stage.slack.page.answer("GET", "state", {"as": TOMS, "conversation": "home"})
    assert state is not None
    assert state["conversation"] == "home"
    assert state["messages"] == []
    declare = next(pair for pair in elements_in(state["home"]["blocks"]) if pair[1]["action_id"] == "holiday.open")
    where = {"view_id": state["home"]["id"], "block_id": declare[0]["block_id"], "action_id": "holiday.open"}
    assert stage.slack.page.answer("POST", "press", {"as": TOMS, **where}) == {"ok": True}
    stage.slack.until(lambda: stage.slack.view_for(TOMS))
    stolen = stage.slack.page.answer("POST", "press", {"as": MAYA, **where})
    assert stolen == {"ok": False, "error": "That is not there any more."}


def test_the_page_escapes_and_mentions_as_slack_does(stage: Stage) -> None:
    said = {"as": TOMS, "conversation": "C00000001", "text": "@Maya <b> & @nobody"}
    assert stage.slack.page.answer("POST", "say", said) == {"ok": True}
    assert stage.slack.messages()[-1].text == f"<@{MAYA}|maya> &lt;b&gt; &amp; @nobody"
    assert stage.slack.page.answer("POST", "say", {**said, "text": "/oncall @Maya"}) == {"ok": True}
    assert stage.slack.messages()[-1].words() == stage.words(TOMS, "/oncall maya")


def test_the_page_s_state_is_json_and_changes_only_when_something_does(stage: Stage) -> None:
    first = stage.slack.page.answer("GET", "state", {"as": TOMS})
    assert first is not None
    json.dumps(first)
    assert [each["kind"] for each in first["conversations"]] == ["channel", "channel", "dm", "home"]
    assert stage.slack.page.answer("GET", "state", {"as": TOMS, "since": first["revision"]}) is None
    stage.ask(TOMS, "/oncall")
    assert stage.slack.page.answer("GET", "state", {"as": TOMS, "since": first["revision"]}) is not None


def test_an_ephemeral_is_seen_by_its_person_only(stage: Stage) -> None:
    said = stage.ask(TOMS, "/oncall")
    theirs = stage.slack.page.answer("GET", "state", {"as": MAYA})
    assert theirs is not None
    assert said.ts not in [message["ts"] for message in theirs["messages"]]
    action = next(element for _, element in elements_in(said.blocks))
    pressed = {"ts": said.ts, "block_id": "x", "action_id": action["action_id"]}
    stolen = {"as": MAYA, "conversation": said.channel, **pressed}
    assert stage.slack.page.answer("POST", "press", stolen) == {"ok": False, "error": "That is not there any more."}
