"""Two hundred declarations at once, on overlapping dates, with undos: what was acknowledged is so, and nothing else."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from bot.sandbox.records import Interaction, SlackMessage, elements_in
from bot.sandbox.slack.carriers import Carrier
from bot.speech.refusals import CANNOT_SAVE
from bot.talk.holiday.words import UNDO_ACTION
from models import changes, holidays
from models.changes import Change
from models.holidays import Holiday
from scheduler import holidays as change
from scheduler.holidays import exchange_of
from tests.kit.cast import DANNY, MAYA, RENE, TOMS
from tests.kit.databases import Databases
from tests.kit.stage import Stage, a_stage, all_bots

pytestmark = [pytest.mark.both, pytest.mark.slow]

PEOPLE = {TOMS: "toms", MAYA: "maya", DANNY: "danny", RENE: "rene"}
FIRST = date(2027, 1, 4)
MANY = 200
LEAST_DECLARED = MANY // 5  # a store that turned everybody away would prove nothing; a busy machine refuses more
PATIENCE = 20.0  # seconds: so many at once, on a busy machine

Wish = tuple[str, date, date]  # who (a Slack id) wants to be away, from when to when, both included


@dataclass(frozen=True)
class Answered:
    """How a wish was answered: the message, what it said, and the change that it offered to undo (None: of nothing
    that was changed)."""

    wish: Wish
    message: SlackMessage
    words: str
    change: int | None
    seconds: float

    @property
    def is_refused(self) -> bool:
        """Whether it said that nothing was changed because the store was busy."""
        return CANNOT_SAVE in self.words


@pytest.fixture
def stage(database: Databases) -> Iterator[Stage]:
    """The first team, in a Slack that waits for an answer as long as it takes."""
    with a_stage(database, ack_seconds=PATIENCE) as stage:
        yield stage


@pytest.fixture
def bots(stage: Stage) -> Iterator[list[Carrier]]:
    """What carries to each of the bots of the store: one on SQLite, two on PostgreSQL."""
    with all_bots(stage) as bots:
        yield bots


def wishes(chance: random.Random) -> list[Wish]:
    """Two hundred wishes of four people, within nine weeks."""
    made = []
    for _ in range(MANY):
        first = FIRST + timedelta(days=chance.randrange(60))
        made.append((chance.choice(list(PEOPLE)), first, first + timedelta(days=chance.randrange(6))))
    return made


def declare(stage: Stage, bots: list[Carrier], wish: Wish) -> Answered:
    """Declare a wish, to any of the bots."""
    stage.slack.carry_by(random.choice(bots))
    (who, first, last), began = wish, time.monotonic()
    message = stage.ask(who, f"/holiday {first} {last}")
    offered = (int(e["value"]) for _, e in elements_in(message.blocks) if e["action_id"] == UNDO_ACTION)
    return Answered(wish, message, message.words(), next(offered, None), time.monotonic() - began)


def undo(stage: Stage, bots: list[Carrier], answered: Answered) -> Interaction:
    """Press *Undo* below an answer; the same press arrives twice."""
    stage.slack.carry_by(random.choice(bots))
    return stage.slack.press(answered.wish[0], answered.message, UNDO_ACTION, twice=True)


def days_of(first: date, last: date) -> set[date]:
    """The days, both included."""
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


def acknowledged(answers: list[Answered]) -> dict[str, set[date]]:
    """Each person's days off, as they were told."""
    days: dict[str, set[date]] = {who: set() for who in PEOPLE.values()}
    for answered in answers:
        if not answered.is_refused:
            assert "away" in answered.words
            who, first, last = answered.wish
            days[PEOPLE[who]] |= days_of(first, last)
    return days


def away(stage: Stage) -> dict[str, set[date]]:
    """Each person's days off, in the store."""
    days: dict[str, set[date]] = {who: set() for who in PEOPLE.values()}
    for holiday in in_the_store(stage):
        days[holiday.person_id] |= days_of(holiday.first, holiday.until - timedelta(days=1))
    return days


def in_the_store(stage: Stage) -> list[Holiday]:
    """All time off, in the store."""
    with stage.store.reading() as tx:
        return holidays.ending_after(tx, 1, date.min)


def log_of(stage: Stage) -> list[Change]:
    """What people changed, in order."""
    with stage.store.reading() as tx:
        return [change for change in changes.listed_all(tx, 1) if change.by]


def replayed(log: list[Change]) -> list[Holiday]:
    """What the log of changes makes of nothing, in its order."""
    held: dict[int | None, Holiday] = {}
    for entry in log:
        exchange = exchange_of(entry)
        for was in exchange.before:
            assert held.pop(was.id) == was, entry
        for holiday in exchange.after:
            assert holiday.id not in held, entry
            held[holiday.id] = holiday
    return sorted(held.values(), key=lambda h: (h.first, h.id or 0))


def declared(log: list[Change]) -> list[int]:
    """Which changes declared something."""
    return [entry.id for entry in log if entry.what == change.DECLARED]


def test_each_has_off_what_was_acknowledged(
    stage: Stage, bots: list[Carrier], record_property: Callable[[str, object], None]
) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(lambda wish: declare(stage, bots, wish), wishes(random.Random(1))))
    refused, slowest = sum(a.is_refused for a in answers), max(a.seconds for a in answers)
    told = f"{MANY} declarations at once, {refused} refused, all answered within {slowest:.1f} s"
    record_property("concurrent", f"{stage.store.engine.dialect.name}, {len(bots)} bot(s): {told}")
    log = log_of(stage)
    assert MANY - refused >= LEAST_DECLARED
    assert away(stage) == acknowledged(answers)
    assert sorted(a.change for a in answers if a.change) == declared(log)
    assert replayed(log) == in_the_store(stage)


def test_with_undos_the_log_has_each_change_once_and_gives_the_store(stage: Stage, bots: list[Carrier]) -> None:
    wanted, half = wishes(random.Random(2)), MANY // 2
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(lambda wish: declare(stage, bots, wish), wanted[:half]))
        undoable = [a for a in answers if a.change]
        presses = [pool.submit(undo, stage, bots, a) for a in undoable]
        answers += pool.map(lambda wish: declare(stage, bots, wish), wanted[half:])
        pressed = [press.result() for press in presses]
    stage.slack.until(lambda: all(len(press.messages) == 2 for press in pressed), PATIENCE)
    log = log_of(stage)
    undone = [a.change for a in undoable if a.change and "everything is as it was before" in a.message.words()]
    assert undone
    assert sorted(a.change for a in answers if a.change) == declared(log)
    assert sorted(entry.undoes for entry in log if entry.undoes) == sorted(undone)
    assert replayed(log) == in_the_store(stage)
