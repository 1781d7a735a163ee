"""Acting on a press: what it changes happens in one transaction, as who presses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.speech import permissions
from bot.speech.ask import Asker, Incoming
from models.outbox import unanswered
from models.people import Person
from models.store.engine import Tx
from scheduler import no_answer
from scheduler.change import frame
from scheduler.change.frame import Actor
from scheduler.refusals import NotAllowed
from scheduler.team import roster
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class Acting:
    """A transaction that may write, the team as it is before a change, and who acts: `me`, with their rights `by`."""

    tx: Tx
    team: Roster
    me: Person
    by: Actor

    def check_admin(self) -> None:
        """Raises NotAllowed unless an admin acts; what was done already is answered all the same."""
        if not self.by.is_admin and not frame.before(self.tx, self.team, self.by):
            raise NotAllowed()


def is_heard(desk: Desk, asker: Asker, now: datetime) -> None:
    """Somebody has done something: nobody is told that they do not answer. Writes only where that waits to be said.
    Raises StoreError."""
    if asker.foreign or asker.slack_id is None:
        return
    with desk.store.reading() as tx:
        waiting = unanswered.about_member(tx, asker.slack_id, no_answer.KINDS)
    if not waiting:
        return
    with desk.store.writing(wakes=False) as tx:
        for team_id in dict.fromkeys(message.team_id for message in waiting):
            team = roster.load(tx, team_id)
            if person := asker.person(team):
                no_answer.heard(tx, waiting, team, person.id, now)


@contextmanager
def acting(desk: Desk, asked: Incoming) -> Iterator[Acting]:
    """Somebody of the plan changes something: all of the block is saved or, where it raises, nothing. So what they read
    of it is worded within. Raises NotInPlan, NotAMember, Nobody, NoPlan and StoreError."""
    with desk.store.writing() as tx:
        team = roster.load(tx, asked.team)
        by = asked.actor(team)
        yield Acting(tx, team, _me(tx, asked.asker, team, by), by)


def _me(tx: Tx, asker: Asker, team: Roster, by: Actor) -> Person:
    """Who asks: somebody of the plan, or who was when they asked for the very same before."""
    try:
        return permissions.in_plan(asker, team)
    except permissions.NotInPlan:
        person = asker.person(team)
        if person is None or not frame.before(tx, team, by):
            raise
        return person
