"""Bots as real processes, as an operator runs them: their environment, and how one is followed."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.plan.file import PACKAGED
from bot.sandbox.server import FakeSlack
from tests.kit.commands import ROOT, bot
from tests.kit.operations import get
from tests.kit.processes import PATIENCE, a_bot, free_port

TOKEN, SECRET, APP_TOKEN = "xoxb-run", "runsecret", "xapp-run"
SOON = 20.0  # seconds: before an orchestrator loses its patience, on however busy a machine


def begin(folder: Path, *arguments: str) -> None:
    """Let there be a store, with the packaged plan."""
    applied = bot(folder, "plan", "apply", str(PACKAGED), "--yes", *arguments)
    assert applied.returncode == 0, applied.stderr


def over_http(url: str, operations: int) -> dict[str, str]:
    """The environment of a bot that runs."""
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "ONCALL_SLACK_API_URL": f"{url}/api/",
        "ONCALL_ADDRESS": f"127.0.0.1:{free_port()}",
        "ONCALL_OPERATIONS_ADDRESS": f"127.0.0.1:{operations}",
        "ONCALL_PLAN": "packaged",
        "PYTHONPATH": str(ROOT),
    }


def by_socket(api: str, operations: int, token: str = APP_TOKEN) -> dict[str, str]:
    """The environment of a bot that listens by Socket Mode."""
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_APP_TOKEN": token,
        "ONCALL_SLACK_API_URL": api,
        "ONCALL_OPERATIONS_ADDRESS": f"127.0.0.1:{operations}",
        "ONCALL_PLAN": "packaged",
        "PYTHONPATH": str(ROOT),
    }


class Running:
    """A bot in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], operations: int) -> None:
        """Its operations address is on this port."""
        self.process, self.operations, self.logged = process, operations, ""

    def until(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        """Wait until this is so. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            assert self.process.poll() is None, "it has ended"
            time.sleep(0.02)

    def is_alive(self) -> bool:
        """Whether its operations address answers that nobody is to start it again."""
        try:
            return get(self.operations, "/healthz")[0] == 200
        except OSError:
            return False

    def waits_for(self) -> str:
        """What its status says that it waits for."""
        said = json.loads(get(self.operations, "/status")[1])
        return str(said.get("waits_for"))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code, once it has ended."""
        self.process.send_signal(how)
        self.logged = self.process.communicate(timeout=PATIENCE)[1]
        return self.process.returncode


@contextmanager
def running(folder: Path, api: str, **environ: str) -> Iterator[Running]:
    """A bot that runs, with its store in `folder`."""
    operations = free_port()
    with a_bot(folder, {**by_socket(api, operations), **environ}) as process:
        yield Running(process, operations)


def api_of(fake: FakeSlack) -> str:
    """The address of its Web API."""
    return f"{fake.url}/api/"
