"""What Slack would not accept in a message or a view: pure functions from what the bot sends to a list of sentences.

Source: https://docs.slack.dev/reference/block-kit and the pages of chat.postMessage and views.open. Only blocks and
elements that the sandbox's page draws are known here; others are called unknown, although Slack has more.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from bot.sandbox.records import Json, texts_in
from bot.sandbox.rules import parts

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

# What may stand in a block beside type and block_id.
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
    yield from parts.unknown_keys(view, _HOME_KEYS if view.get("type") == "home" else _VIEW_KEYS, "view")
    if view.get("type") == "modal":
        yield from _modal(view)
    elif view.get("type") != "home":
        yield f"view: type {view.get('type')!r} is neither modal nor home"
    for key, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        yield from parts.short(view.get(key), most, key)
    if not view.get("blocks"):
        yield "blocks: a view needs at least one"
    yield from _blocks(view.get("blocks", []), VIEW_BLOCKS, lambda kind: kind != "markdown")


def _modal(view: Json) -> Iterator[str]:
    yield from parts.text(view.get("title"), "title", TITLE, plain=True)
    for key in ("submit", "close"):
        if key in view:
            yield from parts.text(view[key], key, TITLE, plain=True)
    if "submit" not in view and any(block.get("type") == "input" for block in parts.objects(view.get("blocks"))):
        yield "submit: missing; a modal with an input needs it"


def _blocks(blocks: object, most: int, allowed: Callable[[str], bool]) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield "blocks: not a list"
        return
    if len(blocks) > most:
        yield f"blocks: {len(blocks)}, more than {most}"
    ids = Counter(block["block_id"] for block in parts.objects(blocks) if "block_id" in block)
    yield from (f"blocks: block_id {each!r} stands {n} times" for each, n in ids.items() if n > 1)
    for place, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str) or kind not in _BLOCK_KEYS or not allowed(kind):
            yield f"blocks/{place}: unknown block type {kind!r}"
        else:
            yield from _block(block, kind, f"blocks/{place}")
    if sum(bool(element.get("focus_on_load")) for element in _elements(blocks)) > 1:
        yield "blocks: focus_on_load in more than one element"
    markdown = sum(len(str(block.get("text"))) for block in parts.objects(blocks) if block.get("type") == "markdown")
    if markdown > MARKDOWN:
        yield f"blocks: {markdown} characters of markdown, more than {MARKDOWN}"


def _elements(blocks: object) -> Iterator[Json]:
    for block in parts.objects(blocks):
        yield from parts.objects([block.get("element"), block.get("accessory"), *parts.objects(block.get("elements"))])


def _block(block: Json, kind: str, at: str) -> Iterator[str]:
    yield from parts.unknown_keys(block, _BLOCK_KEYS[kind] | {"type", "block_id"}, at)
    yield from parts.short(block.get("block_id"), 255, f"{at}/block_id")
    yield from _BLOCKS[kind](block, at)


def _section(block: Json, at: str) -> Iterator[str]:
    if "text" in block:
        yield from parts.text(block["text"], f"{at}/text", 3000)
    elif "fields" not in block:
        yield f"{at}: a section needs text or fields"
    if "fields" in block:
        yield from parts.counted(block["fields"], 10, f"{at}/fields")
        for place, each in enumerate(parts.objects(block["fields"])):
            yield from parts.text(each, f"{at}/fields/{place}", 2000)
    if "accessory" in block:
        yield from parts.element(block["accessory"], parts.IN_SECTION, f"{at}/accessory")


def _header(block: Json, at: str) -> Iterator[str]:
    yield from parts.text(block.get("text"), f"{at}/text", 150, plain=True)


def _divider(block: Json, at: str) -> Iterator[str]:
    yield from ()


def _context(block: Json, at: str) -> Iterator[str]:
    yield from parts.counted(block.get("elements"), 10, f"{at}/elements")
    for place, each in enumerate(parts.objects(block.get("elements"))):
        here = f"{at}/elements/{place}"
        yield from parts.image(each, here) if each.get("type") == "image" else parts.text(each, here, 3000)


def _actions(block: Json, at: str) -> Iterator[str]:
    elements = parts.objects(block.get("elements"))
    yield from parts.counted(block.get("elements"), 25, f"{at}/elements")
    ids = Counter(each["action_id"] for each in elements if "action_id" in each)
    yield from (f"{at}: action_id {each!r} stands {n} times" for each, n in ids.items() if n > 1)
    for place, each in enumerate(elements):
        yield from parts.element(each, parts.IN_ACTIONS, f"{at}/elements/{place}")


def _input(block: Json, at: str) -> Iterator[str]:
    yield from parts.text(block.get("label"), f"{at}/label", 2000, plain=True)
    if "hint" in block:
        yield from parts.text(block["hint"], f"{at}/hint", 2000, plain=True)
    yield from parts.element(block.get("element"), parts.IN_INPUT, f"{at}/element")


def _rich_text(block: Json, at: str) -> Iterator[str]:
    for place, each in enumerate(parts.objects(block.get("elements"))):
        if each.get("type") not in parts.IN_RICH_TEXT:
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
    "image": parts.image,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
}
