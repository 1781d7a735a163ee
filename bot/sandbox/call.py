"""One call of a Web API method: its arguments, whose token it came with, and the errors it can end in."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.sandbox.escaping import plain
from bot.sandbox.pages import MOST, USUAL, BadCursor, Page
from bot.sandbox.records import DIRECT, PRIVATE, Channel, Json, Message, User
from bot.sandbox.workspace import APP, BOT, BOT_USER, TEAM, Workspace

Do = Callable[[], None]
_T = TypeVar("_T")


class SlackError(Exception):
    """The answer is `{"ok": false, "error": error, …}`; with `retry_after` (seconds) it is a 429."""

    def __init__(self, error: str, retry_after: int | None = None, **more: object) -> None:
        """`more` stands in the answer beside the error."""
        super().__init__(error)
        self.error, self.retry_after, self.more = error, retry_after, more


@dataclass(frozen=True)
class Call:
    """A call of `method` to answer. `url` is the fake's own; `later(seconds, do)` does something after the answer.

    `lag`: how many real seconds the history is behind. `repeats`: cursors lead to themselves.
    """

    method: str
    workspace: Workspace
    args: dict[str, Any]
    scopes: frozenset[str]
    url: str
    later: Callable[[float, Do], None]
    lag: float = 0.0
    repeats: bool = False

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """An argument as a yes or no."""
        return self.text(name).lower() in ("1", "true")

    def tree(self, name: str) -> Any:
        """A JSON argument, which form-encoded calls send as text. None when absent. Raises SlackError."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(f"invalid_{name}_format" if name == "metadata" else "invalid_json") from None

    def user(self, name: str = "user") -> User:
        """The person an argument names. Raises SlackError."""
        user = self.workspace.users.get(self.text(name))
        if user is None:
            raise SlackError("user_not_found")
        return user

    def channel(self, name: str = "channel") -> Channel:
        """The conversation whose id an argument gives, private ones only if the bot is in them. Raises SlackError."""
        channel = self.workspace.channels.get(self.text(name))
        if channel is None or (channel.kind == PRIVATE and BOT_USER not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined(self, name: str = "channel") -> Channel:
        """The same, of those that the bot is a member of. Raises SlackError."""
        channel = self.channel(name)
        if BOT_USER not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def count(self, method: str, channel: str = "") -> None:
        """Count this call of the method. Raises SlackError where that is one too many."""
        wait = self.workspace.rates.take(method, channel, self.workspace.seconds())
        if wait:
            raise SlackError("ratelimited", retry_after=wait)

    @property
    def limit(self) -> int:
        """How many items a page may have. Raises SlackError."""
        given = self.text("limit") or "0"
        if not given.isdigit() or int(given) > MOST:
            raise SlackError("invalid_limit")
        return int(given) or USUAL

    def page(self, items: Sequence[_T], name: Callable[[_T], str], fewer: int = 1) -> tuple[list[_T], str]:
        """The items that `limit` and `cursor` ask for, by their names, which are unique, and the next cursor ("" at the
        end). `fewer`: a harsh Slack gives one of so many that were asked for. Raises SlackError."""
        asked = Page(self.method, self.limit, self.text("cursor"), self.workspace.seconds(), self.repeats)
        try:
            return asked.of(items, name, fewer if self.workspace.rules.harsh else 1)
        except BadCursor:
            raise SlackError("invalid_cursor") from None


def channel_json(channel: Channel) -> Json:
    """A conversation as the API shows it."""
    shown: Json = {"id": channel.id, "is_im": channel.kind == DIRECT, "is_archived": channel.archived}
    if channel.kind == DIRECT:
        return {**shown, "user": channel.user, "is_open": True}
    return {
        **shown,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind != PRIVATE,
        "is_group": False,
        "is_mpim": False,
        "is_private": channel.kind == PRIVATE,
        "is_shared": channel.shared_by is not None,
        "is_ext_shared": channel.shared_by is not None,
        "is_org_shared": False,
        "shared_team_ids": [TEAM, *([channel.shared_by] if channel.shared_by else [])],
        "is_member": BOT_USER in channel.members,
        "topic": {"value": plain(channel.topic), "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def user_json(workspace: Workspace, user: User, with_email: bool) -> Json:
    """Somebody as the API and events show them. https://docs.slack.dev/reference/objects/user-object: who is of another
    workspace is no `is_stranger` where they share a channel with the bot."""
    here, enterprise = user.team_id in (None, TEAM), user.enterprise_id or workspace.enterprise
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id or TEAM,
        "name": user.handle,
        "real_name": user.name,
        "deleted": user.deleted,
        "tz": user.tz,
        "profile": {"real_name": user.name, "display_name": user.name},
        "is_admin": user.role == "admin",
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_stranger": not here and not any({user.id, BOT_USER} <= c.members for c in workspace.channels.values()),
        "is_bot": user.id == BOT_USER,
    }
    if with_email and user.email:
        shown["profile"]["email"] = user.email
    if (here and workspace.enterprise) or user.enterprise_id:
        there = {"enterprise_id": enterprise, "enterprise_name": "Acme", "teams": [user.team_id or TEAM]}
        shown["enterprise_user"] = {"id": user.id, "is_admin": False, "is_owner": False, **there}
    return shown


def message_json(message: Message, with_metadata: bool = False) -> Json:
    """A message as the API shows it."""
    shown: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.bot:
        shown |= {"bot_id": BOT, "app_id": APP, "blocks": message.blocks}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.files:
        shown["files"] = [{"id": file.id, "name": file.name, "title": file.title} for file in message.files]
    if with_metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown
