"""The crash rig: bots as real processes on one store, killed at every step and at any instant, and started again.

    owe ─► (bots are killed and started, Slack fails, weeks pass) ─► one bot that is left alone ─► compare

What the channels hold is compared with what was owed: each message once, by its key; each picture once, by its name;
each edit made; nothing left.
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
from typing import Any

from bot.clock import StoppedClock
from bot.directory import Directory
from bot.pictures import PICTURE, is_file
from bot.sandbox.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.slack import Slack
from models import outbox
from models.outbox import CHANNEL, NEEDLESS, SAID, Message, Owed, to_person
from models.store import Store
from scheduler import change, roster, tick
from scheduler.handoff_picture import PICTURE_GONE
from tests import cast
from tests.databases import Databases
from tests.stage import SECRET, TOKEN
from tests.zygote import PACE, STEPS

ROOT = Path(__file__).parent.parent
AUDIENCES = (CHANNEL, CHANNEL, *(to_person(who) for who in ("toms", "maya", "danny", "rene")))
PHASE = 3.0  # seconds until the clock is turned by a week
SETTLED_WITHIN = 60.0
MOST_WAITING = 40
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
    slots: list[Slot]
    kills: Counter[str] = field(default_factory=Counter)
    owed: int = 0
    recovered_in: float = 0.0
    _behind: bool = False

    def torment(self, seconds: float, between: Callable[[], None] | None = None) -> None:
        """Owe messages, kill bots and start them again, for so long; `between` is called every phase."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            phase_ends = min(ends, time.monotonic() + PHASE)
            while time.monotonic() < phase_ends:
                self._owe_something()
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
            while left := self._waiting():
                assert time.monotonic() - began < SETTLED_WITHIN, left
                time.sleep(0.05)
            self.slack.until(lambda: not self._unshared(), 5)
        finally:
            last.kill()
        self.recovered_in = time.monotonic() - began

    def check(self) -> None:
        """Compare what the channels hold with what was owed. No bot has died of itself."""
        assert self.mother.died_of_themselves() == []
        keys, files, edited = self._shown()
        for message in self._messages():
            assert message.state in (SAID, NEEDLESS), message
            if message.kind == change.EDIT:
                assert message.state == NEEDLESS or edited[message.facts["of"]], message
                continue
            if is_file(message) or message.kind == PICTURE_GONE:
                continue
            assert keys[message.key] == (message.state == SAID), (message, keys[message.key])
        assert all(count == 1 for count in files.values()), files
        assert len(files) == self._pictures()

    def _owe_something(self) -> None:
        if self.chance.random() > 0.4 or self._is_behind():
            return
        now, self.owed = self.clock.now(), self.owed + 1
        about, to = str(self.owed), self.chance.choice(AUDIENCES)
        kind = PICTURE if to != CHANNEL and self.chance.random() < 0.1 else tick.GREETING
        owed = Owed(kind, about, to, now, urgent=self.chance.random() < 0.2)
        with self.store.writing() as tx:
            message_id = outbox.owe(tx, 1, owed, now)
            if kind == tick.GREETING and self.chance.random() < 0.2:
                facts = {"of": f"1/{kind}/{about}"}
                outbox.owe(tx, 1, Owed(change.EDIT, f"{about}/edit", to, now, facts, edits=message_id), now)

    def _is_behind(self) -> bool:
        """Whether bots that live so short have enough to do; looked at now and then."""
        if self.owed % 10 == 0:
            self._behind = len(self._waiting()) > MOST_WAITING
        return self._behind

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

    def _messages(self) -> list[Message]:
        with self.store.reading() as tx:
            return outbox.everything(tx)

    def _waiting(self) -> list[Message]:
        with self.store.reading() as tx:
            return outbox.waiting(tx)

    def _unshared(self) -> bool:
        return len(self._shown()[1]) < self._pictures()

    def _pictures(self) -> int:
        """How many pictures there should be: those that were shared and not taken away."""
        said = [m for m in self._messages() if m.state == SAID]
        return sum(map(is_file, said)) - sum(m.kind == PICTURE_GONE for m in said)

    def _shown(self) -> tuple[Counter[str], Counter[str], dict[str, bool]]:
        """How often each key and each picture is shown, and which keys were edited."""
        keys: Counter[str] = Counter()
        files: Counter[str] = Counter()
        edited: dict[str, bool] = {}
        for message in self.slack.workspace.timeline:
            files.update(file.name for file in message.files)
            key = _key(message.metadata)
            if key:
                keys[key] += 1
                edited[key] = message.edited
        return keys, files, edited


def _key(metadata: dict[str, Any] | None) -> str | None:
    return metadata["event_payload"]["key"] if metadata else None


@contextmanager
def a_world(database: Databases, *, bots: int, seed: int) -> Iterator[World]:
    """A world whose team begins on Tuesday 24 November 2026, 10:00."""
    store, clock, mother = cast.a_store(database), StoppedClock(cast.NOW), Mother()
    fake = FakeSlack(cast.USERS, clock=clock, signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url:
        Directory(store, Slack(TOKEN, base_url=f"{url}/api/", timeout=5)).look_up()
        tick.begin(store, clock.now())
        world = World(store, fake, clock, mother, random.Random(seed), [Slot() for _ in range(bots)])
        try:
            yield world
        finally:
            for slot in world.slots:
                slot.kill()
            mother.close()
            store.close()
