"""Tells a dead-man service that the bot lives: it raises the alarm when it hears nothing, or that something is overdue.

    a good tick ─► GET ONCALL_PING_URL
    … but messages are overdue or newly refused, or nobody has been heard for a minute ─► GET ONCALL_PING_URL/fail
    any tick, and nothing could be saved for half a minute ─► GET ONCALL_PING_URL/fail

https://healthchecks.io and its like take this form. The address is the credential, so it is never logged.
"""

import http.client
import logging
import urllib.error
import urllib.request
from collections import deque
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from bot.worker import Worker

UNANSWERED = "the ping was not taken"
ANSWERED = "it answered {status}"
NO_ANSWER = "no answer within {seconds} seconds"
CUT_SHORT = "it closed the connection without an answer"
NO_HTTP = "what it answered is no HTTP ({kind})"
NOT_ASKED = "it could not be asked ({kind})"
SECONDS = 5  # who stops the bot waits for it, too
SELDOM = timedelta(days=1).total_seconds()  # it is woken by each tick

log = logging.getLogger(__name__)


class Ping:
    """Calls one address, in a thread of its own, so that a slow service never holds up a tick."""

    def __init__(self, url: str) -> None:
        """`url` without `/fail`, which goes before its query, if it has one."""
        parts = urlsplit(url)
        self._urls = {True: url, False: parts._replace(path=f"{parts.path.rstrip('/')}/fail").geturl()}
        self._latest: deque[bool] = deque(maxlen=1)
        self.worker = Worker("ping", self._call, SELDOM)

    def tell(self, *, well: bool) -> None:
        """A tick was good: `well`, or with something overdue. Of several, the latest is told."""
        self._latest.append(well)
        self.worker.wake()

    def _call(self) -> None:
        if not self._latest:
            return
        try:
            with urllib.request.urlopen(self._urls[self._latest.pop()], timeout=SECONDS):
                pass
        except (OSError, http.client.HTTPException) as error:
            log.warning(UNANSWERED, extra={"problem": _why(error)})
            if isinstance(error, urllib.error.HTTPError):
                error.close()


def _why(error: OSError | http.client.HTTPException) -> str:
    """What went wrong, in words that never hold the address: an exception's own words may."""
    if isinstance(error, urllib.error.HTTPError):
        return ANSWERED.format(status=_status(error.code))
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return NO_ANSWER.format(seconds=SECONDS)
    if isinstance(reason, http.client.RemoteDisconnected):
        return CUT_SHORT
    if isinstance(reason, OSError) and reason.strerror:  # the system's words, or OpenSSL's about a certificate
        return reason.strerror
    words = NO_HTTP if isinstance(reason, http.client.HTTPException) else NOT_ASKED
    return words.format(kind=type(reason).__name__)


def _status(code: int) -> str:
    """`404 Not Found`, in our words: those of the service, such as where it would send us, may hold the address."""
    known = code in HTTPStatus.__members__.values()
    return f"{code} {HTTPStatus(code).phrase}" if known else str(code)
