"""A team, its rotation's versions and its latest recorded week: what every answer starts from.

There is one team a store for now, which is the store's own: it is meant wherever a team's id is None, as where nobody
can name one. Of several it is the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import aliased

from models.schema.plain import of_plain
from models.schema.rows import columns, listed
from models.schema.tables import (
    CoverRow,
    DeclineRow,
    DutyRow,
    HeldWeekRow,
    StoreFacts,
    TakeOverRow,
    TeamRow,
    VersionRow,
)
from models.schema.upsert import upsert
from models.store.engine import Tx
from models.store.errors import Trouble

REAL, SANDBOX = "real", "sandbox"
CLOSED = "closed"
WAITING = "waits for a copy"


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """How soon somebody responds to an alert of a severity, and has it resolved: lengths of time in words, "" where
    none is on record."""

    severity: str
    respond: str
    resolve: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A team and its hours: `handoff_weekday` 0 is Monday, `handoff_time` local to `time_zone`. `admins` are ids of
    people; `service_levels` come by severity, the worst first. `speaks_since`: None until its first run. Its
    office hours (`office_days` such as mon-fri), the `country` whose public holidays are none, and within how many of
    them somebody answers are None where the plan does not say."""

    id: int
    name: str
    channel: str
    notice_days: int
    admins: tuple[str, ...]
    service_levels: tuple[ServiceLevel, ...]
    time_zone: str
    handoff_weekday: int
    handoff_time: time
    created_at: datetime
    speaks_since: datetime | None
    office_days: str | None = None
    office_from: time | None = None
    office_until: time | None = None
    country: str | None = None
    answer_within: int | None = None


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A rotation from the week that begins on `starts`; `asked` is the list of people that led to `order`."""

    starts: date
    order: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldWeek:
    """A week that has been handed over: whose it was, and the state of the walk after it."""

    week: date
    home: str
    holder: str | None
    owes: tuple[str, ...]
    early: tuple[str, ...]


_TEAM = columns(TeamRow, Team)
_HELD = columns(HeldWeekRow, HeldWeek)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A team with its versions, oldest first, and its latest recorded week. `arranged`: whether there are covers,
    take-overs or declined weeks that may still count, so that who needs them asks only then."""

    team: Team
    versions: tuple[VersionFacts, ...]
    held: HeldWeek | None
    arranged: bool


def _statement() -> Select[Any]:
    latest = aliased(HeldWeekRow)
    last_week = select(func.max(latest.week)).where(latest.team_id == TeamRow.id).scalar_subquery()
    return (
        select(*_TEAM, VersionRow.starts, VersionRow.order, VersionRow.asked, _arranged(last_week), *_HELD)
        .join(VersionRow, VersionRow.team_id == TeamRow.id)
        .outerjoin(HeldWeekRow, and_(HeldWeekRow.team_id == TeamRow.id, HeldWeekRow.week == last_week))
        .order_by(TeamRow.id, VersionRow.starts)
    )


def _arranged(last_week: ScalarSelect[date]) -> ColumnElement[bool]:
    """Covers with a day in the latest recorded week or later, take-overs that end after all that is on record, and any
    declined week, since an old one may tell whether a swap stands."""
    passed = select(DutyRow.ends).where(DutyRow.team_id == TeamRow.id).order_by(DutyRow.starts.desc()).limit(1)
    recorded = passed.scalar_subquery()
    covers = and_(CoverRow.team_id == TeamRow.id, or_(last_week.is_(None), CoverRow.until >= last_week))
    taken = and_(TakeOverRow.team_id == TeamRow.id, or_(recorded.is_(None), TakeOverRow.ends > recorded))
    declined = DeclineRow.team_id == TeamRow.id
    return or_(*(exists().where(each) for each in (covers, taken, declined)))


_OWN = select(func.min(TeamRow.id)).scalar_subquery()
_BEGINNINGS = _statement()
_BEGINNING = _BEGINNINGS.where(TeamRow.id == bindparam("team_id"))
_OWN_BEGINNING = _BEGINNINGS.where(TeamRow.id == _OWN)


def beginning(tx: Tx, team_id: int | None) -> Beginning | None:
    """The team with that id, in one query; None where there is none, as where no plan has been applied yet."""
    found = _OWN_BEGINNING if team_id is None else _BEGINNING
    rows = tx.execute(found, {} if team_id is None else {"team_id": team_id}).all()
    return _beginning(rows) if rows else None


def beginnings(tx: Tx) -> list[Beginning]:
    """All teams of this store, in one query."""
    return [_beginning(list(rows)) for _, rows in groupby(tx.execute(_BEGINNINGS), key=lambda row: row[0])]


def _beginning(rows: Sequence[Any]) -> Beginning:
    width = len(_TEAM)
    versions = tuple(VersionFacts(r[width], tuple(r[width + 1]), tuple(r[width + 2])) for r in rows)
    arranged, *held = rows[0][width + 3 :]
    return Beginning(_team(rows[0][:width]), versions, _held(*held) if held[0] else None, bool(arranged))


def own_id(tx: Tx) -> int | None:
    """The id of the store's own team; None where there is no team."""
    return tx.scalar(select(func.min(TeamRow.id)))


def is_there(tx: Tx) -> bool:
    """Whether this store, be it of an older release, has a team."""
    return bool(tx.scalar(select(exists().select_from(TeamRow))))


def _team(row: Sequence[Any]) -> Team:
    team = Team(*row)
    levels = of_plain(tuple[ServiceLevel, ...], team.service_levels)
    return replace(team, admins=tuple(team.admins), service_levels=levels)


def _held(week: date, home: str, holder: str | None, owes: list[str], early: list[str]) -> HeldWeek:
    return HeldWeek(week, home, holder, tuple(owes), tuple(early))


def held_weeks(tx: Tx, team_id: int, first: date, until: date) -> list[HeldWeek]:
    """The recorded weeks that begin from `first` up to, not including, `until`."""
    asked = (HeldWeekRow.team_id == team_id, HeldWeekRow.week >= first, HeldWeekRow.week < until)
    return listed(tx, _held, select(*_HELD).where(*asked).order_by(HeldWeekRow.week))


def record_week(tx: Tx, team_id: int, held: HeldWeek) -> None:
    """Record a week that has been handed over. It must not be on record yet."""
    tx.execute(
        insert(HeldWeekRow).values(
            team_id=team_id,
            week=held.week,
            home=held.home,
            holder=held.holder,
            owes=list(held.owes),
            early=list(held.early),
        )
    )


def save_team(tx: Tx, team_id: int | None, values: dict[str, Any]) -> int:
    """Change the team's columns, or add it where `team_id` is None. Returns its id."""
    if team_id is None:
        key = tx.execute(insert(TeamRow).values(**values).returning(TeamRow.id)).scalar_one()
        return int(key)
    tx.execute(update(TeamRow).where(TeamRow.id == team_id).values(**values))
    return team_id


def save_version(tx: Tx, team_id: int, version: VersionFacts) -> None:
    """Let a version hold from its week on; later ones, which it was not thought of with, go."""
    tx.execute(delete(VersionRow).where(VersionRow.team_id == team_id, VersionRow.starts > version.starts))
    key = {"team_id": team_id, "starts": version.starts}
    upsert(tx, VersionRow, key, {"order": list(version.order), "asked": list(version.asked)})


def replace_versions(tx: Tx, team_id: int, starts: date, versions: Iterable[VersionFacts]) -> None:
    """Let just these be the versions that begin on `starts` or later."""
    tx.execute(delete(VersionRow).where(VersionRow.team_id == team_id, VersionRow.starts >= starts))
    for version in versions:
        row = {"starts": version.starts, "order": list(version.order), "asked": list(version.asked)}
        tx.execute(insert(VersionRow).values(team_id=team_id, **row))


def begin_to_speak(tx: Tx, team_id: int, now: datetime) -> None:
    """Note that from now on the team is told things; what was due before is never said. Once."""
    never = TeamRow.speaks_since.is_(None)
    tx.execute(update(TeamRow).where(TeamRow.id == team_id, never).values(speaks_since=now))


def purpose(tx: Tx) -> str | None:
    """What this store is for: real or sandbox; None until one of them opened it."""
    return tx.scalar(select(StoreFacts.purpose).where(StoreFacts.id == 1))


def set_purpose(tx: Tx, wanted: str) -> None:
    """Make this a real store, or a sandbox's."""
    upsert(tx, StoreFacts, {"id": 1}, {"purpose": wanted})


def stamp(tx: Tx, now: datetime) -> None:
    """Note that the store was put back or copied at the moment `now`: what was due before may have been said
    meanwhile."""
    upsert(tx, StoreFacts, {"id": 1}, {"stamped_at": now, "moved_to": None})


def stamped_at(tx: Tx) -> datetime | None:
    """When the store was put back or copied."""
    return tx.scalar(select(StoreFacts.stamped_at).where(StoreFacts.id == 1))


def close(tx: Tx, moved_to: str | None) -> None:
    """Close the store: it was copied to another one or, while it has no team, waits for a copy of it. None: it is open
    again."""
    upsert(tx, StoreFacts, {"id": 1}, {"moved_to": moved_to})


def moved_to(tx: Tx) -> str | None:
    """The store that this one was copied to or waits for, without a password; None where it is open."""
    return tx.scalar(select(StoreFacts.moved_to).where(StoreFacts.id == 1))


def try_to_save(tx: Tx, now: datetime) -> None:
    """Write the least that can be written, to see whether anything can be."""
    upsert(tx, StoreFacts, {"id": 1}, {"saved_at": now})


def why_closed(tx: Tx, store: str) -> Trouble | None:
    """Why nobody may write to this store, whose address is `store`. None where it is open."""
    other = moved_to(tx)
    if other is None:
        return None
    return Trouble(CLOSED, store=store, target=other) if is_there(tx) else Trouble(WAITING, store=store, source=other)


def lock(tx: Tx, team_id: int | None) -> int | None:
    """Make everybody else who wants to change the team wait for this transaction. Returns its id; None where there is
    no team."""
    found = select(TeamRow.id).where(TeamRow.id == (_OWN if team_id is None else team_id))
    if tx.dialect.name == "postgresql":  # SQLite lets only one begin to write
        # Not FOR UPDATE: every row that points to the team, as whatever is owed does, would wait for it, too.
        found = found.with_for_update(key_share=True)
    elif team_id is not None:
        return team_id
    locked = tx.scalar(found)
    return locked if team_id is None else team_id


def lock_to_begin(tx: Tx) -> None:
    """Make everybody else who wants to begin a team in this store wait for this transaction."""
    if tx.dialect.name == "postgresql":  # SQLite lets only one begin to write
        tx.execute(text("LOCK TABLE teams IN SHARE ROW EXCLUSIVE MODE"))
