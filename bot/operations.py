"""The operations address: for those who run the bot, and what they run it with.

/healthz    restart me: 200 while the process answers and its threads live; it tells whether its socket is connected
/readyz     send me requests: 200 once it has started and until it stops, whatever becomes of the store and of Slack
/status     JSON for people and alert rules: the store, how requests come in, the latest tick, what is overdue by name
/metrics    Prometheus

It answers from the first second, while the bot still waits for its store or for Slack.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from prometheus_client import CONTENT_TYPE_LATEST

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HEALTHZ, READYZ, STATUS, METRICS = "/healthz", "/readyz", "/status", "/metrics"
JSON, TEXT = "application/json", "text/plain; charset=utf-8"
NOTHING = b"Nothing here.\n"

Facts = Callable[[], Mapping[str, Any]]


def operations(alive: Facts, ready: Facts, status: Facts, metrics: Callable[[], bytes]) -> "WSGIApplication":
    """The address as an application. `alive` and `ready` give facts with `ok` among them: else it is a 503."""

    def probe(facts: Mapping[str, Any]) -> tuple[str, str, bytes]:
        return "200 OK" if facts["ok"] else "503 Service Unavailable", JSON, _json(facts)

    answers: Mapping[str, Callable[[], tuple[str, str, bytes]]] = {
        HEALTHZ: lambda: probe(alive()),
        READYZ: lambda: probe(ready()),
        STATUS: lambda: ("200 OK", JSON, _json(status())),
        METRICS: lambda: ("200 OK", CONTENT_TYPE_LATEST, metrics()),
    }

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = answers.get(str(environ.get("PATH_INFO")))
        code, kind, body = answer() if answer else ("404 Not Found", TEXT, NOTHING)
        start_response(
            code, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        )
        return [b""] if environ.get("REQUEST_METHOD") == "HEAD" else [body]

    return application


def _json(facts: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(facts, ensure_ascii=False)}\n".encode()
