"""Who carried how much, as a picture: facts → a PNG, drawn at twice the size at which people see it.

    Toms         92 days    46 to come
    ████████████████▒▒▒▒▒┆                on duty, hatched what of it was at weekends; dashed: an equal share
    ░░░░░░░░▒▒┆                           the half year to come, lighter and thinner

All bars have one scale. Pillow is imported when something is drawn: most processes never draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.speech.ink import palette
from bot.speech.ink.palette import ALARM, INK, LINE, PAPER, SOFT, Colour
from bot.speech.ink.strokes import fitting, font, hatch, lines, png, width
from bot.speech.you_or_name import NOBODY
from bot.talk.fairness import words
from scheduler.fairness.count import NONE, Load
from scheduler.fairness.load import Fairness
from scheduler.rule.hours import ONE_DAY
from scheduler.team.roster import Roster

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

TITLE = "{team}: who carried how much"
TITLE_COMING = "{team}: who is to carry how much"
THEN = "{days}, and the half year to come"
COMES = "{number} to come"
ON_DUTY, AT_WEEKENDS, TO_COME, SHARE = "on duty", "of it at weekends", "half year to come", "an equal share"

WIDTH, MARGIN = 1120, 36
TOP, SPOKEN = 150, 46  # the title and the dates; a line of the sentence
NAME, PAST, BETWEEN, COMING, GAP = 50, 48, 10, 30, 28  # heights within an engineer's row
LEGEND = 48
BIG, MEDIUM, SMALL = 44, 32, 28
BEYOND = 5  # how far the line of an equal share reaches above and below a bar


@dataclass(frozen=True, slots=True)
class Row:
    """An engineer, or nobody: their colour, and what they carried and are to carry (None: not told)."""

    name: str
    colour: Colour
    past: Load
    coming: Load | None

    @property
    def height(self) -> int:
        """How high it is drawn."""
        return NAME + PAST + (BETWEEN + COMING if self.coming else 0) + GAP


@dataclass(frozen=True, slots=True)
class FairnessPicture:
    """What is drawn: a title, the dates, the sentence, and the rows."""

    title: str
    dates: str
    sentence: str
    rows: Sequence[Row]

    @property
    def longest(self) -> timedelta:
        """The time of the longest bar, or of a share beyond it."""
        loads = [load for row in self.rows for load in (row.past, row.coming) if load]
        return max((max(load.duty, load.share) for load in loads), default=NONE) or ONE_DAY


def picture_of(team: Roster, counted: Fairness) -> FairnessPicture:
    """The picture of what was counted. Colours go by place in the rotation, as in the calendar."""
    pairs = words.pairs(counted)
    rows = [Row(team.name(p.who), palette.colour_of(place), p, c) for place, (p, c) in enumerate(pairs)]
    comes = counted.coming.nobody if counted.coming else NONE
    if counted.past.nobody or comes:
        rows.append(Row(NOBODY, ALARM, Load(NOBODY, counted.past.nobody), Load(NOBODY, comes) if comes else None))
    title, dates = TITLE, words.dates(team, counted.past)
    if counted.coming:
        dates = THEN.format(days=dates)
        if words.is_empty(counted.past):
            title, dates = TITLE_COMING, words.dates(team, counted.coming)
    return FairnessPicture(title.format(team=team.facts.name), dates, words.sentence(team, counted.past), rows)


def draw(picture: FairnessPicture) -> bytes:
    """The picture as a PNG. The same facts give the same bytes."""
    from PIL import Image, ImageDraw

    said = _lines(picture.sentence)
    top = first_row(picture)
    height = top + sum(row.height for row in picture.rows) + 3 * LEGEND + MARGIN // 2
    image = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(image)
    room = WIDTH - 2 * MARGIN
    pen.text((MARGIN, 34), fitting(picture.title, BIG, room, bold=True), INK, font(BIG, bold=True))
    pen.text((MARGIN, 98), fitting(picture.dates, SMALL, room), SOFT, font(SMALL))
    for place, line in enumerate(said):
        pen.text((MARGIN, TOP + place * SPOKEN), line, INK, font(MEDIUM))
    for row in picture.rows:
        _row(pen, row, top, picture.longest)
        top += row.height
    _legend(pen, top, told=any(row.coming for row in picture.rows))
    return png(image)


def first_row(picture: FairnessPicture) -> int:
    """The upper edge of the first row."""
    return TOP + SPOKEN * len(_lines(picture.sentence)) + GAP


def _lines(sentence: str) -> list[str]:
    return lines(sentence.split(), MEDIUM, WIDTH - 2 * MARGIN)


def _row(pen: "ImageDraw", row: Row, top: int, longest: timedelta) -> None:
    told, right, line = words.days(row.past.duty), WIDTH - MARGIN, top + NAME // 2 - 4
    if row.coming:
        comes = COMES.format(number=words.number(row.coming.duty / ONE_DAY))
        pen.text((right, line), comes, SOFT, font(SMALL), anchor="rm")
        right -= round(width(COMES.format(number="888.8"), SMALL)) + 8
    pen.text((right, line), told, INK, font(SMALL), anchor="rm")
    room = right - MARGIN - round(width(told, SMALL)) - 20
    name = fitting(row.name, MEDIUM, room, bold=True)
    pen.text((MARGIN, line), name, INK, font(MEDIUM, bold=True), anchor="lm")
    _bar(pen, row.past, (top + NAME, PAST), longest, row.colour, edge(row.colour))
    if row.coming:
        at = (top + NAME + PAST + BETWEEN, COMING)
        _bar(pen, row.coming, at, longest, lighter(row.colour), edge(row.colour))


def _bar(pen: "ImageDraw", load: Load, at: tuple[int, int], longest: timedelta, colour: Colour, border: Colour) -> None:
    """A bar with its weekends and the line of an equal share; `at` is its upper edge and its height."""
    top, bottom = at[0], at[0] + at[1] - 1
    end, weekdays, share = (place_of(time, longest) for time in (load.duty, load.duty - load.weekends, load.share))
    if end > weekdays:
        _hatched(pen, (weekdays, top, end, bottom), border)
    if weekdays > MARGIN:
        pen.rectangle((MARGIN, top, weekdays, bottom), colour, border, 2)
    if load.share:
        _dashes(pen, share, top - BEYOND, bottom + BEYOND)


def _hatched(pen: "ImageDraw", box: tuple[int, int, int, int], colour: Colour) -> None:
    left, top, right, bottom = box
    hatch(pen, box, colour, apart=11, thick=4)
    pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=PAPER, width=3)  # where thick lines stand out


def place_of(time: timedelta, longest: timedelta) -> int:
    """How far to the right a bar of that time reaches."""
    return MARGIN + round((WIDTH - 2 * MARGIN - BEYOND) * (time / longest))


def _dashes(pen: "ImageDraw", x: int, top: int, bottom: int) -> None:
    pen.rectangle((x - 4, top, x + 4, bottom), PAPER)
    for y in range(top, bottom, 12):
        pen.rectangle((x - 2, y, x + 2, min(y + 7, bottom)), INK)


def edge(colour: Colour) -> Colour:
    """The colour of a bar's border and hatching: a light one is darkened, to be seen on paper, and in grey."""
    if palette.luminance(colour) < 0.3:
        return colour
    red, green, blue = (part * 6 // 10 for part in colour)
    return red, green, blue


def lighter(colour: Colour) -> Colour:
    """The colour of what is to come."""
    red, green, blue = ((part + paper) // 2 for part, paper in zip(colour, PAPER, strict=True))
    return red, green, blue


def _legend(pen: "ImageDraw", top: int, *, told: bool) -> None:
    pen.line((MARGIN, top, WIDTH - MARGIN, top), LINE, 2)
    second = MARGIN + (WIDTH - 2 * MARGIN) // 2
    for left, line, text in ((MARGIN, 0, ON_DUTY), (second, 0, AT_WEEKENDS), (MARGIN, 1, SHARE), (second, 1, TO_COME)):
        if text == TO_COME and not told:
            continue
        box = (left, top + 24 + line * LEGEND, left + 56, top + 52 + line * LEGEND)
        if text == ON_DUTY:
            pen.rectangle(box, SOFT)
        elif text == AT_WEEKENDS:
            _hatched(pen, box, SOFT)
        elif text == SHARE:
            _dashes(pen, left + 28, box[1] - 4, box[3] + 4)
        else:
            pen.rectangle((box[0], box[1] + 4, box[2], box[3] - 4), lighter(SOFT), SOFT, 2)
        pen.text((left + 72, (box[1] + box[3]) // 2), text, SOFT, font(SMALL), anchor="lm")
