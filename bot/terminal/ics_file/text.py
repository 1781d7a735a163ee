"""The text of a calendar file → its components, line by line, after RFC 5545, section 3.1.

Files are really written with any ends of lines, in UTF-16, with characters cut in two where a line is folded, with
descriptions that go on without being folded, and with components that nothing ends. What can't be read is told with its
line; the rest is read. A file in which something is still open at its end was cut off, and nobody knows what else it
held.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST = 5  # megabytes
DEEPEST = 8  # components within each other; a calendar has three

TOO_LARGE = "{file} is larger than {most} MB; export your time off alone."
NOT_A_CALENDAR = "{file} can't be read as a calendar file (.ics)."
NO_ENTRIES = "{file} has no entries."
ENDS_EARLY = "{file} ends too early: nothing ends what begins on its line {line}. Export it once more."

STRAY = "it is no line of a calendar"
NOT_ENDED = "nothing ends the {what} that begins there"
ENTRY = "VEVENT"

# What icalendar and recurring-ical-events raise over odd files, beside their own ValueErrors.
STUMBLES = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)

_NAME = re.compile(r"([A-Za-z0-9-]+)[;:]")
_ENDS_OF_LINES = re.compile(rb"\r\n|\n|\r")  # not those of str.splitlines, which also stand within a text


class NotACalendar(Exception):
    """The file cannot be read. `str()` is a sentence, with {file} where its name is to stand."""


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A line, unfolded. `number`: of its first part in the file, from 1; `name`: of its property, in capitals."""

    number: int
    name: str
    text: str

    @property
    def value(self) -> str:
        """What stands behind the first colon; right for a line without parameters."""
        return self.text.partition(":")[2].strip()


@dataclass(frozen=True, slots=True)
class Odd:
    """Why something that begins on a line is not read."""

    line: int
    why: str


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END. `number`: of its first line; `strays`: lines in it that are none."""

    name: str
    number: int
    lines: list[ContentLine] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)
    strays: list[ContentLine] = field(default_factory=list)
    ended: bool = True

    def value(self, name: str) -> str:
        """The value of its first line of a name; nothing where there is none."""
        return next((line.value for line in self.lines if line.name == name), "")

    def walk(self, name: str) -> Iterator["Component"]:
        """All of a name, in it and in its parts, in the order of the file."""
        if self.name == name:
            yield self
        for part in self.parts:
            yield from part.walk(name)

    def text(self) -> str:
        """It as it would stand in a file."""
        within = [*(line.text for line in self.lines), *(part.text() for part in self.parts)]
        return "\r\n".join([f"BEGIN:{self.name}", *within, f"END:{self.name}"])


def components(content: bytes) -> tuple[list[Component], list[Odd]]:
    """The outermost components of a file, and what in it is none. Raises NotACalendar."""
    if len(content) > LARGEST * 1_000_000:
        raise NotACalendar(TOO_LARGE.replace("{most}", str(LARGEST)))
    reading = _Reading()
    for line in _lines(content):
        reading.take(line)
    if not reading.outermost:
        raise NotACalendar(NOT_A_CALENDAR if content.strip() else NO_ENTRIES)
    if reading.open:
        raise NotACalendar(ENDS_EARLY.replace("{line}", str(reading.open[-1].number)))
    return reading.outermost, sorted(reading.odd, key=lambda odd: odd.line)


class _Reading:
    """Components as their lines come in; `open`: those that are not ended yet, each within the one before."""

    def __init__(self) -> None:
        self.outermost: list[Component] = []
        self.open: list[Component] = []
        self.odd: list[Odd] = []

    def take(self, line: ContentLine) -> None:
        """The next line. Raises NotACalendar."""
        if line.name == "BEGIN":
            self._begin(Component(line.value.upper(), line.number))
        elif line.name == "END" and any(each.name == line.value.upper() for each in self.open):
            self._end(line.value.upper())
        elif line.name not in ("", "END") and self.open:
            self.open[-1].lines.append(line)
        else:
            self.odd.append(Odd(line.number, STRAY))
            if self.open:
                self.open[-1].strays.append(line)

    def _begin(self, component: Component) -> None:
        if component.name == ENTRY and any(each.name == ENTRY for each in self.open):
            self._end(ENTRY, is_ended=False)  # an entry holds none: what ends the one before is missing
        if len(self.open) == DEEPEST:
            raise NotACalendar(NOT_A_CALENDAR)
        (self.open[-1].parts if self.open else self.outermost).append(component)
        self.open.append(component)

    def _end(self, name: str, *, is_ended: bool = True) -> None:
        """End the innermost of a name, and what is open in it."""
        while True:
            component = self.open.pop()
            component.ended = is_ended and component.name == name
            if not component.ended:
                self.odd.append(Odd(component.number, NOT_ENDED.format(what=component.name)))
            if component.name == name:
                return


def _lines(content: bytes) -> Iterator[ContentLine]:
    """The lines that are not empty, with what is folded in one piece, even within a character."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", "replace").encode()
    unfolded: list[tuple[int, list[bytes]]] = []
    for number, raw in enumerate(_ENDS_OF_LINES.split(content.removeprefix(codecs.BOM_UTF8)), 1):
        if raw[:1] in (b" ", b"\t") and unfolded:
            unfolded[-1][1].append(raw[1:])
        elif raw.strip():
            unfolded.append((number, [raw]))
    for number, pieces in unfolded:
        text = b"".join(pieces).decode("utf-8", "replace")
        found = _NAME.match(text)
        yield ContentLine(number, found[1].upper() if found else "", text)
