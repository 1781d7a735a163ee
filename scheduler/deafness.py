"""Who is told that Slack will not let the bot hear anybody: one admin of each team, by direct message, once a day for a
reason."""

from datetime import datetime

from models import outbox
from models.outbox import Owed, to_person
from models.store.engine import Tx
from scheduler.messages import DeafNews
from scheduler.team import roster
from scheduler.team.roster import Roster


def tell_an_admin(tx: Tx, problem: str, now: datetime) -> bool:
    """Owe word of it to the first admin of each team whom Slack knows. Returns whether every team has one."""
    told = [_tell_one(tx, team, problem, now) for team in roster.load_all(tx)]
    return all(told)


def _tell_one(tx: Tx, team: Roster, problem: str, now: datetime) -> bool:
    admin = next((who for who in team.admins if team.people[who].slack), None)
    if admin is None:
        return False
    about = f"{problem}/{team.hours.date_of(now)}"
    outbox.owe(tx, team.id, Owed(DeafNews(problem), about, to_person(admin), now), now)
    return True
