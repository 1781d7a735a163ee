"""Who carried what: counting over stretches of duty. Pure.

    stretches of duty, on record and scheduled ─► count, cut to a period ─► a Load for each engineer, and nobody's time

What is counted is time, to the microsecond; a day is 24 hours, so that the loads of all and nobody's time add up to
the period, whatever the clocks do in it. An equal share is an equal part, at each moment, of what was carried then:
nobody is behind for the time before they joined or after they left.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from models.history import Acknowledgement
from models.teams import VersionFacts
from scheduler.rule.duty import TAKE_OVER, Stretch
from scheduler.rule.hours import ONE_DAY, Hours
from scheduler.rule.rotation import COVER, WEEK

NONE = timedelta(0)
SATURDAY = 5
ABOUT_THE_SAME = WEEK  # people take whole weeks, so whoever has just had theirs is always some days ahead

PublicHolidays = Mapping[str, Container[date]]  # by people's ids: the dates that are holidays where they live


@dataclass(frozen=True, slots=True)
class Load:
    """What one engineer carried in a period, and what an equal share of it would have been. `public_holidays` is None
    where nobody knows any of theirs.

    Of their own weeks others covered `taken`, of others' they covered `given`; `taken_over` was theirs by a take-over.
    `short_notice` are weeks that came to them late and that they served in; `in_a_row` is how often they had most of a
    week after most of the one before; `got_it` the median of the time from a handoff to their *I've got it*.
    """

    who: str
    duty: timedelta = NONE
    share: timedelta = NONE
    weekends: timedelta = NONE
    public_holidays: timedelta | None = None
    given: timedelta = NONE
    taken: timedelta = NONE
    taken_over: timedelta = NONE
    short_notice: int = 0
    in_a_row: int = 0
    got_it: timedelta | None = None

    @property
    def more(self) -> timedelta:
        """How much more than an equal share; less where negative."""
        return self.duty - self.share


@dataclass(frozen=True, slots=True)
class Tally:
    """What was, or will be, carried from `starts` up to `ends` (moments): the loads in the rotation's order, those who
    left it last, and the time that was nobody's."""

    starts: datetime
    ends: datetime
    loads: tuple[Load, ...]
    nobody: timedelta = NONE


@dataclass(frozen=True)
class Facts:
    """What is counted. The stretches of duty reach a week beyond the period on both sides, where there is something on
    record or scheduled, so that weeks which it cuts are seen whole; `late` are (who, week) that came on short
    notice."""

    hours: Hours
    versions: Sequence[VersionFacts]
    stretches: Sequence[Stretch]
    acknowledgements: Sequence[Acknowledgement] = ()
    late: Collection[tuple[str, date]] = ()
    public: PublicHolidays = field(default_factory=dict)


def count(facts: Facts, starts: datetime, ends: datetime) -> Tally:
    """What each engineer carries from `starts` up to `ends`: whoever is in the rotation then, or on duty."""
    cut = [replace(s, starts=max(s.starts, starts), ends=min(s.ends, ends)) for s in facts.stretches]
    cut = [s for s in cut if s.starts < s.ends]
    members = list(_members(facts, starts, ends))
    engineers = dict.fromkeys([*members, *(s.who for s in cut if s.who)])
    shares, in_a_row = _shares(facts, members, cut), _in_a_row(facts, starts, ends)
    loads = (
        replace(
            _load(facts, who, [s for s in cut if who in (s.who, s.holder)]),
            share=shares.get(who, NONE),
            in_a_row=in_a_row[who],
            got_it=_until_got_it(facts, who, starts, ends),
        )
        for who in engineers
    )
    return Tally(starts, ends, tuple(loads), _sum(s for s in cut if s.who is None))


def _members(facts: Facts, starts: datetime, ends: datetime) -> Iterator[str]:
    """Who is in the rotation at some time of the period: those who stay in order of their first version, then those who
    have left."""
    spans = list(_spans(facts))
    within = [v.order for v, begins, over in spans if begins < ends and (over is None or over > starts)]
    everyone = dict.fromkeys(who for version in facts.versions for who in version.order)
    theirs = [who for who in everyone if any(who in order for order in within)]
    staying = facts.versions[-1].order
    yield from (who for who in theirs if who in staying)
    yield from (who for who in theirs if who not in staying)


def _spans(facts: Facts) -> Iterator[tuple[VersionFacts, datetime, datetime | None]]:
    """Each version of the rotation with the moments from which and up to which it holds."""
    begins = [facts.hours.handoff(version.starts) for version in facts.versions]
    yield from zip(facts.versions, begins, [*begins[1:], None], strict=True)


def _load(facts: Facts, who: str, stretches: Sequence[Stretch]) -> Load:
    """What can be read off the stretches that are theirs, or of their weeks."""
    mine = [s for s in stretches if s.who == who]
    days = [day for s in mine for day in _days(facts.hours, s)]
    public = facts.public.get(who)
    return Load(
        who,
        duty=_sum(mine),
        weekends=sum((time for day, time in days if day.weekday() >= SATURDAY), NONE),
        public_holidays=None if public is None else sum((time for day, time in days if day in public), NONE),
        given=_sum(s for s in mine if s.why == COVER),
        taken=_sum(s for s in stretches if s.why == COVER and s.holder == who),
        taken_over=_sum(s for s in mine if s.why == TAKE_OVER),
        short_notice=len({s.week for s in mine if (who, s.week) in facts.late}),
    )


def _sum(stretches: Iterable[Stretch]) -> timedelta:
    return sum((s.ends - s.starts for s in stretches), NONE)


def _days(hours: Hours, stretch: Stretch) -> Iterator[tuple[date, timedelta]]:
    """The team's dates that a stretch touches, each with how much of it lies in the stretch."""
    day, begins = hours.date_of(stretch.starts), stretch.starts
    while begins < stretch.ends:
        midnight = hours.midnight(day + ONE_DAY)
        yield day, min(midnight, stretch.ends) - begins
        day, begins = day + ONE_DAY, midnight


def _shares(facts: Facts, engineers: Iterable[str], cut: Sequence[Stretch]) -> dict[str, timedelta]:
    """An equal part of what anybody carried, for each while they were in the rotation."""
    shares: dict[str, timedelta] = dict.fromkeys(engineers, NONE)
    for version, begins, over in _spans(facts):
        held = (replace(s, starts=max(s.starts, begins), ends=min(s.ends, over or s.ends)) for s in cut if s.who)
        carried = _sum(s for s in held if s.starts < s.ends)
        for who in version.order if carried else ():
            shares[who] += carried / len(version.order)
    return shares


def _in_a_row(facts: Facts, starts: datetime, ends: datetime) -> Counter[str]:
    """How often each had most of two weeks that follow each other, the second of which begins in the period."""
    weeks: dict[date, Counter[str | None]] = {}
    for s in facts.stretches:
        weeks.setdefault(s.week, Counter())[s.who] += (s.ends - s.starts) // timedelta(microseconds=1)
    most = {week: _most(times) for week, times in weeks.items()}
    twice = (
        most[second]
        for first, second in pairwise(sorted(most))
        if second - first == WEEK and most[first] == most[second] and starts <= facts.hours.handoff(second) < ends
    )
    return Counter(who for who in twice if who)


def _most(times: Counter[str | None]) -> str | None:
    """Who had more than half of a week."""
    [(who, longest)] = times.most_common(1)
    return who if longest * 2 > times.total() else None


def _until_got_it(facts: Facts, who: str, starts: datetime, ends: datetime) -> timedelta | None:
    mine = [(facts.hours.handoff(a.week), a.at) for a in facts.acknowledgements if a.person_id == who]
    took = [at - handoff for handoff, at in mine if starts <= handoff < ends]
    return timedelta(seconds=median(each.total_seconds() for each in took)) if took else None


def ahead(tally: Tally) -> list[Load]:
    """Who carried notably more than an equal share, the most first: nobody while all are about the same, and of those
    who carried more the ones who are at least half as far ahead as the first."""
    if not tally.loads or furthest(tally) <= ABOUT_THE_SAME:
        return []
    most = max(load.more for load in tally.loads)
    leading = (load for load in tally.loads if load.more > NONE and load.more * 2 >= most)
    return sorted(leading, key=lambda load: -load.more)


def furthest(tally: Tally) -> timedelta:
    """How far the one who is the furthest from an equal share is from it, whether above or below."""
    return max((abs(load.more) for load in tally.loads), default=NONE)
