"""Taking the last change of the rotation's people, or of a pipeline's owners, back: exactly, and only while nothing has
come of it."""

from datetime import date

from models import changes, outbox, people, pipelines, teams
from models.changes import Change
from models.outbox import to_person
from models.people import Person
from models.pipelines import Pipeline
from models.schema.plain import of_plain
from models.store.engine import Tx
from models.teams import VersionFacts
from scheduler import holidays
from scheduler.change import effect, frame
from scheduler.change.frame import Actor, Entry
from scheduler.messages import AgreementNews, ChangeNews
from scheduler.people import leaving, members, owners
from scheduler.people.leaving import Settled
from scheduler.people.owners import Owned
from scheduler.refusals import AlreadyUndone, NotAllowed, Refused, TooLateToUndo, UnknownChange
from scheduler.rule.moves import Effect
from scheduler.team.roster import Roster

UNDONE = "rotation change undone"
OF_PEOPLE = (members.ADDED, members.REMOVED, members.PAUSED, members.REORDERED)
KINDS = (*OF_PEOPLE, owners.CHANGED)

BEGUN = "its first handoff has passed"
TOUCHED = "it was changed again since"


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


def undo(tx: Tx, by: Actor, change_id: int) -> tuple[Roster, Change, Effect]:
    """Put everything back as it was before a change. Returns the team after it, the change that was undone, and what
    moved. Raises Refused."""
    team, by = frame.begin(tx, by)
    if not by.is_admin:
        raise NotAllowed(members.AN_ADMIN)
    made = changes.one(tx, team.id, change_id)
    if made is None or made.what not in KINDS:
        raise UnknownChange
    if again := frame.before(tx, team, by):
        return team, made, of_plain(Effect, again.effect)
    _check(tx, team, by, made)
    return _owners(tx, team, by, made) if made.what == owners.CHANGED else _people(tx, team, by, made)


def _check(tx: Tx, team: Roster, by: Actor, change: Change) -> None:
    if changes.undoing(tx, change.id):
        raise AlreadyUndone
    if change.what == owners.CHANGED:
        if owners.find(tx, team, str(change.about)) != of_plain(Pipeline, change.after["pipeline"]):
            raise TooLateToUndo(TOUCHED)
        return
    if team.hours.handoff(date.fromisoformat(change.after["starts"])) <= by.now:
        raise TooLateToUndo(BEGUN)
    same = team.versions == _versions(change.after)
    if not same or not leaving.can_be_put_back(tx, team, Settled.of_facts(change.before, change.after)):
        raise TooLateToUndo(TOUCHED)


def _versions(facts: dict[str, list[dict[str, str]]]) -> tuple[VersionFacts, ...]:
    return tuple(of_plain(VersionFacts, each) for each in facts["versions"])


def _people(tx: Tx, team: Roster, by: Actor, change: Change) -> tuple[Roster, Change, Effect]:
    starts, settled = date.fromisoformat(change.after["starts"]), Settled.of_facts(change.before, change.after)
    back = [version for version in _versions(change.before) if version.starts >= starts]
    teams.replace_versions(tx, team.id, starts, back)
    leaving.put_back(tx, team.id, settled)
    _place_back(tx, change)
    after = frame.written(tx, team, by.now)
    until = date.fromisoformat(change.after["back"] or change.after["starts"]) + members.A_QUARTER
    moved = effect.up_to(team, after, by.now, until)
    unheard, covers_heard = _withdraw(tx, change)
    entry = Entry(UNDONE, change.about, change.after, change.before, change.id)
    change_id = frame.write(tx, after, by, entry, moved)
    spares = {who for who in after.people if to_person(who) in unheard}
    hears = {change.about} - spares if change.about else set()
    frame.tell(tx, team, after, by, moved, change_id, spares=spares, hears=hears, parties=covers_heard)
    frame.show(tx, team, after, by, change_id)
    leaving.owe_put_back(tx, after, by, settled, change_id)
    return after, change, moved


def _withdraw(tx: Tx, change: Change) -> tuple[set[str], bool]:
    """Take back the news of a change that nobody has been told yet. Returns the audiences who have heard nothing of it,
    and whether somebody heard of a cover or swap."""
    gone = holidays.withdraw_news(tx, change.id)
    unheard = {audience for kind, audience, _ in gone if kind == ChangeNews.kind}
    owed = outbox.of_change(tx, change.id)
    agreements = [message for message in owed if message.kind == AgreementNews.kind]
    said = {m.audience for m in agreements if frame.word(m) not in gone}
    heard = said | {message.audience for message in owed if message.kind == ChangeNews.kind} - unheard
    return (unheard | {message.audience for message in agreements}) - heard, bool(said)


def _place_back(tx: Tx, change: Change) -> None:
    """Who came is what they were: nobody of the plan, if they were new."""
    if change.after["person"]:
        was = change.before["person"] or {**change.after["person"], "engineer": True, "listed": False}
        people.set_place(tx, of_plain(Person, was))


def _owners(tx: Tx, team: Roster, by: Actor, change: Change) -> tuple[Roster, Change, Effect]:
    was, becomes = (of_plain(Pipeline, facts["pipeline"]) for facts in (change.after, change.before))
    pipelines.set_owners(tx, team.id, becomes)
    entry = Entry(UNDONE, change.about, change.after, change.before, change.id)
    change_id = frame.write(tx, team, by, entry, Effect())
    owned = [Owned(team, was, becomes)]
    owners.tell(tx, team, by, owned, change_id, but=owners.withdraw(tx, change.id))
    return team, change, Effect()
