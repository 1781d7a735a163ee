"""How the fake Slack lists channels and people: in pages that are not full, over real HTTP."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.clock import StoppedClock
from bot.sandbox.api.pages import CURSOR_SECONDS
from bot.sandbox.records import DIRECT, PRIVATE
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.crowd import crowd
from bot.slack.clients import Client
from bot.slack.manifest import SCOPES
from tests.kit import cast
from tests.kit.cast import GUEST, NOW, TOMS
from tests.kit.fakes import GENERAL, TOKEN, refusal

BOTH = "public_channel,private_channel"


def pages(method: object, what: str = "channels", **asked: Any) -> Iterator[list[Any]]:
    """The pages of a list, until there is no next one."""
    assert callable(method)
    cursor: str | None = None
    while cursor != "":
        answer: SlackResponse = method(cursor=cursor, **asked)
        yield answer[what]
        cursor = answer["response_metadata"]["next_cursor"]


def names(method: object, **asked: Any) -> list[str]:
    """The names of all channels of a list."""
    return [channel["name"] for page in pages(method, **asked) for channel in page]


@pytest.fixture(scope="module")
def company() -> Iterator[tuple[FakeSlack, WebClient]]:
    """A workspace of 5,000 channels and 3,000 people, and a client."""
    made = FakeSlack(cast.USERS, clock=StoppedClock(NOW), signing_secret="secret", bot_token=TOKEN)
    crowd(made.workspace)
    with made.serve() as url:
        yield made, Client(TOKEN, base_url=f"{url}/api/", timeout=30)


def test_a_large_workspace_is_made_in_no_time() -> None:
    made = FakeSlack(cast.USERS, clock=StoppedClock(NOW), signing_secret="secret", bot_token=TOKEN)
    began = time.process_time()
    crowd(made.workspace)
    assert time.process_time() - began < 1
    assert len(made.workspace.channels) == 5_001
    assert len(made.workspace.users) == 3_000 + len(cast.USERS)


def test_of_two_hundred_channels_asked_for_fifty_come_and_of_two_kinds_fewer_than_ten(
    company: tuple[FakeSlack, WebClient],
) -> None:
    _, client = company
    public = next(pages(client.conversations_list, limit=200))
    assert 40 < len(public) <= 50
    assert 0 < len(next(pages(client.conversations_list, limit=200, types=BOTH))) < 10
    assert {channel["is_archived"] for channel in public} == {True, False}
    assert [channel["name"] for channel in public if channel["is_ext_shared"]] == ["topic-50"]


def test_the_channel_of_the_team_is_found_on_the_last_page(company: tuple[FakeSlack, WebClient]) -> None:
    _, client = company
    everything = list(pages(client.conversations_list, limit=200))
    assert len(everything) == 101
    assert [channel["name"] for channel in everything[-1]] == ["metrics-oncall"]
    assert sum(map(len, everything)) == 5_001 - 125  # those that are private and without the bot


def test_what_the_bot_is_in_is_a_short_list_and_does_not_say_so(company: tuple[FakeSlack, WebClient]) -> None:
    _, client = company
    [page] = pages(client.users_conversations, limit=200, types=BOTH)
    few = [f"topic-{n}" for n in (1, 1_001, 2_001, 3_001, 4_001)]
    assert [channel["name"] for channel in page] == [*few, "metrics-oncall"]
    assert not any({"is_member", "num_members"} & set(channel) for channel in page)
    assert names(client.users_conversations, user=TOMS) == ["metrics-oncall"]


def test_people_come_in_pages_too_and_a_large_workspace_must_be_asked_for_them(
    company: tuple[FakeSlack, WebClient],
) -> None:
    _, client = company
    assert refusal(client.users_list).response["error"] == "limit_required"
    page = next(pages(client.users_list, "members", limit=200))
    assert len(page) == 50


def test_a_page_may_be_empty_and_have_a_next_one(fake: FakeSlack, client: WebClient) -> None:
    for n in range(3):
        fake.workspace.add_channel(f"old-{n}", archived=True)
    fake.workspace.add_channel("new")
    got = [[each["name"] for each in page] for page in pages(client.conversations_list, limit=2, exclude_archived=True)]
    assert got == [["metrics-oncall"], ["random"], [], [], [], ["new"]]


def test_a_kinder_slack_gives_full_pages() -> None:
    kind = FakeSlack(
        cast.USERS,
        [f"channel-{n}" for n in range(5)],
        clock=StoppedClock(NOW),
        signing_secret="secret",
        bot_token=TOKEN,
        harsh=False,
    )
    with kind.serve() as url:
        client = Client(TOKEN, base_url=f"{url}/api/", timeout=30)
        assert [len(page) for page in pages(client.conversations_list, limit=2)] == [2, 2, 1]


def test_a_cursor_is_good_for_ten_minutes_and_for_its_own_list(fake: FakeSlack, client: WebClient) -> None:
    def next_cursor() -> str:
        cursor: str = client.conversations_list(limit=1)["response_metadata"]["next_cursor"]
        return cursor

    def error(method: object, cursor: str) -> str:
        return str(refusal(method, cursor=cursor, limit=1).response["error"])

    assert client.conversations_list(limit=1, cursor=next_cursor())["channels"][0]["name"] == "random"
    for made_up in ("from:1", "1", "bmV4dA==", next_cursor()[4:]):
        assert error(client.conversations_list, made_up) == "invalid_cursor"
    assert error(client.users_list, next_cursor()) == "invalid_cursor"
    late = next_cursor()
    fake.workspace.seconds_let_pass += CURSOR_SECONDS + 1
    assert error(client.conversations_list, late) == "invalid_cursor"
    gone = next_cursor()
    fake.workspace.channels.popitem()
    assert error(client.conversations_list, gone) == "invalid_cursor"


def test_a_cursor_may_lead_to_itself(fake: FakeSlack, client: WebClient) -> None:
    first = client.conversations_list(limit=1)["response_metadata"]["next_cursor"]
    fake.faults.cursors_repeat = True
    again = client.conversations_list(limit=1, cursor=first)["response_metadata"]["next_cursor"]
    assert again == first
    fake.faults.disarm()
    assert client.conversations_list(limit=1, cursor=first)["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize("limit", ["1000", "-1", "many", "2.5"])
def test_a_limit_that_is_none_is_refused(client: WebClient, limit: str) -> None:
    for method in (client.conversations_list, client.users_conversations, client.users_list):
        assert refusal(method, limit=limit).response["error"] == "invalid_limit"
    assert refusal(client.conversations_history, channel=GENERAL, limit=limit).response["error"] == "invalid_limit"


def test_kinds_are_those_that_slack_knows_and_each_asks_for_its_scope(fake: FakeSlack, client: WebClient) -> None:
    assert refusal(client.conversations_list, types="public").response["error"] == "invalid_types"
    fake.workspace.add_channel("secret", private=True)
    fake.workspace.add_channel("secret-of-others", private=True, with_bot=False)
    assert names(client.conversations_list, types=BOTH) == ["metrics-oncall", "random", "secret"]
    assert names(client.users_conversations, types="private_channel") == ["secret"]


@pytest.mark.parametrize("kind", [PRIVATE, DIRECT])
def test_a_kind_whose_scope_is_missing_cannot_be_listed(kind: str) -> None:
    types = {PRIVATE: "private_channel", DIRECT: "im"}[kind]
    granted = frozenset(SCOPES) - {"groups:read"}
    made = FakeSlack(cast.USERS, clock=StoppedClock(NOW), signing_secret="s", bot_token=TOKEN, granted=granted)
    with made.serve() as url:
        client = Client(TOKEN, base_url=f"{url}/api/", timeout=30)
        for method in (client.conversations_list, client.users_conversations):
            assert refusal(method, types=types).response["error"] == "missing_scope"


def test_members_are_told_a_page_at_a_time(client: WebClient) -> None:
    listed = pages(client.conversations_members, "members", channel=GENERAL, limit=4)
    told = [member for page in listed for member in page]
    assert {TOMS, GUEST} <= set(told)
    assert told == sorted(told)
