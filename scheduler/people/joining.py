"""Who comes into the rotation: somebody of the plan, or of an earlier one, or somebody new, who gets an id."""

import re
import unicodedata
from dataclasses import replace

from models import people
from models.people import Person
from models.store.engine import Tx
from scheduler.refusals import SameName
from scheduler.team.roster import Roster

LONGEST_ID = 40


def who_comes(tx: Tx, team: Roster, who: str | None, name: str, email: str | None) -> tuple[Person | None, Person]:
    """Who comes, as they were (None: new) and as they will be: `who` (a person's id), or, without one, somebody new of
    this name and email. Raises SameName."""
    if who:
        was = team.people[who]
        return was, replace(was, engineer=True, listed=True)
    for person in team.people.values():
        same_email = email and person.email and person.email.casefold() == email.casefold()
        if person.name.casefold() == name.casefold() or same_email:
            raise SameName(person.name)
    return None, Person(_id(tx, name), name, email)


def _id(tx: Tx, name: str) -> str:
    """An id as a plan has it: small letters, digits and dashes of the name; of two alike the second gets a number,
    be they of different teams."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[: LONGEST_ID - 4] or "engineer"
    taken = people.ids_like(tx, made)
    numbered = [made, *(f"{made}-{n}" for n in range(2, 1000))]
    return next(each for each in numbered if each not in taken)


def save(tx: Tx, team_id: int, was: Person | None, person: Person) -> None:
    """Let them be in the team's plan, as an engineer."""
    if was is None:
        people.add(tx, team_id, person)
    elif was != person:
        people.set_place(tx, team_id, person)
