"""*Give it back*, and *I've got it* or *I can't* for a week that came on short notice."""

from datetime import date

from bot.desk import Desk
from bot.speech import payload
from bot.speech.ask import Answer, Press, Where
from bot.speech.parts.buttons import GIVE_BACK_ACTION
from bot.talk.acting import acting
from bot.talk.feature import Presses
from bot.talk.takeover import words
from bot.talk.takeover.words import CANT_ACTION, GOT_IT_ACTION, UNDO_ACTION
from scheduler.change import told
from scheduler.shifts import decline, takeover
from scheduler.shifts.decline import PassedOn


def give_back(press: Press, desk: Desk) -> Answer:
    """End a take-over now."""
    with acting(desk, press) as now:
        over = takeover.give_back(now.tx, now.by, payload.number(press.value))
        return Answer(words.given_back(over.team, over, now.me.id))


def got_it(press: Press, desk: Desk) -> Answer:
    """*I've got it*: the message is edited through the outbox."""
    who, week, message = _value(press)
    with acting(desk, press) as now:
        decline.accept_week(now.tx, now.by, who, week, message)
    return Answer()


def cant(press: Press, desk: Desk) -> Answer:
    """*I can't*: it passes on."""
    who, week, message = _value(press)
    with acting(desk, press) as now:
        passed = decline.decline(now.tx, now.by, who, week, message)
        return Answer(words.passed_on(passed.team, passed, now.me.id, _told(passed, now.me.id), message), "beside")


def undo(press: Press, desk: Desk) -> Answer:
    """They can after all."""
    with acting(desk, press) as now:
        declined, _, message = press.value.partition("/")
        asked = payload.number(message) if message else None
        passed = decline.take_after_all(now.tx, now.by, payload.number(declined), asked)
        said = words.passed_back(passed.team, passed, now.me.id, _told(passed, now.me.id), press.now)
        return Answer(said, _where(press))


def _where(press: Press) -> Where:
    """In place of a private answer; but a message is edited through the outbox, and either could come last."""
    return "replace" if press.private else "beside"


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
