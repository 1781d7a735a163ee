"""Tells a dead-man service that the bot lives: it raises the alarm when it hears nothing, or that something is overdue.

    a good tick ─► GET PING_URL          messages are overdue ─► GET PING_URL/fail

https://healthchecks.io and its like take this form. The address is the credential, so it is never logged.
"""

import http.client
import logging
import urllib.error
import urllib.request
from datetime import timedelta

from bot.worker import Worker

UNANSWERED = "the ping was not taken"
SECONDS = 10
SELDOM = timedelta(days=1).total_seconds()  # it is woken by each tick

log = logging.getLogger(__name__)


class Ping:
    """Calls one address, in a thread of its own, so that a slow service never holds up a tick."""

    def __init__(self, url: str) -> None:
        """`url` without `/fail`."""
        self._url = url.rstrip("/")
        self._well: bool | None = None
        self.worker = Worker("ping", self._call, SELDOM)

    def tell(self, *, well: bool) -> None:
        """A tick was good: `well`, or with something overdue. Of several, the latest is told."""
        self._well = well
        self.worker.wake()

    def _call(self) -> None:
        well, self._well = self._well, None
        if well is None:
            return
        try:
            with urllib.request.urlopen(self._url if well else f"{self._url}/fail", timeout=SECONDS):
                pass
        except urllib.error.HTTPError as error:
            log.warning(UNANSWERED, extra={"problem": error.code})
            error.close()
        except (OSError, http.client.HTTPException) as error:
            log.warning(UNANSWERED, extra={"problem": type(error).__name__})
