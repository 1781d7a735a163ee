"""The head of a runbook: a few lines of YAML between two lines of three dashes, before anything else.

    ---
    updated: 2026-11-23
    by: Maya
    ---

Owners and other programs write it, so anything may be in it. What is taken from it has a longest length; what is not
taken is shown as it is written. Like a plan it has no anchors and aliases, which make a few lines endless.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.plan import lines
from bot.plan.lines import BadYaml, Problem, Tree

UPDATED, BY = "updated", "by"
NO_DATE = "`updated` is no date; write year, month and day, such as 2026-11-23."
LONG_VALUE = "`{key}` has {length} characters; keep it to {most}."
LONG_HEAD = "the head has {length} characters; keep it to {most}."

LONGEST_HEAD = 5_000  # characters
LONGEST_NAME = 80  # as of a name in a plan
LONGEST_VALUE = 200

_HEAD = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LIKE_KEYS = re.compile(r"\s*[\w.-]+[ \t]*:")  # else it is a text that begins with a line across
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ].*)?")


@dataclass(frozen=True, slots=True)
class Head:
    """What a head says: when the runbook was changed, by whom; all of it where it says more than that, or something
    that can't be taken; and what is wrong with it."""

    updated: date | None = None
    by: str | None = None
    more: str = ""
    problems: tuple[Problem, ...] = ()


NONE = Head()


def read(text: str) -> tuple[Head, str]:
    """The head of a text, and what stands below it."""
    found = _HEAD.match(text)
    if not found:
        return NONE, text
    written, below = found[1], text[found.end() :]
    if len(written) > LONGEST_HEAD:
        too_long = Problem(1, LONG_HEAD.format(length=len(written), most=LONGEST_HEAD))
        return (_by_lines(written, too_long), below) if _LIKE_KEYS.match(written) else (NONE, text)
    try:
        tree, problems = lines.parse(written)
    except BadYaml as bad:
        return (_by_lines(written, _lower(bad.problem)), below) if _LIKE_KEYS.match(written) else (NONE, text)
    if tree.value and not tree.mapping:
        return NONE, text
    return _of(tree, written, [_lower(problem) for problem in problems]), below


def _by_lines(written: str, problem: Problem) -> Head:
    """A head that can't be taken as a whole: what a line of it says alone, if it does not go on in the next."""
    return Head(_date(_on_its_line(UPDATED, written)), _name(_on_its_line(BY, written)), written, (problem,))


def _on_its_line(key: str, written: str) -> str:
    found = re.search(rf"^{key}:[ \t].{{,{LONGEST_VALUE}}}$(?!\n[ \t])", written, re.MULTILINE)
    try:
        return lines.parse(found[0])[0][key].text if found else ""
    except BadYaml:
        return ""


def _of(tree: Tree, written: str, problems: list[Problem]) -> Head:
    updated, by = _date(tree[UPDATED].text), tree[BY].text
    found = [*problems, *_too_long(tree, "")]
    if tree.mapping.get(UPDATED) and updated is None:
        found.append(_lower(Problem(tree[UPDATED].line, NO_DATE)))
    is_all = not found and not set(tree.mapping) - {UPDATED, BY} and bool(by) == (BY in tree.mapping)
    return Head(updated, _name(by), "" if is_all else written, tuple(found))


def _name(typed: str) -> str | None:
    return typed if 0 < len(typed) <= LONGEST_NAME else None


def _date(typed: str) -> date | None:
    found = _DATE.fullmatch(typed)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _too_long(tree: Tree, key: str) -> Iterator[Problem]:
    most = LONGEST_NAME if key == BY else LONGEST_VALUE
    if len(tree.text) > most:
        yield _lower(Problem(tree.line, LONG_VALUE.format(key=key, length=len(tree.text), most=most)))
    for item in tree.items:
        yield from _too_long(item, key)
    for name, value in tree.mapping.items():
        yield from _too_long(value, name[:LONGEST_NAME])


def _lower(problem: Problem) -> Problem:
    """The same with its line in the file: the dashes stand above."""
    return Problem(problem.line + 1, problem.sentence)
