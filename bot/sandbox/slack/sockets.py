"""Socket Mode: `apps.connections.open`, WebSockets, and what Slack sends the app over them.

app ─► apps.connections.open ─► a ticket ─► WebSocket: hello ─► envelopes, each to one of the connections ─► acks

https://docs.slack.dev/apis/events-api/using-socket-mode. What is told there nowhere, and others have measured: an
eleventh connection is let in only to hear `disconnect` with `too_many_websockets`
(https://github.com/slackapi/node-slack-sdk/issues/1654); after both sides have said that they close, Slack leaves it to
the app to hang up (https://github.com/slackapi/node-slack-sdk/releases, socket-mode 3.2.0). How long a ticket is good,
and whether a connection that was asked to leave gets envelopes still, is told nowhere: here it does while it is the
only one.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from typing import Any

from bot.sandbox.records import Json
from bot.sandbox.slack.connection import LOOK_SECONDS, Connection
from bot.sandbox.slack.frames import accepted
from bot.sandbox.slack.workspace import APP

OPENING, LINK = "apps.connections.open", "/link/"
MOST = 10  # connections of one app
TICKET_SECONDS = 30.0
PING_SECONDS = 5.0
LIVES_SECONDS = 18060  # what `hello` says of how long a connection is kept

WARNING, REFRESH, DISABLED, TOO_MANY = "warning", "refresh_requested", "link_disabled", "too_many_websockets"
ANSWERED = ("view_submission", "block_suggestion")  # interactions in whose ack there may be more

Pick = Callable[[Sequence[Connection]], Connection]


class NotConnected(Exception):
    """The app has no connection open."""


class SocketServer:
    """The connections of one app."""

    def __init__(self, app_token: str | None) -> None:
        """`app_token`: None where the app has none."""
        self.app_token, self.url = app_token, ""
        self.refuses: str | None = None  # what apps.connections.open says, such as token_revoked
        self.greets = True  # False: connections are let in, and never hear `hello`
        self.asks_at_once: str | None = None  # why each connection is asked to leave as soon as it is greeted
        self.ping_seconds = PING_SECONDS
        self.opened = 0  # how many tickets there ever were
        self._lock = threading.Lock()
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._awaited: dict[str, SimpleQueue[bytes]] = {}
        self._turn = 0

    # Coming in

    def open(self, token: str | None) -> Json:
        """What apps.connections.open answers: an address with a ticket, or why there is none."""
        if error := self._refusal(token):
            return {"ok": False, "error": error}
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self.opened += 1
            self._tickets[ticket] = time.monotonic() + TICKET_SECONDS
        address = self.url.replace("http://", "ws://")
        return {"ok": True, "url": f"{address}{LINK}?ticket={ticket}&app_id={APP}"}

    def _refusal(self, token: str | None) -> str | None:
        if not token:
            return "not_authed"
        if not token.startswith("xapp-"):
            return "not_allowed_token_type"
        return "invalid_auth" if token != self.app_token else self.refuses

    def serve(self, request: BaseHTTPRequestHandler, query: Mapping[str, str]) -> None:
        """Be a WebSocket for whoever comes with a ticket, until it ends. Tickets are good once."""
        with self._lock:
            good_until = self._tickets.pop(query.get("ticket", ""), 0.0)
        key = request.headers.get("Sec-WebSocket-Key")
        if good_until < time.monotonic() or key is None or request.headers.get("Sec-WebSocket-Version") != "13":
            request.send_error(403 if key else 400)
            return
        request.send_response_only(101)
        for name, value in {"Upgrade": "websocket", "Connection": "Upgrade"}.items():
            request.send_header(name, value)
        request.send_header("Sec-WebSocket-Accept", accepted(key))
        request.end_headers()
        self._welcome(Connection(request.connection, self._acked, self.ping_seconds))

    def _welcome(self, connection: Connection) -> None:
        with self._lock:
            is_one_too_many = len(self._connections) >= MOST
            if not is_one_too_many:
                self._connections.append(connection)
            count = len(self._connections)
        if is_one_too_many:
            connection.send(_disconnect(TOO_MANY))
            connection.finish()
        elif self.greets:
            connection.send(_hello(count))
            if self.asks_at_once:
                self.ask_to_leave(self.asks_at_once, connection)
        try:
            connection.run()
        finally:
            with self._lock:
                self._connections = [each for each in self._connections if each is not connection]

    # Going out

    def deliver(
        self, kind: str, payload: Json, seconds: float, retry: Mapping[str, object], pick: Pick | None
    ) -> bytes:
        """Send an envelope to one of the connections, which take turns unless `pick` chooses; what its ack holds.
        `retry` stands beside the payload of an event. Raises TimeoutError where there is no ack within so many
        `seconds`, and NotConnected where there is no connection, or it ends before."""
        envelope_id, ack = secrets.token_hex(16), SimpleQueue[bytes]()
        accepts = kind == "slash_commands" or payload.get("type") in ANSWERED
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, "accepts_response_payload": accepts}
        with self._lock:
            connection = self._chosen(pick)
            self._awaited[envelope_id] = ack
        try:
            connection.send({**envelope, **retry})
            said = self._awaiting(ack, connection, seconds)
            return said if accepts else b""
        finally:
            with self._lock:
                del self._awaited[envelope_id]

    def _awaiting(self, ack: SimpleQueue[bytes], connection: Connection, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                return ack.get(timeout=LOOK_SECONDS)
            except Empty:
                if connection.has_ended:
                    raise NotConnected from None
        raise TimeoutError

    def _chosen(self, pick: Pick | None) -> Connection:
        takes = [each for each in self._connections if each.takes_envelopes]
        open_ones = [each for each in takes if not each.is_leaving] or takes
        if not open_ones:
            raise NotConnected
        self._turn += 1
        return pick(open_ones) if pick else open_ones[self._turn % len(open_ones)]

    def _acked(self, said: Any) -> None:
        with self._lock:
            ack = self._awaited.get(said.get("envelope_id", ""))
        if ack:
            ack.put(json.dumps(said.get("payload") or {}).encode())

    # What goes wrong, or is usual

    @property
    def connections(self) -> list[Connection]:
        """Those that are open, the oldest first."""
        with self._lock:
            return list(self._connections)

    def ask_to_leave(self, reason: str, *connections: Connection, after: float = 10.0) -> None:
        """Send `disconnect` to these connections, or all, and close them `after` so many seconds (link_disabled: at
        once). Until then they get what no other connection is there for."""
        for connection in connections or self.connections:
            connection.send(_disconnect(reason))
            connection.finish(0.0 if reason == DISABLED else after)

    def reset(self) -> None:
        """Cut all connections without a word (RST)."""
        for connection in self.connections:
            connection.reset()

    def fall_silent(self, *connections: Connection) -> None:
        """Send nothing more over these connections, or all, and never answer: as if a cable were cut."""
        for connection in connections or self.connections:
            connection.is_silent = True

    def close(self) -> None:
        """Hang up on everybody, and wait for it."""
        for connection in self.connections:
            connection.hang_up()


def _hello(count: int) -> Json:
    debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": LIVES_SECONDS}
    return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": {"app_id": APP}}


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
