"""The runbooks of one directory: one Markdown file per pipeline (`file.py`), read again when it changes.

Service levels, escalation and contacts come from the plan, not from here.
"""

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.runbooks.file import ISSUES, REST, SECTIONS, Piece, Runbook, parse
from bot.speech import say

NO_RUNBOOK = "There is no runbook for {slug} yet: add {slug}.md to the directory of runbooks."
BROKEN = "The runbook {slug}.md can't be read ({why})."
TOO_LARGE = "it has more than {most} kilobytes"
NOT_TEXT = "it is not UTF-8 text"
NO_SECTIONS = "The runbook {slug}.md has no section {sections}."
BAD_HEAD = "The head of the runbook {slug}.md can't be taken as it is. {problem}"
NO_PIPELINE = "Nobody finds the runbook {slug}.md: no pipeline has the slug {slug}. Give the file the slug of one."

LARGEST = 200_000  # bytes: so much is read in a second or two, and Slack waits for three


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
class Hit:
    """What a search found: a known issue, or (`key`) a section that is not about these, or (`place`) so much into the
    rest."""

    slug: str
    piece: Piece
    key: str = ISSUES
    place: int = 0


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

    def search(self, words: str, slugs: Collection[str]) -> list[Hit]:
        """What has every one of the words in the runbooks `slugs` that can be read: known issues first."""
        wanted = words.casefold().split()
        books = self._readable(slugs) if wanted else []
        found = [Hit(book.slug, issue) for book in books for issue in book.issues]
        found += [each for book in books for each in _elsewhere(book)]
        return [each for each in found if all(word in _searched(each.piece) for word in wanted)]

    def problems(self, slugs: Collection[str] | None = None) -> list[str]:
        """What is wrong with the files, as sentences, and what is missing. `slugs`: the pipelines', where there are
        any."""
        there = set(self.slugs())
        of_pipelines = there if slugs is None else slugs
        found = [sentence for slug in of_pipelines for sentence in self._problems_with(slug)]
        return [*found, *(NO_PIPELINE.format(slug=slug) for slug in sorted(there - set(of_pipelines)))]

    def _problems_with(self, slug: str) -> Iterator[str]:
        try:
            runbook = self.one(slug)
        except (UnknownRunbook, BrokenRunbook) as problem:
            yield str(problem)
            return
        yield from (BAD_HEAD.format(slug=slug, problem=problem) for problem in runbook.problems)
        if missing := [f"“{title}”" for key, title in SECTIONS.items() if key not in runbook.sections]:
            yield NO_SECTIONS.format(slug=slug, sections=say.names(missing))

    def _readable(self, slugs: Collection[str]) -> list[Runbook]:
        readable = []
        for slug in slugs:
            try:
                readable.append(self.one(slug))
            except (UnknownRunbook, BrokenRunbook):  # `doctor` names it, and so does asking for it
                continue
        return readable


def _elsewhere(book: Runbook) -> Iterator[Hit]:
    for key, paragraphs in book.sections.items():
        if key != ISSUES:
            yield Hit(book.slug, Piece(SECTIONS[key], paragraphs), key)
    for place, piece in enumerate(book.rest):
        yield Hit(book.slug, piece, REST, place)


def _text(slug: str, path: Path, size: int) -> str:
    if size > LARGEST:
        raise BrokenRunbook(slug, TOO_LARGE.format(most=LARGEST // 1000))
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BrokenRunbook(slug, NOT_TEXT) from None


def _searched(piece: Piece) -> str:
    return "\n".join((piece.title, *piece.paragraphs)).casefold()
