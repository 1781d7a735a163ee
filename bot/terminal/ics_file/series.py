"""Entries that repeat → their times within the next two years.

`recurring-ical-events` tells them, without those that EXDATE takes out, and with those that RECURRENCE-ID moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.terminal.ics_file.days import Bad, begins_a_day, day_at
from bot.terminal.ics_file.entry import CalendarEntry, value
from bot.terminal.ics_file.standing import CANCELLED, is_cancelled
from bot.terminal.ics_file.text import STUMBLES
from scheduler.rule.hours import ONE_DAY

if TYPE_CHECKING:
    from icalendar import Component as Event
    from icalendar import vRecur

UNREADABLE = "how it repeats can't be read."
TOO_OFTEN = "it repeats more often than daily."

YEARS_AHEAD = 2
AHEAD = timedelta(days=YEARS_AHEAD * 365)

_SLOW = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")


def times(group: Sequence[CalendarEntry], zones: Sequence[ZoneInfo], today: date) -> list[CalendarEntry]:
    """The times of a series, which stands first in its group, from `today` on, in order; also those that are cancelled.
    None are told of one that ended. Raises Bad."""
    import recurring_ical_events
    from icalendar import Calendar

    rules = _rules(group[0])
    is_plain = len(group) == 1 and "rdate" not in group[0].event
    if is_plain and all(_last(rule) < today for rule in rules):
        return []
    for rule in rules:
        _check(rule)
    calendar = Calendar()
    try:
        for entry in group:
            calendar.add_component(_prepared(entry, zones))
        found = recurring_ical_events.of(calendar).between(today, today + AHEAD)
    except STUMBLES:
        raise Bad(UNREADABLE) from None
    return sorted((replace(group[0], event=event, method="") for event in found), key=_day)


def _day(entry: CalendarEntry) -> tuple[int, int, int]:
    starts = value(entry.event, "dtstart")
    return starts.year, starts.month, starts.day


def _rules(entry: CalendarEntry) -> list["vRecur"]:
    """Its rules. Raises Bad."""
    from icalendar import vRecur

    found = entry.event.get("rrule", [])
    rules = found if isinstance(found, list) else [found]
    if "exrule" in entry.event or not all(isinstance(rule, vRecur) and rule.get("freq") for rule in rules):
        raise Bad(UNREADABLE)
    return rules


def _check(rule: "vRecur") -> None:
    """Raises Bad for a rule that repeats within a day, or never comes to an end."""
    if str(rule["freq"][0]).upper() not in _SLOW or any(len(rule.get(name, [])) > 1 for name in _WITHIN_A_DAY):
        raise Bad(TOO_OFTEN)
    if any(each < 1 for each in rule.get("interval", [])):
        raise Bad(UNREADABLE)  # dateutil would never come to an end


def _last(rule: "vRecur") -> date:
    """The last day that a rule tells, or one behind it."""
    until = next(iter(rule.get("until", [])), None)
    if isinstance(until, datetime):
        return until.date() + ONE_DAY  # which is past midnight in no zone
    return until if isinstance(until, date) else date.max


def _prepared(entry: CalendarEntry, zones: Sequence[ZoneInfo]) -> "Event":
    """An event whose times can be told right: in one zone, with a rule that ends on a moment of it, or in dates."""
    from icalendar import vDDDTypes, vText

    event = entry.event.copy()
    clock = _clock(value(event, "dtstart"), zones)
    for name in ("dtstart", "dtend"):
        moment = value(event, name)
        if isinstance(moment, date):
            event[name] = vDDDTypes(_on(moment, clock) if clock else day_at(moment, zones))
    for rule in _rules(entry):
        if "until" in rule:
            until = rule["until"][0]
            rule.update(until=[_end(until, clock) if clock else _day_of(until, zones[0])])
    if is_cancelled(entry):
        event["status"] = vText(CANCELLED[0])
    return event


def _clock(starts: date, zones: Sequence[ZoneInfo]) -> tzinfo | None:
    """By which it repeats. Of times in no zone, and of days in UTC, whose midnights move with summer time, that is one
    of the person's; of dates none."""
    if not isinstance(starts, datetime):
        return None
    if starts.tzname() == "UTC":
        return next((zone for zone in zones if begins_a_day(starts.astimezone(zone))), UTC)
    return starts.tzinfo or zones[0]


def _on(moment: date, clock: tzinfo) -> date:
    if not isinstance(moment, datetime):
        return moment
    return moment.replace(tzinfo=clock) if moment.tzinfo is None else moment.astimezone(clock)


def _end(until: date, clock: tzinfo) -> datetime:
    """The moment until which times repeat, which programs also write as a day, or in no zone."""
    last = until if isinstance(until, datetime) else datetime.combine(until, time(23, 59))
    return (last if last.tzinfo else last.replace(tzinfo=clock)).astimezone(UTC)


def _day_of(until: date, zone: ZoneInfo) -> date:
    """The day until which days repeat, which programs also write as a moment, of the person's midnight in UTC."""
    if not isinstance(until, datetime):
        return until
    return (until.astimezone(zone) if until.tzinfo else until).date()
