"""Changes made straight in the scheduler, each as one of the team would say it. Robin is an admin."""

from datetime import UTC, date, datetime, timedelta

from models.outbox import Message, sending
from models.outbox.sending import Claim, Limits
from models.store.engine import Store
from scheduler import holidays, tick
from scheduler.change.frame import Actor
from scheduler.covers import answer, ask
from scheduler.covers.state import Outcome
from scheduler.holidays import Saved
from scheduler.shifts import takeover
from scheduler.shifts.takeover import TakenOver
from scheduler.team import roster, schedule
from tests.kit.cast import NOW, ZONE

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LIMITS = Limits(MINUTE, MINUTE, between=timedelta(0), a_minute=None)


def say_all(store: Store, now: datetime) -> list[Message]:
    """Say what is due, as delivery would. Returns what was said."""
    said: list[Message] = []
    with store.writing() as tx:
        while isinstance(claim := sending.claim(tx, now, LIMITS), Claim):
            sending.settle(tx, claim, LIMITS, "C1", str(claim.message.id), now)
            said.append(claim.message)
    return said


def speaking(store: Store) -> Store:
    """The first team's store, which speaks since Tuesday 24 November 2026, 10:00; its greeting is said."""
    tick.begin_to_speak(store, NOW)
    say_all(store, NOW)
    return store


def at(local: str) -> datetime:
    """A moment in Berlin."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)


def nov(day: int) -> date:
    """A day in November 2026."""
    return date(2026, 11, day)


def dec(day: int) -> date:
    """A day in December 2026."""
    return date(2026, 12, day)


def by(who: str, now: datetime = NOW, key: str | None = None) -> Actor:
    """Somebody asks; Robin is an admin."""
    return Actor(who, who == "robin", now, key)


def asked(
    store: Store,
    who: str,
    first: date,
    last: date,
    of: str | None = None,
    *,
    now: datetime = NOW,
    key: str | None = None,
) -> Outcome:
    """`who` asks for their days to be covered, the last included: by one person, or by whoever can."""
    with store.writing() as tx:
        return ask.ask_cover(tx, by(who, now, key), who, first, last + DAY, of)


def asked_to_swap(store: Store, who: str, week: date, other: str, back: date | None = None) -> Outcome:
    """`who` asks another to swap weeks."""
    with store.writing() as tx:
        return ask.ask_swap(tx, by(who), who, week, other, back)


def takes(store: Store, who: str, asked_for: Outcome, *, now: datetime = NOW, key: str | None = None) -> Outcome:
    """`who` takes it."""
    with store.writing() as tx:
        return answer.accept(tx, by(who, now, key), asked_for.request.id or 0, who)


def away(store: Store, who: str, first: date, last: date, *, now: datetime = NOW) -> Saved:
    """`who` declares time off, the last day included."""
    with store.writing() as tx:
        return holidays.declare(tx, by(who, now), who, first, last + DAY)


def undone(store: Store, who: str, saved: Saved, *, now: datetime) -> Saved:
    """`who` undoes a change of time off."""
    with store.writing() as tx:
        return holidays.undo_change(tx, by(who, now), saved.id or 0)


def took_over(store: Store, who: str, ends: datetime | None = None, *, now: datetime = NOW) -> TakenOver:
    """`who` takes over."""
    with store.writing() as tx:
        return takeover.take_over(tx, by(who, now), who, ends)


def week(store: Store, first: date) -> list[str | None]:
    """Who has the seven days of a week."""
    with store.reading() as tx:
        [found] = schedule.weeks_between(tx, roster.own(tx), first, first + DAY)
    return [day.engineer for day in found.days]
