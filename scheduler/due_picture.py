"""The picture in the thread of the current handoff: one for each state of the schedule, the older ones taken away. What
is owed is decided here; it never holds up a text, being a message of its own."""

from datetime import date, datetime, timedelta

from models import outbox, teams
from models.outbox import OWED, PICTURES, REFUSED, SAID, Message, Owed
from models.store.engine import Tx
from scheduler import messages
from scheduler.change.told import WAITS
from scheduler.messages import HandoffDue, HandoffPicture, PictureGone
from scheduler.team import schedule
from scheduler.team.roster import Roster

WEEKS = 6


def now_due(tx: Tx, team: Roster, now: datetime) -> list[Owed]:
    """A picture where the schedule is another than in the last one, and the end of those that have a newer one."""
    week = team.hours.week_of(team.hours.on_call_day(now))
    handoff = outbox.find(tx, team.id, HandoffDue.kind, week.isoformat())
    if handoff is None or handoff.state != SAID or not handoff.ts:
        return []
    drawn = outbox.of_subject(tx, team.id, (HandoffPicture.kind,), week.isoformat())
    shown = [each for each in drawn if each.state == SAID]
    owed = [_gone(older, now) for older in shown[:-1] if older.ts]
    if any(each.state == OWED for each in drawn):
        return owed  # it says, when it is drawn, whether it is of use
    mark, tried = mark_of(team, week), [each for each in drawn if each.state in (SAID, REFUSED)]
    last = messages.of_kind(HandoffPicture, tried[-1]) if tried else None
    if last and last.mark == mark and not _is_before(tried[-1], teams.stamped_at(tx)):
        return owed
    facts = HandoffPicture(week, mark, handoff.ts)
    wait = WAITS if drawn else timedelta(0)  # an undo within the minute draws nothing
    return [*owed, Owed(facts, f"{week}/{len(drawn) + 1}", PICTURES, now + wait)]


def _is_before(drawn: Message, stamped_at: datetime | None) -> bool:
    """Whether the store was put back since: then another one may stand there, of which nobody knows any more."""
    return stamped_at is not None and drawn.due_at <= stamped_at


def _gone(older: Message, now: datetime) -> Owed:
    return Owed(PictureGone(older.ts), older.about, PICTURES, now)


def mark_of(team: Roster, week: date) -> str:
    """A mark of what the picture from a week on shows."""
    return schedule.fingerprint(team, week, WEEKS)
