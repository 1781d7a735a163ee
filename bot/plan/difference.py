"""What is different between two plans: facts, no words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ValidationError

from bot.plan.consequences import Ahead
from bot.plan.model import PersonEntry, Plan
from models.people import Person
from models.schema.plain import plain
from models.teams import VersionFacts
from scheduler.entries import PlanState
from scheduler.people import members

TEAM, PERSON, PIPELINE, LEVEL = "team", "person", "pipeline", "service level"
ADDED, REMOVED, CHANGED = "added", "removed", "changed"

_BY_PEOPLE = {PERSON: (members.ADDED,)}

Fields = dict[str, str | None]


class Subject(NamedTuple):
    """A part of a plan: its kind, and its id, slug or severity (of the team: its name)."""

    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after (None: nothing)."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the plan that is added, removed or changed. `touched`: people changed it in the store."""

    subject: Subject
    name: str
    how: str
    fields: tuple[FieldChange, ...] = ()
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What applying the plan `after` changes. `before` is the store's plan, None for an empty store; `version` is the
    new version of the rotation, None where it stays as it is; `until_now` the version that was the latest; `ahead` what
    that brings, None for an empty store; `touched`: people changed the rotation in the store; `alike`: whom somebody
    with a new id looks like who is no longer in the plan, by that id."""

    before: Plan | None
    after: Plan
    entries: tuple[Part, ...]
    version: VersionFacts | None
    until_now: VersionFacts | None = None
    ahead: Ahead | None = None
    touched: bool = False
    alike: Mapping[str, Person] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.entries or self.version)


def entries(before: Plan, after: Plan, touched: Iterable[tuple[str, str | None]]) -> tuple[Part, ...]:
    """What changes but for the rotation, in the order of the plan. `touched` are (what, about) of changes in the store:
    one that a person made in Slack to a part of the plan is called after its kind, such as "pipeline changed"."""
    old, new, marked = _parts(before, after), _parts(after, before), set(touched)
    found: list[Part] = []
    for subject in [*new, *(subject for subject in old if subject not in new)]:
        was, becomes = old.get(subject, {}), new.get(subject, {})
        changed = tuple(
            FieldChange(name, was.get(name), becomes.get(name))
            for name in {**was, **becomes}
            if was.get(name) != becomes.get(name)
        )
        if not changed:
            continue
        how = ADDED if not was else REMOVED if not becomes else CHANGED
        kinds = (f"{subject.kind} changed", *_BY_PEOPLE.get(subject.kind, ()))
        by_people = any((what, subject.about) in marked for what in kinds)
        name = (becomes or was).get("name") or subject.about
        found.append(Part(subject, name, how, changed if how == CHANGED else (), by_people))
    return tuple(found)


def same_people(known: Iterable[Person], plan: Plan) -> dict[str, Person]:
    """Whom somebody with a new id looks like, by that id: a person of the store, but not of the plan, with the same
    email address or the same account in Slack."""
    known = list(known)
    ids, listed = {person.id for person in known}, {person.id for person in plan.people}
    gone = [person for person in known if person.id not in listed]
    new = [entry for entry in plan.people if entry.id not in ids]
    pairs = ((entry, person) for entry in new for person in gone if _is_same(entry, person))
    return {entry.id: person for entry, person in pairs}


def _is_same(entry: PersonEntry, person: Person) -> bool:
    emails = [each.email.casefold() for each in (entry, person) if each.email]
    accounts = {person.slack_id, person.found_slack_id} - {None}
    return (len(emails) == 2 and emails[0] == emails[1]) or entry.slack_id in accounts


def of_log(before: PlanState, after: PlanState) -> tuple[Part, ...]:
    """What a plan that was applied changed but for the rotation, by what the log says of `before` and `after`; nothing
    where an earlier release wrote it otherwise."""
    try:
        was, becomes = (
            Plan.model_validate({name: facts[name] for name in Plan.model_fields if name in facts})
            for facts in map(plain, (before, after))  # which also hold what was settled on the way
        )
    except ValidationError:
        return ()
    return entries(was, becomes, ())


def _parts(plan: Plan, other: Plan) -> Mapping[Subject, Fields]:
    engineers = {person.id for person in plan.engineers}
    parts = {Subject(TEAM, "team"): _team(plan, other)}
    for person in plan.people:
        role = "engineer" if person.id in engineers else "admin"
        parts[Subject(PERSON, person.id)] = person.model_dump(exclude={"id"}) | {"role": role}
    for pipeline in plan.pipelines:
        parts[Subject(PIPELINE, pipeline.slug)] = pipeline.model_dump(exclude={"slug"})
    for level in plan.service_levels:
        parts[Subject(LEVEL, level.severity)] = level.model_dump(exclude={"severity"})
    return parts


def _team(plan: Plan, other: Plan) -> Fields:
    team = plan.team
    return {
        "name": team.name,
        "channel": team.channel,
        "time_zone": team.time_zone,
        "handoff": f"{team.handoff.weekday} {team.handoff.time}",
        "notice_days": str(team.notice_days),
        "office_hours": str(team.office_hours) if team.office_hours else None,
        "country": team.country,
        "answer_within": None if team.answer_within is None else str(team.answer_within),
        "admins": ", ".join(plan.admin_ids),
        "order of people": _order([p.id for p in plan.people], [p.id for p in other.people]),
        "order of pipelines": _order([p.slug for p in plan.pipelines], [p.slug for p in other.pipelines]),
    }


def _order(ids: Sequence[str], others: Sequence[str]) -> str:
    """Only of those that stay: who comes or goes is told as such."""
    return ", ".join(one for one in ids if one in others)
