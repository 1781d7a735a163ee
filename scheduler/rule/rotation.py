"""Who is on call: the rule, pure. Dates, people and time off in, weeks out.

    versions, away, covers ─► walk ─► for each week: line of candidates ─► holder ─► days ─► Week
    and what is remembered from one week to the next is a State

Everyone keeps their own weeks; who is away for theirs is stood in for by the next engineer in the rotation who is free,
and takes the week that one gave up. docs/handbook.md has an example; the words in this file are the rule's own:

- the *home* engineer of a week is whose turn it is by the round robin, the *holder* the one it belongs to;
- a turn may have been *served early*, and an engineer may *owe* a week;
- an on-call day belongs to its holder, to who *covers* for them, to a *substitute*, or to nobody.

Nothing here knows a clock or a database: `hours.py` turns dates into moments, `duty.py` says who is on duty at one.
All ranges of dates are half-open.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

HOLDER, COVER, SUBSTITUTE, NOBODY = "holder", "cover", "substitute", "nobody"

WEEK = timedelta(days=7)
BEYOND = 12  # weeks after the last changed date within which all that moves by it has settled
_ALL_SEVEN = 0b1111111


@dataclass(frozen=True, slots=True)
class Away:
    """Dates on which `who` must not be on call: from `first` up to, not including, `until`."""

    who: str
    first: date
    until: date


@dataclass(frozen=True, slots=True)
class CoveredDays:
    """By agreement `who` stands in for `instead_of`, from `first` up to, not including, `until`."""

    who: str
    instead_of: str
    first: date
    until: date


@dataclass(frozen=True, slots=True)
class Version:
    """The rotation from the week that begins on `starts`, until a later version starts: each engineer once, the first
    of them at home in that first week."""

    starts: date
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """What the walk remembers after a week: who held it, who owes a week (in the order in which they came to owe it),
    and whose next turn counts as served already. An engineer has at most one turn served early: their next."""

    held: str | None = None
    owes: tuple[str, ...] = ()
    early: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Day:
    """One on-call day and whom it belongs to (None: nobody). `why`: holder, cover, substitute or nobody."""

    date: date
    engineer: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Week:
    """One on-call week: `first` is its first date, `home` whose turn it is by the round robin, `holder` whose it is
    (None: nobody's). `split` holds its seven days where one of them is not the holder's, else None."""

    first: date
    home: str
    holder: str | None
    split: tuple[Day, ...] | None = None

    @property
    def until(self) -> date:
        """The day after its last: the first date of the next week."""
        return self.first + WEEK

    @property
    def days(self) -> tuple[Day, ...]:
        """Its seven days, in order."""
        return self.split or tuple(Day(self.first + timedelta(days=n), self.holder, HOLDER) for n in range(7))

    def days_of(self, who: str) -> list[Day]:
        """Those of its days that are `who`'s, as its holder or by a cover: what they know of in advance."""
        return [day for day in self.days if day.engineer == who and day.why in (HOLDER, COVER)]

    @property
    def whole(self) -> bool:
        """Whether its holder has all seven days, themselves or by a cover."""
        return self.holder is not None and all(day.why in (HOLDER, COVER) for day in self.days)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A week that has been handed over: who held it, and the state after it. Of the latest one also the days that have
    passed, as they were, and who substituted last on which of its days: the rest of that week goes on from there."""

    week: date
    holder: str | None
    after: State
    days: tuple[Day, ...] = ()
    substituted: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class Rotation:
    """The versions of a rotation, oldest first and at least one; time off; covers in the order agreed, oldest first;
    the latest recorded week, where computing starts, and the week `before` it, as it was."""

    versions: tuple[Version, ...]
    away: tuple[Away, ...] = ()
    covers: tuple[CoveredDays, ...] = ()
    recorded: Recorded | None = None
    before: Week | None = None

    @property
    def starts(self) -> date:
        """The first date of the first week that can be computed."""
        return self.recorded.week if self.recorded else self.versions[0].starts

    def weeks(self, first: date, until: date) -> list[Week]:
        """The weeks that begin on or after `first` and before `until`, from the one before `starts` on, if it is known;
        earlier ones are on record."""
        known = [self.before] if self.before and self.before.first < until else []
        return [week for week in (*known, *(week for week, _ in walk(self, until))) if week.first >= first]

    def week_of(self, day: date) -> date:
        """The first date of the week that `day` lies in; also before the rotation starts."""
        return day - timedelta(days=(day - self.versions[0].starts).days % 7)

    def members(self, day: date) -> tuple[str, ...]:
        """Who is in the rotation on `day`: the order of the version that holds then, or of the first version."""
        return _version_on(self.versions, day).order

    def is_away(self, who: str, day: date) -> bool:
        """Whether `who` must not be on call on `day`."""
        return any(a.who == who and a.first <= day < a.until for a in self.away)


def _version_on(versions: Sequence[Version], day: date) -> Version:
    return next((v for v in reversed(versions) if v.starts <= day), versions[0])


def next_version(rotation: Rotation, starts: date, order: Sequence[str], was: Sequence[str] = ()) -> Version:
    """The version that makes `order` (each engineer once) the rotation from the week that begins on `starts`.

    Those who stay begin with the first of them due from then on, and new members come at the end (`docs/rotation.md`).
    Where `order` lists those who stay in another sequence than `was`, the list that was asked for before, that sequence
    counts; the round itself may differ from both, since who came stands where the round was then.
    """
    old = _version_on(rotation.versions, starts)
    turn = (starts - old.starts).days // 7 % len(old.order)
    due = [who for who in old.order[turn:] + old.order[:turn] if who in order]
    listed = [who for who in order if who in due]
    if listed != [who for who in was if who in due]:
        at = listed.index(due[0])
        due = listed[at:] + listed[:at]
    return Version(starts, (*due, *(who for who in order if who not in due)))


def walk(rotation: Rotation, until: date) -> Iterator[tuple[Week, State]]:
    """Each week that begins before `until`, from where computing starts, with the state after it."""
    calendar = _Calendar(rotation)
    record, state, first = rotation.recorded, State(), rotation.starts
    for version, ends in zip(rotation.versions, [*(v.starts for v in rotation.versions[1:]), until], strict=True):
        if ends <= first:
            continue
        order, size = version.order, len(version.order)
        state = _of_those_who_stay(state, order)
        place = (first - version.starts).days // 7 % size
        while first < min(ends, until):
            home = order[place]
            absences = calendar.away.get(first)
            if record and first == record.week:
                yield calendar.week(first, order, place, record.holder, record), record.after
                state = _of_those_who_stay(record.after, order)
            elif home == state.held or home in state.early or (absences and home in absences):
                week, state = _decide(calendar, first, order, place, state)
                yield week, state
            else:  # by far the most common week: nothing stands in the way of whose turn it is
                state = state if state.held == home else State(home, state.owes, state.early)
                yield calendar.week(first, order, place, home), state
            first += WEEK
            place = (place + 1) % size


def _of_those_who_stay(state: State, order: tuple[str, ...]) -> State:
    """The state as a version with `order` takes it over: who left takes their debt along."""
    if all(who in order for who in (*state.owes, *state.early)):
        return state
    return State(state.held, tuple(who for who in state.owes if who in order), state.early.intersection(order))


def _decide(calendar: "_Calendar", first: date, order: tuple[str, ...], place: int, state: State) -> tuple[Week, State]:
    line = _line(order, place, state)
    free = [who for who in line if calendar.free(who, first)]
    rested = (who for who in free if who != state.held)
    there = (who for who in line if calendar.absent(who, first) != _ALL_SEVEN)
    holder = next(rested, None) or next(iter(free), None) or next(there, None)
    return calendar.week(first, order, place, holder), after(order, place, state, holder)


def _line(order: tuple[str, ...], place: int, state: State) -> list[str]:
    """The candidates for a week, each once."""
    home, *coming = order[place:] + order[:place]
    line = [] if home in state.early else [home]
    line += state.owes
    line += [who for who in coming if who not in state.early]
    line += [home, *coming]
    return list(dict.fromkeys(line))


def after(order: tuple[str, ...], place: int, state: State, holder: str | None) -> State:
    """The state after the home week of `order[place]` was held by `holder`, with `state` before it.

    It depends on who held the week and not on why, so that recorded weeks can be replayed.
    """
    home = order[place]
    owes, early = state.owes, state.early
    if home in early:
        early -= {home}
        stood_at_home = False
    else:
        stood_at_home = holder == home
        if not stood_at_home and home not in owes:
            owes = (*owes, home)
    if holder is None or stood_at_home:
        return State(holder, owes, early)
    if holder in state.owes:
        return State(holder, tuple(who for who in owes if who != holder), early)
    if holder != home and holder in order and holder not in early:
        early |= {holder}
    return State(holder, owes, early)


@dataclass
class _Calendar:
    """Time off and covers by week: for each first date, who is away on which of its seven days, as seven bits."""

    rotation: Rotation
    away: dict[date, dict[str, int]] = field(default_factory=dict)
    covers: dict[date, list[CoveredDays]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        starts = self.rotation.starts
        for absence in self.rotation.away:
            for week, days in self._weeks(max(absence.first, starts), absence.until):
                bits = self.away.setdefault(week, {})
                bits[absence.who] = bits.get(absence.who, 0) | days
        for cover in self.rotation.covers:
            for week, _ in self._weeks(max(cover.first, starts), cover.until):
                self.covers.setdefault(week, []).append(cover)

    def _weeks(self, first: date, until: date) -> Iterator[tuple[date, int]]:
        """The weeks that the dates touch, each with the days of it that they take."""
        week = self.rotation.week_of(first)
        while week < until:
            from_day = max(0, (first - week).days)
            to_day = min(7, (until - week).days)
            yield week, (1 << to_day) - (1 << from_day)
            week += WEEK

    def absent(self, who: str, week: date) -> int:
        """The days of `week` on which `who` is away."""
        return self.away.get(week, {}).get(who, 0)

    def free(self, who: str, week: date) -> bool:
        """Whether `who` can hold `week`: on each of its days not away, or covered."""
        gone = self.absent(who, week)
        return not gone or all(self.standing_in(who, week, n) for n in range(7) if gone >> n & 1)

    def standing_in(self, holder: str, week: date, n: int) -> str | None:
        """Who covers day `n` of `week` for `holder`: by the latest cover whose giver is not away that day."""
        day = week + timedelta(days=n)
        for cover in reversed(self.covers.get(week, ())):
            agreed = cover.instead_of == holder and cover.first <= day < cover.until
            if agreed and not self.absent(cover.who, week) >> n & 1:
                return cover.who
        return None

    def week(
        self, first: date, order: tuple[str, ...], place: int, holder: str | None, record: Recorded | None = None
    ) -> Week:
        """The week that begins on `first`, held by `holder`, with its days where they are not all theirs."""
        plain = holder is not None and first not in self.covers and not self.absent(holder, first)
        if plain and not (record and record.days):
            return Week(first, order[place], holder)
        days = tuple(self._days(first, order[place:] + order[:place], holder, record))
        plain = all(day.engineer == holder and day.why == HOLDER for day in days)
        return Week(first, order[place], holder, None if plain else days)

    def _days(
        self, first: date, in_order: tuple[str, ...], holder: str | None, record: Recorded | None
    ) -> Iterator[Day]:
        passed: Mapping[date, Day] = {day.date: day for day in record.days} if record else {}
        substituted = dict(record.substituted) if record else {}
        substitute: str | None = None
        for n in range(7):
            on = first + timedelta(days=n)
            substitute = substituted.get(on, substitute)
            day = passed.get(on) or self._day(first, n, in_order, holder, substitute)
            if day.why == SUBSTITUTE:
                substitute = day.engineer
            yield day

    def _day(self, week: date, n: int, in_order: tuple[str, ...], holder: str | None, substitute: str | None) -> Day:
        day = week + timedelta(days=n)
        gone = {who for who, days in self.away.get(week, {}).items() if days >> n & 1}
        if holder is not None and (giver := self.standing_in(holder, week, n)):
            return Day(day, giver, COVER)
        if holder is not None and holder not in gone:
            return Day(day, holder, HOLDER)
        line = [substitute, *in_order] if substitute else in_order
        there = next((who for who in line if who not in gone), None)
        return Day(day, there, SUBSTITUTE if there else NOBODY)
