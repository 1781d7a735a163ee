"""A thread that does one thing whenever it is woken, and every so often anyway."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.speech.store_trouble import told
from models.store.errors import StoreError
from scheduler.team.roster import NoPlan

UNEXPECTED = "met something unexpected"

_P = ParamSpec("_P")
_T = TypeVar("_T")

log = logging.getLogger(__name__)


class Worker:
    """Does `work` again and again, from `start` until `stop`."""

    def __init__(
        self, name: str, work: Callable[[], float | None], every: float, patience: float | None = None
    ) -> None:
        """`every`: seconds after which it looks for work without being woken, at the latest; `work` may return fewer
        for the next time. `patience`: so many seconds who stops it waits for work that can be left undone, such as
        looking up a name; None for as long as it takes."""
        self._work, self._every, self._patience = work, every, patience
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=patience is not None)

    def start(self) -> None:
        """Work from now on, in a thread of its own: at once, then as often as said, and when woken."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(self._patience)

    @property
    def stopping(self) -> bool:
        """Whether it has been told to end."""
        return self._stop.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether its thread lives and goes on trying."""
        return self._thread.is_alive()

    def _run(self) -> None:
        troubled = False
        while not self._stop.is_set():
            soon: float | None = None
            try:
                soon = self._work()
                troubled = False
            except (StoreError, NoPlan) as error:
                if not troubled:  # once, and not every two seconds of a long night
                    log.warning("has to wait", extra={"worker": self._thread.name, "problem": told(error)})
                troubled = True
            except Exception:
                log.exception(UNEXPECTED, extra={"worker": self._thread.name})
            self._wake.wait(self._every if soon is None else min(soon, self._every))
            self._wake.clear()


class Threads(ThreadPoolExecutor):
    """Threads whose outcome nobody waits for: nothing that goes wrong there is lost, it is at least logged."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Do this in one of them."""
        done = super().submit(fn, *args, **kwargs)
        done.add_done_callback(_logged)
        return done


def _logged(done: Future[_T]) -> None:
    if error := done.exception():
        log.error(UNEXPECTED, exc_info=error)
