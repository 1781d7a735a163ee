"""Addresses that the bot gives out: where Slack's requests come in, pictures by signed, expiring addresses, and secret
links to calendar feeds.

A picture's address is signed with a key made from the bot's token, which all bots of a workspace have. One that is
wrong, altered or old opens nothing. Of a feed's secret only the hash is kept.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from scheduler.feed import Kind

EVENTS, FEEDS, PICTURES = "/slack/events", "/feeds/", "/pictures/"
GOOD_FOR = 3_600  # seconds
PURPOSE = b"the rotation's picture"
SECRET_BYTES = 32
FEED_FILES: Mapping[str, Kind] = {f"{kind}.ics": kind for kind in get_args(Kind)}

_PICTURE = re.compile(rf"{PICTURES}((?:\d{{1,12}}/)?)(\d{{1,12}})((?:/[0-9a-f]{{16}})?)/([0-9a-f]{{64}})\.png")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Makes and knows the addresses of one workspace. `url` is the bot's public address, `token` its token, of which no
    address tells anything. `clock` tells the seconds since 1970, by the real clock."""

    url: str
    token: str = field(repr=False)
    clock: Callable[[], float] = time.time

    def fresh(self, team_id: int, mark: str = "") -> str:
        """An address of a team's picture that is good for an hour, and only as long as what it shows has this mark
        (16 hexadecimal digits; none: whatever it shows)."""
        signed = f"{team_id}/{int(self.clock()) + GOOD_FOR}{f'/{mark}' if mark else ''}"
        return f"{self.url}{PICTURES}{signed}/{self._signature(signed)}.png"

    def is_good(self, path: str) -> bool:
        """Whether a path is one that was made here, and not too long ago."""
        found = _PICTURE.fullmatch(path)
        team, expires, mark, signature = found.groups() if found else ("", "0", "", "")
        is_ours = hmac.compare_digest(self._signature(team + expires + mark), signature)
        return is_ours and self.clock() < int(expires)

    def team_of(self, path: str) -> int | None:
        """The id of the team whose picture is at a good address; None where it names none, as those that the release
        before gave out: the store's own."""
        found = _PICTURE.fullmatch(path)
        return int(found[1][:-1]) if found and found[1] else None

    def mark_of(self, path: str) -> str | None:
        """The mark of what a good address shows; None where it names none."""
        found = _PICTURE.fullmatch(path)
        return found[3][1:] if found and found[3] else None

    def _signature(self, signed: str) -> str:
        key = hmac.new(self.token.encode(), PURPOSE, hashlib.sha256).digest()
        return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()


def new_secret() -> tuple[str, str]:
    """A secret that nobody can guess, and the hash of it that is kept."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret, digest(secret)


def digest(secret: str) -> str:
    """The hash of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def feeds(url: str, person_id: str, secret: str) -> dict[Kind, str]:
    """The links to a person's feeds. `url` is the bot's public address."""
    return {kind: f"{url}{FEEDS}{person_id}/{secret}/{file}" for file, kind in FEED_FILES.items()}
