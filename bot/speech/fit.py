"""Keeps what is said within what Slack takes, whoever is in the plan: what is too long is cut, and says so.

Views cut where they know what matters least; here nothing gets past. Of all text in the blocks of a message 9,600
characters are taken (undocumented: `msg_blocks_too_long`; others measured that 11,000 are not), of a section 3,000; of
blocks 50, in a modal or a home 100: https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.speech.ask import Block
from bot.speech.mrkdwn import FENCE, pages

ALL_TEXT, SECTION = 9_600, 3_000
MESSAGE, VIEW = 50, 100  # blocks
SHORTEST = 120  # characters that are left of a text, whatever else there is
FEW_LINES = 5  # as of a pipeline in a list: its name, what it is for, its owners
MORE, CUT = "… and {count} more", "…"


def fitted(blocks: Sequence[Block], most_blocks: int = MESSAGE) -> list[Block]:
    """Blocks as Slack takes them: where they are too large, the longest of their texts are cut."""
    few = _few(blocks, most_blocks)
    texts = [len(text["text"]) for block in few for text in _mrkdwn(block)]
    others = sum(map(len, _texts(few))) - sum(texts)
    most = min(SECTION, _level(texts, ALL_TEXT - others))
    return [_cut_block(block, most) for block in few]


def _few(blocks: Sequence[Block], most: int) -> list[Block]:
    """At most so many; those at the end, which have the buttons, stay."""
    left = len(blocks) - most
    if left <= 0:
        return list(blocks)
    ends = next((n for n, block in enumerate(reversed(blocks)) if block["type"] != "actions"), most)
    ends = min(ends, most // 2)
    kept = most - ends - 1
    told = {"type": "context", "elements": [{"type": "mrkdwn", "text": MORE.format(count=left + 1)}]}
    return [*blocks[:kept], told, *blocks[len(blocks) - ends :]]


def _level(lengths: Iterable[int], room: int, least: int = SHORTEST) -> int:
    """How long the longest may be, so that all together have room."""
    left = sorted(lengths)
    while left and left[0] * len(left) <= room:
        room -= left.pop(0)
    return max(least, room // len(left)) if left else SECTION


def _cut_block(block: Block, most: int) -> Block:
    if block["type"] == "section":
        return block | {"text": _cut_text(block["text"], most)}
    if block["type"] == "context":
        return block | {"elements": [_cut_text(element, most) for element in block["elements"]]}
    return block


def _cut_text(text: dict[str, Any], most: int) -> dict[str, Any]:
    return text | {"text": cut(text["text"], most)} if text["type"] == "mrkdwn" else text


def cut(text: str, most: int) -> str:
    """The beginning of a mrkdwn text, and how many lines are left; of a few lines the beginning of each."""
    if len(text) <= most:
        return text
    lines = text.split("\n")
    if len(lines) <= FEW_LINES and FENCE not in text:
        longest = _level(map(len, lines), most - 2 * len(lines), least=len(MORE))
        return "\n".join(_cut_line(line, longest) for line in lines)
    begins = "\n".join(_first_lines(lines, most - len(MORE) - len(FENCE) - 2))
    left = len(lines) - begins.count("\n") - 1
    begins += f"\n{FENCE}" if begins.count(FENCE) % 2 else ""
    return f"{begins}\n{MORE.format(count=left)}" if left else begins


def _first_lines(lines: Iterable[str], room: int) -> Iterator[str]:
    for line in lines:
        if len(line) > room:
            if room > SHORTEST:
                yield _cut_line(line, room)
            return
        yield line
        room -= len(line) + 1


def _cut_line(line: str, most: int) -> str:
    if len(line) <= most:
        return line
    begins, mark = pages([line], most - 2)[0], line[:1]
    return f"{begins}{CUT}{mark}" if mark in "*_" and begins.count(mark) % 2 else f"{begins}{CUT}"


def _mrkdwn(block: Block) -> list[dict[str, Any]]:
    """The texts of a block that can be cut."""
    texts = [block["text"]] if block["type"] == "section" else block["elements"] if block["type"] == "context" else []
    return [text for text in texts if text["type"] == "mrkdwn"]


def _texts(node: object) -> Iterator[str]:
    """Every text in blocks, as Slack may count them."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)
