"""A whole day in a calendar file, however its program writes it. It is Tue 24 Nov 2026 in Berlin."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream

from bot.terminal.ics_file import TimeOff
from tests.kit.calendars import AWAY, SHAPES, calendar, day, read, taken
from tests.kit.cast import ZONE

MICROSOFT, MSN, FUNAMBOL = (
    "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
    "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT:TRUE",
    "X-FUNAMBOL-ALLDAY:1",
)


@pytest.mark.parametrize("program", SHAPES)
def test_what_programs_write_is_read(program: str) -> None:
    found = read(SHAPES[program])
    assert found.taken == AWAY
    assert (found.bad, found.odd) == ([], [])


def test_one_whole_day() -> None:
    for lines in [
        ("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261225"),
        ("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"),
        ("DTSTART:20261224", "DTEND:20261224"),
        ("DTSTART;VALUE=DATE:20261224",),
        ("DTSTART;VALUE=DATE:20261224", "DURATION:P1D"),
        ("DTSTART;VALUE=DATE:20261224", "DURATION:PT24H"),
        ("DTSTART;VALUE=DATE:20261224", "DURATION:P0D"),
        ("DTSTART;VALUE=DATE:20261224T000000Z", "DTEND;VALUE=DATE:20261225T000000Z"),
        ("DTSTART;VALUE=DATE:20261224T000000", "DTEND;VALUE=DATE:20261224T000000"),
        ("DTSTART;VALUE=DATE-TIME:20261224", "DTEND;VALUE=DATE-TIME:20261225"),
        ("DTSTART;VALUE=DATE:2026-12-24", "DTEND;VALUE=DATE:2026-12-25"),
        ("DTSTART;TZID=Europe/Berlin:20261224", "DTEND;TZID=Europe/Berlin:20261225"),
        ("DTSTART:20261224T000000", "DTEND:20261225T000000"),
        ("DTSTART:20261224T000000", "DTEND:20261224T000000"),
        ("DTSTART:20261224T000000", "DTEND:20261224T235900"),
        ("DTSTART:20261224T000000", "DTEND:20261224T235959"),
        ("DTSTART:20261224T000100", "DTEND:20261224T235900"),
        ("DTSTART:20261224T000000", "DTEND:20261224T240000"),
        ("DTSTART:20261224T0000", "DTEND:20261224T2359"),
        ("DTSTART:2026-12-24T00:00:00", "DTEND:2026-12-25T00:00:00"),
        ("DTSTART:20261224T000000", MICROSOFT),
        ("DTSTART;TZID=Europe/Berlin:20261224T000000", "DTEND;TZID=Europe/Berlin:20261224T235959"),
        ("DTSTART;TZID=Europe/Berlin:20261224T000000", "DTEND:20261224T230000Z"),
        ("DTSTART;TZID=America/New_York:20261224T000000", "DTEND;TZID=America/New_York:20261225T000000"),
        ("DTSTART;TZID=No/Where:20261224T000000", "DTEND;TZID=No/Where:20261225T000000"),
        (
            "DTSTART;TZID=tzone://Microsoft/Custom:20261224T000000",
            "DTEND;TZID=tzone://Microsoft/Custom:20261225T000000",
        ),
        ("DTSTART;TZID=tzone://Microsoft/Utc:20261223T230000", "DTEND;TZID=tzone://Microsoft/Utc:20261224T230000"),
        ('DTSTART;TZID="tzone://Microsoft/Utc":20261223T230000', "DURATION:P1D"),
        ("DTSTART;TZID=tzone://Microsoft/Olson/Asia/Tokyo:20261224T000000", "DURATION:P1D"),
        ('DTSTART;TZID="(UTC+01:00) Amsterdam, Bern":20261224T000000', "DURATION:P1D"),
        ("DTSTART;TZID=(UTC+01:00) Amsterdam, Bern:20261224T000000", "DURATION:P1D"),
        ("DTSTART;TZID=(UTC+01.00) Amsterdam\\, Bern:20261224T000000", "DURATION:P1D"),
        ("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261225", "Duration: two weeks"),
        ("DTSTART;VALUE=DATE:20261224", "DTEND:20261225T000000Z"),
        ("DTSTART;VALUE=DATE:20261224", "DTEND:20261224T230000Z"),
        ("DTSTART;VALUE=DATE:20261224", "DTEND:20261224T235959"),
        ("DTSTART:20261224T000000", "DTEND;VALUE=DATE:20261225"),
        ("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261225", "RRULE:", "EXDATE;VALUE=DATE:"),
        ("DTSTART:20261223T230000Z", "DTEND:20261224T230000Z"),
        ("DTSTART:20261223T230000Z", "DTEND:20261224T225900Z"),
        ("DTSTART:20261224T000000Z", "DTEND:20261225T000000Z", MICROSOFT),
        ("DTSTART:20261224T000000Z", "DTEND:20261225T000000Z", MSN),
        ("DTSTART:20261224T000000Z", "DTEND:20261225T000000Z", FUNAMBOL),
        ("DTSTART:20261224T000000Z", "DTEND:20261224T000000Z", FUNAMBOL),
        ("DTSTART:20261224T000000Z", FUNAMBOL),
        ("DTSTART:20261224T000000Z", "DTEND:20261224T235959Z"),
        ("DTSTART;TZID=Etc/UTC:20261224T000000", "DTEND;TZID=Etc/UTC:20261225T000000", MICROSOFT),
    ]:
        assert taken(calendar(lines)) == [day(12, 24)], lines


@pytest.mark.parametrize(
    ("zone", "starts", "ends", "days"),
    [
        ("Africa/Cairo", "20260423T220000Z", "20260424T210000Z", day(4, 24)),
        ("Africa/Cairo", "20260423T220000Z", "20260424T205900Z", day(4, 24)),
        ("America/Santiago", "20260906T040000Z", "20260907T030000Z", day(9, 6)),
        ("Asia/Beirut", "20260328T220000Z", "20260329T210000Z", day(3, 29)),
        ("America/Havana", "20260308T050000Z", "20260309T040000Z", day(3, 8)),
        ("America/Asuncion", "20231001T040000Z", "20231002T030000Z", day(10, 1, 2023)),
        ("Asia/Tehran", "20220321T203000Z", "20220322T193000Z", day(3, 22, 2022)),
        ("Pacific/Auckland", "20260403T110000Z", "20260405T120000Z", (date(2026, 4, 4), date(2026, 4, 5))),
        ("Asia/Kathmandu", "20261223T181500Z", "20261224T181500Z", day(12, 24)),
        ("America/St_Johns", "20261224T033000Z", "20261225T033000Z", day(12, 24)),
    ],
)
def test_a_day_begins_with_its_first_moment(zone: str, starts: str, ends: str, days: tuple[date, date]) -> None:
    content = calendar((f"DTSTART:{starts}", f"DTEND:{ends}"))
    found = read(content, zone=ZoneInfo(zone), today=date(2022, 1, 1))
    assert [(off.first, off.until.toordinal() - off.first.toordinal()) for off in found.taken] == [
        (days[0], days[1].toordinal() - days[0].toordinal() + 1)
    ]


def test_moments_in_utc_are_days_in_the_zone_that_the_file_is_shown_in() -> None:
    lines = ("DTSTART:20270422T210000Z", "DTEND:20270423T210000Z")
    assert taken(calendar(lines, within=("X-WR-TIMEZONE:Europe/Riga",))) == [day(4, 23, 2027)]
    assert len(read(calendar(lines, within=("X-WR-TIMEZONE:Atlantis",))).bad) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20261224T090000Z", "DTEND:20261224T170000Z"),
        ("DTSTART:20261224T090000Z", "DTEND:20261224T170000Z", MICROSOFT),
        ("DTSTART:20261224T000000Z", "DTEND:20261225T000000Z"),  # as likely a shift from 9:00 to 9:00 in Tokyo
        ("DTSTART:20261224T000000", "DTEND:20261224T120000"),
        ("DTSTART:20261224T000000",),
        ("DTSTART:20261224T000000", "DURATION:PT0S"),
        ("DTSTART;VALUE=DATE:20261224", "DTEND:20261224T120000Z"),
        ("DTSTART:20261224T080000", "DTEND;VALUE=DATE:20261225"),
        ("DTSTART:20261224T000100", "DTEND:20261225T000000"),
        ("DTSTART:20261224T003000", "DTEND:20261224T235900"),
        ("DTSTART;TZID=Europe/Berlin:20261224T080000", "DTEND;TZID=Europe/Berlin:20261224T180000"),
    ],
    ids=" ".join,
)
def test_hours_are_no_days(lines: tuple[str, ...]) -> None:
    found = read(calendar(lines))
    assert found.taken == []
    assert len(found.bad) == 1


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20270103"), (date(2026, 12, 24), date(2027, 1, 2))),
        (("DTSTART:20261224T000000", "DTEND:20270102T235959"), (date(2026, 12, 24), date(2027, 1, 2))),
        (("DTSTART:20270327T230000Z", "DURATION:P2D"), (date(2027, 3, 28), date(2027, 3, 29))),  # summer time begins
        (("DTSTART;TZID=Europe/Berlin:20271031T000000", "DURATION:PT24H"), day(10, 31, 2027)),  # … and ends
        (("DTSTART:20261221T000000Z", "DTEND:20261226T000000Z", MICROSOFT), (date(2026, 12, 21), date(2026, 12, 25))),
        (("DTSTART;VALUE=DATE:20261221", "DURATION:P1W"), (date(2026, 12, 21), date(2026, 12, 27))),
    ],
    ids=str,
)
def test_several_days(lines: tuple[str, ...], days: tuple[date, date]) -> None:
    assert taken(calendar(lines)) == [days]


def test_dates_in_messages_are_the_team_s() -> None:
    [said] = read(calendar(("DTSTART:20261223T233000Z", "DTEND:20261224T010000Z"))).bad
    assert "Thu 24 Dec 2026" in said
    [said] = read(calendar(("DTSTART;TZID=America/New_York:20261224T190000", "DURATION:PT1H"))).bad
    assert "Fri 25 Dec 2026" in said


@pytest.mark.parametrize("program", [program for program in SHAPES if program != "HR"])  # which it can't read
def test_another_reader_finds_the_same_days(program: str) -> None:
    def at(moment: date, late: timedelta = timedelta(0)) -> date:
        return (moment + late).astimezone(ZONE).date() if isinstance(moment, datetime) else moment

    events = IcsCalendarStream.calendar_from_ics(SHAPES[program].decode()).events
    assert set(AWAY) <= {TimeOff(at(event.start), at(event.end, timedelta(minutes=1))) for event in events}
