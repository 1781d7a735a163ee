"""Pictures by direct message, since no ephemeral reply can hold a file.

asked for ─► one message is owed, with what it is of ─► said in words ─► the file follows
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.speech import public_holidays
from bot.speech.ask import Ask, Asker, Reply
from bot.talk.fairness import picture as fairness_picture
from bot.talk.fairness import words as fairness
from bot.talk.oncall import calendar
from bot.talk.oncall import words as oncall
from bot.talk.telling import Drawing, Post, Telling, UnknownKind
from models import outbox
from models.outbox import Message, Owed, to_member, to_person
from models.store.engine import Store, Tx
from scheduler import due_picture, messages
from scheduler.fairness import load as report
from scheduler.messages import HandoffPicture, PictureAsked, PictureFollows
from scheduler.team.roster import Roster

CALENDAR, FAIRNESS = "calendar", "fairness"
KEEPS = timedelta(hours=1)  # how long a picture is worth sending


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of picture: its file's name before the day, its title, the words that go before it, and what loads its
    facts and returns what draws them."""

    name: str
    title: str
    words: Callable[[Tx, Roster, datetime, PictureAsked], Reply]
    load: Callable[[Tx, Roster, datetime, PictureAsked], Callable[[], bytes]]


def _calendar(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Callable[[], bytes]:
    return lambda: calendar.draw(calendar.of(team, now, weeks=oncall.CALENDAR_WEEKS))


def _calendar_words(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Reply:
    return oncall.calendar(team, now, follows=False)


def _fairness(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Callable[[], bytes]:
    counted = report.of(tx, team, now, facts.year, public_holidays.by_person(team))
    return lambda: fairness_picture.draw(fairness_picture.of(team, counted))


def _fairness_words(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Reply:
    return fairness.short(team, report.of(tx, team, now, facts.year, public_holidays.by_person(team)), follows=False)


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


def owe(store: Store, team: Roster, ask: Ask, facts: PictureAsked) -> bool:
    """Owe a picture to who asks. False where there is nobody in Slack to send it to. Raises StoreError."""
    to = audience(ask.asker, team)
    if to is None:
        return False
    about = f"{to}/{ask.key or ask.now.isoformat()}"
    with store.writing() as tx:
        outbox.owe(tx, team.id, Owed(facts, about, to, ask.now), ask.now)
    return True


def words(at: Telling, facts: PictureAsked) -> Post | None:
    """What is said before the file; None where it is of no use any more."""
    if at.now - at.message.owed_at > KEEPS:
        return None
    return Post(_kind(facts).words(at.tx, at.team, at.now, facts), PictureFollows(facts.of, facts.year))


def drawing(at: Telling, facts: PictureFollows) -> Drawing | None:
    """The file; None where it is of no use any more."""
    if at.now - at.message.owed_at > KEEPS:
        return None
    kind = _kind(facts)
    return Drawing(_file_name(at.message, kind), kind.title, kind.load(at.tx, at.team, at.now, facts))


def _kind(facts: PictureAsked) -> Kind:
    if facts.of not in KINDS:
        raise UnknownKind(facts.of)
    return KINDS[facts.of]


def of_handoff(at: Telling, facts: HandoffPicture) -> Drawing | None:
    """The picture in the thread of the current handoff; None where there is a newer one to be drawn."""
    team, now, kind = at.team, at.now, KINDS[CALENDAR]
    of_now = facts.week == team.hours.week_of(team.hours.on_call_day(now))
    if not of_now or facts.mark != due_picture.mark_of(team, facts.week):
        return None

    def draw() -> bytes:
        return calendar.draw(calendar.of(team, now, weeks=due_picture.WEEKS))

    return Drawing(_file_name(at.message, kind), kind.title, draw, facts.thread, kind.name)


@dataclass(frozen=True, slots=True)
class File:
    """What a message that is a file is found again by: its name, where others have a key, and the thread that it stands
    in, if it does."""

    name: str
    thread: str | None


def file_of(message: Message) -> File | None:
    """The file that a message is; None where it is none."""
    match messages.facts(message):
        case PictureFollows(of=of) if of in KINDS:
            return File(_file_name(message, KINDS[of]), None)
        case HandoffPicture(thread=thread):
            return File(_file_name(message, KINDS[CALENDAR]), thread)
        case _:
            return None


def _file_name(message: Message, kind: Kind) -> str:
    """It has no metadata, so its name tells it from all others, and is the same at each attempt."""
    mark = hashlib.sha256(message.key.encode()).hexdigest()[:12]
    return f"{kind.name}_{message.owed_at.date()}_{mark}.png"
