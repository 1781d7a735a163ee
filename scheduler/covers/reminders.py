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
from scheduler.team.requests import REMINDED, REQUEST, STILL_OPEN, UNANSWERED, waits
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
    waiting = [made for made in open_requests if waits(team, made, today)]
    return [owed for made in waiting for owed in _of(team, made, now) if not _is_answered(owed, cannot)]


def _is_answered(owed: Owed, cannot: Set[tuple[int, str]]) -> bool:
    return owed.kind == REMINDED and (owed.facts["request"], owed.facts["who"]) in cannot


def _of(team: Roster, made: CoverRequest, now: datetime) -> list[Owed]:
    begins = team.hours.handoff(made.begins)
    asked = max(made.opened_at + A_DAY, begins - WEEK_BEFORE)
    channel = max(made.opened_at + AN_HOUR, begins - CHANNEL_BEFORE)
    admins = max(made.opened_at + 2 * AN_HOUR, begins - ADMINS_BEFORE)
    owed = [
        each for moment, each in ((asked, _again(made, asked)), (channel, _in_channel(made, channel))) if moment <= now
    ]
    told = [each for each in owed if each]
    if asked >= channel and not made.in_channel:  # no time for one reminder after the other
        told = [each for each in told if each.kind != REMINDED]
    told += _to_admins(team, made, admins) if admins <= now else []
    return [replace(each, concerns=begins) for each in told]


def _again(made: CoverRequest, moment: datetime) -> Owed | None:
    """A reminder to the one who was asked."""
    who = made.waits_for or (None if made.in_channel else made.asked[0])
    return Owed(REMINDED, _about(made, who), to_person(who), moment, _facts(made, who)) if who else None


def _in_channel(made: CoverRequest, moment: datetime) -> Owed | None:
    """The channel is asked, or reminded; a swap is between two."""
    if made.is_swap:
        return None
    if made.in_channel:
        return Owed(REMINDED, _about(made, CHANNEL), CHANNEL, moment, _facts(made, None), urgent=True)
    return Owed(REQUEST, f"{made.id}", CHANNEL, moment, _facts(made, None), urgent=True)


def _to_admins(team: Roster, made: CoverRequest, moment: datetime) -> list[Owed]:
    """The admins can settle it; whoever asked knows that they stay on duty."""
    others = [who for who in team.admins if who != made.person_id]
    told = [
        Owed(UNANSWERED, _about(made, who), to_person(who), moment, _facts(made, who), urgent=True) for who in others
    ]
    facts = _facts(made, made.person_id)
    mine = Owed(STILL_OPEN, _about(made, made.person_id), to_person(made.person_id), moment, facts, urgent=True)
    return [mine, *told]


def _facts(made: CoverRequest, who: str | None) -> dict[str, object]:
    return {"request": made.id, "who": who}


def _about(made: CoverRequest, who: str | None) -> str:
    """One that is opened again is spoken of again."""
    return f"{made.id}/{who}/{made.opened_at:%Y%m%dT%H%M%S}"
