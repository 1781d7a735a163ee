"""From what is owed of pictures to the words before a file, and the file.

asked for ─► one message is owed, with what it is of ─► said in words ─► the file follows
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.talk.features import FEATURES
from bot.talk.oncall import calendar, picture
from bot.talk.pictures import CALENDAR, KEEPS, PictureKind
from bot.talk.telling import Drawing, Post, Removal, Renderers, Telling, UnknownKind, says
from models.outbox import Message, Owed
from scheduler import due_picture, messages
from scheduler.messages import HandoffPicture, PictureAsked, PictureFollows, PictureGone

KINDS: Mapping[str, PictureKind] = {name: kind for each in FEATURES for name, kind in each.pictures.items()}


def words(at: Telling, facts: PictureAsked) -> Post | None:
    """What is said before the file; None where it is of no use any more."""
    if at.now - at.message.owed_at > KEEPS:
        return None
    file = Owed(PictureFollows(facts.of, facts.year), at.message.about, at.message.audience, at.now)
    return Post(_kind(facts).words(at.tx, at.team, at.now, facts), (file,))


def drawing(at: Telling, facts: PictureFollows) -> Drawing | None:
    """The file; None where it is of no use any more."""
    if at.now - at.message.owed_at > KEEPS:
        return None
    kind = _kind(facts)
    return Drawing(_file_name(at.message, kind), kind.title, kind.load(at.tx, at.team, at.now, facts))


def _kind(facts: PictureAsked) -> PictureKind:
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
        return picture.draw(calendar.picture_of(team, now, weeks=due_picture.WEEKS))

    return Drawing(_file_name(at.message, kind), kind.title, draw, facts.thread, kind.name)


def _picture_gone(at: Telling, facts: PictureGone) -> Removal | None:
    return Removal(facts.file) if facts.file else None


@dataclass(frozen=True, slots=True)
class SharedFile:
    """What a message that is a file is found again by: its name, where others have a key, and the thread that it stands
    in, if it does."""

    name: str
    thread: str | None


def file_of(message: Message) -> SharedFile | None:
    """The file that a message is; None where it is none."""
    match messages.facts(message):
        case PictureFollows(of=of) if of in KINDS:
            return SharedFile(_file_name(message, KINDS[of]), None)
        case HandoffPicture(thread=thread):
            return SharedFile(_file_name(message, KINDS[CALENDAR]), thread)
        case _:
            return None


def _file_name(message: Message, kind: PictureKind) -> str:
    """It has no metadata, so its name tells it from all others, and is the same at each attempt."""
    mark = hashlib.sha256(message.key.encode()).hexdigest()[:12]
    return f"{kind.name}_{message.owed_at.date()}_{mark}.png"


POSTS: Renderers = {
    **says(PictureAsked, words),
    **says(PictureFollows, drawing),
    **says(HandoffPicture, of_handoff),
    **says(PictureGone, _picture_gone),
}
