"""How a bot is doing, as seen from outside: what the operations address, the metrics and the ping tell."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.clock import Clock
from bot.speech.store_trouble import told
from models.outbox import Message, backlog
from models.outbox.backlog import Backlog
from models.store.engine import Store
from models.store.errors import StoreError
from scheduler.messages import HandoffDue

WORKS = "works"  # as far as was tried
RIGHT = "right"  # as far as another clock tells
SILENT = "the store has not answered yet"
PATIENCE_SECONDS = 2.5  # so long somebody who asks waits for the store: /status answers within three
FRESH_SECONDS = 5.0  # so long what the store said holds, however often somebody asks
MISSED = 10  # ticks that may be missed before the tick's thread counts as dead
KNOWN_AFTER_SECONDS = 24 * 3600  # then a refused message is no news any more


@dataclass(frozen=True, slots=True)
class Look:
    """What the store said (None: nothing), why not, and when, by the machine's monotonic clock."""

    backlog: Backlog | None
    problem: str | None
    at: float


class Hears(Protocol):
    """How Slack's requests come in, in `words`."""

    words: str

    def trouble(self) -> str | None:
        """What keeps them from coming in, in words; None while they can."""
        ...

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look at it."""
        ...


class Watch:
    """Watches one bot's ticks and its store, and its ear."""

    def __init__(self, store: Store, clock: Clock, every: float) -> None:
        """`every`: seconds between two ticks."""
        self._store, self._clock, self._every = store, clock, max(every, 1)
        self._lock = threading.Lock()
        self._rang = time.monotonic()
        self._seen: Look | None = None
        self._asking: threading.Thread | None = None
        self._asked = 0.0
        self._good_tick: datetime | None = None
        self.is_good = True  # whether the latest tick was
        self.is_open = False  # whether it takes requests: from start to stop
        self.ear: Hears | None = None

    def rang(self, *, well: bool) -> None:
        """A tick has ended, `well` or because the store did not let it."""
        self._rang, self.is_good = time.monotonic(), well
        if well:
            self._good_tick = self._clock.now()

    @property
    def is_ticking(self) -> bool:
        """Whether the tick's thread lives. A store that is down is no reason to start the bot again, nor is a tick that
        hangs because the store says nothing."""
        return time.monotonic() - self._rang < MISSED * self._every or self.backlog() is None

    def cannot_save(self) -> str | None:
        """What has kept everything from being saved for half a minute; None where nothing has."""
        return self._store.saves.trouble()

    def backlog(self) -> Backlog | None:
        """What the bots of this store are behind with; None where the store does not answer."""
        return self._look().backlog

    def is_well(self) -> bool:
        """Whether nothing is overdue, nothing was refused within a day, people are heard, something can be saved, and
        the clock is right."""
        seen = self.backlog()
        if seen is None or seen.overdue or self.cannot_save():
            return False
        if (self.ear and not self.ear.is_well) or self._clock.off():
            return False
        now = datetime.now(UTC)
        return all(m.tried_at and (now - m.tried_at).total_seconds() > KNOWN_AFTER_SECONDS for m in seen.refused)

    def status(self) -> dict[str, Any]:
        """For people and alert rules: the store, what keeps it from saving, the clock, how requests come in or what
        keeps them from it, the latest good tick, what is overdue and what was refused."""
        seen, deaf = self._look(), self.ear.trouble() if self.ear else None
        found, off, unsaved = seen.backlog, self._clock.off(), self.cannot_save()
        well = found is not None and not found.overdue and not found.refused and off is None and unsaved is None
        return {
            "ok": well and self.is_ticking and deaf is None,
            "database": seen.problem or "answers",
            "saving": unsaved or WORKS,
            "clock": off.sentence if off else RIGHT,
            "requests": deaf or (self.ear.words if self.ear else None),
            "last_tick": self._good_tick.isoformat() if self._good_tick else None,
            "overdue": [_named(message) for message in found.overdue] if found else None,
            "refused": [_named(message) for message in found.refused] if found else None,
        }

    def _look(self) -> Look:
        """What the store said a moment ago, or says now. A database that hangs keeps one thread waiting, however many
        ask."""
        with self._lock:
            if seen := self._fresh():
                return seen
            if self._asking is None or not self._asking.is_alive():
                self._asking = threading.Thread(target=self._ask, name="watch", daemon=True)
                self._asked = time.monotonic()
                self._asking.start()
            asking, asked = self._asking, self._asked
        asking.join(max(0.0, asked + PATIENCE_SECONDS - time.monotonic()))
        return self._fresh() or Look(None, SILENT, time.monotonic())

    def _fresh(self) -> Look | None:
        seen = self._seen
        return seen if seen and time.monotonic() - seen.at <= FRESH_SECONDS else None

    def _ask(self) -> None:
        try:
            with self._store.reading() as tx:
                found = backlog.at(tx, self._clock.now(), HandoffDue.kind)
        except StoreError as error:
            self._seen = Look(None, told(error), time.monotonic())
        else:
            self._seen = Look(found, None, time.monotonic())


def _named(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "team": message.team_id,
        "key": message.key,
        "audience": message.audience,
        "due": message.due_at.isoformat(),
        "attempts": message.attempts,
        "problem": message.problem,
    }
