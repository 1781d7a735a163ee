"""What a change did, in words, as the log says it: what the subjects' own words of it share."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from bot.speech import say
from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape
from bot.speech.you_or_name import NOBODY
from models.changes import Change, ChangeFacts
from scheduler.team.roster import Roster

WHOSE = " of {who}"
ORDER = "{before} → {after}"

F = TypeVar("F", bound=ChangeFacts)
Words = Mapping[type[ChangeFacts], Callable[[Roster, Change, Any], str]]


def tells(kind: type[F], did: Callable[[Roster, Change, F], str]) -> Words:
    """A row of the table of words: what a change of that kind did."""
    return {kind: did}


def whose(team: Roster, change: Change) -> str:
    """Whose it was that was changed, where somebody else did it."""
    return "" if change.about in (None, change.by) else WHOSE.format(who=bold(team.name(change.about)))


def named(team: Roster, who: str | None) -> str:
    """A person's name in bold, or that there is nobody."""
    return bold(team.name(who)) if who else NOBODY


def week(first: date) -> str:
    """The week that begins on `first`."""
    return say.span(first, first + timedelta(days=7))


def order(team: Roster, ids: Sequence[str]) -> str:
    """People of a rotation, in its order."""
    return say.row([escape(team.name(who)) for who in ids])
