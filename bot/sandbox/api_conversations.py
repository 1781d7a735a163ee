"""conversations.*"""

from collections.abc import Iterator, Sequence
from itertools import islice

from bot.sandbox import scopes
from bot.sandbox.call import Call, SlackError, channel_json, message_json
from bot.sandbox.records import CHANNEL, DIRECT, PRIVATE, Channel, Json, Message
from bot.sandbox.workspace import BOT_USER

TOPIC = 250
NEXT = "next_ts:"  # how a cursor of messages begins
_TYPES = {"public_channel": CHANNEL, "private_channel": PRIVATE, "im": DIRECT, "mpim": None}


def conversations_open(call: Call) -> Json:
    """conversations.open, with one person."""
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    if not call.text("users"):
        raise SlackError("users_list_not_supplied")
    if "," in call.text("users"):
        raise SlackError("method_not_supported_for_channel_type")
    user = call.user("users")
    if user.deleted:
        raise SlackError("user_disabled")
    channel = call.workspace.direct(user.id)
    return {"channel": channel_json(channel) if call.flag("return_im") else {"id": channel.id}}


def conversations_info(call: Call) -> Json:
    """conversations.info"""
    return {"channel": channel_json(call.channel())}


def conversations_list(call: Call) -> Json:
    """conversations.list: private channels and direct messages only those that the bot is in."""
    kinds = [_TYPES.get(each.strip()) for each in call.text("types", "public_channel").split(",")]
    for kind in kinds:
        if needed := scopes.missing("conversations.list", kind, call.scopes):
            raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(call.scopes)))
    found = [
        each
        for each in call.workspace.channels.values()
        if each.kind in kinds
        and (each.kind == CHANNEL or BOT_USER in each.members)
        and not (each.archived and call.flag("exclude_archived"))
    ]
    channels, cursor = call.page(found)
    return {"channels": [channel_json(each) for each in channels], "response_metadata": {"next_cursor": cursor}}


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
    members, cursor = call.page(sorted(call.channel().members))
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def conversations_history(call: Call) -> Json:
    """conversations.history: newest first, without replies in threads and without what one person sees."""
    channel = call.joined()
    page = list(islice(_newest_first(call, channel), call.limit + 1))
    cursor = f"{NEXT}{page[-1].ts}" if len(page) > call.limit else ""
    return _told(call, page[: call.limit], cursor)


def conversations_replies(call: Call) -> Json:
    """conversations.replies: the message that a thread hangs on, and its replies, oldest first."""
    channel, ts = call.joined(), call.text("ts")
    if call.workspace.message(channel.id, ts) is None:
        raise SlackError("thread_not_found")
    thread = [each for each in call.workspace.messages(channel.id) if ts in (each.ts, each.thread_ts)]
    return _told(call, *call.page([each for each in thread if not each.ephemeral and _is_within(call, each)]))


def conversations_set_topic(call: Call) -> Json:
    """conversations.setTopic: also posts a message that says so, each time."""
    channel, topic = call.joined(), call.text("topic")
    if channel.archived:
        raise SlackError("is_archived")
    if len(topic) > TOPIC:
        raise SlackError("too_long")
    channel.topic = topic
    said = f"set the channel topic: {topic}"
    call.workspace.post(Message("", channel.id, BOT_USER, said, subtype="channel_topic", bot=True))
    return {"channel": channel_json(channel)}


def _newest_first(call: Call, channel: Channel) -> Iterator[Message]:
    """The cursor is a message's timestamp: pages stay as they are while more is said."""
    oldest, cursor = float(call.text("oldest") or 0), call.text("cursor")
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


def _is_within(call: Call, message: Message) -> bool:
    oldest, latest, ts = float(call.text("oldest") or 0), float(call.text("latest") or "inf"), float(message.ts)
    return oldest < ts < latest or (call.flag("inclusive") and ts in (oldest, latest))


def _told(call: Call, messages: Sequence[Message], cursor: str) -> Json:
    return {
        "messages": [message_json(each, call.flag("include_all_metadata")) for each in messages],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
