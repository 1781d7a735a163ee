"""Nobody answers: reminded once, then the admins hear of it once. Toms has the week from Mon 23 Nov 2026, then Maya,
Danny, Rene; Robin is an admin. Office hours are Monday to Friday, 9 to 5."""

from datetime import time

import pytest

from bot.plan import apply as plan
from bot.plan.model import Plan
from bot.sandbox.records import SlackMessage
from models import outbox, preferences
from models.preferences import Preferences
from scheduler.change.frame import Actor
from scheduler.no_answer import KINDS
from tests.kit.cast import DANNY, FIRST_TEAM, MAYA, RENE, ROBIN, TOMS, from_week_1
from tests.kit.stage import Stage, actions_of, press


def latest(stage: Stage, who: str) -> SlackMessage:
    """The latest direct message to somebody."""
    return stage.slack.direct_messages(who)[-1]


def is_heard(stage: Stage) -> bool:
    """Whether nobody waits for an answer any more."""
    with stage.store.reading() as tx:
        return not any(message.kind in KINDS for message in outbox.waiting(tx))


def looks_something_up(stage: Stage, who: str, typed: str = "/oncall") -> None:
    """Somebody does something that changes nothing, and is heard of."""
    stage.ask(who, typed)
    stage.slack.until(lambda: is_heard(stage))


REMINDED = (
    "You have been on call since *Mon 30 Nov 2026, 09:00*, until Mon 7 Dec 2026, 09:00, and I have not heard from you "
    "yet. Have you got it?"
)


@pytest.mark.conversation
def test_a_handoff_that_nobody_took_is_recalled_after_two_office_hours_then_the_admins_hear_of_it(
    stage: Stage,
) -> None:
    stage.turn_to("2026-11-30T09:00")
    stage.turn_to("2026-11-30T10:59")
    assert stage.direct(MAYA) == []
    stage.turn_to("2026-11-30T11:00")
    stage.turn_to("2026-11-30T11:01")
    assert len(stage.direct(MAYA)) == 1
    assert stage.direct(MAYA)[0].startswith(REMINDED)
    assert actions_of(latest(stage, MAYA)) == ["handoff.got-it", "short.cant"]
    stage.turn_to("2026-11-30T12:59")
    assert stage.direct(ROBIN) == []
    stage.turn_to("2026-11-30T13:00")
    stage.turn_to("2026-12-02T13:00")
    assert stage.direct(ROBIN) == [
        "*Maya* came on call Mon 30 Nov 2026, 09:00, until Mon 7 Dec 2026, 09:00, and has not answered, nor when "
        "reminded.\n"
        "Please reach them, or find somebody else.\n"
        "To put somebody else on call now: `/oncall take @danny until 18:00`"
    ]
    assert len(stage.direct(MAYA)) == 1
    stage.slack.press(MAYA, latest(stage, MAYA), "handoff.got-it")
    stage.do_what_is_due()
    assert stage.direct(MAYA)[-1] == (
        "You were asked whether you have got it: you came on call Mon 30 Nov 2026, 09:00.\n"
        ":white_check_mark: You said *I've got it*.\n"
        "I can't"
    )
    assert stage.direct(ROBIN) == ["*Maya* has answered since. Nobody needs to do anything."]
    assert ":white_check_mark: Maya said *I've got it*, Wed 2 Dec 2026, 13:00." in stage.channel()[-1]


@pytest.mark.parametrize("typed", ["/oncall", "/runbook daily-growth", "/holiday mine", "/oncall nonsense"])
def test_whatever_they_ask_is_an_answer(stage: Stage, typed: str) -> None:
    stage.turn_to("2026-11-30T09:00")
    stage.turn_to("2026-11-30T10:59")
    looks_something_up(stage, MAYA, typed)
    stage.turn_to("2026-11-30T11:00")
    stage.turn_to("2026-11-30T13:00")
    assert (stage.direct(MAYA), stage.direct(ROBIN)) == ([], [])


@pytest.mark.both
def test_what_others_ask_is_none_and_an_answer_to_the_reminder_spares_the_admins(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    for who in (TOMS, ROBIN):
        stage.ask(who, "/oncall")
    stage.turn_to("2026-11-30T11:00")
    assert len(stage.direct(MAYA)) == 1
    looks_something_up(stage, MAYA)
    stage.turn_to("2026-11-30T13:00")
    assert stage.direct(ROBIN) == []


def test_a_handoff_that_was_taken_is_not_recalled(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    handoff = next(each for each in stage.slack.messages() if "handoff.got-it" in actions_of(each))
    stage.slack.press(ROBIN, handoff, "handoff.got-it")  # an admin says so, who has heard it from her
    stage.do_what_is_due()
    stage.turn_to("2026-11-30T11:00")
    stage.turn_to("2026-11-30T13:00")
    assert (stage.direct(MAYA), stage.direct(ROBIN)) == ([], [])


def test_who_cannot_says_so_in_the_reminder(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    stage.turn_to("2026-11-30T11:00")
    reminder = latest(stage, MAYA)
    said = press(stage, MAYA, reminder, "short.cant")
    assert said.words().startswith("*You can't take Mon 30 Nov – Sun 6 Dec 2026*: it passes on")
    stage.turn_to("2026-11-30T11:02")
    assert reminder.words() == (
        "You were asked whether you have got it: you came on call Mon 30 Nov 2026, 09:00.\n"
        "You said *I can't*.\n"
        "I can after all"
    )
    stage.turn_to("2026-11-30T13:10")
    assert stage.direct(ROBIN) == []


def test_after_downtime_it_counts_from_when_it_was_said(stage: Stage) -> None:
    stage.turn_to("2026-11-30T16:00")  # the bot was down at nine
    stage.turn_to("2026-12-01T09:59")
    assert stage.direct(MAYA) == []
    stage.turn_to("2026-12-01T10:00")
    assert len(stage.direct(MAYA)) == 1


def test_it_goes_by_the_clocks_where_the_team_is(stage: Stage) -> None:
    stage.turn_to("2027-03-28T12:00")  # they went forward in the night
    stage.turn_to("2027-03-29T09:00")
    stage.turn_to("2027-03-29T10:59")
    before = len(stage.direct(DANNY))
    stage.turn_to("2027-03-29T11:00")
    assert stage.direct(DANNY)[before:][0].startswith("You have been on call since *Mon 29 Mar 2027, 09:00*")


def test_where_the_plan_says_so_nobody_is_reminded(stage: Stage) -> None:
    settings(stage, answer_within=0)
    stage.turn_to("2026-11-30T09:00")
    stage.turn_to("2026-12-02T09:00")
    assert (stage.direct(MAYA), stage.direct(ROBIN)) == ([], [])


def test_the_plan_says_how_long_and_when_people_are_at_work(stage: Stage) -> None:
    settings(stage, answer_within=4, office_hours={"days": "mon-fri", "from": "08:00", "until": "10:00"}, country="LV")
    stage.turn_to("2026-11-30T09:00")
    stage.turn_to("2026-12-02T08:59")
    assert stage.direct(MAYA) == []
    stage.turn_to("2026-12-02T09:00")  # one hour on Monday, two on Tuesday, and one
    assert len(stage.direct(MAYA)) == 1


def settings(stage: Stage, **fields: object) -> None:
    """Say this of the team in its plan."""
    typed = from_week_1(FIRST_TEAM).model_dump()
    typed["team"].update(fields)
    with stage.store.writing() as tx:
        plan.apply(tx, Plan.model_validate(typed), Actor(None, True, stage.clock.now()))


# Duty other than by the handoff


def test_who_covers_for_a_day_is_reminded_and_no_admin_hears_of_it(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover 26 Nov @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, latest(stage, DANNY), "request.take")
    stage.turn_to("2026-11-25T09:00")
    assert stage.direct(DANNY)[-1].startswith("You are on call from *Thu 26 Nov 2026, 09:00*")
    stage.turn_to("2026-11-26T10:59")
    before = len(stage.direct(DANNY))
    stage.turn_to("2026-11-26T11:00")
    assert stage.direct(DANNY)[before:][0].startswith(
        "You have been on call since *Thu 26 Nov 2026, 09:00*, until Fri 27 Nov 2026, 09:00, and I have not heard"
    )
    reminder = latest(stage, DANNY)
    assert actions_of(reminder) == ["duty.got-it", "short.cant"]
    stage.turn_to("2026-11-26T14:00")
    assert stage.direct(ROBIN) == []
    stage.slack.press(DANNY, reminder, "duty.got-it")
    stage.do_what_is_due()
    assert "You said *I've got it*." in reminder.words()
    assert "*Danny* has got it, on call since Thu 26 Nov 2026, 09:00" in stage.words(RENE, "/oncall log")


def test_what_they_do_once_they_were_told_is_an_answer_too(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover 26 Nov @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, latest(stage, DANNY), "request.take")
    stage.turn_to("2026-11-25T09:00")
    before = len(stage.direct(DANNY))
    looks_something_up(stage, DANNY)
    stage.turn_to("2026-11-26T11:00")
    assert len(stage.direct(DANNY)) == before


def test_who_was_put_on_call_is_reminded_and_gives_it_back(stage: Stage) -> None:
    stage.ask(ROBIN, "/oncall take @Danny until thu 18:00")
    stage.do_what_is_due()
    stage.turn_to("2026-11-24T12:00")
    assert stage.direct(DANNY)[-1].startswith(
        "You have been on call since *Tue 24 Nov 2026, 10:00*, until Thu 26 Nov 2026, 18:00, and I have not heard"
    )
    reminder = latest(stage, DANNY)
    assert actions_of(reminder) == ["duty.got-it", "take.give-back"]
    stage.turn_to("2026-11-24T14:00")
    assert stage.direct(ROBIN)[-1].startswith("*Danny* came on call Tue 24 Nov 2026, 10:00, until Thu 26 Nov 2026")
    stage.slack.press(DANNY, reminder, "take.give-back")
    stage.slack.until(lambda: reminder.words().startswith("*Given back*: *Toms* is on call now."))


def test_who_took_over_by_themselves_has_answered(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall take until thu 18:00")
    stage.do_what_is_due()
    stage.turn_to("2026-11-25T18:00")
    assert (stage.direct(MAYA), stage.direct(ROBIN)) == ([], [])


# Short notice


@pytest.mark.both
def test_who_does_not_say_whether_they_can_is_asked_again_a_day_later_then_the_admins_hear(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    stage.ask(DANNY, "/oncall")  # which says nothing of that week
    stage.turn_to("2026-11-25T10:01")
    [asked] = stage.slack.direct_messages(DANNY)
    stage.turn_to("2026-11-25T10:02")
    stage.turn_to("2026-11-26T10:01")
    assert stage.direct(DANNY)[1:] == [
        "I have not heard from you yet about *Mon 30 Nov – Sun 6 Dec 2026*, when you are on call.\n"
        "That is short notice: can you take it?\n"
        "I've got it\n"
        "I can't"
    ]
    assert stage.direct(ROBIN) == []
    stage.turn_to("2026-11-26T10:02")
    assert stage.direct(ROBIN) == [
        "*Danny* is on call Mon 30 Nov – Sun 6 Dec 2026, on short notice, and has not said whether they can, nor when "
        "reminded.\n"
        "Please reach them, or find somebody else."
    ]
    reminder = latest(stage, DANNY)
    stage.slack.press(DANNY, reminder, "short.got-it")
    stage.do_what_is_due()
    assert "You said *I've got it*." in asked.words()
    assert actions_of(reminder) == ["short.cant"]
    assert stage.direct(ROBIN) == ["*Danny* has answered since. Nobody needs to do anything."]
    stage.turn_to("2026-11-29T10:02")
    assert len(stage.direct(ROBIN)) == 1


def test_two_hours_where_it_begins_within_two_days_and_quiet_hours_are_kept_to(stage: Stage) -> None:
    with stage.store.writing() as tx:
        at_night = Preferences("danny", quiet_from=time(22), quiet_until=time(8))
        preferences.choose(tx, at_night, stage.clock.now())
    stage.turn_to("2026-11-28T21:00")
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-28T21:02")
    assert "can you take it?" in stage.direct(DANNY)[-1]
    stage.turn_to("2026-11-28T23:30")
    before = len(stage.direct(DANNY))
    stage.turn_to("2026-11-29T08:00")
    assert stage.direct(DANNY)[before:][0].startswith("I have not heard from you yet about *Mon 30 Nov – Sun 6 Dec")
    stage.turn_to("2026-11-29T09:59")
    assert stage.direct(ROBIN) == []
    stage.turn_to("2026-11-29T10:00")
    assert len(stage.direct(ROBIN)) == 1


def test_who_said_that_they_can_or_cannot_is_not_asked_again(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:02")
    [asked] = stage.slack.direct_messages(DANNY)
    press(stage, DANNY, asked, "short.cant")
    stage.turn_to("2026-11-24T10:10")
    [rene] = stage.slack.direct_messages(RENE)
    stage.slack.press(RENE, rene, "short.got-it")
    stage.turn_to("2026-11-27T10:10")
    assert [len(stage.slack.direct_messages(who)) for who in (RENE, ROBIN)] == [1, 0]
    assert not any("I have not heard" in said for said in stage.direct(DANNY))
