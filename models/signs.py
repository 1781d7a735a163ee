"""Signs of who is on duty that stand outside the bot's messages: what it made of them last, and what was refused."""

from dataclasses import dataclass

from sqlalchemy import select

from models.schema.rows import columns, first
from models.schema.tables import SignRow
from models.schema.upsert import upsert
from models.store.engine import Tx

GROUP, TOPIC = "group", "topic"
UNDER_WAY = "under_way"
NOT_OURS = "not_ours"  # our own word beside Slack's: somebody wrote the topic


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which signs there are to be: a user group's id or handle, who else is always in it (member ids), and whether the
    channel's topic names who is on call."""

    group: str | None = None
    always: tuple[str, ...] = ()
    topic: bool = False

    def __bool__(self) -> bool:
        return self.group is not None or self.topic


@dataclass(frozen=True, slots=True)
class Sign:
    """What the bot made of it last, and, where Slack would not have it, the reason and what was wanted then. While the
    bot is at it, or was when it died, that is UNDER_WAY."""

    made: str | None = None
    problem: str | None = None
    refused: str | None = None

    @property
    def under_way(self) -> str | None:
        """What the bot may have made of it without knowing so."""
        return self.refused if self.problem == UNDER_WAY else None


def named(tx: Tx, team_id: int, name: str) -> Sign:
    """The sign of that name."""
    mine = select(*columns(SignRow, Sign)).where(SignRow.team_id == team_id, SignRow.name == name)
    return first(tx, Sign, mine) or Sign()


def begins(tx: Tx, team_id: int, name: str, value: str, before: str) -> None:
    """The bot is about to make this of it. `before` is its own too."""
    key = {"team_id": team_id, "name": name}
    upsert(tx, SignRow, key, {"made": before, "problem": UNDER_WAY, "refused": value})


def made(tx: Tx, team_id: int, name: str, value: str) -> None:
    """The bot made this of it."""
    key = {"team_id": team_id, "name": name}
    upsert(tx, SignRow, key, {"made": value, "problem": None, "refused": None})


def refused(tx: Tx, team_id: int, name: str, value: str, problem: str) -> None:
    """Slack would not have this."""
    key = {"team_id": team_id, "name": name}
    upsert(tx, SignRow, key, {"problem": problem, "refused": value})
