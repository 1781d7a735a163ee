"""What strangers write into runbooks: all of it is shown, in the section that it belongs to; no code is cut open."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk import Desk
from bot.runbooks.file import CONTACTS, ISSUES, MONITORING, OVERVIEW, REST, STEPS, key_of, parse
from bot.runbooks.library import Library
from bot.sandbox.records import elements_in
from bot.sandbox.rules.limits import problems_with_message
from bot.speech.ask import Ask, Asker, Press, Reply
from bot.speech.mrkdwn import FENCE, escape, from_markdown, pages
from bot.talk.runbook import command
from bot.talk.runbook.press import ACTIONS
from tests.kit import cast
from tests.kit.databases import Databases
from tests.kit.examples import examples

SLUG = "daily-growth"
TOMS = Asker(slack_id=cast.TOMS)


def places(text: str) -> dict[str, list[str]]:
    """The paragraphs of a runbook by section, and those of the rest."""
    book = parse(SLUG, text)
    rest = [paragraph for piece in book.rest for paragraph in piece.paragraphs]
    return {key: list(paragraphs) for key, paragraphs in book.sections.items()} | ({REST: rest} if rest else {})


# Headings


def test_the_five_are_known_by_their_usual_names() -> None:
    for heading, key in [
        *((heading, OVERVIEW) for heading in ("Overview", "Summary", "Meaning", "1. Description", "TL;DR", "Impact")),
        *((heading, STEPS) for heading in ("Steps", "Diagnosis", "🔎 Triage", "Pipeline stages", "How it works")),
        *((heading, MONITORING) for heading in ("Alerts", "Monitoring & dashboards", "2) Metrics", "Data quality")),
        *((heading, ISSUES) for heading in ("Known issues", "Troubleshooting", "Mitigation:", "Common errors", "FAQ")),
        *((heading, CONTACTS) for heading in ("Escalation", "Contacts", "Owners", "Who to call", "CONTACT us")),
        *((heading, None) for heading in ("Glossary", "", "42", "Contacting the API", "Over view", "Changelog")),
    ]:
        assert key_of(heading) == key, (heading, key)


LAYOUTS = {
    "a title, and the five below it": (
        "# A\nwords\n## Meaning\nm\n## Diagnosis\nd\n## Glossary\ng",
        {OVERVIEW: ["words", "*Meaning*\nm"], STEPS: ["*Diagnosis*\nd"], REST: ["*Glossary*\ng"]},
    ),
    "all of one size, the first being the title": (
        "# A\nwords\n# Overview\no\n# Steps\ns",
        {OVERVIEW: ["words", "o"], STEPS: ["s"]},
    ),
    "small headings only": ("### Overview\no\n### Steps\ns", {OVERVIEW: ["o"], STEPS: ["s"]}),
    "Setext": (
        "A\n=\n\nSummary\n---\no\n\nAlerts\n---\na",
        {OVERVIEW: ["*Summary*\no"], MONITORING: ["a"]},
    ),
    "a great heading after the title's": (
        "# A\n## Overview\no\n# Appendix\nx\n## Steps\nof the appendix",
        {OVERVIEW: ["o"], REST: ["*Appendix*\nx", "*Steps*", "of the appendix"]},
    ),
    "several alerts in a file": (
        "# One\n## Meaning\n1\n# Two\n## Meaning\n2",
        {REST: ["*One*\n*Meaning*", "1", "*Two*\n*Meaning*", "2"]},
    ),
    "two of one name": (
        "## Steps\na\n## Notes\nb\n## Steps again\nc\n## Notes\nd",
        {STEPS: ["a", "*Steps again*\nc"], REST: ["*Notes*\nb", "*Notes*\nd"]},
    ),
    "no heading": ("just words", {OVERVIEW: ["just words"]}),
    "headings with nothing below": (
        "## Overview\n## Steps to take\n## Notes",
        {STEPS: ["*Steps to take*"], REST: ["*Notes*"]},
    ),
    "only a picture": (
        "## Steps\n![](https://x.example/p.png)\n## Alerts\n![graph](g.png)",
        {STEPS: ["<https://x.example/p.png|picture>"], MONITORING: ["graph (g.png)"]},
    ),
    "headings in code, lists and quotes": (
        "## Steps\n```sh\n## no heading\n### nor this\n```\n- # in a list\n\n> ## in a quote\n\ntext",
        {STEPS: [f"{FENCE}\n## no heading\n### nor this\n{FENCE}", "• *in a list*", "> *in a quote*", "text"]},
    ),
    "a line across at the top": ("---\n# A\nwords\n---\nmore", {OVERVIEW: ["———"], REST: ["*words*\nmore"]}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), LAYOUTS.values(), ids=LAYOUTS)
def test_whatever_is_written_is_in_a_section_or_in_the_rest(text: str, shown: dict[str, list[str]]) -> None:
    assert places(text) == shown


# What Markdown has

WRITTEN = {
    "code in a list": (
        "1. one\n\n   ```sh\n   if x; then\n       y\n   ```\n2. two",
        [f"1. one\n{FENCE}\nif x; then\n    y\n{FENCE}\n2. two"],
    ),
    "code deeper in a list": (
        "- a\n  - b\n\n        x = 1\n",
        [f"• a\n    ◦ b\n{FENCE}\nx = 1\n{FENCE}"],
    ),
    "an item that begins with code": ("- ```\n  ls\n  ```", [f"•\n{FENCE}\nls\n{FENCE}"]),
    "code in a quote": ("> see\n> ```\n> ls\n> ```", [f"> see\n{FENCE}\nls\n{FENCE}"]),
    "code with fences in it": ("````\n```\nls\n```\n````", [f"{FENCE}\n` ` `\nls\n` ` `\n{FENCE}"]),
    "code behind its fence": ("```kubectl get pods\n```", [f"{FENCE}\nkubectl get pods\n{FENCE}"]),
    "no code at all": ("```\n```", []),
    "backticks side by side": (r"\`\`\` is a fence, and so is ` ``` `", ["` ` ` is a fence, and so is ` ` ` ` `"]),
    "a reference link": ("[see][x]\n\n[x]: https://x.example/?a*b", ["<https://x.example/?a%2Ab|see>"]),
    "a title of a link": ("[see](https://x.example 'the graph')", ["<https://x.example|see> (the graph)"]),
    "a link within the files": ("[other](other.md#steps)", ["other (other.md#steps)"]),
    "a picture": ("![the graph](https://x.example/p.png)", ["<https://x.example/p.png|the graph>"]),
    "a picture in a link": (
        "[![build](https://x.example/b.svg)](https://ci.example)",
        ["<https://ci.example|build> <https://x.example/b.svg|picture>"],
    ),
    "a table of heads": ("| a | b |\n|---|---|", ["• a, b"]),
    "code in a heading": ("## Run `rm *` and **wait**", ["*Run `rm *` and wait*"]),
    "a comment": ("<!-- <!channel> -->", ["&lt;!-- &lt;!channel&gt; --&gt;"]),
}


@pytest.mark.parametrize(("text", "shown"), WRITTEN.values(), ids=WRITTEN)
def test_markdown_keeps_what_it_says(text: str, shown: list[str]) -> None:
    assert from_markdown(text) == shown


LEFT_BY_THE_PARSER = {
    "definitions that nothing refers to": ("[Board]: https://x.example 'of it'", "[Board]: https://x.example 'of it'"),
    "one defined twice": ("[a]\n\n[a]: https://x.example\n[a]: https://y.example", "[a]: https://y.example"),
    "cells beyond the heads": ("| a |\n|---|\n| 1 | beyond |", "| 1 | beyond |"),
    "what is nested too deeply": (">" * 80 + " deep", ">" * 80 + " deep"),
    "a comment by a definition": ("[//]: # (do not tell)", "[//]: # (do not tell)"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "left"), LEFT_BY_THE_PARSER.values(), ids=LEFT_BY_THE_PARSER)
def test_what_the_parser_drops_is_shown_as_it_is_written(text: str, left: str) -> None:
    shown = left.replace("&", "&amp;").replace(">", "&gt;")
    assert places(f"## Steps\n\n{text}")[REST] == ["*Also in the file*", f"{FENCE}\n{shown}\n{FENCE}"]


# The head

HEADS = {
    "date and name": ("updated: 2026-11-23\nby: Maya", date(2026, 11, 23), "Maya", 0),
    "a date with a time": ("updated: 2026-1-5 10:00", date(2026, 1, 5), None, 0),
    "a word for a date": ("updated: yesterday\nby: No", None, "No", 1),
    "no such date": ("updated: 2026-02-30", None, None, 1),
    "a name of 5,000 characters": ("by: " + "m" * 4_900, None, None, 1),
    "a long value of another key": ("by: Maya\ntags: [" + "t" * 300 + "]", None, "Maya", 1),
    "no YAML": ("by: Maya: of the team\nupdated: x", None, None, 1),
    "more than a head": ("by: Maya\n" + "# more\n" * 1_000, None, "Maya", 1),
    "a name of more than a head": ("updated: 2026-11-23\nby: " + "m" * 6_000, date(2026, 11, 23), None, 1),
    "that name before the date": ("by: " + "m" * 6_000 + "\nupdated: 2026-11-23", date(2026, 11, 23), None, 1),
    "a long name in two lines": ("by: Maya\n  " + "m" * 6_000 + "\nupdated: 2026-11-23", date(2026, 11, 23), None, 1),
    "a long value beside both": (
        "updated: '2026-11-23'  # Mon\nnotes: |\n" + "  updated: 2020-01-01\n" * 300 + 'by: "Maya B"',
        date(2026, 11, 23), "Maya B", 1,
    ),
    "a long head with a word for a date": ("updated: soon\ntags: " + "t, " * 2_000 + "\nby: No", None, "No", 1),
    "no YAML beside a date": ("updated: 2026-11-23\nby: Maya: of the team", date(2026, 11, 23), None, 1),
    "a name beside no YAML": ("by: Maya\nupdated: 2026-11-23\ntags: [a", date(2026, 11, 23), "Maya", 1),
    "aliases without end": (
        "a: &a [x, x, x, x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}, *{p}]\n" for p, n in pairwise("abcdefgh")),
        None, None, 1,
    ),
    "a key twice": ("by: Maya\nby: Toms", None, "Maya", 1),
}  # fmt: skip


@pytest.mark.parametrize(("head", "updated", "by", "problems"), HEADS.values(), ids=HEADS)
def test_a_head_is_taken_as_far_as_it_can_be(
    head: str, updated: date | None, by: str | None, problems: int, tmp_path: Path
) -> None:
    (tmp_path / f"{SLUG}.md").write_text(f"---\n{head}\n---\n## Steps\ns")
    library = Library(tmp_path)
    book = library.one(SLUG)
    assert (book.updated, book.by, book.sections[STEPS], len(book.problems)) == (updated, by, ("s",), problems)
    told = [sentence for sentence in library.problems([SLUG]) if "head" in sentence]
    assert len(told) == problems
    shown = "".join("".join(piece.paragraphs) for piece in book.rest)
    assert all(line in shown for line in (escape(head).splitlines() if problems else [])), "what is not taken is shown"


def test_other_keys_of_a_head_are_shown() -> None:
    book = parse(SLUG, "---\nby: Maya\nseverity: high\n---\ntext")
    assert book.by == "Maya"
    assert [piece.paragraphs[-1] for piece in book.rest] == [f"{FENCE}\nby: Maya\nseverity: high\n{FENCE}"]


# Pages


def test_code_in_a_long_list_is_never_cut_open() -> None:
    item = "1. Look here\n   ```\n   if this:\n       that\n   ```\n"
    for page in pages(from_markdown(item * 200), 400):
        assert page.count(FENCE) % 2 == 0
        assert "if this:\n    that" in page


def test_a_page_does_not_end_within_a_link_or_code() -> None:
    words = "word " * 18
    for page in pages([f"{words}<https://x.example|a label of words> `and code of words` {words}"], 100):
        assert page.count("<") == page.count(">")
        assert page.count("`") % 2 == 0


def test_lines_of_code_keep_their_margin_on_the_next_page() -> None:
    code = "\n".join(f"    line {n}" for n in range(100))
    lines = [line for page in pages(from_markdown(f"```\n{code}\n```"), 100) for line in page.splitlines()]
    assert [line for line in lines if line != FENCE] == code.splitlines()


# All of it, by buttons


WORD = "@"  # becomes a word that is nowhere else

_words = st.lists(st.just(WORD), min_size=1, max_size=6).map(" ".join)
_lines = st.lists(_words, min_size=1, max_size=4).map("\n".join)
_names = st.sampled_from(["Overview", "Steps", "Twice", "Twice", "Alerts", "Known issues", "Mitigation", "Contacts"])
_titles = st.builds(
    str.strip, st.builds("{} {}".format, st.one_of(_names, st.just("")), st.one_of(_words, st.just("")))
)
_headings = st.builds("{} {}".format, st.sampled_from(["#", "##", "##", "###", "####"]), _titles)
_setext = st.builds("{}\n{}".format, _words, st.sampled_from(["===", "---"]))
_code = st.builds("# {}\n\n  {}\n## {}".format, _words, _words, _words)
_fences = st.builds("{0}sh\n{1}\n{0}".format, st.sampled_from(["```", "~~~", "````"]), _code)
_tables = st.builds("| {} | {} |\n|---|---|\n| {} | {} |".format, _words, _words, _words, _words)
_links = st.sampled_from(
    [
        f"[{WORD}][ref] {WORD}", f"![{WORD}](pic.png)", f"![](https://x.example/{WORD})", f"[{WORD}](https://x.example/{WORD})",
        f"[![{WORD}](https://x.example/{WORD})](https://y.example)", f"**{WORD}** `{WORD}`  \n*{WORD}*",
        f"[{WORD}]: https://x.example/{WORD}", f"<https://x.example/{WORD}>", f"&lt;{WORD}&gt; & {WORD}",
    ]
)  # fmt: skip
_html = st.builds("<details>\n<summary>{}</summary>\n\n{}\n\n</details>".format, _words, _lines)
_long = st.sampled_from([2_000, 15_000]).flatmap(
    lambda size: st.sampled_from(["{} ", "```\n{}\n```", "- {}\n"]).map(
        lambda form: form.format(f"{WORD} " * (size // 6)) if "`" in form else form.format(WORD) * (size // 6)
    )
)
_plain = st.one_of(_lines, _headings, _headings, _setext, _fences, _tables, _links, _html, st.just("---"))


def _within(sign: str, blocks: list[str]) -> str:
    margin = "> " if sign == ">" else " " * (len(sign) + 1)
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(f"{margin if n or sign == '>' else sign + ' '}{line}".rstrip() for n, line in enumerate(lines))


_signs = st.sampled_from(["-", "*", "1.", "2)", ">"])
_nested = st.recursive(
    _plain,
    lambda inside: st.builds(_within, _signs, st.lists(inside, min_size=1, max_size=3)),
    max_leaves=6,
)
_documents = st.lists(st.one_of(_nested, _nested, _headings, _long), max_size=12).map("\n\n".join)


def numbered(text: str) -> str:
    """The text with a word of its own for each place of one."""
    numbers = count()
    return "".join(f"wd{next(numbers)}x" if each == WORD else each for each in text)


def words_of(text: str) -> set[str]:
    """The words of its own."""
    return set(re.findall(r"wd\d+x", text))


def read_all(desk: Desk) -> Iterator[Reply]:
    """All that somebody can read who opens the runbook and presses every button and chooses from every menu there."""
    ask = Ask("runbook", SLUG, TOMS, cast.NOW)
    replies, pressed = [command.answer(ask, desk)], set[tuple[str, str]]()
    while replies:
        yield (reply := replies.pop())
        for _, element in elements_in(reply.blocks):
            chosen = [option["value"] for option in element.get("options", [])]
            for value in [*chosen, element["value"]] if "value" in element else chosen:
                way = (element["action_id"], value)
                if way in pressed:
                    continue
                pressed.add(way)
                answer = ACTIONS[way[0]](Press(way[0], "" if chosen else value, TOMS, cast.NOW, chosen=value), desk)
                assert answer.reply
                replies.append(answer.reply)


@pytest.mark.slow
def test_every_word_of_a_runbook_can_be_read_by_pressing_buttons(sqlite: Databases, tmp_path: Path) -> None:
    file = tmp_path / f"{SLUG}.md"

    @settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(_documents.map(lambda text: numbered(f"{text}\n\n[ref]: https://x.example/{WORD} '{WORD}'\n")))
    def is_all_there(text: str) -> None:
        file.write_text(text)
        seen: list[str] = []
        for reply in read_all(Desk(store, Library(tmp_path))):
            assert problems_with_message({"text": reply.notification, "blocks": reply.blocks}) == []
            texts = [block["text"]["text"] for block in reply.blocks if block["type"] == "section"]
            assert all(shown.count(FENCE) % 2 == 0 for shown in texts)
            assert all(line == FENCE for shown in texts for line in shown.splitlines() if FENCE in line)
            seen += texts
        shown = " ".join(seen)
        assert words_of(text) - words_of(shown) == set()

    with closing(cast.a_store(sqlite)) as store:
        is_all_there()
