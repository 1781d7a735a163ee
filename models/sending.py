"""Sending what is owed: one sender at a time in a channel, over all bots, and no faster than Slack takes.

    claim ─► begin ─► settle                      said
               │
               ├────► put back                    tried again later; looked up first if it may have been said
               ├────► hold                        Slack said when to try again
               └────► stop                        refused, or of no use any more

What is claimed is a channel, by a lease that outlasts every request made under it; urgent messages come first, then the
oldest. One that waits to be tried again holds up what is behind it for five minutes, then it is overtaken; an edit
waits for its message. All claims of a workspace take turns at its row of `pace`, so that they are paced together and
none sees a state that another one is about to change.

Moments here are of the real clock: the database's on PostgreSQL, so that bots on several machines agree.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, update
from sqlalchemy.orm import aliased

from models.outbox import OWED, REFUSED, SAID, Message
from models.rows import columns
from models.store import Tx
from models.tables import ChannelRow, OutboxRow, PaceRow, StoreFacts

OVERTAKEN = timedelta(minutes=5)  # so long a message that waits holds up what is behind it
BURST = 5  # messages that may go at once after a pause
SLOWEST = 4 * BURST  # messages a minute: a slower pace leaves no room for a burst

_MESSAGE = columns(OutboxRow, Message)


@dataclass(frozen=True, slots=True)
class Limits:
    """What Slack takes: `between` two messages in a channel, and messages `a_minute` in all (at least SLOWEST; None:
    as many as there are). A claim lasts for `lease`."""

    lease: timedelta
    between: timedelta = timedelta(seconds=1)
    a_minute: int | None = 300

    @property
    def apart(self) -> timedelta:
        """Between two messages in all: in no minute are there more than `a_minute`, even with a burst at its edge."""
        return timedelta(minutes=1) / (self.a_minute - 2 * BURST) if self.a_minute else timedelta(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message to send, as it was before, and since when it is on record that an attempt may be under way; or, with
    no message, when to ask again (None: when something is owed). `stamped_at`: when the store was put back or
    copied."""

    message: Message | None
    at: datetime | None
    stamped_at: datetime | None = None


def real_now(tx: Tx) -> datetime:
    """The moment by the real clock that all bots on this store share."""
    if tx.dialect.name != "postgresql":
        return datetime.now(UTC)
    moment: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def has_something(tx: Tx, now: datetime) -> bool:
    """Whether anything is due by the team's clock: a look that takes no lock."""
    return tx.scalar(select(OutboxRow.id).where(OutboxRow.state == OWED, OutboxRow.due_at <= now).limit(1)) is not None


def claim(tx: Tx, sender: str, now: datetime, limits: Limits) -> Claim:
    """Take the channel of the first message that can be sent, for `sender`, and put on record that an attempt of it
    begins. `now` is the team's clock."""
    pace = tx.execute(select(PaceRow.team_id, PaceRow.free_at).with_for_update()).first()
    if pace is None:
        return Claim(None, None)
    real = real_now(tx)
    if pace.free_at and pace.free_at > real:
        return Claim(None, pace.free_at)
    found = tx.execute(_next(now, real)).first()
    if found is None:
        return Claim(None, _channel_free_at(tx, now, real))
    message = Message(*found[:-1])
    begins = {"begun_at": real, "tried_at": message.tried_at or real, "attempts": message.attempts + 1}
    # It may have been withdrawn since this statement's transaction looked: that takes no lock on the channel.
    still = _outbox(message).where(OutboxRow.state == OWED).values(**begins, retry_at=None)
    if tx.execute(still.returning(OutboxRow.id)).first() is None:
        return Claim(None, real)
    tx.execute(_channel(message).values(sender=sender, lease_until=real + limits.lease))
    if limits.apart:
        behind = real - BURST * limits.apart
        tx.execute(_pace(message).values(free_at=max(pace.free_at or behind, behind) + limits.apart))
    return Claim(message, real, found[-1])


def begin(tx: Tx, message: Message, sender: str, limits: Limits) -> datetime | None:
    """The attempt begins only now, after what came before it took its time. Returns the moment, or None where the
    claim was lost meanwhile: then somebody else sends it."""
    real = real_now(tx)
    mine = (ChannelRow.sender == sender, ChannelRow.lease_until > real)
    still = _channel(message).where(*mine).values(lease_until=real + limits.lease).returning(ChannelRow.audience)
    if tx.execute(still).first() is None:
        return None
    tx.execute(_outbox(message).values(begun_at=real))
    return real


def settle(
    tx: Tx, message: Message, sender: str, limits: Limits, channel: str | None, ts: str | None, now: datetime
) -> None:
    """A message has been said: where, as which message, and when by the team's clock."""
    tx.execute(_outbox(message).values(state=SAID, channel=channel, ts=ts, said_at=now, retry_at=None, problem=None))
    _let_go(tx, message, sender, real_now(tx) + limits.between if limits.between else None)


def put_back(
    tx: Tx, message: Message, sender: str, *, wait: timedelta, problem: str, begun_at: datetime | None
) -> None:
    """Try a message again after `wait`, counted from `begun_at` where there is one: when an attempt began that may have
    taken effect. None where surely none has."""
    real = real_now(tx)
    later = {"retry_at": (begun_at or real) + wait, "begun_at": begun_at, "problem": problem}
    tx.execute(_outbox(message).values(**later))
    _let_go(tx, message, sender, None)


def hold(tx: Tx, message: Message, sender: str, *, wait: timedelta, problem: str) -> None:
    """Slack took nothing more in this channel and said when to try again: the channel waits. If another one has been
    told so and still waits, it is the workspace that is limited, and all wait."""
    real = real_now(tx)
    tx.execute(_outbox(message).values(begun_at=message.begun_at, problem=problem))
    _let_go(tx, message, sender, real + wait)
    limited_until = tx.scalar(select(PaceRow.limited_until).where(PaceRow.team_id == message.team_id).with_for_update())
    values: dict[str, Any] = {"limited_until": real + wait}
    if limited_until and limited_until > real:
        values = {"limited_until": None, "free_at": real + wait}
    tx.execute(_pace(message).values(**values))


def stop(tx: Tx, message: Message, sender: str, *, state: str, problem: str) -> None:
    """A message will not be said: `refused` by Slack, or `needless` by now."""
    tx.execute(_outbox(message).values(state=state, begun_at=message.begun_at, problem=problem))
    _let_go(tx, message, sender, None)


def _next(now: datetime, real: datetime) -> Select[Any]:
    """The first message that can be sent. It locks the channel, and passes over those that others are changing."""
    row, ahead, original = OutboxRow, aliased(OutboxRow), aliased(OutboxRow)
    older = or_(ahead.due_at < row.due_at, and_(ahead.due_at == row.due_at, ahead.id < row.id))
    held_up = select(ahead.id).where(
        ahead.team_id == row.team_id,
        ahead.audience == row.audience,
        ahead.state == OWED,
        ahead.retry_at > real,
        ahead.tried_at > real - OVERTAKEN,
        or_(ahead.urgent, ~row.urgent),  # not >=, or SQLite would look for it among all that is owed
        older,
    )
    # A value, not an EXISTS: PostgreSQL would look for the originals of all messages among all that is owed.
    became = select(original.state).where(original.id == row.edits).scalar_subquery()
    has_its_message = or_(row.edits.is_(None), became.not_in([OWED, REFUSED]))
    stamped_at = select(StoreFacts.stamped_at).where(StoreFacts.id == 1).scalar_subquery()
    return (
        select(*_MESSAGE, stamped_at)
        .join(ChannelRow, and_(ChannelRow.team_id == row.team_id, ChannelRow.audience == row.audience))
        .where(_due(now, real), _is_free(real), ~held_up.exists(), has_its_message)
        .order_by(row.urgent.desc(), row.due_at, row.id)
        .limit(1)
        .with_for_update(of=ChannelRow, skip_locked=True)
    )


def _due(now: datetime, real: datetime) -> ColumnElement[bool]:
    tried = or_(OutboxRow.retry_at.is_(None), OutboxRow.retry_at <= real)
    return and_(OutboxRow.state == OWED, OutboxRow.due_at <= now, tried)


def _is_free(real: datetime) -> ColumnElement[bool]:
    nobody = or_(ChannelRow.lease_until.is_(None), ChannelRow.lease_until <= real)
    return and_(nobody, or_(ChannelRow.free_at.is_(None), ChannelRow.free_at <= real))


def _channel_free_at(tx: Tx, now: datetime, real: datetime) -> datetime | None:
    """When the first channel that something is due in may be written to again."""
    here = and_(ChannelRow.team_id == OutboxRow.team_id, ChannelRow.audience == OutboxRow.audience)
    due = select(true()).where(here, OutboxRow.state == OWED, OutboxRow.due_at <= now)
    return tx.scalar(select(func.min(ChannelRow.free_at)).where(ChannelRow.free_at > real, due.exists()))


def _let_go(tx: Tx, message: Message, sender: str, free_at: datetime | None) -> None:
    """Give the channel back, if it is still this sender's."""
    mine = _channel(message).where(ChannelRow.sender == sender)
    tx.execute(mine.values(sender=None, lease_until=None, free_at=free_at))


def _outbox(message: Message) -> Any:
    return update(OutboxRow).where(OutboxRow.id == message.id)


def _channel(message: Message) -> Any:
    return update(ChannelRow).where(ChannelRow.team_id == message.team_id, ChannelRow.audience == message.audience)


def _pace(message: Message) -> Any:
    return update(PaceRow).where(PaceRow.team_id == message.team_id)
