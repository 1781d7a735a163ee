"""What cannot be done, and why: each carries its subject and speaks to the person who asked."""

from datetime import date


class Refused(Exception):
    """Something that somebody asked for was not done. `str()` is a sentence for them; nothing was changed."""


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

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} no time off on those days. Nothing was changed.")


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
