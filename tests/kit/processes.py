"""Real processes of the bot: they end with their block, how they are waited for, and free ports."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.ops.address import READYZ

PATIENCE = 60.0  # seconds: only who hangs takes longer, on however busy a machine
RUN = (sys.executable, "-m", "bot", "run")


@contextmanager
def a_bot(folder: Path, environ: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A bot that runs in `folder`, with these variables. However the block ends, it ends too: a failing test would wait
    for it without end."""
    given = {**os.environ, **environ}
    with subprocess.Popen(RUN, cwd=folder, env=given, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def until_healthy(process: subprocess.Popen[str], port: int) -> None:
    """Wait until a bot says at its operations address that it is well. Raises AssertionError where it ends or hangs."""
    deadline = time.monotonic() + PATIENCE
    while not healthy(port):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def healthy(port: int) -> bool:
    """Whether a bot says that it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", READYZ)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
