"""How fast the bot goes."""

from dataclasses import dataclass
from datetime import timedelta

from models.outbox.sending import Limits


@dataclass(frozen=True, slots=True)
class Hearing:
    """How Socket Mode is kept up, in seconds. A connection is pinged every `ping`, and dead after `silent` without a
    whole word; Slack has `opening` to let one in, and as long again to greet. What fails is tried again after `first`,
    then ever later: after at most `again` while no connection is open, else after at most `seldom`. So seldom, too,
    where Slack refuses the token. A connection that lasted less than `steady` has failed. The ping tells of it once no
    connection was open for `long`.

    So after the worst single loss, a connection that falls silent, it hears everything again after `silent` and what
    opening takes: less than 15."""

    ping: float = 3.0
    silent: float = 8.0
    opening: float = 4.0
    first: float = 0.5
    again: float = 5.0
    seldom: float = 60.0
    steady: float = 10.0
    long: float = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the bot goes, in seconds: a tick every `tick`; Slack has `timeout` for an answer, and a request may take
    effect up to `settles` later. `between` two messages in a channel, `a_minute` messages in all over all bots on a
    store (None: no limit), by so many `senders` at once. An attempt that begins later than `fresh` after it was put on
    record is put there again; a lease has a `margin` for what it covers besides the request. What fails again and again
    is tried again after at most `longest`. `hearing` is that of Socket Mode."""

    tick: float = 20.0
    timeout: float = 10.0
    settles: float = 30.0
    between: float = 1.0
    a_minute: int | None = 300
    senders: int = 10
    fresh: float = 2.0
    margin: float = 5.0
    longest: float = 300.0
    hearing: Hearing = Hearing()

    @property
    def bound(self) -> timedelta:
        """After so long a request has had its effect, or never will: nobody looks it up or makes it again before."""
        return timedelta(seconds=self.timeout + self.settles)

    @property
    def limits(self) -> Limits:
        """What sending keeps to. A lease outlasts the bound of an attempt that begins under it, however late."""
        lease = self.bound + timedelta(seconds=self.fresh + self.margin)
        return Limits(self.bound, lease, timedelta(seconds=self.between), self.a_minute)
