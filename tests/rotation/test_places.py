"""Who follows whom: a change of the rotation's people leaves everybody else at their place, whatever is planned.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00. Robin, an admin, does it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from bot.plan import apply as plans
from bot.plan import file
from bot.plan.model import PersonEntry, RotationEntry
from models.store.engine import Store
from models.teams import VersionFacts
from scheduler.change.frame import Actor
from scheduler.people import members
from scheduler.people.members import ADDED, PAUSED, REMOVED, REORDERED, RosterWish
from scheduler.refusals import Refused
from scheduler.team import roster
from tests.kit.cast import NOW, WEEK_1, a_store
from tests.kit.databases import Databases


def week(number: int) -> date:
    """The first day of the week that is so many after Toms's."""
    return WEEK_1 + timedelta(weeks=number)


def done(store: Store, *wishes: RosterWish) -> list[VersionFacts]:
    """The versions after these changes, without the first."""
    for wish in wishes:
        with store.writing() as tx:
            members.change(tx, Actor("robin", True, NOW), wish)
    with store.reading() as tx:
        return list(roster.own(tx).versions[1:])


def orders(versions: Sequence[VersionFacts]) -> list[tuple[date, str]]:
    return [(version.starts, ", ".join(version.order)) for version in versions]


PAUSE = RosterWish(PAUSED, week(3), "danny", week(9))
ANA = RosterWish(ADDED, week(1), name="Ana", email="ana@example.com")


def test_who_comes_before_a_pause_that_is_planned_keeps_their_place_in_it(store: Store) -> None:
    assert orders(done(store, PAUSE, ANA)) == [
        (week(1), "maya, danny, rene, toms, ana"),
        (week(3), "rene, toms, ana, maya"),
        (week(9), "ana, maya, rene, toms, danny"),
    ]


def test_the_order_of_the_two_changes_does_not_matter(store: Store) -> None:
    assert orders(done(store, ANA, PAUSE)) == [
        (week(1), "maya, danny, rene, toms, ana"),
        (week(3), "rene, toms, ana, maya"),
        (week(9), "ana, maya, rene, toms, danny"),
    ]


def test_two_who_come_one_after_the_other(store: Store) -> None:
    ben = RosterWish(ADDED, week(2), name="Ben", email="ben@example.com")
    assert orders(done(store, ANA, ben)) == [
        (week(1), "maya, danny, rene, toms, ana"),
        (week(2), "danny, rene, toms, ana, maya, ben"),
    ]


def test_who_leaves_later_after_somebody_came(store: Store) -> None:
    gone = RosterWish(REMOVED, week(4), "danny")
    assert orders(done(store, gone, ANA))[-1] == (week(4), "toms, ana, maya, rene")


def test_a_new_order_counts_as_it_is_listed_even_where_it_was_asked_for_before(store: Store) -> None:
    listed = ("toms", "maya", "danny", "rene", "ana")
    assert orders(done(store, ANA, RosterWish(REORDERED, week(2), order=listed)))[-1] == (
        week(2),
        "danny, rene, ana, toms, maya",
    )


def test_a_plan_that_adds_somebody_leaves_who_came_before_at_their_place(store: Store) -> None:
    done(store, ANA)
    with store.reading() as tx:
        plan = file.read(plans.export(tx))
    order = (*plan.rotation.order, "ben")
    people = (*plan.people, PersonEntry(id="ben", name="Ben", email="ben@example.com"))
    proposed = plan.model_copy(update={"people": people, "rotation": RotationEntry(starts=WEEK_1, order=order)})
    with store.writing() as tx:
        plans.apply(tx, proposed, Actor(None, True, NOW), week(2))
    assert orders(done(store))[-1] == (week(2), "danny, rene, toms, ana, maya, ben")


def test_nobody_changes_places_but_by_a_new_order(sqlite: Databases) -> None:
    for seed in range(20):
        random, store = Random(seed), a_store(sqlite)
        for number in range(random.randint(2, 6)):
            with store.reading() as tx:
                team = roster.own(tx)
            starts = week(random.randint(1, 12))
            who = random.choice(members.coming_members(team, starts))
            wish = random.choice(
                [
                    RosterWish(ADDED, starts, name=f"New {number}", email=f"new{number}@example.com"),
                    RosterWish(REMOVED, starts, who),
                    RosterWish(PAUSED, starts, who, starts + timedelta(weeks=random.randint(5, 12))),
                ]
            )
            try:
                versions = [team.versions[0], *done(store, wish)]
            except Refused:
                continue
            for one, other in pairwise(versions):
                stay = [who for who in one.order if who in other.order]
                still = [who for who in other.order if who in one.order]
                assert members.is_turned(stay, still), (seed, wish, one, other)
        store.close()
