"""`/oncall requests`: what is open and agreed, a screen at a time, with what the reader can do. Toms has the week from
Mon 23 Nov 2026, then Maya, Danny, Rene; Robin is an admin outside the rotation."""

from bot.sandbox.records import Message
from tests.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.stage import Stage, actions_of, press


def settle_cover(stage: Stage) -> None:
    """Danny takes Maya's Thu 3 Dec 2026."""
    stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    stage.do_what_is_due()
    press(stage, DANNY, stage.slack.direct_messages(DANNY)[-1], "request.take")


def bullets(said: Message) -> int:
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
