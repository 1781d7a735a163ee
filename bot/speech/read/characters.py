"""Characters that nobody sees, and letters that people take for each other."""

import unicodedata

_ACCENTS = range(0x0300, 0x0370)  # combining ones of European scripts; a dot more is another letter in others
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))  # of how a character before them is drawn
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "’": "'"})


def visible(text: str) -> str:
    """`text` without what shows nothing: joiners, marks of direction or order, selectors. They come with text that was
    copied. A note keeps them: they make one picture of several."""
    return "".join(each for each in text if not _is_unseen(each))


def folded(text: str) -> str:
    """`text` as people compare words: in small letters, composed or not, without accents."""
    apart = unicodedata.normalize("NFD", visible(text).casefold())
    bare = "".join(each for each in apart if ord(each) not in _ACCENTS)
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


def first_word(text: str) -> tuple[str, str]:
    """The first word, as `visible`, and what is behind it."""
    word, *rest = text.split(maxsplit=1) or [""]
    return visible(word), rest[0] if rest else ""


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or any(ord(character) in selectors for selectors in _SELECTORS)
