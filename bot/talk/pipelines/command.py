"""`/pipelines`: what the team owns, and who answers for it."""

from datetime import datetime

from bot.desk import Desk
from bot.speech import permissions, usage
from bot.speech.ask import Ask, Asker, Reply
from bot.speech.read.nearest import Close, Exact, nearest
from bot.talk.pipelines import words as views
from scheduler.team import roster

HELP = (
    ("pipelines", "all pipelines: area, purpose, owners"),
    ("pipelines daily-growth", "one in detail: how to reach its owners, and why these; admins change them there"),
)
UNKNOWN = "There is no pipeline called {typed}."
EXAMPLE = "pipelines daily-growth"


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer `/pipelines …`. Raises NoPlan and StoreError."""
    typed = " ".join(ask.text.split())
    if typed.lower() == "help":
        return usage.of(desk, HELP)
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx)
    if not typed:
        return views.everything(team, pipelines, ask.now)
    match nearest(typed, {pipeline.slug: pipeline.name for pipeline in pipelines}):
        case Exact(slug):
            return one(desk, ask.asker, ask.now, slug)
        case Close(slug):
            unknown = UNKNOWN.format(typed=usage.quoted(typed))
            return usage.wrong(desk, unknown, f"pipelines {slug}", did_you_mean=slug)
    return usage.wrong(desk, UNKNOWN.format(typed=usage.quoted(typed)), EXAMPLE)


def one(desk: Desk, asker: Asker, now: datetime, slug: str) -> Reply:
    """One pipeline in detail; contacts for full members of the workspace."""
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx)
        reach = permissions.may_see_contacts(tx, asker, team)
    found = next((pipeline for pipeline in pipelines if pipeline.slug == slug), None)
    if found is None:
        return usage.wrong(desk, UNKNOWN.format(typed=usage.quoted(slug)), EXAMPLE)
    return views.one(team, found, now, reach=reach, admin=asker.is_admin(team))
