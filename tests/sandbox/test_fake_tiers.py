"""How often the fake Slack may be asked: each method has its tier, and a test fails whose bot asks more often."""

from collections.abc import Callable

import pytest
from slack_sdk import WebClient

from bot.sandbox.api.methods import ROUTES
from bot.sandbox.rules.rates import Rates
from bot.sandbox.rules.tiers import A_MINUTE, CallTally
from bot.sandbox.server import FakeSlack
from tests.kit.cast import MAYA, TOMS
from tests.kit.databases import Databases
from tests.kit.fakes import refusal
from tests.kit.stage import Stage, a_stage

USERS_INFO, LIST, SET_TOPIC, POST = "users.info", "conversations.list", "conversations.setTopic", "chat.postMessage"


def test_every_method_has_a_tier() -> None:
    assert set(ROUTES) | {"apps.connections.open"} == set(A_MINUTE)


# Where a test wants it to mind


def test_beyond_its_tier_a_method_answers_429(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.rates = Rates.enforced()
    for _ in range(20):
        client.conversations_list()
    refused = refusal(client.conversations_list).response
    assert (refused.status_code, refused["error"]) == (429, "ratelimited")
    assert 58 <= int(refused.headers["Retry-After"]) <= 60
    client.users_info(user=TOMS)  # another method has a minute of its own
    fake.workspace.seconds_let_pass += 60
    client.conversations_list()
    assert fake.workspace.rates.refused == {LIST: 1}


def test_the_minute_may_be_shortened(fake: FakeSlack, client: WebClient) -> None:
    fake.workspace.rates = Rates.enforced(minute=3)
    for _ in range(20):
        client.conversations_list()
    assert int(refusal(client.conversations_list).response.headers["Retry-After"]) <= 3
    fake.workspace.seconds_let_pass += 3
    client.conversations_list()


# Where calls are counted


def calls(tally: CallTally, method: str, count: int, now: float = 0.0) -> None:
    """So many calls at one moment."""
    for _ in range(count):
        tally.call(method, now)


def test_a_minute_of_a_tier_may_be_used_up_at_one_moment() -> None:
    tally = CallTally()
    calls(tally, LIST, 20)
    calls(tally, USERS_INFO, 100)
    calls(tally, POST, 300)
    assert tally.above() == []
    calls(tally, LIST, 1)
    assert tally.above() == ["conversations.list: 21 calls, 21 of them at once, where 20 a minute are allowed"]


def test_what_was_used_up_comes_back_with_the_scenario_s_clock() -> None:
    tally = CallTally()
    for minute in range(10):
        calls(tally, LIST, 20, 60.0 * minute)
    assert tally.above() == []
    calls(tally, LIST, 20, 60.0 * 9 + 30)
    assert tally.above() == ["conversations.list: 220 calls, 30 of them at once, where 20 a minute are allowed"]


def test_each_deed_of_a_person_takes_three_seconds() -> None:
    thrifty, wasteful = CallTally(), CallTally()
    for _ in range(200):
        thrifty.deed()
        calls(thrifty, LIST, 1)
        calls(thrifty, USERS_INFO, 5)
        wasteful.deed()
        calls(wasteful, LIST, 2)
        calls(wasteful, USERS_INFO, 6)
    assert thrifty.above() == []
    assert [each.partition(":")[0] for each in wasteful.above()] == [LIST, USERS_INFO]


def test_a_clock_that_stands_or_starts_over_forgives_nothing() -> None:
    tally = CallTally()
    calls(tally, SET_TOPIC, 20, 1_000.0)
    calls(tally, SET_TOPIC, 1, 0.0)
    assert len(tally.above()) == 1


def on_stage(database: Databases, do: Callable[[Stage], None]) -> None:
    """A whole test that does just this."""
    with a_stage(database) as stage:
        do(stage)


def test_a_wasteful_bot_fails_its_test(sqlite: Databases) -> None:
    def list_channels(stage: Stage) -> None:
        for _ in range(21):
            stage.bot.slack.client.conversations_list()

    with pytest.raises(AssertionError, match=r"conversations\.list: 2\d calls"):
        on_stage(sqlite, list_channels)


def test_so_does_one_that_asks_for_everybody_at_each_deed(sqlite: Databases) -> None:
    def ask_often(stage: Stage) -> None:
        for _ in range(6):
            stage.slack.slash(MAYA, "/oncall")
            for _ in range(25):
                stage.bot.slack.client.users_info(user=TOMS)

    with pytest.raises(AssertionError, match=r"users\.info: 15\d calls"):
        on_stage(sqlite, ask_often)


def test_a_bot_that_asks_in_good_time_does_not(sqlite: Databases) -> None:
    def ask_each_day(stage: Stage) -> None:
        for day in range(1, 5):
            stage.turn_to(f"2026-12-0{day} 10:00")
            for _ in range(19):
                stage.bot.slack.client.conversations_list()

    on_stage(sqlite, ask_each_day)
