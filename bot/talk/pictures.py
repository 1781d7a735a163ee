"""Pictures by direct message, since no ephemeral reply can hold a file.

asked for ─► one message is owed: PICTURE, with what it is of ─► said in words ─► the file follows: DRAWING
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.speech import public_holidays
from bot.speech.ask import Ask, Asker, Reply
from bot.talk.fairness import picture as fairness_picture
from bot.talk.fairness import words as fairness
from bot.talk.oncall import calendar
from bot.talk.oncall import words as oncall
from models import outbox
from models.outbox import Message, Owed, to_member, to_person
from models.store.engine import Store, Tx
from scheduler import due_picture
from scheduler.due_picture import HANDOFF_PICTURE
from scheduler.fairness import load as report
from scheduler.team.roster import Roster

PICTURE, DRAWING = "picture", "drawing"
CALENDAR, FAIRNESS = "calendar", "fairness"
KEEPS = timedelta(hours=1)  # how long a picture is worth sending

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A file that is shared: its name, by which it is found again, its title, what draws it, in which message's thread
    it stands (its timestamp; None: by itself), and how the names of all of its kind begin."""

    name: str
    title: str
    draw: Callable[[], bytes]
    thread: str | None = None
    family: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of picture: its file's name before the day, its title, the words that go before it, and what loads its
    facts and returns what draws them."""

    name: str
    title: str
    words: Callable[[Tx, Roster, datetime, Facts], Reply]
    load: Callable[[Tx, Roster, datetime, Facts], Callable[[], bytes]]


def _calendar(tx: Tx, team: Roster, now: datetime, facts: Facts) -> Callable[[], bytes]:
    return lambda: calendar.draw(calendar.of(team, now, weeks=oncall.CALENDAR_WEEKS))


def _calendar_words(tx: Tx, team: Roster, now: datetime, facts: Facts) -> Reply:
    return oncall.calendar(team, now, follows=False)


def _fairness(tx: Tx, team: Roster, now: datetime, facts: Facts) -> Callable[[], bytes]:
    counted = report.of(tx, team, now, facts.get("year"), public_holidays.by_person(team))
    return lambda: fairness_picture.draw(fairness_picture.of(team, counted))


def _fairness_words(tx: Tx, team: Roster, now: datetime, facts: Facts) -> Reply:
    return fairness.short(
        team, report.of(tx, team, now, facts.get("year"), public_holidays.by_person(team)), follows=False
    )


KINDS: Mapping[str, Kind] = {
    CALENDAR: Kind("on_call_rotation", "On call", _calendar_words, _calendar),
    FAIRNESS: Kind("on_call_fairness", "Who carried how much", _fairness_words, _fairness),
}


def audience(asker: Asker, team: Roster) -> str | None:
    """Who gets the picture: a person of the plan as such, since their other messages wait in the same row. None in the
    terminal."""
    person = asker.person(team)
    if person and person.slack:
        return to_person(person.id)
    return to_member(asker.slack_id) if asker.slack_id else None


def owe(store: Store, team: Roster, ask: Ask, of: str, **facts: Any) -> bool:
    """Owe a picture to who asks. False where there is nobody in Slack to send it to. Raises StoreError."""
    to = audience(ask.asker, team)
    if to is None:
        return False
    about = f"{to}/{ask.key or ask.now.isoformat()}"
    with store.writing() as tx:
        outbox.owe(tx, team.id, Owed(PICTURE, about, to, ask.now, {"of": of, **facts}), ask.now)
    return True


def words(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    """What is said before the file; None where it is of no use any more."""
    return _kind(message).words(tx, team, now, message.facts) if now - message.owed_at <= KEEPS else None


def drawing(tx: Tx, team: Roster, message: Message, now: datetime) -> Drawing | None:
    """The file; None where it is of no use any more."""
    if now - message.owed_at > KEEPS:
        return None
    kind = _kind(message)
    return Drawing(file_name(message), kind.title, kind.load(tx, team, now, message.facts))


def of_handoff(team: Roster, message: Message, now: datetime) -> Drawing | None:
    """The picture in the thread of the current handoff; None where there is a newer one to be drawn."""
    week = date.fromisoformat(message.facts["week"])
    of_now = week == team.hours.week_of(team.hours.on_call_day(now))
    if not of_now or message.facts["mark"] != due_picture.mark_of(team, week):
        return None

    def draw() -> bytes:
        return calendar.draw(calendar.of(team, now, weeks=due_picture.WEEKS))

    kind = KINDS[CALENDAR]
    return Drawing(file_name(message), kind.title, draw, message.facts["thread"], kind.name)


def _kind(message: Message) -> Kind:
    return KINDS[message.facts.get("of", CALENDAR)]


def is_file(message: Message) -> bool:
    """Whether a message is a file: known by its name, where others are by their key."""
    return message.kind in (DRAWING, HANDOFF_PICTURE)


def file_name(message: Message) -> str:
    """The name of a message that is a file: it has no metadata, so its name tells it from all others, and is the same
    at each attempt."""
    mark = hashlib.sha256(message.key.encode()).hexdigest()[:12]
    return f"{_kind(message).name}_{message.owed_at.date()}_{mark}.png"
