"""*Give it back*, and *I've got it* or *I can't* for a week that came on short notice."""

from datetime import date

from bot.desk import Desk
from bot.speech import payload, permissions
from bot.speech.ask import Answer, Press
from bot.speech.parts.buttons import GIVE_BACK_ACTION
from bot.talk.feature import Presses
from bot.talk.takeover import words
from bot.talk.takeover.words import CANT_ACTION, GOT_IT_ACTION, UNDO_ACTION
from scheduler.change import told
from scheduler.shifts import decline, takeover
from scheduler.shifts.decline import PassedOn
from scheduler.team import roster


def give_back(press: Press, desk: Desk) -> Answer:
    """End a take-over now."""
    with desk.store.writing() as tx:
        team = roster.load(tx, press.team)
        me = permissions.in_plan(press.asker, team)
        over = takeover.give_back(tx, press.actor(team), payload.number(press.value))
        return Answer(words.given_back(over.team, over, me.id))


def got_it(press: Press, desk: Desk) -> Answer:
    """*I've got it*: the message is edited through the outbox."""
    who, week, message = _value(press)
    with desk.store.writing() as tx:
        team = roster.load(tx, press.team)
        permissions.in_plan(press.asker, team)
        decline.got_it(tx, press.actor(team), who, week, message)
    return Answer()


def cant(press: Press, desk: Desk) -> Answer:
    """*I can't*: it passes on."""
    who, week, message = _value(press)
    with desk.store.writing() as tx:
        team = roster.load(tx, press.team)
        me = permissions.in_plan(press.asker, team)
        passed = decline.decline(tx, press.actor(team), who, week, message)
        return Answer(words.passed_on(passed.team, passed, me.id, _told(passed, me.id), message), "beside")


def undo(press: Press, desk: Desk) -> Answer:
    """They can after all."""
    with desk.store.writing() as tx:
        team = roster.load(tx, press.team)
        me = permissions.in_plan(press.asker, team)
        declined, _, message = press.value.partition("/")
        asked = payload.number(message) if message else None
        by = press.actor(team)
        passed = decline.take_after_all(tx, by, payload.number(declined), asked)
        return Answer(words.passed_back(passed.team, passed, me.id, _told(passed, me.id), press.now))


def _value(press: Press) -> tuple[str, date, int]:
    who, week, message = payload.parts(press.value, 3)
    return who, payload.day(week, press), payload.number(message)


def _told(passed: PassedOn, by: str | None) -> list[str]:
    return [passed.team.name(who) for who in told.hearers(passed.owed, by)]


ACTIONS: Presses = {
    GIVE_BACK_ACTION: give_back,
    GOT_IT_ACTION: got_it,
    CANT_ACTION: cant,
    UNDO_ACTION: undo,
}
