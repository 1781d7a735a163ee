"""Column types that both databases agree on."""

import json
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from sqlalchemy import Dialect, Text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import DateTime, TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. SQLite drops an offset without converting, so a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in. Raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say on the way out that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Lists and dicts of plain values, kept as text, with keys in one order: equal facts are equal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The text that is stored."""
        return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The plain values that the stored text stands for."""
        return None if value is None else json.loads(value)


Key = Annotated[int, mapped_column(primary_key=True, autoincrement=True)]
Name = Annotated[str, mapped_column(Text)]
At = Annotated[datetime, mapped_column(Moment)]
MaybeAt = Annotated[datetime | None, mapped_column(Moment)]
Facts = Annotated[dict[str, Any], mapped_column(Json)]
Names = Annotated[list[str], mapped_column(Json)]
OnDate = Annotated[date, mapped_column()]
AtTime = Annotated[time, mapped_column()]
