"""What happens a little after an answer: a file that is shared, a late effect."""

import threading
from collections.abc import Callable


class Later:
    """Does things after some real seconds, each in a thread of its own."""

    def __init__(self) -> None:
        """Nothing is to be done yet."""
        self._lock = threading.Lock()
        self._timers: list[threading.Timer] = []

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        """Do this in so many seconds."""
        timer = threading.Timer(seconds, do)
        timer.daemon = True
        with self._lock:
            self._timers = [each for each in self._timers if each.is_alive()]
            self._timers.append(timer)
            timer.start()

    def close(self) -> None:
        """Forget what is still to be done, and wait for what has begun."""
        with self._lock:
            for timer in self._timers:
                timer.cancel()
            timers, self._timers = self._timers, []
        for timer in timers:
            timer.join()
