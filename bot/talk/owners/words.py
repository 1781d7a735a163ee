"""The form to change a pipeline's owners, and what becomes of it."""

from collections.abc import Sequence
from typing import Any

from bot.speech import forms
from bot.speech.blocks import bold, section, sections
from bot.talk.rotation.words import APPLY, DONE, MEANWHILE, NOT_YET, PREVIEW
from models.pipelines import Pipeline
from scheduler.people import members
from scheduler.team.roster import Roster

TITLE = "Change owners"
PRIMARY, SECONDARY, WHY = "Primary owner", "Secondary owner", "Why these owners"

OPEN_ACTION, FORM_CALLBACK, APPLY_CALLBACK = "owners.open", "owners.form", "owners.apply"
FIELDS = ("primary", "secondary", "why")
LONGEST_WHY = 1_000


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


def asked(lines: Sequence[str], about: str, *, again: bool = False) -> dict[str, Any]:
    """What will be done when it is sent; `again`: it is not what was shown before."""
    return forms.asking(TITLE, APPLY_CALLBACK, APPLY, [*([MEANWHILE] if again else []), *lines, NOT_YET], about)


def done(lines: Sequence[str]) -> dict[str, Any]:
    """What was done."""
    return forms.result(TITLE, sections([DONE, *lines]))
