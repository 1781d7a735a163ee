"""What was changed, a short line for each: when, who, what, about whom, before and after.

Notes and contact details stay in the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from bot.speech import ask, say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, bold, button, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import moves, staffing
from bot.talk.did import named
from bot.talk.log.words import PRIVATE, words
from models.changes import Change
from models.people import Person
from scheduler.team.roster import Roster

TITLE = "*What was changed*"
TITLE_OF = "*What was changed by or for {who}*"
NOTHING = "Nothing was changed yet."
NO_MORE = "There is nothing older."
LINE = "• {at}: {who} {did}"
MOVED = "      ↳ {days}: {before} → {after}"
MOVED_MORE = "      ↳ … and {count} more."
TERMINAL = "somebody at the terminal"
AT_TERMINAL = "{who} (at the terminal)"
OLDER = "Older ones"

OLDER_ACTION = "log.older"


def listed(team: Roster, change: Sequence[Change], who: Person | None, *, more: bool) -> Reply:
    """These changes, the latest first; `who`: only theirs are looked at; `more`: there are older ones."""
    title = TITLE_OF.format(who=escape(who.name)) if who else TITLE
    if not change:
        return reply(sections([title, NOTHING]))
    lines = [title]
    for day, changes in groupby(change, key=lambda each: team.hours.date_of(each.at)):
        lines.append(f"*{say.day(day)}*")
        lines += [text for each in changes for text in lines_of(team, each, say.clock(each.at, team.hours.zone))]
    blocks = sections(lines)
    if more:
        blocks.append(actions(button(OLDER, OLDER_ACTION, f"{change[-1].id}/{who.id if who else ''}")))
    return reply(blocks)


def lines_of(team: Roster, change: Change, at: str) -> list[str]:
    """One change, with its time, and below it whose days they were before that and are after it."""
    who = bold(team.name(change.by)) if change.by else TERMINAL
    if change.by and ask.is_of_terminal(change.key):
        who = AT_TERMINAL.format(who=who)
    moved = moves.spans(team, staffing.of_log(change))
    shown, left = say.first_of(moved, staffing.MOST_WEEKS)
    return [
        LINE.format(at=at, who=who, did=words(team, change)),
        *(
            MOVED.format(days=span, before=named(team, before), after=named(team, after))
            for span, before, after in shown
        ),
        *([MOVED_MORE.format(count=left)] if left else []),
    ]


def public(facts: Any) -> Any:
    """Plain values without what is private: notes and contact details."""
    if isinstance(facts, Mapping):
        return {name: public(value) for name, value in facts.items() if name not in PRIVATE}
    return [public(each) for each in facts] if isinstance(facts, list) else facts


def no_more() -> Reply:
    """That there is nothing older."""
    return reply(sections([NO_MORE]))


def without_private(change: Change) -> Change:
    """A change as it may be shown: without notes and contact details."""
    return replace(change, before=public(change.before), after=public(change.after))
