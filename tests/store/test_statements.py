"""What is asked of the database to answer and to change: the team is loaded once for either.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00.
"""

from datetime import timedelta

import pytest

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.ask import Ask, Asker, Press, Reply
from bot.talk import commands, presses
from models.store.engine import Store
from scheduler import tick
from tests.kit.cast import NOW
from tests.kit.stage import RUNBOOKS
from tests.kit.statements import Counted, counted


@pytest.fixture
def desk(store: Store) -> Desk:
    """A desk whose bot has greeted, and has nothing due."""
    tick.begin_to_speak(store, NOW)
    tick.tick(store, NOW)
    return Desk(store, Library(RUNBOOKS))


def asked(desk: Desk, who: str, command: str, text: str) -> tuple[Reply, Counted]:
    """What somebody is answered, and what that asked of the database."""
    with counted(desk.store) as found:
        said = commands.answer(Ask(command, text, Asker(person_id=who), NOW, f"{who} {text}"), desk)
    return said, found


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("14 Dec - 18 Dec", "In a minute I tell Toms."),  # that of Rene's week
        ("30 Nov - 2 Dec", "None of your weeks is affected."),
        ("tomorrow: dentist", "Short notice"),
    ],
)
def test_to_declare_time_off_the_team_is_loaded_twice(desk: Desk, days: str, said: str) -> None:
    reply, found = asked(desk, "rene", "holiday", days)
    assert said in reply.text
    assert (found.loads, len(found.statements) <= 24) == (2, True), "\n".join(found.statements)


def test_time_off_on_short_notice_of_who_is_on_call_is_declared_in_as_few(desk: Desk) -> None:
    reply, found = asked(desk, "toms", "holiday", "today - 26 Nov")
    assert "I announce it" in reply.text
    assert (found.loads, len(found.statements) <= 24) == (2, True), "\n".join(found.statements)


def test_to_accept_a_cover_the_team_is_loaded_twice(desk: Desk) -> None:
    asked(desk, "danny", "oncall", "cover 7 Dec - 13 Dec")
    with counted(desk.store) as found:
        said = presses.answer(Press("request.take", "1", Asker(person_id="maya"), NOW, "takes"), desk)
    assert said.reply is not None
    assert "You take" in said.reply.text
    assert (found.loads, len(found.statements) <= 25) == (2, True), "\n".join(found.statements)


def test_who_is_on_call_is_answered_with_four_queries(desk: Desk) -> None:
    _, found = asked(desk, "rene", "oncall", "")
    assert (found.loads, sum(each.startswith("SELECT") for each in found.statements)) == (1, 4)


def test_a_tick_with_nothing_due_loads_the_team_once(desk: Desk) -> None:
    with counted(desk.store) as found:
        tick.tick(desk.store, NOW)
    assert (found.loads, len(found.statements) <= 9) == (1, True), "\n".join(found.statements)


def test_the_tick_of_a_monday_loads_it_once_more_to_write(desk: Desk) -> None:
    with counted(desk.store) as found:
        owed = tick.tick(desk.store, NOW + timedelta(days=6))
    assert [each.kind for each in owed][:1] == ["handoff"]
    assert found.loads == 2
