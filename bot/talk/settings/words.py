"""`/oncall settings`: facts → blocks."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from bot.speech import forms
from bot.speech.ask import Reply
from bot.speech.blocks import actions, button, context, reply, sections
from bot.speech.mrkdwn import escape
from models.people import Person
from models.preferences import Preferences
from scheduler.team.roster import Roster

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


def shown(team: Roster, me: Person, chosen: Preferences) -> Reply:
    """What holds, and a button to change it."""
    lines = [HEAD, *_lines(team, me, chosen)]
    return reply([*sections(lines), actions(button(CHANGE, OPEN_ACTION)), context(ALWAYS)])


def saved(team: Roster, me: Person, chosen: Preferences) -> Reply:
    """What was saved."""
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
