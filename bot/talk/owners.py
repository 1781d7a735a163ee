"""*Change owners* below a pipeline: form ─► preview ─► applied, for admins. Who presses is checked at each step."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.desk import Desk
from bot.speech import forms, payload, permissions
from bot.speech.ask import Answer, BadFields, Press
from bot.speech.blocks import bold, section
from bot.speech.parts import preview as preview_of
from bot.speech.parts import staffing
from bot.speech.parts.preview import PREVIEW
from bot.speech.refusals import refusal, sentence
from bot.talk.feature import Feature, Presses
from models import changes, teams
from models.pipelines import Pipeline
from models.store.errors import StoreError
from scheduler.people import members, owners
from scheduler.people.owners import Owned, OwnersWish
from scheduler.refusals import OneOwner, Refused
from scheduler.team import roster
from scheduler.team.roster import NoPlan, Roster

TITLE = "Change owners"
PRIMARY, SECONDARY, WHY = "Primary owner", "Secondary owner", "Why these owners"

OPEN_ACTION, FORM_CALLBACK, APPLY_CALLBACK = "owners.open", "owners.form", "owners.apply"
FIELDS = ("primary", "secondary", "why")
LONGEST_WHY = 1_000
NEEDED = "Please choose."
WHY_NEEDED = "Please say why."


def form(team: Roster, pipeline: Pipeline) -> dict[str, Any]:
    """Two people and a reason, as they are; who left the rotation for good is not offered."""
    gone = members.departed(team)
    people = [(person.name, who) for who, person in team.people.items() if person.listed and who not in gone]
    blocks = [
        section(bold(pipeline.name)),
        forms.choice("primary", PRIMARY, people, pipeline.primary_id),
        forms.choice("secondary", SECONDARY, people, pipeline.secondary_id),
        forms.text("why", WHY, pipeline.why, most=LONGEST_WHY, long=True),
    ]
    return forms.modal(TITLE, FORM_CALLBACK, PREVIEW, blocks, pipeline.slug)


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
        team = roster.load(tx, press.team)
        permissions.check_admin(press.asker, team)
        pipeline = owners.find(tx, team, press.value)
    return Answer(modal=form(team, pipeline))


def preview(press: Press, desk: Desk) -> Answer:
    """The form as it was sent: what it comes to. Raises BadFields."""
    typed = {name: payload.words(press, name, LONGEST_WHY) for name in FIELDS}
    missing = {name: WHY_NEEDED if name == "why" else NEEDED for name, value in typed.items() if not value}
    if missing:
        raise BadFields(missing)
    try:
        with desk.store.reading() as tx:
            team = roster.load(tx, press.team)
            permissions.check_admin(press.asker, team)
            by = press.actor(team)
            owned = owners.decide(tx, team, by, OwnersWish(press.value, **typed))
    except OneOwner as refused:
        raise BadFields({"secondary": sentence(refused)}) from None
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(modal=forms.result(TITLE, refusal(refused, press.team).blocks))
    return Answer(modal=_asked(owned, by.id, typed))


def _asked(owned: Owned, by: str | None, typed: Mapping[str, str], *, again: bool = False) -> dict[str, object]:
    shown = Shown(owned.was.slug, owned.before, **typed)
    about = json.dumps(asdict(shown), ensure_ascii=False)
    return preview_of.asked(TITLE, APPLY_CALLBACK, staffing.owners_preview(owned, by), about, again=again)


def apply(press: Press, desk: Desk) -> Answer:
    """A preview that was sent: done, unless the owners are others by now."""
    try:
        shown = payload.facts(Shown, press.value)
        slug, typed = shown.slug, {name: getattr(shown, name) for name in FIELDS}
        with desk.store.writing() as tx:
            # Locked before the look: another admin may apply something at the same time
            team = roster.load(tx, teams.lock(tx, press.team))
            again = press.key and changes.of_key(tx, team.id, press.key)
            if not again:
                permissions.check_admin(press.asker, team)
            if not again and owners.find(tx, team, slug).owners != shown.was:
                by = press.actor(team)
                return Answer(
                    modal=_asked(owners.decide(tx, team, by, OwnersWish(slug, **typed)), by.id, typed, again=True)
                )
            by = press.actor(team)
            owned = owners.change(tx, by, slug, **typed)
            return Answer(modal=preview_of.done(TITLE, staffing.owners_preview(owned, by.id)))
    except (Refused, NoPlan, StoreError) as refused:
        return Answer(modal=forms.result(TITLE, refusal(refused, press.team).blocks))


def slug_of(press: Press) -> str | None:
    """The pipeline of a preview that was sent; None where it can't be read."""
    try:
        return payload.facts(Shown, press.value).slug
    except payload.Unreadable:
        return None


ACTIONS: Presses = {OPEN_ACTION: open_form}
FORMS: Presses = {FORM_CALLBACK: preview}

FEATURE = Feature(actions=ACTIONS, forms=FORMS)
