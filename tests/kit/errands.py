"""What people do to bots that do not live long: they declare a day off and take it back, and try again whenever Slack
tells them of an error, or they see nothing come of it."""

import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clock import Clock
from bot.sandbox.records import SlackMessage, elements_in
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.dispatch import BotDidNotAnswer
from bot.speech import say
from bot.talk.holiday.words import UNDO_ACTION, UNDONE
from models import changes, holidays
from models.store.engine import Store
from scheduler import holidays as change
from tests.kit.cast import DANNY, MAYA, RENE, TOMS

PEOPLE = {TOMS: "toms", MAYA: "maya", DANNY: "danny", RENE: "rene"}
AHEAD = timedelta(days=1000)  # weeks pass fast here: a day off that has passed could not be taken back any more
APART = timedelta(days=2)  # days that touch would become one holiday
AT_ONCE = 2
AGAIN_SECONDS = 0.05
LOOKS_SECONDS = 0.5  # so long somebody looks at a message before they ask what holds

Key = tuple[str, date]  # whose day off it is (a person's id), and which


@dataclass
class Errand:
    """Somebody wants a day off, and then not. `declared`, `ended`: they were told so."""

    who: str
    day: date
    declared: bool = False
    ended: bool = False

    @property
    def key(self) -> Key:
        """The same in the store."""
        return PEOPLE[self.who], self.day


class People:
    """People on errands, from `start` until `finish`."""

    def __init__(self, slack: FakeSlack, clock: Clock, chance: random.Random) -> None:
        """They live by this clock."""
        self.errands: list[Errand] = []
        self.told_of_errors = 0
        self._slack, self._clock, self._chance = slack, clock, chance
        self._over, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._go, name="errands") for _ in range(AT_ONCE)]
        self._day, self._within, self._gives_up_at = date.min, math.inf, math.inf

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def finish(self, within: float, meanwhile: Callable[[], None]) -> None:
        """Finish what is under way, each step in so many seconds, and begin nothing more; `meanwhile` is done all the
        time."""
        self._over.set()
        self._within, self._gives_up_at = within, time.monotonic() + within
        for thread in self._threads:
            while thread.is_alive():
                meanwhile()
                thread.join(AGAIN_SECONDS)

    def _go(self) -> None:
        while not self._over.is_set():
            self._run(self._next())

    def _run(self, errand: Errand) -> None:
        said = self._tried(lambda: self._declares(errand))
        if said:
            errand.declared = True
            errand.ended = bool(self._tried(lambda: self._ends(errand, said)))

    def _next(self) -> Errand:
        with self._lock:
            self._day = max(self._day + APART, self._clock.now().date() + AHEAD)
            self.errands.append(Errand(self._chance.choice(list(PEOPLE)), self._day))
            return self.errands[-1]

    def _tried(self, do: Callable[[], SlackMessage | None]) -> SlackMessage | None:
        """What comes of it, once something does; None where they gave up before."""
        while time.monotonic() < self._gives_up_at:
            try:
                if came := do():
                    self._gives_up_at = time.monotonic() + self._within
                    return came
            except BotDidNotAnswer:
                self.told_of_errors += 1
            time.sleep(AGAIN_SECONDS)
        return None

    def _declares(self, errand: Errand) -> SlackMessage | None:
        said = self._slack.slash(errand.who, "/holiday", errand.day.isoformat())
        assert said is not None
        is_away = "*You are away " in said.words() or " already. Nothing was changed." in said.words()
        return said if is_away else None

    def _ends(self, errand: Errand, said: SlackMessage) -> SlackMessage | None:
        if any(element["action_id"] == UNDO_ACTION for _, element in elements_in(said.blocks)):
            self._slack.press(errand.who, said, UNDO_ACTION)
        else:
            self._slack.slash(errand.who, "/holiday", f"cancel {errand.day}")
        until = time.monotonic() + LOOKS_SECONDS
        while UNDONE not in said.words() and time.monotonic() < until:
            time.sleep(AGAIN_SECONDS)
        left = self._slack.slash(errand.who, "/holiday", "mine")
        is_over = left and "time off" in left.words() and say.day(errand.day) not in left.words()
        return left if UNDONE in said.words() or is_over else None

    def check(self, store: Store) -> None:
        """Compare with the log and the store: everybody was told in the end, and nothing was done twice."""
        with store.reading() as tx:
            log = [entry for entry in changes.listed_all(tx, 1) if entry.by]
            held = {(h.person_id, h.first) for h in holidays.ending_after(tx, 1, date.min)}
        declared, ended = Counter[Key](), Counter[Key]()
        for entry in log:
            count = declared if entry.what == change.DECLARED else ended
            exchange = change.exchange_of(entry)
            [holiday] = exchange.after if entry.what == change.DECLARED else exchange.before
            count[holiday.person_id, holiday.first] += 1
        for errand in self.errands:
            assert (errand.declared, errand.ended) == (True, True), errand
            done = (declared[errand.key], ended[errand.key], errand.key in held)
            assert done == (1, 1, False), (errand, done)
        assert {*declared, *ended, *held} == {errand.key for errand in self.errands}
