"""Sees whether anything can be saved while nobody wants to: a bot whose disk is full, or whose store is locked, would
look well until somebody declares a holiday.

After a minute in which nothing was saved, and at each tick while something could not be, one row of the store's own is
written. What has failed for half a minute is told by `/status`, `/metrics`, `/readyz` and the ping.
"""

import logging
import time

from bot.speech.store_trouble import told
from models import teams
from models.outbox import sending
from models.store.engine import Store
from models.store.errors import StoreError

EVERY_SECONDS = 60.0
CANNOT_SAVE = "nothing can be saved; tried again"

log = logging.getLogger(__name__)


class Heartbeat:
    """Writes a row into one store when nothing else has been saved for a minute, to see whether anything can be."""

    def __init__(self, store: Store) -> None:
        """Nothing is known yet."""
        self._store, self._is_told = store, False

    def beat(self) -> None:
        """Save something, unless that was done within the minute."""
        saves = self._store.saves
        if saves.failing_since is None and time.monotonic() - saves.latest < EVERY_SECONDS:
            return
        try:
            with self._store.writing(wakes=False) as tx:
                teams.try_to_save(tx, sending.real_now(tx))
        except StoreError as error:
            if not self._is_told:  # once, and not at every tick of a long night
                log.warning(CANNOT_SAVE, extra={"problem": told(error)})
            self._is_told = True
        else:
            self._is_told = False
