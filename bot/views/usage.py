"""How a command is used: its help, and the answer to an argument that can't be taken."""

from collections.abc import Sequence
from dataclasses import replace

from bot.ask import Desk, Reply
from bot.mrkdwn import escape
from bot.views.blocks import say, short

HELP = "*How to use* `{command}`"
EXAMPLE = "For example: `{command}`"
DID_YOU_MEAN = "Did you mean `{meant}`?"

LONGEST_QUOTE = 60


def of(desk: Desk, examples: Sequence[tuple[str, str]], *also: str) -> Reply:
    """A command's help: each way to use it (without slash and prefix), and what it does. `also`: lines below."""
    command = desk.command(examples[0][0].split()[0])
    ways = (f"• `{desk.command(typed)}`: {does}" for typed, does in examples)
    return say(HELP.format(command=command), *ways, *also)


def wrong(desk: Desk, sentence: str, example: str, *, did_you_mean: str | None = None) -> Reply:
    """Why an argument can't be taken (mrkdwn), what may be meant, and one example (without slash and prefix)."""
    meant = f" {DID_YOU_MEAN.format(meant=escape(did_you_mean))}" if did_you_mean else ""
    return refused(sentence + meant, EXAMPLE.format(command=escape(desk.command(example))))


def refused(*lines: str) -> Reply:
    """Why something was not done."""
    return replace(say(*lines), refused=True)


def shown(typed: str) -> str:
    """What somebody typed, in printable characters and short."""
    printable = "".join(character if character.isprintable() else " " for character in typed)
    return short(" ".join(printable.split()), LONGEST_QUOTE)


def quoted(typed: str) -> str:
    """What somebody typed, made harmless and short, in quotes."""
    return f"“{escape(shown(typed))}”"
