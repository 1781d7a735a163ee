"""What Slack would not take in an element, an option or a text object: parts of blocks, each with where it stands.

Source: https://docs.slack.dev/reference/block-kit/block-elements and .../composition-objects. Only elements that the
sandbox's page draws are known here.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from bot.sandbox.records import Json

OPTION_TEXT, OPTION_VALUE = 75, 150
LONGEST_INPUT = 3000
ADDRESS, DATE = re.compile(r"[a-z][a-z0-9+.-]*:."), re.compile(r"\d{4}-\d{2}-\d{2}")

_CHOICES = {"static_select", "multi_static_select", "radio_buttons", "checkboxes", "users_select", "datepicker"}
IN_ACTIONS = _CHOICES - {"multi_static_select"} | {"button", "overflow"}
IN_SECTION = _CHOICES | {"button", "overflow", "image"}
IN_INPUT = _CHOICES | {"plain_text_input"}
IN_RICH_TEXT = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
MOST_OPTIONS = {"static_select": 100, "multi_static_select": 100, "overflow": 5, "radio_buttons": 10, "checkboxes": 10}

# What may stand in an element beside type, action_id, confirm and focus_on_load.
_SELECT = {"options", "initial_option", "placeholder"}
_ELEMENT_KEYS = {
    "button": {"text", "value", "url", "style", "accessibility_label"},
    "image": {"image_url", "slack_file", "alt_text"},
    "overflow": {"options"},
    "static_select": _SELECT,
    "radio_buttons": _SELECT - {"placeholder"},
    "multi_static_select": {"options", "initial_options", "placeholder", "max_selected_items"},
    "checkboxes": {"options", "initial_options"},
    "users_select": {"initial_user", "placeholder"},
    "datepicker": {"initial_date", "placeholder"},
    "plain_text_input": {
        "placeholder", "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config",
    },
}  # fmt: skip


def element(found: object, allowed: set[str], at: str) -> Iterator[str]:
    """An element, of one of the `allowed` types."""
    kind = found.get("type") if isinstance(found, dict) else None
    if not isinstance(found, dict) or kind not in allowed:
        yield f"{at}: unknown element type {kind!r} here"
        return
    yield from unknown_keys(found, _ELEMENT_KEYS[kind] | {"type", "action_id", "confirm", "focus_on_load"}, at)
    yield from short(found.get("action_id"), 255, f"{at}/action_id")
    if "placeholder" in found:
        yield from text(found["placeholder"], f"{at}/placeholder", 150, plain=True)
    if kind in MOST_OPTIONS:
        yield from _options(found, kind, at)
    if kind in _OWN:
        yield from _OWN[kind](found, at)
    if "confirm" in found:
        yield from _confirm(found["confirm"], f"{at}/confirm")


def image(found: Json, at: str) -> Iterator[str]:
    """A picture, as a block or as an element."""
    if ("image_url" in found) == ("slack_file" in found):
        yield f"{at}: an image needs either an image_url or a slack_file"
    yield from short(found.get("image_url"), 3000, f"{at}/image_url")
    if not found.get("alt_text"):
        yield f"{at}: an image needs an alt_text"
    yield from short(found.get("alt_text"), 2000, f"{at}/alt_text")
    if "title" in found:
        yield from text(found["title"], f"{at}/title", 2000, plain=True)


def _button(found: Json, at: str) -> Iterator[str]:
    yield from text(found.get("text"), f"{at}/text", 75, plain=True)
    for key, most in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if key in found and not isinstance(found[key], str):
            yield f"{at}/{key}: no text"
        yield from short(found.get(key), most, f"{at}/{key}")
    if "url" in found and not ADDRESS.match(str(found["url"])):
        yield f"{at}/url: {found['url']!r} is no address"
    yield from _style(found, at)


def _datepicker(found: Json, at: str) -> Iterator[str]:
    given = found.get("initial_date", "2026-01-01")
    try:
        good = bool(DATE.fullmatch(given)) and bool(date.fromisoformat(given))
    except (TypeError, ValueError):
        good = False
    if not good:
        yield f"{at}/initial_date: {given!r} is no date such as 2026-12-24"


def _plain_text_input(found: Json, at: str) -> Iterator[str]:
    least, most = found.get("min_length", 0), found.get("max_length", LONGEST_INPUT)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most and 1 <= most <= LONGEST_INPUT):
        yield f"{at}: min_length {least!r} and max_length {most!r}, not between 0, 1 and {LONGEST_INPUT}"
    else:
        yield from short(found.get("initial_value"), most, f"{at}/initial_value")


def _multi_static_select(found: Json, at: str) -> Iterator[str]:
    if found.get("max_selected_items", 1) < 1:
        yield f"{at}/max_selected_items: fewer than 1"


_OWN: dict[str, Callable[[Json, str], Iterator[str]]] = {
    "button": _button,
    "datepicker": _datepicker,
    "image": image,
    "multi_static_select": _multi_static_select,
    "plain_text_input": _plain_text_input,
}


def _options(found: Json, kind: str, at: str) -> Iterator[str]:
    options = objects(found.get("options"))
    yield from counted(found.get("options"), MOST_OPTIONS[kind], f"{at}/options")
    for place, option in enumerate(options):
        here = f"{at}/options/{place}"
        yield from unknown_keys(option, {"text", "value", "description", "url"}, here)
        yield from text(option.get("text"), f"{here}/text", OPTION_TEXT, kind not in ("radio_buttons", "checkboxes"))
        if not isinstance(option.get("value"), str):
            yield f"{here}/value: missing"
        yield from short(option.get("value"), OPTION_VALUE, f"{here}/value")
        if "description" in option:
            yield from text(option["description"], f"{here}/description", OPTION_TEXT)
    initial = found.get("initial_option")
    for each in found.get("initial_options", [initial] if initial else []):
        if each not in options:
            yield f"{at}: the initial option {each.get('value')!r} is not one of the options"


def _confirm(found: object, at: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{at}: no object"
        return
    yield from unknown_keys(found, {"title", "text", "confirm", "deny", "style"}, at)
    for key, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from text(found.get(key), f"{at}/{key}", most, plain=key != "text")
    yield from _style(found, at)


def _style(found: Json, at: str) -> Iterator[str]:
    if found.get("style", "primary") not in ("primary", "danger"):
        yield f"{at}/style: {found['style']!r} is neither primary nor danger"


def text(found: object, at: str, most: int, plain: bool = False) -> Iterator[str]:
    """A text object of at most so many characters; `plain` where Slack takes plain_text only."""
    kind = found.get("type") if isinstance(found, dict) else None
    if not isinstance(found, dict) or kind not in ("plain_text", "mrkdwn"):
        yield f"{at}: needs a text object"
        return
    if plain and kind == "mrkdwn":
        yield f"{at}: mrkdwn where only plain_text may stand"
    yield from unknown_keys(found, {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}, at)
    if not isinstance(found.get("text"), str) or not found["text"]:
        yield f"{at}: empty"
    yield from short(found.get("text"), most, at)


def short(said: object, most: int, at: str) -> Iterator[str]:
    """A text of at most so many characters."""
    if isinstance(said, str) and len(said) > most:
        yield f"{at}: {len(said)} characters, more than {most}"


def counted(items: object, most: int, at: str) -> Iterator[str]:
    """A list of at most so many objects, and at least one."""
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        yield f"{at}: {len(items) if isinstance(items, list) else 'none'}, not between 1 and {most}"
    elif len(objects(items)) < len(items):
        yield f"{at}: not all are objects"


def unknown_keys(item: Json, known: set[str], at: str) -> Iterator[str]:
    """An object with no other keys."""
    if unknown := sorted(set(item) - known):
        yield f"{at}: unknown {', '.join(unknown)}"


def objects(items: object) -> Sequence[Json]:
    """The objects of a list, if it is one."""
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
