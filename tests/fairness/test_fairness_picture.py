"""The picture of who carried how much: pixels that must be there."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.speech.ink import palette
from bot.speech.ink.palette import INK, PAPER
from bot.speech.you_or_name import NOBODY
from bot.talk.fairness import picture as fairness_picture
from bot.talk.fairness.picture import (
    BEYOND,
    COMING,
    MARGIN,
    NAME,
    PAST,
    WIDTH,
    FairnessPicture,
    Row,
    place_of,
)
from scheduler.fairness.count import Load
from tests.kit.cast import NAMES

DAY = timedelta(days=1)
SAME = "Everybody carried about the same: nobody is more than 5 days from an equal share."
MIDDLE = NAME + PAST // 2


def row(place: int, days: float, share: float, coming: float | None = None) -> Row:
    """An engineer who carried so many days, two of seven at weekends; and may carry some, of which half is theirs."""
    load = Load(NAMES[place], duty=days * DAY, share=share * DAY, weekends=days * DAY * 2 / 7)
    comes = None if coming is None else Load(NAMES[place], duty=coming * DAY, share=coming * DAY / 2)
    return Row(NAMES[place], palette.colour_of(place), load, comes)


def picture(*rows: Row) -> FairnessPicture:
    """A picture of these."""
    return FairnessPicture("Metrics: who carried how much", "Fri 1 Jan – Fri 31 Dec 2027", SAME, rows)


def drawn(shown: FairnessPicture) -> Image.Image:
    """The picture as pixels."""
    return Image.open(io.BytesIO(fairness_picture.draw(shown)))


def test_a_bar_is_as_long_as_the_time_and_has_its_engineers_colour() -> None:
    shown = picture(row(0, 100, 75), row(1, 50, 75))
    image, top = drawn(shown), fairness_picture.first_row(shown)
    assert image.width == WIDTH
    assert image.getpixel((MARGIN + 20, top + MIDDLE)) == palette.colour_of(0)
    assert image.getpixel((MARGIN + 20, top + shown.rows[0].height + MIDDLE)) == palette.colour_of(1)
    # The longest reaches the margin, the other one the middle.
    middle = place_of(50 * DAY, 100 * DAY)
    assert image.getpixel((WIDTH - MARGIN - BEYOND, top + NAME + 1)) == fairness_picture.edge(palette.colour_of(0))
    second = top + shown.rows[0].height + NAME + 1
    assert image.getpixel((middle, second)) == fairness_picture.edge(palette.colour_of(1))
    assert image.getpixel((middle + 4, second)) == PAPER


def test_weekends_are_hatched_at_its_end() -> None:
    shown = picture(row(0, 70, 70))
    image, top = drawn(shown), fairness_picture.first_row(shown)
    weekends = range(place_of(50 * DAY, 70 * DAY) + 6, place_of(70 * DAY, 70 * DAY) - 10)
    assert {image.getpixel((x, top + MIDDLE)) for x in weekends} == {palette.colour_of(0), PAPER}
    weekdays = range(MARGIN + 4, place_of(50 * DAY, 70 * DAY) - 4)
    assert {image.getpixel((x, top + MIDDLE)) for x in weekdays} == {palette.colour_of(0)}


def test_an_equal_share_is_a_dashed_line_that_sticks_out() -> None:
    shown = picture(row(0, 100, 60))
    image, top = drawn(shown), fairness_picture.first_row(shown)
    share = place_of(60 * DAY, 100 * DAY)
    column = [image.getpixel((share, top + NAME + y)) for y in range(-BEYOND, PAST + BEYOND)]
    assert set(column) == {INK, PAPER}
    assert column[0] == INK


def test_what_is_to_come_is_lighter_and_below() -> None:
    shown = picture(row(0, 100, 100, coming=50))
    image, top = drawn(shown), fairness_picture.first_row(shown)
    below = top + NAME + PAST + fairness_picture.BETWEEN + COMING // 2
    assert image.getpixel((MARGIN + 20, below)) == fairness_picture.lighter(palette.colour_of(0))
    assert image.getpixel((place_of(50 * DAY, 100 * DAY) + 6, below)) == PAPER


def test_nobodys_time_is_red() -> None:
    shown = picture(row(0, 100, 100), Row(NOBODY, palette.ALARM, Load(NOBODY, duty=20 * DAY), None))
    image, top = drawn(shown), fairness_picture.first_row(shown)
    assert image.getpixel((MARGIN + 8, top + shown.rows[0].height + MIDDLE)) == palette.ALARM


def test_bars_can_be_told_from_paper_in_grey() -> None:
    borders = [palette.luminance(fairness_picture.edge(colour)) for colour in palette.ENGINEERS]
    assert all((1 + 0.05) / (border + 0.05) > 3 for border in borders)  # the least contrast that WCAG asks of graphics


def test_the_same_facts_give_the_same_bytes() -> None:
    assert fairness_picture.draw(picture(row(2, 9.3, 8))) == fairness_picture.draw(picture(row(2, 9.3, 8)))


@pytest.mark.slow
@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.floats(0, 400), st.floats(0, 400), st.none() | st.floats(0, 200)), min_size=0, max_size=len(NAMES)
    )
)
def test_any_loads_can_be_drawn(loads: list[tuple[float, float, float | None]]) -> None:
    began = datetime.now(UTC)
    drawn(picture(*(row(place, *load) for place, load in enumerate(loads))))
    assert datetime.now(UTC) - began < timedelta(seconds=5)
