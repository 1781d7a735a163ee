"""Markdown → nodes, by https://spec.commonmark.org/0.31.2/ with GitHub's tables; nothing that was written gets lost.

The parser drops some lines without a word: what is nested deeper than it goes, definitions of links that nothing refers
to, cells beyond the heads of a table. They are told apart here, so that somebody shows them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

DEEPEST = 60  # of blocks within blocks: what is drawn calls itself for each, a few times

_PARSER = MarkdownIt("commonmark", {"maxNesting": DEEPEST, "store_labels": True}).enable("table")
_HOLD_LINES = {"inline", "heading_open", "fence", "code_block", "html_block", "table_open", "hr"}
_NOTHING_BUT_SIGNS = re.compile(r"(?:[\s>*+-]|\d{1,9}[.)](?=\s|$))*")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The blocks of a text, one after the other, and the lines that are in none of them, as they were written."""

    nodes: tuple[SyntaxTreeNode, ...]
    left: tuple[str, ...]


def parsed(text: str) -> Parsed:
    """What a text consists of. Its lines end with \\n."""
    seen: dict[str, Any] = {}
    tokens = _PARSER.parse(text, seen)
    return Parsed(tuple(SyntaxTreeNode(tokens).children), tuple(_left(text.split("\n"), tokens, seen)))


def words(node: SyntaxTreeNode) -> str:
    """What is written in a node, without marks and addresses."""
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(words(child) for child in node.children) if node.children else node.content


def level(node: SyntaxTreeNode) -> int | None:
    """1 to 6 for a heading, the smaller the greater; None for anything else."""
    return int(node.tag[1:]) if node.type == "heading" else None


def _left(lines: Sequence[str], tokens: Sequence[Token], seen: Mapping[str, Any]) -> Iterator[str]:
    held = {number for token in tokens if token.map and token.type in _HOLD_LINES for number in range(*token.map)}
    held |= {number for used in _used(tokens, seen.get("references", {})) for number in range(*used["map"])}
    held -= set(_too_wide(lines, tokens))
    yield from (line for n, line in enumerate(lines) if n not in held and not _NOTHING_BUT_SIGNS.fullmatch(line))


def _used(tokens: Iterable[Token], defined: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The definitions that links and pictures refer to: these show the address."""
    for child in (child for token in tokens for child in token.children or ()):
        for each in (child, *(child.children or ())):
            if label := each.meta.get("label"):
                yield defined[label]


def _too_wide(lines: Sequence[str], tokens: Sequence[Token]) -> Iterator[int]:
    """The rows with more cells than their table has heads."""
    heads = 0
    for place, token in enumerate(tokens):
        if token.type == "thead_open":
            closes = next(n for n, each in enumerate(tokens[place:], place) if each.type == "thead_close")
            heads = sum(each.type == "th_open" for each in tokens[place:closes])
        elif token.type == "tr_open" and token.map:
            row = lines[token.map[0]].lstrip(" \t>").strip().removeprefix("|").removesuffix("|")
            if len(_BETWEEN_CELLS.split(row)) > heads:
                yield token.map[0]
