"""A message's turn: its claim, from the look-up to the request that says it."""

import time
from datetime import datetime, timedelta

from bot.pace import Pace
from models.outbox import Message, sending
from models.outbox.sending import Claim
from models.store.engine import Store


class LostClaim(Exception):
    """The lease ran out before the attempt began: somebody else may have claimed the message."""


class Attempt:
    """The turn of one claim. `began` is when its attempt began (real clock), None before that."""

    def __init__(self, store: Store, pace: Pace, claim: Claim, claimed: float) -> None:
        """`claimed`: when it was claimed at the earliest, by the machine's monotonic clock."""
        self.claim = claim
        self.began: datetime | None = None
        self._store, self._pace, self._claimed = store, pace, claimed

    @property
    def message(self) -> Message:
        """The message, as it was before."""
        return self.claim.message

    @property
    def refused_for(self) -> timedelta:
        """How long Slack has refused it for reasons that may pass."""
        return self.claim.at - self.message.refused_at if self.message.refused_at else timedelta(0)

    def keep(self) -> None:
        """Looking it up takes its time: hold the channel for longer. Raises LostClaim and StoreError."""
        with self._store.writing(wakes=False) as tx:
            if not sending.keep(tx, self.claim, self._pace.limits):
                raise LostClaim

    def begin(self) -> None:
        """The attempt begins, which is on record. Where what came before took its time, it is put on record again, so
        that nobody looks it up before it has had its effect. Raises LostClaim and StoreError."""
        if self.message.begun_at is None and time.monotonic() - self._claimed < self._pace.fresh:
            self.began = self.claim.at
            return
        with self._store.writing(wakes=False) as tx:
            self.began = sending.begin_attempt(tx, self.claim, self._pace.limits)
        if self.began is None:
            raise LostClaim
