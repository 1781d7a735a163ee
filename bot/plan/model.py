"""What a plan consists of, and what each of its fields may hold.

The fields have the names and the order that they have in the file. A wrong value raises ValueError with a sentence that
says what to write instead; `file.py` adds the line, `checks.py` looks at how the parts fit together.
"""

import re
from collections.abc import Iterable
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from bot.speech import public_holidays, say
from bot.speech.read.characters import folded
from scheduler.rule import office
from scheduler.rule.hours import Hours

DID_YOU_MEAN = " Did you mean {near}?"
BAD_TEXT = "there is a character in it that nobody can read; type it again."
LONG_TEXT = "it has {length} characters; keep it to {most}."
BAD_ID = "{typed} can't be an id or slug; use small letters, digits and dashes, such as daily-growth."
BAD_CHANNEL = '{typed} is no channel; write its name in quotes, such as "#metrics-oncall", or its id.'
BAD_EMAIL = "{typed} is no email address; write one such as maya@example.com, or leave it out."
BAD_PHONE = "{typed} is no phone number; write one such as +49 30 1234567, or leave it out."
BAD_SLACK_ID = "{typed} is no member id of Slack; it looks like U0123456789 (in the profile: Copy member ID)."
BAD_ZONE = "the time zone {typed} does not exist; write one such as Europe/Berlin."
BAD_WEEKDAY = "{typed} is no weekday; write monday, tuesday, …"
BAD_TIME = '{typed} is no time of day; write hours and minutes, such as "09:00".'
BAD_DATE = "{typed} is no date; write year, month and day, such as 2026-11-23, between the years {oldest} and {latest}."
BAD_NUMBER = "{typed} is no number of days; write a whole number such as 14."
BAD_NOTICE = "notice of {typed} days makes no sense; write a number from 0 to {most}."
BAD_OFFICE_DAYS = "{typed} is no row of weekdays; write one such as mon-fri, or mon-wed, fri."
BAD_HOURS = "{typed} is no number of office hours; write a whole number from 0 to {most}, where 0 is never."
BAD_LEVEL = "{typed} is no length of time; write one such as 15 minutes or 4 hours."
BAD_SEVERITY = "{typed} is no severity; there are critical, high, medium and low."

WEEKDAYS = tuple(name.lower() for name in say.WEEKDAYS)
SEVERITIES = ("critical", "high", "medium", "low")
OLDEST_YEAR, LATEST_YEAR = 2000, 2100
LONGEST_NOTICE = 90
LONGEST_ANSWER = 99  # office hours
SHORTEST_ZONE, ALIKE = 4, 0.8  # letters of a place, and how much of it is as in the one that is suggested
MOST_PIPELINES = 45  # as many as a message of Slack holds, with a title


def nearest(typed: str, known: Iterable[str]) -> str:
    """A sentence that asks whether one of `known` was meant, with a space before it; nothing if none is near."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(typed.lower(), by_lower, n=1)
    return DID_YOU_MEAN.format(near=by_lower[found[0]]) if found else ""


def _text(most: int) -> AfterValidator:
    def check(typed: str) -> str:
        text = " ".join(typed.split())
        if not text.isprintable():
            raise ValueError(BAD_TEXT)
        if len(text) > most:
            raise ValueError(LONG_TEXT.format(length=len(text), most=most))
        return text

    return AfterValidator(check)


def _like(pattern: str, otherwise: str) -> AfterValidator:
    def check(typed: str) -> str:
        if not re.fullmatch(pattern, typed):
            raise ValueError(otherwise.format(typed=quoted(typed)))
        return typed

    return AfterValidator(check)


def quoted(typed: str) -> str:
    """What somebody typed, in quotes, made short and printable."""
    shown = "".join(c if c.isprintable() else " " for c in " ".join(typed.split()))
    return f"“{shown if len(shown) <= 60 else shown[:59] + '…'}”"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _places() -> dict[str, str]:
    """Time zones that a place has, by their name, and by the city in it, folded."""
    zones = [zone for zone in sorted(_zones()) if "/" in zone and not zone.startswith("Etc/")]
    return {folded(zone.rpartition("/")[2]): zone for zone in zones} | {folded(zone): zone for zone in [*zones, "UTC"]}


def is_zone(typed: str) -> bool:
    """Whether there is such a time zone."""
    return typed in _zones()


def _zone(typed: str) -> str:
    if is_zone(typed):
        return typed
    plain, places = folded(typed).replace(" ", "_"), _places()
    # Of an abbreviation no letter is like that of another: PST is not MST.
    like = get_close_matches(plain, places, n=1, cutoff=ALIKE) if len(plain) >= SHORTEST_ZONE else []
    near = DID_YOU_MEAN.format(near=places[like[0]]) if like else ""
    raise ValueError(BAD_ZONE.format(typed=quoted(typed)) + near)


def _country(typed: str) -> str:
    if problem := public_holidays.problem_with_country(typed):
        raise ValueError(problem.format(typed=quoted(typed)))
    return typed


def _weekday(typed: str) -> str:
    if typed.lower() not in WEEKDAYS:
        raise ValueError(BAD_WEEKDAY.format(typed=quoted(typed)) + nearest(typed, WEEKDAYS))
    return typed.lower()


def _time(typed: str) -> str:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", typed)
    if not found:
        raise ValueError(BAD_TIME.format(typed=quoted(typed)))
    return f"{int(found[1]):02}:{found[2]}"


def a_date(typed: Any) -> Any:
    """The date that the text `typed` says, in ISO's way; anything but text as it is. Raises ValueError."""
    if not isinstance(typed, str):
        return typed
    problem = BAD_DATE.format(typed=quoted(typed), oldest=OLDEST_YEAR, latest=LATEST_YEAR)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise ValueError(problem) from None
    if not OLDEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValueError(problem)
    return day


def _days(typed: Any) -> Any:
    if isinstance(typed, str):
        if not re.fullmatch(r"-?[0-9]{1,6}", typed):
            raise ValueError(BAD_NUMBER.format(typed=quoted(typed)))
        if not 0 <= int(typed) <= LONGEST_NOTICE:
            raise ValueError(BAD_NOTICE.format(typed=typed, most=LONGEST_NOTICE))
    return typed


def _office_days(typed: str) -> str:
    """As `weekdays` reads it: with short names, small letters, and a space behind each comma only."""
    short = re.sub(rf"\b({'|'.join(WEEKDAYS)})\b", lambda name: name[0][:3], typed.lower())
    short = re.sub(r"\s*-\s*", "-", re.sub(r"\s*,\s*", ", ", short))
    try:
        office.weekdays(short)
    except ValueError:
        raise ValueError(BAD_OFFICE_DAYS.format(typed=quoted(typed))) from None
    return short


def _office_hours(typed: Any) -> Any:
    if isinstance(typed, str):
        if not re.fullmatch(r"[0-9]{1,2}", typed):
            raise ValueError(BAD_HOURS.format(typed=quoted(typed), most=LONGEST_ANSWER))
        return int(typed)
    return typed


def _severity(typed: str) -> str:
    if typed.lower() not in SEVERITIES:
        raise ValueError(BAD_SEVERITY.format(typed=quoted(typed)) + nearest(typed, SEVERITIES))
    return typed.lower()


Name = Annotated[str, Field(min_length=1), _text(80)]
Words = Annotated[str, Field(min_length=1), _text(1_000)]
Slug = Annotated[str, _like(r"[a-z0-9][a-z0-9_-]{0,39}", BAD_ID)]
Channel = Annotated[str, _like(r"#[^\s#@,.A-Z<>|&*`]{1,80}|[CG][A-Z0-9]{8,20}", BAD_CHANNEL)]
Email = Annotated[str, _text(200), _like(r"[^@\s<>|,;&*`]+@[^@\s<>|,;&*`]+\.[^@\s<>|,;&*`.]+", BAD_EMAIL)]
Phone = Annotated[str, _like(r"\+?[0-9(][0-9 ()/.-]{4,30}", BAD_PHONE)]
SlackId = Annotated[str, _like(r"[UW][A-Z0-9]{6,20}", BAD_SLACK_ID)]
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, AfterValidator(_country)]
Region = Annotated[str, Field(min_length=1), _text(40)]
Level = Annotated[str, _like(r"[1-9][0-9]{0,3} (minute|hour|day)s?", BAD_LEVEL)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    @classmethod
    def keys(cls) -> list[str]:
        """The names of its fields in the file."""
        return [field.alias or name for name, field in cls.model_fields.items()]


class HandoffTime(_Part):
    """When one engineer takes over from another: a weekday's name in small letters, and a local time such as 09:00."""

    weekday: Annotated[str, AfterValidator(_weekday)]
    time: Annotated[str, AfterValidator(_time)]


class OfficeHoursEntry(_Part):
    """When the team is at work: weekdays such as mon-fri, and local times; checks look at which is the later."""

    days: Annotated[str, AfterValidator(_office_days)]
    starts: Annotated[str, AfterValidator(_time), Field(alias="from")]
    until: Annotated[str, AfterValidator(_time)]

    def __str__(self) -> str:
        return f"{self.days} {self.starts}–{self.until}"


NINE_TO_FIVE = OfficeHoursEntry.model_validate(
    {"days": office.DAYS, "from": f"{office.FROM:%H:%M}", "until": f"{office.UNTIL:%H:%M}"}
)


class PersonEntry(_Part):
    """Somebody of the plan. `time_zone`: where they live, if not where the team does. `country` and `region`: whose
    public holidays are theirs; plan_checks looks at whether the region is one of the country."""

    id: Slug
    name: Name
    email: Email | None = None
    slack_id: SlackId | None = None
    phone: Phone | None = None
    time_zone: Zone | None = None
    country: Country | None = None
    region: Region | None = None


def _kind_of_admin(typed: Any) -> str:
    return "id" if isinstance(typed, str) else "person"


Admin = Annotated[Annotated[str, Tag("id")] | Annotated[PersonEntry, Tag("person")], Discriminator(_kind_of_admin)]


class TeamEntry(_Part):
    """The team. `country`: whose public holidays are no office hours; `answer_within`: within how many office hours
    whoever comes on duty answers. An admin is an engineer's id, or somebody who is no engineer."""

    name: Name
    channel: Channel
    time_zone: Zone
    handoff: HandoffTime
    notice_days: Annotated[int, BeforeValidator(_days)]
    office_hours: OfficeHoursEntry | None = None
    country: Country | None = None
    answer_within: Annotated[int | None, BeforeValidator(_office_hours)] = None
    admins: Annotated[tuple[Admin, ...], Field(min_length=1)]


class RotationEntry(_Part):
    """The ids of those on call, in order. `starts` is the first date of week 1; None: the week the store is made in."""

    starts: Annotated[date | None, BeforeValidator(a_date)] = None
    order: Annotated[tuple[str, ...], Field(min_length=1)]


class PipelineEntry(_Part):
    """A pipeline; `primary` and `secondary` are the ids of its owners, `why` says why these."""

    slug: Slug
    name: Name
    area: Name
    purpose: Annotated[str, Field(min_length=1), _text(200)]
    primary: str
    secondary: str
    why: Words


class ServiceLevelEntry(_Part):
    """How soon somebody responds to an alert of a severity, and has it resolved: lengths of time in words."""

    severity: Annotated[str, AfterValidator(_severity)]
    respond: Level
    resolve: Level


class Plan(_Part):
    """A whole plan, as it stands in a file: sound in itself if `plan_file.read` gave it."""

    team: TeamEntry
    engineers: Annotated[tuple[PersonEntry, ...], Field(min_length=1)]
    rotation: RotationEntry
    pipelines: Annotated[tuple[PipelineEntry, ...], Field(min_length=1, max_length=MOST_PIPELINES)]
    service_levels: Annotated[tuple[ServiceLevelEntry, ...], Field(min_length=1)]

    @property
    def hours(self) -> Hours:
        """When the team's days and weeks begin, by the plan."""
        handoff = self.team.handoff
        at = time.fromisoformat(handoff.time)
        return Hours(ZoneInfo(self.team.time_zone), WEEKDAYS.index(handoff.weekday), at)

    @property
    def people(self) -> tuple[PersonEntry, ...]:
        """The engineers, then the admins who are none."""
        return (*self.engineers, *(admin for admin in self.team.admins if isinstance(admin, PersonEntry)))

    @property
    def admin_ids(self) -> tuple[str, ...]:
        """The ids of the admins, whether engineers or not, in the order of the plan."""
        return tuple(admin if isinstance(admin, str) else admin.id for admin in self.team.admins)


PARTS: dict[str, type[_Part]] = {
    "": Plan,
    "team": TeamEntry,
    "handoff": HandoffTime,
    "office_hours": OfficeHoursEntry,
    "admins": PersonEntry,
    "engineers": PersonEntry,
    "rotation": RotationEntry,
    "pipelines": PipelineEntry,
    "service_levels": ServiceLevelEntry,
}  # what stands under which key
