"""A year of the four engineers, typed out: Toms, Maya, Danny and Rene from Mon 23 Nov 2026 on, with seven holidays."""

from datetime import date, timedelta

from scheduler.rule.rotation import Away, Rotation, Version

MONDAY = date(2026, 11, 23)
ORDER = ("Toms", "Maya", "Danny", "Rene")
HOLIDAYS = (
    Away("Toms", date(2026, 12, 24), date(2027, 1, 3)),
    Away("Rene", date(2027, 2, 8), date(2027, 2, 13)),
    Away("Maya", date(2027, 3, 22), date(2027, 4, 5)),
    Away("Danny", date(2027, 5, 3), date(2027, 5, 17)),
    Away("Toms", date(2027, 7, 12), date(2027, 7, 31)),
    Away("Maya", date(2027, 8, 2), date(2027, 8, 16)),
    Away("Rene", date(2027, 9, 20), date(2027, 9, 25)),
)


def holders(*away: Away) -> list[str]:
    """Who holds each of the 52 weeks."""
    weeks = Rotation((Version(MONDAY, ORDER),), away).weeks(MONDAY, MONDAY + timedelta(weeks=52))
    return [week.holder or "nobody" for week in weeks]


def test_with_nobody_away_it_is_the_plain_round_robin() -> None:
    assert holders() == list(ORDER) * 13


def test_a_year_with_seven_holidays() -> None:
    assert holders(*HOLIDAYS) == YEAR


YEAR = [
    *("Toms", "Maya", "Danny", "Rene", "Maya", "Danny", "Toms", "Rene"),
    *("Toms", "Maya", "Danny", "Toms", "Rene", "Maya", "Danny", "Rene"),
    *("Toms", "Danny", "Rene", "Maya", "Toms", "Maya", "Danny", "Rene"),
    *("Toms", "Maya", "Danny", "Rene", "Toms", "Maya", "Danny", "Rene"),
    *("Toms", "Maya", "Danny", "Rene", "Toms", "Danny", "Maya", "Rene"),
    *("Toms", "Maya", "Danny", "Toms", "Rene", "Maya", "Danny", "Rene"),
    *("Toms", "Maya", "Danny", "Rene"),
]
