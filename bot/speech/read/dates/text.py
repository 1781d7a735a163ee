"""What was typed → the dates in plain small letters, and the note behind them."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from bot.speech.read import decode
from bot.speech.read.characters import folded, visible
from bot.speech.read.dates.bad import BadDates, NotADate, TooLong

ODD_CHARACTER = "There is a character in it that I can't read, so please type it again"
LONG_DATES = "That is longer than any date I know: please keep it under {most} characters, with a note after a colon."
LONG_NOTE = "Please keep the note to {most} characters: this one has {length}."
WHOLE_DAYS = "Days are whole ones here, without a time; a note stands behind a colon and a space"

LONGEST_NOTE = 200
LONGEST_DATES = 100

_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹘－"}
_FEIRA = re.compile(r"\b(segunda|terca|quarta|quinta|sexta)[- ]feira\b")  # a dash that is none between two dates
_QUOTE = re.compile("“[^”]*”")
_WORD = re.compile(r"[^\W\d_]+(?:[- ]feira\b)?", re.IGNORECASE)
_TIME = re.compile(r"[0-9]:[0-9]{2}(?: ?[ap]\.?m\.?)?(?:$|:|.*[0-9]:[0-9]{2}$)", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"[^:]*(?<![0-9])(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?![0-9])")


def parted(text: str) -> tuple[str, str | None]:
    """The dates, plain, and the note. Raises NotADate, for a time in place of a note too, and TooLong."""
    _check_characters(text)
    dates, _, note = text.partition(":")
    typed, note = plain(dates), " ".join(decode.words(note).split())
    if _TIME.match(visible(text).rstrip(), len(visible(dates)) - 1):
        raise NotADate(typed, why=WHOLE_DAYS)
    if len(note) > LONGEST_NOTE:
        raise TooLong(typed, LONG_NOTE.format(most=LONGEST_NOTE, length=len(note)))
    return typed, note or None


def has_time(text: str) -> bool:
    """Whether the first colon may be that of a time of day. To be asked of what is no date: `Dec 9:30 men` is one."""
    return bool(_HOUR.match(visible(text)))


def _check_characters(text: str) -> None:
    """Raises NotADate for control characters, some of which Python takes for spaces, and for halves of characters."""
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\r\n" for character in text):
        raise NotADate(text.partition(":")[0][:LONGEST_DATES], why=ODD_CHARACTER)


def plain(text: str) -> str:
    """`text` in small letters, with plain dashes and single spaces, without accents and what nobody sees. Raises
    NotADate and TooLong."""
    _check_characters(text)
    spaced = re.sub(" ?, ?", ", ", " ".join(visible(text).split())).translate(_DASHES)
    typed = _FEIRA.sub(r"\1feira", folded(spaced)).rstrip("., ")
    if len(typed) > LONGEST_DATES:
        raise TooLong(typed[:LONGEST_DATES], LONG_DATES.format(most=LONGEST_DATES))
    if not typed.isascii():  # to Python `٢٤` is a number too
        raise NotADate(typed)
    return typed


@contextmanager
def quoting(text: str) -> Iterator[None]:
    """What is refused in here quotes the words of `text` as they were typed, with their capitals and accents."""
    try:
        yield
    except BadDates as bad:
        words = _by_plain(text)
        bad.reword(
            _QUOTE.sub(lambda quote: _WORD.sub(lambda word: words.get(word[0], word[0]), quote[0]), bad.sentence)
        )
        raise


def _by_plain(text: str) -> dict[str, str]:
    """The words of the dates in `text`, by what `plain` makes of them."""
    words = _WORD.findall(unicodedata.normalize("NFC", visible(text.partition(":")[0])))
    return {re.sub("[- ]", "", folded(word)): word for word in words}
