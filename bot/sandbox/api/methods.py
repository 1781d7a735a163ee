"""The Web API: which method does what, who may call it, and how an answer looks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.api import (
    chat as api_chat,
)
from bot.sandbox.api import (
    conversations as api_conversations,
)
from bot.sandbox.api import (
    files,
)
from bot.sandbox.api import (
    people as api_people,
)
from bot.sandbox.api import (
    views as api_views,
)
from bot.sandbox.api.asked import SlackError
from bot.sandbox.api.call import Call
from bot.sandbox.records import DIRECT, Json
from bot.sandbox.rules.images import blocks_of
from bot.sandbox.rules.rates import POSTING
from bot.sandbox.slack.workspace import Rejected

ROUTES: dict[str, Callable[[Call], Json]] = {
    "api.test": api_people.api_test,
    "auth.test": api_people.auth_test,
    "users.info": api_people.users_info,
    "users.list": api_people.users_list,
    "users.lookupByEmail": api_people.users_lookup_by_email,
    "users.conversations": api_conversations.users_conversations,
    "usergroups.list": api_people.usergroups_list,
    "usergroups.users.list": api_people.usergroups_users_list,
    "usergroups.users.update": api_people.usergroups_users_update,
    "conversations.open": api_conversations.conversations_open,
    "conversations.info": api_conversations.conversations_info,
    "conversations.list": api_conversations.conversations_list,
    "conversations.join": api_conversations.conversations_join,
    "conversations.members": api_conversations.conversations_members,
    "conversations.history": api_conversations.conversations_history,
    "conversations.replies": api_conversations.conversations_replies,
    "conversations.setTopic": api_conversations.conversations_set_topic,
    "chat.postMessage": api_chat.chat_post_message,
    "chat.postEphemeral": api_chat.chat_post_ephemeral,
    "chat.update": api_chat.chat_update,
    "chat.delete": api_chat.chat_delete,
    "views.open": api_views.views_open,
    "views.push": api_views.views_push,
    "views.update": api_views.views_update,
    "views.publish": api_views.views_publish,
    "files.getUploadURLExternal": files.files_get_upload_url_external,
    "files.completeUploadExternal": files.files_complete_upload_external,
    "files.info": files.files_info,
    "files.delete": files.files_delete,
}


@dataclass(frozen=True)
class Result:
    """What a method answers, over HTTP."""

    body: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def answer(method: str, call: Call) -> Result:
    """Do what `method` asks and say what came of it; a refusal is an answer too. The token is known to be right."""
    granted = {"x-oauth-scopes": ",".join(sorted(call.scopes))}
    try:
        call.workspace.fetch(blocks_of({"blocks": call.tree("blocks", list), "view": call.tree("view", dict)}))
        with call.workspace.lock:
            return Result({"ok": True, **_done(method, call)}, headers=granted)
    except Rejected as rejected:
        return Result({"ok": False, **_refusal(rejected.problems)}, headers=granted)
    except SlackError as refused:
        wait = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
        status = 429 if refused.retry_after else 200
        return Result({"ok": False, "error": refused.error, **refused.more}, status, granted | wait)


def _done(method: str, call: Call) -> Json:
    if method not in ROUTES:
        raise SlackError("unknown_method", req_method=method)
    call.workspace.count(method)
    call.check_scope(_kind(method, call))
    call.check()
    if method != POSTING:  # which is counted by channel, where that is known
        call.count(method)
    return ROUTES[method](call)


def _kind(method: str, call: Call) -> str | None:
    channel = call.workspace.channels.get(call.text("channel"))
    if channel:
        return channel.kind
    return DIRECT if method == "conversations.open" else None


def _refusal(problems: list[str]) -> Json:
    """Slack's words for what `limits.py` found: the first problem decides."""
    first = problems[0]
    if first.startswith("text: missing"):
        error = "no_text"
    elif first.startswith("text:"):
        error = "msg_too_long"
    elif first.startswith("metadata:"):
        error = "metadata_too_large" if "more than" in first else "invalid_metadata_format"
    elif first.startswith("total:"):
        error = "msg_blocks_too_long"
    else:
        error = "invalid_blocks" if first.startswith("blocks") else "invalid_arguments"
    return {"error": error, "response_metadata": {"messages": [f"[ERROR] {problem}" for problem in problems]}}
