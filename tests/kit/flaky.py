"""A network between the bots and Slack that breaks: a name server and a TCP proxy, of which neither side knows.

    bot ─► the name server ─► the proxy ─► Slack        each does what the weather of the moment says

A connection that something swallowed is dead for good, as one is whose router has forgotten it: nothing comes through
any more, until one side hangs up.
"""

import random
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

NAME = "slack.test"  # known to our name server only
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what is closed so is reset
MOST = 65536  # bytes at a time
LOOK_MS = 50  # how soon a connection ends that another thread cuts


@dataclass(frozen=True, slots=True)
class Weather:
    """What the network does. In seconds: a look-up of the name takes `names`, what goes through takes `slow`. The name
    is found or `nameless`; whoever connects is `refused`; everything is `swallowed`; or each piece of what is said has
    the chance `breaks` that its connection ends, before it went through or after it, by a reset or `politely`."""

    name: str
    names: float = 0.0
    nameless: bool = False
    refused: bool = False
    slow: float = 0.0
    swallowed: bool = False
    breaks: float = 0.0
    politely: bool = False


CALM = Weather("calm")


class Network:
    """The proxy and the name server. `weather` may be changed at any time, but to be refused: see `turn`."""

    def __init__(self, slack_port: int, chance: random.Random) -> None:
        """Before Slack, which listens on this port of this machine."""
        self.weather = CALM
        self._slack_port, self._chance = slack_port, chance
        self._lock = threading.Lock()
        self._passages: set[Passage] = set()
        self._port = 0
        self._listen()

    @property
    def url(self) -> str:
        """Where the bots find Slack, without a slash at its end."""
        return f"http://{NAME}:{self._port}"

    def turn(self, weather: Weather) -> None:
        """It is so from now on."""
        was, self.weather = self.weather, weather
        if weather.refused and not was.refused:
            self._hang_up()
        elif was.refused and not weather.refused:
            self._listen()

    def cut_all(self) -> None:
        """Reset every connection that there is."""
        for passage in self._open():
            passage.cut()

    def close(self) -> None:
        """Let nothing through any more, and nobody wait."""
        self.turn(CALM)
        self._hang_up()
        self.cut_all()
        for passage in self._open():
            passage.join()

    def breaks(self) -> str | None:
        """Whether a connection is cut with the piece that comes now: `before` it went through, or `after`."""
        with self._lock:
            if self._chance.random() >= self.weather.breaks:
                return None
            return self._chance.choice(("before", "after"))

    def look_up(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A `getaddrinfo` that knows the name, in the place of the `real` one."""

        def getaddrinfo(host: Any, *arguments: Any, **more: Any) -> Any:
            if host != NAME:
                return real(host, *arguments, **more)
            weather = self.weather
            time.sleep(weather.names)
            if weather.nameless:
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return real("127.0.0.1", *arguments, **more)

        return getaddrinfo

    def _open(self) -> list["Passage"]:
        with self._lock:
            return list(self._passages)

    def _listen(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self._port), backlog=128)
        self._port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(self._server,), name="network")
        self._thread.start()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._server.close()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return  # it hangs up
            far = socket.create_connection(("127.0.0.1", self._slack_port))
            passage = Passage(self, near, far, self._gone)
            with self._lock:
                self._passages.add(passage)
            passage.start()

    def _gone(self, passage: "Passage") -> None:
        with self._lock:
            self._passages.discard(passage)


class Passage:
    """One connection through the network, near the bot and far from it."""

    def __init__(
        self, network: Network, near: socket.socket, far: socket.socket, on_end: Callable[["Passage"], None]
    ) -> None:
        """Open; `start` lets things through."""
        self._network, self._near, self._far, self._on_end = network, near, far, on_end
        self._lock, self._ends, self._is_dead, self._is_cut = threading.Lock(), 2, False, False
        ways = ((near, far), (far, near))
        self._threads = [threading.Thread(target=self._pass, args=way, name="passage") for way in ways]

    def start(self) -> None:
        """Let things through, both ways."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until it has ended."""
        for thread in self._threads:
            thread.join()

    def cut(self, *, politely: bool = False) -> None:
        """End it, with a reset or as if each side had hung up."""
        if not politely:
            with suppress(OSError):
                for side in (self._near, self._far):
                    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self._is_cut = True

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        waiting = select.poll()
        waiting.register(source, select.POLLIN)
        try:
            while not self._is_cut:
                if waiting.poll(LOOK_MS) and not self._passes(source.recv(MOST), source, sink):
                    break
        except OSError:
            self.cut()
        finally:
            self._end()

    def _passes(self, piece: bytes, source: socket.socket, sink: socket.socket) -> bool:
        """Whether more can come, once a piece went through or did not; an empty one is the last."""
        weather = self._network.weather
        self._is_dead = self._is_dead or weather.swallowed
        if not piece:
            self._hangs_up(sink)
            return False
        if self._is_dead:
            return True
        breaks = self._network.breaks()
        if breaks != "before":
            sink.sendall(piece + (_waited(source, weather.slow) if weather.slow else b""))
        if breaks:
            self.cut(politely=weather.politely)
        return breaks is None

    def _hangs_up(self, sink: socket.socket) -> None:
        if self._is_dead:
            self.cut()
        else:
            sink.shutdown(socket.SHUT_WR)

    def _end(self) -> None:
        with self._lock:
            self._ends -= 1
            if self._ends:
                return
        self._near.close()
        self._far.close()
        self._on_end(self)


def _waited(source: socket.socket, seconds: float) -> bytes:
    """Wait, and take along what has come meanwhile: of a request in two pieces, the second is not twice as late."""
    time.sleep(seconds)
    more = b""
    with suppress(BlockingIOError):
        while piece := source.recv(MOST, socket.MSG_DONTWAIT):
            more += piece
    return more


@contextmanager
def a_network(slack_port: int, chance: random.Random) -> Iterator[Network]:
    """A network before a Slack, and its name server in the place of the machine's."""
    network, real = Network(slack_port, chance), socket.getaddrinfo
    socket.getaddrinfo = network.look_up(real)
    try:
        yield network
    finally:
        socket.getaddrinfo = real
        network.close()
