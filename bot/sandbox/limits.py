"""What Slack would not accept in a message or a view: pure functions from what the bot sends to a list of sentences.

Source: https://docs.slack.dev/reference/block-kit and the pages of chat.postMessage and views.open. Only blocks and
elements that the sandbox's page draws are known here; others are called unknown, although Slack has more.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.sandbox.records import Json, texts_in

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
# Of an edit: https://docs.slack.dev/reference/methods/chat.update ("cannot exceed 4,000 characters"); others could edit
# up to 11,800. Of a post: its page says that over 40,000 are cut off, a maintainer of Slack's that 4,000 may be refused
# (https://github.com/seratch/ChatGPT-in-Slack/issues/102). The stricter is kept for both.
MESSAGE_TEXT = 4_000
# No page says. Others were refused above 13,297 in markdown alone (https://github.com/slackapi/bolt-js/issues/2509) and
# from about 11,000 in other blocks, of which 9,600 passed (https://github.com/slackapi/bolt-js/issues/2867).
ALL_BLOCKS_TEXT = 10_000
MARKDOWN = 12_000
METADATA = 4_000  # Slack names no number; what the bot attaches is a key
TITLE = 24

OPTION_TEXT, OPTION_VALUE = 75, 150

_CHOICES = {"static_select", "multi_static_select", "radio_buttons", "checkboxes", "users_select", "datepicker"}
IN_ACTIONS = _CHOICES - {"multi_static_select"} | {"button", "overflow"}
IN_SECTION = _CHOICES | {"button", "overflow", "image"}
IN_INPUT = _CHOICES | {"plain_text_input"}
IN_RICH_TEXT = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
MOST_OPTIONS = {"static_select": 100, "multi_static_select": 100, "overflow": 5, "radio_buttons": 10, "checkboxes": 10}

# What may stand in a block beside type and block_id; in an element beside type, action_id, confirm and focus_on_load.
_BLOCK_KEYS = {
    "section": {"text", "fields", "accessory", "expand"},
    "header": {"text"},
    "divider": set[str](),
    "context": {"elements"},
    "actions": {"elements"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "rich_text": {"elements"},
    "markdown": {"text"},
}
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
_VIEW_KEYS = {
    "type", "title", "blocks", "submit", "close", "private_metadata", "callback_id", "external_id",
    "clear_on_close", "notify_on_close", "submit_disabled",
}  # fmt: skip
_HOME_KEYS = {"type", "blocks", "private_metadata", "callback_id", "external_id"}


def problems_with_message(payload: Mapping[str, object]) -> list[str]:
    """What is wrong with the `text`, `blocks` and `metadata` of a message, each as a sentence that begins with where.

    Stricter than Slack in one thing: `text` must stand beside blocks, for notifications and screen readers.
    """
    return [*_text_of(payload), *_metadata(payload.get("metadata")), *_message_blocks(payload.get("blocks"))]


def problems_with_view(view: Mapping[str, object]) -> list[str]:
    """What is wrong with a modal or a home tab, each as a sentence that begins with where."""
    return list(_view(dict(view)))


def _text_of(payload: Mapping[str, object]) -> Iterator[str]:
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "text: missing; notifications and screen readers read it even beside blocks"
    elif len(text) > MESSAGE_TEXT:
        yield f"text: {len(text)} characters, more than {MESSAGE_TEXT}"


def _metadata(metadata: object) -> Iterator[str]:
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        yield "metadata: needs an event_type"
    elif not isinstance(metadata.get("event_payload"), dict):
        yield "metadata: needs an event_payload that is an object"
    elif (size := len(json.dumps(metadata))) > METADATA:
        yield f"metadata: {size} characters, more than {METADATA}"


def _message_blocks(blocks: object) -> Iterator[str]:
    if blocks is None:
        return
    yield from _blocks(blocks, MESSAGE_BLOCKS, lambda _: True)
    if (size := sum(map(len, texts_in(blocks)))) > ALL_BLOCKS_TEXT:
        yield f"total: {size} characters in all blocks, more than {ALL_BLOCKS_TEXT}"


def _view(view: Json) -> Iterator[str]:
    yield from _unknown_keys(view, _HOME_KEYS if view.get("type") == "home" else _VIEW_KEYS, "view")
    if view.get("type") == "modal":
        yield from _modal(view)
    elif view.get("type") != "home":
        yield f"view: type {view.get('type')!r} is neither modal nor home"
    for key, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        yield from _short(view.get(key), most, key)
    if not view.get("blocks"):
        yield "blocks: a view needs at least one"
    yield from _blocks(view.get("blocks", []), VIEW_BLOCKS, lambda kind: kind != "markdown")


def _modal(view: Json) -> Iterator[str]:
    yield from _text(view.get("title"), "title", TITLE, plain=True)
    for key in ("submit", "close"):
        if key in view:
            yield from _text(view[key], key, TITLE, plain=True)
    if "submit" not in view and any(block.get("type") == "input" for block in _objects(view.get("blocks"))):
        yield "submit: missing; a modal with an input needs it"


def _blocks(blocks: object, most: int, allowed: Callable[[str], bool]) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield "blocks: not a list"
        return
    if len(blocks) > most:
        yield f"blocks: {len(blocks)}, more than {most}"
    ids = Counter(block["block_id"] for block in _objects(blocks) if "block_id" in block)
    yield from (f"blocks: block_id {each!r} stands {n} times" for each, n in ids.items() if n > 1)
    for place, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _BLOCK_KEYS or not allowed(kind):
            yield f"blocks/{place}: unknown block type {kind!r}"
        else:
            yield from _block(block, kind, f"blocks/{place}")
    markdown = sum(len(str(block.get("text"))) for block in _objects(blocks) if block.get("type") == "markdown")
    if markdown > MARKDOWN:
        yield f"blocks: {markdown} characters of markdown, more than {MARKDOWN}"


def _block(block: Json, kind: str, at: str) -> Iterator[str]:
    yield from _unknown_keys(block, _BLOCK_KEYS[kind] | {"type", "block_id"}, at)
    yield from _short(block.get("block_id"), 255, f"{at}/block_id")
    yield from _BLOCKS[kind](block, at)


def _section(block: Json, at: str) -> Iterator[str]:
    if "text" in block:
        yield from _text(block["text"], f"{at}/text", 3000)
    elif "fields" not in block:
        yield f"{at}: a section needs text or fields"
    if "fields" in block:
        yield from _counted(block["fields"], 10, f"{at}/fields")
        for place, each in enumerate(_objects(block["fields"])):
            yield from _text(each, f"{at}/fields/{place}", 2000)
    if "accessory" in block:
        yield from _element(block["accessory"], IN_SECTION, f"{at}/accessory")


def _header(block: Json, at: str) -> Iterator[str]:
    yield from _text(block.get("text"), f"{at}/text", 150, plain=True)


def _divider(block: Json, at: str) -> Iterator[str]:
    yield from ()


def _context(block: Json, at: str) -> Iterator[str]:
    yield from _counted(block.get("elements"), 10, f"{at}/elements")
    for place, each in enumerate(_objects(block.get("elements"))):
        here = f"{at}/elements/{place}"
        yield from _image(each, here) if each.get("type") == "image" else _text(each, here, 3000)


def _actions(block: Json, at: str) -> Iterator[str]:
    elements = _objects(block.get("elements"))
    yield from _counted(block.get("elements"), 25, f"{at}/elements")
    ids = Counter(each["action_id"] for each in elements if "action_id" in each)
    yield from (f"{at}: action_id {each!r} stands {n} times" for each, n in ids.items() if n > 1)
    for place, each in enumerate(elements):
        yield from _element(each, IN_ACTIONS, f"{at}/elements/{place}")


def _image(block: Json, at: str) -> Iterator[str]:
    if ("image_url" in block) == ("slack_file" in block):
        yield f"{at}: an image needs either an image_url or a slack_file"
    yield from _short(block.get("image_url"), 3000, f"{at}/image_url")
    if not block.get("alt_text"):
        yield f"{at}: an image needs an alt_text"
    yield from _short(block.get("alt_text"), 2000, f"{at}/alt_text")
    if "title" in block:
        yield from _text(block["title"], f"{at}/title", 2000, plain=True)


def _input(block: Json, at: str) -> Iterator[str]:
    yield from _text(block.get("label"), f"{at}/label", 2000, plain=True)
    if "hint" in block:
        yield from _text(block["hint"], f"{at}/hint", 2000, plain=True)
    yield from _element(block.get("element"), IN_INPUT, f"{at}/element")


def _rich_text(block: Json, at: str) -> Iterator[str]:
    for place, each in enumerate(_objects(block.get("elements"))):
        if each.get("type") not in IN_RICH_TEXT:
            yield f"{at}/elements/{place}: unknown element type {each.get('type')!r}"


def _markdown(block: Json, at: str) -> Iterator[str]:
    if not isinstance(block.get("text"), str) or not block["text"]:
        yield f"{at}/text: missing"


_BLOCKS: dict[str, Callable[[Json, str], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
}


def _element(element: object, allowed: set[str], at: str) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if not isinstance(element, dict) or kind not in allowed:
        yield f"{at}: unknown element type {kind!r} here"
        return
    yield from _unknown_keys(element, _ELEMENT_KEYS[kind] | {"type", "action_id", "confirm", "focus_on_load"}, at)
    yield from _short(element.get("action_id"), 255, f"{at}/action_id")
    if kind == "image":
        yield from _image(element, at)
    if kind == "button":
        yield from _button(element, at)
    if "placeholder" in element:
        yield from _text(element["placeholder"], f"{at}/placeholder", 150, plain=True)
    if kind in MOST_OPTIONS:
        yield from _options(element, kind, at)
    if (longest := element.get("max_length", 3000)) > 3000 or element.get("min_length", 0) > longest:
        yield f"{at}/max_length: between min_length and 3000, not {longest}"
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{at}/confirm")


def _button(element: Json, at: str) -> Iterator[str]:
    yield from _text(element.get("text"), f"{at}/text", 75, plain=True)
    yield from _short(element.get("value"), 2000, f"{at}/value")
    yield from _short(element.get("url"), 3000, f"{at}/url")
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"{at}/style: {element['style']!r} is neither primary nor danger"


def _options(element: Json, kind: str, at: str) -> Iterator[str]:
    options = _objects(element.get("options"))
    yield from _counted(element.get("options"), MOST_OPTIONS[kind], f"{at}/options")
    for place, option in enumerate(options):
        here = f"{at}/options/{place}"
        yield from _text(option.get("text"), f"{here}/text", OPTION_TEXT, kind not in ("radio_buttons", "checkboxes"))
        if not isinstance(option.get("value"), str):
            yield f"{here}/value: missing"
        yield from _short(option.get("value"), OPTION_VALUE, f"{here}/value")
        if "description" in option:
            yield from _text(option["description"], f"{here}/description", OPTION_TEXT)
    initial = element.get("initial_option")
    for each in element.get("initial_options", [initial] if initial else []):
        if each not in options:
            yield f"{at}: the initial option {each.get('value')!r} is not one of the options"


def _confirm(confirm: Json, at: str) -> Iterator[str]:
    for key, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _text(confirm.get(key), f"{at}/{key}", most, plain=key != "text")


def _text(text: object, at: str, most: int, plain: bool = False) -> Iterator[str]:
    """A text object: `plain` where Slack takes plain_text only."""
    kind = text.get("type") if isinstance(text, dict) else None
    if not isinstance(text, dict) or kind not in ("plain_text", "mrkdwn"):
        yield f"{at}: needs a text object"
        return
    if plain and kind == "mrkdwn":
        yield f"{at}: mrkdwn where only plain_text may stand"
    yield from _unknown_keys(text, {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}, at)
    if not isinstance(text.get("text"), str) or not text["text"]:
        yield f"{at}: empty"
    yield from _short(text.get("text"), most, at)


def _short(text: object, most: int, at: str) -> Iterator[str]:
    if isinstance(text, str) and len(text) > most:
        yield f"{at}: {len(text)} characters, more than {most}"


def _counted(items: object, most: int, at: str) -> Iterator[str]:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        yield f"{at}: {len(items) if isinstance(items, list) else 'none'}, not between 1 and {most}"


def _unknown_keys(item: Json, known: set[str], at: str) -> Iterator[str]:
    if unknown := sorted(set(item) - known):
        yield f"{at}: unknown {', '.join(unknown)}"


def _objects(items: object) -> Sequence[Json]:
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
