"""/oncall, as the team asks it. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

import textwrap
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text

from bot.sandbox.rules.faults import Fault
from bot.talk import commands
from models.outbox import waiting
from tests.kit.cast import DANNY, GUEST, MAYA, RENE, STRANGER, TOMS, ZONE
from tests.kit.databases import Databases
from tests.kit.stage import Stage, a_stage, press


def test_toms_asks_who_is_on_call(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall")
    assert ":telephone_receiver: You are on call now, until Mon 30 Nov 2026, 09:00." in said
    assert "Since Mon 23 Nov 2026, 09:00." in said
    assert "Next: *Maya*, Mon 30 Nov – Sun 6 Dec 2026." in said
    assert "You are next on call Mon 21 – Sun 27 Dec 2026." in said
    assert "*Daily growth*: Maya (primary), Toms (secondary)" in said


def test_who_reads_of_themselves_is_called_you_and_the_channel_reads_names(stage: Stage) -> None:
    assert "Next: you, Mon 30 Nov – Sun 6 Dec 2026." in stage.words(MAYA, "/oncall")
    assert stage.words(MAYA, "/oncall next").startswith("Next on call: you, Mon 30 Nov – Sun 6 Dec 2026.")
    stage.ask(MAYA, "/oncall take until 18:00")
    assert stage.words(TOMS, "/oncall").splitlines()[:4] == [
        ":telephone_receiver: *Maya* is on call now, until Tue 24 Nov 2026, 18:00.",
        "_Maya took over from you._",
        "Since Tue 24 Nov 2026, 10:00.",
        "Then: you, until Mon 30 Nov 2026, 09:00.",
    ]
    mine = stage.ask(MAYA, "/oncall")
    assert mine.words().splitlines()[1] == "_You took over from Toms._"
    stage.slack.press(MAYA, mine, "oncall.share")
    stage.slack.until(lambda: "Shared by Maya" in stage.channel()[-1])
    assert "*Maya* is on call now" in stage.channel()[-1]
    assert "ou took over" not in stage.channel()[-1]


def test_danny_hears_when_it_is_danny_s_turn(stage: Stage) -> None:
    assert "You are next on call Mon 7 – Sun 13 Dec 2026." in stage.words(DANNY, "/oncall")


def test_a_stranger_may_look_but_is_not_told_of_turns(stage: Stage) -> None:
    said = stage.words(STRANGER, "/oncall")
    assert "*Toms* is on call now" in said
    assert "You are" not in said


def test_an_owner_who_is_away_comes_second_and_is_marked(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday today for 3 days")
    said = stage.words(TOMS, "/oncall")
    assert "*Daily growth*: Toms (secondary), Maya (primary) _(away until Thu 26 Nov 2026)_" in said


def test_a_day_has_its_engineer_and_who_has_the_hours_before_the_handoff(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall 2026-12-07")
    assert "Mon 7 Dec 2026: *Danny* is on call." in said
    assert "Before the handoff, from 00:00 until 09:00: *Maya*." in said


def test_a_day_within_a_week_is_one_line(stage: Stage) -> None:
    assert stage.words(TOMS, "/oncall 24 Dec") == "Thu 24 Dec 2026: *Toms* is on call."


def test_a_day_before_the_rotation_had_nobody(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall 2026-11-01")
    assert "On Sun 1 Nov 2026 there was no rotation yet: it starts on Mon 23 Nov 2026 with *Toms*." in said


def test_next_names_the_coming_handoff(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall next")
    assert said.startswith("Next on call: *Maya*, Mon 30 Nov – Sun 6 Dec 2026.")
    assert "The handoff is on Mon 30 Nov 2026, 09:00." in said


def test_what_comes_before_the_handoff_comes_first(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover 28 Nov @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "request.take")
    said = stage.words(RENE, "/oncall")
    assert "*Toms* is on call now, until Sat 28 Nov 2026, 09:00." in said
    assert (
        "Then: *Danny*, until Sun 29 Nov 2026, 09:00.\nThen: *Toms*, until Mon 30 Nov 2026, 09:00.\n"
        "Next: *Maya*, Mon 30 Nov – Sun 6 Dec 2026." in said
    )
    assert stage.words(RENE, "/oncall next").splitlines()[:4] == [
        "Next on call: *Danny*, from Sat 28 Nov 2026, 09:00 until Sun 29 Nov 2026, 09:00.",
        "Then: *Toms*, until Mon 30 Nov 2026, 09:00.",
        "The handoff is on Mon 30 Nov 2026, 09:00.",
        "From the handoff on: *Maya*, Mon 30 Nov – Sun 6 Dec 2026.",
    ]
    stage.ask(RENE, "/oncall take until 18:00")
    assert "Then: *Toms*, until Sat 28 Nov 2026, 09:00." in stage.words(RENE, "/oncall")
    stage.turn_to("2026-11-29T12:00")
    assert "Then:" not in stage.words(RENE, "/oncall")


def test_a_week_that_several_share_names_them_all(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 2 Dec - 3 Dec @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[0], "request.take")
    stage.ask(RENE, "/oncall take until 18:00")
    assert stage.words(RENE, "/oncall").splitlines()[3:8] == [
        "Then: *Toms*, until Mon 30 Nov 2026, 09:00.",
        "Next: *Maya*, Mon 30 Nov – Tue 1 Dec 2026.",
        "Then: *Danny*, Wed 2 – Thu 3 Dec 2026.",
        "Then: *Maya*, Fri 4 – Sun 6 Dec 2026.",
        "You are next on call Mon 14 – Sun 20 Dec 2026.",
    ]
    assert stage.words(RENE, "/oncall next").splitlines() == [
        "Next on call: *Toms*, from Tue 24 Nov 2026, 18:00 until Mon 30 Nov 2026, 09:00.",
        "The handoff is on Mon 30 Nov 2026, 09:00.",
        "From the handoff on: *Maya*, Mon 30 Nov – Tue 1 Dec 2026.",
        "Then: *Danny*, Wed 2 – Thu 3 Dec 2026.",
        "Then: *Maya*, Fri 4 – Sun 6 Dec 2026.",
    ]


def test_who_asks_for_themselves_is_told_their_weeks(stage: Stage) -> None:
    assert stage.words(MAYA, "/oncall me") == stage.words(TOMS, "/oncall @Maya")
    assert "Only the people of the on-call plan can do that" in stage.words(GUEST, "/oncall me")


def test_what_means_nothing_gets_the_help_as_an_example(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall when am i on")
    assert said == "I don't know what “when am i on” means here.\nFor example: `/oncall help`"
    assert "For example: `/oncall log @Maya`" in stage.words(TOMS, "/oncall log yesterday")


def test_each_word_has_its_help(stage: Stage) -> None:
    for word, way in [
        ("cover", "`/oncall cover for @Maya 24 Dec`: for admins"),
        ("swap", "`/oncall swap @Danny 21 Dec for 11 Jan`"),
        ("take", "`/oncall take @Danny until 18:00`: for admins"),
        ("requests", "`/oncall requests`: what is open"),
        ("log", "`/oncall log`: what was changed"),
        ("roster", "`/oncall roster`"),
        ("settings", "`/oncall settings`"),
        ("feed", "`/oncall feed`"),
        ("fairness", "`/oncall fairness`"),
    ]:
        assert way in stage.words(TOMS, f"/oncall {word} help"), (word, way)


def test_a_mention_a_name_and_a_wrong_name(stage: Stage) -> None:
    assert "• Mon 30 Nov – Sun 6 Dec 2026" in stage.words(TOMS, f"/oncall <@{MAYA}|maya>")
    assert "• Mon 30 Nov – Sun 6 Dec 2026" in stage.words(TOMS, "/oncall @maya")
    assert "I don't know anybody called @Mya here. Did you mean Maya?" in stage.words(TOMS, "/oncall @Mya")


def test_the_schedule_says_who_has_which_week(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall schedule 5")
    for line in (
        "• Mon 23 – Sun 29 Nov 2026: *Toms*",
        "• Mon 30 Nov – Sun 6 Dec 2026: *Maya*",
        "• Mon 7 – Sun 13 Dec 2026: *Danny*",
        "• Mon 14 – Sun 20 Dec 2026: *Rene*",
        "• Mon 21 – Sun 27 Dec 2026: *Toms*",
    ):
        assert line in said


def test_a_long_schedule_has_a_button_for_the_rest(stage: Stage) -> None:
    said = stage.ask(TOMS, "/oncall schedule 20")
    stage.slack.press(TOMS, said, "oncall.page")
    stage.slack.until(lambda: "• Mon 22 – Sun 28 Feb 2027: *Maya*" in stage.slack.messages()[-1].words())


def test_wrong_arguments_get_the_nearest_and_one_example(stage: Stage) -> None:
    assert "Did you mean `schedule`?" in stage.words(TOMS, "/oncall shedule")
    assert "I can show 1 to 52 weeks, not “99”." in stage.words(TOMS, "/oncall schedule 99")
    said = stage.words(TOMS, "/oncall 3/4")
    assert "3 Apr or 4 Mar" in said
    assert "For example: `/oncall 24 Dec`" in said


def test_help_is_a_phone_screen_of_what_is_used_most(stage: Stage) -> None:
    said = stage.words(TOMS, "/oncall help")
    assert "• `/oncall cover 24 Dec`: ask for cover of your days" in said
    assert "• `/oncall help all`: everything else" in said
    assert "The *Home* tab of this app shows it at a glance" in said
    assert sum(len(textwrap.wrap(line, 45)) for line in said.splitlines()) <= 24


def test_one_press_or_word_more_names_every_way_to_ask(stage: Stage) -> None:
    every = stage.words(TOMS, "/oncall help all")
    for word in commands.ONCALL_WORDS:
        assert word == "help" or f"`/oncall {word}" in every
    assert "• `/oncall @Maya`: when somebody is on call" in every
    said = stage.ask(TOMS, "/oncall help")
    stage.slack.press(TOMS, said, "oncall.help")
    stage.slack.until(lambda: said.words() == every)


def test_a_pipeline_has_owners_and_somebody_on_call(stage: Stage) -> None:
    said = stage.words(RENE, "/oncall aggregate-growth")
    assert "*Aggregate growth*: Rene (primary), Danny (secondary)" in said
    assert "*Toms* is on call now" in said


@pytest.mark.conversation
def test_next_8_weeks_replaces_the_reply_and_back_brings_it_again(stage: Stage) -> None:
    said = stage.ask(TOMS, "/oncall")
    stage.slack.press(TOMS, said, "oncall.schedule")
    stage.slack.until(lambda: "week by week" in said.words())
    stage.slack.press(TOMS, said, "oncall.now")
    stage.slack.until(lambda: "You are on call now" in said.words())


@pytest.mark.conversation
def test_share_tells_the_channel_without_contacts(stage: Stage) -> None:
    said = stage.ask(TOMS, "/oncall")
    before = len(stage.channel())
    stage.slack.press(TOMS, said, "oncall.share")
    stage.slack.until(lambda: len(stage.channel()) == before + 1)
    assert "*Toms* is on call now" in stage.channel()[-1]
    assert "Shared by Toms" in stage.channel()[-1]
    assert "@example.com" not in stage.channel()[-1]


CALL = "Call <tel:+49301234567|+49 30 1234567>."


def test_whoever_is_on_call_can_be_called_with_a_tap_by_members(stage: Stage) -> None:
    with stage.store.writing() as tx:
        tx.execute(text("UPDATE people SET phone = '+49 30 1234567'"))
    asked = stage.ask(MAYA, "/oncall")
    assert asked.words().split("\n")[:2] == [
        ":telephone_receiver: *Toms* is on call now, until Mon 30 Nov 2026, 09:00.",
        CALL,
    ]
    assert "\nCall +49 30 1234567.\n" in asked.text
    assert "• Primary owner: *Maya*, <tel:+49301234567|+49 30 1234567>, maya@example.com" in (
        stage.words(DANNY, "/pipelines daily-growth")
    )
    assert "+49" not in stage.words(TOMS, "/oncall")  # it is themselves
    for outside in (GUEST, STRANGER):
        assert "+49" not in stage.words(outside, "/oncall")
    stage.slack.press(MAYA, asked, "oncall.share")
    stage.slack.until(lambda: "Shared by Maya" in stage.channel()[-1])
    assert "+49" not in stage.channel()[-1]


def test_a_guest_may_not_share(stage: Stage) -> None:
    said = stage.ask(GUEST, "/oncall")
    before = stage.channel()
    stage.slack.press(GUEST, said, "oncall.share")
    stage.slack.until(lambda: any("Only members of this workspace" in m.words() for m in stage.slack.messages()))
    assert stage.channel() == before


def test_the_calendar_comes_as_text_at_once_and_as_a_picture_by_direct_message(stage: Stage) -> None:
    assert "The picture follows by direct message." in stage.words(MAYA, "/oncall calendar")
    stage.do_what_is_due()
    stage.slack.until(lambda: any(message.files for message in stage.slack.direct_messages(MAYA)))


def test_a_lookup_pages_nobody_and_changes_nothing(stage: Stage) -> None:
    before = stage.channel()
    for typed in ("", " next", " @Maya", " schedule 8", " daily-growth", " 24 Dec", " rubbish"):
        stage.ask(DANNY, f"/oncall{typed}")
    stage.clock.turn_to(stage.clock.now() + timedelta(minutes=5))
    stage.do_what_is_due()
    assert stage.channel() == before
    with stage.store.reading() as tx:
        assert waiting(tx) == []


def test_it_takes_four_queries_and_a_fifth_where_something_was_agreed(stage: Stage) -> None:
    stage.turn_to("2026-12-15T10:00")
    asked: list[str] = []

    def selects() -> int:
        """But for the one that looks, after the answer, whether one of theirs was waited for."""
        return len([each for each in asked if each.startswith("SELECT") and "FROM outbox" not in each])

    event.listen(stage.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    stage.ask(TOMS, "/oncall")
    assert selects() <= 4
    stage.ask(MAYA, "/oncall take until 18:00")
    asked.clear()
    assert "*Maya* is on call now" in stage.words(TOMS, "/oncall")
    assert selects() <= 5


def test_before_the_rotation_starts_it_says_when_and_with_whom(database: Databases) -> None:
    with a_stage(database, datetime(2026, 11, 20, 12, tzinfo=ZONE)) as stage:
        said = stage.words(TOMS, "/oncall")
        assert "Nobody is on call yet: the rotation starts on Mon 23 Nov 2026, 09:00 with *Toms*." in said
        assert "Next on call: *Toms*, Mon 23 – Sun 29 Nov 2026." in stage.words(MAYA, "/oncall next")


@pytest.mark.slow
def test_in_a_private_channel_everything_works_too(database: Databases) -> None:
    with a_stage(database, private=True) as stage:
        assert "*Toms* is on call now" in stage.channel()[0]
        stage.slack.faults.arm("chat.postMessage", Fault.dropped_after_accepting())
        stage.turn_to("2026-11-30T09:00")
        time.sleep(2.3)  # what was in flight has landed by then
        stage.do_what_is_due()
        assert sum("On-call handoff" in said for said in stage.channel()) == 1


def test_the_hours_of_a_day_that_is_on_record(stage: Stage) -> None:
    stage.turn_to("2026-12-10T10:00")
    assert stage.words(MAYA, "/oncall 2026-11-30") == (
        "Mon 30 Nov 2026: *Maya* is on call.\nBefore the handoff, from 00:00 until 09:00: *Toms*."
    )


def test_the_hours_of_a_day_on_which_somebody_left(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday today - 26 nov")
    said = stage.words(MAYA, "/oncall today")
    assert "At first, from 00:00 until 10:00: *Toms*." in said
    assert "09:00" not in said


def test_since_when_somebody_is_on_call_does_not_tell_of_changes_in_between(stage: Stage) -> None:
    for minute in (5, 10):
        stage.turn_to(f"2026-11-24T10:{minute:02}")
        stage.ask(MAYA, f"/holiday {minute} Jan")
    assert "*Toms* is on call now, until Mon 30 Nov 2026, 09:00.\nSince Mon 23 Nov 2026, 09:00." in stage.words(
        RENE, "/oncall"
    )
