"""Dates in numbers → the same with named months, in each way that they can be read.

    24/12/2026 · 24.12. · 24. 12. 2026 · 12/24 · 24-12-2026 · 2026/12/24 · 24-Dec-2026

Some countries write the day first and some the month; nobody mixes the two in one line. What can be read in one way
only is read, and of two ways both are named. With dots it is the day that comes first, and `9.30` is a time. A year of
two digits could be anything, so it is asked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.speech import say
from bot.speech.read.dates import weeks
from bot.speech.read.dates.bad import AmbiguousDate
from bot.speech.read.dates.names import MONTHS

ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

_MONTH = rf"(?:{'|'.join(MONTHS)})\.?"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th|\.)?"
_SPACED = (
    (re.compile(r"(?<=[0-9]) ?/ ?(?=[0-9])"), "/"),
    (re.compile(r"([0-9]\.) ([0-9]{1,2}\.)(?: (?=[0-9]{4}))?"), r"\1\2"),
)
_NAMED = re.compile(rf"\b([0-9]{{1,2}})[-/.]({_MONTH})[-/]([0-9]{{4}}|[0-9]{{2}})(?![0-9])")
_SHORT_YEAR = re.compile(
    rf"\b({_DAY} ?(?:of |de )?{_MONTH}|{_MONTH} ?{_DAY}),? (?:de )?'?([0-9]{{2}})(?![0-9:]| ?[dw])"
)
_NUMBERS = re.compile(
    rf"(?P<kept>{ISO}(?![0-9])|{weeks.WRITTEN})"
    r"|(?<![0-9])(?P<year_first>[0-9]{4})(?P<between>[./-])(?P<month>[0-9]{1,2})(?P=between)(?P<day>[0-9]{1,2})(?![0-9])"
    r"|(?<![0-9])(?P<a>[0-9]{1,2})(?:(?P<by>[./])(?P<b>[0-9]{1,2})(?:(?P=by)(?P<year>[0-9]{4}|[0-9]{2})(?![0-9]))?\.?"
    r"|-(?P<c>[0-9]{1,2})-(?P<d>[0-9]{4}|[0-9]{2}))(?![0-9])"
)
_TWO_NUMBERS = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"


class Readings(NamedTuple):
    """What was typed, with months by their names, in each way that it can be read; whether a year had two digits."""

    texts: tuple[str, ...]
    short_year: bool


def readings(typed: str, today: date) -> Readings:
    """The ways to read `typed`, which is in small letters; without numbers of months, only itself. Raises AmbiguousDate
    for numbers that are no date in any."""
    for pattern, plain in _SPACED:
        typed = pattern.sub(plain, typed)
    typed = _NAMED.sub(r"\1 \2 \3", typed)
    named = _SHORT_YEAR.sub(r"\1 20\2", typed)
    if two := _TWO_NUMBERS.fullmatch(typed):
        return Readings(tuple(_two_numbers(int(two[1]), int(two[2]), today)) or (typed,), False)
    found = [match for match in _NUMBERS.finditer(named) if not match["kept"]]
    ways = [dict(_ways(match)) for match in found]
    texts = tuple(dict.fromkeys(_filled(named, found, each) for each in _in_one_style(ways)))
    if not texts:
        raise AmbiguousDate(typed, ())
    return Readings(texts, named != typed or any(len(m["year"] or m["d"] or "2026") == 2 for m in found))


def _ways(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Each way to read one date in numbers, and what it says then."""
    if match["year_first"]:
        for order in (DAY_FIRST, MONTH_FIRST, YEAR_FIRST):  # it goes with each of them
            yield from _way(order, int(match["day"]), int(match["month"]), match["year_first"])
        return
    a, b, year = int(match["a"]), int(match["b"] or match["c"]), match["year"] or match["d"] or ""
    is_short = len(year) == 2
    yield from _way(DAY_FIRST, a, b, f"20{year}" if is_short else year)
    if b <= 12 or year or match["by"] == "/":
        yield from _way(MONTH_FIRST, b, a, f"20{year}" if is_short else year)
    if is_short and match["d"]:
        yield from _way(YEAR_FIRST, int(year), b, f"20{match['a']}")


def _way(order: str, day: int, month: int, year: str) -> Iterator[tuple[str, str]]:
    if 1 <= month <= 12 and 1 <= day <= 31:
        yield order, f"{day} {say.MONTHS[month - 1][:3].lower()} {year}".rstrip()


def _in_one_style(ways: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """What all dates of a line say, in each order that all of them can have; else, where each has but one, in that."""
    in_one = [
        [way[order] for way in ways]
        for order in (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
        if all(order in way for way in ways)
    ]
    alone = [list(dict.fromkeys(way.values())) for way in ways]
    return in_one or ([[only for [only] in alone]] if all(len(each) == 1 for each in alone) else [])


def _filled(typed: str, found: list[re.Match[str]], said: list[str]) -> str:
    for match, text in reversed(list(zip(found, said, strict=True))):
        typed = f"{typed[: match.start()]}{text}{typed[match.end() :]}"
    return typed


def _two_numbers(a: int, b: int, today: date) -> list[str]:
    """`10-12`: a day and a month, in either order, or the days from one to another of this month or the next."""
    found = [text for each in (_way(DAY_FIRST, a, b, ""), _way(MONTH_FIRST, b, a, "")) for _, text in each]
    month = today.month if b >= today.day else today.month % 12 + 1
    days = [f"{a} - {b} {say.MONTHS[month - 1][:3].lower()}"] if a < b <= 31 and found else []
    return list(dict.fromkeys([*found, *days]))
