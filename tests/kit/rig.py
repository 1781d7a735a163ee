"""The crash rig: bots as real processes on one store, killed at every step and at any instant, and started again.

    owe, people ask ─► (bots are killed and started, Slack fails, weeks pass) ─► one bot that is left alone ─► compare

What the channels hold is compared with what was owed (`books.py`), and what people were told with the log and the store
(`errands.py`). The bots listen over HTTP, where whoever balances the load knows of no dead, or by Socket Mode, whose
connections break as well.
"""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import StoppedClock
from bot.links import EVENTS
from bot.sandbox.records import Json
from bot.sandbox.rules.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.carriers import Carrier
from bot.sandbox.slack.sockets import OPENING
from bot.slack.client import Slack
from bot.slack.directory import Directory
from bot.slack.listener import AFTER_ALL, BROKEN
from models.store.engine import Store
from scheduler import tick
from scheduler.team import roster, schedule
from tests.kit import cast
from tests.kit.books import Books
from tests.kit.databases import Databases
from tests.kit.errands import People
from tests.kit.forked import Mother, Slot
from tests.kit.processes import free_port
from tests.kit.stage import APP_TOKEN, HTTP, SECRET, TOKEN
from tests.kit.zygote import PACE, STEPS

PHASE = 3.0  # seconds until the clock is turned by a week
STUCK = 120.0  # so long nothing moves, however slow the machine is
LATE = PACE.settles / 4  # how late an effect is, within the bound
LIVES = (0.4, 1.0, 4.0)  # seconds until a bot is killed at the latest: before it listens, while it does, after a while
QUIET = 3 * PACE.tick  # so long nothing is owed once all is done


@dataclass
class Balancer:
    """Carries to any of the bots that listen over HTTP, dead or alive."""

    bots: list[Carrier]
    chance: random.Random

    def carry(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> bytes:
        """Bring a payload to one of them."""
        return self.chance.choice(self.bots).carry(kind, payload, retry)


@dataclass
class World:
    """A team, its Slack, and bots that do not live long, whose clocks are wrong by at most `apart`."""

    store: Store
    slack: FakeSlack
    clock: StoppedClock
    mother: Mother
    chance: random.Random
    books: Books
    slots: list[Slot]
    people: People
    apart: timedelta = timedelta(0)
    kills: Counter[str] = field(default_factory=Counter)
    recovered_in: float = 0.0

    def torment(self, seconds: float, kills: int, meanwhile: Callable[["World"], None] | None = None) -> None:
        """Owe messages, kill bots and start them again, with people on their errands: for so long, and, on a machine
        that is slow, for as long as it takes to kill so many. `meanwhile` is called in the middle of every phase."""
        ends = time.monotonic() + seconds
        self.people.start()
        while time.monotonic() < ends or sum(self.kills.values()) < kills:
            self._live(PHASE / 2)
            if meanwhile:
                meanwhile(self)
            self._live(PHASE / 2)
            self._turn_the_clock()

    def _live(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.books.owe_something()
            self._break_something()
            for slot in self.slots:
                self._tend(slot)
            time.sleep(0.02)

    def start_another(self) -> None:
        """Kill one of them, and start it again."""
        slot = self.chance.choice(self.slots)
        slot.until = 0.0
        self._tend(slot)

    def settle(self) -> None:
        """Leave one bot alone until people have done what they wanted and nothing is owed any more. Raises
        AssertionError where it dies, or nothing moves any more."""
        self._kill_all()
        self.slack.faults.disarm()
        began = time.monotonic()
        self._leave_one_alone()
        self.people.finish(STUCK, self._check_nobody_died)
        self._turn_the_clock()  # past the minute that news waits
        self._leave_one_alone()
        moved_at = quiet_since = time.monotonic()
        before = None
        while time.monotonic() - quiet_since < QUIET:
            self._check_nobody_died()
            if left := self.books.waiting():
                quiet_since = time.monotonic()
                if left != before:
                    before, moved_at = left, quiet_since
                assert quiet_since - moved_at < STUCK, left
            time.sleep(0.05)
        self.slack.until(lambda: not self.books.unshared(), STUCK)
        self.slots[0].kill()
        self.recovered_in = time.monotonic() - began

    def _leave_one_alone(self) -> None:
        last = self.slots[0]
        last.process = self._fork(last, None, 0, timedelta(0))

    def _check_nobody_died(self) -> None:
        """No bot ends unless it is killed, whatever becomes of its database and its Slack."""
        assert not (died := self.mother.died_of_themselves()), "\n".join(died)

    def check(self) -> None:
        """Compare what the channels hold with what was owed. No bot has died of itself, told anybody that something
        went wrong, or left a gap in what is on record."""
        self._check_nobody_died()
        broken = [m.words() for m in self.slack.workspace.timeline if BROKEN in m.words() or AFTER_ALL in m.words()]
        assert broken == []
        with self.store.reading() as tx:
            team = roster.own(tx)
            past = schedule.duty_between(tx, team, team.hours.handoff(cast.WEEK_1), team.duty.starts)
        assert all(one.ends == other.starts for one, other in itertools.pairwise(past)), past
        self.people.check(self.store)
        self.books.check()

    def _break_something(self) -> None:
        if self.chance.random() < 0.05:
            method = self.chance.choice(("chat.postMessage", "chat.update", "conversations.history"))
            faults = [Fault.dropped_after_accepting(), Fault.dropped_before_accepting(), Fault.late_effect(LATE)]
            faults += [Fault.http_error(500, accepted=True), Fault.truncated(), Fault.rate_limited(1)]
            self.slack.faults.arm(method, self.chance.choice(faults))
            self.slack.faults.arm("auth.test", self.chance.choice(faults[:2]))
        if self.chance.random() < 0.01:
            self.slack.sockets.reset()
            self.slack.faults.arm(OPENING, self.chance.choice([Fault.http_error(500), Fault.rate_limited(1)]))

    def _tend(self, slot: Slot) -> None:
        if slot.process is not None and not slot.is_dead and time.monotonic() < slot.until:
            return
        if slot.process is not None:
            self.kills["at a step" if slot.is_dead else "at any instant"] += 1
            slot.kill()
        step = self.chance.choice((*STEPS, None))
        slot.process = self._fork(slot, step, self.chance.randint(1, 2), self.apart)
        slot.until = time.monotonic() + self.chance.choice(LIVES) * self.chance.uniform(0.5, 1.0)

    def _turn_the_clock(self) -> None:
        self._kill_all()
        with self.store.reading() as tx:
            team = roster.own(tx)
        self.clock.turn_to(team.hours.handoff(team.hours.coming_handoff(self.clock.now())))

    def _kill_all(self) -> None:
        for slot in self.slots:
            if slot.process is not None:
                self.kills["at any instant"] += 1
                slot.kill()

    def _fork(self, slot: Slot, step: str | None, hit: int, apart: timedelta) -> int:
        there = {"database": self.store.url, "slack": self.slack.url, "port": slot.port}
        now = self.clock.now().isoformat()
        return self.mother.fork(**there, now=now, apart=apart.total_seconds(), step=step, hit=hit)


@contextmanager
def a_world(database: Databases, *, bots: int, seed: int, by: str, apart: timedelta = timedelta(0)) -> Iterator[World]:
    """A world whose team begins on Tuesday 24 November 2026, 10:00; its bots listen `by` HTTP or SOCKET, and their
    clocks are wrong by at most `apart`."""
    store, clock, mother, chance = cast.a_store(database), StoppedClock(cast.NOW), Mother(), random.Random(seed)
    fake = FakeSlack(cast.USERS, clock=clock, signing_secret=SECRET, bot_token=TOKEN, app_token=APP_TOKEN)
    slots = [Slot(free_port() if by == HTTP else None) for _ in range(bots)]
    with fake.serve() as url:
        if by == HTTP:
            fake.carry_by(Balancer([fake.over_http(f"http://127.0.0.1:{slot.port}{EVENTS}") for slot in slots], chance))
        else:
            fake.connect_by_socket()
        Directory(store, Slack(TOKEN, base_url=f"{url}/api/", timeout=5)).look_up()
        tick.begin_to_speak(store, clock.now())
        books, people = Books(store, fake, clock, chance), People(fake, clock, chance)
        world = World(store, fake, clock, mother, chance, books, slots, people, apart)
        try:
            yield world
        finally:
            world.people.finish(0.0, lambda: None)
            for slot in world.slots:
                slot.kill()
            mother.close()
            store.close()
