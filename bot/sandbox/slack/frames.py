"""WebSocket on the server's side, on a socket that is given: the handshake's key, and messages in frames.

https://www.rfc-editor.org/rfc/rfc6455#section-5.2
"""

import base64
import hashlib
import socket
import struct

MORE, TEXT, CLOSE, PING, PONG = 0x0, 0x1, 0x8, 0x9, 0xA
LAST, MASKED = 0x80, 0x80
LARGEST = 1_000_000
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Frame = tuple[int, bytes]  # what it is, and what it holds


class NoFrames(Exception):
    """What came breaks the protocol."""


def accepted(key: str) -> str:
    """What a server answers to the client's `Sec-WebSocket-Key`."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()


def framed(kind: int, content: bytes) -> bytes:
    """A whole message in one frame, not masked: that is for clients."""
    size = len(content)
    if size < 126:
        return bytes([LAST | kind, size]) + content
    if size < 1 << 16:
        return struct.pack("!BBH", LAST | kind, 126, size) + content
    return struct.pack("!BBQ", LAST | kind, 127, size) + content


class Reader:
    """Reads what comes, message by message."""

    def __init__(self, connection: socket.socket) -> None:
        """Nothing was read yet."""
        self._connection = connection
        self._whole, self._of = b"", MORE  # a message of which only a part has come, and what it is

    def next(self) -> Frame:
        """The next message, put together from its parts, or a control frame that came between them. Raises NoFrames,
        OSError, and ConnectionError where the other side has gone."""
        while True:
            last, kind, content = _frame(self._connection)
            if kind >= CLOSE:
                return kind, content
            if (kind == MORE) == (self._of == MORE):
                raise NoFrames("a message in the wrong order")
            self._whole, self._of = self._whole + content, self._of or kind
            if len(self._whole) > LARGEST:
                raise NoFrames("too large")
            if last:
                whole, self._whole, of, self._of = self._whole, b"", self._of, MORE
                return of, whole


def _frame(connection: socket.socket) -> tuple[bool, int, bytes]:
    first, second = _exactly(connection, 2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack("!H", _exactly(connection, 2))
    elif size == 127:
        (size,) = struct.unpack("!Q", _exactly(connection, 8))
    if not second & MASKED:
        raise NoFrames("what clients send is masked")
    if size > LARGEST:
        raise NoFrames("too large")
    mask, content = _exactly(connection, 4), _exactly(connection, size)
    return bool(first & LAST), first & 0x0F, _unmasked(mask, content)


def _unmasked(mask: bytes, content: bytes) -> bytes:
    keys = (mask * (len(content) // 4 + 1))[: len(content)]
    return (int.from_bytes(keys) ^ int.from_bytes(content)).to_bytes(len(content))  # all bytes at once


def _exactly(connection: socket.socket, size: int) -> bytes:
    came = b""
    while len(came) < size:
        more = connection.recv(size - len(came))
        if not more:
            raise ConnectionError("the other side has gone")
        came += more
    return came
