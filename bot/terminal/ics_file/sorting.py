"""The entries of a calendar file that stand → what is taken, what is left out, and why something can't be taken."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.speech import say
from bot.terminal.ics_file import days, series, standing
from bot.terminal.ics_file.days import Bad, TimeOff
from bot.terminal.ics_file.entry import CalendarEntry, value
from bot.terminal.ics_file.standing import Whose

BAD = "Entry {place}, line {line}{day}: {why}"
TOO_FAR = "it is more than {years} years ahead."
TOO_MANY = "it repeats on {days} of the next {years} years, and {most} at most can be taken; write its days down alone."

YEARS_AHEAD = 5
MOST_DAYS = 60  # of a series: a day of each week would leave somebody never free for a whole week

Reason = Literal["free", "tentative", "repeating"]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a file is read: whose it is; the person's zone, in which moments in UTC are days, and the team's, of whose
    dates is spoken; its date; and what of that which is left out else is taken."""

    zone: ZoneInfo
    team_zone: ZoneInfo
    today: date
    whose: Whose = field(default_factory=Whose)
    also: Collection[Reason] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is taken only if it is asked for: its first time to come, how many times and days, and why it is not."""

    first: TimeOff
    times: int
    days: int
    reasons: frozenset[Reason]

    @property
    def is_too_much(self) -> bool:
        """Whether it isn't taken even then."""
        return "repeating" in self.reasons and self.days > MOST_DAYS


@dataclass(slots=True)
class Read:
    """What a file holds: time off from today on, each once and in order; what is left out; a sentence for each entry
    that can't be taken, and for what else can't be read; and how many entries passed, don't stand, or are the bot's."""

    taken: list[TimeOff] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    passed: int = 0
    cancelled: int = 0
    declined: int = 0
    ours: int = 0


class Sorting:
    """Puts entries into what is `read` of them."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.read = Read()

    def sort(self, found: Sequence[CalendarEntry]) -> None:
        """All entries of a file."""
        for entry in found:
            if entry.problem:
                self._tell(entry, entry.problem)
        stands = standing.counting((entry for entry in found if not entry.problem), self._terms.whose)
        for group in stands.groups:
            try:
                self._repeating(group) if group[0].repeats else self._single(group[0])
            except Bad as why:
                self._tell(group[0], str(why))
        self.read.cancelled, self.read.declined, self.read.ours = stands.cancelled, stands.declined, stands.ours
        self.read.taken = sorted(set(self.read.taken))
        self.read.left_out.sort(key=lambda left: left.first)

    def _single(self, entry: CalendarEntry) -> None:
        off = days.days_of(entry.event, self._zones(entry))
        if off.until <= self._terms.today:
            self.read.passed += 1
        elif off.until.year > self._terms.today.year + YEARS_AHEAD:
            raise Bad(TOO_FAR.format(years=YEARS_AHEAD))
        else:
            self._take([off], standing.doubts(entry, self._terms.whose))

    def _repeating(self, group: Sequence[CalendarEntry]) -> None:
        zones = self._zones(group[0])
        to_come = series.times(group, zones, self._terms.today)
        if not to_come:
            self._none_to_come(group[0])
            return
        try:
            days.days_of(group[0].event, zones)
        except Bad as why:
            self._tell(to_come[0], str(why))
            return
        for doubts, offs in self._by_doubts(to_come, zones).items():
            self._take(offs, {*doubts, "repeating"})

    def _none_to_come(self, entry: CalendarEntry) -> None:
        starts = value(entry.event, "dtstart")
        if isinstance(starts, date) and self._date(starts) > self._terms.today:
            raise Bad(TOO_FAR.format(years=series.YEARS_AHEAD))
        self.read.passed += 1

    def _by_doubts(
        self, times: Iterable[CalendarEntry], zones: Sequence[ZoneInfo]
    ) -> dict[frozenset[Reason], list[TimeOff]]:
        """The days of the times that are to be, by what makes it doubtful that their person is away."""
        found: dict[frozenset[Reason], list[TimeOff]] = defaultdict(list)
        for each in times:
            if standing.is_cancelled(each) or standing.has_declined(each, self._terms.whose):
                continue
            try:
                off = days.days_of(each.event, zones)
            except Bad as why:
                self._tell(each, str(why))
            else:
                found[frozenset(standing.doubts(each, self._terms.whose))].append(off)
        return found

    def _take(self, offs: Sequence[TimeOff], reasons: Iterable[Reason]) -> None:
        """Take time off that has a day to come, unless nobody asked for what speaks against it. Raises Bad."""
        to_come = _merged(TimeOff(max(off.first, self._terms.today), off.until) for off in offs)
        left = LeftOut(to_come[0], len(offs), sum(off.days for off in to_come), frozenset(reasons))
        if not left.reasons <= set(self._terms.also):
            self.read.left_out.append(left)
        elif left.is_too_much:
            count = say.count(left.days, "day")
            raise Bad(TOO_MANY.format(days=count, years=series.YEARS_AHEAD, most=MOST_DAYS))
        else:
            self.read.taken += to_come

    def _tell(self, entry: CalendarEntry, why: str) -> None:
        """Why an entry can't be taken, unless it has passed anyhow."""
        moments = [value(entry.event, name) for name in ("dtstart", "dtend") if name in entry.event]
        dates = [self._date(moment) if isinstance(moment, date) else None for moment in moments]
        if not entry.repeats and dates and all(day and day < self._terms.today for day in dates):
            self.read.passed += 1
            return
        day = f", {say.day(dates[0])}" if dates and dates[0] else ""
        self.read.bad.append(BAD.format(place=entry.place, line=entry.line, day=day, why=why))

    def _zones(self, entry: CalendarEntry) -> list[ZoneInfo]:
        return [self._terms.zone, *([entry.zone] if entry.zone else [])]

    def _date(self, moment: date) -> date:
        """The team's date at a moment; of a date, or a moment in no zone, its own."""
        if not isinstance(moment, datetime):
            return moment
        if moment.tzinfo is None:
            return moment.date()
        try:
            return moment.astimezone(self._terms.team_zone).date()
        except OverflowError:
            return moment.date()


def _merged(offs: Iterable[TimeOff]) -> list[TimeOff]:
    """Time off in order, with what overlaps or touches as one."""
    merged: list[TimeOff] = []
    for off in sorted(offs):
        if merged and off.first <= merged[-1].until:
            merged[-1] = TimeOff(merged[-1].first, max(off.until, merged[-1].until))
        else:
            merged.append(off)
    return merged
