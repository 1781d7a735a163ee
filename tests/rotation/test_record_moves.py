"""A change that moves nothing puts nothing on record: each stretch cut off is loaded with every answer of its week.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00, a day after the first handoff,
of which nothing is on record.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from models import history
from models.history import Stretch
from models.store.engine import Store, Tx
from scheduler import holidays
from scheduler.change.frame import Actor
from scheduler.covers import agree, answer, ask
from scheduler.people import members, owners
from scheduler.people.members import RosterWish
from scheduler.shifts import acknowledge, decline, takeover
from scheduler.team import roster, schedule
from tests.kit.cast import NOW, WEEK_1

MAYAS, DANNYS, RENES = (WEEK_1 + n * timedelta(weeks=1) for n in (1, 2, 3))
DAY, WEEK, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(minutes=1)


def by(who: str, now: datetime = NOW) -> Actor:
    """A request of somebody's."""
    return Actor(who, who == "robin", now)


def rows(tx: Tx) -> list[Stretch]:
    """All duty that is on record."""
    return history.since_week(tx, roster.own(tx).id, date(2000, 1, 1))


def asked(tx: Tx, who: str, first: date, of: str | None = None, now: datetime = NOW) -> int:
    """`who` asks for a week to be covered."""
    return ask.ask_cover(tx, by(who, now), who, first, first + WEEK, of).request.id or 0


def swap_refused(tx: Tx) -> object:
    """Maya asks Rene to swap, who can't."""
    made = ask.ask_swap(tx, by("maya"), "maya", MAYAS, "rene", RENES).request
    return answer.cannot(tx, by("rene"), made.id or 0, "rene")


def part_offered(tx: Tx) -> object:
    """Rene offers Maya two of her days."""
    made = asked(tx, "maya", MAYAS)
    return answer.offer(tx, by("rene"), made, "rene", MAYAS, MAYAS + 2 * DAY)


def declared_twice(tx: Tx) -> object:
    """Rene is away in a week of Maya's, and says so again."""
    holidays.declare(tx, by("rene"), "rene", MAYAS, MAYAS + 3 * DAY)
    return holidays.declare(tx, by("rene"), "rene", MAYAS, MAYAS + 3 * DAY)


def away_and_not(tx: Tx) -> object:
    """Rene is away today, when Toms is on duty, and takes that back."""
    holidays.declare(tx, by("rene"), "rene", WEEK_1 + DAY, WEEK_1 + 3 * DAY)
    return holidays.cancel(tx, by("rene", NOW + MINUTE), "rene", WEEK_1 + DAY, WEEK_1 + 3 * DAY)


MOVES_NOTHING: dict[str, Callable[[Tx], object]] = {
    "a request to everybody": lambda tx: asked(tx, "maya", MAYAS),
    "a request to one": lambda tx: asked(tx, "toms", WEEK_1, "rene"),
    "a request that is widened": lambda tx: ask.widen(tx, by("toms"), asked(tx, "toms", WEEK_1, "rene")),
    "a request nobody can take": lambda tx: answer.cannot(tx, by("rene"), asked(tx, "maya", MAYAS, "rene"), "rene"),
    "a request withdrawn": lambda tx: agree.withdraw(tx, by("maya"), asked(tx, "maya", MAYAS)),
    "a swap refused": swap_refused,
    "a part offered": part_offered,
    "time off in another's week": lambda tx: holidays.declare(tx, by("rene"), "rene", MAYAS, MAYAS + 3 * DAY),
    "time off declared twice": declared_twice,
    "time off today of who is not on call": away_and_not,
    "I've got it": lambda tx: acknowledge.handoff(tx, by("toms"), WEEK_1),
    "a week taken on": lambda tx: decline.accept_week(tx, by("maya"), "maya", MAYAS),
    "owners": lambda tx: owners.change(tx, by("robin"), "unit-level-profit", "rene", "danny", "Rene wrote it."),
}


def covered(tx: Tx) -> object:
    """Rene takes Danny's week."""
    return answer.accept(tx, by("rene"), asked(tx, "danny", DANNYS, "rene"), "rene")


MOVES: dict[str, Callable[[Tx], object]] = {
    "time off today": lambda tx: holidays.declare(tx, by("toms"), "toms", WEEK_1 + DAY, WEEK_1 + 2 * DAY),
    "time off in a week of one's own": lambda tx: holidays.declare(tx, by("rene"), "rene", RENES, RENES + DAY),
    "only the hours before the handoff": lambda tx: holidays.declare(tx, by("toms"), "toms", MAYAS, MAYAS + DAY),
    "a cover": covered,
    "a week passed on": lambda tx: decline.decline(tx, by("toms"), "toms", WEEK_1),
    "a take-over": lambda tx: takeover.take_over(tx, by("rene"), "rene"),
    "a new order": lambda tx: members.change(
        tx, by("robin"), RosterWish(members.REORDERED, MAYAS, order=("rene", "danny", "maya", "toms"))
    ),
    "one who leaves": lambda tx: members.change(tx, by("robin"), RosterWish(members.REMOVED, DANNYS, "rene")),
}


@pytest.mark.parametrize("what", MOVES_NOTHING)
def test_what_moves_nothing_records_nothing(store: Store, what: str) -> None:
    with store.writing() as tx:
        MOVES_NOTHING[what](tx)
        assert rows(tx) == []


@pytest.mark.parametrize("what", MOVES)
def test_what_moves_something_records_up_to_its_moment(store: Store, what: str) -> None:
    with store.writing() as tx:
        team = roster.own(tx)
        starts = team.hours.handoff(WEEK_1)
        MOVES[what](tx)
        assert [(served.starts, served.ends, served.who) for served in rows(tx)] == [(starts, NOW, "toms")]
        assert roster.own(tx).duty.starts == NOW


@pytest.mark.slow
def test_five_hundred_requests_withdrawn_leave_nothing_to_load(store: Store) -> None:
    with store.writing() as tx:
        holidays.declare(tx, by("toms"), "toms", WEEK_1 + DAY, WEEK_1 + 2 * DAY)
        before, team = rows(tx), roster.own(tx)
        for n in range(1, 501):
            now = NOW + n * MINUTE
            agree.withdraw(tx, by("danny", now), asked(tx, "danny", DANNYS, "rene", now))
        assert rows(tx) == before
        after = roster.own(tx)
        assert (after.served, after.covers, after.take_overs) == (team.served, team.covers, team.take_overs)


def test_a_change_that_would_move_the_past_leaves_it_as_it_was(store: Store) -> None:
    """The bot was down for two weeks: what was nobody's change then is not made one by a day off now."""
    now = NOW + 2 * WEEK
    with store.writing() as tx:
        holidays.declare(tx, by("danny", now), "danny", DANNYS + DAY, DANNYS + 3 * DAY)
        team = roster.own(tx)
        past = schedule.duty_between(tx, team, team.hours.handoff(WEEK_1), now)
    assert [(stretch.who, stretch.ends) for stretch in past] == [
        ("toms", team.hours.handoff(MAYAS)),
        ("maya", team.hours.handoff(DANNYS)),
        ("danny", now),
    ]
