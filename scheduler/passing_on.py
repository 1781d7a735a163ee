"""Short notice: whoever a week came to says *I've got it* or *I can't*.

*I can't* counts as being away for what is left of that week, kept apart from time off, and passes it on by the same
rule; who gets it then is asked the same. That can be taken back until the first of its days begins.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from models import changes, declines
from models.declines import Decline
from models.rows import plain
from models.store import Tx
from scheduler import agreed, ledger, roster
from scheduler.effect import Effect
from scheduler.hours import ONE_DAY
from scheduler.ledger import Entry, Request
from scheduler.refusals import AlreadyUndone, NotYoursToDecline, TooLateToUndo
from scheduler.roster import Roster

WEEK_TAKEN, WEEK_DECLINED, DECLINE_UNDONE = "short notice accepted", "week declined", "week declined no more"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A week that was passed on, or is not after all: `known` is the team after it, `moved` what it moved. `id` is that
    of the change; None where nothing was changed."""

    known: Roster
    declined: Decline
    moved: Effect
    id: int | None = None


def got_it(tx: Tx, request: Request, who: str, week: date) -> None:
    """`who` has taken on the week that begins on `week`, which came on short notice. Once."""
    known = ledger.begin(tx, request.now)
    ledger.check_rights(known, request, who)
    _still_theirs(known, request, who, week)
    if not has_taken(tx, known, who, week):
        entry = Entry(WEEK_TAKEN, who, None, {"week": week.isoformat()})
        ledger.write(tx, known, request, entry, Effect())


def has_taken(tx: Tx, known: Roster, who: str, week: date) -> bool:
    """Whether `who` said so."""
    return any(c.after == {"week": week.isoformat()} for c in changes.about(tx, known.team.id, WEEK_TAKEN, who))


def decline(tx: Tx, request: Request, who: str, week: date) -> PassedOn:
    """`who` can't take what is left of the week that begins on `week`."""
    known = ledger.begin(tx, request.now)
    ledger.check_rights(known, request, who)
    if change := ledger.before(tx, known, request):
        mine = next((d for d in known.declines if d.id == change.after["decline"]["id"]), None)
        if mine is None:
            raise NotYoursToDecline
        return PassedOn(known, mine, Effect.of_facts(change.effect), change.id)
    first = _still_theirs(known, request, who, week)
    declined = Decline(None, who, first, week + timedelta(days=7), request.now)
    saved = declines.decline(tx, known.team.id, declined)
    entry = Entry(WEEK_DECLINED, who, None, {"decline": plain(saved)})
    return _entered(tx, known, request, entry, saved)


def undo(tx: Tx, request: Request, decline_id: int) -> PassedOn:
    """They can after all."""
    known = ledger.begin(tx, request.now)
    declined = declines.one(tx, decline_id)
    if declined is None:
        raise AlreadyUndone
    ledger.check_rights(known, request, declined.person_id)
    if declined.first <= known.hours.date_of(request.now):
        raise TooLateToUndo("its first day has begun")
    declines.remove(tx, declined)
    entry = Entry(DECLINE_UNDONE, declined.person_id, {"decline": plain(declined)}, None)
    return _entered(tx, known, request, entry, declined)


def _entered(tx: Tx, known: Roster, request: Request, entry: Entry, declined: Decline) -> PassedOn:
    then = roster.load(tx)
    passes_on = declined.person_id if entry.what == WEEK_DECLINED else None
    last = declined.until - ONE_DAY
    change_id, moved = ledger.enter(tx, known, then, request, entry, last, passes_on=passes_on)
    return PassedOn(then, declined, moved, change_id)


def _still_theirs(known: Roster, request: Request, who: str, week: date) -> date:
    """The first date of what is left of the week for `who`. Raises NotYoursToDecline."""
    today = known.hours.on_call_day(request.now)
    left = agreed.days_of(known, who, max(week, today), week + timedelta(days=7))
    if not left:
        raise NotYoursToDecline
    return max(week, known.hours.date_of(request.now))
