"""Lists of Slack's, which come page by page: gone through with an end, and gone on with where they were left off.

Slack lets itself be asked for some lists only 20 times a minute, its pages are not full, and its cursors can repeat or
expire. Nobody waits here: that would outlast the claim of a message. "Not so fast" is raised, and whoever asks for the
same later begins with the page that was not given. https://docs.slack.dev/apis/web-api/pagination
"""

import threading
from collections.abc import Callable, Hashable, Iterator

from slack_sdk.web import SlackResponse

from bot.slack.trouble import Passing, SlackRefused, Unclear

PAGE = 200  # Slack recommends no more
MOST_LEFT_OFF = 100  # lists; of what nobody goes on with, the oldest are forgotten
MOST_PAGES = 2_000  # of the longest lists that there are: 100,000 channels, of which 50 come at a time
STOPPING = "stopping"  # our own words beside Slack's
ENDLESS = "endless_list"
BAD_CURSOR = "invalid_cursor"

Ask = Callable[..., SlackResponse]


class Paging:
    """Where each list that was left off is to be gone on with."""

    def __init__(self) -> None:
        """None was."""
        self._told_to_stop = threading.Event()
        self._lock = threading.Lock()
        self.left_off: dict[
            Hashable, list[str]
        ] = {}  # the cursors that were asked with, the last one without an answer

    def stop(self) -> None:
        """Ask for no further page."""
        self._told_to_stop.set()

    def pages(self, ask: Ask, what: Hashable, *, whole: bool = False) -> Iterator[SlackResponse]:
        """The pages that `ask` (given `limit` and `cursor`) answers, from where `what` was left off by trouble that
        passes. A list whose cursors repeat, or that has too many, ends there; where it must be gone through `whole`,
        that raises Refused. Raises SlackTrouble, Passing where it is told to stop."""
        cursors = self.left_off.pop(what, None) or [""]
        page = self._first(ask, what, cursors)
        while len(cursors) < MOST_PAGES:
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
            if cursor in cursors:
                break
            cursors.append(cursor)
            page = self._page(ask, what, cursors)
        if whole:
            raise SlackRefused(ENDLESS)

    def _first(self, ask: Ask, what: Hashable, cursors: list[str]) -> SlackResponse:
        """A cursor that was kept may have expired meanwhile: then from the beginning."""
        try:
            return self._page(ask, what, cursors)
        except SlackRefused as refused:
            if refused.problem != BAD_CURSOR or len(cursors) == 1:
                raise
        cursors[:] = [""]
        return self._page(ask, what, cursors)

    def _page(self, ask: Ask, what: Hashable, cursors: list[str]) -> SlackResponse:
        try:
            if self._told_to_stop.is_set():
                raise Passing(STOPPING)
            return ask(limit=PAGE, cursor=cursors[-1] or None)
        except (Passing, Unclear) as trouble:
            if trouble.problem != BAD_CURSOR:
                self._leave_off(what, cursors)
            raise

    def _leave_off(self, what: Hashable, cursors: list[str]) -> None:
        with self._lock:
            self.left_off[what] = cursors
            while len(self.left_off) > MOST_LEFT_OFF:
                del self.left_off[next(iter(self.left_off))]
