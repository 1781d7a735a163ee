"""Which entries of a calendar file count. It is Tue 24 Nov 2026; the file is Maya's."""

from datetime import date

import pytest

from bot.links import FEED_FILES
from bot.terminal.ics_file import Reason, Whose
from bot.web.feeds import gathered
from bot.web.ics import written
from models import holidays
from models.holidays import Holiday
from scheduler.team import roster
from tests.kit.calendars import MAYA, calendar, day, read, taken
from tests.kit.cast import NOW, a_store
from tests.kit.databases import Databases

FIRST, LATER = "DTSTAMP:20261101T080000Z", "DTSTAMP:20261102T080000Z"
A_DAY, ANOTHER = "DTSTART;VALUE=DATE:20261224", "DTSTART;VALUE=DATE:20261228"
DECLINED = "ATTENDEE;CN=Maya;PARTSTAT=DECLINED:mailto:maya@example.com"


def entries(*all_lines: str) -> str:
    """A calendar file of entries with nothing in them but these lines, which are written behind one another."""
    return (
        calendar(*(tuple(lines.split()) for lines in all_lines)).replace("UID:0@x\r\n", "").replace("UID:1@x\r\n", "")
    )


def test_the_newest_version_stands() -> None:
    for one, other, days in [
        (f"UID:a SEQUENCE:0 {A_DAY}", f"UID:a SEQUENCE:1 {ANOTHER}", [day(12, 28)]),
        (f"UID:a SEQUENCE:1 {ANOTHER}", f"UID:a SEQUENCE:0 {A_DAY}", [day(12, 28)]),
        (f"UID:a SEQUENCE:10 {ANOTHER}", f"UID:a SEQUENCE:9 {A_DAY}", [day(12, 28)]),
        (f"UID:a SEQUENCE:1 {FIRST} {ANOTHER}", f"UID:a SEQUENCE:0 {LATER} {A_DAY}", [day(12, 28)]),
        (f"UID:a {LATER} {ANOTHER}", f"UID:a {FIRST} {A_DAY}", [day(12, 28)]),
        (f"UID:a {FIRST} {A_DAY}", f"UID:a {LATER} {ANOTHER}", [day(12, 28)]),
        (f"UID:a SEQUENCE:2 {A_DAY}", f"UID:b SEQUENCE:1 {ANOTHER}", [day(12, 24), day(12, 28)]),
        (f"{A_DAY}", f"{ANOTHER}", [day(12, 24), day(12, 28)]),  # without a UID
        (f"UID: {A_DAY}", f"UID: {ANOTHER}", [day(12, 24), day(12, 28)]),
        (f"UID:a {A_DAY}", f"UID:a {ANOTHER}", [day(12, 24), day(12, 28)]),  # neither is newer
        (f"UID:a {A_DAY}", f"UID:a {A_DAY}", [day(12, 24)]),
        (f"UID:a SEQUENCE:x {A_DAY}", f"UID:a SEQUENCE:1 {ANOTHER}", [day(12, 28)]),
        (f"UID:a SEQUENCE:0 {A_DAY}", f"UID:a SEQUENCE:1 STATUS:CANCELLED {A_DAY}", []),
        (f"UID:a {FIRST} {A_DAY}", f"UID:a {LATER} STATUS:CANCELLED {A_DAY}", []),
        (f"UID:a {FIRST} {A_DAY}", f"UID:a {FIRST} STATUS:CANCELLED {A_DAY}", []),
        (f"UID:a {A_DAY}", f"UID:a STATUS:CANCELLED {ANOTHER}", []),
        (f"UID:a {A_DAY}", f"UID:a STATUS:CANCELED {A_DAY}", []),
        (f"UID:a SEQUENCE:1 STATUS:CANCELLED {A_DAY}", f"UID:a SEQUENCE:2 {ANOTHER}", [day(12, 28)]),
        (f"UID:a SEQUENCE:1 STATUS:CANCELLED {A_DAY}", f"UID:b SEQUENCE:0 {ANOTHER}", [day(12, 28)]),
        (
            f"UID:a RECURRENCE-ID;VALUE=DATE:20261224 SEQUENCE:1 {A_DAY}",
            f"UID:a RECURRENCE-ID;VALUE=DATE:20261228 SEQUENCE:0 {ANOTHER}",
            [day(12, 24), day(12, 28)],
        ),
        (
            f"UID:a RECURRENCE-ID:20261223T230000Z SEQUENCE:1 {A_DAY}",
            f"UID:a RECURRENCE-ID;TZID=Europe/Berlin:20261224T000000 SEQUENCE:2 {ANOTHER}",
            [day(12, 28)],
        ),
        (
            f"UID:a RECURRENCE-ID;VALUE=DATE:20261224 STATUS:CANCELLED {A_DAY}",
            f"UID:a RECURRENCE-ID;VALUE=DATE:20261228 {ANOTHER}",
            [day(12, 28)],
        ),
    ]:
        assert taken(entries(one, other)) == days, (one, other, days)


def test_a_calendar_that_cancels_takes_an_entry_back() -> None:
    invited = calendar(("SEQUENCE:0", FIRST, A_DAY), within=("METHOD:REQUEST",))
    cancelled = calendar(("SEQUENCE:0", LATER, A_DAY), within=("METHOD:CANCEL",))
    for content in (invited + cancelled, cancelled + invited, cancelled):
        found = read(content)
        assert (found.taken, found.bad, found.cancelled) == ([], [], 1)


@pytest.mark.parametrize("method", ["COUNTER", "DECLINECOUNTER", "REFRESH", "REPLY"])
def test_what_somebody_answers_or_proposes_does_not_stand(method: str) -> None:
    invited = calendar((FIRST, A_DAY), within=("METHOD:REQUEST",))
    assert taken(invited + calendar((LATER, ANOTHER), within=(f"METHOD:{method}",))) == [day(12, 24)]


@pytest.mark.parametrize(
    ("attendee", "whose", "stands"),
    [
        (DECLINED, MAYA, False),
        ("ATTENDEE;PARTSTAT=declined:MAILTO:Maya@Example.COM", MAYA, False),
        ('ATTENDEE;CN="Maya";PARTSTAT=DECLINED;EMAIL=maya@example.com:urn:uuid:1', MAYA, False),
        ("ATTENDEE;CN=maya;PARTSTAT=DECLINED:mailto:m.k@example.com", Whose("Maya"), False),
        ("ATTENDEE;CN=maya;PARTSTAT=DECLINED:mailto:other.maya@example.com", MAYA, True),
        ("ATTENDEE;CN=Danny;PARTSTAT=DECLINED:mailto:danny@example.com", MAYA, True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:danny@example.com", Whose("Maya"), True),
        ("ATTENDEE;CN=Maya;PARTSTAT=ACCEPTED:mailto:maya@example.com", MAYA, True),
        ("ATTENDEE;CN=Maya;PARTSTAT=NEEDS-ACTION:mailto:maya@example.com", MAYA, True),
        ("ATTENDEE:mailto:maya@example.com", MAYA, True),
    ],
)
def test_who_declined_is_not_away(attendee: str, whose: Whose, stands: bool) -> None:
    other = "ATTENDEE;CN=Rene;PARTSTAT=DECLINED:mailto:rene@example.com"
    found = read(calendar((A_DAY, other, attendee)), whose=whose)
    assert (len(found.taken), found.declined) == ((1, 0) if stands else (0, 1))


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        ("TRANSP:OPAQUE", []),
        ("TRANSP:TRANSPARENT", ["free"]),
        ("TRANSP:transparent", ["free"]),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", ["free"]),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", ["free"]),
        ("X-MICROSOFT-CDO-BUSYSTATUS:workingElsewhere TRANSP:OPAQUE", ["free"]),
        ("X-MICROSOFT-MSNCALENDAR-BUSYSTATUS:FREE", ["free"]),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF TRANSP:TRANSPARENT", []),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY TRANSP:OPAQUE", []),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY X-MICROSOFT-CDO-INTENDEDSTATUS:FREE", []),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", ["tentative"]),
        ("STATUS:TENTATIVE", ["tentative"]),
        ("STATUS:TENTATIVE TRANSP:TRANSPARENT", ["free", "tentative"]),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:maya@example.com", ["tentative"]),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:danny@example.com", []),
        ("STATUS:CONFIRMED", []),
        ("STATUS:ACCEPTED", []),
    ],
)
def test_what_is_doubtful_is_left_out_unless_it_is_asked_for(lines: str, reasons: list[Reason]) -> None:
    content = calendar((A_DAY, *lines.split()))
    found = read(content)
    assert len(found.taken) == (0 if reasons else 1)
    assert [(sorted(left.reasons), left.first.first) for left in found.left_out] == (
        [(reasons, date(2026, 12, 24))] if reasons else []
    )
    assert taken(content, also=reasons) == [day(12, 24)]
    for but_one in reasons:
        assert taken(content, also=[reason for reason in reasons if reason != but_one]) == []


def test_the_bot_s_own_feeds_are_never_imported(sqlite: Databases) -> None:
    store = a_store(sqlite)
    with store.writing() as tx:
        holidays.exchange(tx, [], [Holiday(None, "maya", date(2026, 12, 24), date(2026, 12, 28), None, NOW, False)])
    for kind in FEED_FILES.values():
        with store.reading() as tx:
            team = roster.own(tx)
            content = written(team, gathered(tx, team, kind, "maya", NOW), "maya")
        found = read(content, also=("free", "tentative", "repeating"))
        assert (found.taken, found.bad, found.left_out, found.passed) == ([], [], [], 0)
        assert found.ours > 0
    store.close()


def test_nor_what_another_program_exports_of_them() -> None:
    ours = ("UID:duty.2026-12-21.1.0123456789abcdef@oncall-bot", A_DAY, "TRANSP:OPAQUE")
    content = calendar(ours, (ANOTHER,)).replace("UID:0@x\r\n", "")
    found = read(content)
    assert [off.first for off in found.taken] == [date(2026, 12, 28)]
    assert found.ours == 1
