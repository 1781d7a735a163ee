"""Reads and searches runbooks: one Markdown file per pipeline, read again when it changes.

    ---
    updated: 2026-11-23
    by: Maya
    ---
    # Daily growth
    ## Overview · ## Pipeline steps · ## Monitoring and alerts · ## Common issues … · ## Contact information

Owners edit these files by hand, so anything may be missing or odd in them: what can be read is shown, what is
missing is said. Service levels, escalation and contacts come from the plan, not from here.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from bot.mrkdwn import from_markdown

OVERVIEW, STEPS, MONITORING, ISSUES, CONTACTS = "overview", "steps", "monitoring", "issues", "contacts"
SECTIONS: Mapping[str, str] = {
    OVERVIEW: "Overview",
    STEPS: "Pipeline steps",
    MONITORING: "Monitoring and alerts",
    ISSUES: "Common issues and resolutions",
    CONTACTS: "Contact information",
}

NO_RUNBOOK = "There is no runbook for {slug} yet: add {slug}.md to the directory of runbooks."
BROKEN = "The runbook {slug}.md can't be read ({why})."
TOO_LARGE = "it has more than {most} kilobytes"
NOT_TEXT = "it is not UTF-8 text"
NO_SECTION = "The runbook {slug}.md has no section “{section}”."

LARGEST = 500_000


class UnknownRunbook(Exception):
    """There is no such runbook. `str()` says so."""

    def __init__(self, slug: str) -> None:
        super().__init__(NO_RUNBOOK.format(slug=slug))
        self.slug = slug


class BrokenRunbook(Exception):
    """The file is there and can't be read. `str()` says why."""

    def __init__(self, slug: str, why: str) -> None:
        super().__init__(BROKEN.format(slug=slug, why=why))
        self.slug = slug


@dataclass(frozen=True, slots=True)
class Issue:
    """A known issue: its title as plain text, and everything about it as paragraphs of mrkdwn."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runbook:
    """A runbook. `updated` and `by`: its last change, as its head says; `sections`: paragraphs of mrkdwn by key, of the
    sections that are there; `issues`: the known issues one by one."""

    slug: str
    updated: date | None
    by: str | None
    sections: Mapping[str, tuple[str, ...]]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A known issue that a search found."""

    slug: str
    issue: Issue


class Library:
    """The runbooks of one directory. Threads share it."""

    def __init__(self, directory: Path) -> None:
        """Files are read when they are asked for."""
        self.directory = directory
        self._lock = threading.Lock()
        self._read: dict[str, tuple[tuple[int, int], Runbook]] = {}

    def slugs(self) -> list[str]:
        """The slugs that have a file."""
        return sorted(path.stem for path in self.directory.glob("*.md"))

    def one(self, slug: str) -> Runbook:
        """A runbook as it is now. Raises UnknownRunbook and BrokenRunbook."""
        path = self.directory / f"{slug}.md"
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            with self._lock:
                known = self._read.get(slug)
            if known and known[0] == stamp:
                return known[1]
            runbook = parse(slug, _text(slug, path, stat.st_size))
        except FileNotFoundError:
            raise UnknownRunbook(slug) from None
        except OSError as error:
            raise BrokenRunbook(slug, error.strerror or "it can't be opened") from None
        with self._lock:
            self._read[slug] = (stamp, runbook)
        return runbook

    def search(self, words: str) -> list[Found]:
        """The known issues, over all runbooks that can be read, whose text has every one of the words."""
        wanted = words.casefold().split()
        return [
            Found(runbook.slug, issue)
            for runbook in self._readable()
            for issue in runbook.issues
            if wanted and all(word in _searched(issue) for word in wanted)
        ]

    def problems(self) -> list[str]:
        """What is wrong with the files, as sentences."""
        found = []
        for slug in self.slugs():
            try:
                runbook = self.one(slug)
            except (UnknownRunbook, BrokenRunbook) as problem:
                found.append(str(problem))
                continue
            missing = (title for key, title in SECTIONS.items() if key not in runbook.sections)
            found += [NO_SECTION.format(slug=slug, section=title) for title in missing]
        return found

    def _readable(self) -> list[Runbook]:
        readable = []
        for slug in self.slugs():
            try:
                readable.append(self.one(slug))
            except (UnknownRunbook, BrokenRunbook):  # `doctor` names it, and so does asking for it
                continue
        return readable


def _text(slug: str, path: Path, size: int) -> str:
    if size > LARGEST:
        raise BrokenRunbook(slug, TOO_LARGE.format(most=LARGEST // 1000))
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BrokenRunbook(slug, NOT_TEXT) from None


def _searched(issue: Issue) -> str:
    return "\n".join((issue.title, *issue.paragraphs)).casefold()


def parse(slug: str, text: str) -> Runbook:
    """The runbook that a file holds, whatever it holds."""
    head, body = _head(text)
    parts = re.split(r"^## +(.+?) *#*$", body, flags=re.MULTILINE)
    bodies = {_key(title): content for title, content in zip(parts[1::2], parts[2::2], strict=True)}
    sections = {key: tuple(from_markdown(content)) for key, content in bodies.items() if key and content.strip()}
    updated, by = head.get("updated"), head.get("by")
    return Runbook(
        slug,
        updated if isinstance(updated, date) else None,
        str(by) if by else None,
        sections,
        tuple(_issues(bodies.get(ISSUES, ""))),
    )


def _head(text: str) -> tuple[Mapping[str, object], str]:
    found = re.match(r"---\n(.*?)\n---\n?", text, flags=re.DOTALL)
    if not found:
        return {}, text
    try:
        head = yaml.safe_load(found[1])
    except yaml.YAMLError:
        head = None  # what stands below it is worth more than its date
    return head if isinstance(head, dict) else {}, text[found.end() :]


def _key(title: str) -> str | None:
    """The section that a heading begins: by its first words, as people change the rest."""
    plain = title.casefold()
    return next((key for key, name in SECTIONS.items() if plain.startswith(name.split()[0].casefold())), None)


def _issues(body: str) -> list[Issue]:
    parts = re.split(r"^### +(.+?) *#*$", body, flags=re.MULTILINE)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return [Issue(title.strip(), tuple(from_markdown(content))) for title, content in pairs]
