"""`/pipelines`: what the team owns, and who answers for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.desk import Desk
from bot.speech import permissions, usage
from bot.speech.ask import Answer, Ask, Incoming, Press, Reply
from bot.speech.blocks import actions, bold, button, header, reply, section, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, contacts, staffing, weeks
from bot.speech.read.nearest import Close, Exact, nearest
from bot.talk import owners
from bot.talk.feature import Command, Feature, Presses
from models.pipelines import Pipeline
from scheduler.people import owners as owning
from scheduler.team import roster
from scheduler.team.roster import Roster

TITLE = "*The pipelines*"
LINE = "{name}\n{area}: {purpose}\n{owners}"
ABOUT = "{area}: {purpose}."
WHY = "Why these owners: {why}"
MORE = "Details"

ONE_ACTION = "pipelines.one"
HELP = (
    ("pipelines", "all pipelines: area, purpose, owners"),
    ("pipelines daily-growth", "one in detail: how to reach its owners, and why these; admins change them there"),
)
UNKNOWN = "There is no pipeline called {typed}."
EXAMPLE = "pipelines daily-growth"


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


def detail(team: Roster, pipeline: Pipeline, now: datetime, *, reach: bool, admin: bool) -> Reply:
    """One pipeline, with contact details if `reach`, and why these owners; an admin can change them."""
    lines = [
        ABOUT.format(area=escape(pipeline.area), purpose=escape(pipeline.purpose)),
        *contacts.of_pipeline(team, pipeline, now, reach=reach),
        WHY.format(why=escape(pipeline.why)),
        *staffing.needs_owner(team, owning.without_owner(team, [pipeline])),
    ]
    change = [button(owners.TITLE, owners.OPEN_ACTION, pipeline.slug)] if admin else []
    return reply([header(pipeline.name), *sections(lines), actions(buttons.runbook(pipeline.slug), *change)])


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer `/pipelines …`. Raises NoPlan and StoreError."""
    typed = " ".join(ask.text.split())
    if typed.lower() == "help":
        return usage.help_of(desk, HELP)
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx, ask.team)
    if not typed:
        return everything(team, pipelines, ask.now)
    match nearest(typed, {pipeline.slug: pipeline.name for pipeline in pipelines}):
        case Exact(slug):
            return in_detail(desk, ask, slug)
        case Close(slug):
            unknown = UNKNOWN.format(typed=usage.quoted(typed))
            return usage.wrong(desk, unknown, f"pipelines {slug}", did_you_mean=slug)
    return usage.wrong(desk, UNKNOWN.format(typed=usage.quoted(typed)), EXAMPLE)


def in_detail(desk: Desk, asked: Incoming, slug: str) -> Reply:
    """One pipeline in detail; contacts for full members of the workspace."""
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx, asked.team)
        reach = permissions.may_see_contacts(tx, asked.asker, team)
    found = next((pipeline for pipeline in pipelines if pipeline.slug == slug), None)
    if found is None:
        return usage.wrong(desk, UNKNOWN.format(typed=usage.quoted(slug)), EXAMPLE)
    return detail(team, found, asked.now, reach=reach, admin=asked.asker.is_admin(team))


def apply(press: Press, desk: Desk) -> Answer:
    """The preview of other owners was sent: the pipeline is shown anew where the form was opened."""
    answered = owners.apply(press, desk)
    slug = owners.slug_of(press)
    return replace(answered, anew=partial(in_detail, desk, press, slug)) if slug else answered


COMMAND = Command(
    answer,
    EXAMPLE,
    usage="[pipeline | help]",
    description="The pipelines, what they are for, and who owns them",
)
FORMS: Presses = {owners.APPLY_CALLBACK: apply}
FEATURE = Feature(commands={"pipelines": COMMAND}, forms=FORMS)
