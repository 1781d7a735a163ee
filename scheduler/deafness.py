"""Who is told that Slack will not let the bot hear anybody: one admin, by direct message, once a day for a reason."""

from datetime import datetime

from models import outbox
from models.outbox import Owed, to_person
from models.store.engine import Tx
from scheduler.messages import DeafNews
from scheduler.team import roster


def tell_an_admin(tx: Tx, problem: str, now: datetime) -> bool:
    """Owe word of it to the first admin whom Slack knows. Returns whether there is one."""
    team = roster.load(tx)
    admin = next((who for who in team.admins if team.people[who].slack), None)
    if admin is None:
        return False
    about = f"{problem}/{team.hours.date_of(now)}"
    outbox.owe(tx, team.id, Owed(DeafNews(problem), about, to_person(admin), now), now)
    return True
