"""A day on which much is typed, and much goes wrong.

`python -m tests.kit.long_day text` lives through one and logs all of it, as text or as json.
"""

import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from bot.ops import logs
from bot.sandbox.rules.faults import RESPONSE_URL, Fault
from models import changes
from tests.kit.cast import DANNY, MAYA, TOMS
from tests.kit.databases import SqliteDatabases
from tests.kit.stage import Stage, a_stage


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


def main() -> None:
    """Log such a day, in the style that is named."""
    logs.start("DEBUG", "json" if sys.argv[1] == "json" else "text")
    with tempfile.TemporaryDirectory() as folder, a_stage(SqliteDatabases(Path(folder))) as stage:
        a_long_day(stage)


if __name__ == "__main__":
    main()
