"""Whoever watches a bot: its operations address, and a dead-man service."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from bot.front import Front
from bot.ops.address import operations
from bot.ops.watch import FRESH_SECONDS
from bot.web.server import Server
from tests.kit.stage import Stage


@contextmanager
def served(stage: Stage) -> Iterator[int]:
    """The operations address of a stage's bot; its port."""
    front = Front()
    front.begins(stage.bot, stage.ear)
    server = Server(operations(front.alive, front.ready, front.status, front.metrics), "127.0.0.1", 0, threads=2)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    """The status and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def status(port: int) -> dict[str, Any]:
    """What /status says."""
    code, body = get(port, "/status")
    assert code == 200
    facts: dict[str, Any] = json.loads(body)
    return facts


def metrics(text: str) -> dict[str, float]:
    """Every sample, by its name and labels."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {f"{s.name}{''.join(f' {v}' for _, v in sorted(s.labels.items()))}": s.value for s in samples}


def look_again(stage: Stage) -> None:
    """Forget what the store said a moment ago."""
    stage.bot.watch._seen = None
    assert FRESH_SECONDS < 10


class Service:
    """A dead-man service: what it was called with, and how it answers."""

    def __init__(self) -> None:
        """Listens at once."""
        self.calls: Queue[str] = Queue()
        self.status = 200
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(service.status)
                self.end_headers()
                service.calls.put(self.path)

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-uuid"


@contextmanager
def a_service() -> Iterator[Service]:
    """A service that answers."""
    made = Service()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()
