"""Requests for a cover or a swap, and what people answered.

    open ─► agreed ─► open again, where who took it takes that back
      ├──► declined       a swap that the other side will not have
      └──► withdrawn      agreed ones too, until their first day begins

One that is still open when its first day begins has lapsed: nothing is written for that, the dates say so.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, update

from models.schema.rows import add, columns, listed
from models.schema.rows import first as first_of
from models.schema.tables import AnswerRow, RequestRow
from models.schema.upsert import upsert
from models.store.engine import Tx

OPEN, AGREED, DECLINED, WITHDRAWN = "open", "agreed", "declined", "withdrawn"


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """`person_id` asks for their on-call days from `first` up to, not including, `until`, since `opened_at`.
    `asked` are the ids of those who are asked, the best first; `in_channel`: whoever can may take it.

    A swap also names `other_id`, whose days from `back_first` up to `back_until` they take in return, and whose word it
    `waits_for`: the other side's, or, after a counter-offer, their own. `id` is None until it is saved.
    """

    id: int | None
    person_id: str
    first: date
    until: date
    opened_at: datetime
    asked: tuple[str, ...]
    in_channel: bool = False
    other_id: str | None = None
    back_first: date | None = None
    back_until: date | None = None
    waits_for: str | None = None
    state: str = OPEN
    taken_by: str | None = None
    settled_at: datetime | None = None

    @property
    def is_swap(self) -> bool:
        """Whether something is given in return."""
        return self.other_id is not None

    @property
    def begins(self) -> date:
        """The first of all its days."""
        return min(self.first, self.back_first or self.first)


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """What somebody answered other than taking it: the part that they offer, from `first` up to, not including,
    `until`; or that they can't (None)."""

    request_id: int
    person_id: str
    at: datetime
    first: date | None = None
    until: date | None = None

    @property
    def offers(self) -> bool:
        """Whether it offers a part."""
        return self.first is not None


_REQUEST = columns(RequestRow, CoverRequest)
_ANSWER = columns(AnswerRow, RequestAnswer)


def by_id(tx: Tx, team_id: int, request_id: int) -> CoverRequest | None:
    """The request with that id."""
    return first_of(tx, _made, select(*_REQUEST).where(RequestRow.team_id == team_id, RequestRow.id == request_id))


def ending_after(tx: Tx, team_id: int, day: date) -> list[CoverRequest]:
    """The requests whose own days reach beyond `day`, or that were made for days in return that do, oldest first."""
    comes = (RequestRow.until > day) | (RequestRow.back_until > day)
    return listed(tx, _made, select(*_REQUEST).where(RequestRow.team_id == team_id, comes).order_by(RequestRow.id))


def open_after(tx: Tx, team_id: int, day: date) -> list[CoverRequest]:
    """The open requests whose own days reach beyond `day`, oldest first."""
    asked = (RequestRow.team_id == team_id, RequestRow.state == OPEN, RequestRow.until > day)
    return listed(tx, _made, select(*_REQUEST).where(*asked).order_by(RequestRow.id))


def _made(*row: object) -> CoverRequest:
    request = CoverRequest(*row)  # type: ignore[arg-type]  # the columns have the names and types of its fields
    return replace(request, asked=tuple(request.asked))


def make(tx: Tx, team_id: int, request: CoverRequest) -> CoverRequest:
    """Save a new request. Returns it with its id."""
    return replace(request, id=add(tx, RequestRow, team_id, request))


def change(tx: Tx, becomes: CoverRequest) -> None:
    """Let the request with that id be so."""
    values = asdict(becomes) | {"asked": list(becomes.asked)}
    tx.execute(update(RequestRow).where(RequestRow.id == values.pop("id")).values(**values))


def answer(tx: Tx, said: RequestAnswer) -> None:
    """Note what somebody answered, in place of what they had answered before."""
    key = {"request_id": said.request_id, "person_id": said.person_id}
    upsert(tx, AnswerRow, key, {"at": said.at, "first": said.first, "until": said.until})


def who_cannot(tx: Tx, request_ids: Sequence[int | None]) -> set[tuple[int, str]]:
    """Who answered to which of these requests that they can't."""
    if not request_ids:
        return set()
    said = select(AnswerRow.request_id, AnswerRow.person_id)
    rows = tx.execute(said.where(AnswerRow.request_id.in_(request_ids), AnswerRow.first.is_(None)))
    return {(request_id, who) for request_id, who in rows}


def answers(tx: Tx, request_id: int) -> list[RequestAnswer]:
    """What people answered to a request, oldest first."""
    mine = select(*_ANSWER).where(AnswerRow.request_id == request_id)
    return listed(tx, RequestAnswer, mine.order_by(AnswerRow.at, AnswerRow.person_id))


def answers_to(tx: Tx, request_ids: Collection[int]) -> list[RequestAnswer]:
    """What people answered to these requests, oldest first; asks nothing where there are none."""
    if not request_ids:
        return []
    theirs = select(*_ANSWER).where(AnswerRow.request_id.in_(request_ids))
    return listed(tx, RequestAnswer, theirs.order_by(AnswerRow.at, AnswerRow.person_id))
