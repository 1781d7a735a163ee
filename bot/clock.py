"""What time it is: the one place that asks the machine.

Everything else takes `now` as an argument, so the sandbox can turn the clock. Moments are aware datetimes in UTC.
Leases, timeouts and signatures are about the real world and use `time` directly, never a turned clock.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from models.outbox.sending import real_now
from models.store.engine import Store, Tx
from models.store.errors import StoreError
from scheduler.team import record

LITTLE = record.LITTLE  # so much a clock may be off: what it shows too late is lifted to what is on record
DATABASE, SLACK = "the database's", "Slack's"
AHEAD, BEHIND = "ahead of", "behind"
OFF = (
    "My clock is {by} {way} {whose}, so I change and record nothing until that is mended: an admin needs to look at "
    "the clocks of both machines."
)


@dataclass(frozen=True, slots=True)
class Off:
    """The machine's clock is ahead of another one (`whose`) `by` so much, or behind it where that is negative."""

    by: timedelta
    whose: str

    @property
    def sentence(self) -> str:
        """What a person is told."""
        whole = timedelta(minutes=round(abs(self.by).total_seconds() / 60))
        return OFF.format(by=whole, way=AHEAD if self.by > timedelta(0) else BEHIND, whose=self.whose)


class ClockOff(StoreError):
    """Nothing is written by a clock that is off. `str()` is a sentence for a person."""

    def __init__(self, off: Off) -> None:
        super().__init__(off.sentence, writing=True)


class Clock(Protocol):
    """Something that knows the moment."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def off(self) -> Off | None:
        """Against which other clock it is wrong; None for those that are set on purpose."""
        ...

    def offsets(self) -> Mapping[str, timedelta]:
        """How far it is ahead of each other clock that was heard; none for those that are set on purpose."""
        ...


def _machine() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """The machine's clock, set right by the database's where that may be another's, and compared with Slack's."""

    def __init__(self, machine: Callable[[], datetime] = _machine) -> None:
        """`machine` tells its moment, aware, in UTC."""
        self._machine = machine
        self._behind = timedelta(0)  # what is added to it
        self._heard: dict[str, tuple[datetime, float]] = {}  # of each other clock what it showed when (monotonic)

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._machine() + self._behind

    def hears(self, whose: str, moment: datetime) -> None:
        """Another clock shows this moment (aware) now."""
        self._heard[whose] = moment, time.monotonic()
        if whose == DATABASE:
            behind = moment - self._machine()
            self._behind = behind if abs(behind) <= LITTLE else timedelta(0)

    def off(self) -> Off | None:
        """Against which other clock it is off by more than a little."""
        return next((Off(by, whose) for whose, by in self.offsets().items() if abs(by) > LITTLE), None)

    def offsets(self) -> Mapping[str, timedelta]:
        """How far the machine's clock is ahead of the database's, and, set right by that, of Slack's, as far as they
        were heard. What they show by now is told by the monotonic clock, which nobody sets: so it is noticed at once
        where the machine's is."""
        ahead = {}
        for whose, (moment, heard_at) in list(self._heard.items()):
            shows = moment + timedelta(seconds=time.monotonic() - heard_at)
            ahead[whose] = (self._machine() if whose == DATABASE else self.now()) - shows
        return ahead


def keep_right(store: Store, clock: SystemClock) -> None:
    """Compare the clock with the store's, now and before whatever is written there, and let nothing be written while it
    is off. Raises StoreError."""
    may_write = store.before_writing

    def check(tx: Tx) -> None:
        may_write(tx)
        if not store.is_sqlite:
            clock.hears(DATABASE, real_now(tx))
        if off := clock.off():
            raise ClockOff(off)

    store.before_writing = check
    if not store.is_sqlite:
        with store.reading() as tx:
            clock.hears(DATABASE, real_now(tx))


class TurnedClock:
    """A clock that runs as the machine's does, from a moment of one's choice, and only ever goes forward."""

    def __init__(self, starts: datetime | None = None) -> None:
        """`starts` is the moment it shows first, aware; without it, the real one."""
        self._lock = threading.Lock()
        self._ahead = self._first_ahead = timedelta(0) if starts is None else starts - datetime.now(UTC)

    def now(self) -> datetime:
        """The moment it shows, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    def off(self) -> None:
        """It is set on purpose."""

    def offsets(self) -> Mapping[str, timedelta]:
        """It is compared with none."""
        return {}

    def turn_to(self, moment: datetime) -> None:
        """Show `moment` (aware) and run on from there. Raises ValueError if that would be going back."""
        with self._lock:
            if moment < self.now():
                raise ValueError(f"the clock only goes forward: {moment.isoformat()} has passed")
            self._ahead = moment - datetime.now(UTC)

    def start_over(self) -> None:
        """Show what it would show if it had never been turned. Only for a world that starts over with it."""
        with self._lock:
            self._ahead = self._first_ahead


class StoppedClock:
    """A clock that shows one moment until it is turned: `--now` in the terminal, and most tests."""

    def __init__(self, moment: datetime) -> None:
        """`moment` is aware."""
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was set to, aware, in UTC."""
        return self.moment

    def off(self) -> None:
        """It is set on purpose."""

    def offsets(self) -> Mapping[str, timedelta]:
        """It is compared with none."""
        return {}

    def turn_to(self, moment: datetime) -> None:
        """Show `moment` (aware). Raises ValueError if that would be going back."""
        if moment < self.moment:
            raise ValueError(f"the clock only goes forward: {moment.isoformat()} has passed")
        self.moment = moment.astimezone(UTC)
