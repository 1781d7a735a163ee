"""What a clock that was ahead has left in the store is taken out of it: what never came."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, func, or_, select, update

from models.outbox import OWED
from models.schema.tables import (
    AcknowledgementRow,
    ChannelRow,
    DutyRow,
    HeldWeekRow,
    MemberRow,
    OutboxRow,
    PaceRow,
    StoreFacts,
    TakeOverRow,
    TeamRow,
)
from models.store.engine import Tx


def forget_duty(tx: Tx, team_id: int, moment: datetime, week: date) -> int:
    """Nothing after `moment` is on record any more; `week` is the first that has not been handed over by then. Returns
    how many stretches of duty were."""
    mine, ahead = DutyRow.team_id == team_id, DutyRow.ends > moment
    count = tx.scalar(select(func.count()).where(mine, ahead)) or 0
    tx.execute(delete(DutyRow).where(mine, DutyRow.starts >= moment))
    tx.execute(update(DutyRow).where(mine, ahead).values(ends=moment))
    tx.execute(delete(HeldWeekRow).where(HeldWeekRow.team_id == team_id, HeldWeekRow.week >= week))
    tx.execute(delete(AcknowledgementRow).where(AcknowledgementRow.team_id == team_id, AcknowledgementRow.week >= week))
    return count


def forget_take_overs(tx: Tx, team_id: int, moment: datetime) -> int:
    """Nobody has taken over at a moment that never came. Returns how many had."""
    gone = tx.execute(delete(TakeOverRow).where(TakeOverRow.team_id == team_id, TakeOverRow.taken_at > moment))
    return gone.rowcount


def forget_messages(tx: Tx, team_id: int, moment: datetime, kinds: Collection[str]) -> int:
    """What the clock alone brought about (`kinds`) was not owed, so that it is said when its time comes; what people
    did is said now. Returns how many messages go."""
    mine = OutboxRow.team_id == team_id
    never = select(OutboxRow.id).where(mine, OutboxRow.kind.in_(kinds), OutboxRow.due_at > moment).scalar_subquery()
    gone = tx.execute(delete(OutboxRow).where(or_(OutboxRow.id.in_(never), OutboxRow.edits.in_(never)))).rowcount
    late = (mine, OutboxRow.state == OWED, OutboxRow.owed_at > moment, OutboxRow.due_at > moment)
    tx.execute(update(OutboxRow).where(*late).values(due_at=moment))
    tx.execute(update(OutboxRow).where(mine, OutboxRow.owed_at > moment).values(owed_at=moment))
    tx.execute(update(TeamRow).where(TeamRow.id == team_id, TeamRow.speaks_since > moment).values(speaks_since=moment))
    return gone


def forget_waits(tx: Tx, now: datetime) -> None:
    """Nobody waits for a moment of the real clock that was told wrong, be it for years."""
    for column in (OutboxRow.retry_at, OutboxRow.begun_at, OutboxRow.tried_at, OutboxRow.refused_at):
        tx.execute(update(OutboxRow).where(column > now).values({column.key: None}))
    free = {"free_at": None, "lease_until": None, "sender": None}
    tx.execute(update(ChannelRow).where(or_(ChannelRow.free_at > now, ChannelRow.lease_until > now)).values(free))
    waits = or_(PaceRow.free_at > now, PaceRow.limited_until > now)
    tx.execute(update(PaceRow).where(waits).values(free_at=None, limited_until=None))
    tx.execute(update(MemberRow).where(MemberRow.checked_at > now).values(checked_at=now))
    tx.execute(update(StoreFacts).where(StoreFacts.stamped_at > now).values(stamped_at=now))
