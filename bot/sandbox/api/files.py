"""files.*: the upload in three steps that `files_upload_v2` makes."""

import mimetypes
import secrets
from functools import partial

from bot.sandbox.api.asked import SlackError, whole, wrong
from bot.sandbox.api.call import Call
from bot.sandbox.records import PRIVATE, Channel, File, Json, SlackMessage
from bot.sandbox.slack.workspace import BOT_USER, Workspace

ALT_TEXT = 1_000
SHARED_AFTER = 0.02  # seconds: the answer comes before the file is shared, and without the message's ts


def files_get_upload_url_external(call: Call) -> Json:
    """files.getUploadURLExternal, for a file of just this length in bytes."""
    name, length = call.text("filename"), whole(call.text("length"))
    if not name or length is None:
        raise wrong("filename and length")
    if length == 0:
        raise SlackError("missing_argument")
    if len(call.text("alt_txt")) > ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    shareable = "alt_txt" not in call.args
    file = File(f"F{secrets.token_hex(5).upper()}", name, length=length, mimetype=kind, shareable=shareable)
    call.workspace.files[file.id] = file
    return {"upload_url": f"{call.url}/upload/{file.id}", "file_id": file.id}


def upload(workspace: Workspace, file_id: str, content: bytes) -> int:
    """The bytes arrive at the upload URL: the status of the answer. Slack says that any but 200 is a failure."""
    file = workspace.files.get(file_id)
    if file is None:
        return 404
    if len(content) != file.length:
        return 400
    file.content, file.uploaded = content, True
    return 200


def files_complete_upload_external(call: Call) -> Json:
    """files.completeUploadExternal, once: a message with the files appears in each channel a moment later."""
    named = call.tree("files", list) or []
    if not named or not all(isinstance(each, dict) for each in named):
        raise wrong("must be objects: files")
    files = [call.workspace.files.get(each.get("id", "")) for each in named]
    whole = [file for file in files if file and file.uploaded and not file.completed]
    if len(whole) < len(named):
        raise SlackError("file_not_found")
    channels = [_shared_in(call, each) for each in _channels(call)]
    if call.text("thread_ts") and len(channels) != 1:
        raise wrong("only one channel with thread_ts")
    for file, each in zip(whole, named, strict=True):
        file.title, file.completed = each.get("title") or file.name, True
    if all(file.shareable for file in whole):
        for channel in channels:
            call.later(SHARED_AFTER, partial(_share, call, channel, whole))
    return {"files": [{"id": file.id, "title": file.title} for file in whole]}


def files_delete(call: Call) -> Json:
    """files.delete: gone from wherever it was shared, with messages that hold nothing else."""
    file = _file(call)
    file.deleted = True
    for message in [each for each in call.workspace.timeline if file in each.files]:
        message.files.remove(file)
        if message.files or message.text or message.blocks:
            call.workspace.change(message, message.text, message.blocks, message.metadata)
        else:
            call.workspace.remove(message)
    return {}


def files_info(call: Call) -> Json:
    """files.info"""
    return {"file": file_json(_file(call), call.url)}


def _file(call: Call) -> File:
    file = call.workspace.files.get(call.text("file"))
    if file is None or not file.completed:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    return file


def file_json(file: File, url: str) -> Json:
    """A file as the API shows it."""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "channels": file.shared_in,
        "url_private": f"{url}/files/{file.id}/{file.name}",
    }


def _channels(call: Call) -> list[str]:
    return [each for each in (call.text("channel_id"), *call.names("channels")) if each]


def _shared_in(call: Call, channel_id: str) -> Channel:
    channel = call.workspace.channels.get(channel_id)
    if channel is None or (channel.kind == PRIVATE and BOT_USER not in channel.members):
        raise SlackError("channel_not_found")
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("posting_to_channel_denied")
    return channel


def _share(call: Call, channel: Channel, files: list[File]) -> None:
    text, thread = call.text("initial_comment"), call.text("thread_ts") or None
    for file in files:
        file.shared_in.append(channel.id)
    message = SlackMessage("", channel.id, BOT_USER, text, thread_ts=thread, files=files, bot=True)
    call.workspace.post(message)
