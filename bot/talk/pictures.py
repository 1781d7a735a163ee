"""Pictures by direct message, since no ephemeral reply can hold a file: asked for here, drawn in `drawings.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.speech.ask import Ask, Asker, Reply
from models import outbox
from models.outbox import Owed, to_member, to_person
from models.store.engine import Store, Tx
from scheduler.messages import PictureAsked
from scheduler.team.roster import Roster

CALENDAR, FAIRNESS = "calendar", "fairness"
KEEPS = timedelta(hours=1)  # how long a picture is worth sending


@dataclass(frozen=True, slots=True)
class PictureKind:
    """A kind of picture: its file's name before the day, its title, the words that go before it, and what loads its
    facts and returns what draws them."""

    name: str
    title: str
    words: Callable[[Tx, Roster, datetime, PictureAsked], Reply]
    load: Callable[[Tx, Roster, datetime, PictureAsked], Callable[[], bytes]]


def audience(asker: Asker, team: Roster) -> str | None:
    """Who gets the picture: a person of the plan as such, since their other messages wait in the same row. None in the
    terminal."""
    person = asker.person(team)
    if person and person.slack:
        return to_person(person.id)
    return to_member(asker.slack_id) if asker.slack_id else None


def answered(store: Store, team: Roster, ask: Ask, facts: PictureAsked, says: Callable[[bool], Reply]) -> Reply:
    """Owe a picture to who asks, and what `says` that it follows, or that it doesn't: where there is nobody in Slack to
    send it to. It is worded before anything is saved. Raises StoreError."""
    to = audience(ask.asker, team)
    if to is None:
        return says(False)
    about = f"{to}/{ask.key or ask.now.isoformat()}"
    with store.writing() as tx:
        outbox.owe(tx, team.id, Owed(facts, about, to, ask.now), ask.now)
        return says(True)
