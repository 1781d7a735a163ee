"""/oncall settings: reminders and quiet hours. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.plan import apply as plan
from bot.sandbox.rules.faults import Fault
from bot.sandbox.slack.payloads import Values
from models import preferences
from models.outbox import Owed, to_person
from models.preferences import Preferences
from scheduler.change import quiet
from scheduler.change.frame import Actor
from scheduler.change.quiet import end_of_quiet
from scheduler.messages import ChangeNews
from scheduler.rule.moves import Effect
from scheduler.team import roster
from tests.kit.cast import DANNY, FIRST_TEAM, GUEST, MAYA, NOW, RENE, TOMS, from_week_1
from tests.kit.stage import Stage

BERLIN = ZoneInfo("Europe/Berlin")


def choose(stage: Stage, who: str, **chosen: object) -> None:
    """What somebody wants, as if they had sent the form before."""
    with stage.store.writing() as tx:
        preferences.choose(tx, Preferences(who, **chosen), stage.clock.now())  # type: ignore[arg-type]


@pytest.mark.conversation
def test_maya_sees_and_changes_her_settings(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall settings")
    assert "• Two weeks before your on-call week: remind me\n• A week before: no reminder" in said.words()
    assert "• No quiet hours" in said.words()
    stage.slack.press(MAYA, said, "settings.open")
    stage.slack.until(lambda: stage.slack.view_for(MAYA) is not None)
    form = stage.modal(MAYA)
    only_one: Values = {"quiet_from": {"quiet_from": "22:00"}}
    assert stage.slack.submit(MAYA, form, only_one) == {
        "quiet_until": "Quiet hours need a beginning and an end; choose both, or neither."
    }
    right: Values = {
        "one_week": {"one_week": "on"},
        "quiet_from": {"quiet_from": "22:00"},
        "quiet_until": {"quiet_until": "07:30"},
    }
    assert stage.slack.submit(MAYA, form, right) is None
    assert "• A week before: remind me" in stage.modal(MAYA).words()
    assert "• Quiet from 22:00 until 07:30 (Europe/Berlin)" in stage.words(MAYA, "/oncall settings")
    assert "• No quiet hours" in stage.words(DANNY, "/oncall settings")


def test_only_the_people_of_the_plan_have_settings(stage: Stage) -> None:
    assert "Only the people of the on-call plan can do that" in stage.words(GUEST, "/oncall settings")


def test_rene_is_reminded_a_week_and_a_day_before_and_not_two_weeks(stage: Stage) -> None:
    choose(stage, "rene", two_weeks=False, one_week=True, day_before=True)
    stage.turn_to("2026-12-06T12:00")
    assert stage.direct(RENE) == []
    stage.turn_to("2026-12-07T09:00")
    assert len(stage.direct(RENE)) == 1
    assert "You are on call *Mon 14 – Sun 20 Dec 2026*" in stage.direct(RENE)[0]
    stage.turn_to("2026-12-13T08:59")
    assert len(stage.direct(RENE)) == 1
    stage.turn_to("2026-12-13T09:00")
    assert len(stage.direct(RENE)) == 2


def test_after_downtime_only_the_latest_reminder_is_said(stage: Stage) -> None:
    choose(stage, "rene", two_weeks=True, one_week=True, day_before=True)
    stage.turn_to("2026-12-13T10:00")
    assert len([said for said in stage.direct(RENE) if "14 – Sun 20 Dec" in said]) == 1


def test_news_waits_for_the_end_of_quiet_hours(stage: Stage) -> None:
    choose(stage, "maya", quiet_from=time(22), quiet_until=time(7, 30))
    stage.turn_to("2026-11-24T22:30")
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.turn_to("2026-11-24T23:00")
    stage.turn_to("2026-11-25T07:29")
    assert not any("repaired around Toms" in said for said in stage.direct(MAYA))
    stage.turn_to("2026-11-25T07:30")
    assert any("repaired around Toms" in said for said in stage.direct(MAYA))


def test_what_concerns_a_duty_within_a_day_is_said_at_any_time(stage: Stage) -> None:
    choose(stage, "maya", quiet_from=time(22), quiet_until=time(7, 30))
    stage.turn_to("2026-11-24T22:30")
    stage.ask(TOMS, "/holiday 25 Nov")
    stage.turn_to("2026-11-24T22:32")
    assert any("can you take it?" in said for said in stage.direct(MAYA))


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        (datetime(2026, 11, 24, 20, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 21, 0, tzinfo=UTC), datetime(2026, 11, 25, 6, 30, tzinfo=UTC)),
        (datetime(2026, 11, 25, 5, 0, tzinfo=UTC), datetime(2026, 11, 25, 6, 30, tzinfo=UTC)),
        (datetime(2026, 11, 25, 6, 30, tzinfo=UTC), None),
        # The clocks go forward at two in the night: quiet hours end by the clock on the wall.
        (datetime(2027, 3, 27, 21, 30, tzinfo=UTC), datetime(2027, 3, 28, 5, 30, tzinfo=UTC)),
    ],
)
def test_quiet_hours_go_by_the_clock_where_somebody_lives(at: datetime, ends: datetime | None) -> None:
    assert end_of_quiet(Preferences("maya", quiet_from=time(22), quiet_until=time(7, 30)), at, BERLIN) == ends


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2027-03-28T00:59", "2027-03-28T01:00"),  # there is no half past two: they end when it is three
        ("2027-03-28T01:00", None),
        ("2027-10-30T23:59", "2027-10-31T00:30"),  # there are two: they end at the first
        ("2027-10-31T00:30", None),
        ("2027-10-31T01:15", None),
    ],
)
def test_an_end_that_the_clocks_skip_or_show_twice(at: str, ends: str | None) -> None:
    chosen = Preferences("maya", quiet_from=time(22), quiet_until=time(2, 30))
    moment, end = (datetime.fromisoformat(f"{each}+00:00") if each else None for each in (at, ends))
    assert moment
    assert end_of_quiet(chosen, moment, BERLIN) == end


def test_quiet_hours_within_a_day() -> None:
    chosen = Preferences("maya", quiet_from=time(12), quiet_until=time(13))
    noon = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    assert end_of_quiet(chosen, noon, BERLIN) == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert end_of_quiet(Preferences("maya"), noon, BERLIN) is None


def test_what_was_due_before_is_not_said_in_quiet_hours_after_downtime(stage: Stage) -> None:
    choose(stage, "rene", quiet_from=time(22), quiet_until=time(7, 30))
    stage.turn_to("2026-12-02T03:00")  # the reminder was due on 30 November
    assert stage.direct(RENE) == []
    stage.turn_to("2026-12-02T07:30")
    assert len(stage.direct(RENE)) == 1


def test_a_week_that_comes_late_but_not_within_a_day_waits_for_the_morning(stage: Stage) -> None:
    choose(stage, "rene", quiet_from=time(22), quiet_until=time(7, 30))
    stage.turn_to("2026-12-03T02:00")
    stage.ask(DANNY, "/holiday 7 Dec - 13 Dec")
    stage.turn_to("2026-12-03T02:05")
    assert not any("can you take it?" in said for said in stage.direct(RENE))
    stage.turn_to("2026-12-03T07:30")
    assert any("can you take it?" in said for said in stage.direct(RENE))


@pytest.mark.parametrize(
    ("begins", "due"),
    [
        (None, "2026-11-25T06:30"),
        ("2026-11-27T08:00", "2026-11-25T06:30"),
        ("2026-11-26T02:00", "2026-11-25T02:00"),  # a day before, though she sleeps
        ("2026-11-25T22:00", "2026-11-24T23:00"),  # within a day: at once
    ],
)
def test_what_concerns_a_duty_is_said_a_day_before_at_the_latest(stage: Stage, begins: str | None, due: str) -> None:
    with stage.store.reading() as tx:
        team = roster.own(tx)
    at = datetime(2026, 11, 24, 23, tzinfo=UTC)
    starts = datetime.fromisoformat(begins).replace(tzinfo=UTC) if begins else None
    owed = Owed(ChangeNews(None, None, "maya", Effect()), "1/maya", to_person("maya"), at, concerns=starts)
    chosen = {"maya": Preferences("maya", quiet_from=time(22), quiet_until=time(7, 30))}
    held = quiet.waiting(team, owed, chosen, at)
    assert held.due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.both
def test_what_was_owed_before_quiet_hours_and_concerns_a_duty_within_a_day_is_tried_again_in_them(
    stage: Stage,
) -> None:
    choose(stage, "maya", quiet_from=time(22), quiet_until=time(7, 30))
    stage.turn_to("2026-11-24T21:58")
    stage.ask(TOMS, "/holiday 25 Nov")
    stage.slack.faults.arm("chat.postMessage", Fault.rate_limited(1))
    stage.turn_to("2026-11-24T22:05")
    stage.do_what_is_due()  # a second later
    assert any("can you take it?" in said for said in stage.direct(MAYA))


def test_quiet_hours_go_by_a_person_s_own_zone(stage: Stage) -> None:
    tokyo = tuple(
        person.model_copy(update={"time_zone": "Asia/Tokyo"} if person.id == "maya" else {})
        for person in FIRST_TEAM.engineers
    )
    with stage.store.writing() as tx:
        plan.apply(tx, from_week_1(FIRST_TEAM).model_copy(update={"engineers": tokyo}), Actor(None, True, NOW))
    choose(stage, "maya", quiet_from=time(22), quiet_until=time(7, 30))
    stage.turn_to("2026-11-24T15:00")  # 23:00 in Tokyo
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.turn_to("2026-11-24T23:29")
    assert not any("repaired around Toms" in said for said in stage.direct(MAYA))
    stage.turn_to("2026-11-24T23:30")
    assert any("repaired around Toms" in said for said in stage.direct(MAYA))
    assert "(Asia/Tokyo)" in stage.words(MAYA, "/oncall settings")
