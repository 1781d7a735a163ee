"""A gap, days in a row that have nobody: told as one, on each occasion once, until it is filled.

Toms has the week of Mon 23 Nov, Maya that of 30 Nov, Danny that of 7 Dec, Rene that of 14 Dec, and
Toms that of 21 Dec. It is Tue 24 Nov 2026, 10:00.
"""

from datetime import datetime, timedelta

import pytest

from models import outbox
from models.outbox import CHANNEL, Owed
from models.store.engine import Store
from scheduler import holidays
from scheduler.messages import GapAlarm
from scheduler.rule.moves import Effect
from tests.kit.cast import DANNY, MAYA, NOW, RENE, ROBIN, TOMS
from tests.kit.changes import at, away, by, dec, speaking, undone
from tests.kit.channel import Channel
from tests.kit.stage import Stage

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CALLS = "Robin: please find somebody."


@pytest.fixture
def store(store: Store) -> Store:
    """The first team's store, which speaks since Tue 24 Nov 2026, 10:00; its greeting is said."""
    return speaking(store)


def all_away(store: Store, first: int, last: int, *, now: datetime = NOW, but: str | None = None) -> None:
    """Everybody is away, from one day of December to another."""
    for who in ("toms", "maya", "danny", "rene"):
        if who != but:
            away(store, who, dec(first), dec(last), now=now)


def back(store: Store, who: str, first: int, last: int, now: datetime) -> None:
    """Somebody is there after all, on these days of December."""
    with store.writing() as tx:
        holidays.cancel(tx, by(who, now), who, dec(first), dec(last) + DAY)


def calls(channel: Channel) -> list[tuple[str, int]]:
    """What calls the admins, how often: each message by its kind."""
    counted = ((kind, sum(CALLS in line for line in lines)) for kind, lines in channel.messages.values())
    return [(kind, count) for kind, count in counted if count]


@pytest.mark.slow
@pytest.mark.both
def test_a_gap_is_told_five_times_and_each_time_once_however_often_the_bot_starts(store: Store) -> None:
    all_away(store, 24, 27)
    heard, channel, now = [], Channel(store), at("2026-11-24T10:00")
    while now < at("2026-12-28T08:00"):
        before = len(calls(channel))
        channel.tick(now)
        channel.tick(now)  # as a second bot
        heard += [(f"{now.astimezone():%d %b %H:%M}", *each) for each in calls(channel)[before:]]
        now += 6 * HOUR
    assert [(moment[:6], kind, count) for moment, kind, count in heard] == [
        ("24 Nov", "gap-run", 1),
        ("17 Dec", "gap-run", 1),
        ("21 Dec", "handoff", 1),
        ("23 Dec", "gap-run", 1),
        ("24 Dec", "gap-run", 1),
    ]
    title = ":rotating_light: Nobody is on call Thu 24 – Sun 27 Dec 2026"
    to_do = "Robin: please find somebody. Whoever gives up time off then types /holiday cancel 2026-12-24 2026-12-27."
    assert channel.reads("gap-run") == [
        [title, "Everyone in the rotation is away then, or can't.", to_do],
        [title, "It begins in a week, and nobody has taken it.", to_do],
        [title, "It begins tomorrow, and nobody has taken it.", to_do],
        [title, "It has begun, and nobody has taken it.", to_do],
    ]
    handoff = channel.reads("handoff")[-1]
    assert handoff[1:3] == ["Nobody is on call Thu 24 – Sun 27 Dec 2026.", to_do]


@pytest.mark.both
def test_a_gap_that_is_filled_is_edited_everywhere_and_calls_nobody_any_more(store: Store) -> None:
    channel = Channel(store)
    all_away(store, 24, 27)
    for day in (10, 17, 21, 23):
        channel.tick(at(f"2026-12-{day}T09:00"))
    assert len(calls(channel)) == 4
    back(store, "rene", 24, 27, at("2026-12-23T10:00"))
    channel.tick(at("2026-12-23T10:02"))
    assert calls(channel) == []
    filled = "~Nobody is on call Thu 24 – Sun 27 Dec 2026.~ It is filled: nobody needs to do anything."
    assert channel.reads("gap-run") == [[":white_check_mark: No gap any more", filled]] * 2
    assert not any("Nobody is on call" in line for lines in channel.reads("handoff") for line in lines)
    away(store, "rene", dec(24), dec(27), now=at("2026-12-23T11:00"))
    channel.tick(at("2026-12-23T11:02"))
    assert len(channel.reads("gap-run")) == 2  # it is the same gap
    assert len(calls(channel)) == 4


def test_a_gap_that_appears_within_the_week_is_told_once_for_both(store: Store) -> None:
    channel = Channel(store)
    all_away(store, 2, 3, now=at("2026-11-26T10:00"))
    channel.tick(at("2026-11-26T10:02"))
    [digest] = channel.reads("away")
    assert digest[:3] == [
        "Time off",
        "Nobody is on call Wed 2 – Thu 3 Dec 2026.",
        "Robin: please find somebody. Whoever gives up time off then types /holiday cancel 2026-12-02 2026-12-03.",
    ]
    assert not any("nobody" in line for line in digest[3:])  # each day is said once
    for hours in range(1, 48):
        assert not {"gap-run", "away"} & {*channel.tick(at("2026-11-26T10:02") + hours * HOUR)}


def test_a_gap_that_appears_after_the_digest_of_the_day_was_read_has_a_message_of_its_own(store: Store) -> None:
    channel = Channel(store)
    all_away(store, 2, 3, but="rene")
    channel.tick(NOW + 2 * MINUTE)
    away(store, "rene", dec(2), dec(3), now=NOW + HOUR)  # an edit would make no phone ring
    channel.tick(NOW + HOUR + 2 * MINUTE)
    assert calls(channel) == [("gap-run", 1)]
    [digest] = channel.reads("away")
    assert "• Wed 2 – Thu 3 Dec 2026: nobody instead of Maya" in digest


def test_a_gap_that_gains_a_day_appears_again_and_one_that_loses_one_does_not(store: Store) -> None:
    channel = Channel(store)
    all_away(store, 24, 27)
    channel.tick(NOW + 2 * MINUTE)
    back(store, "rene", 24, 24, NOW + HOUR)
    assert channel.tick(NOW + HOUR + 2 * MINUTE) == []
    assert [lines[0] for lines in channel.reads("gap-run")] == [
        ":rotating_light: Nobody is on call Fri 25 – Sun 27 Dec 2026"
    ]
    all_away(store, 28, 28, now=NOW + 2 * HOUR)
    channel.tick(NOW + 2 * HOUR + 2 * MINUTE)
    assert [lines[0] for lines in channel.reads("gap-run")] == [
        ":rotating_light: Nobody is on call Fri 25 – Mon 28 Dec 2026",
        ":rotating_light: Nobody is on call Fri 25 – Mon 28 Dec 2026",
    ]
    assert channel.tick(at("2026-12-17T09:00")).count("gap-run") == 0
    assert channel.tick(at("2026-12-18T09:00")).count("gap-run") == 1  # seven days before its first, as that stands


def test_an_undo_within_the_minute_tells_nobody_and_the_same_again_does(store: Store) -> None:
    channel = Channel(store)
    all_away(store, 24, 27, but="rene")
    saved = away(store, "rene", dec(24), dec(27))
    undone(store, "rene", saved, now=NOW + MINUTE / 2)
    channel.tick(NOW + 2 * MINUTE)
    assert channel.reads("gap-run") == []
    away(store, "rene", dec(24), dec(27), now=NOW + HOUR)
    channel.tick(NOW + HOUR + 2 * MINUTE)
    assert calls(channel) == [("gap-run", 1)]


def test_after_downtime_the_latest_occasion_is_told(store: Store) -> None:
    channel = Channel(store)
    all_away(store, 24, 27)
    channel.tick(NOW + 2 * MINUTE)
    channel.tick(at("2026-12-23T15:00"))  # neither on the 17th, nor at the handoff
    assert calls(channel) == [("gap-run", 1), ("handoff", 1)]
    assert "gap-run" not in channel.tick(at("2026-12-23T16:00"))


def test_what_the_release_before_told_of_a_gap_is_not_told_again(store: Store) -> None:
    channel = Channel(store)
    all_away(store, 24, 27)
    with store.writing() as tx:
        [mine] = [each for each in outbox.everything(tx) if each.kind == "gap-run"]
        assert outbox.drop(tx, mine.id)
        days = (dec(24), dec(25), dec(26), dec(27))
        outbox.owe(tx, 1, Owed(GapAlarm(Effect(empty=days)), "5", CHANNEL, NOW), NOW)
    assert "gap-run" not in channel.tick(NOW + 2 * MINUTE)
    [old] = channel.reads("gap")
    assert old[:2] == ["The on-call rotation has a gap after a change.", "Nobody is there on Thu 24 – Sun 27 Dec 2026."]
    channel.tick(at("2026-12-14T09:00"))
    assert "gap-run" in channel.tick(at("2026-12-17T09:00"))
    back(store, "rene", 24, 27, at("2026-12-17T12:00"))
    channel.tick(at("2026-12-17T12:02"))
    assert "It is filled" in channel.reads("gap")[0][0]


def test_a_gap_stands_first_in_oncall_and_on_the_home(stage: Stage) -> None:
    for who in (TOMS, MAYA, DANNY, RENE):
        stage.ask(who, "/holiday 12 - 13 Dec")
    stage.turn_to("2026-11-24T10:05")
    line = ":rotating_light: *Nobody is on call Sat 12 – Sun 13 Dec 2026.*"
    assert stage.words(ROBIN, "/oncall").splitlines()[0] == line
    stage.turn_to("2026-12-12T12:00")
    first, second, *_ = stage.words(ROBIN, "/oncall").splitlines()
    assert first == ":rotating_light: *Nobody is on call now*, until Mon 14 Dec 2026, 00:00."
    assert second == "_Everyone in the rotation is away._"
