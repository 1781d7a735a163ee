"""Time off that somebody asks to declare or cancel: what a button that asks back carries in its value."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from models.schema.plain import of_json, plain


@dataclass(frozen=True, slots=True)
class HolidayWish:
    """`who` (a person's id) wants to be away, or not to be, from `first` to `last`, both included."""

    who: str
    first: date
    last: date
    note: str | None = None

    @property
    def until(self) -> date:
        """The day after the last, for half-open ranges."""
        return self.last + timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it is."""
        return (self.until - self.first).days

    def written(self) -> str:
        """The wish as a button's value: with a note of 200 characters far below the 2,000 that Slack takes."""
        return json.dumps(plain((self.who, self.first, self.last, self.note)), ensure_ascii=False)

    @classmethod
    def read(cls, value: str) -> "HolidayWish":
        """The wish that `written` wrote down. Raises ValueError."""
        return cls(*of_json(tuple[str, date, date, str | None], value))
