"""What a workspace is made of: people, conversations, messages, modals, files, and what somebody did to the bot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

Json = dict[str, Any]  # an object as Slack sends or gets it: blocks, elements, payloads

CHANNEL, PRIVATE, DIRECT = "channel", "group", "im"  # Slack's words for kinds of conversation


@dataclass(frozen=True)
class User:
    """Somebody in the workspace, or, with a `team_id` of another one, somebody who shares a channel with it.

    `role` is what the page shows: "engineer", "admin" (a workspace admin) or "outsider", or another word of one's own.
    A guest is `is_restricted`. `enterprise_id`: the organisation that the other workspace is of, if it is of one.
    """

    id: str
    name: str
    email: str
    role: str = "engineer"
    is_restricted: bool = False
    team_id: str | None = None
    enterprise_id: str | None = None
    deleted: bool = False
    tz: str = "Europe/Berlin"

    @property
    def handle(self) -> str:
        """The user name, as in `<@U1|handle>`."""
        return self.name.lower().replace(" ", ".")


@dataclass
class Channel:
    """A conversation: a channel, or the direct messages between the bot and `user` (then `kind` is "im"). `shared_by`:
    the id of another company's workspace that it belongs to."""

    id: str
    name: str
    kind: str = CHANNEL
    members: set[str] = field(default_factory=set)
    topic: str = ""
    archived: bool = False
    user: str | None = None
    shared_by: str | None = None


@dataclass
class SlackMessage:
    """A message as it stands now. `ephemeral_to` is the only person who sees it, None when all members do.

    `ts` is of the clock that people see; `arrived` is when it was posted in real seconds (monotonic).
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    files: list["File"] = field(default_factory=list)
    subtype: str | None = None
    bot: bool = False
    ephemeral_to: str | None = None
    edited: bool = False
    arrived: float = 0.0

    @property
    def ephemeral(self) -> bool:
        """Whether one person only sees it."""
        return self.ephemeral_to is not None

    def seen_by(self, user_id: str) -> bool:
        """Whether `user_id`, a member of its conversation, sees it."""
        return self.ephemeral_to in (None, user_id)

    def words(self) -> str:
        """Everything a reader reads: the text of the blocks in order, or the plain text when there are none."""
        return "\n".join(texts_in(self.blocks)) if self.blocks else self.text


@dataclass
class View:
    """A modal that is open for `user`, or their home tab; `payload` is what the bot sent, with ids filled in.

    `below` is the modal under it, `errors` (block_id → text) what the bot's last answer complained about.
    """

    id: str
    user: str
    payload: Json
    below: "View | None" = None
    hash: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    interaction: "Interaction | None" = None

    @property
    def blocks(self) -> list[Json]:
        """The blocks as the bot sent them."""
        return list(self.payload.get("blocks", []))

    def words(self) -> str:
        """Everything a reader reads, the title first."""
        return "\n".join(texts_in(self.payload))


@dataclass
class File:
    """An uploaded file, of a `length` that was announced. Until the upload is completed nobody sees it; `shared_in` are
    ids of conversations.

    Slack silently shares no file that was announced with an `alt_txt`: it is not `shareable`.
    """

    id: str
    name: str
    content: bytes = b""
    title: str = ""
    mimetype: str = "application/octet-stream"
    length: int = 0
    uploaded: bool = False
    completed: bool = False
    deleted: bool = False
    shareable: bool = True
    shared_in: list[str] = field(default_factory=list)


@dataclass
class Interaction:
    """Something that a person did and the bot was told of, with the two keys that Slack hands out for it.

    `trigger` opens one modal within 3 seconds, `secret` (the end of the response_url) says five things within 30
    minutes; `began` is real time, in seconds. `enterprise`: the organisation that the app's workspace is of, if any.
    `messages` and `views` are what came of it so far.
    """

    user: str
    channel: str | None
    trigger: str
    secret: str
    began: float
    pressed: SlackMessage | None = None
    enterprise: str | None = None
    pressed_in: View | None = None
    trigger_used: bool = False
    uses: int = 0
    messages: list[SlackMessage] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    deleted: bool = False


class Stamps:
    """Slack's timestamps ("1764579600.000200"): the turned clock's, but never the same one twice and never falling."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: datetime) -> str:
        """The next timestamp at `now`."""
        self._last = max(round(now.timestamp() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def texts_in(node: object) -> Iterator[str]:
    """Every text in a tree of blocks, in reading order."""
    if isinstance(node, list):
        for each in node:
            yield from texts_in(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            elif key != "confirm":
                yield from texts_in(value)


def elements_in(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that a person can use, as (its block, the element)."""
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if element and "action_id" in element and element["type"] != "image":
                yield block, element


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks with the ids that Slack gives those which have none, so that presses and errors can name them."""
    number = count(1)
    named = [{"block_id": f"auto-{next(number)}", **block} for block in blocks]
    for block in named:
        for key in ("accessory", "element"):
            if key in block:
                block[key] = {"action_id": f"auto-{next(number)}", **block[key]}
        if block["type"] == "actions":
            block["elements"] = [{"action_id": f"auto-{next(number)}", **each} for each in block["elements"]]
    return named
