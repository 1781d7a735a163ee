"""Commands of the terminal as real processes, forked from one that has everything imported: a start takes most of a
second, and there are hundreds of them.

`python -m tests.kit.commands` is that one. It reads orders, a JSON object a line, and answers each with an exit code.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.terminal import cli
from tests.kit.processes import PATIENCE

ROOT = Path(__file__).parent.parent.parent
OUT, ERR = "out", "err"


def bot(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What a command of the terminal prints, of which nobody answers a question; it keeps its store in `folder`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ONCALL_", "SLACK_"))}
    with tempfile.TemporaryDirectory() as printed:
        order = {"folder": str(folder), "arguments": arguments, "environ": {**plain, **environ}, "printed": printed}
        code = _answered(_mother(), order)
        out, err = (Path(printed, name).read_text(encoding="utf-8") for name in (OUT, ERR))
    return subprocess.CompletedProcess(arguments, code, out, err)


@cache
def _mother() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kit.commands"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _answered(mother: "subprocess.Popen[str]", order: Mapping[str, object]) -> int:
    assert mother.stdin
    assert mother.stdout
    mother.stdin.write(f"{json.dumps(order)}\n")
    mother.stdin.flush()
    if not select.select([mother.stdout], [], [], PATIENCE)[0]:
        _mother.cache_clear()
        mother.kill()
        raise AssertionError(f"it hangs: {order['arguments']}")
    return int(mother.stdout.readline())


def _obey() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if child := os.fork():
            sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
            sys.stdout.flush()
        else:
            _become(order)


def _become(order: dict[str, Any]) -> None:
    """Be that command, and end as it does."""
    os.environ.clear()
    os.environ.update(order["environ"])
    for number, path in enumerate((os.devnull, f"{order['printed']}/{OUT}", f"{order['printed']}/{ERR}")):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(order["folder"])
    sys.argv = ["bot", *order["arguments"]]
    cli.main()


if __name__ == "__main__":
    _obey()
