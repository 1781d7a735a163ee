"""Every refusal → its sentence, and the fields of a form that it may be about: one table. That the store or a team is
not there is told here, too."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.clock import ClockOff
from bot.speech import say, usage, you_or_name
from bot.speech.ask import OwnWords, Reply
from bot.speech.mrkdwn import escape
from bot.speech.permissions import Nobody, NotAMember, NotInPlan
from bot.speech.store_trouble import told
from models.store.errors import MaybeSaved, StoreError
from scheduler.fairness.load import NothingThen
from scheduler.refusals import (
    CHANGED_SINCE,
    DAY_BEGUN,
    DAYS_CHANGED,
    IN_EFFECT,
    LAST_DAY_PASSED,
    AlreadyAsked,
    AlreadyInRotation,
    AlreadyPast,
    AlreadyTaken,
    AlreadyUndone,
    AwayThen,
    ClockBehind,
    DeclinedThen,
    HandoffPassed,
    HasBegun,
    NobodyLeft,
    NobodyToAsk,
    NoLongerOpen,
    NoSuchTurn,
    NotAHandoff,
    NotAllowed,
    NotAwayNow,
    NothingToCancel,
    NothingToGiveBack,
    NotInRotation,
    NotOnCallThen,
    NotOnDuty,
    NotStarted,
    NotTheirOwn,
    NotUntilThen,
    NotYourself,
    NotYoursToDecline,
    OnCallAlready,
    OneOwner,
    OtherPeople,
    OwnRequest,
    Refused,
    SameName,
    SoAlready,
    TooLateToUndo,
    TooManyRows,
    TooShortToPause,
    UnknownChange,
    UnknownPerson,
    UnknownPipeline,
    UnknownRequest,
    WeekHasBegun,
)
from scheduler.taking_back import NothingAhead, NotYet
from scheduler.team.roster import NoPlan

NO_PLAN = "There is no team here yet: an admin applies a plan first, with `python -m bot plan apply FILE`."
CANNOT_READ = "I can't reach my store just now. Nothing was changed; please try again in a moment."
CANNOT_SAVE = "I can't save anything just now, so nothing was changed. Please try again in a few minutes."
MAYBE_SAVED = (
    "My store went away while I was saving, so it may have been saved or not. Please look before you try again."
)

UNDERSTOOD = "I understood {days}."

NOTHING_CHANGED = " Nothing was changed."
BECAUSE: Mapping[str, str] = {
    DAY_BEGUN: "one of its days has passed",
    DAYS_CHANGED: "the days were changed again since",
    IN_EFFECT: "its first handoff has passed",
    CHANGED_SINCE: "it was changed again since",
    LAST_DAY_PASSED: "its last day has passed",
}


@dataclass(frozen=True, slots=True)
class Told:
    """How a refusal is told: its sentence, with its own fields and `_words` in it, the fields of a form that it may be
    about, and what is added to the sentence."""

    sentence: str
    fields: tuple[str, ...] = ()
    adds: str = NOTHING_CHANGED


REFUSALS: Mapping[type[Refused], Told] = {
    ClockBehind: Told(
        "My clock is behind: what happened up to {ends:%Y-%m-%d %H:%M} UTC is on record already. Nothing was changed; "
        "an admin needs to look at the clock, `python -m bot doctor` tells more.",
        adds="",
    ),
    NotInRotation: Told("{name} is not in the on-call rotation, so there is nothing to arrange.", ("who",), ""),
    NotAllowed: Told("Only {whom} can do that."),
    NotInPlan: Told("Only the people of the on-call plan can do that; anybody may look up who is on call."),
    NotAMember: Told("Only members of this workspace can do that; anybody may look up who is on call."),
    Nobody: Told("Please say who you are: --as NAME, with the name of somebody in the plan."),
    NothingToCancel: Told("{who_has} no time off on those days."),
    AlreadyPast: Told("Days that have passed are history and stay as they were."),
    UnknownChange: Told("I can't find that change any more."),
    AlreadyUndone: Told("That was undone before."),
    TooLateToUndo: Told("It can't be undone any more: {because}."),
    NotOnDuty: Told("That button is for {whom}, or an admin."),
    HandoffPassed: Told("That week is over, so there is nothing to take on."),
    NotOnCallThen: Told("{who_is} not on call then, so there is nothing to cover."),
    AwayThen: Told("{who_is} away on one of those days."),
    DeclinedThen: Told("{who_said} can't take {which}."),
    AlreadyAsked: Told("There is an open request for those days already: withdraw that first."),
    NobodyToAsk: Told("Everybody else in the rotation is away then, so there is nobody to ask."),
    TooManyRows: Told("I ask for at most {most} on-call weeks at once: name fewer days."),
    NotYourself: Told("Nobody can cover for themselves: name somebody else."),
    OwnRequest: Told("You ask for it yourself: withdraw it if you don't need it any more."),
    UnknownRequest: Told("I can't find that request any more."),
    AlreadyTaken: Told("Thank you, but {name} was faster and has it."),
    NoLongerOpen: Told("That request is not open any more."),
    HasBegun: Told("The first of its days has begun, so it stands. Ask for a cover of the rest instead.", adds=""),
    NoSuchTurn: Told("{who_is} not on call in that week."),
    NotTheirOwn: Told("{who_has} that week for somebody else, so it can't be swapped; ask for a cover."),
    WeekHasBegun: Told("That week has begun, so it can't be swapped any more; ask for a cover of the rest."),
    NotAHandoff: Told("A rotation can only change from a handoff to come on.", ("starts",)),
    AlreadyInRotation: Told("{name} is in the rotation then already.", ("who", "name")),
    NobodyLeft: Told("Then nobody would be left in the rotation: add somebody first.", ("who",)),
    TooShortToPause: Told(
        "A pause is longer than a round of the rotation, which takes {weeks} weeks: declare time off instead.",
        ("until",),
    ),
    OtherPeople: Told("A new order names everybody in the rotation, each once.", ("order",)),
    SoAlready: Told("It is so already.", ("order", "who")),
    SameName: Told("{name} is in the plan already: choose them from the list.", ("name",)),
    UnknownPipeline: Told("I can't find that pipeline any more."),
    UnknownPerson: Told("Somebody you chose is not in the plan any more."),
    OneOwner: Told("The primary and the secondary owner are two people."),
    NotStarted: Told("The rotation has not started yet, so there is nothing to take over."),
    OnCallAlready: Told("{who_is} on call already."),
    NotAwayNow: Told("{who_is} away today: nobody is on call during their time off."),
    NotUntilThen: Told("A take-over ends later than now, and within {most} days."),
    NothingToGiveBack: Told("That take-over is over already, or has not begun."),
    NotYoursToDecline: Told("That week is not yours any more."),
    NothingThen: Told("Nobody has been on call in {year}: I can count {years}.", adds=""),
    NothingAhead: Told("Nothing is on record after that moment."),
    NotYet: Told("That moment has not come: name the present one, or an earlier one."),
}

log = logging.getLogger(__name__)


def sentence(error: Refused) -> str:
    """What a person reads of a refusal, in plain text."""
    if isinstance(error, OwnWords):
        return error.sentence
    told = REFUSALS[type(error)]
    return told.sentence.format(**vars(error), **_words(error)) + told.adds


def fields_of(error: Exception) -> tuple[str, ...]:
    """The fields of a form that an error may be about: the first of these that was filled in."""
    told = REFUSALS.get(type(error)) if isinstance(error, Refused) else None
    return told.fields if told else ()


def _words(error: Refused) -> dict[str, str]:
    """What the sentence says of people, of days and of why."""
    match error:
        case NotAllowed(names, whose_change):
            whom = "who did it" if whose_change else " or ".join(names)
            return {"whom": f"{whom}, or an admin," if whom else "an admin"}
        case NotOnDuty(name):
            return {"whom": f"{name}, who is on call" if name else "whoever is on call"}
        case TooLateToUndo(why):
            return {"because": BECAUSE[why]}
        case NothingThen(_, first, last):
            return {"years": f"the year {first}" if first == last else f"the years {first} to {last}"}
        case DeclinedThen(who, _, days):
            said = you_or_name.said_that(who)
            return {"who_said": said, "which": "one of those days" if days else "this week"}
        case NothingToCancel(who) | NotOnCallThen(who) | AwayThen(who) | NoSuchTurn(who) | NotTheirOwn(who):
            return you_or_name.somebody(who)
        case OnCallAlready(who) | NotAwayNow(who):
            return you_or_name.somebody(who)
    return {}


def refusal(error: Refused | NoPlan | StoreError, team_id: int | None = None) -> Reply:
    """What somebody is told who asked for something of a team that could not be."""
    if isinstance(error, NoPlan):
        return usage.refused(NO_PLAN)
    if isinstance(error, Refused):
        return usage.refused(escape(sentence(error)), *_understood(error))
    log.warning("somebody could not be answered", extra={"team": team_id, "problem": told(error)})
    if isinstance(error, ClockOff):
        return replace(usage.refused(escape(told(error))), failed=True)
    words = CANNOT_SAVE if error.writing else CANNOT_READ
    return replace(usage.refused(MAYBE_SAVED if isinstance(error, MaybeSaved) else words), failed=True)


def _understood(error: Refused) -> list[str]:
    days = getattr(error, "days", None)
    return [UNDERSTOOD.format(days=say.span(*days))] if days else []
