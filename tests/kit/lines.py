"""Where the models ask a database something: which lines did on which kind of it, in this run."""

import sys
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event

import models

MODELS = Path(models.__file__).parent
OTHERS = ("store", "migrations", "keeping")  # below all statements, and what is for one kind of database alone
SEEN: defaultdict[str, set[str]] = defaultdict(set)
_known: dict[tuple[str, int], str | None] = {}


def watch() -> None:
    """Note every statement from now on."""
    event.listen(Engine, "before_cursor_execute", _note)


def on_sqlite_alone() -> list[str]:
    """The lines, each as a file and a number, that SQLite was asked from, and PostgreSQL never was."""
    return sorted(SEEN["sqlite"] - SEEN["postgresql"])


def _note(connection: Connection, *_: Any) -> None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if place := _place(frame):
            SEEN[connection.dialect.name].add(place)
            return
        frame = frame.f_back


def _place(frame: FrameType) -> str | None:
    """The line where the frame is, if that is of the models."""
    key = (frame.f_code.co_filename, frame.f_lineno)
    if key not in _known:
        path = Path(key[0])
        ours = path.is_relative_to(MODELS) and path.relative_to(MODELS).parts[0] not in OTHERS
        _known[key] = f"models/{path.relative_to(MODELS)}:{key[1]}" if ours else None
    return _known[key]
