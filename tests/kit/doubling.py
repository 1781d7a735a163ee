"""A carrier between Slack and the bots that delivers everything twice, as proxies do when they lose an answer, and
Slack does when a connection breaks."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bot.sandbox.records import Json
from bot.sandbox.slack.carriers import Carrier


class Doubling:
    """Delivers each payload to the first and to the last of the bots, at once or one after the other, and passes on the
    first ack. `pairs` has both acks of each."""

    def __init__(self, bots: Sequence[Carrier], *, at_once: bool) -> None:
        """With one bot, both copies go there."""
        self.pairs = list[tuple[bytes, bytes]]()
        self._bots, self._pool = (bots[0], bots[-1]), ThreadPoolExecutor(8 if at_once else 1)
        self._came: list[tuple[str, Json]] = []

    def carry(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> bytes:
        """Deliver a payload twice; the first ack."""
        self._came.append((kind, payload))
        copies = [self._pool.submit(bot.carry, kind, payload, retry) for bot in self._bots]
        first, second = (copy.result() for copy in copies)
        self.pairs.append((first, second))
        return first

    def again(self, nth: int) -> bytes:
        """Deliver the nth payload that came once more, to the last bot."""
        return self._bots[-1].carry(*self._came[nth])

    def close(self) -> None:
        """Deliver nothing more."""
        self._pool.shutdown()


@contextmanager
def doubling(bots: Sequence[Carrier], *, at_once: bool) -> Iterator[Doubling]:
    """The carrier."""
    made = Doubling(bots, at_once=at_once)
    try:
        yield made
    finally:
        made.close()
