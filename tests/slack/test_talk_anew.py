"""A private answer that a press made untrue is replaced: nobody can edit it later.

Toms has the week of Mon 23 Nov 2026, Maya that of 30 Nov. It is Tue 24 Nov, 10:00.
"""

import pytest

from bot.sandbox.records import SlackMessage
from bot.slack.behind import carried, carrying
from tests.kit.cast import DANNY, MAYA, RENE, ROBIN, TOMS
from tests.kit.forms import filled
from tests.kit.stage import Stage, actions_of, press

URL = "https://hooks.slack.com/actions/T1/2/secret"


def sent(stage: Stage, by: str, message: SlackMessage, action: str, **values: str) -> None:
    """The form that a button opens, sent; where it leads to a preview, that too."""
    pressed = stage.slack.press(by, message, action)
    stage.slack.until(lambda: pressed.views)
    form = pressed.views[0]
    assert stage.slack.submit(by, form, filled(**values)) is None
    if "Apply" in stage.modal(by).words():
        assert stage.slack.submit(by, stage.modal(by), {}) is None


@pytest.mark.conversation
def test_settings_are_shown_as_they_were_saved(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall settings")
    assert "• A week before: no reminder" in said.words()
    sent(stage, MAYA, said, "settings.open", two_weeks="on", one_week="on", day_before="off")
    stage.slack.until(lambda: "• A week before: remind me" in said.words())
    assert actions_of(said) == ["settings.open"]
    sent(stage, MAYA, said, "settings.open", two_weeks="on", one_week="off", day_before="off")
    stage.slack.until(lambda: "• A week before: no reminder" in said.words())


def test_so_are_time_off_the_rotation_and_owners(stage: Stage) -> None:
    mine = stage.ask(TOMS, "/holiday mine")
    sent(stage, TOMS, mine, "holiday.open", first="2027-01-04", last="2027-01-05")
    stage.slack.until(lambda: "• Mon 4 – Tue 5 Jan 2027" in mine.words())
    rotation = stage.ask(ROBIN, "/oncall roster")
    sent(stage, ROBIN, rotation, "roster.pause", who="danny", starts="2026-12-07", until="2027-01-11")
    stage.slack.until(lambda: "Danny pauses until" in rotation.words())
    assert "roster.undo" in actions_of(rotation)
    pipeline = stage.ask(ROBIN, "/pipelines daily-growth")
    sent(stage, ROBIN, pipeline, "owners.open", primary="rene", secondary="toms")
    stage.slack.until(lambda: "• Primary owner: *Rene*" in pipeline.words())


def test_a_message_that_a_form_was_opened_from_stays_what_it_says(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    [reminder] = stage.slack.direct_messages(RENE)
    was = reminder.words()
    sent(stage, RENE, reminder, "holiday.open", first="2027-02-01", last="2027-02-02")
    stage.do_what_is_due()
    assert reminder.words() == was


def test_a_cover_that_was_taken_is_offered_no_more(stage: Stage) -> None:
    stage.ask(MAYA, "/oncall cover 3 Dec")
    listed = stage.ask(DANNY, "/oncall requests")
    assert "request.take" in actions_of(listed)
    assert press(stage, DANNY, listed, "request.take") is listed
    assert listed.words().splitlines()[0] == ":white_check_mark: You take *Thu 3 Dec 2026* for *Maya*."
    assert actions_of(listed) == ["request.back", "request.more"]
    press(stage, DANNY, listed, "request.back")
    assert listed.words().splitlines()[0] == "*Taken back*: Thu 3 Dec 2026 is open again."
    assert actions_of(listed) == ["request.more"]
    below = stage.slack.press(DANNY, listed, "request.more")
    stage.slack.until(lambda: below.messages)
    assert "*Open requests*" in below.messages[0].words()


def test_what_was_asked_and_withdrawn(stage: Stage) -> None:
    asked = stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    press(stage, MAYA, asked, "request.widen")
    assert "I ask in #metrics-oncall" in asked.words()
    press(stage, MAYA, asked, "request.withdraw")
    assert asked.words().splitlines()[0] == "*Withdrawn*: Thu 3 Dec 2026."
    assert actions_of(asked) == ["request.more"]


def test_the_address_goes_with_a_form_as_long_as_there_is_room() -> None:
    form = {"type": "modal", "callback_id": "settings.form", "private_metadata": "about"}
    assert carried(carrying(form, URL)) == ("about", URL)
    assert carried(form) == ("about", "")
    assert carried({}) == ("", "")
    assert carried(carrying({"callback_id": "settings.form"}, URL)) == ("", URL)
    full = form | {"private_metadata": "a" * 2_990}
    assert carrying(full, URL) is full
    assert carrying({"type": "modal"}, URL) == {"type": "modal"}
