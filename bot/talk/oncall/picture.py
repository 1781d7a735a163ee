"""The rotation as a picture: facts → a PNG, drawn at twice the size at which people see it.

    a row is an on-call week │ Mon  Tue  Wed  Thu  Fri  Sat  Sun │ a band in its holder's colour, with the name
                             │ 21   22   23   24   25   26   27  │ below it, hatched, a bar for each who is away

No letter is smaller than 11 pixels where the picture is 390 wide, as on a phone; the legend explains what occurs, only.
Pillow is imported when something is drawn: most processes never draw.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from bot.speech import say
from bot.speech.ink import palette
from bot.speech.ink.palette import ALARM, INK, LINE, OUTSIDE, PAPER, SOFT, TODAY, Colour
from bot.speech.ink.strokes import fitting, font, hatch, lines, png, width
from bot.talk.oncall.calendar import REPAIRED, CalendarPicture, covered
from scheduler.rule.rotation import COVER, Day, Week

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

REPAIRED_MEANS = "↺ repaired around time off"
COVERED_MEANS = "⇄ covered by agreement"
AWAY_MEANS = "hatched: away"
TODAY_MEANS = "outlined: today"
STAR = "★"
PUBLIC_DAY, PUBLIC_MORE = "★ {day}: {name}", "★ … and {count} more public holidays"
PUBLIC_MEANS = "★ changes nothing by itself"
MORE_AWAY = "+{count}"
APART = "    "  # between what signs mean

WIDTH, MARGIN = 1120, 36
COLUMN = (WIDTH - 2 * MARGIN) // 7
TOP, HEAD = 116, 52  # the title; the weekdays' names
DATE, BAND, STRIP, GAP = 46, 66, 44, 16  # heights within a week's row
LEGEND = 50
MOST_AWAY = 4  # bars on a day; with more people the last says how many
MOST_PUBLIC = 4  # lines
BIG, MEDIUM, SMALL = 46, 36, 32


def draw(picture: CalendarPicture) -> bytes:
    """The picture as a PNG. The same facts give the same bytes."""
    from PIL import Image, ImageDraw

    tops = list(_tops(picture))
    columns, shown, means = _legend_columns(picture), those_shown(picture), meanings(picture)
    height = tops[-1] + GAP + LEGEND * (-(-len(shown) // columns) + len(means)) + MARGIN
    image = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(image)
    _head(pen, picture)
    for week, top in zip(picture.weeks, tops, strict=False):
        _week(pen, picture, week, top)
    _today(pen, picture, tops)
    _legend(pen, picture, tops[-1] + GAP, columns)
    return png(image)


def _tops(picture: CalendarPicture) -> Iterator[int]:
    """The upper edge of each week's row, and the lower edge of the last."""
    top = TOP + HEAD
    for week in picture.weeks:
        yield top
        top += DATE + BAND + STRIP * len(lanes(picture, week)) + GAP
    yield top


def _head(pen: "ImageDraw", picture: CalendarPicture) -> None:
    pen.text((MARGIN, 34), fitting(picture.title, BIG, WIDTH - 2 * MARGIN, bold=True), INK, font(BIG, bold=True))
    for place, day in enumerate(picture.weeks[0].days):
        name = say.WEEKDAYS[day.date.weekday()][:3]
        pen.text((_left(place) + COLUMN // 2, TOP + HEAD // 2), name, SOFT, font(SMALL), anchor="mm")


def _left(place: int) -> int:
    return MARGIN + place * COLUMN


def _week(pen: "ImageDraw", picture: CalendarPicture, week: Week, top: int) -> None:
    band = top + DATE
    for place, day in enumerate(week.days):
        left = _left(place)
        if day.date.weekday() > 4 or day.date in picture.public:
            pen.rectangle((left, top, left + COLUMN, band + BAND - 1), OUTSIDE)
        if day.date in picture.public:
            pen.text((left + COLUMN - 10, top + DATE // 2), STAR, SOFT, font(SMALL), anchor="rm")
        first = place == 0 or day.date.day == 1
        words = f"{day.date.day} {say.MONTHS[day.date.month - 1][:3]}" if first else str(day.date.day)
        pen.text((left + 8, top + DATE // 2), words, INK if first else SOFT, font(SMALL, bold=first), anchor="lm")
    start = 0
    for _, run in groupby(week.days, key=lambda day: day.engineer):
        days = list(run)
        _band(pen, picture, week, days, start, band)
        start += len(days)
    for place, lane in enumerate(lanes(picture, week)):
        for bar in lane:
            _bar(pen, picture, bar, band + BAND + STRIP * place)


def _band(pen: "ImageDraw", picture: CalendarPicture, week: Week, days: list[Day], place: int, top: int) -> None:
    """The days in a row that one engineer has, in their colour and with their name."""
    who = days[0].engineer
    left, right = _left(place) + 3, _left(place + len(days)) - 3
    colour = _colour(picture, who)
    pen.rounded_rectangle((left, top + 3, right, top + BAND - 5), 10, colour)
    name = f"{picture.name(who)}{f' {REPAIRED}' if _is_repaired(week, who) else covered(days)}"
    room = right - left - 8
    size = MEDIUM if width(name, MEDIUM, bold=True) <= room else SMALL
    words = fitting(name, size, room, bold=True)
    pen.text(((left + right) // 2, top + BAND // 2 - 1), words, palette.ink_on(colour), font(size, bold=True), "mm")


def _is_repaired(week: Week, who: str | None) -> bool:
    return who == week.holder != week.home


def _colour(picture: CalendarPicture, who: str | None) -> Colour:
    return palette.colour_of(picture.order.index(who)) if who else ALARM


@dataclass(frozen=True, slots=True)
class Bar:
    """From the day at the place `first` of a week's to that at `last`, it too: `who` is away, or so `many` more are."""

    first: int
    last: int
    who: str | None
    many: int = 1

    def meets(self, other: "Bar") -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last


def lanes(picture: CalendarPicture, week: Week) -> list[list[Bar]]:
    """The bars of those who are away in a week, each lane's one below the other's. More than fit are counted."""
    gone = [picture.away_on(day.date) for day in week.days]
    found: list[list[Bar]] = []
    for who in picture.order:
        for bar in _runs([who if who in away else None for away in gone]):
            lane = next((lane for lane in found if not any(bar.meets(each) for each in lane)), None)
            if lane is None:
                found.append(lane := [])
            lane.append(bar)
    if len(found) <= MOST_AWAY:
        return found
    rest = [bar for lane in found[MOST_AWAY - 1 :] for bar in lane]
    counts = [sum(bar.first <= place <= bar.last for bar in rest) for place in range(len(gone))]
    alone = [bar for bar in rest if all(counts[place] == 1 for place in range(bar.first, bar.last + 1))]
    told = {place for bar in alone for place in range(bar.first, bar.last + 1)}
    more = _runs([None if place in told else count or None for place, count in enumerate(counts)])
    return [*found[: MOST_AWAY - 1], [*alone, *more]]


def _runs(values: Sequence[str | int | None]) -> Iterator[Bar]:
    """A bar for each run of days with the same: a person, or how many."""
    place = 0
    for value, run in groupby(values):
        last = place + len(list(run)) - 1
        if value is not None:
            yield Bar(place, last, value if isinstance(value, str) else None, 1 if isinstance(value, str) else value)
        place = last + 1


def _bar(pen: "ImageDraw", picture: CalendarPicture, bar: Bar, top: int) -> None:
    """Hatched, with whose it is in the middle."""
    left, right = _left(bar.first) + 3, _left(bar.last + 1) - 3
    box = (left, top + 2, right, top + STRIP - 3)
    hatch(pen, box, _colour(picture, bar.who) if bar.who else SOFT)
    label = picture.name(bar.who) if bar.who else MORE_AWAY.format(count=bar.many)
    words = fitting(label, SMALL, right - left - 20)
    half, middle, line = int(width(words, SMALL)) // 2 + 5, (left + right) // 2, (box[1] + box[3]) // 2
    pen.rectangle((middle - half, box[1] + 2, middle + half, box[3] - 2), PAPER)
    pen.text((middle, line), words, INK, font(SMALL), anchor="mm")


def _today(pen: "ImageDraw", picture: CalendarPicture, tops: Sequence[int]) -> None:
    for week, top, bottom in zip(picture.weeks, tops, tops[1:], strict=False):
        place = (picture.today - week.first).days
        if 0 <= place < 7:
            box = (_left(place) - 1, top, _left(place + 1) + 1, bottom - GAP + 4)
            pen.rounded_rectangle(box, 10, outline=TODAY, width=5)


def those_shown(picture: CalendarPicture) -> list[str]:
    """Who occurs, in the rotation's order: on duty, or away."""
    days = [day for week in picture.weeks for day in week.days]
    occur = {day.engineer for day in days} | {who for day in days for who in picture.away_on(day.date)}
    return [who for who in picture.order if who in occur]


def _legend_columns(picture: CalendarPicture) -> int:
    widest = max((width(picture.name(who), SMALL) for who in those_shown(picture)), default=0)
    return max(1, min(4, (WIDTH - 2 * MARGIN) // (int(widest) + 80)))


def meanings(picture: CalendarPicture) -> list[str]:
    """What the signs in it mean, of those that occur: lines."""
    days = [(week, day) for week in picture.weeks for day in week.days]
    occurs = {
        REPAIRED_MEANS: any(_is_repaired(week, day.engineer) for week, day in days),
        COVERED_MEANS: any(day.why == COVER for _, day in days),
        AWAY_MEANS: any(picture.away_on(day.date) for _, day in days),
        TODAY_MEANS: any(day.date == picture.today for _, day in days),
        PUBLIC_MEANS: any(day.date in picture.public for _, day in days),
    }
    return [
        *_public_days(picture),
        *lines((words for words, does in occurs.items() if does), SMALL, WIDTH - 2 * MARGIN, APART),
    ]


def _public_days(picture: CalendarPicture) -> list[str]:
    """The public holidays in it, a line each."""
    found = [each for week in picture.weeks for each in picture.public_in(week)]
    days = [PUBLIC_DAY.format(day=say.short_days(day, day), name=name) for day, name in found]
    if len(days) > MOST_PUBLIC:
        days[MOST_PUBLIC - 1 :] = [PUBLIC_MORE.format(count=len(days) - MOST_PUBLIC + 1)]
    return days


def _legend(pen: "ImageDraw", picture: CalendarPicture, top: int, columns: int) -> None:
    pen.line((MARGIN, top, WIDTH - MARGIN, top), LINE, 2)
    wide, shown = (WIDTH - 2 * MARGIN) // columns, those_shown(picture)
    for place, who in enumerate(shown):
        left, line = MARGIN + place % columns * wide, top + 18 + place // columns * LEGEND
        pen.rounded_rectangle((left, line, left + 34, line + 28), 7, _colour(picture, who))
        name = fitting(picture.name(who), SMALL, wide - 56)
        pen.text((left + 46, line + 14), name, INK, font(SMALL), anchor="lm")
    line = top + 18 + -(-len(shown) // columns) * LEGEND
    for place, words in enumerate(meanings(picture)):
        words = fitting(words, SMALL, WIDTH - 2 * MARGIN)
        pen.text((MARGIN, line + 14 + place * LEGEND), words, SOFT, font(SMALL), anchor="lm")
