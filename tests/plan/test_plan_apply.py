"""A plan and a store: the first plan, the difference, what applying does to the rotation, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from bot.plan import apply as plan
from bot.plan.file import BadPlan, read
from bot.plan.model import HandoffTime, PersonEntry, Plan, RotationEntry
from bot.plan.words import difference_text
from models import changes, history, outbox, people, pipelines, teams
from models.outbox import Message
from models.store.engine import Store
from models.teams import VersionFacts
from scheduler import holidays, tick
from scheduler.change.frame import Actor
from scheduler.covers import answer, ask
from scheduler.entries import HolidayDeclared, PipelineChanged, PipelineState
from scheduler.people import members
from scheduler.people.members import RosterWish
from scheduler.refusals import Refused
from scheduler.team import roster
from tests.kit.cast import FIRST_TEAM, NOW, RENE, ROBIN, WEEK_1, ZONE, from_week_1
from tests.kit.plans import FOUR, INES, ordered, with_engineers


def with_team(**fields: object) -> Plan:
    typed = FIRST_TEAM.model_dump()
    typed["team"].update(fields)
    return Plan.model_validate(typed)


def apply(store: Store, proposed: Plan, now: datetime = NOW, from_day: date | None = None) -> plan.Applied:
    with store.writing() as tx:
        return plan.apply(tx, proposed, Actor(None, True, now), from_day)


def difference(store: Store, proposed: Plan, now: datetime = NOW, from_day: date | None = None) -> str:
    with store.reading() as tx:
        return difference_text(plan.difference(tx, proposed, now, from_day))


def refusal(store: Store, proposed: Plan, now: datetime = NOW, from_day: date | None = None) -> str:
    with store.writing() as tx, pytest.raises(Refused) as refused:
        plan.apply(tx, proposed, Actor(None, True, now), from_day)
    assert refusal_of_difference(store, proposed, now, from_day) == str(refused.value)
    return str(refused.value)


def refusal_of_difference(store: Store, proposed: Plan, now: datetime, from_day: date | None) -> str:
    with store.reading() as tx, pytest.raises(Refused) as refused:
        plan.difference(tx, proposed, now, from_day)
    return str(refused.value)


def versions(store: Store) -> tuple[VersionFacts, ...]:
    with store.reading() as tx:
        return roster.own(tx).versions


def holders(store: Store, first: date, weeks: int) -> list[str | None]:
    with store.reading() as tx:
        rotation = roster.own(tx).rotation
        return [week.holder for week in rotation.weeks(first, first + timedelta(weeks=weeks))]


def owed(store: Store) -> list[Message]:
    with store.reading() as tx:
        return outbox.of_change(tx, latest_change(store))


def latest_change(store: Store) -> int:
    with store.reading() as tx:
        team = roster.own(tx).id
        ids = (n for n in range(1, 50) if changes.by_id(tx, team, n) and not changes.by_id(tx, team, n + 1))
        return next(ids)


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)


# The first plan


def test_the_first_plan_makes_the_team(store: Store) -> None:
    assert versions(store) == (VersionFacts(WEEK_1, FOUR, FOUR),)
    assert holders(store, WEEK_1, 5) == ["toms", "maya", "danny", "rene", "toms"]
    with store.reading() as tx:
        team = roster.own(tx)
        assert (team.facts.name, team.facts.channel, team.facts.admins) == ("Metrics", "#metrics-oncall", ("robin",))
        assert [(p.name, p.engineer) for p in people.of_team(tx, 1)] == [
            ("Toms", True),
            ("Maya", True),
            ("Danny", True),
            ("Rene", True),
            ("Robin", False),
        ]
        assert pipelines.of_team(tx, team.id)[0].slug == "unit-level-profit"
        made = changes.by_id(tx, team.id, 1)
        assert made is not None
        assert (made.what, made.by, made.before) == ("plan applied", None, None)


def test_without_starts_week_1_is_the_week_the_store_is_made_in(empty_store: Store) -> None:
    store = empty_store
    assert plan.first(store, FIRST_TEAM, at(30, 8))
    assert versions(store)[0].starts == date(2026, 11, 23)  # Monday before the handoff is still the week before


def test_a_second_first_plan_changes_nothing(store: Store) -> None:
    assert not plan.first(store, ordered("rene", "toms"), NOW)
    assert versions(store) == (VersionFacts(WEEK_1, FOUR, FOUR),)


def test_of_several_who_make_the_first_plan_at_once_one_does(empty_store: Store) -> None:
    together = Barrier(4)

    def make(_: int) -> bool:
        together.wait(10)
        return plan.first(empty_store, FIRST_TEAM, NOW)

    with ThreadPoolExecutor(4) as four:
        assert sorted(four.map(make, range(4))) == [False, False, False, True]
    assert len(versions(empty_store)) == 1


def test_a_first_plan_may_start_in_the_past_and_what_has_passed_is_recorded(empty_store: Store) -> None:
    store = empty_store
    apply(store, FIRST_TEAM.model_copy(update={"rotation": RotationEntry(starts=date(2026, 11, 2), order=FOUR)}))
    tick.tick(store, NOW)
    with store.reading() as tx:
        held = teams.held_weeks(tx, 1, date(2026, 11, 1), date(2026, 12, 1))
    assert [week.holder for week in held] == ["toms", "maya", "danny", "rene"]


def test_an_empty_store_shows_the_whole_plan_as_its_difference(empty_store: Store) -> None:
    store = empty_store
    text = difference(store, from_week_1(FIRST_TEAM))
    assert text.startswith("The store is empty, and this becomes its first plan:\n\nMetrics, in #metrics-oncall\n")
    assert "From Mon 23 Nov 2026 on: Toms, Maya, Danny, Rene, one week each" in text
    assert "leave out --from" in refusal(store, FIRST_TEAM, from_day=date(2026, 11, 30))


# No change


def test_the_same_plan_again_changes_nothing(store: Store) -> None:
    assert difference(store, FIRST_TEAM) == "Nothing changes."
    applied = apply(store, FIRST_TEAM)
    assert (applied.change_id, bool(applied.moved), bool(applied.difference)) == (None, False, False)
    assert latest_change(store) == 1


def test_applying_a_change_twice_changes_something_once(store: Store) -> None:
    proposed = ordered("maya", "toms", "danny", "rene")
    assert apply(store, proposed).change_id == 2
    assert apply(store, proposed).change_id is None
    assert apply(store, proposed, at(8, 10, 12)).change_id is None


@pytest.mark.parametrize(
    "proposed",
    [
        FIRST_TEAM,
        ordered("maya", "toms", "danny", "rene"),
        with_engineers(*FIRST_TEAM.engineers, INES, order=("ines", *FOUR)),
        with_engineers(*FIRST_TEAM.engineers[::-1], order=("rene", "toms")),
        with_team(
            admins=["maya", {"id": "robin", "name": "Robin", "slack_id": ROBIN}],
            notice_days=0,
            channel="C0123456789",
        ),
        with_team(office_hours={"days": "sun-thu", "from": "08:30", "until": "16:00"}, country="DE", answer_within=0),
        with_team(time_zone="America/St_Johns", handoff={"weekday": "monday", "time": "08:30"}),
        FIRST_TEAM.model_copy(update={"service_levels": FIRST_TEAM.service_levels[::-1]}),
        FIRST_TEAM.model_copy(update={"pipelines": FIRST_TEAM.pipelines[::-1]}),
    ],
    ids=["the same", "order", "joiner", "fewer", "team", "office", "hours", "levels", "pipelines"],
)
@pytest.mark.parametrize("later", [timedelta(0), timedelta(weeks=5, hours=3)])
def test_what_is_exported_applies_as_no_change(store: Store, proposed: Plan, later: timedelta) -> None:
    apply(store, proposed)
    with store.reading() as tx:
        exported = plan.export(tx)
    assert difference(store, read(exported), NOW + later) == "Nothing changes."
    assert apply(store, read(exported), NOW + later).change_id is None


def test_when_people_are_at_work_is_shown_before_it_is_applied(store: Store) -> None:
    hours = {"days": "mon-thu", "from": "08:00", "until": "18:00"}
    proposed = with_team(office_hours=hours, country="LV", answer_within=4)
    assert difference(store, proposed) == (
        "~ team\n"
        "    office hours: (none) → mon-thu 08:00–18:00\n"
        "    country: (none) → LV\n"
        "    answer within: (none) → 4"
    )
    apply(store, proposed)
    with store.reading() as tx:
        team = roster.own(tx)
        assert "office_hours:\n    days: mon-thu\n    from: 08:00\n    until: '18:00'\n" in plan.export(tx)
        assert "  Office hours: mon-thu 08:00–18:00, but not on public holidays of LV\n" in plan.show(tx, NOW)
    assert team.answer_within == 4
    assert team.office.add(at(24, 17), 2) == at(25, 9)
    apply(store, with_team(answer_within=0))
    with store.reading() as tx:
        assert roster.own(tx).answer_within == 0
        assert "  Coming on call: need not be confirmed\n" in plan.show(tx, NOW)


def test_an_exported_plan_makes_the_same_team_in_a_new_store(store: Store, empty_store: Store) -> None:
    with store.reading() as tx:
        exported = plan.export(tx)
    apply(empty_store, read(exported), at(1, 12, 12))
    assert versions(empty_store) == versions(store)
    with empty_store.reading() as tx:
        assert plan.export(tx) == exported


def test_whom_slack_found_by_email_is_not_exported_and_is_kept(store: Store) -> None:
    with store.writing() as tx:
        people.found_in_slack(tx, "maya", "U0FOUND0001")
    with store.reading() as tx:
        assert "U0FOUND0001" not in plan.export(tx)
    apply(store, ordered("maya", "toms", "danny", "rene"))
    with store.reading() as tx:
        assert roster.own(tx).people["maya"].slack == "U0FOUND0001"


def test_another_email_means_another_member_of_slack(store: Store) -> None:
    with store.writing() as tx:
        people.found_in_slack(tx, "toms", "U0FOUND0001")
    toms = FIRST_TEAM.engineers[0].model_copy(update={"email": "toms@example.org"})
    proposed = FIRST_TEAM.model_copy(update={"engineers": (toms, *FIRST_TEAM.engineers[1:])})
    assert difference(store, proposed) == "~ person Toms (toms)\n    email: toms@example.com → toms@example.org"
    apply(store, proposed)
    with store.reading() as tx:
        assert roster.own(tx).people["toms"].slack is None


# The rotation


def test_a_new_order_counts_from_the_coming_handoff(store: Store) -> None:
    proposed = ordered("toms", "danny", "maya", "rene")
    assert difference(store, proposed) == (
        "~ rotation from Mon 30 Nov 2026 on: Maya, Rene, Toms, Danny\n    until now: Toms, Maya, Danny, Rene\n"
        "Weeks that change until Sun 28 Feb 2027\n"
        "• Mon 7 – Sun 13 Dec 2026: Rene instead of Danny\n"
        "• Mon 14 – Sun 20 Dec 2026: Toms instead of Rene\n"
        "• Mon 21 – Sun 27 Dec 2026: Danny instead of Toms\n"
        "• Mon 4 – Sun 10 Jan 2027: Rene instead of Danny\n"
        "• Mon 11 – Sun 17 Jan 2027: Toms instead of Rene\n"
        "• Mon 18 – Sun 24 Jan 2027: Danny instead of Toms\n"
        "• Mon 1 – Sun 7 Feb 2027: Rene instead of Danny\n"
        "• Mon 8 – Sun 14 Feb 2027: Toms instead of Rene\n"
        "• Mon 15 – Sun 21 Feb 2027: Danny instead of Toms\n"
        "Nobody is told of it: the bot speaks from its first run on."
    )
    applied = apply(store, proposed)
    assert versions(store)[1:] == (
        VersionFacts(date(2026, 11, 30), ("maya", "rene", "toms", "danny"), ("toms", "danny", "maya", "rene")),
    )
    assert holders(store, WEEK_1, 5) == ["toms", "maya", "rene", "toms", "danny"]
    assert [(m.week, m.before, m.after) for m in applied.moved.weeks][:2] == [
        (date(2026, 12, 7), "danny", "rene"),
        (date(2026, 12, 14), "rene", "toms"),
    ]


def test_the_same_round_begun_elsewhere_is_no_change(store: Store) -> None:
    assert difference(store, ordered("danny", "rene", "toms", "maya")) == "Nothing changes."


def test_a_new_joiner_comes_at_the_end(store: Store) -> None:
    apply(store, with_engineers(INES, *FIRST_TEAM.engineers, order=("ines", *FOUR)))
    assert holders(store, date(2026, 11, 30), 6) == ["maya", "danny", "rene", "toms", "ines", "maya"]
    with store.reading() as tx:
        assert roster.own(tx).people["ines"].position == 0


def test_who_leaves_stays_on_record_without_time_off_to_come(store: Store) -> None:
    with store.writing() as tx:
        holidays.declare(tx, Actor("danny", False, NOW), "danny", date(2027, 1, 4), date(2027, 1, 9))
    toms, maya, _, rene = FIRST_TEAM.engineers
    left = with_engineers(toms, maya, rene, order=("toms", "maya", "rene"))
    theirs = {p.slug: p.model_copy(update={"primary": "toms", "secondary": "maya"}) for p in FIRST_TEAM.pipelines}
    proposed = left.model_copy(update={"pipelines": tuple(theirs.values())})
    shown = difference(store, proposed)
    assert "- person Danny (danny)  (stays on record)\n" in shown
    assert "• Time off of Danny that goes: Mon 4 – Fri 8 Jan 2027\n" in shown
    apply(store, proposed)
    assert holders(store, WEEK_1, 5) == ["toms", "maya", "rene", "toms", "maya"]
    with store.reading() as tx:
        team = roster.own(tx)
        assert not team.people["danny"].listed
        assert team.holidays == ()


def test_who_comes_back_before_the_change_began_has_their_old_place(store: Store) -> None:
    apply(store, ordered("toms", "maya", "rene"))
    assert holders(store, WEEK_1, 4) == ["toms", "maya", "rene", "toms"]
    apply(store, FIRST_TEAM)
    assert holders(store, WEEK_1, 5) == ["toms", "maya", "danny", "rene", "toms"]


def test_from_lets_a_new_order_begin_later(store: Store) -> None:
    proposed = ordered("toms", "danny", "maya", "rene")
    apply(store, proposed, from_day=date(2026, 12, 21))
    assert holders(store, WEEK_1, 8) == ["toms", "maya", "danny", "rene", "toms", "danny", "maya", "rene"]
    assert apply(store, proposed).change_id is None


def test_from_moves_a_change_that_has_not_begun_to_an_earlier_week(store: Store) -> None:
    proposed = ordered("toms", "danny", "maya", "rene")
    apply(store, proposed, from_day=date(2026, 12, 21))
    assert difference(store, proposed, from_day=date(2026, 12, 7)).startswith(
        "~ rotation from Mon 7 Dec 2026 on: Danny, Maya, Rene, Toms\n"
        "    instead of what was to begin on Mon 21 Dec 2026: Toms, Danny, Maya, Rene\n"
        "Weeks that change until Sun 7 Mar 2027\n"
    )
    apply(store, proposed, from_day=date(2026, 12, 7))
    assert [version.starts for version in versions(store)] == [WEEK_1, date(2026, 12, 7)]


@pytest.mark.parametrize("day", [date(2026, 12, 7), date(2026, 12, 9), date(2026, 12, 13)])
def test_from_is_any_day_of_the_week_that_is_meant(store: Store, day: date) -> None:
    apply(store, ordered("maya", "toms", "danny", "rene"), from_day=day)
    assert [version.starts for version in versions(store)] == [WEEK_1, date(2026, 12, 7)]


def test_from_is_any_day_of_a_week_that_begins_in_its_middle(empty_store: Store) -> None:
    team = FIRST_TEAM.team.model_copy(update={"handoff": HandoffTime(weekday="wednesday", time="09:00")})
    apply(empty_store, FIRST_TEAM.model_copy(update={"team": team}))
    changed = ordered("maya", "toms", "danny", "rene", of=FIRST_TEAM.model_copy(update={"team": team}))
    apply(empty_store, changed, from_day=date(2026, 12, 8))  # a Tuesday: the last day of the week from 2 Dec on
    assert [version.starts for version in versions(empty_store)] == [date(2026, 11, 18), date(2026, 12, 2)]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 29), date(2026, 11, 1)])
def test_from_is_no_day_of_a_week_that_has_begun(store: Store, day: date) -> None:
    assert "Use --from 2026-11-30." in refusal(store, ordered("maya", "toms", "danny", "rene"), from_day=day)


def test_before_anybody_was_on_call_the_order_is_as_it_is_asked_for(empty_store: Store) -> None:
    store = empty_store
    apply(store, FIRST_TEAM.model_copy(update={"rotation": RotationEntry(starts=date(2027, 1, 4), order=FOUR)}))
    apply(store, ordered("rene", "toms", "maya", "danny"))
    assert [(v.starts, v.order) for v in versions(store)] == [(date(2027, 1, 4), ("rene", "toms", "maya", "danny"))]


# The team


def test_another_weekday_is_refused(store: Store) -> None:
    assert refusal(store, with_team(handoff={"weekday": "tuesday", "time": "09:00"})) == (
        "The handoff can't move from Monday to Tuesday: weeks would overlap. Keep Monday; or export the plan, change it"
        " there, and apply it to a new store, which begins without the history of this one."
    )


def test_another_first_week_is_refused(store: Store) -> None:
    proposed = FIRST_TEAM.model_copy(update={"rotation": RotationEntry(starts=date(2026, 11, 30), order=FOUR)})
    assert refusal(store, proposed).startswith(
        "The rotation of this store starts on Mon 23 Nov 2026, so it can't start on Mon 30 Nov 2026"
    )


def test_other_hours_count_at_once(store: Store) -> None:
    proposed = with_team(time_zone="Europe/Lisbon", handoff={"weekday": "monday", "time": "08:00"})
    assert difference(store, proposed) == (
        "~ team\n    time zone: Europe/Berlin → Europe/Lisbon\n    handoff: monday 09:00 → monday 08:00"
    )
    apply(store, proposed)
    with store.reading() as tx:
        team = roster.own(tx)
        stretch = team.duty.at(NOW)
        assert stretch is not None
        assert (stretch.who, stretch.ends) == ("toms", datetime(2026, 11, 30, 8, tzinfo=UTC))
        assert [served.who for served in history.since_week(tx, 1, WEEK_1)] == ["toms"]


@pytest.mark.parametrize(("now", "hour"), [(at(30, 10), "14:00"), (at(30, 8), "07:00")], ids=["later", "earlier"])
def test_other_hours_never_move_a_handoff_across_this_moment(store: Store, now: datetime, hour: str) -> None:
    proposed = with_team(handoff={"weekday": "monday", "time": hour})
    both = {"14:00": "14:00", "07:00": "09:00"}[hour]
    assert refusal(store, proposed, now) == (
        "The week of Mon 30 Nov 2026 has begun by the old hours or by the new ones, but not by both. Apply this from"
        f" Mon 30 Nov 2026, {both} on."
    )
    assert apply(store, proposed, at(30, 14)).change_id == 2


# What else it does


def test_those_whose_weeks_move_are_told_once_the_bot_speaks(store: Store) -> None:
    apply(store, ordered("toms", "danny", "maya", "rene"))
    assert owed(store) == []
    tick.begin_to_speak(store, NOW)
    apply(store, FIRST_TEAM, NOW + timedelta(hours=1))
    news = [message for message in owed(store) if message.kind == "news"]
    assert [message.audience for message in news] == [outbox.to_person(who) for who in ("danny", "rene", "toms")]
    assert {message.facts["about"] for message in news} == {None}


def test_who_leaves_by_a_plan_is_settled_and_told_as_by_a_change_in_slack(store: Store) -> None:
    tick.begin_to_speak(store, NOW)
    with store.writing() as tx:
        made = ask.ask_cover(tx, Actor("maya", False, NOW), "maya", date(2026, 12, 28), date(2027, 1, 4), "rene")
    with store.writing() as tx:
        answer.accept(tx, Actor("rene", False, NOW), made.request.id or 0, "rene")
    proposed = ordered("toms", "maya", "danny")
    pipes = tuple(
        p.model_copy(update={"primary": "danny", "secondary": "maya"}) if p.slug == "daily-growth" else p
        for p in FIRST_TEAM.pipelines
    )
    proposed = proposed.model_copy(update={"pipelines": pipes})
    assert difference(store, proposed).splitlines()[-4:] == [
        "• Cover that goes: Rene for Maya, Mon 28 Dec 2026 – Sun 3 Jan 2027",
        "Aggregate profit needs an owner in place of Rene.",
        "Aggregate growth needs an owner in place of Rene.",
        "By direct message I tell Toms, Maya, Danny and Rene, once.",
    ]
    apply(store, proposed)
    with store.reading() as tx:
        assert roster.own(tx).covers == ()
    told = [(m.kind, m.audience) for m in owed(store) if m.kind in ("news", "agreement", "owners")]
    assert sorted(told) == [
        ("agreement", "person:maya"),
        ("agreement", "person:rene"),
        ("news", "person:danny"),
        ("news", "person:maya"),
        ("news", "person:rene"),
        ("news", "person:toms"),
        ("owners", "person:danny"),
        ("owners", "person:maya"),
        ("owners", "person:toms"),
    ]


@pytest.mark.parametrize(
    "wish",
    [
        RosterWish(members.ADDED, date(2026, 11, 30), name="Ines", email="ines@example.com"),
        RosterWish(members.ADDED, date(2026, 11, 30), "robin"),
        RosterWish(members.REMOVED, date(2026, 12, 14), "danny"),
        RosterWish(members.PAUSED, date(2026, 11, 30), "danny", date(2027, 1, 11)),
        RosterWish(members.REORDERED, date(2026, 12, 7), order=("rene", "danny", "maya", "toms")),
    ],
    ids=["somebody new", "an admin", "leaves", "pauses", "order"],
)
def test_what_was_changed_in_slack_is_exported_and_applies_as_no_change(store: Store, wish: RosterWish) -> None:
    with store.writing() as tx:
        members.change(tx, Actor("robin", True, NOW), wish)
    with store.reading() as tx:
        exported = plan.export(tx)
    assert difference(store, read(exported)) == "Nothing changes."


@pytest.mark.both
def test_a_plan_does_not_hide_who_came_in_slack(store: Store) -> None:
    with store.writing() as tx:
        wish = RosterWish(members.ADDED, date(2026, 11, 30), name="Ines", email="ines@example.com")
        members.change(tx, Actor("robin", True, NOW), wish)
    assert difference(store, FIRST_TEAM).splitlines()[:3] == [
        "- person Ines (ines)  (stays on record)  (people changed it in the store)",
        "~ rotation from Mon 30 Nov 2026 on: Maya, Danny, Rene, Toms  (people changed it in the store)",
        "    instead of what was to begin on Mon 30 Nov 2026: Maya, Danny, Rene, Toms, Ines",
    ]


def test_what_people_changed_in_the_store_is_marked(store: Store) -> None:
    with store.writing() as tx:
        same = PipelineState(pipelines.of_team(tx, 1)[0])
        changes.record(tx, 1, PipelineChanged(same, same), at=NOW, by="maya", about="daily-growth")
        changes.record(tx, 1, HolidayDeclared((), ()), at=NOW, by="maya", about="toms")
    pipes = tuple(p.model_copy(update={"purpose": "Trials"}) for p in FIRST_TEAM.pipelines if p.area == "Growth")
    text = difference(store, FIRST_TEAM.model_copy(update={"pipelines": pipes}))
    assert text.splitlines() == [
        "~ pipeline Daily growth (daily-growth)  (people changed it in the store)",
        "    purpose: Experiments → Trials",
        "~ pipeline Aggregate growth (aggregate-growth)",
        "    purpose: Reported to investors → Trials",
        "- pipeline Unit-level profit (unit-level-profit)",
        "- pipeline Aggregate profit (aggregate-profit)",
        "- pipeline Aggregate engagement (aggregate-engagement)",
    ]


def test_the_plan_is_shown_with_the_rotation_that_holds_and_the_one_to_come(store: Store) -> None:
    apply(store, ordered("toms", "danny", "maya", "rene"), from_day=date(2026, 12, 21))
    with store.reading() as tx:
        shown = plan.show(tx, NOW)
    assert "\n".join(shown.splitlines()[:10]) == (
        "Metrics, in #metrics-oncall\n"
        "  Handoff: Mondays at 09:00, Europe/Berlin\n"
        "  Holidays: to be declared 14 days ahead\n"
        "  Office hours: mon-fri 09:00–17:00\n"
        "  Coming on call: to be confirmed within 2 office hours\n"
        "  Admins: Robin\n"
        "\n"
        "Rotation\n"
        "  From Mon 23 Nov 2026 on: Toms, Maya, Danny, Rene, one week each\n"
        "  From Mon 21 Dec 2026 on: Toms, Danny, Maya, Rene, one week each"
    )
    assert "  critical: respond within 15 minutes, resolve within 1 hour" in shown


# What an earlier release took

OF_OLD: dict[str, dict[str, Any]] = {
    "a zone without a place": {"team": {"time_zone": "EST"}},
    "two of one name": {"engineers": [{"name": "Toms"}, {"name": "Toms"}]},
    "nobody can be found": {"engineers": [{"email": None}]},
    "a slug that is a word": {"pipelines": [{"slug": "search"}]},
    "sooner resolved than looked at": {"service_levels": [{"respond": "2 hours", "resolve": "1 hour"}]},
    "a pipeline that is a day": {"pipelines": [{"name": "Monday"}]},
}


@pytest.mark.parametrize("wrong", OF_OLD.values(), ids=OF_OLD)
def test_a_store_that_holds_what_is_refused_now_goes_on_and_exports(empty_store: Store, wrong: dict[str, Any]) -> None:
    old = Plan.model_validate(_merged(FIRST_TEAM.model_dump(), wrong))
    plan.first(empty_store, old, NOW)
    with empty_store.reading() as tx:
        exported = plan.export(tx)
        assert roster.own(tx).duty.at(NOW)
    with pytest.raises(BadPlan) as refused:
        read(exported)
    assert len(refused.value.problems) == 1
    assert difference(empty_store, old) == "Nothing changes."


def _merged(facts: Any, other: Any) -> Any:
    """Facts with others in their place, in the same places of lists."""
    if isinstance(other, dict):
        return facts | {key: _merged(facts[key], value) for key, value in other.items()}
    if isinstance(other, list):
        return [*map(_merged, facts, other), *facts[len(other) :]]
    return other


# The same person under another id


def with_renee(**fields: str | None) -> Plan:
    renee = PersonEntry.model_validate({"id": "renee", "name": "Renée", "email": "RENE@example.com"} | fields)
    return with_engineers(*FIRST_TEAM.engineers[:3], renee, order=("toms", "maya", "danny", "renee")).model_copy(
        update={"pipelines": FIRST_TEAM.pipelines[:1]}
    )


@pytest.mark.parametrize(
    ("fields", "is_alike"),
    [
        ({}, True),
        ({"email": None, "slack_id": RENE}, True),
        ({"email": "renee@example.com", "slack_id": RENE}, True),
        ({"email": "renee@example.com"}, False),
        ({"email": None, "slack_id": "U0RENEE0009"}, False),
    ],
)
def test_the_preview_says_who_looks_like_the_same_person(store: Store, fields: dict[str, str], is_alike: bool) -> None:
    with store.writing() as tx:
        people.found_in_slack(tx, "rene", RENE)
    assert ("looks like Rene (rene)" in difference(store, with_renee(**fields))) == is_alike


def test_a_preview_says_nothing_of_those_who_keep_their_id(store: Store) -> None:
    renamed = PersonEntry(id="rene", name="Renée", email="rene@example.com")
    proposed = with_engineers(*FIRST_TEAM.engineers[:3], renamed, order=FOUR)
    assert "looks like" not in difference(store, proposed)


def test_of_two_with_the_same_account_the_one_in_the_plan_counts(store: Store) -> None:
    apply(store, with_renee())
    with store.writing() as tx:
        people.found_in_slack(tx, "rene", RENE)
        people.found_in_slack(tx, "renee", RENE)
    with store.reading() as tx:
        assert roster.own(tx).by_slack[RENE].id == "renee"


def test_so_it_is_where_the_old_id_comes_back(store: Store) -> None:
    apply(store, with_renee())
    apply(store, FIRST_TEAM)
    with store.writing() as tx:
        people.found_in_slack(tx, "rene", RENE)
        people.found_in_slack(tx, "renee", RENE)
    with store.reading() as tx:
        assert roster.own(tx).by_slack[RENE].id == "rene"
