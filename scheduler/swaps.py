"""Which of the covers that were agreed the rule is given: the two of a swap stand or fall together. Pure.

A half falls when it holds on no day: who stands in is away, or the week has passed to somebody else. Then the other
half does not count either, until that changes. One that has passed stands if it was served.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from models.covers import Cover
from models.history import Served
from models.take_overs import TakeOver
from scheduler import rotation
from scheduler.duty import TAKE_OVER
from scheduler.hours import Hours
from scheduler.rotation import COVER, Rotation, Week


def with_covers(known: Rotation, agreed: Sequence[Cover], stood: Collection[int]) -> Rotation:
    """The rotation with those of the covers that count, in the order agreed; `stood` are the ids of those that were
    served on days which are not computed any more (`that_stood`).

    Whose week it is can depend on a cover, as it frees who is away. So swaps fall one at a time, the latest agreed
    first: an older one may hold again without it.
    """
    counting = list(agreed)
    found = replace(known, covers=_of_the_rule(counting))
    while (fallen := _fallen(found, counting, stood)) is not None:
        counting = [cover for cover in counting if cover.request_id != fallen]
        found = replace(known, covers=_of_the_rule(counting))
    return found


def _of_the_rule(agreed: Iterable[Cover]) -> tuple[rotation.Cover, ...]:
    return tuple(rotation.Cover(c.person_id, c.instead_of, c.first, c.until) for c in agreed)


def of_swaps(agreed: Sequence[Cover]) -> dict[int, list[Cover]]:
    """Those of the covers that are of a swap, by their requests, the latest agreed first."""
    by_request: dict[int, list[Cover]] = {}
    for cover in reversed(agreed):
        by_request.setdefault(cover.request_id, []).append(cover)
    return {key: both for key, both in by_request.items() if len({cover.person_id for cover in both}) > 1}


def _fallen(known: Rotation, counting: Sequence[Cover], stood: Collection[int]) -> int | None:
    """The latest agreed of the swaps of which a half holds on no day; None where each holds."""
    swapped = of_swaps(counting)
    if not swapped:
        return None
    first = known.week_of(min(cover.first for both in swapped.values() for cover in both))
    until = max(cover.until for both in swapped.values() for cover in both)
    weeks = {week.first: week for week in known.weeks(first, until)}
    for request_id, both in swapped.items():
        standing = {c.person_id for c in both if c.id in stood or any(_holds(c, w) for w in _of(known, weeks, c))}
        if standing != {cover.person_id for cover in both}:
            return request_id
    return None


def _of(known: Rotation, weeks: Mapping[date, Week], cover: Cover) -> Iterable[Week]:
    """The weeks that the days of a cover lie in."""
    week = known.week_of(cover.first)
    while week < cover.until:
        if week in weeks:
            yield weeks[week]
        week += rotation.WEEK


def _holds(cover: Cover, week: Week) -> bool:
    """Whether a cover holds on one of the days of a week."""
    return week.holder == cover.instead_of and any(
        day.why == COVER and day.engineer == cover.person_id and cover.first <= day.date < cover.until
        for day in week.days
    )


def that_stood(
    agreed: Iterable[Cover], served: Sequence[Served], given_away: Sequence[tuple[str, TakeOver]], hours: Hours
) -> frozenset[int]:
    """The ids of those covers that were served as agreed, by what is on record of their time. On record is who took
    over, not from whom: it was from who stood in where they had asked for that (`given_away`: take-overs that were
    agreed on a request, each with who asked), or where it was all of the time."""
    return frozenset(cover.id for cover in agreed if cover.id is not None and _stood(cover, served, given_away, hours))


def _stood(cover: Cover, served: Sequence[Served], given_away: Sequence[tuple[str, TakeOver]], hours: Hours) -> bool:
    starts, ends = hours.handoff(cover.first), hours.handoff(cover.until)
    mine = [s for s in served if s.ends > starts and s.starts < ends and s.holder == cover.instead_of]
    taken = [s.why == TAKE_OVER for s in mine]
    asked = any(who == cover.person_id and t.ends > starts and t.starts < ends for who, t in given_away)
    by_cover = any(s.why == COVER and s.who == cover.person_id for s in mine)
    return by_cover or (any(taken) and (asked or all(taken)))
