"""*I've got it*, of a week that was handed over.

The same request again (its `key`) changes nothing and answers as it did. Raises `Refused` where something cannot be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from models import history, outbox
from models.changes import Change
from models.history import Acknowledgement
from models.outbox import Owed
from models.store.engine import Tx
from scheduler.change import answers, frame, told
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Made
from scheduler.entries import HandoffAcknowledged
from scheduler.messages import HandoffDue
from scheduler.refusals import HandoffPassed, NotOnDuty
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class _Acknowledged(Decision):
    """Somebody has got a week. `is_first`: that nobody had said so before, which stays."""

    said: Acknowledgement
    is_first: bool

    def __bool__(self) -> bool:
        return self.is_first

    def saved(self, tx: Tx, team: Roster) -> "_Acknowledged":
        """On record."""
        history.acknowledge(tx, team.id, self.said)
        return self

    def entry(self) -> Entry:
        """The week."""
        return Entry(HandoffAcknowledged(), self.said.week.isoformat())

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """The handoff shows it."""
        handoff = outbox.find(tx, made.after.id, HandoffDue.kind, self.said.week.isoformat())
        if handoff:
            yield told.edit(handoff, "got-it", made.now)
        on_duty = made.after.duty.at(made.now)
        if on_duty and on_duty.who:
            yield from answers.edits_of(tx, made, on_duty.who, self.said.week)


def handoff(tx: Tx, by: Actor, week: date) -> Acknowledgement:
    """*I've got it*: whoever is on duty has taken the current week on. The first to say so stays."""

    def decide(team: Roster, by: Actor) -> _Acknowledged:
        on_duty = team.duty.at(by.now)
        if on_duty is None or on_duty.week != week:
            raise HandoffPassed
        if by.id is None or (by.id != on_duty.who and not by.is_admin):
            raise NotOnDuty(team.name(on_duty.who) if on_duty.who else None)
        before = history.acknowledgement(tx, team.id, week)
        return _Acknowledged(before or Acknowledgement(week, by.id, by.now), is_first=before is None)

    def repeat(team: Roster, change: Change) -> _Acknowledged:
        return _Acknowledged(Acknowledgement(week, str(change.by), change.at), is_first=False)

    return frame.enact(tx, by, decide, repeat).decision.said
