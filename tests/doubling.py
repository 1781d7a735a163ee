"""A proxy between Slack and the bot that delivers every request twice, as proxies do when they lose an answer."""

import http.client
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Answer = tuple[int, str, bytes]


@contextmanager
def a_doubling_proxy(bot_url: str, *, at_once: bool) -> Iterator[str]:
    """Delivers each request twice to `bot_url`, at once or one after the other, and passes on the first answer. Yields
    its own address."""
    where = urlsplit(bot_url)
    pool = ThreadPoolExecutor(8)

    def deliver(headers: dict[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection(where.netloc, timeout=10)
        try:
            connection.request("POST", where.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type", "text/plain"), answer.read()
        finally:
            connection.close()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body, headers = self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers.items())
            if at_once:
                first, second = (pool.submit(deliver, headers, body) for _ in range(2))
                status, kind, said = first.result()
                second.result()
            else:
                status, kind, said = deliver(headers, body)
                deliver(headers, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        pool.shutdown()
