"""Who is who in Slack: looked up when somebody asks, again after a day, and never faster than Slack likes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox.records import User
from bot.sandbox.rules.faults import Fault
from bot.slack.directory import A_DAY, AGAIN, AT_MOST
from models import people
from models.store.engine import Store
from models.store.errors import StoreError
from tests.kit.cast import GUEST, MAYA, TOMS
from tests.kit.databases import Databases
from tests.kit.stage import Stage, a_stage

ADA = "U0ADA000008"
HER = User(ADA, "Ada", "ada@example.com")
CONTACTS, SHOWN = "/pipelines daily-growth", "maya@example.com"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def let_pass(stage: Stage, time: timedelta) -> float | None:
    """Some time passes, and the bot looks people up."""
    now = stage.bot.directory.now() + time
    stage.bot.directory.now = lambda: now
    return stage.bot.directory.look_up()


def come(stage: Stage, *users: User) -> None:
    """These are in the workspace from now on, and ask."""
    for user in users:
        stage.slack.workspace.users[user.id] = user
        stage.ask(user.id, CONTACTS)


def calls(stage: Stage, method: str = "users.info") -> int:
    """How often Slack was asked."""
    return stage.slack.workspace.tally.calls[method]


def is_full(store: Store, slack_id: str) -> bool | None:
    """What the store remembers."""
    with store.reading() as tx:
        return people.is_full_member(tx, slack_id)


@pytest.fixture
def stage(database: Databases, ear: str) -> Iterator[Stage]:
    """The first team in its Slack, of whom the bot has looked up who is who."""
    with a_stage(database, by=ear, afresh=True) as stage:
        yield stage


@pytest.fixture
def ada(stage: Stage) -> Stage:
    """Ada, a full member outside the plan, has asked, and sees contacts."""
    come(stage, HER)
    let_pass(stage, SECOND)
    assert SHOWN in stage.words(ADA, CONTACTS)
    return stage


def test_who_became_a_guest_is_found_out_after_a_day_and_what_was_known_counts_until_then(ada: Stage) -> None:
    ada.slack.workspace.users[ADA] = replace(HER, is_restricted=True)
    let_pass(ada, A_DAY - MINUTE)
    assert SHOWN in ada.words(ADA, CONTACTS)
    let_pass(ada, SECOND)
    assert SHOWN in ada.words(ADA, CONTACTS)
    let_pass(ada, MINUTE)
    assert SHOWN in ada.words(ADA, CONTACTS)  # which asks, too
    let_pass(ada, SECOND)
    assert SHOWN not in ada.words(ADA, CONTACTS)
    assert is_full(ada.store, ADA) is False


def test_who_asks_often_is_looked_up_once_a_day(ada: Stage) -> None:
    before = calls(ada)
    for _ in range(5):
        ada.ask(ADA, "/oncall")
        let_pass(ada, MINUTE)
    assert calls(ada) == before


def test_another_start_counts_from_when_the_store_learnt_it(ada: Stage) -> None:
    let_pass(ada, A_DAY - MINUTE)
    ada.bot.directory._seen.clear()  # as a start does
    ada.ask(ADA, "/oncall")
    before = calls(ada)
    let_pass(ada, SECOND)
    assert calls(ada) == before
    let_pass(ada, MINUTE)
    ada.ask(ADA, "/oncall")
    let_pass(ada, SECOND)
    assert calls(ada) == before + 1


@pytest.mark.both
def test_of_many_twenty_a_minute_are_looked_up(stage: Stage) -> None:
    let_pass(stage, MINUTE)
    before = calls(stage)
    come(stage, *(replace(HER, id=f"U0NEW{n:05}", name=f"New {n}") for n in range(45)))
    assert let_pass(stage, SECOND) == 60.0
    assert calls(stage) == before + AT_MOST
    let_pass(stage, MINUTE - SECOND)
    assert calls(stage) == before + AT_MOST
    let_pass(stage, SECOND)
    assert calls(stage) == before + 2 * AT_MOST
    assert let_pass(stage, MINUTE) is None
    assert calls(stage) == before + 45


def test_how_long_slack_wants_to_be_left_alone_it_is(stage: Stage) -> None:
    come(stage, HER, replace(HER, id="U0BEA000009", name="Bea"))
    stage.slack.faults.arm("users.info", Fault.rate_limited(40))
    before = calls(stage)
    assert let_pass(stage, SECOND) == 40.0
    assert let_pass(stage, 39 * SECOND) == 1.0
    assert calls(stage) == before
    assert let_pass(stage, SECOND) is None
    assert calls(stage) == before + 2
    assert SHOWN in stage.words(ADA, CONTACTS)


def test_whom_slack_does_not_know_is_no_member_and_not_asked_for_again(stage: Stage) -> None:
    come(stage, HER)
    del stage.slack.workspace.users[ADA]
    before = calls(stage)
    for _ in range(4):
        let_pass(stage, MINUTE)
    assert calls(stage) == before + 1
    assert is_full(stage.store, ADA) is False


def test_a_refusal_that_says_nothing_of_them_is_tried_again_later(stage: Stage) -> None:
    stage.slack.faults.arm("users.info", Fault.api_error("missing_scope"))
    come(stage, HER)
    let_pass(stage, SECOND)
    assert is_full(stage.store, ADA) is None
    let_pass(stage, AGAIN - SECOND)
    assert is_full(stage.store, ADA) is None
    let_pass(stage, SECOND)
    assert is_full(stage.store, ADA) is True


def test_who_hangs_up_keeps_nobody_else_from_being_looked_up(stage: Stage) -> None:
    come(stage, HER, replace(HER, id="U0BEA000009", name="Bea"))
    stage.slack.faults.arm("users.info", Fault.dropped_after_accepting())
    let_pass(stage, SECOND)
    assert is_full(stage.store, "U0BEA000009") is None
    let_pass(stage, SECOND)
    assert is_full(stage.store, "U0BEA000009") is True
    let_pass(stage, 30 * SECOND)
    assert is_full(stage.store, ADA) is True


@pytest.mark.parametrize(
    "user", ['"Ada"', "{}", '{"id": 7}', '{"id": "U0TOMS00001"}', '{"id": "U1", "enterprise_user": "E1"}']
)
def test_an_answer_about_nobody_or_somebody_else_says_nothing(stage: Stage, user: str) -> None:
    come(stage, HER, replace(HER, id="U0BEA000009", name="Bea"))
    stage.slack.faults.arm("users.info", Fault(body=f'{{"ok": true, "user": {user}}}', accepted=True))
    before = is_full(stage.store, TOMS)
    for _ in range(2):
        let_pass(stage, SECOND)
    assert (is_full(stage.store, ADA), is_full(stage.store, TOMS)) == (None, before)
    assert is_full(stage.store, "U0BEA000009") is True
    let_pass(stage, 30 * SECOND)
    assert is_full(stage.store, ADA) is True


def test_one_odd_answer_keeps_nobody_of_the_plan_unknown(database: Databases) -> None:
    with a_stage(database) as stage:
        with stage.store.writing() as tx:
            for person in people.of_team(tx, 1):
                people.found_in_slack(tx, person.id, None)
        odd = Fault(body='{"ok": true, "user": {}}', accepted=True)
        stage.slack.faults.arm("users.lookupByEmail", odd)
        let_pass(stage, AGAIN)
        with stage.store.reading() as tx:
            known = [person.name for person in people.of_team(tx, 1) if person.found_slack_id]
        assert known == ["Maya", "Danny", "Rene", "Robin"]


def test_it_stops_looking_up_when_told_to_stop(stage: Stage) -> None:
    come(stage, HER)
    stage.bot.directory.worker.stop()
    before = calls(stage)
    let_pass(stage, SECOND)
    assert calls(stage) == before


def test_what_the_store_could_not_take_is_looked_up_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    come(stage, HER)

    def fails(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(people, "remember_member", fails)
        with pytest.raises(StoreError):
            let_pass(stage, SECOND)
    assert is_full(stage.store, ADA) is None
    let_pass(stage, SECOND)
    assert is_full(stage.store, ADA) is True


def test_a_change_that_slack_tells_of_is_looked_at_at_once(ada: Stage) -> None:
    ada.slack.dispatch.change(replace(HER, is_restricted=True))
    let_pass(ada, SECOND)
    assert SHOWN not in ada.words(ADA, CONTACTS)
    ada.slack.dispatch.change(HER)
    let_pass(ada, SECOND)
    assert SHOWN in ada.words(ADA, CONTACTS)


def test_an_event_that_comes_late_changes_nothing(ada: Stage) -> None:
    ada.slack.dispatch.change(replace(HER, deleted=True))
    ada.slack.workspace.users[ADA] = HER  # who is back before it is looked at
    let_pass(ada, SECOND)
    assert is_full(ada.store, ADA) is True


@pytest.mark.both
def test_a_change_of_what_is_not_remembered_asks_and_writes_nothing(ada: Stage) -> None:
    before = calls(ada)
    with ada.store.reading() as tx:
        checked = people.members_checked(tx, [ADA])
    ada.slack.dispatch.change(replace(HER, name="Ada Lovelace", tz="Europe/London"))
    ada.slack.dispatch.change(replace(HER, id="U0NEW00001", is_restricted=True))
    let_pass(ada, SECOND)
    assert calls(ada) == before
    with ada.store.reading() as tx:
        assert people.members_checked(tx, [ADA, "U0NEW00001"]) == checked


def test_people_of_the_plan_come_first_and_by_email_take_one_call(stage: Stage) -> None:
    assert calls(stage, "users.lookupByEmail") == 5
    assert calls(stage) == 0
    assert [is_full(stage.store, who) for who in (TOMS, MAYA)] == [True, True]
    let_pass(stage, timedelta(hours=6))
    assert calls(stage) == 5


def test_a_guest_stays_one(stage: Stage) -> None:
    stage.ask(GUEST, CONTACTS)
    let_pass(stage, SECOND)
    assert SHOWN not in stage.words(GUEST, CONTACTS)
