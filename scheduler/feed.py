"""What stands in the calendar feeds: stretches of duty and time off → events. Pure.

    rotation   one event for each stretch of duty, a week's in order; a cover within a week splits it
    mine       those of them that are one person's
    away       whole days on which somebody is away: neither the note nor a reason

An event keeps its UID whatever becomes of it: a week's by its place among the week's stretches, so that a repair that
gives the week to somebody else changes the event and adds none; time off by its id. What is the same has the same
bytes: the moment and the number of a version are those of the latest change.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from models.holidays import Holiday
from scheduler.rule.duty import Stretch
from scheduler.team.roster import Roster

OURS = "@oncall-bot"  # how the UID of everything ends that the bot has written
PAST, COMING = timedelta(weeks=26), timedelta(weeks=52)

Kind = Literal["rotation", "mine", "away"]


@dataclass(frozen=True, slots=True)
class Event:
    """`who` (a person's id; None: nobody) is on duty from a moment to another, in the place of `instead_of` where that
    is not their week; or is away from a date up to, not including, another."""

    uid: str
    starts: date | datetime
    ends: date | datetime
    who: str | None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed: its events in order, and the latest change of the team: its number, and when it was made."""

    kind: Kind
    events: tuple[Event, ...]
    sequence: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """The weeks that a feed shows: the first date of the first, and of the first that it does not show any more."""

    first: date
    until: date


def window(team: Roster, now: datetime) -> Window:
    """Half a year back, a year ahead. It begins and ends with a week, so that a week is shown whole or not at all."""
    week = team.hours.week_of(team.hours.on_call_day(now))
    return Window(week - PAST, week + COMING + timedelta(weeks=1))


def moments(team: Roster, shown: Window) -> tuple[datetime, datetime]:
    """From when to when the stretches of duty of these weeks are: a first one may begin at midnight."""
    return team.hours.midnight(shown.first), team.hours.handoff(shown.until)


def on_duty(team: Roster, stretches: Iterable[Stretch], shown: Window) -> tuple[Event, ...]:
    """The events of the rotation. `stretches` in order, between the `moments` of the weeks that are shown."""
    whole = (s for s in stretches if shown.first <= s.week < shown.until)
    return tuple(
        Event(_uid(team, "duty", f"{week}.{place}"), s.starts, s.ends, s.who, _instead_of(s))
        for week, of_week in groupby(whole, key=lambda stretch: stretch.week)
        for place, s in enumerate(of_week, 1)
    )


def _instead_of(stretch: Stretch) -> str | None:
    return stretch.holder if stretch.holder != stretch.who else None


def of_person(events: Iterable[Event], who: str) -> tuple[Event, ...]:
    """Those that are one person's."""
    return tuple(event for event in events if event.who == who)


def away(team: Roster, off: Iterable[Holiday], shown: Window) -> tuple[Event, ...]:
    """The events of who is away, of time off that touches the weeks that are shown."""
    return tuple(_away(team, off, shown))


def _away(team: Roster, off: Iterable[Holiday], shown: Window) -> Iterator[Event]:
    for holiday in off:
        if holiday.first < shown.until and shown.first < holiday.until:
            yield Event(_uid(team, "away", str(holiday.id)), holiday.first, holiday.until, holiday.person_id)


def _uid(team: Roster, kind: str, what: str) -> str:
    """Unlike that of any other team's: people may have the feeds of several in one calendar."""
    begun = f"{team.id}/{team.facts.created_at.isoformat()}"
    return f"{kind}.{what}.{hashlib.sha256(begun.encode()).hexdigest()[:16]}{OURS}"
