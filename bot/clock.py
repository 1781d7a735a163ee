"""What time it is: the one place that asks the machine.

Everything else takes `now` as an argument, so the sandbox can turn the clock. Moments are aware datetimes in UTC.
Leases, timeouts and signatures are about the real world and use `time` directly, never a turned clock.
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows the moment."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)


class TurnedClock:
    """A clock that runs as the machine's does, from a moment of one's choice, and only ever goes forward."""

    def __init__(self, starts: datetime | None = None) -> None:
        """`starts` is the moment it shows first, aware; without it, the real one."""
        self._lock = threading.Lock()
        self._ahead = self._first_ahead = timedelta(0) if starts is None else starts - datetime.now(UTC)

    def now(self) -> datetime:
        """The moment it shows, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

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

    def turn_to(self, moment: datetime) -> None:
        """Show `moment` (aware). Raises ValueError if that would be going back."""
        if moment < self.moment:
            raise ValueError(f"the clock only goes forward: {moment.isoformat()} has passed")
        self.moment = moment.astimezone(UTC)
