"""The crash rig: bots as real processes on one store, killed at every step and at any instant, and started again.

    owe ─► (bots are killed and started, Slack fails, weeks pass) ─► one bot that is left alone ─► compare

What the channels hold is compared with what was owed: see `books.py`.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import StoppedClock
from bot.directory import Directory
from bot.sandbox.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.slack import Slack
from models.store import Store
from scheduler import roster, tick
from tests import cast
from tests.books import Books
from tests.databases import Databases
from tests.stage import SECRET, TOKEN
from tests.zygote import PACE, STEPS

ROOT = Path(__file__).parent.parent
PHASE = 3.0  # seconds until the clock is turned by a week
SETTLED_WITHIN = 60.0
LATE = PACE.settles / 2  # how late an effect is, within the bound


class Mother:
    """Forks bots from a process that has everything imported."""

    def __init__(self) -> None:
        """Starts it."""
        self._died = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # bots that are killed and databases that stop have a lot to say
            text=True,
        )

    def fork(self, **order: object) -> int:
        """A file descriptor of a new bot's process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps({**order, 'died': self._died.name})}\n")
        self._process.stdin.flush()
        return os.pidfd_open(int(self._process.stdout.readline()))

    def died_of_themselves(self) -> list[str]:
        """What killed the bots that nobody killed."""
        return [each.read_text() for each in Path(self._died.name).iterdir()]

    def close(self) -> None:
        """Fork no more."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._died.cleanup()


@dataclass
class Slot:
    """A place for one bot at a time: its process, and when it is killed at the latest (monotonic)."""

    process: int | None = None
    until: float = 0.0

    @property
    def is_dead(self) -> bool:
        """Whether nobody lives there."""
        return self.process is None or bool(select.select([self.process], [], [], 0)[0])

    def kill(self) -> None:
        """Kill who lives there, at once."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGKILL)
        select.select([self.process], [], [], 10)
        os.close(self.process)
        self.process = None


@dataclass
class World:
    """A team, its Slack, and bots that do not live long."""

    store: Store
    slack: FakeSlack
    clock: StoppedClock
    mother: Mother
    chance: random.Random
    books: Books
    slots: list[Slot]
    kills: Counter[str] = field(default_factory=Counter)
    recovered_in: float = 0.0

    def torment(self, seconds: float, between: Callable[[], None] | None = None) -> None:
        """Owe messages, kill bots and start them again, for so long; `between` is called every phase."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            phase_ends = min(ends, time.monotonic() + PHASE)
            while time.monotonic() < phase_ends:
                self.books.owe_something()
                self._break_something()
                for slot in self.slots:
                    self._tend(slot)
                time.sleep(0.02)
            if between:
                between()
            self._turn_the_clock()

    def settle(self) -> None:
        """Leave one bot alone until nothing is owed any more. Raises AssertionError where that takes too long."""
        self._kill_all()
        self.slack.faults.disarm()
        began = time.monotonic()
        last = Slot(self._fork(None, 0))
        try:
            while left := self.books.waiting():
                assert time.monotonic() - began < SETTLED_WITHIN, left
                time.sleep(0.05)
            self.slack.until(lambda: not self.books.unshared(), 5)
        finally:
            last.kill()
        self.recovered_in = time.monotonic() - began

    def check(self) -> None:
        """Compare what the channels hold with what was owed. No bot has died of itself."""
        assert self.mother.died_of_themselves() == []
        self.books.check()

    def _break_something(self) -> None:
        if self.chance.random() < 0.05:
            method = self.chance.choice(("chat.postMessage", "chat.update", "conversations.history"))
            faults = [Fault.dropped_after_accepting(), Fault.dropped_before_accepting(), Fault.late_effect(LATE)]
            faults += [Fault.http_error(500, accepted=True), Fault.truncated(), Fault.rate_limited(1)]
            self.slack.faults.arm(method, self.chance.choice(faults))

    def _tend(self, slot: Slot) -> None:
        if slot.process is not None and not slot.is_dead and time.monotonic() < slot.until:
            return
        if slot.process is not None:
            self.kills["at a step" if slot.is_dead else "at any instant"] += 1
            slot.kill()
        step = self.chance.choice((*STEPS, None))
        slot.process = self._fork(step, self.chance.randint(1, 2))
        slot.until = time.monotonic() + self.chance.uniform(0.2, 0.8)

    def _turn_the_clock(self) -> None:
        self._kill_all()
        with self.store.reading() as tx:
            known = roster.load(tx)
        self.clock.turn_to(known.hours.handoff(known.hours.coming_handoff(self.clock.now())))

    def _kill_all(self) -> None:
        for slot in self.slots:
            if slot.process is not None:
                self.kills["at any instant"] += 1
                slot.kill()

    def _fork(self, step: str | None, hit: int) -> int:
        now = self.clock.now().isoformat()
        return self.mother.fork(database=self.store.url, slack=self.slack.url, now=now, step=step, hit=hit)


@contextmanager
def a_world(database: Databases, *, bots: int, seed: int) -> Iterator[World]:
    """A world whose team begins on Tuesday 24 November 2026, 10:00."""
    store, clock, mother = cast.a_store(database), StoppedClock(cast.NOW), Mother()
    fake = FakeSlack(cast.USERS, clock=clock, signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url:
        Directory(store, Slack(TOKEN, base_url=f"{url}/api/", timeout=5)).look_up()
        tick.begin(store, clock.now())
        chance = random.Random(seed)
        books = Books(store, fake, clock, chance)
        world = World(store, fake, clock, mother, chance, books, [Slot() for _ in range(bots)])
        try:
            yield world
        finally:
            for slot in world.slots:
                slot.kill()
            mother.close()
            store.close()
