"""Bots as real processes, forked from one that has everything imported (`tests/zygote.py`), to be killed."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.kit.zygote import DIED, READY

ROOT = Path(__file__).parent.parent.parent


class Mother:
    """Forks bots from a process that has everything imported."""

    def __init__(self) -> None:
        """Starts it, which takes a second or two."""
        self._died = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # bots that are killed and databases that stop have a lot to say
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline().strip() == READY

    def fork(self, **order: object) -> int:
        """A file descriptor of a new bot's process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps({**order, 'died': self._died.name})}\n")
        self._process.stdin.flush()
        return os.pidfd_open(int(self._process.stdout.readline()))

    def died_of_themselves(self) -> list[str]:
        """What killed the bots that nobody killed."""
        return [each.read_text() for each in Path(self._died.name).glob(f"*{DIED}")]

    def close(self) -> None:
        """Fork no more."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._died.cleanup()


@dataclass
class Slot:
    """A place for one bot at a time: its process, and when it is killed at the latest (monotonic). It listens on the
    port, or, without one, by Socket Mode."""

    port: int | None
    process: int | None = None
    until: float = 0.0

    @property
    def is_dead(self) -> bool:
        """Whether nobody lives there."""
        return self.process is None or bool(select.select([self.process], [], [], 0)[0])

    def kill(self) -> None:
        """Kill who lives there, at once."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGKILL)
        select.select([self.process], [], [], 10)
        os.close(self.process)
        self.process = None
