"""Real time that passes without anybody waiting for it: for the store, and for what Slack does late."""

import heapq
import itertools
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from bot.sandbox.slack.later import Later
from models.schema.tables import ChannelRow, OutboxRow, PaceRow
from models.store.engine import Store

ATTEMPTS = (OutboxRow.retry_at, OutboxRow.tried_at, OutboxRow.begun_at, OutboxRow.refused_at)
CLAIMS = (ChannelRow.lease_until, ChannelRow.free_at)
PACES = (PaceRow.free_at, PaceRow.limited_until)


def let_pass(store: Store, passed: timedelta) -> None:
    """Let so much real time have passed for all attempts, claims and holds."""
    keyed = ((OutboxRow.id, ATTEMPTS), (ChannelRow.audience, CLAIMS), (PaceRow.team_id, PACES))
    with store.writing(wakes=False) as tx:
        for key, moments in keyed:
            for row, *were in tx.execute(select(key, *moments)).all():
                earlier = {m.key: was and was - passed for m, was in zip(moments, were, strict=True)}
                if any(earlier.values()):
                    tx.execute(update(key.class_).where(key == row).values(**earlier))


class PatientLater(Later):
    """Does what is to be done later when it is told that the time has passed."""

    def __init__(self) -> None:
        """Nothing is to be done yet."""
        super().__init__()
        self._now, self._order = 0.0, itertools.count()
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        """Do this once so many seconds have passed."""
        heapq.heappush(self._waiting, (self._now + seconds, next(self._order), do))

    def let_pass(self, passed: timedelta) -> None:
        """So much time has passed: do what is to be done by now."""
        ends = self._now + passed.total_seconds()
        while self._waiting and self._waiting[0][0] <= ends:
            self._now, _, do = heapq.heappop(self._waiting)
            do()  # what that does later in turn counts from then
        self._now = ends
