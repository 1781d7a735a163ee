"""People of the plan, and who of the workspace is a full member."""

import dataclasses
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from models.schema.rows import columns, listed
from models.schema.tables import MemberRow, PersonRow
from models.schema.upsert import upsert
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the plan. `country` and `region`: whose public holidays are theirs. `slack_id` is the plan's,
    `found_slack_id` what Slack told for their email. `engineer` tells the plan's engineers from people who are only
    admins; who is not `listed` has left the plan."""

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


_PERSON = columns(PersonRow, Person)
_EVERYONE = select(*_PERSON).order_by(PersonRow.position, PersonRow.id)


def everyone(tx: Tx) -> list[Person]:
    """Everybody who is or was in the plan, in its order."""
    return listed(tx, Person, _EVERYONE)


def replace(tx: Tx, people: Iterable[Person]) -> None:
    """Make these the people of the plan. Who is not among them stays for the record, as not listed."""
    tx.execute(update(PersonRow).values(listed=False))
    for person in people:
        row = asdict(person)
        del row["found_slack_id"]
        upsert(tx, PersonRow, {"id": row.pop("id")}, row)


def add(tx: Tx, person: Person) -> Person:
    """Add somebody behind all others. Returns them with their place. Nobody may have their id."""
    last = tx.scalar(select(func.max(PersonRow.position))) or 0
    placed = dataclasses.replace(person, position=last + 1)
    tx.execute(insert(PersonRow).values(**asdict(placed)))
    return placed


def set_place(tx: Tx, person: Person) -> None:
    """Keep whether a person is an engineer, and whether they are in the plan."""
    mine = update(PersonRow).where(PersonRow.id == person.id)
    tx.execute(mine.values(engineer=person.engineer, listed=person.listed))


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
