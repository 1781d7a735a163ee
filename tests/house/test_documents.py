"""The documents: every link, anchor, path and setting in them is one that there is."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.config import Settings

ROOT = Path(__file__).parent.parent.parent
PARSER = MarkdownIt("commonmark").enable("table")
HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)  # of a runbook: GitHub shows it as a table, not as headings
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)  # https:, mailto: and the like
LINK_IN_HTML = re.compile(r"""\b(?:href|src)\s*=\s*["']([^"']+)["']""")
ANCHOR_IN_HTML = re.compile(r"""<[^>]*\b(?:id|name)\s*=\s*["']([^"']+)["']""")
HIDDEN = re.compile(r"(^|/)\.(?!github/|ci/)[^/]*/")
NAMED = re.compile(r"`((?:bot|scheduler|models|tests|docs|deploy|runbook_content|\.ci|\.github)/[\w./-]*)`")


def in_the_repository() -> list[str]:
    """Paths of all files that git knows; without git, of all that are in no hidden folder but `.github` and `.ci`."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return listed.split("\0")[:-1]
    except (OSError, subprocess.CalledProcessError):
        found = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
        return [path for path in found if not HIDDEN.search(path) and "__pycache__" not in path]


FILES = frozenset(in_the_repository())
FOLDERS = {parent.as_posix() for path in FILES for parent in Path(path).parents}
DOCUMENTS = sorted(path for path in FILES if path.endswith(".md"))


def read(place: str) -> str:
    """The text of a file, by its path within the repository."""
    return (ROOT / place).read_text(encoding="utf-8")


def parts(text: str) -> list[Token]:
    """What a Markdown text consists of, each block before what is in it."""
    return [part for block in PARSER.parse(HEAD.sub("", text)) for part in (block, *(block.children or ()))]


def links(text: str) -> Iterator[str]:
    """Where a Markdown text points to, by links, pictures and HTML; what stands in code points nowhere."""
    for part in parts(text):
        if part.type in ("html_block", "html_inline"):
            yield from LINK_IN_HTML.findall(part.content)
        elif target := part.attrGet("href") or part.attrGet("src"):
            yield str(target)


def anchors(text: str) -> set[str]:
    """What a link into a Markdown text can name, by GitHub's rules: a heading in lower case, without punctuation, with
    hyphens for spaces; the second of one name is `name-1`."""
    found: set[str] = set()
    before = Counter[str]()
    for part, inside in pairwise(parts(text)):
        if part.type == "heading_open":
            said = "".join(each.content for each in inside.children or () if each.type in ("text", "code_inline"))
            slug = re.sub(r"[^\w\- ]", "", said.lower()).replace(" ", "-")
            found.add(f"{slug}-{before[slug]}" if before[slug] else slug)
            before[slug] += 1
        if part.type in ("html_block", "html_inline"):
            found.update(ANCHOR_IN_HTML.findall(part.content))
    return found


def broken(place: str, text: str) -> list[str]:
    """The links of a document, whose path within the repository is `place`, that lead nowhere."""
    return [link for link in links(text) if not (OUTSIDE.match(link) or leads_somewhere(place, text, link))]


def leads_somewhere(place: str, text: str, link: str) -> bool:
    """Whether a relative link of a document is to a file of the repository, and to an anchor that it has."""
    path, hash_sign, anchor = unquote(link).partition("#")
    target = (ROOT / place).parent.joinpath(path).resolve() if path else ROOT / place
    there = target.relative_to(ROOT).as_posix() if target.is_relative_to(ROOT) else "elsewhere"
    if hash_sign:
        return there in DOCUMENTS and anchor in anchors(read(there) if path else text)
    return there in FILES or there in FOLDERS


@pytest.mark.parametrize("place", DOCUMENTS)
def test_every_link_leads_somewhere(place: str) -> None:
    assert broken(place, read(place)) == []


def test_a_link_that_leads_nowhere_is_seen() -> None:
    here = "# The `bot`'s *first* day: 1.0\n# Twice\n# Twice\n<a id='mine'></a>\n\n```\n# None\n[no](link)\n```\n\n"
    good = "[a](#the-bots-first-day-10) [b](#twice) [c](#twice-1) [d](#mine) [e](../README.md#licence) [f](../docs/) "
    fine = (
        "[g](https://example.com/x) `[h](x.md)` ![i](../.github/images/home.png) <img src='../LICENSE'> <x@y.example>"
    )
    assert broken("docs/plan.md", here + good + fine) == []
    bad = [
        "#none",
        "#twice-2",
        "#Twice",
        "none.md",
        "../README.md#none",
        "../../etc",
        "../LICENSE#top",
        "README.md",
        "#",
    ]
    drawn = "![y](none.png) <img src='none.jpg'>\n\n| a |\n|---|\n| [z](none.csv) |\n"
    assert broken("docs/plan.md", here + "".join(f"[x]({link}) " for link in bad) + drawn) == [
        *bad,
        *("none.png", "none.jpg", "none.csv"),
    ]


def test_the_head_of_a_runbook_is_no_heading() -> None:
    assert anchors("---\nupdated: 2026-11-23\nby: Maya\n---\n# Daily growth\n") == {"daily-growth"}


def test_the_readme_and_each_document_are_a_click_apart() -> None:
    documents = {path for path in DOCUMENTS if path.startswith("docs/")}
    assert documents <= {link.partition("#")[0] for link in links(read("README.md"))}
    for path in documents:
        assert "../README.md" in {link.partition("#")[0] for link in links(read(path))}, path


def test_the_readme_is_short() -> None:
    assert len(read("README.md").splitlines()) <= 150


@pytest.mark.parametrize("place", [path for path in DOCUMENTS if path != "CHANGELOG.md"])
def test_paths_that_are_named_are_paths_that_there_are(place: str) -> None:
    named = NAMED.findall(read(place))
    assert [path for path in named if path not in FILES and path.rstrip("/") not in FOLDERS] == []


def test_the_tree_for_contributors_is_the_tree_there_is() -> None:
    [tree] = re.findall(r"^```\n(bot/ .+?)^```$", read(".github/CONTRIBUTING.md"), re.DOTALL | re.MULTILINE)
    drawn: list[str] = []
    above: list[str] = []
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        names = re.findall(r"([\w.]+)/(?= |$)", line.strip().partition("  ")[0])
        drawn += ["/".join([*above[:depth], name]) for name in names]
        above[depth:] = names[:1]
    assert sorted(drawn) == sorted(FOLDERS - {"."})


def test_every_setting_stands_in_its_table_once() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", read("docs/settings.md"), re.MULTILINE)
    assert sorted(rows) == sorted(field.alias for field in Settings.model_fields.values() if field.alias)
