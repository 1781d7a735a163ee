"""Buttons below `/oncall`, and *Calendar* wherever it stands."""

from datetime import timedelta

from bot.desk import Desk
from bot.speech import payload, permissions
from bot.speech.ask import Answer, Press
from bot.speech.parts.buttons import CALENDAR_ACTION, SCHEDULE_ACTION
from bot.speech.read.dates import Found, Span
from bot.talk.feature import Presses
from bot.talk.oncall import command as oncall
from bot.talk.oncall import words
from bot.talk.oncall.words import BACK_ACTION, DAYS_ACTION, PAGE_ACTION, SHARE_ACTION
from models import outbox
from models.outbox import CHANNEL, SAID, Owed
from scheduler.messages import Shared
from scheduler.team import roster


def schedule(press: Press, desk: Desk) -> Answer:
    """*Next 8 weeks*: in place of the overview."""
    return Answer(oncall.answer(press.ask("oncall", "schedule"), desk))


def overview(press: Press, desk: Desk) -> Answer:
    """*Back* to the overview."""
    return Answer(oncall.answer(press.ask("oncall"), desk))


def page(press: Press, desk: Desk) -> Answer:
    """The rest of a long schedule, below what is there."""
    first, count = payload.parts(press.value, 2)
    starts, weeks_left = payload.day(first, press), payload.number(count, oncall.MOST_WEEKS)
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
    weeks = team.rotation.weeks(starts, starts + timedelta(weeks=weeks_left))
    return Answer(words.schedule(team, weeks), "beside")


def days(press: Press, desk: Desk) -> Answer:
    """The same dates in the other year, below those of the nearest."""
    first, last = (payload.day(each, press) for each in payload.parts(press.value, 2))
    payload.check_days(first, last, press)
    with desk.store.reading() as tx:
        return Answer(oncall.days(tx, roster.load(tx, press.team), Found(Span(first, last), None)), "beside")


def calendar(press: Press, desk: Desk) -> Answer:
    """*Calendar*: the weeks for the presser only, and the picture to them."""
    return Answer(oncall.calendar(press.ask("oncall", "calendar"), desk), "beside")


def share(press: Press, desk: Desk) -> Answer:
    """*Share in channel*: a new message for everybody; full members of the workspace only. A press that is delivered
    twice shares once: its key in the outbox says that it did."""
    with desk.store.writing() as tx:
        team = roster.load(tx, press.team)
        if not permissions.is_full_member(tx, press.asker, team):
            raise permissions.NotAMember
        shared = Owed(Shared(), press.key or press.now.isoformat(), CHANNEL, press.now, state=SAID)
        if outbox.owe(tx, team.id, shared, press.now) is None:
            return Answer()
        person = press.asker.person(team)
        return Answer(words.shared(team, press.now, person.name if person else None), "channel")


ACTIONS: Presses = {
    SCHEDULE_ACTION: schedule,
    BACK_ACTION: overview,
    PAGE_ACTION: page,
    DAYS_ACTION: days,
    CALENDAR_ACTION: calendar,
    SHARE_ACTION: share,
}
