"""What the fake Slack refuses of each method, as the pages of Slack's methods say, over real HTTP."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.sandbox.records import PRIVATE, Json, User
from bot.sandbox.rules.setup import NO_USERGROUPS
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.workspace import BOT_USER
from tests.kit.cast import GUEST, MAYA, STRANGER, TOMS
from tests.kit.fakes import GENERAL, refusal, shown

RANDOM = "C00000002"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
GROUP = "S0ONCALL"


def error(call: object, **arguments: object) -> str:
    """The word that a call is refused with."""
    return str(refusal(call, **arguments).response["error"])


def leave(fake: FakeSlack, channel: str) -> None:
    """The bot is taken out of a channel."""
    fake.workspace.channels[channel].members.discard(BOT_USER)


# Posting


def test_a_name_is_good_for_a_public_channel_only(fake: FakeSlack, client: WebClient) -> None:
    secret = fake.workspace.add_channel("secret", private=True)
    for to in ("#random", "random", RANDOM, secret.id, TOMS):
        client.chat_postMessage(channel=to, text="hello")
    for to in ("secret", "#secret", "@Toms", "Toms", "C0NOBODY000", BOT_USER):
        assert error(client.chat_postMessage, channel=to, text="hello") == "channel_not_found"
    assert error(client.conversations_history, channel="random") == "channel_not_found"


def test_private_and_archived_channels_take_no_posts(fake: FakeSlack, client: WebClient) -> None:
    hidden = fake.workspace.add_channel("hidden", private=True, with_bot=False)
    assert error(client.chat_postMessage, channel=hidden.id, text="hello") == "channel_not_found"
    fake.workspace.channels[GENERAL].archived = True
    assert error(client.chat_postMessage, channel=GENERAL, text="hello") == "is_archived"
    assert error(client.conversations_setTopic, channel=GENERAL, topic="hello") == "is_archived"
    assert error(client.conversations_join, channel=GENERAL) == "is_archived"


def test_the_text_beside_blocks_has_four_thousand_characters_at_most(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=GENERAL, text="x" * 4_000)["ts"]
    client.chat_update(channel=GENERAL, ts=ts, text="y" * 4_000)
    assert error(client.chat_postMessage, channel=GENERAL, text="x" * 4_001) == "msg_too_long"
    assert error(client.chat_update, channel=GENERAL, ts=ts, text="x" * 4_001) == "msg_too_long"


def test_all_blocks_have_ten_thousand_characters_at_most(client: WebClient) -> None:
    def blocks(count: int) -> list[Json]:
        return [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_500}}] * 3 + [
            {"type": "section", "text": {"type": "mrkdwn", "text": "x" * (count - 7_500)}}
        ]

    ts = client.chat_postMessage(channel=GENERAL, text="hello", blocks=blocks(10_000))["ts"]
    client.chat_update(channel=GENERAL, ts=ts, text="hello", blocks=blocks(10_000))
    longer = {"channel": GENERAL, "text": "hello", "blocks": blocks(10_001)}
    assert error(client.chat_postMessage, **longer) == "msg_blocks_too_long"
    assert error(client.chat_update, ts=ts, **longer) == "msg_blocks_too_long"


def test_a_reply_hangs_on_a_message_that_is_there(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=GENERAL, text="hello")["ts"]
    client.chat_postMessage(channel=GENERAL, text="to it", thread_ts=ts)
    late = {"channel": GENERAL, "text": "to nothing"}
    assert error(client.chat_postMessage, thread_ts="1764579600.000200", **late) == "cannot_reply_to_message"
    seen_by_one = client.chat_postEphemeral(channel=GENERAL, user=TOMS, text="psst")["message_ts"]
    assert error(client.chat_postMessage, thread_ts=seen_by_one, **late) == "cannot_reply_to_message"
    assert error(client.chat_postEphemeral, user="U0NOBODY000", **late) == "user_not_in_channel"


# Editing


def test_only_what_the_bot_said_itself_is_edited_or_deleted(fake: FakeSlack, client: WebClient) -> None:
    theirs = fake.workspace.said(GENERAL, MAYA, "mine").ts
    assert error(client.chat_update, channel=GENERAL, ts=theirs, text="yours") == "cant_update_message"
    assert error(client.chat_delete, channel=GENERAL, ts=theirs) == "cant_delete_message"
    for nothing in ("1764579600.000200", "yesterday"):
        assert error(client.chat_update, channel=GENERAL, ts=nothing, text="hello") == "message_not_found"
    elsewhere = client.chat_postMessage(channel=RANDOM, text="hello")["ts"]
    assert error(client.chat_update, channel=GENERAL, ts=elsewhere, text="hello") == "message_not_found"
    in_private = client.chat_postMessage(channel=TOMS, text="hello")
    assert error(client.chat_update, channel=TOMS, ts=in_private["ts"], text="hello") == "channel_not_found"
    client.chat_update(channel=in_private["channel"], ts=in_private["ts"], text="hello again")


@pytest.mark.parametrize("kind", ["channel", PRIVATE])
def test_where_the_bot_is_no_more_it_edits_nothing(fake: FakeSlack, client: WebClient, kind: str) -> None:
    ts = client.chat_postMessage(channel=GENERAL, text="hello")["ts"]
    fake.workspace.channels[GENERAL].kind = kind
    leave(fake, GENERAL)
    assert error(client.chat_update, channel=GENERAL, ts=ts, text="bye") == "channel_not_found"
    assert error(client.chat_delete, channel=GENERAL, ts=ts) == "channel_not_found"
    assert shown(fake) == ["hello"]


def test_in_an_archived_channel_and_after_the_time_for_it_nothing_is_edited(fake: FakeSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=GENERAL, text="hello")["ts"]
    fake.workspace.rules.edits_for = 60
    client.chat_update(channel=GENERAL, ts=ts, text="in time")
    fake.workspace.seconds_let_pass += 61
    assert error(client.chat_update, channel=GENERAL, ts=ts, text="late") == "edit_window_closed"
    fake.workspace.rules.edits_for = None
    fake.workspace.channels[GENERAL].archived = True
    assert error(client.chat_update, channel=GENERAL, ts=ts, text="late") == "is_inactive"


def test_an_edit_says_something_and_leaves_the_metadata_unless_told(fake: FakeSlack, client: WebClient) -> None:
    metadata = {"event_type": "key", "event_payload": {"key": "1"}}
    said = client.chat_postMessage(channel=GENERAL, text="hello", blocks=[SECTION], metadata=metadata)
    [message] = fake.messages()
    assert error(client.api_call, api_method="chat.update", json={"channel": GENERAL, "ts": said["ts"]}) == "no_text"
    client.chat_update(channel=GENERAL, ts=said["ts"], text="words only")
    assert (message.blocks, message.metadata) == ([], metadata)
    client.chat_update(channel=GENERAL, ts=said["ts"], text="words only", metadata={})
    assert message.metadata is None


# Conversations


def test_the_history_is_for_members_and_its_moments_are_numbers(fake: FakeSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=GENERAL, text="hello")["ts"]
    assert client.conversations_history(channel=GENERAL, oldest="0.5", latest="9999999999.5", limit=10)["messages"]
    assert error(client.conversations_history, channel=GENERAL, oldest="yesterday") == "invalid_ts_oldest"
    assert error(client.conversations_replies, channel=GENERAL, ts=ts, latest="-1") == "invalid_ts_latest"
    assert error(client.conversations_replies, channel=GENERAL, ts="1.2") == "thread_not_found"
    leave(fake, GENERAL)
    assert error(client.conversations_history, channel=GENERAL) == "not_in_channel"
    assert error(client.conversations_replies, channel=GENERAL, ts=ts) == "not_in_channel"
    assert error(client.conversations_setTopic, channel=GENERAL, topic="hello") == "not_in_channel"
    fake.workspace.channels[GENERAL].kind = PRIVATE
    for method in (client.conversations_history, client.conversations_info, client.conversations_members):
        assert error(method, channel=GENERAL) == "channel_not_found"


def test_nobody_talks_to_bots_and_to_nobody(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.users["U0OTHERBOT0"] = User("U0OTHERBOT0", "Jenkins", "", role="bot")
    fake.workspace.users["U0GONE00000"] = User("U0GONE00000", "Gone", "gone@example.com", deleted=True)
    refused = {
        users: error(client.conversations_open, users=users)
        for users in (BOT_USER, "U0OTHERBOT0", "U0NOBODY000", "U0GONE00000", "", ",".join(["U1"] * 9))
    }
    assert list(refused.values()) == [
        *("cannot_dm_bot", "cannot_dm_bot", "user_not_found", "user_disabled"),
        *("users_list_not_supplied", "too_many_users"),
    ]
    assert error(client.users_info, user="U0NOBODY000") == "user_not_found"
    assert error(client.users_lookupByEmail, email="gone@example.com") == "users_not_found"
    assert client.users_info(user=BOT_USER)["user"]["is_bot"]
    direct = client.conversations_open(users=TOMS)["channel"]["id"]
    assert error(client.conversations_setTopic, channel=direct, topic="x") == "method_not_supported_for_channel_type"


# User groups


def test_a_free_plan_has_no_user_groups(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.rules.no_usergroups = NO_USERGROUPS
    assert error(client.usergroups_list) == "plan_upgrade_required"
    assert error(client.usergroups_users_list, usergroup=GROUP) == "plan_upgrade_required"
    assert error(client.usergroups_users_update, usergroup=GROUP, users=[TOMS]) == "plan_upgrade_required"


def test_a_user_group_takes_full_members_and_tells_them_when_asked(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.usergroups[GROUP] = {"id": GROUP, "handle": "oncall", "users": [TOMS]}
    for users in ([GUEST], [TOMS, STRANGER], ["U0NOBODY000"], [BOT_USER]):
        assert error(client.usergroups_users_update, usergroup=GROUP, users=users) == "invalid_users"
    assert error(client.usergroups_users_update, usergroup=GROUP, users=[]) == "no_users_provided"
    assert error(client.usergroups_users_update, usergroup="S1", users=[TOMS]) == "no_such_subteam"
    client.usergroups_users_update(usergroup=GROUP, users=[MAYA, TOMS])
    assert client.usergroups_users_list(usergroup=GROUP)["users"] == [MAYA, TOMS]
    assert client.usergroups_list()["usergroups"] == [{"id": GROUP, "handle": "oncall"}]
    [told] = client.usergroups_list(include_users=True, include_count=True)["usergroups"]
    assert (told["users"], told["user_count"]) == ([MAYA, TOMS], 2)


# Files


def test_a_file_is_sent_whole_and_completed_once(fake: FakeSlack, client: WebClient) -> None:
    begun = client.files_getUploadURLExternal(filename="a.png", length=3)
    complete: Json = {"files": [{"id": begun["file_id"], "title": "A"}], "channel_id": GENERAL}
    assert error(client.files_completeUploadExternal, **complete) == "file_not_found"
    with pytest.raises(HTTPError, match="400") as refused:
        urlopen(Request(begun["upload_url"], b"PNG and more", method="POST"))
    refused.value.close()
    assert error(client.files_completeUploadExternal, **complete) == "file_not_found"
    with urlopen(Request(begun["upload_url"], b"PNG", method="POST")) as answer:
        assert answer.status == 200
    assert error(client.files_info, file=begun["file_id"]) == "file_not_found"
    client.files_completeUploadExternal(**complete)
    assert error(client.files_completeUploadExternal, **complete) == "file_not_found"
    fake.until(lambda: len(fake.messages()) == 1)
    assert client.files_info(file=begun["file_id"])["file"]["size"] == 3
    client.files_delete(file=begun["file_id"])
    assert error(client.files_delete, file=begun["file_id"]) == "file_deleted"
    assert error(client.files_info, file=begun["file_id"]) == "file_deleted"


def test_a_file_is_shared_where_the_bot_is(fake: FakeSlack, client: WebClient) -> None:
    begun = client.files_getUploadURLExternal(filename="a.png", length=3)
    with urlopen(Request(begun["upload_url"], b"PNG", method="POST")):
        pass

    def share(**where: object) -> str:
        return error(client.files_completeUploadExternal, files=[{"id": begun["file_id"]}], **where)

    assert share(channels=[GENERAL, RANDOM], thread_ts="1.2") == "invalid_arguments"
    assert share(channel_id="random") == "channel_not_found"
    leave(fake, RANDOM)
    assert share(channel_id=RANDOM) == "not_in_channel"
    fake.workspace.channels[GENERAL].archived = True
    assert share(channel_id=GENERAL) == "posting_to_channel_denied"


def test_the_length_of_a_file_is_told(client: WebClient) -> None:
    assert error(client.files_getUploadURLExternal, filename="a.png", length=0) == "missing_argument"
    assert error(client.files_getUploadURLExternal, filename="a.png", length="long") == "invalid_arguments"
    assert error(client.files_getUploadURLExternal, filename="", length=3) == "invalid_arguments"
    long = {"filename": "a.png", "length": 3, "alt_txt": "x" * 1_001}
    assert error(client.files_getUploadURLExternal, **long) == "alt_txt_too_large"


# Views


def test_views_are_for_people_and_not_too_large(client: WebClient) -> None:
    home = {"type": "home", "blocks": [SECTION]}
    for user in ("U0NOBODY000", BOT_USER):
        refused = refusal(client.views_publish, user_id=user, view=home).response
        assert refused["error"] == "invalid_arguments"
        assert refused["response_metadata"]["messages"] == ["[ERROR] invalid `user_id`"]
    large = {**home, "private_metadata": "x" * 250_000}
    assert error(client.views_publish, user_id=TOMS, view=large) == "view_too_large"
    assert error(client.views_open, view={**home, "type": "modal"}) == "invalid_arguments"
    assert error(client.views_open, view={**home, "type": "modal"}, trigger_id="1.2.x") == "invalid_trigger_id"
