"""The calendar feeds over HTTP: /feeds/PERSON/SECRET/rotation.ics, mine.ics and away.ics.

    path ─► hash of its secret ─► the person's own, in one query ─► compared in constant time ─► events ─► text/calendar

A link that is wrong, revoked, malformed or somebody else's takes the same way, and the same time, to the same 404. Only
the hash of a secret is kept. Neither a secret nor a path is ever logged: who has one can read the feed.
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from bot.clock import Clock
from bot.views import feed as views
from bot.web import FEEDS
from models import changes, feeds, holidays
from models.store import Store, StoreError, Tx
from scheduler import feed, lookup, roster
from scheduler.feed import Feed, Kind
from scheduler.roster import NoPlan, Roster

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

SECRET_BYTES = 32
NOBODY, NO_DIGEST = "", "0" * 64
NOTHING, LATER = b"Nothing here.\n", b"Not now; please try again in a moment.\n"
KEPT = "private, max-age=900"
FILES: Mapping[str, Kind] = {f"{kind}.ics": kind for kind in get_args(Kind)}

_PATH = re.compile(rf"{FEEDS}([a-z0-9][a-z0-9_-]{{0,39}})/([A-Za-z0-9_-]{{43}})/({'|'.join(map(re.escape, FILES))})")

log = logging.getLogger(__name__)


def new_secret() -> tuple[str, str]:
    """A secret that nobody can guess, and the hash of it that is kept."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret, _digest(secret)


def links(url: str, person_id: str, secret: str) -> dict[Kind, str]:
    """The links to a person's feeds. `url` is the bot's public address."""
    return {kind: f"{url}{FEEDS}{person_id}/{secret}/{file}" for file, kind in FILES.items()}


class Feeds:
    """Serves the feeds of one store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """`clock` says which weeks are past and to come."""
        self._store, self._clock = store, clock

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request. The server would log the path of one that raises: nothing does."""
        method, path = environ.get("REQUEST_METHOD"), str(environ.get("PATH_INFO"))
        try:
            body = self._made(path if method in ("GET", "HEAD") else "")
        except (StoreError, NoPlan) as error:
            log.warning("a feed has to wait", extra={"problem": str(error)})
            return _answer(start_response, "503 Service Unavailable", LATER, {"Retry-After": "60"}, method)
        except Exception:
            log.exception("a feed could not be made")
            return _answer(start_response, "500 Internal Server Error", LATER, {}, method)
        if body is None:
            return _answer(start_response, "404 Not Found", NOTHING, {}, method)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": KEPT, "Content-Type": "text/calendar; charset=utf-8"}
        if _has(str(environ.get("HTTP_IF_NONE_MATCH", "")), tag):
            start_response("304 Not Modified", [(name, headers[name]) for name in ("ETag", "Cache-Control")])
            return [b""]
        return _answer(start_response, "200 OK", body, headers, method)

    def _made(self, path: str) -> bytes | None:
        """The feed at a path; None where its secret opens nothing."""
        found = _PATH.fullmatch(path)
        who, secret, file = found.groups() if found else (NOBODY, "", "")
        with self._store.reading() as tx:
            if not _opens(tx, who, secret):
                return None
            known = roster.load(tx)
            facts = gathered(tx, known, FILES[file], who, self._clock.now())
        return views.written(known, facts, who)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _opens(tx: Tx, who: str, secret: str) -> bool:
    """Whether a secret is the person's. What there is to do is the same whatever is wrong with it."""
    typed = _digest(secret)
    kept = feeds.digest_of(tx, who)
    return hmac.compare_digest(typed, kept or NO_DIGEST) and kept is not None


def gathered(tx: Tx, known: Roster, kind: Kind, who: str, now: datetime) -> Feed:
    """What stands in a person's feed of a kind."""
    shown = feed.window(known, now)
    if kind == "away":
        events = feed.away(known, holidays.ending_after(tx, shown.first), shown)
    else:
        events = feed.on_duty(known, lookup.duty_between(tx, known, *feed.moments(known, shown)), shown)
        events = feed.of_person(events, who) if kind == "mine" else events
    sequence, changed_at = changes.newest(tx, known.team.id) or (0, known.team.created_at)
    return Feed(kind, events, sequence, changed_at)


def _has(asked: str, tag: str) -> bool:
    """Whether an If-None-Match names this version."""
    return asked.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in asked.split(","))


def _answer(
    start_response: "StartResponse", status: str, body: bytes, headers: Mapping[str, str], method: object
) -> Iterable[bytes]:
    plain = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    fixed = {"Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    start_response(status, list({**plain, **fixed, **headers}.items()))
    return [b""] if method == "HEAD" else [body]
