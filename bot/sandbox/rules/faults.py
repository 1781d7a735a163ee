"""What can go wrong between the bot and Slack, to be armed per method and used up in order."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass

RESPONSE_URL = "response_url"  # the name to arm for posts to a response_url


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request: take one from the class methods.

    `accepted`: the request has its effect all the same, so the bot cannot know; `late` seconds after the answer.
    """

    status: int = 200
    error: str | None = None
    retry_after: int | None = None
    accepted: bool = False
    hangs_up: bool = False
    truncates: bool = False
    slow: float = 0.0
    late: float = 0.0
    body: str | None = None

    @classmethod
    def none(cls) -> "Fault":
        """Nothing goes wrong: a place to wait in a sequence."""
        return cls(accepted=True)

    @classmethod
    def rate_limited(cls, retry_after: int | None = 30) -> "Fault":
        """429 with Retry-After in seconds, or without one; no effect."""
        return cls(status=429, error="ratelimited", retry_after=retry_after)

    @classmethod
    def http_error(cls, status: int = 500, accepted: bool = False) -> "Fault":
        """An HTTP error with no body."""
        return cls(status=status, accepted=accepted)

    @classmethod
    def api_error(cls, error: str, accepted: bool = False) -> "Fault":
        """`{"ok": false, "error": error}`, such as internal_error, channel_not_found, is_archived or invalid_auth."""
        return cls(error=error, accepted=accepted)

    @classmethod
    def dropped_before_accepting(cls) -> "Fault":
        """The connection drops; no effect."""
        return cls(hangs_up=True)

    @classmethod
    def dropped_after_accepting(cls) -> "Fault":
        """The connection drops, and the request has had its effect."""
        return cls(hangs_up=True, accepted=True)

    @classmethod
    def truncated(cls) -> "Fault":
        """Half of the answer arrives, and the request has had its effect."""
        return cls(truncates=True, accepted=True)

    @classmethod
    def half_an_answer(cls, accepted: bool = True) -> "Fault":
        """`{"ok": true}` and nothing else."""
        return cls(body='{"ok": true}', accepted=accepted)

    @classmethod
    def no_json(cls, accepted: bool = True) -> "Fault":
        """A page of some proxy, with status 200."""
        return cls(body="<html><body>Please stand by.</body></html>", accepted=accepted)

    @classmethod
    def late_effect(cls, seconds: float) -> "Fault":
        """The connection drops at once, and the effect is there `seconds` later."""
        return cls(hangs_up=True, accepted=True, late=seconds)

    @classmethod
    def slow_answer(cls, seconds: float) -> "Fault":
        """The effect is there at once, the answer `seconds` later: the bot may have given up by then."""
        return cls(accepted=True, slow=seconds)


class Faults:
    """The faults that wait for requests to come, how many real seconds the history is behind (`history_lags`), and
    whether a cursor leads to itself (`cursors_repeat`)."""

    def __init__(self) -> None:
        """None wait."""
        self._lock = threading.Lock()
        self._armed: dict[str, deque[Fault]] = defaultdict(deque)
        self.history_lags = 0.0
        self.cursors_repeat = False

    def arm(self, method: str, *sequence: Fault, times: int = 1) -> None:
        """The next requests to `method` ("chat.postMessage", or RESPONSE_URL) meet this sequence, `times` over."""
        with self._lock:
            self._armed[method].extend(sequence * times)

    def disarm(self) -> None:
        """All is well from now on."""
        with self._lock:
            self._armed.clear()
            self.history_lags, self.cursors_repeat = 0.0, False

    def left(self, method: str) -> int:
        """How many wait for requests to this method."""
        with self._lock:
            return len(self._armed[method])

    def next(self, method: str) -> Fault | None:
        """What the request that has just come meets, None when nothing waits for it."""
        with self._lock:
            return self._armed[method].popleft() if self._armed[method] else None
