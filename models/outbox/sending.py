"""Sending what is owed: one sender at a time in a channel, over all bots, and no faster than Slack takes.

    claim ─► begin ─► settle                      said
               │
               ├────► put back                    tried again later; looked up first if it may have been said
               ├────► hold                        Slack said when to try again
               └────► stop                        refused, or of no use any more

Nothing whose attempt may still take effect is claimed, whoever wants it tried again: that is part of what can be sent.
What is claimed is a channel, by a lease that outlasts every request made under it; urgent messages come first, then the
oldest. One that waits to be tried again holds up what is behind it for five minutes, then it is overtaken; an edit
waits for its message. All claims of a workspace take turns at the rows of `pace`, so that they are paced together, be
they of several teams, and none sees a state that another one is about to change.

Moments here are of the real clock: the database's on PostgreSQL, so that bots on several machines agree.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, true, update
from sqlalchemy.orm import aliased

from models.outbox import OWED, REFUSED, SAID, Message
from models.schema.rows import columns
from models.schema.tables import ChannelRow, OutboxRow, PaceRow, StoreFacts
from models.store.engine import Tx

OVERTAKEN = timedelta(minutes=5)  # so long a message that waits holds up what is behind it
BURST = 5  # messages that may go at once after a pause
SLOWEST = 4 * BURST  # messages a minute: a slower pace leaves no room for a burst

_MESSAGE = columns(OutboxRow, Message)


@dataclass(frozen=True, slots=True)
class Limits:
    """What sending keeps to. An attempt has had its effect by its `bound`, or never will; a claim lasts for `lease`,
    which is longer. `between` two messages in a channel, and messages `a_minute` in all (at least SLOWEST; None: as
    many as there are): what Slack takes."""

    bound: timedelta
    lease: timedelta
    between: timedelta = timedelta(seconds=1)
    a_minute: int | None = 300

    @property
    def apart(self) -> timedelta:
        """Between two messages in all: in no minute are there more than `a_minute`, even with a burst at its edge."""
        return timedelta(minutes=1) / (self.a_minute - 2 * BURST) if self.a_minute else timedelta(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message to send, as it was before; `token`, by which this claim of its channel is told from all others; `at`:
    since when it is on record that an attempt may be under way; `stamped_at`: when the store was put back or copied."""

    message: Message
    token: str
    at: datetime
    stamped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to send before `until` (None: before something is owed)."""

    until: datetime | None = None


def real_now(tx: Tx) -> datetime:
    """The moment by the real clock that all bots on this store share."""
    if tx.dialect.name != "postgresql":
        return datetime.now(UTC)
    moment: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def has_something(tx: Tx, now: datetime) -> bool:
    """Whether anything is due by the team's clock: a look that takes no lock."""
    return tx.scalar(select(OutboxRow.id).where(OutboxRow.state == OWED, OutboxRow.due_at <= now).limit(1)) is not None


def claim(tx: Tx, now: datetime, limits: Limits) -> Claim | Nothing:
    """Take the channel of the first message that can be sent, and put on record that an attempt of it begins. `now` is
    the team's clock."""
    pace = _locked_pace(tx)
    if pace is None:
        return Nothing()
    real = real_now(tx)
    if pace.free_at and pace.free_at > real:
        return Nothing(pace.free_at)
    moments = {"now": now, "real": real, "landed": real - limits.bound, "overtaken": real - OVERTAKEN}
    found = tx.execute(_NEXT, moments).first()
    if found is None:
        return Nothing(_channel_free_at(tx, now, real))
    taken = Claim(Message(*found[:-1]), uuid.uuid4().hex, real, found[-1])
    message = taken.message
    begins = {"begun_at": real, "tried_at": message.tried_at or real, "attempts": message.attempts + 1}
    # It may have been withdrawn since this statement's transaction looked: that takes no lock on the channel.
    if not _changed(tx, _outbox(message).where(OutboxRow.state == OWED).values(**begins, retry_at=None)):
        return Nothing(real)
    tx.execute(_channel(message).values(sender=taken.token, lease_until=real + limits.lease))
    if limits.apart:
        behind = real - BURST * limits.apart
        tx.execute(update(PaceRow).values(free_at=max(pace.free_at or behind, behind) + limits.apart))
    return taken


def keep(tx: Tx, taken: Claim, limits: Limits) -> bool:
    """Hold the channel for another lease. False where the claim was lost: somebody else may have it."""
    real = real_now(tx)
    mine = _mine(taken).where(ChannelRow.lease_until > real)
    return _changed(tx, mine.values(lease_until=real + limits.lease))


def begin_attempt(tx: Tx, taken: Claim, limits: Limits) -> datetime | None:
    """The attempt begins only now, after what came before it took its time. Returns the moment, or None where the
    claim was lost meanwhile: then somebody else sends it."""
    if not keep(tx, taken, limits):
        return None
    real = real_now(tx)
    tx.execute(_outbox(taken.message).values(begun_at=real))
    return real


def settle(tx: Tx, taken: Claim, limits: Limits, channel: str | None, ts: str | None, now: datetime) -> None:
    """A message has been said: where, as which message, and when by the team's clock. That is so whoever has the
    channel by now, and even if it was dropped meanwhile."""
    said = {"state": SAID, "channel": channel, "ts": ts, "said_at": now, "retry_at": None, "problem": None}
    tx.execute(_outbox(taken.message).values(**said))
    _let_go(tx, taken, real_now(tx) + limits.between if limits.between else None)


def put_back(
    tx: Tx, taken: Claim, *, wait: timedelta, problem: str, begun_at: datetime | None, refused: bool = False
) -> bool:
    """Try a message again after `wait`. `begun_at`: when the latest attempt began that may have taken effect; before
    its bound has passed it is not tried again either. None where surely none has. `refused`: by Slack, for a reason
    that may pass; since when is kept. False where somebody else has it, or it was dropped meanwhile."""
    again = {"retry_at": real_now(tx) + wait, "begun_at": begun_at, "problem": problem}
    if refused:
        again["refused_at"] = taken.message.refused_at or taken.at
    return _let_go(tx, taken, None) and _changed(tx, _still_owed(taken).values(**again))


def hold(tx: Tx, taken: Claim, *, wait: timedelta, problem: str) -> None:
    """Slack took nothing more in this channel and said when to try again: the channel waits. If another one has been
    told so and still waits, it is the workspace that is limited, and all wait."""
    real, message = real_now(tx), taken.message
    if not _let_go(tx, taken, real + wait):
        return
    tx.execute(_still_owed(taken).values(begun_at=message.begun_at, problem=problem))
    pace = _locked_pace(tx) or _Pace(None, None)
    again, limited_until = real + wait, pace.limited_until or real
    values = {"limited_until": max(again, limited_until)}
    if limited_until > real:
        values["free_at"] = max(again, pace.free_at or real)
    tx.execute(update(PaceRow).values(**values))


def stop(tx: Tx, taken: Claim, *, state: str, problem: str) -> bool:
    """A message will not be said: `refused` by Slack, or `needless` by now. False where somebody else has it, or it was
    dropped meanwhile."""
    ended = {"state": state, "begun_at": taken.message.begun_at, "problem": problem}
    return _let_go(tx, taken, None) and _changed(tx, _still_owed(taken).values(**ended))


# The moments of the statement that claims: the team's clock, the real one, and by it before when what was begun has had
# its effect, and what was tried is overtaken. It is built once, since that takes longer than running it.
_NOW, _REAL, _LANDED, _OVERTAKEN = (
    bindparam(name, type_=OutboxRow.due_at.type) for name in ("now", "real", "landed", "overtaken")
)


def _next() -> Select[Any]:
    """The first message that can be sent. It locks the channel, and passes over those that others are changing."""
    row, original = OutboxRow, aliased(OutboxRow)
    # A value, not an EXISTS: PostgreSQL would look for the originals of all messages among all that is owed.
    became = select(original.state).where(original.id == row.edits).scalar_subquery()
    has_its_message = or_(row.edits.is_(None), became.not_in([OWED, REFUSED]))
    stamped_at = select(StoreFacts.stamped_at).where(StoreFacts.id == 1).scalar_subquery()
    # A bot that ran before the store was put back may have posted the moment before it was.
    stamped = or_(stamped_at.is_(None), row.due_at > stamped_at, stamped_at <= _LANDED)
    return (
        select(*_MESSAGE, stamped_at)
        .join(ChannelRow, and_(ChannelRow.team_id == row.team_id, ChannelRow.audience == row.audience))
        .where(_due(), stamped, _is_free(), has_its_message)
        .where(~_held_up().exists(), or_(row.edits.is_(None), ~_edit_in_flight().exists()))
        .order_by(row.urgent.desc(), row.due_at, row.id)
        .limit(1)
        .with_for_update(of=ChannelRow, skip_locked=True)
    )


def _held_up() -> Select[Any]:
    """What waits in the same channel before a message, and has not waited for too long."""
    row, ahead = OutboxRow, aliased(OutboxRow)
    older = or_(ahead.due_at < row.due_at, and_(ahead.due_at == row.due_at, ahead.id < row.id))
    return select(ahead.id).where(
        ahead.team_id == row.team_id,
        ahead.audience == row.audience,
        ahead.state == OWED,
        or_(ahead.retry_at > _REAL, ahead.begun_at > _LANDED),
        ahead.tried_at > _OVERTAKEN,
        or_(ahead.urgent, ~row.urgent),  # not >=, or SQLite would look for it among all that is owed
        older,
    )


def _edit_in_flight() -> Select[Any]:
    """Another edit of the same message that may still take effect: it would undo a newer one."""
    row, other = OutboxRow, aliased(OutboxRow)
    return select(other.id).where(
        other.team_id == row.team_id,
        other.audience == row.audience,
        other.state != SAID,
        other.edits == row.edits,
        other.id != row.id,
        other.begun_at > _LANDED,
    )


def _due() -> ColumnElement[bool]:
    tried = or_(OutboxRow.retry_at.is_(None), OutboxRow.retry_at <= _REAL)
    settled = or_(OutboxRow.begun_at.is_(None), OutboxRow.begun_at <= _LANDED)
    return and_(OutboxRow.state == OWED, OutboxRow.due_at <= _NOW, tried, settled)


def _is_free() -> ColumnElement[bool]:
    nobody = or_(ChannelRow.lease_until.is_(None), ChannelRow.lease_until <= _REAL)
    return and_(nobody, or_(ChannelRow.free_at.is_(None), ChannelRow.free_at <= _REAL))


_NEXT = _next()


def _channel_free_at(tx: Tx, now: datetime, real: datetime) -> datetime | None:
    """When the first channel that something is due in may be written to again."""
    here = and_(ChannelRow.team_id == OutboxRow.team_id, ChannelRow.audience == OutboxRow.audience)
    due = select(true()).where(here, OutboxRow.state == OWED, OutboxRow.due_at <= now)
    return tx.scalar(select(func.min(ChannelRow.free_at)).where(ChannelRow.free_at > real, due.exists()))


def _let_go(tx: Tx, taken: Claim, free_at: datetime | None) -> bool:
    """Give the channel back. False where it is not this claim's any more."""
    return _changed(tx, _mine(taken).values(sender=None, lease_until=None, free_at=free_at))


def _changed(tx: Tx, statement: Any) -> bool:
    return bool(tx.execute(statement).rowcount)


def _mine(taken: Claim) -> Any:
    return _channel(taken.message).where(ChannelRow.sender == taken.token)


def _still_owed(taken: Claim) -> Any:
    return _outbox(taken.message).where(OutboxRow.state == OWED)


def _outbox(message: Message) -> Any:
    return update(OutboxRow).where(OutboxRow.id == message.id)


def _channel(message: Message) -> Any:
    return update(ChannelRow).where(ChannelRow.team_id == message.team_id, ChannelRow.audience == message.audience)


class _Pace(NamedTuple):
    free_at: datetime | None
    limited_until: datetime | None


def _locked_pace(tx: Tx) -> _Pace | None:
    """How the workspace may be written to, which all teams of the store share: each has a row of it, all alike but for
    one that came later. Nobody else sends meanwhile. None where nothing was ever owed."""
    rows = tx.execute(select(PaceRow.free_at, PaceRow.limited_until).order_by(PaceRow.team_id).with_for_update()).all()
    if not rows:
        return None
    return _Pace(*(max((moment for moment in column if moment), default=None) for column in zip(*rows, strict=True)))
