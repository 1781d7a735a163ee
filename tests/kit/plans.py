"""Plans: a small one as a file, and the first team's with something else in it."""

from pathlib import Path

import pytest

from bot.plan.file import BadPlan, read
from bot.plan.model import PersonEntry, Plan, RotationEntry
from tests.kit.cast import FIRST_TEAM, from_week_1

SMALL = """\
team:
  name: Metrics
  channel: "#metrics-oncall"
  time_zone: Europe/Berlin
  handoff:
    weekday: monday
    time: "09:00"
  notice_days: 14
  admins: [maya]
engineers:
  - id: toms
    name: Toms
    email: toms@example.com
  - id: maya
    name: Maya
    email: maya@example.com
rotation:
  starts: 2026-11-23
  order: [toms, maya]
pipelines:
  - slug: daily-growth
    name: Daily growth
    area: Growth
    purpose: Experiments
    primary: toms
    secondary: maya
    why: They know it.
service_levels:
  - {severity: critical, respond: 15 minutes, resolve: 1 hour}
  - {severity: high, respond: 30 minutes, resolve: 4 hours}
  - {severity: medium, respond: 1 hour, resolve: 8 hours}
  - {severity: low, respond: 4 hours, resolve: 24 hours}
"""


def problems_of(source: str | Path) -> list[str]:
    with pytest.raises(BadPlan) as caught:
        read(source)
    named = [f"The plan {source} needs another look:"] if isinstance(source, Path) else []
    assert str(caught.value).splitlines() == [*named, *map(str, caught.value.problems)]
    return [str(problem) for problem in caught.value.problems]


INES = PersonEntry(id="ines", name="Ines", email="ines@example.com")
FOUR = ("toms", "maya", "danny", "rene")


def ordered(*order: str, of: Plan = FIRST_TEAM) -> Plan:
    return of.model_copy(update={"rotation": RotationEntry(order=order)})


def with_engineers(*engineers: PersonEntry, order: tuple[str, ...]) -> Plan:
    return ordered(*order).model_copy(update={"engineers": engineers})


PLACES = {"toms": ("LV", None), "maya": ("DE", "BE"), "danny": ("GB", "SCT")}


def living_in(places: dict[str, tuple[str, str | None]]) -> Plan:
    """The first team, with countries and regions."""
    engineers = tuple(
        person.model_copy(update=dict(zip(("country", "region"), places.get(person.id, (None, None)), strict=True)))
        for person in FIRST_TEAM.engineers
    )
    return from_week_1(FIRST_TEAM).model_copy(update={"engineers": engineers})
