"""How each Web API method takes its arguments, which of them it must have, and what is answered where one is missing.

Every method takes a query and a form (application/x-www-form-urlencoded). JSON bodies are for most methods that write,
by https://docs.slack.dev/apis/web-api ("Most write methods allow arguments with application/json"). About the others
sources differ: the pages at https://docs.slack.dev/reference/methods/<method> name both types below every method; those
at https://api.slack.com/methods/<method>, which were written by hand, say of methods that read "does not currently
accept application/json"; and who sent it all the same measured `user_not_found`, `invalid_arguments` with "missing
required field", and lists that knew nothing of `types` and `cursor`. The stricter is kept: a method whose page begins
with GET, or did (files.getUploadURLExternal), reads no JSON. What stands in JSON it never sees.

Required arguments, and the error without them, are from the same pages; where a page names none, it is the usual one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

MISSING = "invalid_arguments"  # with "missing required field" beside it


@dataclass(frozen=True)
class Takes:
    """The `types` that arguments may come in, and `required` ones, each with the error of a call without it."""

    types: tuple[str, ...]
    required: Mapping[str, str] = field(default_factory=dict)


def _reads(*required: str, **errors: str) -> Takes:
    return Takes((FORM,), {**dict.fromkeys(required, MISSING), **errors})


def _writes(*required: str, **errors: str) -> Takes:
    return Takes((FORM, JSON), {**dict.fromkeys(required, MISSING), **errors})


BY_METHOD: Mapping[str, Takes] = {
    "api.test": _writes(),
    "apps.connections.open": _writes(),
    "auth.test": _writes(),
    "chat.delete": _writes("channel", "ts"),
    "chat.postEphemeral": _writes("channel", "user"),
    "chat.postMessage": _writes("channel"),
    "chat.update": _writes("channel", "ts"),
    "conversations.history": _reads("channel"),
    "conversations.info": _reads("channel"),
    "conversations.join": _writes("channel"),
    "conversations.list": _reads(),
    "conversations.members": _reads("channel"),
    "conversations.open": _writes(),
    "conversations.replies": _reads(channel="channel_not_found", ts="thread_not_found"),
    "conversations.setTopic": _writes("channel", "topic"),
    "files.completeUploadExternal": _writes("files"),
    "files.delete": _writes("file"),
    "files.getUploadURLExternal": _reads("filename", length="missing_argument"),
    "files.info": _reads("file"),
    "usergroups.list": _reads(),
    "usergroups.users.list": _reads("usergroup"),
    "usergroups.users.update": _writes("usergroup", users="no_users_provided"),
    "users.conversations": _reads(),
    "users.info": _reads(user="user_not_found"),
    "users.list": _reads(),
    "users.lookupByEmail": _reads("email"),
    "views.open": _writes("view"),
    "views.publish": _writes("user_id", "view"),
    "views.push": _writes("view"),
    "views.update": _writes("view"),
}

BY_POST_WITH_HEADER = frozenset({"apps.connections.open"})  # by POST only, the token nowhere but in its header
