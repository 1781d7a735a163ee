"""Small makers of Slack's blocks, and the plain text of a reply.

Text is mrkdwn: whoever puts a name or anything that people typed into it escapes that first. Limits that a reply could
meet are kept here (https://docs.slack.dev/reference/block-kit/blocks), by splitting, never by cutting silently.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.speech.ask import Block, Reply
from bot.speech.fit import fitted
from bot.speech.mrkdwn import escape, pages, unescape

SECTION = 3_000
ROOM = 8_000  # of about 10,000 characters that Slack surely takes in all blocks of a message
BUTTON, OPTION, MENU = 75, 75, 100
MODAL_TITLE = 24

_EMOJI = re.compile(r":(?:telephone_receiver|rotating_light|white_check_mark): ?")


def section(text: str, accessory: dict[str, Any] | None = None) -> Block:
    """A paragraph or a few, at most 3,000 characters, with a button or a menu beside it."""
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return block | {"accessory": accessory} if accessory else block


def sections(lines: Iterable[str]) -> list[Block]:
    """Lines of text in as few sections as hold them."""
    blocks: list[Block] = []
    held = ""
    for line in (part for each in lines for part in pages([each], SECTION)):
        if held and len(held) + 1 + len(line) > SECTION:
            blocks.append(section(held))
            held = ""
        held = f"{held}\n{line}" if held else line
    return [*blocks, section(held)] if held else blocks


def fitting(lines: Sequence[str], left: str) -> list[str]:
    """The first of the lines, as many as a message takes, and, if there are more, `left` with their {count}."""
    room = ROOM
    for index, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return [*lines[:index], left.format(count=len(lines) - index)]
    return list(lines)


def context(*texts: str) -> Block:
    """A line of small, grey print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text} for text in texts]}


def header(text: str) -> Block:
    """A heading, in plain text, at most 150 characters."""
    return {"type": "header", "text": plain(text[:150])}


def divider() -> Block:
    """A thin line between two blocks."""
    return {"type": "divider"}


def plain(text: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def actions(*elements: dict[str, Any]) -> Block:
    """A row of buttons and menus, each with an action id of its own."""
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action: str, value: str = "", *, style: str | None = None) -> dict[str, Any]:
    """A button. Its value comes back when it is pressed; what needs a long one asks the store instead."""
    made: dict[str, Any] = {"type": "button", "text": plain(short(text, BUTTON)), "action_id": action}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    return made


def menu(placeholder: str, action: str, options: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A menu of (text, value), at most a hundred."""
    listed = [{"text": plain(short(text, OPTION)), "value": value} for text, value in options[:MENU]]
    return {"type": "static_select", "placeholder": plain(placeholder), "action_id": action, "options": listed}


def short(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis: for names on buttons, which stand in full elsewhere."""
    return text if len(text) <= most else text[: most - 1] + "…"


def reply(blocks: Sequence[Block], text: str | None = None) -> Reply:
    """A reply of these blocks, with their text unless told another. What Slack would not take is cut."""
    shown = fitted(blocks)
    return Reply(text if text is not None else text_of(shown), shown)


def say(*lines: str) -> Reply:
    """A reply of a few lines."""
    return reply(sections(lines))


def pictures_apart(said: Reply) -> tuple[Reply, Reply | None]:
    """A reply without its pictures, and one of those alone, if there are any: Slack shows nothing of a message with a
    picture that it can't fetch (invalid_blocks), and it may not reach what people reach by their company's network."""
    pictures = [block for block in said.blocks if block["type"] == "image"]
    if not pictures:
        return said, None
    words = replace(said, blocks=[block for block in said.blocks if block not in pictures])
    return words, Reply("\n".join(escape(picture["alt_text"]) for picture in pictures), pictures)


def bold(name: str) -> str:
    """A name in bold, made harmless."""
    return f"*{escape(name)}*"


def text_of(blocks: Iterable[Block]) -> str:
    """What blocks say, without marks, buttons and menus. It stays escaped: Slack reads it as it reads mrkdwn."""
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(block: Block) -> list[str]:
    if block["type"] == "header":
        return [escape(block["text"]["text"])]
    texts = [block["text"]] if block["type"] == "section" else block.get("elements", [])
    return [without_marks(text["text"]) for text in texts if text["type"] == "mrkdwn"]


def unmarked(mrkdwn: str) -> str:
    """What mrkdwn says, in plain text. A mention keeps its form, because only Slack knows the name."""
    return unescape(without_marks(mrkdwn))


def without_marks(mrkdwn: str) -> str:
    """mrkdwn without its marks, still escaped."""
    text = _EMOJI.sub("", mrkdwn)
    text = re.sub(r"<(?:https?://|mailto:|tel:)[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"(?<![^\W_])([*_])(?=\S)(.+?)(?<=\S)\1(?![^\W_])", r"\2", text)
    return text.replace("`", "")
