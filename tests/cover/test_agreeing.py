"""Covers, swaps, take-overs and short notice, as conversations: who asks whom, who has it then, and who is told what.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.talk import posts
from bot.talk.telling import Post
from models import changes, declines, outbox, requests
from models.outbox import NEEDLESS, OWED, Message
from models.requests import AGREED, DECLINED, OPEN, WITHDRAWN, CoverRequest
from models.store.engine import Store
from scheduler import messages as typed
from scheduler import tick
from scheduler.change import answers
from scheduler.covers import agree, answer
from scheduler.covers import ask as asking
from scheduler.covers.state import Outcome
from scheduler.messages import AgreementNews, AwayDigest, ChangeNews, F, Reminder, RequestNews
from scheduler.refusals import (
    AlreadyAsked,
    AlreadyPast,
    AlreadyTaken,
    AlreadyUndone,
    AwayThen,
    DeclinedThen,
    HasBegun,
    NobodyToAsk,
    NoLongerOpen,
    NoSuchTurn,
    NotAllowed,
    NotAwayNow,
    NothingToGiveBack,
    NotInRotation,
    NotOnCallThen,
    NotUntilThen,
    NotYourself,
    NotYoursToDecline,
    OnCallAlready,
    Refused,
    TooLateToUndo,
    WeekHasBegun,
)
from scheduler.shifts import decline, takeover
from scheduler.shifts.decline import PassedOn
from scheduler.shifts.takeover import TakenOver
from scheduler.team import roster, schedule
from tests.kit.cast import NOW, ZONE
from tests.kit.changes import (
    DAY,
    MINUTE,
    asked,
    asked_to_swap,
    at,
    away,
    by,
    dec,
    nov,
    say_all,
    speaking,
    takes,
    took_over,
    undone,
    week,
)
from tests.kit.refused import refused
from tests.kit.stage import RUNBOOKS

pytestmark = pytest.mark.slow

TOMS_WEEK, MAYAS_WEEK, DANNYS_WEEK, RENES_WEEK = (date(2026, 11, 23) + n * timedelta(weeks=1) for n in range(4))
TOMS_NEXT, MAYAS_NEXT, DANNYS_NEXT, RENES_NEXT = (RENES_WEEK + n * timedelta(weeks=1) for n in range(1, 5))


@pytest.fixture
def store(store: Store) -> Store:
    """The first team's store, which speaks since Tuesday 24 November 2026, 10:00; its greeting is said."""
    return speaking(store)


def offers(store: Store, who: str, asked_for: Outcome, first: date, last: date) -> Outcome:
    """`who` offers to take some of it, the last day included."""
    with store.writing() as tx:
        return answer.offer(tx, by(who), asked_for.request.id or 0, who, first, last + DAY)


def takes_offer(store: Store, who: str, asked_for: Outcome, of: str) -> Outcome:
    """`who`, who asked, takes the part that another offers."""
    with store.writing() as tx:
        return answer.accept_offer(tx, by(who), asked_for.request.id or 0, of)


def cannot(store: Store, who: str, asked_for: Outcome) -> Outcome:
    """`who` can't."""
    with store.writing() as tx:
        return answer.cannot(tx, by(who), asked_for.request.id or 0, who)


def taken_back(store: Store, who: str, asked_for: Outcome, *, now: datetime = NOW + MINUTE) -> Outcome:
    """`who` takes their word back."""
    with store.writing() as tx:
        return agree.take_back(tx, by(who, now), asked_for.request.id or 0)


def withdrawn(store: Store, who: str, asked_for: Outcome, *, now: datetime = NOW + MINUTE) -> Outcome:
    """`who`, who asked, needs it no more."""
    with store.writing() as tx:
        return agree.withdraw(tx, by(who, now), asked_for.request.id or 0)


def covered(store: Store, who: str, taker: str, first: date, last: date, *, now: datetime = NOW) -> Outcome:
    """`taker` covers these days of `who`'s, the last included."""
    return takes(store, taker, asked(store, who, first, last, taker, now=now), now=now)


def gave_back(store: Store, who: str, taken: TakenOver, *, now: datetime) -> TakenOver:
    """`who` ends a take-over."""
    with store.writing() as tx:
        return takeover.give_back(tx, by(who, now), taken.taken.id or 0)


def declined(store: Store, who: str, week: date, *, now: datetime = NOW, key: str | None = None) -> PassedOn:
    """*I can't*."""
    with store.writing() as tx:
        return decline.decline(tx, by(who, now, key), who, week)


def duty(store: Store, starts: str, ends: str) -> list[tuple[str, str | None]]:
    """From when on who is on duty, between two moments."""
    with store.reading() as tx:
        stretches = schedule.duty_between(tx, roster.own(tx), at(starts), at(ends))
    changed = [s for n, s in enumerate(stretches) if n == 0 or stretches[n - 1].who != s.who]
    return [(f"{s.starts.astimezone(ZONE):%a %d %b %H:%M}", s.who) for s in changed]


def request_of(store: Store, outcome: Outcome) -> CoverRequest:
    """A request, as it is in the store."""
    with store.reading() as tx:
        found = requests.by_id(tx, 1, outcome.request.id or 0)
    assert found is not None
    return found


def messages(store: Store, *kinds: str) -> list[Message]:
    """What is still to be said, of these kinds."""
    with store.reading() as tx:
        return [m for m in outbox.waiting(tx) if m.state == OWED and m.kind in kinds]


def told(store: Store, kind: type[F]) -> list[tuple[str, F]]:
    """The messages of a kind that are still to be said: to whom, and what about."""
    found = [(m.audience, typed.of_kind(kind, m)) for m in messages(store, kind.kind)]
    return [(to, facts) for to, facts in found if facts]


def settled(store: Store) -> list[tuple[str, str, str | None]]:
    """Who is told at once what became of a request: to whom, what, and who did."""
    return [(to, facts.what, facts.other) for to, facts in told(store, RequestNews)]


def agreements(store: Store) -> list[tuple[str, int, int]]:
    """Who is told that an agreement holds on other days: on how many days before, and after."""
    return [(to, len(facts.before), len(facts.after)) for to, facts in told(store, AgreementNews)]


# Asking


def test_one_person_is_asked_by_direct_message(store: Store) -> None:
    made = asked(store, "maya", dec(2), dec(3), "danny").request
    assert (made.asked, made.in_channel, made.state, made.first, made.until) == (
        ("danny",),
        False,
        OPEN,
        dec(2),
        dec(4),
    )
    assert [(m.audience, m.due_at, m.urgent) for m in messages(store, "request")] == [("person:danny", NOW, False)]
    assert week(store, MAYAS_WEEK) == ["maya"] * 7


def test_the_channel_is_asked_and_the_farthest_from_their_own_weeks_come_first(store: Store) -> None:
    made = asked(store, "maya", nov(30), dec(6)).request
    assert made.asked == ("rene", "toms", "danny")
    assert [m.audience for m in messages(store, "request")] == ["channel"]


def test_whoever_had_the_week_before_comes_later_though_it_is_over(store: Store) -> None:
    assert asked(store, "maya", dec(3), dec(6), now=at("2026-12-01T10:00")).request.asked == ("rene", "toms", "danny")


def test_who_is_away_then_is_not_asked(store: Store) -> None:
    away(store, "rene", dec(6), dec(8))
    assert asked(store, "maya", nov(30), dec(6)).request.asked == ("toms", "danny")
    assert asked(store, "danny", dec(9), dec(9)).request.asked == ("toms", "rene", "maya")


def test_around_a_day_that_is_covered_are_two_requests_and_who_has_that_day_comes_last(store: Store) -> None:
    covered(store, "maya", "rene", dec(2), dec(2))
    outcome = asked(store, "maya", nov(30), dec(6))
    both = [(made.first, made.until, made.asked) for made in (outcome.request, *outcome.rest)]
    assert both == [
        (nov(30), dec(2), ("danny", "toms", "rene")),
        (dec(3), dec(7), ("toms", "danny", "rene")),
    ]


def test_the_same_request_for_two_rows_twice_answers_the_same(store: Store) -> None:
    once = asked(store, "maya", dec(1), dec(29), key="key")
    again = asked(store, "maya", dec(1), dec(29), key="key")
    assert (
        [made.id for made in (again.request, *again.rest)] == [made.id for made in (once.request, *once.rest)] == [1, 2]
    )


def test_where_nobody_is_free_on_all_days_whoever_is_on_some_is_asked(store: Store) -> None:
    away(store, "toms", dec(2), dec(2))
    away(store, "danny", dec(3), dec(3))
    away(store, "rene", nov(30), dec(6))
    assert asked(store, "maya", nov(30), dec(6)).request.asked == ("toms", "danny")


def test_where_everybody_else_is_away_there_is_nobody_to_ask(store: Store) -> None:
    for who in ("toms", "danny", "rene"):
        away(store, who, dec(2), dec(2))
    with pytest.raises(NobodyToAsk):
        asked(store, "maya", dec(2), dec(2))


def test_only_ones_own_days_to_come_are_asked_for(store: Store) -> None:
    made = asked(store, "toms", nov(20), dec(3)).request
    assert (made.first, made.until) == (nov(24), nov(30))


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (lambda store: asked(store, "maya", dec(2), dec(2), "maya"), NotYourself),
        (lambda store: asked(store, "maya", dec(2), dec(2), "robin"), NotInRotation),
        (lambda store: asked(store, "maya", dec(2), dec(4), "rene"), AwayThen),
        (lambda store: asked(store, "maya", dec(7), dec(9), "rene"), NotOnCallThen),
        (lambda store: asked(store, "toms", nov(22), nov(23), "rene"), AlreadyPast),
        (lambda store: asked(store, "maya", nov(30), dec(1)), AlreadyAsked),
        (lambda store: asked_to_swap(store, "maya", MAYAS_WEEK, "maya"), NotYourself),
        (lambda store: asked_to_swap(store, "toms", TOMS_WEEK, "maya"), WeekHasBegun),
        (lambda store: asked_to_swap(store, "danny", MAYAS_WEEK, "rene"), NoSuchTurn),
        (lambda store: asked_to_swap(store, "danny", DANNYS_WEEK, "rene", MAYAS_WEEK), NoSuchTurn),
        (lambda store: asked_to_swap(store, "danny", DANNYS_WEEK, "toms"), AwayThen),
        (lambda store: asked_to_swap(store, "rene", RENES_WEEK, "toms"), AwayThen),
    ],
)
def test_what_cannot_be_is_refused(store: Store, ask: Callable[[Store], Outcome], refusal: type[Refused]) -> None:
    away(store, "rene", dec(4), dec(4))
    away(store, "toms", dec(12), dec(12))
    away(store, "rene", dec(23), dec(23))
    asked(store, "maya", dec(1), dec(1))
    with pytest.raises(refusal):
        ask(store)


def test_only_an_admin_asks_for_somebody_else_who_is_told(store: Store) -> None:
    with pytest.raises(NotAllowed), store.writing() as tx:
        asking.ask_cover(tx, by("danny"), "maya", dec(2), dec(3))
    with store.writing() as tx:
        asking.ask_cover(tx, by("robin"), "maya", dec(2), dec(3))
    assert settled(store) == [("person:maya", "cover requested", None)]


@pytest.mark.both
def test_the_channel_is_asked_after_one_person(store: Store) -> None:
    one = asked(store, "maya", dec(2), dec(3), "danny")
    with store.writing() as tx:
        made = asking.widen(tx, by("maya"), one.request.id or 0).request
    assert (made.asked, made.in_channel) == (("danny", "rene", "toms"), True)
    assert [m.audience for m in messages(store, "request")] == ["person:danny", "channel"]


# Answering


def test_the_first_to_accept_has_it_and_the_second_hears_who_was_faster(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    outcome = takes(store, "rene", request)
    assert (outcome.request.state, outcome.request.taken_by) == (AGREED, "rene")
    with refused(AlreadyTaken, "Rene was faster"):
        takes(store, "danny", request)
    assert week(store, MAYAS_WEEK) == ["maya", "maya", "rene", "rene", "maya", "maya", "maya"]
    assert settled(store) == [("person:maya", "cover agreed", "rene")]
    assert [(m.audience, m.edits is not None) for m in messages(store, "edit")] == [("channel", True)]
    assert messages(store, "news") == []


def test_who_has_it_may_press_again(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    takes(store, "rene", request)
    again = takes(store, "rene", request, now=NOW + MINUTE)
    assert (again.id, again.request.taken_by, len(again.team.covers)) == (None, "rene", 1)


@pytest.mark.parametrize(("who", "refusal"), [("maya", NotYourself), ("robin", NotInRotation), ("rene", AwayThen)])
def test_who_cannot_stand_in_is_refused(store: Store, who: str, refusal: type[Refused]) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    away(store, "rene", dec(3), dec(3))
    with pytest.raises(refusal):
        takes(store, who, request)


def test_what_moved_away_meanwhile_cannot_be_taken(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    away(store, "maya", nov(30), nov(30))
    with pytest.raises(NotOnCallThen):
        takes(store, "rene", request)


def test_a_request_whose_days_are_over_is_not_open(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    with pytest.raises(NoLongerOpen):
        takes(store, "rene", request, now=at("2026-12-04T09:00"))


def test_of_a_request_under_way_the_rest_can_be_taken_from_that_moment(store: Store) -> None:
    takes(store, "rene", asked(store, "maya", dec(2), dec(3)), now=at("2026-12-02T15:00"))
    assert duty(store, "2026-12-01T12:00", "2026-12-05T09:00") == [
        ("Tue 01 Dec 12:00", "maya"),
        ("Wed 02 Dec 15:00", "rene"),
        ("Fri 04 Dec 09:00", "maya"),
    ]


def test_taken_back_it_is_open_again_and_the_days_are_whose_they_were(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    takes(store, "rene", request)
    say_all(store, NOW)
    taken_back(store, "rene", request)
    again = request_of(store, request)
    assert (again.state, again.taken_by, again.opened_at) == (OPEN, None, NOW + MINUTE)
    assert week(store, MAYAS_WEEK) == ["maya"] * 7
    assert settled(store) == [("person:maya", "agreement taken back", "rene")]
    takes(store, "danny", request, now=NOW + 2 * MINUTE)
    assert week(store, MAYAS_WEEK).count("danny") == 2


def test_only_who_took_it_takes_it_back(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    takes(store, "rene", request)
    for who in ("maya", "danny"):
        with pytest.raises(NotAllowed):
            taken_back(store, who, request)


def test_an_agreed_one_that_is_withdrawn_leaves_no_cover(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    takes(store, "rene", request)
    say_all(store, NOW)
    with pytest.raises(NotAllowed):
        withdrawn(store, "rene", request)
    outcome = withdrawn(store, "maya", request)
    assert outcome.team.covers == ()
    assert week(store, MAYAS_WEEK) == ["maya"] * 7
    assert request_of(store, request).state == WITHDRAWN
    assert settled(store) == [("person:rene", "request withdrawn", "rene")]
    with pytest.raises(NoLongerOpen):
        takes(store, "danny", request)
    with pytest.raises(NoLongerOpen):
        withdrawn(store, "maya", request)


@pytest.mark.parametrize(("now", "refused"), [("2026-12-02T08:59", False), ("2026-12-02T09:00", True)])
def test_what_has_begun_stands(store: Store, now: str, refused: bool) -> None:
    request = covered(store, "maya", "rene", dec(2), dec(3))
    if not refused:
        taken_back(store, "rene", request, now=at(now))
        assert week(store, MAYAS_WEEK) == ["maya"] * 7
        return
    for end, who in ((taken_back, "rene"), (withdrawn, "maya")):
        with pytest.raises(HasBegun):
            end(store, who, request, now=at(now))


def test_of_several_who_cannot_only_the_last_is_news(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(3))
    for who in ("rene", "toms"):
        cannot(store, who, request)
        assert settled(store) == []
    cannot(store, "danny", request)
    assert settled(store) == [("person:maya", "request declined", "danny")]
    assert takes(store, "rene", request).request.state == AGREED


def test_a_part_is_offered_and_taken_and_the_rest_is_asked_for(store: Store) -> None:
    request = asked(store, "maya", nov(30), dec(6))
    offers(store, "rene", request, dec(2), dec(3))
    [owed] = messages(store, "offer")
    assert (owed.audience, owed.facts["first"], owed.facts["until"]) == ("person:maya", "2026-12-02", "2026-12-04")
    outcome = takes_offer(store, "maya", request, "rene")
    assert week(store, MAYAS_WEEK) == ["maya", "maya", "rene", "rene", "maya", "maya", "maya"]
    assert [(r.first, r.until, r.asked, r.in_channel) for r in outcome.rest] == [
        (nov(30), dec(2), ("toms", "danny"), True),
        (dec(4), dec(7), ("toms", "danny"), True),
    ]
    kept = request_of(store, request)
    assert (kept.state, kept.first, kept.until) == (AGREED, dec(2), dec(4))


@pytest.mark.both
def test_where_only_who_offered_a_part_was_asked_the_others_are_asked_for_the_rest(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(4), "rene")
    offers(store, "rene", request, dec(2), dec(3))
    [rest] = takes_offer(store, "maya", request, "rene").rest
    assert (rest.first, rest.until, rest.asked, rest.in_channel) == (dec(4), dec(5), ("toms", "danny"), True)


def test_only_a_part_that_was_offered_is_taken(store: Store) -> None:
    request = asked(store, "maya", dec(2), dec(4))
    with pytest.raises(NoLongerOpen):
        takes_offer(store, "maya", request, "rene")
    with pytest.raises(NotOnCallThen):
        offers(store, "rene", request, dec(5), dec(6))


# Covers of who stands in already


def test_who_covers_is_covered_by_a_take_over_of_those_hours(store: Store) -> None:
    covered(store, "maya", "rene", dec(2), dec(3))
    request = asked(store, "rene", dec(3), dec(3), "danny")
    outcome = takes(store, "danny", request)
    assert [(t.person_id, t.request_id) for t in outcome.team.take_overs] == [("danny", request.request.id)]
    days = [("Tue 01 Dec 12:00", "maya"), ("Wed 02 Dec 09:00", "rene")]
    danny = [("Thu 03 Dec 09:00", "danny"), ("Fri 04 Dec 09:00", "maya")]
    assert duty(store, "2026-12-01T12:00", "2026-12-05T09:00") == [*days, *danny]
    withdrawn(store, "rene", request)
    assert duty(store, "2026-12-01T12:00", "2026-12-05T09:00") == [*days, ("Fri 04 Dec 09:00", "maya")]


def test_who_substitutes_is_covered_by_a_take_over_too(store: Store) -> None:
    away(store, "toms", nov(25), nov(28))
    covered(store, "maya", "rene", nov(26), nov(27))
    assert duty(store, "2026-11-24T12:00", "2026-11-30T09:00") == [
        ("Tue 24 Nov 12:00", "toms"),
        ("Wed 25 Nov 00:00", "maya"),
        ("Thu 26 Nov 09:00", "rene"),
        ("Sat 28 Nov 09:00", "maya"),
        ("Sun 29 Nov 09:00", "toms"),
    ]


def test_who_stands_in_by_a_take_over_takes_it_back(store: Store) -> None:
    away(store, "toms", nov(25), nov(28))
    request = covered(store, "maya", "rene", nov(26), nov(27))
    taken_back(store, "rene", request)
    assert week(store, TOMS_WEEK) == ["toms", "toms", *["maya"] * 4, "toms"]
    assert duty(store, "2026-11-26T12:00", "2026-11-27T12:00") == [("Thu 26 Nov 12:00", "maya")]


def test_after_midnight_what_is_left_of_the_on_call_day_is_taken_over(store: Store) -> None:
    late = at("2026-11-26T00:30")
    outcome = covered(store, "toms", "rene", nov(25), nov(26), now=late)
    assert [(c.first, c.until) for c in outcome.team.covers] == [(nov(26), nov(27))]
    assert duty(store, "2026-11-25T12:00", "2026-11-28T09:00") == [
        ("Wed 25 Nov 12:00", "toms"),
        ("Thu 26 Nov 00:30", "rene"),
        ("Fri 27 Nov 09:00", "toms"),
    ]


def test_who_is_away_on_the_new_date_does_not_take_the_hours_that_are_left(store: Store) -> None:
    away(store, "rene", nov(26), nov(26))
    request = asked(store, "toms", nov(25), nov(25))
    with pytest.raises(AwayThen):
        takes(store, "rene", request, now=at("2026-11-26T00:30"))


# Swaps


def test_a_swap_that_is_accepted_gives_each_the_others_week(store: Store) -> None:
    request = asked_to_swap(store, "maya", MAYAS_WEEK, "rene")
    assert (request.request.back_first, request.request.waits_for) == (RENES_WEEK, "rene")
    assert [m.audience for m in messages(store, "request")] == ["person:rene"]
    with pytest.raises(NotAllowed):
        takes(store, "maya", request)
    takes(store, "rene", request)
    assert (week(store, MAYAS_WEEK), week(store, RENES_WEEK)) == (["rene"] * 7, ["maya"] * 7)
    assert settled(store) == [("person:maya", "swap agreed", "rene")]


def test_a_swap_that_is_declined_is_over(store: Store) -> None:
    request = asked_to_swap(store, "maya", MAYAS_WEEK, "rene")
    assert cannot(store, "rene", request).request.state == DECLINED
    assert settled(store) == [("person:maya", "request declined", "rene")]
    with pytest.raises(NoLongerOpen):
        takes(store, "rene", request)


def test_another_week_is_offered_and_accepted_by_whoever_asked(store: Store) -> None:
    request = asked_to_swap(store, "maya", MAYAS_WEEK, "rene")
    with store.writing() as tx:
        made = answer.counter(tx, by("rene"), request.request.id or 0, RENES_NEXT).request
    assert (made.back_first, made.waits_for) == (RENES_NEXT, "maya")
    assert [m.audience for m in messages(store, "request")] == ["person:rene", "person:maya"]
    with pytest.raises(NotAllowed):
        takes(store, "rene", request)
    takes(store, "maya", request)
    assert (week(store, MAYAS_WEEK), week(store, RENES_NEXT)) == (["rene"] * 7, ["maya"] * 7)
    assert week(store, RENES_WEEK) == ["rene"] * 7


@pytest.mark.parametrize("who", ["maya", "rene"])
def test_either_side_takes_a_swap_back_and_the_other_is_told(store: Store, who: str) -> None:
    request = asked_to_swap(store, "maya", MAYAS_WEEK, "rene")
    takes(store, "rene", request)
    say_all(store, NOW)
    outcome = taken_back(store, who, request)
    assert (outcome.request.state, outcome.request.waits_for, outcome.team.covers) == (OPEN, "rene", ())
    assert (week(store, MAYAS_WEEK), week(store, RENES_WEEK)) == (["maya"] * 7, ["rene"] * 7)
    other = {"maya": "rene", "rene": "maya"}[who]
    assert settled(store) == [(f"person:{other}", "agreement taken back", "rene")]


def test_a_swap_that_has_begun_is_neither_taken_nor_taken_back(store: Store) -> None:
    agreed = asked_to_swap(store, "maya", MAYAS_WEEK, "rene")
    takes(store, "rene", agreed)
    waiting = asked_to_swap(store, "danny", DANNYS_WEEK, "toms")
    with pytest.raises(HasBegun):
        taken_back(store, "maya", agreed, now=at("2026-11-30T09:00"))
    with pytest.raises(NoLongerOpen):
        takes(store, "toms", waiting, now=at("2026-12-07T09:00"))


def test_a_swap_that_lapsed_is_in_no_covers_way(store: Store) -> None:
    asked_to_swap(store, "maya", MAYAS_WEEK, "rene")
    assert asked(store, "maya", dec(3), dec(4), now=at("2026-12-01T12:00")).request.state == OPEN


def test_the_next_week_in_return_is_one_that_is_theirs_still(store: Store) -> None:
    covered(store, "rene", "danny", RENES_WEEK, dec(20))
    assert asked_to_swap(store, "maya", MAYAS_WEEK, "rene").request.back_first == RENES_NEXT


def test_both_halves_fall_with_one_and_stand_again_when_the_holiday_is_undone(store: Store) -> None:
    takes(store, "rene", asked_to_swap(store, "maya", MAYAS_WEEK, "rene"))
    say_all(store, NOW)
    off = away(store, "rene", nov(30), dec(6))
    assert (week(store, MAYAS_WEEK), week(store, RENES_WEEK)) == (["maya"] * 7, ["rene"] * 7)
    assert agreements(store) == [("person:maya", 14, 0), ("person:rene", 14, 0)]
    later = NOW + 5 * MINUTE
    say_all(store, later)
    undone(store, "rene", off, now=later)
    assert (week(store, MAYAS_WEEK), week(store, RENES_WEEK)) == (["rene"] * 7, ["maya"] * 7)
    assert agreements(store) == [("person:maya", 0, 14), ("person:rene", 0, 14)]


def test_an_undo_within_the_minute_leaves_nobody_to_read_of_a_broken_agreement(store: Store) -> None:
    takes(store, "rene", asked_to_swap(store, "maya", MAYAS_WEEK, "rene"))
    say_all(store, NOW)
    off = away(store, "rene", nov(30), dec(6))
    undone(store, "rene", off, now=NOW + MINUTE / 2)
    assert agreements(store) == []
    assert messages(store, "news", "gap", "away") == []


def test_a_swap_of_which_some_days_are_left_stands_on_those(store: Store) -> None:
    takes(store, "rene", asked_to_swap(store, "maya", MAYAS_WEEK, "rene"))
    say_all(store, NOW)
    away(store, "rene", dec(2), dec(3))
    assert week(store, MAYAS_WEEK) == ["rene", "rene", "maya", "maya", "rene", "rene", "rene"]
    assert week(store, RENES_WEEK) == ["maya"] * 7
    assert agreements(store) == [("person:maya", 14, 12), ("person:rene", 14, 12)]


@pytest.mark.parametrize("ticks", [True, False], ids=["with ticks", "without"])
def test_a_swap_that_fell_does_not_stand_again_because_time_passes(store: Store, ticks: bool) -> None:
    takes(store, "rene", asked_to_swap(store, "maya", MAYAS_WEEK, "rene"))
    away(store, "rene", nov(30), dec(6))
    for moment in ("2026-11-30T09:01", "2026-12-07T09:01", "2026-12-14T09:01"):
        if ticks:
            tick.tick(store, at(moment))
    assert week(store, RENES_WEEK) == ["rene"] * 7


def test_a_cover_broken_by_a_holiday_tells_both(store: Store) -> None:
    covered(store, "maya", "rene", dec(2), dec(4))
    say_all(store, NOW)
    away(store, "rene", dec(4), dec(8))
    assert agreements(store) == [("person:maya", 3, 2), ("person:rene", 3, 2)]
    assert week(store, MAYAS_WEEK) == ["maya", "maya", "rene", "rene", "maya", "maya", "maya"]


# Take-overs


def test_a_take_over_ends_at_its_time(store: Store) -> None:
    took_over(store, "danny", at("2026-11-24T18:00"))
    assert duty(store, "2026-11-24T09:00", "2026-11-25T09:00") == [
        ("Tue 24 Nov 09:00", "toms"),
        ("Tue 24 Nov 10:00", "danny"),
        ("Tue 24 Nov 18:00", "toms"),
    ]
    assert week(store, TOMS_WEEK) == ["toms"] * 7
    assert [(m.audience, m.facts["what"], m.urgent) for m in messages(store, "take-over")] == [
        ("person:toms", "taken over", True)
    ]


def test_without_one_it_lasts_until_the_engineer_would_have_been_relieved(store: Store) -> None:
    away(store, "toms", nov(27), nov(27))
    assert took_over(store, "danny").taken.ends == at("2026-11-27T00:00")
    assert took_over(store, "rene", now=at("2026-11-28T12:00")).taken.ends == at("2026-11-30T09:00")


@pytest.mark.parametrize("who", ["danny", "toms", "robin"])
def test_either_gives_a_take_over_back_or_an_admin(store: Store, who: str) -> None:
    taken = took_over(store, "danny", at("2026-11-24T18:00"))
    say_all(store, NOW)
    with pytest.raises(NotAllowed):
        gave_back(store, "rene", taken, now=at("2026-11-24T12:00"))
    back = gave_back(store, who, taken, now=at("2026-11-24T12:00"))
    assert back.instead_of == "toms"
    assert duty(store, "2026-11-24T11:00", "2026-11-25T09:00") == [
        ("Tue 24 Nov 11:00", "danny"),
        ("Tue 24 Nov 12:00", "toms"),
    ]
    told = {"person:danny", "person:toms"} - {f"person:{who}"}
    assert {m.audience for m in messages(store, "take-over")} == told
    with pytest.raises(NothingToGiveBack):
        gave_back(store, who, taken, now=at("2026-11-24T12:01"))


def test_of_two_take_overs_the_latest_counts_and_then_the_other(store: Store) -> None:
    took_over(store, "danny", at("2026-11-24T18:00"))
    took_over(store, "rene", at("2026-11-24T14:00"), now=at("2026-11-24T12:00"))
    assert duty(store, "2026-11-24T09:00", "2026-11-25T09:00") == [
        ("Tue 24 Nov 09:00", "toms"),
        ("Tue 24 Nov 10:00", "danny"),
        ("Tue 24 Nov 12:00", "rene"),
        ("Tue 24 Nov 14:00", "danny"),
        ("Tue 24 Nov 18:00", "toms"),
    ]


def test_who_cannot_take_over_is_refused(store: Store) -> None:
    away(store, "rene", nov(24), nov(25))
    cases: list[tuple[str, datetime | None, type[Refused]]] = [
        ("rene", None, NotAwayNow),
        ("robin", None, NotInRotation),
        ("toms", None, OnCallAlready),
        ("danny", NOW, NotUntilThen),
        ("danny", NOW + timedelta(days=7, minutes=1), NotUntilThen),
    ]
    for who, ends, refusal in cases:
        with pytest.raises(refusal):
            took_over(store, who, ends)


def test_a_take_over_ends_for_good_where_time_off_begins(store: Store) -> None:
    took_over(store, "danny", at("2026-12-01T09:00"))
    away(store, "danny", nov(28), nov(28), now=NOW + MINUTE)
    expected = [("Fri 27 Nov 12:00", "danny"), ("Sat 28 Nov 00:00", "toms"), ("Mon 30 Nov 09:00", "maya")]
    assert duty(store, "2026-11-27T12:00", "2026-12-02T09:00") == expected
    tick.tick(store, at("2026-11-30T09:00"))
    assert duty(store, "2026-11-27T12:00", "2026-12-02T09:00") == expected


def test_who_took_over_late_is_not_on_duty_after_giving_it_back(store: Store) -> None:
    taken = took_over(store, "danny", at("2026-11-25T06:00"), now=at("2026-11-24T22:00"))
    gave_back(store, "toms", taken, now=at("2026-11-25T01:00"))
    assert week(store, TOMS_WEEK) == ["toms"] * 7
    assert duty(store, "2026-11-24T21:00", "2026-11-26T09:00") == [
        ("Tue 24 Nov 21:00", "toms"),
        ("Tue 24 Nov 22:00", "danny"),
        ("Wed 25 Nov 01:00", "toms"),
    ]


def test_a_substitute_who_was_taken_over_from_for_a_day_stays_the_substitute(store: Store) -> None:
    away(store, "toms", nov(25), nov(29))
    away(store, "maya", nov(25), nov(25))
    took_over(store, "rene", at("2026-11-26T00:00"), now=at("2026-11-24T23:00"))
    expected = ["toms", "toms", *["danny"] * 5]
    assert week(store, TOMS_WEEK) == expected
    tick.tick(store, at("2026-11-26T10:00"))
    away(store, "rene", dec(24), dec(24), now=at("2026-11-26T10:00"))
    assert week(store, TOMS_WEEK) == expected
    tick.tick(store, at("2026-12-08T10:00"))
    assert week(store, TOMS_WEEK)[2:] == ["toms", *["danny"] * 4]  # what nobody served is its holder's in hindsight


def test_what_was_agreed_on_and_has_not_begun_is_taken_back_not_given_back(store: Store) -> None:
    away(store, "toms", nov(25), nov(28))
    outcome = covered(store, "maya", "rene", nov(26), nov(27))
    [agreed] = outcome.team.take_overs
    with pytest.raises(NothingToGiveBack), store.writing() as tx:
        takeover.give_back(tx, by("toms", NOW + MINUTE), agreed.id or 0)
    with store.writing() as tx:
        takeover.give_back(tx, by("maya", at("2026-11-26T12:00")), agreed.id or 0)
    assert duty(store, "2026-11-26T10:00", "2026-11-28T09:00") == [
        ("Thu 26 Nov 10:00", "rene"),
        ("Thu 26 Nov 12:00", "maya"),
    ]


# Short notice


def asks(store: Store) -> list[tuple[str, str]]:
    """Who is asked whether they can take a week on short notice, and which."""
    return [(to, facts.week.isoformat()) for to, facts in told(store, ChangeNews) if facts.week]


def test_who_takes_over_a_week_on_short_notice_is_asked(store: Store) -> None:
    away(store, "maya", dec(2), dec(3))
    assert week(store, MAYAS_WEEK) == ["danny"] * 7
    assert asks(store) == [("person:danny", "2026-11-30")]
    assert [m.urgent for m in messages(store, "news")] == [True]


def test_in_good_time_nobody_is_asked(store: Store) -> None:
    away(store, "rene", dec(14), dec(16))
    assert [m.audience for m in messages(store, "news")] == ["person:toms"]
    assert asks(store) == []


def test_who_takes_over_the_rest_of_a_week_is_asked(store: Store) -> None:
    away(store, "toms", nov(25), nov(29))
    assert asks(store) == [("person:maya", "2026-11-23")]


def test_a_substitute_of_next_week_is_asked_and_its_holder_to_whom_a_day_returns_is_not(store: Store) -> None:
    for who, day in (("danny", 1), ("rene", 2), ("toms", 4)):
        away(store, who, dec(day), dec(day))
    covered(store, "maya", "danny", dec(3), dec(3))
    say_all(store, NOW + MINUTE)
    away(store, "danny", dec(3), dec(3))
    assert asks(store) == []
    away(store, "maya", dec(5), dec(5))
    assert week(store, MAYAS_WEEK) == [*["maya"] * 5, "danny", "maya"]
    assert asks(store) == [("person:danny", "2026-11-30")]


def test_a_week_is_passed_on_along_the_rule_until_nobody_is_left(store: Store) -> None:
    away(store, "maya", nov(30), dec(6))
    declined(store, "danny", MAYAS_WEEK)
    assert week(store, MAYAS_WEEK) == ["rene"] * 7
    declined(store, "rene", MAYAS_WEEK)
    assert week(store, MAYAS_WEEK) == ["toms"] * 7
    declined(store, "toms", MAYAS_WEEK)
    assert week(store, MAYAS_WEEK) == [None] * 7
    assert asks(store) == [("person:danny", "2026-11-30"), ("person:rene", "2026-11-30"), ("person:toms", "2026-11-30")]
    to, digest = told(store, AwayDigest)[-1]  # of Maya's time off, which nobody has read yet
    assert (to, [(gap.first, gap.until) for gap in digest.gaps]) == (
        "channel",
        [(MAYAS_WEEK, MAYAS_WEEK + timedelta(weeks=1))],
    )


def test_a_week_that_is_not_theirs_is_not_declined(store: Store) -> None:
    with pytest.raises(NotYoursToDecline):
        declined(store, "danny", MAYAS_WEEK)
    declined(store, "maya", MAYAS_WEEK)
    with pytest.raises(NotYoursToDecline):
        declined(store, "maya", MAYAS_WEEK)


def test_a_substitute_passes_the_rest_of_the_week_on_from_that_moment(store: Store) -> None:
    away(store, "toms", nov(25), nov(29))
    declined(store, "maya", TOMS_WEEK, now=at("2026-11-26T15:00"))
    assert duty(store, "2026-11-24T12:00", "2026-11-30T08:00") == [
        ("Tue 24 Nov 12:00", "toms"),
        ("Wed 25 Nov 00:00", "maya"),
        ("Thu 26 Nov 15:00", "danny"),
    ]
    assert asks(store)[-1] == ("person:danny", "2026-11-23")


def test_before_the_handoff_time_it_is_passed_on_at_once_too(store: Store) -> None:
    away(store, "toms", nov(25), nov(29))
    declined(store, "maya", TOMS_WEEK, now=at("2026-11-26T07:00"))
    assert duty(store, "2026-11-25T12:00", "2026-11-30T08:00") == [
        ("Wed 25 Nov 12:00", "maya"),
        ("Thu 26 Nov 07:00", "danny"),
    ]


def test_the_hours_after_the_last_midnight_are_passed_on_no_more(store: Store) -> None:
    with pytest.raises(NotYoursToDecline):
        declined(store, "toms", TOMS_WEEK, now=at("2026-11-30T07:00"))


@pytest.mark.both
def test_a_week_that_was_declined_is_taken_after_all(store: Store) -> None:
    passed = declined(store, "maya", MAYAS_WEEK)
    assert week(store, MAYAS_WEEK) == ["danny"] * 7

    def back(now: datetime, key: str) -> PassedOn:
        with store.writing() as tx:
            return decline.take_after_all(tx, by("maya", now, key), passed.declined.id or 0)

    first = back(NOW + MINUTE, "press 2")
    assert week(store, MAYAS_WEEK) == ["maya"] * 7
    again = back(NOW + MINUTE, "press 2")
    assert (again.id, again.declined, again.moved) == (first.id, passed.declined, first.moved)
    with pytest.raises(AlreadyUndone):
        back(NOW + MINUTE, "press 3")


@pytest.mark.both
def test_who_can_after_all_takes_over_what_is_left_or_fills_it(store: Store) -> None:
    away(store, "toms", nov(25), nov(29))
    passed = declined(store, "maya", TOMS_WEEK, now=at("2026-11-25T15:00"))
    for who in ("danny", "rene"):
        declined(store, who, TOMS_WEEK, now=at("2026-11-25T15:00"))
    with pytest.raises(DeclinedThen):
        took_over(store, "maya", now=at("2026-11-27T12:00"))
    with store.writing() as tx:
        decline.take_after_all(tx, by("maya", at("2026-11-27T12:00")), passed.declined.id or 0)
    assert duty(store, "2026-11-24T12:00", "2026-11-30T08:00") == [
        ("Tue 24 Nov 12:00", "toms"),
        ("Wed 25 Nov 00:00", "maya"),
        ("Wed 25 Nov 15:00", None),
        ("Fri 27 Nov 12:00", "maya"),
    ]
    with store.reading() as tx:
        first, *_ = declines.everything(tx, 1)
        assert (first.person_id, first.first, first.until) == ("maya", nov(25), nov(27))


def test_once_its_last_day_has_passed_it_stays_declined(store: Store) -> None:
    passed = declined(store, "maya", MAYAS_WEEK)
    with pytest.raises(TooLateToUndo), store.writing() as tx:
        decline.take_after_all(tx, by("maya", at("2026-12-07T00:00")), passed.declined.id or 0)


def test_got_it_is_noted_once(store: Store) -> None:
    away(store, "maya", dec(2), dec(3))
    for _ in range(2):
        with store.writing() as tx:
            decline.accept_week(tx, by("danny"), "danny", MAYAS_WEEK)
    with store.reading() as tx:
        assert len(changes.about(tx, 1, "short notice accepted", "danny")) == 1
        assert answers.has_taken(tx, roster.own(tx), "danny", MAYAS_WEEK)
    with pytest.raises(NotYoursToDecline), store.writing() as tx:
        decline.accept_week(tx, by("maya"), "maya", MAYAS_WEEK)


# The same again


def test_the_same_request_twice_writes_once_and_answers_the_same(store: Store) -> None:
    first = asked(store, "maya", dec(2), dec(3), key="press 1")
    assert asked(store, "maya", dec(2), dec(3), key="press 1").id == first.id
    agreed = takes(store, "rene", first, key="press 2")
    assert takes(store, "rene", first, key="press 2").id == agreed.id
    passed = declined(store, "danny", DANNYS_WEEK, key="press 3")
    assert declined(store, "danny", DANNYS_WEEK, key="press 3").id == passed.id
    with store.reading() as tx:
        log = [(entry.what, entry.key) for entry in changes.listed_all(tx, 1) if entry.by]
        team = roster.own(tx)
    assert log == [("cover requested", "press 1"), ("cover agreed", "press 2"), ("week declined", "press 3")]
    assert (len(team.covers), len(team.declines)) == (1, 1)


# What becomes of a request that nobody answers


def ticks(store: Store, since: str, until: str) -> list[tuple[str, str, str]]:
    """What ticks, once an hour, owe of requests: when, its kind, and to whom."""
    owed, now = [], at(since)
    while now < at(until):
        local = f"{now.astimezone(ZONE):%a %d %b %H:%M}"
        owed += [(local, m.kind, m.audience) for m in tick.tick(store, now) if m.kind.startswith(("request", "edit"))]
        now += timedelta(hours=1)
    return owed


@pytest.mark.both
def test_nobody_answers_the_one_who_was_asked(store: Store) -> None:
    asked(store, "rene", dec(15), dec(16), "toms")
    assert ticks(store, "2026-11-24T10:00", "2026-12-18T00:00") == [
        ("Tue 08 Dec 09:00", "request-reminder", "person:toms"),
        ("Fri 11 Dec 09:00", "request", "channel"),
        ("Sun 13 Dec 09:00", "request-open", "person:rene"),
        ("Sun 13 Dec 09:00", "request-unanswered", "person:robin"),
        ("Thu 17 Dec 09:00", "edit", "person:toms"),
        ("Thu 17 Dec 09:00", "edit", "person:toms"),
        ("Thu 17 Dec 09:00", "edit", "channel"),
        ("Thu 17 Dec 09:00", "edit", "person:rene"),
        ("Thu 17 Dec 09:00", "edit", "person:robin"),
    ]


def test_who_answered_that_they_cannot_is_not_asked_again(store: Store) -> None:
    cannot(store, "toms", asked(store, "rene", dec(15), dec(16), "toms"))
    assert ticks(store, "2026-11-24T10:00", "2026-12-12T00:00") == [("Fri 11 Dec 09:00", "request", "channel")]


def test_nobody_answers_in_the_channel(store: Store) -> None:
    asked(store, "rene", dec(15), dec(16))
    assert ticks(store, "2026-11-24T10:00", "2026-12-15T00:00") == [
        ("Fri 11 Dec 09:00", "request-reminder", "channel"),
        ("Sun 13 Dec 09:00", "request-open", "person:rene"),
        ("Sun 13 Dec 09:00", "request-unanswered", "person:robin"),
    ]


def test_nobody_answers_to_a_swap(store: Store) -> None:
    asked_to_swap(store, "rene", RENES_WEEK, "toms")
    assert ticks(store, "2026-11-24T10:00", "2026-12-15T00:00") == [
        ("Mon 07 Dec 09:00", "request-reminder", "person:toms"),
        ("Sat 12 Dec 09:00", "request-open", "person:rene"),
        ("Sat 12 Dec 09:00", "request-unanswered", "person:robin"),
        ("Mon 14 Dec 09:00", "edit", "person:toms"),
        ("Mon 14 Dec 09:00", "edit", "person:toms"),
        ("Mon 14 Dec 09:00", "edit", "person:rene"),
        ("Mon 14 Dec 09:00", "edit", "person:robin"),
    ]


def test_on_short_notice_all_of_it_happens_within_two_hours(store: Store) -> None:
    asked(store, "toms", nov(25), nov(26), "danny")
    assert ticks(store, "2026-11-24T10:00", "2026-11-26T00:00") == [
        ("Tue 24 Nov 11:00", "request", "channel"),
        ("Tue 24 Nov 12:00", "request-open", "person:toms"),
        ("Tue 24 Nov 12:00", "request-unanswered", "person:robin"),
    ]


@pytest.mark.parametrize("settle", [takes, cannot, withdrawn])
def test_of_what_is_settled_nothing_more_is_said(store: Store, settle: Callable[..., Outcome]) -> None:
    request = asked_to_swap(store, "rene", RENES_WEEK, "toms")
    settle(store, "rene" if settle is withdrawn else "toms", request)
    assert ticks(store, "2026-11-24T10:00", "2026-12-18T00:00") == []


def test_one_that_is_open_again_is_spoken_of_again(store: Store) -> None:
    request = asked(store, "rene", dec(15), dec(16), "toms")
    assert len(ticks(store, "2026-11-24T10:00", "2026-12-13T10:00")) == 4
    takes(store, "maya", request, now=at("2026-12-13T10:10"))
    taken_back(store, "maya", request, now=at("2026-12-13T10:20"))
    assert ticks(store, "2026-12-13T10:00", "2026-12-15T00:00") == [
        ("Sun 13 Dec 12:00", "request-reminder", "channel"),
        ("Sun 13 Dec 13:00", "request-open", "person:rene"),
        ("Sun 13 Dec 13:00", "request-unanswered", "person:robin"),
    ]


# Reminders


def reminders(store: Store, now: str) -> list[str]:
    """The reminders that a tick owes: of which week, and to whom."""
    return [owed.about for owed in tick.tick(store, at(now)) if owed.kind == Reminder.kind]


def reminder_words(store: Store, about: str, now: str) -> str | None:
    """What a reminder says at a moment; None where it is of no use any more."""
    with store.reading() as tx:
        message = outbox.find(tx, 1, Reminder.kind, about)
        assert message is not None
        post = posts.render(tx, Desk(store, Library(RUNBOOKS)), roster.own(tx), message, at(now))
    return post.reply.text if isinstance(post, Post) else None


def test_who_covers_a_whole_week_is_reminded_and_its_holder_is_not(store: Store) -> None:
    covered(store, "rene", "toms", RENES_WEEK, dec(20))
    assert reminders(store, "2026-11-30T09:00") == ["2026-12-14/toms"]
    words = reminder_words(store, "2026-12-14/toms", "2026-11-30T09:00")
    assert words is not None
    assert "You are on call Mon 14 – Sun 20 Dec 2026, from Mon 14 Dec 2026, 09:00." in words
    assert "You cover for Rene, whose week it is." in words
    assert "somebody else's" not in words


def test_whoever_has_some_days_is_reminded_of_those(store: Store) -> None:
    covered(store, "rene", "toms", dec(16), dec(17))
    assert reminders(store, "2026-11-30T09:00") == ["2026-12-14/rene", "2026-12-14/toms"]
    rene, toms = (reminder_words(store, f"2026-12-14/{who}", "2026-12-01T09:00") for who in ("rene", "toms"))
    assert rene is not None
    assert toms is not None
    assert "Mon 14 – Tue 15 Dec 2026, Fri 18 – Sun 20 Dec 2026, from Mon 14 Dec 2026, 09:00." in rene
    assert "Wed 16 – Thu 17 Dec 2026, from Wed 16 Dec 2026, 09:00." in toms
    assert "please declare it by Wed 2 Dec 2026" in toms
    assert "somebody else's" in toms


def test_a_reminder_is_of_no_use_to_who_has_no_day_left(store: Store) -> None:
    assert reminders(store, "2026-11-30T09:00") == ["2026-12-14/rene"]
    covered(store, "rene", "toms", RENES_WEEK, dec(20), now=at("2026-11-30T09:01"))
    assert reminder_words(store, "2026-12-14/rene", "2026-11-30T09:02") is None


def test_who_has_just_agreed_to_cover_needs_no_reminder_of_it(store: Store) -> None:
    tick.tick(store, at("2026-11-30T09:00"))
    covered(store, "rene", "toms", dec(16), dec(17), now=at("2026-11-30T10:00"))
    assert reminders(store, "2026-11-30T10:01") == []
    with store.reading() as tx:
        found = outbox.find(tx, 1, Reminder.kind, "2026-12-14/toms")
    assert found is not None
    assert found.state == NEEDLESS


def test_a_substitute_is_told_the_day_before_and_not_reminded(store: Store) -> None:
    for who, day in (("toms", 14), ("maya", 15), ("danny", 16), ("rene", 17)):
        away(store, who, dec(day), dec(day))
    assert week(store, RENES_WEEK)[3] == "toms"
    assert reminders(store, "2026-11-30T09:00") == ["2026-12-14/rene"]
