"""What went wrong with a call of Slack's Web API: whether it was surely not done, or may have been.

A definite answer is `ok` or an error of the API; a timeout, a dropped or truncated answer and a 5xx leave open whether
the request took effect, and so do some errors of the API: `errors.py` has their sorts.

    SlackTrouble ─┬─ Unclear            it may have been done: look it up
                  └─ SlackRefused       it was surely not done, and would not be the next time
                       ├─ Passing       … but it passes by itself
                       │    ├─ Limited       after so many seconds
                       │    └─ Unreached     nobody was there
                       └─ Doubtful      … or perhaps it would: Slack alone knows
"""

import http.client
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError

from slack_sdk.errors import SlackApiError, SlackClientError, SlackObjectFormationError

from bot.slack.errors import DOUBTFUL, FINAL, LIMITS, PASSES, UNCLEAR, sort_of

NO_WORD = "no_json"  # our own: no refusal by Slack, but a proxy's page or half an answer, which the SDK takes for one
POSTING = "chat.postMessage"
HALF = "half an answer"
SHORTEST_WAIT = 1.0  # seconds; a Retry-After of 0 would have it asked thousands of times
# Slack asks for seconds. None at all would be a hot loop, a day a mistake, perhaps a proxy's, that keeps a handoff from
# everybody; asked again after an hour, Slack says once more how long it is.
SHORTEST_WAIT, USUAL_WAIT, LONGEST_WAIT = 1.0, 30.0, 3600.0
TOKEN_TROUBLE = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired")


class SlackTrouble(Exception):
    """Slack did not do what was asked. `problem` is a word of Slack's or the kind of failure, without any content."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class SlackRefused(SlackTrouble):
    """It was surely not done. Of this class itself: nor would it be the next time, until somebody mends something."""


class Passing(SlackRefused):
    """It was not done now; what was in the way passes by itself."""


class Doubtful(SlackRefused):
    """It was not done: somebody must mend something, or it passes. Nobody can tell by Slack's word for it."""


class Limited(Passing):
    """It was not done, and is not to be tried again for `retry_after` seconds, an hour at most; `of_posting`: nor are
    other posts."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after
        self.of_posting = method == POSTING


class Unreached(Passing):
    """Slack was not reached at all."""


class Unclear(SlackTrouble):
    """It may have been done."""


_BY_SORT: Mapping[str, type[SlackTrouble]] = {
    PASSES: Passing,
    UNCLEAR: Unclear,
    DOUBTFUL: Doubtful,
    FINAL: SlackRefused,
}

# The last two: the SDK trips over an answer that is JSON and no object, or half of one.
_BROKEN = (
    *(SlackClientError, SlackObjectFormationError, OSError, http.client.HTTPException, ValueError),
    *(AttributeError, TypeError),
)


@contextmanager
def understood(method: str = "") -> Iterator[None]:
    """What goes wrong with a call leaves the block as SlackTrouble. `method` is named where it matters: POSTING."""
    try:
        yield
    except SlackApiError as error:
        _api_error(error, method)
    except _BROKEN as error:
        _broken(error)


def _api_error(error: SlackApiError, method: str) -> NoReturn:
    problem, status = _problem(error), getattr(error.response, "status_code", 200)
    if status == 429 or problem in LIMITS:
        raise Limited(method, _seconds(error)) from None
    if status >= 500 or problem == NO_WORD:
        raise Unclear(problem) from None
    raise _BY_SORT[sort_of(problem)](problem) from None


def _broken(error: Exception) -> NoReturn:
    """Where no connection came about, nothing was sent; whatever broke later leaves open what Slack made of it."""
    if isinstance(error, HTTPError):
        error.close()  # it is the answer, still open
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        raise Unreached("unreachable") from None
    raise Unclear(type(reason).__name__ if isinstance(reason, Exception) else type(error).__name__) from None


def part(answer: Any, name: str) -> Any:
    """A part of an answer. Raises Unclear where it is not there: half an answer tells nothing."""
    found = answer.get(name)
    if found is None:
        raise Unclear(HALF)
    return found


def parts(answer: Any, name: str) -> list[dict[str, Any]]:
    """The objects that a part of an answer lists. Raises Unclear where it is no such list."""
    found = part(answer, name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unclear(HALF)
    return found


def _problem(error: SlackApiError) -> str:
    data = getattr(error.response, "data", error.response)
    said = data.get("error") if isinstance(data, dict) else None
    return said if isinstance(said, str) and re.fullmatch(r"\w+", said) else NO_WORD


def _seconds(error: SlackApiError) -> float:
    said = str(error.response.headers.get("Retry-After") or error.response.headers.get("retry-after") or "")
    given = float(said) if said.isascii() and said.isdigit() else USUAL_WAIT
    return min(max(given, SHORTEST_WAIT), LONGEST_WAIT)
