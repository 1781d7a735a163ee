"""Every change by anyone: who, when, what, before and after. Only ever added to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import insert, or_, select

from models.schema.plain import plain
from models.schema.rows import columns, first, listed
from models.schema.tables import ChangeRow
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What a change changed: a dataclass for each kind of change (`what`), with how it was `before` and is `after`."""

    what: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Change:
    """Who (`by`, a person's id; None: from the terminal) changed `what` of `about`, and when. `before`, `after` and
    `effect` are plain values. `key`: the request that caused it; `undoes`: the change that this one takes back."""

    id: int
    at: datetime
    by: str | None
    what: str
    about: str | None
    before: object
    after: object
    effect: object = None
    key: str | None = None
    undoes: int | None = None


_CHANGE = columns(ChangeRow, Change)


def record(
    tx: Tx,
    team_id: int,
    facts: ChangeFacts,
    *,
    at: datetime,
    by: str | None,
    about: str | None = None,
    effect: object = None,
    key: str | None = None,
    undoes: int | None = None,
) -> int:
    """Record a change, with what it moved (`effect`, a dataclass). Returns its id."""
    values = {
        **plain(facts),
        "team_id": team_id,
        "at": at,
        "by": by,
        "what": facts.what,
        "about": about,
        "effect": plain(effect),
        "key": key,
        "undoes": undoes,
    }
    return int(tx.execute(insert(ChangeRow).values(**values).returning(ChangeRow.id)).scalar_one())


def by_id(tx: Tx, team_id: int, change_id: int) -> Change | None:
    """The change with that id."""
    return _first(tx, ChangeRow.team_id == team_id, ChangeRow.id == change_id)


def of_key(tx: Tx, team_id: int, key: str) -> Change | None:
    """The change that the request `key` caused, if it did."""
    return _first(tx, ChangeRow.team_id == team_id, ChangeRow.key == key)


def listed_all(tx: Tx, team_id: int) -> list[Change]:
    """Every change, in the order in which they were made."""
    return listed(tx, Change, select(*_CHANGE).where(ChangeRow.team_id == team_id).order_by(ChangeRow.id))


def page(tx: Tx, team_id: int, most: int, *, older_than: int | None = None, who: str | None = None) -> list[Change]:
    """At most so many changes, the latest first: those made before the change `older_than`, and by or about the person
    `who`, where these are given."""
    asked = [ChangeRow.team_id == team_id]
    asked += [ChangeRow.id < older_than] if older_than is not None else []
    asked += [or_(ChangeRow.by == who, ChangeRow.about == who)] if who is not None else []
    return listed(tx, Change, select(*_CHANGE).where(*asked).order_by(ChangeRow.id.desc()).limit(most))


def since(tx: Tx, team_id: int, moment: datetime) -> list[Change]:
    """The changes made at `moment` or later, in the order in which they were made."""
    asked = (ChangeRow.team_id == team_id, ChangeRow.at >= moment)
    return listed(tx, Change, select(*_CHANGE).where(*asked).order_by(ChangeRow.id))


def is_by(tx: Tx, team_id: int, who: str, since: datetime) -> bool:
    """Whether a person changed anything at the moment `since` or later."""
    theirs = (ChangeRow.team_id == team_id, ChangeRow.by == who, ChangeRow.at >= since)
    return tx.scalar(select(ChangeRow.id).where(*theirs).limit(1)) is not None


def latest(tx: Tx, team_id: int, kinds: Collection[str]) -> Change | None:
    """The latest change of one of these kinds."""
    asked = (ChangeRow.team_id == team_id, ChangeRow.what.in_(list(kinds)))
    return first(tx, Change, select(*_CHANGE).where(*asked).order_by(ChangeRow.id.desc()).limit(1))


def about(tx: Tx, team_id: int, what: str, whom: str) -> list[Change]:
    """The changes of this kind about somebody or something, in the order in which they were made."""
    asked = (ChangeRow.team_id == team_id, ChangeRow.what == what, ChangeRow.about == whom)
    return listed(tx, Change, select(*_CHANGE).where(*asked).order_by(ChangeRow.id))


def of_kinds(tx: Tx, team_id: int, kinds: Collection[str], since: datetime, until: datetime) -> list[Change]:
    """The changes of these kinds made from `since` up to `until` (moments), in the order in which they were made."""
    asked = (ChangeRow.team_id == team_id, ChangeRow.what.in_(kinds), ChangeRow.at >= since, ChangeRow.at < until)
    return listed(tx, Change, select(*_CHANGE).where(*asked).order_by(ChangeRow.id))


def undoing(tx: Tx, change_id: int) -> Change | None:
    """The change that took this one back, if one did."""
    return _first(tx, ChangeRow.undoes == change_id)


def _first(tx: Tx, *where: Any) -> Change | None:
    return first(tx, Change, select(*_CHANGE).where(*where))


def touched_since(tx: Tx, team_id: int) -> set[tuple[str, str | None]]:
    """(what, about) of all that people changed other than by applying a plan: what a plan file should not hide."""
    rows = tx.execute(select(ChangeRow.what, ChangeRow.about).where(ChangeRow.team_id == team_id).distinct())
    return {(what, about) for what, about in rows}


def newest(tx: Tx, team_id: int) -> tuple[int, datetime] | None:
    """The id of the latest change, and when it was made; None where there was none."""
    mine = select(ChangeRow.id, ChangeRow.at).where(ChangeRow.team_id == team_id)
    row = tx.execute(mine.order_by(ChangeRow.id.desc()).limit(1)).first()
    return (int(row[0]), row[1]) if row else None
