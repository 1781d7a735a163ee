"""`/pipelines`: facts → blocks."""

from collections.abc import Sequence
from datetime import datetime

from bot.speech.ask import Reply
from bot.speech.blocks import actions, bold, button, header, reply, section, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, contacts, staffing, weeks
from bot.talk.owners import words as owners
from models.pipelines import Pipeline
from scheduler.people import owners as owning
from scheduler.team.roster import Roster

TITLE = "*The pipelines*"
LINE = "{name}\n{area}: {purpose}\n{owners}"
ABOUT = "{area}: {purpose}."
WHY = "Why these owners: {why}"
MORE = "Details"

ONE_ACTION = "pipelines.one"


def everything(team: Roster, pipelines: Sequence[Pipeline], now: datetime) -> Reply:
    """All pipelines, each with area, purpose and owners."""
    listed = [
        section(
            LINE.format(
                name=bold(p.name), area=escape(p.area), purpose=escape(p.purpose), owners=weeks.owners(team, p, now)
            ),
            button(MORE, ONE_ACTION, p.slug),
        )
        for p in pipelines
    ]
    without = sections(staffing.needs_owner(team, owning.without_owner(team, pipelines)))
    return reply([section(TITLE), *listed, *without])


def one(team: Roster, pipeline: Pipeline, now: datetime, *, reach: bool, admin: bool) -> Reply:
    """One pipeline, with contact details if `reach`, and why these owners; an admin can change them."""
    lines = [
        ABOUT.format(area=escape(pipeline.area), purpose=escape(pipeline.purpose)),
        *contacts.of_pipeline(team, pipeline, now, reach=reach),
        WHY.format(why=escape(pipeline.why)),
        *staffing.needs_owner(team, owning.without_owner(team, [pipeline])),
    ]
    change = [button(owners.TITLE, owners.OPEN_ACTION, pipeline.slug)] if admin else []
    return reply([header(pipeline.name), *sections(lines), actions(buttons.runbook(pipeline.slug), *change)])
