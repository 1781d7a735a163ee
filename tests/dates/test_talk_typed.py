"""What people type is kept and shown as they typed it, and calls nobody."""

import re

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.sandbox.records import texts_in
from bot.sandbox.slack.escaping import plain
from bot.speech.ask import Ask, Asker, Reply
from bot.speech.mrkdwn import escape, unescape
from bot.speech.read import decode
from bot.talk import commands
from bot.terminal.cli import cli
from models import holidays
from models.store.engine import Store
from tests.kit import cast
from tests.kit.cast import MAYA, ROBIN, TOMS
from tests.kit.stage import RUNBOOKS, Stage

NOTE = "R&D <b> with @maya, <@U0RENE00004>, @here, #random; see example.com/?a=1&b=2 or ask a@example.com"
SHOWN = escape(NOTE)  # as mrkdwn that Slack shows so
CALLS = re.compile(r"<[!@#]")
EXAMPLES = 60

NOTES = st.text(
    st.sampled_from("<>&;@!|")
    | st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=decode.OPEN + decode.CLOSE),
    min_size=1,
    max_size=60,
).map(lambda note: " ".join(note.split()))


def noted(store: Store) -> str | None:
    """The note of Toms's time off."""
    with store.reading() as tx:
        [holiday] = holidays.of_person(tx, "toms", cast.NOW.date())
        return holiday.note


@pytest.mark.conversation
def test_a_note_is_kept_and_shown_as_it_was_typed(stage: Stage) -> None:
    stage.slack.slash(TOMS, "/holiday", f"24 Dec: {NOTE}")
    assert noted(stage.store) == NOTE
    for who, asks in ((TOMS, "/holiday mine"), (ROBIN, "/holiday list"), (ROBIN, f"/holiday <@{TOMS}>")):
        said = stage.ask(who, asks)
        assert SHOWN in said.words(), asks
        assert SHOWN in said.text, asks  # which is mrkdwn to Slack, too
        assert not CALLS.search(f"{said.text} {said.blocks}"), asks


@pytest.mark.parametrize("days", ["1 Jan - 31 Mar", "2024-12-24"])  # too long, and over
def test_a_note_outlasts_what_is_asked_back(stage: Stage, days: str) -> None:
    asked = stage.slack.slash(TOMS, "/holiday", f"{days}: {NOTE}")
    assert asked
    stage.slack.press(TOMS, asked, "holiday.declare")
    stage.slack.until(lambda: "*You are away" in asked.words())
    assert noted(stage.store) == NOTE


def test_a_form_s_note_is_taken_as_it_comes(stage: Stage) -> None:
    stage.slack.open_home(TOMS)
    stage.slack.until(lambda: stage.slack.home_of(TOMS))
    home = stage.slack.home_of(TOMS)
    assert home
    stage.slack.press_in_view(TOMS, home, "holiday.open")
    stage.slack.until(lambda: stage.slack.view_for(TOMS))
    typed = {"first": {"first": "2026-12-24"}, "last": {"last": "2026-12-24"}, "note": {"note": "R&amp;D <!here>"}}
    assert stage.slack.submit(TOMS, stage.modal(TOMS), typed) is None
    assert noted(stage.store) == "R&amp;D <!here>"
    assert "R&amp;amp;D &lt;!here&gt;" in stage.words(TOMS, "/holiday mine")


def test_what_is_not_understood_is_quoted_as_it_was_typed(stage: Stage) -> None:
    assert "“R&amp;D &lt;!here&gt; @here”" in stage.words(TOMS, "/oncall R&D <!here> @here")
    assert "called @here here." in stage.words(TOMS, "/oncall @here")
    assert "“@gil.guest &amp; co”" in stage.words(TOMS, "/runbook @gil.guest & co")
    assert "“R&amp;D”" in stage.words(TOMS, "/pipelines R&D")
    assert "mentions “a &amp; b”" in stage.words(TOMS, "/runbook search a & b")


def test_a_member_is_meant_only_where_slack_says_so(stage: Stage) -> None:
    assert stage.words(TOMS, f"/oncall <@{MAYA}>") == stage.words(TOMS, "/oncall maya")
    typed = stage.slack.slash(TOMS, "/oncall", f"<@{MAYA}|maya>")
    assert typed
    assert typed.words() == "I can't read that as a date.\nFor example: `/oncall 24 Dec`"


def test_the_terminal_takes_and_says_plain_text(stage: Stage) -> None:
    database = ["--database", stage.store.url]
    ask = [*database, "ask", "--as", "Toms", "--now", "2026-11-24T10:00"]
    done = CliRunner().invoke(cli, [*ask, "/holiday 24 Dec: R&amp;D & <b>"])
    assert done.exit_code == 0, done.output
    assert noted(stage.store) == "R&amp;D & <b>"
    assert "R&amp;D & <b>" in CliRunner().invoke(cli, [*ask, "/holiday mine"]).output


@pytest.mark.slow
def test_any_note_is_shown_as_it_was_typed_and_calls_nobody(store: Store) -> None:
    desk = Desk(store, Library(RUNBOOKS))
    asked = iter(range(10**6))

    def said(who: str, command: str, typed: str) -> Reply:
        sent = plain(typed)  # with the mentions of members that Slack knows, `test_decode.py` has it
        ask = Ask(command, decode.typed(sent), Asker(person_id=who), cast.NOW, f"key {next(asked)}")
        return commands.answer(ask, desk)

    @settings(max_examples=EXAMPLES)
    @given(note=NOTES)
    def shown(note: str) -> None:
        said("toms", "holiday", f"24 Dec: {note}")
        replies = [said("toms", "holiday", "mine"), said("robin", "holiday", "list"), said("robin", "holiday", "@toms")]
        said("toms", "holiday", "cancel 24 Dec")
        for reply in replies:
            read = "\n".join(texts_in(reply.blocks))
            assert escape(note) in read
            assert note in unescape(read)
            assert not CALLS.search(reply.text), reply.text
            assert not CALLS.search(read)

    shown()
