"""Who may do or see what: checked of who asks or presses, never of whom a button was shown to.

People of the plan declare time off; full members of the workspace see contacts and share; guests and people of other
workspaces (Slack Connect) look things up. In an Enterprise Grid, somebody of the plan whose workspace is another one of
the same enterprise is as one of this; whoever is of another enterprise, or of one that is not known yet, stays foreign,
whatever the plan says.
"""

from bot.speech.ask import Asker
from models import people
from models.people import Person
from models.store.engine import Tx
from scheduler.refusals import NotAllowed, Refused
from scheduler.team.roster import Roster


class NotInPlan(Refused):
    """The asker is nobody of the plan."""


class NotAMember(Refused):
    """The asker is a guest, or of another workspace."""


class Nobody(Refused):
    """In the terminal, nobody was named."""


def in_plan(asker: Asker, team: Roster) -> Person:
    """The asker, as a person of the plan. Raises NotInPlan, NotAMember for people of other workspaces, and
    Nobody."""
    if asker.foreign:
        raise NotAMember
    if asker.slack_id is None and asker.person_id is None:
        raise Nobody
    person = asker.person(team)
    if person is None or not person.listed:
        raise NotInPlan
    return person


def check_admin(asker: Asker, team: Roster) -> None:
    """Raises Refused unless an admin of the team asks."""
    in_plan(asker, team)
    if not asker.is_admin(team):
        raise NotAllowed()


def is_full_member(tx: Tx, asker: Asker, team: Roster) -> bool:
    """Whether the asker is known to be a full member of the workspace. In the terminal, and among the colleagues in
    other workspaces of the enterprise, those of the plan are."""
    if asker.foreign:
        return False
    if asker.slack_id is None or asker.colleague:
        person = asker.person(team)
        return person is not None and person.listed
    return people.is_full_member(tx, asker.slack_id) is True


def may_see_contacts(tx: Tx, asker: Asker, team: Roster) -> bool:
    """Whether phones and emails may be shown to the asker."""
    return is_full_member(tx, asker, team)
