"""What people settled among themselves that may still count: covers, take-overs and declined weeks, in one query,
because every answer needs them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import aliased

from models.covers import Cover
from models.declines import Decline
from models.schema.tables import CoverRow, DeclineRow, TakeOverRow
from models.store.engine import Tx
from models.take_overs import TakeOver

LONGEST_SWAP = timedelta(weeks=106)  # how far apart its halves may lie
_COVER, _TAKE_OVER, _DECLINE = "cover", "take-over", "decline"


@dataclass(frozen=True, slots=True)
class Arrangements:
    """Covers in the order agreed, take-overs and declined weeks, oldest first."""

    covers: tuple[Cover, ...] = ()
    take_overs: tuple[TakeOver, ...] = ()
    declines: tuple[Decline, ...] = ()

    def since(self, day: date, moment: datetime) -> "Arrangements":
        """Those of them that `since` would find."""
        counting = {cover.request_id for cover in self.covers if cover.until > day}
        return Arrangements(
            tuple(cover for cover in self.covers if cover.request_id in counting),
            tuple(taken for taken in self.take_overs if taken.ends > moment),
            tuple(declined for declined in self.declines if declined.until > day - LONGEST_SWAP),
        )


def _statement() -> CompoundSelect[Any]:
    """Columns: kind, id, person_id, instead_of, first, until, starts, ends, at, request_id."""
    no_name, no_request = cast(null(), CoverRow.instead_of.type), cast(null(), CoverRow.request_id.type)
    no_day, no_moment = cast(null(), CoverRow.first.type), cast(null(), TakeOverRow.starts.type)
    team = bindparam("team_id", type_=CoverRow.team_id.type)
    day = bindparam("day", type_=CoverRow.until.type)
    half = aliased(CoverRow)  # of a swap both halves count, as long as one does
    halves = select(half.request_id).where(half.team_id == team, half.until > day)
    covers = select(
        literal(_COVER),
        *(CoverRow.id, CoverRow.person_id, CoverRow.instead_of, CoverRow.first, CoverRow.until),
        *(no_moment.label("starts"), no_moment.label("ends"), CoverRow.agreed_at.label("at"), CoverRow.request_id),
    ).where(CoverRow.request_id.in_(halves))
    take_overs = select(
        *(literal(_TAKE_OVER), TakeOverRow.id, TakeOverRow.person_id, no_name, no_day, no_day),
        *(TakeOverRow.starts, TakeOverRow.ends, TakeOverRow.taken_at, TakeOverRow.request_id),
    ).where(TakeOverRow.team_id == team, TakeOverRow.ends > bindparam("moment", type_=TakeOverRow.ends.type))
    declines = select(
        *(literal(_DECLINE), DeclineRow.id, DeclineRow.person_id, no_name, DeclineRow.first, DeclineRow.until),
        *(no_moment, no_moment, DeclineRow.declined_at, no_request),
    ).where(DeclineRow.team_id == team, DeclineRow.until > bindparam("declined_after", type_=DeclineRow.until.type))
    return union_all(covers, take_overs, declines).order_by("id")


_SINCE = _statement()


def since(tx: Tx, team_id: int, day: date, moment: datetime) -> Arrangements:
    """What has a date after `day` or, of take-overs, ends after `moment`; of a swap both halves, as long as one does,
    and of declined weeks all that may tell whether it stands."""
    covers, take_overs, declines = [], [], []
    found = tx.execute(_SINCE, {"team_id": team_id, "day": day, "moment": moment, "declined_after": day - LONGEST_SWAP})
    for kind, key, who, instead_of, first, until, starts, ends, at, request_id in found:
        if kind == _COVER:
            covers.append(Cover(key, who, instead_of, first, until, at, request_id))
        elif kind == _TAKE_OVER:
            take_overs.append(TakeOver(key, who, starts, ends, at, request_id))
        else:
            declines.append(Decline(key, who, first, until, at))
    return Arrangements(tuple(covers), tuple(take_overs), tuple(declines))
