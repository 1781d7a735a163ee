"""People of teams' plans, and who of the workspace is a full member."""

import dataclasses
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from models.schema.rows import listed
from models.schema.tables import MemberRow, PersonRow, TeamMemberRow
from models.schema.upsert import upsert
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a team's plan. `country` and `region`: whose public holidays are theirs. `slack_id` is the plan's,
    `found_slack_id` what Slack told for their email. In the team, `engineer` tells the plan's engineers from people who
    are only admins, who is not `listed` has left the plan, and `position` is their place in it."""

    id: str
    name: str
    email: str | None = None
    phone: str | None = None
    time_zone: str | None = None
    country: str | None = None
    region: str | None = None
    slack_id: str | None = None
    found_slack_id: str | None = None
    engineer: bool = True
    listed: bool = True
    position: int = 0

    @property
    def slack(self) -> str | None:
        """Their Slack member id, if anybody knows it."""
        return self.slack_id or self.found_slack_id


_PLACE = ("engineer", "listed", "position")
COLUMNS: list[Any] = [getattr(TeamMemberRow if f.name in _PLACE else PersonRow, f.name) for f in fields(Person)]
IN_TEAM = and_(TeamMemberRow.person_id == PersonRow.id, TeamMemberRow.team_id == bindparam("team_id"))
IN_ORDER = (TeamMemberRow.position, PersonRow.id)
_OF_TEAM = select(*COLUMNS).join(TeamMemberRow, IN_TEAM).order_by(*IN_ORDER)


def of_team(tx: Tx, team_id: int) -> list[Person]:
    """Everybody who is or was in the team's plan, in its order."""
    return listed(tx, Person, _OF_TEAM, team_id=team_id)


def of_any_team(tx: Tx) -> list[Person]:
    """Everybody who is in a plan, once, with their place in the first of their teams."""
    here = select(*COLUMNS).join(TeamMemberRow, TeamMemberRow.person_id == PersonRow.id).where(TeamMemberRow.listed)
    found = listed(tx, Person, here.order_by(TeamMemberRow.team_id.desc(), *IN_ORDER))
    return list({person.id: person for person in found}.values())


def replace(tx: Tx, team_id: int, people: Iterable[Person]) -> None:
    """Make these the people of the team's plan. Who is not among them stays for the record, as not listed; who is in
    another team stays in that."""
    tx.execute(update(TeamMemberRow).where(TeamMemberRow.team_id == team_id).values(listed=False))
    for person in people:
        row = _parts(person)[0]
        del row["found_slack_id"]
        upsert(tx, PersonRow, {"id": row.pop("id")}, row)
        _place(tx, team_id, person)


def add(tx: Tx, team_id: int, person: Person) -> Person:
    """Add somebody behind all others of the team. Returns them with their place. Nobody may have their id."""
    last = tx.scalar(select(func.max(TeamMemberRow.position)).where(TeamMemberRow.team_id == team_id)) or 0
    placed = dataclasses.replace(person, position=last + 1)
    tx.execute(insert(PersonRow).values(**_parts(placed)[0]))
    _place(tx, team_id, placed)
    return placed


def set_place(tx: Tx, team_id: int, person: Person) -> None:
    """Keep whether a person is an engineer of the team, and whether they are in its plan."""
    mine = (TeamMemberRow.team_id == team_id, TeamMemberRow.person_id == person.id)
    tx.execute(update(TeamMemberRow).where(*mine).values(engineer=person.engineer, listed=person.listed))


def ids_like(tx: Tx, beginning: str) -> set[str]:
    """The ids of people of all teams that begin so."""
    return set(tx.scalars(select(PersonRow.id).where(PersonRow.id.startswith(beginning, autoescape=True))))


def _place(tx: Tx, team_id: int, person: Person) -> None:
    upsert(tx, TeamMemberRow, {"team_id": team_id, "person_id": person.id}, _parts(person)[1])


def _parts(person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is theirs, and what their place in the team is."""
    values = asdict(person)
    place = {name: values.pop(name) for name in _PLACE}
    return values, place


def found_in_slack(tx: Tx, person_id: str, slack_id: str | None) -> None:
    """Remember which member Slack told for a person's email."""
    tx.execute(update(PersonRow).where(PersonRow.id == person_id).values(found_slack_id=slack_id))


def is_full_member(tx: Tx, slack_id: str) -> bool | None:
    """Whether somebody is a full member of the workspace; None: not known yet."""
    return tx.scalar(select(MemberRow.full).where(MemberRow.slack_id == slack_id))


def members_checked(tx: Tx, slack_ids: Iterable[str]) -> dict[str, datetime]:
    """When it was found out who of these they are; whoever is not known is not in it."""
    asked = select(MemberRow.slack_id, MemberRow.checked_at).where(MemberRow.slack_id.in_(list(slack_ids)))
    return {row.slack_id: row.checked_at for row in tx.execute(asked)}


def remembers(tx: Tx, slack_id: str) -> tuple[bool, str | None] | None:
    """What is known of a member: whether they are a full one of the workspace, and of which enterprise."""
    found = tx.execute(select(MemberRow.full, MemberRow.enterprise_id).where(MemberRow.slack_id == slack_id)).first()
    return (found.full, found.enterprise_id) if found else None


def of_enterprise(tx: Tx, enterprise_id: str) -> frozenset[str]:
    """Who is known to be a full member of an enterprise, in whichever of its workspaces."""
    return frozenset(tx.scalars(select(MemberRow.slack_id).where(MemberRow.enterprise_id == enterprise_id)))


def remember_member(tx: Tx, slack_id: str, full: bool, enterprise_id: str | None, now: datetime) -> None:
    """Remember whether somebody is a full member of the workspace, and of which enterprise they are one."""
    known = {"full": full, "enterprise_id": enterprise_id, "checked_at": now}
    upsert(tx, MemberRow, {"slack_id": slack_id}, known)
