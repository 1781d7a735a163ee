"""The house: bot → scheduler → models, and nothing points back."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("models", "scheduler", "bot")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HOMES: dict[str, str | tuple[str, ...]] = {  # who may import what, by the beginning of a path
    "slack_sdk": "bot/",
    "slack_bolt": "bot/",
    "click": "bot/",
    "pydantic": "bot/",
    "PIL": ("bot/speech/ink/", "bot/talk/oncall/picture.py", "bot/talk/fairness/picture.py"),
    "icalendar": "bot/",
    "recurring_ical_events": "bot/terminal/ics_file/",
    "holidays": ("scheduler/team/public_holidays.py", "bot/speech/public_holidays.py"),
    "waitress": "bot/web/server.py",
    "websocket": ("bot/slack/socket/line.py", "bot/slack/socket/dialling.py"),
    "apscheduler": "scheduler/jobs.py",
    "sqlalchemy": "models/",
    "alembic": "models/",
}


# The rooms of each package, the lowest first: each imports those before it. Those of one line know nothing of each
# other.
ROOMS: dict[str, list[tuple[str, ...]]] = {
    "models": [
        ("models/store",),
        ("models/schema",),
        ("models/",),  # the nouns
        ("models/outbox",),
        ("models/keeping",),
    ],
    "scheduler": [
        ("scheduler/rule", "scheduler/refusals"),
        ("scheduler/messages", "scheduler/entries"),
        ("scheduler/team",),
        ("scheduler/due", "scheduler/feed"),
        ("scheduler/change",),
        ("scheduler/due_picture",),
        ("scheduler/holidays",),
        ("scheduler/shifts",),
        ("scheduler/covers",),
        ("scheduler/people", "scheduler/trouble", "scheduler/deafness", "scheduler/no_answer"),
        ("scheduler/fairness", "scheduler/tick", "scheduler/taking_back", "scheduler/jobs"),
    ],
    "bot": [
        ("bot/version", "bot/clock", "bot/pace", "bot/stopping"),
        ("bot/speech",),
        ("bot/worker",),
        ("bot/plan", "bot/links"),
        ("bot/runbooks",),
        ("bot/desk", "bot/ops"),
        ("bot/config",),
        ("bot/talk",),
        ("bot/slack",),
        ("bot/web", "bot/delivery"),
        ("bot/service",),
        ("bot/listening", "bot/opening"),
        ("bot/front",),
        ("bot/waiting",),
        ("bot/run",),
        ("bot/sandbox/records", "bot/sandbox/rules/setup"),
        ("bot/sandbox/rules",),
        ("bot/sandbox/slack",),
        ("bot/sandbox/api",),
        ("bot/sandbox/page_api",),
        ("bot/sandbox/web",),
        ("bot/sandbox/server",),
        ("bot/sandbox/run",),
        ("bot/terminal",),
        ("bot/__main__",),
    ],
}
MOST_IN_A_ROOM = 16


@cache
def tree_of(path: Path) -> ast.Module:
    """A file's code."""
    return ast.parse(path.read_text())


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_no_test_file_is_imported() -> None:
    wrong = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        named = {*imported(path), *names_imported_from_tests(path)}
        wrong += [f"{place(path)} imports {each}" for each in named if each.rpartition(".")[2].startswith("test_")]
    assert wrong == []


def names_imported_from_tests(path: Path) -> Iterator[str]:
    """What a file imports from a folder of tests."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests":
            yield from (alias.name for alias in node.names)


def place(path: Path) -> str:
    """A file's path within the project."""
    return path.relative_to(ROOT).as_posix()


def test_the_arrows_point_one_way() -> None:
    wrong = []
    for path in SOURCES:
        package = PACKAGES.index(place(path).split("/")[0])
        for module in imported(path):
            top = module.split(".")[0]
            back = top in PACKAGES and PACKAGES.index(top) > package
            if back or (top in HOMES and not place(path).startswith(HOMES[top])):
                wrong.append(f"{place(path)} imports {module}")
    assert wrong == []


def room(path: str) -> tuple[int, str]:
    """The room of a file: the one with the longest name that fits, and how high it lies."""
    rooms = ((level, each) for level, line in enumerate(ROOMS[path.split("/")[0]]) for each in line)
    fits = [found for found in rooms if path == f"{found[1]}.py" or path.startswith(f"{found[1].rstrip('/')}/")]
    assert fits, f"{path} lies in no room"
    return max(fits, key=lambda found: len(found[1]))


FILES = {path for path in SOURCES if path.read_text()}
BY_MODULE = {place(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in FILES}


def files_imported(path: Path) -> set[Path]:
    """The project's own files that a file imports, for types alone too."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found.add(BY_MODULE.get(f"{node.module}.{alias.name}") or BY_MODULE.get(node.module))
    return {each for each in found if each and each != path}


def test_the_arrows_between_rooms_point_one_way() -> None:
    wrong = []
    for path in sorted(FILES):
        if "migrations" in path.parts:
            continue
        level, here = room(place(path))
        for other in files_imported(path):
            if place(other).split("/")[0] == place(path).split("/")[0]:
                below, there = room(place(other))
                if below > level or (below == level and there != here):
                    wrong.append(f"{place(path)} imports {place(other)}")
    assert wrong == []


def circle(needs: Mapping[Path, set[Path]]) -> list[str]:
    """Those that need each other in a circle, and whatever needs one of them."""
    left = dict(needs)
    while free := [path for path, needed in left.items() if not needed & set(left)]:
        left = {path: needed for path, needed in left.items() if path not in free}
    return sorted(map(place, left))


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circle({path: files_imported(path) for path in FILES}) == []


def test_no_subjects_need_each_other_in_a_circle() -> None:
    talk = ROOT / "bot" / "talk"
    needs: dict[Path, set[Path]] = defaultdict(set)
    for path in FILES:
        if talk in path.parents:
            subject = path if path.parent == talk else path.parent
            others = (
                each if each.parent == talk else each.parent for each in files_imported(path) if talk in each.parents
            )
            needs[subject] |= {other for other in others if other != subject}
    assert circle(needs) == []


def test_no_room_is_crowded() -> None:
    files = Counter(path.parent for path in FILES if path.name != "__init__.py")
    assert {place(folder): count for folder, count in files.items() if count > MOST_IN_A_ROOM} == {}


def test_the_rule_knows_neither_clock_nor_store() -> None:
    assert set(imported(ROOT / "scheduler" / "rule" / "rotation.py")) <= {"collections.abc", "dataclasses", "datetime"}


def without_docstring(path: Path) -> Iterator[str]:
    """What of a file is public and says nothing of itself."""
    tree = tree_of(path)
    if tree.body and not ast.get_docstring(tree):
        yield place(path)
    kinds = (ast.FunctionDef, ast.ClassDef)
    tops = [node for node in tree.body if isinstance(node, kinds)]
    methods = [node for top in tops if isinstance(top, ast.ClassDef) for node in top.body if isinstance(node, kinds)]
    for node in (*tops, *methods):
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"{place(path)}: {node.name}"


def test_what_is_public_says_what_it_is() -> None:
    assert [each for path in SOURCES for each in without_docstring(path)] == []


def test_only_the_clock_asks_the_machine_what_time_it_is() -> None:
    asks = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(")
    real_time = {
        "bot/clock.py",
        "bot/delivery/sender.py",
        "bot/slack/directory.py",
        "bot/slack/channels.py",
        "bot/run.py",
    }  # look-ups
    real_time |= {"models/outbox/sending.py", "bot/ops/watch.py"}  # leases, attempts
    assert {place(path) for path in SOURCES if asks.search(path.read_text())} - real_time == set()


MOST_PARAMETERS = 6


def parameters(node: ast.FunctionDef) -> list[str]:
    """The names of all that a function is given, but for its own object."""
    given = node.args
    named = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [each for each in named if each not in ("self", "cls")] + [a.arg for a in (given.vararg, given.kwarg) if a]


def test_what_the_scheduler_needs_many_facts_for_has_a_name() -> None:
    many: dict[str, int] = {}
    for path in SOURCES:
        if place(path).startswith("scheduler/"):
            functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]
            many |= {f"{place(path)}: {node.name}": len(parameters(node)) for node in functions}
    assert {name: count for name, count in many.items() if count > MOST_PARAMETERS} == {}


def test_no_two_classes_have_one_name() -> None:
    named: dict[str, list[str]] = defaultdict(list)
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named[node.name].append(place(path))
    assert {name: files for name, files in named.items() if len(files) > 1} == {}


FEW_WORDS = 3
NAMED_ELSEWHERE = ("bot/sandbox/api/", "models/migrations/")  # by Slack's Web API; by the file


def public(node: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """The public classes and functions of a module, or of a public class."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not each.name.startswith("_"):
            yield each
            yield from public(each) if isinstance(each, ast.ClassDef) else ()


def test_docstrings_say_something() -> None:
    wrong = []
    for path in (each for each in SOURCES if not place(each).startswith(NAMED_ELSEWHERE)):
        for each in public(tree_of(path)):
            said = ast.get_docstring(each) or ""
            is_button = path.name == "press.py" and said.startswith("*")  # whose press it answers
            if 0 < len(said.split()) <= FEW_WORDS and not is_button:
                wrong.append(f"{place(path)}: {each.name} says “{said}”")
    assert wrong == []
