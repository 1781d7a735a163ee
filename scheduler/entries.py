"""All that the log of changes holds, kind by kind: how what was changed was `before`, and is `after`. Words are made of
it in `bot/`, and it is what an undo puts back.

A class's `what` is the word for it in the store, which never changes. Whom a change is about, by whom it was made and
what it moved stand beside it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, TypeVar

from models.changes import Change, ChangeFacts
from models.covers import Cover
from models.declines import Decline
from models.holidays import Holiday
from models.people import Person
from models.pipelines import Pipeline
from models.requests import CoverRequest
from models.schema.plain import REST, SELDOM, Plain, UnreadableFacts, kept, of_plain
from models.take_overs import TakeOver
from models.teams import VersionFacts
from scheduler.rule.moves import Effect


@dataclass(frozen=True, slots=True)
class TimeOffChange(ChangeFacts):
    """Somebody's time off, before and after: the frame of the entries of time off."""

    before: tuple[Holiday, ...]
    after: tuple[Holiday, ...]


class HolidayDeclared(TimeOffChange):
    """Somebody declares time off."""

    what: ClassVar[str] = "holiday declared"


class HolidayCancelled(TimeOffChange):
    """They are not, or for fewer days."""

    what: ClassVar[str] = "holiday cancelled"


class HolidayUndone(TimeOffChange):
    """One of these was taken back."""

    what: ClassVar[str] = "change undone"


@dataclass(frozen=True, slots=True)
class HandoffAcknowledged(ChangeFacts):
    """*I've got it* to a handoff: the change is about the first date of its week."""

    what: ClassVar[str] = "handoff acknowledged"
    before: None = None
    after: None = None


# Requests


@dataclass(frozen=True, slots=True)
class RequestState:
    """A request for a cover or a swap."""

    request: CoverRequest


@dataclass(frozen=True, slots=True)
class PartOfRequest(RequestState):
    """And the part that is offered, from a date up to, not including, another."""

    part: tuple[date, date]


@dataclass(frozen=True, slots=True)
class Agreement(RequestState):
    """And what is agreed on it."""

    covers: tuple[Cover, ...] = ()
    take_overs: tuple[TakeOver, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestChange(ChangeFacts):
    """What was done about a request; and all below."""

    before: RequestState | None
    after: RequestState


class CoverRequested(RequestChange):
    """Somebody asks for a cover."""

    what: ClassVar[str] = "cover requested"


class SwapRequested(RequestChange):
    """Somebody asks for a swap."""

    what: ClassVar[str] = "swap requested"


class EverybodyAsked(RequestChange):
    """The channel is asked after all."""

    what: ClassVar[str] = "everybody asked"


class WeekOffered(RequestChange):
    """The other side of a swap offers another week."""

    what: ClassVar[str] = "other week offered"


class RequestDeclined(RequestChange):
    """Somebody can't, or says no to a swap."""

    what: ClassVar[str] = "request declined"


@dataclass(frozen=True, slots=True)
class PartOffered(RequestChange):
    """Somebody offers to take a part."""

    what: ClassVar[str] = "part offered"
    after: PartOfRequest


@dataclass(frozen=True, slots=True)
class AgreementChange(RequestChange):
    """What is agreed on a request, before and after: the frame of the entries of agreements."""

    before: Agreement
    after: Agreement


class CoverAgreed(AgreementChange):
    """Somebody takes what was asked for: from then on it is a cover."""

    what: ClassVar[str] = "cover agreed"


class SwapAgreed(AgreementChange):
    """The other side says yes."""

    what: ClassVar[str] = "swap agreed"


class AgreementTakenBack(AgreementChange):
    """Who took it can't after all: it is open again."""

    what: ClassVar[str] = "agreement taken back"


class RequestWithdrawn(AgreementChange):
    """Who asked needs it no more."""

    what: ClassVar[str] = "request withdrawn"


# Shifts


@dataclass(frozen=True, slots=True)
class TakeOverState:
    """A take-over as it was, or became: whose, and from when until when."""

    take_over: TakeOver


@dataclass(frozen=True, slots=True)
class TakeOverBegun(TakeOverState):
    """A take-over that is under way or to come, and who would be on duty without it (None: nobody)."""

    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class TakeOverEnded:
    """When it ended, and who is on duty again (None: nobody)."""

    ends: datetime
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class DutyTakenOver(ChangeFacts):
    """Somebody takes over, now or from a moment to come on."""

    what: ClassVar[str] = "taken over"
    before: None
    after: TakeOverBegun


@dataclass(frozen=True, slots=True)
class TakeOverChanged(ChangeFacts):
    """It lasts until another moment."""

    what: ClassVar[str] = "take-over changed"
    before: TakeOverState
    after: TakeOverBegun


@dataclass(frozen=True, slots=True)
class TakeOverGivenBack(ChangeFacts):
    """It ended before its time."""

    what: ClassVar[str] = "given back"
    before: TakeOverState
    after: TakeOverEnded


@dataclass(frozen=True, slots=True)
class WeekState:
    """A week, by its first date."""

    week: date


@dataclass(frozen=True, slots=True)
class ShortNoticeAccepted(ChangeFacts):
    """*I've got it* to a week that came on short notice."""

    what: ClassVar[str] = "short notice accepted"
    before: None
    after: WeekState


@dataclass(frozen=True, slots=True)
class DeclineState:
    """A week that somebody can't take, or what is left of it."""

    decline: Decline


@dataclass(frozen=True, slots=True)
class DutyState:
    """A duty that begins at the moment `starts`, in the week with that first date."""

    week: date
    starts: datetime


@dataclass(frozen=True, slots=True)
class DutyAccepted(ChangeFacts):
    """*I've got it* of somebody who comes on duty other than by a handoff, or a week on short notice."""

    what: ClassVar[str] = "duty accepted"
    before: None
    after: DutyState


@dataclass(frozen=True, slots=True)
class WeekDeclined(ChangeFacts):
    """*I can't*: what is left of a week on short notice is passed on."""

    what: ClassVar[str] = "week declined"
    before: None
    after: DeclineState


@dataclass(frozen=True, slots=True)
class DeclineUndone(ChangeFacts):
    """*I can after all*."""

    what: ClassVar[str] = "week declined no more"
    before: DeclineState
    after: DeclineState | None


# The rotation's people, and owners


@dataclass(frozen=True, slots=True)
class RotationBefore:
    """The rotation's versions, the person who comes (None: nobody, or somebody new), and what is settled on the way as
    it was."""

    versions: tuple[VersionFacts, ...]
    person: Person | None
    holidays: tuple[Holiday, ...] = ()
    covers: tuple[Cover, ...] = ()
    take_overs: tuple[TakeOver, ...] = ()
    requests: tuple[CoverRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class RotationAfter:
    """The rotation and what is settled on the way, as they became, in the order of RotationBefore; None for what went.
    `starts` is the first handoff of it, `back` that after a pause."""

    versions: tuple[VersionFacts, ...]
    person: Person | None
    starts: date
    back: date | None
    holidays: tuple[Holiday, ...] = ()
    covers: tuple[Cover | None, ...] = ()
    take_overs: tuple[TakeOver | None, ...] = ()
    requests: tuple[CoverRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class RotationChange(ChangeFacts):
    """Who is in the rotation, before and after: the frame of the entries of its people."""

    before: RotationBefore
    after: RotationAfter


class EngineerAdded(RotationChange):
    """Somebody joins the rotation, or comes back to it."""

    what: ClassVar[str] = "engineer added"


class EngineerRemoved(RotationChange):
    """Somebody leaves the rotation for good."""

    what: ClassVar[str] = "engineer removed"


class EngineerPaused(RotationChange):
    """Somebody is back after a while."""

    what: ClassVar[str] = "engineer paused"


class RotationReordered(RotationChange):
    """The same people in another order."""

    what: ClassVar[str] = "rotation reordered"


@dataclass(frozen=True, slots=True)
class PipelineState:
    """A pipeline, with its owners."""

    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class PipelineChanged(ChangeFacts):
    """It has other owners."""

    what: ClassVar[str] = "pipeline changed"
    before: PipelineState
    after: PipelineState


@dataclass(frozen=True, slots=True)
class RotationUndone(ChangeFacts):
    """A change of the rotation's people, or of a pipeline's owners, was taken back: what it says, the other way
    round."""

    what: ClassVar[str] = "rotation change undone"
    before: RotationAfter | PipelineState
    after: RotationBefore | PipelineState


# The plan, and the terminal


@dataclass(frozen=True, slots=True)
class RotationOfPlan:
    """The ids of those on call, in order."""

    order: tuple[str, ...]
    rest: Plain = field(default_factory=dict, metadata=REST)


@dataclass(frozen=True, slots=True)
class PlanState:
    """A plan as its file has it, by its rotation and the `rest`; `starts`: from when a changed rotation counts."""

    rotation: RotationOfPlan
    starts: date | None = field(default=None, metadata={**kept("from"), **SELDOM})
    rest: Plain = field(default_factory=dict, metadata=REST)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettled(PlanState):
    """And what was settled on the way, as it was or is; None for what went."""

    holidays: tuple[Holiday, ...]
    covers: tuple[Cover | None, ...]
    take_overs: tuple[TakeOver | None, ...]
    requests: tuple[CoverRequest, ...]


@dataclass(frozen=True, slots=True)
class PlanApplied(ChangeFacts):
    """A plan became the store's: its first (None before it), or another."""

    what: ClassVar[str] = "plan applied"
    before: PlanSettled | PlanState | None
    after: PlanSettled | PlanState


@dataclass(frozen=True, slots=True)
class RecordState:
    """Up to which moment duty is on record."""

    ended: datetime


@dataclass(frozen=True, slots=True)
class RecordTakenBack(ChangeFacts):
    """What a clock that was ahead had put on record has gone."""

    what: ClassVar[str] = "record taken back"
    before: RecordState
    after: RecordState


@dataclass(frozen=True, slots=True)
class UnknownEntry(ChangeFacts):
    """What no class here can hold, as it is in the store: of another release."""

    what: ClassVar[str] = "unknown"
    before: object
    after: object


TIME_OFF = {each.what: each for each in (HolidayDeclared, HolidayCancelled, HolidayUndone)}
REQUESTS = {each.what: each for each in (CoverRequested, SwapRequested, EverybodyAsked, WeekOffered, RequestDeclined)}
AGREEMENTS = {each.what: each for each in (CoverAgreed, SwapAgreed, AgreementTakenBack, RequestWithdrawn)}
ROTATION = {each.what: each for each in (EngineerAdded, EngineerRemoved, EngineerPaused, RotationReordered)}
_OTHERS: tuple[type[ChangeFacts], ...] = (
    *(
        HandoffAcknowledged,
        DutyTakenOver,
        TakeOverChanged,
        TakeOverGivenBack,
        ShortNoticeAccepted,
        DutyAccepted,
        WeekDeclined,
        DeclineUndone,
    ),
    *(PartOffered, PipelineChanged, RotationUndone, PlanApplied, RecordTakenBack),
)
KINDS: dict[str, type[ChangeFacts]] = {
    **TIME_OFF,
    **REQUESTS,
    **AGREEMENTS,
    **ROTATION,
    **{each.what: each for each in _OTHERS},
}

E = TypeVar("E", bound=ChangeFacts)


def facts(change: Change) -> ChangeFacts:
    """What a change in the log says."""
    kind, values = KINDS.get(change.what, UnknownEntry), {"before": change.before, "after": change.after}
    try:
        return of_plain(kind, values)
    except UnreadableFacts:
        return UnknownEntry(change.before, change.after)


def of_kind(kind: type[E], change: Change) -> E | None:
    """What a change of that kind says; None for one of another kind, or that can't be read."""
    found = facts(change)
    return found if isinstance(found, kind) else None


def moved(change: Change) -> Effect:
    """What a change in the log moved; nothing where that can't be read."""
    try:
        return of_plain(Effect, change.effect or {})
    except UnreadableFacts:
        return Effect()
