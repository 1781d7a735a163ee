"""Who is told that Slack refuses a message: one admin, by direct message, once a day for an audience and a reason."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from models import outbox
from models.outbox import OWED, SAID, Message, Owed, to_person
from models.store import Tx
from scheduler import roster
from scheduler.roster import Roster

TROUBLE = "trouble"


def tell_an_admin(tx: Tx, unsaid: Message, problem: str, now: datetime) -> bool:
    """Owe word of it to the first admin who can be told and was not tried yet. Returns whether one hears of it, or has
    heard of the like today. Of news of trouble that is refused itself, the next admin hears what the first should."""
    owed = _to_an_admin(tx, unsaid, problem, now)
    if owed is None:
        return False
    if outbox.owe(tx, unsaid.team_id, owed, now) is None:
        before = outbox.find(tx, unsaid.team_id, TROUBLE, owed.about)
        if before is None or before.state not in (OWED, SAID):  # what it was about was settled before anybody heard
            outbox.owe(tx, unsaid.team_id, replace(owed, about=f"{owed.about}/{unsaid.id}"), now)
    return True


def _to_an_admin(tx: Tx, unsaid: Message, problem: str, now: datetime) -> Owed | None:
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
