"""Runbooks are edited by hand: anything may be in them, and they are read again when they change."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runbooks.file import SECTIONS, parse
from bot.runbooks.library import BrokenRunbook, Library, UnknownRunbook
from bot.speech.mrkdwn import FENCE, escape, from_markdown, pages
from bot.speech.read.nearest import Close, Exact, nearest
from tests.kit.stage import RUNBOOKS

NAMES = {"daily-growth": "Daily growth", "aggregate-growth": "Aggregate growth", "aggregate-profit": "Aggregate profit"}


def test_the_five_have_every_section_and_say_what_to_fill_in() -> None:
    library = Library(RUNBOOKS)
    assert library.problems() == []
    for slug in library.slugs():
        runbook = library.one(slug)
        assert set(runbook.sections) == set(SECTIONS)
        assert any("*Fill in:*" in paragraph for paragraph in runbook.sections["steps"])
        assert runbook.updated == date(2026, 11, 23)
        for issue in runbook.issues:
            lines = [line for paragraph in issue.paragraphs for line in paragraph.splitlines()]
            assert [line[:2] for line in lines if line[:1].isdigit()] == ["1.", "2.", "3."], issue.title
    assert sum(len(library.one(slug).issues) for slug in library.slugs()) == 11


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "daily-growth.md"
    path.write_text("## Overview\nbefore")
    library = Library(tmp_path)
    assert library.one("daily-growth").sections["overview"] == ("before",)
    path.write_text("## Overview\nafter")
    os.utime(path, ns=(1, 1))
    assert library.one("daily-growth").sections["overview"] == ("after",)


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    library = Library(tmp_path)
    with pytest.raises(UnknownRunbook, match=r"There is no runbook for daily-growth yet: add daily-growth\.md"):
        library.one("daily-growth")
    (tmp_path / "daily-growth.md").write_bytes(b"\xff\xfe")
    with pytest.raises(BrokenRunbook, match="it is not UTF-8 text"):
        library.one("daily-growth")
    assert library.search("anything", ["daily-growth"]) == []
    assert library.problems() == ["The runbook daily-growth.md can't be read (it is not UTF-8 text)."]


def test_a_file_edited_on_windows_with_no_head_is_read() -> None:
    runbook = parse("daily-growth", "## OVERVIEW of it ##\nHello\n\n## Common problems\n### One\ntext")
    assert runbook.sections["overview"] == ("*OVERVIEW of it*\nHello",)
    assert [issue.title for issue in runbook.issues] == ["One"]
    assert (runbook.updated, runbook.by) == (None, None)


@given(st.text(max_size=400))
def test_any_text_is_a_runbook(text: str) -> None:
    parse("daily-growth", text)
    parse("daily-growth", f"---\n{text}\n---\n## Overview\n{text}\n## Common issues\n### {text}\n{text}")


def test_markdown_becomes_what_slack_draws() -> None:
    markdown = "# Head\n\n**bold** _italic_ `code` [link](https://example.com/?a=1&b=2)\n\n1. one\n   - two\n2. three"
    assert from_markdown(markdown) == [
        "*Head*",
        "*bold* _italic_ `code` <https://example.com/?a=1&amp;b=2|link>",
        "1. one\n    ◦ two\n2. three",
    ]


def test_tables_are_lines_and_code_stays_code() -> None:
    assert from_markdown("| a | b |\n|---|---|\n| 1 | 2 |") == ["• a: 1, b: 2"]
    assert from_markdown("```\nx < y\n```") == [f"{FENCE}\nx &lt; y\n{FENCE}"]


@given(st.text(max_size=300))
def test_nothing_that_a_file_holds_calls_anybody(text: str) -> None:
    for paragraph in from_markdown(f"{text} <!channel> <@U123> `<!here>` [<!everyone>](https://example.com)"):
        assert "<!" not in paragraph
        assert "<@" not in paragraph


@given(st.lists(st.text(min_size=1, max_size=200).map(escape), max_size=10), st.integers(40, 200))
def test_pages_lose_nothing_and_are_never_too_long(paragraphs: list[str], most: int) -> None:
    made = pages(paragraphs, most)
    assert all(len(page) <= most for page in made)
    assert "".join("".join(made).split()) == "".join("".join(paragraphs).split())


@pytest.mark.parametrize("most", [-1, 0, 1, 5, 8, 9])
def test_pages_come_to_an_end_however_little_room_there_is(most: int) -> None:
    for paragraph in ("word & word", "&amp;&amp;", "<https://x.example|a label>", f"{FENCE}\nls -l\n{FENCE}"):
        made = "".join("".join(pages([paragraph], most)).split()).replace(FENCE, "")
        assert made == "".join(paragraph.split()).replace(FENCE, "")


def test_a_long_code_block_goes_on_in_a_block_of_its_own() -> None:
    code = f"{FENCE}\n" + "\n".join(f"line {n}" for n in range(40)) + f"\n{FENCE}"
    for page in pages([code], 100):
        assert page.startswith(FENCE)
        assert page.endswith(FENCE)


@pytest.mark.parametrize(
    ("typed", "meant"),
    {
        "daily-growth": Exact("daily-growth"),
        "Daily Growth": Exact("daily-growth"),
        "daily_growth": Exact("daily-growth"),
        "daily": Exact("daily-growth", begun=True),
        "aggregate": Close("aggregate-profit"),
        "dayli-growth": Close("daily-growth"),
        "zebra": None,
        "": None,
    }.items(),
)
def test_the_nearest_of_a_few_names(typed: str, meant: Exact | Close | None) -> None:
    assert nearest(typed, NAMES) == meant
