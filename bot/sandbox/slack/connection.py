"""One WebSocket of the fake's Socket Mode: sends and takes messages, pings, and can end in every way there is."""

import json
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.sandbox.records import Json
from bot.sandbox.slack import frames
from bot.sandbox.slack.frames import NoFrames, Reader, framed

LOOK_SECONDS = 0.02  # how soon it does what another thread tells it
PATIENCE_SECONDS = 2.0  # so long it waits for one that does not take what is sent, or sends half a frame
NORMAL = struct.pack("!H", 1000)
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what is closed so is reset


class Connection:
    """A connection of the app. `run` is its life, in a thread of its own; the other methods are called by others."""

    def __init__(self, connection: socket.socket, on_message: Callable[[Any], None], ping_seconds: float) -> None:
        """Open from now on. `on_message` is called with what the app says (JSON)."""
        self._socket, self._on_message, self._ping_seconds = connection, on_message, ping_seconds
        self._socket.settimeout(PATIENCE_SECONDS)
        self._sending, self._ended = threading.Lock(), threading.Event()
        self._closes_at: float | None = None
        self._said_close = self._is_reset = self._is_cut = False
        self.is_silent = False
        self.came = time.monotonic()

    @property
    def is_leaving(self) -> bool:
        """Whether it was asked to leave."""
        return self._closes_at is not None

    @property
    def has_ended(self) -> bool:
        """Whether nothing can come over it any more."""
        return self._ended.is_set()

    @property
    def takes_envelopes(self) -> bool:
        """Whether something could be sent over it, for all that Slack knows."""
        return not (self._said_close or self._is_cut or self._is_reset)

    def send(self, message: Json) -> None:
        """Send a message, for all that the sender knows."""
        self._send(frames.TEXT, json.dumps(message).encode())

    def finish(self, after: float = 0.0) -> None:
        """Close it, `after` so many seconds."""
        self._closes_at = time.monotonic() + after

    def reset(self) -> None:
        """Cut it without a word (RST)."""
        self._is_reset = True
        self._ended.wait(PATIENCE_SECONDS)

    def hang_up(self) -> None:
        """End it without a word (FIN)."""
        self._is_cut = True
        self._ended.wait(PATIENCE_SECONDS)

    def run(self) -> None:
        """Take what comes and ping, until it ends."""
        reader, ping_at = Reader(self._socket), time.monotonic() + self._ping_seconds
        try:
            while not (self._is_reset or self._is_cut):
                if select.select([self._socket], [], [], LOOK_SECONDS)[0]:
                    self._take(*reader.next())
                now = time.monotonic()
                if now >= ping_at:
                    ping_at = now + self._ping_seconds
                    self._send(frames.PING, b"Ping from applink-1")
                if self._closes_at is not None and now >= self._closes_at and not self._said_close:
                    self._close()
        except (OSError, NoFrames, ValueError):
            pass  # the app has gone, or speaks nonsense: it has to come again
        finally:
            self._end()

    def _take(self, kind: int, content: bytes) -> None:
        if self.is_silent:
            return
        match kind:
            case frames.TEXT:
                self._on_message(json.loads(content))
            case frames.PING:
                self._send(frames.PONG, content)
            case frames.CLOSE:
                self._close()  # and the app hangs up: Slack does not

    def _close(self) -> None:
        if not self._said_close:
            self._send(frames.CLOSE, NORMAL)
            self._said_close = True

    def _send(self, kind: int, content: bytes) -> None:
        if self.is_silent or self._said_close:
            return
        with self._sending, suppress(OSError):  # one that has gone is noticed by who reads
            self._socket.sendall(framed(kind, content))

    def _end(self) -> None:
        self._said_close = True
        if self._is_reset:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            os.close(self._socket.detach())
        self._ended.set()
