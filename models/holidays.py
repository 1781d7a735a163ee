"""People's time off."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import bindparam, delete, insert, select

from models.schema.plain import kept
from models.schema.rows import columns, listed
from models.schema.tables import HolidayRow, TeamMemberRow
from models.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Holiday:
    """A person's time off from `first` up to, not including, `until`. `id` is None until it is saved; `note` is for
    the person and admins only. `short_notice`: declared with fewer days of notice than the team asks for."""

    id: int | None
    person_id: str = field(metadata=kept("person"))
    first: date
    until: date
    note: str | None
    declared_at: datetime
    short_notice: bool


_HOLIDAY = columns(HolidayRow, Holiday)
_ENDING_AFTER = (
    select(*_HOLIDAY)
    .join(TeamMemberRow, TeamMemberRow.person_id == HolidayRow.person_id)
    .where(TeamMemberRow.team_id == bindparam("team_id"))
    .where(HolidayRow.until > bindparam("day", type_=HolidayRow.until.type))
    .order_by(HolidayRow.first, HolidayRow.id)
)


def ending_after(tx: Tx, team_id: int, day: date) -> list[Holiday]:
    """The time off of everybody who is or was in the team's plan that has a day after `day`, earliest first."""
    return listed(tx, Holiday, _ENDING_AFTER, team_id=team_id, day=day)


def of_person(tx: Tx, person_id: str, after: date) -> list[Holiday]:
    """A person's time off that ends on `after` or later (its `until`: the day after its last), earliest first."""
    mine = select(*_HOLIDAY).where(HolidayRow.person_id == person_id, HolidayRow.until >= after)
    return listed(tx, Holiday, mine.order_by(HolidayRow.first))


def exchange(tx: Tx, before: Iterable[Holiday], after: Iterable[Holiday]) -> list[Holiday]:
    """Take the holidays `before` away and put those of `after` in their place, which keep their ids or get one."""
    for holiday in before:
        tx.execute(delete(HolidayRow).where(HolidayRow.id == holiday.id))
    return [_insert(tx, holiday) for holiday in after]


def _insert(tx: Tx, holiday: Holiday) -> Holiday:
    values = {name: value for name, value in asdict(holiday).items() if name != "id" or value is not None}
    key = tx.execute(insert(HolidayRow).values(**values).returning(HolidayRow.id)).scalar_one()
    return replace(holiday, id=int(key))
