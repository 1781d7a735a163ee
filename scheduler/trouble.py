"""Who is told that Slack refuses a message: one admin, by direct message, once a day for an audience and a reason."""

from datetime import datetime
from typing import Any

from models.outbox import Message, Owed, to_person
from models.store import Tx
from scheduler import roster
from scheduler.roster import Roster

TROUBLE = "trouble"


def to_an_admin(tx: Tx, unsaid: Message, problem: str, now: datetime) -> Owed | None:
    """What is owed to the first admin who can be told and was not tried yet; None where there is none. Of news of
    trouble that is refused itself, the next admin hears what the first should have."""
    known = roster.load(tx)
    facts: dict[str, Any] = {"message": unsaid.id, "audience": unsaid.audience, "problem": problem, "tried": []}
    if unsaid.kind == TROUBLE:
        facts = unsaid.facts
    admin = _next_admin(known, [*facts["tried"], unsaid.audience])
    if admin is None:
        return None
    tried = [*facts["tried"], to_person(admin)]
    about = f"{facts['audience']}/{facts['problem']}/{known.hours.date_of(now)}/{admin}"
    return Owed(TROUBLE, about, to_person(admin), now, {**facts, "tried": tried})


def _next_admin(known: Roster, tried: list[str]) -> str | None:
    reachable = (who for who in known.admins if known.people[who].slack)
    return next((who for who in reachable if to_person(who) not in tried), None)
