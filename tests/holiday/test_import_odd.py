"""What is odd in a calendar file, and what has passed. It is Tue 24 Nov 2026."""

import codecs
import warnings
from datetime import date

import pytest

from bot.terminal.ics_file import NotACalendar
from tests.kit.calendars import OUTLOOK, SHAPES, calendar, day, read, taken

A_DAY = ("DTSTART;VALUE=DATE:20261224",)
SOUND = calendar(A_DAY)


def with_part(*lines: str) -> str:
    """A file with a part before its entry, which begins on line 4."""
    return SOUND.replace("BEGIN:VEVENT", "\r\n".join([*lines, "BEGIN:VEVENT"]), 1)


def with_lines(*lines: str) -> str:
    """A file with lines at the end of its entry, which begin on line 7."""
    return SOUND.replace("END:VEVENT", "\r\n".join([*lines, "END:VEVENT"]), 1)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (with_part("BEGIN:VTIMEZONE", "TZID:One", "TZID:Two", "BEGIN:STANDARD", "END:STANDARD", "END:VTIMEZONE"), [4]),
        (with_part("BEGIN:VTIMEZONE", "TZID:Odd", "END:VTIMEZONE"), [4]),
        (
            with_part(
                *("BEGIN:VTIMEZONE", "TZID:Odd", "BEGIN:STANDARD", "DTSTART:x", "TZOFFSETFROM:+0100", "TZOFFSETTO:?"),
                *("END:STANDARD", "END:VTIMEZONE"),
            ),
            [4],
        ),
        (with_part("BEGIN:VFREEBUSY", "FREEBUSY:rubbish", "END:VFREEBUSY"), [4]),
        (with_part("BEGIN:VFREEBUSY", "FREEBUSY:20261224T000000Z/x", "END:VFREEBUSY"), [4]),
        (with_part("stray"), [4]),
        (with_part("END:VALARM"), [4]),
        (with_lines("DESCRIPTION:first", "and on, unfolded", "X-Y:z", "and once more"), [8, 10]),
        (with_lines("; and on, with a semicolon"), [7]),
        (
            with_lines("DESCRIPTION:first", "Status update", "Status: all well", "Duration is short", "UID: none"),
            [8, 10],
        ),
        (with_lines("BEGIN:VALARM", "TRIGGER:-PT1H"), [7]),  # which the entry ends
        (f"{SOUND}stray\r\n", [9]),
        (f"stray\r\n{SOUND}", [1]),
        (with_part("BEGIN:X-ODD", "X:y", "END:X-ODD", "BEGIN:VTODO", "DUE:never", "END:VTODO"), []),
        (with_lines("SUMMARY:a, b; c", 'X-ODD;x="y:1', "ATTENDEE:", "CATEGORIES:,", "GEO:here", "DTSTAMP:then"), []),
        (with_lines("URL;VALUE=URI:", "X-ALT-DESC;FMTTYPE=text/html:<p>:</p>", "ATTACH;ENCODING=BASE64:=="), []),
    ],
)
def test_what_is_odd_is_named_by_its_line_and_the_rest_is_read(content: str, lines: list[int]) -> None:
    found = read(content)
    assert [off.first for off in found.taken] == [date(2026, 12, 24)]
    assert found.bad == []
    assert [sentence.split(":")[0] for sentence in found.odd] == [f"Line {line}" for line in lines]


def test_odd_lines_behind_one_another_are_told_together_and_many_are_not_all_told() -> None:
    [said] = read(with_lines(*["unfolded"] * 40)).odd
    assert said.startswith("Lines 7 to 46: ")
    assert len(read(with_lines(*["unfolded", "X-Y:z"] * 40)).odd) == 11


@pytest.mark.parametrize(
    "lines",
    [
        ("DTEND 20261226",),
        (" DTEND".lstrip() + "=20261226",),
        ("RRULE",),
        ("status CANCELLED",),
        ("EXDATE",),
        ("DURATION=P3D",),
    ],
)
def test_an_entry_whose_odd_line_may_change_its_days_is_not_taken(lines: tuple[str, ...]) -> None:
    found = read(with_lines(*lines))
    assert found.taken == []
    [said] = found.bad
    assert "line 7" in said


def test_an_entry_that_nothing_ends_is_not_taken_but_the_next_one_is() -> None:
    content = calendar(("DTSTART;VALUE=DATE:20261201",), A_DAY).replace("END:VEVENT\r\n", "", 1)
    found = read(content)
    assert [off.first for off in found.taken] == [date(2026, 12, 24)]
    assert len(found.bad) == 1
    assert found.odd[0].startswith("Line 4: ")


@pytest.mark.parametrize("program", SHAPES)
def test_a_file_that_ends_too_early_is_refused_whole(program: str) -> None:
    content = SHAPES[program]
    ends = content.index(b"END:VCALENDAR")
    for end in range(20, ends, 97):
        with pytest.raises(NotACalendar):
            read(content[:end])
    with pytest.raises(NotACalendar):
        read(content[: ends + 6])


def test_so_is_one_whose_second_calendar_does() -> None:
    with pytest.raises(NotACalendar, match="line 9"):
        read(SOUND + SOUND.replace("END:VCALENDAR\r\n", ""))


@pytest.mark.parametrize(
    "content",
    [
        SOUND.replace("\r\n", "\n"),
        SOUND.replace("\r\n", "\r"),
        SOUND.replace("\r\n", "\r\r\n"),
        SOUND.replace("\r\n", "\r\n\r\n"),
        SOUND.rstrip(),
        SOUND.lower().replace("20261224t", "20261224T"),
        codecs.BOM_UTF8 + SOUND.encode(),
        SOUND.encode("utf-16"),
        codecs.BOM_UTF16_BE + SOUND.encode("utf-16-be"),
        with_lines("SUMMARY:Übermorgen").encode("latin-1"),
        with_lines("SUMMARY:a\u2028b\x0bc\x85d\x0ce"),
        with_lines("SUMMARY:Ü").encode().replace("Ü".encode(), b"\xc3\r\n \x9c"),
        with_lines("SUMMARY:" + "\r\n ".join("x" * 70 for _ in range(20_000))),
        SOUND.replace("VALUE=DATE:2026", "VALUE=DATE:20\r\n\t26"),
        SOUND.replace("BEGIN:VEVENT", "BEGIN:VEVENT "),
    ],
    ids=range(15),
)
def test_however_its_lines_are_written_a_file_is_read(content: str | bytes) -> None:
    found = read(content)
    assert [off.first for off in found.taken] == [date(2026, 12, 24)]
    assert (found.bad, found.odd) == ([], [])


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body>Sign in</body></html>",
        b"\x89PNG\xff\x00",
        b"Subject;Start Date\r\nHoliday;24/12/2026\r\n",
        b'{"events": []}',
        b"BEGIN:VCALENDAR\r\n" * 1_000,
        calendar().encode(),
        b"\r\n",
    ],
)
def test_what_holds_no_entries_is_refused(content: bytes) -> None:
    with pytest.raises(NotACalendar):
        read(content)


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20260701", "DTEND;VALUE=DATE:20260715"),
        ("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261124"),
        ("DTSTART:20260701T090000Z", "DTEND:20260701T100000Z"),
        ("DTSTART:20261123T090000Z", "DTEND:20261123T223000Z"),
        ("DTSTART;VALUE=DATE:20200101", "DTEND;VALUE=DATE:20230101"),
        ("DTSTART;VALUE=DATE:20260715", "DTEND;VALUE=DATE:20260701"),
        ("DTSTART;VALUE=DATE:20260715", "DTEND 20260717"),
        ("DTSTART;VALUE=DATE:20260715", "STATUS:TENTATIVE"),
        ("DTSTART:20260701T090000", "DURATION:PT1H"),
    ],
)
def test_what_has_passed_is_counted_and_no_fault(lines: tuple[str, ...]) -> None:
    found = read(calendar(lines))
    assert (found.taken, found.bad, found.left_out, found.passed) == ([], [], [], 1)


def test_a_calendar_of_years_tells_what_is_to_come() -> None:
    meetings = [
        (f"DTSTART:{2015 + n // 100}{n % 12 + 1:02}{n % 28 + 1:02}T090000Z", "DURATION:PT1H") for n in range(1_000)
    ]
    found = read(calendar(*meetings, A_DAY))
    assert [off.first for off in found.taken] == [date(2026, 12, 24)]
    assert (found.bad, found.odd, found.passed) == ([], [], 1_000)


def test_no_warning_of_python_s_reaches_a_person() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert taken(SHAPES["Evolution"]) != []
        assert taken(OUTLOOK.replace(b"W. Europe Standard Time", b"/vendor/x/Europe/Riga"))[0] == day(12, 7)
