"""What the bot asks of Slack's Web API, and what each answer means.

A definite answer is `ok` or an error of the API; a timeout, a dropped or truncated answer and a 5xx leave open whether
the request took effect. The client never retries by itself: it would post twice when a connection drops after the
request was accepted. https://docs.slack.dev/reference/methods

Each method is asked by the SDK's own function for it, which knows how: most methods that read take their arguments in
the query or a form, and take no notice of a JSON body. https://docs.slack.dev/apis/web-api#slack-web-api__basics__post-bodies
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.slack.clients import Client
from bot.slack.paging import Ask, Paging
from bot.slack.trouble import HALF, POSTING, SlackRefused, Unclear, part, parts, understood
from bot.speech.ask import Reply
from bot.speech.mrkdwn import unescape

EVENT = "oncall_message"
HOME_CHANGED = "hash_conflict"
PUBLIC, PRIVATE = "public_channel", "private_channel"  # asked for apart: pages of both hold fewer than ten
NOT_FULL = ("is_restricted", "is_ultra_restricted", "deleted", "is_bot")
QUICK_SECONDS = 2  # somebody waits for a modal, and a trigger is good for three


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands: ids of the conversation and of the message, or of the file, whose message Slack does not
    tell."""

    channel: str
    ts: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, by its id and name; `gone`: it is archived."""

    id: str
    name: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """What of a conversation is looked through: since when (Unix seconds), or the thread of a message. `attempt` tells
    one look-up from the next: what was read for one holds no longer once something may have been posted since.
    `each_page` is called before each page, which takes its time."""

    channel: str
    since: float
    each_page: Callable[[], None]
    thread: str | None = None
    attempt: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the workspace, or of another one; `full`: neither a guest nor of another workspace nor gone.
    `enterprise_id`: the organisation that they are a full member of, here or in another of its workspaces."""

    id: str
    full: bool
    enterprise_id: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is: its workspace's id and name, its own ids, the scopes it was given, and the organisation that its
    workspace is of, if it is of one."""

    team_id: str
    team: str
    user_id: str
    bot_id: str
    scopes: frozenset[str]
    enterprise_id: str | None = None


class Slack:
    """One workspace, through one bot token."""

    def __init__(self, token: str, *, base_url: str = WebClient.BASE_URL, timeout: float = 10) -> None:
        """`timeout` seconds are waited for each answer."""
        self.client = Client(token, base_url=base_url, timeout=timeout)
        self._quick = Client(token, base_url=base_url, timeout=QUICK_SECONDS)
        self.paging = Paging()
        self._direct: dict[str, str] = {}
        self._team_id: str | None = None
        self._bot_id: str | None = None

    def tell_time(self, to: Callable[[datetime], None]) -> None:
        """From now on tell what Slack's clock shows, to a second, with each answer."""
        self.client.on_date = self._quick.on_date = to

    def stop(self) -> None:
        """Ask for no further page of a list: what goes through one is not done, and can be gone on with."""
        self.paging.stop()

    # Who and where

    def identity(self) -> Identity:
        """Who the bot is, by its token."""
        said = _asked(self.client.auth_test)
        scopes = str(said.headers.get("x-oauth-scopes") or said.headers.get("X-OAuth-Scopes") or "")
        given = frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
        team_id, team, user_id, bot_id = (part(said, name) for name in ("team_id", "team", "user_id", "bot_id"))
        self._team_id, self._bot_id = team_id, bot_id
        return Identity(team_id, team, user_id, bot_id, given, said.get("enterprise_id"))

    def socket_address(self) -> str:
        """Where to connect by Socket Mode, with a ticket that is good once and soon: not for logging. The token must be
        an app token. Raises SlackTrouble."""
        said = _asked(self.client.apps_connections_open, app_token=str(self.client.token))
        return str(part(said, "url"))

    def my_channels(self, looking_for: str) -> Iterator[list[Place]]:
        """The channels that the bot is in, page by page; gone on with where it was left off, by whoever is
        `looking_for` the same. Raises SlackTrouble."""
        for kind in (PUBLIC, PRIVATE):
            ask = partial(_asked, self.client.users_conversations, types=kind)
            yield from self._listed(ask, ("mine", kind, looking_for))

    def all_channels(self, looking_for: str) -> Iterator[list[Place]]:
        """All public channels that are not archived, page by page, gone on with where it was left off: Slack takes
        about 20 pages a minute, and they are not full. Private ones are seen only by who is in them. Raises
        SlackTrouble."""
        ask = partial(_asked, self.client.conversations_list, types=PUBLIC, exclude_archived=True)
        yield from self._listed(ask, ("all", looking_for))

    def _listed(self, ask: Ask, what: tuple[str, ...]) -> Iterator[list[Place]]:
        for page in self.paging.pages(ask, what):
            yield [_place(found) for found in parts(page, "channels")]

    def is_in(self, channel: str) -> bool:
        """Whether the bot is a member of a channel, by its id."""
        return bool(self._channel(channel).get("is_member"))

    def topic(self, channel: str) -> str:
        """A channel's topic, by its id."""
        return unescape(self._channel(channel)["topic"]["value"])

    def _channel(self, channel: str) -> Any:
        return part(_asked(self.client.conversations_info, channel=channel), "channel")

    def set_topic(self, channel: str, topic: str) -> None:
        """Set it. Slack posts a message that says so each time."""
        part(_asked(self.client.conversations_setTopic, channel=channel, topic=topic), "channel")

    def group_id(self, group: str) -> str:
        """The id of a user group by its handle (`@name` or `name`), or of an id itself. Raises SlackRefused."""
        name = group.removeprefix("@")
        groups = part(_asked(self.client.usergroups_list), "usergroups")
        found = next((each["id"] for each in groups if name in (each["id"], each.get("handle"))), None)
        if found is None:
            raise SlackRefused("no_such_subteam")
        return str(found)

    def group_members(self, group: str) -> list[str]:
        """The member ids of a user group, by its id."""
        return list(part(_asked(self.client.usergroups_users_list, usergroup=group), "users"))

    def set_group_members(self, group: str, members: Sequence[str]) -> None:
        """Make these, at least one, all its members."""
        part(_asked(self.client.usergroups_users_update, usergroup=group, users=list(members)), "usergroup")

    def direct(self, slack_id: str) -> str:
        """The id of the direct messages with somebody."""
        if slack_id not in self._direct:
            opened = _asked(self.client.conversations_open, users=slack_id)
            self._direct[slack_id] = part(opened, "channel")["id"]
        return self._direct[slack_id]

    def member(self, slack_id: str) -> Member:
        """Somebody by their member id. Raises Unclear where the answer is about somebody else."""
        found = self.read_member(part(_asked(self.client.users_info, user=slack_id), "user"))
        if found.id != slack_id:
            raise Unclear(HALF)
        return found

    def by_email(self, email: str) -> Member | None:
        """Somebody by their email address; None where Slack knows nobody by it."""
        try:
            return self.read_member(part(_asked(self.client.users_lookupByEmail, email=email), "user"))
        except SlackRefused as refused:
            if refused.problem == "users_not_found":
                return None
            raise

    def read_member(self, user: dict[str, Any]) -> Member:
        """Somebody, out of what Slack tells of them. Who is of another workspace and shares a channel with the bot is
        no `is_stranger` to Slack: their workspace tells. Raises Unclear where that is nobody's.
        https://docs.slack.dev/reference/objects/user-object"""
        there = user.get("enterprise_user") or {} if isinstance(user, dict) else None
        if not isinstance(there, dict) or not isinstance(user.get("id"), str):
            raise Unclear(HALF)
        full = not any(user.get(flag) for flag in NOT_FULL)
        here = not user.get("is_stranger") and self._is_here({user.get("team_id"), *(there.get("teams") or ())})
        return Member(user["id"], full and here, there.get("enterprise_id") if full else None)

    def _is_here(self, teams: set[Any]) -> bool:
        if self._team_id is None:
            self.identity()
        return self._team_id in teams

    # Saying things

    def post(self, channel: str, reply: Reply, key: str) -> Posted:
        """Post a message that is known by `key`, to the id of a channel or a member. Raises SlackRefused, Unclear."""
        metadata = {"event_type": EVENT, "event_payload": {"key": key}}
        with understood(POSTING):
            said = self.client.chat_postMessage(
                channel=channel,
                text=reply.notification,
                blocks=reply.blocks,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
            return Posted(part(said, "channel"), part(said, "ts"))

    def edit(self, posted: Posted, reply: Reply) -> None:
        """Change a message. The same again is harmless."""
        change = partial(self.client.chat_update, channel=posted.channel, ts=str(posted.ts))
        part(_asked(change, text=reply.notification, blocks=reply.blocks), "ts")

    def find(self, where: Passage, key: str) -> Posted | None:
        """The bot's own message that is known by `key`, if it is there."""
        for message in self._messages(where, key):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == key:
                return Posted(where.channel, message["ts"])
        return None

    def find_file(self, where: Passage, name: str) -> Posted | None:
        """A file of this name that the bot shared there; None: there is none, or Slack shows none."""
        for message in self._messages(where, name):
            for file in message.get("files") or []:
                if file.get("name") == name:
                    return Posted(where.channel, file["id"])
        return None

    def find_files(self, where: Passage, beginning: str) -> list[str]:
        """The ids of all files whose names begin so."""
        files = (file for message in self._messages(where, beginning) for file in message.get("files") or [])
        return [file["id"] for file in files if str(file.get("name")).startswith(beginning)]

    def _messages(self, where: Passage, looking_for: str) -> Iterator[Any]:
        """All messages, newest first, or those of a thread. Raises SlackTrouble, also where they have no end."""
        asked = {"channel": where.channel, "oldest": f"{where.since:.6f}", "include_all_metadata": True}
        if where.thread:
            ask = partial(_asked, self.client.conversations_replies, **asked, ts=where.thread)
        else:
            ask = partial(_asked, self.client.conversations_history, **asked)
        where.each_page()
        what = (looking_for, where.channel, where.thread, where.attempt)
        for page in self.paging.pages(ask, what, whole=True):
            # Another installation of the bot in the same channel has messages of the same keys.
            mine = (None, self._bot_id)
            yield from (m for m in parts(page, "messages") if self._bot_id is None or m.get("bot_id") in mine)
            where.each_page()

    def send_file(self, name: str, content: bytes) -> str:
        """Send a file, which nobody sees before it is shared. Returns its id."""
        with understood():
            answer = self.client.files_getUploadURLExternal(filename=name, length=len(content))
            address, file_id = str(part(answer, "upload_url")), str(part(answer, "file_id"))
            with urlopen(Request(address, data=content, method="POST"), timeout=self.client.timeout):
                return file_id

    def share_file(self, channel: str, file_id: str, title: str, thread: str | None = None) -> None:
        """Share a file that was sent, in the thread of a message where one is given. It appears a little later."""
        share = partial(self.client.files_completeUploadExternal, files=[{"id": file_id, "title": title}])
        part(_asked(share, channel_id=channel, thread_ts=thread), "files")

    def remove_file(self, file_id: str) -> None:
        """Take a file away, wherever it was shared. One that is gone already stays so."""
        try:
            _asked(self.client.files_delete, file=file_id)
        except SlackRefused as refused:
            if refused.problem not in ("file_not_found", "file_deleted"):
                raise

    # Answering a press, and the home

    def open_modal(self, trigger: str, view: dict[str, Any]) -> None:
        """Open a modal with a trigger, which is good for three seconds and once."""
        _asked(self._quick.views_open, trigger_id=trigger, view=view)

    def change_modal(self, view_id: str, view: dict[str, Any]) -> None:
        """Show another view in a modal that is open. The same again is harmless."""
        _asked(self._quick.views_update, view_id=view_id, view=view)

    def publish_home(self, slack_id: str, view: dict[str, Any], over: str | None = None) -> bool:
        """Show a member their home; only in place of the one with the hash `over`, if that is given. Returns whether it
        was. The same again is harmless."""
        try:
            _asked(self._quick.views_publish, user_id=slack_id, view=view, hash=over)
        except SlackRefused as refused:
            if refused.problem == HOME_CHANGED:
                return False
            raise
        return True


def _asked(ask: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """What Slack answers. Raises SlackTrouble."""
    with understood():
        return ask(**arguments)


def _place(channel: dict[str, Any]) -> Place:
    return Place(str(part(channel, "id")), str(channel.get("name")), bool(channel.get("is_archived")))
