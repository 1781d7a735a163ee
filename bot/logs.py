"""Logs: one line an event, for people or as JSON.

    2026-11-30T08:00:01.203Z WARNING bot.delivery said later key=1/handoff/2026-11-30 problem=ratelimited
    {"at": "2026-11-30T08:00:01.203Z", "level": "WARNING", "logger": "bot.delivery", "event": "said later", "key": …}

Fields come with `extra`. Nothing that a person typed, no token and no response_url is logged anywhere in the bot; what
libraries log of requests and their bodies is for their developers, and is left out whatever the level.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal

Style = Literal["text", "json"]

# The least that is logged of these: below it they log whole requests, with tokens and what people typed.
LEAST = {
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "urllib3": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "waitress": logging.WARNING,
    "waitress.queue": logging.ERROR,  # says how long its queue is at every request of a busy moment
    "PIL": logging.WARNING,
}
_PLAIN = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


def begin(level: str, style: Style) -> None:
    """Log to standard error from now on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if style == "json" else Text())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in LEAST.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelName(level)))


class Text(logging.Formatter):
    """A line that people read."""

    def format(self, record: logging.LogRecord) -> str:
        """The event in one line, with its fields behind it."""
        facts = _facts(self, record)
        head = " ".join(str(facts.pop(name)) for name in ("at", "level", "logger", "event"))
        return " ".join([head, *(f"{name}={_quoted(value)}" for name, value in facts.items())]).replace("\n", "\\n")


class Json(logging.Formatter):
    """A line that programs read."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as an object in one line."""
        return json.dumps(_facts(self, record), ensure_ascii=False, default=str)


def _facts(formatter: logging.Formatter, record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts = {"at": at, "level": record.levelname, "logger": record.name, "event": record.getMessage()}
    facts |= {name: value for name, value in record.__dict__.items() if name not in _PLAIN and value is not None}
    if record.exc_info:
        facts["trace"] = formatter.formatException(record.exc_info)
    return facts


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or " " in text or "\n" in text else text
