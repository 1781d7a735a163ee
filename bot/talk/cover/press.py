"""Buttons and forms of requests for a cover or a swap. Who presses is checked; messages change through the outbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from bot.desk import Desk
from bot.speech import payload, permissions, usage
from bot.speech.ask import Answer, Press, Reply
from bot.speech.blocks import actions, button
from bot.speech.forms import result
from bot.speech.parts.buttons import NEED_ACTION
from bot.speech.payload import number
from bot.speech.refusals import refusal
from bot.talk.acting import acting
from bot.talk.cover import command as cover
from bot.talk.cover import forms, replies
from bot.talk.cover.forms import ALL, NEED_CALLBACK, PART_CALLBACK, WEEK_CALLBACK
from bot.talk.cover.replies import ASK_ACTION, ASK_OTHER_ACTION, MORE_ACTION
from bot.talk.cover.words import (
    ACCEPT_PART_ACTION,
    BACK_ACTION,
    CANT_ACTION,
    PART_ACTION,
    SETTLE_ACTION,
    TAKE_ACTION,
    WEEK_ACTION,
    WIDEN_ACTION,
    WITHDRAW_ACTION,
)
from bot.talk.feature import Presses
from models.requests import CoverRequest
from models.store.engine import Tx
from models.store.errors import StoreError
from scheduler.change.frame import Actor
from scheduler.covers import agree, answer, state
from scheduler.covers.ask import ask_cover, widen
from scheduler.covers.state import Outcome
from scheduler.refusals import Refused
from scheduler.rule.hours import ONE_DAY
from scheduler.team import roster, schedule
from scheduler.team.roster import NoPlan, Roster

NO_OTHER_WEEK = "You have no other week to come that you could offer. Nothing was changed."
AN_ADMIN = "an admin"
ALL_REQUESTS = "All requests"

Does = Callable[[Tx, Actor, str], Outcome]
Says = Callable[[Roster, Outcome, str], Reply]


def _do(press: Press, desk: Desk, does: Does, says: Says) -> Reply:
    """Do it in a transaction as who pressed, and say what became of it, which they read. The words are found before it
    is saved: where that fails, nothing was."""
    with acting(desk, press) as now:
        outcome = does(now.tx, now.by, now.me.id)
        return says(outcome.team, outcome, now.me.id)


def _instead(press: Press, said: Reply) -> Answer:
    """In place of a private answer, which would go on to offer what is done; below a message, which is edited."""
    if not press.private:
        return Answer(said, "beside")
    return Answer(replace(said, blocks=[*said.blocks, actions(button(ALL_REQUESTS, MORE_ACTION, "0"))]))


def take(press: Press, desk: Desk) -> Answer:
    """*I'll take it*, or yes to a swap."""
    said = _do(press, desk, lambda tx, by, me: answer.accept(tx, by, number(press.value), me), replies.accepted)
    return _instead(press, said)


def settle(press: Press, desk: Desk) -> Answer:
    """*Taken by …*: an admin settles it for somebody."""
    request_id, who = payload.parts(press.chosen or "", 2)
    with acting(desk, press) as now:
        now.check_admin()
        outcome = answer.accept(now.tx, now.by, number(request_id), who)
        return _instead(press, replies.accepted(outcome.team, outcome, now.me.id))


def cant(press: Press, desk: Desk) -> Answer:
    """*I can't*, or no to a swap."""

    def cannot(tx: Tx, by: Actor, me: str) -> Outcome:
        return answer.cannot(tx, by, number(press.value), me)

    said = _do(press, desk, cannot, lambda team, outcome, me: replies.turned_down(team, outcome, me, me))
    return _instead(press, said)


def accept_part(press: Press, desk: Desk) -> Answer:
    """*Take the offer*."""
    request_id, who = payload.parts(press.value, 2)
    said = _do(press, desk, lambda tx, by, _: answer.accept_offer(tx, by, number(request_id), who), replies.accepted)
    return _instead(press, said)


def take_back(press: Press, desk: Desk) -> Answer:
    """*Take it back*: it is open again."""
    said = _do(press, desk, lambda tx, by, _: agree.take_back(tx, by, number(press.value)), replies.taken_back)
    return _instead(press, said)


def withdraw(press: Press, desk: Desk) -> Answer:
    """*Withdraw*: nobody is asked any more, and what was agreed is off."""
    said = _do(press, desk, lambda tx, by, _: agree.withdraw(tx, by, number(press.value)), replies.withdrawn)
    return _instead(press, said)


def ask_everybody(press: Press, desk: Desk) -> Answer:
    """*Ask everybody*."""
    said = _do(press, desk, lambda tx, by, _: widen(tx, by, number(press.value)), replies.asked)
    return _instead(press, said)


def ask(press: Press, desk: Desk) -> Answer:
    """*… from today*, or the next year: for cover of days of which it was asked which are meant."""
    who, first, last, of = payload.facts(tuple[str, date, date, str | None], press.value)
    payload.check_days(first, last, press)
    wanted = who, first, last + ONE_DAY, of
    return Answer(_do(press, desk, lambda tx, by, _: ask_cover(tx, by, *wanted), _asked(first, last)))


def _asked(first: date, last: date) -> Says:
    """What is answered to who asked for these days, the last included."""
    return partial(replies.asked, wanted=(first, last + ONE_DAY))


def more(press: Press, desk: Desk) -> Answer:
    """*… more*: the requests after those above."""
    ask = press.ask("oncall", "requests")
    return Answer(cover.open_and_agreed(ask, desk, number(press.value)), "beside")


# Forms


def open_need(press: Press, desk: Desk) -> Answer:
    """*I need cover*: the form, which begins with the week that the button names, or the next of who presses."""
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
    me = permissions.in_plan(press.asker, team)
    today = team.hours.on_call_day(press.now)
    coming = schedule.on_call_days(team, me.id, today)
    asked = payload.day(press.value, press) if press.value else None
    days = next((each for each in coming if asked is None or each.until > asked), None)
    if days is None:
        return Answer(usage.refused(cover.NOT_SOON), "beside")
    others = [who for who in team.rotation.members(days.first) if who != me.id]
    return Answer(modal=forms.need(team, me.id, days.first, days.until, others))


def submit_need(press: Press, desk: Desk) -> Answer:
    """The form to ask for cover as it was sent. Raises BadFields."""
    first, last = payload.two_days(press)
    whom = press.fields.get("whom")
    wanted = press.value, first, last + ONE_DAY, None if whom in (None, ALL) else whom

    def asks(tx: Tx, by: Actor, me: str) -> Outcome:
        return ask_cover(tx, by, *wanted)

    return _result(forms.NEED, lambda: _do(press, desk, asks, _asked(first, last)))


def open_part(press: Press, desk: Desk) -> Answer:
    """*Offer a part*: the form."""
    _, request = _looked_at(press, desk)
    return Answer(modal=forms.part(request))


def submit_part(press: Press, desk: Desk) -> Answer:
    """The form with a part as it was sent. Raises BadFields."""
    first, last = payload.two_days(press)

    until = last + ONE_DAY

    def offer(tx: Tx, by: Actor, me: str) -> Outcome:
        return answer.offer(tx, by, number(press.value), me, first, until)

    def said(team: Roster, outcome: Outcome, me: str) -> Reply:
        return replies.offered(team, outcome, first, until)

    return _result(forms.PART, lambda: _do(press, desk, offer, said))


def open_week(press: Press, desk: Desk) -> Answer:
    """*Another week*: the form."""
    team, request = _looked_at(press, desk)
    weeks = cover.weeks_to_offer(team, request, press.now)
    if not weeks:
        return Answer(usage.refused(NO_OTHER_WEEK), "beside")
    return Answer(modal=forms.week(request, weeks))


def submit_week(press: Press, desk: Desk) -> Answer:
    """The form with another week as it was sent. Raises BadFields."""
    week = payload.a_day(press, "week")

    def counter(tx: Tx, by: Actor, me: str) -> Outcome:
        return answer.counter(tx, by, number(press.value), week)

    return _result(forms.WEEK, lambda: _do(press, desk, counter, replies.countered))


def _result(title: str, does: Callable[[], Reply]) -> Answer:
    try:
        said = does()
    except (Refused, NoPlan, StoreError) as refused:
        said = refusal(refused)
    return Answer(said, modal=result(title, said.blocks))


def _looked_at(press: Press, desk: Desk) -> tuple[Roster, CoverRequest]:
    """The team and the request that a button is about, for somebody of the plan. Raises UnknownRequest."""
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
        permissions.in_plan(press.asker, team)
        return team, state.request_of(tx, team, number(press.value))


ACTIONS: Presses = {
    TAKE_ACTION: take,
    SETTLE_ACTION: settle,
    CANT_ACTION: cant,
    ACCEPT_PART_ACTION: accept_part,
    BACK_ACTION: take_back,
    WITHDRAW_ACTION: withdraw,
    WIDEN_ACTION: ask_everybody,
    MORE_ACTION: more,
    ASK_ACTION: ask,
    ASK_OTHER_ACTION: ask,
    NEED_ACTION: open_need,
    PART_ACTION: open_part,
    WEEK_ACTION: open_week,
}
FORMS: Presses = {
    NEED_CALLBACK: submit_need,
    PART_CALLBACK: submit_part,
    WEEK_CALLBACK: submit_week,
}
