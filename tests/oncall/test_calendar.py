"""The picture: pixels that must be there, and the same in words."""

import io
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.speech import say
from bot.speech.ink import palette
from bot.talk.oncall import calendar
from bot.talk.oncall.calendar import CalendarPicture
from bot.talk.oncall.picture import (
    BAND,
    BIG,
    COLUMN,
    DATE,
    GAP,
    HEAD,
    MARGIN,
    MEDIUM,
    SMALL,
    TOP,
    WIDTH,
    draw,
    lanes,
    meanings,
    those_shown,
)
from models.holidays import Holiday
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import COVER, Away, Rotation, Version
from tests.kit.cast import NAMES

MONDAY = date(2026, 11, 30)
Off = tuple[int, date, int]  # the place of who is away, from when, for how many days


def picture(people: int, off: list[Off], weeks: int = 6) -> CalendarPicture:
    """A rotation of so many, from Mon 30 Nov 2026 on, seen on Wed 9 Dec."""
    ids = tuple(f"p{place}" for place in range(people))
    away = tuple(Away(ids[who], first, first + timedelta(days=days)) for who, first, days in off)
    shown = Rotation((Version(MONDAY, ids),), away).weeks(MONDAY, MONDAY + timedelta(weeks=weeks))
    holidays = [Holiday(None, a.who, a.first, a.until, "secret", datetime.now(UTC), False) for a in away]
    return CalendarPicture(
        "Metrics: on call", date(2026, 12, 9), shown, dict(zip(ids, NAMES, strict=False)), ids, holidays
    )


def drawn(shown: CalendarPicture) -> Image.Image:
    """The picture as pixels."""
    return Image.open(io.BytesIO(draw(shown)))


def band(image: Image.Image, week: int, place: int) -> object:
    """The colour of a day's band, in a picture where nobody is away."""
    row = TOP + HEAD + week * (DATE + BAND + GAP)
    return image.getpixel((MARGIN + place * COLUMN + 20, row + DATE + 10))


def test_each_engineer_has_a_colour_of_their_own() -> None:
    image = drawn(picture(4, []))
    assert image.width == WIDTH
    assert [band(image, week, 0) for week in range(4)] == list(palette.ENGINEERS[:4])


def test_the_colours_differ_in_grey_too() -> None:
    first_four = sorted(palette.luminance(colour) for colour in palette.ENGINEERS[:4])
    assert all(lighter - darker > 0.08 for darker, lighter in itertools.pairwise(first_four))
    assert len(set(palette.ENGINEERS)) == 12


def test_a_day_with_nobody_is_red() -> None:
    image = drawn(picture(2, [(0, MONDAY, 1), (1, MONDAY, 1)]))
    assert band(image, 0, 0) == palette.ALARM


def test_today_is_outlined() -> None:
    image = drawn(picture(4, []))
    row = TOP + HEAD + DATE + BAND + GAP
    assert image.getpixel((MARGIN + 2 * COLUMN, row + 30)) == palette.TODAY
    assert image.getpixel((MARGIN + 4 * COLUMN, row + 30)) != palette.TODAY


def test_who_is_away_is_hatched_below_the_band() -> None:
    image = drawn(picture(4, [(2, MONDAY, 1)]))
    strip = image.crop((MARGIN + 4, TOP + HEAD + DATE + BAND + 2, MARGIN + 30, TOP + HEAD + DATE + BAND + 30))
    assert palette.ENGINEERS[2] in {strip.getpixel((x, 12)) for x in range(strip.width)}
    assert palette.PAPER in {strip.getpixel((x, 12)) for x in range(strip.width)}


def test_the_same_facts_give_the_same_bytes() -> None:
    assert draw(picture(4, [(0, MONDAY, 3)])) == draw(picture(4, [(0, MONDAY, 3)]))


def test_it_is_told_in_words_too() -> None:
    assert calendar.describe(picture(4, [(0, date(2026, 11, 30), 7), (1, date(2026, 12, 16), 1)], 4)) == (
        "Metrics: on call\n"
        "Mon 30 Nov – Sun 6 Dec 2026: Maya ↺\n"
        "Mon 7 – Sun 13 Dec 2026: Toms ↺\n"
        "Mon 14 – Sun 20 Dec 2026: Danny\n"
        "Mon 21 – Sun 27 Dec 2026: Rene"
    )


def test_days_that_somebody_has_by_agreement_are_marked() -> None:
    shown = picture(4, [], 2)
    first, *others = shown.weeks
    mon, tue, wed, thu, *rest = first.days
    split = (mon, tue, wed, replace(thu, engineer="p1", why=COVER), *rest)
    both = replace(shown, weeks=[replace(first, split=split), *others])
    assert calendar.describe(both).splitlines()[1] == "Mon 30 Nov – Sun 6 Dec 2026: Toms (3 Dec: Maya ⇄)"
    assert (meanings(shown), meanings(both)) == (["outlined: today"], ["⇄ covered by agreement    outlined: today"])


def bars(off: list[Off], people: int = 6) -> list[list[str]]:
    """The bars of the first week, lane by lane: from which weekday to which, and whose."""
    shown = picture(people, off)
    return [
        [
            f"{say.WEEKDAYS[bar.first][:3]}–{say.WEEKDAYS[bar.last][:3]} {shown.name(bar.who) if bar.who else bar.many}"
            for bar in lane
        ]
        for lane in lanes(shown, shown.weeks[0])
    ]


def test_an_absence_is_one_bar_however_it_was_declared() -> None:
    assert bars([(2, MONDAY - ONE_DAY, 4), (2, MONDAY + 3 * ONE_DAY, 2)]) == [["Mon–Fri Danny"]]


def test_bars_share_a_line_where_they_meet_on_no_day() -> None:
    off = [(0, MONDAY, 2), (1, MONDAY + ONE_DAY, 5), (2, MONDAY + 2 * ONE_DAY, 9)]
    assert bars(off) == [["Mon–Tue Toms", "Wed–Sun Danny"], ["Tue–Sat Maya"]]


def test_where_more_are_away_than_fit_they_are_counted() -> None:
    off = [(who, MONDAY + who * ONE_DAY, 7 - who) for who in range(5)]
    assert bars(off) == [["Mon–Sun Toms"], ["Tue–Sun Maya"], ["Wed–Sun Danny"], ["Thu–Thu 1", "Fri–Sun 2"]]


def test_whoever_has_days_to_themselves_among_more_than_fit_is_named() -> None:
    all_week = [(who, MONDAY, 7) for who in range(3)]
    off = [*all_week, (3, MONDAY, 1), (4, MONDAY + ONE_DAY, 2), (5, MONDAY + 2 * ONE_DAY, 1)]
    assert bars(off)[3] == ["Mon–Mon Rene", "Tue–Tue 1", "Wed–Wed 2"]


def test_on_a_phone_no_letter_is_smaller_than_11_pixels() -> None:
    assert min(SMALL, MEDIUM, BIG) * 390 / WIDTH >= 11


def test_the_legend_explains_what_occurs_only() -> None:
    quiet, shown = replace(picture(4, []), today=date(2026, 11, 1)), picture(4, [(0, MONDAY, 7)], 1)
    assert meanings(quiet) == []
    assert meanings(shown) == ["↺ repaired around time off    hatched: away"]
    assert [shown.name(who) for who in those_shown(shown)] == ["Toms", "Maya"]


def test_public_holidays_are_named_below_and_counted_if_there_are_many() -> None:
    days = {date(2026, 12, 1) + n * ONE_DAY: f"Feast {n}" for n in range(6)}
    assert meanings(replace(picture(4, []), public=days)) == [
        "★ 1 Dec: Feast 0",
        "★ 2 Dec: Feast 1",
        "★ 3 Dec: Feast 2",
        "★ … and 3 more public holidays",
        "outlined: today    ★ changes nothing by itself",
    ]


@pytest.mark.slow
@settings(max_examples=25)
@given(
    st.integers(1, 12),
    st.lists(st.tuples(st.integers(0, 11), st.dates(MONDAY, date(2027, 1, 20)), st.integers(1, 30)), max_size=14),
    st.integers(1, 9),
)
def test_any_rotation_can_be_drawn(people: int, off: list[Off], weeks: int) -> None:
    drawn(picture(people, [(who % people, first, days) for who, first, days in off], weeks))
