"""What declaring and cancelling time off does to a person's holidays. Pure; ranges are half-open.

Own holidays that overlap or touch become one, which keeps the id of the earliest: announcements are known by it.
Cancelling days takes them out and may split a holiday in two; the first part keeps its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.holidays import Holiday


@dataclass(frozen=True, slots=True)
class Exchange:
    """Holidays `before` become those `after`; none of either where nothing changes."""

    before: tuple[Holiday, ...] = ()
    after: tuple[Holiday, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    @property
    def dates(self) -> set[date]:
        """The dates that are time off on one side only; none where only a note changes."""
        return _dates(self.before) ^ _dates(self.after)

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last date that are time off on one side only; of a mere note, the holiday's own."""
        changed = self.dates or _dates(self.after)
        return min(changed), max(changed)

    def applied_to(self, everyones: Sequence[Holiday]) -> list[Holiday]:
        """Everybody's holidays, after it."""
        gone = {holiday.id for holiday in self.before}
        return [h for h in everyones if h.id not in gone] + list(self.after)

    def reversed(self) -> "Exchange":
        """The exchange that takes it back."""
        return Exchange(self.after, self.before)


def _dates(holidays: tuple[Holiday, ...]) -> set[date]:
    return {date.fromordinal(n) for h in holidays for n in range(h.first.toordinal(), h.until.toordinal())}


def declaring(mine: Sequence[Holiday], wanted: Holiday) -> Exchange:
    """Somebody declares the time off `wanted`, which is not saved yet; `mine` are their holidays so far."""
    first, until, note = wanted.first, wanted.until, wanted.note
    if any(h.first <= first and until <= h.until and _says(h, note) for h in mine):
        return Exchange()
    joined = [h for h in mine if h.first <= until and first <= h.until]
    if not joined:
        return Exchange((), (wanted,))
    oldest = min(joined, key=lambda h: h.first)
    notes = [h.note for h in joined if h.note]
    if note and not any(_says(h, note) for h in joined):
        notes.append(note)
    merged = replace(
        oldest,
        first=min(first, oldest.first),
        until=max(until, *(h.until for h in joined)),
        note="; ".join(dict.fromkeys(notes)) or None,
        short_notice=wanted.short_notice or any(h.short_notice for h in joined),
    )
    return Exchange(tuple(joined), (merged,))


def _says(holiday: Holiday, note: str | None) -> bool:
    """Whether a holiday has the note already, perhaps among those of holidays that became one."""
    return note in (None, holiday.note, *(holiday.note or "").split("; "))


def cancelling(mine: Sequence[Holiday], first: date, until: date) -> Exchange:
    """The days from `first` up to, not including, `until` are no time off any more."""
    touched = tuple(h for h in mine if h.first < until and first < h.until)
    rest = []
    for holiday in touched:
        if holiday.first < first:
            rest.append(replace(holiday, until=first))
        if until < holiday.until:
            keeps_id = holiday.id if holiday.first >= first else None
            rest.append(replace(holiday, id=keeps_id, first=until))
    return Exchange(touched, tuple(rest))


def splits(exchange: Exchange) -> bool:
    """Whether a holiday is cut in two by it."""
    return len(exchange.after) > len(exchange.before)
