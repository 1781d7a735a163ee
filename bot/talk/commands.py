"""What can be typed, and what answers it. A refusal is an answer too."""

from collections.abc import Mapping

from bot.desk import Desk
from bot.speech import usage
from bot.speech.ask import Answer, Ask, Press, Reply
from bot.speech.mrkdwn import escape
from bot.speech.read.characters import first_word
from bot.speech.read.dates import BadDates
from bot.speech.read.nearest import Close, Exact, nearest
from bot.speech.read.people import UnknownName
from bot.speech.refusals import refusal
from bot.talk import features, log, oncall
from bot.talk.feature import Command, Word
from bot.talk.oncall.command import NotUnderstood
from models.store.errors import StoreError
from scheduler.refusals import Refused
from scheduler.team.roster import NoPlan

FEATURES = (*features.FEATURES, log.FEATURE)
COMMANDS: Mapping[str, Command] = {name: command for each in FEATURES for name, command in each.commands.items()}
WORDS: Mapping[str, Word] = {name: word for each in FEATURES for name, word in each.words.items()}

HELP, ALL = "help", "all"
EVERY_WAY = {
    "Look it up": [way for each in FEATURES for way in each.look_up],
    "Change it": [way for each in FEATURES for way in each.change],
    "Set it up for you": [way for each in FEATURES for way in each.set_up],
}
USED_MOST = (*(way for each in FEATURES for way in each.at_first), (f"oncall {HELP} {ALL}", "everything else"))
AT_A_GLANCE = "The *Home* tab of this app shows it at a glance: your weeks, your time off, and what waits for you."
BAD_ARGUMENT = "I don't know what {typed} means here."

ONCALL = "oncall"  # the command that has words of other subjects behind it
ONCALL_WORDS = (*oncall.command.WORDS, HELP, *WORDS)
HELP_ACTION = "oncall.help"


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer a command. A refusal is an answer too: what is wrong, what may be meant, and one example."""
    command = COMMANDS[ask.command]
    try:
        return _oncall(ask, desk) if ask.command == ONCALL else command.answer(ask, desk)
    except BadDates as bad:
        return usage.wrong(desk, escape(bad.sentence), command.example)
    except UnknownName as unknown:
        return usage.wrong(desk, escape(unknown.sentence), f"{ask.command} @Maya {command.behind_a_name}".strip())
    except (Refused, NoPlan, StoreError) as refused:
        return refusal(refused, ask.team)


def _oncall(ask: Ask, desk: Desk) -> Reply:
    """`/oncall`, its help, or a word behind it that is another subject's."""
    first, rest = first_word(" ".join(ask.text.split()))
    word = first.lower()
    if word == HELP:
        return full_help(desk) if rest.lower() == ALL else usage.first(desk, USED_MOST, HELP_ACTION, AT_A_GLANCE)
    if word in WORDS:
        return _help_of(desk, word) if rest.lower() == HELP else _word(ask, desk, word, rest)
    try:
        return oncall.COMMAND.answer(ask, desk)
    except NotUnderstood as unknown:
        return _not_understood(ask, desk, unknown)


def _word(ask: Ask, desk: Desk, word: str, rest: str) -> Reply:
    """What a word answers; a date or name that can't be read gets an example of that word."""
    try:
        return WORDS[word].answer(ask, desk, rest)
    except (BadDates, UnknownName) as bad:
        example = WORDS[word].example
        if example is None:
            raise
        return usage.wrong(desk, escape(bad.sentence), example)


def _help_of(desk: Desk, word: str) -> Reply:
    ways = [way for group in EVERY_WAY.values() for way in group]
    return usage.help_of(desk, [(typed, does) for typed, does in ways if typed.split()[1:2] == [word]])


def full_help(desk: Desk) -> Reply:
    """Every way to use `/oncall`."""
    return usage.grouped(desk, EVERY_WAY)


def all_help(press: Press, desk: Desk) -> Answer:
    """*All commands*: in place of those used most."""
    return Answer(full_help(desk))


def _not_understood(ask: Ask, desk: Desk, unknown: NotUnderstood) -> Reply:
    near = unknown.pipeline or _near_word(ask.text)
    is_like_a_date = not near and any(character.isdigit() for character in ask.text)
    if unknown.bad.suggestion or is_like_a_date:
        raise unknown.bad
    what = BAD_ARGUMENT.format(typed=usage.quoted(ask.text))
    return usage.wrong(desk, what, f"oncall {near or HELP}", did_you_mean=near)


def _near_word(typed: str) -> str | None:
    match = nearest(typed, {word: word for word in ONCALL_WORDS})
    return match.slug if isinstance(match, Close | Exact) else None
