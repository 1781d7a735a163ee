"""How fast the bot goes."""

from dataclasses import dataclass
from datetime import timedelta

from models.sending import Limits

FRESH = timedelta(seconds=2)  # how long after it was put on record an attempt may begin without saying so again
SLACK = timedelta(seconds=5)  # for what a lease covers besides the request itself


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the bot goes, in seconds: a tick every `tick`; Slack has `timeout` for an answer, and a request may take
    effect up to `settles` later. `between` two messages in a channel, `a_minute` messages in all over all bots on a
    store (None: no limit), by so many `senders` at once."""

    tick: float = 20.0
    timeout: float = 10.0
    settles: float = 30.0
    between: float = 1.0
    a_minute: int | None = 300
    senders: int = 10

    @property
    def bound(self) -> timedelta:
        """After so long a request has had its effect, or never will: nobody looks it up or makes it again before."""
        return timedelta(seconds=self.timeout + self.settles)

    @property
    def limits(self) -> Limits:
        """What sending keeps to. A lease outlasts the bound of an attempt that begins under it, however late."""
        return Limits(self.bound + FRESH + SLACK, timedelta(seconds=self.between), self.a_minute)
