"""Two bots on one store whose clocks differ, or one whose clock steps: of hundreds of answers none is wrong.

Who takes over has it from that moment on, by the clock of the bot that was asked, or from what is on record, whichever
is later; who asks is told of the moment that their bot's clock shows.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.clock import StoppedClock
from bot.desk import Desk
from bot.listening import Http
from bot.runbooks.library import Library
from bot.sandbox.slack.carriers import Carrier
from bot.service import Bot
from models.store.engine import Store
from scheduler.team import roster
from scheduler.team.record import LITTLE
from tests.kit.cast import DANNY, MAYA, NOW, RENE, ROBIN, TOMS
from tests.kit.stage import PACE, RUNBOOKS, SECRET, TOKEN, Stage

pytestmark = [pytest.mark.both, pytest.mark.slow]

ANSWERS = 150
NAMES = {TOMS: "Toms", MAYA: "Maya", DANNY: "Danny", RENE: "Rene"}
LOOK_UPS = ("/oncall next", "/oncall schedule", "/oncall mon 7 Dec", "/holiday list", "/oncall log")
SECOND = timedelta(seconds=1)

Behind = Callable[[random.Random, int], timedelta]  # how far the clock of a bot (0 or 1) is behind when it is asked

CLOCKS: dict[str, Behind] = {
    "a second apart": lambda _, bot: bot * SECOND,
    "a minute apart": lambda _, bot: bot * 60 * SECOND,
    "two minutes apart": lambda _, bot: bot * LITTLE,
    "stepping back and forth": lambda chance, _: chance.choice([0, 1, 1, 10, 120]) * SECOND,
}


@dataclass
class Right:
    """Who is on call when, as people take over: `since` which moment whoever."""

    since: list[tuple[datetime, str]] = field(
        default_factory=lambda: [(datetime.min.replace(tzinfo=NOW.tzinfo), "Toms")]
    )

    def at(self, now: datetime) -> str:
        """Who is on call at a moment."""
        return next(who for starts, who in reversed(self.since) if starts <= now)

    def takes(self, who: str, now: datetime) -> bool:
        """Somebody takes over; whether that changes anything."""
        starts, last = self.since[-1]
        if last != who:
            self.since.append((max(now, starts), who))
        return last != who


@dataclass
class TwoBots:
    """Two bots of one store, with a clock each."""

    stage: Stage
    clocks: tuple[StoppedClock, StoppedClock]
    carriers: tuple[Carrier, Carrier]

    def ask(self, bot: int, now: datetime, who: str, typed: str) -> str:
        """What one of them answers while its clock shows this."""
        self.clocks[bot].moment = now
        self.stage.slack.carry_by(self.carriers[bot])
        return self.stage.words(who, typed)


@pytest.fixture
def bots(stage: Stage) -> Iterator[TwoBots]:
    """Both listen over HTTP."""
    with ExitStack() as stack:
        clocks, carriers = (StoppedClock(NOW), StoppedClock(NOW)), []
        for clock in clocks:
            store = stack.enter_context(closing(Store(stage.store.url)))
            desk = Desk(store, Library(RUNBOOKS))
            bot = Bot(desk, stage.bot.slack, clock, token=TOKEN, pace=PACE, me=stage.bot.me)
            ear = Http(bot, SECRET, "127.0.0.1", 0)
            ear.start()
            stack.callback(bot.answers.shutdown)
            stack.callback(ear.stop)
            carriers.append(stage.slack.over_http(ear.words))
        yield TwoBots(stage, clocks, (carriers[0], carriers[1]))


@pytest.mark.parametrize("behind", CLOCKS.values(), ids=CLOCKS)
def test_no_answer_is_wrong(bots: TwoBots, behind: Behind) -> None:
    chance, real, right = random.Random(7), NOW, Right()
    wrong: list[tuple[datetime, str, str]] = []
    for _ in range(ANSWERS):
        real += chance.choice([0, 0, 1, 5]) * SECOND
        bot = chance.randrange(2)
        now = real - behind(chance, bot)
        what = chance.choice(["ask", "ask", "take", "take", "look up"])
        if what == "ask":
            said = bots.ask(bot, now, ROBIN, "/oncall")
            is_right = said.splitlines()[0].count(f"*{right.at(now)}* is on call now") == 1
        elif what == "take":
            who = chance.choice(list(NAMES))
            said = bots.ask(bot, now, who, "/oncall take")
            is_right = ("instead of" in said.splitlines()[0]) == right.takes(NAMES[who], now)
            is_right = is_right and "on call" in said
        else:
            said = bots.ask(bot, now, TOMS, chance.choice(LOOK_UPS))
            is_right = "wrong" not in said and "clock" not in said
        if not is_right:
            wrong.append((now, right.at(now), said))
    assert wrong == []
    with bots.stage.store.reading() as tx:
        team = roster.own(tx)
    taken = [(each.starts, team.people[each.person_id].name) for each in team.take_overs]
    assert len(taken) > 20
    assert taken == right.since[-len(taken) :]
