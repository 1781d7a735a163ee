"""Connects a WebSocket to Slack, and keeps what is read and sent over it from taking for ever.

A socket's timeout begins anew with every byte that comes or goes, so who drips bytes could hold a thread for hours.
"""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from websocket import (
    WebSocket,
    WebSocketAddressException,
    WebSocketBadStatusException,
    WebSocketException,
    WebSocketTimeoutException,
)

NO_NAME, TOO_SLOW = "its name is not found", "too slow"
STATUS = "status {status}"
LOOK_SECONDS = 0.5


class Lost(Exception):
    """There is no connection. `problem` never holds its address, which has a ticket."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Wire(WebSocket):
    """A WebSocket that reads what is there, without waiting, and takes so many seconds for each thing in all."""

    _until = 0.0

    def within(self, seconds: float) -> None:
        """What is done next may take so many seconds in all; then it raises WebSocketTimeoutException."""
        self._until = time.monotonic() + seconds

    def cut(self) -> None:
        """Let every thread that reads or sends see that it is over."""
        if connection := self.sock:
            with suppress(OSError):  # not the `shutdown` of TLS: that takes away what another thread is reading with
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise WebSocketTimeoutException(TOO_SLOW)
        return left

    def _recv(self, bufsize: int) -> Any:
        self._left()
        self.settimeout(0)
        return WebSocket._recv(self, bufsize)

    def _send(self, data: Any) -> int:
        try:
            self.settimeout(self._left())
            return super()._send(data)
        except WebSocketTimeoutException:
            self.cut()  # half a frame may have gone: nothing can follow it
            raise


class _Call:
    """One attempt to connect, in a thread of its own: neither a slow name server nor a proxy nor who drips an answer
    keeps the caller for longer than agreed."""

    def __init__(self, address: str, seconds: float) -> None:
        """Begins at once; each part may take so many seconds, which is not what all may take."""
        self.wire = Wire(skip_utf8_validation=True)
        self.error: Exception | None = None
        self._address, self._seconds = address, seconds
        self._lock = threading.Lock()
        self._has_ended = self._is_given_up = False
        self._thread = threading.Thread(target=self._run, name="dials", daemon=True)
        self._thread.start()

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended; if not, it is given up."""
        self._thread.join(seconds)
        with self._lock:
            self._is_given_up = not self._has_ended
        if self._is_given_up:
            threading.Thread(target=self._hang_up, name="hangs up", daemon=True).start()
        return not self._is_given_up

    def _run(self) -> None:
        try:
            self.wire.connect(self._address, timeout=self._seconds, redirect_limit=0)
        except (WebSocketException, OSError, ValueError) as error:
            self.error = error
        with self._lock:
            self._has_ended = True
            if self._is_given_up:
                self.wire.shutdown()

    def _hang_up(self) -> None:
        while self._thread.is_alive():
            self.wire.cut()  # there may be nothing to cut yet
            self._thread.join(LOOK_SECONDS)


def dialled(address: str, seconds: float) -> Wire:
    """A WebSocket to this address, within so many seconds in all. Raises Lost."""
    call = _Call(address, seconds)
    if not call.ends_within(seconds):
        raise Lost(TOO_SLOW)
    if call.error:
        raise Lost(why(call.error))
    return call.wire


def why(error: Exception) -> str:
    """What went wrong, in words that never hold the address: an exception's own words may."""
    if isinstance(error, WebSocketBadStatusException):
        return STATUS.format(status=error.status_code)
    if isinstance(error, WebSocketAddressException):
        return NO_NAME
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
