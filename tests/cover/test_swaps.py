"""Which swaps count: two covers that stand or fall together. Toms has the week of Mon 23 Nov 2026, then Maya, Danny and
Rene. It is Tue 24 Nov, 10:00."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.covers import Cover
from models.store.engine import Store
from scheduler import tick
from scheduler.rule import swaps
from scheduler.rule.rotation import Away, Rotation, Version
from tests.kit.cast import NOW, WEEK_1
from tests.kit.changes import (
    MINUTE,
    asked,
    asked_to_swap,
    at,
    away,
    dec,
    nov,
    speaking,
    takes,
    took_over,
    undone,
    week,
)

pytestmark = pytest.mark.slow

WEEK = timedelta(weeks=1)
MAYAS, RENES, TOMS_NEXT, DANNYS_NEXT = (WEEK_1 + n * WEEK for n in (1, 3, 4, 6))


@pytest.fixture
def store(store: Store) -> Store:
    """The first team's store, which speaks since Tuesday 24 November 2026, 10:00; its greeting is said."""
    return speaking(store)


def swapped(store: Store, who: str, first: date, other: str, back: date) -> None:
    """`who` swaps their week for one of the other's."""
    takes(store, other, asked_to_swap(store, who, first, other, back))


def test_both_halves_fall_when_a_week_passes_to_somebody_else(store: Store) -> None:
    swapped(store, "rene", RENES, "toms", TOMS_NEXT)
    away(store, "maya", nov(30), dec(2))
    assert (week(store, RENES), week(store, TOMS_NEXT)) == (["toms"] * 7, ["rene"] * 7)
    off = away(store, "danny", nov(30), dec(4))  # now Rene has Maya's week, and Maya has Rene's
    assert week(store, MAYAS) == ["rene"] * 7
    assert (week(store, RENES), week(store, TOMS_NEXT)) == (["maya"] * 7, ["toms"] * 7)
    undone(store, "danny", off, now=NOW + 5 * MINUTE)
    assert (week(store, RENES), week(store, TOMS_NEXT)) == (["toms"] * 7, ["rene"] * 7)


@pytest.mark.parametrize("ticks", [True, False], ids=["with ticks", "without"])
def test_one_that_fell_so_does_not_stand_again_because_time_passes(store: Store, ticks: bool) -> None:
    swapped(store, "rene", RENES, "toms", TOMS_NEXT)
    away(store, "maya", nov(30), dec(2))
    away(store, "danny", nov(30), dec(4))
    for moment in ("2026-11-30T09:01", "2026-12-14T09:01", "2026-12-20T12:00", "2026-12-21T08:00"):
        if ticks:
            tick.tick(store, at(moment))
        assert week(store, TOMS_NEXT) == ["toms"] * 7
    away(store, "danny", dec(28), dec(29), now=at("2026-12-21T08:30"))  # which records what has passed
    assert week(store, TOMS_NEXT) == ["toms"] * 7


def test_a_half_that_was_served_lets_the_other_stand(store: Store) -> None:
    swapped(store, "maya", MAYAS, "toms", TOMS_NEXT)
    for moment in ("2026-11-30T09:01", "2026-12-03T12:00", "2026-12-07T09:01", "2026-12-14T09:01"):
        tick.tick(store, at(moment))
        assert week(store, TOMS_NEXT) == ["maya"] * 7


def test_a_half_that_was_given_on_was_served(store: Store) -> None:
    swapped(store, "maya", MAYAS, "toms", TOMS_NEXT)
    takes(store, "rene", asked(store, "toms", nov(30), dec(6), "rene"))
    for moment in ("2026-11-30T09:01", "2026-12-07T09:01", "2026-12-14T09:01"):
        tick.tick(store, at(moment))
        assert week(store, TOMS_NEXT) == ["maya"] * 7


def test_what_was_left_of_a_half_and_given_on_was_served(store: Store) -> None:
    swapped(store, "maya", MAYAS, "toms", TOMS_NEXT)
    away(store, "toms", nov(30), dec(2))
    takes(store, "rene", asked(store, "toms", dec(3), dec(6), "rene"))
    for moment in ("2026-11-30T09:01", "2026-12-07T09:01", "2026-12-14T09:01"):
        tick.tick(store, at(moment))
        assert week(store, TOMS_NEXT) == ["maya"] * 7


def the_same_before_and_after_the_handoff(store: Store) -> list[str | None]:
    """Whose the other week is, just before the next handoff and after it."""
    tick.tick(store, at("2026-12-07T08:59"))
    before = week(store, TOMS_NEXT)
    tick.tick(store, at("2026-12-07T09:01"))
    assert week(store, TOMS_NEXT) == before
    return before


def test_a_half_that_was_begun_stands(store: Store) -> None:
    swapped(store, "maya", MAYAS, "toms", TOMS_NEXT)
    away(store, "toms", nov(30), dec(6), now=at("2026-11-30T10:00"))
    assert the_same_before_and_after_the_handoff(store) == ["maya"] * 7


def test_a_half_that_was_given_on_stands_when_its_engineer_is_away(store: Store) -> None:
    swapped(store, "maya", MAYAS, "toms", TOMS_NEXT)
    takes(store, "rene", asked(store, "toms", nov(30), dec(6), "rene"))
    away(store, "toms", nov(30), dec(6), now=NOW + MINUTE)
    assert the_same_before_and_after_the_handoff(store) == ["maya"] * 7


def test_a_half_of_which_somebody_took_over_all_that_was_left_stands(store: Store) -> None:
    swapped(store, "maya", MAYAS, "toms", TOMS_NEXT)
    took_over(store, "rene", at("2026-12-01T00:30"), now=at("2026-11-29T20:00"))
    away(store, "toms", dec(1), dec(6), now=at("2026-11-30T10:00"))
    assert the_same_before_and_after_the_handoff(store) == ["maya"] * 7


def test_time_off_at_the_other_half_leaves_one_that_runs_alone(store: Store) -> None:
    swapped(store, "maya", MAYAS, "toms", TOMS_NEXT)
    away(store, "maya", dec(21), dec(27), now=at("2026-12-03T10:00"))
    assert week(store, MAYAS) == ["toms"] * 7


def cover(key: int, who: str, instead_of: str, first: date, request: int) -> Cover:
    """A week's cover."""
    return Cover(key, who, instead_of, first, first + WEEK, NOW, request)


def test_an_older_swap_counts_where_a_later_one_of_the_same_week_falls() -> None:
    older = [cover(1, "toms", "rene", RENES, 1), cover(2, "rene", "toms", TOMS_NEXT, 1)]
    later = [cover(3, "maya", "rene", RENES, 2), cover(4, "rene", "danny", DANNYS_NEXT, 2)]
    rotation = Rotation((Version(WEEK_1, ("toms", "maya", "danny", "rene")),))

    def counted(rotation: Rotation) -> list[tuple[str, str]]:
        found = swaps.with_covers(rotation, [*older, *later], swaps.NONE_STAND)
        return [(each.who, each.instead_of) for each in found.covers]

    assert counted(rotation) == [("maya", "rene"), ("rene", "danny")]
    gone = (Away("rene", DANNYS_NEXT, DANNYS_NEXT + WEEK),)
    assert counted(replace(rotation, away=gone)) == [("toms", "rene"), ("rene", "toms")]
