"""plan.yaml ↔ store: a plan is a proposal, the store is the truth.

    file ─► Plan ─► its difference from the store ─► asked by whoever calls ─► applied in one transaction
    store ─► Plan ─► export, show

A changed rotation becomes a new version from the coming handoff, or from a later one; everything else counts at once.
Who leaves it is settled, and people are told, as by a change in Slack (`scheduler/people/members.py`); what has passed
is put on record before anything changes (`scheduler/change/frame.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from bot.plan import consequences, file, rows, words
from bot.plan import version as plan_version
from bot.plan.consequences import Ahead
from bot.plan.difference import Difference, entries, of_log, same_people
from bot.plan.model import Plan
from models import changes, people, teams
from models.changes import Change
from models.covers import Cover
from models.holidays import Holiday
from models.outbox import Owed
from models.requests import CoverRequest
from models.schema.plain import of_plain
from models.store.engine import Store, Tx
from models.take_overs import TakeOver
from models.teams import VersionFacts
from scheduler.change import frame
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Audience, Made
from scheduler.entries import PlanApplied, PlanSettled, PlanState, of_kind
from scheduler.people import leaving, owners, undo
from scheduler.rule.moves import Effect
from scheduler.team import roster
from scheduler.team.roster import Roster


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
        teams.lock_to_begin(tx)
        if teams.is_there(tx):
            return False
        _begin(tx, plan, plan_version.of_first(plan, now), Actor(None, True, now))
        return True


def export(tx: Tx) -> str:
    """The store's plan as a file: applied as it is, it changes nothing. Raises NoPlan."""
    return file.written(rows.of_store(tx, roster.own(tx)))


def show(tx: Tx, now: datetime) -> str:
    """The store's plan as people read it in the terminal, the past versions of its rotation left out. Raises NoPlan."""
    team = roster.own(tx)
    today = team.hours.on_call_day(now)
    begun = [version for version in team.versions if version.starts <= today]
    coming = [version for version in team.versions if version.starts > today]
    return words.plan_text(rows.of_store(tx, team), [*begun[-1:], *coming], team.name)


def difference(tx: Tx, plan: Plan, now: datetime, from_day: date | None = None) -> Difference:
    """What applying the plan would change. `from_day`: a date of the week from which a changed rotation counts, if not
    from the coming handoff. Writes nothing. Raises Refused where it can't be applied."""
    if not teams.is_there(tx):
        return Difference(None, plan, (), plan_version.of_first(plan, now, from_day))
    return _difference(tx, roster.own(tx), plan, now, from_day)


def _difference(tx: Tx, team: Roster, plan: Plan, now: datetime, from_day: date | None) -> Difference:
    version = plan_version.of_change(team, plan, now, from_day)
    before = rows.of_store(tx, team)
    touched = changes.touched_since(tx, team.id)
    brings = consequences.ahead(tx, team, plan, version, now)
    by_people = any(what in undo.OF_PEOPLE for what, _ in touched)
    found = entries(before, plan, touched)
    alike = same_people(team.people.values(), plan)
    return Difference(before, plan, found, version, team.versions[-1], brings, by_people, alike)


@dataclass(frozen=True, slots=True)
class _Applying(Decision):
    """The store's plan becomes another one. `loaded`: the team after it, once it is saved."""

    difference: Difference
    ahead: Ahead
    loaded: Roster | None = None

    def __bool__(self) -> bool:
        return bool(self.difference)

    def after(self, team: Roster) -> Roster:
        """As the plan has it. Its hours decide whose duty what is."""
        return self.loaded or replace(self.ahead.after, hours=self.difference.after.hours)

    def saved(self, tx: Tx, team: Roster) -> "_Applying":
        """Written: its rows, and the version of the rotation that it asks for."""
        plan, version = self.difference.after, self.difference.version
        rows.save(tx, team.id, plan)
        _forget_found(tx, team, plan)
        if version:
            teams.save_version(tx, team.id, version)
        leaving.write(tx, self.ahead.settled)
        return replace(self, loaded=roster.load(tx, team.id))

    def entry(self) -> Entry:
        """The plan before and after it, and what is settled on the way."""
        made, settled = self.difference, self.ahead.settled
        before, after = state(made.before) if made.before else None, state(made.after)
        if made.version:
            after = replace(after, starts=made.version.starts)
        if before and settled:
            before, after = with_settled(before, *settled.before), with_settled(after, *settled.after)
        return Entry(PlanApplied(before, after), None)

    def moved(self, team: Roster, after: Roster, now: datetime) -> Effect:
        """The weeks that move."""
        return consequences.moved(team, after, self.difference.version, now)

    @property
    def audience(self) -> Audience:
        """Who joins the rotation or leaves it, in any case."""
        return Audience(hears=frozenset(self.ahead.hears))

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """What people must see of what is settled, and word to owners."""
        yield from leaving.news(tx, made, self.ahead.settled, self.ahead.hears)
        yield from owners.news(made, self.ahead.owned)


def apply(tx: Tx, plan: Plan, by: Actor, from_day: date | None = None) -> Applied:
    """Make the plan that of the actor's team, the first of the store where it is empty. `from_day` as for `difference`.
    Those whose weeks move are told. Whoever calls has made sure that the request may do so. Raises Refused."""
    if not _is_begun(tx):
        version = plan_version.of_first(plan, by.now, from_day)
        return Applied(Difference(None, plan, (), version), Effect(), _begin(tx, plan, version, by))

    def applying(team: Roster, by: Actor) -> _Applying:
        made = _difference(tx, team, plan, by.now, from_day)
        return _Applying(made, made.ahead or consequences.ahead(tx, team, plan, None, by.now))

    def repeat(team: Roster, change: Change) -> _Applying:
        facts = of_kind(PlanApplied, change)
        found = of_log(facts.before, facts.after) if facts and facts.before else ()
        ahead = Ahead(team, frame.NOTHING_MOVED, (), (), leaving.Settled(), (), ())
        return _Applying(Difference(None, plan, found, None), ahead)

    done = frame.enact(tx, by, applying, repeat)
    return Applied(done.decision.difference, done.moved, done.id)


def _is_begun(tx: Tx) -> bool:
    """Whether there is a team; where there is none, nobody else can begin one meanwhile."""
    if not teams.is_there(tx):
        teams.lock_to_begin(tx)
    return teams.is_there(tx)


def _begin(tx: Tx, plan: Plan, version: VersionFacts, by: Actor) -> int:
    team_id = rows.save(tx, None, plan, created_at=by.now, speaks_since=None)
    teams.save_version(tx, team_id, version)
    facts = PlanApplied(None, state(plan))
    return changes.record(tx, team_id, facts, at=by.now, by=by.id, effect=Effect(), key=by.key)


def _forget_found(tx: Tx, team: Roster, plan: Plan) -> None:
    """Whom Slack told for an email is found by that email only."""
    for person in plan.people:
        was = team.people.get(person.id)
        if was and was.found_slack_id and was.email != person.email:
            people.found_in_slack(tx, person.id, None)


def state(plan: Plan) -> PlanState:
    """What the log says of a plan."""
    return of_plain(PlanState, plan.model_dump(mode="json", exclude_none=True))


def with_settled(
    plan: PlanState,
    holidays: tuple[Holiday, ...],
    covers: tuple[Cover | None, ...],
    take_overs: tuple[TakeOver | None, ...],
    requests: tuple[CoverRequest, ...],
) -> PlanSettled:
    """And of what was settled with it."""
    mine: dict[str, Any] = {each.name: getattr(plan, each.name) for each in fields(plan)}
    return PlanSettled(**mine, holidays=holidays, covers=covers, take_overs=take_overs, requests=requests)
