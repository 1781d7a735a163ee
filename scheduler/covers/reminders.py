"""What becomes of a request that nobody answers: a reminder to those asked, then the channel, then the admins. Pure.

    asked ──► a week before its first day ──► four days before ──► two days before ──► its first day: the engineer
              who was asked, again             the channel          the admins, and     whose days they are stays
                                                                    whoever asked       on duty

A request on shorter notice goes through what is left of this within two hours.
"""

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import datetime, timedelta

from models.outbox import CHANNEL, Owed, to_person
from models.requests import CoverRequest
from scheduler.messages import RequestReminder, RequestStillOpen, RequestToAnswer, RequestUnanswered
from scheduler.team.requests import waits
from scheduler.team.roster import Roster

WEEK_BEFORE, CHANNEL_BEFORE, ADMINS_BEFORE = timedelta(days=7), timedelta(days=4), timedelta(days=2)
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


def now_due(
    team: Roster, open_requests: Iterable[CoverRequest], now: datetime, cannot: Set[tuple[int, str]] = frozenset()
) -> list[Owed]:
    """What is to be said at `now` of requests that are open. `cannot`: who answered to which that they can't, and is
    not asked again."""
    today = team.hours.on_call_day(now)
    if team.facts.speaks_since is None:
        return []
    waiting = [request for request in open_requests if waits(team, request, today)]
    return [owed for request in waiting for owed in _of(team, request, now) if not _is_answered(owed, cannot)]


def _is_answered(owed: Owed, cannot: Set[tuple[int, str]]) -> bool:
    return isinstance(owed.facts, RequestReminder) and (owed.facts.request, owed.facts.who) in cannot


def _of(team: Roster, request: CoverRequest, now: datetime) -> list[Owed]:
    begins = team.hours.handoff(request.begins)
    asked = max(request.opened_at + A_DAY, begins - WEEK_BEFORE)
    channel = max(request.opened_at + AN_HOUR, begins - CHANNEL_BEFORE)
    admins = max(request.opened_at + 2 * AN_HOUR, begins - ADMINS_BEFORE)
    owed = [
        each
        for moment, each in ((asked, _again(request, asked)), (channel, _in_channel(request, channel)))
        if moment <= now
    ]
    told = [each for each in owed if each]
    if asked >= channel and not request.in_channel:  # no time for one reminder after the other
        told = [each for each in told if not isinstance(each.facts, RequestReminder)]
    told += _to_admins(team, request, admins) if admins <= now else []
    return [replace(each, concerns=begins) for each in told]


def _again(request: CoverRequest, moment: datetime) -> Owed | None:
    """A reminder to the one who was asked."""
    who = request.waits_for or (None if request.in_channel else request.asked[0])
    facts = RequestReminder(request.id or 0, who)
    return Owed(facts, _about(request, who), to_person(who), moment) if who else None


def _in_channel(request: CoverRequest, moment: datetime) -> Owed | None:
    """The channel is asked, or reminded; a swap is between two."""
    if request.is_swap:
        return None
    if request.in_channel:
        facts = RequestReminder(request.id or 0, None)
        return Owed(facts, _about(request, CHANNEL), CHANNEL, moment, urgent=True)
    return Owed(RequestToAnswer(request.id or 0), f"{request.id}", CHANNEL, moment, urgent=True)


def _to_admins(team: Roster, request: CoverRequest, moment: datetime) -> list[Owed]:
    """The admins can settle it; whoever asked knows that they stay on duty."""
    others = [who for who in team.admins if who != request.person_id]
    mine = request.person_id, RequestStillOpen(request.id or 0, request.person_id)
    told = [mine, *((who, RequestUnanswered(request.id or 0, who)) for who in others)]
    return [Owed(facts, _about(request, who), to_person(who), moment, urgent=True) for who, facts in told]


def _about(request: CoverRequest, who: str | None) -> str:
    """One that is opened again is spoken of again."""
    return f"{request.id}/{who}/{request.opened_at:%Y%m%dT%H%M%S}"
