"""The house: bot → scheduler → models, and nothing points back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("models", "scheduler", "bot")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HOMES: dict[str, str | tuple[str, ...]] = {  # who may import what, by the beginning of a path
    "slack_sdk": "bot/",
    "slack_bolt": "bot/",
    "click": "bot/",
    "pydantic": "bot/",
    "PIL": ("bot/speech/ink/", "bot/talk/oncall/calendar.py", "bot/talk/fairness/picture.py"),
    "icalendar": "bot/",
    "recurring_ical_events": "bot/terminal/ics_file/",
    "holidays": "bot/speech/public_holidays.py",
    "waitress": "bot/web/server.py",
    "websocket": ("bot/slack/socket/line.py", "bot/slack/socket/dialling.py"),
    "apscheduler": "scheduler/jobs.py",
    "sqlalchemy": "models/",
    "alembic": "models/",
}


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def place(path: Path) -> str:
    """A file's path within the project."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_the_arrows_point_one_way(path: Path) -> None:
    package = PACKAGES.index(place(path).split("/")[0])
    for module in imported(path):
        top = module.split(".")[0]
        if top in PACKAGES:
            assert PACKAGES.index(top) <= package, f"{place(path)} imports {module}"
        if top in HOMES:
            assert place(path).startswith(HOMES[top]), f"{place(path)} imports {module}"


def test_the_rule_knows_neither_clock_nor_store() -> None:
    assert set(imported(ROOT / "scheduler" / "rule" / "rotation.py")) <= {"collections.abc", "dataclasses", "datetime"}


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_what_is_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    if tree.body:
        assert ast.get_docstring(tree), f"{place(path)} has no docstring"
    kinds = (ast.FunctionDef, ast.ClassDef)
    tops = [node for node in tree.body if isinstance(node, kinds)]
    methods = [node for top in tops if isinstance(top, ast.ClassDef) for node in top.body if isinstance(node, kinds)]
    for node in (*tops, *methods):
        if not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{place(path)}: {node.name} has no docstring"


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_only_the_clock_asks_the_machine_what_time_it_is(path: Path) -> None:
    asks = re.findall(r"datetime\.now\(|date\.today\(|utcnow\(", path.read_text())
    real_time = {
        "bot/clock.py",
        "bot/delivery/loop.py",
        "bot/slack/directory.py",
        "bot/slack/channels.py",
        "bot/run.py",
    }  # look-ups
    real_time |= {"models/outbox/sending.py", "bot/ops/watch.py"}  # leases, attempts
    assert not asks or place(path) in real_time, f"{place(path)} asks the machine's clock"
