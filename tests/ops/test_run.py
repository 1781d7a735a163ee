"""`python -m bot run` and the terminal, as an operator meets them: real processes."""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import TurnedClock
from bot.plan.file import PACKAGED
from bot.sandbox.rules.faults import Fault
from bot.sandbox.server import FakeSlack
from bot.version import release
from tests.kit import cast
from tests.kit.commands import bot
from tests.kit.databases import Databases
from tests.kit.operations import a_service, get
from tests.kit.processes import PATIENCE, a_bot, free_port, until_healthy
from tests.kit.running import SECRET, TOKEN, begin, over_http

pytestmark = pytest.mark.slow


@pytest.fixture
def slack() -> Iterator[tuple[FakeSlack, str]]:
    """A fake Slack, and its address."""
    fake = FakeSlack(users=cast.USERS, clock=TurnedClock(), signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url:
        yield fake, url


def test_it_runs_greets_is_healthy_and_stops_cleanly(
    tmp_path: Path, slack: tuple[FakeSlack, str], database: Databases
) -> None:
    fake, url = slack
    operations, store = free_port(), database.empty()
    with a_bot(tmp_path, {**over_http(url, operations), "ONCALL_DATABASE": store}) as running:
        until_healthy(running, operations)
        fake.until(lambda: any("is on call now" in message.words() for message in fake.messages()))
        running.send_signal(signal.SIGTERM)
        _, logged = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert TOKEN not in logged
    assert "Traceback" not in logged
    now = ("--now", "2026-11-24T10:00")
    refused = bot(tmp_path, "--database", store, "ask", "/holiday 24 Dec", "--as", "Toms", *now)
    assert refused.returncode == 1
    assert "This is a real store" in refused.stderr
    refused = bot(tmp_path, "--database", store, "sandbox", "--port", "0")
    assert refused.returncode == 1
    assert "is a real store" in refused.stderr


def test_it_is_seen_from_outside_and_logs_an_object_a_line(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    fake, url = slack
    operations = free_port()
    with a_service() as service:
        told = {"ONCALL_PING_URL": service.url, "ONCALL_LOG_FORMAT": "json", "ONCALL_LOG_LEVEL": "DEBUG"}
        with a_bot(tmp_path, {**over_http(url, operations), **told}) as running:
            assert service.calls.get(timeout=PATIENCE) == "/secret-uuid"
            until_healthy(running, operations)  # the first tick is before its first request
            assert get(operations, "/healthz") == (200, '{"ok": true, "ticking": true, "delivering": true}\n')
            fake.until(lambda: json.loads(get(operations, "/status")[1])["ok"])  # it looks for its channel at first
            assert "oncall_tick_seconds_count 1.0" in get(operations, "/metrics")[1]
            fake.until(lambda: fake.messages())
            running.send_signal(signal.SIGTERM)
            _, logged = running.communicate(timeout=PATIENCE)
    lines = [json.loads(line) for line in logged.splitlines()]
    assert [each["version"] for each in lines if each["event"] == "starting"] == [release()]
    events = [line["event"] for line in lines]
    assert [event for event in events if event in ("on call", "stopping")] == ["on call", "stopping"]
    assert ("said" in events, running.returncode) == (True, 0)
    assert "secret-uuid" not in logged


def test_missing_settings_are_named_in_one_message(tmp_path: Path) -> None:
    said = bot(tmp_path, "run", ONCALL_TICK_SECONDS="soon")
    assert said.returncode == 1
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "ONCALL_TICK_SECONDS"):
        assert name in said.stderr
    assert "Traceback" not in said.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["ONCALL_ADDRESS", "ONCALL_OPERATIONS_ADDRESS"])
def test_an_address_that_is_taken_is_named_with_its_setting(
    tmp_path: Path, slack: tuple[FakeSlack, str], name: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = bot(tmp_path, "run", **over_http(slack[1], free_port()) | {name: address})
    assert said.returncode == 1
    sentence = f"- {address} can't be listened on (Address already in use): choose another address with {name}."
    assert sentence in said.stderr.splitlines()


def test_ask_answers_what_slack_would(tmp_path: Path) -> None:
    said = bot(tmp_path, "ask", "/oncall", "--as", "Toms")
    assert said.returncode == 0
    assert "You are on call now, until" in said.stdout
    as_json = bot(tmp_path, "ask", "/oncall", "--as", "toms", "--json")
    assert set(json.loads(as_json.stdout)) == {"text", "blocks"}


LOOKING = (
    ("ask", "/oncall"),
    ("schedule",),
    ("calendar", "--out", "/dev/null"),
    ("fairness",),
    ("tick",),
    ("plan", "show"),
    ("plan", "export"),
)


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_who_looks_makes_no_store_and_hears_that_there_is_none(tmp_path: Path, command: tuple[str, ...]) -> None:
    said = bot(tmp_path, *command)
    assert said.returncode == 0, said.stderr
    assert said.stderr == (
        "There is no store at sqlite:///oncall.sqlite yet. This is answered from the example plan that comes with the "
        "bot, and nothing is kept: for your own team, set ONCALL_PLAN to a plan of yours, or `plan apply FILE`.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_writes_needs_a_store_and_a_plan_that_is_only_shown_makes_none(tmp_path: Path) -> None:
    holiday = ("ask", "/holiday 24 Dec", "--as", "Toms")
    for command in (holiday, ("outbox", "list"), ("outbox", "retry", "--all"), ("outbox", "drop", "1")):
        refused = bot(tmp_path, *command)
        assert (refused.returncode, refused.stdout) == (1, ""), command
        assert refused.stderr.startswith("There is no store at sqlite:///oncall.sqlite yet. `run` makes one from")
    shown = bot(tmp_path, "plan", "apply", str(PACKAGED))
    assert (shown.returncode, "Toms" in shown.stdout) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_the_first_plan_is_the_one_that_is_set_whoever_looked_before(tmp_path: Path, database: Databases) -> None:
    store = database.migrated()
    (tmp_path / "plan.yaml").write_text(PACKAGED.read_text().replace("name: Toms", "name: Thomas"))
    assert "has no plan yet. This is answered from" in bot(tmp_path, "ask", "/oncall", ONCALL_DATABASE=store).stderr
    told = {"ONCALL_DATABASE": store, "ONCALL_PLAN": "plan.yaml"}
    asked = bot(tmp_path, "ask", "/oncall", **told)
    assert "Thomas is on call now" in asked.stdout
    assert "from the plan that it would begin with" in asked.stderr
    assert bot(tmp_path, "outbox", "list", **told).returncode == 1


def test_a_refusal_is_on_standard_error_with_exit_code_1(tmp_path: Path) -> None:
    said = bot(tmp_path, "ask", "/holiday 3/4", "--as", "Toms")
    assert (said.returncode, said.stdout) == (1, "")
    assert "3 Apr or 4 Mar" in said.stderr


def test_wrong_usage_has_exit_code_2(tmp_path: Path) -> None:
    for arguments in (["ask"], ["nonsense"], ["schedule", "--weeks", "none"], ["schedule", "--now", "soon"]):
        assert bot(tmp_path, *arguments).returncode == 2, arguments


def test_the_schedule_as_json(tmp_path: Path) -> None:
    said = bot(tmp_path, "schedule", "--weeks", "2", "--json")
    [first, second] = json.loads(said.stdout)
    assert set(first) == {"week", "engineer", "home", "why", "days", "public_holidays"}
    assert (first["engineer"], first["home"], first["why"]) == ("Toms", "Toms", None)
    assert [day["engineer"] for day in second["days"]] == ["Maya"] * 7


def test_tick_without_a_token_writes_nothing(tmp_path: Path) -> None:
    assert bot(tmp_path, "tick").stdout == "Nothing is owed.\n"


def test_a_plan_goes_out_and_in_without_a_change(tmp_path: Path) -> None:
    begin(tmp_path)
    exported = bot(tmp_path, "plan", "export")
    (tmp_path / "plan.yaml").write_text(exported.stdout)
    assert bot(tmp_path, "plan", "check", "plan.yaml").returncode == 0
    assert "No change" in bot(tmp_path, "plan", "apply", "plan.yaml").stdout


def test_a_changed_plan_is_shown_and_not_applied_unasked(tmp_path: Path, database: Databases) -> None:
    store = database.empty()
    bot(tmp_path, "plan", "apply", str(PACKAGED), "--yes", ONCALL_DATABASE=store)
    exported = bot(tmp_path, "plan", "export", ONCALL_DATABASE=store).stdout
    (tmp_path / "plan.yaml").write_text(exported.replace("name: Toms", "name: Thomas"))
    refused = bot(tmp_path, "plan", "apply", "plan.yaml", ONCALL_DATABASE=store)
    assert refused.returncode == 1
    assert "Thomas" in refused.stdout
    assert bot(tmp_path, "plan", "apply", "plan.yaml", "--yes", ONCALL_DATABASE=store).returncode == 0
    assert "Thomas is on call now" in bot(tmp_path, "ask", "/oncall", ONCALL_DATABASE=store).stdout


def test_from_takes_any_day_of_the_week_that_is_meant(tmp_path: Path) -> None:
    at = ("--now", "2026-11-24T10:00")
    begin(tmp_path, *at)
    plan = PACKAGED.read_text().replace("[toms, maya, danny, rene]", "[maya, toms, danny, rene]")
    (tmp_path / "plan.yaml").write_text(plan)
    for day in ("2027-01-13", "Sun 17 Jan 2027", "14 Jan"):
        said = bot(tmp_path, "plan", "apply", "plan.yaml", "--from", day, *at)
        assert "rotation from Mon 11 Jan 2027 on" in said.stdout
    refused = bot(tmp_path, "plan", "apply", "plan.yaml", "--from", "25 Nov", *at)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--from 2026-11-30" in refused.stderr


def test_the_calendar_is_a_png(tmp_path: Path) -> None:
    assert bot(tmp_path, "calendar", "--out", "out.png").returncode == 0
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_a_broken_store_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "oncall.sqlite").write_text("this is no database, " * 100)
    said = bot(tmp_path, "ask", "/oncall")
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert "oncall.sqlite" in said.stderr


def test_a_password_is_never_printed(tmp_path: Path) -> None:
    said = bot(tmp_path, "--database", "postgresql://bot:hunter2@127.0.0.1:9/none", "ask", "/oncall")
    assert said.returncode == 1
    assert "hunter2" not in said.stderr + said.stdout


def test_doctor_says_what_to_do(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    fake, url = slack
    begin(tmp_path)
    well = bot(tmp_path, "doctor", **over_http(url, 1))
    assert "Slack knows everybody of the plan." in well.stdout
    fake.faults.arm("auth.test", Fault.api_error("invalid_auth"))
    said = bot(tmp_path, "doctor", **over_http(url, 1))
    assert said.returncode == 1
    assert "OAuth & Permissions" in said.stderr


def test_a_sandbox_never_throws_away_a_store_that_is_not_a_sandbox_s(tmp_path: Path) -> None:
    begin(tmp_path)
    bot(tmp_path, "ask", "/holiday 24 Dec", "--as", "Toms")
    refused = bot(tmp_path, "--database", "sqlite:///oncall.sqlite", "sandbox", "--port", "0")
    assert refused.returncode == 1
    assert "is no sandbox's store yet" in refused.stderr
    assert "Thu 24 Dec 2026" in bot(tmp_path, "ask", "/holiday mine", "--as", "Toms").stdout


def test_a_moment_that_is_history_or_no_calendar_knows_is_refused(tmp_path: Path) -> None:
    begin(tmp_path, "--now", "2026-12-10T10:00")
    bot(tmp_path, "ask", "/holiday tomorrow", "--as", "Toms", "--now", "2026-12-10T10:00")
    early = bot(tmp_path, "ask", "/oncall", "--now", "2026-12-01T10:00")
    assert (early.returncode, early.stdout) == (1, "")
    assert "is on record in this store" in early.stderr
    far = bot(tmp_path, "ask", "/oncall", "--now", "9999-12-31T23:00")
    assert (far.returncode, far.stdout) == (1, "")
    assert "Traceback" not in far.stderr


def test_a_question_back_is_a_refusal_in_the_terminal(tmp_path: Path) -> None:
    asked = bot(tmp_path, "ask", "/holiday 2024-12-24", "--as", "Maya", "--now", "2026-11-24T10:00")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "did you mean Thu 24 Dec 2026?" in asked.stderr


def test_doctor_tries_the_app_token(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    _, url = slack
    begin(tmp_path)
    said = bot(tmp_path, "doctor", **over_http(url, 1), SLACK_APP_TOKEN="xapp-wrong")
    assert said.returncode == 1
    assert "The app token is not accepted (invalid_auth)" in said.stderr


def test_doctor_names_runbooks_that_lack_something_and_pipelines_without_one(tmp_path: Path) -> None:
    books = tmp_path / "books"
    books.mkdir()
    (books / "daily-growth.md").write_text(f"---\nby: {'m' * 81}\n---\n## Steps\nlook\n## Alerts\nnone")
    (books / "weekly-growth.md").write_text("## Steps\nlook")
    begin(tmp_path)
    for more in ({}, {"ONCALL_DATABASE": "sqlite:///empty.sqlite", "ONCALL_PLAN": "packaged"}):
        lines = bot(tmp_path, "doctor", ONCALL_RUNBOOKS=str(books), **more).stderr.splitlines()
        [lacks, nobodys] = [line for line in lines if "section" in line or "weekly-growth" in line]
        assert "“Overview”, “Common issues and resolutions” and “Contact information”" in lacks
        assert "weekly-growth.md" in nobodys
        assert len([line for line in lines if "by" in line and "81" in line]) == 1
        without = [line for line in lines if "There is no runbook for" in line]
        assert len(without) == 4
        assert all(line.startswith("!!") for line in (lacks, nobodys, *without))


def test_doctor_blames_nobody_for_a_slack_that_is_busy(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    fake, url = slack
    begin(tmp_path)
    busy = Fault.rate_limited(30)
    fake.faults.arm("users.lookupByEmail", busy, times=9)
    fake.faults.arm("conversations.info", Fault.http_error(503))
    fake.faults.arm("apps.connections.open", busy)
    said = bot(tmp_path, "doctor", **over_http(url, 1), SLACK_APP_TOKEN="xapp-run")
    assert said.returncode == 1
    words = said.stdout + said.stderr
    for what, problem in (
        ("the app token", "ratelimited"),
        ("#metrics-oncall", "no_json"),
        ("the people of the plan", "ratelimited"),
    ):
        assert f"Slack does not tell of {what} just now ({problem}): run doctor again in a minute." in words
    assert "is not accepted" not in words
    assert "does not know" not in words


def test_doctor_says_where_no_store_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "locked").mkdir(mode=0o500)
    problems = {"nowhere": "does not exist", "file": "is no directory"}
    if os.geteuid() != 0:  # root may write everywhere
        problems["locked"] = "can't be written to by this user"
    for folder, problem in problems.items():
        url = f"sqlite:///{folder}/oncall.sqlite"
        said = bot(tmp_path, "--database", url, "doctor").stderr
        assert f"!!  The store {url} can't be made: {tmp_path / folder} {problem}. Correct that, or" in said


def test_doctor_reads_the_plan_that_the_first_run_would_apply(tmp_path: Path, database: Databases) -> None:
    (tmp_path / "plan.yaml").write_text("team: 3\n")
    for store in ("sqlite:///none.sqlite", database.empty(), database.migrated()):
        said = bot(tmp_path, "doctor", ONCALL_DATABASE=store, ONCALL_PLAN="plan.yaml")
        assert "!!  The plan plan.yaml needs another look:\nLine 1: " in said.stderr, store
        assert said.returncode == 1


def test_a_plan_that_is_set_and_is_not_the_store_s_is_told(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    begin(tmp_path)
    same, other = PACKAGED.read_text(), PACKAGED.read_text().replace("name: Toms", "name: Thomas")
    sentence = "holds another plan than plan.yaml, and the store is what counts. To change it: python -m bot plan apply"
    told = over_http(slack[1], free_port()) | {"ONCALL_PLAN": "plan.yaml"}
    for text, words in ((same, "on call"), (other, sentence), ("team: 3", "the plan file that is set can't be used")):
        (tmp_path / "plan.yaml").write_text(text)
        logged = log_of_a_start(tmp_path, **told)
        assert words in logged
        assert (sentence in logged) == (sentence == words)
        examined = bot(tmp_path, "doctor", **told)
        assert (sentence in examined.stdout, "needs another look" in examined.stderr) == (
            text == other,
            text == "team: 3",
        )


def log_of_a_start(folder: Path, **environ: str) -> str:
    """What a bot logs that is stopped as soon as it is well."""
    with a_bot(folder, environ) as running:
        until_healthy(running, int(environ["ONCALL_OPERATIONS_ADDRESS"].split(":")[1]))
        running.send_signal(signal.SIGTERM)
        return running.communicate(timeout=PATIENCE)[1]


def test_doctor_says_that_the_example_s_runbooks_are_no_team_s_own(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PACKAGED.read_text().replace("daily-growth", "orders"))
    said = bot(tmp_path, "doctor", ONCALL_PLAN="plan.yaml").stderr
    assert "ONCALL_RUNBOOKS is not set" in said
    assert "daily-growth.md" not in said
    assert "ONCALL_RUNBOOKS" not in bot(tmp_path, "doctor", ONCALL_PLAN="packaged").stderr


def test_doctor_leaves_nothing_behind(tmp_path: Path) -> None:
    assert "is empty" in bot(tmp_path, "doctor", ONCALL_PLAN="packaged").stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_bot_that_starts_before_its_network_waits_for_it(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    fake, url = slack
    fake.faults.arm("auth.test", Fault.http_error(503))
    with a_bot(tmp_path, over_http(url, free_port())) as running:
        fake.until(lambda: any("is on call now" in message.words() for message in fake.messages()), PATIENCE)
        running.send_signal(signal.SIGTERM)
        _, logged = running.communicate(timeout=PATIENCE)
    assert "Slack does not answer; asked again soon" in logged
    assert running.returncode == 0


@pytest.mark.slow
def test_trouble_at_the_very_first_start_reaches_an_admin(tmp_path: Path, slack: tuple[FakeSlack, str]) -> None:
    fake, url = slack
    fake.faults.arm("chat.postMessage", Fault.api_error("not_in_channel"))
    with a_bot(tmp_path, over_http(url, free_port())) as running:
        fake.until(lambda: fake.direct_messages(cast.ROBIN), PATIENCE)
        running.send_signal(signal.SIGTERM)
        _, logged = running.communicate(timeout=PATIENCE)
    assert "no admin can be told" not in logged


@pytest.mark.parametrize(
    "asked",
    ["/oncall cover 8 Dec", "/oncall cover 8 Dec @Danny", "/oncall swap @Danny 7 Dec", "/oncall take until 18:00"],
)
def test_before_its_first_run_nobody_is_said_to_be_told(tmp_path: Path, asked: str) -> None:
    now = ("--now", "2026-12-02T10:00")
    begin(tmp_path, *now)
    said = bot(tmp_path, "ask", asked, "--as", "Maya", *now)
    assert said.returncode == 0, said.stderr
    assert "Nobody is told of it" in said.stdout
    assert not re.search(r"I (ask|tell) ", said.stdout)
    assert "Everything that is owed has been said." in bot(tmp_path, "outbox", "list").stdout
