"""Whom a typed name means: a mention, an id or a name of the plan."""

from bot import decode
from bot.nearest import Close, Exact, nearest
from models.people import Person
from scheduler.roster import Roster

NO_SUCH_PERSON = "I don't know anybody called {typed} here."
DID_YOU_MEAN = " Did you mean {name}?"

LONGEST_QUOTE = 40


class UnknownPerson(Exception):
    """Nobody of the plan has that name. `sentence` says so, and who may be meant."""

    def __init__(self, typed: str, did_you_mean: str | None = None) -> None:
        hint = DID_YOU_MEAN.format(name=did_you_mean) if did_you_mean else ""
        typed = decode.words(typed)
        shown = typed if len(typed) <= LONGEST_QUOTE else f"{typed[:LONGEST_QUOTE]}…"
        self.sentence = NO_SUCH_PERSON.format(typed=shown) + hint
        super().__init__(self.sentence)
        self.typed = typed
        self.did_you_mean = did_you_mean


def looks_like_a_person(typed: str) -> bool:
    """Whether somebody is meant: a mention, or @name."""
    return typed.startswith("@") or decode.begins_with_mention(typed)


def person(typed: str, known: Roster) -> Person:
    """The person of the plan that a mention, `@Maya` or `maya` means. Raises UnknownPerson."""
    mentioned = decode.mentioned(typed)
    if mentioned:
        found = known.by_slack.get(mentioned)
        if found and found.listed:
            return found
        raise UnknownPerson("that member")
    names = {p.id: p.name for p in known.people.values() if p.listed}
    match = nearest(typed.removeprefix("@"), names)
    if isinstance(match, Exact):
        return known.people[match.slug]
    raise UnknownPerson(typed, names[match.slug] if isinstance(match, Close) else None)
