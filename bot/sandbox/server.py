"""`FakeSlack`: a Slack on this machine, for tests and the sandbox. Stateful, over real HTTP, and as strict as Slack.

people ─► page or test ─► dispatch ─► (signed HTTP, or a socket) ─► bot ─► Web API, response_url ─► workspace ─► people
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.sandbox.page_api import PageApi, Turnable
from bot.sandbox.records import Channel, Interaction, Json, SlackMessage, User, View, elements_in
from bot.sandbox.rules import scopes
from bot.sandbox.rules.faults import Faults
from bot.sandbox.rules.rates import Rates
from bot.sandbox.rules.setup import Rules
from bot.sandbox.slack import payloads
from bot.sandbox.slack.carriers import Carrier, OverHttp, OverSocket
from bot.sandbox.slack.dispatch import ACK_SECONDS, Dispatch
from bot.sandbox.slack.later import Later
from bot.sandbox.slack.payloads import Values
from bot.sandbox.slack.sockets import Pick, SocketServer
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.web import Site, SlackServer


class FakeSlack:
    """One workspace with one app, the bot, in it."""

    def __init__(
        self,
        users: Sequence[User],
        channels: Sequence[str] = ("metrics-oncall",),
        *,
        clock: Turnable,
        signing_secret: str,
        bot_token: str,
        app_token: str | None = None,
        granted: frozenset[str] | None = None,
        commands: Sequence[Json] = (),
        zone: str = "Europe/Berlin",
        team_name: str = "Metrics",
        ack_seconds: float = ACK_SECONDS,
        later: Later | None = None,
        rates: Rates | None = None,
        latency: float = 0.0,
        harsh: bool = True,
        enterprise: str | None = None,
        public: str | None = None,
    ) -> None:
        """`app_token`: for Socket Mode. `granted`: the scopes of the bot's token, None for all. `commands`: dicts of
        command, usage, description. `later`: what does things after an answer, in real time unless told otherwise.
        `rates`: how often the bot may ask; as often as it likes unless told otherwise. `latency`: how many seconds each
        answer to the bot takes. `harsh`: as in `Rules`. `enterprise`: the id of the organisation whose workspace it is
        (Enterprise Grid). `public`: the bot's public address, where pictures in its replies are asked for."""
        granted = scopes.ALL if granted is None else granted
        self.workspace = Workspace(users, channels, clock, zone, team_name, rates or Rates(), Rules(harsh))
        self.workspace.enterprise = enterprise
        self.workspace.images.public = public
        self.faults, self.sockets = Faults(), SocketServer(app_token)
        self._later = later or Later()
        self.dispatch = Dispatch(self.workspace, signing_secret, granted, ack_seconds, self._later)
        self.page = PageApi(self.workspace, self.dispatch, clock, commands, team_name)
        self._site = Site(
            self.workspace, bot_token, granted, self.faults, self._later, self.page, self.sockets, latency=latency
        )

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve on the loopback address; yields the address without a slash at its end. Raises OSError."""
        self._listen(port)
        self.dispatch.url = self._site.url
        try:
            yield self._site.url
        finally:
            self._later.close()
            self.sockets.close()
            self._hang_up()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """While it serves: refuse all connections, and then listen on the same port again."""
        port = self._server.server_port
        self._hang_up()
        try:
            yield
        finally:
            self._listen(port)

    def _listen(self, port: int) -> None:
        self._server = SlackServer(self._site, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="fake-slack")
        self._thread.start()

    def _hang_up(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Its address while it serves, without a slash at its end."""
        return self._site.url

    def let_pass(self, passed: timedelta) -> None:
        """So much time passes at once for what Slack does a little later."""
        self._later.let_pass(passed)

    def stand_behind(self, url: str) -> None:
        """While it serves: whoever is told an address of it is told one of this proxy's, without a slash at its end."""
        self._site.url = self.sockets.url = self.dispatch.url = url

    def connect(self, bot_url: str) -> None:
        """Send what people do to the bot at this address."""
        self.dispatch.connect(bot_url)

    def connect_by_socket(self) -> None:
        """Send what people do over the connections of Socket Mode."""
        self.carry_by(self.over_socket())

    def carry_by(self, carrier: Carrier) -> None:
        """Send what people do by this carrier."""
        self.dispatch.carrier = carrier

    def over_http(self, bot_url: str) -> Carrier:
        """What carries to the bot at this address."""
        return OverHttp(bot_url, self.dispatch.secret, self.dispatch.ack_seconds)

    def over_socket(self, pick: Pick | None = None) -> Carrier:
        """What carries over Socket Mode: by turns, or over the connection that `pick` chooses."""
        return OverSocket(self.sockets, self.dispatch.ack_seconds, pick)

    # What people do, for tests

    def slash(
        self, user_id: str, command: str, text: str = "", channel: str = "metrics-oncall", *, twice: bool = False
    ) -> SlackMessage | None:
        """A slash command with the `text` that was typed; the reply in its ack. `twice`: the same signed request
        arrives twice. Raises BotDidNotAnswer and Rejected."""
        return self.dispatch.slash(user_id, self._channel(channel), command, text, twice)

    def press(
        self, user_id: str, message: SlackMessage, action_id: str, value: object = None, *, twice: bool = False
    ) -> Interaction:
        """A press, or a choice of `value`; of several buttons with that id, the one with that value. What comes of it
        (its messages and views) may take a moment. Raises BotDidNotAnswer and LookupError."""
        block, element = _element(message.blocks, action_id, value)
        action = payloads.action_for(block, element, value, f"{time.time():.6f}")
        return self.dispatch.press(user_id, self.workspace.channels[message.channel], message, action, twice)

    def open_home(self, user_id: str, *, twice: bool = False) -> None:
        """Open the home tab. What the bot publishes there may take a moment. Raises BotDidNotAnswer."""
        self.dispatch.open_home(user_id, twice)

    def press_in_view(
        self, user_id: str, view: View, action_id: str, value: object = None, *, twice: bool = False
    ) -> Interaction:
        """Press a button in a modal or in the home, as `press` does in a message. Raises BotDidNotAnswer and
        LookupError."""
        block, element = _element(view.blocks, action_id, value)
        action = payloads.action_for(block, element, value, f"{time.time():.6f}")
        return self.dispatch.press_in_view(user_id, view, action, twice)

    def submit(self, user_id: str, view: View, values: Values, *, twice: bool = False) -> dict[str, str] | None:
        """Submit a modal; block_id → error if it stays open for that. Raises BotDidNotAnswer and Rejected."""
        return self.dispatch.submit(user_id, view, values, twice)

    def send_raw(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Send just this to the bot over HTTP; its status and body."""
        return self.dispatch.http.send(headers, body)

    # What people see, for tests

    def messages(self, channel: str = "metrics-oncall") -> list[SlackMessage]:
        """All messages of a channel, oldest first, those that one person sees included; replies in threads are not."""
        return [m for m in self.workspace.messages(self._channel(channel).id) if not m.thread_ts]

    def threads(self, channel: str = "metrics-oncall") -> list[SlackMessage]:
        """The replies in threads of a channel, oldest first."""
        return [m for m in self.workspace.messages(self._channel(channel).id) if m.thread_ts]

    def direct_messages(self, user_id: str) -> list[SlackMessage]:
        """The messages between the bot and somebody, oldest first."""
        return self.workspace.messages(self.workspace.direct(user_id).id)

    def view_for(self, user_id: str) -> View | None:
        """The modal that somebody sees."""
        return self.workspace.views.get(user_id)

    def home_of(self, user_id: str) -> View | None:
        """The home that was published for somebody."""
        return self.workspace.homes.get(user_id)

    def until(self, condition: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until this is so. Raises AssertionError if it is not in time."""
        deadline = time.monotonic() + seconds
        with self.workspace.changed:
            while not condition():
                if time.monotonic() > deadline:
                    raise AssertionError("it did not happen in time")
                self.workspace.changed.wait(0.1)

    # What the page does to the world

    def on_clock(self, do: Callable[[datetime], None]) -> None:
        """Do this whenever the page turned the clock."""
        self.page.on_clock = do

    def on_start_over(self, do: Callable[[], None]) -> None:
        """Do this when somebody wants to start over, instead of only forgetting everything."""
        self.page.on_start_over = do

    def _channel(self, name: str) -> Channel:
        channel = self.workspace.channel(name)
        if channel is None:
            raise LookupError(f"there is no channel {name}")
        return channel


def _element(blocks: list[Json], action_id: str, value: object) -> tuple[Json, Json]:
    """The element with this action id; of several buttons, the one with this value."""
    found = [(block, element) for block, element in elements_in(blocks) if element["action_id"] == action_id]
    for block, element in found:
        if element["type"] != "button" or value is None or element.get("value") == value:
            return block, element
    raise LookupError(f"there is no {action_id} {value or ''} among {[e['action_id'] for _, e in elements_in(blocks)]}")
