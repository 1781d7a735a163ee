"""What every change has in common: a repeat is answered first, then come rights, then refusals; and the team after it
is what anybody else loads.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.desk import Desk
from bot.plan import apply as plan
from bot.plan.model import TeamEntry
from bot.runbooks.library import Library
from bot.speech.ask import Asker, Press
from bot.talk import presses
from models import changes
from models.store.engine import Store, Tx
from scheduler import holidays
from scheduler.change.frame import Actor
from scheduler.covers import agree, answer, ask
from scheduler.people import members, owners, undo
from scheduler.people.members import RosterWish
from scheduler.refusals import NoLongerOpen, NotAllowed
from scheduler.shifts import acknowledge, decline, takeover
from scheduler.team import record, roster
from scheduler.team.roster import Roster
from tests.kit.cast import FIRST_TEAM, NOW, WEEK_1
from tests.kit.stage import RUNBOOKS

MAYAS, DANNYS, RENES, TOMS_NEXT = (WEEK_1 + n * timedelta(weeks=1) for n in (1, 2, 3, 4))
DAY, WEEK, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(minutes=1)
NEW_ORDER = RosterWish(members.REORDERED, MAYAS, order=("rene", "danny", "maya", "toms"))
SLUG = "unit-level-profit"


def by(who: str, now: datetime = NOW, key: str | None = None) -> Actor:
    """A change that somebody asks for."""
    return Actor(who, who == "robin", now, key)


def asked(tx: Tx, who: str, first: date, of: str | None = None) -> int:
    """The id of a request of somebody's."""
    return ask.ask_cover(tx, by(who), who, first, first + WEEK, of).request.id or 0


def swapped(tx: Tx) -> int:
    """The id of Maya's request to swap with Rene."""
    return ask.ask_swap(tx, by("maya"), "maya", MAYAS, "rene", RENES).request.id or 0


def latest(tx: Tx) -> int:
    """The id of the latest change."""
    found = changes.newest(tx, roster.own(tx).id)
    assert found is not None
    return found[0]


# What may be asked for twice: what comes before it, and how somebody with the rights asks for it


def nothing(_: Tx) -> int:
    """Nothing comes before it."""
    return 0


def declared(tx: Tx) -> int:
    """The id of a holiday's change."""
    return holidays.declare(tx, by("rene"), "rene", RENES, RENES + DAY).id or 0


def reordered(tx: Tx) -> int:
    """The id of a new order's change."""
    return members.change(tx, by("robin"), NEW_ORDER).id


def taken_over(tx: Tx) -> int:
    """The id of a take-over of Danny's."""
    return takeover.take_over(tx, by("danny", NOW - MINUTE), "danny").taken.id or 0


def declined(tx: Tx) -> int:
    """The id of what Toms said that he can't take."""
    return decline.decline(tx, by("toms"), "toms", WEEK_1).declined.id or 0


def taken(tx: Tx) -> int:
    """The id of a request of Maya's that Danny took."""
    return answer.accept(tx, by("danny"), asked(tx, "maya", MAYAS), "danny").request.id or 0


def offered(tx: Tx) -> int:
    """The id of a request of Maya's of which Rene offers to take a part."""
    return answer.offer(tx, by("rene"), asked(tx, "maya", MAYAS), "rene", MAYAS, MAYAS + DAY).request.id or 0


Does = Callable[[Tx, Actor, int], object]
CHANGES: dict[str, tuple[str, Callable[[Tx], int], Does]] = {
    "declare": ("toms", nothing, lambda tx, by, _: holidays.declare(tx, by, "toms", TOMS_NEXT, TOMS_NEXT + DAY)),
    "cancel": ("rene", declared, lambda tx, by, _: holidays.cancel(tx, by, "rene", RENES, RENES + DAY)),
    "undo": ("rene", declared, lambda tx, by, made: holidays.undo_change(tx, by, made)),
    "got it": ("toms", nothing, lambda tx, by, _: acknowledge.handoff(tx, by, WEEK_1)),
    "ask": ("maya", nothing, lambda tx, by, _: ask.ask_cover(tx, by, "maya", MAYAS, MAYAS + WEEK)),
    "ask to swap": ("maya", nothing, lambda tx, by, _: ask.ask_swap(tx, by, "maya", MAYAS, "rene", RENES)),
    "widen": ("maya", lambda tx: asked(tx, "maya", MAYAS, "rene"), lambda tx, by, made: ask.widen(tx, by, made)),
    "accept": (
        "danny",
        lambda tx: asked(tx, "maya", MAYAS),
        lambda tx, by, made: answer.accept(tx, by, made, "danny"),
    ),
    "can't": ("rene", lambda tx: asked(tx, "maya", MAYAS), lambda tx, by, made: answer.cannot(tx, by, made, "rene")),
    "no to a swap": ("rene", swapped, lambda tx, by, made: answer.cannot(tx, by, made, "rene")),
    "offer": (
        "rene",
        lambda tx: asked(tx, "maya", MAYAS),
        lambda tx, by, made: answer.offer(tx, by, made, "rene", MAYAS, MAYAS + DAY),
    ),
    "accept a part": ("maya", offered, lambda tx, by, made: answer.accept_offer(tx, by, made, "rene")),
    "another week": ("rene", swapped, lambda tx, by, made: answer.counter(tx, by, made, RENES + 4 * WEEK)),
    "take back": ("danny", taken, lambda tx, by, made: agree.take_back(tx, by, made)),
    "withdraw": ("maya", taken, lambda tx, by, made: agree.withdraw(tx, by, made)),
    "take over": ("rene", nothing, lambda tx, by, _: takeover.take_over(tx, by, "rene")),
    "give back": ("danny", taken_over, lambda tx, by, made: takeover.give_back(tx, by, made)),
    "a week taken on": ("maya", nothing, lambda tx, by, _: decline.accept_week(tx, by, "maya", MAYAS)),
    "decline": ("toms", nothing, lambda tx, by, _: decline.decline(tx, by, "toms", WEEK_1)),
    "can after all": ("toms", declined, lambda tx, by, made: decline.take_after_all(tx, by, made)),
    "new order": ("robin", nothing, lambda tx, by, _: members.change(tx, by, NEW_ORDER)),
    "the old order": ("robin", reordered, lambda tx, by, made: undo.undo_change(tx, by, made)),
    "owners": ("robin", nothing, lambda tx, by, _: owners.change(tx, by, SLUG, "rene", "danny", "Rene wrote it.")),
}


def stranger_to(who: str) -> str:
    """Somebody else, who has no right to do what is theirs."""
    return "danny" if who == "rene" else "rene"


@pytest.mark.parametrize("what", CHANGES)
def test_the_same_again_is_answered_before_anything_else(store: Store, what: str) -> None:
    """Even for somebody without the rights, hours later: what it did, it did."""
    who, prepare, does = CHANGES[what]
    with store.writing() as tx:
        made = prepare(tx)
        does(tx, by(who, key="once"), made)
        before = latest(tx)
        does(tx, by(stranger_to(who), NOW + timedelta(hours=5), "once"), made)
        assert latest(tx) == before


def test_the_same_again_is_answered_so_when_it_has_been_taken_back_since(store: Store) -> None:
    with store.writing() as tx:
        first = decline.decline(tx, by("toms", key="once"), "toms", WEEK_1)
        decline.take_after_all(tx, by("toms", NOW + MINUTE), first.declined.id or 0)
        before = latest(tx)
        again = decline.decline(tx, by("toms", NOW + 2 * MINUTE, "once"), "toms", WEEK_1)
        assert (again.declined, latest(tx)) == (first.declined, before)


def test_a_plan_that_another_has_followed_is_answered_as_when_it_was_applied(store: Store) -> None:
    one, other = (FIRST_TEAM.model_copy(update={"team": team_called(name)}) for name in ("Numbers", "Figures"))
    with store.writing() as tx:
        first = plan.apply(tx, one, by("robin", key="once"))
        plan.apply(tx, other, by("robin"))
        before = latest(tx)
        again = plan.apply(tx, one, by("robin", key="once"))
        assert (again.difference.entries, again.change_id) == (first.difference.entries, first.change_id)
        assert (latest(tx), roster.own(tx).facts.name) == (before, "Figures")


def team_called(name: str) -> TeamEntry:
    """The first team's own part of its plan, under another name."""
    return FIRST_TEAM.team.model_copy(update={"name": name})


def test_a_press_that_comes_again_is_answered_when_its_rights_are_gone(store: Store) -> None:
    desk = Desk(store, Library(RUNBOOKS))
    with store.writing() as tx:
        asked(tx, "maya", MAYAS)
    settled = Press("request.settle", "", Asker(person_id="robin"), NOW, "once", chosen="1/rene")
    said = presses.answer(settled, desk)
    assert said.reply is not None
    with store.writing() as tx:
        others = FIRST_TEAM.team.model_copy(update={"admins": ("toms",)})
        plan.apply(tx, FIRST_TEAM.model_copy(update={"team": others}), by("robin"))
        before = latest(tx)
    assert presses.answer(settled, desk) == said  # Robin is nobody's admin any more, nor in the plan
    refused = presses.answer(replace(settled, key="twice"), desk).reply
    assert refused is not None
    assert "Only the people of the on-call plan can do that" in refused.text
    with store.reading() as tx:
        assert latest(tx) == before


@pytest.mark.parametrize("what", [what for what in CHANGES if what != "got it"])
def test_who_has_no_right_to_it_is_told_so(store: Store, what: str) -> None:
    who, prepare, does = CHANGES[what]
    with store.writing() as tx:
        made = prepare(tx)
        with pytest.raises(NotAllowed):
            does(tx, by(stranger_to(who)), made)


def test_rights_come_before_refusals(store: Store) -> None:
    with store.writing() as tx:
        withdrawn = asked(tx, "maya", MAYAS, "rene")
        agree.withdraw(tx, by("maya"), withdrawn)
        for does in (ask.widen, agree.withdraw):
            with pytest.raises(NotAllowed):
                does(tx, by("danny"), withdrawn)
            with pytest.raises(NoLongerOpen):
                does(tx, by("maya"), withdrawn)


# The team after it


def facts(team: Roster, now: datetime) -> dict[str, object]:
    """All that an answer may need of a team."""
    rotation, starts = team.rotation, team.duty.starts
    return {
        "people": {who: (person.name, person.listed, person.engineer) for who, person in team.people.items()},
        "time off": set(team.holidays),
        "versions": team.versions,
        "covers": team.covers,
        "take-overs": [taken for taken in team.take_overs if taken.ends > starts],
        "declines": team.declines,
        "swaps that stand": team.stand,
        "on record": (team.recent, team.duty.past, rotation.recorded, rotation.before),
        "on duty": team.duty.between(starts, now + 30 * WEEK),
    }


class Story:
    """Changes one after the other, each after a while; the team after each is what anybody else loads."""

    def __init__(self, tx: Tx) -> None:
        self.tx, self.now = tx, NOW

    def then(self, team: Roster) -> None:
        """Check the team after a change, and let a while pass."""
        assert facts(team, self.now) == facts(roster.own(self.tx), self.now)
        self.now += timedelta(hours=7)

    def by(self, who: str) -> Actor:
        """Somebody, now."""
        return by(who, self.now)


def test_the_team_after_a_change_is_as_anybody_loads_it(store: Store) -> None:
    with store.writing() as tx:
        story = Story(tx)
        story.then(holidays.declare(tx, story.by("toms"), "toms", date(2026, 11, 25), date(2026, 11, 26)).team)
        swap = ask.ask_swap(tx, story.by("maya"), "maya", MAYAS, "rene", RENES).request.id or 0
        story.then(answer.accept(tx, story.by("rene"), swap, "rene").team)
        over = takeover.take_over(tx, story.by("danny"), "danny", story.now + timedelta(hours=12))
        story.then(over.team)
        story.then(takeover.take_over(tx, story.by("danny"), "danny", story.now + timedelta(hours=9)).team)
        story.then(takeover.give_back(tx, story.by("danny"), over.taken.id or 0).team)
        story.now = NOW + WEEK  # Rene serves Maya's week by the swap
        given_on = ask.ask_cover(tx, story.by("rene"), "rene", date(2026, 12, 3), date(2026, 12, 5)).request.id or 0
        story.then(answer.accept(tx, story.by("toms"), given_on, "toms").team)
        story.then(holidays.declare(tx, story.by("rene"), "rene", date(2026, 12, 3), date(2026, 12, 5)).team)
        story.then(agree.withdraw(tx, story.by("rene"), given_on).team)
        story.now = NOW + 2 * WEEK
        passed = decline.decline(tx, story.by("danny"), "danny", DANNYS)
        story.then(passed.team)
        story.then(decline.take_after_all(tx, story.by("danny"), passed.declined.id or 0).team)
        gone = members.change(tx, story.by("robin"), RosterWish(members.REMOVED, TOMS_NEXT, "maya"))
        story.then(gone.decided.after)
        story.then(undo.undo_change(tx, story.by("robin"), gone.id)[0])
        new = RosterWish(members.ADDED, TOMS_NEXT, name="Ada", email="ada@example.com")
        added = members.change(tx, story.by("robin"), new)
        story.then(added.decided.after)
        story.then(undo.undo_change(tx, story.by("robin"), added.id)[0])


def test_the_bot_was_down_for_weeks_and_what_passed_is_on_record_at_once(store: Store) -> None:
    with store.writing() as tx:
        story = Story(tx)
        taken_over(tx)
        story.now = NOW + 5 * WEEK
        story.then(holidays.declare(tx, story.by("danny"), "danny", date(2027, 1, 5), date(2027, 1, 7)).team)


def test_what_a_tick_records_is_as_anybody_loads_it(store: Store) -> None:
    with store.writing() as tx:
        story = Story(tx)
        story.now = NOW + 3 * WEEK
        story.then(record.what_has_passed(tx, roster.own(tx), story.now))
