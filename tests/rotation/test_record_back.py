"""A clock that was years ahead has put years on record: they are taken back from the terminal, with bots stopped.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. The clock showed 2029 for a while; it is 24 Nov 2026.
"""

import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.terminal import cli
from models import changes, history, outbox, teams
from models.outbox import CHANNEL
from models.store import holding
from models.store.engine import Store
from scheduler import holidays, taking_back, tick
from scheduler.change.frame import Actor
from scheduler.entries import RecordTakenBack
from scheduler.messages import HandoffDue
from scheduler.refusals import ClockBehind
from scheduler.shifts import takeover
from scheduler.taking_back import NothingAhead, NotYet
from scheduler.team import roster, schedule
from tests.kit.cast import NOW, WEEK_1, a_store
from tests.kit.changes import say_all
from tests.kit.databases import Databases

pytestmark = pytest.mark.both

DAY, WEEK, YEAR = timedelta(days=1), timedelta(weeks=1), timedelta(days=365)
LATER = NOW + 3 * YEAR


def took_over(store: Store, who: str, now: datetime) -> takeover.TakenOver:
    """Somebody takes over."""
    with store.writing() as tx:
        return takeover.take_over(tx, Actor(who, False, now), who)


def ran_ahead(store: Store, now: datetime = LATER) -> None:
    """A bot ran with a clock that was years ahead; what it owed it said."""
    tick.begin_to_speak(store, NOW)
    tick.tick(store, NOW)
    took_over(store, "rene", NOW)
    tick.tick(store, now)
    with store.reading() as tx:
        on_duty = roster.own(tx).duty.at(now)
    took_over(store, "maya" if on_duty and on_duty.who != "maya" else "danny", now)
    say_all(store, now)
    tick.tick(store, now + WEEK)


def test_today_every_change_is_refused_until_then(store: Store) -> None:
    ran_ahead(store)
    with pytest.raises(ClockBehind):
        took_over(store, "maya", NOW + DAY)


@pytest.mark.parametrize("back", [NOW, NOW + timedelta(hours=1), NOW + DAY, NOW + WEEK, NOW + 9 * DAY])
def test_what_never_came_is_gone_and_what_was_stays(store: Store, back: datetime) -> None:
    ran_ahead(store)
    with store.writing() as tx:
        team = roster.own(tx)
        first = team.hours.handoff(WEEK_1)
        before = schedule.duty_between(tx, team, first, back)
        taken = taking_back.back_to(tx, back, back)
        assert taken.take_overs == 1
    with store.reading() as tx:
        team = roster.own(tx)
        assert team.duty.starts == back
        assert schedule.duty_between(tx, team, first, back) == before
        held = [week.week for week in teams.held_weeks(tx, team.id, WEEK_1, date(2040, 1, 1))]
        assert held == [WEEK_1 + n * WEEK for n in range(len(held))]
        assert team.hours.handoff(held[-1]) <= back
        assert [t.person_id for t in team.take_overs] in (["rene"], [])
        [logged] = changes.of_kinds(tx, team.id, (RecordTakenBack.what,), NOW, back + DAY)
        assert (logged.by, logged.after) == (None, {"ended": back.isoformat()})
    assert took_over(store, "danny", back + timedelta(minutes=5)).taken.person_id == "danny"


def test_the_handoffs_to_come_are_said_when_they_come(store: Store) -> None:
    ran_ahead(store)
    with store.writing() as tx:
        assert outbox.find(tx, 1, HandoffDue.kind, "2029-11-19") is not None
        taking_back.back_to(tx, NOW + DAY, NOW + DAY)
        left = [message for message in outbox.waiting(tx) if message.due_at > NOW + DAY]
        assert left == []
    owed = tick.tick(store, NOW + WEEK)
    assert (HandoffDue.kind, "2026-11-30", CHANNEL) in [(each.kind, each.about, each.audience) for each in owed]


def test_what_people_declared_meanwhile_stays(store: Store) -> None:
    ran_ahead(store)
    with store.writing() as tx:
        holidays.declare(tx, Actor("rene", False, LATER + WEEK), "rene", date(2029, 12, 24), date(2029, 12, 27))
        taking_back.back_to(tx, NOW + DAY, NOW + DAY)
        assert [(h.first, h.until) for h in roster.own(tx).holidays] == [(date(2029, 12, 24), date(2029, 12, 27))]


@pytest.mark.parametrize("gap", [timedelta(seconds=1), DAY, YEAR])
def test_a_moment_to_come_is_refused(store: Store, gap: timedelta) -> None:
    ran_ahead(store)
    with pytest.raises(NotYet), store.writing() as tx:
        taking_back.back_to(tx, NOW + gap, NOW)


@pytest.mark.parametrize("gap", [timedelta(0), timedelta(hours=1), DAY])
def test_where_nothing_is_ahead_nothing_is_taken_back(store: Store, gap: timedelta) -> None:
    took_over(store, "rene", NOW)
    with pytest.raises(NothingAhead), store.writing() as tx:
        taking_back.back_to(tx, NOW + gap, NOW + 2 * DAY)


def test_a_clock_that_ran_ahead_left_its_moment(store: Store) -> None:
    ran_ahead(store)
    with store.reading() as tx:
        assert history.latest(tx) == LATER + WEEK


def run(monkeypatch: pytest.MonkeyPatch, *typed: str) -> int:
    """What `python -m bot …` ends with."""
    monkeypatch.setattr(sys, "argv", ["bot", *typed])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_from_the_terminal_after_a_backup(
    sqlite: Databases, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(a_store(sqlite)) as store:
        url, now = store.url, datetime.now(UTC)
        ran_ahead(store, now + 3 * YEAR)
    typed = ("--database", url, "record", "--back-to", now.isoformat(timespec="seconds"))
    assert run(monkeypatch, *typed) == 1, "nobody is there to say yes"
    with holding.held(url):
        assert run(monkeypatch, *typed, "--yes") == 1, "a bot works with it"
    assert run(monkeypatch, *typed, "--yes") == 0, capsys.readouterr().err
    [kept] = Path(url.removeprefix("sqlite:///")).parent.glob("*.before-record.backup")
    ahead = []
    for address in (f"sqlite:///{kept}", url):
        with closing(Store(address)) as store, store.reading() as tx:
            ahead.append(any(stretch.ends > now for stretch in roster.own(tx).duty.past))
    assert ahead == [True, False]
