"""People who press at the same moment: one of them has it, the others hear so, and the store and the log agree."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from threading import Barrier

import pytest

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.ask import Asker, Press
from bot.talk import presses
from models import changes, requests
from models.requests import AGREED, OPEN, WITHDRAWN, CoverRequest
from models.store.engine import Store, Tx
from scheduler import holidays
from scheduler.change.frame import Actor
from scheduler.covers import agree, answer, ask
from scheduler.people import members, owners
from scheduler.refusals import AlreadyAsked, AlreadyTaken, NoLongerOpen, NotYoursToDecline, Refused
from scheduler.shifts import decline, takeover
from scheduler.team import roster, schedule
from scheduler.team.roster import Roster
from tests.kit.cast import NOW, a_store
from tests.kit.databases import Databases
from tests.kit.stage import RUNBOOKS

pytestmark = pytest.mark.both

FIRST, UNTIL = date(2026, 12, 2), date(2026, 12, 5)  # in Maya's week
MAYAS_WEEK = date(2026, 11, 30)
LATER = NOW + timedelta(minutes=1)
ROUNDS = 4  # a race is not lost every time

Act = Callable[[Tx], object]


@pytest.fixture
def stores(database: Databases) -> Iterator[tuple[Store, Store]]:
    """The first team's store, opened twice, as by two processes on PostgreSQL; on SQLite there is one."""
    with closing(a_store(database)) as store:
        if store.is_sqlite:
            yield store, store
        else:
            with closing(Store(store.url)) as second:
                yield store, second


def by(who: str) -> Actor:
    """Somebody presses, a minute later."""
    return Actor(who, who == "robin", LATER)


def race(stores: tuple[Store, Store], *acts: Act) -> list[Refused | None]:
    """Do all of it at once, each in a transaction of its own. Returns how each was refused."""
    ready = Barrier(len(acts))

    def run(place: int) -> Refused | None:
        ready.wait()
        try:
            with stores[place % 2].writing() as tx:
                acts[place](tx)
        except Refused as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, range(len(acts))))


def a_request(store: Store) -> int:
    """Maya asks everybody to cover three of her days."""
    with store.writing() as tx:
        return ask.ask_cover(tx, Actor("maya", False, NOW), "maya", FIRST, UNTIL).request.id or 0


def accepts(who: str, request_id: int) -> Act:
    """`who` takes it."""
    return lambda tx: answer.accept(tx, by(who), request_id, who)


def takes_back(who: str, request_id: int) -> Act:
    """`who`, who took it, can't after all."""
    return lambda tx: agree.take_back(tx, by(who), request_id)


def withdraws(who: str, request_id: int) -> Act:
    """`who`, who asked, needs it no more."""
    return lambda tx: agree.withdraw(tx, by(who), request_id)


def made(store: Store, request_id: int) -> CoverRequest:
    """The request, as it is in the store."""
    with store.reading() as tx:
        found = requests.by_id(tx, 1, request_id)
    assert found is not None
    return found


def team(store: Store) -> Roster:
    """The team, as it is in the store."""
    with store.reading() as tx:
        return roster.own(tx)


def log(store: Store) -> Counter[str]:
    """How often what was done, by the log."""
    with store.reading() as tx:
        return Counter(entry.what for entry in changes.listed_all(tx, 1) if entry.by)


def days(store: Store) -> list[str | None]:
    """Who has the days of Maya's week."""
    [week] = team(store).rotation.weeks(MAYAS_WEEK, MAYAS_WEEK + timedelta(days=1))
    return [day.engineer for day in week.days]


@pytest.mark.parametrize("takers", [("rene", "danny"), ("rene", "danny", "toms")], ids=["two", "three"])
def test_of_those_who_accept_at_once_exactly_one_has_it(stores: tuple[Store, Store], takers: tuple[str, ...]) -> None:
    store = stores[0]
    for rounds in range(1, ROUNDS + 1):
        request_id = a_request(store)
        refusals = race(stores, *(accepts(who, request_id) for who in takers))
        [winner] = [who for who, refusal in zip(takers, refusals, strict=True) if refusal is None]
        lost = [refusal for refusal in refusals if refusal]
        assert {type(refusal) for refusal in lost} == {AlreadyTaken}
        assert {str(refusal) for refusal in lost} == {str(AlreadyTaken(winner.title()))}
        assert (made(store, request_id).state, made(store, request_id).taken_by) == (AGREED, winner)
        assert [(c.person_id, c.request_id) for c in team(store).covers] == [(winner, request_id)]
        assert days(store) == ["maya", "maya", winner, winner, winner, "maya", "maya"]
        assert log(store)["cover agreed"] == rounds
        with store.writing() as tx:
            agree.withdraw(tx, by("maya"), request_id)


def test_who_accepts_while_it_is_withdrawn_has_it_or_hears_so(stores: tuple[Store, Store]) -> None:
    store = stores[0]
    for _ in range(ROUNDS):
        request_id = a_request(store)
        accepted, gone = race(stores, accepts("rene", request_id), withdraws("maya", request_id))
        assert gone is None  # an agreed one is withdrawn too
        assert accepted is None or isinstance(accepted, NoLongerOpen)
        assert made(store, request_id).state == WITHDRAWN
        assert team(store).covers == ()
        assert days(store) == ["maya"] * 7


def test_who_accepts_and_is_away_at_once_is_not_on_duty(stores: tuple[Store, Store]) -> None:
    store = stores[0]
    request_id = a_request(store)
    accepted, off = race(
        stores, accepts("rene", request_id), lambda tx: holidays.declare(tx, by("rene"), "rene", FIRST, UNTIL)
    )
    assert off is None
    assert days(store) == ["maya"] * 7
    state = made(store, request_id).state
    assert state == (AGREED if accepted is None else OPEN)
    assert len(team(store).covers) == (1 if accepted is None else 0)


def test_who_takes_it_back_while_it_is_withdrawn_leaves_no_cover(stores: tuple[Store, Store]) -> None:
    store = stores[0]
    for _ in range(ROUNDS):
        request_id = a_request(store)
        with store.writing() as tx:
            answer.accept(tx, by("rene"), request_id, "rene")
        _, gone = race(stores, takes_back("rene", request_id), withdraws("maya", request_id))
        assert gone is None
        assert (made(store, request_id).state, team(store).covers) == (WITHDRAWN, ())


def test_of_two_who_take_over_at_once_the_later_is_on_duty(stores: tuple[Store, Store]) -> None:
    store = stores[0]
    refusals = race(
        stores,
        lambda tx: takeover.take_over(tx, by("danny"), "danny"),
        lambda tx: takeover.take_over(tx, by("rene"), "rene"),
    )
    assert refusals == [None, None]
    taken = team(store).take_overs
    assert {t.person_id for t in taken} == {"danny", "rene"}
    with store.reading() as tx:
        on_duty = schedule.duty_between(tx, roster.own(tx), LATER, LATER + timedelta(days=8))
    assert (on_duty[0].who, on_duty[0].starts) == (taken[-1].person_id, LATER)
    assert log(store)["taken over"] == 2


def test_the_same_press_from_two_bots_writes_once(stores: tuple[Store, Store]) -> None:
    store = stores[0]
    request_id = a_request(store)
    press = Actor("rene", False, LATER, "one press")
    refusals = race(stores, *[lambda tx: answer.accept(tx, press, request_id, "rene")] * 3)
    assert refusals == [None] * 3
    assert (len(team(store).covers), log(store)["cover agreed"]) == (1, 1)


def test_the_same_days_are_asked_for_once(stores: tuple[Store, Store]) -> None:
    refusals = race(stores, *[lambda tx: ask.ask_cover(tx, by("maya"), "maya", FIRST, UNTIL)] * 3)
    assert sorted(str(type(refusal).__name__) for refusal in refusals) == [AlreadyAsked.__name__] * 2 + ["NoneType"]
    assert log(stores[0])["cover requested"] == 1


def test_a_week_is_declined_once_however_often_it_is_pressed(stores: tuple[Store, Store]) -> None:
    store = stores[0]
    refusals = race(stores, *[lambda tx: decline.decline(tx, by("maya"), "maya", MAYAS_WEEK)] * 3)
    assert Counter(type(refusal) for refusal in refusals) == {NotYoursToDecline: 2, type(None): 1}
    assert days(store) == ["danny"] * 7
    assert len(team(store).declines) == 1


# What an admin applies is what they were shown


def sent(store: Store, form: str, value: str, **fields: str) -> str:
    """Robin sends a form or a preview. Returns what the modal shows then carries: nothing where it is done."""
    press = Press(form, value, Asker(person_id="robin"), LATER, None, None, fields)
    return str((presses.submit(press, Desk(store, Library(RUNBOOKS))).modal or {}).get("private_metadata", ""))


def meanwhile(store: Store, act: Act) -> None:
    """Let another admin have done that when the next transaction begins to write."""

    def once(tx: Tx) -> None:
        store.before_writing = lambda _: None
        act(tx)

    store.before_writing = once


def test_owners_that_changed_while_a_preview_was_sent_are_shown_first(store: Store) -> None:
    shown = sent(store, "owners.form", "daily-growth", primary="danny", secondary="toms", why="built it")
    meanwhile(store, lambda tx: owners.change(tx, by("robin"), "daily-growth", "rene", "maya", "knows it"))
    assert '"was": ["rene", "maya"]' in sent(store, "owners.apply", shown)
    with store.reading() as tx:
        team = roster.own(tx)
        assert owners.find(tx, team, "daily-growth").owners == ("rene", "maya")


def test_a_rotation_that_changed_while_a_preview_was_sent_is_shown_first(store: Store) -> None:
    shown = sent(store, "roster.remove.form", "", who="rene", starts="2026-12-14")
    order = ("danny", "toms", "rene", "maya")
    reordered = members.RosterWish(members.REORDERED, date(2026, 12, 7), order=order)
    meanwhile(store, lambda tx: members.change(tx, by("robin"), reordered))
    assert sent(store, "roster.apply", shown) not in ("", shown)
    with store.reading() as tx:
        assert members.members(roster.own(tx), date(2026, 12, 14)) == order
