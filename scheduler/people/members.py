"""The rotation's people: somebody comes, leaves, pauses, or the order changes, from a handoff to come on.

    decide: pure but for reading ─► shown before it is done
        └─► change: written, logged, told, undone again by undo.py

A change counts for all versions from its handoff on, so that what was arranged for later stays: who pauses comes back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from models import teams
from models.changes import Change
from models.covers import Cover
from models.outbox import Owed
from models.people import Person
from models.store.engine import Tx
from models.teams import VersionFacts
from scheduler import entries
from scheduler.change import effect, frame
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Audience, Made
from scheduler.entries import (
    EngineerAdded,
    EngineerPaused,
    EngineerRemoved,
    RotationAfter,
    RotationBefore,
    RotationChange,
    RotationReordered,
)
from scheduler.people import joining, leaving
from scheduler.people.leaving import Leave, Settled
from scheduler.refusals import (
    AlreadyInRotation,
    NobodyLeft,
    NotAHandoff,
    NotInRotation,
    OtherPeople,
    SoAlready,
    TooShortToPause,
    UnknownPerson,
)
from scheduler.rule.moves import Effect
from scheduler.rule.rotation import WEEK, next_version
from scheduler.team.roster import Roster

ADDED, REMOVED = EngineerAdded.what, EngineerRemoved.what
PAUSED, REORDERED = EngineerPaused.what, RotationReordered.what
A_QUARTER = timedelta(weeks=13)


@dataclass(frozen=True, slots=True)
class RosterWish:
    """`what` is to be done to the rotation from the handoff on `starts` on: to `who` (a person's id), who is back on
    `until` after a pause; or `order`, ids of people. Somebody new has a `name` and an `email` and no id yet."""

    what: str
    starts: date
    who: str | None = None
    until: date | None = None
    order: tuple[str, ...] = ()
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a wish comes to: the team `after`, its versions, what they move, what is settled on the way, the person who
    comes, as they were (None: nobody) and are, and the covers that have `lapsed` by it."""

    wish: RosterWish
    after: Roster
    moved: Effect
    settled: Settled
    person: tuple[Person | None, Person] | None = None
    lapsed: tuple[Cover, ...] = ()

    @property
    def who(self) -> str | None:
        """Whom it is about."""
        return self.wish.who


@dataclass(frozen=True, slots=True)
class Staffed:
    """What was done, the id of the change, and the messages that it owes."""

    decided: Decided
    id: int
    owed: tuple[Owed, ...] = ()


def decide(tx: Tx, team: Roster, by: Actor, wish: RosterWish) -> Decided:
    """What the wish comes to. Writes nothing. Raises Refused where it can't be."""
    frame.check_admin(by)
    frame.check_known(team, wish.who)
    _check_handoff(team, by, wish.starts)
    person = joining.who_comes(tx, team, wish.who, wish.name or "", wish.email) if wish.what == ADDED else None
    if person:
        team = replace(team, people={**team.people, person[1].id: person[1]})
        wish = replace(wish, who=person[1].id)
    _check(team, wish)
    versions = versions_after(team, wish)
    if versions == team.versions:
        raise SoAlready
    settled = leaving.ends(tx, team, _leaves(wish), by.now)
    after = settled.applied_to(team).but(versions=versions)
    moved = effect.up_to(team, after, by.now, max(wish.starts, wish.until or wish.starts) + A_QUARTER)
    return Decided(wish, after, moved, settled, person, leaving.lapsing(team, after, settled, by.now))


@dataclass(frozen=True, slots=True)
class _Staffing(Decision):
    """A wish comes true. `versions` are those before it."""

    decided: Decided
    versions: tuple[VersionFacts, ...]

    def after(self, team: Roster) -> Roster:
        """As it was decided."""
        return self.decided.after

    def saved(self, tx: Tx, team: Roster) -> "_Staffing":
        """Somebody new, the versions from then on, and what is settled on the way are written."""
        decided = self.decided
        if decided.person:
            joining.save(tx, team.id, *decided.person)
        teams.replace_versions(tx, team.id, decided.wish.starts, versions_from(decided.after, decided.wish.starts))
        leaving.write(tx, decided.settled)
        return self

    def entry(self) -> Entry:
        """The versions, who comes, and what is settled on the way."""
        return _entry(self.versions, self.decided)

    def moved(self, team: Roster, after: Roster, now: datetime) -> Effect:
        """What moves in the quarter from its handoff on."""
        return self.decided.moved

    @property
    def audience(self) -> Audience:
        """Whom it is about, in any case."""
        return Audience(hears=self._hears)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """What people must see of what is settled."""
        return leaving.news(tx, made, self.decided.settled, self._hears)

    @property
    def _hears(self) -> frozenset[str]:
        return frozenset({self.decided.who} if self.decided.who else ())


def change(tx: Tx, by: Actor, wish: RosterWish) -> Staffed:
    """Do it: in the store, in the log, and tell those whose weeks it moves. Raises Refused."""

    def staffing(team: Roster, by: Actor) -> _Staffing:
        return _Staffing(decide(tx, team, by, wish), team.versions)

    def repeat(team: Roster, change: Change) -> _Staffing:
        facts = entries.of_kind(RotationChange, change)
        settled = Settled.of(facts.before, facts.after) if facts else Settled()
        decided = Decided(replace(wish, who=change.about), team, entries.moved(change), settled)
        return _Staffing(decided, team.versions)

    done = frame.enact(tx, by, staffing, repeat)
    return Staffed(replace(done.decision.decided, after=done.team), done.id or 0, done.owed)


def told(decided: Decided, by: str | None) -> list[str]:
    """The ids of those who hear of it, in the plan's order."""
    hear = decided.moved.concerned | ({decided.who} if decided.who else set())
    hear |= leaving.parties(decided.settled, decided.lapsed)
    return [who for who in decided.after.people if who in hear and who != by]


def handoffs(team: Roster, now: datetime, count: int) -> list[date]:
    """The next handoffs from which a rotation can change."""
    first = max(team.hours.coming_handoff(now), team.versions[0].starts)
    return [first + n * WEEK for n in range(count)]


def members(team: Roster, day: date) -> tuple[str, ...]:
    """Those of the version that holds on `day`, in the order that was asked for."""
    return version_on(team.versions, day).asked


def coming_members(team: Roster, day: date) -> tuple[str, ...]:
    """Those of the version that holds on `day`, and of later ones, in the order of the latest."""
    later = [version.asked for version in reversed(versions_from(team, day))]
    return tuple(dict.fromkeys(who for asked in (*later, members(team, day)) for who in asked))


def departed(team: Roster) -> set[str]:
    """Who was in the rotation, and is not in its latest version any more."""
    return {who for version in team.versions for who in version.order} - set(team.versions[-1].order)


# What a wish comes to


def versions_after(team: Roster, wish: RosterWish) -> tuple[VersionFacts, ...]:
    """All versions, with the wish in each that holds from its handoff on."""
    points = {wish.starts, *(v.starts for v in team.versions if v.starts > wish.starts)}
    points |= {wish.until} if wish.until else set()
    made = [version for version in team.versions if version.starts < wish.starts]
    for point in sorted(points):
        asked = _asked(version_on(team.versions, point).asked, wish, point)
        if not asked:
            raise NobodyLeft
        was = made[-1].asked if made and not (wish.what == REORDERED and point == wish.starts) else ()
        order = next_version(team.but(versions=made).rotation, point, asked, was).order if made else asked
        if not made or not is_turned(order, made[-1].order):
            made.append(VersionFacts(point, order, asked))
    return tuple(made)


def versions_from(team: Roster, starts: date) -> list[VersionFacts]:
    """The versions that begin on `starts` or later."""
    return [version for version in team.versions if version.starts >= starts]


def is_turned(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both are the same round, wherever it begins."""
    turned = (tuple(one[n:]) + tuple(one[:n]) for n in range(len(one)))
    return tuple(other) in turned


def version_on(versions: Sequence[VersionFacts], day: date) -> VersionFacts:
    """The version that holds on `day`, or the first."""
    return next((v for v in reversed(versions) if v.starts <= day), versions[0])


def _asked(asked: tuple[str, ...], wish: RosterWish, point: date) -> tuple[str, ...]:
    who = wish.who
    if wish.what == ADDED:
        return asked if who in asked else (*asked, *((who,) if who else ()))
    if wish.what == REORDERED:
        return (*(each for each in wish.order if each in asked), *(each for each in asked if each not in wish.order))
    if wish.what == PAUSED and wish.until and point >= wish.until:
        return asked
    return tuple(each for each in asked if each != who)


def _leaves(wish: RosterWish) -> list[Leave]:
    gone = wish.what in (REMOVED, PAUSED) and wish.who
    return [Leave(wish.who, wish.starts, wish.until)] if gone and wish.who else []


def _check_handoff(team: Roster, by: Actor, starts: date) -> None:
    if team.hours.week_of(starts) != starts or starts < handoffs(team, by.now, 1)[0]:
        raise NotAHandoff


def _check(team: Roster, wish: RosterWish) -> None:
    there = members(team, wish.starts)
    if wish.what == REORDERED:
        order = set(wish.order)
        if len(order) != len(wish.order) or not set(there) <= order <= set(coming_members(team, wish.starts)):
            raise OtherPeople
    elif wish.what == ADDED:
        if wish.who in there:
            raise AlreadyInRotation(team.name(wish.who))
    elif wish.who is None:
        raise UnknownPerson
    elif wish.who not in (there if wish.what == PAUSED else coming_members(team, wish.starts)):
        raise NotInRotation(team.name(wish.who))
    if wish.what == PAUSED:
        _check_pause(team, wish, len(there))


def _check_pause(team: Roster, wish: RosterWish, size: int) -> None:
    if wish.until is None or team.hours.week_of(wish.until) != wish.until:
        raise NotAHandoff
    if wish.until - wish.starts <= size * WEEK:
        raise TooShortToPause(size)


# The log


def _entry(versions: Iterable[VersionFacts], decided: Decided) -> Entry:
    wish, person = decided.wish, decided.person
    was = RotationBefore(tuple(versions), person[0] if person else None, *decided.settled.before)
    comes = person[1] if person else None
    becomes = RotationAfter(decided.after.versions, comes, wish.starts, wish.until, *decided.settled.after)
    return Entry(entries.ROTATION[wish.what](was, becomes), wish.who)
