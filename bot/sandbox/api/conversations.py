"""conversations.*"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from math import inf

from bot.sandbox.api.asked import SlackError
from bot.sandbox.api.call import Call, channel_json
from bot.sandbox.api.pages import MIXED, ONE_KIND
from bot.sandbox.records import CHANNEL, DIRECT, PRIVATE, Channel, Json, SlackMessage
from bot.sandbox.slack.shapes import message_json
from bot.sandbox.slack.workspace import BOT_USER

TOPIC = 250
MOST_USERS = 8  # in a conversation of several
BOT = "bot"  # the role of a person that is none
MORE_THAN_USUAL = {"is_member", "num_members"}  # what users.conversations leaves out
MOMENT = re.compile(r"\d+(\.\d+)?")  # seconds, as text
NEXT = "next_ts:"  # how a cursor of messages begins
_TYPES = {"public_channel": CHANNEL, "private_channel": PRIVATE, "im": DIRECT, "mpim": None}


def conversations_open(call: Call) -> Json:
    """conversations.open, with one person."""
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    users = call.names("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:  # which Slack takes, up to 8; the fake knows no such conversations
        raise SlackError("too_many_users" if len(users) > MOST_USERS else "method_not_supported_for_channel_type")
    user = call.workspace.users.get(users[0])
    # No page names `cannot_dm_bot`; Slack's support does (https://github.com/HubSpot/slack-client/pull/90).
    if users[0] == BOT_USER or (user and user.role == BOT):
        raise SlackError("cannot_dm_bot")
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    channel = call.workspace.direct(user.id)
    return {"channel": channel_json(channel) if call.flag("return_im") else {"id": channel.id}}


def conversations_info(call: Call) -> Json:
    """conversations.info"""
    shown = channel_json(call.channel())
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def conversations_list(call: Call) -> Json:
    """conversations.list: private channels and direct messages only those that the bot is in. What isn't asked for is
    left out of a page after it was cut: it may be empty and have a next one."""
    kinds = _kinds(call)
    page, cursor = call.page(list(call.workspace.channels.values()), _id, MIXED if len(kinds) > 1 else ONE_KIND)
    found = [each for each in page if _is_wanted(call, each, kinds) and (each.kind == CHANNEL or _joined(each))]
    return {"channels": [channel_json(each) for each in found], "response_metadata": {"next_cursor": cursor}}


def users_conversations(call: Call) -> Json:
    """users.conversations: what the bot is in, shared with `user` where one is given."""
    kinds, user = _kinds(call), call.user().id if call.text("user") else BOT_USER
    joined = [each for each in call.workspace.channels.values() if _joined(each) and user in each.members]
    page, cursor = call.page(joined, _id, MIXED if len(kinds) > 1 else ONE_KIND)
    found = [channel_json(each) for each in page if _is_wanted(call, each, kinds)]
    shown = [{key: each[key] for key in each.keys() - MORE_THAN_USUAL} for each in found]
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


def _kinds(call: Call) -> list[str | None]:
    named = [each.strip() for each in call.text("types", "public_channel").split(",")]
    if unknown := set(named) - set(_TYPES):
        raise SlackError("invalid_types", response_metadata={"messages": sorted(unknown)})
    kinds = [_TYPES[each] for each in named]
    for kind in kinds:
        call.check_scope(kind)
    return kinds


def _is_wanted(call: Call, channel: Channel, kinds: list[str | None]) -> bool:
    return not (call.flag("exclude_archived") and channel.archived) and channel.kind in kinds


def _joined(channel: Channel) -> bool:
    return BOT_USER in channel.members


def _id(channel: Channel) -> str:
    return channel.id


def conversations_join(call: Call) -> Json:
    """conversations.join, for public channels."""
    channel = call.channel()
    if channel.kind != CHANNEL:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    channel.members.add(BOT_USER)
    return {"channel": channel_json(channel)}


def conversations_members(call: Call) -> Json:
    """conversations.members"""
    members, cursor = call.page(sorted(call.channel().members), str, ONE_KIND)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def conversations_history(call: Call) -> Json:
    """conversations.history: newest first, without replies in threads and without what one person sees."""
    channel = call.joined()
    _moment(call, "latest", inf)  # is looked at even where there is no message
    page = list(islice(_newest_first(call, channel), call.limit + 1))
    cursor = f"{NEXT}{page[-1].ts}" if len(page) > call.limit else ""
    return _told(call, page[: call.limit], cursor)


def conversations_replies(call: Call) -> Json:
    """conversations.replies: the message that a thread hangs on, and its replies, oldest first."""
    channel, ts = call.joined(), call.text("ts")
    if call.workspace.message(channel.id, ts) is None:
        raise SlackError("thread_not_found")
    thread = [each for each in call.workspace.messages(channel.id) if ts in (each.ts, each.thread_ts)]
    shown = [each for each in thread if not each.ephemeral and _is_within(call, each)]
    return _told(call, *call.page(shown, lambda each: each.ts))


def conversations_set_topic(call: Call) -> Json:
    """conversations.setTopic: also posts a message that says so, each time."""
    channel, topic = call.joined(), call.text("topic")
    if channel.kind == DIRECT:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if len(topic) > TOPIC:
        raise SlackError("too_long")
    channel.topic = topic
    said = f"set the channel topic: {topic}"
    call.workspace.post(SlackMessage("", channel.id, BOT_USER, said, subtype="channel_topic", bot=True))
    return {"channel": channel_json(channel)}


def _newest_first(call: Call, channel: Channel) -> Iterator[SlackMessage]:
    """The cursor is a message's timestamp: pages stay as they are while more is said."""
    oldest, cursor = _moment(call, "oldest", 0), call.text("cursor")
    if cursor and not cursor.startswith(NEXT):
        raise SlackError("invalid_cursor")
    start = float(cursor.removeprefix(NEXT) or "inf")
    known = call.workspace.seconds() - call.lag
    for message in call.workspace.timeline.newest_first(channel.id):
        if float(message.ts) < oldest:
            return
        top = message.thread_ts in (None, message.ts) and not message.ephemeral
        if top and message.arrived <= known and float(message.ts) <= start and _is_within(call, message):
            yield message


def _is_within(call: Call, message: SlackMessage) -> bool:
    oldest, latest, ts = _moment(call, "oldest", 0), _moment(call, "latest", inf), float(message.ts)
    return oldest < ts < latest or (call.flag("inclusive") and ts in (oldest, latest))


def _moment(call: Call, name: str, otherwise: float) -> float:
    given = call.text(name)
    if given and not MOMENT.fullmatch(given):
        raise SlackError(f"invalid_ts_{name}")
    return float(given) if given else otherwise


def _told(call: Call, messages: Sequence[SlackMessage], cursor: str) -> Json:
    return {
        "messages": [message_json(each, call.flag("include_all_metadata")) for each in messages],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
