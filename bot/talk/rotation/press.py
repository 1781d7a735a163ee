"""Buttons and forms below `/oncall roster`: form ─► preview ─► applied. Who presses is checked at each step.

A preview carries the wish and a mark of what it showed. Where that is not what would be done any more, the new one is
shown first: nobody gets what they have not seen.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.desk import Desk
from bot.plan.model import Email, Name
from bot.speech import forms, payload, permissions, say
from bot.speech.ask import Answer, BadFields, Press
from bot.speech.parts import preview as preview_of
from bot.speech.parts import staffing
from bot.speech.payload import number
from bot.speech.read import people
from bot.speech.read.people import UnknownName
from bot.speech.refusals import fields_of, refusal, sentence
from bot.talk.acting import acting
from bot.talk.feature import Presses
from bot.talk.rotation import command, words
from bot.talk.rotation.words import (
    ADD_ACTION,
    APPLY_CALLBACK,
    PAUSE_ACTION,
    REMOVE_ACTION,
    REORDER_ACTION,
    UNDO_ACTION,
)
from models import changes, teams
from models.schema.plain import plain
from models.store.engine import Tx
from models.store.errors import StoreError
from scheduler.change.frame import Actor
from scheduler.people import members
from scheduler.people import undo as undoing
from scheduler.people.members import RosterWish
from scheduler.refusals import (
    Refused,
)
from scheduler.team import roster
from scheduler.team.roster import NoPlan, Roster

LONGEST_TYPED = 200  # of a name or an email; what else is wrong with one is said then

CHOOSE = "Please choose."
CHOOSE_OR_TYPE = "Choose somebody of the plan, or type a name."
EMAIL_NEEDED = "Please add the email by which Slack knows them: I find them by it."
NOT_BOTH = "Somebody of the plan is chosen already: leave this empty, or choose nobody."
MISSING = "{names} {is_} missing: a new order names everybody. To take somebody out, use Remove."
TWICE = "{name} stands there twice."


@dataclass(frozen=True, slots=True)
class PreviewMark:
    """The mark of what a preview showed; it stands beside the wish."""

    seen: str


def open_form(what: str, press: Press, desk: Desk) -> Answer:
    """A form, for admins."""
    with desk.store.reading() as tx:
        team = roster.load(tx, press.team)
    permissions.check_admin(press.asker, team)
    return Answer(modal=words.form(team, what, press.now))


def preview(what: str, press: Press, desk: Desk) -> Answer:
    """A form that was sent: what it comes to. Raises BadFields."""
    try:
        with desk.store.reading() as tx:
            team = roster.load(tx, press.team)
            permissions.check_admin(press.asker, team)
            wish = _wish(what, press, team)
            lines = _lines(tx, press, wish)
    except (Refused, NoPlan, StoreError) as refused:
        return _refused(words.TITLES[what], press, refused)
    return Answer(modal=_asked(wish, lines))


def apply(press: Press, desk: Desk) -> Answer:
    """A preview that was sent: done, unless it would be something else by now."""
    title = forms.UNREADABLE
    try:
        wish, seen = payload.facts(RosterWish, press.value), payload.facts(PreviewMark, press.value).seen
        _check_wish(wish, press)
        title = words.TITLES[wish.what]
        with desk.store.writing() as tx:
            # Locked before the look: another admin may apply something at the same time
            team, pipelines = roster.load_with_pipelines(tx, teams.lock(tx, press.team))
            again = press.key and changes.of_key(tx, team.id, press.key)
            if not again:
                permissions.check_admin(press.asker, team)
            lines = [] if again else _lines(tx, press, wish)
            if not again and _mark(lines) != seen:
                return Answer(modal=_asked(wish, lines, again=True))
            by = press.actor(team)
            decided = members.change(tx, by, wish).decided
            said = preview_of.done(title, staffing.preview(team, decided, pipelines, by.id))
            return Answer(modal=said, anew=partial(command.answer, press.ask("oncall", "roster"), desk, ""))
    except (Refused, NoPlan, StoreError) as refused:
        return _refused(title, press, refused)


def _check_wish(wish: RosterWish, press: Press) -> None:
    """Raises Unreadable for one that no form makes."""
    if wish.what not in words.TITLES or (wish.what == members.ADDED and not (wish.who or (wish.name and wish.email))):
        raise payload.Unreadable
    for on in (wish.starts, wish.until):
        if on:
            payload.check_year(on, press)


def undo(press: Press, desk: Desk) -> Answer:
    """*Undo the last change*."""
    with acting(desk, press) as now:
        now.check_admin()
        then, made, moved = undoing.undo_change(now.tx, now.by, number(press.value))
        return Answer(words.undone(then, made, moved))


def _lines(tx: Tx, press: Press, wish: RosterWish) -> list[str]:
    team, pipelines = roster.load_with_pipelines(tx, press.team)
    by: Actor = press.actor(team)
    return staffing.preview(team, members.decide(tx, team, by, wish), pipelines, by.id)


def _asked(wish: RosterWish, lines: list[str], *, again: bool = False) -> dict[str, Any]:
    about = json.dumps(plain(wish) | {"seen": _mark(lines)}, ensure_ascii=False)
    return preview_of.asked(words.TITLES[wish.what], APPLY_CALLBACK, lines, about, again=again)


def _mark(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _refused(title: str, press: Press, error: Refused | NoPlan | StoreError) -> Answer:
    """At the field that it is about, else in place of the form. Raises BadFields."""
    field = next((name for name in fields_of(error) if press.fields.get(name)), None)
    if field and isinstance(error, Refused):
        raise BadFields({field: sentence(error)})
    return Answer(modal=forms.result(title, refusal(error, press.team).blocks))


# What was typed


def _wish(what: str, press: Press, team: Roster) -> RosterWish:
    starts, until = _day(press, "starts"), _day(press, "until") if what == members.PAUSED else None
    if what == members.REORDERED:
        return RosterWish(what, starts, order=_order(press.fields.get("order") or "", team, starts))
    who = press.fields.get("who")
    if what == members.ADDED and not who:
        return _new(press, starts)
    if not who or who not in team.people:
        raise BadFields({"who": CHOOSE})
    if what == members.ADDED and press.fields.get("name"):
        raise BadFields({"name": NOT_BOTH})
    return RosterWish(what, starts, who, until)


def _day(press: Press, name: str) -> date:
    return payload.a_day(press, name, CHOOSE)


def _new(press: Press, starts: date) -> RosterWish:
    typed = {name: payload.words(press, name, LONGEST_TYPED) for name in ("name", "email")}
    if not typed["name"]:
        raise BadFields({"name": CHOOSE_OR_TYPE})
    problems: dict[str, str] = {}
    kinds: tuple[tuple[str, Any], ...] = (("name", Name), ("email", Email))
    if not typed["email"]:
        raise BadFields({"email": EMAIL_NEEDED})
    for field, kind in kinds:
        try:
            typed[field] = TypeAdapter(kind).validate_python(typed[field])
        except ValidationError as bad:
            problems[field] = _sentence(bad)
    if problems:
        raise BadFields(problems)
    return RosterWish(members.ADDED, starts, name=typed["name"], email=typed["email"])


def _sentence(bad: ValidationError) -> str:
    said = bad.errors()[0]["msg"].removeprefix("Value error, ")
    return said[:1].upper() + said[1:]


def _order(typed: str, team: Roster, starts: date) -> tuple[str, ...]:
    names = {who: team.name(who) for who in members.coming_members(team, starts)}
    order: list[str] = []
    for name in (each.strip() for each in typed.split(",") if each.strip()):
        try:
            who = people.named(name, names)
        except UnknownName as unknown:
            raise BadFields({"order": unknown.sentence}) from None
        if who in order:
            raise BadFields({"order": TWICE.format(name=names[who])})
        order.append(who)
    if missing := [names[who] for who in members.members(team, starts) if who not in order]:
        is_ = "is" if len(missing) == 1 else "are"
        raise BadFields({"order": MISSING.format(names=say.names(missing), is_=is_)})
    return tuple(order)


OPENS = {
    ADD_ACTION: members.ADDED,
    REMOVE_ACTION: members.REMOVED,
    PAUSE_ACTION: members.PAUSED,
    REORDER_ACTION: members.REORDERED,
}
ACTIONS: Presses = {
    **{action: partial(open_form, what) for action, what in OPENS.items()},
    UNDO_ACTION: undo,
}
FORMS: Presses = {
    **{callback: partial(preview, what) for what, callback in words.CALLBACKS.items()},
    APPLY_CALLBACK: apply,
}
