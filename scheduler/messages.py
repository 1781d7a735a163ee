"""All that people are told, kind by kind: what is kept of a message until it is said. Words are made of it in `bot/`.

A class's `kind` is the word for it in the store, and a part of the key by which Slack knows a message, so it never
changes. People are ids, dates those of the team's zone; `until` is the day after the last.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, TypeVar

from models.outbox import Message, MessageFacts
from models.schema.plain import REST, SELDOM, Plain, UnreadableFacts, of_plain
from scheduler.rule.moves import Effect


@dataclass(frozen=True, slots=True)
class GapTold:
    """A gap that is told: nobody has the on-call days from `first` up to, not including, `until`. `occasions`: all on
    which it would be told at this moment, the first of them first (`change/alarm.py`)."""

    first: date
    until: date
    occasions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandoffDue(MessageFacts):
    """To the channel: the week that begins on `week` is handed over. `gaps`: those that it tells the admins of."""

    kind: ClassVar[str] = "handoff"
    week: date
    gaps: tuple[GapTold, ...] = field(default=(), metadata=SELDOM)


@dataclass(frozen=True, slots=True)
class Reminder(MessageFacts):
    """`who` has days in the week that begins on `week`: two weeks before it."""

    kind: ClassVar[str] = "reminder"
    week: date
    who: str


class WeekReminder(Reminder):
    """A week before it, to those who want that."""

    kind: ClassVar[str] = "reminder-week"


class DayReminder(Reminder):
    """The day before it, to those who want that."""

    kind: ClassVar[str] = "reminder-day"


@dataclass(frozen=True, slots=True)
class DutyReminder(MessageFacts):
    """`who` comes on duty at the moment `starts`, other than by the weekly handoff."""

    kind: ClassVar[str] = "duty"
    who: str
    starts: datetime


@dataclass(frozen=True, slots=True)
class Greeting(MessageFacts):
    """To the channel, once: the bot speaks from now on."""

    kind: ClassVar[str] = "greeting"


@dataclass(frozen=True, slots=True)
class Announcement(MessageFacts):
    """To the channel, as earlier releases did, a message for each: time off of `person`, known by its id, which moves
    something, or is `cancelled`."""

    kind: ClassVar[str] = "announcement"
    holiday: int | None
    person: str
    first: date
    until: date
    short_notice: bool
    effect: Effect
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class TimeOffTold:
    """Time off of `person` that was told, known by the id of its `holiday`."""

    holiday: int | None
    person: str
    first: date
    until: date
    short_notice: bool = field(default=False, metadata=SELDOM)
    cancelled: bool = field(default=False, metadata=SELDOM)


@dataclass(frozen=True, slots=True)
class AwayDigest(MessageFacts):
    """To the channel: all time off that is to be announced on one on-call day, and the days that another has than whose
    turn it is, from the week that begins on `first` to the one before `until`; `endless`: and all later ones. `gaps`:
    those that it tells the admins of."""

    kind: ClassVar[str] = "away"
    away: tuple[TimeOffTold, ...]
    first: date
    until: date
    endless: bool = field(default=False, metadata=SELDOM)
    gaps: tuple[GapTold, ...] = field(default=(), metadata=SELDOM)


@dataclass(frozen=True, slots=True)
class GapRun(MessageFacts):
    """To the channel: days in a row that have nobody."""

    kind: ClassVar[str] = "gap-run"
    gap: GapTold


@dataclass(frozen=True, slots=True)
class GapAlarm(MessageFacts):
    """To the channel: weeks that nobody can take whole after a change; in those of earlier releases days of nobody,
    too."""

    kind: ClassVar[str] = "gap"
    effect: Effect


@dataclass(frozen=True, slots=True)
class ChangeNews(MessageFacts):
    """To `who`: what a change by `by` (None: at the terminal) moved of theirs; `about`: whose time off it was. `week`:
    the first date of one that came to them on short notice, so that they are asked whether they can take it. `begins`:
    when they came on duty by it, where that was at once."""

    kind: ClassVar[str] = "news"
    by: str | None
    about: str | None
    who: str
    effect: Effect
    week: date | None = field(default=None, metadata=SELDOM)
    begins: datetime | None = field(default=None, metadata=SELDOM)


@dataclass(frozen=True, slots=True)
class NoAnswer(MessageFacts):
    """A reminder to `who`, of whom nothing was heard since `since`: they came on duty at `starts`, in the week that
    begins on `week`. Or, `asked` by the message with that id, they have not said whether they can take that week, of
    which they are on duty from `starts` on."""

    kind: ClassVar[str] = "no-answer"
    who: str
    week: date
    starts: datetime
    since: datetime
    asked: int | None = field(default=None, metadata=SELDOM)


class StillNoAnswer(NoAnswer):
    """The same to an admin: they did not answer the reminder either."""

    kind: ClassVar[str] = "no-answer-still"


@dataclass(frozen=True, slots=True)
class AgreementNews(MessageFacts):
    """To `who`: what they agreed on in a request held on the days `before`, and holds on those `after` a change."""

    kind: ClassVar[str] = "agreement"
    request: int
    who: str
    by: str | None
    before: tuple[date, ...]
    after: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class PipelineOwners:
    """The owners of a pipeline before and after a change, the primary first."""

    slug: str
    before: tuple[str, str]
    after: tuple[str, str]


@dataclass(frozen=True, slots=True)
class OwnersNews(MessageFacts):
    """To `who`: pipelines that were or are theirs have other owners."""

    kind: ClassVar[str] = "owners"
    who: str
    by: str | None
    pipelines: tuple[PipelineOwners, ...]


# Requests


@dataclass(frozen=True, slots=True)
class AboutRequest(MessageFacts):
    """A message about a request, by its id, to `who`."""

    request: int
    who: str | None


@dataclass(frozen=True, slots=True)
class RequestToAnswer(MessageFacts):
    """A request, to the one who is asked; None: to the channel."""

    kind: ClassVar[str] = "request"
    request: int
    who: str | None = field(default=None, metadata=SELDOM)


@dataclass(frozen=True, slots=True)
class OfferToAnswer(MessageFacts):
    """To whoever asked: `who` offers to take a part of it."""

    kind: ClassVar[str] = "offer"
    request: int
    who: str
    first: date
    until: date


class RequestReminder(AboutRequest):
    """It waits for an answer still: of `who`, or of the channel (None)."""

    kind: ClassVar[str] = "request-reminder"


class RequestStillOpen(AboutRequest):
    """To whoever asked: nobody took it."""

    kind: ClassVar[str] = "request-open"


class RequestUnanswered(AboutRequest):
    """To an admin: nobody took it."""

    kind: ClassVar[str] = "request-unanswered"


@dataclass(frozen=True, slots=True)
class RequestNews(MessageFacts):
    """To `who`: `by` did something about it, `what` the log calls it; `other` has or had taken it."""

    kind: ClassVar[str] = "settled"
    request: int
    what: str
    who: str
    other: str | None
    by: str | None
    first: date
    until: date


_ASKS = (RequestToAnswer, OfferToAnswer, RequestReminder, RequestStillOpen, RequestUnanswered)
ASKS = tuple(each.kind for each in _ASKS)  # the messages that change to what became of a request


@dataclass(frozen=True, slots=True)
class TakeOverNews(MessageFacts):
    """To `who`: `taker` took over from `other` until `ends`, or that changed or ended, `what` the log calls it.
    `starts`: when the reader would have come on duty meanwhile; `begins`: when they do after all."""

    kind: ClassVar[str] = "take-over"
    what: str
    take_over: int | None
    taker: str
    other: str | None
    by: str | None
    ends: datetime
    at: datetime
    who: str
    starts: datetime | None = field(default=None, metadata=SELDOM)
    begins: datetime | None = field(default=None, metadata=SELDOM)


# Pictures


@dataclass(frozen=True, slots=True)
class PictureAsked(MessageFacts):
    """To who asked for a picture: the words, before the file. `of`: which; `year`: that of fairness."""

    kind: ClassVar[str] = "picture"
    of: str = "calendar"
    year: int | None = field(default=None, metadata=SELDOM)


class PictureFollows(PictureAsked):
    """To who asked for it: the file of a picture, once its words are said."""

    kind: ClassVar[str] = "drawing"


@dataclass(frozen=True, slots=True)
class HandoffPicture(MessageFacts):
    """The picture in the `thread` of a handoff, by the handoff's timestamp; `mark`: of what it shows."""

    kind: ClassVar[str] = "handoff-picture"
    week: date
    mark: str
    thread: str


@dataclass(frozen=True, slots=True)
class PictureGone(MessageFacts):
    """That one is taken away, for a newer: the `file` by its id in Slack."""

    kind: ClassVar[str] = "picture-gone"
    file: str | None


@dataclass(frozen=True, slots=True)
class Shared(MessageFacts):
    """What somebody shared in the channel, said already: so that a press that comes twice shares once."""

    kind: ClassVar[str] = "shared"


# Of the bot itself


@dataclass(frozen=True, slots=True)
class TroubleNews(MessageFacts):
    """To an admin: Slack refuses the message with the id `message`; `tried`: the audiences that were to hear of it, the
    reader last. `goes_on`: it is still sent again and again."""

    kind: ClassVar[str] = "trouble"
    message: int
    audience: str
    problem: str
    tried: tuple[str, ...]
    goes_on: bool = field(default=False, metadata=SELDOM)


@dataclass(frozen=True, slots=True)
class DeafNews(MessageFacts):
    """To an admin: Slack refuses Socket Mode."""

    kind: ClassVar[str] = "deaf"
    problem: str


@dataclass(frozen=True, slots=True)
class SignRefused(MessageFacts):
    """To an admin: Slack refuses the user group or the topic."""

    kind: ClassVar[str] = "sign"
    sign: str
    problem: str


@dataclass(frozen=True, slots=True)
class UnknownMessage(MessageFacts):
    """What no class here can hold, as it is in the store: of another release."""

    kind: ClassVar[str] = "unknown"
    values: Plain = field(default_factory=dict, metadata=REST)


_CLASSES: tuple[type[MessageFacts], ...] = (
    *(HandoffDue, Reminder, WeekReminder, DayReminder, DutyReminder, Greeting, Announcement, AwayDigest, GapRun),
    *(GapAlarm, ChangeNews, NoAnswer, StillNoAnswer, AgreementNews, OwnersNews, *_ASKS, RequestNews, TakeOverNews),
    *(PictureAsked, PictureFollows, HandoffPicture, PictureGone, Shared, TroubleNews, DeafNews, SignRefused),
)
KINDS = {each.kind: each for each in _CLASSES}

F = TypeVar("F", bound=MessageFacts)


def facts(message: Message, kind: str | None = None) -> MessageFacts:
    """What a message is about. `kind`: that of the message that an edit changes."""
    found = KINDS.get(kind or message.kind)
    try:
        return of_plain(found, message.facts) if found else UnknownMessage(message.facts)
    except UnreadableFacts:
        return UnknownMessage(message.facts)


def of_kind(kind: type[F], message: Message) -> F | None:
    """What a message of that kind is about; None for one of another kind, or that can't be read."""
    found = facts(message)
    return found if isinstance(found, kind) else None
