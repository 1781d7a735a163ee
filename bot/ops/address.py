"""The operations address: for those who run the bot, and what they run it with. It answers from the first second on,
before the store is opened and Slack has answered.

/healthz    restart me: 200 while the process answers and its threads live and go on trying; whether its socket is
            connected
/readyz     send me requests: 200 from its start to its stop, whatever becomes of the store and of Slack; what keeps the
            store from saving, if anything does
/status     JSON for people and alert rules: what the start waits for; the store, what keeps it from saving, how
            requests come in or what keeps them from it, the latest tick, what is overdue, each named
/metrics    Prometheus
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
