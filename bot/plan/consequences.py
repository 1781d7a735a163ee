"""What applying a plan brings for people: whose weeks change, what ends for those who leave, who owns what.

Facts, which are shown before it is applied, and come true when it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.plan import rows
from bot.plan.model import Plan
from models import pipelines
from models.covers import Cover
from models.pipelines import Pipeline
from models.store.engine import Tx
from models.teams import VersionFacts
from scheduler.change import effect
from scheduler.people import leaving, members, owners
from scheduler.people.leaving import Leave, Settled
from scheduler.people.owners import Owned
from scheduler.rule.moves import Effect
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class Ahead:
    """The team `after`, the weeks that move, who leaves the rotation or joins it, what is settled for those who leave,
    the pipelines, with those that get other owners, and the covers that have `lapsed` by it."""

    after: Roster
    moved: Effect
    leaves: tuple[Leave, ...]
    joins: tuple[str, ...]
    settled: Settled
    pipelines: tuple[Pipeline, ...]
    owned: tuple[Owned, ...]
    lapsed: tuple[Cover, ...] = ()

    @property
    def hears(self) -> set[str]:
        """The ids of those who hear of it whether or not their weeks move."""
        return {*(leave.who for leave in self.leaves), *self.joins}

    @property
    def told(self) -> list[str]:
        """The ids of all who hear of it, in the plan's order."""
        hear = self.moved.concerned | self.hears | leaving.parties(self.settled, self.lapsed)
        hear |= {who for each in self.owned for who in each.told(None)}
        return [who for who in self.after.people if who in hear]


def ahead(tx: Tx, team: Roster, plan: Plan, version: VersionFacts | None, now: datetime) -> Ahead:
    """What the plan brings for `team`, with that new version of the rotation. Writes nothing."""
    leaves, joins = _leaves(team, version), _joins(team, version)
    settled = leaving.ends(tx, team, leaves, now)
    everyone = {**team.people, **{who.id: who for who in rows.people_of(plan)}}
    listed = {who.id for who in plan.people}
    people = {who: replace(person, listed=who in listed) for who, person in everyone.items()}
    after = replace(settled.applied_to(team).but(versions=_versions(team, version)), people=people)
    proposed = tuple(rows.pipelines_of(plan))
    owned = owners.between(after, pipelines.of_team(tx, team.id), proposed)
    lapsed = leaving.lapsing(team, after, settled, now)
    return Ahead(after, moved(team, after, version, now), leaves, joins, settled, proposed, tuple(owned), lapsed)


def moved(team: Roster, after: Roster, version: VersionFacts | None, now: datetime) -> Effect:
    """The weeks that move: in the quarter from a new version on, or, without one, soon."""
    if version is None:
        return effect.between(team, after, now, after.hours.date_of(now))
    return effect.up_to(team, after, now, version.starts + members.A_QUARTER)


def _versions(team: Roster, version: VersionFacts | None) -> tuple[VersionFacts, ...]:
    if version is None:
        return team.versions
    return (*(each for each in team.versions if each.starts < version.starts), version)


def _leaves(team: Roster, version: VersionFacts | None) -> tuple[Leave, ...]:
    if version is None:
        return ()
    return tuple(Leave(who, version.starts) for who in _before(team, version) if who not in version.order)


def _joins(team: Roster, version: VersionFacts | None) -> tuple[str, ...]:
    if version is None:
        return ()
    before = set(_before(team, version))
    return tuple(who for who in version.order if who not in before)


def _before(team: Roster, version: VersionFacts) -> Iterable[str]:
    """Who would be in the rotation from the new version on without it."""
    later = [version_then.order for version_then in members.versions_from(team, version.starts)]
    return dict.fromkeys(who for order in (members.members(team, version.starts), *later) for who in order)
