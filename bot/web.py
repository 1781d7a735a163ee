"""HTTP: Slack's requests and the calendar feeds on one address, and a server for that and for the operations address of
`operations.py`.

A request that is not Slack's is turned away here, quietly: Bolt would log its whole body, and stumble over a timestamp
that is no number.
"""

import io
import logging
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import waitress.server
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

EVENTS, FEEDS, PICTURES = "/slack/events", "/feeds/", "/pictures/"
LARGEST = 1_000_000
OLDEST_SECONDS = 60 * 5
STOP_SECONDS = 5

log = logging.getLogger(__name__)


class Verified:
    """Passes Slack's own requests on to Bolt and turns all others away."""

    def __init__(self, bolt: "WSGIApplication", signing_secret: str) -> None:
        """`signing_secret` is the app's."""
        self._bolt, self._verifier = bolt, SignatureVerifier(signing_secret)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("PATH_INFO") != EVENTS or environ.get("REQUEST_METHOD") != "POST":
            return not_found(environ, start_response)
        length = str(environ.get("CONTENT_LENGTH") or "0")
        if not length.isascii() or not length.isdigit() or int(length) > LARGEST:
            return _plain(start_response, "413 Content Too Large", "Too large.")
        body = environ["wsgi.input"].read(int(length))
        problem = self._problem(environ, body)
        if problem:
            log.warning("a request was refused", extra={"problem": problem})
            return _plain(start_response, "401 Unauthorized", "This is not from Slack.")
        environ["wsgi.input"] = io.BytesIO(body)
        return self._bolt(environ, start_response)

    def _problem(self, environ: "WSGIEnvironment", body: bytes) -> str | None:
        sent = str(environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""))
        if not (sent.isascii() and sent.isdigit() and len(sent) < 12):
            return "no timestamp"
        if abs(time.time() - int(sent)) > OLDEST_SECONDS:
            return "a stale timestamp"
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return "not UTF-8"
        signature = str(environ.get("HTTP_X_SLACK_SIGNATURE", ""))
        if not signature.isascii() or not self._verifier.is_valid(text, sent, signature):
            return "a wrong signature"
        return None


def beside(others: Mapping[str, "WSGIApplication"], rest: "WSGIApplication") -> "WSGIApplication":
    """The `others`, each on the paths that begin so, and the rest on all other paths."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO"))
        mine = next((each for begins, each in others.items() if path.startswith(begins)), rest)
        return mine(environ, start_response)

    return application


def not_found(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Says on every path that there is nothing."""
    return _plain(start_response, "404 Not Found", "Nothing here.")


def _plain(start_response: "StartResponse", status: str, text: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text)))])
    return [text.encode()]


class Server:
    """A WSGI application on an address, in threads of its own."""

    def __init__(self, application: "WSGIApplication", host: str, port: int, *, threads: int = 8) -> None:
        """Listens at once; port 0 takes a free one. Raises OSError where the address is taken or is none."""
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family)
        made = waitress.server.create_server(application, sockets=[listening], threads=threads, ident=None)
        self._server: Any = made  # one socket makes one of waitress' servers, whose parts its types do not tell
        self.port = int(listening.getsockname()[1])
        self._thread = threading.Thread(target=self._server.run, name=f"http-{self.port}")

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and answer no more."""
        self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=STOP_SECONDS)
        if self._thread.is_alive():
            # Sockets are closed by the thread that waits on them: closed by another one, its wait would fail.
            with suppress(OSError):  # woken by somebody else meanwhile, it has closed already
                self._server.trigger.pull_trigger(self._close)
            self._thread.join(STOP_SECONDS)
        else:
            self._close()

    def _close(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.close()
        self._server.close()
