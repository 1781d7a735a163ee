"""A proxy between Slack and the bots that delivers every request twice, as proxies do when they lose an answer."""

import http.client
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Answer = tuple[int, str, bytes]  # the status, the content type and the body


class DoublingProxy:
    """Delivers each request to the first and to the last of the bots, at once or one after the other, and passes on
    the first answer. `pairs` has both answers to each."""

    def __init__(self, bots: Sequence[str], *, at_once: bool) -> None:
        """`bots` are addresses; with one, both copies go there."""
        self.url, self.pairs = "", list[tuple[Answer, Answer]]()
        self._bots, self._pool = (bots[0], bots[-1]), ThreadPoolExecutor(8 if at_once else 1)
        self._came: list[tuple[dict[str, str], bytes]] = []

    def twice(self, headers: dict[str, str], body: bytes) -> Answer:
        """Deliver a request twice; the first answer."""
        self._came.append((headers, body))
        copies = [self._pool.submit(_deliver, bot, headers, body) for bot in self._bots]
        first, second = (copy.result() for copy in copies)
        self.pairs.append((first, second))
        return first

    def again(self, nth: int) -> Answer:
        """Deliver the nth request that came once more, to the last bot."""
        return _deliver(self._bots[-1], *self._came[nth])

    def close(self) -> None:
        """Deliver nothing more."""
        self._pool.shutdown()


@contextmanager
def a_doubling_proxy(bots: Sequence[str], *, at_once: bool) -> Iterator[DoublingProxy]:
    """The proxy, listening at its `url`."""
    proxy = DoublingProxy(bots, at_once=at_once)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body, headers = self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers.items())
            status, kind, said = proxy.twice(headers, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        proxy.close()


def _deliver(bot: str, headers: dict[str, str], body: bytes) -> Answer:
    where = urlsplit(bot)
    connection = http.client.HTTPConnection(where.netloc, timeout=10)
    try:
        connection.request("POST", where.path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type", "text/plain"), answer.read()
    finally:
        connection.close()
