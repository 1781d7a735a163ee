"""Records what has passed: weeks that were handed over, and stretches of duty.

Tick or change, whichever comes first, records as it stood before: in the same transaction as the change, to the moment
(`rotation.md`). A tick records stretches that have ended; a change also cuts off the one under way.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from models import history, teams
from models.history import Served
from models.store import Tx
from models.teams import HeldWeek
from scheduler import roster
from scheduler.duty import Stretch
from scheduler.roster import Roster
from scheduler.rotation import walk


def is_behind(known: Roster, now: datetime) -> bool:
    """Whether something has passed that is not on record yet."""
    if now < known.duty.starts:
        return False
    held = known.rotation.recorded
    coming = held.week + timedelta(days=7) if held else known.rotation.starts
    if known.hours.handoff(coming) <= now:
        return True
    stretch = known.duty.at(known.duty.starts)
    return stretch is not None and stretch.ends <= now


def what_has_passed(tx: Tx, known: Roster, now: datetime) -> Roster:
    """Record the weeks handed over by `now` and the stretches of duty that have ended. Returns the team after it."""
    if not is_behind(known, now):
        return known
    _weeks(tx, known, now)
    # Computing goes on from the latest week's handoff, so a stretch that began before it is recorded up to there.
    handed_over = known.hours.handoff(known.hours.coming_handoff(now) - timedelta(days=7))
    for stretch in _stretches(known, now):
        ends = stretch.ends if stretch.ends <= now else handed_over
        if stretch.starts < ends:
            _stretch(tx, known, replace(stretch, ends=ends))
    return roster.load(tx)


def up_to(tx: Tx, known: Roster, now: datetime) -> Roster:
    """Record everything up to the moment `now`, as it must be before a change. Returns the team after it."""
    known = what_has_passed(tx, known, now)
    under_way = [s for s in _stretches(known, now) if s.starts < now]
    for stretch in under_way:
        _stretch(tx, known, replace(stretch, ends=min(stretch.ends, now)))
    return roster.load(tx) if under_way else known


def _stretches(known: Roster, now: datetime) -> list[Stretch]:
    """What has begun and is not on record, with the ends that it would have had."""
    return known.duty.between(known.duty.starts, now + timedelta(days=8)) if known.duty.starts <= now else []


def _stretch(tx: Tx, known: Roster, stretch: Stretch) -> None:
    history.record(
        tx,
        known.team.id,
        Served(
            stretch.starts,
            stretch.ends,
            stretch.who,
            stretch.why,
            stretch.week,
            stretch.holder,
            stretch.home,
            stretch.day,
        ),
    )


def _weeks(tx: Tx, known: Roster, now: datetime) -> None:
    recorded = known.rotation.recorded
    until = known.hours.date_of(now) + timedelta(days=1)
    for week, state in walk(known.rotation, until):
        is_new = recorded is None or week.first > recorded.week
        if is_new and known.hours.handoff(week.first) <= now:
            held = HeldWeek(week.first, week.home, week.holder, state.owes, tuple(sorted(state.early)))
            teams.record_week(tx, known.team.id, held)
