"""The part of `make bench` about changes: what they ask of the database, and what many of them leave to load."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.ask import Ask, Asker, Press
from bot.talk import presses
from bot.talk.commands import answer
from scheduler import tick
from scheduler.change.frame import Actor
from scheduler.covers import agree, ask
from scheduler.team import roster
from tests.kit import cast
from tests.kit.databases import Databases
from tests.kit.stage import RUNBOOKS
from tests.kit.statements import counted

LOADS = 600
Say = Callable[[str, str, str], None]


def changes(database: Databases, say: Say) -> None:
    """What is asked of the database to answer, to change and to tick, and how often the team is loaded for it."""
    store = cast.a_store(database)
    desk, monday = Desk(store, Library(RUNBOOKS)), cast.NOW + timedelta(days=6)
    tick.begin_to_speak(store, cast.NOW)
    tick.tick(store, cast.NOW)

    def asks(who: str, command: str, text: str) -> Callable[[], object]:
        return lambda: answer(Ask(command, text, Asker(person_id=who), cast.NOW, f"{who} {text}"), desk)

    def takes() -> object:
        return presses.answer(Press("request.take", "1", Asker(person_id="maya"), cast.NOW, "takes"), desk)

    done: list[tuple[str, Callable[[], object], str]] = [
        ("/oncall", asks("rene", "oncall", ""), "aim: at most 5 and 1"),
        ("/holiday 14 Dec - 18 Dec", asks("rene", "holiday", "14 Dec - 18 Dec"), "aim: at most 24 and 2"),
        ("/oncall cover 7 Dec - 13 Dec", asks("danny", "oncall", "cover 7 Dec - 13 Dec"), ""),
        ("accepting a cover", takes, "aim: at most 24 and 2"),
        ("a tick with nothing due", lambda: tick.tick(store, cast.NOW), "aim: at most 9 and 1"),
        ("the tick of a Monday", lambda: tick.tick(store, monday), ""),
    ]
    for what, does, aim in done:
        with counted(store) as found:
            does()
        say(f"{what}, statements and loads of the team", f"{len(found.statements)} / {found.loads}", aim)
    store.close()


def many_requests(database: Databases, say: Say) -> None:
    """Loading the team before and after five hundred requests that were asked and withdrawn in one week."""
    store = cast.a_store(database)

    def median() -> float:
        took = []
        for _ in range(LOADS):
            began = time.perf_counter()
            with store.reading() as tx:
                roster.own(tx)
            took.append((time.perf_counter() - began) * 1000)
        return statistics.median(took)

    def asked_and_withdrawn(n: int) -> None:
        by = Actor("danny", False, cast.NOW + timedelta(minutes=n))
        with store.writing() as tx:
            week = cast.WEEK_1 + timedelta(weeks=2)
            request = ask.ask_cover(tx, by, "danny", week, week + timedelta(weeks=1), "rene").request
            agree.withdraw(tx, by, request.id or 0)

    asked_and_withdrawn(0)
    median()  # to warm up
    before = median()
    for n in range(1, 501):
        asked_and_withdrawn(n)
    after = median()
    say("loading the team, before and after 500 requests", f"{before:.2f} / {after:.2f} ms", "")
    say("   ratio", f"{after / before:.2f}x", "aim: below 1.2x")
    store.close()
