"""`/oncall log`: every change by anyone, for the people of the plan."""

from bot.desk import Desk
from bot.speech import permissions, usage
from bot.speech.ask import Ask, Reply
from bot.speech.read import people
from bot.talk.log import lines
from models import changes
from models.people import Person
from models.store.engine import Tx
from scheduler.team import roster
from scheduler.team.roster import Roster

A_PAGE = 6

HELP = (("oncall log", "what was changed, by whom; `log @Maya` for one person's"),)
EXAMPLE = "oncall log @Maya"
BAD_ARGUMENT = "I can show the log of everybody or of one person, not of {typed}."


def answer(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall log …`. Raises Refused, UnknownPerson, NoPlan and StoreError."""
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
        permissions.in_plan(ask.asker, team)
        if typed and not people.looks_like_a_person(typed) and len(typed.split()) > 1:
            return usage.wrong(desk, BAD_ARGUMENT.format(typed=usage.quoted(typed)), EXAMPLE)
        return page(tx, team, people.person(typed, team) if typed else None)


def page(tx: Tx, team: Roster, who: Person | None, older_than: int | None = None) -> Reply:
    """The latest changes, or those before the change `older_than`; of `who` only, if given."""
    found = changes.page(tx, team.id, A_PAGE + 1, older_than=older_than, who=who.id if who else None)
    if not found and older_than is not None:
        return lines.no_more()
    return lines.listed(team, found[:A_PAGE], who, more=len(found) > A_PAGE)
