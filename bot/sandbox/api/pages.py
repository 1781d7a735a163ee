"""Lists, a page at a time, as Slack gives them: pages that are not full, and cursors that say nothing and expire.

Sources: https://docs.slack.dev/apis/web-api/pagination (fewer items may come than asked for; cursors outlive a window
of rate limiting, and are not to be kept for hours) and https://docs.slack.dev/reference/methods/conversations.list
("filters are applied after retrieving a virtual page": one may be empty and have a next one). Others measured about
50 channels where 200 were asked for, and fewer than ten with several types. A `limit` over 999 is refused by the pages
of conversations.list and users.conversations, and adjusted by that of pagination: it is refused here.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

MOST, USUAL = 999, 100  # items: the highest limit, and that where none is given
ONE_KIND, MIXED = 4, 25  # of so many asked for one comes
CURSOR_SECONDS = 600.0

_T = TypeVar("_T")


class BadCursor(Exception):
    """A cursor that was not handed out for this list, or too long ago."""


@dataclass(frozen=True)
class Page:
    """What is asked for: at most `limit` items from `cursor` on ("" for the first), of the list of `method`, at `now`
    (real seconds). `repeats`: whatever comes after a cursor is said to come after the same cursor again."""

    method: str
    limit: int
    cursor: str
    now: float
    repeats: bool = False

    def of(self, items: Sequence[_T], name: Callable[[_T], str], fewer: int = 1) -> tuple[list[_T], str]:
        """The items, whose names are unique, and the next cursor ("" at the end); `fewer`: one of so many that were
        asked for. Raises BadCursor."""
        start, size = self._start([name(each) for each in items]), max(1, self.limit // fewer)
        rest = items[start + size : start + size + 1]
        following = self._handed_out(name(rest[0])) if rest else ""
        return list(items[start : start + size]), self.cursor if self.repeats and self.cursor else following

    def _start(self, names: list[str]) -> int:
        if not self.cursor:
            return 0
        try:
            method, name, at = b64decode(self.cursor, validate=True).decode().split(" ")
            if method == self.method and self.now - float(at) <= CURSOR_SECONDS:
                return names.index(name)
        except ValueError:
            raise BadCursor from None
        raise BadCursor

    def _handed_out(self, name: str) -> str:
        return b64encode(f"{self.method} {name} {self.now:.3f}".encode()).decode()
