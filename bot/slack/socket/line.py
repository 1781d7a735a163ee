"""One WebSocket to Slack: takes what comes, pings, and notices when nobody is there any more.

A connection that is reset or closed says so at once. One that falls silent (a cable, a firewall, a server that was
switched off) says nothing: Slack answers each ping, so it is dead when nothing whole comes for a while. Nor is one of
any use that answers pings, but never says hello.
"""

import math
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from websocket import ABNF, WebSocketException, WebSocketTimeoutException

from bot.pace import Hearing
from bot.slack.socket.dialling import Lost, dialled, why

CLOSED, SILENT, NO_HELLO = "closed by Slack", "silent", "no hello"
WHOLE_SECONDS = 0.5  # so long it takes what comes without a pause, before it looks at anything else
SEND_SECONDS = 2.0  # who waits for an answer waits three
CLOSE_SECONDS = 1.0  # so long it tries to say that it closes
LEAVE_SECONDS = 30.0  # Slack closes what it asked to leave after about ten
JOIN_SECONDS = 2.0


class Line:
    """One connection, and the thread that reads from it."""

    def __init__(
        self,
        address: str,
        hearing: Hearing,
        on_message: Callable[["Line", str], None],
        on_end: Callable[["Line", str], None],
    ) -> None:
        """Connects; `start` begins to read. `on_end` is called with the problem. Raises Lost."""
        self._hearing, self._on_message, self._on_end = hearing, on_message, on_end
        self._io = threading.Lock()  # OpenSSL does one thing at a time with a connection: to read or to write
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)
        self._leaves_at: float | None = None
        self.opened_at: float | None = None  # when Slack said hello (monotonic)
        self.reason: str | None = None  # why Slack wants it closed
        self.is_odd = False  # whether something came that cannot be read
        self._socket = dialled(address, hearing.opening)

    def start(self) -> None:
        """Hand on what comes in from now on, in a thread of its own; once."""
        self._thread.start()

    @property
    def is_leaving(self) -> bool:
        """Whether Slack will close it soon."""
        return self._leaves_at is not None

    def leave(self) -> None:
        """Slack will close it soon. Until then it is read from."""
        self._leaves_at = time.monotonic() + LEAVE_SECONDS

    def send(self, text: str) -> None:
        """Send a message. Raises Lost."""
        with self._io:
            try:
                self._socket.within(SEND_SECONDS)
                self._socket.send(text)
            except (WebSocketException, OSError) as error:
                self._socket.cut()
                raise Lost(why(error)) from None

    def close(self) -> None:
        """Say so, and hang up: Slack does not hang up by itself. Who is in the way is not waited for."""
        if self._io.acquire(timeout=CLOSE_SECONDS):
            try:
                self._socket.within(CLOSE_SECONDS)
                with suppress(WebSocketException, OSError):
                    self._socket.send_close()
            finally:
                self._io.release()
        self._socket.cut()
        if self._thread is not threading.current_thread():
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        problem = CLOSED
        try:
            self._read()
        except Lost as lost:
            problem = lost.problem
        except (WebSocketException, OSError, ValueError) as error:
            problem = why(error)
        finally:
            with self._io:
                self._socket.shutdown()
            self._on_end(self, problem)

    def _read(self) -> None:
        """Read and ping until it ends. Raises Lost, or what the socket raises."""
        heard_at = time.monotonic()
        ping_at, greeted_by = heard_at + self._hearing.ping, heard_at + self._hearing.opening
        while self._leaves_at is None or time.monotonic() < self._leaves_at:
            look_at = min(ping_at, heard_at + self._hearing.silent, greeted_by)
            came = self._next(max(0.0, look_at - time.monotonic()))
            now = time.monotonic()
            if came:
                heard_at = now
                self._take(*came)
            if self.opened_at is not None or self.is_leaving:
                greeted_by = math.inf
            if now >= greeted_by:
                raise Lost(NO_HELLO)
            if now - heard_at >= self._hearing.silent:
                raise Lost(SILENT)
            if now >= ping_at:
                ping_at = now + self._hearing.ping
                self._ping()

    def _take(self, kind: int, content: bytes) -> None:
        if kind == ABNF.OPCODE_CLOSE:
            raise Lost(CLOSED)
        if kind == ABNF.OPCODE_TEXT:
            self._on_message(self, content.decode())

    def _next(self, seconds: float) -> tuple[int, bytes] | None:
        """What comes within so many seconds; pings are answered. None where nothing whole came."""
        connection = self._socket.sock
        if connection is None:
            raise Lost(CLOSED)
        decrypted = connection.pending() if isinstance(connection, ssl.SSLSocket) else 0
        if not decrypted and not _comes(connection, seconds):
            return None
        with self._io:
            self._socket.within(WHOLE_SECONDS)
            try:
                kind, frame = self._socket.recv_data_frame(control_frame=True)
            except (WebSocketTimeoutException, BlockingIOError, ssl.SSLWantReadError):
                return None  # half of it: the rest is waited for the next time
        return kind, bytes(frame.data)

    def _ping(self) -> None:
        with self._io:
            self._socket.within(SEND_SECONDS)
            self._socket.ping()


def _comes(connection: socket.socket, seconds: float) -> bool:
    """Whether something comes within so many seconds. Not `select`: that knows 1,024 descriptors only."""
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))
