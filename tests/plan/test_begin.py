"""A real bot begins as a team that somebody has chosen; who only looks may look at the example."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import opening
from bot.opening import CannotOpen
from bot.plan.file import PACKAGED
from bot.speech.store_trouble import told
from bot.terminal.cli import cli
from models.keeping import migrate
from models.store.engine import Store
from models.teams import REAL
from tests.kit.cast import NOW
from tests.kit.databases import Databases
from tests.kit.released import RELEASED, fill

pytestmark = pytest.mark.both

SLACK = {"SLACK_BOT_TOKEN": "xoxb-begin", "SLACK_SIGNING_SECRET": "begin"}
WITHOUT_A_TEAM: dict[str, Callable[[Databases], str]] = {
    "nothing": lambda database: database.empty(),
    "tables": lambda database: database.migrated(),
}
without_a_team = pytest.mark.parametrize("made", WITHOUT_A_TEAM.values(), ids=WITHOUT_A_TEAM)


def operator(url: str, *arguments: str, **environ: str) -> Result:
    """What a command of the terminal does."""
    return CliRunner().invoke(cli, ["--database", url, *arguments], env=environ)


def check_named(error: BaseException | None) -> None:
    """It is a refusal that names both ways on."""
    assert isinstance(error, CannotOpen)
    assert "ONCALL_PLAN" in told(error)
    assert "packaged" in told(error)


def schema(url: str) -> str | None:
    """What a store has, without a file being made."""
    if opening.is_not_there(url):
        return None
    with closing(Store(url)) as store:
        return migrate.schema_of(store)


@without_a_team
@pytest.mark.parametrize("command", ["tick", "migrate"])
def test_nothing_that_talks_to_slack_begins_as_somebody_else_s_team(
    database: Databases, made: Callable[[Databases], str], command: str
) -> None:
    url = made(database)
    before = schema(url)
    check_named(operator(url, command, **SLACK).exception)
    assert schema(url) == before


@without_a_team
def test_a_bot_that_runs_does_not_either(database: Databases, made: Callable[[Databases], str]) -> None:
    url = made(database)
    before = schema(url)
    with pytest.raises(CannotOpen) as refused:
        opening.for_running(url, REAL, None, NOW)
    check_named(refused.value)
    assert schema(url) == before


def test_a_refused_start_leaves_nothing_behind(tmp_path: Path) -> None:
    for command in ("run", "tick", "migrate"):
        check_named(operator(f"sqlite:///{tmp_path}/oncall.sqlite", command, **SLACK).exception)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("plan", ["packaged", str(PACKAGED)])
@without_a_team
def test_it_begins_as_the_team_that_is_set(database: Databases, made: Callable[[Databases], str], plan: str) -> None:
    url = made(database)
    assert operator(url, "migrate", **SLACK, ONCALL_PLAN=plan).exit_code == 0
    opening.for_running(url, REAL, PACKAGED, NOW).close()
    assert "Toms" in operator(url, "schedule").stdout


def test_without_a_token_a_store_can_be_made_ready(database: Databases) -> None:
    url = database.empty()
    assert operator(url, "migrate").exit_code == 0
    assert schema(url) == migrate.HEAD


@pytest.mark.slow
@pytest.mark.parametrize("had", sorted(RELEASED))
def test_a_store_with_a_team_needs_no_plan(sqlite: Databases, had: str) -> None:
    url = sqlite.empty()
    with closing(Store(url)) as store:
        fill(store, had)
    opening.for_running(url, REAL, None, datetime.now(UTC)).close()
    assert operator(url, "migrate", **SLACK, ONCALL_PLAN="nowhere.yaml").exit_code == 0


@pytest.mark.slow
@without_a_team
@pytest.mark.parametrize("command", [["ask", "/oncall"], ["schedule"], ["plan", "show"]], ids=" ".join)
def test_who_looks_sees_the_example_and_hears_that_it_is_one(
    database: Databases, made: Callable[[Databases], str], command: list[str], tmp_path: Path
) -> None:
    url, own = made(database), tmp_path / "plan.yaml"
    own.write_text(PACKAGED.read_text())
    for plan, is_example in (("", True), ("packaged", True), (str(own), False)):
        said = operator(url, *command, ONCALL_PLAN=plan)
        assert (said.exit_code, "Toms" in said.stdout, "example" in said.stderr) == (0, True, is_example), plan


@without_a_team
def test_doctor_names_the_lack(database: Databases, made: Callable[[Databases], str]) -> None:
    url = made(database)
    [named] = [line for line in operator(url, "doctor").output.splitlines() if "ONCALL_PLAN" in line]
    assert named.startswith("!!")
    assert "ONCALL_PLAN" not in operator(url, "doctor", ONCALL_PLAN="packaged").output
