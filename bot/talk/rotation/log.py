"""What the log says of changes of the rotation and of owners."""

from collections.abc import Sequence
from datetime import date

from bot.speech.mrkdwn import escape
from bot.speech.parts import staffing
from bot.talk.did import ORDER, Words, order, tells
from models.changes import Change
from models.pipelines import Pipeline
from models.teams import VersionFacts
from scheduler.entries import (
    EngineerAdded,
    EngineerPaused,
    EngineerRemoved,
    PipelineChanged,
    PipelineState,
    RotationChange,
    RotationReordered,
    RotationUndone,
)
from scheduler.people import members
from scheduler.team.roster import Roster

ROTATION = "changed the rotation: {did}{orders}"
ROTATION_BACK = "took a change of the rotation back: {did}{orders}"
ORDERS = ": {before} → {after}"
OWNERS = "changed the owners of {pipeline}: {owners}"
OWNERS_BACK = "took a change of the owners of {pipeline} back: {owners}"


def _rotation(team: Roster, change: Change, facts: RotationChange) -> str:
    orders = _orders(team, facts.before.versions, facts.after.versions, facts.after.starts)
    return ROTATION.format(did=staffing.did(team, change), orders=orders)


def _orders(team: Roster, was: Sequence[VersionFacts], becomes: Sequence[VersionFacts], starts: date) -> str:
    """Whom the rotation lists on `starts`, before and after; nothing where that is the same, as of who leaves while
    they pause."""
    before, after = (order(team, members.version_on(each, starts).asked) for each in (was, becomes))
    return ORDERS.format(before=before, after=after) if before != after else ""


def _owners(team: Roster, change: Change, facts: PipelineChanged) -> str:
    return _handed_over(OWNERS, team, facts.before.pipeline, facts.after.pipeline)


def _handed_over(template: str, team: Roster, was: Pipeline, becomes: Pipeline) -> str:
    before, after = (staffing.pair(team, each.owners) for each in (was, becomes))
    return template.format(pipeline=escape(becomes.name), owners=ORDER.format(before=before, after=after))


def _undone(team: Roster, change: Change, facts: RotationUndone) -> str:
    was, becomes = facts.before, facts.after
    if isinstance(was, PipelineState) or isinstance(becomes, PipelineState):
        pipelines = [each.pipeline for each in (was, becomes) if isinstance(each, PipelineState)]
        return _handed_over(OWNERS_BACK, team, pipelines[0], pipelines[-1])
    orders = _orders(team, was.versions, becomes.versions, was.starts)
    return ROTATION_BACK.format(did=staffing.did(team, change), orders=orders)


DID: Words = {
    **tells(EngineerAdded, _rotation),
    **tells(EngineerRemoved, _rotation),
    **tells(EngineerPaused, _rotation),
    **tells(RotationReordered, _rotation),
    **tells(PipelineChanged, _owners),
    **tells(RotationUndone, _undone),
}
