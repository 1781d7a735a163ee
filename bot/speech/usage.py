"""How a command is used: its help, and the answer to an argument that can't be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.speech.ask import Reply
from bot.speech.blocks import actions, button, reply, say, section, sections, short
from bot.speech.mrkdwn import escape
from bot.speech.read import decode

HELP = "*How to use* `{command}`"
EXAMPLE = "For example: `{command}`"
ALL = "All commands"
DID_YOU_MEAN = "Did you mean `{meant}`?"

LONGEST_QUOTE = 60
BLOCKS = 50  # in a message: https://docs.slack.dev/reference/block-kit/blocks


class Prefixed(Protocol):
    """Knows how commands are typed here, as a desk does."""

    def command(self, typed: str) -> str:
        """With slash and prefix: `oncall next` → `/oncall next`."""


Ways = Sequence[tuple[str, str]]  # how something is typed (without slash and prefix), and what it does


def help_of(desk: Prefixed, examples: Ways) -> Reply:
    """A command's help: each way to use it."""
    return say(_head(desk, examples), *_lines(desk, examples))


def first(desk: Prefixed, examples: Ways, action: str, *also: str) -> Reply:
    """The beginning of a long help, a phone screen of it: what is used most, lines below, and a button for all."""
    lines = [_head(desk, examples), *_lines(desk, examples), *also]
    return reply([*sections(lines), actions(button(ALL, action))])


def grouped(desk: Prefixed, groups: Mapping[str, Ways]) -> Reply:
    """A long help: each way, below headings."""
    [examples, *_] = groups.values()
    paragraphs = ("\n".join([f"*{title}*", *_lines(desk, ways)]) for title, ways in groups.items())
    return reply([section(_head(desk, examples)), *map(section, paragraphs)])


def _head(desk: Prefixed, examples: Ways) -> str:
    return HELP.format(command=desk.command(examples[0][0].split()[0]))


def _lines(desk: Prefixed, examples: Ways) -> list[str]:
    return [f"• `{desk.command(typed)}`: {does}" for typed, does in examples]


def wrong(desk: Prefixed, sentence: str, example: str, *, did_you_mean: str | None = None) -> Reply:
    """Why an argument can't be taken (mrkdwn), what may be meant, and one example (without slash and prefix)."""
    meant = f" {DID_YOU_MEAN.format(meant=escape(did_you_mean))}" if did_you_mean else ""
    return refused(sentence + meant, EXAMPLE.format(command=escape(desk.command(example))))


def refused(*lines: str) -> Reply:
    """Why something was not done."""
    return replace(say(*lines), refused=True)


def doubted(answer: Reply, why: str) -> Reply:
    """An answer that may not be right, with the reason (plain text) above it."""
    return replace(answer, text=f"{why}\n{answer.text}", blocks=[section(escape(why)), *answer.blocks][:BLOCKS])


def shown(typed: str) -> str:
    """What somebody typed, in printable characters and short."""
    printable = "".join(character if character.isprintable() else " " for character in decode.words(typed))
    return short(" ".join(printable.split()), LONGEST_QUOTE)


def quoted(typed: str) -> str:
    """What somebody typed, made harmless and short, in quotes."""
    return f"“{escape(shown(typed))}”"
