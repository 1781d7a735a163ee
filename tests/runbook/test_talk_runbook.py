"""/runbook and /pipelines, as somebody uses them who was woken at three."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.records import SlackMessage, User, elements_in
from bot.sandbox.rules.faults import Fault
from bot.speech.mrkdwn import escape
from bot.talk.runbook.words import NO_FILE
from tests.kit.cast import DANNY, GUEST, MAYA, STRANGER, TOMS
from tests.kit.databases import Databases
from tests.kit.stage import HTTP, SOCKET, Stage, a_stage

ADA = "U0ADA000008"  # of the workspace, not of the plan


def opened(stage: Stage, who: str, said: SlackMessage, action: str, value: str) -> SlackMessage:
    """What the reply becomes after a press."""
    before = said.words()
    stage.slack.press(who, said, action, value)
    stage.slack.until(lambda: said.words() != before)
    return said


def test_the_list_has_owners_and_last_change(stage: Stage) -> None:
    said = stage.words(TOMS, "/runbook")
    assert "*Daily growth*\nMaya (primary), Toms (secondary)\n_Last changed Mon 23 Nov 2026 by Maya_" in said
    assert said.count("Last changed") == 5


def test_a_runbook_begins_with_what_to_look_at_first(stage: Stage) -> None:
    said = stage.words(TOMS, "/runbook daily-growth")
    assert "*Look here first:*" in said
    assert "• critical: respond within 15 minutes, resolve within 1 hour" in said
    assert "*Toms* is on call now, until Mon 30 Nov 2026, 09:00." in said
    assert "Owners: Maya (primary), Toms (secondary)" in said


@pytest.mark.conversation
def test_sections_are_a_press_or_a_word_away(stage: Stage) -> None:
    said = stage.ask(TOMS, "/runbook daily-growth")
    issues = opened(stage, TOMS, said, "runbook.section.issues", "daily-growth")
    assert "*High variance causes alert fatigue*" in issues.words()
    assert "3. Review the alert settings regularly" in issues.words()
    back = opened(stage, TOMS, said, "runbook.open", "daily-growth")
    assert "*Look here first:*" in back.words()
    assert stage.words(TOMS, "/runbook daily-growth issues") == issues_of(stage)


def issues_of(stage: Stage) -> str:
    """The section of known issues, by its name."""
    return stage.words(TOMS, "/runbook Daily growth issues")


def test_monitoring_adds_service_levels_and_escalation_from_the_plan(stage: Stage) -> None:
    said = stage.words(TOMS, "/runbook aggregate-profit monitoring")
    assert "• low: respond within 4 hours, resolve within 24 hours" in said
    assert "• critical: Toms (on call) responds within 15 minutes; if not, call Danny, then Rene." in said


def test_a_search_finds_known_issues_by_their_text_and_opens_them(stage: Stage) -> None:
    said = stage.ask(TOMS, "/runbook search schema NULLS")
    assert "*Transformation errors during ETL* (Aggregate engagement)" in said.words()
    assert "reporting layers" in opened(stage, TOMS, said, "runbook.section.issues", "aggregate-engagement").words()
    assert "No known issue mentions “unicorns”." in stage.words(TOMS, "/runbook search unicorns")


def test_near_names_and_typos_are_resolved_or_offered(stage: Stage) -> None:
    assert "Daily growth" in stage.words(TOMS, "/runbook Daily Growth")
    assert "Daily growth" in stage.words(TOMS, "/runbook daily")
    assert "Did you mean `daily-growth`?" in stage.words(TOMS, "/runbook dayli-growht")
    assert "Did you mean `issues`?" in stage.words(TOMS, "/runbook daily-growth isues")
    assert "For example: `/runbook daily-growth`" in stage.words(TOMS, "/runbook zebra")


@pytest.mark.both
def test_contacts_are_for_full_members_only(stage: Stage) -> None:
    assert "• Primary owner: *Maya*, maya@example.com" in stage.words(TOMS, "/runbook daily-growth contacts")
    assert "• Primary owner: *Maya*, maya@example.com" in stage.words(DANNY, "/pipelines daily-growth")
    for outsider in (GUEST, STRANGER):
        for typed in ("/pipelines daily-growth", "/runbook daily-growth contacts"):
            stage.ask(outsider, typed)
            stage.bot.directory.look_up()
            said = stage.words(outsider, typed)
            assert "@example.com" not in said
            assert "Contact details are shown to members of this workspace only." in said


def test_the_pipelines_have_area_purpose_and_owners(stage: Stage) -> None:
    said = stage.words(TOMS, "/pipelines")
    assert "*Aggregate profit*" in said
    assert "Danny (primary), Rene (secondary)" in said
    assert "Why these owners: " in stage.words(TOMS, "/pipelines aggregate-profit")
    assert "Did you mean `daily-growth`?" in stage.words(TOMS, "/pipelines daily-grwth")


def test_an_owner_who_is_away_is_marked_and_the_other_comes_first(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday today for 2 days")
    said = stage.words(TOMS, "/pipelines daily-growth")
    assert said.index("Secondary owner: *Toms*") < said.index("Primary owner: *Maya* _(away until Wed 25 Nov 2026)_")


def test_details_and_runbook_are_a_press_away(stage: Stage) -> None:
    said = stage.ask(TOMS, "/pipelines")
    assert "Why these owners" in opened(stage, TOMS, said, "pipelines.one", "daily-growth").words()
    assert "*Look here first:*" in opened(stage, TOMS, said, "runbook.open", "daily-growth").words()


def test_a_failed_look_up_of_a_member_is_tried_again(stage: Stage) -> None:
    stage.slack.faults.arm("users.info", Fault.rate_limited(1))
    stage.slack.workspace.users[ADA] = User(ADA, "Ada", "ada@example.com")
    assert "If you are one and ask for the first time" in stage.words(ADA, "/pipelines daily-growth")
    stage.bot.directory.look_up()
    assert "maya@example.com" not in stage.words(ADA, "/pipelines daily-growth")
    in_a_second = stage.bot.directory.now() + timedelta(seconds=1)
    stage.bot.directory.now = lambda: in_a_second
    stage.bot.directory.look_up()
    assert "maya@example.com" in stage.words(ADA, "/pipelines daily-growth")


def test_what_goes_on_says_where(stage: Stage) -> None:
    said = stage.words(TOMS, "/runbook daily-growth")
    assert "_There is more under *Overview*._" in said
    assert "_There is more under *Steps*._" not in said


# A stranger's runbook

STRANGERS = """\
# Growth is late

Read this when the page is red.

## Diagnosis

1. Look at the queue:

   ```sh
   # how long it is
   queue --length
   ```

2. Then at the disk.

## Glossary

Lag: how late the last event is.

## Rotate the keys
""" + "\n".join(f"Line {n} of what is to be done.\n" for n in range(150))


@pytest.fixture
def strange(stage: Stage, tmp_path: Path) -> Stage:
    """The stage, with another runbook for daily growth, and none for the others."""
    (tmp_path / "daily-growth.md").write_text(STRANGERS)
    stage.bot.desk.library.directory = tmp_path
    return stage


def choose(stage: Stage, who: str, said: SlackMessage, option: str) -> SlackMessage:
    """What the reply becomes when an option of its menu is chosen."""
    [menu] = [element for _, element in elements_in(said.blocks) if element["type"] == "static_select"]
    [value] = [each["value"] for each in menu["options"] if each["text"]["text"] == option]
    return opened(stage, who, said, menu["action_id"], value)


def test_a_strangers_runbook_begins_with_what_it_says_first(strange: Stage) -> None:
    said = strange.words(TOMS, "/runbook daily-growth")
    assert "*Growth is late*" in said
    assert "```\n# how long it is\nqueue --length\n```\n2. Then at the disk." in said


UNREADABLE = {
    "not UTF-8": b"\xff\xfe# Daily growth",
    "of an older encoding": "# Tägliches".encode("latin-1"),
    "a picture": b"\x89PNG\r\n\x1a\n",
    "cut in a letter": "# Täglich".encode()[:4],
    "too large": b"# Daily growth\n" + b"a line of it\n" * 20_000,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_the_list_tells_a_file_that_cannot_be_read_from_one_that_is_not_there(strange: Stage, content: bytes) -> None:
    (strange.bot.desk.library.directory / "daily-growth.md").write_bytes(content)
    rows = strange.words(TOMS, "/runbook").split("\nOpen")
    told = [pipeline.partition("\n")[0] for pipeline in rows if NO_FILE not in pipeline and "(primary)" in pipeline]
    assert len(told) == 1
    [row] = [each for each in rows if "Daily growth" in each]
    assert f"_{strange.words(TOMS, '/runbook daily-growth')}_" in row


def test_a_directory_in_place_of_a_file_is_told_too(strange: Stage) -> None:
    (strange.bot.desk.library.directory / "aggregate-profit.md").mkdir()
    assert f"_{strange.words(TOMS, '/runbook aggregate-profit')}_" in strange.words(TOMS, "/runbook")


def test_what_is_in_none_of_the_sections_is_a_press_away(strange: Stage) -> None:
    said = strange.ask(TOMS, "/runbook daily-growth")
    rest = opened(strange, TOMS, said, "runbook.section.rest", "daily-growth")
    assert "*Glossary*\nLag: how late" in rest.words()
    more = opened(strange, TOMS, said, "runbook.page", "daily-growth/rest/1")
    assert "Lag: how late" not in more.words()
    assert "Lag: how late" in choose(strange, TOMS, more, "Glossary").words()


def test_a_part_of_it_is_asked_for_by_its_heading(strange: Stage) -> None:
    assert "Lag: how late" in strange.words(TOMS, "/runbook daily-growth glossary")
    assert "Line 0 of" in strange.words(TOMS, "/runbook Daily growth rotate the keys")
    assert "queue --length" in strange.words(TOMS, "/runbook daily-growth diagnosis")
    assert "Did you mean `Glossary`?" in strange.words(TOMS, "/runbook daily-growth glosary")


def test_a_search_finds_it_too(strange: Stage) -> None:
    said = strange.ask(TOMS, "/runbook search last event")
    assert "Lag: how late" in opened(strange, TOMS, said, "runbook.place", "daily-growth/0").words()


def test_a_button_of_a_file_that_became_shorter_still_answers(strange: Stage) -> None:
    said = strange.ask(TOMS, "/runbook daily-growth rotate the keys")
    (strange.bot.desk.library.directory / "daily-growth.md").write_text("## Steps\nnothing else")
    assert "There is nothing else" in opened(strange, TOMS, said, "runbook.page", "daily-growth/rest/1").words()


def test_a_runbook_of_nothing_known_begins_with_what_there_is(strange: Stage) -> None:
    (strange.bot.desk.library.directory / "daily-growth.md").write_text("# Lag\nis late\n# Keys\nare old")
    assert "*Lag*\nis late\n\n*Keys*\nare old" in strange.words(TOMS, "/runbook daily-growth")


@pytest.mark.parametrize("words", [3_000, 40_000])
def test_a_very_long_question_costs_no_more_than_a_short_one(stage: Stage, words: int) -> None:
    began = time.process_time()
    assert stage.ask(MAYA, f"/runbook {'x ' * words}") is not None
    assert time.process_time() - began < 2


@pytest.mark.parametrize("by", [HTTP, SOCKET])
def test_a_word_of_slack_s_protocol_is_a_word_like_any_other(sqlite: Databases, by: str) -> None:
    with a_stage(sqlite, by=by) as stage:
        for word in ("payload", "command", "ssl_check=1", '{"type"', "payload={}", "&user_id=U1", "%", "+", "a=b;c=d"):
            assert f"“{escape(word)}”" in stage.words(TOMS, f"/runbook {word}")
