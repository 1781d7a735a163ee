"""Secret links to the calendar feeds of a team: whose they are, and the hash by which one is recognised."""

from datetime import datetime

from sqlalchemy import and_, bindparam, insert, select, update

from models.schema.tables import FeedRow, TeamMemberRow
from models.store.engine import Tx

_LISTED = and_(TeamMemberRow.team_id == FeedRow.team_id, TeamMemberRow.person_id == FeedRow.person_id)
_OF_PERSON = (
    select(FeedRow.digest, FeedRow.team_id, FeedRow.made_at)
    .join(TeamMemberRow, _LISTED)
    .where(FeedRow.person_id == bindparam("person_id"), FeedRow.revoked_at.is_(None), TeamMemberRow.listed)
    .order_by(FeedRow.id.desc())
)
_OF_TEAM = _OF_PERSON.where(FeedRow.team_id == bindparam("team_id")).limit(1)


def teams_of(tx: Tx, person_id: str) -> dict[str, int]:
    """The teams that a person's links open the feeds of, by the links' hashes; none of a team whose plan they have
    left. Always one query."""
    latest: dict[int, str] = {}
    for digest, team_id, _ in tx.execute(_OF_PERSON, {"person_id": person_id}):
        latest.setdefault(team_id, digest)
    return {digest: team_id for team_id, digest in latest.items()}


def made_at(tx: Tx, team_id: int, person_id: str) -> datetime | None:
    """Since when a person has a link to the team's feeds; None where they have none."""
    found = tx.execute(_OF_TEAM, {"team_id": team_id, "person_id": person_id}).first()
    moment: datetime | None = found.made_at if found else None
    return moment


def is_made(tx: Tx, team_id: int, key: str) -> bool:
    """Whether the request `key` has made a link to the team's feeds before."""
    found = select(FeedRow.id).where(FeedRow.team_id == team_id, FeedRow.key == key)
    return tx.scalar(found) is not None


def make(tx: Tx, team_id: int, person_id: str, digest: str, now: datetime, key: str | None) -> None:
    """Give a person a link to the team's feeds; any that they had is revoked. Whoever calls holds the team's lock."""
    revoke(tx, team_id, person_id, now)
    tx.execute(insert(FeedRow).values(team_id=team_id, person_id=person_id, digest=digest, made_at=now, key=key))


def revoke(tx: Tx, team_id: int, person_id: str, now: datetime) -> bool:
    """Take a person's link to the team's feeds back. False where they had none."""
    live = (FeedRow.team_id == team_id, FeedRow.person_id == person_id, FeedRow.revoked_at.is_(None))
    return bool(tx.execute(update(FeedRow).where(*live).values(revoked_at=now)).rowcount)
