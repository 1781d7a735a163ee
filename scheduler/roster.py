"""Loads rows and builds a rotation: everything about a team that an answer needs, in four queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from models import history, holidays, people, pipelines, teams
from models.history import Served
from models.holidays import Holiday
from models.people import Person
from models.pipelines import Pipeline
from models.store import Tx
from models.teams import Beginning, HeldWeek, Team, VersionFacts
from scheduler.duty import Duty, Stretch
from scheduler.hours import ONE_DAY, Hours
from scheduler.rotation import SUBSTITUTE, Away, Day, Recorded, Rotation, State, Version


class NoPlan(Exception):
    """The store is empty: no plan has been applied yet."""

    def __init__(self) -> None:
        super().__init__("There is no team yet. Apply a plan first: python -m bot plan apply FILE")


@dataclass(frozen=True)
class Roster:
    """A team as it stands: people (by id, all who are or were in the plan), time off that has not ended before the
    latest recorded week, versions of the rotation, and who is on duty. `served` is on record of the current week."""

    team: Team
    hours: Hours
    people: Mapping[str, Person]
    holidays: tuple[Holiday, ...]
    versions: tuple[VersionFacts, ...]
    duty: Duty
    served: tuple[Served, ...] = ()

    @property
    def rotation(self) -> Rotation:
        """The rule, with all that it needs."""
        return self.duty.rotation

    @cached_property
    def by_slack(self) -> dict[str, Person]:
        """People by their Slack member id."""
        return {person.slack: person for person in self.people.values() if person.slack}

    @property
    def admins(self) -> tuple[str, ...]:
        """The ids of the team's admins."""
        return self.team.admins

    def name(self, who: str | None) -> str:
        """The name of a person, or "nobody"."""
        return self.people[who].name if who else "nobody"

    def away_until(self, who: str, moment: datetime) -> Holiday | None:
        """The holiday that `who` is on at `moment`."""
        today = self.hours.date_of(moment)
        return next((h for h in self.holidays if h.person_id == who and h.first <= today < h.until), None)

    def with_holidays(self, changed: Iterable[Holiday]) -> "Roster":
        """The same team, with these holidays instead of its own."""
        listed = tuple(sorted(changed, key=lambda h: (h.first, h.person_id)))
        rotation = replace(self.rotation, away=_away(listed))
        return replace(self, holidays=listed, duty=replace(self.duty, rotation=rotation))

    def with_versions(self, versions: Sequence[VersionFacts]) -> "Roster":
        """The same team, with these versions of the rotation."""
        rotation = replace(self.rotation, versions=tuple(Version(v.starts, v.order) for v in versions))
        return replace(self, versions=tuple(versions), duty=replace(self.duty, rotation=rotation))


def load(tx: Tx) -> Roster:
    """The team of this store. Raises NoPlan."""
    begun = _begun(tx)
    return _built(tx, begun, people.everyone(tx))


def load_with_pipelines(tx: Tx) -> tuple[Roster, list[Pipeline]]:
    """The team of this store and its pipelines, in no more queries. Raises NoPlan."""
    begun = _begun(tx)
    everyone, owned = pipelines.with_people(tx, begun.team.id)
    return _built(tx, begun, everyone), owned


def _begun(tx: Tx) -> Beginning:
    begun = teams.beginning(tx)
    if begun is None:
        raise NoPlan
    return begun


def _built(tx: Tx, begun: Beginning, everyone: Iterable[Person]) -> Roster:
    team, versions, held = begun.team, begun.versions, begun.held
    hours = hours_of(team)
    since = held.week if held else versions[0].starts
    off = holidays.ending_after(tx, since - ONE_DAY)
    served = history.since_week(tx, team.id, held.week) if held else []
    rotation = Rotation(
        tuple(Version(v.starts, v.order) for v in versions),
        _away(off),
        (),
        _recorded(hours, held, served) if held else None,
    )
    last = as_stretch(served[-1]) if served else None
    by_id = {person.id: person for person in everyone}
    return Roster(team, hours, by_id, tuple(off), versions, Duty(rotation, hours, (), last), tuple(served))


def hours_of(team: Team) -> Hours:
    """A team's hours."""
    return Hours(ZoneInfo(team.time_zone), team.handoff_weekday, team.handoff_time)


def as_stretch(served: Served) -> Stretch:
    """A stretch of duty as it was recorded."""
    return Stretch(
        served.starts,
        served.ends,
        served.who,
        served.why,
        served.week,
        served.holder,
        served.home,
        served.day,
    )


def _away(off: Iterable[Holiday]) -> tuple[Away, ...]:
    return tuple(Away(h.person_id, h.first, h.until) for h in off)


def _recorded(hours: Hours, held: HeldWeek, served: Sequence[Served]) -> Recorded:
    """The latest recorded week, with its days that have passed: a day was whose duty it was just before midnight."""
    days = []
    for n in range(7):
        day = held.week + timedelta(days=n)
        last_second = hours.midnight(day + ONE_DAY) - timedelta(seconds=1)
        found = next((s for s in served if s.starts <= last_second < s.ends), None)
        if found:
            days.append(Day(day, found.who, found.why))
    substitutes = [s.who for s in served if s.why == SUBSTITUTE and s.week == held.week]
    state = State(held.holder, held.owes, frozenset(held.early))
    return Recorded(held.week, held.holder, state, tuple(days), substitutes[-1] if substitutes else None)
