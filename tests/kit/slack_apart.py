"""A fake Slack in a process of its own (`tests/kit/slack_process.py`), as a test holds it in its hands."""

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.sandbox.rules.faults import Fault

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class SlackApart:
    """Its address, and what a test does to it and sees of it."""

    url: str
    controls: str

    def held(self) -> dict[str, list[dict[str, Any]]]:
        """Every message, by the id of its conversation and oldest first: its key, ts, arrived (in seconds on the clock
        of `time.monotonic`), words, edited, files."""
        return self._do("held")

    def keys(self) -> Counter[str]:
        """How often each key is shown."""
        return Counter(each["key"] for channel in self.held().values() for each in channel if each["key"])

    def count(self) -> dict[str, Any]:
        """How many messages there are, when the first and the last arrived, how many calls of a method were refused."""
        return self._do("count")

    def arm(self, method: str, *faults: Fault, times: int = 1) -> None:
        """The next calls of `method` meet these faults, so many times over."""
        self._do("arm", method=method, faults=[asdict(fault) for fault in faults], times=times)

    def disarm(self) -> None:
        """All is well from now on."""
        self._do("disarm")

    def lag(self, seconds: float) -> None:
        """The history is so many seconds behind."""
        self._do("lag", seconds=seconds)

    def turn_to(self, moment: datetime) -> None:
        """The clock shows this moment (aware)."""
        self._do("turn", moment=moment.isoformat())

    def clear(self) -> None:
        """Nothing has been said and nothing fails."""
        self._do("clear")

    def _do(self, control: str, **given: object) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.controls}/{control}", json.dumps(given).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            said: dict[str, Any] = json.load(answer)
            return said


@contextmanager
def a_slack_apart(*options: str) -> Iterator[SlackApart]:
    """A fake Slack with these options of `python -m tests.kit.slack_process`; it ends with the block."""
    command = [sys.executable, "-m", "tests.kit.slack_process", *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield SlackApart(*process.stdout.readline().split())
