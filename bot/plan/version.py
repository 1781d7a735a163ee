"""What a plan makes of the rotation: the version that its order asks for, and what the past forbids."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.plan.model import Plan
from bot.speech import say
from bot.speech.ask import OwnWords
from models.teams import VersionFacts
from scheduler.rule.hours import Hours
from scheduler.rule.rotation import WEEK, next_version
from scheduler.team.roster import Roster

OTHER_WEEKDAY = (
    "The handoff can't move from {before} to {after}: weeks would overlap. Keep {before}; or export the plan, change "
    "it there, and apply it to a new store, which begins without the history of this one."
)
OTHER_STARTS = (
    "The rotation of this store starts on {before}, so it can't start on {after}: only an empty store takes `starts` "
    "from a plan. Leave it out; to say from when a new order counts, use --from."
)
BETWEEN_HOURS = (
    "The week of {week} has begun by the old hours or by the new ones, but not by both. Apply this from {moment} on."
)
TOO_EARLY = "A changed rotation can't begin on {day}: the first week to come begins on {coming}. Use --from {iso}."
FIRST_PLAN = "The store is empty, so this is its first plan: write its first day as `starts`, and leave out --from."


class CannotApply(OwnWords):
    """The plan is sound, but not for this store as it is now."""


def of_first(plan: Plan, now: datetime, from_day: date | None = None) -> VersionFacts:
    """The first version of all: from the plan's `starts`, else from the week of `now`. Raises CannotApply."""
    if from_day is not None:
        raise CannotApply(FIRST_PLAN)
    hours, order = plan.hours, plan.rotation.order
    return VersionFacts(plan.rotation.starts or hours.week_of(hours.on_call_day(now)), order, order)


def of_change(team: Roster, plan: Plan, now: datetime, from_day: date | None) -> VersionFacts | None:
    """The version that the plan's order asks for, from the week of `from_day`, else from the coming
    handoff; None where the rotation is so already. Raises CannotApply."""
    _check_hours(team, plan, now)
    coming = max(plan.hours.coming_handoff(now), team.versions[0].starts)
    week = coming if from_day is None else _week_of(plan.hours, coming, from_day)
    asked, latest = plan.rotation.order, team.versions[-1]
    # A version that has not begun by then is thought of no more, so the new one goes on from those before it.
    before = [version for version in team.versions if version.starts < week]
    is_so = asked == latest.asked or (bool(before) and _is_turned(asked, latest.order))
    if is_so and not (from_day and week < latest.starts):
        return None
    if not before:
        return VersionFacts(week, asked, asked)
    version = next_version(team.but(versions=before).rotation, week, asked, before[-1].asked)
    return VersionFacts(week, version.order, asked)


def _is_turned(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both are the same round, wherever it begins."""
    turned = (tuple(one[n:]) + tuple(one[:n]) for n in range(len(one)))
    return tuple(other) in turned


def _check_hours(team: Roster, plan: Plan, now: datetime) -> None:
    if team.hours.weekday != plan.hours.weekday:
        before, after = say.WEEKDAYS[team.hours.weekday], say.WEEKDAYS[plan.hours.weekday]
        raise CannotApply(OTHER_WEEKDAY.format(before=before, after=after))
    starts = team.versions[0].starts
    if plan.rotation.starts not in (None, starts):
        raise CannotApply(OTHER_STARTS.format(before=say.day(starts), after=say.day(plan.rotation.starts)))
    # Duty of the week that has begun is on record from its handoff on: a handoff must not come to lie on the other side
    # of this moment.
    weeks = [hours.coming_handoff(now) - WEEK for hours in (team.hours, plan.hours)]
    week = max(weeks)
    if weeks[0] != weeks[1] and week >= starts:
        both = max(team.hours.handoff(week), plan.hours.handoff(week))
        raise CannotApply(BETWEEN_HOURS.format(week=say.day(week), moment=say.moment(both, plan.hours.zone)))


def _week_of(hours: Hours, coming: date, from_day: date) -> date:
    """The first day of the week that somebody means by any of its days."""
    week = hours.week_of(from_day)
    if week < coming:
        raise CannotApply(TOO_EARLY.format(day=say.day(from_day), coming=say.day(coming), iso=coming))
    return week
