"""How the parts of a plan fit together: names that stand for something, nothing twice, dates on the right weekday.

It looks at the file as it is, whatever else is wrong with it, so that all mistakes are told in one go. A store may hold
what an earlier release took and this one refuses: it goes on with it, and writes it into an export.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from bot.plan.lines import Problem, Tree
from bot.plan.model import SEVERITIES, WEEKDAYS, a_date, is_zone, nearest, quoted
from bot.speech import public_holidays, say
from bot.speech.read import dates
from bot.speech.read.dates import AmbiguousDate, BadDates, NotADate, ShortYear
from bot.speech.read.dates.names import names_a_day
from bot.speech.read.people import with_words

TWICE = "there is {what} {typed} twice (also on line {line}); give one of them another."
SAME_NAME = "two people have the name {typed} (also on line {line}); make them different, with a surname."
UNSEEN_NAME = "nothing of this name can be seen; type it again."
NO_CONTACT = "{typed} has neither `email` nor `slack_id`, so Slack can't tell who that is; add one of them."
NO_PLACE = "{typed} is a time zone without a place; write Area/Location, such as Europe/Berlin, or UTC."
IS_ENGINEER = "{typed} is an engineer; among the admins the id alone is enough: write `- {id}`."
TOO_MANY = "there are {count} engineers; keep it to {most}, as many as a form of Slack holds."
NOT_AN_ENGINEER = "{typed} is no engineer of the plan; write an id from `engineers`, or add them there."
NOT_AN_ADMIN = "{typed} is no engineer's id; write one, or id, name and email of somebody who is no engineer."
NOT_AN_OWNER = "{typed}, the {key} owner, is nobody of the plan; write an id from `engineers`, or add them there."
IN_ORDER_TWICE = "{typed} stands twice in the order; everybody has one place in it."
ADMIN_TWICE = "{typed} stands twice among the admins; keep one."
NO_COUNTRY = "{typed} is a region of no country; write the `country` beside it, such as DE."
IS_TYPED = "{typed} can't be typed for a pipeline, since {what}; give it another {key}."
A_WORD, A_DAY, A_PERSON = (
    "it is a word of the commands",
    "it is read as a day, a week or a month",
    "it is somebody's name (line {line})",
)
SAME_OWNER = "{typed} is the primary and the secondary owner; name somebody else as one of them."
ENDS_FIRST = "office hours until {until} are over before they begin at {starts}; write a later time."
OTHER_WEEKDAY = "{day} is no {weekday}, when weeks begin; write {before} ({before_iso}) or {after} ({after_iso})."
LEVEL_TWICE = "there are two service levels for {typed} (also on line {line}); keep one."
NO_LEVEL = "there is no service level for {missing}; add how soon to respond and to resolve."
SOONER = "{resolve} to resolve is less than {respond} to respond; write at least that."

# What people type behind a command, today or soon, that is no pipeline.
WORDS = {
    "accept", "admin", "admins", "all", "calendar", "cancel", "cover", "decline", "everyone", "everything",
    "fairness", "feed", "health", "help", "holiday", "incident", "incidents", "link", "links", "list", "log", "me",
    "mine", "next", "nobody", "now", "oncall", "page", "pipeline", "pipelines", "plan", "please", "preview",
    "request", "requests", "roster", "runbook", "runbooks", "schedule", "search", "settings", "show", "status",
    "stop", "swap", "take", "team", "undo", "version", "who",
}  # fmt: skip
MOST_ENGINEERS = 70  # a form to reorder them has room for 3,000 characters, and an id 40
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_LEVEL = re.compile(r"([0-9]+) (minute|hour|day)s?")
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_ANY_DAY = date(2026, 11, 24)


def problems(plan: Tree) -> list[Problem]:
    """What does not fit together in a plan."""
    team = [*_zone(plan["team"]), *_office(plan["team"]["office_hours"])]
    return [*team, *_people(plan), *_rotation(plan), *_pipelines(plan), *_service_levels(plan)]


def engineers_among_admins(plan: Tree) -> list[int]:
    """Which of the admins, by number, are written as people although they are engineers."""
    known = _ids(plan["engineers"].items)
    return [n for n, admin in enumerate(plan["team"]["admins"].items) if admin["id"].text in known]


def _people(plan: Tree) -> Iterator[Problem]:
    engineers, admins, are_both = plan["engineers"].items, plan["team"]["admins"].items, engineers_among_admins(plan)
    for admin in (admins[n] for n in are_both):
        typed = admin["id"].text
        yield Problem(admin.line, IS_ENGINEER.format(typed=quoted(admin["name"].text or typed), id=typed))
    if len(engineers) > MOST_ENGINEERS:
        yield Problem(plan["engineers"].line, TOO_MANY.format(count=len(engineers), most=MOST_ENGINEERS))
    people = [*engineers, *(admin for n, admin in enumerate(admins) if admin.mapping and n not in are_both)]
    yield from _twice([person["id"] for person in people], TWICE, "the id")
    yield from _twice([person["name"] for person in people], SAME_NAME)
    yield from (problem for person in people for problem in (*_contact(person), *_zone(person)))
    yield from _twice([person["email"] for person in people], TWICE, "the email address")
    yield from _twice([person["slack_id"] for person in people], TWICE, "the Slack member id")
    yield from (problem for person in people for problem in _region(person))
    words = [admin for admin in admins if admin.text]
    yield from _unknown(words, _ids(engineers), NOT_AN_ADMIN)
    yield from _twice(words, ADMIN_TWICE)


def _contact(person: Tree) -> Iterator[Problem]:
    name = person["name"]
    if name.text and not _seen(name.text):
        yield Problem(name.line, UNSEEN_NAME)
    if person.mapping and not person["email"].text and not person["slack_id"].text:
        yield Problem(person.line, NO_CONTACT.format(typed=quoted(name.text or person["id"].text)))


def _zone(of: Tree) -> Iterator[Problem]:
    """Zones without a place: `localtime` is another on each machine, EST knows no summer, Etc/GMT+1 is west."""
    zone = of["time_zone"]
    is_place = "/" in zone.text and not zone.text.startswith("Etc/")
    if is_zone(zone.text) and not is_place and zone.text not in ("UTC", "Etc/UTC"):
        yield Problem(zone.line, NO_PLACE.format(typed=quoted(zone.text)))


def _office(hours: Tree) -> Iterator[Problem]:
    starts, until = (_CLOCK.fullmatch(hours[key].text) for key in ("from", "until"))
    if starts and until and (int(until[1]), until[2]) <= (int(starts[1]), starts[2]):
        yield Problem(hours["until"].line, ENDS_FIRST.format(starts=starts[0], until=until[0]))


def _region(person: Tree) -> Iterator[Problem]:
    country, region = person["country"].text, person["region"].text
    if not region:
        return
    if not country:
        yield Problem(person["region"].line, NO_COUNTRY.format(typed=quoted(region)))
    elif problem := public_holidays.problem_with_region(country, region):
        yield Problem(person["region"].line, problem.format(typed=quoted(region)))


def _rotation(plan: Tree) -> Iterator[Problem]:
    rotation = plan["rotation"]
    order = rotation["order"].items
    yield from _unknown(order, _ids(plan["engineers"].items), NOT_AN_ENGINEER)
    yield from _twice(order, IN_ORDER_TWICE)
    weekday = plan["team"]["handoff"]["weekday"].text.lower()
    if rotation["starts"].text and weekday in WEEKDAYS:
        yield from _starts(rotation["starts"], WEEKDAYS.index(weekday))


def _starts(starts: Tree, weekday: int) -> Iterator[Problem]:
    try:
        day = a_date(starts.text)
    except ValueError:
        return  # said as what is wrong with the field
    before = day - timedelta(days=(day.weekday() - weekday) % 7)
    if before != day:
        after = before + timedelta(days=7)
        sentence = OTHER_WEEKDAY.format(
            day=say.day(day),
            weekday=say.WEEKDAYS[weekday],
            before=say.day(before),
            before_iso=before,
            after=say.day(after),
            after_iso=after,
        )
        yield Problem(starts.line, sentence)


def _pipelines(plan: Tree) -> Iterator[Problem]:
    pipelines = plan["pipelines"].items
    listed = [*plan["engineers"].items, *(admin for admin in plan["team"]["admins"].items if admin.mapping)]
    people = _ids(listed)
    yield from _twice([pipeline["slug"] for pipeline in pipelines], TWICE, "the slug")
    yield from _twice([pipeline["name"] for pipeline in pipelines], TWICE, "the pipeline")
    taken = {who["id"].text: who["name"] for who in listed}
    for key in ("slug", "name"):
        yield from (problem for pipeline in pipelines for problem in _shadowed(pipeline[key], key, taken))
    for pipeline in pipelines:
        primary, secondary = pipeline["primary"], pipeline["secondary"]
        yield from _unknown([primary], people, NOT_AN_OWNER, "primary")
        yield from _unknown([secondary], people, NOT_AN_OWNER, "secondary")
        if primary.text and primary.text == secondary.text:
            yield Problem(secondary.line, SAME_OWNER.format(typed=quoted(primary.text)))


def _shadowed(value: Tree, key: str, people: Mapping[str, Tree]) -> Iterator[Problem]:
    """A slug or a name that somebody types, and that a command takes for something else."""
    typed = _typed(value.text)
    names = with_words(typed, {who: name.text for who, name in people.items()})
    if typed in WORDS:
        what = A_WORD
    elif names:
        what = A_PERSON.format(line=people[names[0]].line)
    elif any(map(_is_a_day, (typed, value.text))):
        what = A_DAY
    else:
        return
    yield Problem(value.line, IS_TYPED.format(typed=quoted(value.text), what=what, key=key))


def _typed(text: str) -> str:
    """A name as commands compare it with what was typed."""
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()


def _is_a_day(typed: str) -> bool:
    """Whether it is a day, a week or a month to `/oncall`: one that is read, or one that is asked about, such as a
    month without a day or a date that some years don't have."""
    if names_a_day(typed):
        return True
    if typed.isdigit() or not typed.isprintable():
        return False
    try:
        dates.look_up(typed, _ANY_DAY)
    except (AmbiguousDate, ShortYear):
        return True
    except NotADate as bad:
        return not bad.is_plain
    except BadDates:
        return False
    return True


def _service_levels(plan: Tree) -> Iterator[Problem]:
    levels = plan["service_levels"]
    severities = [level["severity"] for level in levels.items]
    yield from _twice(severities, LEVEL_TWICE)
    missing = [name for name in SEVERITIES if name not in {severity.text.lower() for severity in severities}]
    if levels.items and missing:
        yield Problem(levels.line, NO_LEVEL.format(missing=say.names(missing)))
    for level in levels.items:
        respond, resolve = (_LEVEL.fullmatch(level[key].text) for key in ("respond", "resolve"))
        if respond and resolve and _minutes(resolve) < _minutes(respond):
            yield Problem(level["resolve"].line, SOONER.format(respond=respond[0], resolve=resolve[0]))


def _minutes(level: re.Match[str]) -> int:
    return int(level[1]) * MINUTES[level[2]]


def _ids(people: Sequence[Tree]) -> list[str]:
    return [person["id"].text for person in people if person["id"].text]


def _twice(values: Iterable[Tree], sentence: str, what: str = "") -> Iterator[Problem]:
    """The values that stood before; names that look alike would be mistaken for each other."""
    lines: dict[str, int] = {}
    for value in values:
        name = _seen(value.text)
        if name in lines:
            yield Problem(value.line, sentence.format(what=what, typed=quoted(value.text), line=lines[name]))
        elif name:
            lines[name] = value.line


def _seen(text: str) -> str:
    """A name by what can be seen of it: é is one character or two, and some are nothing at all."""
    composed = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return " ".join(_UNSEEN.sub("", composed).casefold().split())


def _unknown(values: Iterable[Tree], known: Sequence[str], sentence: str, key: str = "") -> Iterator[Problem]:
    for value in values:
        if known and value.text and value.text not in known:
            typed = sentence.format(typed=quoted(value.text), key=key)
            yield Problem(value.line, typed + nearest(value.text, known))
