"""Whether a store takes what is to be saved, as this process has seen it: by what became of its own transactions."""

import threading
import time

ENOUGH_SECONDS = 30.0  # so long nothing could be saved before it is told: a lock or a restart may take a moment


class Saves:
    """What became of what was to be saved. Moments are of the monotonic clock."""

    def __init__(self) -> None:
        """Nothing was saved yet, and nothing failed."""
        self._lock = threading.Lock()
        self.latest = time.monotonic()
        self.failing_since: float | None = None
        self._problem = ""

    def succeeded(self) -> None:
        """A transaction that wrote something was committed."""
        with self._lock:
            self.latest, self.failing_since = time.monotonic(), None

    def failed(self, problem: str) -> None:
        """Something could not be saved."""
        with self._lock:
            self.failing_since = self.failing_since or time.monotonic()
            self._problem = problem

    def trouble(self) -> str | None:
        """What has kept everything from being saved for half a minute; None where nothing has."""
        with self._lock:
            since = self.failing_since
            return self._problem if since is not None and time.monotonic() - since >= ENOUGH_SECONDS else None
