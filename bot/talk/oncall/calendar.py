"""The rotation as a picture: facts → a PNG, drawn at twice the size at which people see it.

    a row is an on-call week │ Mon  Tue  Wed  Thu  Fri  Sat  Sun │ a band in its holder's colour, with the name
                             │ 21   22   23   24   25   26   27  │ below it, hatched, who is away on which day

Pillow is imported when something is drawn: most processes never draw.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from bot.speech import public_holidays, say
from bot.speech.ink import palette
from bot.speech.ink.palette import ALARM, INK, LINE, OUTSIDE, PAPER, SOFT, TODAY, Colour
from bot.speech.ink.strokes import fitting, font, hatch, png, width
from bot.speech.parts import weeks as rota
from models.holidays import Holiday
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import COVER, Day, Week
from scheduler.team.roster import Roster

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

TITLE = "{team}: on call"
NOBODY = "nobody"
REPAIRED = "↺"
REPAIRED_MEANS = "↺ repaired around time off: not whose week it is by turns"
COVERED = "⇄"
COVERED_MEANS = "⇄ by agreement, for whoever's week it is"
AWAY_MEANS = "hatched: away"
TODAY_MEANS = "outlined: today"
STAR = "★"
PUBLIC_MEANS = "★ public holiday of somebody in the rotation: by itself it changes nothing"
MORE_AWAY = "+{count}"

WIDTH, MARGIN = 1120, 36
COLUMN = (WIDTH - 2 * MARGIN) // 7
TOP, HEAD = 112, 50  # the title; the weekdays' names
DATE, MARK, BAND, STRIP, GAP = 40, 46, 62, 34, 14  # heights within a week's row
LEGEND = 46
MOST_AWAY = 3  # strips on a day; with more people the last says how many
BIG, MEDIUM, SMALL, TINY = 44, 30, 26, 18


@dataclass(frozen=True, slots=True)
class CalendarPicture:
    """What is drawn: weeks in order, `names` by id, `order` the ids in the rotation (colours go by place), who is away,
    and which day is today."""

    title: str
    today: date
    weeks: Sequence[Week]
    names: Mapping[str, str]
    order: Sequence[str]
    away: Sequence[Holiday]
    public: Mapping[date, str] = field(default_factory=dict)  # the names of public holidays of somebody in the rotation

    def away_on(self, day: date) -> list[str]:
        """The ids of those away on a day, in the rotation's order."""
        gone = {h.person_id for h in self.away if h.first <= day < h.until}
        return [who for who in self.order if who in gone]

    def name(self, who: str | None) -> str:
        """A name, or that there is nobody."""
        return self.names[who] if who else NOBODY


def picture_of(team: Roster, now: datetime, weeks: int = 6) -> CalendarPicture:
    """The picture of so many weeks from the current one on."""
    shown = rota.upcoming(team, now, weeks)
    members = dict.fromkeys(who for version in team.rotation.versions for who in version.order)
    order = [who for who in members if who in team.rotation.versions[-1].order or _serves(shown, who)]
    names = {person.id: person.name for person in team.people.values()}
    title, today = TITLE.format(team=team.facts.name), team.hours.date_of(now)
    return CalendarPicture(title, today, shown, names, order, team.holidays, _public(team, shown))


def _public(team: Roster, weeks: Sequence[Week]) -> dict[date, str]:
    found = public_holidays.between(team, weeks[0].first, weeks[-1].until)
    days = groupby(found, key=lambda holiday: holiday.day)
    return {day: " / ".join(holiday.name for holiday in those) for day, those in days}


def _serves(weeks: Sequence[Week], who: str) -> bool:
    return any(who in (week.home, week.holder) for week in weeks)


def describe(picture: CalendarPicture) -> str:
    """What the picture shows, in words, week by week."""
    lines = [picture.title]
    for week in picture.weeks:
        sign = f" {REPAIRED}" if week.holder != week.home else ""
        runs = [(who, list(run)) for who, run in groupby(week.days, key=lambda day: day.engineer)]
        others = [
            f"{say.short_days(r[0].date, r[-1].date)}: {picture.name(w)}{_covered(r)}"
            for w, r in runs
            if w != week.holder
        ]
        more = f" ({', '.join(others)})" if others else ""
        public = "".join(f"\n  {say.day(day)}: {name}" for day, name in _of_week(picture, week))
        lines.append(f"{say.days(week.first, week.until - ONE_DAY)}: {picture.name(week.holder)}{sign}{more}{public}")
    return "\n".join(lines)


def _covered(days: Sequence[Day]) -> str:
    """The sign of days that somebody has by agreement."""
    return f" {COVERED}" if all(day.why == COVER for day in days) else ""


def draw(picture: CalendarPicture) -> bytes:
    """The picture as a PNG. The same facts give the same bytes."""
    from PIL import Image, ImageDraw

    tops = list(_tops(picture))
    columns = _legend_columns(picture)
    height = tops[-1] + GAP + LEGEND * (-(-len(picture.order) // columns) + 2) + MARGIN
    height += (LEGEND - 6) * (len(_signs(picture)) - 1)
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
        top += DATE + _marks(picture, week) + BAND + STRIP * _strips(picture, week) + GAP
    yield top


def _of_week(picture: CalendarPicture, week: Week) -> list[tuple[date, str]]:
    return [(day.date, picture.public[day.date]) for day in week.days if day.date in picture.public]


def _marks(picture: CalendarPicture, week: Week) -> int:
    """The height of the row with the names of public holidays; none where there are none."""
    return MARK if _of_week(picture, week) else 0


def _strips(picture: CalendarPicture, week: Week) -> int:
    return min(MOST_AWAY, max(len(picture.away_on(day.date)) for day in week.days))


def _head(pen: "ImageDraw", picture: CalendarPicture) -> None:
    pen.text((MARGIN, 34), fitting(picture.title, BIG, WIDTH - 2 * MARGIN, bold=True), INK, font(BIG, bold=True))
    for place, day in enumerate(picture.weeks[0].days):
        name = say.WEEKDAYS[day.date.weekday()][:3]
        pen.text((_left(place) + COLUMN // 2, TOP + HEAD // 2), name, SOFT, font(SMALL), anchor="mm")


def _left(place: int) -> int:
    return MARGIN + place * COLUMN


def _week(pen: "ImageDraw", picture: CalendarPicture, week: Week, top: int) -> None:
    band = top + DATE + _marks(picture, week)
    for place, day in enumerate(week.days):
        left = _left(place)
        if day.date.weekday() > 4 or day.date in picture.public:
            pen.rectangle((left, top, left + COLUMN, band + BAND - 1), OUTSIDE)
        _mark(pen, picture.public.get(day.date), left, top)
        first = place == 0 or day.date.day == 1
        words = f"{day.date.day} {say.MONTHS[day.date.month - 1][:3]}" if first else str(day.date.day)
        pen.text((left + 10, top + DATE // 2), words, INK if first else SOFT, font(SMALL, bold=first), anchor="lm")
        _away(pen, picture, day.date, left, band + BAND)
    start = 0
    for _, run in groupby(week.days, key=lambda day: day.engineer):
        days = list(run)
        _band(pen, picture, week, days, start, band)
        start += len(days)


def _mark(pen: "ImageDraw", name: str | None, left: int, top: int) -> None:
    """A star beside the date of a public holiday, and its name below, in one line or two."""
    if name is None:
        return
    pen.text((left + COLUMN - 12, top + DATE // 2), STAR, SOFT, font(SMALL), anchor="rm")
    wide = COLUMN - 14
    words, line = name.split(), ""
    while words and width(f"{line} {words[0]}".strip(), TINY) <= wide:
        line = f"{line} {words.pop(0)}".strip()
    for place, text in enumerate(filter(None, (line, " ".join(words)))):
        pen.text((left + 10, top + DATE + 11 + place * 21), fitting(text, TINY, wide), SOFT, font(TINY), anchor="lm")


def _band(pen: "ImageDraw", picture: CalendarPicture, week: Week, days: list[Day], place: int, top: int) -> None:
    """The days in a row that one engineer has, in their colour and with their name."""
    who = days[0].engineer
    left, right = _left(place) + 3, _left(place + len(days)) - 3
    colour = _colour(picture, who)
    pen.rounded_rectangle((left, top + 3, right, top + BAND - 5), 10, colour)
    repaired = who == week.holder != week.home
    name = f"{picture.name(who)}{f' {REPAIRED}' if repaired else _covered(days)}"
    room = right - left - 16
    size = next((size for size in (MEDIUM, SMALL) if width(name, size, bold=True) <= room), SMALL - 4)
    words = fitting(name, size, room, bold=True)
    pen.text(((left + right) // 2, top + BAND // 2 - 1), words, palette.ink_on(colour), font(size, bold=True), "mm")


def _colour(picture: CalendarPicture, who: str | None) -> Colour:
    return palette.colour_of(picture.order.index(who)) if who else ALARM


def _away(pen: "ImageDraw", picture: CalendarPicture, day: date, left: int, top: int) -> None:
    """A hatched strip with the name for each who is away on a day."""
    gone = picture.away_on(day)
    shown = gone if len(gone) <= MOST_AWAY else gone[: MOST_AWAY - 1]
    labels = [(picture.name(who), _colour(picture, who)) for who in shown]
    if len(shown) < len(gone):
        labels.append((MORE_AWAY.format(count=len(gone) - len(shown)), SOFT))
    for place, (label, colour) in enumerate(labels):
        box = (left + 3, top + STRIP * place + 1, left + COLUMN - 3, top + STRIP * (place + 1) - 3)
        hatch(pen, box, colour)
        words = fitting(label, SMALL - 4, COLUMN - 22)
        wide = width(words, SMALL - 4)
        middle, line = (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
        pen.rectangle((middle - wide // 2 - 5, box[1] + 1, middle + wide // 2 + 5, box[3] - 1), PAPER)
        pen.text((middle, line), words, INK, font(SMALL - 4), anchor="mm")


def _today(pen: "ImageDraw", picture: CalendarPicture, tops: Sequence[int]) -> None:
    for week, top, bottom in zip(picture.weeks, tops, tops[1:], strict=False):
        place = (picture.today - week.first).days
        if 0 <= place < 7:
            box = (_left(place) - 1, top, _left(place + 1) + 1, bottom - GAP + 4)
            pen.rounded_rectangle(box, 10, outline=TODAY, width=5)


def _legend_columns(picture: CalendarPicture) -> int:
    widest = max((width(picture.name(who), SMALL) for who in picture.order), default=0)
    return max(1, min(4, (WIDTH - 2 * MARGIN) // (int(widest) + 80)))


def _signs(picture: CalendarPicture) -> list[str]:
    """What the signs in it mean, a line each."""
    covered = [COVERED_MEANS] if any(day.why == COVER for week in picture.weeks for day in week.days) else []
    return [REPAIRED_MEANS, *covered, *([PUBLIC_MEANS] if picture.public else [])]


def _legend(pen: "ImageDraw", picture: CalendarPicture, top: int, columns: int) -> None:
    pen.line((MARGIN, top, WIDTH - MARGIN, top), LINE, 2)
    wide = (WIDTH - 2 * MARGIN) // columns
    for place, who in enumerate(picture.order):
        left, line = MARGIN + place % columns * wide, top + 18 + place // columns * LEGEND
        pen.rounded_rectangle((left, line, left + 34, line + 28), 7, _colour(picture, who))
        name = fitting(picture.name(who), SMALL, wide - 56)
        pen.text((left + 46, line + 14), name, INK, font(SMALL), anchor="lm")
    line = top + 18 + -(-len(picture.order) // columns) * LEGEND
    for place, words in enumerate((*_signs(picture), f"{AWAY_MEANS}    {TODAY_MEANS}")):
        pen.text((MARGIN, line + 14 + place * (LEGEND - 6)), words, SOFT, font(SMALL), anchor="lm")
