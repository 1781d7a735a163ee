"""Rotations that nobody would think of, and how the weeks of one look."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from scheduler.rule.rotation import (
    Away,
    CoveredDays,
    Rotation,
    Version,
    next_version,
)

MONDAY = date(2026, 11, 23)
PEOPLE = ("Toms", "Maya", "Danny", "Rene", "Ana", "Jo")
WEEKS = 16
UNTIL = MONDAY + timedelta(weeks=WEEKS)


@st.composite
def time_off(draw: st.DrawFn, who: str | None = None) -> Away:
    """Somebody's time off within the weeks looked at."""
    first = MONDAY + timedelta(days=draw(st.integers(0, 7 * WEEKS - 1)))
    person = who or draw(st.sampled_from(PEOPLE))
    return Away(person, first, first + timedelta(days=draw(st.integers(1, 20))))


@st.composite
def covers(draw: st.DrawFn) -> CoveredDays:
    """An agreement between two."""
    first = MONDAY + timedelta(days=draw(st.integers(0, 7 * WEEKS - 1)))
    giver, other = draw(st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=2, unique=True))
    return CoveredDays(giver, other, first, first + timedelta(days=draw(st.integers(1, 9))))


@st.composite
def rotations(draw: st.DrawFn, with_covers: bool = True) -> Rotation:
    """A rotation of one to six with versions, time off and covers."""
    order = tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=6, unique=True)))
    away = tuple(draw(st.lists(time_off(), max_size=8)))
    agreed = tuple(draw(st.lists(covers(), max_size=3))) if with_covers else ()
    rotation = Rotation((Version(MONDAY, order),), away, agreed)
    for week in sorted(draw(st.sets(st.integers(1, WEEKS - 1), max_size=2))):
        wanted = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=6, unique=True))
        version = next_version(rotation, MONDAY + timedelta(weeks=week), wanted)
        rotation = replace(rotation, versions=(*rotation.versions, version))
    return rotation
