"""What tests share: `database`, and what is built on it.

It is SQLite. On PostgreSQL a test runs besides if it is marked `both` or `conversation`; all do with
`--both`. Every line of the models that asks a database something must be among them; a whole run sees to it.
"""

import gc
import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bot.ops import logs
from models.store.engine import Store
from tests.kit import cast, lines, memory, postgres
from tests.kit.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.kit.stage import EAR, SOCKET, Stage, a_stage

# How long an example takes tells more of the machine than of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

POSTGRES_FOLDER = pytest.StashKey[Path]()
WHOLE = pytest.StashKey[bool]()
LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the PostgreSQL server of the whole run, and whether it is of everything; and what compares for
    others says what it found, too."""
    pytest.register_assert_rewrite("tests.kit.rig", "tests.kit.books", "tests.kit.errands")
    given = getattr(config, "workerinput", {}).get("postgres_folder")
    config.stash[POSTGRES_FOLDER] = Path(given) if given else memory.new_folder("postgres")
    alone = config.args == config.getini("testpaths") and not config.option.keyword and not config.option.markexpr
    config.stash[WHOLE] = getattr(config, "workerinput", {}).get("whole", alone)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist so."""
    node.workerinput["postgres_folder"] = str(node.config.stash[POSTGRES_FOLDER])
    node.workerinput["whole"] = node.config.stash[WHOLE]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Who began the run stops the server."""
    if not hasattr(config, "workerinput"):
        postgres.clear(config.stash[POSTGRES_FOLDER])


def pytest_sessionstart(session: pytest.Session) -> None:
    """In a run of everything, watch where statements come from."""
    if session.config.stash[WHOLE]:
        lines.watch()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look no more for rubbish among what stays to the end, and seldom at all: that takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a worker of xdist saw."""
    for kind, places in getattr(node, "workeroutput", {}).get("statements", {}).items():
        lines.SEEN[kind].update(places)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run of everything fails where a statement ran on SQLite alone."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["statements"] = {kind: sorted(places) for kind, places in lines.SEEN.items()}
    elif config.stash[WHOLE]:
        if lines.on_sqlite_alone() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        config.stash[LEFT_OUT] = lines.on_sqlite_alone()


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command of the terminal that runs in this process sets up logs for all of it."""
    root, before = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    sys.excepthook, root.handlers[:] = before, handlers
    root.setLevel(level)
    for name in (*logs.OURS, *logs.TOO_WARY):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def postgres_with_template(pytestconfig: pytest.Config) -> Iterator[tuple[str, str]]:
    """A PostgreSQL server's URL, and the name of a database on it with the tables of this release."""
    server = postgres.url_of_server(pytestconfig.stash[POSTGRES_FOLDER])
    with postgres.a_template(server) as template:
        yield server, template


@pytest.fixture
def sqlite() -> Iterator[Databases]:
    """Fresh SQLite files, for what is about SQLite."""
    folder = memory.new_folder("sqlite")
    yield SqliteDatabases(folder)
    shutil.rmtree(folder)


@pytest.fixture
def postgresql(postgres_with_template: tuple[str, str]) -> Iterator[Databases]:
    """Fresh databases of PostgreSQL, for what is about PostgreSQL."""
    with closing(PostgresDatabases(*postgres_with_template)) as made:
        yield made


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--both`, as `make both` has it."""
    parser.addoption("--both", action="store_true", help="run on PostgreSQL, too, all that runs on SQLite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Say which kinds of database a test runs on, and how the bot of a conversation listens there."""
    if "database" not in metafunc.fixturenames:
        return
    marked, everything = metafunc.definition.get_closest_marker, metafunc.config.getoption("both")
    kinds = ["sqlite", "postgresql"] if everything or marked("both") or marked("conversation") else ["sqlite"]
    if marked("conversation"):
        ways = [*((kind, EAR) for kind in kinds), ("sqlite", SOCKET)]
        metafunc.parametrize(("database", "ear"), ways, indirect=True, ids=[*kinds, SOCKET])
    else:
        metafunc.parametrize("database", kinds, indirect=True)


@pytest.fixture
def ear(request: pytest.FixtureRequest) -> str:
    """How the bot listens: over HTTP, unless `make sockets` or a conversation's marker wants Socket Mode."""
    by: str = getattr(request, "param", EAR)
    return by


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Databases:
    """Fresh databases of one kind, as many as the test asks for."""
    made: Databases = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def empty_store(database: Databases) -> Iterator[Store]:
    """A store with its tables and nothing in them."""
    with closing(cast.an_empty_store(database)) as store:
        yield store


@pytest.fixture
def store(database: Databases) -> Iterator[Store]:
    """The first team's store, made on Tuesday 24 November 2026 at 10:00. Nobody has their Slack id yet."""
    with closing(cast.a_store(database)) as store:
        yield store


@pytest.fixture
def stage(database: Databases, ear: str) -> Iterator[Stage]:
    """The first team in its Slack, on Tuesday 24 November 2026 at 10:00."""
    with a_stage(database, by=ear) as stage:
        yield stage


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what the slow proofs found out: how many bots were killed, how long it took to recover; and which
    statements were left out on PostgreSQL."""
    for place in terminalreporter.config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(f"no test marked `both` has PostgreSQL run the statement at {place}", red=True)
    told = [words for report in terminalreporter.getreports("passed") for _, words in report.user_properties]
    for words in sorted(map(str, told)):
        terminalreporter.write_line(words)
