"""Records what has passed: weeks that were handed over, and stretches of duty.

Tick or change, whichever comes first, records as it stood before: in the same transaction as the change, to the moment
(`rotation.md`). A tick records stretches that have ended; a change that moves something also cuts off the one under
way. What moves nothing records nothing: each row cut off is one more that every answer of that week loads.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from models import history, teams
from models.history import Served
from models.store.engine import Tx
from models.teams import HeldWeek
from scheduler.change.effect import BEYOND
from scheduler.refusals import ClockBehind
from scheduler.rule.duty import Stretch
from scheduler.rule.rotation import walk
from scheduler.team import roster
from scheduler.team.roster import Roster

LITTLE = timedelta(minutes=2)  # so much the clocks of two bots may differ, or one may be set back


def moment(known: Roster, now: datetime) -> datetime:
    """The moment of a change that comes in at `now`: where a little more is on record already, the end of that. Raises
    ClockBehind where it is more than a little."""
    if not known.duty.past or now >= known.duty.past[-1].ends:
        return now
    ends = known.duty.past[-1].ends
    if ends - now > LITTLE:
        raise ClockBehind(ends)
    return ends


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


def before(tx: Tx, known: Roster, then: Roster, now: datetime) -> Roster:
    """Put everything up to the moment `now` on record, if a change from `known` to `then` is to move something. Returns
    the team before that change, which is not in the store yet."""
    if not moves(known, then, now):
        return known
    up_to(tx, known, now)
    return roster.load(tx)


def moves(known: Roster, then: Roster, now: datetime) -> bool:
    """Whether a change from `known` to `then` moves anybody's duty: from the end of what is on record on."""
    if known.hours != then.hours:
        return True
    changed = _last_changed(known, then)
    if changed is None:
        return False
    settled = timedelta(weeks=max(BEYOND, 3 * len(then.rotation.versions[-1].order)))
    until = known.hours.handoff(max(changed, known.hours.date_of(now)) + settled)
    return known.duty.between(known.duty.starts, until) != then.duty.between(then.duty.starts, until)


def _last_changed(known: Roster, then: Roster) -> date | None:
    """The last date that a change says something of; None where it says nothing of any."""
    off, passed_on = {*known.holidays} ^ {*then.holidays}, {*known.declines} ^ {*then.declines}
    agreed, versions = {*known.covers} ^ {*then.covers}, {*known.versions} ^ {*then.versions}
    taken = {*known.take_overs} ^ {*then.take_overs}
    dates = [*(each.until for each in off), *(each.until for each in passed_on), *(each.until for each in agreed)]
    dates += [version.starts for version in versions]
    return max([*dates, *(known.hours.date_of(each.ends) for each in taken)], default=None)


def up_to(tx: Tx, known: Roster, now: datetime) -> None:
    """Put everything up to the moment `now` on record, as `known` has it, whatever is in the store already."""
    _weeks(tx, known, now)
    for stretch in _stretches(known, now):
        if stretch.starts < now:
            _stretch(tx, known, replace(stretch, ends=min(stretch.ends, now)))


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
