"""What an operator's tools see: probes, the status, metrics, and the example alert rules."""

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.sandbox.rules.faults import Fault
from tests.kit import postgres
from tests.kit.cast import MAYA, TOMS
from tests.kit.databases import PostgresDatabases
from tests.kit.operations import get, look_again, metrics, served, status
from tests.kit.stage import Stage, a_stage

ROOT = Path(__file__).parent.parent.parent
MONDAY = "2026-11-30T09:00"


def test_a_bot_is_ready_from_its_start_to_its_stop(stage: Stage) -> None:
    with served(stage) as port:
        assert get(port, "/readyz")[0] == 503
        stage.bot.watch.is_open = True
        assert get(port, "/readyz") == (200, '{"ok": true}\n')


@pytest.mark.both
def test_a_bot_lives_while_its_threads_do(stage: Stage) -> None:
    with served(stage) as port:
        assert json.loads(get(port, "/healthz")[1]) == {"ok": False, "ticking": True, "delivering": False}
        stage.bot.start()
        assert get(port, "/healthz") == (200, '{"ok": true, "ticking": true, "delivering": true}\n')
        stage.bot.watch._rang -= 11 * 3600  # the tick hangs
        assert get(port, "/healthz")[0] == 503
        stage.bot.stop()


def test_what_is_overdue_or_refused_is_named_without_a_word_of_it(stage: Stage) -> None:
    with served(stage) as port:
        stage.slack.faults.arm("chat.postMessage", Fault.http_error(500), Fault.api_error("not_in_channel"))
        stage.ask(TOMS, "/holiday 24 Dec - 26 Dec: the dentist")
        stage.turn_to(MONDAY)
        assert status(port)["overdue"] == []
        look_again(stage)
        stage.clock.turn_to(stage.clock.now().replace(minute=6))
        said = status(port)
        assert (said["ok"], said["database"]) == (False, "answers")
        assert [each["key"] for each in said["overdue"]] == ["1/handoff/2026-11-30"]
        assert [each["problem"] for each in said["refused"]] == ["not_in_channel"]
        assert "dentist" not in json.dumps(said)


def test_everything_is_counted(stage: Stage) -> None:
    with served(stage) as port:
        stage.slack.faults.arm("chat.postMessage", Fault.http_error(500), Fault.api_error("not_in_channel"))
        stage.ask(MAYA, "/oncall")
        stage.ask(MAYA, "/holiday nonsense")
        stage.turn_to(MONDAY)
        found = metrics(get(port, "/metrics")[1])
    assert found["oncall_commands_total oncall answered 1"] == 1
    assert found["oncall_commands_total holiday refused 1"] == 1
    assert found["oncall_command_seconds_count oncall"] == 1
    assert found["oncall_messages_total greeting said 1"] == 1
    assert found["oncall_messages_total handoff ambiguous 1"] == 1
    assert found["oncall_messages_owed handoff 1"] == 1
    assert found["oncall_messages_refused 1"] == 1
    assert found["oncall_database_up"] == 1
    assert found["oncall_tick_seconds_count"] >= 2


def test_the_lateness_of_the_last_handoff_is_told(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:04")
    with served(stage) as port:
        assert metrics(get(port, "/metrics")[1])["oncall_handoff_late_seconds 1"] == 240


def test_what_is_not_there_is_not_found_and_a_head_has_no_body(stage: Stage) -> None:
    with served(stage) as port:
        assert get(port, "/health")[0] == 404
        assert get(port, "/status", "HEAD") == (200, "")


@pytest.mark.slow
def test_a_database_that_is_down_makes_no_bot_unready_or_dead() -> None:
    with postgres.a_server_to_stop() as server, postgres.a_template(server.url) as template:
        database = PostgresDatabases(server.url, template)
        with a_stage(database) as stage, served(stage) as port:
            stage.bot.watch.is_open = True
            server.stop()
            stage.bot.tick()
            stage.ask(MAYA, "/oncall")
            assert get(port, "/readyz")[0] == 200
            assert json.loads(get(port, "/healthz")[1])["ticking"]
            said = status(port)
            assert (said["ok"], said["overdue"]) == (False, None)
            assert "does not answer" in said["database"]
            found = metrics(get(port, "/metrics")[1])
            assert found["oncall_database_up"] == 0
            assert found["oncall_commands_total oncall failed 1"] == 1
            server.start()
            look_again(stage)
            assert status(port)["database"] == "answers"


@pytest.mark.slow
def test_a_database_that_hangs_holds_up_nobody_who_asks() -> None:
    with postgres.a_server_to_stop() as server, postgres.a_template(server.url) as template:
        database = PostgresDatabases(server.url, template)
        with a_stage(database) as stage, served(stage) as port:
            look_again(stage)
            with server.frozen():
                said = status(port)
                assert not said["ok"]
                assert said["database"].endswith(("has not answered yet", "connection timeout expired"))
                assert metrics(get(port, "/metrics")[1])["oncall_database_up"] == 0
                stage.bot.watch._rang -= 11 * 3600  # the tick hangs, too
                assert json.loads(get(port, "/healthz")[1])["ticking"]
            stage.slack.until(lambda: status(port)["database"] == "answers")
            assert not json.loads(get(port, "/healthz")[1])["ticking"]


def test_the_example_alert_rules_ask_for_metrics_that_there_are(stage: Stage) -> None:
    rules = yaml.safe_load((ROOT / ".github" / "alerts.yaml").read_text())["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"oncall_\w+", rule["expr"])}
    with served(stage) as port:
        told = {name.split(" ")[0] for name in metrics(get(port, "/metrics")[1])}
    assert len(rules) == 5
    assert asked <= told
