"""A server that means no good: it makes WebSockets of what connects, and then does as a test says."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bot.sandbox.records import Json
from bot.sandbox.slack.frames import PING, PONG, TEXT, Reader, accepted, framed

DRIP_SECONDS = 0.05
HELLO: Json = {"type": "hello"}

Manner = Callable[[socket.socket], None]  # what it does with a connection, after the handshake


class Hostile:
    """Listens; each connection has a thread."""

    def __init__(self, manner: Manner, *, drips: bool) -> None:
        """`drips`: so does its handshake, without end."""
        self._manner, self._drips = manner, drips
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"ws://127.0.0.1:{self._listening.getsockname()[1]}/link/?ticket=secret"
        self.left: list[float] = []  # when somebody hung up
        self.dialled = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):  # the end
            while True:
                connection, _ = self._listening.accept()
                self.dialled += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # whoever is mistreated hangs up
            key = _key(connection)
            if self._drips:
                drip(connection, b"HTTP/1.1 101 Switching Protocols\r\nX: " + bytes(60_000))
            head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            connection.sendall(f"{head}Sec-WebSocket-Accept: {accepted(key)}\r\n\r\n".encode())
            self._manner(connection)
        self.left.append(time.monotonic())

    def close(self) -> None:
        """Listen no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def hostile(manner: Manner, *, drips: bool = False) -> Iterator[Hostile]:
    """A server with such manners."""
    made = Hostile(manner, drips=drips)
    try:
        yield made
    finally:
        made.close()


def _key(connection: socket.socket) -> str:
    came = b""
    while b"\r\n\r\n" not in came:
        came += connection.recv(1000) or b"\r\n\r\n"
    [line] = [line for line in came.decode().split("\r\n") if line.startswith("Sec-WebSocket-Key: ")]
    return line.partition(": ")[2]


def say(connection: socket.socket, *messages: Json | str) -> None:
    """Send messages; words as they are."""
    for each in messages:
        connection.sendall(framed(TEXT, (each if isinstance(each, str) else json.dumps(each)).encode()))


def drip(connection: socket.socket, content: bytes) -> None:
    """Send it byte by byte, until the other side has gone."""
    for byte in content:
        connection.sendall(bytes([byte]))
        time.sleep(DRIP_SECONDS)


def pongs(connection: socket.socket) -> None:
    """Answer pings, and say nothing, until the other side has gone."""
    reader = Reader(connection)
    while True:
        kind, content = reader.next()
        if kind == PING:
            connection.sendall(framed(PONG, content))
