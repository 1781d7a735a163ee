"""What the bot says by itself: Mondays, two weeks ahead, the day before."""

import pytest

from bot.sandbox.records import elements_in
from bot.sandbox.slack.payloads import Values
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage


def test_it_greets_the_channel_once(stage: Stage) -> None:
    assert len(stage.channel()) == 1
    assert "*Toms* is on call now" in stage.channel()[0]


def test_on_monday_maya_takes_over_from_toms(stage: Stage) -> None:
    stage.turn_to("2026-11-30T08:59")
    assert len(stage.channel()) == 1
    stage.turn_to("2026-11-30T09:00")
    handoff = stage.channel()[-1]
    assert "On-call handoff, Mon 30 Nov 2026" in handoff
    assert f"<@{MAYA}> takes over from *Toms*, from Mon 30 Nov 2026, 09:00 until Mon 7 Dec 2026, 09:00." in handoff
    assert handoff.count("<@") == 1
    assert "• Mon 7 – Sun 13 Dec 2026: *Danny*" in handoff
    assert "Nobody is away in the next two weeks." in handoff


def test_a_handoff_is_said_once_however_often_it_ticks(stage: Stage) -> None:
    for minute in range(5):
        stage.turn_to(f"2026-11-30T09:0{minute}")
    assert len(stage.channel()) == 2


@pytest.mark.conversation
def test_i_ve_got_it_is_for_whoever_is_on_duty(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    handoff = stage.slack.messages()[-1]
    stage.slack.press(DANNY, handoff, "handoff.got-it")
    stage.slack.until(lambda: any("That button is for Maya" in m.words() for m in stage.slack.messages()))
    stage.slack.press(MAYA, handoff, "handoff.got-it")
    stage.do_what_is_due()
    assert "Maya said *I've got it*, Mon 30 Nov 2026, 09:00." in handoff.words()
    assert "handoff.got-it" not in [element["action_id"] for _, element in elements_in(handoff.blocks)]


def test_the_handoff_opens_runbooks_and_the_calendar_for_who_asks(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    handoff = stage.slack.messages()[-1]
    stage.slack.press(RENE, handoff, "handoff.runbook", "daily-growth")
    stage.slack.until(lambda: any(m.ephemeral and "Daily growth" in m.words() for m in stage.slack.messages()))
    stage.slack.press(RENE, handoff, "oncall.calendar")
    stage.slack.until(lambda: any("week by week" in m.words() for m in stage.slack.messages()))


@pytest.mark.conversation
def test_rene_is_reminded_two_weeks_ahead_and_declares_time_off_in_the_form(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    [reminder] = stage.slack.direct_messages(RENE)
    assert "You are on call *Mon 14 – Sun 20 Dec 2026*" in reminder.words()
    assert "please declare it today: that is still 14 days of notice." in reminder.words()
    stage.slack.press(RENE, reminder, "holiday.open")
    stage.slack.until(lambda: stage.slack.view_for(RENE) is not None)
    view = stage.modal(RENE)
    wrong: Values = {"first": {"first": "2026-12-16"}, "last": {"last": "2026-12-15"}, "note": {"note": None}}
    assert stage.slack.submit(RENE, view, wrong) == {"last": "That is before the first day, Wed 16 Dec 2026."}
    right: Values = {"first": {"first": "2026-12-15"}, "last": {"last": "2026-12-16"}, "note": {"note": "skiing"}}
    assert stage.slack.submit(RENE, view, right) is None
    assert "*You are away Tue 15 – Wed 16 Dec 2026* (2 days)." in stage.modal(RENE).words()


def test_a_late_reminder_is_worded_by_the_day_it_is_sent(stage: Stage) -> None:
    stage.turn_to("2026-12-03T12:00")
    [reminder] = stage.direct(RENE)
    assert "time off from Thu 17 Dec 2026 on still has 14 days of notice" in reminder


def test_a_holiday_that_moves_a_week_is_announced_two_weeks_before(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.turn_to("2026-12-10T08:00")
    assert not any("Toms* is away" in said for said in stage.channel())
    stage.turn_to("2026-12-10T09:00")
    assert "*Toms* is away Thu 24 – Sat 26 Dec 2026." in stage.channel()[-1]
    assert "*Maya*" in stage.channel()[-1]


def test_a_cancelled_holiday_edits_its_announcement(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.turn_to("2026-12-10T09:00")
    stage.ask(TOMS, "/holiday cancel 24 Dec - 26 Dec")
    stage.turn_to("2026-12-10T09:05")
    assert "That is cancelled." in stage.channel()[-1]


def test_who_comes_on_duty_out_of_turn_hears_of_it_the_day_before(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 27 Nov - 29 Nov")  # Toms's week has begun: its last days pass to Maya
    stage.turn_to("2026-11-26T09:00")
    assert any("You are on call from *Fri 27 Nov 2026, 00:00*" in said for said in stage.direct(MAYA)) or any(
        "Fri 27 Nov 2026" in said for said in stage.direct(MAYA)
    )


def test_after_downtime_only_the_current_handoff_is_said(stage: Stage) -> None:
    stage.turn_to("2026-12-16T10:00")
    handoffs = [said for said in stage.channel() if "On-call handoff" in said]
    assert len(handoffs) == 1
    assert "On-call handoff, Mon 14 Dec 2026" in handoffs[0]


def test_who_is_away_stands_in_the_handoff_without_a_reason(stage: Stage) -> None:
    stage.ask(DANNY, "/holiday 2 Dec - 3 Dec: dentist")
    stage.turn_to("2026-11-30T09:00")
    assert "• *Danny*: Wed 2 – Thu 3 Dec 2026 _(short notice)_" in stage.channel()[-1]
    assert not any("dentist" in said for said in (*stage.channel(), *stage.direct(ROBIN), *stage.direct(MAYA)))
