"""The state of the fake workspace. Whoever reads or changes several things holds `lock`; nobody calls the bot so."""

import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.sandbox.records import (
    CHANNEL,
    DIRECT,
    PRIVATE,
    Channel,
    File,
    Interaction,
    Json,
    SlackMessage,
    Stamps,
    User,
    View,
    with_ids,
)
from bot.sandbox.rules.images import PictureFetcher
from bot.sandbox.rules.limits import problems_with_message, problems_with_view
from bot.sandbox.rules.rates import Rates
from bot.sandbox.rules.setup import Rules
from bot.sandbox.rules.tiers import CallTally
from bot.sandbox.slack.timeline import Timeline

TEAM, APP, BOT, BOT_USER = "T0METRICS", "A0ONCALL", "B0ONCALL", "U0ONCALLBOT"
BOT_NAME = "On-call bot"

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


class Rejected(Exception):
    """What the bot sent breaks Slack's limits; `problems` are the sentences of `limits.py`."""

    def __init__(self, problems: list[str]) -> None:
        """`problems` are not empty."""
        super().__init__("; ".join(problems))
        self.problems = problems


class Workspace:
    """People, conversations, messages, modals and files, and how often any of it changed (`revision`).

    `rejected` remembers everything the bot sent that Slack would not take, `tally` what it asked too often: a test can
    assert that nothing of the kind happened.
    """

    def __init__(
        self,
        users: Iterable[User],
        channels: Iterable[str],
        clock: Clock,
        zone: str,
        team_name: str,
        rates: Rates,
        rules: Rules,
    ) -> None:
        """`channels` are public; everybody and the bot are in them. `zone` is the IANA name the page shows times in."""
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.clock, self.zone, self.team_name = clock, ZoneInfo(zone), team_name
        self.users = {user.id: user for user in users}
        self.usergroups: dict[str, Json] = {}
        self.enterprise: str | None = None
        self.images = PictureFetcher(None)
        self.revision = 1
        self.seconds_let_pass = 0.0
        self.rates, self.rules = rates, rules
        self._first_channels = tuple(channels)
        self.start_over()

    def start_over(self) -> None:
        """Forget everything but the people."""
        with self.lock:
            self.channels: dict[str, Channel] = {}
            self.timeline = Timeline()
            self.views: dict[str, View] = {}
            self.homes: dict[str, View] = {}
            self.files: dict[str, File] = {}
            self.interactions: list[Interaction] = []
            self.rejected: list[str] = []
            self.rates.start_over()
            self.tally = CallTally()
            self._stamps = Stamps()
            for name in self._first_channels:
                self.add_channel(name)
            self.touch()

    def touch(self) -> None:
        """Something changed that a page shows."""
        with self.changed:
            self.revision += 1
            self.changed.notify_all()

    def now(self) -> datetime:
        """The moment on the clock that people see, in the workspace's zone."""
        return self.clock.now().astimezone(self.zone)

    def seconds(self) -> float:
        """Real seconds, for what has a lease; `seconds_let_pass` is added so that a test needn't wait."""
        return time.monotonic() + self.seconds_let_pass

    def count(self, method: str) -> None:
        """The bot calls a method."""
        self.tally.call(method, self.clock.now().timestamp() + self.seconds_let_pass)

    # Conversations

    def add_channel(self, name: str, private: bool = False, archived: bool = False, with_bot: bool = True) -> Channel:
        """A new channel that everybody is in; the bot too, unless told otherwise."""
        with self.lock:
            members = {*self.users, *([BOT_USER] if with_bot else [])}
            kind = PRIVATE if private else CHANNEL
            channel = Channel(f"C{len(self.channels) + 1:08d}", name, kind, members, archived=archived)
            self.channels[channel.id] = channel
            self.touch()
            return channel

    def channel(self, name_or_id: str) -> Channel | None:
        """The conversation with this id or (with or without #) name."""
        with self.lock:
            by_id = self.channels.get(name_or_id)
            name = name_or_id.removeprefix("#")
            return by_id or next((c for c in self.channels.values() if c.kind != DIRECT and c.name == name), None)

    def direct(self, user_id: str) -> Channel:
        """The direct messages between the bot and this user; made when first asked for. Raises KeyError."""
        user = self.users[user_id]
        with self.lock:
            new = Channel(f"D{user.id[1:]}", user.name, DIRECT, {user.id, BOT_USER}, user=user.id)
            return self.channels.setdefault(new.id, new)

    # Messages

    def post(self, message: SlackMessage) -> SlackMessage:
        """Give the message its timestamp and show it. Raises Rejected if it is the bot's and breaks a limit."""
        with self.lock:
            if message.bot and not message.files and message.subtype is None:
                self.check(message)
            message.ts, message.arrived = self._stamps.next(self.clock.now()), self.seconds()
            self.timeline.add(message)
            self.touch()
            return message

    def said(self, channel: str, user: str, text: str) -> SlackMessage:
        """A person says something."""
        return self.post(SlackMessage("", channel, user, text))

    def change(self, message: SlackMessage, text: str, blocks: list[Json], metadata: Json | None = None) -> None:
        """Put other words in a message's place; `metadata` None leaves it as it is, {} takes it away. Raises
        Rejected."""
        with self.lock:
            self.check(SlackMessage("", message.channel, message.user, text, blocks, metadata=metadata or None))
            message.text, message.blocks, message.edited = text, with_ids(blocks), True
            message.metadata = message.metadata if metadata is None else metadata or None
            self.touch()

    def remove(self, message: SlackMessage) -> None:
        """The message is gone."""
        with self.lock:
            self.timeline.remove(message)
            self.touch()

    def messages(self, channel: str, since: str = "") -> list[SlackMessage]:
        """The messages of a conversation, oldest first, those that one person sees included."""
        with self.lock:
            return [each for each in self.timeline.of(channel) if each.ts > since]

    def message(self, channel: str, ts: str) -> SlackMessage | None:
        """The message with this timestamp."""
        with self.lock:
            return self.timeline.find(channel, ts)

    def check(self, message: SlackMessage) -> None:
        """Fill in ids. Raises Rejected, and remembers why, when the bot's message breaks a limit."""
        payload = {"text": message.text, "blocks": message.blocks or None, "metadata": message.metadata}
        self.reject_if(problems_with_message(payload), f"message {message.text[:40]!r}")
        message.blocks = with_ids(message.blocks)

    def fetch(self, blocks: object) -> None:
        """Have the pictures of a message or a view. Raises Rejected where one cannot be had. It asks the bot, so call
        it without the lock."""
        self.reject_if(self.images.problems(blocks), "pictures")

    def reject_if(self, problems: Sequence[str], about: str) -> None:
        """Remember the problems and raise Rejected, if there are any."""
        if problems:
            with self.lock:
                self.rejected += [f"{about}: {problem}" for problem in problems]
            raise Rejected(list(problems))

    # Views

    def view(self, user: str, payload: Json, below: View | None = None) -> View:
        """A new view for `user`, not open yet. Raises Rejected."""
        view = View(f"V{secrets.token_hex(5).upper()}", user, {}, below)
        self.fill(view, payload)
        return view

    def fill(self, view: View, payload: Json) -> None:
        """Show `payload` in this view from now on. Raises Rejected."""
        self.reject_if(problems_with_view(payload), f"view {payload.get('callback_id', '')!r}")
        with self.lock:
            view.payload = {**payload, "blocks": with_ids(payload["blocks"])}
            view.hash = f"{time.time():.6f}.{secrets.token_hex(4)}"
            view.errors = {}
            self.touch()

    def open(self, view: View) -> None:
        """Put a modal on top of what its user sees."""
        with self.lock:
            self.views[view.user] = view
            self.touch()

    def close(self, view: View, everything: bool = False) -> None:
        """Take a modal away, and all below it if `everything`."""
        with self.lock:
            self.views.pop(view.user, None)
            if view.below and not everything:
                self.views[view.user] = view.below
            self.touch()

    def open_views(self) -> Iterator[View]:
        """Every open modal, those below another included."""
        for view in self.views.values():
            layer: View | None = view
            while layer:
                yield layer
                layer = layer.below

    # What people do to the bot

    def interaction(self, user: str, channel: str | None, pressed: SlackMessage | None = None) -> Interaction:
        """Something that `user` does now, with a trigger and a response_url of its own."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        secret = secrets.token_urlsafe(24)
        began = Interaction(user, channel, trigger, secret, self.seconds(), pressed, self.enterprise)
        with self.lock:
            self.interactions.append(began)
            self.tally.deed()
        return began
