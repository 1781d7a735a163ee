"""One call of a Web API method: its arguments, and the conversations and people that they name."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.sandbox.api.asked import Arguments, SlackError, whole, wrong
from bot.sandbox.api.pages import MOST, USUAL, BadCursor, Page
from bot.sandbox.records import DIRECT, PRIVATE, Channel, Json, User
from bot.sandbox.rules import scopes
from bot.sandbox.rules.types import BY_METHOD, MISSING
from bot.sandbox.slack.escaping import plain
from bot.sandbox.slack.workspace import BOT_USER, TEAM, Workspace

YES, NO = ("1", "true"), ("0", "false")
NO_TREE = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}

Do = Callable[[], None]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Call:
    """A call of `method` to answer: what was `asked`, with these `scopes`. `url`: the fake's own. `later(seconds, do)`
    does something after the answer.

    `lag`: how many real seconds the history is behind. `repeats`: cursors lead to themselves.
    """

    method: str
    workspace: Workspace
    asked: Arguments
    scopes: frozenset[str]
    url: str
    later: Callable[[float, Do], None]
    lag: float = 0.0
    repeats: bool = False

    @property
    def args(self) -> Json:
        """What the bot sent with it, read from JSON or from a form."""
        return self.asked.arguments

    def check(self) -> None:
        """Raises SlackError where a required argument is missing. That is remembered as rejected, and so is what came
        in a type that the method does not take, which Slack says nothing of."""
        rejected = self.workspace.rejected
        if self.asked.dropped:
            rejected.append(f"{self.method}: {', '.join(sorted(self.asked.dropped))} in JSON, which it does not read")
        for name, error in BY_METHOD[self.method].required.items():
            if name not in self.args:
                rejected.append(f"{self.method}: without {name}")
                raise wrong(f"missing required field: {name}", error=error)

    def check_scope(self, kind: str | None) -> None:
        """Raises SlackError where the token lacks a scope for a conversation of this kind (None: for none)."""
        if needed := scopes.missing(self.method, kind, self.scopes):
            raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))

    def text(self, name: str, default: str = "") -> str:
        """An argument as text. Raises SlackError where it is none."""
        value = self.args.get(name, default)
        if isinstance(value, dict | list):
            raise wrong(f"must be a string: {name}")
        return str(value)

    def flag(self, name: str) -> bool:
        """An argument as a yes or no. Raises SlackError where it is neither."""
        said = self.text(name, "false").lower()
        if said not in (*YES, *NO):
            raise wrong(f"must be a boolean: {name}")
        return said in YES

    def names(self, name: str) -> list[str]:
        """A list of ids: separated by commas, or an array in JSON. Raises SlackError."""
        value = self.args.get(name)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        return [each.strip() for each in self.text(name).split(",") if each.strip()]

    def tree(self, name: str, kind: type[_T]) -> _T | None:
        """A JSON argument of this kind, a list or a dict, which calls that come as a form send as text. None when
        absent. Raises SlackError."""
        value = self.args.get(name)
        if isinstance(value, str) and not self.asked.as_json:
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise wrong(f"not valid JSON: {name}", error=NO_TREE.get(name, MISSING)) from None
        if value is not None and not isinstance(value, kind):
            raise wrong(f"of the wrong type: {name}", error=NO_TREE.get(name, MISSING))
        return value

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
        """The conversation that an argument names, where the bot is a member of it. Raises SlackError."""
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
        given = whole(self.text("limit") or "0")
        if given is None or given > MOST:
            raise SlackError("invalid_limit")
        return given or USUAL

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
