"""The ids of channels, by what the plan calls them.

    an id ─► as it is
    a name ─► kept in the store? ─► among those that the bot is in? ─► among all ─► kept

In a workspace of thousands of channels the last step takes minutes: it is taken piece by piece, whenever a message is
to be sent there, and `looking` says how far it is. What was found is looked up again once Slack knows it no more.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from bot.slack.client import Place, Slack
from bot.slack.trouble import Passing, SlackRefused
from models import found_channels
from models.store.engine import Store, Tx

NOT_FOUND = "channel_not_found"
MOVED = (NOT_FOUND, "is_archived")  # another channel may have the name by now
LOOKING = "looking_for_channel"  # our own word beside Slack's
SHORT_LIST = "the list of the bot's own channels can't be had; all are looked through"
_T = TypeVar("_T")

log = logging.getLogger(__name__)

_ID = re.compile(r"[CG][A-Z0-9]{8,}")  # names have no capitals


def nothing() -> None:
    """What is done before each page where nobody holds anything meanwhile."""


class Search:
    """Looks for channels in Slack's lists. Each call goes on where the one before was cut short."""

    def __init__(self, slack: Slack) -> None:
        """Nothing is looked at before the first call."""
        self._slack = slack
        self._lock = threading.Lock()
        self.looked_at: dict[str, set[str]] = {}  # ids, by the name that is looked for

    def id_of(self, name: str, each_page: Callable[[], None] = nothing) -> str:
        """The id of the channel with this name. `each_page` is called before each page. Raises SlackRefused where there
        is none, and other SlackTrouble."""
        if not self._lock.acquire(blocking=False):  # pictures go where messages go
            raise Passing(LOOKING)
        try:
            for other in self.looked_at.keys() - {name}:
                del self.looked_at[other]
            found = self._find(name, each_page)
        except SlackRefused as refused:
            if not isinstance(refused, Passing):  # nobody goes on with that
                self.looked_at.pop(name, None)
            raise
        finally:
            self._lock.release()
        self.looked_at.pop(name, None)
        if found is None:
            raise SlackRefused(NOT_FOUND)
        return found.id

    def _find(self, name: str, each_page: Callable[[], None]) -> Place | None:
        """An archived channel only where no other has the name: Slack's refusal tells an admin more than our own."""
        found: Place | None = None
        for place in self._seen(name, each_page):
            if place.name == name:
                found = place
                if not place.gone:
                    break
        return found

    def _seen(self, name: str, each_page: Callable[[], None]) -> Iterator[Place]:
        seen = self.looked_at.setdefault(name, set())
        each_page()
        try:
            for page in self._slack.my_channels(name):
                yield from page
                each_page()
        except SlackRefused as refused:
            if isinstance(refused, Passing):
                raise
            log.warning(SHORT_LIST, extra={"problem": refused.problem})  # it only saves time
        for page in self._slack.all_channels(name):
            seen.update(place.id for place in page)
            yield from page
            each_page()


class Channels:
    """The channels of one workspace that a store's messages go to."""

    def __init__(self, store: Store, slack: Slack) -> None:
        """Nothing is looked up before the first call."""
        self._store, self._search = store, Search(slack)

    def id_of(self, channel: str, each_page: Callable[[], None] = nothing) -> str:
        """The id of a channel (`#name`, or an id). `each_page` is called before each page of Slack's lists, which take
        their time. Raises SlackRefused where there is none, other SlackTrouble (the next call goes on), and
        StoreError."""
        with self._store.reading() as tx:
            known = kept(tx, channel)
        if known:
            self._search.looked_at.clear()  # the plan may name another one than it did
            return known
        name = _name(channel)
        found = self._search.id_of(name, each_page)
        with self._store.writing(wakes=False) as tx:
            found_channels.found(tx, name, found, datetime.now(UTC))
        return found

    def within(self, channel: str, do: Callable[[str], _T], each_page: Callable[[], None] = nothing) -> _T:
        """What `do`, given the channel's id, returns. Where Slack knows that no more, with the id of the channel that
        has the name by now. Raises as `id_of`, and what `do` raises."""
        place = self.id_of(channel, each_page)
        try:
            return do(place)
        except SlackRefused as refused:
            if refused.problem not in MOVED or _is_id(channel):
                raise
            with self._store.writing(wakes=False) as tx:
                found_channels.forget(tx, _name(channel))
            moved = self.id_of(channel, each_page)
            if moved == place:
                raise
        return do(moved)

    def looking(self) -> dict[str, int]:
        """What is being looked for, and how many of all channels were looked at so far."""
        return {f"#{name}": len(seen) for name, seen in list(self._search.looked_at.items())}


def kept(tx: Tx, channel: str) -> str | None:
    """The id of a channel that is one, or that the store has; None where it is still to be looked up."""
    return channel if _is_id(channel) else found_channels.id_of(tx, _name(channel))


def _name(channel: str) -> str:
    return channel.removeprefix("#")


def _is_id(channel: str) -> bool:
    return _ID.fullmatch(channel) is not None
