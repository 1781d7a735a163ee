"""What becomes of a request without anybody's word: its days pass, or are not the asker's any more. Pure.

Nothing is written for either, the dates and the rotation say so: a request that is moot because of a holiday waits for
an answer again when that is undone.
"""

from datetime import date

from models.requests import OPEN, CoverRequest
from scheduler.team.covers import days_of, own_days_of
from scheduler.team.roster import Roster


def waits(team: Roster, request: CoverRequest, today: date) -> bool:
    """Whether a request can be answered still. `today` is the current on-call day, here and below."""
    return request.state == OPEN and not is_over(team, request, today) and not is_moot(team, request, today)


def is_over(team: Roster, request: CoverRequest, today: date) -> bool:
    """Whether there is nothing left to answer: of a cover its last day is over, of a swap its first has begun."""
    return request.begins <= today if request.is_swap else request.until <= today


def is_moot(team: Roster, request: CoverRequest, today: date) -> bool:
    """Whether none of the days to come that somebody asks about are theirs any more; of a swap on either side."""
    if not request.other_id or not request.back_first or not request.back_until:
        return not days_of(team, request.person_id, max(request.first, today), request.until)
    halves = [
        (request.person_id, request.first, request.until),
        (request.other_id, request.back_first, request.back_until),
    ]
    return any(not own_days_of(team, who, max(first, today), until) for who, first, until in halves)
