"""Logs: one line an event, with the key of the message and nothing that a person typed."""

import json
import logging
import subprocess
import sys

import pytest

from bot.ops.logs import JsonLines, Text
from tests.kit.commands import ROOT
from tests.kit.processes import PATIENCE
from tests.kit.stage import SECRET, TOKEN


def record(event: str, **extra: object) -> logging.LogRecord:
    """A warning."""
    return logging.makeLogRecord(
        {"name": "bot.delivery", "levelname": "WARNING", "msg": event, "created": 0.0, **extra}
    )


def test_people_read_a_line_with_fields_behind_the_event() -> None:
    said = Text().format(record("tried again later", key="1/handoff/2026-11-30", problem="no answer", seconds=None))
    at, event, fields = "1970-01-01T00:00:00.000Z", "tried again later", 'key=1/handoff/2026-11-30 problem="no answer"'
    assert said == f"{at} WARNING bot.delivery {event} {fields}"


def test_programs_read_an_object_a_line() -> None:
    said = JsonLines().format(record("two\nlines", key="1/handoff/2026-11-30", attempt=2))
    assert "\n" not in said
    assert json.loads(said) == {
        "at": "1970-01-01T00:00:00.000Z",
        "level": "WARNING",
        "logger": "bot.delivery",
        "event": "two\nlines",
        "key": "1/handoff/2026-11-30",
        "attempt": 2,
    }


def test_whatever_a_field_holds_stays_in_its_line() -> None:
    for strange in ("a\rb", "a\x1b[2Jb", "a\u2028b", "a\x85b", "a\x00b", "\udc80"):
        for formatter in (Text(), JsonLines()):
            said = formatter.format(record("it broke", problem=strange))
            assert said.isprintable(), strange
            assert len(said.splitlines()) == 1, strange
    assert Text().format(record("it broke", problem="x level=INFO")).endswith(' problem="x level=INFO"')


def test_a_traceback_stays_in_its_line() -> None:
    try:
        raise ValueError("no")
    except ValueError:
        made = record("it broke", exc_info=sys.exc_info())
    for formatter in (Text(), JsonLines()):
        said = formatter.format(made)
        assert "\n" not in said
        assert "ValueError: no" in said


@pytest.mark.slow
def test_a_log_holds_no_token_note_phone_email_or_response_url_even_when_it_tells_all() -> None:
    for style in ("text", "json"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.kit.long_day", style],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert "1/handoff/2026-11-30" in done.stderr
        assert done.stderr.count("a press could not be answered") == 2
        for secret in (TOKEN, SECRET, "dentist-note", "@example.com", "+49", "/respond/", "Toms"):
            assert secret not in done.stderr, secret
        if style == "json":
            assert all(json.loads(line)["event"] for line in done.stderr.splitlines())
