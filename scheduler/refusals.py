"""What cannot be done, and why: each carries its subject and speaks to the person who asked."""

from datetime import date, datetime


class Refused(Exception):
    """Something that somebody asked for was not done. `str()` is a sentence for them; nothing was changed. `days` (the
    first, and the day after the last) are those that were understood, where the sentence speaks of them."""

    days: tuple[date, date] | None = None


class ClockBehind(Refused):
    """More is on record than the clock shows: it is behind, or another one was ahead."""

    def __init__(self, ends: datetime) -> None:
        super().__init__(
            f"My clock is behind: what happened up to {ends:%Y-%m-%d %H:%M} UTC is on record already. Nothing was "
            "changed; an admin needs to look at the clock, `python -m bot doctor` tells more."
        )
        self.ends = ends


class NotInRotation(Refused):
    """Only the on-call of those in the rotation is repaired; nobody else needs to declare time off here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not in the on-call rotation, so there is nothing to arrange.")
        self.name = name


class NotAllowed(Refused):
    """Only an admin, or the person themselves, may do that."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Only {what} can do that. Nothing was changed.")


class NothingToCancel(Refused):
    """There is no time off on those days."""

    def __init__(self, name: str, first: date, until: date) -> None:
        super().__init__(f"{name} no time off on those days. Nothing was changed.")
        self.days = first, until


class AlreadyPast(Refused):
    """Days that have begun are history."""

    def __init__(self, first: date) -> None:
        super().__init__("Days that have passed are history and stay as they were. Nothing was changed.")
        self.first = first


class UnknownChange(Refused):
    """There is no such change."""

    def __init__(self) -> None:
        super().__init__("I can't find that change any more. Nothing was changed.")


class AlreadyUndone(Refused):
    """It was taken back before."""

    def __init__(self) -> None:
        super().__init__("That was undone before. Nothing was changed.")


class TooLateToUndo(Refused):
    """One of its days has begun, or a later change touched it: declaring or cancelling the days to come still helps."""

    def __init__(self, why: str) -> None:
        super().__init__(f"It can't be undone any more: {why}. Nothing was changed.")


class NotOnDuty(Refused):
    """*I've got it* is for whoever is on duty, or an admin."""

    def __init__(self, name: str) -> None:
        super().__init__(f"That button is for {name}, who is on call, or an admin. Nothing was changed.")


class HandoffPassed(Refused):
    """That handoff is not the current week's any more."""

    def __init__(self) -> None:
        super().__init__("That week is over, so there is nothing to take on. Nothing was changed.")


# Requests, covers and swaps


class NotOnCallThen(Refused):
    """There is nothing to cover: those days are not theirs."""

    def __init__(self, who: str, first: date, until: date) -> None:
        super().__init__(f"{who} not on call then, so there is nothing to cover. Nothing was changed.")
        self.days = (first, until)


class AwayThen(Refused):
    """Who is away on one of the days can't stand in on all of them."""

    def __init__(self, who: str, first: date, until: date) -> None:
        super().__init__(f"{who} away on one of those days. Nothing was changed.")
        self.days = (first, until)


class DeclinedThen(Refused):
    """Who said that they can't take a week can't stand in on its days, unless they can after all."""

    def __init__(self, name: str | None, decline_id: int, days: tuple[date, date] | None = None) -> None:
        """`name`: None where they are told so themselves; `days`: those that were asked about."""
        who = f"{name} said that they" if name else "You said that you"
        super().__init__(f"{who} can't take {'one of those days' if days else 'this week'}. Nothing was changed.")
        self.decline_id, self.days = decline_id, days


class AlreadyAsked(Refused):
    """An open request has some of those days already."""

    def __init__(self, first: date, until: date) -> None:
        super().__init__("There is an open request for those days already: withdraw that first. Nothing was changed.")
        self.days = (first, until)


class NobodyToAsk(Refused):
    """Everybody else is away then."""

    def __init__(self, first: date, until: date) -> None:
        super().__init__("Everybody else in the rotation is away then, so there is nobody to ask. Nothing was changed.")
        self.days = (first, until)


class TooManyRows(Refused):
    """Every row of days is asked for by itself."""

    def __init__(self, most: int, first: date, until: date) -> None:
        super().__init__(f"I ask for at most {most} on-call weeks at once: name fewer days. Nothing was changed.")
        self.days = (first, until)


class NotYourself(Refused):
    """Nobody covers for themselves."""

    def __init__(self) -> None:
        super().__init__("Nobody can cover for themselves: name somebody else. Nothing was changed.")


class OwnRequest(Refused):
    """Who asks needs no word of their own."""

    def __init__(self) -> None:
        super().__init__("You ask for it yourself: withdraw it if you don't need it any more. Nothing was changed.")


class UnknownRequest(Refused):
    """There is no such request."""

    def __init__(self) -> None:
        super().__init__("I can't find that request any more. Nothing was changed.")


class AlreadyTaken(Refused):
    """Somebody was faster. `name` is theirs."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Thank you, but {name} was faster and has it. Nothing was changed.")
        self.name = name


class NoLongerOpen(Refused):
    """It was withdrawn or declined, or its days are over."""

    def __init__(self) -> None:
        super().__init__("That request is not open any more. Nothing was changed.")


class HasBegun(Refused):
    """The first of its days has begun: what is served stays served."""

    def __init__(self) -> None:
        super().__init__("The first of its days has begun, so it stands. Ask for a cover of the rest instead.")


class NoSuchTurn(Refused):
    """Somebody has no such week to swap."""

    def __init__(self, who: str, first: date, until: date) -> None:
        super().__init__(f"{who} not on call in that week. Nothing was changed.")
        self.days = (first, until)


class NotTheirOwn(Refused):
    """A swap is of own weeks: what is held for somebody else stays tied to what was agreed with them."""

    def __init__(self, who: str, first: date, until: date) -> None:
        super().__init__(
            f"{who} that week for somebody else, so it can't be swapped; ask for a cover. Nothing was changed."
        )
        self.days = (first, until)


class WeekHasBegun(Refused):
    """A week that is handed over is not swapped any more."""

    def __init__(self, first: date, until: date) -> None:
        super().__init__(
            "That week has begun, so it can't be swapped any more; ask for a cover of the rest. Nothing was changed."
        )
        self.days = (first, until)


# The rotation and owners


class NotAHandoff(Refused):
    """A changed rotation counts from a handoff to come on; what has begun stays as it is."""

    def __init__(self) -> None:
        super().__init__("A rotation can only change from a handoff to come on. Nothing was changed.")


class AlreadyInRotation(Refused):
    """They are in it from then on."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is in the rotation then already. Nothing was changed.")


class NobodyLeft(Refused):
    """A rotation has at least one engineer."""

    def __init__(self) -> None:
        super().__init__("Then nobody would be left in the rotation: add somebody first. Nothing was changed.")


class TooShortToPause(Refused):
    """What is not longer than a round is time off."""

    def __init__(self, weeks: int) -> None:
        super().__init__(
            f"A pause is longer than a round of the rotation, which takes {weeks} weeks: declare time off instead."
            " Nothing was changed."
        )


class OtherPeople(Refused):
    """A new order names just those who are in the rotation."""

    def __init__(self) -> None:
        super().__init__("A new order names everybody in the rotation, each once. Nothing was changed.")


class SoAlready(Refused):
    """There is nothing to change."""

    def __init__(self) -> None:
        super().__init__("It is so already. Nothing was changed.")


class SameName(Refused):
    """Two people of one name, or one email, would be mistaken for each other."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is in the plan already: choose them from the list. Nothing was changed.")


class UnknownPipeline(Refused):
    """There is no such pipeline any more."""

    def __init__(self) -> None:
        super().__init__("I can't find that pipeline any more. Nothing was changed.")


class UnknownPerson(Refused):
    """They are not in the plan any more."""

    def __init__(self) -> None:
        super().__init__("Somebody you chose is not in the plan any more. Nothing was changed.")


class OneOwner(Refused):
    """A pipeline has two owners."""

    def __init__(self) -> None:
        super().__init__("The primary and the secondary owner are two people. Nothing was changed.")


# Take-overs and short notice


class NotStarted(Refused):
    """Nobody is on duty before the rotation starts."""

    def __init__(self) -> None:
        super().__init__("The rotation has not started yet, so there is nothing to take over. Nothing was changed.")


class OnCallAlready(Refused):
    """There is nothing to take over."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} on call already. Nothing was changed.")


class NotAwayNow(Refused):
    """Who is away can't be on duty."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} away today: nobody is on call during their time off. Nothing was changed.")


class NotUntilThen(Refused):
    """A take-over ends after now, and not too far from it."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A take-over ends later than now, and within {most} days. Nothing was changed.")


class NothingToGiveBack(Refused):
    """It is over already, or was agreed on and has not begun."""

    def __init__(self) -> None:
        super().__init__("That take-over is over already, or has not begun. Nothing was changed.")


class NotYoursToDecline(Refused):
    """The week has passed on, or is over."""

    def __init__(self) -> None:
        super().__init__("That week is not yours any more. Nothing was changed.")
