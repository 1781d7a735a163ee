"""What the terminal prints, and where: to whom it is a log, to whom a page, and to whom a file."""

import io
import json
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.ops.metrics import Metrics
from bot.plan import file
from bot.plan.file import PACKAGED
from bot.speech import say
from bot.talk.posts import KINDS
from bot.talk.trouble.words import WHAT
from bot.terminal import cli as terminal
from bot.terminal.cli import cli
from bot.version import release
from models import outbox
from models.outbox import Owed, to_person
from models.store.engine import Store
from scheduler import tick
from scheduler.messages import ChangeNews, Reminder
from scheduler.rule.moves import Effect
from tests.kit.cast import NOW, a_store
from tests.kit.commands import ROOT, bot
from tests.kit.databases import Databases

AS_JSON = {"ONCALL_LOG_FORMAT": "json"}
NOWHERE = {"ONCALL_DATABASE": "sqlite:///nowhere/oncall.sqlite"}
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret"}


def operator(url: str, *arguments: str, **environ: str) -> Result:
    """What a command does."""
    return CliRunner().invoke(cli, ["--database", url, *arguments], env=environ)


@pytest.fixture
def url(sqlite: Databases) -> str:
    """The address of the first team's store."""
    with closing(a_store(sqlite)) as store:
        return store.url


# Starts that fail, for programs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "environ", "word"),
    [
        (["run"], {"ONCALL_TICK_SECONDS": "soon"}, "ONCALL_TICK_SECONDS"),
        (["run"], TOKENS, "ONCALL_PLAN"),
        (
            ["run"],
            {**TOKENS, "ONCALL_DATABASE": "sqlite:///nowhere/oncall.sqlite", "ONCALL_PLAN": "packaged"},
            "nowhere",
        ),
        (["run", "--fast"], {}, "--fast"),
        (["--database", "mysql://host", "migrate"], {}, "--database"),
        (["tick"], TOKENS, "ONCALL_PLAN"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_start_that_fails_is_an_object_in_a_line(
    tmp_path: Path, arguments: list[str], environ: dict[str, str], word: str
) -> None:
    said = bot(tmp_path, *arguments, **environ, **AS_JSON)
    facts = [json.loads(line) for line in said.stderr.splitlines()]
    assert said.returncode in (1, 2)
    assert said.stdout == ""
    assert (facts[-1]["level"], word in facts[-1]["problem"]) == ("ERROR", True)


MISTAKEN = """
import sys
from bot import opening
from bot.terminal import cli
opening.check_has_team = None
sys.argv = ["bot", "tick"]
cli.main()
"""


@pytest.mark.slow
def test_so_is_a_mistake_in_the_code(tmp_path: Path) -> None:
    environ = {"PYTHONPATH": str(ROOT), **TOKENS, **AS_JSON}
    done = subprocess.run(
        [sys.executable, "-c", MISTAKEN], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    [fact] = [json.loads(line) for line in done.stderr.splitlines()]
    assert (done.returncode, fact["level"]) == (1, "CRITICAL")
    assert "TypeError" in fact["trace"]


def test_people_who_ask_for_an_answer_read_a_sentence(url: str) -> None:
    said = operator(url, "ask", "/holiday 3/4", "--as", "Toms", **AS_JSON)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "3 Apr or 4 Mar" in said.stderr


def test_what_is_bad_goes_where_refusals_go(url: str) -> None:
    said = operator(url, "doctor")
    assert said.exit_code == 1
    assert {line[:2] for line in said.stdout.splitlines()} == {"ok"}
    assert said.stderr.startswith("!!")
    assert "SLACK_BOT_TOKEN" in said.stderr
    assert "SLACK_BOT_TOKEN" not in said.stdout


# Which release it is


def test_it_says_which_release_it_is() -> None:
    assert CliRunner().invoke(cli, ["--version"]).stdout == f"{version('oncall-bot')}\n"
    assert release() == version("oncall-bot")
    assert f'oncall_build_info{{version="{version("oncall-bot")}"}} 1.0' in Metrics().text().decode()


# All of the log


def test_the_log_at_the_terminal_is_all_of_it(url: str) -> None:
    days = ("--now", "2026-11-24T11:00")
    assert operator(url, "ask", "/holiday 21 Dec - 31 Jan", "--as", "Toms", *days).exit_code == 0
    [facts] = [each for each in json.loads(operator(url, "log", "--json").stdout) if each["what"] == "holiday declared"]
    lines = operator(url, "log").stdout.splitlines()
    assert len(facts["moved"]) > 3
    assert len([line for line in lines if "↳" in line]) == len(facts["moved"])
    assert "more" not in "".join(lines)


def test_so_are_the_parts_of_a_plan_and_its_names(url: str, tmp_path: Path) -> None:
    changed, names = PACKAGED.read_text(), [f"{'n' * 70} {number}" for number in range(60)]
    for was in ("Toms", "Maya", "Danny", "Rene", "Robin"):
        changed = changed.replace(f"name: {was}", f"name: {was} Anders")
    (tmp_path / "plan.yaml").write_text(changed)
    assert operator(url, "plan", "apply", str(tmp_path / "plan.yaml"), "--yes").exit_code == 0
    last = operator(url, "log").stdout.splitlines()[-1]
    assert last.count("→") == 5
    assert "more" not in last
    assert "more" in say.row(names)
    with say.in_full():
        assert say.row(names) == ", ".join(names)
    assert "more" in say.row(names)


# Terminals of other encodings


def printed(monkeypatch: pytest.MonkeyPatch, encoding: str, *arguments: str) -> tuple[int, bytes]:
    """The exit code of a command, and the bytes that a terminal of this encoding gets."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
    with monkeypatch.context() as patched:
        patched.setattr(sys, "argv", ["bot", *arguments])
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as ended:
            terminal.main()
        out.flush()
        err.flush()
    return int(ended.value.code or 0), bytes(out.buffer.getvalue() + err.buffer.getvalue())


ENCODINGS = ("latin-1", "cp1252", "cp437", "koi8-r", "shift_jis", "ascii")
PAGES = (["ask", "/oncall"], ["schedule"], ["log"], ["fairness"], ["plan", "show"], ["tick"], ["ask", "/oncall help"])


@pytest.fixture
def in_greek(url: str) -> str:
    """The same store, in which Toms has a name that few encodings have."""
    now = ("--now", "2026-11-24T11:00")
    exported = operator(url, "plan", "export").stdout.replace("name: Toms", "name: Θωμάς ☃ Łukasz")
    plan = Path(url.removeprefix("sqlite:///")).with_name("plan.yaml")
    plan.write_text(exported)
    assert operator(url, "plan", "apply", str(plan), "--yes").exit_code == 0
    assert operator(url, "ask", "/holiday 24 Dec - 2 Jan", "--as", "Maya", *now).exit_code == 0
    return url


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_terminal_of_another_encoding_prints_what_it_can(
    in_greek: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in PAGES:
        code, said = printed(monkeypatch, encoding, "--database", in_greek, *page)
        assert code == 0, page
        assert b"Traceback" not in said
        assert said
    code, said = printed(monkeypatch, encoding, "--database", in_greek, "ask", "/holiday ☃", "--as", "Maya")
    assert (code, b"Traceback" in said) == (1, False)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_programs_read_loses_no_letter(in_greek: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["--database", in_greek, "schedule", "--json", "--now", "2027-01-10T10:00"]
    said = printed(monkeypatch, encoding, *asked)[1]
    assert json.loads(said.decode(encoding)) == json.loads(CliRunner().invoke(cli, asked).stdout)
    assert "Θωμάς ☃ Łukasz" in {week["home"] for week in json.loads(said.decode(encoding))}
    exported = printed(monkeypatch, encoding, "--database", in_greek, "plan", "export")[1]
    assert file.read(exported.decode()).engineers[0].name == "Θωμάς ☃ Łukasz"


@pytest.mark.parametrize("typed", ["caf\udce9", "\udcff\udcfe", "M\udcfcnchen ☃", "\udc80", "a\udce9b\udce9c"])
def test_bytes_of_another_encoding_may_be_typed(url: str, typed: str) -> None:
    for arguments in (
        ["ask", f"/holiday 24 Dec: {typed}", "--as", "Toms"],
        ["ask", f"/oncall {typed}"],
        ["ask", f"/{typed}"],
        ["ask", "/oncall", "--as", typed],
    ):
        said = operator(url, *arguments)
        assert isinstance(said.exception, SystemExit | None), arguments
        said.output.encode()
    assert "24 Dec" in operator(url, "ask", "/holiday mine", "--as", "Toms").stdout


# What is owed


def test_tick_without_a_token_lists_what_is_owed_already_in_words(sqlite: Databases) -> None:
    with closing(a_store(sqlite)) as store:
        tick.begin_to_speak(store, NOW)
        with store.writing() as tx:
            outbox.owe(tx, 1, Owed(ChangeNews(None, None, "maya", Effect()), "1/maya", to_person("maya"), NOW), NOW)
            outbox.owe(tx, 1, Owed(Reminder(NOW.date(), "toms"), "2", to_person("toms"), NOW), NOW)
        before = contents(store)
        refuse(store, "1/maya")
        said = operator(store.url, "tick", "--now", "2026-11-30T09:00")
        assert said.exit_code == 0
        [greeting, told, reminder, *would] = said.stdout.splitlines()
        assert ("Owed already" in greeting, "#metrics-oncall" in greeting, "24 Nov" in greeting) == (True, True, True)
        assert ("Refused" in told, "Maya" in told) == (True, True)
        assert ("Owed already" in reminder, "Toms" in reminder) == (True, True)
        assert [line for line in would if "Would owe: the on-call handoff to #metrics-oncall" in line]
        assert len(contents(store)) == len(before)


def refuse(store: Store, about: str) -> None:
    """Slack will not have it."""
    with store.writing() as tx:
        [message] = [each for each in outbox.waiting(tx) if each.about == about]
        tx.exec_driver_sql(f"UPDATE outbox SET state = 'refused', problem = 'is_archived' WHERE id = {message.id}")


def contents(store: Store) -> list[outbox.Message]:
    with store.reading() as tx:
        return outbox.waiting(tx)


def test_each_kind_of_message_has_a_name() -> None:
    assert WHAT.keys() >= {kind.kind for kind in KINDS}
