"""Dates as other countries write them, in numbers, words and weeks; and what only looks like one."""

import os
import re
import shutil
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import sync_playwright

from bot.speech.read import dates
from bot.speech.read.characters import folded
from bot.speech.read.dates import AmbiguousDate, BadDates, EndBeforeStart, NotADate, ShortYear, Typed, names
from bot.speech.read.dates.text import WHOLE_DAYS

WEDNESDAY = date(2026, 12, 16)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def span(written: str) -> Typed:
    """`2026-12-24` or `2026-12-24 2027-01-02`."""
    first, *last = map(date.fromisoformat, written.split())
    return Typed(first, last[0] if last else first, None)


def refused(typed: str) -> BadDates:
    with pytest.raises(BadDates) as caught:
        dates.read(typed, WEDNESDAY)
    return caught.value


IN_NUMBERS = {
    "24/12/2026": "2026-12-24",
    "24.12.": "2026-12-24",
    "24.12": "2026-12-24",
    "12/24": "2026-12-24",
    "12/24/2026": "2026-12-24",
    "24.12.2026": "2026-12-24",
    "24. 12. 2026": "2026-12-24",
    "24 / 12 / 2026": "2026-12-24",
    "24-12-2026": "2026-12-24",
    "24-12": "2026-12-24",
    "24-Dec-2026": "2026-12-24",
    "2026/12/24": "2026-12-24",
    "2027.1.2": "2027-01-02",
    "Thu 24/12/2026": "2026-12-24",
    "4.4.": "2027-04-04",
    "24.12.2026 - 02.01.2027": "2026-12-24 2027-01-02",
    "24/12 - 2/1": "2026-12-24 2027-01-02",
    "24/12-2/1": "2026-12-24 2027-01-02",
    "12/24 - 1/2": "2026-12-24 2027-01-02",
    "24.12.-2.1.": "2026-12-24 2027-01-02",
    "24.-28.12.": "2026-12-24 2026-12-28",
    "24.12.–28.12.2026": "2026-12-24 2026-12-28",
    "24/12 - 12/28": "2026-12-24 2026-12-28",  # each in one way only
    "2026/12/24 - 2027/1/2": "2026-12-24 2027-01-02",
    "2026-12-24/2027-01-02": "2026-12-24 2027-01-02",
    "24/12 for 3 days": "2026-12-24 2026-12-26",
    "until 24.12.": "2026-12-16 2026-12-24",
    "24 Dec - 24/12/2026": "2026-12-24",
    "3/2 - 2/3": "2027-02-03 2027-03-02",  # from 2 March to 3 February is a slip
}


def test_numbers_that_can_be_read_in_one_way_are_read() -> None:
    for typed, read in IN_NUMBERS.items():
        assert dates.read(typed, WEDNESDAY) == span(read), (typed, read)
    for typed in ("mercredi", "miércoles", "miercoles", "środa", "sroda"):
        assert refused(typed).sentence == "Do you mean today, or Wed 23 Dec 2026?", typed


IN_TWO_WAYS = {
    "3/4": ("3 Apr", "4 Mar"),
    "3.4.": ("3 Apr", "4 Mar"),
    "03/04/2027": ("3 Apr 2027", "4 Mar 2027"),
    "3/4 - 5/4": ("3 Apr - 5 Apr", "4 Mar - 4 May"),
    "24 Dec - 2/1": ("24 Dec - 2 Jan", "24 Dec - 1 Feb"),
    "5/6 for 3 days": ("5 Jun for 3 days", "6 May for 3 days"),
    "12-24": ("24 Dec", "12 - 24 Dec"),
    "9.30": (),  # a time
    "13/13": (),
    "24/13/2026": (),
}


@pytest.mark.parametrize(("typed", "readings"), IN_TWO_WAYS.items())
def test_of_two_ways_to_read_numbers_both_are_named_with_both_ends(typed: str, readings: tuple[str, ...]) -> None:
    bad = refused(typed)
    assert isinstance(bad, AmbiguousDate)
    assert bad.readings == readings
    assert all(dates.any_of(reading, WEDNESDAY) for reading in readings)


SHORT_YEARS = {
    "12/24/27": ("24 Dec 2027",),
    "24.12.26": ("24 Dec 2026",),
    "24 Dec 26": ("24 Dec 2026",),
    "Dec 24, '26": ("Dec 24 2026",),
    "24-Dec-26": ("24 Dec 2026",),
    "3/4/27": ("3 Apr 2027", "4 Mar 2027"),
    "26-12-24": ("26 Dec 2024", "24 Dec 2026"),
    "24.12.26 - 02.01.27": ("24 Dec 2026 - 2 Jan 2027",),
    "24 Dec 26 - 2 Jan 27": ("24 Dec 2026 - 2 Jan 2027",),
}


@pytest.mark.parametrize(("typed", "readings"), SHORT_YEARS.items())
def test_a_year_of_two_digits_is_asked_in_full(typed: str, readings: tuple[str, ...]) -> None:
    bad = refused(typed)
    assert isinstance(bad, ShortYear)
    assert bad.readings == readings


IN_WORDS = {
    "montag": "2026-12-21",
    "next montag": "2026-12-21",
    "Sonnabend": "2026-12-19",
    "terça-feira": "2026-12-22",
    "segunda-feira - sexta-feira": "2026-12-21 2026-12-25",
    "24. Dezember": "2026-12-24",
    "Donnerstag, 24. Dezember 2026": "2026-12-24",
    "jeudi 24 décembre": "2026-12-24",
    "24 de\u0301cembre": "2026-12-24",  # decomposed
    "24 de diciembre": "2026-12-24",
    "quinta-feira, 24 de dezembro de 2026": "2026-12-24",
    "donderdag 24 december": "2026-12-24",
    "24 grudnia - 2 stycznia": "2026-12-24 2027-01-02",
    "24 GRUDZIEŃ": "2026-12-24",
    "1er janvier": "2027-01-01",
    "1 Jänner": "2027-01-01",
    "3 März": "2027-03-03",
    "3 mars": "2027-03-03",
    "maandag for 5 days": "2026-12-21 2026-12-25",
}


def test_full_names_are_read_in_seven_languages() -> None:
    for typed, read in IN_WORDS.items():
        assert dates.read(typed, WEDNESDAY) == span(read), (typed, read)


MAY_BE_MEANT = {
    "morgen": "tomorrow",
    "mañana": "tomorrow",
    "heute": "today",
    "24 Dez": "24 December",
    "24 dic": "24 December",
    "15 jui": "15 June or 15 July",  # juin, juillet
    "segunda": "Monday",
    "monda": "Monday",
    "lunedi": "Monday",
    "munday": "Sunday or Monday",
    "wensday": "Wednesday",
    "24. Dezember bis 2. Januar": "24. December to 2. January",
    "Mon 24 Dec - 2 Jan": "Thu 24 Dec 2026 - 2 Jan",
    "Mon 24 Dec for 5 days": "Thu 24 Dec 2026 for 5 days",
    "26 - 29 Feb": "26 - Tue 29 Feb 2028",
    "29 Feb": "Tue 29 Feb 2028",
    "24 - 2 Jan": "Thu 24 Dec 2026 – Sat 2 Jan 2027",
    "Dec 24 - 2": "Thu 24 Dec 2026 – Sat 2 Jan 2027",
    "26 Dec - 24 Dec": "Thu 24 – Sat 26 Dec 2026",
    "this weekend": "Sat 19 – Sun 20 Dec 2026",
    "next weekend": "Sat 19 – Sun 20 Dec 2026 or Sat 26 – Sun 27 Dec 2026",
}


def test_what_may_be_meant_is_offered_whole() -> None:
    for typed, suggestion in MAY_BE_MEANT.items():
        assert refused(typed).suggestion == suggestion, (typed, suggestion)


@pytest.mark.parametrize(
    "typed",
    [
        "soon",
        "mar",
        "die",
        "Sam",
        "lun 24",
        "24 xyz",
        "30 Feb",
        "31 Nov - 2 Dec",
        "next month",
        "in 2 weeks",
        "W60",
        "3rd",
    ],
)
def test_nothing_is_offered_where_it_would_be_a_guess(typed: str) -> None:
    assert refused(typed).suggestion is None


WEEKS = {
    "W52": "2026-12-21 2026-12-27",
    "w 52": "2026-12-21 2026-12-27",
    "week 52": "2026-12-21 2026-12-27",
    "KW 52": "2026-12-21 2026-12-27",
    "2026-W52": "2026-12-21 2026-12-27",
    "2026W52": "2026-12-21 2026-12-27",
    "week 52, 2026": "2026-12-21 2026-12-27",
    "W53": "2026-12-28 2027-01-03",
    "W1": "2027-01-04 2027-01-10",
    "2026-W52-4": "2026-12-24",
    "W52 - W53": "2026-12-21 2027-01-03",
    "2026-W52 - 2026-W53": "2026-12-21 2027-01-03",
    "W52 for 2 weeks": "2026-12-21 2027-01-03",
    "W52 - 2 Jan": "2026-12-21 2027-01-02",
}


@pytest.mark.parametrize(("typed", "read"), WEEKS.items())
def test_a_week_is_its_monday_to_sunday(typed: str, read: str) -> None:
    assert dates.read(typed, WEDNESDAY) == span(read)


@pytest.mark.parametrize("typed", ["W0", "W54", "2027-W53", "9999-W52", "0000-W01", "W5x", "2026-W52-8", "W-1"])
def test_what_is_no_week_is_refused(typed: str) -> None:
    assert isinstance(refused(typed), NotADate)


@pytest.mark.parametrize(
    "seen",
    [
        "24\u200b Dec",
        "\u200e24 Dec",
        "\ufeff24 Dec",
        "24 Dec\ufe0f",
        "2\u00ad4 D\u200dec",
        "\u206624 Dec\u2069",
        "24\u2060Dec",
    ],
)
def test_characters_that_nobody_sees_are_left_out(seen: str) -> None:
    assert dates.read(f"{seen}: \u200eskiing 👩\u200d🚒", WEDNESDAY) == Typed(
        date(2026, 12, 24), date(2026, 12, 24), "\u200eskiing 👩\u200d🚒"
    )


def test_a_time_is_no_note_and_no_year() -> None:
    for typed in [
        "Dec 9:30",
        "24 Dec 9:30",
        "9:30",
        "24 Dec 18:00 ",
        "24 Dec 9:30pm",
        "24 Dec 9:30 - 12:00",
        "24 Dec 9:30: dentist",
        "24 Dec 17:00 dentist",
        "24 Dec 12:30 train to Ulm",
        "24 Dec 09:30 Uhr",
        "24 Dec 17:00-18:00 dentist",
        "24 Dec 5:30 pm dentist",
        "Dec 24 17:00 dentist",
        "24 Dec 2026 17:00h",
        "24.12. 17:00 Zahnarzt",
        "24/12 08:15, back at noon",
        "24 Dec - 2 Jan 18:00 train",
        "24 Dec at 17:00 dentist",
        "24 Dec until 17:00, then offline",
        "tomorrow 9:00 dentist",
        "friday, 9:00 dentist",
        "W52 09:00 training",
        "17:00 on 24 Dec",
        "10-12:30 dentist",
        "9:30 dentist: back at 11:00",
    ]:
        for look in (dates.read, dates.any_of):
            with pytest.raises(NotADate) as caught:
                look(typed, WEDNESDAY)
            assert (caught.value.suggestion, caught.value.why) == (None, WHOLE_DAYS), typed


QUOTED = {  # typed → what a refusal quotes of it
    "terça": "“terça”",
    "Terc\u0327a": "“Terça”",
    "nächsten": "“nächsten”",
    "NÄCHSTEN Montag": "“NÄCHSTEN Montag”",
    "Große Ferien": "“Große Ferien”",
    "Segunda-Feira próxima": "“Segunda-Feira próxima”",
    "segunda feira próxima": "“segunda feira próxima”",
    "Później": "“Później”",
    "le 24 Décembre": "“le 24 Décembre”",
    "24 Dec 26": "“24 Dec 26”",
    "24 Déc  Noël: fête": "“24 Déc Noël”",
    "10 - 12 Août après-midi": "“10 - 12 Août après-midi”",
    "Słońce\u200b – 24 Dec": "“Słońce”",
    "<!channel> Größe": None,
}


def test_a_refusal_quotes_what_was_typed_with_its_capitals_and_accents() -> None:
    for look in [dates.read, dates.any_of]:
        for typed, quote in QUOTED.items():
            with pytest.raises(BadDates) as caught:
                look(typed, WEDNESDAY)
            assert re.findall("“.*?”", caught.value.sentence) == ([quote] if quote else []), (look, typed, quote)
            assert str(caught.value) == caught.value.sentence, (look, typed, quote)


@pytest.mark.parametrize("look", [dates.read_day, dates.look_up, dates.last])
def test_so_does_a_refusal_of_one_day(look: Callable[[str, date], object]) -> None:
    for typed in ("NÄCHSTEN Montag", "24 Dec - 2 Jan", "Segunda-Feira próxima"):
        with pytest.raises(BadDates) as caught:
            look(typed, WEDNESDAY)
        assert f"“{typed}”" in caught.value.sentence


NOTES = {
    "24 Dec: 9:30": "9:30",
    "24 Dec: back at 10:30": "back at 10:30",
    "24 Dec:30": "30",
    "Dec 24: 30": "30",
    "Dec 24:3 days": "3 days",
    "24 Dec 2026:2 of 3": "2 of 3",
    "24 Dec:12:30 train": "12:30 train",
    "24 Dec: 12:30 train": "12:30 train",
    "Dec 24:10 people come": "10 people come",
    "24.12:30 Uhr": "30 Uhr",
    "24 Dec 2026:10 people come": "10 people come",
    "2026-12-24:10 people come": "10 people come",
}


@pytest.mark.parametrize(("typed", "note"), NOTES.items())
def test_other_notes_are_taken_as_they_are(typed: str, note: str) -> None:
    assert dates.read(typed, WEDNESDAY) == Typed(date(2026, 12, 24), date(2026, 12, 24), note)


@pytest.mark.parametrize("typed", ["24 Dec 26: dentist", "24 Dec 26:10 people come", "24 Dec 27"])
def test_what_is_no_time_may_be_a_short_year(typed: str) -> None:
    assert isinstance(refused(typed), ShortYear)


def test_what_ends_before_it_starts_in_another_month_keeps_its_ends() -> None:
    bad = refused("24 - 2 Jan")
    assert isinstance(bad, EndBeforeStart)
    assert (bad.first, bad.last) == (date(2027, 1, 24), date(2027, 1, 2))


NAMES_OF = """language => {
    const named = (part, day) => new Intl.DateTimeFormat(language, {...part, timeZone: "UTC"}).format(day);
    const months = [...Array(12).keys()].map(at => new Date(Date.UTC(2026, at, 15)));
    const days = [...Array(7).keys()].map(at => new Date(Date.UTC(2026, 11, 21 + at)));
    const inDates = day => new Intl.DateTimeFormat(language, {day: "numeric", month: "long", timeZone: "UTC"})
        .formatToParts(day).find(part => part.type === "month").value;
    return [days.map(day => named({weekday: "long"}, day)), months.map(day => named({month: "long"}, day)),
        months.map(inDates)];
}"""


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="no Chromium: apt-get install chromium")
def test_the_names_are_those_that_chromium_has_of_the_cldr() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM or "chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for language in names.WEEKDAY_NAMES:
            weekdays, months, in_dates = page.evaluate(NAMES_OF, language)
            plain = [folded(name).replace("-", "") for name in weekdays]
            assert [names.WEEKDAYS[name] for name in plain] == list(range(7)), language
            assert plain == [folded(name).replace("-", "") for name in names.WEEKDAY_NAMES[language].split()]
            assert [folded(name) for name in months] == [folded(name) for name in names.MONTH_NAMES[language].split()]
            assert [names.MONTHS[folded(name)] for name in in_dates] == list(range(1, 13)), language
        browser.close()
