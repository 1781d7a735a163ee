"""Which of the covers that were agreed the rule is given: the two of a swap stand or fall together. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from models.covers import Cover
from scheduler import rotation
from scheduler.rotation import Away


def counted(covers: Sequence[Cover], away: Sequence[Away]) -> tuple[rotation.Cover, ...]:
    """The covers that the rule is given, in the order agreed. The two of a swap stand or fall together: where who
    stands in is away on every day of one half, the other half does not count either, until that changes."""
    swaps = {r for r in {c.request_id for c in covers} if len({c.person_id for c in covers if c.request_id == r}) > 1}
    fallen = {r for r in swaps if any(not half for half in _halves(covers, away, r))}
    standing = (c for c in covers if c.request_id not in fallen)
    return tuple(rotation.Cover(c.person_id, c.instead_of, c.first, c.until) for c in standing)


def _halves(covers: Sequence[Cover], away: Sequence[Away], request_id: int) -> list[int]:
    """For each who stands in by a swap, how many of the days they are there on."""
    mine = [c for c in covers if c.request_id == request_id]
    return [
        sum(_days_there(c, away) for c in mine if c.person_id == who)
        for who in dict.fromkeys(c.person_id for c in mine)
    ]


def _days_there(cover: Cover, away: Sequence[Away]) -> int:
    gone = [a for a in away if a.who == cover.person_id and a.first < cover.until and cover.first < a.until]
    days = (cover.first + timedelta(days=n) for n in range((cover.until - cover.first).days))
    return sum(not any(a.first <= day < a.until for a in gone) for day in days)
