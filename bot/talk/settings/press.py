"""*Change* below `/oncall settings`: the form, and what becomes of it."""

from collections.abc import Callable, Mapping
from datetime import time

from bot.desk import Desk
from bot.speech import forms, payload, permissions
from bot.speech.ask import Answer, BadFields, Press
from bot.speech.refusals import refusal
from bot.talk.settings import words as views
from bot.talk.settings.words import CALLBACK, NEVER, ON, OPEN_ACTION
from models import preferences
from models.preferences import Preferences
from models.store.errors import StoreError
from scheduler.refusals import Refused
from scheduler.team import roster
from scheduler.team.roster import NoPlan

BOTH = "Quiet hours need a beginning and an end; choose both, or neither."
SAME = "Quiet hours that begin and end at the same time are none; choose another end."


def open_form(press: Press, desk: Desk) -> Answer:
    """The form, with what holds now."""
    with desk.store.reading() as tx:
        team = roster.load(tx)
        me = permissions.in_plan(press.asker, team)
        return Answer(modal=views.form(team, me, preferences.of_person(tx, me.id)))


def submit(press: Press, desk: Desk) -> Answer:
    """The form as it was sent. Raises BadFields."""
    starts, ends = _time(press, "quiet_from"), _time(press, "quiet_until")
    if (starts is None) != (ends is None):
        raise BadFields({"quiet_from" if starts is None else "quiet_until": BOTH})
    if starts is not None and starts == ends:
        raise BadFields({"quiet_until": SAME})
    wants = {name: press.fields.get(name) == ON for name in views.REMINDERS}
    try:
        with desk.store.writing() as tx:
            team = roster.load(tx)
            me = permissions.in_plan(press.asker, team)
            chosen = Preferences(me.id, **wants, quiet_from=starts, quiet_until=ends)
            preferences.choose(tx, chosen, press.now)
            return Answer(modal=forms.result(views.TITLE, views.saved(team, me, chosen).blocks))
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(modal=forms.result(views.TITLE, refusal(refused).blocks))


def _time(press: Press, name: str) -> time | None:
    typed = press.fields.get(name)
    return None if typed in (None, "", NEVER) else payload.a_time(press, name)


ACTIONS: Mapping[str, Callable[[Press, Desk], Answer]] = {OPEN_ACTION: open_form}
MODALS: Mapping[str, Callable[[Press, Desk], Answer]] = {CALLBACK: submit}
