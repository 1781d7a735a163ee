"""Markdown, as runbooks are written in, → mrkdwn, as Slack draws it. https://docs.slack.dev/messaging/formatting-message-text

Everything a file holds is made harmless: `<!here>` in a runbook is text, and calls nobody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from markdown_it.tree import SyntaxTreeNode

from bot.speech.markdown import parsed

BULLETS = ("•", "◦", "▪")
INDENT = "    "
FENCE = "```"
PICTURE = "picture"
PAGE = 2_500  # characters: about two phone screens, and within Slack's 3,000 of a section
LONGEST_ADDRESS, LONGEST_LABEL = 2_000, 500

_MARKS = {"strong": "*", "em": "_", "s": "~"}
_IN_BOLD = {"em": "_", "s": "~"}
_FENCED = re.compile(rf"^({FENCE}\n.*?\n{FENCE})$", re.MULTILINE | re.DOTALL)


def escape(text: str) -> str:
    """`text` as Slack shows it literally: nothing in it is a mention, a broadcast or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def phone(number: str) -> str:
    """A phone number as it was written, which a tap calls. Slack has `<tel:…|…>` like other links."""
    return f"<tel:{re.sub(r'[^+0-9]', '', number)}|{escape(number)}>"


def unescape(text: str) -> str:
    """Text that was escaped once, as it was before."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def from_markdown(markdown: str) -> list[str]:
    """The paragraphs of `markdown` in mrkdwn: each a paragraph, a list, a table, a quote, a heading or a code block."""
    return paragraphs(parsed(markdown).nodes)


def paragraphs(nodes: Iterable[SyntaxTreeNode]) -> list[str]:
    """Blocks of Markdown as paragraphs of mrkdwn; none for one that shows nothing."""
    return [text for node in nodes if (text := _block(node, 0).rstrip()).strip()]


def as_code(text: str) -> str:
    """Text as it is, in a block of code, which nothing in it ends; nothing for none."""
    inside = _no_fence(escape(text.rstrip()))
    return f"{FENCE}\n{inside}\n{FENCE}" if inside else ""


def _block(node: SyntaxTreeNode, depth: int) -> str:
    match node.type:
        case "heading":
            return f"*{text}*" if (text := _no_fence(_inline(node.children[0], _IN_BOLD)).strip()) else ""
        case "paragraph" | "inline" | "th" | "td":
            return _line(node)
        case "bullet_list" | "ordered_list":
            return "\n".join(_items(node, depth))
        case "fence" | "code_block":
            return _code(node)
        case "blockquote":
            return _with_margin("\n".join(_block(child, depth) for child in node.children), "> ")
        case "table":
            return "\n".join(_rows(node))
        case "hr":
            return "———"
        case _:  # raw HTML is shown as it is written
            shown = _no_fence(escape(node.content.rstrip()))
            return "\n".join(_block(child, depth) for child in node.children) if node.children else shown


def _code(node: SyntaxTreeNode) -> str:
    """A block of code. One word behind its fence is a language; more is what somebody wrote there by mistake."""
    behind = node.info.strip() if node.type == "fence" else ""
    return as_code(f"{behind}\n{node.content}" if " " in behind else node.content)


def _items(node: SyntaxTreeNode, depth: int) -> Iterator[str]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, start=first):
        sign = f"{number}." if node.type == "ordered_list" else BULLETS[min(depth, len(BULLETS) - 1)]
        begins = INDENT * depth + sign
        for place, child in enumerate(item.children):
            text = _block(child, depth + 1)
            in_line = place == 0 and not text.startswith(FENCE)
            if child.type in ("bullet_list", "ordered_list"):
                yield f"{begins}\n{text}" if place == 0 else text
            elif in_line:
                yield f"{begins} {_with_margin(text, INDENT * (depth + 1)).lstrip()}"
            else:
                yield from [begins] * (place == 0)
                yield _with_margin(text, INDENT * (depth + 1))


def _with_margin(text: str, margin: str) -> str:
    """The text with a margin before each line; code has none, so that it can be copied as it was written."""
    lines, in_code = [], False
    for line in text.split("\n"):
        is_fence = line == FENCE
        lines.append(line if in_code or is_fence else margin + line)
        in_code ^= is_fence
    return "\n".join(lines)


def _rows(node: SyntaxTreeNode) -> Iterator[str]:
    """A table as lines, each with its cells: Slack draws no tables, and a phone is too narrow for columns."""
    rows = [row for part in node.children for row in part.children]
    heads = [_line(cell) for cell in rows[0].children]
    if len(rows) == 1:
        yield f"• {', '.join(heads)}"
    for row in rows[1:]:
        cells = [_line(cell) for cell in row.children]
        first, *others = [f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=False)]
        yield f"• {', '.join([first, *others])}"


def _line(node: SyntaxTreeNode) -> str:
    """A paragraph's text, or a cell's; backticks that happen to stand side by side begin no code."""
    return _no_fence(_inline(node, _MARKS))


def _no_fence(text: str) -> str:
    return re.sub("`{3,}", lambda ticks: " ".join(ticks[0]), text)


def _inline(node: SyntaxTreeNode, marks: Mapping[str, str]) -> str:
    return "".join(_span(child, marks) for child in node.children)


def _span(node: SyntaxTreeNode, marks: Mapping[str, str]) -> str:
    match node.type:
        case "text":
            return escape(node.content)
        case "softbreak":  # where the file's line ends: a phone has other ends
            return " "
        case "hardbreak":
            return "\n"
        case "code_inline":
            return f"`{escape(node.content)}`"
        case "link":
            pictures = [each for each in node.walk() if each.type == "image"]
            label = "".join(_label(child, marks) for child in node.children)
            to_pictures = (_picture(each, PICTURE) for each in pictures)
            return " ".join([_link(str(node.attrs.get("href", "")), label, node), *to_pictures])
        case "image":
            return _picture(node, escape(node.content) or PICTURE)
        case kind if kind in marks:
            inside, mark = _inline(node, marks), marks[kind]
            return f"{mark}{inside}{mark}" if inside.strip() else inside
        case _:
            return escape(node.content) if not node.children else _inline(node, marks)


def _label(node: SyntaxTreeNode, marks: Mapping[str, str]) -> str:
    """What stands in a link. A picture there gets its own link behind it: Slack knows no link within a link."""
    return escape(node.content) if node.type == "image" else _span(node, marks)


def _picture(node: SyntaxTreeNode, text: str) -> str:
    """A picture as a link to it: Slack would not load it from everywhere."""
    return _link(str(node.attrs.get("src", "")), text, node)


def _link(href: str, text: str, node: SyntaxTreeNode) -> str:
    """A link that Slack can follow; any other is shown as text, as is what a title says of it."""
    title = str(node.attrs.get("title", ""))
    behind = f" ({escape(title)})" if title and escape(title) != text else ""
    if not re.fullmatch(rf"(https?://|mailto:)[^\s<>|]{{1,{LONGEST_ADDRESS}}}", href):
        is_told = not href or escape(href) in text
        return f"{text}{behind}" if is_told else f"{text} ({escape(href)}){behind}"
    address = escape(href).replace("*", "%2A")  # a heading is bold
    if len(text) > LONGEST_LABEL:
        return f"{text} <{address}>{behind}"
    return f"<{address}|{text.replace('|', '¦') or address}>{behind}"


def pages(paragraphs: Sequence[str], most: int = PAGE) -> list[str]:
    """The paragraphs on as few pages as hold them, at most `most` characters each. Nothing is cut: a paragraph that is
    too long is split at a line's or a word's end, and a code block goes on in a block of its own."""
    return paged(paragraphs, most)[0]


def paged(paragraphs: Sequence[str], most: int = PAGE) -> tuple[list[str], list[int]]:
    """The same pages, and for each paragraph the number of the page that it begins on, the first being 0."""
    made: list[str] = []
    begins: list[int] = []
    held = ""
    for paragraph in paragraphs:
        for place, piece in enumerate(_pieces(paragraph, most)):
            between = "\n" if place else "\n\n"
            if held and len(held) + len(between) + len(piece) > most:
                made.append(held)
                held = ""
            held = f"{held}{between}{piece}" if held else piece
            begins += [] if place else [len(made)]
    return ([*made, held] if held else made), begins


def _pieces(paragraph: str, most: int) -> Iterable[str]:
    if len(paragraph) <= most:
        return [paragraph]
    parts = (part.strip("\n") for part in _FENCED.split(paragraph))
    return [piece for part in parts if part for piece in _parts(part, most)]


def _parts(part: str, most: int) -> Iterator[str]:
    """What stands between blocks of code, or one of these."""
    if not part.startswith(f"{FENCE}\n"):
        return _split(part, most)
    if len(part) <= most:
        return iter([part])
    body = part.removeprefix(f"{FENCE}\n").removesuffix(f"\n{FENCE}")
    return (f"{FENCE}\n{piece}\n{FENCE}" for piece in _split_code(body, most - 2 * len(FENCE) - 2))


def _split_code(text: str, most: int) -> Iterator[str]:
    """Lines of code, each as it is: its margin means something."""
    most = max(1, most)
    while len(text) > most:
        at = text.rfind("\n", 1, most)
        ends = at if at > 0 else text.rfind(" ", 1, most) + 1 or max(1, _before_entity(text, most))
        yield text[:ends]
        text = text[ends:].removeprefix("\n") if at > 0 else text[ends:]
    yield text


def _split(text: str, most: int) -> Iterator[str]:
    most = max(1, most)  # however little room there is, it comes to an end
    while len(text) > most:
        at = text.rfind("\n", 1, most)
        at = at if at > 0 else _before_word(text, most)
        at = at if at > 0 else max(1, _before_entity(text, most))
        yield text[:at].rstrip("\n")
        text = text[at:].lstrip("\n ")
    if text:
        yield text


def _before_word(text: str, most: int) -> int:
    """The space before a word that is not in the middle of a link or of code; less than 1 where there is none."""
    at = text.rfind(" ", 1, most)
    if at < 1:
        return at
    opens = text.rfind("<", 0, at)
    at = opens if opens > text.rfind(">", 0, at) else at
    return text.rfind("`", 0, at) if text.count("`", 0, max(at, 0)) % 2 else at


def _before_entity(text: str, most: int) -> int:
    """Where to cut a very long word: never within `&amp;`."""
    begun = text.rfind("&", max(0, most - 6), most)
    return begun if begun > 0 and ";" not in text[begun:most] else most
