"""A time of day that a person typed → a moment.

    18:00 · 9:30 · 6pm · tomorrow 9:00 · 24 Dec 18:00 · 2026-12-24 18:00 · fri 18:00 · 24 Dec (its handoff time)

A time without a day is the next one to come. Whoever calls says back what was understood.
"""

import re
from datetime import date, datetime, time, timedelta

from bot.speech.read import dates
from bot.speech.read.characters import visible
from bot.speech.read.dates import NotADate
from scheduler.rule.hours import Hours, moment_of

NO_TIME = "Please write a time as 18:00, or as tomorrow 9:00"
EXAMPLE = "18:00"

_TIME = re.compile(
    r"(?:(?P<day>.*\S)\s+)?(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?(?: ?(?P<half>[ap])\.?m\.?)?", re.IGNORECASE
)
_DOTTED = re.compile(r"(?P<day>.*\s)?(?P<hour>[01]?[0-9]|2[0-3])\.(?P<minute>[0-5][0-9])")  # or a day and a month
_HALVES = {"a": 0, "p": 12}


def read(typed: str, now: datetime, hours: Hours, ahead: timedelta) -> datetime:
    """The moment that `typed` means on the team's clock, seen from the moment `now`. Raises BadDates, with nothing that
    is further `ahead`."""
    today = hours.date_of(now)
    typed = visible(typed).strip()
    found = _TIME.fullmatch(typed)
    if dotted := _DOTTED.fullmatch(typed):
        raise NotADate(typed, None if dotted["day"] else f"{dotted['hour']}:{dotted['minute']}", NO_TIME)
    if found is None or not (found["minute"] or found["half"]):
        return _first_after(now, _days(typed, today, ahead), hours.at, hours)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if half := found["half"]:
        hour = hour % 12 + _HALVES[half.lower()] if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        raise NotADate(typed, why=NO_TIME)
    at = time(hour, minute)
    if found["day"]:
        return _first_after(now, _days(found["day"].rstrip(","), today, ahead), at, hours)
    soonest = moment_of(today, at, hours.zone)
    return soonest if soonest > now else moment_of(today + timedelta(days=1), at, hours.zone)


def _days(typed: str, today: date, ahead: timedelta) -> list[date]:
    """The day that is meant, and, of a weekday that is today's, the same in a week."""
    day, coming = dates.read_day(typed, today, latest=today + ahead), dates.in_a_week(typed, today)
    return [day, coming.first] if coming else [day]


def _first_after(now: datetime, days: list[date], at: time, hours: Hours) -> datetime:
    """That time on the first of the days on which it is still to come; else on the first of them."""
    moments = [moment_of(day, at, hours.zone) for day in days]
    return next((each for each in moments if each > now), moments[0])
