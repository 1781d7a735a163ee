"""People of the plan, and who of the workspace is a full member."""

import dataclasses
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from models.rows import columns, listed
from models.store import Tx
from models.tables import MemberRow, PersonRow
from models.upsert import upsert


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


def remember_member(tx: Tx, slack_id: str, full: bool, now: datetime) -> None:
    """Remember whether somebody is a full member of the workspace."""
    upsert(tx, MemberRow, {"slack_id": slack_id}, {"full": full, "checked_at": now})


def forget_members_checked_before(tx: Tx, moment: datetime) -> None:
    """People leave, and guests become members: forget what was learnt too long ago."""
    tx.execute(delete(MemberRow).where(MemberRow.checked_at < moment))
