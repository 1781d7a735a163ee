"""Who owns a pipeline: changed by an admin, told to the owners before and after. Who left the rotation for good owns
nothing in earnest: their pipelines need an owner, until somebody changes that."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from models import outbox, pipelines
from models.outbox import Owed, to_person
from models.pipelines import Pipeline
from models.schema.plain import of_plain, plain
from models.store.engine import Tx
from scheduler.change import frame
from scheduler.change import told as news
from scheduler.change.frame import Actor, Entry
from scheduler.messages import OwnersNews, PipelineOwners
from scheduler.people import members
from scheduler.refusals import NotAllowed, OneOwner, SoAlready, UnknownPerson, UnknownPipeline
from scheduler.rule.moves import Effect
from scheduler.team.roster import Roster

CHANGED = "pipeline changed"


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


def decide(tx: Tx, team: Roster, by: Actor, slug: str, primary: str, secondary: str, why: str) -> Owned:
    """What changing its owners comes to. Writes nothing. Raises Refused where it can't be."""
    if not by.is_admin:
        raise NotAllowed(members.AN_ADMIN)
    was = find(tx, team, slug)
    if primary == secondary:
        raise OneOwner
    for who in (primary, secondary):
        if who not in team.people or not team.people[who].listed:
            raise UnknownPerson
    becomes = replace(was, primary_id=primary, secondary_id=secondary, why=why)
    if becomes == was:
        raise SoAlready
    return Owned(team, was, becomes)


def change(tx: Tx, by: Actor, slug: str, primary: str, secondary: str, why: str) -> Owned:
    """Let the pipeline have these owners (people's ids) for this reason. Raises Refused."""
    team, by = frame.begin(tx, by)
    if made := frame.before(tx, team, by):
        was, becomes = (of_plain(Pipeline, facts["pipeline"]) for facts in (made.before, made.after))
        return Owned(team, was, becomes, made.id)
    owned = decide(tx, team, by, slug, primary, secondary, why)
    pipelines.set_owners(tx, team.id, owned.becomes)
    entry = Entry(CHANGED, slug, {"pipeline": plain(owned.was)}, {"pipeline": plain(owned.becomes)})
    change_id = frame.write(tx, team, by, entry, Effect())
    tell(tx, team, by, [owned], change_id)
    return replace(owned, id=change_id)


def tell(tx: Tx, team: Roster, by: Actor, owned: Iterable[Owned], change_id: int, but: Collection[str] = ()) -> None:
    """Owe the news to the owners before and after, one message each, a minute later, in which an undo withdraws it; not
    to the audiences `but`."""
    theirs: dict[str, list[Owned]] = {}
    for each in owned:
        for who in each.told(by.id):
            theirs.setdefault(who, []).append(each)
    for who, told in theirs.items():
        if to_person(who) not in but:
            facts = OwnersNews(who, by.id, tuple(each.news for each in told))
            owed = Owed(facts, f"{change_id}/{who}", to_person(who), by.now + news.WAITS, change_id)
            frame.owe(tx, team, owed, by.now)


def withdraw(tx: Tx, change_id: int) -> set[str]:
    """Take back the news that nobody has been told yet. Returns the audiences who need not hear of an undo."""
    owed = [message for message in outbox.of_change(tx, change_id) if message.kind == OwnersNews.kind]
    return {message.audience for message in owed if outbox.withdraw(tx, message.id)}


def without_owner(team: Roster, owned: Iterable[Pipeline]) -> list[Pipeline]:
    """The pipelines that need an owner: one of theirs has left the rotation for good."""
    gone = members.departed(team)
    return [pipeline for pipeline in owned if gone.intersection(pipeline.owners)]
