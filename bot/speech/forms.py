"""Modals: forms of a few fields, what is asked before it is done, and what was done."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.speech.ask import Block
from bot.speech.blocks import MENU, MODAL_TITLE, OPTION, plain, sections, short
from bot.speech.fit import VIEW, fitted

CLOSE = "Close"
UNREADABLE = "Please ask anew"  # the title where no form can be told

Options = Sequence[tuple[str, str]]


def modal(title: str, callback: str, submit: str, blocks: Sequence[Block], about: str = "") -> dict[str, Any]:
    """A modal that can be sent; `about` comes back with it."""
    made = result(title, blocks) | {"callback_id": callback, "submit": plain(submit)}
    return made | {"private_metadata": about} if about else made


def result(title: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A modal that says something: without buttons, which have no response_url there."""
    shown = [block for block in blocks if block["type"] != "actions"]
    fit = fitted(shown, VIEW)
    return {"type": "modal", "title": plain(short(title, MODAL_TITLE)), "close": plain(CLOSE), "blocks": fit}


def asking(title: str, callback: str, submit: str, lines: Sequence[str], about: str) -> dict[str, Any]:
    """A modal that says what it will do when it is sent."""
    return modal(title, callback, submit, sections(lines), about)


def choice(name: str, label: str, options: Options, first: str | None = None, *, optional: bool = False) -> Block:
    """A field to choose one of (text, value), at most a hundred; `first` is the value that it begins with."""
    listed = [{"text": plain(short(text, OPTION)), "value": value} for text, value in options[:MENU]]
    element: dict[str, Any] = {"type": "static_select", "options": listed}
    chosen = next((option for option in listed if option["value"] == first), None)
    return field(name, label, element | ({"initial_option": chosen} if chosen else {}), optional=optional)


def text(name: str, label: str, first: str = "", *, most: int, optional: bool = False, long: bool = False) -> Block:
    """A field to type into, at most so many characters; `first` is what stands in it."""
    element: dict[str, Any] = {"type": "plain_text_input", "max_length": most, "multiline": long}
    return field(name, label, element | ({"initial_value": first} if first else {}), optional=optional)


def day(name: str, label: str, first: date) -> Block:
    """A field to choose a day; `first` is the one that it begins with."""
    return field(name, label, {"type": "datepicker", "initial_date": first.isoformat()})


def field(name: str, label: str, element: dict[str, Any], *, optional: bool = False) -> Block:
    """A field; errors stand at its name."""
    made: Block = {"type": "input", "block_id": name, "label": plain(label), "element": {**element, "action_id": name}}
    return made | {"optional": True} if optional else made
