"""Time off from a person's own calendar file. It is Tue 24 Nov 2026; Toms has the week of Mon 21 Dec."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.speech.refusals import sentence
from bot.terminal import ics_file, importing
from bot.terminal.cli import cli
from bot.terminal.ics_file import NotACalendar, Terms, TimeOff
from models import changes, holidays, outbox
from models.store.engine import Store
from scheduler import tick
from scheduler.refusals import AlreadyPast, Refused
from scheduler.team import roster
from tests.kit import cast
from tests.kit.calendars import calendar, read
from tests.kit.cast import ZONE
from tests.kit.examples import examples

TODAY = date(2026, 11, 24)
NOW = ("--now", "2026-11-24T10:00")
SKIING = ("SUMMARY:Skiing with the secret lover", "DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20270103")
ONE_DAY = ("DTSTART;VALUE=DATE:20261207",)
WHOLE_DAYS = ("DTSTART;TZID=Europe/Riga:20270201T000000", "DTEND;TZID=Europe/Riga:20270203T000000")
PASSED = ("DTSTART;VALUE=DATE:20260701", "DTEND;VALUE=DATE:20260715")
DENTIST = ("SUMMARY:Dentist", "DTSTART:20261209T090000Z", "DTEND:20261209T100000Z")
EVERY_YEAR = ("SUMMARY:Birthday", "DTSTART;VALUE=DATE:20261210", "RRULE:FREQ=YEARLY")
HOME_OFFICE = ("DTSTART;VALUE=DATE:20261127", "RRULE:FREQ=WEEKLY;BYDAY=FR")
FREE = ("DTSTART;VALUE=DATE:20261207", "DTEND;VALUE=DATE:20261209", "TRANSP:TRANSPARENT")
TENTATIVE = ("DTSTART;VALUE=DATE:20261216", "STATUS:TENTATIVE")


class Desk:
    """A terminal beside a store."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.file = store, folder / "maya.ics"

    def imports(self, content: str | bytes, *arguments: str, who: str = "Maya") -> tuple[int, str]:
        """What importing a file prints, and its exit code."""
        self.file.write_bytes(content.encode() if isinstance(content, str) else content)
        command = ["--database", self.store.url, "holidays", "import", str(self.file), "--as", who, *arguments, *NOW]
        done = CliRunner().invoke(cli, command)
        if isinstance(done.exception, Refused):  # the sentence that main() prints
            return 1, f"{sentence(done.exception)}\n"
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output.replace(str(self.file), "maya.ics")

    def away(self) -> list[tuple[str, date, date, str | None]]:
        """Who is away, and when."""
        with self.store.reading() as tx:
            return [(h.person_id, h.first, h.until, h.note) for h in holidays.ending_after(tx, 1, TODAY)]

    def log(self) -> list[str]:
        """What was changed."""
        with self.store.reading() as tx:
            return [change.what for change in changes.listed_all(tx, 1)]


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """The first team's."""
    return Desk(store, tmp_path)


def test_maya_imports_her_time_off(desk: Desk) -> None:
    assert desk.imports(calendar(SKIING, ONE_DAY, WHOLE_DAYS, PASSED), "--yes") == (
        0,
        "Maya will be away:\n"
        "  Mon 7 Dec 2026 (1 day)\n"
        "  Thu 24 Dec 2026 – Sat 2 Jan 2027 (10 days)\n"
        "  Mon 1 – Tue 2 Feb 2027 (2 days)\n"
        "Left out: 1 that passed.\n"
        "That moves:\n"
        "  Maya ↔ Danny: Danny takes Mon 28 Dec 2026 – Sun 3 Jan 2027, Maya takes Mon 4 – Sun 10 Jan 2027. "
        "Nobody else changes.\n"
        "Declared: 3 entries, without a note.\n"
        "Nobody is told of it: the bot speaks from its first run on.\n",
    )
    assert desk.away() == [
        ("maya", date(2026, 12, 7), date(2026, 12, 8), None),
        ("maya", date(2026, 12, 24), date(2027, 1, 3), None),
        ("maya", date(2027, 2, 1), date(2027, 2, 3), None),
    ]
    assert desk.log()[1:] == ["holiday declared"] * 3


def test_it_says_whom_the_bot_tells(desk: Desk) -> None:
    tick.begin_to_speak(desk.store, cast.NOW)
    _, said = desk.imports(calendar(SKIING), "--yes")
    assert said.endswith("Declared: 1 entry, without a note.\nIn a minute the bot tells Danny.\n")


def test_importing_again_changes_nothing(desk: Desk) -> None:
    desk.imports(calendar(SKIING, ONE_DAY), "--yes")
    away, log = desk.away(), desk.log()
    assert desk.imports(calendar(SKIING, ONE_DAY, SKIING), "--yes") == (
        0,
        "Nothing changes: Maya is away on all of these days already.\n",
    )
    assert (desk.away(), desk.log()) == (away, log)


def test_bad_entries_are_told_one_by_one_and_nothing_is_done(desk: Desk) -> None:
    bad = [
        DENTIST,
        ("DTSTART:soon",),
        ("SUMMARY:no dates at all",),
        ("DTSTART;VALUE=DATE:20261212", "DTEND;VALUE=DATE:20261211"),
        ("DTSTART;VALUE=DATE:20261212", "DTEND;VALUE=DATE:20281212"),
        ("DTSTART;VALUE=DATE:20361212",),
        ("DTSTART;VALUE=DATE:20261212", "DTEND:soon"),
    ]
    assert desk.imports(calendar(SKIING, *bad), "--yes") == (
        1,
        "Entry 2, line 10, Wed 9 Dec 2026: it takes hours, not whole days.\n"
        "Entry 3, line 16: its first day can't be read.\n"
        "Entry 4, line 20: its first day can't be read.\n"
        "Entry 5, line 24, Sat 12 Dec 2026: it ends before it begins.\n"
        "Entry 6, line 29, Sat 12 Dec 2026: it takes 731 days, and at most 366 can be one entry.\n"
        "Entry 7, line 34, Fri 12 Dec 2036: it is more than 5 years ahead.\n"
        "Entry 8, line 38, Sat 12 Dec 2026: its last day can't be read.\n"
        "Nothing was changed. Mend these, or leave them out with --skip-bad.\n",
    )
    assert desk.away() == []


def test_of_very_many_bad_entries_a_screen_is_told(desk: Desk) -> None:
    code, said = desk.imports(calendar(*[DENTIST] * 100), "--yes")
    assert (code, len(said.splitlines())) == (1, 32)
    assert "and 70 more" in said


def test_bad_entries_can_be_left_out(desk: Desk) -> None:
    code, said = desk.imports(calendar(DENTIST, SKIING, ("STATUS:CANCELLED", *ONE_DAY)), "--skip-bad", "--yes")
    assert code == 0
    assert "Left out: 1 cancelled and 1 that can't be taken." in said
    assert desk.away() == [("maya", date(2026, 12, 24), date(2027, 1, 3), None)]


def test_what_is_doubtful_or_repeats_is_taken_when_it_is_asked_for(desk: Desk) -> None:
    content = calendar(SKIING, EVERY_YEAR, FREE, TENTATIVE, HOME_OFFICE)
    code, said = desk.imports(content, "--yes")
    assert code == 0
    assert said.startswith(
        "Maya will be away:\n"
        "  Thu 24 Dec 2026 – Sat 2 Jan 2027 (10 days)\n"
        "Not taken:\n"
        "  104 times from Fri 27 Nov 2026 (104 days): repeats on more days than can be taken; write its days down "
        "alone\n"
        "  Mon 7 – Tue 8 Dec 2026 (2 days): free or elsewhere; --free to take it all the same\n"
        "  2 times from Thu 10 Dec 2026 (2 days): repeats; --repeating to take it all the same\n"
        "  Wed 16 Dec 2026 (1 day): not certain yet; --tentative to take it all the same\n"
        "That moves:\n"
    )
    assert [(first, until) for _, first, until, _ in desk.away()] == [(date(2026, 12, 24), date(2027, 1, 3))]
    code, said = desk.imports(content, "--free", "--tentative", "--repeating", "--yes")
    assert (code, desk.away()[1:]) == (1, [])
    assert said.startswith("Entry 5, line 27, Fri 27 Nov 2026: it repeats on 104 days of the next 2 years")
    assert desk.imports(content, "--free", "--tentative", "--repeating", "--skip-bad", "--yes")[0] == 0
    assert [(first, until) for _, first, until, _ in desk.away()] == [
        (date(2026, 12, 7), date(2026, 12, 9)),
        (date(2026, 12, 10), date(2026, 12, 11)),
        (date(2026, 12, 16), date(2026, 12, 17)),
        (date(2026, 12, 24), date(2027, 1, 3)),
        (date(2027, 12, 10), date(2027, 12, 11)),
    ]


def test_where_nothing_is_taken_it_says_how_it_would_be(desk: Desk) -> None:
    assert desk.imports(calendar(FREE, PASSED, ("STATUS:CANCELLED", *ONE_DAY))) == (
        0,
        "Not taken:\n"
        "  Mon 7 – Tue 8 Dec 2026 (2 days): free or elsewhere; --free to take it all the same\n"
        "Left out: 1 that passed and 1 cancelled.\n"
        "There is no time off to come in maya.ics. Nothing was changed.\n",
    )


def test_what_is_odd_is_told_and_not_in_the_way(desk: Desk) -> None:
    code, said = desk.imports(calendar(SKIING).replace("END:VEVENT", "unfolded\r\nEND:VEVENT"), "--yes")
    assert code == 0
    assert said.startswith("Line 9: ")
    assert len(desk.away()) == 1


def test_invitations_know_her_by_her_address(desk: Desk) -> None:
    declined = (*ONE_DAY, "ATTENDEE;PARTSTAT=DECLINED:mailto:maya@example.com")
    assert desk.imports(calendar(declined), "--yes")[0] == 0
    assert desk.away() == []
    assert desk.imports(calendar(declined), "--yes", who="Danny")[0] == 0
    assert [who for who, *_ in desk.away()] == ["danny"]


def test_nobody_is_told_what_an_entry_is_called(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    for arguments in (("--yes",), ("--skip-bad", "--yes")):
        _, said = desk.imports(calendar(SKIING, DENTIST), *arguments)
        assert "secret" not in said + caplog.text
        assert "Dentist" not in said + caplog.text
    with desk.store.reading() as tx:
        kept = str([*changes.listed_all(tx, 1), *outbox.everything(tx), *holidays.ending_after(tx, 1, TODAY)])
    assert "secret" not in kept


def test_without_a_yes_nothing_is_done(desk: Desk) -> None:
    code, said = desk.imports(calendar(SKIING))
    assert (code, said.splitlines()[-1]) == (
        1,
        "Nobody is there to say yes. Look at the days above, then run it again with --yes.",
    )
    assert desk.away() == []


def test_where_one_cannot_be_declared_none_is(desk: Desk) -> None:
    assert desk.imports(calendar(SKIING, ONE_DAY), "--yes", who="Robin") == (
        1,
        "Robin is not in the on-call rotation, so there is nothing to arrange.\n",
    )
    assert desk.away() == []


def test_where_the_second_cannot_be_declared_the_first_is_not_either(desk: Desk) -> None:
    with desk.store.reading() as tx:
        maya = roster.own(tx).people["maya"]
    to_come, passed = TimeOff(date(2026, 12, 24), date(2026, 12, 25)), TimeOff(date(2026, 7, 1), date(2026, 7, 2))
    with pytest.raises(AlreadyPast):
        importing.declare(desk.store, maya, [to_come, passed], cast.NOW)
    assert desk.away() == []
    assert desk.log()[1:] == []


def test_what_has_begun_counts_from_today(desk: Desk) -> None:
    assert desk.imports(calendar(("DTSTART;VALUE=DATE:20261120", "DURATION:P10D")), "--yes")[0] == 0
    assert desk.away() == [("maya", TODAY, date(2026, 11, 30), None)]


def test_a_wrong_name_and_a_file_without_time_off(desk: Desk) -> None:
    assert desk.imports(calendar(SKIING), who="Mya") == (
        1,
        "I don't know anybody called Mya here. Did you mean Maya?\n",
    )
    assert desk.imports(calendar(PASSED)) == (
        0,
        "Left out: 1 that passed.\nThere is no time off to come in maya.ics. Nothing was changed.\n",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "maya.ics has no entries."),
        (b"hello", "maya.ics can't be read as a calendar file (.ics)."),
        (b"\x89PNG\xff", "maya.ics can't be read as a calendar file (.ics)."),
        (
            calendar(SKIING).encode()[:-20],
            "maya.ics ends too early: nothing ends what begins on its line 4. Export it once more.",
        ),
        (calendar().encode(), "maya.ics has no entries."),
        (b"x" * 5_000_001, "maya.ics is larger than 5 MB; export your time off alone."),
    ],
)
def test_what_is_no_calendar_is_refused(desk: Desk, content: bytes, sentence: str) -> None:
    assert desk.imports(content) == (1, f"{sentence} Nothing was changed.\n")


def test_moments_in_utc_are_days_where_the_person_lives() -> None:
    content = calendar(("DTSTART:20261223T220000Z", "DTEND:20261225T220000Z")).encode()
    christmas = TimeOff(date(2026, 12, 24), date(2026, 12, 26))
    assert ics_file.read(content, Terms(ZoneInfo("Europe/Riga"), ZONE, TODAY)).taken == [christmas]
    assert ics_file.read(content, Terms(ZONE, ZONE, TODAY)).taken == []


LINES = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        *("DTSTART:20261224", "DTSTART;VALUE=DATE:20261224", "DTSTART;TZID=No/Where:20261224T000000", "DTSTART:"),
        *("DTEND;VALUE=DATE:20261226", "DTEND;VALUE=DATE:00000000", "DTEND;VALUE=DATE:99991231", "DURATION:-P1D"),
        *("DURATION:P9999999D", "DURATION:rubbish", "RRULE:FREQ=DAILY", "RRULE:", "STATUS:CANCELLED", "SUMMARY:x"),
        *("DTSTART;VALUE=DATE:99991231", "DTSTART;VALUE=DATE:00010101", "DTSTART:00010101T000000Z", " folded", "", ":"),
        *("RRULE:FREQ=WEEKLY", "RRULE:FREQ=SECONDLY", "RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=YEARLY;UNTIL=x"),
        *("RRULE:FREQ=MONTHLY;BYDAY=9MO;UNTIL=20261231T230000Z", "RRULE:FREQ=DAILY;COUNT=-3", "EXRULE:FREQ=DAILY"),
        *(
            "EXDATE:20261224",
            "EXDATE;VALUE=DATE:",
            "EXDATE:20261224T000000Z",
            "RDATE;VALUE=PERIOD:20261224T000000Z/P1D",
        ),
        *("RECURRENCE-ID:20261224", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261224T000000Z", "RECURRENCE-ID:x"),
        *("UID:a", "SEQUENCE:x", "SEQUENCE:99999999999999999999", "DTSTAMP:x", "METHOD:CANCEL", "X-WR-TIMEZONE:../x"),
        *("DTSTART;TZID=/x/Europe/Berlin:20261224T000000", "ATTENDEE;PARTSTAT=DECLINED", "BEGIN:VFREEBUSY"),
        *(
            "DTSTART;VALUE=PERIOD:20261224T000000Z/P1D",
            "RDATE:20261224",
            "TZID:x",
            "DTSTART;VALUE=DATE:20261224,20261225",
        ),
    ]
)
FILES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=12).map(
        lambda lines: "\r\n".join(lines).encode("utf-8", "replace")
    ),
    st.lists(LINES, max_size=8).map(lambda lines: calendar(tuple(lines)).encode()),
)


@pytest.mark.slow
@settings(max_examples=examples(1_500))
@given(FILES)
def test_rubbish_is_refused_or_told_and_never_a_traceback(content: bytes) -> None:
    try:
        found = read(content, also=("free", "tentative", "repeating"))
    except NotACalendar:
        return
    assert all(TODAY <= off.first < off.until <= date(2032, 1, 1) for off in found.taken)
