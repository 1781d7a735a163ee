"""What the log says of changes of the rotation and of owners."""

from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape
from bot.speech.parts import staffing
from bot.talk.did import ORDER, WHOSE, Words, order, tells
from models.changes import Change
from models.pipelines import Pipeline
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
from scheduler.team.roster import Roster

ROTATION = "changed the rotation: {did}: {orders}"
ROTATION_BACK = "took a change of the rotation back{whose}: {orders}"
OWNERS = "changed the owners of {pipeline}: {owners}"
OWNERS_BACK = "took a change of the owners of {pipeline} back: {owners}"


def _rotation(team: Roster, change: Change, facts: RotationChange) -> str:
    starts = facts.after.starts
    was = [v for v in facts.before.versions if v.starts <= starts] or facts.before.versions
    becomes = next((v for v in facts.after.versions if v.starts >= starts), facts.after.versions[-1])
    orders = ORDER.format(before=order(team, was[-1].asked), after=order(team, becomes.asked))
    return ROTATION.format(did=staffing.did(team, change), orders=orders)


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
    of_whom = WHOSE.format(who=bold(team.name(change.about))) if change.about else ""
    before, after = (order(team, each.versions[-1].asked) for each in (was, becomes))
    return ROTATION_BACK.format(whose=of_whom, orders=ORDER.format(before=before, after=after))


DID: Words = {
    **tells(EngineerAdded, _rotation),
    **tells(EngineerRemoved, _rotation),
    **tells(EngineerPaused, _rotation),
    **tells(RotationReordered, _rotation),
    **tells(PipelineChanged, _owners),
    **tells(RotationUndone, _undone),
}
