"""Quiet hours: what can wait is said to a person after them, by the clock where they live. Pure.

What is urgent concerns a duty that starts within a day, or happens now, and is said at any time.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.outbox import Owed, to_person
from models.preferences import Preferences
from scheduler.hours import moment_of
from scheduler.roster import Roster


def waiting(known: Roster, owed: Owed, chosen: Mapping[str, Preferences]) -> Owed:
    """The same message, due at the end of its reader's quiet hours where it would be due in them."""
    who = next((each for each in chosen if owed.audience == to_person(each)), None)
    if who is None or owed.urgent or owed.edits is not None:  # an edit makes no phone ring
        return owed
    person = known.people.get(who)
    zone = ZoneInfo(person.time_zone) if person and person.time_zone else known.hours.zone
    ends = end_of_quiet(chosen[who], owed.due_at, zone)
    return replace(owed, due_at=ends) if ends else owed


def end_of_quiet(chosen: Preferences, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that `moment` lies in end; None outside of them."""
    starts, ends = chosen.quiet_from, chosen.quiet_until
    if starts is None or ends is None or starts == ends:
        return None
    local = moment.astimezone(zone)
    day, clock = local.date(), local.time()
    if starts < ends:
        return moment_of(day, ends, zone) if starts <= clock < ends else None
    if clock >= starts:
        return moment_of(day + timedelta(days=1), ends, zone)
    return moment_of(day, ends, zone) if clock < ends else None
