"""Which requests concern somebody: what waits for their word, what they ask for, what is agreed with them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.requests import AGREED, CoverRequest, RequestAnswer
from scheduler.team.requests import waits
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class Concern:
    """The requests that concern one person, oldest first: those that wait for their answer, parts that are offered to
    them, what they ask others, what they agreed on that is still to come, and what waits for others' answers."""

    waiting: tuple[CoverRequest, ...] = ()
    offers: tuple[tuple[CoverRequest, RequestAnswer], ...] = ()
    asks: tuple[CoverRequest, ...] = ()
    agreed: tuple[CoverRequest, ...] = ()
    others: tuple[CoverRequest, ...] = ()


def concerning(
    team: Roster, who: str, request: Sequence[CoverRequest], answers: Sequence[RequestAnswer], now: datetime
) -> Concern:
    """What of the requests `request`, and of the answers to them, concerns `who` at the moment `now`."""
    today = team.hours.on_call_day(now)
    still = [each for each in request if waits(team, each, today)]
    answered = {answer.request_id for answer in answers if answer.person_id == who}
    waiting = [each for each in still if _waits_for(each, who) and (each.is_swap or each.id not in answered)]
    mine = {each.id: each for each in still if each.person_id == who and each not in waiting}
    return Concern(
        tuple(waiting),
        tuple((mine[each.request_id], each) for each in answers if each.offers and each.request_id in mine),
        tuple(mine.values()),
        tuple(each for each in request if each.state == AGREED and who in _sides(each) and _comes(team, each, now)),
        tuple(each for each in still if each.person_id != who and each not in waiting),
    )


def _waits_for(request: CoverRequest, who: str) -> bool:
    return request.waits_for == who if request.is_swap else who in request.asked


def _sides(request: CoverRequest) -> tuple[str | None, ...]:
    return request.person_id, request.taken_by, request.other_id


def _comes(team: Roster, request: CoverRequest, now: datetime) -> bool:
    """Whether it can still be taken back: none of its days has begun."""
    return team.hours.handoff(request.begins) > now
