"""*I've got it* beside other words than the handoff: who said so, and what shows it."""

from collections.abc import Iterator
from datetime import date, datetime

from models import changes, outbox
from models.outbox import SAID, Owed
from models.store.engine import Tx
from scheduler import entries, messages
from scheduler.change import told
from scheduler.change.told import Made
from scheduler.entries import DutyAccepted, ShortNoticeAccepted, WeekState
from scheduler.messages import NoAnswer, StillNoAnswer
from scheduler.team.roster import Roster


def has_taken(tx: Tx, team: Roster, who: str, week: date) -> bool:
    """Whether `who` said so of the week that begins on `week`, which came on short notice."""
    taken = ShortNoticeAccepted(None, WeekState(week))
    return any(entries.facts(c) == taken for c in changes.about(tx, team.id, taken.what, who))


def has_accepted(tx: Tx, team: Roster, who: str, starts: datetime) -> bool:
    """Whether `who` said so of the duty that begins at `starts`."""
    said = (entries.of_kind(DutyAccepted, change) for change in changes.about(tx, team.id, DutyAccepted.what, who))
    return any(each.after.starts == starts for each in said if each)


def edits_of(tx: Tx, made: Made, who: str, week: date) -> Iterator[Owed]:
    """The edits of what reminded `who` of the week that begins on `week`, or told admins that they do not answer."""
    for message in outbox.of_subject(tx, made.after.id, (NoAnswer.kind, StillNoAnswer.kind), who):
        facts = messages.of_kind(NoAnswer, message)
        if facts and facts.week == week and message.state == SAID:
            yield told.edit(message, made.id, made.now)
