"""What people want to be told when."""

from dataclasses import asdict, dataclass
from datetime import datetime, time

from sqlalchemy import bindparam, select

from models.schema.rows import columns, listed
from models.schema.tables import PreferenceRow, TeamMemberRow
from models.schema.upsert import upsert
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Preferences:
    """Which reminders of an on-call week somebody wants, and between which local times nothing that can wait; None:
    at any time."""

    person_id: str
    two_weeks: bool = True
    one_week: bool = False
    day_before: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None


_PREFERENCES = columns(PreferenceRow, Preferences)
_OF_TEAM = (
    select(*_PREFERENCES)
    .join(TeamMemberRow, TeamMemberRow.person_id == PreferenceRow.person_id)
    .where(TeamMemberRow.team_id == bindparam("team_id"))
)


def of_team(tx: Tx, team_id: int) -> dict[str, Preferences]:
    """Those of all of the team who chose any, by the person's id."""
    return {each.person_id: each for each in listed(tx, Preferences, _OF_TEAM, team_id=team_id)}


def of_person(tx: Tx, person_id: str) -> Preferences:
    """A person's, or what holds for who never chose."""
    mine = listed(tx, Preferences, select(*_PREFERENCES).where(PreferenceRow.person_id == person_id))
    return mine[0] if mine else Preferences(person_id)


def choose(tx: Tx, chosen: Preferences, now: datetime) -> None:
    """Make these a person's."""
    values = asdict(chosen)
    upsert(tx, PreferenceRow, {"person_id": values.pop("person_id")}, {**values, "at": now})
