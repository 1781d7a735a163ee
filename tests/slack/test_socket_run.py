"""`python -m bot run` with Socket Mode, as an operator meets it: a start that has to wait, a token that is no good, and
processes that are killed."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import TurnedClock
from bot.sandbox.rules.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.dispatch import BotDidNotAnswer
from bot.sandbox.slack.sockets import DISABLED, OPENING
from bot.slack.socket.keeper import COUNT
from tests.kit import cast
from tests.kit.cast import MAYA, TOMS
from tests.kit.commands import ROOT, bot
from tests.kit.operations import get
from tests.kit.processes import free_port, healthy
from tests.kit.running import APP_TOKEN, SOON, TOKEN, api_of, by_socket, running

pytestmark = pytest.mark.slow

LOOKS_UP_SLOWLY = """
import socket, time

def slow(host, *arguments, real=socket.getaddrinfo, **more):
    if host == "slow.example":
        time.sleep(60)
    return real(host, *arguments, **more)

socket.getaddrinfo = slow
"""


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    """A fake Slack whose app listens by Socket Mode."""
    made = FakeSlack(
        users=cast.USERS, clock=TurnedClock(), signing_secret="unused", bot_token=TOKEN, app_token=APP_TOKEN
    )
    made.connect_by_socket()
    with made.serve():
        yield made


def is_answered(fake: FakeSlack) -> bool:
    """Whether somebody who asks is answered."""
    try:
        said = fake.slash(MAYA, "/oncall")
    except BotDidNotAnswer:
        return False
    return said is not None and "is on call now" in said.words()


def holidays_of(fake: FakeSlack, who: str) -> str | None:
    """What somebody is told of their time off; None where they are not answered, or not known yet."""
    try:
        said = fake.slash(who, "/holiday", "mine")
    except BotDidNotAnswer:
        return None
    return said.words() if said and "Only the people" not in said.words() else None


def test_a_start_that_fails_waits_and_says_why(tmp_path: Path, fake: FakeSlack) -> None:
    fake.faults.arm("auth.test", Fault.rate_limited(1))
    fake.faults.arm(OPENING, Fault.http_error(500), Fault.rate_limited(1), Fault.slow_answer(3))
    with running(tmp_path, api_of(fake), ONCALL_LOG_LEVEL="DEBUG", ONCALL_CLIENT_TIMEOUT="1.5") as started:
        started.until(lambda: healthy(started.operations))
        started.until(lambda: is_answered(fake))
        assert json.loads(get(started.operations, "/healthz")[1])["connected"]
        assert json.loads(get(started.operations, "/status")[1])["requests"] == "Socket Mode"
        assert started.stop() == 0
    assert "Traceback" not in started.logged
    assert "Slack does not answer; asked again soon problem=ratelimited seconds=1.0" in started.logged
    for problem in ("no_json", "ratelimited seconds=1.0", "TimeoutError"):
        assert f"no connection over Socket Mode could be opened; tried again problem={problem}" in started.logged
    assert not [secret for secret in ("ticket", TOKEN, APP_TOKEN) if secret in started.logged]


@pytest.mark.parametrize("method", ["auth.test", OPENING])
def test_who_waits_for_slack_answers_its_operators_and_stops_when_told(
    tmp_path: Path, fake: FakeSlack, method: str
) -> None:
    fake.faults.arm(method, Fault.http_error(503), times=100)
    with running(tmp_path, api_of(fake)) as started:
        started.until(started.is_alive)
        started.until(lambda: "no_json" in started.waits_for())
        assert get(started.operations, "/readyz") == (503, '{"ok": false}\n')
        assert json.loads(get(started.operations, "/healthz")[1])["ok"]
        assert get(started.operations, "/metrics")[0] == 200
        began = time.monotonic()
        assert started.stop() == 0
        assert time.monotonic() - began < SOON
    assert "Traceback" not in started.logged
    assert fake.messages() == []


@pytest.mark.parametrize("host", ["nowhere.invalid", "slow.example"])
def test_a_name_server_that_is_slow_or_knows_nothing_is_waited_for(tmp_path: Path, host: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(LOOKS_UP_SLOWLY)
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    with running(tmp_path, f"https://{host}/api/", PYTHONPATH=path) as started:
        started.until(started.is_alive)
        started.until(lambda: started.waits_for().startswith("Slack"))
        began = time.monotonic()
        assert started.stop() == 0
        assert time.monotonic() - began < SOON
    assert "Traceback" not in started.logged


@pytest.mark.parametrize("error", ["not_allowed_token_type", "missing_scope"])
def test_a_bad_app_token_is_refused_with_what_to_do(tmp_path: Path, fake: FakeSlack, error: str) -> None:
    fake.sockets.refuses = error
    said = bot(tmp_path, "run", **by_socket(api_of(fake), free_port()))
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert said.stderr.splitlines()[-1] == (
        f"- SLACK_APP_TOKEN is not accepted by Slack ({error}): make an app-level token with the scope "
        "connections:write on the app's page Basic Information."
    )
    assert APP_TOKEN not in said.stderr
    assert fake.messages() == []


def test_another_app_s_token_is_refused(tmp_path: Path, fake: FakeSlack) -> None:
    said = bot(tmp_path, "run", **by_socket(api_of(fake), free_port(), token="xapp-another"))
    assert said.returncode == 1
    assert "SLACK_APP_TOKEN is not accepted by Slack (invalid_auth)" in said.stderr


def test_a_bot_that_is_killed_is_followed_by_one_that_answers(tmp_path: Path, fake: FakeSlack) -> None:
    for _ in range(3):
        with running(tmp_path, api_of(fake)) as started:
            started.until(lambda: holidays_of(fake, TOMS) is not None)
            fake.slash(TOMS, "/holiday", "24 Dec 2030")
            assert started.stop(signal.SIGKILL) == -signal.SIGKILL
        assert not is_answered(fake)
    with running(tmp_path, api_of(fake)) as started:
        started.until(lambda: is_answered(fake))
        assert str(holidays_of(fake, TOMS)).count("24 Dec 2030") == 1
        assert started.stop() == 0
    assert sum("is on call now" in each.words() for each in fake.messages() if not each.ephemeral) <= 1


def test_socket_mode_that_is_switched_off_while_it_runs_reaches_an_admin(tmp_path: Path, fake: FakeSlack) -> None:
    with running(tmp_path, api_of(fake)) as started:
        started.until(lambda: healthy(started.operations))
        started.until(lambda: len(fake.sockets.connections) == COUNT and all(is_answered(fake) for _ in range(COUNT)))
        fake.sockets.refuses = "token_revoked"
        fake.sockets.ask_to_leave(DISABLED)
        started.until(lambda: fake.direct_messages(cast.ROBIN))
        assert "switch it on again" in fake.direct_messages(cast.ROBIN)[0].words()
        code, body = get(started.operations, "/healthz")
        assert (code, json.loads(body)["connected"]) == (200, False)
        said = json.loads(get(started.operations, "/status")[1])
        assert not said["ok"]
        assert "link_disabled" in said["requests"]
        assert started.stop() == 0
    assert started.logged.count("Slack refuses Socket Mode, so nobody is heard; tried again every minute") == 1
