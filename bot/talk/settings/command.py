"""`/oncall settings`: which reminders somebody wants, and when nothing."""

from bot.desk import Desk
from bot.speech import permissions, usage
from bot.speech.ask import Ask, Reply
from bot.talk.settings import words as views
from models import preferences
from scheduler.team import roster

HELP = (("oncall settings", "which reminders you get, and your quiet hours"),)
NOTHING_BEHIND = "I don't know what {typed} means here: the button below `{command}` changes them."


def answer(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall settings`. Raises Refused, NoPlan and StoreError."""
    if typed:
        sentence = NOTHING_BEHIND.format(typed=usage.quoted(typed), command=desk.command("oncall settings"))
        return usage.wrong(desk, sentence, "oncall settings")
    with desk.store.reading() as tx:
        team = roster.load(tx)
        me = permissions.in_plan(ask.asker, team)
        return views.shown(team, me, preferences.of_person(tx, me.id))
