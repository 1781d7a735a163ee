"""Records what has passed: weeks that were handed over, and stretches of duty.

Tick or change, whichever comes first, records as it stood before: in the same transaction as the change, to the moment
(`docs/rotation.md`). A tick records stretches that have ended; a change that moves something also cuts off the one
under way. What moves nothing records nothing: each row cut off is one more that every answer of that week loads.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from models import history, teams
from models.store.engine import Tx
from models.teams import HeldWeek
from scheduler.refusals import ClockBehind
from scheduler.rule.duty import Stretch
from scheduler.rule.rotation import BEYOND, walk
from scheduler.team import roster
from scheduler.team.roster import Roster

LITTLE = timedelta(minutes=2)  # so much the clocks of two bots may differ, or one may be set back


def moment(team: Roster, now: datetime) -> datetime:
    """The moment of a change that comes in at `now`: where a little more is on record already, the end of that. Raises
    ClockBehind where it is more than a little."""
    if not team.duty.past or now >= team.duty.past[-1].ends:
        return now
    ends = team.duty.past[-1].ends
    if ends - now > LITTLE:
        raise ClockBehind(ends)
    return ends


def is_behind(team: Roster, now: datetime) -> bool:
    """Whether something has passed that is not on record yet."""
    if now < team.duty.starts:
        return False
    held = team.rotation.recorded
    coming = held.week + timedelta(days=7) if held else team.rotation.starts
    if team.hours.handoff(coming) <= now:
        return True
    stretch = team.duty.at(team.duty.starts)
    return stretch is not None and stretch.ends <= now


def what_has_passed(tx: Tx, team: Roster, now: datetime) -> Roster:
    """Record the weeks handed over by `now` and the stretches of duty that have ended. Returns the team after it."""
    if not is_behind(team, now):
        return team
    weeks = _weeks(tx, team, now)
    # Computing goes on from the latest week's handoff, so a stretch that began before it is recorded up to there.
    handed_over = team.hours.handoff(team.hours.coming_handoff(now) - timedelta(days=7))
    ended = [replace(each, ends=each.ends if each.ends <= now else handed_over) for each in _stretches(team, now)]
    return roster.with_record(tx, team, weeks, _served(tx, team, ended))


def moves(team: Roster, after: Roster, now: datetime) -> bool:
    """Whether a change from `team` to `after` moves anybody's duty: from the end of what is on record on."""
    if team.hours != after.hours:
        return True
    changed = _last_changed(team, after)
    if changed is None:
        return False
    settled = timedelta(weeks=max(BEYOND, 3 * len(after.rotation.versions[-1].order)))
    until = team.hours.handoff(max(changed, team.hours.date_of(now)) + settled)
    return team.duty.between(team.duty.starts, until) != after.duty.between(after.duty.starts, until)


def _last_changed(team: Roster, after: Roster) -> date | None:
    """The last date that a change says something of; None where it says nothing of any."""
    off, passed_on = {*team.holidays} ^ {*after.holidays}, {*team.declines} ^ {*after.declines}
    agreed, versions = {*team.covers} ^ {*after.covers}, {*team.versions} ^ {*after.versions}
    taken = {*team.take_overs} ^ {*after.take_overs}
    dates = [*(each.until for each in off), *(each.until for each in passed_on), *(each.until for each in agreed)]
    dates += [version.starts for version in versions]
    return max([*dates, *(team.hours.date_of(each.ends) for each in taken)], default=None)


def up_to(tx: Tx, team: Roster, now: datetime) -> Roster:
    """Put everything up to the moment `now` on record, as `team` has it. Returns the team after it."""
    weeks = _weeks(tx, team, now)
    passed = [replace(stretch, ends=min(stretch.ends, now)) for stretch in _stretches(team, now)]
    return roster.with_record(tx, team, weeks, _served(tx, team, passed))


def _stretches(team: Roster, now: datetime) -> list[Stretch]:
    """What has begun and is not on record, with the ends that it would have had."""
    return team.duty.between(team.duty.starts, now + timedelta(days=8)) if team.duty.starts <= now else []


def _served(tx: Tx, team: Roster, stretches: Iterable[Stretch]) -> list[Stretch]:
    """Put on record those of the stretches that have begun."""
    passed = [stretch for stretch in stretches if stretch.starts < stretch.ends]
    for served in passed:
        history.record(tx, team.id, served)
    return passed


def _weeks(tx: Tx, team: Roster, now: datetime) -> list[HeldWeek]:
    """Put the weeks handed over by `now` on record that are not yet."""
    recorded = team.rotation.recorded
    until = team.hours.date_of(now) + timedelta(days=1)
    handed_over = []
    for week, state in walk(team.rotation, until):
        is_new = recorded is None or week.first > recorded.week
        if is_new and team.hours.handoff(week.first) <= now:
            held = HeldWeek(week.first, week.home, week.holder, state.owes, tuple(sorted(state.early)))
            teams.record_week(tx, team.id, held)
            handed_over.append(held)
    return handed_over
