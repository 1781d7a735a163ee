"""Entries of a calendar file that repeat. It is Tue 24 Nov 2026; two years ahead end with Wed 22 Nov 2028."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream

from bot.terminal.ics_file import Reason
from tests.kit.calendars import TODAY, calendar, day, read, taken

FRIDAY = "DTSTART;VALUE=DATE:20261204"
REPEATING: tuple[Reason, ...] = ("repeating",)
ALL: tuple[Reason, ...] = ("free", "tentative", "repeating")


def days_of(*entries: tuple[str, ...]) -> list[date]:
    """The days that are taken of entries that repeat, each once."""
    found = taken(calendar(*entries), also=REPEATING)
    return [date.fromordinal(n) for first, last in found for n in range(first.toordinal(), last.toordinal() + 1)]


def december(*of_month: int) -> list[date]:
    """Days of December 2026."""
    return [date(2026, 12, n) for n in of_month]


def test_a_series_takes_its_days() -> None:
    for lines, days in [
        (("RRULE:FREQ=WEEKLY;COUNT=3",), december(4, 11, 18)),
        (("RRULE:FREQ=WEEKLY;UNTIL=20261218",), december(4, 11, 18)),
        (("RRULE:FREQ=WEEKLY;UNTIL=20261217T230000Z",), december(4, 11, 18)),  # midnight in Berlin
        (("RRULE:FREQ=WEEKLY;UNTIL=20261218T000000",), december(4, 11, 18)),
        (("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2",), december(4, 18)),
        (("RRULE:FREQ=WEEKLY;BYDAY=FR,MO;COUNT=4",), december(4, 7, 11, 14)),
        (("RRULE:FREQ=DAILY;COUNT=3",), december(4, 5, 6)),
        (("RRULE: FREQ=WEEKLY; COUNT=4; BYDAY=MO, FR",), december(4, 7, 11, 14)),
        (("RDATE;VALUE=DATE:20261208", "RRULE:"), december(4, 8)),
        (("RRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=2",), [date(2026, 12, 4), date(2027, 1, 1)]),
        (("RRULE:FREQ=MONTHLY;BYMONTHDAY=4;COUNT=2",), [date(2026, 12, 4), date(2027, 1, 4)]),
        (("RRULE:FREQ=YEARLY",), [date(2026, 12, 4), date(2027, 12, 4)]),
        (("RDATE;VALUE=DATE:20261208,20261210",), december(4, 8, 10)),
        (("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20261211"), december(4, 18)),
        (("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20261204,20261218"), december(11)),
        (("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20261211T000000"), december(4, 18)),
        (("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20261204", "EXDATE;VALUE=DATE:20261211"), december(18)),
        (("DTEND:20261205T000000Z", "RRULE:FREQ=WEEKLY;COUNT=2"), december(4, 11)),
        (("DTEND;VALUE=DATE:20261204", "RRULE:FREQ=WEEKLY;COUNT=2"), december(4, 11)),
        (("DURATION:P2D", "RRULE:FREQ=WEEKLY;COUNT=2"), december(4, 5, 11, 12)),
    ]:
        assert days_of((FRIDAY, *lines)) == days, (lines, days)


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;TZID=Europe/Berlin:20270312T000000", "DTEND;TZID=Europe/Berlin:20270313T000000"),
        ("DTSTART:20270311T230000Z", "DTEND:20270312T230000Z"),
        ("DTSTART:20270312T000000", "DTEND:20270312T235900"),
        ("DTSTART:20270312T000000", "DTEND:20270312T000000"),
        ("DTSTART;VALUE=DATE:20270312T000000Z", "DTEND;VALUE=DATE:20270313T000000Z"),
        ("DTSTART:20270312T000000Z", "DTEND:20270313T000000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
    ],
)
def test_a_series_of_whole_days_goes_on_when_the_clocks_change(lines: tuple[str, ...]) -> None:
    days = [date(2027, 3, 12), date(2027, 3, 19), date(2027, 3, 26), date(2027, 4, 2), date(2027, 4, 9)]
    assert days_of((*lines, "RRULE:FREQ=WEEKLY;COUNT=5")) == days
    assert days_of((*lines, "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE:20270325T230000Z")) in (days, days[:2] + days[3:])


def test_a_series_in_utc_loses_what_is_taken_out_of_it_in_utc() -> None:
    series = ("DTSTART:20270311T230000Z", "DTEND:20270312T230000Z", "RRULE:FREQ=WEEKLY;COUNT=5")
    days = [date(2027, 3, 12), date(2027, 3, 19), date(2027, 3, 26), date(2027, 4, 9)]
    assert days_of((*series, "EXDATE:20270401T220000Z")) == days


def test_the_last_time_of_a_series_counts_however_it_is_written() -> None:
    for zone in ["America/New_York", "Europe/Berlin", "Pacific/Auckland"]:
        for until in ["20270326", "20270326T000000", "20270326T235959", "{midnight}"]:
            for starts in ["TZID={zone}:20270312T000000", "VALUE=DATE:20270312", "X=y:20270312T000000"]:
                midnight = datetime(2027, 3, 26, tzinfo=ZoneInfo(zone)).astimezone(UTC)
                end = until.format(midnight=f"{midnight:%Y%m%dT%H%M%SZ}")
                content = calendar(
                    (f"DTSTART;{starts.format(zone=zone)}", "DURATION:P1D", f"RRULE:FREQ=WEEKLY;UNTIL={end}")
                )
                found = taken(content, also=REPEATING, zone=ZoneInfo(zone))
                assert found == [day(3, 12, 2027), day(3, 19, 2027), day(3, 26, 2027)], (zone, until, starts)


def test_times_that_differ_take_the_place_of_those_that_they_were() -> None:
    series = ("UID:a", FRIDAY, "RRULE:FREQ=WEEKLY;COUNT=5")
    moved = ("UID:a", "RECURRENCE-ID;VALUE=DATE:20261211", "DTSTART;VALUE=DATE:20261210")
    cancelled = ("UID:a", "RECURRENCE-ID;VALUE=DATE:20261218", "DTSTART;VALUE=DATE:20261218", "STATUS:CANCELLED")
    longer = ("UID:a", "RECURRENCE-ID;VALUE=DATE:20261225", "DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227")
    content = calendar(series, moved, cancelled, longer)
    for n in range(4):
        content = content.replace(f"UID:{n}@x\r\n", "")
    assert taken(content, also=REPEATING) == [
        day(12, 4),
        day(12, 10),
        (date(2026, 12, 24), date(2026, 12, 26)),
        day(1, 1, 2027),
    ]


def test_a_time_that_moves_all_that_follow() -> None:
    later = ("RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20261211", "DTSTART;VALUE=DATE:20261210")
    content = calendar((FRIDAY, "RRULE:FREQ=WEEKLY;COUNT=4")) + calendar(later)
    assert taken(content, also=REPEATING) == [day(12, 4), day(12, 10), day(12, 17), day(12, 24)]


def test_one_time_of_a_series_that_is_cancelled_by_a_calendar_of_its_own() -> None:
    series = calendar((FRIDAY, "RRULE:FREQ=WEEKLY;COUNT=3"))
    one = ("RECURRENCE-ID;VALUE=DATE:20261211", "SEQUENCE:1", "DTSTART;VALUE=DATE:20261211")
    content = series + calendar(one, within=("METHOD:CANCEL",))
    assert taken(content, also=REPEATING) == [day(12, 4), day(12, 18)]


def test_one_time_of_a_series_that_is_tentative_free_or_declined_is_left_out_alone() -> None:
    series = calendar((FRIDAY, "RRULE:FREQ=WEEKLY;COUNT=5"))
    differ = [
        ("RECURRENCE-ID;VALUE=DATE:20261211", "DTSTART;VALUE=DATE:20261211", "STATUS:TENTATIVE"),
        ("RECURRENCE-ID;VALUE=DATE:20261218", "DTSTART;VALUE=DATE:20261218", "TRANSP:TRANSPARENT"),
        (
            *("RECURRENCE-ID;VALUE=DATE:20261225", "DTSTART;VALUE=DATE:20261225"),
            "ATTENDEE;PARTSTAT=DECLINED:mailto:maya@example.com",
        ),
    ]
    content = series + "".join(calendar(one) for one in differ)
    found = read(content, also=REPEATING)
    assert [off.first for off in found.taken] == [date(2026, 12, 4), date(2027, 1, 1)]
    assert [(left.first.first.day, left.times, sorted(left.reasons)) for left in found.left_out] == [
        (11, 1, ["repeating", "tentative"]),
        (18, 1, ["free", "repeating"]),
    ]


def test_a_series_that_is_cancelled_takes_all_its_times_along() -> None:
    series = calendar((FRIDAY, "RRULE:FREQ=WEEKLY;COUNT=3"))
    moved = calendar(("RECURRENCE-ID;VALUE=DATE:20261211", "SEQUENCE:1", "DTSTART;VALUE=DATE:20261210"))
    for lines in (("SEQUENCE:2", FRIDAY), ("SEQUENCE:2", FRIDAY, "RRULE:FREQ=WEEKLY;COUNT=3"), ("SEQUENCE:2",)):
        found = read(series + moved + calendar(lines, within=("METHOD:CANCEL",)), also=ALL)
        assert (found.taken, found.bad, found.cancelled) == ([], [], 1)


def test_who_declines_a_series_may_take_one_of_its_times() -> None:
    no, yes = (f"ATTENDEE;PARTSTAT={answer}:mailto:maya@example.com" for answer in ("DECLINED", "ACCEPTED"))
    series = calendar((FRIDAY, "RRULE:FREQ=WEEKLY;COUNT=4", no))
    for answer, days in ((yes, [day(12, 11)]), (no, [])):
        one = calendar(("RECURRENCE-ID;VALUE=DATE:20261211", "DTSTART;VALUE=DATE:20261211", answer))
        assert taken(series + one, also=REPEATING) == days


def test_a_time_alone_stands_alone() -> None:
    one = ("RECURRENCE-ID;VALUE=DATE:20261211", "DTSTART;VALUE=DATE:20261210")
    assert taken(calendar(one)) == [day(12, 10)]


def test_without_being_asked_for_a_series_is_only_told() -> None:
    found = read(calendar((FRIDAY, "RRULE:FREQ=WEEKLY;INTERVAL=4"), ("DTSTART;VALUE=DATE:20261224",)))
    assert [off.first for off in found.taken] == [date(2026, 12, 24)]
    [left] = found.left_out
    assert (left.first.first, left.times, left.days, sorted(left.reasons)) == (
        date(2026, 12, 4),
        26,
        26,
        ["repeating"],
    )
    assert not left.is_too_much


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=WEEKLY",  # a home office on Fridays
        "RRULE:FREQ=WEEKLY;BYDAY=FR,MO;COUNT=61",
        "RRULE:FREQ=DAILY;COUNT=61",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=4,11,18",
        "RRULE:FREQ=DAILY;INTERVAL=11",
    ],
)
def test_a_series_of_many_days_is_refused(rule: str) -> None:
    content = calendar((FRIDAY, rule), ("DTSTART;VALUE=DATE:20261224",))
    found = read(content, also=REPEATING)
    assert [off.first for off in found.taken] == [date(2026, 12, 24)]
    assert len(found.bad) == 1
    found = read(content)
    assert found.bad == []
    assert found.left_out[0].is_too_much


@pytest.mark.parametrize("rule", ["RRULE:FREQ=DAILY;COUNT=60", "RRULE:FREQ=WEEKLY;INTERVAL=2", "RRULE:FREQ=MONTHLY"])
def test_a_series_of_sixty_days_is_not(rule: str) -> None:
    assert read(calendar((FRIDAY, rule)), also=REPEATING).bad == []


def test_what_repeats_too_often_or_nobody_knows_how_is_refused() -> None:
    for rule in [
        "RRULE:FREQ=HOURLY;COUNT=2",
        "RRULE:FREQ=MINUTELY",
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=DAILY;BYHOUR=0,12;COUNT=4",
        "RRULE:FREQ=WEEKLY;BYMINUTE=0,30",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=DAILY;INTERVAL=-1",
        "RRULE:W1 FR #0",
        "RRULE:WEEKLY",
        "RRULE:FREQ=FORTNIGHTLY",
        "RRULE:FREQ=WEEKLY;BYDAY=XX",
        "RRULE:FREQ=MONTHLY;BYSETPOS=0",
        "RRULE:FREQ=YEARLY;COUNT=x",
        "EXRULE:FREQ=WEEKLY",
        "RDATE:soon",
    ]:
        for also in [(), ALL]:
            found = read(calendar((FRIDAY, rule)), also=also)
            assert found.taken == [], (rule, also)
            assert len(found.bad) == 1, (rule, also)


def test_a_series_of_hours_is_told_once_with_its_next_time() -> None:
    meeting = ("DTSTART:20200107T090000Z", "DTEND:20200107T100000Z", "RRULE:FREQ=WEEKLY")
    [said] = read(calendar(meeting), also=ALL).bad
    assert "Tue 24 Nov 2026" in said


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20200103", "RRULE:FREQ=WEEKLY;COUNT=20"),
        ("DTSTART;VALUE=DATE:20200103", "RRULE:FREQ=WEEKLY;UNTIL=20261120"),
        ("DTSTART:20200107T090000Z", "DTEND:20200107T100000Z", "RRULE:FREQ=WEEKLY;UNTIL=20210101T000000Z"),
        ("DTSTART;VALUE=DATE:20200103", "RDATE;VALUE=DATE:20200201"),
        ("DTSTART:20200107T090000Z", "DTEND:20200107T100000Z", "RRULE:FREQ=HOURLY;UNTIL=20210101T000000Z"),
    ],
)
def test_a_series_that_ended_has_passed(lines: tuple[str, ...]) -> None:
    found = read(calendar(lines), also=ALL)
    assert (found.taken, found.bad, found.left_out, found.passed) == ([], [], [], 1)


def test_a_series_that_begins_after_two_years_is_told() -> None:
    found = read(calendar(("DTSTART;VALUE=DATE:20290105", "RRULE:FREQ=YEARLY")), also=ALL)
    assert (found.passed, len(found.bad)) == (0, 1)


def test_a_series_that_goes_on_since_long_ago_begins_today() -> None:
    content = calendar(("DTSTART;VALUE=DATE:20261122", "DURATION:P4D", "RRULE:FREQ=YEARLY"))
    assert taken(content, also=REPEATING) == [
        (TODAY, date(2026, 11, 25)),
        (date(2027, 11, 22), date(2027, 11, 25)),
        (date(2028, 11, 22), date(2028, 11, 25)),
    ]


@pytest.mark.parametrize(
    ("starts", "rule"),
    [
        ("20261204", "FREQ=WEEKLY;COUNT=9"),
        ("20261225", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("20240229", "FREQ=YEARLY;BYMONTH=2,7;BYMONTHDAY=29"),
        ("20200104", "FREQ=DAILY;INTERVAL=40"),
        ("20261231", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("20251201", "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;UNTIL=20280101"),
    ],
)
def test_another_reader_finds_the_same_times(starts: str, rule: str) -> None:
    series = (f"DTSTART;VALUE=DATE:{starts}", f"RRULE:{rule}", "EXDATE;VALUE=DATE:20270226,20270801")
    content = calendar((*series, "DTSTAMP:20261101T000000Z", "SUMMARY:x"))
    other = IcsCalendarStream.calendar_from_ics(content)
    times = other.timeline_tz().overlapping(TODAY, TODAY + timedelta(days=730))
    assert days_of(series) == [event.start for event in times]
