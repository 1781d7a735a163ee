"""Changes of the rotation's people in the store: versions, what is settled, who is owed what, and the undo.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00. Robin, an admin, does it.
"""

from contextlib import closing
from datetime import date, timedelta
from random import Random

import pytest

from bot.speech.refusals import sentence
from models import changes, outbox, requests
from models.covers import Cover
from models.holidays import Holiday
from models.requests import CoverRequest
from models.schema.plain import of_plain, plain
from models.store.engine import Store
from models.teams import VersionFacts
from scheduler import holidays, tick
from scheduler.change.frame import Actor
from scheduler.covers import answer, ask
from scheduler.people import leaving, members, undo
from scheduler.people.members import ADDED, PAUSED, REMOVED, REORDERED, RosterWish, Staffed
from scheduler.refusals import AlreadyUndone, NotAllowed, Refused, TooLateToUndo
from scheduler.rule.moves import Effect
from scheduler.shifts import takeover
from scheduler.team import roster
from tests.kit.cast import NOW, WEEK_1, a_store
from tests.kit.contents import rows
from tests.kit.databases import Databases
from tests.kit.refused import refused

MINUTE = timedelta(minutes=1)
TUESDAY = NOW.date()
FOUR = ("toms", "maya", "danny", "rene")


@pytest.fixture
def store(store: Store) -> Store:
    """The first team's store, which speaks since Tuesday 24 November 2026, 10:00."""
    tick.begin_to_speak(store, NOW)
    return store


def week(number: int) -> date:
    """The first day of the week that is so many after Toms's."""
    return WEEK_1 + timedelta(weeks=number)


def done(store: Store, wish: RosterWish, key: str | None = None) -> Staffed:
    with store.writing() as tx:
        return members.change(tx, Actor("robin", True, NOW, key), wish)


def gone(store: Store, who: str, number: int) -> Staffed:
    """`who` leaves from the week that is so many after Toms's."""
    return done(store, RosterWish(REMOVED, week(number), who))


def undone(store: Store, change_id: int, by: str = "robin") -> None:
    with store.writing() as tx:
        undo.undo_change(tx, Actor(by, by == "robin", NOW), change_id)


def covered(store: Store, asks: str, taker: str, first: date, until: date) -> CoverRequest:
    """`taker` agrees to cover days of `asks`."""
    with store.writing() as tx:
        made = ask.ask_cover(tx, Actor(asks, False, NOW), asks, first, until, taker).request
    with store.writing() as tx:
        return answer.accept(tx, Actor(taker, False, NOW), made.id or 0, taker).request


def swapped(store: Store, asks: str, other: str, day: date, back: date) -> CoverRequest:
    with store.writing() as tx:
        made = ask.ask_swap(tx, Actor(asks, False, NOW), asks, day, other, back).request
    with store.writing() as tx:
        return answer.accept(tx, Actor(other, False, NOW), made.id or 0, other).request


def away(store: Store, who: str, first: date, until: date) -> None:
    with store.writing() as tx:
        holidays.declare(tx, Actor(who, False, NOW), who, first, until)


def covers(store: Store) -> tuple[Cover, ...]:
    with store.reading() as tx:
        return roster.own(tx).covers


def everyones(store: Store) -> tuple[Holiday, ...]:
    with store.reading() as tx:
        return roster.own(tx).holidays


def states(store: Store) -> list[str]:
    with store.reading() as tx:
        return [made.state for made in requests.ending_after(tx, 1, WEEK_1)]


def versions(store: Store) -> tuple[VersionFacts, ...]:
    with store.reading() as tx:
        return roster.own(tx).versions


def holders(store: Store, weeks: int) -> list[str | None]:
    with store.reading() as tx:
        return [each.holder for each in roster.own(tx).rotation.weeks(WEEK_1, week(weeks))]


def engineers(store: Store, until: date) -> dict[date, str | None]:
    """Who serves each day of the weeks that begin before `until`."""
    with store.reading() as tx:
        weeks = roster.own(tx).rotation.weeks(WEEK_1, until)
    return {day.date: day.engineer for each in weeks for day in each.days}


def moved_days(moved: Effect) -> dict[date, tuple[str | None, str | None]]:
    """Whose each day was that moves, and whose it is."""
    whole = {m.week + timedelta(days=n): (m.before, m.after) for m in moved.weeks for n in range(7)}
    return whole | {m.day: (m.before, m.after) for m in moved.days}


def told(store: Store, change_id: int) -> list[tuple[str, str]]:
    with store.reading() as tx:
        return sorted((m.kind, m.audience.removeprefix("person:")) for m in outbox.of_change(tx, change_id))


def refusal(store: Store, wish: RosterWish, *, by: str = "robin") -> str:
    with store.reading() as tx, pytest.raises(Refused) as caught:
        members.decide(tx, roster.own(tx), Actor(by, by == "robin", NOW), wish)
    return sentence(caught.value).removesuffix(" Nothing was changed.")


# Versions


def test_a_preview_writes_nothing(store: Store) -> None:
    before = rows(store.url)
    with store.reading() as tx:
        decided = members.decide(tx, roster.own(tx), Actor("robin", True, NOW), RosterWish(REMOVED, week(2), "rene"))
    assert [(m.week, m.before, m.after) for m in decided.moved.weeks][:2] == [
        (week(3), "rene", "toms"),
        (week(4), "toms", "maya"),
    ]
    assert rows(store.url) == before


def test_weeks_before_the_handoff_stay(store: Store) -> None:
    gone(store, "rene", 6)
    assert holders(store, 9) == ["toms", "maya", "danny", "rene", "toms", "maya", "danny", "toms", "maya"]


def test_a_pause_is_two_versions(store: Store) -> None:
    done(store, RosterWish(PAUSED, week(2), "danny", week(8)))
    assert versions(store) == (
        VersionFacts(WEEK_1, FOUR, FOUR),
        VersionFacts(week(2), ("rene", "toms", "maya"), ("toms", "maya", "rene")),
        VersionFacts(week(8), ("rene", "toms", "maya", "danny"), FOUR),
    )
    assert holders(store, 13)[2:] == [*("rene", "toms", "maya") * 2, "rene", "toms", "maya", "danny", "rene"]


def test_who_leaves_while_they_pause_does_not_come_back(store: Store) -> None:
    done(store, RosterWish(PAUSED, week(2), "danny", week(8)))
    gone(store, "danny", 4)
    assert [version.starts for version in versions(store)] == [WEEK_1, week(2)]


def test_what_was_arranged_for_later_stays_where_somebody_comes_before(store: Store) -> None:
    gone(store, "rene", 8)
    done(store, RosterWish(ADDED, week(1), name="Ines", email="ines@example.com"))
    assert [(v.starts, v.asked) for v in versions(store)[1:]] == [
        (week(1), (*FOUR, "ines")),
        (week(8), ("toms", "maya", "danny", "ines")),
    ]


def test_a_new_order_keeps_a_pause_in_its_middle(store: Store) -> None:
    done(store, RosterWish(PAUSED, week(2), "danny", week(8)))
    done(store, RosterWish(REORDERED, week(3), order=("danny", "rene", "maya", "toms")))
    assert [(v.starts, v.order) for v in versions(store)[1:]] == [
        (week(2), ("rene", "toms", "maya")),
        (week(3), ("toms", "rene", "maya")),
        (week(8), ("maya", "toms", "rene", "danny")),
    ]


def test_ids_are_made_of_names_and_are_never_used_twice(store: Store) -> None:
    for name, email in (("Zoë  K.", "z@example.com"), ("Zoe K", "zk@example.com"), ("李", "li@example.com")):
        done(store, RosterWish(ADDED, week(1), name=name, email=email))
    with store.reading() as tx:
        assert list(roster.own(tx).people)[-3:] == ["zoe-k", "zoe-k-2", "engineer"]


def test_what_cannot_be_is_refused(store: Store) -> None:
    assert refusal(store, RosterWish(REMOVED, week(1), "rene"), by="toms") == "Only an admin can do that."
    for starts in (WEEK_1, week(1) + timedelta(days=1)):
        assert refusal(store, RosterWish(REMOVED, starts, "rene")).startswith(
            "A rotation can only change from a handoff"
        )
    assert refusal(store, RosterWish(ADDED, week(1), "rene")) == "Rene is in the rotation then already."
    assert refusal(store, RosterWish(REMOVED, week(1), "robin")).startswith("Robin is not in the on-call rotation")
    assert refusal(store, RosterWish(PAUSED, week(1), "rene", week(5))).startswith("A pause is longer than a round")
    assert refusal(store, RosterWish(REORDERED, week(1), order=("toms", "maya"))).startswith(
        "A new order names everybody"
    )
    assert (
        refusal(store, RosterWish(REORDERED, week(1), order=("maya", "danny", "rene", "toms"))) == "It is so already."
    )
    assert refusal(store, RosterWish(ADDED, week(1), name="MAYA", email="m@example.com")).startswith(
        "Maya is in the plan"
    )


def test_the_same_request_again_changes_nothing_and_answers_alike(store: Store) -> None:
    wish = RosterWish(ADDED, week(1), name="Ines", email="ines@example.com")
    first = done(store, wish, "key")
    before = rows(store.url)
    again = done(store, wish, "key")
    assert rows(store.url) == before
    assert (again.id, again.decided.moved, again.decided.who) == (first.id, first.decided.moved, "ines")


# What is settled


def test_covers_of_who_leaves_go_from_then_on_and_both_sides_are_told(store: Store) -> None:
    kept = covered(store, "maya", "rene", week(1), week(1) + timedelta(days=2))
    covered(store, "maya", "rene", week(5), week(6))
    covered(store, "rene", "danny", week(7), week(7) + timedelta(days=1))
    made = gone(store, "rene", 4)
    assert [cover.request_id for cover in covers(store)] == [kept.id]
    assert states(store) == ["agreed", "withdrawn", "withdrawn"]
    agreements = [who for kind, who in told(store, made.id) if kind == "agreement"]
    assert agreements == ["danny", "maya", "rene", "rene"]


@pytest.mark.both
def test_a_swap_goes_as_a_whole(store: Store) -> None:
    swapped(store, "maya", "rene", week(1), week(7))
    assert holders(store, 4) == list(FOUR)
    gone(store, "rene", 4)
    assert covers(store) == ()
    assert states(store) == ["withdrawn"]


def test_a_cover_across_the_handoff_is_cut(store: Store) -> None:
    away(store, "danny", week(2), week(3))
    away(store, "toms", week(2), week(3))
    away(store, "rene", week(1), week(2))
    with store.reading() as tx:
        team = roster.own(tx)
    cover = Cover(7, "rene", "maya", week(1) + timedelta(days=5), week(2) + timedelta(days=2), NOW, 9)
    with store.reading() as tx:
        leave = leaving.Leave("rene", week(2))
        settled = leaving.ends(tx, team.but(covers=[cover]), [leave], NOW)
    assert [after.until if after else None for _, after in settled.covers] == [week(2)]
    assert settled.requests == ()


def test_open_requests_are_withdrawn_and_who_asked_only_them_is_told(store: Store) -> None:
    with store.writing() as tx:
        ask.ask_cover(tx, Actor("rene", False, NOW), "rene", week(3), week(4))
        ask.ask_cover(tx, Actor("rene", False, NOW), "rene", week(7), week(8))
        ask.ask_cover(tx, Actor("maya", False, NOW), "maya", week(5), week(6), "rene")
    made = gone(store, "rene", 4)
    assert states(store) == ["open", "withdrawn", "withdrawn"]
    assert ("settled", "maya") in told(store, made.id)
    assert ("settled", "rene") not in told(store, made.id)
    assert [kind for kind, _ in told(store, made.id)].count("edit") == 2


@pytest.mark.both
def test_a_take_over_across_the_handoff_is_cut(store: Store) -> None:
    now, ends = NOW + timedelta(days=5), NOW + timedelta(days=10)
    with store.writing() as tx:
        takeover.take_over(tx, Actor("rene", False, now), "rene", ends)
    with store.writing() as tx:
        members.change(tx, Actor("robin", True, now), RosterWish(REMOVED, week(1), "rene"))
    with store.reading() as tx:
        team = roster.own(tx)
    assert [taken.ends for taken in team.take_overs] == [team.hours.handoff(week(1))]


def test_coming_time_off_goes_only_of_who_leaves_for_good(store: Store) -> None:
    away(store, "rene", week(2), week(2) + timedelta(days=3))
    away(store, "rene", week(9), week(9) + timedelta(days=3))
    done(store, RosterWish(PAUSED, week(4), "rene", week(12)))
    assert len(everyones(store)) == 2
    gone(store, "rene", 4)
    assert [holiday.first for holiday in everyones(store)] == [week(2)]


# Undo


def everything(store: Store) -> object:
    """All that an undo puts back."""
    with store.reading() as tx:
        team = roster.own(tx)
        kept = requests.ending_after(tx, 1, WEEK_1)
    return team.versions, team.holidays, team.covers, team.take_overs, kept, team.people


def test_an_undo_puts_everything_back_exactly(store: Store) -> None:
    covered(store, "maya", "rene", week(5), week(6))
    swapped(store, "danny", "rene", week(6), week(7))
    away(store, "rene", week(9), week(9) + timedelta(days=3))
    with store.writing() as tx:
        ask.ask_cover(tx, Actor("rene", False, NOW), "rene", week(11), week(12))
    before = everything(store)
    made = gone(store, "rene", 4)
    assert everything(store) != before
    undone(store, made.id)
    assert everything(store) == before
    with store.reading() as tx:
        last = changes.listed_all(tx, 1)[-1]
    assert (last.what, last.undoes) == ("rotation change undone", made.id)
    with pytest.raises(AlreadyUndone):
        undone(store, made.id)


@pytest.mark.both
def test_an_undo_within_the_minute_tells_nobody_of_covers_either(store: Store) -> None:
    covered(store, "maya", "rene", week(5), week(6))
    made = gone(store, "rene", 4)
    undone(store, made.id)
    with store.reading() as tx:
        assert [m.kind for m in outbox.of_change(tx, made.id) if m.state == "owed"] == []
        assert [m.kind for m in outbox.of_change(tx, made.id + 1) if m.kind in ("news", "agreement")] == []


@pytest.mark.parametrize(
    "wish",
    [
        RosterWish(ADDED, week(1), "robin"),
        RosterWish(PAUSED, week(3), "toms", week(10)),
        RosterWish(REORDERED, week(1), order=("rene", "danny", "maya", "toms")),
    ],
    ids=["added", "paused", "reordered"],
)
def test_every_kind_is_undone(store: Store, wish: RosterWish) -> None:
    done(store, RosterWish(PAUSED, week(2), "danny", week(8)))
    before = everything(store)
    undone(store, done(store, wish).id)
    assert everything(store) == before


def test_an_undo_comes_too_late_once_something_touched_it(store: Store) -> None:
    made = gone(store, "rene", 4)
    gone(store, "danny", 5)
    with refused(TooLateToUndo, "it was changed again since"):
        undone(store, made.id)
    with pytest.raises(NotAllowed):
        undone(store, made.id, by="toms")


def a_wish(random: Random) -> RosterWish:
    """Something that an admin may ask for, which may be refused."""
    starts = week(random.randint(1, 8))
    who = random.choice([*FOUR, "robin"])
    order = random.sample(FOUR, 4)
    return random.choice(
        [
            RosterWish(ADDED, starts, who),
            RosterWish(REMOVED, starts, who),
            RosterWish(PAUSED, starts, who, starts + timedelta(weeks=random.randint(4, 9))),
            RosterWish(REORDERED, starts, order=tuple(order)),
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_what_is_shown_comes_true_leaves_earlier_weeks_alone_and_is_undone(sqlite: Databases, seed: int) -> None:
    random = Random(seed)
    with closing(a_store(sqlite)) as store:
        for _ in range(6):
            who, first = random.choice(FOUR), WEEK_1 + timedelta(days=random.randint(7, 100))
            away(store, who, first, first + timedelta(days=random.randint(1, 15)))
        for _ in range(12):
            wish, before, held = a_wish(random), everything(store), holders(store, 30)
            until = max(wish.starts, wish.until or wish.starts) + members.A_QUARTER
            served = engineers(store, until)
            with store.reading() as tx:
                try:
                    shown = members.decide(tx, roster.own(tx), Actor("robin", True, NOW), wish)
                except Refused:
                    continue
            made = done(store, wish)
            with store.reading() as tx:
                then = roster.own(tx)
            assert (then.versions, then.rotation.away) == (shown.after.versions, shown.after.rotation.away)
            assert made.decided.moved == shown.moved
            untouched = (wish.starts - WEEK_1).days // 7
            assert holders(store, 30)[:untouched] == held[:untouched]
            after = engineers(store, until)
            assert moved_days(shown.moved) == {
                day: (who, after[day]) for day, who in served.items() if who != after[day] and day >= TUESDAY
            }
            if random.random() < 0.5:
                undone(store, made.id)
                assert everything(store) == before


# Facts


@pytest.mark.parametrize(
    "facts",
    [
        Cover(1, "maya", "toms", week(1), week(2), NOW, 3),
        CoverRequest(1, "toms", week(1), week(2), NOW, ("maya", "rene"), other_id="maya", back_first=week(2)),
        VersionFacts(week(1), FOUR, FOUR),
        RosterWish(PAUSED, week(1), "toms", week(8)),
    ],
    ids=["cover", "request", "version", "wish"],
)
def test_plain_values_become_the_same_facts_again(facts: object) -> None:
    assert of_plain(type(facts), plain(facts)) == facts
