"""plan.yaml ↔ store: a plan is a proposal, the store is the truth.

    file ─► Plan ─► its difference from the store ─► asked by whoever calls ─► applied in one transaction
    store ─► Plan ─► export, show

A changed rotation becomes a new version from the coming handoff, or from a later one; everything else counts at once.
Who leaves it is settled, and people are told, as by a change in Slack (`scheduler/people/members.py`); what has passed
is put on record before anything changes (`scheduler/holidays.py`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.plan import (
    consequences as plan_ahead,
)
from bot.plan import (
    file as plan_file,
)
from bot.plan import (
    rows as plan_rows,
)
from bot.plan import (
    version as plan_version,
)
from bot.plan import words as views
from bot.plan.difference import Difference, entries, same_people
from bot.plan.model import Plan
from models import changes, people, teams
from models.schema.plain import plain
from models.store.engine import Store, Tx
from models.teams import VersionFacts
from scheduler.change import frame
from scheduler.change.frame import Actor, Entry
from scheduler.people import leaving, owners, undo
from scheduler.people.leaving import Settled
from scheduler.rule.moves import Effect
from scheduler.team import record, roster
from scheduler.team.roster import Roster

APPLIED = "plan applied"


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a plan did: the difference that it made, which weeks moved, and the id of the change, which is None
    where there was nothing to change."""

    difference: Difference
    moved: Effect
    change_id: int | None


def first(store: Store, plan: Plan, now: datetime) -> bool:
    """Make it the plan of an empty store. False where there is one already: nothing is changed then."""
    with store.writing() as tx:
        teams.lock(tx)
        if teams.beginning(tx) is not None:
            return False
        _begin(tx, plan, plan_version.of_first(plan, now), Actor(None, True, now))
        return True


def export(tx: Tx) -> str:
    """The store's plan as a file: applied as it is, it changes nothing. Raises NoPlan."""
    return plan_file.written(plan_rows.of_store(tx, roster.load(tx)))


def show(tx: Tx, now: datetime) -> str:
    """The store's plan as people read it in the terminal, the past versions of its rotation left out. Raises NoPlan."""
    team = roster.load(tx)
    today = team.hours.on_call_day(now)
    begun = [version for version in team.versions if version.starts <= today]
    coming = [version for version in team.versions if version.starts > today]
    return views.plan_text(plan_rows.of_store(tx, team), [*begun[-1:], *coming], team.name)


def difference(tx: Tx, plan: Plan, now: datetime, from_day: date | None = None) -> Difference:
    """What applying the plan would change. `from_day`: a date of the week from which a changed rotation counts, if not
    from the coming handoff. Writes nothing. Raises Refused where it can't be applied."""
    if teams.beginning(tx) is None:
        return Difference(None, plan, (), plan_version.of_first(plan, now, from_day))
    team = roster.load(tx)
    version = plan_version.of_change(team, plan, now, from_day)
    before = plan_rows.of_store(tx, team)
    touched = changes.touched_since(tx, team.id)
    brings = plan_ahead.ahead(tx, team, plan, version, now)
    by_people = any(what in undo.OF_PEOPLE for what, _ in touched)
    found = entries(before, plan, touched)
    alike = same_people(team.people.values(), plan)
    return Difference(before, plan, found, version, team.versions[-1], brings, by_people, alike)


def apply(tx: Tx, plan: Plan, by: Actor, from_day: date | None = None) -> Applied:
    """Make the plan the store's: its first where it is empty. `from_day` as for `difference`. Those whose weeks move
    are told. Whoever calls has made sure that the request may do so. Raises Refused."""
    teams.lock(tx)
    if teams.beginning(tx) is None:
        version = plan_version.of_first(plan, by.now, from_day)
        return Applied(Difference(None, plan, (), version), Effect(), _begin(tx, plan, version, by))
    team, by = frame.begin(tx, by)
    made = difference(tx, plan, by.now, from_day)
    if not made:
        return Applied(made, Effect(), None)
    if made.ahead:
        team = record.before(tx, team, made.ahead.after, by.now)
        made = difference(tx, plan, by.now, from_day)  # what is on record may hold a swap that was begun
    plan_rows.save(tx, team.id, plan)
    _forget_found(tx, team, plan)
    if made.version:
        teams.save_version(tx, team.id, made.version)
    if made.ahead:
        leaving.write(tx, made.ahead.settled)
    return _logged(tx, team, made, by)


def _begin(tx: Tx, plan: Plan, version: VersionFacts, by: Actor) -> int:
    team_id = plan_rows.save(tx, None, plan, created_at=by.now, speaks_since=None)
    teams.save_version(tx, team_id, version)
    return changes.record(
        tx,
        team_id,
        at=by.now,
        by=by.id,
        what=APPLIED,
        about=None,
        before=None,
        after=_facts(plan),
        effect=plain(Effect()),
        key=by.key,
    )


def _forget_found(tx: Tx, team: Roster, plan: Plan) -> None:
    """Whom Slack told for an email is found by that email only."""
    for person in plan.people:
        was = team.people.get(person.id)
        if was and was.found_slack_id and was.email != person.email:
            people.found_in_slack(tx, person.id, None)


def _logged(tx: Tx, team: Roster, made: Difference, by: Actor) -> Applied:
    """Write down what was changed, and owe the news of it."""
    then = frame.written(tx, team, by.now)
    moved = plan_ahead.moved(team, then, made.version, by.now)
    ahead = made.ahead
    settled, hears = (ahead.settled, ahead.hears) if ahead else (Settled(), set[str]())
    before, after = _facts(made.before) if made.before else {}, _facts(made.after)
    if made.version:
        after["from"] = made.version.starts.isoformat()
    if settled:
        before, after = before | settled.before(), after | settled.after()
    change_id = frame.write(tx, then, by, Entry(APPLIED, None, before, after), moved)
    frame.tell(tx, team, then, by, moved, change_id, hears=hears)
    frame.show(tx, team, then, by, change_id)
    leaving.owe(tx, then, by, settled, change_id, hears)
    owners.tell(tx, then, by, ahead.owned if ahead else (), change_id)
    return Applied(made, moved, change_id)


def _facts(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json", exclude_none=True)
