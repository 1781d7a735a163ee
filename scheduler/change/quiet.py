"""Quiet hours: what can wait is said to a person after them, by the clock where they live. Pure.

What concerns a duty that starts within a day, or happens now, is said at any time: what waits is said a day before the
duty that it concerns at the latest, even where its reader's quiet hours end later.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.outbox import Owed, to_person
from models.preferences import Preferences
from scheduler.rule.hours import ONE_DAY, moment_of
from scheduler.team.roster import Roster


def waiting(team: Roster, owed: Owed, chosen: Mapping[str, Preferences], now: datetime) -> Owed:
    """A message, due at the end of its reader's quiet hours where it would be said in them and can wait. What was due
    before `now`, as after downtime, would be said now."""
    who = next((each for each in chosen if owed.audience == to_person(each)), None)
    happens_now = owed.urgent and owed.concerns is None
    if who is None or happens_now or owed.edits is not None:  # an edit makes no phone ring
        return owed
    person = team.people.get(who)
    zone = ZoneInfo(person.time_zone) if person and person.time_zone else team.hours.zone
    said_at = max(owed.due_at, now)
    ends = end_of_quiet(chosen[who], said_at, zone)
    if ends is None:
        return owed
    latest = owed.concerns - ONE_DAY if owed.concerns else ends
    return replace(owed, due_at=max(said_at, min(ends, latest)))


def end_of_quiet(chosen: Preferences, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that `moment` lies in end; None outside of them."""
    starts, ends = chosen.quiet_from, chosen.quiet_until
    if starts is None or ends is None or starts == ends:
        return None
    local = moment.astimezone(zone)
    day, clock = local.date(), local.time()
    if starts < ends:
        last_day = day if starts <= clock < ends else None
    elif clock >= starts:
        last_day = day + timedelta(days=1)
    else:
        last_day = day if clock < ends else None
    end = moment_of(last_day, ends, zone) if last_day else None
    # Where the clocks go back, an end that they show twice is the first: by the second they are over.
    return end if end and end > moment else None
