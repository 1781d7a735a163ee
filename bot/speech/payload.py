"""What a button or a form carries, read back. An older release may have written it, and a date picker knows years that
nobody plans for: what can't be read is refused here, before it reaches the rule or the store."""

import unicodedata
from datetime import date, datetime, time
from typing import TypeVar

from bot.speech import say
from bot.speech.ask import BadFields, OwnWords, Press
from bot.speech.read import dates
from bot.speech.read.dates import NotADate
from models.schema import plain

UNREADABLE = "I can't read that any more, so please ask for it anew. Nothing was changed."
NEEDED = "Please choose a day."
NEEDS_TIME = "Please choose a time."
HAS_PASSED = "{day} has passed."
ENDS_EARLIER = "That is before the first day, {first}."
TOO_LONG = "Please keep it to {most} characters: this has {length}."

LARGEST = 2**31 - 1  # id
LONGEST = 10  # digits of one

T = TypeVar("T")


class Unreadable(OwnWords):
    """What was pressed is of no release that is known."""

    def __init__(self) -> None:
        super().__init__(UNREADABLE)


def number(typed: str, most: int = LARGEST) -> int:
    """An id, or how many of something, at most so many. Raises Unreadable."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST and int(typed) <= most):
        raise Unreadable
    return int(typed)


def day(typed: str, press: Press) -> date:
    """A date in a year that may be meant. Raises Unreadable."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise Unreadable from None
    check_year(found, press)
    return found


def moment(typed: str) -> datetime:
    """An aware moment in ISO form. Raises Unreadable."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise Unreadable from None
    if found.tzinfo is None:
        raise Unreadable
    return found


def check_year(on: date, press: Press) -> None:
    """Raises Unreadable unless the year may be meant."""
    try:
        dates.check_year(on, press.now.date())
    except NotADate:
        raise Unreadable from None


def check_days(first: date, last: date, press: Press) -> None:
    """Raises Unreadable unless these are days, both included, in years that may be meant."""
    check_year(first, press)
    check_year(last, press)
    if last < first:
        raise Unreadable


def parts(typed: str, count: int) -> list[str]:
    """So many parts between slashes; a slash more belongs to the first. Raises Unreadable."""
    found = typed.rsplit("/", count - 1)
    if len(found) != count:
        raise Unreadable
    return found


def facts(kind: type[T], typed: str) -> T:
    """What was written down as JSON: a dataclass, or a tuple. Raises Unreadable."""
    try:
        return plain.of_json(kind, typed)
    except plain.UnreadableFacts:
        raise Unreadable from None


# Fields of a form


def a_day(press: Press, name: str, needed: str = NEEDED) -> date:
    """The date that was chosen. Raises BadFields."""
    try:
        found = date.fromisoformat(press.fields.get(name) or "")
        dates.check_year(found, press.now.date())
    except ValueError:
        raise BadFields({name: needed}) from None
    except NotADate as odd:
        raise BadFields({name: odd.sentence}) from None
    return found


def two_days(press: Press, today: date | None = None) -> tuple[date, date]:
    """The first and the last day that were chosen, both inclusive, the first not before `today`. Raises BadFields."""
    missing = {name: NEEDED for name in ("first", "last") if not press.fields.get(name)}
    if missing:
        raise BadFields(missing)
    first, last = a_day(press, "first"), a_day(press, "last")
    if today and first < today:
        raise BadFields({"first": HAS_PASSED.format(day=say.day(first))})
    if last < first:
        raise BadFields({"last": ENDS_EARLIER.format(first=say.day(first))})
    return first, last


def a_time(press: Press, name: str) -> time:
    """The time of day that was chosen. Raises BadFields."""
    try:
        found = time.fromisoformat(press.fields.get(name) or "")
    except ValueError:
        found = None
    if found is None or found.tzinfo:
        raise BadFields({name: NEEDS_TIME})
    return found


def words(press: Press, name: str, most: int) -> str:
    """What was typed, on one line, without what no keyboard makes. Raises BadFields."""
    typed = press.fields.get(name) or ""
    spaced = (" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in typed)
    found = " ".join("".join(spaced).split())
    if len(found) > most:
        raise BadFields({name: TOO_LONG.format(most=most, length=len(found))})
    return found
