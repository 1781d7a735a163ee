"""The digest of time off that the channel reads: who is away when, and which days are not those of whose turn they are,
as the team stands. Pure.

It keeps the time off that it tells of, and from which week to which it shows the days: that span only grows, so that
what was shown is shown still when it is over. Whose the days are is not kept, so no two digests can differ on one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from models.holidays import Holiday
from scheduler.change import effect
from scheduler.messages import AwayDigest, TimeOffTold
from scheduler.rule.duty import TAKE_OVER
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import DayMoves, Effect, HourMoves
from scheduler.rule.rotation import WEEK, Week
from scheduler.team.roster import Roster
from scheduler.team.schedule import engineers, shown_weeks

FEW = 6  # weeks that are shown after time off that shifts all later weeks


def of(team: Roster, holidays: Sequence[Holiday], now: datetime) -> AwayDigest:
    """The digest that tells of these holidays, of which there is one at least, and of what they move from now on."""
    begins = max(_earliest(team, now), team.hours.week_of(min(h.first for h in holidays)))
    return _reaching(team, AwayDigest(_in_order(map(_told, holidays)), begins, begins), now)


def refreshed(team: Roster, facts: AwayDigest, now: datetime, more: Sequence[Holiday] = ()) -> AwayDigest:
    """The digest as it is to be now, with `more` time off."""
    today = team.hours.date_of(now)
    away = [each for told in facts.away for each in as_it_stands(team, told, today)]
    return _reaching(team, replace(facts, away=_in_order([*away, *map(_told, more)])), now)


def as_it_stands(team: Roster, told: TimeOffTold, today: date) -> list[TimeOffTold]:
    """Time off that was told as it is now: joined, cut in two, or cancelled. What is over stays as it was told."""
    theirs = [h for h in team.holidays if _is_of(told, h)]
    if theirs or told.until <= today:
        return [_told(h) for h in theirs] or [told]
    return [replace(told, cancelled=True)]


def tells_of(facts: AwayDigest, holiday: Holiday) -> bool:
    """Whether it tells of a holiday, or of one that was cancelled in its place: then it tells of this one instead."""
    return any(_is_of(told, holiday) for told in facts.away)


def moved_by(team: Roster, holiday: Holiday, now: datetime) -> Effect:
    """What a holiday moves by itself: without it all that would be otherwise."""
    return _moved(team, {holiday.id}, holiday.until, now)


def worth_telling(team: Roster, facts: AwayDigest, now: datetime) -> tuple[Holiday, ...]:
    """What of its time off is to be told by a digest that nobody has read: what is not cancelled and moves anything."""
    return tuple(h for h in team.holidays if tells_of(facts, h) and moved_by(team, h, now))


def shown(team: Roster, facts: AwayDigest, now: datetime) -> Effect:
    """The days and hours to come that it shows: `before` is whose turn it is, `after` who has them."""
    first = max(facts.first, _earliest(team, now))
    return Effect(days=unlike_the_turns(shown_weeks(team, first, facts.until)), hours=_mornings(team, facts, now))


def unlike_the_turns(weeks: Iterable[Week]) -> tuple[DayMoves, ...]:
    """The days that another has than whose turn it is (`before`), or, in a week that is another's, than that one: by
    time off, a cover, or because nobody is there."""
    return tuple(
        DayMoves(day.date, week.home, day.engineer)
        for week in weeks
        for day in week.days
        if not week.home == week.holder == day.engineer
    )


def _reaching(team: Roster, facts: AwayDigest, now: datetime) -> AwayDigest:
    """The same, shown as far as its time off moves anything."""
    live = [told for told in facts.away if not told.cancelled]
    if not live:
        return replace(facts, endless=False)
    begins, last = min(told.first for told in live), max(told.until for told in live)
    moved = _moved(team, {told.holiday for told in live}, last, now)
    ends = last - ONE_DAY + FEW * WEEK if moved.endless else max([*moved.dates, last - ONE_DAY])
    first = min(facts.first, max(_earliest(team, now), team.hours.week_of(begins)))
    until = max(facts.until, team.hours.week_of(ends) + WEEK)
    return replace(facts, first=first, until=until, endless=moved.endless)


def _earliest(team: Roster, now: datetime) -> date:
    """The first week that a digest of now shows."""
    return max(team.hours.week_of(team.hours.on_call_day(now)), team.rotation.versions[0].starts)


def _moved(team: Roster, ids: set[int | None], until: date, now: datetime) -> Effect:
    """What these holidays, the last of which ends before `until`, move."""
    without = team.but(holidays=(h for h in team.holidays if h.id not in ids))
    return effect.between(without, team, now, until - ONE_DAY)


def _mornings(team: Roster, facts: AwayDigest, now: datetime) -> tuple[HourMoves, ...]:
    """The hours before the handoff that pass to another as time off begins, soon, but for those that go with their
    day."""
    today = team.hours.date_of(now)
    soon = team.hours.on_call_day(now) + effect.SOON
    begins = sorted({told.first for told in facts.away if not told.cancelled and today <= told.first <= soon})
    return tuple(each for day in begins for each in _morning(team, day, now))


def _morning(team: Roster, day: date, now: datetime) -> Iterator[HourMoves]:
    before, midnight = day - ONE_DAY, team.hours.midnight(day)
    was = engineers(team, {before}).get(before)
    listed = unlike_the_turns(shown_weeks(team, team.hours.week_of(day), day + ONE_DAY))
    for each in team.duty.between(max(midnight, now), team.hours.handoff(day)) if was else ():
        if each.who != was and each.why != TAKE_OVER and DayMoves(day, str(was), each.who) not in listed:
            yield HourMoves(each.starts, each.ends, was, each.who)


def _is_of(told: TimeOffTold, holiday: Holiday) -> bool:
    overlaps = holiday.first < told.until and told.first < holiday.until
    return holiday.id == told.holiday or (holiday.person_id == told.person and overlaps)


def _told(holiday: Holiday) -> TimeOffTold:
    return TimeOffTold(holiday.id, holiday.person_id, holiday.first, holiday.until, holiday.short_notice)


def _in_order(away: Iterable[TimeOffTold]) -> tuple[TimeOffTold, ...]:
    """By their days, each once."""
    return tuple(sorted({told.holiday: told for told in away}.values(), key=lambda told: (told.first, told.person)))
