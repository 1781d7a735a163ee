"""What cannot be done: each refusal is data about its subject, and nothing was changed. What a person reads of it is
made in `bot/speech/refusals.py`."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom a refusal speaks of: their name, and whether it is they who ask."""

    name: str
    asks: bool = False


@dataclass(eq=False)
class Refused(Exception):
    """Something that somebody asked for was not done, and nothing was changed. `days` (the first, and the day after the
    last), where a refusal has them, are those that were understood."""

    def __str__(self) -> str:
        return type(self).__name__


@dataclass(eq=False)
class ClockBehind(Refused):
    """More is on record, up to `ends`, than the clock shows: it is behind, or another one was ahead."""

    ends: datetime


@dataclass(eq=False)
class NotInRotation(Refused):
    """Only the on-call of those in the rotation is repaired; nobody else needs to declare time off here."""

    name: str


@dataclass(eq=False)
class NotAllowed(Refused):
    """Only an admin may do that, or one of `names`, or, where `whose_change`, who made the change."""

    names: tuple[str, ...] = ()
    whose_change: bool = False


@dataclass(eq=False)
class NothingToCancel(Refused):
    """There is no time off of theirs on those days."""

    who: Somebody
    days: tuple[date, date]


@dataclass(eq=False)
class AlreadyPast(Refused):
    """Days that have begun, from `first` on, are history."""

    first: date


class UnknownChange(Refused):
    """There is no such change."""


class AlreadyUndone(Refused):
    """It was taken back before."""


@dataclass(eq=False)
class TooLateToUndo(Refused):
    """It has begun, was changed since, or is over: declaring or cancelling the days to come still helps."""

    why: str


# Why it is too late: one of its days has passed, its days were changed since, it has come into effect, it was changed
# since, its last day has passed.
DAY_BEGUN, DAYS_CHANGED, IN_EFFECT, CHANGED_SINCE, LAST_DAY_PASSED = (
    "day begun",
    "days changed",
    "in effect",
    "changed since",
    "last day passed",
)


@dataclass(eq=False)
class NotOnDuty(Refused):
    """*I've got it* is for whoever is on duty (None: nobody is), or an admin."""

    name: str | None


class HandoffPassed(Refused):
    """That handoff is not the current week's any more."""


# Requests, covers and swaps


@dataclass(eq=False)
class NotOnCallThen(Refused):
    """There is nothing to cover: those days are not theirs."""

    who: Somebody
    days: tuple[date, date]


@dataclass(eq=False)
class AwayThen(Refused):
    """Who is away on one of the days can't stand in on all of them."""

    who: Somebody
    days: tuple[date, date]


@dataclass(eq=False)
class DeclinedThen(Refused):
    """Who said that they can't take a week can't stand in on its days, unless they can after all. `days`: those that
    were asked about; None: the current ones."""

    who: Somebody
    decline_id: int
    days: tuple[date, date] | None = None


@dataclass(eq=False)
class AlreadyAsked(Refused):
    """An open request has some of those days already."""

    days: tuple[date, date]


@dataclass(eq=False)
class NobodyToAsk(Refused):
    """Everybody else is away then."""

    days: tuple[date, date]


@dataclass(eq=False)
class TooManyRows(Refused):
    """Every row of days is asked for by itself, and there are at `most` so many at once."""

    most: int
    days: tuple[date, date]


class NotYourself(Refused):
    """Nobody covers for themselves."""


class OwnRequest(Refused):
    """Who asks needs no word of their own."""


class UnknownRequest(Refused):
    """There is no such request."""


@dataclass(eq=False)
class AlreadyTaken(Refused):
    """Somebody was faster: `name` is theirs."""

    name: str


class NoLongerOpen(Refused):
    """It was withdrawn or declined, or its days are over."""


class HasBegun(Refused):
    """The first of its days has begun: what is served stays served."""


@dataclass(eq=False)
class NoSuchTurn(Refused):
    """Somebody has no such week to swap."""

    who: Somebody
    days: tuple[date, date]


@dataclass(eq=False)
class NotTheirOwn(Refused):
    """A swap is of own weeks: what is held for somebody else stays tied to what was agreed with them."""

    who: Somebody
    days: tuple[date, date]


@dataclass(eq=False)
class WeekHasBegun(Refused):
    """A week that is handed over is not swapped any more."""

    days: tuple[date, date]


# The rotation and owners


class NotAHandoff(Refused):
    """A changed rotation counts from a handoff to come on; what has begun stays as it is."""


@dataclass(eq=False)
class AlreadyInRotation(Refused):
    """They are in it from then on."""

    name: str


class NobodyLeft(Refused):
    """A rotation has at least one engineer."""


@dataclass(eq=False)
class TooShortToPause(Refused):
    """What is not longer than a round, of so many `weeks`, is time off."""

    weeks: int


class OtherPeople(Refused):
    """A new order names just those who are in the rotation."""


class SoAlready(Refused):
    """There is nothing to change."""


@dataclass(eq=False)
class SameName(Refused):
    """Two people of one name, or one email, would be mistaken for each other."""

    name: str


class UnknownPipeline(Refused):
    """There is no such pipeline any more."""


class UnknownPerson(Refused):
    """They are not in the plan any more."""


class OneOwner(Refused):
    """A pipeline has two owners."""


# Take-overs and short notice


class NotStarted(Refused):
    """Nobody is on duty before the rotation starts."""


@dataclass(eq=False)
class OnCallAlready(Refused):
    """There is nothing to take over."""

    who: Somebody


@dataclass(eq=False)
class NotAwayNow(Refused):
    """Who is away can't be on duty."""

    who: Somebody


@dataclass(eq=False)
class NotUntilThen(Refused):
    """A take-over ends after now, and within `most` days."""

    most: int


class NothingToGiveBack(Refused):
    """It is over already, or was agreed on and has not begun."""


class NotYoursToDecline(Refused):
    """The week has passed on, or is over."""
