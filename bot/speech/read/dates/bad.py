"""What is wrong with dates that somebody typed: each carries its subject and says what may have been meant."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from bot.speech import say

NO_DATE = "Please say which day"
NOT_A_DATE = "I can't read {typed} as a date"
END_BEFORE_START = "{last} comes before {first}"
HAS_PASSED = "{days} has passed"
HAS_BEGUN = "{days} has begun already"
TODAY_OR = "Do you mean today, or {coming}?"
FROM_TODAY_OR = "Do you mean {days}, from today, or {coming}?"
IN_NUMBERS = "{typed} can be read in two ways"
IN_NUMBERS_ALONE = "Numbers like {typed} can be days or months, so please name the month"
SHORT_YEAR = "Please write the year of {typed} with four digits"
ODD_YEAR = "The year {year} looks like a slip: I know the years {oldest} to {latest}"
DID_YOU_MEAN = "; did you mean {suggestion}?"

LONGEST_QUOTE = 40
OLDEST_YEAR = 2000
YEARS_AHEAD = 5


class Span(NamedTuple):
    """Dates, `first` to `last`, both included."""

    first: date
    last: date


class BadDates(Exception):
    """What was typed names no dates. `typed`: what could not be read, in plain letters without the note, or what was
    understood, as ISO dates. `sentence`: what to answer; it quotes nothing that Slack or a terminal would act on.
    `suggestion`: text that may have been meant, or None; the sentence has it already."""

    def __init__(self, typed: str, sentence: str, suggestion: str | None = None) -> None:
        super().__init__(sentence)
        self.typed, self.sentence, self.suggestion = typed, sentence, suggestion

    def reword(self, sentence: str) -> None:
        """Say the same in another sentence."""
        self.args, self.sentence = (sentence,), sentence


class NotADate(BadDates):
    """No date, or one that does not exist; `why` says it better than that it can't be read."""

    def __init__(self, typed: str, did_you_mean: str | None = None, why: str | None = None) -> None:
        self.is_plain = why is None
        self.why = why or (NOT_A_DATE.format(typed=quoted(typed)) if typed else NO_DATE)
        super().__init__(typed, self.why + _meant(did_you_mean), did_you_mean)
        self.did_you_mean = did_you_mean


class NotInThatYear(NotADate):
    """A day or a week that some years have: 29 February, week 53."""


class AmbiguousDate(BadDates):
    """Numbers only, such as `3/4`; `readings` are what they may stand for, as one would type it."""

    def __init__(self, typed: str, readings: tuple[str, ...]) -> None:
        why = IN_NUMBERS if len(readings) > 1 else IN_NUMBERS_ALONE
        suggestion = either(readings)
        super().__init__(typed, why.format(typed=quoted(typed)) + _meant(suggestion), suggestion)
        self.readings = readings


class ShortYear(BadDates):
    """A year of two digits, which may be a day or a month just as well; `readings` have it in full."""

    def __init__(self, typed: str, readings: tuple[str, ...]) -> None:
        suggestion = either(readings)
        super().__init__(typed, SHORT_YEAR.format(typed=quoted(typed)) + _meant(suggestion), suggestion)
        self.readings = readings


class EndBeforeStart(BadDates):
    """A range that ends before it starts; `meant` is one that does not, of the same days."""

    def __init__(self, first: date, last: date, meant: Span | None = None) -> None:
        sentence = END_BEFORE_START.format(first=say.day(first), last=say.day(last))
        suggestion = say.days(*meant) if meant else None
        super().__init__(f"{first} {last}", sentence + _meant(suggestion), suggestion)
        self.first, self.last, self.meant = first, last, meant


class Passed(BadDates):
    """Dates whose first day is over. `left`: the days of them from today on, if any are; `coming`: the same dates in
    the next year, if they may be meant. `note` is the one that was typed."""

    def __init__(self, dates: Span, left: Span | None, coming: Span | None, note: str | None = None) -> None:
        sentence = (HAS_BEGUN if left else HAS_PASSED).format(days=say.days(*dates))
        suggestion = either(say.days(*each) for each in (left, coming) if each)
        super().__init__(f"{dates.first} {dates.last}", sentence + _meant(suggestion), suggestion)
        self.first, self.last = dates
        self.left, self.coming, self.note = left, coming, note


class TodayOrNext(Passed):
    """A weekday by its name on that very day: today (`left`), or in a week (`coming`)."""

    def __init__(self, dates: Span, coming: Span, note: str | None = None) -> None:
        super().__init__(dates, dates, coming, note)
        is_today = dates.first == dates.last
        self.reword((TODAY_OR if is_today else FROM_TODAY_OR).format(days=say.days(*dates), coming=say.days(*coming)))


class TooLong(BadDates):
    """More text than dates need, or a note that is too long."""


def either(readings: Iterable[str]) -> str | None:
    """One of several things to type; None for none."""
    return " or ".join(readings) or None


def quoted(typed: str) -> str:
    """`typed` between quotation marks, if nothing in it means anything to Slack or a terminal; else a word for it."""
    plain = len(typed) <= LONGEST_QUOTE and all(each.isalnum() or each in " .,/-" for each in typed)
    return f"“{typed}”" if plain else "that"


def _meant(suggestion: str | None) -> str:
    return DID_YOU_MEAN.format(suggestion=suggestion) if suggestion else "."


def check_known(typed: str, year: int, today: date) -> None:
    """Raises NotADate for a year that looks like a slip."""
    latest = today.year + YEARS_AHEAD
    if not OLDEST_YEAR <= year <= latest:
        raise NotADate(typed, why=ODD_YEAR.format(year=year, oldest=OLDEST_YEAR, latest=latest))
