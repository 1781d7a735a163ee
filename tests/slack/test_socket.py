"""Socket Mode that breaks: people are answered again soon, and whoever has to know of it hears of it. The bot goes ten
times as fast as a real one; one test at the end goes at its real speed."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.ops.ping import Ping
from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.rates import Rates
from bot.sandbox.rules.tiers import CallTally
from bot.sandbox.slack.sockets import DISABLED, OPENING, REFRESH, WARNING
from bot.slack.client import Slack
from bot.slack.socket.keeper import COUNT, REFUSED, Sockets
from bot.slack.socket.line import Line
from models import changes
from models.schema.tables import PersonRow
from tests.kit.cast import MAYA, ROBIN, TOMS
from tests.kit.databases import Databases
from tests.kit.operations import Service, a_service, get, served, status
from tests.kit.sockets import PATIENCE, QUICK, a_quick_stage, answered_again, is_answered, sockets
from tests.kit.stage import APP_TOKEN, SOCKET, Stage, a_stage

pytestmark = pytest.mark.slow

MONDAY = "2026-11-30T09:00"


@pytest.fixture
def stage(sqlite: Databases) -> Iterator[Stage]:
    """The first team, whose bot listens by Socket Mode and is quick."""
    with a_quick_stage(sqlite) as stage:
        yield stage


def told(stage: Stage) -> list[str]:
    """What the admin reads, once there is something."""

    def reads() -> list[str]:
        stage.do_what_is_due()
        return stage.direct(ROBIN)

    stage.slack.until(reads)
    return stage.direct(ROBIN)


@contextmanager
def asked_all_the_time(stage: Stage) -> Iterator[list[bool]]:
    """Somebody asks again and again, from before the block to after it; whether they were answered."""
    answers: list[bool] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            answers.append(is_answered(stage))

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        try:
            yield answers
        finally:
            over.set()
        for each in asking:
            each.result()


def test_two_connections_are_open_and_both_are_answered(stage: Stage) -> None:
    assert len(stage.slack.sockets.connections) == COUNT == 2
    assert all(is_answered(stage) for _ in range(4))


def test_a_connection_that_is_reset_is_made_anew(stage: Stage) -> None:
    first, _ = stage.slack.sockets.connections
    first.reset()
    assert is_answered(stage)  # over the other one
    answered_again(stage)


@pytest.mark.parametrize("how", ["reset", "close"])
def test_both_connections_may_be_lost_at_once(stage: Stage, how: str) -> None:
    getattr(stage.slack.sockets, how)()
    answered_again(stage)


def test_a_server_that_falls_silent_is_left(stage: Stage) -> None:
    stage.slack.sockets.fall_silent(stage.slack.sockets.connections[0])
    answered_again(stage)
    stage.slack.sockets.fall_silent()
    assert not is_answered(stage)
    answered_again(stage)


def test_a_server_that_goes_away_is_come_back_to(stage: Stage) -> None:
    with stage.slack.refusing():
        stage.slack.sockets.reset()
        time.sleep(0.5)
        with served(stage) as port:
            code, body = get(port, "/healthz")
            assert (code, json.loads(body)["connected"]) == (503, False)  # this stage's bot delivers nothing
            assert stage.ear.facts() == {"ok": True, "connected": False}
            said = status(port)
            assert not said["ok"]
            assert said["requests"].startswith("no connection over Socket Mode for ")
            assert said["requests"].endswith("(unreachable)")
    answered_again(stage)
    assert stage.ear.facts() == {"ok": True, "connected": True}
    with served(stage) as port:
        assert status(port)["requests"] == "Socket Mode"


def test_who_is_told_to_wait_waits_and_no_longer(stage: Stage) -> None:
    opened = stage.slack.sockets.opened
    first, second = stage.slack.sockets.connections
    stage.slack.faults.arm(OPENING, Fault.rate_limited(1))
    first.reset()
    time.sleep(0.2)
    second.reset()  # which makes nobody ask sooner
    time.sleep(0.6)
    assert stage.slack.sockets.opened == opened
    assert 0.05 < answered_again(stage) < 1.0


def test_where_one_connection_a_minute_may_be_opened_one_is_open_at_once(stage: Stage) -> None:
    stage.slack.workspace.rates = Rates(a_minute={OPENING: 1}, minute=1.0)
    stage.slack.sockets.reset()
    stage.slack.until(lambda: is_answered(stage), 0.8)
    assert len(stage.slack.sockets.connections) == 1
    answered_again(stage)


@pytest.mark.parametrize("fault", [Fault.http_error(500), Fault.slow_answer(1.5), Fault.dropped_before_accepting()])
def test_opening_that_fails_is_tried_again(stage: Stage, fault: Fault) -> None:
    stage.slack.faults.arm(OPENING, fault)
    stage.slack.sockets.reset()
    answered_again(stage, 2 * PATIENCE)


def test_what_could_wait_while_one_was_open_waits_no_longer_once_it_is_lost(sqlite: Databases) -> None:
    hearing = replace(QUICK, first=0.2, seldom=60.0)
    with a_quick_stage(sqlite, hearing) as stage:
        first, second = stage.slack.sockets.connections
        stage.slack.faults.arm(OPENING, Fault.http_error(500), times=5)
        time.sleep(hearing.steady)
        first.reset()
        stage.slack.until(lambda: stage.slack.faults.left(OPENING) == 0, 10)
        second.reset()  # the first one is tried again in about three seconds
        answered_again(stage)
        stage.slack.workspace.tally = CallTally()


@pytest.mark.parametrize("reason", [WARNING, REFRESH])
def test_a_refresh_leaves_no_gap(stage: Stage, reason: str) -> None:
    before = stage.slack.sockets.connections
    with asked_all_the_time(stage) as answers:
        stage.slack.sockets.ask_to_leave(reason, after=2.0)
        stage.slack.until(lambda: not set(before) & set(stage.slack.sockets.connections))
        answered_again(stage)
    assert len(answers) > 20
    assert all(answers)


def test_too_many_connections_are_not_stampeded(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with stage_on_top(stage, 4), caplog.at_level(logging.INFO):
        opened = stage.slack.sockets.opened
        with stage_on_top(stage, 1, waits=False) as deaf:
            time.sleep(1.0)
            assert "too_many_websockets" in str(deaf.trouble())
        assert 3 <= stage.slack.sockets.opened - opened <= 14
    assert caplog.text.count("a connection over Socket Mode was lost") == 1


@contextmanager
def stage_on_top(stage: Stage, count: int, *, waits: bool = True) -> Iterator[Sockets]:
    """So many bots more at the same app; the last one's connections."""
    app = Slack(APP_TOKEN, base_url=f"{stage.slack.url}/api/", timeout=2)
    there = len(stage.slack.sockets.connections)
    more = [Sockets(stage.bot.app, app, QUICK) for _ in range(count)]
    try:
        for each in more:
            each.start()
        if waits:
            stage.slack.until(lambda: len(stage.slack.sockets.connections) == there + COUNT * count)
        yield more[-1]
    finally:
        for each in more:
            each.stop()


def test_a_token_that_is_revoked_is_told_and_a_renewed_one_heals(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    sockets(stage).on_refused = stage.bot.tell_of_deafness
    stage.slack.sockets.refuses = "token_revoked"
    with served(stage) as port, pinging(stage) as service, caplog.at_level(logging.INFO):
        stage.slack.sockets.reset()
        stage.slack.until(lambda: sockets(stage).refused)
        time.sleep(3 * QUICK.seldom)
        assert "(token_revoked)" in status(port)["requests"]
        [words] = told(stage)  # on the same day: later it would be told anew
        stage.turn_to(MONDAY)
        assert service.calls.get(timeout=30) == "/secret-uuid/fail"
        assert "Slack refuses Socket Mode (`token_revoked`)" in words
        assert "make an app-level token with the scope `connections:write`" in words
        assert caplog.text.count("Slack refuses Socket Mode, so nobody is heard; tried again every minute") == 1
        assert any("On-call handoff" in each for each in stage.channel())  # what it posts by itself goes on
        stage.slack.sockets.refuses = None
        answered_again(stage)
        assert status(port)["requests"] == "Socket Mode"


def test_one_connection_that_is_left_does_not_hide_a_revoked_token(stage: Stage) -> None:
    sockets(stage).on_refused = stage.bot.tell_of_deafness
    stage.slack.sockets.refuses = "invalid_auth"
    stage.slack.sockets.connections[0].reset()
    stage.slack.until(lambda: sockets(stage).refused)
    assert is_answered(stage)
    assert stage.ear.trouble() == "Slack opens no more connections over Socket Mode (invalid_auth)"
    assert not stage.ear.is_well
    assert len(told(stage)) == 1


def test_an_admin_whom_slack_does_not_know_yet_is_told_later(stage: Stage) -> None:
    robin = update(PersonRow).where(PersonRow.name == "Robin")
    with stage.store.writing() as tx:
        tx.execute(robin.values(found_slack_id=None))
    sockets(stage).on_refused = stage.bot.tell_of_deafness
    stage.slack.sockets.refuses = "invalid_auth"
    stage.slack.sockets.connections[0].reset()
    stage.slack.until(lambda: sockets(stage).refused)
    time.sleep(3 * QUICK.seldom)
    assert stage.direct(ROBIN) == []
    with stage.store.writing() as tx:
        tx.execute(robin.values(found_slack_id=ROBIN))
    assert len(told(stage)) == 1


def test_a_word_that_nobody_knows_is_told_once_it_lasts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.socket.keeper.DOUBTED_SECONDS", 0.5)
    sockets(stage).on_refused = stage.bot.tell_of_deafness
    stage.slack.sockets.refuses = "a_word_of_tomorrow"
    stage.slack.sockets.reset()
    time.sleep(0.3)
    assert sockets(stage).refused is None
    assert "(a_word_of_tomorrow)" in str(stage.ear.trouble())
    assert "Slack refuses Socket Mode (`a_word_of_tomorrow`)" in told(stage)[0]
    stage.slack.sockets.refuses = None
    answered_again(stage)


def test_connections_that_never_last_are_opened_ever_later(stage: Stage) -> None:
    opened, until = stage.slack.sockets.opened, time.monotonic() + 1.5
    while time.monotonic() < until:
        stage.slack.sockets.reset()
        time.sleep(0.01)
    assert 4 <= stage.slack.sockets.opened - opened <= 24
    answered_again(stage)


def test_socket_mode_that_is_switched_off_is_told(stage: Stage) -> None:
    sockets(stage).on_refused = stage.bot.tell_of_deafness
    stage.slack.sockets.ask_to_leave(DISABLED)
    stage.slack.until(lambda: sockets(stage).refused == DISABLED)
    answered_again(stage)  # as soon as it is switched on
    [words] = told(stage)
    assert "(`link_disabled`)" in words
    assert "switch it on again on the app's page *Socket Mode*" in words


def test_what_both_connections_are_told_at_once_is_logged_once(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    both = threading.Barrier(2)

    def together(record: logging.LogRecord) -> bool:
        if record.msg == REFUSED:
            with suppress(threading.BrokenBarrierError):
                both.wait(0.3)
        return True

    logging.getLogger("bot.slack.socket.keeper").addFilter(together)
    try:
        stage.slack.sockets.ask_to_leave(DISABLED)
        stage.slack.until(lambda: sockets(stage).refused == DISABLED)
        answered_again(stage)
    finally:
        logging.getLogger("bot.slack.socket.keeper").removeFilter(together)
    assert [record.message for record in caplog.records].count(REFUSED) == 1


@contextmanager
def pinging(stage: Stage) -> Iterator[Service]:
    """A dead-man service that the stage's bot pings."""
    with a_service() as service:
        stage.bot.ping = Ping(service.url)
        stage.bot.ping.worker.start()
        try:
            yield service
        finally:
            stage.bot.ping.worker.stop()


def test_the_ping_minds_no_short_loss(stage: Stage) -> None:
    with served(stage), pinging(stage) as service:
        stage.slack.sockets.reset()
        stage.bot.tick()
        assert service.calls.get(timeout=30) == "/secret-uuid"
        with stage.slack.refusing():
            stage.slack.sockets.reset()
            time.sleep(QUICK.long + 0.2)
            stage.bot.tick()
        assert service.calls.get(timeout=30) == "/secret-uuid/fail"
    answered_again(stage)


def test_an_envelope_that_comes_again_does_nothing_again(stage: Stage) -> None:
    said = stage.slack.slash(TOMS, "/holiday", "24 Dec", twice=True)
    assert said is not None
    stage.slack.press(TOMS, said, "holiday.undo", twice=True)
    with stage.store.reading() as tx:
        assert [each.what for each in changes.listed_all(tx, 1) if each.by] == ["holiday declared", "change undone"]


def test_many_at_once_are_answered_in_time(sqlite: Databases) -> None:
    with a_stage(sqlite, by=SOCKET) as stage, ThreadPoolExecutor(40) as pool:
        said = list(pool.map(lambda _: stage.words(MAYA, "/oncall"), range(80)))
    assert all("*Toms* is on call now" in each for each in said)


def test_a_line_carries_more_than_64_kb(stage: Stage) -> None:
    app = Slack(APP_TOKEN, base_url=f"{stage.slack.url}/api/", timeout=2)
    came: list[str] = []

    def hear(line: Line, text: str) -> None:
        line.opened_at = time.monotonic()
        came.append(text)

    line = Line(app.socket_address(), QUICK, hear, lambda *_: None)
    line.start()
    stage.slack.until(lambda: came)
    line.send(json.dumps({"envelope_id": "unknown", "payload": {"text": "x" * 200_000}}))
    stage.slack.sockets.connections[-1].send({"type": "large", "text": "y" * 200_000})
    stage.slack.until(lambda: len(came) == 2)
    line.close()
    assert len(json.loads(came[1])["text"]) == 200_000


def test_no_log_of_ours_holds_a_ticket_or_a_token(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "bot"), caplog.at_level(logging.DEBUG, "websocket"):
        stage.slack.faults.arm(OPENING, Fault.http_error(502), Fault.rate_limited(1))
        stage.slack.sockets.reset()
        answered_again(stage, 2 * PATIENCE)
        stage.slack.sockets.ask_to_leave(REFRESH, after=0.1)
        answered_again(stage)
        assert "ticket" not in caplog.text
        assert APP_TOKEN not in caplog.text
        assert "connected over Socket Mode" in caplog.text


def test_at_its_real_speed_the_worst_single_loss_takes_less_than_15_seconds(sqlite: Databases) -> None:
    with a_stage(sqlite, by=SOCKET, ack_seconds=0.5) as stage:
        stage.slack.sockets.fall_silent()
        assert answered_again(stage, 15.0) > 4.0
        stage.slack.sockets.reset()
        assert answered_again(stage, 15.0) < 8.0
        stage.slack.workspace.tally = CallTally()  # three losses within a minute take more than tier 1
