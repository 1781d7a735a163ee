"""Two hundred declarations at once, on overlapping dates, with undos: what was acknowledged is so, and nothing else."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date, timedelta

import pytest

from bot.ask import Desk
from bot.commands import CANNOT_SAVE
from bot.run import Bot, Http
from bot.runbooks import Library
from bot.sandbox.records import Message, elements_in
from models import changes, holidays
from models.holidays import Holiday
from models.store import Store
from tests.cast import DANNY, MAYA, RENE, TOMS
from tests.stage import PACE, RUNBOOKS, SECRET, TOKEN, Stage

PEOPLE = {TOMS: "toms", MAYA: "maya", DANNY: "danny", RENE: "rene"}
FIRST = date(2027, 1, 4)
MANY, AT_ONCE = 200, 16


@contextmanager
def another_bot(stage: Stage) -> Iterator[str]:
    """A second bot on the stage's store; where it listens."""
    with closing(Store(stage.store.url)) as store:
        desk = Desk(store, Library(RUNBOOKS))
        bot = Bot(desk, stage.bot.slack, stage.clock, token=TOKEN, secret=SECRET, pace=PACE)
        ear = Http(bot, SECRET, "127.0.0.1", 0)
        ear.start()
        try:
            yield ear.words
        finally:
            ear.stop()
            bot.answers.shutdown(wait=True)


@pytest.fixture
def bots(stage: Stage) -> Iterator[list[str]]:
    """Where the bots of the store listen: one on SQLite, two on PostgreSQL."""
    if stage.store.is_sqlite:
        yield [stage.ear.words]
        return
    with another_bot(stage) as second:
        yield [stage.ear.words, second]


def wishes(chance: random.Random) -> list[tuple[str, date, date]]:
    """Who wants to be away from when to when, both included."""
    made = []
    for _ in range(MANY):
        first = FIRST + timedelta(days=chance.randrange(60))
        made.append((chance.choice(list(PEOPLE)), first, first + timedelta(days=chance.randrange(6))))
    return made


def declare_all(stage: Stage, bots: list[str], wanted: list[tuple[str, date, date]]) -> list[Message]:
    """All of it at once, to any of the bots. The answers, in the order of the wishes."""

    def declare(wish: tuple[str, date, date]) -> Message:
        stage.slack.connect(random.choice(bots))
        who, first, last = wish
        return stage.ask(who, f"/holiday {first} {last}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(declare, wanted))


def away(stage: Stage) -> dict[str, set[date]]:
    """Each person's days off, in the store."""
    days: dict[str, set[date]] = {who: set() for who in PEOPLE.values()}
    for holiday in in_the_store(stage):
        days[holiday.person_id] |= set(days_of(holiday.first, holiday.until - timedelta(days=1)))
    return days


def in_the_store(stage: Stage) -> list[Holiday]:
    """All time off, in the store."""
    with stage.store.reading() as tx:
        return holidays.ending_after(tx, date.min)


def days_of(first: date, last: date) -> list[date]:
    """The days, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def replayed(stage: Stage) -> list[Holiday]:
    """What the log of changes makes of nothing, in its order."""
    held: dict[int | None, Holiday] = {}
    with stage.store.reading() as tx:
        log = [change for change in changes.listed_all(tx, 1) if change.by]
    for change in log:
        for facts in change.before:
            was = Holiday.of_facts(facts)
            assert held.pop(was.id) == was, change
        for facts in change.after:
            holiday = Holiday.of_facts(facts)
            assert holiday.id not in held, change
            held[holiday.id] = holiday
    return sorted(held.values(), key=lambda h: (h.first, h.id or 0))


def test_each_has_off_what_was_acknowledged(stage: Stage, bots: list[str]) -> None:
    wanted = wishes(random.Random(1))
    answers = declare_all(stage, bots, wanted)
    expected: dict[str, set[date]] = {who: set() for who in PEOPLE.values()}
    for (who, first, last), answer in zip(wanted, answers, strict=True):
        said = answer.words()
        if CANNOT_SAVE in said:
            continue
        assert "away" in said
        expected[PEOPLE[who]] |= set(days_of(first, last))
    assert away(stage) == expected
    assert replayed(stage) == in_the_store(stage)


def test_with_undos_the_log_has_each_change_once_and_gives_the_store(stage: Stage, bots: list[str]) -> None:
    chance = random.Random(2)
    wanted = wishes(chance)
    answers = declare_all(stage, bots, wanted)
    undoable = [
        (who, answer)
        for (who, *_), answer in zip(wanted, answers, strict=True)
        if any(element["action_id"] == "holiday.undo" for _, element in elements_in(answer.blocks))
    ]

    def undo(press: tuple[str, Message]) -> str:
        stage.slack.connect(random.choice(bots))
        return stage.slack.press(*press, "holiday.undo", twice=True).trigger

    with ThreadPoolExecutor(AT_ONCE) as pool:
        triggers = list(pool.map(undo, chance.sample(undoable, min(60, len(undoable)))))
    pressed = {f"{trigger}/holiday.undo" for trigger in triggers}
    with stage.store.reading() as tx:
        log = changes.listed_all(tx, 1)
    keys = [change.key for change in log if change.key]
    assert len(keys) == len(set(keys))
    assert len(pressed & set(keys)) == sum(change.what == "change undone" for change in log) > 0
    assert replayed(stage) == in_the_store(stage)
