"""What happens a little after an answer: a file that is shared, a late effect."""

import threading
from collections.abc import Callable
from datetime import timedelta


class _Coming(threading.Thread):
    """Something that is done after some real seconds, or as soon as it is hurried, unless it is forgotten before."""

    def __init__(self, seconds: float, do: Callable[[], object]) -> None:
        super().__init__(name="later", daemon=True)
        self.seconds, self._do = seconds, do
        self.hurried, self.is_forgotten = threading.Event(), False

    def run(self) -> None:
        """Wait, and do it."""
        self.hurried.wait(self.seconds)
        if not self.is_forgotten:
            self._do()


class Later:
    """Does things after some real seconds, each in a thread of its own."""

    def __init__(self) -> None:
        """Nothing is to be done yet."""
        self._lock = threading.Lock()
        self._coming: list[_Coming] = []

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        """Do this in so many seconds."""
        coming = _Coming(seconds, do)
        with self._lock:
            self._coming = [each for each in self._coming if each.is_alive()]
            self._coming.append(coming)
            coming.start()

    def let_pass(self, passed: timedelta) -> None:
        """So much time passes at once: what was to be done within it is done."""
        with self._lock:
            due = [each for each in self._coming if each.seconds <= passed.total_seconds()]
        for each in due:
            each.hurried.set()
            each.join()

    def close(self) -> None:
        """Forget what is still to be done, and wait for what has begun."""
        with self._lock:
            coming, self._coming = self._coming, []
        for each in coming:
            each.is_forgotten = True
            each.hurried.set()
        for each in coming:
            each.join()
