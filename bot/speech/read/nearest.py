"""Which of a few names somebody means: exactly, or nearly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.speech.read.characters import folded

CLOSE = 0.6
SHORTEST = 3  # characters that are enough to begin a name with
LONGEST = 100  # nobody types a longer name


@dataclass(frozen=True, slots=True)
class Exact:
    """It is that one; `begun`: of its name there is only the beginning."""

    slug: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """It may be that one."""

    slug: str


def nearest(typed: str, choices: Mapping[str, str], close: float = CLOSE) -> Exact | Close | None:
    """Which of `choices` (slug → name) `typed` means. Exactly: its slug or its name, whatever the case, accents, spaces
    and dashes, or the beginning of just one. Nearly: one that looks like it, by `close` of 1. None: none of them."""
    if len(typed) > LONGEST:
        return None
    plain = _plain(typed)
    if not plain:
        return None
    known = {form: slug for slug, name in choices.items() for form in (_plain(name), _plain(slug))}
    if plain in known:
        return Exact(known[plain])
    begun = {form: slug for form, slug in known.items() if form.startswith(plain)} if len(plain) >= SHORTEST else {}
    if len(set(begun.values())) == 1:
        return Exact(next(iter(begun.values())), begun=True)
    alike = get_close_matches(plain, begun or known, n=1, cutoff=0 if begun else close)
    return Close(known[alike[0]]) if alike else None


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", folded(text)).strip()
