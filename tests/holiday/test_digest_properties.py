"""Whatever people declare, cancel and undo, in whatever order, and whenever the bot ticks: what the channel reads of a
day to come is what the schedule says, in each message that says anything of it."""

import re
from contextlib import closing, suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.speech.read import dates
from models.store.engine import Store
from scheduler import holidays, tick
from scheduler.refusals import Refused
from scheduler.rule.hours import ONE_DAY
from scheduler.team import roster, schedule
from tests.kit.cast import NOW, a_store
from tests.kit.changes import by, say_all
from tests.kit.channel import Channel
from tests.kit.databases import Databases
from tests.kit.examples import examples

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEFORE_ALL = date(2026, 11, 1)
DAYS = r"(?P<days>\w{3} \d[^:.]* \d{4})"
IN_A_ROW = re.compile(r"\w{3} \d+(?: \w{3}(?: \d{4})?)? – \w{3} \d+ \w{3} \d{4}|\w{3} \d+ \w{3} \d{4}")
ROW = re.compile(rf"• {DAYS}: (?P<who>\w+)(?: (?:instead of|for) \w+|, whose turn it is)?")
SOME_DAYS = re.compile(rf" +↳ {DAYS}: (?::rotating_light: )?(?P<who>\w+)")
GAP = re.compile(rf"(?::rotating_light: )?(?P<who>Nobody) is on call {DAYS}\.?")
PEOPLE = st.sampled_from(["toms", "maya", "danny", "rene"])
WHAT = st.sampled_from(["away", "away", "away", "back", "undo", "nothing", "all away"])
THEN = st.sampled_from([timedelta(0), MINUTE / 2, 2 * MINUTE, HOUR, DAY, 3 * DAY])
STEPS = st.lists(st.tuples(WHAT, PEOPLE, st.integers(0, 24), st.integers(1, 12), THEN), min_size=6, max_size=16)
Step = tuple[str, str, int, int, timedelta]


def rows(lines: list[str]) -> dict[date, str]:
    """Who has each day that a message tells of: days of nobody stand first and may be said of a week again, in which
    some days are somebody else's; else each is said once."""
    found: dict[date, str] = {}
    for line in lines:
        for row in filter(None, (kind.fullmatch(line) for kind in (ROW, SOME_DAYS, GAP))):
            spans = [dates.read(each, BEFORE_ALL) for each in IN_A_ROW.findall(row["days"])]
            assert spans, line
            days = [span.first + n * ONE_DAY for span in spans for n in range((span.last - span.first).days + 1)]
            assert lines[0] != "Time off" or not found.keys() & days, f"twice: {lines}"
            found |= dict.fromkeys(days, row["who"].lower())
    return found


def read_true(channel: Channel, now: datetime) -> None:
    """Each message says of each day to come what the schedule says; a digest leaves out no day in between that is not
    whose turn it is, and each day of nobody is told."""
    with channel.desk.store.reading() as tx:
        team = roster.own(tx)
    today = team.hours.on_call_day(now)
    weeks = schedule.shown_weeks(team, team.hours.week_of(today), today + 150 * DAY)
    has = {day.date: day.engineer or "nobody" for week in weeks for day in week.days if day.date >= today}
    others = {day.date for week in weeks for day in week.days if day.engineer != week.home}
    alarmed: set[date] = set()
    for kind, lines in channel.messages.values():
        told = {day: who for day, who in rows(lines).items() if day >= today}
        assert told == {day: has[day] for day in told}, (now, lines)
        if kind == "away":
            assert len(lines) <= 20
            listed = [day for day in rows([line for line in lines if not GAP.fullmatch(line)]) if day >= today]
            assert {day for day in others if listed and min(listed) <= day <= max(listed)} <= {*told}, (now, lines)
        gaps = [line for line in lines if GAP.fullmatch(line)]
        alarmed |= rows(gaps).keys()
    assert {day for day, who in has.items() if who == "nobody"} <= alarmed, (now, channel.messages)


def goes_on(store: Store, steps: list[Step]) -> None:
    """Each step, and what the channel reads once it is said."""
    channel, now, last = Channel(store), NOW, dict[str, int]()
    for what, who, ahead, days, then in steps:
        first = now.date() + ahead * DAY
        with suppress(Refused), store.writing() as tx:
            if what == "away":
                last[who] = holidays.declare(tx, by(who, now), who, first, first + days * DAY).id or 0
            elif what == "back":
                last[who] = holidays.cancel(tx, by(who, now), who, first, first + days * DAY).id or 0
            elif what == "all away":
                for each in ("toms", "maya", "danny", "rene"):
                    holidays.declare(tx, by(each, now), each, first, first + days * DAY)
            elif what == "undo":
                holidays.undo_change(tx, by(who, now), last.get(who, 0))
        now += then
        channel.tick(now)
        assert {*channel.tick(now)} <= {"handoff-picture"}, "it is owed once"
        if then > MINUTE:  # as long as what changed waits
            read_true(channel, now)


@pytest.mark.slow
@settings(
    max_examples=examples(80),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make one smaller takes longer than a test may
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_the_channel_reads_of_a_day_is_so(sqlite: Databases, steps: list[Step]) -> None:
    with closing(a_store(sqlite)) as store:
        tick.begin_to_speak(store, NOW)
        say_all(store, NOW)
        goes_on(store, steps)
