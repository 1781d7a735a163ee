"""One entry of a calendar file, and what is read of it.

What it is called is not: that may be private, and nobody is told why somebody is away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.terminal.ics_file.text import ENTRY, Component, ContentLine
from scheduler.rule.hours import MIDNIGHT

if TYPE_CHECKING:
    from icalendar import Component as Event

BROKEN_LINE = "its line {line} can't be read."
NOT_ENDED = "nothing ends it."

# Programs' own flags of a whole day, and of how busy somebody is: Microsoft's, of [MS-OXCICAL] 2.1.3.1.1.20 (.28, .31,
# .38, .42: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcical), and Funambol's, which others
# write too.
ALL_DAY = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")
BUSY = ("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS")
RULES = ("RRULE", "RDATE", "EXRULE")
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", *RULES)
_READ = frozenset((*_TIMES, *ALL_DAY, *BUSY, "DURATION", "UID", "SEQUENCE", "DTSTAMP", "STATUS", "TRANSP", "ATTENDEE"))
_MEANT = re.compile(rf"\s*(?:(?:{'|'.join(_TIMES)})\b|DURATION\W+P[0-9]|STATUS\W+CANCELL?ED\b)", re.IGNORECASE)

# As Outlook on the web names zones; and names of zones with a colon or a comma, which would have to stand in quotes.
_MICROSOFT = re.compile(r"TZID=\"?tzone://Microsoft/(?:Olson/)?([^:\"]+)\"?(?=[:;])")
_UNQUOTED = re.compile(r"TZID=([^\";]*[:,][^\";]*)(?=:[0-9T,]+Z?\s*$)")
_WITH_DASHES = re.compile(r":([0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?Z?)?)\s*$")
_WITHOUT_SECONDS = re.compile(r"(:[0-9]{8}T[0-9]{4})(Z?)\s*$")
_AT_24 = re.compile(r"(:[0-9]{8})T240000(Z?)\s*$")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An entry: the how manieth of its file, the line that it begins on, and of its calendar the METHOD, the PRODID and
    the zone that it is to be shown in. `problem`: why nothing of it can be relied on."""

    place: int
    line: int
    method: str
    maker: str
    zone: ZoneInfo | None
    event: "Event"
    problem: str | None

    def text(self, name: str) -> str:
        """A property, in capitals; nothing where there is none, or more than one."""
        found = self.event.get(name)
        return "" if found is None or isinstance(found, list) else str(found).strip().upper()

    @property
    def repeats(self) -> bool:
        """Whether it says itself that it repeats."""
        return any(name in self.event for name in RULES)


def entries(calendars: list[Component]) -> Iterator[CalendarEntry]:
    """The entries of calendars, in the order of the file."""
    found = ((calendar, part) for calendar in calendars for part in calendar.walk(ENTRY))
    for place, (calendar, part) in enumerate(found, 1):
        event = _event(part)
        method, maker = calendar.value("METHOD").upper(), calendar.value("PRODID")
        zone = _zone(calendar.value("X-WR-TIMEZONE"))
        yield CalendarEntry(place, part.number, method, maker, zone, event, _problem(part, event))


def _zone(name: str) -> ZoneInfo | None:
    from icalendar.timezone import tzp

    found = tzp.timezone(name) if name else None
    return found if isinstance(found, ZoneInfo) else None


def _event(part: Component) -> "Event":
    from icalendar import Event

    lines = (_as_meant(line) for line in part.lines if line.name in _READ and not _is_empty(line))
    return Event.from_ical("\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT")))


def _is_empty(line: ContentLine) -> bool:
    """Whether a program names a rule, and has none."""
    return line.name in (*RULES, "EXDATE") and line.text.rstrip().endswith((":", ";"))


def _as_meant(line: ContentLine) -> str:
    """A line whose date, zone or rule is written as elsewhere, as it ought to be. What ends at 24:00 ends with its
    day."""
    text = "".join(line.text.split()) if line.name == "RRULE" else line.text
    text = _MICROSOFT.sub(lambda found: f"TZID={'UTC' if found[1] == 'Utc' else found[1]}", text)
    text = _UNQUOTED.sub(r'TZID="\1"', text)
    text = _WITH_DASHES.sub(lambda found: f":{re.sub('[:-]', '', found[1])}", text)
    return _AT_24.sub(r"\1T235959\2", _WITHOUT_SECONDS.sub(r"\g<1>00\2", text))


def _problem(part: Component, event: "Event") -> str | None:
    if not part.ended:
        return NOT_ENDED
    for stray in part.strays:
        if _MEANT.match(stray.text):
            return BROKEN_LINE.format(line=stray.number)
    return BROKEN_LINE.format(line=part.number) if any(name is None for name, _ in event.errors) else None


def value(event: "Event", name: str) -> Any:
    """A date, moment or length of time of an event; None where there is none that can be read, or more than one. A date
    that is written as a midnight and said to be a date is a date."""
    from icalendar import vDDDTypes, vDuration

    found = event.get(name)
    if not isinstance(found, vDDDTypes | vDuration):
        return None
    moment, said = found.dt, str(found.params.get("VALUE", "")).upper()
    return moment.date() if said == "DATE" and isinstance(moment, datetime) and moment.time() == MIDNIGHT else moment
