"""How Slack's requests come in: over HTTP, or over Socket Mode, which needs no public address."""

import time
from typing import Any

from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.bot import Bot
from bot.web import EVENTS, Server

RECONNECT_SECONDS = 60  # a socket is made anew every few hours: so long it may take before it counts as dead


class Http:
    """Slack's requests over HTTP."""

    def __init__(self, bot: Bot, secret: str, host: str, port: int) -> None:
        """Listens at once, answers after `start`. Raises OSError."""
        self._server = bot.served(secret, host, port)
        self.words = f"http://{host}:{self._server.port}{EVENTS}"

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.stop()

    def facts(self) -> dict[str, Any]:
        """Nothing to add for the health check."""
        return {}


class Socket:
    """Slack's requests over Socket Mode, which needs no public address; calendar feeds do."""

    def __init__(self, bot: Bot, app_token: str, feeds: Server | None = None) -> None:
        """Connects in `start`, which starts the server of the `feeds` too, if there is one."""
        self._handler, self._feeds = SocketModeHandler(bot.app, app_token), feeds
        self._lost_at: float | None = None  # since when it is seen not to be connected
        self.words = "Socket Mode"

    def start(self) -> None:
        """Connect; the client connects again by itself when it must."""
        if self._feeds:
            self._feeds.start()
        self._handler.client.connect()  # its own start() would not hear of SIGTERM

    def stop(self) -> None:
        """Disconnect."""
        self._handler.client.close()
        if self._feeds:
            self._feeds.stop()

    def facts(self) -> dict[str, Any]:
        """Whether it is connected, or is not for less than a minute: a socket can fall silent, and is made anew at
        times."""
        connected, now = self._handler.client.is_connected(), time.monotonic()
        self._lost_at = None if connected else self._lost_at or now
        return {"ok": self._lost_at is None or now - self._lost_at < RECONNECT_SECONDS, "connected": connected}
