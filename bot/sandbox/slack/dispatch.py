"""What people do reaches the bot, by whichever carrier it listens to, and what Slack makes of the bot's ack.

    person → payloads → carrier → bot ─► ack ─► a command's: the reply · a modal's: what next
                                                a press', an event's: nothing

The lock is never held while the bot is called: the bot calls back.
"""

import http.client
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from bot.sandbox.records import Channel, Interaction, Json, SlackMessage, User, View, elements_in
from bot.sandbox.rules import scopes
from bot.sandbox.rules.images import blocks_of
from bot.sandbox.slack import payloads
from bot.sandbox.slack.carriers import COMMAND, EVENT, INTERACTIVE, Broken, Carrier, OverHttp
from bot.sandbox.slack.escaping import escaped
from bot.sandbox.slack.later import Later
from bot.sandbox.slack.payloads import Values
from bot.sandbox.slack.respond import reply
from bot.sandbox.slack.sockets import NotConnected
from bot.sandbox.slack.workspace import Rejected, Workspace

ACK_SECONDS = 3.0
# Until an event that was not taken is sent again; commands and presses never are (docs.slack.dev/apis/events-api).
AGAIN_SECONDS = (0.0, 60.0, 300.0)

TOO_SLOW = "{what} failed: the bot did not answer in time."
BROKEN = "{what} failed: the bot answered {status}."
AWAY = "{what} failed: the bot could not be reached."
UNKNOWN = "{what} is not a valid command."
HOME = "Opening Home"
CHALLENGE = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
REQUIRED = "Please complete this required field."


class BotDidNotAnswer(Exception):
    """What Slack tells a person when the bot's ack is late, missing or an error; `reason` is what it tells the bot when
    it sends an event again."""

    def __init__(self, words: str, reason: str = "unknown_error") -> None:
        super().__init__(words)
        self.reason = reason


class Dispatch:
    """Sends what people do to the bot by the `carrier`; `url` is the fake's own, for response_urls."""

    def __init__(
        self, workspace: Workspace, secret: str, granted: frozenset[str], ack_seconds: float, later: Later
    ) -> None:
        """`granted` are the scopes of the app: without `commands` it has no slash command. `later`: what sends events
        again."""
        self.workspace, self.secret, self.granted, self.ack_seconds = workspace, secret, granted, ack_seconds
        self.later = later
        self.url = "http://127.0.0.1:0"
        self.carrier: Carrier
        self.connect(self.url)
        self.busy: Counter[str] = Counter()

    def connect(self, bot_url: str) -> None:
        """The bot listens at this address, over HTTP."""
        self.http = self.carrier = OverHttp(bot_url, self.secret, self.ack_seconds)
        self.workspace.images.bot = bot_url

    # Things people do

    def slash(
        self, user_id: str, channel: Channel, command: str, text: str, twice: bool = False
    ) -> SlackMessage | None:
        """A slash command with the `text` that was typed; the reply in its ack, if there is one. Raises BotDidNotAnswer
        and Rejected."""
        if scopes.COMMANDS not in self.granted:
            raise BotDidNotAnswer(UNKNOWN.format(what=command))
        user, done = self.workspace.users[user_id], self.workspace.interaction(user_id, channel.id)
        sent = escaped(self.workspace, text)
        form = payloads.slash_form(done, user, channel, self._response_url(done), command, sent)
        said = None
        for ack in self._acks(user_id, command, COMMAND, form, twice):
            body = json.loads(ack) if ack.startswith(b"{") else {"text": ack.decode()}
            if body.get("text") or body.get("blocks"):
                self.workspace.fetch(body.get("blocks"))
                said = self.workspace.post(reply(done, body))
        return said

    def press(
        self, user_id: str, channel: Channel, message: SlackMessage, action: Json, twice: bool = False
    ) -> Interaction:
        """A press or a choice in a message. Nothing is drawn from the ack. Raises BotDidNotAnswer."""
        user, done = self.workspace.users[user_id], self.workspace.interaction(user_id, channel.id, message)
        payload = payloads.press_in_message(done, user, channel, self._response_url(done), message, action)
        list(self._acks(user_id, "That", INTERACTIVE, payload, twice))
        return done

    def press_in_view(self, user_id: str, view: View, action: Json, twice: bool = False) -> Interaction:
        """A press or a choice in a modal or in the home. Raises BotDidNotAnswer."""
        user, done = self.workspace.users[user_id], self.workspace.interaction(user_id, None)
        payload = payloads.press_in_view(done, user, view, action)
        list(self._acks(user_id, "That", INTERACTIVE, payload, twice))
        return done

    def open_home(self, user_id: str, twice: bool = False) -> None:
        """Open the home tab; the bot hears of it. Raises BotDidNotAnswer."""
        user, channel = self.workspace.users[user_id], self.workspace.direct(user_id)
        with self.workspace.lock:
            self.workspace.tally.deed()
        opened = payloads.home_opened(user, channel, self.workspace.homes.get(user_id))
        with self._busy(user_id):
            self.tell(opened, HOME, twice)

    def shortcut(self, user_id: str, callback: str, message: SlackMessage | None = None) -> Interaction:
        """A shortcut of the app, global or of a message. Raises BotDidNotAnswer."""
        user, channel = self.workspace.users[user_id], message.channel if message else None
        done = self.workspace.interaction(user_id, channel)
        payload = payloads.shortcut(done, user, callback)
        if message:
            where = self.workspace.channels[message.channel]
            payload |= payloads.of_message(message, where, self._response_url(done))
        list(self._acks(user_id, "That", INTERACTIVE, payload))
        return done

    def suggest(self, user_id: str, view: View, action_id: str, typed: str) -> list[Json]:
        """Type into a menu whose options the bot gives; those. Raises BotDidNotAnswer."""
        user, done = self.workspace.users[user_id], self.workspace.interaction(user_id, None)
        [ack] = self._acks(user_id, "That", INTERACTIVE, payloads.suggestion(done, user, view, action_id, typed))
        return list(json.loads(ack)["options"])

    def submit(self, user_id: str, view: View, values: Values, twice: bool = False) -> dict[str, str] | None:
        """Submit a modal; block_id → error if it stays open for that. Raises BotDidNotAnswer and Rejected."""
        if empty := payloads.left_empty(view, values):
            return dict.fromkeys(empty, REQUIRED)
        user, done = self.workspace.users[user_id], self.workspace.interaction(user_id, None)
        acks = list(self._acks(user_id, "That", INTERACTIVE, payloads.submission(done, user, view, values), twice))
        return self._next_view(view, json.loads(acks[0] or b"{}"))

    def close(self, user_id: str, view: View) -> None:
        """Close a modal; the bot hears of it if it asked to. Raises BotDidNotAnswer."""
        self.workspace.close(view)
        if view.payload.get("notify_on_close"):
            done = self.workspace.interaction(user_id, None)
            payload = payloads.closing(done, self.workspace.users[user_id], view)
            list(self._acks(user_id, "That", INTERACTIVE, payload))

    def _next_view(self, view: View, ack: Mapping[str, Any]) -> dict[str, str] | None:
        self.workspace.fetch(blocks_of(dict(ack)))
        match ack.get("response_action"):
            case "errors":
                view.errors = self._errors(view, ack.get("errors") or {})
                self.workspace.touch()
                return view.errors
            case "update":
                self.workspace.fill(view, ack["view"])
            case "push":
                self.workspace.open(self.workspace.view(view.user, ack["view"], below=view))
            case "clear":
                self.workspace.close(view, everything=True)
            case None:
                self.workspace.close(view)
            case other:
                self.workspace.reject_if([f"unknown response_action {other!r}"], "ack")
        return None

    def _errors(self, view: View, errors: dict[str, str]) -> dict[str, str]:
        inputs = {block["block_id"] for block, _ in elements_in(view.blocks) if block["type"] == "input"}
        self.workspace.reject_if([f"errors: no input {each!r}" for each in errors if each not in inputs], "ack")
        if not errors:
            self.workspace.reject_if(["errors: none"], "ack")
        return dict(errors)

    # What Slack says by itself

    def tell(self, event: Json, what: str = "That", twice: bool = False) -> None:
        """Something happened that the app hears of. Raises BotDidNotAnswer; Slack sends it again then."""
        wrapped = payloads.event(event, f"Ev{secrets.token_hex(5).upper()}", self.workspace)
        for _ in range(2 if twice else 1):
            self._tell(what, wrapped)

    def change(self, user: User) -> None:
        """Somebody's account is another one from now on; the app hears of it. Raises BotDidNotAnswer."""
        self.workspace.users[user.id] = user
        self.tell(payloads.user_changed(self.workspace, user))

    def send(self, payload: Json) -> None:
        """Slack sends just this. Raises BotDidNotAnswer."""
        self._tell("That", payload)

    def hold_back(self) -> None:
        """Slack holds events back, because there were too many. Raises BotDidNotAnswer."""
        self.send(payloads.held_back(self.workspace.now()))

    def verify(self) -> str:
        """Slack asks at the app's address whether it is the app's; what it is answered. Raises BotDidNotAnswer."""
        asked = {"token": "legacy", "type": "url_verification", "challenge": CHALLENGE}
        ack = self._ack("That", EVENT, asked, by=self.http)
        return str(json.loads(ack)["challenge"])

    def _tell(self, what: str, payload: Json, retry: tuple[int, str] | None = None) -> None:
        try:
            self._ack(what, EVENT, payload, retry)
        except BotDidNotAnswer as failed:
            number, reason = retry[0] if retry else 0, failed.reason
            if number < len(AGAIN_SECONDS):
                self.later.after(AGAIN_SECONDS[number], lambda: self._tell_again(what, payload, (number + 1, reason)))
            raise

    def _tell_again(self, what: str, payload: Json, retry: tuple[int, str]) -> None:
        with suppress(BotDidNotAnswer):  # nobody waits for it
            self._tell(what, payload, retry)

    # Getting it to the bot

    def _acks(self, user_id: str, what: str, kind: str, payload: Json, twice: bool = False) -> Iterator[bytes]:
        for _ in range(2 if twice else 1):
            with self._busy(user_id):
                yield self._ack(what, kind, payload)

    def _ack(
        self,
        what: str,
        kind: str,
        payload: Json,
        retry: tuple[int, str] | None = None,
        by: Carrier | None = None,
    ) -> bytes:
        try:
            return (by or self.carrier).carry(kind, payload, retry)
        except TimeoutError:
            raise BotDidNotAnswer(TOO_SLOW.format(what=what), "http_timeout") from None
        except (NotConnected, OSError, http.client.HTTPException):
            raise BotDidNotAnswer(AWAY.format(what=what), "connection_failed") from None
        except Broken as broken:
            raise BotDidNotAnswer(BROKEN.format(what=what, status=broken.status), "http_error") from None

    @contextmanager
    def _busy(self, user_id: str) -> Iterator[None]:
        self.busy[user_id] += 1
        self.workspace.touch()
        try:
            yield
        finally:
            self.busy[user_id] -= 1
            self.workspace.touch()

    def _response_url(self, done: Interaction) -> str:
        return f"{self.url}/respond/{done.secret}"


__all__ = ["ACK_SECONDS", "BotDidNotAnswer", "Dispatch", "Rejected"]
