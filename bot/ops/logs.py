"""Logs: one line an event, for people or as JSON.

    2026-11-30T08:00:01.203Z WARNING bot.delivery said later key=1/handoff/2026-11-30 problem=ratelimited
    {"at": "2026-11-30T08:00:01.203Z", "level": "WARNING", "logger": "bot.delivery", "event": "said later", "key": …}

Fields come with `extra`. Nothing that a person typed, no token and no response_url is logged anywhere in the bot.
Libraries log whole requests, with tokens and what people typed, for their developers: of them only warnings are logged,
whatever the level.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal

Style = Literal["text", "json"]

# They warn at every request of a busy moment, and at every start of a token that is not needed twice.
TOO_WARY = ("waitress.queue", "slack_bolt")
OURS = ("bot", "scheduler", "models")
FORMAT = "ONCALL_LOG_FORMAT"
AS_JSON: Style = "json"
MISTAKE = "ended by a mistake in its code"
_PLAIN = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


def start(level: str, style: Style) -> None:
    """Log to standard error from now on: what is ours from `level` on, of libraries no more than warnings."""
    least = max(logging.WARNING, logging.getLevelName(level))
    logging.basicConfig(level=least, handlers=[handler(style)], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in TOO_WARY:
        logging.getLogger(name).setLevel(logging.ERROR)


def begin_as_asked(environ: Mapping[str, str]) -> None:
    """Before the settings are read, so that what is wrong with them is an object in a line too, where that is asked
    for."""
    if environ.get(FORMAT, "").strip() == AS_JSON:
        start("INFO", AS_JSON)
        logging.captureWarnings(True)
        sys.excepthook = _log_uncaught


def are_json() -> bool:
    """Whether standard error is for programs."""
    return any(isinstance(each.formatter, JsonLines) for each in logging.getLogger().handlers)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(__name__).critical(MISTAKE, exc_info=(kind, error, trace))


def handler(style: Style) -> logging.Handler:
    """What writes the lines."""
    made = logging.StreamHandler()
    made.addFilter(_curt)
    made.setFormatter(JsonLines() if style == AS_JSON else Text())
    return made


class Text(logging.Formatter):
    """A line that people read."""

    def format(self, record: logging.LogRecord) -> str:
        """The event in one line, with its fields behind it."""
        facts = _facts(self, record)
        head = [str(facts.pop(name)) for name in ("at", "level", "logger", "event")]
        line = " ".join([*head, *(f"{name}={_quoted(value)}" for name, value in facts.items())])
        return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)


class JsonLines(logging.Formatter):
    """A line that programs read."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as an object in one line."""
        return json.dumps(_facts(self, record), default=str)


def _curt(record: logging.LogRecord) -> bool:
    """Of Slack's libraries only what failed: behind it they quote answers, which hold emails and a socket's ticket."""
    if record.name.startswith("slack_"):
        record.msg, record.args, record.exc_info = re.split(r"[:(]", record.getMessage())[0].strip(), None, None
    return True


def _facts(formatter: logging.Formatter, record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts = {"at": at, "level": record.levelname, "logger": record.name, "event": record.getMessage()}
    facts |= {name: value for name, value in record.__dict__.items() if name not in _PLAIN and value is not None}
    if record.exc_info:
        facts["trace"] = formatter.formatException(record.exc_info)
    return facts


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=') else text
