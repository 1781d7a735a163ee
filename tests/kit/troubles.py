"""A store in trouble: what somebody is told then, and how long they wait."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from sqlalchemy import make_url

from models.schema.tables import Base
from tests.kit.stage import Stage

CANNOT_READ = "I can't reach my store just now. Nothing was changed; please try again in a moment."
CANNOT_SAVE = "I can't save anything just now, so nothing was changed. Please try again in a few minutes."
SLACK_WAITS = 3.0


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Somebody else holds all that is written to."""
    if stage.store.is_sqlite:
        with closing(sqlite3.connect(make_url(stage.store.url).database or "", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(stage.store.url) as other:
        other.execute(f"LOCK TABLE {', '.join(Base.metadata.tables)} IN EXCLUSIVE MODE")
        yield


@contextmanager
def in_time() -> Iterator[None]:
    """Whatever is done here takes no longer than Slack waits."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SLACK_WAITS
