"""Words about a plan, in plain text for the terminal: what it says, and what applying it would change."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bot.plan.consequences import Ahead
from bot.plan.difference import ADDED, CHANGED, PERSON, REMOVED, TEAM, Difference, FieldChange, Part
from bot.plan.model import NINE_TO_FIVE, PersonEntry, PipelineEntry, Plan, TeamEntry
from bot.speech import say
from bot.speech.blocks import unmarked
from bot.speech.parts import staffing
from models.people import Person
from models.teams import VersionFacts
from scheduler.people import owners
from scheduler.people.members import A_QUARTER
from scheduler.rule import office

NO_CHANGE = "Nothing changes."
FIRST = "The store is empty, and this becomes its first plan:"
SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
TOUCHED = "  (people changed it in the store)"
LEFT = "  (stays on record)"
LOOKS_LIKE = "    looks like {name} ({id}), who keeps turns and time off: write {id} as the id if it is the same person"
NO_OTHER_WEEKDAY = "The handoff stays on {weekday}s: a team can't move to another weekday and keep its history yet."
FIELD = "    {name}: {before} → {after}"
NOTHING = "(none)"
NEW_ORDER = "~ rotation from {day} on: {order}"
OLD_ORDER = "    until now: {order}"
OLD_COMING_ORDER = "    instead of what was to begin on {day}: {order}"

TEAM_LINES = (
    "{name}, in {channel}",
    "  Handoff: {weekday}s at {time}, {zone}",
    "  Holidays: to be declared {notice} ahead",
    "  Office hours: {office}",
    "  Coming on call: {answers}",
    "  Admins: {admins}",
)
BUT_ON = ", but not on public holidays of {country}"
ANSWERS, NEVER = "to be confirmed within {count}", "need not be confirmed"
ROTATION = "Rotation"
FROM = "  From {day} on: {order}, one week each"
PEOPLE, PIPELINES, LEVELS = "People", "Pipelines", "Service levels"
SOMEBODY = "  {name} ({id}){facts}"
HOLIDAYS_OF = "public holidays of {place}"
ONLY_ADMIN = "admin, no engineer"
PIPELINE = "  {name} ({slug}): {area}; {purpose}"
OWNERS = "    {primary}, then {secondary}. {why}"
LEVEL_LINE = "  {severity}: respond within {respond}, resolve within {resolve}"

Name = Callable[[str], str]


def difference_text(made: Difference) -> str:
    """What applying the plan changes, a line or a few for each part of it."""
    names = _names(made)
    if made.before is None:
        versions = [made.version] if made.version else []
        stays = NO_OTHER_WEEKDAY.format(weekday=say.WEEKDAYS[made.after.hours.weekday])
        return f"{FIRST}\n\n{plan_text(made.after, versions, names)}\n\n{stays}"
    lines = [line for entry in made.entries for line in _entry(entry, made.alike)]
    lines += _rotation(made, made.version, names) if made.version else []
    lines += [unmarked(line) for line in _ahead(made, made.ahead)] if made.ahead else []
    return "\n".join(lines) or NO_CHANGE


def _ahead(made: Difference, ahead: Ahead) -> list[str]:
    """Whose weeks change, what ends, which pipelines need an owner, and who is told."""
    then, lines = ahead.after, []
    if made.version:
        lines += staffing.weeks(then, ahead.moved, made.version.starts + A_QUARTER)
        lines += staffing.settled(then, ahead.settled, ahead.lapsed)
        lines += staffing.needs_owner(then, owners.without_owner(then, ahead.pipelines))
    if made.version or ahead.owned:
        lines.append(staffing.telling(then, [then.name(who) for who in ahead.told]))
    return lines


def _names(made: Difference) -> Name:
    plans = [plan for plan in (made.before, made.after) if plan]
    known = {person.id: person.name for plan in plans for person in plan.people}
    return lambda who: known.get(who, who)


def _entry(entry: Part, alike: Mapping[str, Person]) -> Iterator[str]:
    kind, about = entry.subject
    line = f"{SIGNS[entry.how]} {kind}" if kind == TEAM else f"{SIGNS[entry.how]} {kind} {_titled(entry.name, about)}"
    if entry.how == REMOVED and kind == PERSON:
        line += LEFT
    yield line + (TOUCHED if entry.touched else "")
    if kind == PERSON and (like := alike.get(about)):
        yield LOOKS_LIKE.format(name=like.name, id=like.id)
    yield from map(_field, entry.fields)


def _titled(name: str, about: str) -> str:
    return name if name == about else f"{name} ({about})"


def _field(changed: FieldChange) -> str:
    name = changed.name.replace("_", " ")
    return FIELD.format(name=name, before=changed.before or NOTHING, after=changed.after or NOTHING)


def _rotation(made: Difference, version: VersionFacts, names: Name) -> Iterator[str]:
    line = NEW_ORDER.format(day=say.day(version.starts), order=_order(version.order, names))
    yield line + (TOUCHED if made.touched else "")
    until_now = made.until_now
    if until_now is None:
        return
    was = _order(until_now.order, names)
    never_began = until_now.starts >= version.starts
    yield (OLD_COMING_ORDER if never_began else OLD_ORDER).format(day=say.day(until_now.starts), order=was)


def _order(ids: Sequence[str], names: Name) -> str:
    return ", ".join(names(who) for who in ids)


def plan_text(plan: Plan, versions: Iterable[VersionFacts], names: Name) -> str:
    """The whole plan with these versions of its rotation. `names`: people's names by their ids."""
    parts = (
        _team(plan, names),
        [ROTATION, *(FROM.format(day=say.day(v.starts), order=_order(v.order, names)) for v in versions)],
        [PEOPLE, *_people(plan)],
        [PIPELINES, *(line for pipeline in plan.pipelines for line in _pipeline(pipeline, names))],
        [LEVELS, *(LEVEL_LINE.format(**level.model_dump()) for level in plan.service_levels)],
    )
    return "\n\n".join("\n".join(part) for part in parts)


def _team(plan: Plan, names: Name) -> list[str]:
    team = plan.team
    facts = {
        "name": team.name,
        "channel": team.channel,
        "weekday": say.WEEKDAYS[plan.hours.weekday],
        "time": team.handoff.time,
        "zone": team.time_zone,
        "notice": say.count(team.notice_days, "day"),
        **_office(team),
        "admins": say.names([names(who) for who in plan.admin_ids]),
    }
    return [line.format(**facts) for line in TEAM_LINES]


def _office(team: TeamEntry) -> dict[str, str]:
    """What the plan says, or what holds where it says nothing."""
    hours, closed = team.office_hours or NINE_TO_FIVE, BUT_ON.format(country=team.country) if team.country else ""
    within = office.ANSWER_WITHIN if team.answer_within is None else team.answer_within
    answers = ANSWERS.format(count=say.count(within, "office hour")) if within else NEVER
    return {"office": f"{hours}{closed}", "answers": answers}


def _people(plan: Plan) -> Iterator[str]:
    for person in plan.engineers:
        yield _person(person)
    for person in plan.people[len(plan.engineers) :]:
        yield _person(person, ONLY_ADMIN)


def _person(person: PersonEntry, role: str | None = None) -> str:
    known = (role, person.email, person.slack_id, person.phone, person.time_zone, _place(person))
    facts = "".join(f", {fact}" for fact in known if fact)
    return SOMEBODY.format(name=person.name, id=person.id, facts=facts)


def _place(person: PersonEntry) -> str | None:
    return HOLIDAYS_OF.format(place=" ".join(filter(None, (person.country, person.region)))) if person.country else None


def _pipeline(pipeline: PipelineEntry, names: Name) -> Iterator[str]:
    yield PIPELINE.format(name=pipeline.name, slug=pipeline.slug, area=pipeline.area, purpose=pipeline.purpose)
    primary, secondary = names(pipeline.primary), names(pipeline.secondary)
    yield OWNERS.format(primary=primary, secondary=secondary, why=pipeline.why)
