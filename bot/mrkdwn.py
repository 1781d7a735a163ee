"""Markdown, as runbooks are written in, → mrkdwn, as Slack draws it. https://docs.slack.dev/messaging/formatting-message-text

Everything a file holds is made harmless: `<!here>` in a runbook is text, and calls nobody.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

BULLETS = ("•", "◦", "▪")
INDENT = "    "
FENCE = "```"
PAGE = 2_500  # characters: about two phone screens, and within Slack's 3,000 of a section

_PARSER = MarkdownIt("commonmark").enable("table")
_MARKS = {"strong": "*", "em": "_", "s": "~"}


def escape(text: str) -> str:
    """`text` as Slack shows it literally: nothing in it is a mention, a broadcast or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Text that was escaped once, as it was before."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def from_markdown(markdown: str) -> list[str]:
    """The paragraphs of `markdown` in mrkdwn: each a paragraph, a list, a table, a quote, a heading or a code block."""
    root = SyntaxTreeNode(_PARSER.parse(markdown))
    return [block for node in root.children if (block := _block(node, 0).rstrip())]


def _block(node: SyntaxTreeNode, depth: int) -> str:
    match node.type:
        case "heading":
            return f"*{_inline(node).replace('*', '')}*"
        case "paragraph" | "inline" | "th" | "td":
            return _inline(node)
        case "bullet_list" | "ordered_list":
            return "\n".join(_items(node, depth))
        case "fence" | "code_block":
            return f"{FENCE}\n{escape(node.content.rstrip()).replace(FENCE, '` ` `')}\n{FENCE}"
        case "blockquote":
            quoted = "\n".join(_block(child, depth) for child in node.children)
            return "\n".join(f"> {line}" for line in quoted.splitlines())
        case "table":
            return "\n".join(_rows(node))
        case "hr":
            return "———"
        case _:  # raw HTML is shown as it is written
            return (
                escape(node.content.rstrip())
                if not node.children
                else "\n".join(_block(child, depth) for child in node.children)
            )


def _items(node: SyntaxTreeNode, depth: int) -> Iterator[str]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, start=first):
        sign = f"{number}." if node.type == "ordered_list" else BULLETS[min(depth, len(BULLETS) - 1)]
        for place, child in enumerate(item.children):
            nested = child.type in ("bullet_list", "ordered_list")
            text = _block(child, depth + 1)
            if nested:
                yield text
            elif place == 0:
                yield INDENT * depth + f"{sign} " + text.replace("\n", f"\n{INDENT * (depth + 1)}")
            else:
                yield INDENT * (depth + 1) + text.replace("\n", f"\n{INDENT * (depth + 1)}")


def _rows(node: SyntaxTreeNode) -> Iterator[str]:
    """A table as lines, each with its cells: Slack draws no tables, and a phone is too narrow for columns."""
    rows = [row for part in node.children for row in part.children]
    heads = [_inline(cell) for cell in rows[0].children]
    for row in rows[1:]:
        cells = [_inline(cell) for cell in row.children]
        first, *others = [f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=False)]
        yield f"• {', '.join([first, *others])}"


def _inline(node: SyntaxTreeNode) -> str:
    return "".join(_span(child) for child in node.children)


def _span(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return escape(node.content)
        case "inline":
            return _inline(node)
        case "softbreak":  # where the file's line ends: a phone has other ends
            return " "
        case "hardbreak":
            return "\n"
        case "code_inline":
            return f"`{escape(node.content)}`"
        case "link":
            return _link(str(node.attrs.get("href", "")), _inline(node))
        case "image":
            return escape(node.content)
        case kind if kind in _MARKS:
            inside, mark = _inline(node), _MARKS[kind]
            return f"{mark}{inside}{mark}" if inside.strip() else inside
        case _:
            return escape(node.content) if not node.children else _inline(node)


def _link(href: str, text: str) -> str:
    """A link Slack can follow; any other is shown as text."""
    if not re.fullmatch(r"(https?://|mailto:)[^\s<>|]+", href):
        return text if not href or href in text else f"{text} ({escape(href)})"
    return f"<{escape(href)}|{text.replace('|', '¦') or escape(href)}>"


def pages(paragraphs: Sequence[str], most: int = PAGE) -> list[str]:
    """The paragraphs on as few pages as hold them, at most `most` characters each. Nothing is cut: a paragraph that is
    too long is split at a line's or a word's end, and a code block goes on in a block of its own."""
    made: list[str] = []
    held = ""
    for piece in (piece for paragraph in paragraphs for piece in _pieces(paragraph, most)):
        if held and len(held) + 2 + len(piece) > most:
            made.append(held)
            held = ""
        held = f"{held}\n\n{piece}" if held else piece
    return [*made, held] if held else made


def _pieces(paragraph: str, most: int) -> Iterable[str]:
    if len(paragraph) <= most:
        return [paragraph]
    if paragraph.startswith(FENCE):
        body = paragraph.removeprefix(f"{FENCE}\n").removesuffix(f"\n{FENCE}")
        return [f"{FENCE}\n{piece}\n{FENCE}" for piece in _split(body, most - 8)]
    return _split(paragraph, most)


def _split(text: str, most: int) -> Iterator[str]:
    while len(text) > most:
        at = text.rfind("\n", 1, most)
        at = at if at > 0 else text.rfind(" ", 1, most)
        at = at if at > 0 else _before_entity(text, most)
        yield text[:at].rstrip("\n")
        text = text[at:].lstrip("\n ")
    if text:
        yield text


def _before_entity(text: str, most: int) -> int:
    """Where to cut a very long word: never within `&amp;`."""
    begun = text.rfind("&", max(0, most - 6), most)
    return begun if begun > 0 and ";" not in text[begun:most] else most
