"""The digest of time off: several holidays are one message, which never contradicts another, and stays true.

Toms has the week of Mon 21 Dec 2026, Maya that of 28 Dec, Danny that of 4 Jan, Rene that of 11 Jan.
"""

from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest

from bot.plan import apply as plan
from bot.plan.model import PersonEntry, Plan
from models import outbox
from models.outbox import CHANNEL, Owed
from models.store.engine import Store
from scheduler import holidays, tick
from scheduler.change import told
from scheduler.team import roster
from tests.kit import cast
from tests.kit.cast import DANNY, MAYA, NAMES, NOW, RENE, TOMS
from tests.kit.changes import at, away, by, dec, speaking, undone
from tests.kit.channel import Channel
from tests.kit.databases import Databases
from tests.kit.stage import Stage

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def digests(stage: Stage) -> list[list[str]]:
    """The digests that the channel reads, the oldest first: their lines, without what is pressed."""
    return [said.splitlines()[1:-1] for said in stage.channel() if said.startswith("Time off\n")]


@pytest.mark.both
def test_overlapping_holidays_never_contradict_each_other(stage: Stage) -> None:
    """Each day is said with whose turn it is and who has it, in each digest alike, whoever declares what."""
    for who, typed in ((TOMS, "24 Dec - 2 Jan"), (MAYA, "21 Dec - 3 Jan"), (DANNY, "24 - 27 Dec")):
        stage.ask(who, f"/holiday {typed}")
    stage.turn_to("2026-12-07T09:00")
    assert digests(stage) == [
        [
            "*Maya* is away Mon 21 Dec 2026 – Sun 3 Jan 2027.",
            "• Mon 21 – Sun 27 Dec 2026: *Rene* instead of *Toms*",
            "• Mon 28 Dec 2026 – Sun 3 Jan 2027: *Danny* instead of *Maya*",
            "• Mon 4 – Sun 10 Jan 2027: *Toms* instead of *Danny*",
            "• Mon 11 – Sun 17 Jan 2027: *Maya* instead of *Rene*",
        ]
    ]
    stage.turn_to("2026-12-10T09:00")
    first, second = digests(stage)
    theirs = ["*Danny* is away Thu 24 – Sun 27 Dec 2026.", "*Toms* is away Thu 24 Dec 2026 – Sat 2 Jan 2027."]
    assert second == [*theirs, *first[1:]]
    said = stage.ask(RENE, "/holiday 26 - 27 Dec")  # now nobody can take Christmas week whole
    assert "In a minute I announce it in #metrics-oncall." in said.words()
    stage.turn_to("2026-12-10T09:02")
    days = [
        "• Thu 24 – Fri 25 Dec 2026: *Rene* instead of *Toms*",
        "• Sat 26 – Sun 27 Dec 2026: :rotating_light: *nobody* instead of *Toms*",
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: *Danny* instead of *Maya*",
        "• Mon 4 – Sun 10 Jan 2027: *Maya* instead of *Danny*",
    ]
    assert digests(stage) == [[first[0], *days], [*theirs, *days]]
    stage.turn_to("2026-12-12T09:00")
    assert digests(stage) == [
        [first[0], *days],
        [*theirs, *days],
        ["*Rene* is away Sat 26 – Sun 27 Dec 2026.", *days],
    ]


@pytest.mark.both
def test_what_is_declared_on_one_day_is_one_message_that_later_changes_edit(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 30 Nov - 6 Dec")
    stage.turn_to("2026-11-24T10:00:30")
    stage.ask(DANNY, "/holiday 4 - 6 Dec")
    stage.turn_to("2026-11-24T10:02")
    weeks = [
        "• Mon 30 Nov – Sun 6 Dec 2026: *Rene* instead of *Maya*",
        "• Mon 14 – Sun 20 Dec 2026: *Maya* instead of *Rene*",
    ]
    maya = "*Maya* is away Mon 30 Nov – Sun 6 Dec 2026. _(short notice)_"
    assert digests(stage) == [[maya, "*Danny* is away Fri 4 – Sun 6 Dec 2026. _(short notice)_", *weeks]]
    stage.ask(DANNY, "/holiday cancel 4 - 6 Dec")
    stage.turn_to("2026-11-24T15:00")
    [[_, cancelled, *_]] = digests(stage)
    assert cancelled == "~*Danny* is away Fri 4 – Sun 6 Dec 2026.~ That is cancelled."
    stage.ask(MAYA, "/holiday cancel 30 Nov - 6 Dec")
    stage.turn_to("2026-11-24T15:05")
    assert digests(stage) == [
        [
            "~*Maya* is away Mon 30 Nov – Sun 6 Dec 2026.~ That is cancelled.",
            "~*Danny* is away Fri 4 – Sun 6 Dec 2026.~ That is cancelled.",
            "The rotation stays as it is.",
        ]
    ]


def test_another_day_has_its_own_digest_and_both_say_the_same(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 30 Nov - 6 Dec")
    stage.turn_to("2026-11-25T12:00")
    stage.ask(DANNY, "/holiday 30 Nov - 6 Dec")
    stage.turn_to("2026-11-25T12:02")
    weeks = [
        "• Mon 30 Nov – Sun 6 Dec 2026: *Rene* instead of *Maya*",
        "• Mon 14 – Sun 20 Dec 2026: *Maya* instead of *Rene*",
    ]
    assert digests(stage) == [
        ["*Maya* is away Mon 30 Nov – Sun 6 Dec 2026. _(short notice)_", *weeks],
        ["*Danny* is away Mon 30 Nov – Sun 6 Dec 2026. _(short notice)_", *weeks],
    ]


def test_what_a_cover_moves_is_shown_too(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 30 Nov - 6 Dec")
    stage.turn_to("2026-11-24T10:02")
    stage.ask(DANNY, "/oncall cover 5 - 6 Dec @Rene")
    asked = stage.slack.direct_messages(RENE)
    stage.do_what_is_due()
    asked = stage.slack.direct_messages(RENE)
    stage.slack.press(RENE, asked[-1], "request.take")
    stage.slack.until(lambda: "5 – Sun 6 Dec" in stage.words(TOMS, "/oncall schedule 3"))
    stage.turn_to("2026-11-24T10:10")
    [[_, *days]] = digests(stage)
    assert days == [
        "• Mon 30 Nov – Fri 4 Dec 2026: *Danny* instead of *Maya*",
        "• Sat 5 – Sun 6 Dec 2026: *Rene* instead of *Maya*",
        "• Mon 7 – Sun 13 Dec 2026: *Maya* instead of *Danny*",
    ]


def test_the_hours_before_a_handoff_that_pass_to_another_are_told(stage: Stage) -> None:
    stage.turn_to("2026-11-28T12:00")
    stage.ask(TOMS, "/holiday 30 Nov")
    stage.turn_to("2026-11-28T12:02")
    assert digests(stage) == [
        [
            "*Toms* is away Mon 30 Nov 2026. _(short notice)_",
            "• Mon 30 Nov 2026, 00:00 – 09:00: *Maya* instead of *Toms*",
        ]
    ]


def test_time_off_that_is_cut_in_two_or_joined_stays_in_its_digest(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 30 Nov - 6 Dec")
    stage.turn_to("2026-11-24T10:02")
    question = stage.ask(MAYA, "/holiday cancel 2 Dec")
    stage.slack.press(MAYA, question, "holiday.cancel")
    stage.slack.until(lambda: "Still away" in stage.slack.messages()[-1].words() or "Still away" in question.words())
    stage.turn_to("2026-11-25T12:00")
    [[one, other, *_]] = digests(stage)
    assert one == "*Maya* is away Mon 30 Nov – Tue 1 Dec 2026. _(short notice)_"
    assert other == "*Maya* is away Thu 3 – Sun 6 Dec 2026. _(short notice)_"
    stage.ask(MAYA, "/holiday 2 Dec")
    stage.turn_to("2026-11-25T12:05")
    [[one, *days]] = digests(stage)
    assert one == "*Maya* is away Mon 30 Nov – Sun 6 Dec 2026. _(short notice)_"
    assert days[0] == "• Mon 30 Nov – Sun 6 Dec 2026: *Danny* instead of *Maya*"


# Without a Slack


@pytest.fixture
def store(store: Store) -> Store:
    """The first team's store, which speaks since Tue 24 Nov 2026, 10:00; its greeting is said."""
    return speaking(store)


@pytest.mark.both
def test_after_downtime_all_of_it_is_one_message_and_every_later_tick_owes_nothing_new(store: Store) -> None:
    channel = Channel(store)
    for who, first, last in (("toms", 24, 31), ("maya", 22, 31), ("danny", 21, 27)):
        away(store, who, dec(first), dec(last))
    moment = at("2026-12-12T03:00")
    assert "away" in channel.tick(moment)
    [digest] = channel.reads("away")
    assert digest == [
        "Time off",
        "Danny is away Mon 21 – Sun 27 Dec 2026.",
        "Maya is away Tue 22 – Thu 31 Dec 2026.",
        "Toms is away Thu 24 – Thu 31 Dec 2026.",
        "• Mon 21 – Sun 27 Dec 2026: Rene instead of Toms",
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: Danny instead of Maya",
        "• Mon 4 – Sun 10 Jan 2027: Toms instead of Danny",
        "• Mon 11 – Sun 17 Jan 2027: Maya instead of Rene",
    ]
    for hours in (0, 1, 5, 7, 24, 200):
        assert {*channel.tick(moment + timedelta(hours=hours))} <= {"handoff", "handoff-picture", "reminder", "duty"}
    assert channel.reads("away") == [digest]


@pytest.mark.both
def test_what_falls_due_on_a_day_joins_the_digest_of_that_day(store: Store) -> None:
    channel = Channel(store)
    away(store, "toms", dec(24), dec(25))
    away(store, "danny", dec(8), dec(8), now=at("2026-12-10T08:59:30") - 9 * DAY)  # another day's
    channel.say(at("2026-12-01T12:00"))
    away(store, "maya", dec(21), dec(27), now=at("2026-12-10T09:00:30"))  # the bot has not ticked yet
    assert "edit" not in channel.tick(at("2026-12-10T09:00:40"))
    channel.say(at("2026-12-10T09:02"))
    assert [lines[1:3] for lines in channel.reads("away")][1:] == [
        ["Maya is away Mon 21 – Sun 27 Dec 2026. (short notice)", "Toms is away Thu 24 – Fri 25 Dec 2026."]
    ]
    away(store, "rene", dec(21), dec(27), now=at("2026-12-10T15:00"))
    channel.say(at("2026-12-10T15:02"))
    assert len(channel.reads("away")) == 2
    assert channel.reads("away")[1][1:4] == [
        "Maya is away Mon 21 – Sun 27 Dec 2026. (short notice)",
        "Rene is away Mon 21 – Sun 27 Dec 2026. (short notice)",
        "Toms is away Thu 24 – Fri 25 Dec 2026.",
    ]


def test_a_digest_keeps_what_has_passed(store: Store) -> None:
    channel = Channel(store)
    away(store, "toms", dec(24), dec(26))
    channel.tick(at("2026-12-10T09:00"))
    channel.tick(at("2026-12-21T09:00"))
    channel.tick(at("2026-12-28T09:00"))
    changed = away(store, "toms", date(2027, 1, 2), date(2027, 1, 3), now=at("2026-12-30T12:00"))
    channel.say(at("2026-12-30T12:05"))
    first, second = channel.reads("away")
    assert first == [
        "Time off",
        "Toms is away Thu 24 – Sat 26 Dec 2026.",
        "• Mon 21 – Sun 27 Dec 2026: Maya instead of Toms",
        "• Mon 28 Dec 2026 – Fri 1 Jan 2027: Toms instead of Maya",
        "• Sat 2 – Sun 3 Jan 2027: Maya, whose turn it is",
    ]
    assert second == ["Time off", "Toms is away Sat 2 – Sun 3 Jan 2027. (short notice)", *first[3:]]
    undone(store, "toms", changed, now=at("2026-12-31T12:00"))
    channel.say(at("2026-12-31T12:05"))
    first, second = channel.reads("away")
    assert first[2:] == [
        "• Mon 21 – Sun 27 Dec 2026: Maya instead of Toms",
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: Toms instead of Maya",
    ]


def test_an_announcement_of_the_release_before_is_edited_still_and_not_told_again(store: Store) -> None:
    channel, now = Channel(store), at("2026-12-10T09:00")
    away(store, "toms", dec(24), dec(26))
    with store.writing() as tx:
        team = roster.own(tx)
        outbox.owe(tx, 1, Owed(told.announcement(team, team.holidays[0], now), "1", CHANNEL, now), now)
    assert "away" not in channel.tick(now)
    away(store, "maya", dec(21), dec(27), now=now + MINUTE)
    channel.say(now + 3 * MINUTE)
    assert channel.reads("announcement") == [
        [
            "Toms is away Thu 24 – Sat 26 Dec 2026.",
            "Toms ↔ Danny: Danny takes Mon 21 – Sun 27 Dec 2026, Toms takes Mon 4 – Sun 10 Jan 2027. "
            "Nobody else changes.",
        ]
    ]
    with store.writing() as tx:
        holidays.cancel(tx, by("toms", now + 5 * MINUTE), "toms", dec(24), dec(27))
    channel.say(now + 7 * MINUTE)
    [[announced]] = channel.reads("announcement")
    assert announced == "~Toms is away Thu 24 – Sat 26 Dec 2026.~ That is cancelled."


def ten() -> Plan:
    """A team of ten."""
    named = ((name.lower().replace("ž", "z").replace("ç", "c").replace("ß", "ss"), name) for name in NAMES[:10])
    typed: dict[str, Any] = cast.from_week_1(cast.FIRST_TEAM).model_dump()
    typed["engineers"] = [PersonEntry(id=who, name=name).model_dump() for who, name in named]
    typed["rotation"]["order"] = [each["id"] for each in typed["engineers"]]
    return Plan.model_validate(typed)


@pytest.mark.both
def test_ten_holidays_over_christmas_are_one_message_of_twenty_lines(database: Databases) -> None:
    with closing(cast.an_empty_store(database)) as store:
        plan.first(store, ten(), NOW)
        tick.begin_to_speak(store, NOW)
        for n, who in enumerate(ten().rotation.order):  # each as long away as to move something
            away(store, who, dec(21), date(2027, 1, 3) + 7 * n * DAY)
        channel = Channel(store)
        channel.tick(at("2026-12-12T12:00"))
        [digest] = channel.reads("away")
    assert digest[1:11] == [
        "Ana is away Mon 21 Dec 2026 – Sun 31 Jan 2027.",
        "Božena is away Mon 21 Dec 2026 – Sun 7 Feb 2027.",
        "Danny is away Mon 21 Dec 2026 – Sun 17 Jan 2027.",
        "François is away Mon 21 Dec 2026 – Sun 14 Feb 2027.",
        "Großmann is away Mon 21 Dec 2026 – Sun 21 Feb 2027.",
        "Ines is away Mon 21 Dec 2026 – Sun 28 Feb 2027.",
        "Jo is away Mon 21 Dec 2026 – Sun 7 Mar 2027.",
        "Maya is away Mon 21 Dec 2026 – Sun 10 Jan 2027.",
        "Rene is away Mon 21 Dec 2026 – Sun 24 Jan 2027.",
        "Toms is away Mon 21 Dec 2026 – Sun 3 Jan 2027.",
    ]
    assert digest[11:] == [
        "• Mon 21 – Sun 27 Dec 2026: nobody instead of Ana",
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: nobody instead of Božena",
        "• Mon 4 – Sun 10 Jan 2027: Toms instead of François",
        "• Mon 11 – Sun 17 Jan 2027: Maya instead of Großmann",
        "• Mon 18 – Sun 24 Jan 2027: Danny instead of Ines",
        "• Mon 25 – Sun 31 Jan 2027: Rene instead of Jo",
        "• Mon 1 – Sun 7 Feb 2027: Ana instead of Toms",
        "• Mon 8 – Sun 14 Feb 2027: Božena instead of Maya",
        "… and 2 more weeks: see Calendar.",
    ]
