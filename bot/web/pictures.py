"""The rotation's picture by a signed, expiring address, so that it can stand below a reply that only one person sees.

    /oncall calendar ─► /pictures/TEAM/EXPIRES/MARK/SIGNATURE.png in a reply ─► Slack asks for it ─► drawn

It is drawn as things are then, and is not found any more where that is another state than the words above it tell.
Slack fetches it before it takes the reply, and takes none whose picture it can't fetch. An address that is wrong,
altered or old (`bot/links.py`) is not found.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.links import Addresses
from bot.talk.oncall import calendar
from bot.talk.oncall.picture import draw
from bot.talk.oncall.words import CALENDAR_WEEKS
from bot.web.server import Made, serve
from models.store.engine import Store
from scheduler.team import roster

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HEADERS = {"Content-Type": "image/png", "Cache-Control": "private, max-age=300"}


class Pictures:
    """Serves the picture of one store."""

    def __init__(self, store: Store, clock: Clock, addresses: Addresses) -> None:
        """`clock` says which week is the current one."""
        self._store, self._clock, self._addresses = store, clock, addresses

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        return serve(environ, start_response, "a picture", self._made)

    def _made(self, path: str) -> Made | None:
        """The picture, where the path is a good address."""
        if not self._addresses.is_good(path):
            return None
        with self._store.reading() as tx:
            team = roster.load(tx, self._addresses.team_of(path))
            now, mark = self._clock.now(), self._addresses.mark_of(path)
            if mark and mark != calendar.mark_of(team, now, CALENDAR_WEEKS):
                return None
            picture = calendar.picture_of(team, now, weeks=CALENDAR_WEEKS)
        return draw(picture), HEADERS
