"""Who owns a pipeline: changed by an admin, told to the owners before and after. Who left the rotation for good owns
nothing in earnest: their pipelines need an owner, until somebody changes that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from models import outbox, pipelines
from models.changes import Change
from models.outbox import Owed, to_person
from models.pipelines import Pipeline
from models.store.engine import Tx
from scheduler import entries
from scheduler.change import frame
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import WAITS, Made
from scheduler.entries import PipelineChanged, PipelineState, RotationUndone
from scheduler.messages import OwnersNews, PipelineOwners
from scheduler.people import members
from scheduler.refusals import OneOwner, SoAlready, UnknownPerson, UnknownPipeline
from scheduler.team.roster import Roster

CHANGED, UNDONE = PipelineChanged.what, RotationUndone.what


@dataclass(frozen=True, slots=True)
class OwnersWish:
    """The pipeline `slug` is to have these owners (people's ids), for this reason."""

    slug: str
    primary: str
    secondary: str
    why: str


@dataclass(frozen=True, slots=True)
class Owned:
    """A pipeline as it `was` and as it is (`becomes`). `id` is that of the change; None before it is made."""

    team: Roster
    was: Pipeline
    becomes: Pipeline
    id: int | None = None

    @property
    def before(self) -> tuple[str, str]:
        """The ids of its owners before, the primary first."""
        return self.was.owners

    @property
    def after(self) -> tuple[str, str]:
        """The ids of its owners after, the primary first."""
        return self.becomes.owners

    def told(self, by: str | None) -> list[str]:
        """The ids of those who hear of it, in the plan's order: who has left the plan does not."""
        owners = {*self.before, *self.after}
        return [who for who, person in self.team.people.items() if who in owners and person.listed and who != by]

    @property
    def news(self) -> PipelineOwners:
        """What is told of it."""
        return PipelineOwners(self.becomes.slug, self.before, self.after)


def between(team: Roster, before: Iterable[Pipeline], after: Iterable[Pipeline]) -> list[Owned]:
    """Those of the pipelines that have other owners after than before. `team`: the team after it."""
    was = {pipeline.slug: pipeline for pipeline in before}
    pairs = [Owned(team, was[pipeline.slug], pipeline) for pipeline in after if pipeline.slug in was]
    return [each for each in pairs if each.before != each.after]


def find(tx: Tx, team: Roster, slug: str) -> Pipeline:
    """The pipeline with that slug. Raises UnknownPipeline."""
    found = next((p for p in pipelines.of_team(tx, team.id) if p.slug == slug), None)
    if found is None:
        raise UnknownPipeline
    return found


def decide(tx: Tx, team: Roster, by: Actor, wish: OwnersWish) -> Owned:
    """What changing its owners comes to. Writes nothing. Raises Refused where it can't be."""
    frame.check_admin(by)
    was = find(tx, team, wish.slug)
    if wish.primary == wish.secondary:
        raise OneOwner
    for who in (wish.primary, wish.secondary):
        if who not in team.people or not team.people[who].listed:
            raise UnknownPerson
    becomes = replace(was, primary_id=wish.primary, secondary_id=wish.secondary, why=wish.why)
    if becomes == was:
        raise SoAlready
    return Owned(team, was, becomes)


@dataclass(frozen=True, slots=True)
class Handed(Decision):
    """A pipeline gets other owners. `undoes`: the change that it takes back; `unheard`: who heard nothing of that, as
    audiences."""

    owned: Owned
    undoes: int | None = None
    unheard: frozenset[str] = frozenset()

    def saved(self, tx: Tx, team: Roster) -> "Handed":
        """The owners are written; of an undo, its news that nobody has heard yet is withdrawn."""
        pipelines.set_owners(tx, team.id, self.owned.becomes)
        return replace(self, unheard=withdraw(tx, self.undoes)) if self.undoes else self

    def entry(self) -> Entry:
        """The pipeline before and after it."""
        kind = RotationUndone if self.undoes else PipelineChanged
        facts = kind(PipelineState(self.owned.was), PipelineState(self.owned.becomes))
        return Entry(facts, self.owned.was.slug, self.undoes)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Word to the owners before and after."""
        return (owed for owed in news(made, [self.owned]) if owed.audience not in self.unheard)


def change(tx: Tx, by: Actor, slug: str, primary: str, secondary: str, why: str) -> Owned:
    """Let the pipeline have these owners (people's ids) for this reason. Raises Refused."""

    def handing(team: Roster, by: Actor) -> Handed:
        return Handed(decide(tx, team, by, OwnersWish(slug, primary, secondary, why)))

    def repeat(team: Roster, change: Change) -> Handed:
        facts = entries.of_kind(PipelineChanged, change)
        if facts is None:
            raise UnknownPipeline
        return Handed(Owned(team, facts.before.pipeline, facts.after.pipeline))

    done = frame.enact(tx, by, handing, repeat)
    return replace(done.decision.owned, id=done.id)


def news(made: Made, owned: Iterable[Owned]) -> Iterator[Owed]:
    """The news to the owners before and after, one message each, a minute later, in which an undo withdraws it."""
    theirs: dict[str, list[Owned]] = {}
    for each in owned:
        for who in each.told(made.by):
            theirs.setdefault(who, []).append(each)
    for who, told in theirs.items():
        facts = OwnersNews(who, made.by, tuple(each.news for each in told))
        yield Owed(facts, f"{made.id}/{who}", to_person(who), made.now + WAITS, made.id)


def withdraw(tx: Tx, change_id: int) -> frozenset[str]:
    """Take back the news that nobody has been told yet. Returns the audiences who need not hear of an undo."""
    owed = [message for message in outbox.of_change(tx, change_id) if message.kind == OwnersNews.kind]
    return frozenset(message.audience for message in owed if outbox.withdraw(tx, message.id))


def without_owner(team: Roster, owned: Iterable[Pipeline]) -> list[Pipeline]:
    """The pipelines that need an owner: one of theirs has left the rotation for good."""
    gone = members.departed(team)
    return [pipeline for pipeline in owned if gone.intersection(pipeline.owners)]
