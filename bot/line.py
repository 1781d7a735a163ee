"""One WebSocket to Slack: takes what comes, pings, and notices when nobody is there any more.

A connection that is reset or closed says so at once. One that falls silent (a cable, a firewall, a server that was
switched off) says nothing: Slack answers each ping, so it is dead when nothing comes for a while.
"""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from websocket import (
    ABNF,
    WebSocketAddressException,
    WebSocketBadStatusException,
    WebSocketException,
    WebSocketTimeoutException,
    create_connection,
)

from bot.pace import Hearing

CLOSED, SILENT, NO_NAME = "closed by Slack", "silent", "its name is not found"
STATUS = "status {status}"
WHOLE_SECONDS = 0.5  # so long it waits for the rest of what has begun to come, before it looks at anything else
SEND_SECONDS = 2.0  # who waits for an answer waits three
LEAVE_SECONDS = 30.0  # Slack closes what it asked to leave after about ten
JOIN_SECONDS = 2.0


class Lost(Exception):
    """There is no connection. `problem` never holds its address, which has a ticket."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


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
        try:
            self._socket = create_connection(
                address, timeout=hearing.opening, redirect_limit=0, skip_utf8_validation=True
            )
        except (WebSocketException, OSError, ValueError) as error:
            raise Lost(_why(error)) from None

    def start(self) -> None:
        """Begin to read."""
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
                self._socket.settimeout(SEND_SECONDS)
                self._socket.send(text)
            except (WebSocketException, OSError) as error:
                self._wake()
                raise Lost(_why(error)) from None

    def close(self) -> None:
        """Say so, and hang up. Slack does not hang up by itself."""
        with self._io:
            with suppress(WebSocketException, OSError):
                self._socket.settimeout(SEND_SECONDS)
                self._socket.send_close()
            self._wake()
        if self._thread is not threading.current_thread():
            self._thread.join(JOIN_SECONDS)

    def _wake(self) -> None:
        """Let the thread that reads see that it is over."""
        if self._socket.sock:
            with suppress(OSError):
                self._socket.sock.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        problem = CLOSED
        try:
            self._read()
        except Lost as lost:
            problem = lost.problem
        except (WebSocketException, OSError, ValueError) as error:
            problem = _why(error)
        finally:
            with self._io:
                self._socket.shutdown()
            self._on_end(self, problem)

    def _read(self) -> None:
        """Read and ping until it ends. Raises Lost, or what the socket raises."""
        heard_at = time.monotonic()
        ping_at = heard_at + self._hearing.ping
        while self._leaves_at is None or time.monotonic() < self._leaves_at:
            came = self._next(max(0.0, min(ping_at, heard_at + self._hearing.silent) - time.monotonic()))
            now = time.monotonic()
            if came:
                heard_at = now
                self._take(*came)
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
            self._socket.settimeout(WHOLE_SECONDS)
            try:
                kind, frame = self._socket.recv_data_frame(control_frame=True)
            except WebSocketTimeoutException:
                return None  # half of it: the rest is waited for the next time
        return kind, bytes(frame.data)

    def _ping(self) -> None:
        with self._io:
            self._socket.settimeout(SEND_SECONDS)
            self._socket.ping()


def _comes(connection: socket.socket, seconds: float) -> bool:
    """Whether something comes within so many seconds. Not `select`: that knows 1,024 descriptors only."""
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))


def _why(error: Exception) -> str:
    """What went wrong, in words that never hold the address: an exception's own words may."""
    if isinstance(error, WebSocketBadStatusException):
        return STATUS.format(status=error.status_code)
    if isinstance(error, WebSocketAddressException):
        return NO_NAME
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
