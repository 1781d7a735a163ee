"""chat.*"""

from bot.sandbox.api.asked import SlackError
from bot.sandbox.api.call import Call
from bot.sandbox.records import CHANNEL, Channel, Json, SlackMessage
from bot.sandbox.rules import scopes
from bot.sandbox.rules.rates import POSTING
from bot.sandbox.slack.shapes import message_json
from bot.sandbox.slack.workspace import BOT_USER


def chat_post_message(call: Call) -> Json:
    """chat.postMessage, to the id of a conversation or a person, or to the name of a channel."""
    channel = _writable(call)
    call.count(POSTING, channel.id)
    message = call.workspace.post(_message(call, channel))
    return {"channel": channel.id, "ts": message.ts, "message": message_json(message, with_metadata=True)}


def chat_post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral, to somebody in the conversation."""
    channel, user = _writable(call), call.text("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _message(call, channel)
    message.ephemeral_to, message.metadata = user, None
    return {"message_ts": call.workspace.post(message).ts}


def chat_update(call: Call) -> Json:
    """chat.update: the bot's own messages, where it is a member; an ephemeral one is not found, for Slack keeps none.
    Without metadata, what was there stays; an empty object takes it away."""
    if "text" not in call.args and "blocks" not in call.args:
        raise SlackError("no_text")
    channel = _member(call)
    if channel.archived:
        raise SlackError("is_inactive")
    message = _own(call, channel, "cant_update_message")
    lasts = call.workspace.rules.edits_for
    if lasts is not None and call.workspace.seconds() - message.arrived > lasts:
        raise SlackError("edit_window_closed")
    text = call.text("text", message.text)
    call.workspace.change(message, text, call.tree("blocks", list) or [], call.tree("metadata", dict))
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": message_json(message)}


def chat_delete(call: Call) -> Json:
    """chat.delete: the bot's own messages, where it is a member."""
    message = _own(call, _member(call), "cant_delete_message")
    call.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def _member(call: Call) -> Channel:
    """A conversation that the bot is in, by its id: of others the pages of these methods say `channel_not_found`."""
    channel = call.channel()
    if BOT_USER not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def _own(call: Call, channel: Channel, otherwise: str) -> SlackMessage:
    message = call.workspace.message(channel.id, call.text("ts"))
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
    """By the id of a conversation that the bot may know of or of a person, or by the name of a public channel."""
    to = call.text("channel")
    user = call.workspace.users.get(to)
    if user and not user.deleted:
        return call.workspace.direct(user.id)
    channel = call.workspace.channel(to)
    by_name = channel is not None and channel.id != to
    if channel is None or (channel.kind != CHANNEL and (by_name or BOT_USER not in channel.members)):
        raise SlackError("channel_not_found")
    return channel


def _message(call: Call, channel: Channel) -> SlackMessage:
    blocks, metadata, thread = call.tree("blocks", list) or [], call.tree("metadata", dict), call.text("thread_ts")
    parent = call.workspace.message(channel.id, thread)
    if thread and (parent is None or parent.ephemeral):
        raise SlackError("cannot_reply_to_message")
    return SlackMessage("", channel.id, BOT_USER, call.text("text"), blocks, thread or None, metadata, bot=True)
