"""Which scope each Web API method asks of a bot token.

Source: the "Scopes" of each method's page, https://docs.slack.dev/reference/methods/<method>, and the "Compatible API
methods" of each scope's page, https://docs.slack.dev/reference/scopes. Where a page names several, any one is enough:
for the Conversations API it is the one of the conversation's kind.
"""

from bot.sandbox.records import CHANNEL, DIRECT, PRIVATE

AnyOf = dict[str, tuple[str, ...]]  # scopes by method, or by kind of conversation: any one of them is enough

# Methods whose scope does not depend on the conversation. An empty tuple: any token may.
BY_METHOD: AnyOf = {
    "api.test": (),
    "auth.test": (),
    "apps.connections.open": (),  # of a bot token; an app token has connections:write
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "conversations.join": ("channels:join",),
    "chat.postMessage": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.delete": ("chat:write",),
    "views.open": (),
    "views.update": (),
    "views.push": (),
    "views.publish": (),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.info": ("files:read",),
    "files.delete": ("files:write",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "usergroups.users.update": ("usergroups:write",),
}

_READ: AnyOf = {CHANNEL: ("channels:read",), PRIVATE: ("groups:read",), DIRECT: ("im:read",)}
_HISTORY: AnyOf = {CHANNEL: ("channels:history",), PRIVATE: ("groups:history",), DIRECT: ("im:history",)}
_OPEN: AnyOf = {DIRECT: ("im:write",)}
_TOPIC: AnyOf = {
    CHANNEL: ("channels:manage", "channels:write.topic"),
    PRIVATE: ("groups:write", "groups:write.topic"),
    DIRECT: ("im:write", "im:write.topic"),
}
BY_KIND: dict[str, AnyOf] = {
    "conversations.open": _OPEN,
    "conversations.info": _READ,
    "conversations.list": _READ,
    "users.conversations": _READ,
    "conversations.members": _READ,
    "conversations.history": _HISTORY,
    "conversations.replies": _HISTORY,
    "conversations.setTopic": _TOPIC,
}

COMMANDS = "commands"  # without it the app has no slash commands
PUBLIC = "chat:write.public"  # post in public channels without being a member
EMAIL = "users:read.email"  # without it users.info and users.list leave the address out

ALL = frozenset(
    [
        *(COMMANDS, PUBLIC),
        *(scope for any_of in BY_METHOD.values() for scope in any_of),
        *(scope for kinds in BY_KIND.values() for any_of in kinds.values() for scope in any_of),
    ]
)


def missing(method: str, kind: str | None, granted: frozenset[str]) -> str | None:
    """What `method` needs and a token with `granted` lacks (Slack's `needed`, alternatives joined by commas), or None.

    `kind` is the conversation's, None where there is none to look at.
    """
    any_of = BY_METHOD.get(method, ()) if method not in BY_KIND else BY_KIND[method].get(kind or "", ())
    return None if not any_of or granted.intersection(any_of) else ",".join(any_of)
