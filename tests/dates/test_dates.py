"""What people type as dates: read, or refused in a sentence that helps. Today is Tuesday 24 November 2026."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech import say
from bot.speech.read import dates
from bot.speech.read.dates import (
    AmbiguousDate,
    BadDates,
    EndBeforeStart,
    NotADate,
    Passed,
    Span,
    TodayOrNext,
    TooLong,
    Typed,
)

TODAY = date(2026, 11, 24)


def refused(typed: str, today: date = TODAY) -> BadDates:
    with pytest.raises(BadDates) as caught:
        dates.read(typed, today)
    return caught.value


ONE_DAY = {
    "2026-12-24": "2026-12-24",
    "24 Dec": "2026-12-24",
    "24. Dec": "2026-12-24",
    "24dec": "2026-12-24",
    "24th of December 2026": "2026-12-24",
    "the 24th of December": "2026-12-24",
    "Dec 24, 2026": "2026-12-24",
    "DEC 24 , 2026": "2026-12-24",
    "december 24th": "2026-12-24",
    "Sept. 1": "2027-09-01",
    "Thu 24 Dec 2026": "2026-12-24",
    "Thursday, 24 December 2026": "2026-12-24",
    "thu. dec 24": "2026-12-24",
    "Thu 2026-12-24": "2026-12-24",
    "on 24 Dec": "2026-12-24",
    "  24   Dec ,": "2026-12-24",
    "24\tDec\n2026": "2026-12-24",
    "24\u00a0Dec": "2026-12-24",
    "today": "2026-11-24",
    "Today": "2026-11-24",
    "tomorrow": "2026-11-25",
    "next tuesday": "2026-12-01",
    "friday": "2026-11-27",
    "on friday": "2026-11-27",
    "this friday": "2026-11-27",
    "next friday": "2026-11-27",
    "next mon": "2026-11-30",
    "24 Nov": "2026-11-24",
    "23 Oct": "2027-10-23",
    "1 Jan": "2027-01-01",
    "29 Feb 2028": "2028-02-29",
    "31 Dec 2031": "2031-12-31",
}

SEVERAL_DAYS = {
    "2026-12-24 2027-01-02": ("2026-12-24", "2027-01-02"),
    "2026-12-24 - 2027-01-02": ("2026-12-24", "2027-01-02"),
    "2026-12-24–2027-01-02": ("2026-12-24", "2027-01-02"),
    "24 Dec - 2 Jan": ("2026-12-24", "2027-01-02"),
    "24 Dec — 2 Jan": ("2026-12-24", "2027-01-02"),
    "24 Dec to 2 Jan": ("2026-12-24", "2027-01-02"),
    "24 Dec until 2 Jan": ("2026-12-24", "2027-01-02"),
    "24 Dec till 2 Jan": ("2026-12-24", "2027-01-02"),
    "24 Dec through 2 Jan": ("2026-12-24", "2027-01-02"),
    "from 24 Dec to 2 Jan": ("2026-12-24", "2027-01-02"),
    "24 Dec - 2 Jan 2027": ("2026-12-24", "2027-01-02"),
    "24 Dec 2026 - 2 Jan": ("2026-12-24", "2027-01-02"),
    "Thu 24 Dec 2026 – Sat 2 Jan 2027": ("2026-12-24", "2027-01-02"),
    "24 - 28 Dec": ("2026-12-24", "2026-12-28"),
    "24–28 Dec 2027": ("2027-12-24", "2027-12-28"),
    "24-28 Dec": ("2026-12-24", "2026-12-28"),
    "Dec 24 - 28": ("2026-12-24", "2026-12-28"),
    "Dec 24 - 28, 2027": ("2027-12-24", "2027-12-28"),
    "Mon 21 – Sun 27 Dec 2026": ("2026-12-21", "2026-12-27"),
    "24 Dec - 24 Dec": ("2026-12-24", "2026-12-24"),
    "today - friday": ("2026-11-24", "2026-11-27"),
    "tomorrow until friday": ("2026-11-25", "2026-11-27"),
    "friday - monday": ("2026-11-27", "2026-11-30"),
    "friday - next friday": ("2026-11-27", "2026-12-04"),
    "this week": ("2026-11-24", "2026-11-29"),
    "next week": ("2026-11-30", "2026-12-06"),
    "next monday for 5 days": ("2026-11-30", "2026-12-04"),
    "24 Dec for a week": ("2026-12-24", "2026-12-30"),
    "24 Dec for one day": ("2026-12-24", "2026-12-24"),
    "from 24 Dec for 2 weeks": ("2026-12-24", "2027-01-06"),
    "2026-12-24, for 3 days": ("2026-12-24", "2026-12-26"),
}


def test_one_day_is_read() -> None:
    for typed, day in ONE_DAY.items():
        only = date.fromisoformat(day)
        assert dates.read(typed, TODAY) == Typed(only, only, None), (typed, day)
        assert dates.read_day(typed, TODAY) == only, (typed, day)


TODAY_OR_NEXT = {
    "tuesday": ("2026-11-24 2026-11-24", "2026-12-01 2026-12-01", "Do you mean today, or Tue 1 Dec 2026?"),
    "on Tue: dentist": ("2026-11-24 2026-11-24", "2026-12-01 2026-12-01", "Do you mean today, or Tue 1 Dec 2026?"),
    "Dienstag": ("2026-11-24 2026-11-24", "2026-12-01 2026-12-01", "Do you mean today, or Tue 1 Dec 2026?"),
    "until tuesday": ("2026-11-24 2026-11-24", "2026-11-24 2026-12-01", "Do you mean today, or Tue 24 Nov – Tue 1 Dec"),
    "tuesday - friday": (
        "2026-11-24 2026-11-27",
        "2026-12-01 2026-12-04",
        "Do you mean Tue 24 – Fri 27 Nov 2026, from today, or Tue 1 – Fri 4 Dec 2026?",
    ),
    "tuesday for 2 days": (
        "2026-11-24 2026-11-25",
        "2026-12-01 2026-12-02",
        "Do you mean Tue 24 – Wed 25 Nov 2026, from today, or Tue 1 – Wed 2 Dec 2026?",
    ),
}


def test_a_weekday_on_that_day_may_be_the_next() -> None:
    for typed, (now, later, sentence) in TODAY_OR_NEXT.items():
        with pytest.raises(TodayOrNext) as doubt:
            dates.read(typed, TODAY)
        found = [" ".join(map(str, each)) for each in (doubt.value.left, doubt.value.coming) if each]
        assert (found, doubt.value.sentence[: len(sentence)]) == ([now, later], sentence), typed


def test_what_says_more_leaves_no_doubt() -> None:
    for typed, day in (
        ("this tuesday", "2026-11-24"),
        ("next tuesday", "2026-12-01"),
        ("Tue 24 Nov", "2026-11-24"),
        ("wednesday", "2026-11-25"),
        ("tuesday - 27 Nov", "2026-11-24"),
    ):
        assert dates.read(typed, TODAY).first == date.fromisoformat(day), typed


def test_several_days_are_read_with_both_ends() -> None:
    for typed, ends in SEVERAL_DAYS.items():
        first, last = map(date.fromisoformat, ends)
        assert dates.read(typed, TODAY) == Typed(first, last, None), (typed, ends)


def test_a_day_counts_its_days_and_the_day_after() -> None:
    typed = dates.read("24 Dec - 2 Jan", TODAY)
    assert typed.days == 10
    assert typed.until == date(2027, 1, 3)


def test_this_week_on_a_sunday_is_that_sunday() -> None:
    assert dates.read("this week", date(2026, 11, 29)) == Typed(date(2026, 11, 29), date(2026, 11, 29), None)


def test_the_last_day_of_the_year_reaches_into_the_next() -> None:
    assert dates.read("31 Dec - 1 Jan", date(2026, 12, 31)) == Typed(date(2026, 12, 31), date(2027, 1, 1), None)


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("24 Dec: skiing", "skiing"),
        ("24 Dec:skiing  in\nTyrol ", "skiing in Tyrol"),
        ("24 Dec: back at 10:30", "back at 10:30"),
        ("24 Dec: <!channel> & *bold*", "<!channel> & *bold*"),
        ("24 Dec: Süßes 🎿 – 100 %", "Süßes 🎿 – 100 %"),
        ("24 Dec:", None),
        ("24 Dec:   ", None),
        (f"24 Dec: {'x' * 200}", "x" * 200),
    ],
)
def test_a_note_stands_behind_a_colon(typed: str, note: str | None) -> None:
    assert dates.read(typed, TODAY).note == note


REFUSALS = {  # what may have been meant, as one would type it
    "": (NotADate, None),
    "   ": (NotADate, None),
    ": skiing": (NotADate, None),
    "soon": (NotADate, None),
    "24": (NotADate, None),
    "24 Dec skiing": (NotADate, None),
    "maybe 24 Dec": (NotADate, None),
    "fryday": (NotADate, "Friday"),
    "tomorow": (NotADate, "tomorrow"),
    "nxt mondey for 5 days": (NotADate, "next Monday for 5 days"),
    "3/4": (AmbiguousDate, "3 Apr or 4 Mar"),
    "12-11-2026": (AmbiguousDate, "12 Nov 2026 or 11 Dec 2026"),
    "99/99": (AmbiguousDate, None),
    "24/12/2090": (NotADate, None),
    "30 Feb": (NotADate, None),
    "0 Dec": (NotADate, None),
    "2027-02-29": (NotADate, None),
    "29/2": (NotADate, "Tue 29 Feb 2028"),
    "Mon 24 Dec 2026": (NotADate, "Thu 24 Dec 2026"),
    "24 Dec 1999": (NotADate, None),
    "2032-01-01": (NotADate, None),
    "2031-12-31 for a week": (NotADate, None),
    "2 Jan - 24 Dec 2026 - 3 Jan": (NotADate, None),
    "24 Dec for 0 days": (NotADate, None),
    "28 - 24 Dec": (EndBeforeStart, "Sat 28 Nov – Thu 24 Dec 2026"),
    "2027-01-02 2026-12-24": (EndBeforeStart, "Thu 24 Dec 2026 – Sat 2 Jan 2027"),
    "2024-12-24": (Passed, "Thu 24 Dec 2026"),
    "23 Nov 2026": (Passed, "Tue 23 Nov 2027"),
    "29 Feb 2024": (Passed, "Tue 29 Feb 2028"),
    "24 Dec 2024 - 2 Jan 2025": (Passed, "Thu 24 Dec 2026 – Sat 2 Jan 2027"),
    "20 Nov 2026 - 27 Nov 2026": (Passed, "Tue 24 – Fri 27 Nov 2026"),
    "<!channel>": (NotADate, None),
    "*24* Dec": (NotADate, None),
    "٢٤ Dec": (NotADate, None),
    "24 Dec\x00": (NotADate, None),
    "24\x1fDec": (NotADate, None),
    "24 Dec\ud800": (NotADate, None),
    "x" * 101: (TooLong, None),
    "24 Dec: " + "x" * 201: (TooLong, None),
}


def test_what_is_no_date_is_refused_with_what_may_be_meant() -> None:
    for typed, refusal in REFUSALS.items():
        bad = refused(typed)
        assert (type(bad), bad.suggestion) == refusal, (typed, refusal)
        assert refusal[1] is None or refusal[1] in bad.sentence, (typed, refusal)


def test_a_refusal_carries_its_subject() -> None:
    past = refused("2024-12-24 2025-01-02: skiing")
    assert isinstance(past, Passed)
    assert (past.left, past.coming) == (None, Span(date(2026, 12, 24), date(2027, 1, 2)))
    assert past.note == "skiing"
    numbers = refused("3/4")
    assert isinstance(numbers, AmbiguousDate)
    assert numbers.readings == ("3 Apr", "4 Mar")
    backwards = refused("28 - 24 Dec")
    assert isinstance(backwards, EndBeforeStart)
    assert (backwards.first, backwards.last) == (date(2026, 12, 28), date(2026, 12, 24))
    typo = refused("fryday")
    assert isinstance(typo, NotADate)
    assert (typo.typed, typo.did_you_mean) == ("fryday", "Friday")
    assert isinstance(refused("x" * 10_000), TooLong)


def test_looking_up_a_day_takes_past_ones_too() -> None:
    assert dates.read_day("2024-12-24", TODAY) == date(2024, 12, 24)
    assert dates.read_day("23 Nov 2026", TODAY) == date(2026, 11, 23)
    assert dates.read_day("yesterday", TODAY) == TODAY - timedelta(days=1)


@pytest.mark.parametrize("typed", ["24 Dec - 2 Jan", "this week", "24 Dec for 2 days", "24 Dec: skiing", "", "3/4"])
def test_looking_up_a_day_takes_one_day_and_no_note(typed: str) -> None:
    with pytest.raises(BadDates):
        dates.read_day(typed, TODAY)


PIECES = (
    *("24", "3", "31", "0", "29", "Feb", "Dec", "jan", "Dezember", "2026", "2024", "1999", "2026-12-24", "2026-02-30"),
    *("-", "–", "to", "until", "from", "for", "a", "week", "days", "next", "this", "on", "the", "of", "monday"),
    *("today", "tomorrow", "24/12", "3.4.2026", "2026/1/2", ",", ".", ":", "th", "st", "<!channel>", "@Maya", "\u200b"),
)
near_dates = st.lists(st.sampled_from(PIECES), max_size=9).flatmap(
    lambda pieces: st.sampled_from([" ", ""]).map(lambda space: space.join(pieces))
)
anything = st.one_of(st.text(max_size=300), near_dates)
todays = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@given(anything, todays)
def test_any_text_is_read_or_refused_and_never_anything_else(text: str, today: date) -> None:
    try:
        typed = dates.read(text, today)
    except BadDates as bad:
        assert bad.sentence.endswith(".") or bad.sentence.endswith("?")
        assert not set("<>&*_~`\n") & set(bad.sentence)
        return
    assert today <= typed.first <= typed.last
    assert typed.note is None or len(typed.note) <= 200


@given(near_dates, todays)
def test_any_text_is_one_day_or_refused(text: str, today: date) -> None:
    try:
        day = dates.read_day(text, today)
    except BadDates:
        return
    assert isinstance(day, date)


@given(near_dates, todays)
def test_any_text_is_looked_up_or_refused_and_nothing_has_passed_then(text: str, today: date) -> None:
    for look in (dates.look_up, dates.last):
        try:
            found = look(text, today)
        except Passed:
            pytest.fail("a look-up takes past days")
        except BadDates:
            continue
        assert found.dates.first <= found.dates.last


@pytest.mark.parametrize("text", ["for " * 2500, "- " * 5000, "2026-12-24 " * 1000, "x" * 10_000 + ":", "1" * 10_000])
def test_a_very_long_text_is_refused(text: str) -> None:
    assert isinstance(refused(text), TooLong)


def readable(suggestion: str, today: date) -> bool:
    """Whether a suggestion is read: at once or, where its days may have passed, as those offered instead."""
    try:
        dates.read(suggestion, today)
    except Passed as passed:
        for offered in (passed.left, passed.coming):
            assert offered is None or dates.read(say.days(*offered), today)
    return True


@given(near_dates, todays)
def test_whatever_is_suggested_can_be_typed(text: str, today: date) -> None:
    try:
        dates.read(text, today)
    except BadDates as bad:
        assert all(readable(reading, today) for reading in (bad.suggestion or "today").split(" or "))


@given(near_dates, todays)
def test_a_suggestion_keeps_every_number(text: str, today: date) -> None:
    try:
        dates.read(text, today)
    except Passed:
        return  # it is another year's
    except BadDates as bad:
        if bad.suggestion is None:
            return
        typed = [int(number) for number in re.findall("[0-9]+", text.partition(":")[0])]
        for reading in bad.suggestion.split(" or "):
            kept = [int(number) for number in re.findall("[0-9]+", reading)]
            months = [n for n, name in enumerate(say.MONTHS, start=1) if name[:3] in reading]
            assert all(n in kept or n in months or 2000 + n in kept for n in typed), (text, reading)


@given(todays, st.integers(0, 800), st.integers(0, 800))
def test_what_is_said_of_days_reads_back(today: date, ahead: int, more: int) -> None:
    first = today + timedelta(days=ahead)
    last = first + timedelta(days=more)
    assert dates.read(say.days(first, last), today) == Typed(first, last, None)
    assert dates.read(f"{first} {last}", today) == Typed(first, last, None)
    assert dates.read_day(say.day(first), today) == first


@pytest.mark.parametrize("example", [dates.DAY_EXAMPLE, dates.SPAN_EXAMPLE])
@given(today=todays)
def test_the_examples_can_be_typed_on_any_day(example: str, today: date) -> None:
    try:
        assert dates.read(example, today).first >= today
    except Passed as asked:  # in the weeks after it
        assert asked.coming
        assert asked.coming.first > today
