"""A validator: the rules of RFC 5545 that a feed of events could break, read from the bytes without any library."""

import re
from collections import Counter
from collections.abc import Iterator

LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):(.*)', re.DOTALL)
MOMENT, DATE = re.compile(r"\d{8}T\d{6}Z"), re.compile(r"\d{8}")
TEXTS = ("SUMMARY", "UID", "PRODID", "NAME", "X-WR-CALNAME")
ONCE_IN_A_CALENDAR = ("PRODID", "VERSION", "CALSCALE", "NAME", "REFRESH-INTERVAL")
ONCE_IN_AN_EVENT = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "LAST-MODIFIED", "SUMMARY", "TRANSP")

Properties = list[tuple[str, str, str]]


def problems(content: bytes) -> list[str]:
    """Everything that is wrong."""
    return list(_problems(content))


def _problems(content: bytes) -> Iterator[str]:
    if not content.endswith(b"\r\n"):
        yield "the last line has no CRLF"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield "a line ends otherwise than by CRLF"
    yield from (f"{len(raw)} octets in a line" for raw in content.split(b"\r\n") if len(raw) > 75)
    lines = re.sub(rb"\r\n[ \t]", b"", content).decode().split("\r\n")[:-1]
    calendar: Properties = []
    events: list[Properties] = []
    within: list[str] = []
    for line in lines:
        found = LINE.fullmatch(line)
        if not found:
            yield f"no content line: {line!r}"
            continue
        name, parameters, value = found.groups()
        if name == "BEGIN":
            within.append(value)
            events += [[]] if value == "VEVENT" else []
        elif name == "END":
            if not within or within.pop() != value:
                yield f"END:{value} ends nothing"
        else:
            (events[-1] if within[-1:] == ["VEVENT"] else calendar).append((name, parameters, value))
    if within or not lines or lines[0] != "BEGIN:VCALENDAR" or lines[-1] != "END:VCALENDAR":
        yield "it is not one calendar"
    yield from _calendar(calendar)
    for event in events:
        yield from _event(event)
    uids = Counter(value for event in events for name, _, value in event if name == "UID")
    yield from (f"UID {uid} stands {count} times" for uid, count in uids.items() if count > 1)


def _calendar(properties: Properties) -> Iterator[str]:
    counts = Counter(name for name, _, _ in properties)
    yield from (f"{name} stands {counts[name]} times" for name in ONCE_IN_A_CALENDAR if counts[name] != 1)
    if ("VERSION", "", "2.0") not in properties:
        yield "it is not of version 2.0"
    yield from _texts(properties)


def _event(properties: Properties) -> Iterator[str]:
    counts = Counter(name for name, _, _ in properties)
    wrong = [f"{name} stands {counts[name]} times in an event" for name in ONCE_IN_AN_EVENT if counts[name] != 1]
    yield from wrong
    if wrong:
        return
    if "DURATION" in counts:
        yield "DURATION beside DTEND"
    values = {name: (parameters, value) for name, parameters, value in properties}
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        if not MOMENT.fullmatch(values[name][1]):
            yield f"{name} is no moment in UTC"
    (kind, starts), (other, ends) = values["DTSTART"], values["DTEND"]
    right = DATE if kind == ";VALUE=DATE" else MOMENT
    if kind != other or kind not in ("", ";VALUE=DATE") or not right.fullmatch(starts) or not right.fullmatch(ends):
        yield f"DTSTART and DTEND are of different kinds, or of none: {starts}, {ends}"
    elif ends <= starts:
        yield f"it ends at {ends}, before it starts at {starts}"
    if not values["SEQUENCE"][1].isdecimal() or values["TRANSP"][1] not in ("TRANSPARENT", "OPAQUE"):
        yield "SEQUENCE or TRANSP is of the wrong kind"
    yield from _texts(properties)


def _texts(properties: Properties) -> Iterator[str]:
    for name, _, value in properties:
        if name in TEXTS and re.search(r"[\\;,]", re.sub(r"\\[\\;,nN]", "", value)):
            yield f"{name} is not escaped: {value!r}"
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            yield f"{name} holds a control character"
