"""The ways from Slack to the app: over HTTP, signed, or over Socket Mode. The same payloads go over both."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from bot.sandbox.records import Json
from bot.sandbox.slack.sockets import Pick, SocketServer

COMMAND, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"  # Socket Mode's words for what is sent
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Broken(Exception):
    """The app answered with another status than 200."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Carrier(Protocol):
    """A way to the app."""

    def carry(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> bytes:
        """Bring a payload to the app; the body of its ack. `retry`: how often an event was sent before, and what went
        wrong with it. Raises Broken, TimeoutError, and NotConnected, OSError or HTTPException where the app is not
        reached."""
        ...


def signature(secret: str, body: bytes, at: int) -> dict[str, str]:
    """The two headers that prove a request is Slack's; `at` is real time in unix seconds."""
    signed = hmac.new(secret.encode(), b"v0:%d:%s" % (at, body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={signed}"}


class OverHttp:
    """Carries what Slack sends to an address of the bot, signed as Slack signs it."""

    def __init__(self, url: str, secret: str, seconds: float) -> None:
        """To the app at `url`, which has so many `seconds` for its ack."""
        self._where, self._secret, self._seconds = urlsplit(url), secret, seconds

    def carry(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> bytes:
        """Bring a payload to the app; the body of its ack."""
        body = json.dumps(payload) if kind == EVENT else urlencode(_form(kind, payload))
        signed = signature(self._secret, body.encode(), int(time.time()))
        again = {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]} if retry else {}
        headers = {"Content-Type": JSON if kind == EVENT else FORM, **signed, **again}
        status, ack = self.send(headers, body.encode())
        if status != 200:
            raise Broken(status)
        return ack

    def send(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Send just this; the status and the body of the answer. Raises OSError and HTTPException."""
        connection = http.client.HTTPConnection(self._where.netloc, timeout=self._seconds)
        try:
            connection.request("POST", self._where.path or "/", body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def _form(kind: str, payload: Json) -> Json:
    return payload if kind == COMMAND else {"payload": json.dumps(payload)}


class OverSocket:
    """Carries what Slack sends over a connection that the bot opened, and waits for its envelope's answer."""

    def __init__(self, sockets: SocketServer, seconds: float, pick: Pick | None = None) -> None:
        """Over one of the app's connections, by turns or the one that `pick` chooses; the app has so many `seconds` for
        its ack."""
        self._sockets, self._seconds, self._pick = sockets, seconds, pick

    def carry(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> bytes:
        """Bring a payload to the app; the body of its ack."""
        again: Json = {"retry_attempt": retry[0] if retry else 0, "retry_reason": retry[1] if retry else ""}
        return self._sockets.deliver(kind, payload, self._seconds, again if kind == EVENT else {}, self._pick)
