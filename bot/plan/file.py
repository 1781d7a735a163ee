"""Reads a plan file and says all that is wrong with it at once; writes one.

text ─► plan_tree (YAML, with lines) ─► plan_model (each field) + plan_checks (how they fit together) ─► Plan
"""

from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.plan import checks
from bot.plan.lines import BadYaml, Problem, Tree, parse
from bot.plan.model import MOST_PIPELINES, PARTS, Plan, nearest

PACKAGED = Path(__file__).parent.parent.parent / "runbook_content" / "plan.yaml"

IN_FILE = "The plan {file} needs another look:"
NOT_UTF8 = "the file is not in UTF-8; save it as UTF-8 in your editor."
EMPTY = "there is nothing in it; begin with what `python -m bot plan export` prints."
MISSING = "`{key}` is missing here; add it."
NOTHING = "`{key}` has no value; write one."
A_NULL = "`{key}`: null is how YAML writes nothing; put it in quotes if it is meant as a word."
NO_CHANNEL = '`channel` has no value; # begins a comment, so put it in quotes: "#metrics-oncall".'
UNKNOWN = "`{key}` is nothing that belongs here; take it out.{near}"
NO_TEXT = "`{key}` should be text."
NO_LIST = "`{key}` should be a list."
NO_MAPPING = "here should be keys with values, such as {key}: …"
NOBODY = "a rotation of nobody can't run; write ids of engineers in `order`."
NO_ADMIN = "the team has no admin; write in `admins` the id of an engineer, or somebody with id, name and email."
TOO_MANY = "`{key}` has more than a menu of Slack can hold; keep it to {most}."

_NONE_OF = {"order": NOBODY, "admins": NO_ADMIN}
_HEAD = "# The plan of this store. Applied as it is, it changes nothing.\n"


class BadPlan(Exception):
    """A plan that can't be applied. `problems` are all its mistakes, in the order of their lines; `str()` has a line of
    text for each, under one that names the file, where it is one."""

    def __init__(self, problems: list[Problem], file: Path | None = None) -> None:
        head = [IN_FILE.format(file=file)] if file else []
        super().__init__("\n".join([*head, *map(str, problems)]))
        self.problems = problems


def read(source: str | Path) -> Plan:
    """The plan that a text holds, or the file at a path. Raises BadPlan, and OSError for a file that can't be read."""
    file = source if isinstance(source, Path) else None
    tree, problems = _tree(source, file)
    if not tree.mapping:
        raise BadPlan([*problems, Problem(1, NO_MAPPING.format(key="team") if tree.value else EMPTY)], file)
    problems += checks.problems(tree)
    try:
        plan = Plan.model_validate(tree.plain())
    except ValidationError as error:
        known = checks.engineers_among_admins(tree)
        problems += [_problem(tree, details) for details in error.errors() if not _follows(details, known)]
    if problems:
        raise BadPlan(sorted(dict.fromkeys(problems), key=lambda problem: problem.line), file)
    return plan


def _tree(source: str | Path, file: Path | None) -> tuple[Tree, list[Problem]]:
    content = source.read_bytes() if isinstance(source, Path) else source.encode()
    try:
        return parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadPlan([Problem(line, NOT_UTF8)], file) from error
    except BadYaml as error:
        raise BadPlan([error.problem], file) from error


def _follows(details: ErrorDetails, known: list[int]) -> bool:
    """Whether it is only that nothing is left of a list, of which each item is complained about, or that something is
    missing of an admin, by number, who is known."""
    *above, number = (details["loc"] + ("", "", 0))[:3]
    of_known = above == ["team", "admins"] and number in known and details["type"] == "missing"
    return of_known or (details["type"] == "too_short" and bool(details["input"]))


def _problem(tree: Tree, details: ErrorDetails) -> Problem:
    place = details["loc"]
    if place[:2] == ("team", "admins"):  # behind its number stands which kind of admin pydantic took it for
        place = place[:3] + place[4:]
    *_, above, key = ["", *(part for part in place if isinstance(part, str))]
    if details["type"] == "string_type" and tree.at(place).is_null:
        return Problem(tree.at(place).line, A_NULL.format(key=key))
    return Problem(tree.at(place).line, _sentence(details, above, key))


def _sentence(details: ErrorDetails, above: str, key: str) -> str:
    """What is wrong with `key`, which stands under the key `above`, or with an item of its list."""
    kind, nothing = details["type"], details["input"] in (None, "")
    if kind == "extra_forbidden":
        return UNKNOWN.format(key=key, near=nearest(key, PARTS[above].keys()))
    if kind == "value_error":
        return f"`{key}`: {details['ctx']['error']}"
    if key in _NONE_OF and (kind in ("missing", "too_short") or nothing):
        return _NONE_OF[key]
    if kind == "missing":
        return MISSING.format(key=key)
    if nothing or kind in ("too_short", "string_too_short"):
        return NO_CHANNEL if key == "channel" else NOTHING.format(key=key)
    if kind == "too_long":
        return TOO_MANY.format(key=key, most=MOST_PIPELINES)
    if kind == "model_type":
        needed = next(name for name, field in PARTS[key].model_fields.items() if field.is_required())
        return NO_MAPPING.format(key=needed)
    return (NO_LIST if kind == "tuple_type" else NO_TEXT).format(key=key)


def written(plan: Plan) -> str:
    """The plan as a file that `read` reads as the same plan."""
    facts = plan.model_dump(mode="json", exclude_none=True)
    return _HEAD + yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=110)
