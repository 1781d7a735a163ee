"""Settings, read once from the environment: all that is wrong with them is one message, before anything is contacted.

A variable that is empty counts as one that is not set. The secrets and the store's address may stand in files instead,
as in SLACK_BOT_TOKEN_FILE=/run/secrets/bot_token. No message repeats a value, not even a path: a token that was pasted
into the wrong variable stays a secret.
"""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    DirectoryPath,
    Field,
    FilePath,
    HttpUrl,
    Secret,
    SecretStr,
    ValidationError,
)

from bot.ops.logs import Style
from bot.pace import Pace
from bot.plan.file import PACKAGED
from models.outbox.sending import SLOWEST
from models.signs import Wanted

HEAD = "The settings need another look:"
MALFORMED = "{name} should be {expected}."
MISSING = "{name} is missing: set it, or {name}_FILE, to {expected}."
TWICE = "{name} and {name}_FILE are both set: keep one of them."
UNREADABLE = "{name}_FILE names a file that can't be read ({why}): correct the path or its permissions."
NOT_TEXT = "not UTF-8 text"
EMPTY = "{name}_FILE names a file that is empty: write the value into it."
UNKNOWN = "{name} is no setting of mine and changes nothing.{near}"
DID_YOU_MEAN = " Did you mean {near}?"

OURS = "ONCALL_"
DATABASE, TYPED_DATABASE = "ONCALL_DATABASE", "--database"
PLAN, EXAMPLE = "ONCALL_PLAN", "packaged"  # the word for the plan that comes with the bot
BOT_TOKEN = "SLACK_BOT_TOKEN"
LONGEST_PREFIX = 22  # Slack's commands have at most 32 characters, and the longest of ours is /pipelines

Address = tuple[str, int]


class BadSettings(Exception):
    """Settings that can't be used. `problems` is a sentence for each; `str()` has them all."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join([HEAD, *(f"- {problem}" for problem in problems)]))
        self.problems = problems


def _hidden(pattern: str) -> AfterValidator:
    """A secret that matches from beginning to end."""

    def matches(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError
        return secret

    return AfterValidator(matches)


def _address(typed: str) -> Address:
    """`127.0.0.1:3000` or `[::1]:3000` → host without brackets, port. Raises ValueError."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z.-]+)):([0-9]{1,5})", typed)
    if not found or int(found[3]) > 65535:
        raise ValueError
    return found[1] or found[2], int(found[3])


def _plan_file(typed: object) -> object:
    """`packaged` → the file of the example."""
    return PACKAGED if typed == EXAMPLE else typed


def _parts(typed: object) -> object:
    """`U1, U2` → both."""
    return tuple(part.strip() for part in typed.split(",")) if isinstance(typed, str) else typed


# Slack's token goes with every call, so in clear text only to this machine, where the tests' Slack is.
_API_URL = r"^(https://[^\s/]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?)(/\S*)?$"

_PUBLIC_URL = r"^(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?)(/[^\s?#]*)?$"

StoreUrl = Annotated[SecretStr, _hidden(r"(sqlite|postgres|postgresql)(\+[a-z0-9_]+)?://\S*")]
BotToken = Annotated[SecretStr, _hidden(r"xoxb-\S+")]
AppToken = Annotated[SecretStr, _hidden(r"xapp-\S+")]
SigningSecret = Annotated[SecretStr, _hidden(r"[0-9A-Za-z]+")]
Prefix = Annotated[str, Field(pattern=r"^[a-z0-9-]*$", max_length=LONGEST_PREFIX)]
Where = Annotated[Address, BeforeValidator(_address)]
Group = Annotated[str, Field(pattern=r"^@?[A-Za-z0-9._-]+$")]
Members = Annotated[tuple[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")], ...], BeforeValidator(_parts)]
PublicUrl = Annotated[str, Field(pattern=_PUBLIC_URL), AfterValidator(lambda url: url.rstrip("/"))]
ApiUrl = Annotated[str, Field(pattern=_API_URL), AfterValidator(lambda url: f"{url.rstrip('/')}/")]
PlanFile = Annotated[FilePath, BeforeValidator(_plan_file)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]


class Settings(BaseModel):
    """What the environment says. A field's alias is its variable, its description what the variable should be."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    hidden_database: StoreUrl = Field(
        SecretStr("sqlite:///oncall.sqlite"),
        alias="ONCALL_DATABASE",
        description="the store's address, such as sqlite:///oncall.sqlite or postgresql://user:password@host/oncall",
    )
    hidden_bot_token: BotToken | None = Field(
        None,
        alias="SLACK_BOT_TOKEN",
        description="the Bot User OAuth Token, which begins with xoxb- (the app's page OAuth & Permissions)",
    )
    hidden_signing_secret: SigningSecret | None = Field(
        None,
        alias="SLACK_SIGNING_SECRET",
        description="the Signing Secret, letters and digits (the app's page Basic Information), or set SLACK_APP_TOKEN",
    )
    hidden_app_token: AppToken | None = Field(
        None,
        alias="SLACK_APP_TOKEN",
        description="the App-Level Token, which begins with xapp- (the app's page Basic Information)",
    )
    plan: PlanFile = Field(PACKAGED, alias="ONCALL_PLAN", description=f"a plan file that exists, or {EXAMPLE}")
    runbooks: DirectoryPath = Field(
        PACKAGED.parent, alias="ONCALL_RUNBOOKS", description="a directory that exists, with a .md file per pipeline"
    )
    prefix: Prefix = Field(
        "",
        alias="ONCALL_PREFIX",
        description=f"lower-case letters, digits and -, at most {LONGEST_PREFIX}, such as data-",
    )
    tick_seconds: float = Field(
        20, alias="ONCALL_TICK_SECONDS", gt=0, le=3600, description="a number of seconds, such as 20"
    )
    address: Where = Field(
        ("127.0.0.1", 3000), alias="ONCALL_ADDRESS", description="a host and a port, such as 127.0.0.1:3000"
    )
    url: PublicUrl | None = Field(
        None,
        alias="ONCALL_URL",
        description="the bot's public address, such as https://oncall.example.com",
    )
    operations_address: Where = Field(
        ("127.0.0.1", 9090),
        alias="ONCALL_OPERATIONS_ADDRESS",
        description="a host and a port, such as 127.0.0.1:9090 or [::1]:9090",
    )
    client_timeout: float = Field(
        10, alias="ONCALL_CLIENT_TIMEOUT", ge=1, le=600, description="a number of seconds from 1 on, such as 10"
    )
    settle_seconds: float = Field(
        30, alias="ONCALL_SETTLE_SECONDS", ge=0, le=3600, description="a number of seconds, such as 30"
    )
    messages_a_minute: int = Field(
        300,
        alias="ONCALL_MESSAGES_A_MINUTE",
        ge=SLOWEST,
        le=100_000,
        description=f"a number of messages from {SLOWEST} on, such as 300",
    )
    group: Group | None = Field(
        None, alias="ONCALL_GROUP", description="a user group's handle or id, such as metrics-oncall or S0123456789"
    )
    group_always: Members = Field(
        (), alias="ONCALL_GROUP_ALWAYS", description="Slack member ids, with commas, such as U0123456789,U9876543210"
    )
    topic: bool = Field(False, alias="ONCALL_TOPIC", description="true or false")
    slack_api_url: ApiUrl = Field(
        "https://slack.com/api/",
        alias="ONCALL_SLACK_API_URL",
        description="an https:// address (http:// only for this machine), such as https://slack.com/api/",
    )
    hidden_ping_url: Secret[HttpUrl] | None = Field(
        None,
        alias="ONCALL_PING_URL",
        description="the address that a dead-man service gave you, such as https://hc-ping.com/…",
    )
    log_format: Style = Field("text", alias="ONCALL_LOG_FORMAT", description="text or json")
    log_level: Level = Field("INFO", alias="ONCALL_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR")
    unknown: tuple[str, ...] = Field((), description="a warning for each variable that is probably misspelt")

    @property
    def database_url(self) -> str:
        """The store's address for SQLAlchemy, with its password: not for printing."""
        return self.hidden_database.get_secret_value()

    @property
    def proposed(self) -> Path | None:
        """The plan file, where one is set: a real bot begins as no team that nobody chose."""
        return self.plan if "plan" in self.model_fields_set else None

    @property
    def bot_token(self) -> str:
        """The bot token, "" where there is none: not for printing."""
        return _shown(self.hidden_bot_token) or ""

    @property
    def signing_secret(self) -> str | None:
        """What Slack signs its requests over HTTP with: not for printing."""
        return _shown(self.hidden_signing_secret)

    @property
    def app_token(self) -> str | None:
        """The app token, which chooses Socket Mode: not for printing."""
        return _shown(self.hidden_app_token)

    @property
    def ping_url(self) -> str | None:
        """What is called after each good tick: not for printing."""
        return str(self.hidden_ping_url.get_secret_value()) if self.hidden_ping_url else None

    @property
    def signs(self) -> Wanted:
        """Which signs of who is on duty stand outside the bot's messages."""
        return Wanted(self.group, self.group_always, self.topic)

    @property
    def pace(self) -> Pace:
        """How fast the bot goes."""
        return Pace(self.tick_seconds, self.client_timeout, self.settle_seconds, a_minute=self.messages_a_minute)

    def check_for_running(self) -> None:
        """Raises BadSettings if what `run` needs of Slack is missing."""
        given = {BOT_TOKEN: self.bot_token, "SLACK_SIGNING_SECRET": self.signing_secret or ""}
        if problems := _missing({**given, "SLACK_APP_TOKEN": self.app_token or ""}):
            raise BadSettings(problems)


_EXPECTED = {field.alias: str(field.description) for field in Settings.model_fields.values() if field.alias}
_SECRETS = (DATABASE, "ONCALL_PING_URL", BOT_TOKEN, "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
_VARIABLES = (*_EXPECTED, *(f"{name}_FILE" for name in _SECRETS))


def read(
    environ: Mapping[str, str],
    *,
    for_running: bool = False,
    database: str | None = None,
    only: Collection[str] | None = None,
) -> Settings:
    """The settings of an environment; with `for_running` also those that only `run` needs. `database` is the store's
    address where it was typed, which goes before the environment's. With `only`, other variables are left at their
    defaults, whatever is wrong with them. Raises BadSettings, with all that is wrong."""
    given = {name: value.strip() for name, value in environ.items() if name in _VARIABLES and value.strip()}
    if only is not None:
        given = {name: value for name, value in given.items() if name.removesuffix("_FILE") in only}
    if database:
        given.pop(f"{DATABASE}_FILE", None)
        given[DATABASE] = database.strip()
    problems = _from_files(given)
    in_files = {name: "a file that was complained about" for name in _SECRETS if f"{name}_FILE" in given}
    values = {name: value for name, value in given.items() if name in _EXPECTED}
    try:
        settings = Settings.model_validate({**values, "unknown": tuple(_unknown(environ))})
    except ValidationError as error:
        said = {DATABASE: TYPED_DATABASE} if database else {}
        names = [str(details["loc"][0]) for details in error.errors()]
        problems += [MALFORMED.format(name=said.get(name, name), expected=_EXPECTED[name]) for name in names]
    if for_running:
        problems += _missing({**in_files, **values})
    if problems:
        raise BadSettings(problems)
    return settings


def _from_files(given: dict[str, str]) -> list[str]:
    """Puts what stands in files into `given`. Returns what is wrong with them."""
    problems = []
    for name in _SECRETS:
        if (path := given.get(f"{name}_FILE")) is None:
            continue
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else NOT_TEXT
            problems.append(UNREADABLE.format(name=name, why=why))
            continue
        if name in given:
            problems.append(TWICE.format(name=name))
        elif not content:
            problems.append(EMPTY.format(name=name))
        else:
            given[name] = content
    return problems


def _missing(given: Mapping[str, str]) -> list[str]:
    """Socket Mode needs no signing secret: nothing is signed there."""
    needed = [BOT_TOKEN] if given.get("SLACK_APP_TOKEN") else [BOT_TOKEN, "SLACK_SIGNING_SECRET"]
    return [MISSING.format(name=name, expected=_EXPECTED[name]) for name in needed if not given.get(name)]


def _unknown(environ: Mapping[str, str]) -> list[str]:
    return [UNKNOWN.format(name=name, near=_near(name)) for name in sorted(environ) if _is_unknown(name)]


def _is_unknown(name: str) -> bool:
    return name.startswith(OURS) and name not in _VARIABLES


def _near(name: str) -> str:
    ours = [known.removeprefix(OURS) for known in _VARIABLES if known.startswith(OURS)]
    begun = [known for known in ours if known.startswith(f"{name.removeprefix(OURS)}_")]
    found = begun or get_close_matches(name.removeprefix(OURS), ours, n=1, cutoff=0.5)
    return DID_YOU_MEAN.format(near=OURS + found[0]) if found else ""


def _shown(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
