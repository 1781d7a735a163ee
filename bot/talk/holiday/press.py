"""Buttons below `/holiday` and the reminder, and the form to declare time off."""

from datetime import date
from functools import partial

from bot.desk import Desk
from bot.speech import forms, payload, permissions, usage
from bot.speech.ask import Answer, BadFields, Press, Reply
from bot.speech.mrkdwn import escape
from bot.speech.parts.buttons import HOLIDAY_FORM_ACTION, TAKE_OFF_ACTION
from bot.speech.payload import Unreadable
from bot.speech.question import LEAVE_ACTION
from bot.speech.read.dates import LONGEST_NOTE, Passed, Span
from bot.speech.refusals import refusal, sentence
from bot.talk.acting import acting
from bot.talk.feature import Presses
from bot.talk.holiday import command as holiday
from bot.talk.holiday import words
from bot.talk.holiday.wish import HolidayWish
from bot.talk.holiday.words import (
    CANCEL_ACTION,
    CANCEL_OTHER_ACTION,
    DECLARE_ACTION,
    DECLARE_OTHER_ACTION,
    LIST_ACTION,
    MODAL_CALLBACK,
    UNDO_ACTION,
)
from models.store.errors import StoreError
from scheduler.refusals import AlreadyPast, Refused, TooLateToUndo
from scheduler.team import roster
from scheduler.team.roster import NoPlan

INSTEAD = "Declare or cancel the days to come instead: `{declare}`, `{cancel}`."
TOO_LONG = "That is {days} days. For more than {most}, please type {command}, which asks first."


def declare(press: Press, desk: Desk) -> Answer:
    """*Yes* to a long time off, or to dates of which it was asked which are meant."""
    wish = _asked_for(press)
    try:
        with acting(desk, press) as now:
            return Answer(holiday.declare(now.tx, desk, now.by, wish))
    except AlreadyPast:
        return Answer(_over_since(press, desk, wish))


def public(press: Press, desk: Desk) -> Answer:
    """*Take it off* beside a public holiday: time off of who presses, with *Undo*."""
    with acting(desk, press) as now:
        day = payload.day(press.value, press)
        return Answer(holiday.declare(now.tx, desk, now.by, HolidayWish(now.me.id, day, day)), "beside")


def cancel(press: Press, desk: Desk) -> Answer:
    """*Yes* to a split, or to the coming dates."""
    wish = _asked_for(press)
    try:
        with acting(desk, press) as now:
            return Answer(holiday.cancel(now.tx, desk, now.by, wish))
    except AlreadyPast:
        return Answer(_over_since(press, desk, wish, cancels=True))


def _over_since(press: Press, desk: Desk, wish: HolidayWish, *, cancels: bool = False) -> Reply:
    """A button of another day: what is left of its dates now is asked, and nothing is changed."""
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
    me, today = permissions.in_plan(press.asker, team), team.hours.date_of(press.now)
    left = Span(today, wish.last) if wish.last >= today else None
    over = Passed(Span(wish.first, wish.last), left, None, wish.note)
    if left is None:
        return usage.refused(escape(over.sentence), words.LEFT)
    return words.passed(desk, team, over, wish.who, me.id, cancels=cancels)


def _asked_for(press: Press) -> HolidayWish:
    try:
        wish = HolidayWish.read(press.value)
    except ValueError:
        raise Unreadable from None
    payload.check_days(wish.first, wish.last, press)
    return wish


def undo(press: Press, desk: Desk) -> Answer:
    """*Undo*; where it comes too late, what to do instead."""
    try:
        with acting(desk, press) as now:
            return Answer(holiday.undo(now.tx, now.by, payload.number(press.value)))
    except TooLateToUndo as late:
        declare, cancel = desk.command("holiday 24 Dec"), desk.command("holiday cancel 24 Dec")
        instead = INSTEAD.format(declare=declare, cancel=cancel)
        return Answer(usage.refused(f"{escape(sentence(late))} {instead}"), "beside")


def leave(press: Press, desk: Desk) -> Answer:
    """*No, leave it*."""
    return Answer(words.left())


def listed(press: Press, desk: Desk) -> Answer:
    """*All* of everyone's time off."""
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
    return Answer(holiday.listed(team, press.asker, press.now, everything=True))


def open_form(press: Press, desk: Desk) -> Answer:
    """*Declare time off*: the form, which begins on the day that the button names, or tomorrow."""
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
    permissions.in_plan(press.asker, team)
    today = team.hours.date_of(press.now)
    asked = payload.day(press.value, press) if press.value else today
    return Answer(modal=words.modal(max(asked, today)))


def submit(press: Press, desk: Desk) -> Answer:
    """The form as it was sent. Raises BadFields."""
    try:
        with desk.store.reading() as tx:
            team = roster.load(tx, press.team)
        me = permissions.in_plan(press.asker, team)
        wish = _wish(press, desk, me.id, team.hours.date_of(press.now))
        with desk.store.writing() as tx:
            said = holiday.declare(tx, desk, press.actor(team), wish)
    except (Refused, NoPlan, StoreError) as refused:
        said = refusal(refused, press.team)
    anew = None if said.refused else partial(holiday.answer, press.ask("holiday", "mine"), desk)
    return Answer(said, modal=forms.result(words.MODAL, said.blocks), anew=anew)


def _wish(press: Press, desk: Desk, who: str, today: date) -> HolidayWish:
    first, last = payload.two_days(press, today)
    wish = HolidayWish(who, first, last, payload.words(press, "note", LONGEST_NOTE) or None)
    if wish.days > holiday.MOST_DAYS:
        command = desk.command(f"holiday {wish.first} {wish.last}")
        raise BadFields({"last": TOO_LONG.format(days=wish.days, most=holiday.MOST_DAYS, command=command)})
    return wish


ACTIONS: Presses = {
    DECLARE_ACTION: declare,
    DECLARE_OTHER_ACTION: declare,
    TAKE_OFF_ACTION: public,
    CANCEL_ACTION: cancel,
    CANCEL_OTHER_ACTION: cancel,
    UNDO_ACTION: undo,
    LEAVE_ACTION: leave,
    LIST_ACTION: listed,
    HOLIDAY_FORM_ACTION: open_form,
}
FORMS: Presses = {MODAL_CALLBACK: submit}
