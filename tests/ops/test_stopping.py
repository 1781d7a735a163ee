"""A bot that is told to stop stops, whatever it is doing at that moment."""

import subprocess
import sys

import pytest

from tests.kit.processes import PATIENCE

# As in the middle of `told.wait()`: the main thread holds the lock when the signal comes.
WITHIN = """
import os, signal
from bot.stopping import told_by_signals
told = told_by_signals()
with told._cond:
    os.kill(os.getpid(), signal.{name})
assert told.wait(10)
"""
AGAIN = """
import os, signal
from bot.stopping import told_by_signals
told = told_by_signals()
for _ in range(3):
    os.kill(os.getpid(), signal.SIGTERM)
    assert told.wait(10)
    told.clear()
"""


@pytest.mark.parametrize("code", [WITHIN.format(name="SIGTERM"), WITHIN.format(name="SIGINT"), AGAIN])
def test_a_signal_is_heard_at_any_moment(code: str) -> None:
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (said.returncode, said.stderr) == (0, "")
