"""`/oncall roster`: who is in the rotation, and what comes. A lookup; admins change it from there."""

from bot.desk import Desk
from bot.speech import usage
from bot.speech.ask import Ask, Reply
from bot.talk.rotation import words
from scheduler.people import undo
from scheduler.team import roster

HELP = (("oncall roster", "who is in the rotation, pauses and changes to come; admins change it there"),)
NOTHING_BEHIND = "I don't know what {typed} means here: admins change the rotation with the buttons."


def answer(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall roster`. Raises NoPlan and StoreError."""
    if typed:
        return usage.wrong(desk, NOTHING_BEHIND.format(typed=usage.quoted(typed)), "oncall roster")
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx, ask.team)
        admin = ask.asker.is_admin(team)
        last = undo.last(tx, team, ask.actor(team)) if admin else None
    return words.overview(team, pipelines, ask.now, admin=admin, last=last)
