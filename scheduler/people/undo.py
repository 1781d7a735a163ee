"""Taking the last change of the rotation's people, or of a pipeline's owners, back: exactly, and only while nothing has
come of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from models import changes, outbox, people, teams
from models.changes import Change
from models.outbox import Owed, to_person
from models.people import Person
from models.store.engine import Tx
from models.teams import VersionFacts
from scheduler import entries
from scheduler.change import effect, frame, told
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Audience, Made
from scheduler.entries import PipelineChanged, RotationChange, RotationUndone
from scheduler.messages import AgreementNews, ChangeNews
from scheduler.people import leaving, members, owners
from scheduler.people.leaving import Settled
from scheduler.people.owners import Handed, Owned
from scheduler.refusals import (
    CHANGED_SINCE,
    IN_EFFECT,
    AlreadyUndone,
    Refused,
    TooLateToUndo,
    UnknownChange,
)
from scheduler.rule.moves import Effect
from scheduler.team.roster import Roster

UNDONE = owners.UNDONE
OF_PEOPLE = (members.ADDED, members.REMOVED, members.PAUSED, members.REORDERED)
KINDS = (*OF_PEOPLE, owners.CHANGED)


def last(tx: Tx, team: Roster, by: Actor) -> Change | None:
    """The last change, if it can be undone still."""
    made = changes.latest(tx, team.id, (*KINDS, UNDONE))
    if made is None or made.what == UNDONE:
        return None
    try:
        _check(tx, team, by, made)
    except Refused:
        return None
    return made


def undo_change(tx: Tx, by: Actor, change_id: int) -> tuple[Roster, Change, Effect]:
    """Put everything back as it was before a change. Returns the team after it, the change that was undone, and what
    moved. Raises Refused."""

    def undoing(team: Roster, by: Actor) -> _PutBack | Handed:
        frame.check_admin(by)
        change = _found(tx, team, change_id)
        _check(tx, team, by, change)
        return _undoing(team, change)

    def repeat(team: Roster, again: Change) -> _PutBack | Handed:
        return _undoing(team, _found(tx, team, change_id))

    done = frame.enact(tx, by, undoing, repeat)
    return done.team, _found(tx, done.team, change_id), done.moved


def _found(tx: Tx, team: Roster, change_id: int) -> Change:
    change = changes.by_id(tx, team.id, change_id)
    if change is None or change.what not in KINDS:
        raise UnknownChange
    return change


def _check(tx: Tx, team: Roster, by: Actor, change: Change) -> None:
    if changes.undoing(tx, change.id):
        raise AlreadyUndone
    match entries.facts(change):
        case PipelineChanged(after=state):
            if owners.find(tx, team, state.pipeline.slug) != state.pipeline:
                raise TooLateToUndo(CHANGED_SINCE)
        case RotationChange(before=before, after=after):
            if team.hours.handoff(after.starts) <= by.now:
                raise TooLateToUndo(IN_EFFECT)
            same = team.versions == after.versions
            if not same or not leaving.can_be_put_back(tx, team, Settled.of(before, after)):
                raise TooLateToUndo(CHANGED_SINCE)
        case _:
            raise UnknownChange


def _undoing(team: Roster, change: Change) -> "_PutBack | Handed":
    match entries.facts(change):
        case PipelineChanged(before=was, after=becomes):
            return Handed(Owned(team, becomes.pipeline, was.pipeline), change.id)
        case RotationChange() as facts:
            return _PutBack(change, facts)
        case _:
            raise UnknownChange


@dataclass(frozen=True, slots=True)
class _PutBack(Decision):
    """A change of the rotation's people is taken back. `unheard`: who heard nothing of it, as audiences; `agreements`:
    whether somebody heard of a cover or swap."""

    change: Change
    facts: RotationChange
    unheard: frozenset[str] = frozenset()
    agreements: bool = True

    def after(self, team: Roster) -> Roster:
        """With everything as it was before."""
        versions = tuple(v for v in team.versions if v.starts < self.facts.after.starts)
        was, everyone = _place_before(self.facts), dict(team.people)
        if was and was.id in everyone:
            everyone[was.id] = replace(everyone[was.id], engineer=was.engineer, listed=was.listed)
        return self._settled.taken_from(team).but(versions=(*versions, *self._versions), people=everyone)

    def saved(self, tx: Tx, team: Roster) -> "_PutBack":
        """The versions, what was settled, and the place of who came are put back."""
        teams.replace_versions(tx, team.id, self.facts.after.starts, self._versions)
        leaving.put_back(tx, team.id, self._settled)
        was = _place_before(self.facts)
        if was:
            people.set_place(tx, team.id, was)
        unheard, agreements = _withdraw(tx, self.change)
        return replace(self, unheard=unheard, agreements=agreements)

    def entry(self) -> Entry:
        """The change, the other way round."""
        facts = RotationUndone(self.facts.after, self.facts.before)
        return Entry(facts, self.change.about, self.change.id)

    def moved(self, team: Roster, after: Roster, now: datetime) -> Effect:
        """What moves in the quarter from its handoff on."""
        until = self.facts.after.back or self.facts.after.starts
        return effect.up_to(team, after, now, until + members.A_QUARTER)

    @property
    def audience(self) -> Audience:
        """Whom it is about, but for who heard nothing of it."""
        about = {self.change.about} if self.change.about else set()
        spares = frozenset(audience.removeprefix(to_person("")) for audience in self.unheard)
        return Audience(hears=frozenset(about - spares), spares=spares, agreements=self.agreements)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """What people must see of what is put back."""
        return leaving.news_put_back(tx, made, self._settled)

    @property
    def _settled(self) -> Settled:
        return Settled.of(self.facts.before, self.facts.after)

    @property
    def _versions(self) -> list[VersionFacts]:
        return [version for version in self.facts.before.versions if version.starts >= self.facts.after.starts]


def _withdraw(tx: Tx, change: Change) -> tuple[frozenset[str], bool]:
    """Take back the news of a change that nobody has been told yet. Returns the audiences who have heard nothing of it,
    and whether somebody heard of a cover or swap."""
    gone = frame.withdraw_news(tx, change.id)
    unheard = {audience for kind, audience, _ in gone if kind == ChangeNews.kind}
    owed = outbox.of_change(tx, change.id)
    agreements = [message for message in owed if message.kind == AgreementNews.kind]
    said = {m.audience for m in agreements if told.word(m) not in gone}
    heard = said | {message.audience for message in owed if message.kind == ChangeNews.kind} - unheard
    return frozenset((unheard | {message.audience for message in agreements}) - heard), bool(said)


def _place_before(facts: RotationChange) -> Person | None:
    """Who came is what they were: nobody of the plan, if they were new."""
    came = facts.after.person
    return came and (facts.before.person or replace(came, engineer=True, listed=False))
