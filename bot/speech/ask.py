"""What people ask, and what they are answered.

    Slack, terminal, sandbox ─► Ask ─► talk/… ─► Reply             a typed command
                                Press ─► talk/… ─► Answer          a button, a menu, a modal that is sent

The same functions serve all of them, so nothing here knows Bolt.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from bot.speech.mrkdwn import pages
from models.people import Person
from scheduler.change.frame import ANYWHERE, Actor, Origin
from scheduler.refusals import Refused
from scheduler.team.roster import Roster

# Characters of text that an edit may have, and a post surely: https://docs.slack.dev/reference/methods/chat.update
NOTIFICATION = 4_000
AT_TERMINAL = "terminal/"  # what the key of a change begins with that was made there in a person's name

Block = dict[str, Any]
Where = Literal["replace", "beside", "channel"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: by Slack member id, or, in the terminal, as a person of the plan (by id). Of another workspace, where
    Slack says so: a `colleague` where that is of the same enterprise (Enterprise Grid), else `foreign` (Slack
    Connect): whoever is foreign is nobody of the plan, whatever that says of their id. This is the one place that tells
    who somebody is, for each command, press and form."""

    slack_id: str | None = None
    person_id: str | None = None
    foreign: bool = False
    colleague: bool = False

    def person(self, team: Roster) -> Person | None:
        """Them in the plan, if they are in it and not foreign."""
        if self.foreign:
            return None
        if self.person_id:
            return team.people.get(self.person_id)
        return team.by_slack.get(self.slack_id) if self.slack_id else None

    def is_admin(self, team: Roster) -> bool:
        """Whether they are an admin of the team."""
        person = self.person(team)
        return person is not None and person.id in team.admins

    def actor(self, team: Roster, now: datetime, key: str | None, origin: Origin = ANYWHERE) -> Actor:
        """A change of the team that they ask for. `key` tells the same request when it comes again."""
        person = self.person(team)
        return Actor(person.id if person else None, self.is_admin(team), now, key, replace(origin, team=team.id))


def terminal_key() -> str:
    """A key for a change that somebody makes at the terminal in a person's name: it never comes twice, and by it the
    log tells so."""
    return f"{AT_TERMINAL}{uuid4().hex}"


def is_of_terminal(key: str | None) -> bool:
    """Whether a change was made there in a person's name."""
    return key is not None and key.startswith(AT_TERMINAL)


class Incoming:
    """What commands and presses have in common: by whom, when (an aware moment) and where it is asked. `key` is the
    same when the same request comes twice."""

    __slots__ = ()

    asker: Asker
    now: datetime
    key: str | None
    origin: Origin

    @property
    def team(self) -> int | None:
        """The id of the team that is meant; None: the store's own."""
        return self.origin.team

    def actor(self, team: Roster) -> Actor:
        """A change of the team that is asked for by this."""
        return self.asker.actor(team, self.now, self.key, self.origin)


@dataclass(frozen=True, slots=True)
class Ask(Incoming):
    """A command: its name without slash and prefix, and what was typed behind it (plain text; mentions as in
    `decode`)."""

    command: str
    text: str
    asker: Asker
    now: datetime
    key: str | None = None
    origin: Origin = ANYWHERE


@dataclass(frozen=True, slots=True)
class Press(Incoming):
    """A button pressed, a menu chosen from, or a modal sent: which (`action`), with what (`value`: what the bot gave
    the button; `chosen`: what the person picked; `fields`: a modal's inputs by block id). `private`: in an answer that
    only who presses reads, which nobody can edit later."""

    action: str
    value: str
    asker: Asker
    now: datetime
    key: str | None = None
    chosen: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)
    origin: Origin = ANYWHERE
    private: bool = False

    def ask(self, command: str, text: str = "") -> Ask:
        """The command that it stands for."""
        return Ask(command, text, self.asker, self.now, self.key, self.origin)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: text without marks, escaped as mrkdwn is (for notifications, screen readers and, unescaped, the
    terminal), and blocks. `refused`: what was asked for could not be taken, and nothing was changed. `failed`: it could
    not, for want of the store."""

    text: str
    blocks: list[Block]
    refused: bool = False
    failed: bool = False

    @property
    def notification(self) -> str:
        """As much of the text as Slack takes beside blocks, which hold all of it."""
        return self.text if len(self.text) <= NOTIFICATION else f"{pages([self.text], NOTIFICATION - 1)[0]}…"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a press is answered: a reply that replaces the one with the button, stands below it for the presser only
    (`beside`), or for everybody (`channel`); or a modal to open. Neither where nothing is to be said. A form that was
    sent has both: the modal says it, and the home that it was opened from keeps the reply's buttons. `anew`: what then
    stands in place of the private answer that it was opened from, worded once it is saved."""

    reply: Reply | None = None
    where: Where = "replace"
    modal: dict[str, Any] | None = None
    anew: Callable[[], Reply] | None = None


class BadFields(Exception):
    """A modal that cannot be taken as it is: a sentence for each field that needs another look, by block id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in errors.items()))
        self.errors = errors


class OwnWords(Refused):
    """A refusal that is only ever spoken: it has its `sentence`."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence
