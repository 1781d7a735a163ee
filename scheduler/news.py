"""Who is to be told of a change, and when: a change in, messages owed out. Pure.

    news            a direct message to each whose own weeks or days moved, other than who did it
    announcement    to the channel: a holiday that moves a week or day, known by its id
    gap             to the channel, admins mentioned: a week nobody can take whole, a day that has nobody

News waits a minute, in which an undo withdraws it. Somebody who is told by news that they are on call soon needs no
reminder of the same: it is marked needless.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from models.holidays import Holiday
from models.outbox import CHANNEL, NEEDLESS, Owed, to_person
from scheduler import due, effect
from scheduler.effect import Effect
from scheduler.roster import Roster
from scheduler.time_off import Exchange

WAITS = timedelta(minutes=1)
NEWS, GAP, ANNOUNCEMENT = "news", "gap", "announcement"


def of_change(
    known: Roster, moved: Effect, change_id: int, *, by: str | None, about: str | None, now: datetime
) -> list[Owed]:
    """What a change by `by` to `about` (people's ids) owes to those whose weeks moved, and to the channel for gaps.

    `known` is the team after it. `about` hears of it in any case, unless they did it themselves.
    """
    told = sorted((moved.concerned | ({about} if about else set())) - {by})
    facts: dict[str, Any] = {"by": by, "about": about}
    owed = [
        Owed(
            NEWS,
            f"{change_id}/{who}",
            to_person(who),
            now + WAITS,
            {**facts, "who": who, "effect": moved.of(who).as_facts()},
            change_id,
        )
        for who in told
    ]
    if moved.torn or moved.empty:
        gap = {"effect": moved.as_facts()}
        owed.append(Owed(GAP, str(change_id), CHANNEL, now + WAITS, gap, change_id, urgent=True))
    return owed + [replace(owed, state=NEEDLESS, change_id=change_id) for owed in _needless(known, moved, told, now)]


def _needless(known: Roster, moved: Effect, told: list[str], now: datetime) -> list[Owed]:
    """The reminders that fall due now of weeks and days that somebody hears of as news anyway."""
    gained = {f"{m.week}/{m.after}" for m in moved.weeks} | {f"{m.day}/{m.after}" for m in moved.days}
    reminders = due.reminders(known, now) + due.duties(known, now)
    return [owed for owed in reminders if owed.about in gained and owed.audience in map(to_person, told)]


def announcement(known: Roster, holiday: Holiday, now: datetime) -> Owed | None:
    """The announcement of a holiday that moves a week or day; None for one that moves nothing. Due at once."""
    without = known.but(holidays=(h for h in known.holidays if h.id != holiday.id))
    moved = effect.between(without, known, now, holiday.until - timedelta(days=1))
    if not moved:
        return None
    return Owed(ANNOUNCEMENT, str(holiday.id), CHANNEL, now, _facts(holiday, moved))


def edited_announcement(known: Roster, holiday: Holiday, *, gone: bool, now: datetime) -> dict[str, Any]:
    """The facts of an announcement after its holiday changed, or is `gone`."""
    fresh = None if gone else announcement(known, holiday, now)
    return fresh.facts if fresh else {**_facts(holiday, Effect()), "cancelled": gone}


def _facts(holiday: Holiday, moved: Effect) -> dict[str, Any]:
    return {
        "holiday": holiday.id,
        "person": holiday.person_id,
        "first": holiday.first.isoformat(),
        "until": holiday.until.isoformat(),
        "short_notice": holiday.short_notice,
        "effect": moved.as_facts(),
        "cancelled": False,
    }


def is_on_short_notice(known: Roster, exchange: Exchange, now: datetime) -> bool:
    """Whether the first changed day is nearer than the notice that the team asks for. A mere note changes no day."""
    soon = known.hours.date_of(now) + timedelta(days=known.team.notice_days)
    return any(day < soon for day in exchange.dates)
