"""*Change owners* below a pipeline: form ─► preview ─► applied, for admins. Who presses is checked at each step."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from bot.desk import Desk
from bot.speech import forms, payload
from bot.speech.ask import Answer, BadFields, Press
from bot.speech.parts import staffing
from bot.speech.refusals import refusal
from bot.talk.owners import words as views
from bot.talk.owners.words import APPLY_CALLBACK, FORM_CALLBACK, OPEN_ACTION
from bot.talk.rotation.press import check_admin
from models import changes, teams
from models.store.errors import StoreError
from scheduler.people import owners
from scheduler.people.owners import Owned
from scheduler.refusals import OneOwner, Refused
from scheduler.team import roster
from scheduler.team.roster import NoPlan

NEEDED = "Please choose."
WHY_NEEDED = "Please say why."


@dataclass(frozen=True, slots=True)
class Shown:
    """What a preview carries: the pipeline, its owners as they were, and what was chosen and typed."""

    slug: str
    was: tuple[str, str]
    primary: str
    secondary: str
    why: str


def open_form(press: Press, desk: Desk) -> Answer:
    """The form, with the owners as they are."""
    with desk.store.reading() as tx:
        team = roster.load(tx)
        check_admin(press, team)
        pipeline = owners.find(tx, team, press.value)
    return Answer(modal=views.form(team, pipeline))


def preview(press: Press, desk: Desk) -> Answer:
    """The form as it was sent: what it comes to. Raises BadFields."""
    typed = {name: payload.words(press, name, views.LONGEST_WHY) for name in views.FIELDS}
    missing = {name: WHY_NEEDED if name == "why" else NEEDED for name, value in typed.items() if not value}
    if missing:
        raise BadFields(missing)
    try:
        with desk.store.reading() as tx:
            team = roster.load(tx)
            check_admin(press, team)
            by = press.asker.actor(team, press.now, None)
            owned = owners.decide(tx, team, by, press.value, **typed)
    except OneOwner as refused:
        raise BadFields({"secondary": str(refused)}) from None
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(modal=forms.result(views.TITLE, refusal(refused).blocks))
    return Answer(modal=_asked(owned, by.id, typed))


def _asked(owned: Owned, by: str | None, typed: Mapping[str, str], *, again: bool = False) -> dict[str, object]:
    shown = Shown(owned.was.slug, owned.before, **typed)
    about = json.dumps(asdict(shown), ensure_ascii=False)
    return views.asked(staffing.owners_preview(owned, by), about, again=again)


def apply(press: Press, desk: Desk) -> Answer:
    """A preview that was sent: done, unless the owners are others by now."""
    try:
        shown = payload.facts(Shown, press.value)
        slug, typed = shown.slug, {name: getattr(shown, name) for name in views.FIELDS}
        with desk.store.writing() as tx:
            teams.lock(tx)  # before the look: another admin may apply something at the same time
            team = roster.load(tx)
            check_admin(press, team)
            again = press.key and changes.of_key(tx, team.id, press.key)
            if not again and owners.find(tx, team, slug).owners != shown.was:
                by = press.asker.actor(team, press.now, None)
                return Answer(modal=_asked(owners.decide(tx, team, by, slug, **typed), by.id, typed, again=True))
            by = press.asker.actor(team, press.now, press.key)
            owned = owners.change(tx, by, slug, **typed)
            return Answer(modal=views.done(staffing.owners_preview(owned, by.id)))
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(modal=forms.result(views.TITLE, refusal(refused).blocks))


ACTIONS: Mapping[str, Callable[[Press, Desk], Answer]] = {OPEN_ACTION: open_form}
MODALS: Mapping[str, Callable[[Press, Desk], Answer]] = {FORM_CALLBACK: preview, APPLY_CALLBACK: apply}
