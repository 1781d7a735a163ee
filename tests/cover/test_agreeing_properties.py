"""Whatever people declare, ask, take, give back and pass on, in whatever order, and however late the bot is: nobody is
on duty while they are away, what has passed stays as it was, and every surface tells the same.

`make torture` goes through many more sequences.
"""

import itertools
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import select

from bot.clock import StoppedClock
from bot.slack.mirror import members_of, topic_of
from bot.speech.parts import weeks as rota
from bot.talk.oncall import calendar
from bot.talk.oncall import words as oncall
from bot.terminal import asking
from models import changes, declines, holidays, people, requests
from models.changes import Change
from models.covers import Cover
from models.holidays import Holiday
from models.requests import AGREED, OPEN
from models.schema.tables import Base
from models.store.engine import Store, Tx
from scheduler import feed, tick
from scheduler import holidays as change
from scheduler.change import frame
from scheduler.change.frame import Actor
from scheduler.covers import agree, answer, ask
from scheduler.covers.state import Outcome
from scheduler.holidays import CANCELLED, DECLARED, Saved
from scheduler.people import members as staffing
from scheduler.people import undo as undoing
from scheduler.people.members import ADDED, PAUSED, REMOVED, REORDERED, RosterWish
from scheduler.refusals import NothingToGiveBack, Refused
from scheduler.rule import swaps
from scheduler.rule.duty import TAKE_OVER, Stretch, merged
from scheduler.rule.rotation import Week
from scheduler.shifts import decline as passing_on
from scheduler.shifts import takeover
from scheduler.shifts.decline import PassedOn
from scheduler.shifts.takeover import TakenOver
from scheduler.team import covers as agreed
from scheduler.team import roster
from scheduler.team import schedule as lookup
from scheduler.team.roster import Roster
from tests.kit.cast import NOW, WEEK_1, ZONE, a_store
from tests.kit.databases import Databases

# How many sequences on SQLite: a slice, unless told otherwise. On PostgreSQL a tenth of them.
SEQUENCES = int(os.environ.get("TORTURE_SEQUENCES", "16"))

FIRST_HANDOFF = datetime.combine(WEEK_1, time(9), ZONE).astimezone(UTC)
AHEAD = timedelta(weeks=5)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FOUR = ("toms", "maya", "danny", "rene")
SLACK = {who: f"U0{who.upper()}" for who in FOUR}
PEOPLE = st.sampled_from(FOUR)
ANY = st.integers(0, 9)  # one of those that there are
HOURS = st.sampled_from([MINUTE, HOUR, 5 * HOUR, 9 * HOUR, 14 * HOUR])
DAYS = st.sampled_from([DAY, 2 * DAY, 3 * DAY + HOUR, 7 * DAY, 9 * DAY + 2 * HOUR, 16 * DAY])
TIME_OFF = (DECLARED, CANCELLED)
WRITTEN = ("holidays", "requests", "answers", "covers", "take_overs", "declines", "changes", "outbox")

T = TypeVar("T")


@dataclass(frozen=True)
class StaffedNow:
    """The team after a change of the rotation, and the id of the change."""

    team: Roster
    id: int | None


D = TypeVar("D", Outcome, Saved, TakenOver, PassedOn, StaffedNow)
Told = list[tuple[datetime, datetime, str | None, str, date]]


def contents(tx: Tx) -> dict[str, list[Any]]:
    """Every row of what people can change, of the log and of the outbox."""
    tables = [Base.metadata.tables[name] for name in WRITTEN]
    return {t.name: [tuple(row) for row in tx.execute(select(t).order_by(*t.primary_key))] for t in tables}


def told(stretches: list[Stretch]) -> Told:
    """From when until when, who, why and in which week."""
    return [(s.starts, s.ends, s.who, s.why, s.week) for s in stretches]


def cut(stretches: list[Stretch], starts: datetime, ends: datetime) -> list[Stretch]:
    """What lies between two moments."""
    within = (s for s in stretches if s.ends > starts and s.starts < ends)
    return [replace(s, starts=max(s.starts, starts), ends=min(s.ends, ends)) for s in within]


def one_of(things: list[T], place: int, otherwise: T) -> T:
    """One of those that there are."""
    return things[place % len(things)] if things else otherwise


class Team(RuleBasedStateMachine):
    """Four people, a store, and time that passes."""

    database: ClassVar[Databases]

    def __init__(self) -> None:
        super().__init__()
        self.now, self.count = NOW, 0
        self.store = a_store(self.database)
        with self.store.writing() as tx:
            for who, slack_id in SLACK.items():
                people.found_in_slack(tx, who, slack_id)
        tick.begin_to_speak(self.store, NOW)
        self.coming = self._duty(NOW, NOW + AHEAD)
        self.past = self._duty(FIRST_HANDOFF, NOW)

    def teardown(self) -> None:
        """Let go of the store."""
        self.store.close()

    # What people do. Any of it may be refused, which changes nothing.

    @rule(who=PEOPLE, ahead=st.integers(0, 20), days=st.integers(1, 14))
    def declare(self, who: str, ahead: int, days: int) -> None:
        """Somebody is away."""
        first = self._today() + ahead * DAY
        self.do(lambda tx, by: change.declare(tx, by, who, first, first + days * DAY))

    @rule(who=PEOPLE, turn=st.integers(0, 2), days=st.integers(1, 14))
    def be_away_for_a_turn(self, who: str, turn: int, days: int) -> None:
        """Somebody is away when they are on call."""
        first = max(self._turn(who, turn), self._today())
        self.do(lambda tx, by: change.declare(tx, by, who, first, first + days * DAY))

    @rule(which=ANY, skip=st.sampled_from([0, 0, 0, 2]))
    def be_away_for_a_cover(self, which: int, skip: int) -> None:
        """Somebody is away when they were to stand in."""
        nobodys = Cover(None, "toms", "maya", self._today(), self._today() + DAY, NOW, 0)
        found = one_of([c for c in self._known().covers if c.first >= self._today()], which, nobodys)
        self.do(lambda tx, by: change.declare(tx, by, found.person_id, found.first + skip * DAY, found.until + 3 * DAY))

    @rule(which=ANY, skip=st.integers(0, 5), days=st.integers(1, 14))
    def cancel(self, which: int, skip: int, days: int) -> None:
        """Somebody is not away after all, or not for all of it."""
        nobodys = Holiday(None, "toms", self._today(), self._today() + DAY, None, NOW, False)
        found = one_of([h for h in self._known().holidays if h.until > self._today()], which, nobodys)
        first = max(found.first, self._today()) + skip * DAY
        self.do(lambda tx, by: change.cancel(tx, by, found.person_id, first, first + days * DAY))

    @rule(which=ANY)
    def undo(self, which: int) -> None:
        """One of the latest changes of time off is undone."""
        with self.store.reading() as tx:
            log = changes.listed_all(tx, 1)
        found = one_of([entry.id for entry in reversed(log) if entry.what in TIME_OFF], which, 0)
        self.do(lambda tx, by: change.undo_change(tx, by, found))

    @rule(who=PEOPLE, turn=st.integers(0, 2), skip=st.integers(0, 3), days=st.integers(1, 9), of=st.none() | PEOPLE)
    def ask_cover(self, who: str, turn: int, skip: int, days: int, of: str | None) -> None:
        """Somebody asks for a part of their on-call days in a row, or all of them, to be covered."""
        first = self._turn(who, turn) + skip * DAY
        self.do(lambda tx, by: ask.ask_cover(tx, by, who, first, first + days * DAY, of))

    @rule(who=PEOPLE, turn=st.integers(0, 2), other=PEOPLE, back=st.none() | st.integers(1, 6))
    def ask_swap(self, who: str, turn: int, other: str, back: int | None) -> None:
        """Somebody asks another to swap weeks."""
        first = self._turn(who, turn)
        week = None if back is None else self._today() + 7 * back * DAY
        self.do(lambda tx, by: ask.ask_swap(tx, by, who, first, other, week))

    @rule(which=ANY)
    def widen(self, which: int) -> None:
        """Everybody is asked."""
        found = self._request(OPEN, which)
        self.do(lambda tx, by: ask.widen(tx, by, found))

    @rule(which=ANY, who=PEOPLE)
    def accept(self, which: int, who: str) -> None:
        """Somebody takes it."""
        found = self._request(OPEN, which)
        with self.store.reading() as tx:
            team, made = roster.own(tx), requests.by_id(tx, 1, found)
        outcome = self.do(lambda tx, by: answer.accept(tx, by, found, who))
        if made and outcome and outcome.request.taken_by:
            self._check_stands_in(team, outcome.request.taken_by, made.person_id, made.first, made.until)
            if made.other_id and made.back_first and made.back_until:
                self._check_stands_in(team, made.person_id, made.other_id, made.back_first, made.back_until)

    @rule(who=PEOPLE, turn=st.integers(0, 2), skip=st.integers(0, 6), days=st.integers(1, 9), taker=PEOPLE)
    def cover(self, who: str, turn: int, skip: int, days: int, taker: str) -> None:
        """Somebody asks, and another takes it at once."""
        self.ask_cover(who, turn, skip, days, taker)
        self.accept(0, taker)

    @rule(who=PEOPLE, turn=st.integers(0, 2), other=PEOPLE)
    def swap(self, who: str, turn: int, other: str) -> None:
        """Two swap weeks."""
        self.ask_swap(who, turn, other, None)
        self.accept(0, other)

    @rule(which=ANY, who=PEOPLE, skip=st.integers(0, 3), days=st.integers(1, 4))
    def offer(self, which: int, who: str, skip: int, days: int) -> None:
        """Somebody offers a part."""
        found = self._request(OPEN, which)
        with self.store.reading() as tx:
            made = requests.by_id(tx, 1, found)
        first = (made.first if made else self._today()) + skip * DAY
        self.do(lambda tx, by: answer.offer(tx, by, found, who, first, first + days * DAY))

    @rule(which=ANY, who=PEOPLE)
    def accept_offer(self, which: int, who: str) -> None:
        """Whoever asked takes the part that was offered."""
        found = self._request(OPEN, which)
        self.do(lambda tx, by: answer.accept_offer(tx, by, found, who))

    @rule(which=ANY, who=PEOPLE)
    def cannot(self, which: int, who: str) -> None:
        """Somebody can't."""
        found = self._request(OPEN, which)
        self.do(lambda tx, by: answer.cannot(tx, by, found, who))

    @rule(which=ANY, weeks=st.integers(1, 6))
    def counter(self, which: int, weeks: int) -> None:
        """The other side of a swap offers another week."""
        found, day = self._request(OPEN, which), self._today() + 7 * weeks * DAY
        self.do(lambda tx, by: answer.counter(tx, by, found, day))

    @rule(which=ANY)
    def take_back(self, which: int) -> None:
        """Who took it can't after all."""
        found = self._request(AGREED, which)
        self._check_dissolved(self.do(lambda tx, by: agree.take_back(tx, by, found)))

    @rule(which=ANY, state=st.sampled_from([OPEN, AGREED, AGREED]))
    def withdraw(self, which: int, state: str) -> None:
        """Whoever asked needs it no more."""
        found = self._request(state, which)
        self._check_dissolved(self.do(lambda tx, by: agree.withdraw(tx, by, found)))

    @rule(who=PEOPLE, hours=st.none() | st.integers(1, 160))
    def take_over(self, who: str, hours: int | None) -> None:
        """Somebody is on duty from now on, for so many hours or until whoever is would have been relieved."""
        ends = self.now + hours * HOUR if hours else None
        self.do(lambda tx, by: takeover.take_over(tx, by, who, ends))

    @rule(which=ANY)
    def give_back(self, which: int) -> None:
        """A take-over ends now."""
        found = one_of([taken.id or 0 for taken in self._known().take_overs], which, 0)
        self.do(lambda tx, by: takeover.give_back(tx, by, found))

    @rule(who=PEOPLE, weeks=st.integers(0, 2))
    def decline(self, who: str, weeks: int) -> None:
        """*I can't*."""
        week = self._known().hours.week_of(self._today()) + 7 * weeks * DAY
        self.do(lambda tx, by: passing_on.decline(tx, by, who, week))

    @rule(which=ANY)
    def decline_no_more(self, which: int) -> None:
        """They can after all."""
        found = one_of([declined.id or 0 for declined in self._known().declines], which, 0)
        self.do(lambda tx, by: passing_on.take_after_all(tx, by, found))

    @rule(who=PEOPLE, weeks=st.integers(0, 3), pause=st.none() | st.integers(5, 7))
    def leave(self, who: str, weeks: int, pause: int | None) -> None:
        """Somebody leaves the rotation, or pauses."""
        starts = self._handoff(weeks)
        until = starts + 7 * pause * DAY if pause else None
        self.staff(RosterWish(PAUSED if pause else REMOVED, starts, who, until))

    @rule(who=PEOPLE, weeks=st.integers(0, 3))
    def come_back(self, who: str, weeks: int) -> None:
        """Somebody who left comes back."""
        self.staff(RosterWish(ADDED, self._handoff(weeks), name=who.capitalize(), email=f"{who}@example.com"))

    @rule(order=st.permutations(FOUR), weeks=st.integers(0, 3))
    def reorder(self, order: list[str], weeks: int) -> None:
        """The rotation has another order."""
        starts = self._handoff(weeks)
        members = set(staffing.coming_members(self._known(), starts))
        self.staff(RosterWish(REORDERED, starts, order=tuple(who for who in order if who in members)))

    @rule()
    def undo_the_rotation(self) -> None:
        """The last change of the rotation is undone."""
        with self.store.reading() as tx:
            last = undoing.last(tx, roster.own(tx), Actor("robin", True, self.now))

        def undo(tx: Tx, by: Actor) -> StaffedNow:
            team, _, _ = undoing.undo_change(tx, by, last.id if last else 0)
            made = frame.before(tx, team, by)
            return StaffedNow(team, made.id if made else None)

        self.do(undo)

    def staff(self, wish: RosterWish) -> None:
        """Change the rotation."""

        def change_it(tx: Tx, by: Actor) -> StaffedNow:
            made = staffing.change(tx, by, wish)
            return StaffedNow(made.decided.after, made.id)

        self.do(change_it)

    def _handoff(self, weeks: int) -> date:
        """One of the next handoffs."""
        return staffing.handoffs(self._known(), self.now, weeks + 1)[-1]

    @rule(passed=HOURS | DAYS, ticks=st.booleans())
    def let_pass(self, passed: timedelta, ticks: bool) -> None:
        """Time passes; the bot may have been down. What was to come is what comes."""
        self.now += passed
        if ticks:
            tick.tick(self.store, self.now)
        coming = self._duty(self.now, self.now + AHEAD)
        end = self.coming[-1].ends
        assert told(cut(coming, self.now, end)) == told(cut(self.coming, self.now, end))
        self._check()

    def do(self, act: Callable[[Tx, Actor], D]) -> D | None:
        """Do it as an admin, twice by the same request, and look at what became of it. None: it was refused."""
        self.count += 1
        self.now += MINUTE
        by = Actor("robin", True, self.now, f"press {self.count}")
        with self.store.reading() as tx:
            before, log = contents(tx), changes.listed_all(tx, 1)
        try:
            with self.store.writing() as tx:
                done = act(tx, by)
        except Refused:
            with self.store.reading() as tx:
                assert contents(tx) == before
            return None
        self._check_logged(log, before, by, done)
        with self.store.reading() as tx:
            after = contents(tx)
        with self.store.writing() as tx:
            again = act(tx, by)
        with self.store.reading() as tx:
            assert contents(tx) == after
        assert again.id == done.id
        self._check()
        first = done.team.hours.week_of(self._today())
        assert told(done.team.duty.between(self.now, self.now + AHEAD)) == told(self.coming)
        assert done.team.rotation.weeks(first, first + AHEAD) == self._known().rotation.weeks(first, first + AHEAD)
        return done

    # What is looked at

    def _check(self) -> None:
        with self.store.reading() as tx:
            team = roster.own(tx)
            assert team == roster.own(tx)
            past = lookup.duty_between(tx, team, FIRST_HANDOFF, self.now)
            coming = lookup.duty_between(tx, team, self.now, self.now + AHEAD)
            self._check_nobody_is_away(tx, team, coming)
            self._check_swaps(team)
            self._check_surfaces(tx, team, coming)
        assert told(past) == told(cut(merged(iter([*self.past, *self.coming])), FIRST_HANDOFF, self.now))
        self.past, self.coming = past, coming

    def _check_nobody_is_away(self, tx: Tx, team: Roster, coming: list[Stretch]) -> None:
        """At every moment to come, on what was declared and declined."""
        off = [(h.person_id, h.first, h.until) for h in holidays.ending_after(tx, 1, date.min)]
        off += [(d.person_id, d.first, d.until) for d in declines.everything(tx, 1)]
        gone = {(who, first + n * DAY) for who, first, until in off for n in range((until - first).days)}
        assert (coming[0].starts, coming[-1].ends) == (self.now, self.now + AHEAD)
        assert all(one.ends == other.starts for one, other in itertools.pairwise(coming))
        for stretch in coming:
            first, last = team.hours.date_of(stretch.starts), team.hours.date_of(stretch.ends - MINUTE / 60)
            for on in (first + n * DAY for n in range((last - first).days + 1)):
                if stretch.who is None:
                    assert {(who, on) for who in team.rotation.members(stretch.day)} <= gone, (stretch, on)
                assert (stretch.who, on) not in gone, (stretch, on)

    def _check_swaps(self, team: Roster) -> None:
        """Of each swap that is to come both halves hold on some day, or neither does."""
        holds = agreed.standing_days(team, team.covers)
        for request_id, both in swaps.of_swaps(team.covers).items():
            if all(team.hours.handoff(cover.first) > self.now for cover in both):
                halves = [any(c.first <= day < c.until for day in holds[request_id]) for c in both]
                assert all(halves) or not any(halves), both

    def _check_shown(self, team: Roster, shown: list[Week], coming: list[Stretch]) -> None:
        """Who begins an on-call day to come, by agreement, is named for it wherever people look."""
        agreed = [t for t in team.take_overs if t.request_id is not None]
        for day in (day for week in shown for day in week.days):
            begins = team.hours.handoff(day.date)
            if begins >= self.now and any(t.starts <= begins < t.ends for t in agreed):
                stretch = next(each for each in coming if each.starts <= begins < each.ends)
                assert stretch.who == day.engineer

    def _check_written(self, team: Roster, shown: list[Week]) -> None:
        """Weeks are named for the same in words, as the schedule and the handoff have them, and in plain values."""
        for week in shown:
            engineers = [day.engineer for day in week.days]
            assert [team.name(who) if who else None for who in engineers] == [
                day["engineer"] for day in asking.facts_of(team, week)["days"]
            ]
            words = rota.week_line(team, week)
            assert all((f"*{team.name(who)}*" if who else rota.NOBODY) in words for who in set(engineers)), words

    def _check_surfaces(self, tx: Tx, team: Roster, coming: list[Stretch]) -> None:
        """Every on-call day to come is the same person's in the weeks, in the on-call days, in the picture and, just
        before its midnight, on duty: but for a take-over, which no day shows. And each stretch is the one at its
        moments."""
        today = team.hours.on_call_day(self.now)
        week = team.hours.week_of(today)
        weeks = lookup.weeks_between(tx, team, week, week + AHEAD)
        assert weeks == team.rotation.weeks(week, week + AHEAD)
        shown = [lookup.as_agreed(team, each) for each in weeks]
        assert shown == list(calendar.picture_of(team, self.now, 5).weeks)
        self._check_shown(team, shown, coming)
        self._check_written(team, shown)
        days = [day for each in weeks for day in each.days if day.date >= today]
        for who in FOUR:
            theirs = {
                t.first + n * DAY
                for t in lookup.on_call_days(team, who, today)
                for n in range((t.until - t.first).days)
            }
            assert {day.date for day in days if day.engineer == who} == {on for on in theirs if on < week + AHEAD}
        starts = [stretch.starts for stretch in coming]
        for day in days:
            last_second = team.hours.midnight(day.date + DAY) - MINUTE / 60
            if last_second >= self.now:
                stretch = coming[bisect_right(starts, last_second) - 1]
                assert stretch.why == TAKE_OVER or (stretch.who, stretch.why) == (day.engineer, day.why)
        for stretch in coming:
            for moment in (stretch.starts, stretch.starts + (stretch.ends - stretch.starts) / 2):
                at = team.duty.at(moment)
                assert at is not None
                assert (at.who, at.why, at.week) == (stretch.who, stretch.why, stretch.week)
                assert members_of(team, moment) == ([SLACK[stretch.who]] if stretch.who else [])
                named = f"{team.name(stretch.who)}" if stretch.who else "nobody"
                assert f"On call: {named}, until " in (topic_of(team, StoppedClock(moment)) or "")
                said = oncall.on_duty(team, moment)[0]  # in `/oncall`, and in the Home tab
                assert (f"*{named}* is on call now" if stretch.who else "*Nobody is on call now*") in said
        self._check_feed(team, coming)

    def _check_feed(self, team: Roster, coming: list[Stretch]) -> None:
        """Each event of the calendar feed, cut to the time to come, is a stretch of duty of the same person."""
        shown = feed.window(team, self.now)
        events = feed.on_duty(team, team.duty.between(self.now, coming[-1].ends), shown)
        assert [(e.starts, e.ends, e.who) for e in events] == [(s.starts, s.ends, s.who) for s in coming]
        assert len({event.uid for event in events}) == len(events)

    def _check_logged(
        self,
        log: list[Change],
        before: dict[str, list[Any]],
        by: Actor,
        done: Outcome | Saved | TakenOver | PassedOn | StaffedNow,
    ) -> None:
        """What wrote is in the log exactly once, what is left of a request besides; what did not write is not."""
        with self.store.reading() as tx:
            after, whole = contents(tx), changes.listed_all(tx, 1)
        fresh = whole[len(log) :]
        assert whole[: len(log)] == log
        assert {(entry.at, entry.by) for entry in fresh} <= {(self.now, "robin")}
        assert [entry.id for entry in fresh if entry.key == by.key] == ([done.id] if done.id else [])
        if not isinstance(done, StaffedNow):  # which may settle more than one thing
            assert len(fresh) == (1 + len(getattr(done, "rest", ())) if done.id else 0)
        assert done.id or after == before

    def _check_stands_in(self, before: Roster, taker: str, asker: str, first: date, until: date) -> None:
        """Who took it has all that was the asker's, but for what somebody took over."""
        team = self._known()
        for day in agreed.days_of(before, asker, max(first, team.hours.on_call_day(self.now)), until):
            moment = max(self.now, team.hours.midnight(day.date + DAY) - MINUTE / 60)
            stretch = team.duty.at(moment)
            assert stretch is not None
            assert stretch.who == taker or stretch.why == TAKE_OVER, (day, stretch)

    def _check_dissolved(self, outcome: Outcome | None) -> None:
        """Nothing is left of what was agreed."""
        if outcome:
            team = self._known()
            assert [each for each in team.covers if each.request_id == outcome.request.id] == []
            assert [each for each in team.take_overs if each.request_id == outcome.request.id] == []

    # What there is

    def _known(self) -> Roster:
        with self.store.reading() as tx:
            return roster.own(tx)

    def _duty(self, starts: datetime, ends: datetime) -> list[Stretch]:
        with self.store.reading() as tx:
            return lookup.duty_between(tx, roster.own(tx), starts, ends)

    def _today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def _turn(self, who: str, place: int) -> date:
        """The first of some on-call days of somebody's to come."""
        team = self._known()
        coming = lookup.on_call_days(team, who, team.hours.on_call_day(self.now))
        return one_of([days.first for days in coming], place, self._today())

    def _request(self, state: str, which: int) -> int:
        """One of the latest requests in this state."""
        with self.store.reading() as tx:
            made = requests.ending_after(tx, 1, date.min)
        return one_of([each.id or 0 for each in reversed(made) if each.state == state], which, 0)


@contextmanager
def teams(database: Databases) -> Iterator[type[Team]]:
    """The machine, over stores of one kind."""

    class Here(Team):
        pass

    Here.database = database
    yield Here


def run(database: Databases, sequences: int, steps: int = 16) -> None:
    """Go through so many sequences."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    with teams(database) as team:
        run_state_machine_as_test(
            team,
            settings=settings(max_examples=sequences, stateful_step_count=steps, suppress_health_check=checks),
        )


@pytest.mark.slow
def test_whatever_people_do_nobody_is_on_duty_while_away_and_what_has_passed_stays(sqlite: Databases) -> None:
    run(sqlite, SEQUENCES)


@pytest.mark.slow
def test_the_same_on_postgresql(postgresql: Databases) -> None:
    run(postgresql, max(2, SEQUENCES // 10))


@dataclass(frozen=True)
class Step:
    """After some minutes somebody does something about days from `first` on, so many days ahead."""

    what: str
    who: str
    other: str
    first: int
    days: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["declare", "declare", "cancel", "cover", "cover", "swap", "decline", "take over", "leave"]),
        PEOPLE,
        PEOPLE,
        st.integers(7, 40),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=8,
)
Undo = Callable[[Tx, Actor], object]


def done(tx: Tx, step: Step, by: Actor) -> Undo:
    """Do it. Returns what takes it back."""
    first = by.now.astimezone(ZONE).date() + step.first * DAY
    until = first + step.days * DAY
    if step.what in ("declare", "cancel"):
        make = change.declare if step.what == "declare" else change.cancel
        saved = make(tx, by, step.who, first, until)
        return lambda tx, later: change.undo_change(tx, later, saved.id) if saved.id else None
    if step.what == "decline":
        week = roster.own(tx).hours.week_of(first)
        passed = passing_on.decline(tx, by, step.who, week)
        return lambda tx, later: passing_on.take_after_all(tx, later, passed.declined.id or 0)
    if step.what == "leave":
        made = staffing.change(tx, by, RosterWish(REMOVED, staffing.handoffs(roster.own(tx), by.now, 4)[-1], step.who))
        return lambda tx, later: undoing.undo_change(tx, later, made.id)
    if step.what == "take over":
        taken = takeover.take_over(tx, by, step.who, by.now + 7 * step.days * HOUR).taken
        return lambda tx, later: takeover.give_back(tx, later, taken.id or 0)
    if step.what == "swap":
        asked = ask.ask_swap(tx, by, step.who, first, step.other)
    else:
        asked = ask.ask_cover(tx, by, step.who, first, until, step.other)
    agreed_on = answer.accept(tx, by, asked.request.id or 0, step.other).request
    return lambda tx, later: agree.withdraw(tx, later, agreed_on.id or 0)


def schedule(store: Store, now: datetime) -> tuple[list[Week], Told]:
    """Whose the weeks to come are, and who is on duty from a moment on."""
    with store.reading() as tx:
        team = roster.own(tx)
    week = team.hours.week_of(team.hours.on_call_day(now))
    return team.rotation.weeks(week, week + 3 * AHEAD), told(team.duty.between(now, now + 3 * AHEAD))


@pytest.mark.slow
@settings(max_examples=2 * SEQUENCES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_taking_everything_back_in_reverse_order_restores_the_schedule(sqlite: Databases, steps: list[Step]) -> None:
    now, end = NOW, NOW + DAY / 2
    with closing(a_store(sqlite)) as store:
        before, undos = schedule(store, end), list[Undo]()
        for step in steps:
            now += 20 * MINUTE
            with suppress(Refused), store.writing() as tx:
                undos.append(done(tx, step, Actor("robin", True, now)))
        for undo in reversed(undos):
            now += 20 * MINUTE
            with suppress(NothingToGiveBack), store.writing() as tx:  # where it has ended meanwhile
                undo(tx, Actor("robin", True, now))
        assert now < end
        assert schedule(store, end) == before
        with store.reading() as tx:
            team = roster.own(tx)
        assert (team.holidays, team.covers, team.declines) == ((), (), ())
