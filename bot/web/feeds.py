"""The calendar feeds over HTTP: /feeds/PERSON/SECRET/rotation.ics, mine.ics and away.ics.

    path ─► hash of its secret ─► the person's own, in one query ─► compared in constant time ─► events ─► text/calendar

A link is to the feeds of one team. One that is wrong, revoked, malformed or somebody else's takes the same way, and the
same time, to the same 404. Only the hash of a secret is kept. Neither a secret nor a path is ever logged: who has one
can read the feed.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from bot import links
from bot.clock import Clock
from bot.links import FEED_FILES, FEEDS
from bot.web import ics
from bot.web.server import Made, serve
from models import changes, feeds, holidays
from models.store.engine import Store, Tx
from scheduler import feed
from scheduler.feed import Feed, Kind
from scheduler.team import roster, schedule
from scheduler.team.roster import Roster

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

NOBODY, NO_DIGEST = "", "0" * 64
KEPT = "private, max-age=900"

_PATH = re.compile(
    rf"{FEEDS}([a-z0-9][a-z0-9_-]{{0,39}})/([A-Za-z0-9_-]{{43}})/({'|'.join(map(re.escape, FEED_FILES))})"
)


class Feeds:
    """Serves the feeds of one store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """`clock` says which weeks are past and to come."""
        self._store, self._clock = store, clock

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        return serve(environ, start_response, "a feed", self._made)

    def _made(self, path: str) -> Made | None:
        """The feed at a path; None where its secret opens nothing."""
        found = _PATH.fullmatch(path)
        who, secret, file = found.groups() if found else (NOBODY, "", "")
        with self._store.reading() as tx:
            team_id = _opens(tx, who, secret)
            if team_id is None:
                return None
            team = roster.load(tx, team_id)
            facts = gathered(tx, team, FEED_FILES[file], who, self._clock.now())
        body = ics.written(team, facts, who)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return body, {"ETag": tag, "Cache-Control": KEPT, "Content-Type": "text/calendar; charset=utf-8"}


def _opens(tx: Tx, who: str, secret: str) -> int | None:
    """The team whose feeds a secret of the person opens. What there is to do is the same whatever is wrong with it."""
    typed = links.digest(secret)
    kept: dict[str, int | None] = {**feeds.teams_of(tx, who)} or {NO_DIGEST: None}
    opened = [team_id for digest, team_id in kept.items() if hmac.compare_digest(typed, digest)]
    return opened[0] if opened else None


def gathered(tx: Tx, team: Roster, kind: Kind, who: str, now: datetime) -> Feed:
    """What stands in a person's feed of a kind."""
    shown = feed.window(team, now)
    if kind == "away":
        events = feed.away(team, holidays.ending_after(tx, team.id, shown.first), shown)
    else:
        events = feed.on_duty(team, schedule.duty_between(tx, team, *feed.moments(team, shown)), shown)
        events = feed.of_person(events, who) if kind == "mine" else events
    sequence, changed_at = changes.newest(tx, team.id) or (0, team.facts.created_at)
    return Feed(kind, events, sequence, changed_at)
