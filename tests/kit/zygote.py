"""`python -m tests.kit.zygote`: a process that has everything imported and forks bots, to be killed, from itself.

It says READY, reads orders, a JSON object a line, and answers each with the id of the process that it forked. A bot is
the whole bot of `bot/run.py`, which listens on the port that its order names, or by Socket Mode; it dies at the step of
sending that its order names, or when it is killed.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import waiting
from bot.clock import TurnedClock
from bot.desk import Desk
from bot.front import Front
from bot.listening import Ear, Http, Socket
from bot.pace import Hearing, Pace
from bot.runbooks.library import Library
from bot.service import Bot
from bot.slack.client import Slack
from models.store.engine import Store
from tests.kit.stage import APP_TOKEN, RUNBOOKS, SECRET, TOKEN

STEPS_EVERY = 0.7  # seconds
READY, DIED = "ready", ".died"
STEPS = ("claimed", "rendered", "looked up", "begun", "posted", "failed", "settled")
HEARING = Hearing(
    ping=0.3, silent=0.8, opening=0.4, first=0.05, again=0.5, seldom=6.0, steady=1.0, long=6.0
)  # as the bot's own, but in tenths, and so is this:
PACE = Pace(
    tick=0.5,
    timeout=0.6,
    settles=0.8,
    between=0.0,
    a_minute=None,
    senders=3,
    fresh=0.2,
    margin=0.3,
    longest=3.0,
    hearing=HEARING,
)


class Restless(TurnedClock):
    """A clock that is off, and steps: by another difference of at most `apart` every second or so."""

    def __init__(self, starts: datetime, apart: timedelta) -> None:
        """`starts` is the moment that a clock which is right shows first."""
        super().__init__(starts)
        self._apart, self._seed = apart, os.getpid()

    def now(self) -> datetime:
        """The moment it shows."""
        chance = random.Random(self._seed + int(time.monotonic() / STEPS_EVERY))
        return super().now() + chance.uniform(-1, 1) * self._apart


class Death:
    """Kills the process when it has come to a step so many times."""

    def __init__(self, step: str | None, hit: int) -> None:
        """None: never."""
        self._step, self._left = step, hit
        self._lock = threading.Lock()

    def __call__(self, step: str) -> None:
        """A step is reached."""
        if step != self._step:
            return
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def live(order: dict[str, Any]) -> None:
    """Be a bot, until killed."""
    slack = Slack(TOKEN, base_url=f"{order['slack']}/api/", timeout=PACE.timeout)
    me = waiting.for_slack(slack, Front(), threading.Event(), again=PACE.tick)
    desk, clock = Desk(Store(order["database"]), Library(RUNBOOKS)), _clock(order)
    death = Death(order["step"], order["hit"])
    bot = Bot(desk, slack, clock, token=TOKEN, pace=PACE, passing=death, me=me)
    bot.start()
    ear(bot, order).start()
    threading.Event().wait()


def _clock(order: dict[str, Any]) -> Restless:
    return Restless(datetime.fromisoformat(order["now"]), timedelta(seconds=order["apart"]))


def ear(bot: Bot, order: dict[str, Any]) -> Ear:
    """How a bot is to listen."""
    if order["port"]:
        return Http(bot, SECRET, "127.0.0.1", order["port"])
    return Socket(bot, Slack(APP_TOKEN, base_url=f"{order['slack']}/api/", timeout=PACE.hearing.opening))


def note(folder: Path, why: str) -> None:
    """Write down why a bot died: all of it, though it may be killed meanwhile."""
    begun = folder / f"{os.getpid()}.begun"
    begun.write_text(why)
    begun.rename(begun.with_suffix(DIED))


def main() -> None:
    """Fork a bot for each order."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                live(order)
            except BaseException:
                note(Path(order["died"]), traceback.format_exc())  # of itself: no kill
                raise
            finally:
                os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
