"""Settings: read from the environment, with everything that is wrong in one message and no secret in any."""

import logging
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import BadSettings, read

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_SIGNING_SECRET": "5ec2e7", "SLACK_APP_TOKEN": "xapp-1-secret"}


def problems(environ: dict[str, str], *, for_running: bool = False) -> list[str]:
    with pytest.raises(BadSettings) as raised:
        read(environ, for_running=for_running)
    return raised.value.problems


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    (tmp_path / "bot").write_text("xoxb-from-a-file\n", encoding="utf-8")
    (tmp_path / "store").write_text("postgresql://oncall:hush@db/oncall\n", encoding="utf-8")
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    return tmp_path


def test_nothing_needs_to_be_set() -> None:
    settings = read({})
    assert settings.database_url == "sqlite:///oncall.sqlite"
    assert (settings.bot_token, settings.signing_secret, settings.app_token) == ("", None, None)
    assert settings.plan.name == "plan.yaml"
    assert settings.runbooks == settings.plan.parent
    assert settings.runbooks.name == "runbook_content"
    assert settings.prefix == ""
    assert (settings.tick_seconds, settings.client_timeout, settings.settle_seconds) == (20, 10, 30)
    assert settings.address == ("127.0.0.1", 3000)
    assert settings.operations_address == ("127.0.0.1", 9090)
    assert settings.url is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.log_level, settings.log_format, settings.ping_url) == ("INFO", "text", None)
    assert settings.unknown == ()


def test_everything_can_be_set(tmp_path: Path) -> None:
    plan = tmp_path / "our plan.yaml"
    plan.touch()
    settings = read(
        {
            **TOKENS,
            "ONCALL_DATABASE": "postgresql+psycopg://oncall:hush@db/oncall",
            "ONCALL_PLAN": str(plan),
            "ONCALL_RUNBOOKS": str(tmp_path),
            "ONCALL_PREFIX": "data-",
            "ONCALL_TICK_SECONDS": "0.5",
            "ONCALL_ADDRESS": "0.0.0.0:8000",
            "ONCALL_URL": "https://oncall.example.com/bot/",
            "ONCALL_OPERATIONS_ADDRESS": "[::1]:9091",
            "ONCALL_CLIENT_TIMEOUT": "5",
            "ONCALL_SETTLE_SECONDS": "0",
            "ONCALL_SLACK_API_URL": "http://127.0.0.1:8080/api",
            "ONCALL_LOG_LEVEL": "debug",
            "ONCALL_LOG_FORMAT": "json",
            "ONCALL_PING_URL": "https://hc-ping.com/secret-uuid",
            "PATH": "/usr/bin",
        }
    )
    assert settings.database_url == "postgresql+psycopg://oncall:hush@db/oncall"
    assert (settings.bot_token, settings.signing_secret, settings.app_token) == tuple(TOKENS.values())
    assert (settings.plan, settings.runbooks, settings.prefix) == (plan, tmp_path, "data-")
    assert (settings.tick_seconds, settings.client_timeout, settings.settle_seconds) == (0.5, 5, 0)
    assert settings.address == ("0.0.0.0", 8000)
    assert settings.url == "https://oncall.example.com/bot"
    assert settings.operations_address == ("::1", 9091)
    assert settings.slack_api_url == "http://127.0.0.1:8080/api/"
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")
    assert settings.ping_url == "https://hc-ping.com/secret-uuid"
    assert settings.unknown == ()


def test_everything_that_is_wrong_is_said_in_one_message() -> None:
    environ = {
        "ONCALL_DATABASE": "mysql://oncall:hush@db/oncall",
        "SLACK_BOT_TOKEN": "xoxp-of-a-user",
        "SLACK_APP_TOKEN_FILE": "/nowhere/at/all",
        "ONCALL_PLAN": "/nowhere/plan.yaml",
        "ONCALL_PREFIX": "Data_",
        "ONCALL_TICK_SECONDS": "often",
        "ONCALL_ADDRESS": ":3000",
        "ONCALL_LOG_LEVEL": "loud",
    }
    with pytest.raises(BadSettings) as raised:
        read(environ)
    assert str(raised.value).splitlines() == [
        "The settings need another look:",
        "- SLACK_APP_TOKEN_FILE names a file that can't be read (No such file or directory): correct the path or its "
        "permissions.",
        "- ONCALL_DATABASE should be the store's address, such as sqlite:///oncall.sqlite or "
        "postgresql://user:password@host/oncall.",
        "- SLACK_BOT_TOKEN should be the Bot User OAuth Token, which begins with xoxb- (the app's page OAuth & "
        "Permissions).",
        "- ONCALL_PLAN should be a plan file that exists, or packaged.",
        "- ONCALL_PREFIX should be lower-case letters, digits and -, at most 22, such as data-.",
        "- ONCALL_TICK_SECONDS should be a number of seconds, such as 20.",
        "- ONCALL_ADDRESS should be a host and a port, such as 127.0.0.1:3000.",
        "- ONCALL_LOG_LEVEL should be DEBUG, INFO, WARNING or ERROR.",
    ]


def test_a_malformed_value_is_refused_by_the_name_of_its_variable() -> None:
    for variable, typed in [
        ("ONCALL_ADDRESS", "localhost"),
        ("ONCALL_ADDRESS", "localhost:65536"),
        ("ONCALL_ADDRESS", "::1:3000"),
        ("ONCALL_ADDRESS", "http://localhost:3000"),
        ("ONCALL_TICK_SECONDS", "0"),
        ("ONCALL_TICK_SECONDS", "-20"),
        ("ONCALL_TICK_SECONDS", "nan"),
        ("ONCALL_CLIENT_TIMEOUT", "inf"),
        ("ONCALL_SETTLE_SECONDS", "-1"),
        ("ONCALL_RUNBOOKS", __file__),
        ("ONCALL_PREFIX", "x" * 23),
        ("ONCALL_SLACK_API_URL", "http://slack.com/api/"),
        ("ONCALL_SLACK_API_URL", "http://127.0.0.1.example.com/api/"),
        ("ONCALL_SLACK_API_URL", "http://127.0.0.1@example.com/api/"),
        ("ONCALL_URL", "oncall.example.com"),
        ("ONCALL_URL", "http://oncall.example.com"),
        ("ONCALL_URL", "https://user:secret@oncall.example.com"),
        ("ONCALL_URL", "https://oncall.example.com/?a=b"),
        ("SLACK_SIGNING_SECRET", "xoxb-a-token"),
        ("SLACK_APP_TOKEN", "xoxb-a-token"),
        ("ONCALL_PING_URL", "hc-ping.com/secret-uuid"),
        ("ONCALL_PING_URL", "ftp://hc-ping.com/secret-uuid"),
        ("ONCALL_PING_URL", "https://hc-ping.com:port/secret-uuid"),
        ("ONCALL_LOG_FORMAT", "xml"),
        ("ONCALL_DATABASE", "oncall.sqlite"),
        ("ONCALL_DATABASE", "mysql://db/oncall"),
    ]:
        [problem] = problems({variable: typed})
        assert problem.startswith(f"{variable} should be "), (variable, typed)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read({"ONCALL_PREFIX": "", "SLACK_APP_TOKEN": " ", "SLACK_BOT_TOKEN_FILE": ""}) == read({})


def test_running_over_http_needs_a_token_and_the_signing_secret() -> None:
    read(TOKENS | {"SLACK_APP_TOKEN": ""}, for_running=True).check_for_running()
    expected = [
        "SLACK_BOT_TOKEN is missing: set it, or SLACK_BOT_TOKEN_FILE, to the Bot User OAuth Token, which begins with "
        "xoxb- (the app's page OAuth & Permissions).",
        "SLACK_SIGNING_SECRET is missing: set it, or SLACK_SIGNING_SECRET_FILE, to the Signing Secret, letters and "
        "digits (the app's page Basic Information), or set SLACK_APP_TOKEN.",
    ]
    assert problems({}, for_running=True) == expected
    with pytest.raises(BadSettings) as raised:
        read({}).check_for_running()
    assert raised.value.problems == expected


def test_running_over_socket_mode_needs_no_signing_secret() -> None:
    read(TOKENS | {"SLACK_SIGNING_SECRET": ""}, for_running=True).check_for_running()
    [problem] = problems({"SLACK_APP_TOKEN": "xapp-1"}, for_running=True)
    assert problem.startswith("SLACK_BOT_TOKEN is missing")


def test_what_is_missing_and_what_is_malformed_stand_in_one_message() -> None:
    said = problems({"ONCALL_PREFIX": "!", "SLACK_SIGNING_SECRET_FILE": "/nowhere"}, for_running=True)
    assert [sentence.split()[0] for sentence in said] == [
        "SLACK_SIGNING_SECRET_FILE",
        "ONCALL_PREFIX",
        "SLACK_BOT_TOKEN",
    ]


def test_secrets_and_the_store_may_stand_in_files(secrets: Path) -> None:
    settings = read({"SLACK_BOT_TOKEN_FILE": f"{secrets}/bot", "ONCALL_DATABASE_FILE": f"{secrets}/store"})
    assert settings.bot_token == "xoxb-from-a-file"
    assert settings.database_url == "postgresql://oncall:hush@db/oncall"


def test_a_file_that_does_not_help_is_named_by_its_variable(secrets: Path) -> None:
    said = problems(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_BOT_TOKEN_FILE": f"{secrets}/bot",
            "SLACK_SIGNING_SECRET_FILE": f"{secrets}/empty",
            "SLACK_APP_TOKEN_FILE": f"{secrets}/picture",
            "ONCALL_DATABASE_FILE": str(secrets),
        }
    )
    assert said == [
        "ONCALL_DATABASE_FILE names a file that can't be read (Is a directory): correct the path or its permissions.",
        "SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set: keep one of them.",
        "SLACK_SIGNING_SECRET_FILE names a file that is empty: write the value into it.",
        "SLACK_APP_TOKEN_FILE names a file that can't be read (not UTF-8 text): correct the path or its permissions.",
    ]


def test_what_was_typed_is_blamed_for_what_is_wrong_with_it() -> None:
    environ = {"ONCALL_DATABASE_FILE": "/nowhere", "ONCALL_DATABASE": "sqlite:///oncall.sqlite"}
    assert read(environ, database=" sqlite:///typed.sqlite").database_url == "sqlite:///typed.sqlite"
    with pytest.raises(BadSettings) as raised:
        read(environ, database="oncall.sqlite")
    [problem] = raised.value.problems
    assert problem.startswith("--database should be the store's address, such as")


def test_what_is_not_asked_for_may_be_wrong(secrets: Path) -> None:
    wrong = {"ONCALL_TICK_SECONDS": "soon", "ONCALL_PING_URL_FILE": "/nowhere", "ONCALL_PLAN": "/nowhere"}
    settings = read(wrong | {"ONCALL_DATABASE_FILE": f"{secrets}/store"}, only=("ONCALL_DATABASE",))
    assert settings.database_url == "postgresql://oncall:hush@db/oncall"
    with pytest.raises(BadSettings, match="ONCALL_DATABASE should be"):
        read(wrong | {"ONCALL_DATABASE": "nothing"}, only=("ONCALL_DATABASE",))


def test_a_token_in_the_wrong_variable_is_not_shown(secrets: Path) -> None:
    token = "xoxb-1-secret"
    for variable in ("SLACK_BOT_TOKEN_FILE", "SLACK_APP_TOKEN", "ONCALL_DATABASE", "ONCALL_ADDRESS", "ONCALL_PLAN"):
        assert token not in " ".join(problems({variable: token}))


def test_secrets_are_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    settings = read({**TOKENS, "ONCALL_DATABASE": "postgresql://oncall:hush@db/oncall"})
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").info("%s %r", settings, settings)
    for shown in (str(settings), repr(settings), f"{settings}", settings.model_dump_json(), caplog.text):
        assert not [secret for secret in (*TOKENS.values(), "hush") if secret in shown]


def test_settings_do_not_change() -> None:
    settings = read(TOKENS)
    with pytest.raises(ValidationError):
        settings.prefix = "data-"


def test_a_misspelt_variable_is_a_warning_with_what_was_probably_meant() -> None:
    assert read({"ONCALL_PREFX": "data-", "ONCALL_TICK": "5", "ONCALL_ZZZ": "1", "PATH": "/bin"}).unknown == (
        "ONCALL_PREFX is no setting of mine and changes nothing. Did you mean ONCALL_PREFIX?",
        "ONCALL_TICK is no setting of mine and changes nothing. Did you mean ONCALL_TICK_SECONDS?",
        "ONCALL_ZZZ is no setting of mine and changes nothing.",
    )
