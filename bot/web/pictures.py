"""The rotation's picture by a signed, expiring address, so that it can stand below a reply that only one person sees.

    /oncall calendar ─► /pictures/EXPIRES/SIGNATURE.png in a reply ─► Slack asks for it ─► drawn as things are then

Slack fetches it before it takes the reply, and takes none whose picture it can't fetch. The signature's key is made
from the bot's token, which all bots of a workspace have; an address that is wrong, altered or old is not found.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.talk.oncall import calendar
from bot.talk.oncall.words import CALENDAR_WEEKS
from bot.web.server import PICTURES, Made, serve
from models.store.engine import Store
from scheduler.team import roster

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

GOOD_FOR = 3_600  # seconds
PURPOSE = b"the rotation's picture"
HEADERS = {"Content-Type": "image/png", "Cache-Control": "private, max-age=300"}

_PATH = re.compile(rf"{PICTURES}(\d{{1,12}})/([0-9a-f]{{64}})\.png")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Makes and knows the addresses of one workspace. `url` is the bot's public address, `token` its token, of which no
    address tells anything. `clock` tells the seconds since 1970, by the real clock."""

    url: str
    token: str = field(repr=False)
    clock: Callable[[], float] = time.time

    def fresh(self) -> str:
        """An address that is good for an hour."""
        expires = str(int(self.clock()) + GOOD_FOR)
        return f"{self.url}{PICTURES}{expires}/{self._signature(expires)}.png"

    def is_good(self, path: str) -> bool:
        """Whether a path is one that was made here, and not too long ago."""
        found = _PATH.fullmatch(path)
        expires, signature = found.groups() if found else ("0", "")
        signed = hmac.compare_digest(self._signature(expires), signature)
        return signed and self.clock() < int(expires)

    def _signature(self, expires: str) -> str:
        key = hmac.new(self.token.encode(), PURPOSE, hashlib.sha256).digest()
        return hmac.new(key, expires.encode(), hashlib.sha256).hexdigest()


class Images:
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
            picture = calendar.of(roster.load(tx), self._clock.now(), weeks=CALENDAR_WEEKS)
        return calendar.draw(picture), HEADERS
