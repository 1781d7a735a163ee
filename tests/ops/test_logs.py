"""Logs: one line an event, with the key of the message and nothing that a person typed."""

import json
import logging
import os
import subprocess
import sys

import pytest
from sqlalchemy import text

from bot.ops.logs import Json, Text
from bot.sandbox.rules.faults import RESPONSE_URL, Fault
from models import changes
from tests.kit.cast import DANNY, MAYA, TOMS
from tests.kit.stage import SECRET, TOKEN, Stage


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
    said = Json().format(record("two\nlines", key="1/handoff/2026-11-30", attempt=2))
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
        for formatter in (Text(), Json()):
            said = formatter.format(record("it broke", problem=strange))
            assert said.isprintable(), strange
            assert len(said.splitlines()) == 1, strange
    assert Text().format(record("it broke", problem="x level=INFO")).endswith(' problem="x level=INFO"')


def test_a_traceback_stays_in_its_line() -> None:
    try:
        raise ValueError("no")
    except ValueError:
        made = record("it broke", exc_info=sys.exc_info())
    for formatter in (Text(), Json()):
        said = formatter.format(made)
        assert "\n" not in said
        assert "ValueError: no" in said


DAY = """
import logging, sys, tempfile
from pathlib import Path
from bot import logs
from tests.databases import SqliteDatabases
from tests.test_logs import a_long_day
from tests.stage import a_stage
logs.begin("DEBUG", sys.argv[1])
with tempfile.TemporaryDirectory() as folder, a_stage(SqliteDatabases(Path(folder))) as stage:
    a_long_day(stage)
"""


def a_long_day(stage: Stage) -> None:
    """A day on which much is typed, and much goes wrong."""
    with stage.store.writing() as tx:
        tx.execute(text("UPDATE people SET phone = '+49 30 1234567'"))
    stage.slack.faults.arm("chat.postMessage", Fault.http_error(500), Fault.api_error("is_archived"), Fault.truncated())
    declared = stage.ask(TOMS, "/holiday 24 Dec - 2 Jan: dentist-note")
    stage.ask(MAYA, "/holiday 24/12: dentist-note")
    stage.ask(DANNY, "/runbook daily-growth")
    assert "+49 30 1234567" in stage.words(DANNY, "/pipelines daily-growth")
    stage.ask(DANNY, "/oncall calendar")
    stage.slack.press(TOMS, declared, "holiday.undo")
    stage.slack.until(lambda: "as it was before" in declared.words())
    again = stage.ask(TOMS, "/holiday 24 Dec - 2 Jan: dentist-note")
    stage.slack.faults.arm(RESPONSE_URL, Fault.http_error(500), Fault.dropped_before_accepting())
    for _ in range(2):
        stage.slack.press(TOMS, again, "holiday.undo")
    stage.slack.send_raw({"Content-Type": "application/x-www-form-urlencoded"}, b"text=dentist-note")
    stage.turn_to("2026-11-30T09:00")
    with stage.store.reading() as tx:
        assert changes.touched_since(tx, 1)


@pytest.mark.slow
def test_a_log_holds_no_token_note_phone_email_or_response_url_even_when_it_tells_all() -> None:
    for style in ("text", "json"):
        done = subprocess.run(
            [sys.executable, "-c", DAY, style], capture_output=True, text=True, timeout=60, check=False, env=os.environ
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert "1/handoff/2026-11-30" in done.stderr
        assert done.stderr.count("a press could not be answered") == 2
        for secret in (TOKEN, SECRET, "dentist-note", "@example.com", "+49", "/respond/", "Toms"):
            assert secret not in done.stderr, secret
        if style == "json":
            assert all(json.loads(line)["event"] for line in done.stderr.splitlines())
