"""`/oncall take`: on duty from now, mid-incident or for somebody who is ill."""

import re
from datetime import timedelta

from bot.desk import Desk
from bot.speech import permissions
from bot.speech.ask import Ask, Reply
from bot.speech.read import moments, people
from bot.speech.refusals import sentence
from bot.talk.takeover import words as views
from scheduler.refusals import DeclinedThen, NotAllowed, OnCallAlready
from scheduler.shifts import takeover
from scheduler.team import roster

HELP = (
    ("oncall take until 18:00", "take over now; without a time until the next change; again to change until when"),
    ("oncall take @Danny until 18:00", "for admins: put somebody on call now"),
)
LONGEST = timedelta(days=takeover.MOST_DAYS)
EXAMPLE = "oncall take until 18:00"

_UNTIL = re.compile(r"(?:until|till) ", re.IGNORECASE)


def take(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall take [@person] [until TIME]`. Raises BadDates, UnknownPerson, Refused, NoPlan and StoreError."""
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
    who = me = permissions.in_plan(ask.asker, team)
    words = typed.split()
    if words and people.looks_like_a_person(words[0]):
        named, count = people.at_the_beginning(words, team)
        typed = " ".join(words[count:])
        if named.id != who.id and not ask.asker.is_admin(team):
            raise NotAllowed((named.name,))
        who = named
    typed = _UNTIL.sub("", typed, count=1)
    ends = moments.read(typed, ask.now, team.hours, LONGEST) if typed else None
    try:
        with desk.store.writing() as tx:
            over = takeover.take_over(tx, ask.actor(team), who.id, ends)
            return views.taken(over.team, over, me.id)
    except DeclinedThen as declined:
        return views.declined(sentence(declined), declined.decline_id)
    except OnCallAlready:
        return views.already(desk, team, who.id, me.id, ask.now)
