"""`/oncall settings`: which reminders somebody wants, and when nothing."""

from collections.abc import Mapping
from datetime import time
from functools import partial
from typing import Any

from bot.desk import Desk
from bot.speech import forms, payload, permissions, usage
from bot.speech.ask import Answer, Ask, BadFields, Press, Reply
from bot.speech.blocks import actions, button, context, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.refusals import refusal
from bot.talk.acting import acting
from bot.talk.feature import Feature, Presses, Word
from models import preferences
from models.people import Person
from models.preferences import Preferences
from models.store.errors import StoreError
from scheduler.refusals import Refused
from scheduler.team import roster
from scheduler.team.roster import NoPlan, Roster

TITLE = "Your settings"
HEAD = "*Your reminders and quiet hours*"
SAVED = "*Saved.*"
REMINDERS: Mapping[str, str] = {
    "two_weeks": "Two weeks before your on-call week",
    "one_week": "A week before",
    "day_before": "The day before",
}
YES, NO = "remind me", "no reminder"
LINE = "• {label}: {wants}"
QUIET = "• Quiet from {starts} until {ends} ({zone})"
NOT_QUIET = "• No quiet hours"
ALWAYS = "What concerns a duty that starts within a day is always said at once."
CHANGE, SAVE = "Change", "Save"
QUIET_FROM, QUIET_UNTIL = "Quiet from ({zone})", "Quiet until"
NONE_CHOSEN = "no quiet hours"

ON, OFF, NEVER = "on", "off", "-"
OPEN_ACTION, CALLBACK = "settings.open", "settings.form"
HELP = (("oncall settings", "which reminders you get, and your quiet hours"),)
NOTHING_BEHIND = "I don't know what {typed} means here: the button below `{command}` changes them."
BOTH = "Quiet hours need a beginning and an end; choose both, or neither."
SAME = "Quiet hours that begin and end at the same time are none; choose another end."


def shown(team: Roster, me: Person, chosen: Preferences) -> Reply:
    """What holds, and a button to change it."""
    lines = [HEAD, *_lines(team, me, chosen)]
    return reply([*sections(lines), actions(button(CHANGE, OPEN_ACTION)), context(ALWAYS)])


def saved(team: Roster, me: Person, chosen: Preferences) -> Reply:
    """The settings as they were saved."""
    return reply([*sections([SAVED, *_lines(team, me, chosen)]), context(ALWAYS)])


def _lines(team: Roster, me: Person, chosen: Preferences) -> list[str]:
    wants = {name: YES if getattr(chosen, name) else NO for name in REMINDERS}
    lines = [LINE.format(label=label, wants=wants[name]) for name, label in REMINDERS.items()]
    if chosen.quiet_from is None or chosen.quiet_until is None:
        return [*lines, NOT_QUIET]
    starts, ends = (f"{at:%H:%M}" for at in (chosen.quiet_from, chosen.quiet_until))
    return [*lines, QUIET.format(starts=starts, ends=ends, zone=escape(zone_of(team, me)))]


def zone_of(team: Roster, me: Person) -> str:
    """The name of the time zone in which somebody's quiet hours are."""
    return me.time_zone or team.facts.time_zone


def form(team: Roster, me: Person, chosen: Preferences) -> dict[str, Any]:
    """The form, with what holds now."""
    wants = [(YES.capitalize(), ON), (NO.capitalize(), OFF)]
    blocks = [
        forms.choice(name, label, wants, ON if getattr(chosen, name) else OFF) for name, label in REMINDERS.items()
    ]
    hours = [(NONE_CHOSEN.capitalize(), NEVER), *((f"{at:%H:%M}", f"{at:%H:%M}") for at in _half_hours())]
    blocks += [
        forms.choice("quiet_from", QUIET_FROM.format(zone=zone_of(team, me)), hours, _value(chosen.quiet_from)),
        forms.choice("quiet_until", QUIET_UNTIL, hours, _value(chosen.quiet_until)),
    ]
    return forms.modal(TITLE, CALLBACK, SAVE, [*blocks, context(ALWAYS)])


def _half_hours() -> list[time]:
    return [time(hour, minute) for hour in range(24) for minute in (0, 30)]


def _value(at: time | None) -> str:
    return f"{at:%H:%M}" if at else NEVER


def answer(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall settings`. Raises Refused, NoPlan and StoreError."""
    if typed:
        sentence = NOTHING_BEHIND.format(typed=usage.quoted(typed), command=desk.command("oncall settings"))
        return usage.wrong(desk, sentence, "oncall settings")
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
        me = permissions.in_plan(ask.asker, team)
        return shown(team, me, preferences.of_person(tx, me.id))


def open_form(press: Press, desk: Desk) -> Answer:
    """The form, with what holds now."""
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
        me = permissions.in_plan(press.asker, team)
        return Answer(modal=form(team, me, preferences.of_person(tx, me.id)))


def submit(press: Press, desk: Desk) -> Answer:
    """The form as it was sent. Raises BadFields."""
    starts, ends = _time(press, "quiet_from"), _time(press, "quiet_until")
    if (starts is None) != (ends is None):
        raise BadFields({"quiet_from" if starts is None else "quiet_until": BOTH})
    if starts is not None and starts == ends:
        raise BadFields({"quiet_until": SAME})
    wants = {name: press.fields.get(name) == ON for name in REMINDERS}
    try:
        with acting(desk, press) as now:
            team, me = now.team, now.me
            chosen = Preferences(me.id, **wants, quiet_from=starts, quiet_until=ends)
            preferences.choose(now.tx, chosen, press.now)
            said = forms.result(TITLE, saved(team, me, chosen).blocks)
            return Answer(modal=said, anew=partial(answer, press.ask("oncall", "settings"), desk, ""))
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(modal=forms.result(TITLE, refusal(refused, press.team).blocks))


def _time(press: Press, name: str) -> time | None:
    typed = press.fields.get(name)
    return None if typed in (None, "", NEVER) else payload.a_time(press, name)


ACTIONS: Presses = {OPEN_ACTION: open_form}
FORMS: Presses = {CALLBACK: submit}

FEATURE = Feature(words={"settings": Word(answer)}, set_up=HELP, actions=ACTIONS, forms=FORMS)
