"""YAML with the line of everything in it.

Values stay the text that was typed: YAML would make a number of 10:30, false of the name No, nothing of the name Null.
Anchors and aliases are refused, since a plan needs none and they can make a small file endless.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

NOT_YAML = "this is no YAML: {problem}."
TAB = "there is a tab; YAML wants spaces for indenting."
UNREADABLE = "there is a character in it that YAML does not allow; type it again."
TWICE = "`{key}` stands here twice; keep one of them."
ODD_KEY = "what stands before a colon must be one word."
ALIAS = "anchors and aliases (& and *) are not taken here; write it out, or put it in quotes if it is text."
TOO_DEEP = "this is nested too deeply."
OPEN_QUOTE = "a quote opens here and does not end; end it on this line, with the same sign."
COLON = "there is another colon in this line; put what stands behind the first in quotes."
MARGIN = "this line stands further in than the one above it; begin it where that begins."
IN_QUOTES = "{sign} has a meaning of its own in YAML; put what it begins in quotes."

DEEPEST = 12
NULLS = ("null", "~")  # what people write on purpose where they mean nothing

_OPENS = re.compile(r"(?:^|[\s\[{,:-])(?P<quote>[\"'])")
_TWO_KEYS = re.compile(r"[\w\"']\s*:\s.*\S:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a plan file: its line, counted from 1, and a sentence that says what to do."""

    line: int
    sentence: str

    def __str__(self) -> str:
        printable = "".join(c if c.isprintable() else "?" for c in self.sentence)  # keys are quoted as they are
        return f"Line {self.line}: {printable}"


class BadYaml(Exception):
    """There is nothing to look at further than this."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Tree:
    """A value and its line: text (None where nothing is written, or, `is_null`, that it is nothing), a mapping or a
    list of trees. What is not there, or of another kind than asked, is empty: whether it should be there is for others
    to say."""

    line: int
    value: "str | dict[str, Tree] | list[Tree] | None" = None
    is_null: bool = False

    def __getitem__(self, key: str) -> "Tree":
        return self.mapping.get(key) or Tree(self.line)

    @property
    def text(self) -> str:
        """Its text, or nothing."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def mapping(self) -> "Mapping[str, Tree]":
        """Its keys and their values, or none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> "list[Tree]":
        """Its items, or none."""
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> Any:
        """The values alone, without the lines that they stand on."""
        if isinstance(self.value, dict):
            return {key: tree.plain() for key, tree in self.value.items()}
        return [tree.plain() for tree in self.value] if isinstance(self.value, list) else self.value

    def at(self, place: tuple[int | str, ...]) -> "Tree":
        """What stands at a place (keys, and numbers of items), or what would hold it where it is missing."""
        found = self
        for part in place:
            if isinstance(part, int):
                found = found.items[part] if part < len(found.items) else found
            else:
                found = found.mapping.get(part) or found
        return found


def parse(text: str) -> tuple[Tree, list[Problem]]:
    """The tree of a YAML text, and what is wrong with its keys. Raises BadYaml."""
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadYaml(_problem(error, text.splitlines())) from error
    except yaml.reader.ReaderError as error:
        raise BadYaml(Problem(text.count("\n", 0, error.position) + 1, UNREADABLE)) from error
    grower = _Grower()
    tree = grower.grown(root, 1) if root is not None else Tree(1)
    return tree, grower.problems


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadYaml(Problem(_line(event.start_mark), ALIAS))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise BadYaml(Problem(_line(event.start_mark), TOO_DEEP))


def _line(mark: Any) -> int:
    """The line of one of YAML's marks; the first where it has none."""
    return int(mark.line) + 1 if mark else 1


def _problem(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Problem:
    said = error.problem or error.context or "it cannot be read"
    line = _line(error.problem_mark or error.context_mark)
    if "'\\t'" in said:
        return Problem(line, TAB)
    if opened := _open_quote(lines[:line]):
        return Problem(opened, OPEN_QUOTE)
    if said == "mapping values are not allowed here":
        return Problem(line, COLON if _TWO_KEYS.search("".join(lines[line - 1 : line])) else MARGIN)
    if error.context in ("while scanning an alias", "while scanning an anchor"):
        return Problem(line, ALIAS)
    if found := re.search(r"found character '(.)' that cannot start", said):
        return Problem(line, IN_QUOTES.format(sign=found[1]))
    return Problem(line, NOT_YAML.format(problem=said))


def _open_quote(lines: Sequence[str]) -> int | None:
    """The first line on which a quote opens and does not end. YAML lets it end on a later one, which a plan never
    needs: there it meets what the next quote opens, and complains of that."""
    for number, line in enumerate(lines, start=1):
        rest = line
        while found := _OPENS.search(rest.partition(" #")[0] if not rest.lstrip().startswith("#") else ""):
            closes = rest.find(found["quote"], found.end())
            if closes < 0:
                return number
            rest = rest[closes + 1 :]
    return None


@dataclass
class _Grower:
    problems: list[Problem] = field(default_factory=list)

    def grown(self, node: yaml.Node, line: int) -> Tree:
        """The tree of a node that begins on `line`."""
        if isinstance(node, yaml.MappingNode):
            return Tree(line, dict(self._pairs(node)))
        if isinstance(node, yaml.SequenceNode):
            return Tree(line, [self.grown(item, item.start_mark.line + 1) for item in node.value])
        typed = str(node.value).strip()
        if node.tag == "tag:yaml.org,2002:null" and typed in ("", *NULLS):
            return Tree(line, None, bool(typed))
        return Tree(line, typed)

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, Tree]]:
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(Problem(line, ODD_KEY))
                continue
            if key.value in seen:
                self.problems.append(Problem(line, TWICE.format(key=key.value)))
                continue
            seen.add(key.value)
            yield key.value, self.grown(value, line)
