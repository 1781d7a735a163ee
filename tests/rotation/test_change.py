"""Changes: what they put in the store, what they move, whom they owe what, and what is refused.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00.
"""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from models import changes, history, outbox, teams
from models.holidays import Holiday
from models.outbox import NEEDLESS, OWED, WITHDRAWN, Message
from models.schema.plain import of_plain, plain
from models.store.engine import Store
from models.teams import VersionFacts
from scheduler import entries, holidays, tick
from scheduler.change import effect
from scheduler.change.frame import Actor
from scheduler.entries import HolidayDeclared
from scheduler.holidays import Saved
from scheduler.messages import AwayDigest, GapTold
from scheduler.refusals import AlreadyPast, HandoffPassed, NotInRotation, Refused, TooLateToUndo, UnknownChange
from scheduler.rule.moves import DayMoves, Effect, WeekMoves
from scheduler.shifts import acknowledge
from scheduler.team import roster
from tests.kit.cast import NOW, WEEK_1, ZONE, a_store
from tests.kit.changes import say_all, speaking
from tests.kit.databases import Databases
from tests.kit.refused import refused

MINUTE = timedelta(minutes=1)
CHRISTMAS = (date(2026, 12, 24), date(2026, 12, 26))


@pytest.fixture
def store(store: Store) -> Store:
    """The first team's store, which speaks since Tuesday 24 November 2026, 10:00; its greeting is said."""
    return speaking(store)


def at(local: str) -> datetime:
    """A moment in Berlin."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)


def away(
    store: Store,
    who: str,
    first: date,
    last: date,
    *,
    now: datetime = NOW,
    by: str | None = None,
    note: str | None = None,
    key: str | None = None,
) -> Saved:
    """`who` declares time off, the last day included; or an admin does it, if `by` is one."""
    request = Actor(by or who, by == "robin", now, key)
    with store.writing() as tx:
        return holidays.declare(tx, request, who, first, last + timedelta(days=1), note)


def back(store: Store, who: str, first: date, last: date, *, now: datetime = NOW, key: str | None = None) -> Saved:
    """`who` cancels time off, the last day included."""
    with store.writing() as tx:
        return holidays.cancel(tx, Actor(who, False, now, key), who, first, last + timedelta(days=1))


def undone(store: Store, saved: Saved, *, by: str = "toms", now: datetime = NOW, key: str | None = None) -> Saved:
    """`by` undoes a change."""
    assert saved.id is not None
    with store.writing() as tx:
        return holidays.undo_change(tx, Actor(by, by == "robin", now, key), saved.id)


def everyones(store: Store) -> tuple[Holiday, ...]:
    """All time off in the store."""
    with store.reading() as tx:
        return roster.own(tx).holidays


def dates(store: Store) -> list[tuple[str, str, str | None]]:
    """All time off: from, up to (not included), note."""
    return [(h.first.isoformat(), h.until.isoformat(), h.note) for h in everyones(store)]


def owed(store: Store) -> list[tuple[str, str, str]]:
    """What is still to be said: kind, to whom, and when."""
    with store.reading() as tx:
        waiting = outbox.waiting(tx)
    return [(m.kind, m.audience, f"{m.due_at.astimezone(ZONE):%d %b %H:%M}") for m in waiting if m.state == OWED]


def message_of(store: Store, kind: str, about: str) -> Message:
    """The message of this kind about this."""
    with store.reading() as tx:
        found = outbox.find(tx, 1, kind, about)
    assert found is not None
    return found


# What moves


def test_time_off_in_ones_week_swaps_it_with_the_next_engineers(store: Store) -> None:
    moved = away(store, "toms", *CHRISTMAS).moved
    assert moved == Effect(
        (WeekMoves(date(2026, 12, 21), "toms", "maya"), WeekMoves(date(2026, 12, 28), "maya", "toms"))
    )
    assert moved.concerned == {"toms", "maya"}
    assert moved.of("danny") == Effect()
    assert of_plain(Effect, plain(moved)) == moved


def test_time_off_in_somebody_elses_week_moves_nothing(store: Store) -> None:
    saved = away(store, "rene", *CHRISTMAS)
    assert not saved.moved
    assert saved.id is not None
    assert owed(store) == []


def test_in_the_week_under_way_days_move_and_the_week_stays(store: Store) -> None:
    moved = away(store, "toms", date(2026, 11, 26), date(2026, 11, 27)).moved
    assert moved == Effect(
        (), (DayMoves(date(2026, 11, 26), "toms", "maya"), DayMoves(date(2026, 11, 27), "toms", "maya"))
    )


def test_a_coming_week_that_nobody_can_take_whole_is_torn(store: Store) -> None:
    for day, who in enumerate(("maya", "danny", "rene", "toms"), start=1):
        moved = away(store, who, date(2026, 12, day), date(2026, 12, day)).moved
    assert moved.torn == (date(2026, 11, 30),)
    assert ("gap", "channel", "24 Nov 10:01") in owed(store)


def test_a_day_on_which_everyone_is_away_is_empty(store: Store) -> None:
    for who in ("maya", "danny", "rene"):
        assert not away(store, who, date(2026, 11, 26), date(2026, 11, 26)).moved
    moved = away(store, "toms", date(2026, 11, 26), date(2026, 11, 26)).moved
    assert moved.empty == (date(2026, 11, 26),)
    assert moved.days == (DayMoves(date(2026, 11, 26), "toms", None),)
    assert ("away", "channel", "24 Nov 10:01") in owed(store)
    digest = of_plain(AwayDigest, message_of(store, "away", "2026-11-24").facts)
    assert digest.gaps == (GapTold(date(2026, 11, 26), date(2026, 11, 27), ("appears", "week")),)


def test_in_a_rotation_of_two_it_shifts_for_good(store: Store) -> None:
    with store.reading() as tx:
        pair = roster.own(tx).but(versions=[VersionFacts(WEEK_1, ("toms", "maya"), ("toms", "maya"))])
    off = Holiday(1, "toms", date(2026, 12, 8), date(2026, 12, 9), None, NOW, False)
    assert effect.between(pair, pair.but(holidays=[off]), NOW, date(2026, 12, 8)).endless
    assert not away(store, "toms", *CHRISTMAS).moved.endless


# What the store has afterwards


def test_own_holidays_that_touch_become_one_with_all_notes_and_the_first_id(store: Store) -> None:
    away(store, "toms", date(2026, 12, 20), date(2026, 12, 21), note="skiing")
    away(store, "toms", date(2026, 12, 26), date(2026, 12, 28), note="family")
    assert [h.id for h in everyones(store)] == [1, 2]
    away(store, "toms", date(2026, 12, 22), date(2026, 12, 25), note="skiing")
    assert [(h.id, h.note) for h in everyones(store)] == [(1, "skiing; family")]
    assert dates(store) == [("2026-12-20", "2026-12-29", "skiing; family")]


@pytest.mark.parametrize("note", [None, "skiing", "family", "skiing; family"])
def test_the_same_again_changes_nothing(store: Store, note: str | None) -> None:
    away(store, "toms", date(2026, 12, 20), date(2026, 12, 23), note="skiing")
    away(store, "toms", date(2026, 12, 24), date(2026, 12, 26), note="family")
    before = everyones(store)
    saved = away(store, "toms", date(2026, 12, 21), date(2026, 12, 26), note=note)
    assert (saved.id, bool(saved.exchange), bool(saved.moved)) == (None, False, False)
    assert everyones(store) == before


def test_holidays_of_different_people_never_merge(store: Store) -> None:
    away(store, "toms", *CHRISTMAS)
    away(store, "maya", *CHRISTMAS)
    assert [h.person_id for h in everyones(store)] == ["toms", "maya"]


def test_undoing_a_merger_puts_back_every_part(store: Store) -> None:
    away(store, "toms", date(2026, 12, 20), date(2026, 12, 21), note="skiing")
    away(store, "toms", date(2026, 12, 26), date(2026, 12, 28), note="family")
    before = everyones(store)
    merged = away(store, "toms", date(2026, 12, 22), date(2026, 12, 25), now=NOW + MINUTE, note="both")
    put_back = undone(store, merged, now=NOW + 2 * MINUTE)
    assert everyones(store) == before
    assert put_back.moved.weeks == tuple(WeekMoves(m.week, m.after, m.before) for m in merged.moved.weeks)


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 12, 20), date(2026, 12, 28)), (date(2026, 12, 20), date(2026, 12, 22)), (date(2026, 12, 24),) * 2],
    ids=["all of it", "its beginning", "its middle"],
)
def test_undoing_a_cancellation_puts_the_holiday_back(store: Store, first: date, last: date) -> None:
    away(store, "toms", date(2026, 12, 20), date(2026, 12, 28), note="skiing")
    before = everyones(store)
    cancelled = back(store, "toms", first, last)
    assert everyones(store) != before
    undone(store, cancelled, now=NOW + MINUTE)
    assert everyones(store) == before


def test_cancelling_may_reach_over_several_holidays_and_beyond(store: Store) -> None:
    away(store, "toms", date(2026, 12, 20), date(2026, 12, 22))
    away(store, "toms", date(2026, 12, 26), date(2026, 12, 28))
    back(store, "toms", date(2026, 12, 22), date(2027, 1, 10))
    assert dates(store) == [("2026-12-20", "2026-12-22", None)]


def test_the_rest_of_a_holiday_under_way_can_be_cancelled_and_what_has_passed_cannot(store: Store) -> None:
    away(store, "rene", date(2026, 11, 24), date(2026, 11, 27))
    thursday = at("2026-11-26T12:00")
    with pytest.raises(AlreadyPast):
        back(store, "rene", date(2026, 11, 25), date(2026, 11, 27), now=thursday)
    back(store, "rene", date(2026, 11, 26), date(2026, 11, 27), now=thursday)
    assert dates(store) == [("2026-11-24", "2026-11-26", None)]


def test_every_change_is_a_row_of_who_did_what(store: Store) -> None:
    declared = away(store, "toms", *CHRISTMAS, by="robin", note="skiing")
    cancelled = undone(store, declared, now=NOW + MINUTE)
    with store.reading() as tx:
        rows = [changes.by_id(tx, 1, saved.id or 0) for saved in (declared, cancelled)]
    first, second = rows
    assert first is not None
    assert second is not None
    assert (first.by, first.at, first.what, first.about) == ("robin", NOW, holidays.DECLARED, "toms")
    logged = entries.of_kind(HolidayDeclared, first)
    assert logged is not None
    assert (logged.before, [holiday.note for holiday in logged.after]) == ((), ["skiing"])
    assert (second.by, second.what, second.undoes) == ("toms", holidays.UNDONE, first.id)
    assert (second.before, second.after) == (first.after, [])


# Notice


@pytest.mark.parametrize(("first", "short"), [(date(2026, 12, 7), True), (date(2026, 12, 8), False)])
def test_fewer_than_fourteen_days_are_short_notice(store: Store, first: date, short: bool) -> None:
    away(store, "toms", first, date(2026, 12, 26))
    assert [h.short_notice for h in everyones(store)] == [short]


def test_a_mere_note_is_never_on_short_notice(store: Store) -> None:
    away(store, "toms", *CHRISTMAS)
    away(store, "toms", *CHRISTMAS, now=at("2026-12-20T12:00"), note="skiing")
    assert [(h.note, h.short_notice) for h in everyones(store)] == [("skiing", False)]


def test_days_added_late_make_it_short_notice(store: Store) -> None:
    away(store, "toms", *CHRISTMAS)
    away(store, "toms", date(2026, 12, 27), date(2026, 12, 28), now=at("2026-12-20T12:00"))
    assert [h.short_notice for h in everyones(store)] == [True]


# Whom it is told


def test_whose_time_off_an_admin_declares_hears_of_it(store: Store) -> None:
    away(store, "rene", *CHRISTMAS, by="robin")
    assert owed(store) == [("news", "person:rene", "24 Nov 10:01")]


def test_a_store_that_never_spoke_owes_nothing(database: Databases) -> None:
    with closing(a_store(database)) as silent:
        away(silent, "toms", date(2026, 11, 26), date(2026, 11, 26))
        assert owed(silent) == []


def test_an_undo_within_the_minute_withdraws_all_of_it(store: Store) -> None:
    for who in ("maya", "danny", "rene"):
        away(store, who, date(2026, 11, 26), date(2026, 11, 26))
    late = away(store, "toms", date(2026, 11, 26), date(2026, 11, 27))
    assert owed(store) == [
        ("news", "person:maya", "24 Nov 10:01"),
        ("away", "channel", "24 Nov 10:01"),
    ]
    undone(store, late, now=NOW + MINUTE / 2)
    assert owed(store) == []
    assert message_of(store, "away", "2026-11-24").state == WITHDRAWN


def test_an_undo_after_the_minute_is_news_itself(store: Store) -> None:
    saved = away(store, "toms", *CHRISTMAS)
    assert [m.audience for m in say_all(store, NOW + MINUTE)] == ["person:maya"]
    undone(store, saved, now=NOW + 5 * MINUTE)
    assert owed(store) == [("news", "person:maya", "24 Nov 10:06")]


def test_news_carries_what_moved_for_the_one_who_reads_it(store: Store) -> None:
    saved = away(store, "toms", *CHRISTMAS)
    facts = message_of(store, "news", f"{saved.id}/maya").facts
    assert (facts["by"], facts["about"], facts["who"]) == ("toms", "toms", "maya")
    assert of_plain(Effect, facts["effect"]) == saved.moved.of("maya")


def test_who_hears_it_as_news_needs_no_reminder_of_the_same_week(store: Store) -> None:
    moment = at("2026-11-30T09:00:05")  # Rene's reminder of 14 Dec is due, and no tick has owed it yet
    away(store, "rene", date(2026, 12, 14), date(2026, 12, 14), now=moment)
    assert message_of(store, "reminder", "2026-12-14/toms").state == NEEDLESS
    assert [(o.kind, o.about) for o in tick.tick(store, moment) if o.kind == "reminder"] == []


def test_who_hears_news_of_a_day_is_still_reminded_of_another_week(store: Store) -> None:
    moment = at("2026-12-07T09:00:05")  # Toms' reminder of 21 Dec is due, and no tick has owed it yet
    away(store, "rene", date(2026, 12, 9), date(2026, 12, 9), now=moment)
    moved = away(store, "danny", date(2026, 12, 9), date(2026, 12, 9), now=moment).moved
    assert moved.days == (DayMoves(date(2026, 12, 9), "danny", "toms"),)
    assert ("reminder", "2026-12-21/toms") in [(o.kind, o.about) for o in tick.tick(store, moment)]


# The digest of time off


def test_what_is_on_short_notice_is_announced_at_once(store: Store) -> None:
    away(store, "maya", date(2026, 12, 2), date(2026, 12, 3))
    digest = message_of(store, "away", "2026-11-24")
    assert (digest.audience, digest.due_at) == ("channel", NOW + MINUTE)
    assert digest.facts == {
        "away": [
            {"holiday": 1, "person": "maya", "first": "2026-12-02", "until": "2026-12-04", "short_notice": True},
        ],
        "first": "2026-11-30",
        "until": "2026-12-14",  # Danny has her week, and she has his
    }


def test_short_notice_that_moves_nothing_is_not_announced(store: Store) -> None:
    away(store, "rene", date(2026, 11, 26), date(2026, 11, 26))
    assert owed(store) == []


def test_a_cancelled_holiday_edits_its_digest(store: Store) -> None:
    away(store, "maya", date(2026, 12, 2), date(2026, 12, 3))
    say_all(store, NOW + MINUTE)
    cancelled = back(store, "maya", date(2026, 12, 2), date(2026, 12, 3), now=NOW + 5 * MINUTE)
    digest = message_of(store, "away", "2026-11-24")
    edit = message_of(store, "edit", f"{digest.key}/{cancelled.id}")
    assert (edit.edits, edit.due_at) == (digest.id, NOW + 6 * MINUTE)
    assert [told.cancelled for told in of_plain(AwayDigest, edit.facts).away] == [True]


def test_a_changed_holiday_edits_its_digest_and_its_undo_edits_it_back(store: Store) -> None:
    away(store, "maya", date(2026, 12, 1), date(2026, 12, 3))
    say_all(store, NOW + MINUTE)
    shorter = back(store, "maya", date(2026, 12, 3), date(2026, 12, 3), now=NOW + 5 * MINUTE)
    key = message_of(store, "away", "2026-11-24").key
    [told] = of_plain(AwayDigest, message_of(store, "edit", f"{key}/{shorter.id}").facts).away
    assert (told.first, told.until) == (date(2026, 12, 1), date(2026, 12, 3))
    say_all(store, NOW + 6 * MINUTE)
    longer = undone(store, shorter, by="maya", now=NOW + 7 * MINUTE)
    [told] = of_plain(AwayDigest, message_of(store, "edit", f"{key}/{longer.id}").facts).away
    assert (told.first, told.until) == (date(2026, 12, 1), date(2026, 12, 4))


@pytest.mark.both
def test_a_holiday_put_back_is_announced_after_all(store: Store) -> None:
    away(store, "maya", date(2026, 12, 2), date(2026, 12, 3))
    cancelled = back(store, "maya", date(2026, 12, 2), date(2026, 12, 3), now=NOW + MINUTE / 2)
    assert message_of(store, "away", "2026-11-24").state == WITHDRAWN
    undone(store, cancelled, by="maya", now=NOW + 5 * MINUTE)
    digest = message_of(store, "away", "2026-11-24")
    assert (digest.state, digest.due_at) == (OWED, NOW + 6 * MINUTE)


# What is refused, and what comes twice


def test_the_same_request_again_answers_as_it_did_even_on_the_next_day(store: Store) -> None:
    night, morning = at("2026-11-24T23:59"), at("2026-11-25T00:00:10")
    today = date(2026, 11, 24)
    first = away(store, "rene", today, today, now=night, key="A")
    again = away(store, "rene", today, today, now=morning, key="A")
    assert (again.id, again.exchange, again.moved) == (first.id, first.exchange, first.moved)


def test_the_same_cancellation_and_the_same_undo_count_once(store: Store) -> None:
    away(store, "toms", *CHRISTMAS)
    first = back(store, "toms", *CHRISTMAS, key="B")
    assert back(store, "toms", *CHRISTMAS, key="B").id == first.id
    put_back = undone(store, first, key="C")
    assert undone(store, first, key="C").id == put_back.id
    assert dates(store) == [("2026-12-24", "2026-12-27", None)]


def test_who_is_not_in_the_rotation_has_nothing_to_declare(store: Store) -> None:
    with refused(NotInRotation, "Robin is not in the on-call rotation"):
        away(store, "robin", *CHRISTMAS)


def test_an_undo_is_for_changes_of_time_off_and_not_for_undos(store: Store) -> None:
    put_back = undone(store, away(store, "toms", *CHRISTMAS))
    with pytest.raises(UnknownChange):
        undone(store, put_back)
    with store.writing() as tx, pytest.raises(UnknownChange):
        holidays.undo_change(tx, Actor("toms", False, NOW), 4711)


def test_whose_time_off_it_is_can_undo_what_an_admin_declared(store: Store) -> None:
    saved = away(store, "toms", *CHRISTMAS, by="robin")
    assert undone(store, saved, by="toms").id is not None


def test_an_undo_until_the_last_minute_of_the_first_day(store: Store) -> None:
    saved = away(store, "toms", *CHRISTMAS)
    with pytest.raises(TooLateToUndo):
        undone(store, saved, now=at("2026-12-25T00:00"))
    assert undone(store, saved, now=at("2026-12-24T23:59")).id is not None


def test_time_off_declared_next_to_it_since_makes_an_undo_of_a_cancellation_too_late(store: Store) -> None:
    away(store, "toms", *CHRISTMAS)
    cancelled = back(store, "toms", *CHRISTMAS)
    away(store, "toms", date(2026, 12, 27), date(2026, 12, 27))
    with refused(TooLateToUndo, "changed again"):
        undone(store, cancelled)


def test_what_is_refused_writes_nothing_at_all(store: Store) -> None:
    with pytest.raises(Refused):
        away(store, "toms", date(2026, 11, 23), date(2026, 11, 25), now=at("2026-12-10T12:00"))
    with store.reading() as tx:
        assert teams.held_weeks(tx, 1, WEEK_1, date(2027, 1, 1)) == []
        assert changes.by_id(tx, 1, 2) is None  # the first is the plan's
    assert (everyones(store), owed(store)) == ((), [])


# I've got it


def test_got_it_is_on_record_and_edits_the_handoff(store: Store) -> None:
    moment = at("2026-11-30T09:05")
    tick.tick(store, moment)
    with store.writing() as tx:
        acknowledge.handoff(tx, Actor("maya", False, moment), date(2026, 11, 30))
        acknowledge.handoff(tx, Actor("maya", False, moment + MINUTE), date(2026, 11, 30))
        said = history.acknowledgement(tx, 1, date(2026, 11, 30))
    assert said is not None
    assert (said.person_id, said.at) == ("maya", moment)
    handoff = message_of(store, "handoff", "2026-11-30")
    assert message_of(store, "edit", f"{handoff.key}/got-it").edits == handoff.id


@pytest.mark.parametrize("week", [date(2026, 11, 16), date(2026, 11, 30)])
def test_only_the_current_week_can_be_taken_on(store: Store, week: date) -> None:
    with store.writing() as tx, pytest.raises(HandoffPassed):
        acknowledge.handoff(tx, Actor("toms", False, NOW), week)
