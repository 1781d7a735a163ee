"""What is counted and timed, for Prometheus: https://prometheus.io/docs/practices/naming

Counters are of this process since it started. What the store knows is read when somebody asks, at most every few
seconds, and is the same whichever bot is asked. What is a team's has the label `team`: its id, which log lines and keys
of messages have too, and which stays when the team is renamed.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.clock import DATABASE, SLACK
from bot.version import release
from models.outbox.backlog import Backlog

OTHERS: Mapping[str, str] = {DATABASE: "database", SLACK: "slack"}  # other clocks, as labels
ANSWERED, REFUSED, FAILED = "answered", "refused", "failed"
SAID, AMBIGUOUS, NEEDLESS = "said", "ambiguous", "needless"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)


class Metrics:
    """The metrics of one bot."""

    def __init__(self) -> None:
        """All at nothing."""
        self.registry = CollectorRegistry()
        self._commands = self._counter("commands", "Commands, by name and outcome", "team", "command", "outcome")
        self._command_seconds = self._histogram("command_seconds", "How long a command takes", "command")
        self._presses = self._counter("presses", "Presses and sent forms, by outcome", "team", "action", "outcome")
        self._press_seconds = self._histogram("press_seconds", "How long a press takes", "action")
        self._unheard = self._counter("unheard", "Requests of Slack's that nothing answers, by kind", "kind")
        self._messages = self._counter("messages", "What became of messages that were owed", "team", "kind", "outcome")
        self._tick_seconds = self._histogram("tick_seconds", "How long a tick takes")
        Info("oncall_build", "Which release this is", registry=self.registry).info({"version": release()})
        self._ticked_at = Gauge(
            "oncall_last_tick_timestamp_seconds", "When the latest good tick ended", registry=self.registry
        )

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"oncall_{name}", what, labels, registry=self.registry)

    def _histogram(self, name: str, what: str, *labels: str) -> Histogram:
        return Histogram(f"oncall_{name}", what, labels, registry=self.registry, buckets=SECONDS)

    @contextmanager
    def command(self, team: int | None, name: str) -> Iterator[Callable[[str], None]]:
        """Time a command to a team (None: before it is known which); it has failed unless its outcome is told."""
        with _told(self._commands, team, name) as tell, self._command_seconds.labels(name).time():
            yield tell

    @contextmanager
    def press(self, team: int | None, action: str) -> Iterator[Callable[[str], None]]:
        """Time a press, or a form that is sent, as a command; it has failed unless its outcome is told."""
        with _told(self._presses, team, action) as tell, self._press_seconds.labels(action).time():
            yield tell

    def unheard(self, kind: str) -> None:
        """Slack sent something that nothing here answers."""
        self._unheard.labels(kind).inc()

    def message(self, team: int, kind: str, outcome: str) -> None:
        """A team's message was said, refused, or it is ambiguous whether it was."""
        self._messages.labels(_label(team), kind, outcome).inc()

    @contextmanager
    def tick(self) -> Iterator[None]:
        """Time a tick; a good one is one that raises nothing."""
        with self._tick_seconds.time():
            yield
        self._ticked_at.set(time.time())

    def watch(self, backlog: Callable[[], Backlog | None], saves: Callable[[], bool]) -> None:
        """Tell what the store knows, too. `backlog` returns None where the store does not answer, `saves` whether it
        takes what is to be saved."""
        self.registry.register(_OfStore(backlog, saves))

    def watch_clock(self, offsets: Callable[[], Mapping[str, timedelta]]) -> None:
        """Tell how far the clock is ahead of others: `offsets`, by whose they are."""
        self.registry.register(_OfClock(offsets))

    def text(self) -> bytes:
        """All of it, in Prometheus' format."""
        return generate_latest(self.registry)


def _label(team: int | None) -> str:
    return "" if team is None else str(team)


@contextmanager
def _told(counter: Counter, team: int | None, what: str) -> Iterator[Callable[[str], None]]:
    outcomes = [FAILED]
    try:
        yield outcomes.append
    finally:
        counter.labels(_label(team), what, outcomes[-1]).inc()


class _OfClock(Collector):
    def __init__(self, offsets: Callable[[], Mapping[str, timedelta]]) -> None:
        self._offsets = offsets

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """How far it is ahead now."""
        ahead = GaugeMetricFamily(
            "oncall_clock_ahead_seconds", "How far the machine's clock is ahead of another one", labels=["of"]
        )
        for whose, by in sorted(self._offsets().items()):
            ahead.add_metric([OTHERS[whose]], by.total_seconds())
        yield ahead


class _OfStore(Collector):
    def __init__(self, backlog: Callable[[], Backlog | None], saves: Callable[[], bool]) -> None:
        self._backlog, self._saves = backlog, saves

    def describe(self) -> list[GaugeMetricFamily]:
        """No names in advance: the store may not be there yet."""
        return []  # else the registry would ask the store at once, only to learn the names

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What the store knows now."""
        backlog = self._backlog()
        yield GaugeMetricFamily("oncall_database_up", "Whether the store answers", backlog is not None)
        yield GaugeMetricFamily("oncall_database_saves", "Whether the store takes what is to be saved", self._saves())
        if backlog is None:
            return
        owed, overdue, refused, oldest, late = (
            GaugeMetricFamily(f"oncall_{name}", what, labels=["team", *more])
            for name, what, *more in (
                ("messages_owed", "Messages that are due and not said", "kind"),
                ("messages_overdue", "Messages due for more than five minutes"),
                ("messages_refused", "Messages that Slack refuses"),
                ("oldest_owed_seconds", "Age of the oldest message that is due"),
                ("handoff_late_seconds", "How late the latest handoff was said"),
            )
        )
        for team, its in backlog.teams.items():
            for kind, count in sorted(its.owed.items()):
                owed.add_metric([_label(team), kind], count)
            overdue.add_metric([_label(team)], len(its.overdue))
            refused.add_metric([_label(team)], len(its.refused))
            oldest.add_metric([_label(team)], its.oldest.total_seconds())
            if its.late is not None:
                late.add_metric([_label(team)], its.late.total_seconds())
        yield from (owed, overdue, refused, oldest, late)
