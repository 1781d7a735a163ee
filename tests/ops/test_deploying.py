"""What runs the bot by itself: the image, compose.yaml and the systemd unit."""

import re
import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Settings
from bot.terminal.cli import cli

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
SETTINGS = {field.alias for field in Settings.model_fields.values()}
RECIPES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
TO_THE_END = 30  # seconds that a bot may take from SIGTERM on


@pytest.fixture
def unit() -> ConfigParser:
    """The systemd unit; of what stands there twice, the last."""
    made = ConfigParser(strict=False, interpolation=None, delimiters="=")
    made.optionxform = str  # type: ignore[assignment, method-assign]
    made.read_string((ROOT / "deploy" / "oncall-bot.service").read_text())
    return made


# The image


def test_the_image_runs_as_a_number_that_its_own_user_has() -> None:
    [user] = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    [uid] = re.findall(r"useradd .*--uid (\d+)", DOCKERFILE)
    [gid] = re.findall(r"groupadd .*--gid (\d+)", DOCKERFILE)
    assert user == f"{uid}:{gid}" == "10001:10001"


def test_the_image_is_made_of_what_the_wheel_is_made_of_and_of_no_secrets() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert {line for line in ignored if line.startswith("!")} == {
        *("!pyproject.toml", "!constraints.txt", "!README.md", "!LICENSE"),
        *("!bot", "!models", "!scheduler", "!runbook_content"),
    }


# compose.yaml


def test_the_database_counts_as_up_only_once_it_answers_over_tcp() -> None:
    command, *arguments = SERVICES["database"]["healthcheck"]["test"][1:]
    assert command == "pg_isready"
    assert "--host=127.0.0.1" in arguments


def test_bots_start_after_one_migration_of_a_database_that_answers() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert SERVICES["bot"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert "restart" not in SERVICES["migrate"]
    assert SERVICES["bot"]["deploy"]["replicas"] == 2
    assert SERVICES["bot"]["restart"] == "unless-stopped"
    assert SERVICES["bot"]["stop_grace_period"] == f"{TO_THE_END}s"


@pytest.mark.parametrize("service", ["migrate", "bot"])
def test_whoever_opens_the_store_has_a_plan_of_the_team_and_its_runbooks(service: str) -> None:
    made = SERVICES[service]
    assert made["command"] in cli.commands
    assert set(made["environment"]) <= SETTINGS
    [mount] = made["volumes"]
    assert (mount["type"], mount["read_only"]) == ("bind", True)
    assert not mount["bind"]["create_host_path"]  # a directory of Docker's own, named plan.yaml, helps nobody
    for name in ("ONCALL_PLAN", "ONCALL_RUNBOOKS"):
        assert made["environment"][name].startswith(f"{mount['target']}/")


def test_no_secret_stands_in_the_file_and_none_may_be_left_out() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    for name in ("POSTGRES_PASSWORD", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        assert f"{name}: ${{{name}:?" in text
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {".env", "deploy/oncall/"} <= set(ignored)


# systemd


def test_the_unit_starts_what_the_wheel_installs_and_starts_it_again(unit: ConfigParser) -> None:
    service = unit["Service"]
    program, command = service["ExecStart"].split()
    assert Path(program).name in PROJECT["scripts"]
    assert command in cli.commands
    assert service["Restart"] == "always"
    assert int(service["TimeoutStopSec"]) == TO_THE_END


def test_the_unit_is_of_a_user_whose_files_nobody_else_reads(unit: ConfigParser) -> None:
    service = unit["Service"]
    assert service["User"] not in ("", "root")
    assert service["UMask"] == "0077"
    assert service["StateDirectoryMode"] == "0700"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert service["ProtectSystem"] == "strict"


def test_the_unit_sets_what_there_is_to_set() -> None:
    lines = (ROOT / "deploy" / "oncall-bot.service").read_text().splitlines()
    named = {line.split("=")[1] for line in lines if line.startswith("Environment=")}
    assert named == {"ONCALL_PLAN", "ONCALL_RUNBOOKS"} <= SETTINGS


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_name_files_that_there_are_and_commands_that_there_are(recipe: str) -> None:
    text = (ROOT / recipe).read_text()
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert ((ROOT / recipe).parent / target).exists(), target
    for command in re.findall(r"(?:python -m bot|bin/oncall-bot|compose run --rm migrate) ([a-z]+)", text):
        assert command in cli.commands, command


def test_the_bot_is_invited_before_it_runs() -> None:
    text = (ROOT / "README.md").read_text()
    assert text.index("/invite @oncall") < text.index("python -m bot run\n")
