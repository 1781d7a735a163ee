"""Acting on a press: what it changes happens in one transaction, as who presses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.desk import Desk
from bot.speech import permissions
from bot.speech.ask import Incoming
from models.people import Person
from models.store.engine import Tx
from scheduler.change.frame import Actor
from scheduler.team import roster
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class Acting:
    """A transaction that may write, the team as it is before a change, and who acts: `me`, with their rights `by`."""

    tx: Tx
    team: Roster
    me: Person
    by: Actor


@contextmanager
def acting(desk: Desk, asked: Incoming) -> Iterator[Acting]:
    """Somebody of the plan changes something: all of the block is saved or, where it raises, nothing. So what they read
    of it is worded within. Raises NotInPlan, NotAMember, Nobody, NoPlan and StoreError."""
    with desk.store.writing() as tx:
        team = roster.load(tx, asked.team)
        yield Acting(tx, team, permissions.in_plan(asked.asker, team), asked.actor(team))
