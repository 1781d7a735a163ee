"""A plan and the rows of the store: written, and read back as a plan."""

from dataclasses import asdict
from datetime import time
from typing import Any

from bot.plan.model import SEVERITIES, PersonEntry, Plan, TeamEntry
from bot.speech import say
from models import people, pipelines, teams
from models.people import Person
from models.pipelines import Pipeline
from models.store.engine import Tx
from models.teams import Team
from scheduler.team.roster import Roster


def save(tx: Tx, team_id: int | None, plan: Plan, **more: Any) -> int:
    """Write the plan's team, people and pipelines; `more` are other columns of the team. Returns the team's id."""
    team_id = teams.save_team(tx, team_id, _columns(plan) | more)
    people.replace(tx, team_id, people_of(plan))
    pipelines.replace(tx, team_id, pipelines_of(plan))
    return team_id


def people_of(plan: Plan) -> list[Person]:
    """The plan's people as the store has them, but for whom Slack found."""
    engineers = {person.id for person in plan.engineers}
    return [_person(who, who.id in engineers, position) for position, who in enumerate(plan.people)]


def pipelines_of(plan: Plan) -> list[Pipeline]:
    """The plan's pipelines as the store has them."""
    return [Pipeline(p.slug, p.name, p.area, p.purpose, p.primary, p.secondary, p.why) for p in plan.pipelines]


def _person(entry: PersonEntry, is_engineer: bool, position: int) -> Person:
    return Person(**entry.model_dump(), engineer=is_engineer, position=position)


def _columns(plan: Plan) -> dict[str, Any]:
    team, hours = plan.team, plan.hours
    levels = sorted(plan.service_levels, key=lambda level: SEVERITIES.index(level.severity))
    return {
        "name": team.name,
        "channel": team.channel,
        "notice_days": team.notice_days,
        "admins": list(plan.admin_ids),
        "service_levels": [level.model_dump() for level in levels],
        "time_zone": team.time_zone,
        "handoff_weekday": hours.weekday,
        "handoff_time": hours.at,
        **_office(team),
    }


def _office(team: TeamEntry) -> dict[str, Any]:
    office = team.office_hours
    return {
        "office_days": office.days if office else None,
        "office_from": time.fromisoformat(office.starts) if office else None,
        "office_until": time.fromisoformat(office.until) if office else None,
        "country": team.country,
        "answer_within": team.answer_within,
    }


def of_store(tx: Tx, team: Roster) -> Plan:
    """The store's plan, as a file would say it: whom Slack found by their email stays out of it."""
    facts = team.facts
    engineers = {who: person for who, person in team.people.items() if person.listed and person.engineer}
    handoff = {"weekday": say.WEEKDAYS[facts.handoff_weekday], "time": f"{facts.handoff_time:%H:%M}"}
    return Plan.model_validate(
        {
            "team": {
                "name": facts.name,
                "channel": facts.channel,
                "time_zone": facts.time_zone,
                "handoff": handoff,
                "notice_days": facts.notice_days,
                "office_hours": _office_hours(facts),
                "country": facts.country,
                "answer_within": facts.answer_within,
                "admins": [who if who in engineers else _facts(team.people[who]) for who in facts.admins],
            },
            "engineers": [_facts(person) for person in engineers.values()],
            "rotation": {"starts": team.versions[0].starts, "order": team.versions[-1].asked},
            "pipelines": [_pipeline(pipeline) for pipeline in pipelines.of_team(tx, facts.id)],
            "service_levels": [asdict(level) for level in facts.service_levels],
        }
    )


def _office_hours(team: Team) -> dict[str, str] | None:
    if not (team.office_days and team.office_from and team.office_until):
        return None
    return {"days": team.office_days, "from": f"{team.office_from:%H:%M}", "until": f"{team.office_until:%H:%M}"}


def _facts(person: Person) -> dict[str, Any]:
    return {key: getattr(person, key) for key in PersonEntry.model_fields}


def _pipeline(pipeline: Pipeline) -> dict[str, Any]:
    facts = {key: getattr(pipeline, key) for key in ("slug", "name", "area", "purpose", "why")}
    return facts | {"primary": pipeline.primary_id, "secondary": pipeline.secondary_id}
