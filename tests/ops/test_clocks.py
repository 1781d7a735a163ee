"""Clocks that differ: whoever asks with one that is a little behind is answered by what is on record, and changes what
comes after that.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00.
"""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.store.engine import PATIENTLY, Store
from scheduler import holidays, tick
from scheduler.change.frame import Actor
from scheduler.covers import agree, ask
from scheduler.refusals import ClockBehind, NotStarted, Refused
from scheduler.rule.duty import TAKE_OVER, Stretch
from scheduler.shifts import acknowledge, takeover
from scheduler.team import record, roster, schedule
from scheduler.team.roster import Roster
from tests.kit.cast import NOW, WEEK_1, ZONE, a_store
from tests.kit.databases import Databases
from tests.kit.examples import examples

SECOND, MINUTE, DAY, WEEK = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)
TEAM = ("toms", "maya", "danny", "rene")
MONDAY = datetime(2026, 11, 30, 9, tzinfo=ZONE)


def takes(store: Store, who: str, now: datetime, ends: datetime | None = None) -> takeover.TakenOver:
    """Somebody takes over."""
    with store.writing() as tx:
        return takeover.take_over(tx, Actor(who, False, now), who, ends)


def on_duty(store: Store, now: datetime) -> Stretch | None:
    """Who is on duty at a moment, as somebody is told who asks at it."""
    with store.reading() as tx:
        return schedule.on_duty(roster.own(tx), now)


def holders(store: Store, now: datetime) -> list[tuple[str, str | None]]:
    """The current week and the next, as somebody is told who asks at that moment."""
    with store.reading() as tx:
        team = roster.own(tx)
    week = team.hours.week_of(team.hours.on_call_day(now))
    return [(w.first.isoformat(), w.holder) for w in team.rotation.weeks(week, week + 2 * WEEK)]


@pytest.mark.parametrize("behind", [SECOND, 10 * SECOND, MINUTE, 2 * MINUTE])
def test_a_moment_that_is_on_record_is_answered_from_there(store: Store, behind: timedelta) -> None:
    takes(store, "maya", NOW)
    takes(store, "rene", NOW + 3 * MINUTE)
    before, at = on_duty(store, NOW - behind), on_duty(store, NOW + 3 * MINUTE - behind)
    assert before
    assert (before.who, before.ends) == ("toms", NOW)
    assert at
    assert (at.who, at.why, at.ends) == ("maya", TAKE_OVER, NOW + 3 * MINUTE)
    assert [who for _, who in holders(store, NOW - behind)] == ["toms", "maya"]


def test_what_goes_on_after_the_record_ends_when_it_really_does(store: Store) -> None:
    with store.writing() as tx:
        holidays.declare(tx, Actor("rene", False, NOW), "rene", WEEK_1 + 3 * WEEK, WEEK_1 + 3 * WEEK + DAY)
    before = on_duty(store, NOW - SECOND)
    assert before
    assert (before.who, before.starts.astimezone(ZONE).hour, before.ends) == ("toms", 9, MONDAY)


@pytest.mark.parametrize("behind", [SECOND, MINUTE, 2 * MINUTE])
def test_the_week_before_a_handoff_that_is_on_record_is_told_as_it_was(store: Store, behind: timedelta) -> None:
    tick.tick(store, MONDAY)
    stretch = on_duty(store, MONDAY - behind)
    assert stretch
    assert (stretch.who, stretch.ends) == ("toms", MONDAY)
    assert holders(store, MONDAY - behind) == [("2026-11-23", "toms"), ("2026-11-30", "maya")]
    assert holders(store, MONDAY) == [("2026-11-30", "maya"), ("2026-12-07", "danny")]


@pytest.mark.parametrize("behind", [SECOND, 30 * SECOND, MINUTE, 119 * SECOND, 2 * MINUTE])
def test_a_change_with_a_clock_behind_counts_from_what_is_on_record(store: Store, behind: timedelta) -> None:
    first = takes(store, "maya", NOW)
    second = takes(store, "rene", NOW - behind)
    assert (first.taken.starts, second.taken.starts, second.instead_of) == (NOW, NOW, "maya")
    with store.writing() as tx:
        given = takeover.give_back(tx, Actor("rene", False, NOW - behind), second.taken.id or 0)
    assert given.instead_of == "maya"
    now = on_duty(store, NOW)
    assert now
    assert now.who == "maya"


@pytest.mark.parametrize("behind", [2 * MINUTE + SECOND, timedelta(hours=1), DAY, 400 * DAY])
def test_a_clock_that_is_further_behind_changes_nothing(store: Store, behind: timedelta) -> None:
    takes(store, "maya", NOW)
    with pytest.raises(ClockBehind) as refused:
        takes(store, "rene", NOW - behind)
    assert refused.value.ends == NOW
    tick.tick(store, NOW - behind)
    with store.reading() as tx:
        team = roster.own(tx)
    assert (team.duty.starts, [t.person_id for t in team.take_overs]) == (NOW, ["maya"])


def test_thirty_take_overs_at_once_are_all_answered(store: Store) -> None:
    tick.tick(store, NOW)
    everybody = [(TEAM[n % 4], NOW + timedelta(seconds=(7 * n) % 90)) for n in range(30)]

    def take(asked: tuple[str, datetime]) -> str:
        try:
            return takes(store, *asked).taken.person_id
        except Refused as refused:
            return type(refused).__name__

    with closing(Store(store.url, PATIENTLY)) as store, ThreadPoolExecutor(6) as threads:  # a busy machine is slow
        answers = list(threads.map(take, everybody))
    assert all(answer in (who, "OnCallAlready") for answer, (who, _) in zip(answers, everybody, strict=True)), answers
    assert len([answer for answer in answers if answer in TEAM]) >= 4


@dataclass(frozen=True)
class Step:
    """After so many seconds somebody whose clock is so many seconds behind does something."""

    seconds: int
    behind: int
    what: str
    who: str


STEPS = st.lists(
    st.builds(
        Step,
        st.one_of(st.integers(0, 90), st.sampled_from([3600, 86_400, 6 * 86_400])),
        st.integers(0, 120),
        st.sampled_from(["ask", "ask", "take", "take", "give back", "off", "not off", "cover", "got it", "tick"]),
        st.sampled_from(TEAM),
    ),
    min_size=3,
    max_size=14,
)


def does(store: Store, step: Step, now: datetime) -> None:
    """Do it. What cannot be is refused for a reason that is one at that moment."""
    by = Actor(step.who, False, now)
    today = now.astimezone(ZONE).date()
    if step.what == "tick":
        tick.tick(store, now)
        return
    try:
        with store.writing() as tx:
            team = roster.own(tx)
            if step.what == "take":
                takeover.take_over(tx, by, step.who, None)
            elif step.what == "give back" and team.take_overs:
                takeover.give_back(tx, Actor("robin", True, now), team.take_overs[-1].id or 0)
            elif step.what == "off":
                holidays.declare(tx, by, step.who, today, today + 2 * DAY)
            elif step.what == "not off":
                holidays.cancel(tx, by, step.who, today, today + 2 * DAY)
            elif step.what == "cover":
                made = ask.ask_cover(tx, by, step.who, today, today + 21 * DAY).request
                agree.withdraw(tx, by, made.id or 0)
            elif step.what == "got it":
                acknowledge.handoff(tx, Actor("robin", True, now), team.hours.week_of(team.hours.on_call_day(now)))
    except Refused as refused:
        assert not isinstance(refused, ClockBehind | NotStarted), refused


def recorded(store: Store, until: datetime) -> tuple[Roster, list[Stretch]]:
    """The team, and its duty from the first handoff on up to a moment."""
    with store.reading() as tx:
        team = roster.own(tx)
        return team, schedule.duty_between(tx, team, team.hours.handoff(WEEK_1), until)


@pytest.mark.slow
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_answers_are_right_for_their_moments_whatever_the_clocks_show(sqlite: Databases, steps: list[Step]) -> None:
    latest = MONDAY - 3 * MINUTE
    answers: list[tuple[datetime, str | None]] = []
    with closing(a_store(sqlite)) as store:
        tick.tick(store, latest)
        for step in steps:
            latest += timedelta(seconds=step.seconds)
            now = latest - timedelta(seconds=step.behind)
            team, before = recorded(store, latest)
            on_record = team.duty.past[-1].ends if team.duty.past else None
            told = on_duty(store, now)
            assert told is not None
            assert told.starts <= now < told.ends
            assert holders(store, now)[0][0] == team.hours.week_of(team.hours.on_call_day(now)).isoformat()
            if on_record and now < on_record:
                answers.append((now, told.who))
            does(store, step, now)
            since = max(now, on_record) if on_record else now
            _, after = recorded(store, latest)
            assert cut(after, since) == cut(before, since)
        _, past = recorded(store, latest)
        for moment, who in answers:
            assert who == next((s.who for s in past if s.starts <= moment < s.ends), None)
        assert all(one.ends == other.starts for one, other in itertools.pairwise(past))


def cut(past: list[Stretch], until: datetime) -> list[tuple[datetime, datetime, str | None]]:
    """What was before a moment."""
    return [(s.starts, min(s.ends, until), s.who) for s in past if s.starts < until]


def test_the_allowance_is_the_one_of_the_rule() -> None:
    assert record.LITTLE == 2 * MINUTE
