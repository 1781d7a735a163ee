"""What somebody may have meant who typed what is no date: the same numbers, and other words."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import product

from bot.speech import say
from bot.speech.read.dates import names

SATURDAY = 5
SHORTEST_WITH_NUMBER, SHORTEST_ALONE = 3, 4  # letters: `24 Dez` is a date, `Sam` may be anything

_WORD = re.compile(r"(?<![a-z0-9'])[a-z'][a-z'-]*[a-z]")
_WEEKEND = re.compile(r"(?:on |at )?(?:(?P<which>this|the|next) )?week-?end")


def texts(typed: str, today: date) -> Iterator[str]:
    """Each text that may have been meant by what was `typed` in small letters, to be looked at: it may be no date
    either. None where a word stays that means nothing."""
    if weekend := _WEEKEND.fullmatch(typed):
        yield from _weekends(today, both=weekend["which"] == "next")
        return
    shortest = SHORTEST_WITH_NUMBER if any(each.isdigit() for each in typed) else SHORTEST_ALONE
    said = [names.meanings(word, shortest) for word in _WORD.findall(typed)]
    if sum(len(each) > 1 for each in said) > 1:
        return
    for chosen in product(*said):
        yield _with_words(typed, chosen)


def _with_words(typed: str, words: Iterable[str]) -> str:
    left = iter(words)
    return _WORD.sub(lambda _: next(left), typed)


def _weekends(today: date, *, both: bool) -> Iterator[str]:
    """The coming Saturday and Sunday; of `next weekend` those a week later, too."""
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7)
    for weeks in range(2 if both else 1):
        first = saturday + timedelta(weeks=weeks)
        yield say.days(first, first + timedelta(days=1))
