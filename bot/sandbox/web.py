"""The fake's HTTP server: Slack's Web API, response_urls, uploads, and the page. On the loopback address only.

It is the standard library's, because a fake must also do what no server should: hang up after it has accepted a
request, or send half an answer.
"""

import json
import mimetypes
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from bot.sandbox.api import files as api_files
from bot.sandbox.api import methods
from bot.sandbox.api.asked import Request, SlackError, asked, whole
from bot.sandbox.api.call import Call
from bot.sandbox.api.methods import Result
from bot.sandbox.page_api import PageApi
from bot.sandbox.records import Json
from bot.sandbox.rules.faults import RESPONSE_URL, Fault, Faults
from bot.sandbox.rules.types import JSON
from bot.sandbox.slack import respond
from bot.sandbox.slack.later import Later
from bot.sandbox.slack.sockets import LINK, OPENING, SocketServer
from bot.sandbox.slack.workspace import Workspace

PAGE = files("bot.sandbox") / "page"
HOME = "index.html"
JSON_TYPE = "application/json; charset=utf-8"
# The bot's own pictures come from the port on which it listens.
POLICY = (
    "default-src 'self'; img-src 'self' data: http://127.0.0.1:*; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class HttpAnswer:
    """What goes back; `hangs_up` sends nothing at all, `truncates` half of it."""

    status: int = 200
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    truncates: bool = False


def split(address: str) -> SplitResult | None:
    """The parts of an address; None where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def as_json(facts: object, status: int = 200, **headers: str) -> HttpAnswer:
    """An answer in JSON."""
    return HttpAnswer(status, json.dumps(facts).encode(), JSON_TYPE, headers)


@dataclass
class Site:
    """What is served: a workspace, guarded by a bot token with these scopes, its faults, and the page's own API.

    `latency`: how many seconds each answer to the bot takes.
    """

    workspace: Workspace
    token: str
    scopes: frozenset[str]
    faults: Faults
    later: Later
    page: PageApi
    sockets: SocketServer
    url: str = ""
    latency: float = 0.0

    def answer(self, request: Request) -> HttpAnswer:
        """What is answered to the page, to the bot's calls or to the bot's files; 403 to anybody from elsewhere."""
        if not self._is_local(request):
            return HttpAnswer(403, b"This answers its own page and its own bot only.")
        first, _, rest = request.path.lstrip("/").partition("/")
        match request.method, first:
            case "POST" | "GET", "api":
                return self._faulty(rest, partial(self._api, rest, request))
            case "POST", "respond":
                return self._faulty(RESPONSE_URL, partial(self._respond, rest, request))
            case "POST", "upload":
                status = api_files.upload(self.workspace, rest, request.body)
                return HttpAnswer(status, b"OK" if status == 200 else b"")
            case "GET", "files":
                return self._file(rest.partition("/")[0])
            case _, "ui":
                return self._ui(rest, request)
            case "GET", "" | "static":
                return _static(rest or HOME)
        return HttpAnswer(404, b"Nothing here.")

    def _is_local(self, request: Request) -> bool:
        here = urlsplit(self.url).netloc
        hosts = {here, here.replace("127.0.0.1", "localhost")}
        origin = request.headers.get("origin")
        if request.headers.get("host") not in hosts:
            return False
        there = split(origin or "")
        return origin is None or (there is not None and there.netloc in hosts)

    def _faulty(self, name: str, do: Callable[[], HttpAnswer]) -> HttpAnswer:
        fault = self.faults.next(name) or Fault.none()
        if fault.late:
            self.later.after(fault.late, do)
            return HttpAnswer(hangs_up=True)
        done = do() if fault.accepted else HttpAnswer()
        time.sleep(fault.slow + self.latency)
        return _gone_wrong(fault, done)

    def _api(self, method: str, request: Request) -> HttpAnswer:
        try:
            given = asked(method, request)
        except SlackError as refused:
            return as_json({"ok": False, "error": refused.error})
        if method == OPENING:  # the one method that asks for the app's token
            return self._opening(given.token)
        if given.token != self.token:
            return as_json({"ok": False, "error": "invalid_auth" if given.token else "not_authed"})
        call = Call(
            *(method, self.workspace, given, self.scopes, self.url, self.later.after),
            lag=self.faults.history_lags,
            repeats=self.faults.cursors_repeat,
        )
        result: Result = methods.answer(method, call)
        return as_json(_with_warnings(result.body, given.warnings), result.status, **result.headers)

    def _opening(self, token: str | None) -> HttpAnswer:
        with self.workspace.lock:
            self.workspace.count(OPENING)
            wait = self.workspace.rates.take(OPENING, "", self.workspace.seconds())
        if wait:
            return as_json({"ok": False, "error": "ratelimited"}, 429, **{"Retry-After": str(wait)})
        return as_json(self.sockets.open(token))

    def _respond(self, secret: str, request: Request) -> HttpAnswer:
        try:
            if request.content_type[0] != JSON:
                return HttpAnswer(400, b"invalid_payload")
            body = request.object()
        except SlackError:
            return HttpAnswer(400, b"invalid_payload")
        status, said = respond.respond(self.workspace, secret, body)
        return HttpAnswer(status, said.encode())

    def _file(self, file_id: str) -> HttpAnswer:
        file = self.workspace.files.get(file_id)
        return HttpAnswer(200, file.content, file.mimetype) if file and not file.deleted else HttpAnswer(404)

    def _ui(self, what: str, request: Request) -> HttpAnswer:
        try:
            given = request.object() if request.body else dict(request.query)
        except SlackError:
            return HttpAnswer(400)
        facts = self.page.answer(request.method, what, given)
        if facts is None:
            return HttpAnswer(204)
        return as_json(facts, 404 if facts.get("error") == "unknown" else 200)


def _with_warnings(body: Json, warnings: Sequence[str]) -> Json:
    if not warnings:
        return body
    metadata = {**body.get("response_metadata", {}), "warnings": list(warnings)}
    return {**body, "warning": ",".join(warnings), "response_metadata": metadata}


def _gone_wrong(fault: Fault, done: HttpAnswer) -> HttpAnswer:
    if fault.hangs_up:
        return HttpAnswer(hangs_up=True)
    if fault.truncates:
        return HttpAnswer(done.status, done.body, done.kind, done.headers, truncates=True)
    if fault.body is not None:
        return HttpAnswer(fault.status, fault.body.encode())
    if fault.error:
        wait = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        return as_json({"ok": False, "error": fault.error}, fault.status, **wait)
    return HttpAnswer(fault.status) if fault.status != 200 else done


def _static(name: str) -> HttpAnswer:
    found = PAGE / name
    if "/" in name or name.startswith(".") or not found.is_file():
        return HttpAnswer(404, b"Nothing here.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return HttpAnswer(200, found.read_bytes(), kind, {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})


class Handler(BaseHTTPRequestHandler):
    """Reads requests from one connection, and writes what the site answers."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        """For the page, files, and the connections of Socket Mode."""
        self._answer()

    def do_POST(self) -> None:
        """For the Web API, uploads, answers to a `response_url`, and what is done on the page."""
        self._answer()

    def _answer(self) -> None:
        length, parts = whole(self.headers.get("Content-Length") or "0"), split(self.path)
        if length is None or parts is None:
            self.close_connection = True
            self.send_error(400)
            return
        body = self.rfile.read(length)
        if len(body) < length:  # the rest was lost: Slack calls that request_timeout, and nobody is there to read it
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path == LINK:
            self.site.sockets.serve(self, query)
            self.close_connection = True
            return
        answer = self.site.answer(Request(self.command, parts.path, query, headers, body))
        if answer.hangs_up:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Type": answer.kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.truncates else answer.body)
        self.close_connection = self.close_connection or answer.truncates

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: what goes wrong is seen where it was asked for."""


class SlackServer(ThreadingHTTPServer):
    """Listens on the loopback address, a thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site: Site, port: int) -> None:
        """Listens at once; port 0 takes a free one. Raises OSError."""
        super().__init__(("127.0.0.1", port), type("SiteHandler", (Handler,), {"site": site}))
        site.url = site.sockets.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no news; anything else is."""
        import sys

        if not isinstance(sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
