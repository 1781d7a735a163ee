"""How the parts of a plan fit together: names that stand for something, nothing twice, dates on the right weekday.

It looks at the file as it is, whatever else is wrong with it, so that all mistakes are told in one go.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from bot import public_holidays, say
from bot.plan_model import SEVERITIES, WEEKDAYS, a_date, nearest, quoted
from bot.plan_tree import Problem, Tree

TWICE = "there is {what} {typed} twice (also on line {line}); give one of them another."
SAME_NAME = "two people have the name {typed} (also on line {line}); make them different, with a surname."
NOT_AN_ENGINEER = "{typed} is no engineer of the plan; write an id from `engineers`, or add them there."
NOT_AN_ADMIN = "{typed} is no engineer's id; write one, or id, name and email of somebody who is no engineer."
NOT_AN_OWNER = "{typed}, the {key} owner, is nobody of the plan; write an id from `engineers`, or add them there."
IN_ORDER_TWICE = "{typed} stands twice in the order; everybody has one place in it."
ADMIN_TWICE = "{typed} stands twice among the admins; keep one."
NO_COUNTRY = "{typed} is a region of no country; write the `country` beside it, such as DE."
SAME_OWNER = "{typed} is the primary and the secondary owner; name somebody else as one of them."
OTHER_WEEKDAY = "{day} is no {weekday}, when weeks begin; write {before} ({before_iso}) or {after} ({after_iso})."
LEVEL_TWICE = "there are two service levels for {typed} (also on line {line}); keep one."
NO_LEVEL = "there is no service level for {missing}; add how soon to respond and to resolve."


def problems(plan: Tree) -> list[Problem]:
    """What does not fit together in a plan."""
    return [*_people(plan), *_rotation(plan), *_pipelines(plan), *_service_levels(plan)]


def _people(plan: Tree) -> Iterator[Problem]:
    engineers, admins = plan["engineers"].items, plan["team"]["admins"].items
    people = [*engineers, *(admin for admin in admins if admin.mapping)]
    yield from _twice([person["id"] for person in people], TWICE, "the id")
    yield from _twice([person["name"] for person in people], SAME_NAME)
    yield from _twice([person["email"] for person in people], TWICE, "the email address")
    yield from _twice([person["slack_id"] for person in people], TWICE, "the Slack member id")
    yield from (problem for person in people for problem in _region(person))
    words = [admin for admin in admins if admin.text]
    yield from _unknown(words, _ids(engineers), NOT_AN_ADMIN)
    yield from _twice(words, ADMIN_TWICE)


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
    admins = (admin for admin in plan["team"]["admins"].items if admin.mapping)
    people = _ids([*plan["engineers"].items, *admins])
    yield from _twice([pipeline["slug"] for pipeline in pipelines], TWICE, "the slug")
    yield from _twice([pipeline["name"] for pipeline in pipelines], TWICE, "the pipeline")
    for pipeline in pipelines:
        primary, secondary = pipeline["primary"], pipeline["secondary"]
        yield from _unknown([primary], people, NOT_AN_OWNER, "primary")
        yield from _unknown([secondary], people, NOT_AN_OWNER, "secondary")
        if primary.text and primary.text == secondary.text:
            yield Problem(secondary.line, SAME_OWNER.format(typed=quoted(primary.text)))


def _service_levels(plan: Tree) -> Iterator[Problem]:
    levels = plan["service_levels"]
    severities = [level["severity"] for level in levels.items]
    yield from _twice(severities, LEVEL_TWICE)
    missing = [name for name in SEVERITIES if name not in {severity.text.lower() for severity in severities}]
    if levels.items and missing:
        yield Problem(levels.line, NO_LEVEL.format(missing=say.names(missing)))


def _ids(people: Sequence[Tree]) -> list[str]:
    return [person["id"].text for person in people if person["id"].text]


def _twice(values: Iterable[Tree], sentence: str, what: str = "") -> Iterator[Problem]:
    """The values that stood before; names that differ in capitals only would be mistaken for each other."""
    lines: dict[str, int] = {}
    for value in values:
        name = " ".join(value.text.casefold().split())
        if name in lines:
            yield Problem(value.line, sentence.format(what=what, typed=quoted(value.text), line=lines[name]))
        elif name:
            lines[name] = value.line


def _unknown(values: Iterable[Tree], known: Sequence[str], sentence: str, key: str = "") -> Iterator[Problem]:
    for value in values:
        if known and value.text and value.text not in known:
            typed = sentence.format(typed=quoted(value.text), key=key)
            yield Problem(value.line, typed + nearest(value.text, known))
