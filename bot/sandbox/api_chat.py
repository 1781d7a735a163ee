"""chat.*"""

from bot.sandbox import scopes
from bot.sandbox.asked import SlackError
from bot.sandbox.call import Call, message_json
from bot.sandbox.rates import POSTING
from bot.sandbox.records import CHANNEL, DIRECT, PRIVATE, Channel, Json, Message
from bot.sandbox.workspace import BOT_USER


def chat_post_message(call: Call) -> Json:
    """chat.postMessage, to the id of a conversation or a person, or to the name of a channel."""
    channel = _writable(call)
    call.count(POSTING, channel.id)
    message = call.workspace.post(_message(call, channel))
    return {"channel": channel.id, "ts": message.ts, "message": message_json(message, with_metadata=True)}


def chat_post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral"""
    channel, user = _writable(call), call.user()
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _message(call, channel)
    message.ephemeral_to, message.metadata = user.id, None
    return {"message_ts": call.workspace.post(message).ts}


def chat_update(call: Call) -> Json:
    """chat.update: the bot's own messages; an ephemeral one is not found, for Slack keeps none."""
    message = _own(call, "cant_update_message")
    text = call.text("text", message.text)
    call.workspace.change(message, text, call.tree("blocks", list) or [], call.tree("metadata", dict))
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": message_json(message)}


def chat_delete(call: Call) -> Json:
    """chat.delete: the bot's own messages."""
    message = _own(call, "cant_delete_message")
    call.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def _own(call: Call, otherwise: str) -> Message:
    message = call.workspace.message(call.channel().id, call.text("ts"))
    if message is None or message.ephemeral:
        raise SlackError("message_not_found")
    if not message.bot:
        raise SlackError(otherwise)
    return message


def _writable(call: Call) -> Channel:
    channel = _addressed(call)
    if channel.archived:
        raise SlackError("is_archived")
    if channel.kind == CHANNEL and BOT_USER not in channel.members and scopes.PUBLIC not in call.scopes:
        raise SlackError("not_in_channel")
    return channel


def _addressed(call: Call) -> Channel:
    to = call.text("channel")
    user = call.workspace.users.get(to)
    if user and not user.deleted:
        return call.workspace.direct(user.id)
    channel = call.workspace.channel(to)
    hidden = channel is not None and channel.kind in (PRIVATE, DIRECT) and BOT_USER not in channel.members
    if channel is None or hidden:
        raise SlackError("channel_not_found")
    return channel


def _message(call: Call, channel: Channel) -> Message:
    blocks, metadata, thread = (
        call.tree("blocks", list) or [],
        call.tree("metadata", dict),
        call.text("thread_ts") or None,
    )
    return Message("", channel.id, BOT_USER, call.text("text"), blocks, thread, metadata, bot=True)
