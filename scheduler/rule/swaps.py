"""Which of the covers that were agreed the rule is given: the two of a swap stand or fall together. Pure.

A half falls when it holds on no day: who stands in is away, or the week has passed to somebody else. Then the other
half does not count either, until that changes. One that was begun to be served stands, whatever comes, and so does one
that who stands in has given on to somebody else, at their request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.covers import Cover
from models.history import Stretch
from models.take_overs import TakeOver
from scheduler.rule import rotation
from scheduler.rule.duty import TAKE_OVER
from scheduler.rule.hours import Hours
from scheduler.rule.rotation import COVER, Away, Rotation, Week


@dataclass(frozen=True, slots=True)
class Past:
    """What is on record of the time of swaps; the weeks before `since` are not computed any more."""

    served: Sequence[Stretch]
    since: date
    hours: Hours


@dataclass(frozen=True, slots=True)
class SwapsThatStand:
    """The ids of covers by swaps that stand whatever is computed: of which some time was `served` as agreed, so that
    their swap can't fall any more, or that are `given_on`."""

    served: frozenset[int] = frozenset()
    given_on: frozenset[int] = frozenset()


NONE_STAND = SwapsThatStand()


def with_covers(rotation: Rotation, agreed: Sequence[Cover], stand: SwapsThatStand) -> Rotation:
    """The rotation with those of the covers that count, in the order agreed.

    Whose week it is can depend on a cover, as it frees who is away. So swaps fall one at a time, the latest agreed
    first: an older one may hold again without it.
    """
    counting = list(agreed)
    found = replace(rotation, covers=_of_the_rule(counting))
    while (fallen := _fallen(found, counting, stand)) is not None:
        counting = [cover for cover in counting if cover.request_id != fallen]
        found = replace(rotation, covers=_of_the_rule(counting))
    return found


def _of_the_rule(agreed: Iterable[Cover]) -> tuple[rotation.CoveredDays, ...]:
    return tuple(rotation.CoveredDays(c.person_id, c.instead_of, c.first, c.until) for c in agreed)


def of_swaps(agreed: Sequence[Cover]) -> dict[int, list[Cover]]:
    """Those of the covers that are of a swap, by their requests, the latest agreed first."""
    by_request: dict[int, list[Cover]] = {}
    for cover in reversed(agreed):
        by_request.setdefault(cover.request_id, []).append(cover)
    return {key: both for key, both in by_request.items() if len({cover.person_id for cover in both}) > 1}


def _fallen(rotation: Rotation, counting: Sequence[Cover], stand: SwapsThatStand) -> int | None:
    """The latest agreed of the swaps of which a half holds on no day; None where each holds."""
    swapped = of_swaps(counting)
    if not swapped:
        return None
    first = rotation.week_of(min(cover.first for both in swapped.values() for cover in both))
    until = max(cover.until for both in swapped.values() for cover in both)
    weeks = {week.first: week for week in rotation.weeks(max(first, rotation.starts), until)}
    for request_id, both in swapped.items():
        if any(cover.id in stand.served for cover in both):
            continue
        holding = (c for c in both if c.id in stand.given_on or any(_holds(c, w) for w in _of(rotation, weeks, c)))
        if {cover.person_id for cover in holding} != {cover.person_id for cover in both}:
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


def standing(
    agreed: Iterable[Cover], past: Past, given_on: Sequence[tuple[str, TakeOver]], away: Sequence[Away]
) -> SwapsThatStand:
    """Which of the covers were served or are given on: `given_on` are the take-overs that were agreed on a request,
    each with who asked."""
    saved = [(cover.id, cover) for cover in agreed if cover.id is not None]
    return SwapsThatStand(
        frozenset(key for key, cover in saved if _is_served(cover, past, away)),
        frozenset(key for key, cover in saved if _is_given_on(cover, given_on, past.hours)),
    )


def _is_served(cover: Cover, past: Past, away: Sequence[Away]) -> bool:
    starts, ends = past.hours.handoff(cover.first), past.hours.handoff(cover.until)
    mine = [s for s in past.served if s.ends > starts and s.starts < ends and s.holder == cover.instead_of]
    if any(s.why == COVER and s.who == cover.person_id for s in mine):
        return True
    # On record is who took over, not from whom. While its week is computed the rule tells, and when it is over, this:
    # somebody took over when they were there, and nobody else served then without taking over.
    served = [s for s in mine if not any(a.who == cover.person_id and a.first <= s.day < a.until for a in away)]
    return cover.until <= past.since and bool(served) and all(s.why == TAKE_OVER for s in served)


def _is_given_on(cover: Cover, given_on: Sequence[tuple[str, TakeOver]], hours: Hours) -> bool:
    starts, ends = hours.handoff(cover.first), hours.handoff(cover.until)
    return any(who == cover.person_id and t.ends > starts and t.starts < ends for who, t in given_on)
