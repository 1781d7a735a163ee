"""What a subject brings to the bot: `features.py` is the table of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.desk import Desk
from bot.speech.ask import Answer, Ask, Press, Reply
from bot.speech.usage import Ways
from bot.talk.did import Words
from bot.talk.pictures import PictureKind
from bot.talk.telling import Renderers

Presses = Mapping[str, Callable[[Press, Desk], Answer]]


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: what answers it, an example for who typed what can't be read, and what Slack shows of it: what
    may follow, and what it is for. `behind_a_name`: what follows a person's name in the example of such."""

    answer: Callable[[Ask, Desk], Reply]
    example: str
    usage: str
    description: str
    behind_a_name: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word behind `/oncall`: what answers it, given what was typed behind it; its own `example`, where dates or names
    may follow."""

    answer: Callable[[Ask, Desk, str], Reply]
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A subject: its slash commands, its words behind `/oncall` with their help (to look something up, to change
    something, to set something up; `at_first`: what of it stands in the short help), what answers its buttons and
    menus by their action ids, its forms by their callback ids, what says the messages that it owes, its
    pictures, and what the log says of its changes."""

    commands: Mapping[str, Command] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    look_up: Ways = ()
    change: Ways = ()
    set_up: Ways = ()
    at_first: Ways = ()
    actions: Presses = field(default_factory=dict)
    forms: Presses = field(default_factory=dict)
    posts: Renderers = field(default_factory=dict)
    pictures: Mapping[str, PictureKind] = field(default_factory=dict)
    log: Words = field(default_factory=dict)
