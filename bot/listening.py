"""How Slack's requests come in: over HTTP, or over Socket Mode, which needs no public address."""

import threading
from collections.abc import Callable
from typing import Any, Protocol

from bot.config import BadSettings
from bot.links import EVENTS
from bot.ops.watch import Hears
from bot.service import Bot
from bot.slack.client import Slack
from bot.slack.socket.keeper import DISABLED, Sockets
from bot.web.server import Server

LOOK_SECONDS = 0.05

SOCKET_MODE = "Socket Mode"
BAD_TOKEN = (
    "SLACK_APP_TOKEN is not accepted by Slack ({problem}): make an app-level token with the scope connections:write on "
    "the app's page Basic Information."
)
SWITCHED_OFF = (
    "Socket Mode is switched off in the app ({problem}): switch it on on the app's page Socket Mode, or listen over "
    "HTTP, without SLACK_APP_TOKEN."
)


class Ear(Hears, Protocol):
    """A way in for Slack's requests."""

    def reach(self, told_to_stop: threading.Event, waits_for: Callable[[str], None]) -> None:
        """Wait until Slack can be reached by it, or until told to stop; `waits_for` is told what is in the way. Raises
        BadSettings where Slack will have none of it."""
        ...

    def start(self) -> None:
        """Answer from now on, in threads of its own."""
        ...

    def stop(self) -> None:
        """Take nothing new; what is under way is given a while to end."""
        ...

    def facts(self) -> dict[str, Any]:
        """For the health check."""
        ...


class Http:
    """Slack's requests over HTTP."""

    is_well = True

    def __init__(self, bot: Bot, secret: str, host: str, port: int) -> None:
        """Listens at once, answers after `start`. Raises OSError."""
        self._server = bot.served(secret, host, port)
        self.words = f"http://{host}:{self._server.port}{EVENTS}"

    def reach(self, told_to_stop: threading.Event, waits_for: Callable[[str], None]) -> None:
        """It is Slack that has to reach the bot."""

    def start(self) -> None:
        """Let the web server answer from now on."""
        self._server.start()

    def stop(self) -> None:
        """Close the port, once what is under way was given a while to end."""
        self._server.stop()

    def facts(self) -> dict[str, Any]:
        """Nothing to add for the health check."""
        return {}

    def trouble(self) -> None:
        """Nobody here can know."""


class Socket:
    """Slack's requests over Socket Mode, which needs no public address; calendar feeds do."""

    words = SOCKET_MODE

    def __init__(self, bot: Bot, slack: Slack, feeds: Server | None = None) -> None:
        """`slack` is asked with the app's token. Connects in `reach` or `start`, which starts the server of the `feeds`
        too, if there is one."""
        self.sockets, self._feeds = Sockets(bot.app, slack, bot.pace.hearing), feeds
        self._tell = bot.tell_of_deafness
        self._has_begun = False

    def reach(self, told_to_stop: threading.Event, waits_for: Callable[[str], None]) -> None:
        """Connect for the first time."""
        self._connect()
        while not self.sockets.open_lines and not told_to_stop.wait(LOOK_SECONDS):
            if problem := self.sockets.refused:
                words = SWITCHED_OFF if problem == DISABLED else BAD_TOKEN
                raise BadSettings([words.format(problem=problem)])
            waits_for(self.sockets.problem)

    def start(self) -> None:
        """Connect, if it has not, and stay connected."""
        self.sockets.on_refused = self._tell
        self._connect()
        if self._feeds:
            self._feeds.start()

    def _connect(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self.sockets.start()

    def stop(self) -> None:
        """Close the connections, once what is being answered was given a while: Slack sends what comes to others."""
        self.sockets.stop()
        if self._feeds:
            self._feeds.stop()

    def facts(self) -> dict[str, Any]:
        """Whether it is connected. Where it is not, it goes on trying: to start the bot again would help nobody."""
        return {"ok": self.sockets.is_alive, "connected": self.sockets.open_lines > 0}

    def trouble(self) -> str | None:
        """What keeps requests from coming in."""
        return self.sockets.trouble()

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look at it: a short loss heals by itself."""
        return self.sockets.is_well
