"""`/oncall requests`: what is open and agreed, a screen at a time, with what the reader can do. Toms has the week from
Mon 23 Nov 2026, then Maya, Danny, Rene; Robin is an admin outside the rotation."""

import pytest

from bot.sandbox.records import SlackMessage
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.stage import Stage, actions_of, press


def settle_cover(stage: Stage) -> None:
    """Danny takes Maya's Thu 3 Dec 2026."""
    stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[-1], "request.take")


def bullets(said: SlackMessage) -> int:
    """How many requests are listed."""
    return sum(line.startswith("• ") for line in said.words().splitlines())


def test_more_than_a_screen_is_a_button_away(stage: Stage) -> None:
    for day in range(1, 7):
        stage.ask(MAYA, f"/oncall cover {day} Dec")
    for day in range(7, 10):
        stage.ask(DANNY, f"/oncall cover {day} Dec")
    first = stage.ask(RENE, "/oncall requests")
    assert (bullets(first), "3 more" in first.words()) == (6, True)
    rest = press(stage, RENE, first, "request.more")
    assert (bullets(rest), "request.more" in actions_of(rest)) == (3, False)
    assert "• *Danny* asks for cover: *Wed 9 Dec 2026*." in rest.words()


@pytest.mark.conversation
def test_a_swap_is_answered_from_the_list(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall swap @Danny 21 Dec for 4 Jan")
    assert actions_of(stage.ask(MAYA, "/oncall requests")) == ["request.need"]
    assert actions_of(stage.ask(TOMS, "/oncall requests")) == ["request.withdraw", "request.need"]
    assert actions_of(stage.ask(ROBIN, "/oncall requests")) == ["request.take", "request.withdraw", "request.need"]
    listed = stage.ask(DANNY, "/oncall requests")
    assert actions_of(listed) == ["request.take", "request.cant", "request.need"]
    assert "Agreed: you take *Mon 21 – Sun 27 Dec 2026*" in press(stage, DANNY, listed, "request.take").words()


def test_what_is_agreed_has_a_way_back_until_it_begins(stage: Stage) -> None:
    settle_cover(stage)
    assert actions_of(stage.ask(DANNY, "/oncall requests")) == ["request.back", "request.need"]
    assert actions_of(stage.ask(MAYA, "/oncall requests")) == ["request.withdraw", "request.need"]
    assert actions_of(stage.ask(RENE, "/oncall requests")) == ["request.need"]
    assert actions_of(stage.ask(ROBIN, "/oncall requests")) == ["request.back", "request.withdraw", "request.need"]
    stage.turn_to("2026-12-03T09:00")
    assert actions_of(stage.ask(DANNY, "/oncall requests")) == ["request.need"]


def test_what_cannot_be_read_gets_an_example_of_its_own(stage: Stage) -> None:
    assert "`/oncall cover 24 Dec @Danny`" in stage.words(MAYA, "/oncall cover sometime")
    assert "`/oncall swap @Danny 21 Dec for 11 Jan`" in stage.words(MAYA, "/oncall swap @Danny someday")


@pytest.mark.both
def test_days_in_two_rows_are_two_requests_that_name_no_days_of_others(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall cover 2026-12-01 2026-12-29")
    assert said.words().startswith(
        "Tue 1 – Tue 29 Dec 2026: your on-call days then are Tue 1 – Sun 6 Dec 2026 and Mon 28 – Tue 29 Dec 2026.\n"
        "*Cover for your Tue 1 – Sun 6 Dec 2026* (6 days).\n"
        "I ask in #metrics-oncall: Rene, Toms and Danny.\n"
        "*Cover for your Mon 28 – Tue 29 Dec 2026* (2 days).\n"
        "I ask in #metrics-oncall: Rene, Danny and Toms.\n"
        "Until somebody takes it, you stay on duty."
    )
    assert actions_of(said) == ["request.withdraw", "request.withdraw"]
    stage.do_what_is_due()
    first, second = [m for m in stage.slack.messages() if "request.take" in actions_of(m)]
    press(stage, DANNY, second, "request.take")
    stage.do_what_is_due()
    assert second.words() == ":white_check_mark: *Danny* takes *Mon 28 – Tue 29 Dec 2026* for *Maya*."
    assert "request.take" in actions_of(first)


def test_more_weeks_than_the_channel_should_read_of_are_refused(stage: Stage) -> None:
    said = stage.words(MAYA, "/oncall cover 2026-12-01 2027-05-01")
    assert said.startswith("I ask for at most 4 on-call weeks at once: name fewer days. Nothing was changed.")
    assert "Nobody asks for anything just now." in stage.words(MAYA, "/oncall requests")


def test_what_is_taken_under_way_names_only_what_is_left(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover 24 Nov - 27 Nov")
    stage.turn_to("2026-11-26T10:00")
    asked = next(m for m in stage.slack.messages() if "*Toms* asks for cover: *Tue 24 – Fri 27 Nov" in m.words())
    assert "You take *Thu 26 – Fri 27 Nov 2026* for *Toms*." in press(stage, RENE, asked, "request.take").words()
