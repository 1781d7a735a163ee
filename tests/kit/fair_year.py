"""The year 2027 of the first team, lived through its store: holidays, a cover, a take-over, a week that came on short
notice and was passed on, a day that was nobody's, Ines who joins in July, and Rene who leaves in September."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from bot.plan import apply as plan
from bot.plan.model import Plan
from models.store.engine import Store
from scheduler import holidays, tick
from scheduler.change.frame import Actor
from scheduler.covers import answer, ask
from scheduler.shifts import acknowledge, decline, takeover
from tests.kit.cast import FIRST_TEAM, ZONE
from tests.kit.plans import INES, with_engineers

END = "2028-01-03T09:00"


def at(local: str) -> datetime:
    """A moment in Berlin."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)


def by(who: str | None, local: str) -> Actor:
    """Somebody asks for something then; nobody named: an admin."""
    return Actor(who, who is None, at(local))


def away(store: Store, who: str, local: str, first: date, last: date) -> None:
    """Somebody declares time off, the last day included."""
    with store.writing() as tx:
        holidays.declare(tx, by(who, local), who, first, last + timedelta(days=1))


def got_it(store: Store, who: str, moments: Iterable[str]) -> None:
    """Somebody says *I've got it* at these moments, each of a week of theirs."""
    for local in moments:
        moment = at(local)
        week = moment.astimezone(ZONE).date()
        with store.writing() as tx:
            acknowledge.handoff(tx, Actor(who, False, moment), week - timedelta(days=week.weekday()))


def rotation(store: Store, local: str, order: tuple[str, ...], first: date) -> None:
    """A plan makes these the rotation from a week on."""
    proposed: Plan = with_engineers(*FIRST_TEAM.engineers, INES, order=order)
    with store.writing() as tx:
        plan.apply(tx, proposed, by(None, local), first)


def lived(store: Store) -> None:
    """Live through it."""
    away(store, "toms", "2027-01-04T10:00", date(2027, 2, 15), date(2027, 2, 21))
    got_it(store, "danny", ("2027-01-04T10:30", "2027-02-01T09:05"))
    with store.writing() as tx:
        asked = ask.ask_cover(tx, by("rene", "2027-03-01T09:00"), "rene", date(2027, 3, 10), date(2027, 3, 12))
        answer.accept(tx, by("maya", "2027-03-01T09:15"), asked.request.id or 0, "maya")
    got_it(store, "danny", ("2027-03-01T09:15",))
    with store.writing() as tx:
        takeover.take_over(tx, by("danny", "2027-04-07T10:00"), "danny", at("2027-04-07T18:00"))
    away(store, "maya", "2027-05-12T10:00", date(2027, 5, 17), date(2027, 5, 23))
    with store.writing() as tx:
        decline.decline(tx, by("danny", "2027-05-12T11:00"), "danny", date(2027, 5, 17))
        decline.accept_week(tx, by("rene", "2027-05-12T12:00"), "rene", date(2027, 5, 17))
    rotation(store, "2027-06-15T10:00", ("toms", "maya", "danny", "rene", "ines"), date(2027, 7, 5))
    rotation(store, "2027-08-16T10:00", ("toms", "maya", "danny", "ines"), date(2027, 9, 6))
    for who in ("toms", "maya", "danny", "ines"):
        away(store, who, "2027-10-01T10:00", date(2027, 11, 10), date(2027, 11, 10))
    tick.tick(store, at(END))
