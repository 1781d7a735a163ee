"""Loads rows and builds a rotation: everything about a team that an answer needs, in four queries; one more where
people settled something among themselves, and two more where they swapped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from models import arrangements, history, holidays, people, pipelines, take_overs, teams
from models.arrangements import Arrangements
from models.covers import Cover
from models.declines import Decline
from models.history import Stretch
from models.holidays import Holiday
from models.people import Person
from models.pipelines import Pipeline
from models.store.engine import Tx
from models.take_overs import TakeOver
from models.teams import Beginning, HeldWeek, Team, VersionFacts
from scheduler.rule import duty, swaps
from scheduler.rule.duty import Duty
from scheduler.rule.hours import ONE_DAY, Hours
from scheduler.rule.office import ANSWER_WITHIN, DAYS, FROM, UNTIL, OfficeHours, weekdays
from scheduler.rule.rotation import (
    HOLDER,
    SUBSTITUTE,
    WEEK,
    Away,
    Day,
    Recorded,
    Rotation,
    State,
    Version,
    Week,
)
from scheduler.team.public_holidays import Calendar

NOTHING = Arrangements()


class NoPlan(Exception):
    """The store is empty: no plan has been applied yet."""


@dataclass(frozen=True)
class Roster:
    """A team as it stands: people (by id, all who are or were in its plan), versions of the rotation, and who is on
    duty; covers and take-overs that have not ended before the latest recorded week, and time off and declined weeks
    that have not ended before these began. `recent` is on record of the latest recorded week and the
    one before; `stand` tells which covers by swaps stand whatever is computed."""

    facts: Team
    hours: Hours
    people: Mapping[str, Person]
    holidays: tuple[Holiday, ...]
    versions: tuple[VersionFacts, ...]
    duty: Duty
    recent: tuple[Stretch, ...] = ()
    covers: tuple[Cover, ...] = ()
    take_overs: tuple[TakeOver, ...] = ()
    declines: tuple[Decline, ...] = ()
    stand: swaps.SwapsThatStand = swaps.NONE_STAND

    @property
    def id(self) -> int:
        """The team's id in the store."""
        return self.facts.id

    @property
    def rotation(self) -> Rotation:
        """The rule, with all that it needs."""
        return self.duty.rotation

    @property
    def served(self) -> tuple[Stretch, ...]:
        """What is on record of the latest recorded week."""
        return tuple(each for each in self.recent if each.week >= self.rotation.starts)

    @cached_property
    def by_slack(self) -> dict[str, Person]:
        """People by their Slack member id. Of two with the same account, as where an id was changed in the plan, it is
        the one who is in the plan."""
        listed_last = sorted(self.people.values(), key=lambda person: person.listed)
        return {person.slack: person for person in listed_last if person.slack}

    @cached_property
    def office(self) -> OfficeHours:
        """When the team is at work."""
        facts = self.facts
        closed = Calendar(facts.country) if facts.country else frozenset[date]()
        days, starts, ends = facts.office_days or DAYS, facts.office_from or FROM, facts.office_until or UNTIL
        return OfficeHours(self.hours.zone, weekdays(days), starts, ends, closed)

    @property
    def answer_within(self) -> int:
        """Within how many office hours whoever comes on duty answers; 0: nobody waits for that."""
        return ANSWER_WITHIN if self.facts.answer_within is None else self.facts.answer_within

    @property
    def admins(self) -> tuple[str, ...]:
        """The ids of the team's admins."""
        return self.facts.admins

    def name(self, who: str) -> str:
        """The name of a person, as the plan has it."""
        return self.people[who].name

    def serves(self, who: str, day: date) -> bool:
        """Whether `who` is in the rotation on `day`, or will be later."""
        later = (version.order for version in self.rotation.versions if version.starts > day)
        return who in self.rotation.members(day) or any(who in order for order in later)

    def away_until(self, who: str, moment: datetime) -> Holiday | None:
        """The holiday that `who` is on at `moment`."""
        today = self.hours.date_of(moment)
        return next((h for h in self.holidays if h.person_id == who and h.first <= today < h.until), None)

    def but(
        self,
        *,
        holidays: Iterable[Holiday] | None = None,
        versions: Sequence[VersionFacts] | None = None,
        covers: Iterable[Cover] | None = None,
        take_overs: Iterable[TakeOver] | None = None,
        declines: Iterable[Decline] | None = None,
        people: Mapping[str, Person] | None = None,
    ) -> "Roster":
        """The same team, but with these instead of its own; None: its own. Which swaps stand is as it was."""
        listed = self.holidays if holidays is None else tuple(sorted(holidays, key=lambda h: (h.first, h.person_id)))
        held = self.versions if versions is None else tuple(versions)
        agreed = self.covers if covers is None else _oldest_first(covers)
        taken = self.take_overs if take_overs is None else _oldest_first(take_overs)
        declined = self.declines if declines is None else _oldest_first(declines)
        computed = replace(_rotation(held, listed, declined, self.rotation.recorded), before=self.rotation.before)
        rotation = swaps.with_covers(computed, agreed, self.stand)
        changed = replace(self.duty, rotation=rotation, take_overs=_taken(taken))
        same = replace(
            self, holidays=listed, versions=held, duty=changed, people=self.people if people is None else people
        )
        return replace(same, covers=agreed, take_overs=taken, declines=declined)


def load(tx: Tx, team_id: int | None) -> Roster:
    """The team with that id; None: the store's own. Raises NoPlan where there is none."""
    begun = _begun(tx, team_id)
    return _built(tx, begun, people.of_team(tx, begun.team.id))


def own(tx: Tx) -> Roster:
    """The store's own team, as the terminal means it. Raises NoPlan."""
    return load(tx, None)


def load_all(tx: Tx) -> list[Roster]:
    """All teams of the store; of one it takes no more queries than `load`. Raises NoPlan where there is none."""
    begun = teams.beginnings(tx)
    if not begun:
        raise NoPlan
    return [_built(tx, each, people.of_team(tx, each.team.id)) for each in begun]


def load_with_pipelines(tx: Tx, team_id: int | None) -> tuple[Roster, list[Pipeline]]:
    """The team with that id (None: the store's own) and its pipelines, in no more queries. Raises NoPlan."""
    begun = _begun(tx, team_id)
    everyone, owned = pipelines.with_people(tx, begun.team.id)
    return _built(tx, begun, everyone), owned


def _begun(tx: Tx, team_id: int | None) -> Beginning:
    begun = teams.beginning(tx, team_id)
    if begun is None:
        raise NoPlan
    return begun


def with_record(tx: Tx, team: Roster, weeks: Sequence[HeldWeek], served: Sequence[Stretch]) -> Roster:
    """The team with weeks and stretches of duty that were put on record since it was loaded, as if loaded again."""
    known = team.rotation.recorded
    if weeks:
        known = _recorded_week(weeks[-1])
    if known is None:
        return team
    recent = tuple(each for each in (*team.recent, *served) if each.week >= known.week - WEEK)
    arranged = Arrangements(team.covers, team.take_overs, team.declines)
    arranged = arranged.since(known.week - ONE_DAY, team.hours.midnight(known.week))
    first = _needed_from(team.hours, known.week, arranged)
    off = tuple(holiday for holiday in team.holidays if holiday.until >= first)
    return _of_rows(tx, _Rows(team.facts, team.people, team.versions, known, recent, off, arranged))


def with_standing(tx: Tx, team: Roster) -> Roster:
    """The team with which swaps stand as told afresh: agreeing on something, or taking that back, may change it."""
    past = swaps.Past(team.served, team.rotation.starts, team.hours)
    stand = _standing(tx, team.facts, past, team.covers, team.rotation.away)
    return team if stand == team.stand else replace(team, stand=stand).but()


@dataclass(frozen=True, slots=True)
class _Rows:
    """What a roster is made of. `known` is the latest recorded week, whose days are told by `recent`."""

    facts: Team
    people: Mapping[str, Person]
    versions: tuple[VersionFacts, ...]
    known: Recorded | None
    recent: tuple[Stretch, ...]
    off: tuple[Holiday, ...]
    arranged: Arrangements


def _built(tx: Tx, begun: Beginning, everyone: Iterable[Person]) -> Roster:
    facts, versions, held = begun.team, begun.versions, begun.held
    hours = hours_of(facts)
    since = held.week if held else versions[0].starts
    recent = history.since_week(tx, facts.id, held.week - WEEK) if held else []
    found = begun.arranged
    arranged = arrangements.since(tx, facts.id, since - ONE_DAY, hours.midnight(since)) if found else NOTHING
    off = holidays.ending_after(tx, facts.id, _needed_from(hours, since, arranged) - ONE_DAY)
    by_id = {person.id: person for person in everyone}
    known = _recorded_week(held) if held else None
    return _of_rows(tx, _Rows(facts, by_id, versions, known, tuple(recent), tuple(off), arranged))


def _needed_from(hours: Hours, since: date, arranged: Arrangements) -> date:
    """The first date of which it counts who is away: whether a swap stands, or a take-over has ended, is told by who
    was away since its first day."""
    begun_on = [hours.date_of(taken.starts) for taken in arranged.take_overs]
    return min([since, *(cover.first for cover in arranged.covers), *begun_on])


def _of_rows(tx: Tx, rows: _Rows) -> Roster:
    hours, known, arranged = hours_of(rows.facts), rows.known, rows.arranged
    served = [each for each in rows.recent if known and each.week >= known.week]
    recorded = _with_days(hours, known, served) if known else None
    before = _before(hours, known, rows.recent) if known else None
    computed = replace(_rotation(rows.versions, rows.off, arranged.declines, recorded), before=before)
    past = swaps.Past(served, computed.starts, hours)
    stand = _standing(tx, rows.facts, past, arranged.covers, computed.away)
    rotation = swaps.with_covers(computed, arranged.covers, stand)
    passed = duty.merged(iter(rows.recent))  # each change cut off the stretch that it found under way
    on_duty = Duty(rotation, hours, _taken(arranged.take_overs), passed[-1] if served else None, passed)
    team = Roster(rows.facts, hours, rows.people, rows.off, rows.versions, on_duty, rows.recent, stand=stand)
    return replace(team, covers=arranged.covers, take_overs=arranged.take_overs, declines=arranged.declines)


def _standing(
    tx: Tx, team: Team, past: swaps.Past, agreed: Sequence[Cover], away: Sequence[Away]
) -> swaps.SwapsThatStand:
    """The covers of swaps that stand, whatever is computed. `past` has what is on record of the current week."""
    swapped = [cover for both in swaps.of_swaps(agreed).values() for cover in both]
    if not swapped:
        return swaps.NONE_STAND
    first, until = min(c.first for c in swapped), max(c.until for c in swapped)
    starts, ends = past.hours.handoff(first), past.hours.handoff(until)
    if first < past.since:
        past = replace(past, served=history.between(tx, team.id, starts, ends))
    return swaps.standing(swapped, past, take_overs.on_request(tx, team.id, starts, ends), away)


def hours_of(team: Team) -> Hours:
    """When its days and weeks begin, and in which time zone."""
    return Hours(ZoneInfo(team.time_zone), team.handoff_weekday, team.handoff_time)


def as_it_was(hours: Hours, week: Week, served: Sequence[Stretch]) -> Week:
    """A week on record with its days: each was whose duty it was just before midnight, but for what was a take-over."""
    days = []
    for n in range(7):
        day = week.first + timedelta(days=n)
        begins, midnight = hours.handoff(day), hours.midnight(day + ONE_DAY)
        own = [s for s in served if s.why != duty.TAKE_OVER and s.starts < midnight and begins < s.ends]
        days.append(Day(day, own[-1].who, own[-1].why) if own else Day(day, week.holder, HOLDER))
    whole = all(day.engineer == week.holder for day in days)
    return replace(week, split=None if whole else tuple(days))


def _before(hours: Hours, known: Recorded, recent: Sequence[Stretch]) -> Week | None:
    """The week before the latest recorded one, if that was not the first."""
    its = [each for each in recent if each.week < known.week]
    return as_it_was(hours, Week(its[-1].week, its[-1].home, its[-1].holder), recent) if its else None


def _rotation(
    versions: Sequence[VersionFacts],
    off: Iterable[Holiday],
    declined: Iterable[Decline],
    recorded: Recorded | None,
) -> Rotation:
    away = tuple(Away(h.person_id, h.first, h.until) for h in off)
    away += tuple(Away(d.person_id, d.first, d.until) for d in declined)
    in_order = tuple(Version(v.starts, v.order) for v in versions)
    return Rotation(in_order, away, (), recorded)


Kept = TypeVar("Kept", Cover, TakeOver, Decline)


def _oldest_first(kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """In the order in which they were saved; what is not saved yet comes last."""
    return tuple(sorted(kept, key=lambda each: (each.id is None, each.id or 0)))


def _taken(taken: Iterable[TakeOver]) -> tuple[duty.TakenHours, ...]:
    return tuple(duty.TakenHours(t.person_id, t.starts, t.ends) for t in taken)


def _recorded_week(held: HeldWeek) -> Recorded:
    """A recorded week, without its days."""
    return Recorded(held.week, held.holder, State(held.holder, held.owes, frozenset(held.early)))


def _with_days(hours: Hours, known: Recorded, served: Sequence[Stretch]) -> Recorded:
    """The latest recorded week, with its days that have passed: a day was whose duty it was just before midnight. One
    that was taken over then is left to the rule, which still knows all that it was decided by."""
    days, substituted = [], []
    for n in range(7):
        day = known.week + timedelta(days=n)
        last_second = hours.midnight(day + ONE_DAY) - timedelta(seconds=1)
        found = next((s for s in served if s.starts <= last_second < s.ends), None)
        if found and found.why != duty.TAKE_OVER:
            days.append(Day(day, found.who, found.why))
        substitutes = [s.who for s in served if s.why == SUBSTITUTE and s.who and _serves(hours, s, day)]
        substituted += [(day, who) for who in substitutes[-1:]]
    return replace(known, days=tuple(days), substituted=tuple(substituted))


def _serves(hours: Hours, served: Stretch, day: date) -> bool:
    """Whether a stretch of duty has some of an on-call day."""
    return served.day == day or (served.day < day and hours.handoff(day) < served.ends)
