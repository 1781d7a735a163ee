"""Whom a typed name means: a mention, an id, or a name of the plan, in full or in part.

    <@U…> · @Maya · maya · maya berg · berg · @Maya.Berg · gerard, for Gérard

Two people of one first name are both named, and never anybody else.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from bot.speech.read import decode
from bot.speech.read.characters import folded
from models.people import Person
from scheduler.team.roster import Roster

NO_SUCH_PERSON = "I don't know anybody called {typed} here."
DID_YOU_MEAN = " Did you mean {names}?"
SEVERAL = "{typed} may be {names}: please say which."
NO_GROUPS = "{typed} is a user group, and groups are not known here: please name a person."
THAT_MEMBER = "that member"

LONGEST_QUOTE = 40
LONGEST = 100  # nobody types a longer name
SHORTEST = 3  # characters that are enough to begin a name with
CLOSE = 0.6


class UnknownName(Exception):
    """Nobody of the plan has that name, or several have. `sentence` says so, and who may be meant."""

    def __init__(self, typed: str, *may_be: str, why: str = NO_SUCH_PERSON) -> None:
        typed = decode.words(typed)
        shown = typed if len(typed) <= LONGEST_QUOTE else f"{typed[:LONGEST_QUOTE]}…"
        names = " or ".join(may_be)
        hint = DID_YOU_MEAN.format(names=names) if may_be and why == NO_SUCH_PERSON else ""
        self.sentence = why.format(typed=shown, names=names) + hint
        super().__init__(self.sentence)
        self.typed, self.may_be = typed, may_be


def looks_like_a_person(typed: str) -> bool:
    """Whether somebody is meant: a mention, or @name."""
    return typed.startswith("@") or decode.begins_with_mention(typed)


def person(typed: str, team: Roster) -> Person:
    """The person of the plan that a mention, `@Maya` or `maya` means. Raises UnknownPerson."""
    if decode.is_group(typed):
        raise UnknownName(typed, why=NO_GROUPS)
    mentioned = decode.mentioned(typed)
    if mentioned:
        found = team.by_slack.get(mentioned)
        if found and found.listed:
            return found
        raise UnknownName(THAT_MEMBER)
    return team.people[named(typed, _listed(team))]


def at_the_beginning(words: Sequence[str], team: Roster) -> tuple[Person, int]:
    """The person that the first words name, with as many of them as are theirs (`@Maya Berg 24 Dec`), and how many
    words that is. Raises UnknownPerson."""
    names = _listed(team)
    for count in range(min(len(words), max((len(name.split()) for name in names.values()), default=1)), 1, -1):
        typed = " ".join(words[:count])
        if not decode.begins_with_mention(typed) and len(found := with_words(typed, names)) == 1:
            return team.people[found[0]], count
    return person(words[0], team), 1


def named(typed: str, names: Mapping[str, str]) -> str:
    """Which of `names` (id → name) is meant. Raises UnknownPerson."""
    if found := with_words(typed, names) or _begun(typed, names):
        if len(found) == 1:
            return found[0]
        raise UnknownName(typed, *(_told_apart(who, names) for who in found), why=SEVERAL)
    raise UnknownName(typed, *(_told_apart(who, names) for who in _close(typed, names)))


def called(typed: str, team: Roster, *, begun: bool = False) -> list[Person]:
    """Those of the plan who have that name, or a name with that beginning."""
    names = _listed(team)
    return [team.people[who] for who in (_begun if begun else with_words)(typed, names)]


def with_words(typed: str, names: Mapping[str, str]) -> list[str]:
    """Whose name it is; else those who have it for an id, a first name, a surname, or several of their names."""
    plain = _plain(typed) if len(typed) <= LONGEST else ""
    if not plain:
        return []
    exact = [who for who, name in names.items() if _plain(name) == plain]
    return exact or [who for who, name in names.items() if plain == _plain(who) or _is_part(plain, _plain(name))]


def handle(who: str, team: Roster) -> str:
    """How somebody can be typed as one word."""
    names = _listed(team)
    return f"@{who}" if with_words(who, names) == [who] else f"@{'.'.join(team.name(who).split())}"


def _listed(team: Roster) -> dict[str, str]:
    return {p.id: p.name for p in team.people.values() if p.listed}


def _begun(typed: str, names: Mapping[str, str]) -> list[str]:
    plain = _plain(typed)
    if not SHORTEST <= len(plain) <= LONGEST:
        return []
    return [who for who, name in names.items() if any(w.startswith(plain) for w in (*_words(name), _plain(name), who))]


def _close(typed: str, names: Mapping[str, str]) -> list[str]:
    forms = {who: {_plain(name), _plain(who), *_words(name)} for who, name in names.items()}
    every = sorted(set().union(*forms.values()))
    close = get_close_matches(_plain(typed), every, n=1, cutoff=CLOSE) if len(typed) <= LONGEST else []
    return [who for who, theirs in forms.items() if theirs & set(close)]


def _told_apart(who: str, names: Mapping[str, str]) -> str:
    same = sum(_plain(name) == _plain(names[who]) for name in names.values())
    return names[who] if same == 1 else f"{names[who]} (@{who})"


def _is_part(plain: str, name: str) -> bool:
    return f" {plain} " in f" {name} "


def _words(name: str) -> list[str]:
    return _plain(name).split()


def _plain(text: str) -> str:
    return re.sub(r"[\s_.-]+", " ", folded(text.removeprefix("@"))).strip()
