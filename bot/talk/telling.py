"""What a message's words are made from, and what comes of it: what `posts.py` and the subjects' own posts share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bot.desk import Desk
from bot.speech.ask import Reply
from models.outbox import Message, MessageFacts, Owed
from models.store.engine import Tx
from scheduler.team.roster import Roster

F = TypeVar("F", bound=MessageFacts)


@dataclass(frozen=True, slots=True)
class Telling:
    """A message to be said at the moment `now`, and the team and the store as they are then."""

    tx: Tx
    desk: Desk
    team: Roster
    message: Message
    now: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """What is said, and what is owed about the same once it has been."""

    reply: Reply
    follows: tuple[Owed, ...] = ()


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
class Removal:
    """A file that is taken away, by its id in Slack."""

    file: str


class UnknownKind(Exception):
    """A message of a kind that this release does not know, or whose facts it can't read: another one owed it, and may
    say it."""


Said = Post | Drawing | Removal | None  # None: of no use any more
Renderers = Mapping[type[MessageFacts], Callable[[Telling, Any], Said]]


def says(kind: type[F], render: Callable[[Telling, F], Reply | Said]) -> Renderers:
    """A row of a table of renderers: what says the messages of a kind."""

    def rendered(telling: Telling, facts: F) -> Said:
        said = render(telling, facts)
        return Post(said) if isinstance(said, Reply) else said

    return {kind: rendered}
