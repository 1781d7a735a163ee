"""HTTP: Slack's requests and the calendar feeds on one address, and a server for that and for the operations address of
`ops/address.py`.

A request that is not Slack's is turned away here, quietly: Bolt would log its whole body, and stumble over a timestamp
that is no number, or over a part that is missing.
"""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import waitress.server
from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.links import EVENTS
from bot.slack.sense import makes_sense
from bot.speech.store_trouble import told
from models.store.errors import StoreError
from scheduler.team.roster import NoPlan

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FORM, SSL_CHECK = "application/x-www-form-urlencoded", "ssl_check"
LARGEST = 1_000_000
LARGEST_CHECK = 1_000  # bytes of a request that only tries the certificate; Slack's holds a token beside it
OLDEST_SECONDS = 60 * 5
STOP_SECONDS = 5
# What is larger is refused before it is kept anywhere; who is connected and says nothing keeps nobody else out.
PATIENCE: dict[str, Any] = {
    "max_request_body_size": LARGEST,
    "connection_limit": 500,
    "asyncore_use_poll": True,  # select takes no more than 1,024 files
    "channel_timeout": 15,
    "cleanup_interval": 5,
}
NOTHING, LATER = b"Nothing here.\n", b"Not now; please try again in a moment.\n"

Made = tuple[bytes, Mapping[str, str]]  # a body and its headers, with a Cache-Control

log = logging.getLogger(__name__)


class Verified:
    """Passes Slack's own requests on to Bolt and turns all others away; one that only tries the certificate gets its
    200 before anything else is looked at."""

    def __init__(self, app: App, signing_secret: str) -> None:
        """`signing_secret` is the app's."""
        self._app, self._verifier = app, SignatureVerifier(signing_secret)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("PATH_INFO") != EVENTS or environ.get("REQUEST_METHOD") != "POST":
            return not_found(environ, start_response)
        length = str(environ.get("CONTENT_LENGTH") or "0")
        if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > LARGEST:
            return respond(environ, start_response, "413 Content Too Large", b"Too large.")
        body = environ["wsgi.input"].read(int(length))
        if _tries_the_certificate(environ, body):
            return respond(environ, start_response, "200 OK", b"")
        problem = self._problem(environ, body)
        if problem:
            log.warning("a request was refused", extra={"problem": problem})
            return respond(environ, start_response, "401 Unauthorized", b"This is not from Slack.")
        said = _said(environ, body)
        if said is None:
            log.warning("a signed request was refused", extra={"problem": "its body makes no sense"})
            return respond(environ, start_response, "400 Bad Request", b"That makes no sense.")
        # Given as it was read, as over Socket Mode: Bolt reads a form with the word payload in it as an interaction.
        answer = self._app.dispatch(BoltRequest(mode="socket_mode", body=said))
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        return respond(environ, start_response, status, answer.body.encode(), answer.first_headers_without_set_cookie())

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


def _tries_the_certificate(environ: "WSGIEnvironment", body: bytes) -> bool:
    """Whether Slack only looks whether it reaches this address: such a request is not signed, wants a 200, and nothing
    is done for it. https://docs.slack.dev/interactivity/implementing-slash-commands"""
    if len(body) > LARGEST_CHECK or not _is_form(environ):
        return False
    return dict(parse_qsl(body.decode("latin-1"))).get(SSL_CHECK) == "1"


def _said(environ: "WSGIEnvironment", body: bytes) -> dict[str, Any] | None:
    """What Slack sends: JSON of an event, or a form of a command, or a form with a payload of JSON. None where it makes
    no sense. https://docs.slack.dev/interactivity/handling-user-interaction#payloads"""
    said: Any = dict(parse_qsl(body.decode(), keep_blank_values=True)) if _is_form(environ) else _read(body.decode())
    if _is_form(environ) and "payload" in said:
        said = _read(said["payload"])
    return said if makes_sense(said) else None


def _is_form(environ: "WSGIEnvironment") -> bool:
    return FORM in str(environ.get("CONTENT_TYPE"))


def _read(text: str) -> object:
    """The JSON of a text; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
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
    return respond(environ, start_response, "404 Not Found", b"Nothing here.")


def respond(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    status: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
) -> Iterable[bytes]:
    """Answer a request: in plain text that nobody keeps, unless the headers say otherwise. HEAD gets no body."""
    usual = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    fixed = {"Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    start_response(status, list({**usual, **fixed, **(headers or {})}.items()))
    return [b""] if environ.get("REQUEST_METHOD") == "HEAD" else [body]


def serve(
    environ: "WSGIEnvironment", start_response: "StartResponse", what: str, make: Callable[[str], Made | None]
) -> Iterable[bytes]:
    """Answer GET and HEAD with the body and the headers that `make` makes for a path, by an `ETag` only what is new;
    None is not found. What goes wrong is logged as `what`, without the path: the server would log that too, and who has
    it can read what it leads to."""
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        return respond(environ, start_response, "404 Not Found", NOTHING)
    try:
        made = make(str(environ.get("PATH_INFO")))
    except (StoreError, NoPlan) as error:
        log.warning("%s has to wait", what, extra={"problem": told(error)})
        return respond(environ, start_response, "503 Service Unavailable", LATER, {"Retry-After": "60"})
    except Exception:
        log.exception("%s could not be made", what)
        return respond(environ, start_response, "500 Internal Server Error", LATER)
    if made is None:
        return respond(environ, start_response, "404 Not Found", NOTHING)
    body, headers = made
    if "ETag" in headers and _has(str(environ.get("HTTP_IF_NONE_MATCH", "")), headers["ETag"]):
        start_response("304 Not Modified", [(name, headers[name]) for name in ("ETag", "Cache-Control")])
        return [b""]
    return respond(environ, start_response, "200 OK", body, headers)


def _has(asked: str, tag: str) -> bool:
    """Whether an If-None-Match names this version."""
    return asked.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in asked.split(","))


class Server:
    """A WSGI application on an address, in threads of its own."""

    def __init__(self, application: "WSGIApplication", host: str, port: int, *, threads: int = 8) -> None:
        """Listens at once; port 0 takes a free one. Raises OSError where the address is taken or is none."""
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family)
        made = waitress.server.create_server(application, sockets=[listening], threads=threads, ident=None, **PATIENCE)
        self._server: Any = made  # one socket makes one of waitress' servers, whose parts its types do not tell
        self.port = int(listening.getsockname()[1])
        self._thread = threading.Thread(target=self._server.run, name=f"http-{self.port}")

    def start(self) -> None:
        """Answer from now on, in a thread of its own; until then requests wait at the port."""
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
