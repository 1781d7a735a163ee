"""Pipelines and their owners."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select

from models.rows import columns, listed
from models.store import Tx
from models.tables import PipelineRow


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


_PIPELINE = columns(PipelineRow, Pipeline)


def of_team(tx: Tx, team_id: int) -> list[Pipeline]:
    """The team's pipelines, in the plan's order."""
    mine = PipelineRow.team_id == team_id
    return listed(tx, Pipeline, select(*_PIPELINE).where(mine).order_by(PipelineRow.position))


def replace(tx: Tx, team_id: int, pipelines: Iterable[Pipeline]) -> None:
    """Make these the team's pipelines, in this order."""
    tx.execute(delete(PipelineRow).where(PipelineRow.team_id == team_id))
    for position, pipeline in enumerate(pipelines):
        tx.execute(insert(PipelineRow).values(team_id=team_id, position=position, **asdict(pipeline)))
