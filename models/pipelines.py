"""Pipelines and their owners."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import and_, bindparam, delete, insert, select, update

from models.people import COLUMNS, IN_ORDER, IN_TEAM, Person
from models.schema.rows import columns, listed
from models.schema.tables import PersonRow, PipelineRow, TeamMemberRow
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline: business area, what it is for, ids of its owners and why these."""

    slug: str
    name: str
    area: str
    purpose: str
    primary_id: str
    secondary_id: str
    why: str

    @property
    def owners(self) -> tuple[str, str]:
        """The ids of its owners, the primary first."""
        return self.primary_id, self.secondary_id


_PIPELINE = columns(PipelineRow, Pipeline)
_WITH_PEOPLE = (
    select(*COLUMNS, PipelineRow.position, *_PIPELINE)
    .join(TeamMemberRow, IN_TEAM)
    .outerjoin(PipelineRow, and_(PipelineRow.primary_id == PersonRow.id, PipelineRow.team_id == bindparam("team_id")))
    .order_by(*IN_ORDER)
)


def of_team(tx: Tx, team_id: int) -> list[Pipeline]:
    """The team's pipelines, in the plan's order."""
    mine = PipelineRow.team_id == team_id
    return listed(tx, Pipeline, select(*_PIPELINE).where(mine).order_by(PipelineRow.position))


def with_people(tx: Tx, team_id: int) -> tuple[list[Person], list[Pipeline]]:
    """Everybody who is or was in the team's plan and its pipelines, each in the plan's order, in one query: a pipeline
    has just one primary owner, so none comes twice."""
    rows = tx.execute(_WITH_PEOPLE, {"team_id": team_id}).all()
    width = len(COLUMNS)
    people = [Person(*row) for row in dict.fromkeys(tuple(row[:width]) for row in rows)]
    owned = sorted((row[width:] for row in rows if row[width] is not None), key=lambda row: int(row[0]))
    return people, [Pipeline(*row[1:]) for row in owned]


def set_owners(tx: Tx, team_id: int, pipeline: Pipeline) -> None:
    """Let a pipeline have the owners that `pipeline` says, and its reason for them."""
    mine = (PipelineRow.team_id == team_id, PipelineRow.slug == pipeline.slug)
    owners = {"primary_id": pipeline.primary_id, "secondary_id": pipeline.secondary_id, "why": pipeline.why}
    tx.execute(update(PipelineRow).where(*mine).values(**owners))


def replace(tx: Tx, team_id: int, pipelines: Iterable[Pipeline]) -> None:
    """Make these the team's pipelines, in this order."""
    tx.execute(delete(PipelineRow).where(PipelineRow.team_id == team_id))
    for position, pipeline in enumerate(pipelines):
        tx.execute(insert(PipelineRow).values(team_id=team_id, position=position, **asdict(pipeline)))
