"""What the bot asks of Slack's Web API, and what each answer means.

A definite answer is `ok` or an error of the API; a timeout, a dropped or truncated answer and a 5xx leave open whether
the request took effect. The client never retries by itself: it would post twice when a connection drops after the
request was accepted. https://docs.slack.dev/reference/methods
"""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.request import Request, urlopen

from slack_sdk import WebClient

from bot.ask import Block, Reply
from bot.slack_trouble import (
    POSTING,
    Refused,
    part,
    understood,
)

EVENT = "oncall_message"
PAGE = 200
HOME_CHANGED = "hash_conflict"
QUICK_SECONDS = 2  # somebody waits for a modal, and a trigger is good for three


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands: ids of the conversation and of the message, or of the file, whose message Slack does not
    tell."""

    channel: str
    ts: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the workspace, or of another one; `full`: neither a guest nor of another workspace nor gone."""

    id: str
    full: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is: its workspace's id and name, its own ids, and the scopes it was given."""

    team_id: str
    team: str
    user_id: str
    bot_id: str
    scopes: frozenset[str]


class Slack:
    """One workspace, through one bot token."""

    def __init__(self, token: str, *, base_url: str = WebClient.BASE_URL, timeout: float = 10) -> None:
        """`timeout` seconds are waited for each answer."""
        seconds = cast(int, timeout)  # fractions are all right with it
        self.client = WebClient(token, base_url=base_url, timeout=seconds, retry_handlers=[])
        self._quick = WebClient(token, base_url=base_url, timeout=QUICK_SECONDS, retry_handlers=[])
        self._channels: dict[str, str] = {}
        self._direct: dict[str, str] = {}
        self._bot_id: str | None = None

    def _call(self, method: str, **arguments: Any) -> Any:
        return self._ask(self.client, method, arguments)

    def _ask(self, client: WebClient, method: str, arguments: dict[str, Any]) -> Any:
        with understood(method):
            return client.api_call(method, json=arguments)

    # Who and where

    def identity(self) -> Identity:
        """Who the bot is, by its token."""
        said = self._call("auth.test")
        scopes = str(said.headers.get("x-oauth-scopes") or said.headers.get("X-OAuth-Scopes") or "")
        given = frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
        team_id, team, user_id, bot_id = (part(said, name) for name in ("team_id", "team", "user_id", "bot_id"))
        self._bot_id = bot_id
        return Identity(team_id, team, user_id, bot_id, given)

    def opens_sockets(self) -> None:
        """Whether the token is an app token that Socket Mode takes. Raises SlackTrouble if not."""
        self._call("apps.connections.open")

    def channel_id(self, channel: str) -> str:
        """The id of a channel by its name (`#name` or `name`), or of an id itself. Raises Refused."""
        name = channel.removeprefix("#")
        if name not in self._channels:
            for found in self._all("conversations.list", "channels", types="public_channel,private_channel"):
                self._channels[found["name"]] = self._channels[found["id"]] = found["id"]
        if name not in self._channels:
            raise Refused("channel_not_found")
        return self._channels[name]

    def is_in(self, channel: str) -> bool:
        """Whether the bot is a member of a channel, by its id."""
        return bool(part(self._call("conversations.info", channel=channel), "channel").get("is_member"))

    def topic(self, channel: str) -> str:
        """A channel's topic, by its id."""
        return html.unescape(part(self._call("conversations.info", channel=channel), "channel")["topic"]["value"])

    def set_topic(self, channel: str, topic: str) -> None:
        """Set it. Slack posts a message that says so each time."""
        part(self._call("conversations.setTopic", channel=channel, topic=topic), "channel")

    def group_id(self, group: str) -> str:
        """The id of a user group by its handle (`@name` or `name`), or of an id itself. Raises Refused."""
        name = group.removeprefix("@")
        groups = part(self._call("usergroups.list"), "usergroups")
        found = next((each["id"] for each in groups if name in (each["id"], each.get("handle"))), None)
        if found is None:
            raise Refused("no_such_subteam")
        return str(found)

    def group_members(self, group: str) -> list[str]:
        """The member ids of a user group, by its id."""
        return list(part(self._call("usergroups.users.list", usergroup=group), "users"))

    def set_group_members(self, group: str, members: Sequence[str]) -> None:
        """Make these, at least one, all its members."""
        part(self._call("usergroups.users.update", usergroup=group, users=",".join(members)), "usergroup")

    def direct(self, slack_id: str) -> str:
        """The id of the direct messages with somebody."""
        if slack_id not in self._direct:
            self._direct[slack_id] = part(self._call("conversations.open", users=slack_id), "channel")["id"]
        return self._direct[slack_id]

    def member(self, slack_id: str) -> Member:
        """Somebody by their member id."""
        return _member(part(self._call("users.info", user=slack_id), "user"))

    def by_email(self, email: str) -> Member | None:
        """Somebody by their email address; None where Slack knows nobody by it."""
        try:
            return _member(part(self._call("users.lookupByEmail", email=email), "user"))
        except Refused as refused:
            if refused.problem == "users_not_found":
                return None
            raise

    def _all(self, method: str, what: str, **arguments: Any) -> Iterator[Any]:
        for page in self._pages(method, what, **arguments):
            yield from page

    def _pages(self, method: str, what: str, **arguments: Any) -> Iterator[list[Any]]:
        cursor = ""
        while True:
            page = self._call(method, limit=PAGE, **arguments, **({"cursor": cursor} if cursor else {}))
            yield part(page, what)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    # Saying things

    def post(self, channel: str, reply: Reply, key: str) -> Posted:
        """Post a message that is known by `key`, to the id of a channel or a member. Raises Refused and Unclear."""
        metadata = {"event_type": EVENT, "event_payload": {"key": key}}
        try:
            said = self._call(POSTING, channel=channel, **_content(reply), metadata=metadata)
        except Refused as refused:
            if refused.problem == "channel_not_found":  # another channel may have its name by the next time
                self._channels.clear()
            raise
        return Posted(part(said, "channel"), part(said, "ts"))

    def edit(self, posted: Posted, reply: Reply) -> None:
        """Change a message. The same again is harmless."""
        part(self._call("chat.update", channel=posted.channel, ts=posted.ts, **_content(reply)), "ts")

    def find(self, channel: str, key: str, since: float, each_page: Callable[[], None]) -> Posted | None:
        """The bot's own message that is known by `key`, if it was posted after `since` (Unix seconds). `each_page` is
        called before each page of the history, which takes its time."""
        for message in self._history(channel, since, each_page):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == key:
                return Posted(channel, message["ts"])
        return None

    def find_file(
        self, channel: str, name: str, since: float, each_page: Callable[[], None], thread: str | None = None
    ) -> Posted | None:
        """The same of a file of this name, in the thread of a message where one is given."""
        for message in self._history(channel, since, each_page, thread):
            for file in message.get("files") or []:
                if file.get("name") == name:
                    return Posted(channel, file["id"])
        return None

    def find_files(
        self, channel: str, beginning: str, since: float, each_page: Callable[[], None], thread: str
    ) -> list[str]:
        """The ids of all files in the thread of a message whose names begin so."""
        messages = self._history(channel, since, each_page, thread)
        files = (file for message in messages for file in message.get("files") or [])
        return [file["id"] for file in files if str(file.get("name")).startswith(beginning)]

    def _history(
        self, channel: str, since: float, each_page: Callable[[], None], thread: str | None = None
    ) -> Iterator[Any]:
        asked = {"channel": channel, "oldest": f"{since:.6f}", "include_all_metadata": True}
        method = "conversations.replies" if thread else "conversations.history"
        pages = self._pages(method, "messages", **asked, **({"ts": thread} if thread else {}))
        each_page()
        for page in pages:
            # Another installation of the bot in the same channel has messages of the same keys.
            yield from (m for m in page if self._bot_id is None or m.get("bot_id") in (None, self._bot_id))
            each_page()

    def send_file(self, name: str, content: bytes) -> str:
        """Send a file, which nobody sees before it is shared. Returns its id."""
        with understood("files.getUploadURLExternal"):
            answer = self.client.files_getUploadURLExternal(filename=name, length=len(content))
            address, file_id = str(part(answer, "upload_url")), str(part(answer, "file_id"))
            with urlopen(Request(address, data=content, method="POST"), timeout=self.client.timeout):
                return file_id

    def share_file(self, channel: str, file_id: str, title: str, thread: str | None = None) -> None:
        """Share a file that was sent, in the thread of a message where one is given. It appears a little later."""
        with understood("files.completeUploadExternal"):
            shared: list[dict[str, str | None]] = [{"id": file_id, "title": title}]
            done = self.client.files_completeUploadExternal(files=shared, channel_id=channel, thread_ts=thread)
            part(done, "files")

    def remove_file(self, file_id: str) -> None:
        """Take a file away, wherever it was shared. One that is gone already stays so."""
        try:
            self._call("files.delete", file=file_id)
        except Refused as refused:
            if refused.problem not in ("file_not_found", "file_deleted"):
                raise

    # Answering a press, and the home

    def open_modal(self, trigger: str, view: dict[str, Any]) -> None:
        """Open a modal with a trigger, which is good for three seconds and once."""
        self._ask(self._quick, "views.open", {"trigger_id": trigger, "view": view})

    def change_modal(self, view_id: str, view: dict[str, Any]) -> None:
        """Show another view in a modal that is open. The same again is harmless."""
        self._ask(self._quick, "views.update", {"view_id": view_id, "view": view})

    def publish_home(self, slack_id: str, view: dict[str, Any], over: str | None = None) -> bool:
        """Show a member their home; only in place of the one with the hash `over`, if that is given. Returns whether it
        was. The same again is harmless."""
        only = {"hash": over} if over else {}
        try:
            self._ask(self._quick, "views.publish", {"user_id": slack_id, "view": view, **only})
        except Refused as refused:
            if refused.problem == HOME_CHANGED:
                return False
            raise
        return True


def _content(reply: Reply) -> dict[str, Any]:
    blocks: list[Block] = reply.blocks
    return {"text": reply.text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _member(user: dict[str, Any]) -> Member:
    guest = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted", "is_bot"))
    return Member(user["id"], not guest)
