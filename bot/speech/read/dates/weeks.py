"""Weeks by their number, of the ISO calendar: Monday to Sunday, and week 1 is the one with 4 January.

W52 · week 52 · KW 52 · week 52, 2026 · 2026-W52 · 2026-W52-4 (its Thursday)
"""

import re
from datetime import date, timedelta

from bot.speech.read.dates.bad import NotInThatYear, Span, check_known

NO_SUCH_WEEK = "There is no week {number} in {year}"

WRITTEN = r"[0-9]{4}-?w[0-9]{2}(?:-?[1-7])?"  # as ISO writes it; its dashes are none between two dates
_WEEK = re.compile(
    r"(?:(?P<year>[0-9]{4})[ -]?)?(?:w|kw|cw|wk|week|weeks|calendar week|week no\.?|week number) ?"
    r"(?P<number>[0-9]{1,2})(?:-?(?P<day>[1-7]))?(?:[,/ ] ?(?:of )?(?P<later>[0-9]{4}))?"
)


def read(typed: str, today: date, since: date) -> Span | None:
    """The days of the week that `typed` names, in its own year or, without one, the first such week that begins on
    `since` or later; None where it names none. Raises NotInThatYear, and NotADate for an odd year."""
    found = _WEEK.fullmatch(typed)
    if not found or (found["day"] and not found["year"]):
        return None
    number, typed_year = int(found["number"]), found["year"] or found["later"]
    years = [int(typed_year)] if typed_year else [since.isocalendar().year + more for more in range(2)]
    for year in years:
        check_known(typed, year, today)
        monday = _monday(year, number)
        if monday and found["day"]:
            day = monday + timedelta(days=int(found["day"]) - 1)
            return Span(day, day)
        if monday and (typed_year or monday >= since):
            return Span(monday, monday + timedelta(days=6))
    raise NotInThatYear(typed, why=NO_SUCH_WEEK.format(number=number, year=years[-1]))


def _monday(year: int, number: int) -> date | None:
    try:
        return date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
