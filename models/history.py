"""What has passed: stretches of duty, and who said *I've got it*. Only ever added to."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, func, insert, select

from models.schema.rows import columns, first, listed
from models.schema.tables import AcknowledgementRow, ChangeRow, DutyRow, OutboxRow
from models.schema.upsert import insert_once
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `starts` up to, not including, `ends` (aware moments) `who` is or was on duty (None: nobody).

    `why` is the `why` of its on-call day, or take-over; `week` the first date of the week it belongs to, `holder`
    whose week that is and `home` whose turn; `day` the on-call day that it begins with.
    """

    starts: datetime
    ends: datetime
    who: str | None
    why: str
    week: date
    holder: str | None
    home: str
    day: date

    @property
    def unlike_the_round_robin(self) -> bool:
        """Whether somebody else's turn puts `who` on duty, or nobody."""
        return self.who != self.home


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """*I've got it*: who said so for a week, and when."""

    week: date
    person_id: str
    at: datetime


_SERVED = columns(DutyRow, Stretch)
_SINCE_WEEK = (
    select(*_SERVED)
    .where(DutyRow.team_id == bindparam("team_id"), DutyRow.week >= bindparam("week", type_=DutyRow.week.type))
    .order_by(DutyRow.starts)
)
_ACKNOWLEDGEMENT = columns(AcknowledgementRow, Acknowledgement)


def since_week(tx: Tx, team_id: int, week: date) -> list[Stretch]:
    """What is on record of `week` and later, in order."""
    return listed(tx, Stretch, _SINCE_WEEK, team_id=team_id, week=week)


def between(tx: Tx, team_id: int, starts: datetime, ends: datetime) -> list[Stretch]:
    """What is on record from `starts` up to `ends` (moments), in order; the first and last may reach beyond."""
    return _served(tx, DutyRow.team_id == team_id, DutyRow.ends > starts, DutyRow.starts < ends)


def _served(tx: Tx, *where: ColumnElement[bool]) -> list[Stretch]:
    return listed(tx, Stretch, select(*_SERVED).where(*where).order_by(DutyRow.starts))


def record(tx: Tx, team_id: int, served: Stretch) -> None:
    """Record a stretch of duty that has passed."""
    tx.execute(insert(DutyRow).values(team_id=team_id, **asdict(served)))


def acknowledge(tx: Tx, team_id: int, said: Acknowledgement) -> bool:
    """Note that somebody has got a week. False where somebody had said so before: that stays."""
    row = {"team_id": team_id, "week": said.week, "person_id": said.person_id, "at": said.at}
    return insert_once(tx, AcknowledgementRow, row) is not None


def acknowledgement(tx: Tx, team_id: int, week: date) -> Acknowledgement | None:
    """Who said *I've got it* for a week."""
    mine = (AcknowledgementRow.team_id == team_id, AcknowledgementRow.week == week)
    return first(tx, Acknowledgement, select(*_ACKNOWLEDGEMENT).where(*mine))


def acknowledgements(tx: Tx, team_id: int, first: date, until: date) -> list[Acknowledgement]:
    """Who said *I've got it* for the weeks that begin from `first` up to, not including, `until`."""
    asked = (AcknowledgementRow.team_id == team_id, AcknowledgementRow.week >= first, AcknowledgementRow.week < until)
    statement = select(*_ACKNOWLEDGEMENT).where(*asked).order_by(AcknowledgementRow.week)
    return listed(tx, Acknowledgement, statement)


def latest(tx: Tx) -> datetime | None:
    """The latest moment, by the team's clock, at which anything was recorded, changed, owed or said."""
    moments = (DutyRow.ends, ChangeRow.at, OutboxRow.owed_at, OutboxRow.said_at)
    known = [tx.scalar(select(func.max(moment))) for moment in moments]
    return max((moment for moment in known if moment), default=None)
