"""`/oncall roster`: who is in the rotation, who pauses, what comes; and the forms to change it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.speech import forms, say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, button, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import staffing
from bot.speech.parts.preview import PREVIEW
from bot.speech.parts.staffing import order
from models.changes import Change
from models.pipelines import Pipeline
from models.teams import VersionFacts
from scheduler import entries
from scheduler.entries import PipelineChanged, RotationChange
from scheduler.people import members as rule
from scheduler.people import owners
from scheduler.rule.moves import Effect
from scheduler.team.roster import Roster

TITLE = "*The rotation*"
NOW = "Since {day}: {order}"
STARTS = "From {day}: {order}"
COMING = "From {day}: {order}{how}"
HOW = " _({changes})_"
PAUSED = "{who} pauses until {day}."
PAUSES, IS_BACK, LEAVES, JOINS = "{who} pauses until {day}", "{who} is back", "{who} leaves", "{who} joins"
UNDO = "Undo the last change"

ADD, REMOVE, PAUSE, REORDER = "Add", "Remove", "Pause", "Reorder"
TITLES = {
    rule.ADDED: "Add an engineer",
    rule.REMOVED: "Remove an engineer",
    rule.PAUSED: "Pause an engineer",
    rule.REORDERED: "Reorder the rotation",
}
WHO, FROM, BACK, NEW_ORDER = "Who", "From the handoff on", "Back from the handoff on", "The new order, with commas"
KNOWN, NAME, EMAIL = "Somebody of the plan", "Or somebody new: their name", "Their email in Slack"
UNDONE = "*Undone*: {what} is taken back, and everything is as it was before."
WHAT_OWNERS, WHAT_ROTATION = "the change of owners of {pipeline}", "“{did}”"

ADD_ACTION, REMOVE_ACTION, PAUSE_ACTION = "roster.add", "roster.remove", "roster.pause"
REORDER_ACTION, UNDO_ACTION = "roster.reorder", "roster.undo"
APPLY_CALLBACK = "roster.apply"
CALLBACKS = {
    rule.ADDED: "roster.add.form",
    rule.REMOVED: "roster.remove.form",
    rule.PAUSED: "roster.pause.form",
    rule.REORDERED: "roster.reorder.form",
}
HANDOFFS, FAR_HANDOFFS = 12, 78  # handoffs to choose from: for what begins, for who comes back
LONGEST_ORDER, LONGEST_NAME, LONGEST_EMAIL = 3_000, 80, 200


def overview(team: Roster, pipelines: Sequence[Pipeline], now: datetime, *, admin: bool, last: Change | None) -> Reply:
    """The order, pauses, coming versions and pipelines without an owner; for admins what they can do, and the `last`
    change if it can be undone."""
    today = team.hours.on_call_day(now)
    begun = [version for version in team.versions if version.starts <= today]
    coming = [version for version in team.versions if version.starts > today]
    lines = [TITLE]
    if begun:
        lines.append(NOW.format(day=say.day(begun[-1].starts), order=order(team, begun[-1].order)))
        lines += _paused(team, begun, coming)
    before = begun[-1] if begun else None
    for index, version in enumerate(coming):
        how = _how(team, before, version, coming[index + 1 :]) if before else ""
        lines.append(COMING.format(day=say.day(version.starts), order=order(team, version.order), how=how))
        before = version
    lines += staffing.needs_owner(team, owners.without_owner(team, pipelines))
    return reply([*sections(lines), *(_buttons(last) if admin else [])])


def _paused(team: Roster, begun: Sequence[VersionFacts], coming: Sequence[VersionFacts]) -> list[str]:
    was = dict.fromkeys(who for version in begun for who in version.order if who not in begun[-1].order)
    backs = {who: _back(who, coming) for who in was}
    return [PAUSED.format(who=escape(team.name(who)), day=say.day(day)) for who, day in backs.items() if day]


def _back(who: str, coming: Sequence[VersionFacts]) -> date | None:
    return next((version.starts for version in coming if who in version.order), None)


def _how(team: Roster, before: VersionFacts, version: VersionFacts, later: Sequence[VersionFacts]) -> str:
    changes = []
    for who in (who for who in before.order if who not in version.order):
        back = _back(who, later)
        words = PAUSES.format(who=team.name(who), day=say.day(back)) if back else LEAVES.format(who=team.name(who))
        changes.append(words)
    earlier = {who for each in team.versions if each.starts < version.starts for who in each.order}
    for who in (who for who in version.order if who not in before.order):
        changes.append((IS_BACK if who in earlier else JOINS).format(who=team.name(who)))
    return HOW.format(changes=escape(say.row(changes))) if changes else ""


def _buttons(last: Change | None) -> list[dict[str, Any]]:
    rows = [
        button(ADD, ADD_ACTION),
        button(REMOVE, REMOVE_ACTION),
        button(PAUSE, PAUSE_ACTION),
        button(REORDER, REORDER_ACTION),
    ]
    return [actions(*rows, *([button(UNDO, UNDO_ACTION, str(last.id))] if last else []))]


# Forms


def form(team: Roster, what: str, now: datetime) -> dict[str, Any]:
    """The form for one kind of change."""
    starts = rule.handoffs(team, now, FAR_HANDOFFS)
    members = [(team.name(who), who) for who in rule.coming_members(team, starts[0])]
    first = forms.choice("starts", FROM, _days(starts[:HANDOFFS]), starts[0].isoformat())
    if what == rule.ADDED:
        return _modal(what, [*_somebody(team), first])
    if what == rule.REMOVED:
        return _modal(what, [forms.choice("who", WHO, members), first])
    if what == rule.PAUSED:
        back = forms.choice("until", BACK, _days(starts[len(members) + 1 :]))
        return _modal(what, [forms.choice("who", WHO, members), first, back])
    names = ", ".join(name for name, _ in members)
    if len(names) > LONGEST_ORDER or names.count(",") >= len(members):  # where a name has a comma, or they are many
        names = ", ".join(who for _, who in members)
    return _modal(what, [forms.text("order", NEW_ORDER, names, most=LONGEST_ORDER), first])


def _modal(what: str, blocks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return forms.modal(TITLES[what], CALLBACKS[what], PREVIEW, blocks)


def _somebody(team: Roster) -> list[dict[str, Any]]:
    others = [(person.name, who) for who, person in team.people.items() if who not in team.versions[-1].order]
    chosen = [forms.choice("who", KNOWN, others, optional=True)] if others else []
    name = forms.text("name", NAME, most=LONGEST_NAME, optional=True)
    return [*chosen, name, forms.text("email", EMAIL, most=LONGEST_EMAIL, optional=True)]


def _days(handoffs: Sequence[date]) -> list[tuple[str, str]]:
    return [(say.day(day), day.isoformat()) for day in handoffs]


def undone(team: Roster, change: Change, moved: Effect) -> Reply:
    """What an undo did."""
    match entries.facts(change):
        case PipelineChanged(after=state):
            return reply(sections([UNDONE.format(what=WHAT_OWNERS.format(pipeline=escape(state.pipeline.name)))]))
        case RotationChange(after=after):
            until = after.starts + rule.A_QUARTER
            weeks = staffing.weeks(team, staffing.within(moved, until), until)
        case _:
            weeks = []
    what = WHAT_ROTATION.format(did=staffing.did(team, change))
    return reply(sections([UNDONE.format(what=what), *weeks]))
