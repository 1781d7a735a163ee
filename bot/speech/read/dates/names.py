"""Names of weekdays and months in seven languages, and what a word of them means in English.

Full names are read in each of them, with accents or without; short forms only where they are English, since elsewhere
`mar` is a Tuesday or March and `die` any of a few words. The names are those of the Unicode CLDR, which a test reads
from Chromium, and what people say besides (`Sonnabend`, `Jänner`, `setiembre`).
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from dateutil.parser import parserinfo

from bot.speech import say
from bot.speech.read.characters import folded

ALIKE = 0.8  # of 1: `fryday` is like `Friday`, `weekend` is not like `week`
MOST_MEANINGS = 2  # more is a guess

# English has its short forms too, which dateutil knows: (Mon, Monday) … and (Jan, January) …
_ENGLISH_WEEKDAYS, _ENGLISH_MONTHS = parserinfo.WEEKDAYS, parserinfo.MONTHS

WEEKDAY_NAMES: Mapping[str, str] = {  # from Monday on, by language
    "en": " ".join(names[-1] for names in _ENGLISH_WEEKDAYS),
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}
MONTH_NAMES: Mapping[str, str] = {
    "en": " ".join(names[-1] for names in _ENGLISH_MONTHS),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
POLISH_GENITIVES = (  # the form that stands behind a day
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
)
MORE_WEEKDAYS = {"Sonnabend": 5, "środę": 2, "sobotę": 5, "niedzielę": 6}
MORE_MONTHS = {"Jänner": 1, "Feber": 2, "Maerz": 3, "setiembre": 9}
LONGER_SHORT_WEEKDAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

OTHER_WORDS = (
    *("yesterday", "today", "tomorrow", "next", "this", "week", "weeks", "wk", "kw", "cw", "day", "days", "a", "one"),
    *("for", "from", "until", "till", "through", "to", "on", "of", "the"),
)
# What stands for a word of the grammar, and is asked rather than read: `morgen` is a morning as well.
STANDS_FOR: Mapping[str, str] = {
    **dict.fromkeys(("heute", "aujourd'hui", "hoy", "vandaag", "dzisiaj", "hoje"), "today"),
    **dict.fromkeys(("morgen", "demain", "manana", "jutro", "amanha", "tmrw", "tmw"), "tomorrow"),
    **dict.fromkeys(("gestern", "hier", "ayer", "gisteren", "wczoraj", "ontem"), "yesterday"),
    **dict.fromkeys(("bis", "au", "al", "tot", "do", "ate", "hasta"), "to"),
    **dict.fromkeys(("ab", "von", "van", "du", "desde"), "from"),
    "nxt": "next",
}


def _numbered(*lists: str) -> dict[str, int]:
    return {_key(name): at for names in lists for at, name in enumerate(names.split())}


def _short(english: Sequence[tuple[str, ...]]) -> dict[str, int]:
    return {_key(name): at for at, names in enumerate(english) for name in names[:-1]}


def _key(name: str) -> str:
    return folded(name).replace("-", "")


_WORD = re.compile("[a-z]+")
_FULL_WEEKDAYS = _numbered(*WEEKDAY_NAMES.values()) | {_key(name): at for name, at in MORE_WEEKDAYS.items()}
_FULL_MONTHS = _numbered(*MONTH_NAMES.values(), POLISH_GENITIVES)
_FULL_MONTHS |= {_key(name): number - 1 for name, number in MORE_MONTHS.items()}

WEEKDAYS: dict[str, int] = _FULL_WEEKDAYS | _short(_ENGLISH_WEEKDAYS) | LONGER_SHORT_WEEKDAYS  # 0: Monday
MONTHS: dict[str, int] = {name: at + 1 for name, at in (_FULL_MONTHS | _short(_ENGLISH_MONTHS)).items()}  # from 1 on
_FULL = {name: say.WEEKDAYS[at] for name, at in _FULL_WEEKDAYS.items()}
_FULL |= {name: say.MONTHS[at] for name, at in _FULL_MONTHS.items()}
_LIKE = {**_FULL, **{word: word for word in OTHER_WORDS if len(word) > 3}}


def names_a_day(typed: str) -> bool:
    """Whether it is the name of a weekday or of a month."""
    name = _key(typed.strip())
    return name in WEEKDAYS or name in MONTHS


def month(typed: str) -> str:
    """The English name of a month that is named. Raises KeyError."""
    return say.MONTHS[MONTHS[_key(typed.strip())] - 1]


def shown(typed: str) -> str:
    """Text in small letters with the names of days and months as they are written: `24 dec` → `24 Dec`."""
    return _WORD.sub(lambda word: word[0].capitalize() if names_a_day(word[0]) else word[0], typed)


def meanings(word: str, shortest: int) -> list[str]:
    """The English words that a word in small letters can mean: itself; or each that it is the beginning of, in so many
    letters at least, in any of the languages; or each that it is a slip of. Nothing where that would be a guess."""
    if word in OTHER_WORDS:
        return [word]
    if word in WEEKDAYS or word in MONTHS:
        return [_FULL.get(word, word.capitalize())]
    if word in STANDS_FOR:
        return [STANDS_FOR[word]]
    begun = [name for name in _FULL if len(word) >= shortest and name.startswith(word)]
    found = dict.fromkeys(_LIKE[name] for name in begun or get_close_matches(word, _LIKE, n=8, cutoff=ALIKE))
    return list(found) if len(found) <= MOST_MEANINGS else []
