"""What `docs/rotation.md` says always holds, for rotations that nobody would think of."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.holidays import Holiday
from scheduler.rule import time_off as changing
from scheduler.rule.rotation import (
    COVER,
    NOBODY,
    Away,
    Recorded,
    Rotation,
    Version,
    Week,
    walk,
)
from scheduler.rule.time_off import Exchange
from tests.kit.rotations import MONDAY, PEOPLE, UNTIL, WEEKS, rotations, time_off

pytestmark = pytest.mark.slow

A_MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def weeks(rotation: Rotation) -> list[Week]:
    """The weeks looked at."""
    return rotation.weeks(MONDAY, UNTIL)


@settings(max_examples=200)
@given(rotations())
def test_nobody_is_on_duty_on_a_date_they_are_away(rotation: Rotation) -> None:
    for week in weeks(rotation):
        for day in week.days:
            assert day.engineer is None or not rotation.is_away(day.engineer, day.date)


@settings(max_examples=200)
@given(rotations(with_covers=False))
def test_a_day_has_nobody_only_when_everyone_is_away(rotation: Rotation) -> None:
    for week in weeks(rotation):
        for day in week.days:
            everyone = all(rotation.is_away(who, day.date) for who in rotation.members(day.date))
            assert (day.engineer is None) == everyone
            assert (day.why == NOBODY) == everyone


@settings(max_examples=200)
@given(rotations(), time_off())
def test_time_off_on_free_days_changes_nothing(rotation: Rotation, off: Away) -> None:
    days = {off.first + timedelta(days=n) for n in range((off.until - off.first).days)}
    for week in weeks(rotation):
        for day in week.days:
            if day.date in days and off.who in (week.holder, day.engineer):
                return
    if any(cover.who == off.who and cover.first < off.until and off.first < cover.until for cover in rotation.covers):
        return  # an agreement that holds no longer, which is a day that somebody was to serve
    after = [w for w in weeks(replace(rotation, away=(*rotation.away, off))) if w.first < UNTIL]
    touched = {d for d in days if d >= UNTIL}
    assert touched or after == weeks(rotation)


@settings(max_examples=100)
@given(rotations(), st.data())
def test_declaring_what_is_declared_changes_nothing(rotation: Rotation, data: st.DataObject) -> None:
    if rotation.away:
        again = data.draw(st.sampled_from(rotation.away))
        assert weeks(replace(rotation, away=(*rotation.away, again))) == weeks(rotation)


@settings(max_examples=200)
@given(rotations(), time_off())
def test_time_off_never_changes_an_earlier_week(rotation: Rotation, off: Away) -> None:
    first = rotation.week_of(off.first)
    before, after = weeks(rotation), weeks(replace(rotation, away=(*rotation.away, off)))
    assert [w for w in before if w.first < first] == [w for w in after if w.first < first]


def saved(rotation: Rotation) -> list[Holiday]:
    """The rotation's time off as it was declared one by one, so that one's own that touches is one."""
    held: list[Holiday] = []
    for off in rotation.away:
        held = numbered(declared(held, off).applied_to(held))
    return held


def declared(held: list[Holiday], off: Away) -> Exchange:
    """Some time off is declared besides."""
    mine = [holiday for holiday in held if holiday.person_id == off.who]
    return changing.declaring(mine, Holiday(None, off.who, off.first, off.until, None, A_MOMENT, short_notice=False))


def numbered(held: list[Holiday]) -> list[Holiday]:
    """With ids, as when they are saved."""
    free = max((holiday.id or 0 for holiday in held), default=0) + 1
    return [holiday if holiday.id else replace(holiday, id=free) for holiday in held]


def with_off(rotation: Rotation, held: list[Holiday]) -> list[Week]:
    """The weeks looked at, with that time off."""
    return weeks(replace(rotation, away=tuple(Away(h.person_id, h.first, h.until) for h in held)))


@settings(max_examples=100)
@given(rotations(), time_off())
def test_undoing_time_off_restores_the_schedule(rotation: Rotation, off: Away) -> None:
    held = saved(rotation)
    exchange = declared(held, off)
    after = Exchange(exchange.before, tuple(numbered([*held, *exchange.after])[len(held) :]))
    assert with_off(rotation, after.reversed().applied_to(after.applied_to(held))) == with_off(rotation, held)


@settings(max_examples=100)
@given(rotations(), time_off(), st.booleans())
def test_cancelling_what_was_declared_restores_the_schedule(rotation: Rotation, off: Away, touches: bool) -> None:
    held = saved(rotation)
    if touches and held:
        off = replace(off, who=held[0].person_id, first=held[0].until, until=held[0].until + (off.until - off.first))
    if any(h.person_id == off.who and h.first < off.until and off.first < h.until for h in held):
        return  # days that were off before are not any more, which is right
    after = numbered(declared(held, off).applied_to(held))
    mine = [holiday for holiday in after if holiday.person_id == off.who]
    left = changing.cancelling(mine, off.first, off.until).applied_to(after)
    assert with_off(rotation, left) == weeks(rotation)


@given(st.integers(1, 6), st.integers(1, 40))
def test_with_nobody_away_weeks_differ_by_one_at_most(people: int, count: int) -> None:
    rotation = Rotation((Version(MONDAY, PEOPLE[:people]),))
    held = Counter(w.holder for w in rotation.weeks(MONDAY, MONDAY + timedelta(weeks=count)))
    counts = [held[who] for who in PEOPLE[:people]]
    assert max(counts) - min(counts) <= 1


@settings(max_examples=100)
@given(rotations(), st.integers(0, WEEKS - 1), st.integers(0, WEEKS))
def test_the_answer_does_not_depend_on_how_it_is_asked(rotation: Rotation, first: int, more: int) -> None:
    since, until = MONDAY + timedelta(weeks=first), MONDAY + timedelta(weeks=min(first + more, WEEKS))
    assert rotation.weeks(since, until) == [w for w in weeks(rotation) if since <= w.first < until]


@settings(max_examples=150)
@given(rotations(), st.integers(0, WEEKS - 1))
def test_computing_goes_on_from_a_recorded_week_as_if_it_had_never_stopped(rotation: Rotation, at: int) -> None:
    walked = list(walk(rotation, UNTIL))
    week, state = walked[at]
    recorded = replace(rotation, recorded=Recorded(week.first, week.holder, state))
    later = [w for w in weeks(rotation) if w.first > week.first]
    assert [w for w in weeks(recorded) if w.first > week.first] == later


@settings(max_examples=150)
@given(rotations(), time_off(), st.integers(0, WEEKS - 1))
def test_a_recorded_week_keeps_its_holder_whatever_is_declared_later(rotation: Rotation, off: Away, at: int) -> None:
    week, state = list(walk(rotation, UNTIL))[at]
    recorded = replace(rotation, recorded=Recorded(week.first, week.holder, state), away=(*rotation.away, off))
    assert recorded.weeks(week.first, week.until)[0].holder == week.holder


@settings(max_examples=150)
@given(rotations())
def test_nobody_owes_more_than_one_week(rotation: Rotation) -> None:
    for _, state in walk(rotation, UNTIL):
        assert len(set(state.owes)) == len(state.owes)


@given(st.integers(0, 6), st.integers(1, 7))
def test_in_a_rotation_of_two_one_holiday_shifts_the_alternation_for_good(day: int, days: int) -> None:
    plain = Rotation((Version(MONDAY, ("Toms", "Maya")),))
    first = MONDAY + timedelta(days=14 + day)
    off = Away("Toms", first, first + timedelta(days=min(days, 7 - day)))
    before, after = weeks(plain), weeks(replace(plain, away=(off,)))
    assert [w.holder for w in after[:2]] == [w.holder for w in before[:2]]
    assert all(b.holder != a.holder for b, a in zip(before[2:], after[2:], strict=True))


@settings(max_examples=100)
@given(rotations())
def test_a_cover_stands_in_only_where_it_was_agreed(rotation: Rotation) -> None:
    for week in weeks(rotation):
        for day in week.days:
            if day.why == COVER:
                agreed = [c for c in rotation.covers if c.first <= day.date < c.until]
                assert any((c.who, c.instead_of) == (day.engineer, week.holder) for c in agreed)
