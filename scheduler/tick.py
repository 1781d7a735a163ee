"""Load, decide, owe: run it as often as you like, from as many processes as you like.

jobs ─► tick ─► record what has passed ─► due ─► outbox.owe          then delivery takes over
"""

from datetime import datetime

from models import outbox, teams
from models.outbox import CHANNEL, Owed
from models.store import Store, Tx
from scheduler import due, news, record, roster
from scheduler.roster import Roster

GREETING = "greeting"


def tick(store: Store, now: datetime) -> list[Owed]:
    """Record what has passed and owe what is due. Returns what was owed for the first time. Raises NoPlan."""
    with store.reading() as tx:
        known = roster.load(tx)
        if not record.is_behind(known, now) and not _unsaid(tx, known, now):
            return []
    with store.writing() as tx:
        teams.lock(tx)
        known = record.what_has_passed(tx, roster.load(tx), now)
        return [owed for owed in _unsaid(tx, known, now) if outbox.owe(tx, known.team.id, owed, now) is not None]


def preview(store: Store, now: datetime) -> list[Owed]:
    """What `tick` would owe. Writes nothing."""
    with store.reading() as tx:
        return _unsaid(tx, roster.load(tx), now)


def begin(store: Store, now: datetime) -> None:
    """The team is told things from now on, beginning with a greeting; what was due before is never said. Once."""
    with store.reading() as tx:
        if roster.load(tx).team.speaks_since is not None:
            return
    with store.writing() as tx:
        teams.lock(tx)
        team = roster.load(tx).team
        if team.speaks_since is None:
            teams.begin_to_speak(tx, team.id, now)
            outbox.owe(tx, team.id, Owed(GREETING, "team", CHANNEL, now), now)


def _unsaid(tx: Tx, known: Roster, now: datetime) -> list[Owed]:
    candidates = due.now_due(known, now)
    holidays = {str(h.id): h for h in due.holidays_to_announce(known, now)}
    asked = [(owed.kind, owed.about) for owed in candidates] + [(news.ANNOUNCEMENT, about) for about in holidays]
    said = outbox.known(tx, known.team.id, asked)
    unsaid = [h for about, h in holidays.items() if (news.ANNOUNCEMENT, about) not in said]
    announced = (news.announcement(known, holiday, now) for holiday in unsaid)
    fresh = [owed for owed in candidates if (owed.kind, owed.about) not in said]
    return fresh + [owed for owed in announced if owed]
