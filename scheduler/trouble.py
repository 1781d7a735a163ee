"""Who is told that Slack refuses a message: one admin, by direct message, once a day for an audience and a reason.

    refused for good ─────────────────────────► told, with what can be done
    refused, perhaps for now ─► five minutes ─► told that it goes on ─► an hour ─► told that it was stopped
                                                       └─► settled meanwhile ─► what was told is edited

Nothing that was told stays false: whatever ends a message of which an admin heard owes an edit of what they heard.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from models import outbox
from models.outbox import OWED, SAID, Message, Owed, sending, to_person
from models.store.engine import Tx
from scheduler import messages
from scheduler.change.told import edit
from scheduler.messages import TroubleNews
from scheduler.team import roster
from scheduler.team.roster import Roster

TOLD_AFTER = timedelta(minutes=5)  # of being refused for a reason that may pass
TRIED_FOR = timedelta(hours=1)  # then it is stopped


def tell_an_admin(tx: Tx, unsaid: Message, problem: str, now: datetime, *, goes_on: bool = False) -> bool:
    """Owe word of it to the first admin who can be told and was not tried yet. `goes_on`: it is tried again. Returns
    whether one hears of it, or has heard of the like today. Of news of trouble that is refused itself, the next admin
    hears what the first should."""
    owed = _to_an_admin(tx, unsaid, problem, now, goes_on)
    if owed is None:
        return False
    if outbox.owe(tx, unsaid.team_id, owed, now) is None:
        before = outbox.find(tx, unsaid.team_id, TroubleNews.kind, owed.about)
        if before is None or not _holds(tx, before):
            outbox.owe(tx, unsaid.team_id, replace(owed, about=f"{owed.about}/{unsaid.id}"), now)
    return True


def correct(tx: Tx, message: Message, now: datetime) -> None:
    """Owe an edit of what was told of a message, of which an attempt has ended for good, to what became of it."""
    for told in outbox.standing(tx, message.team_id, {TroubleNews.kind: None}):
        facts = messages.of_kind(TroubleNews, told)
        if facts and facts.message == message.id and (told.state == SAID or told.begun_at):
            outbox.owe(tx, message.team_id, edit(told, message.attempts, now), now)


def tried_until(tx: Tx, message: Message, now: datetime) -> datetime | None:
    """Until when a message is tried that Slack refuses so far, by the team's clock, which shows `now`; else None."""
    if message.state != OWED or message.refused_at is None:
        return None
    return now + (message.refused_at + TRIED_FOR - sending.real_now(tx))


def _holds(tx: Tx, before: Message) -> bool:
    """Whether news of trouble was heard, or will be, and what it is about is refused still."""
    facts = messages.of_kind(TroubleNews, before)
    about = outbox.by_id(tx, before.team_id, facts.message) if facts else None
    return before.state in (OWED, SAID) and about is not None and about.is_refused


def _to_an_admin(tx: Tx, unsaid: Message, problem: str, now: datetime, goes_on: bool) -> Owed | None:
    team = roster.load(tx, unsaid.team_id)
    facts = TroubleNews(unsaid.id, unsaid.audience, problem, (), goes_on)
    facts = messages.of_kind(TroubleNews, unsaid) or facts
    admin = _next_admin(team, [*facts.tried, unsaid.audience])
    if admin is None:
        return None
    told = replace(facts, tried=(*facts.tried, to_person(admin)))
    about = f"{told.audience}/{told.problem}/{team.hours.date_of(now)}/{admin}"
    about = f"{about}/goes-on" if told.goes_on else about
    return Owed(told, about, to_person(admin), now)


def _next_admin(team: Roster, tried: list[str]) -> str | None:
    reachable = (who for who in team.admins if team.people[who].slack)
    return next((who for who in reachable if to_person(who) not in tried), None)
