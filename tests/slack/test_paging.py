"""Going through Slack's lists to their end, and going on where that was cut short: over real HTTP."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.clock import StoppedClock
from bot.sandbox.records import SlackMessage
from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.rates import HISTORY, Rates
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.workspace import BOT_USER
from bot.slack.client import Passage, Slack
from bot.slack.paging import ENDLESS, MOST_LEFT_OFF, PAGE
from bot.slack.trouble import Limited, SlackRefused, Unclear
from tests.kit import cast
from tests.kit.stage import SECRET, TOKEN

CHANNEL = "C00000001"
KEY = "1/handoff/2026-11-23"
TWO = {HISTORY: 2}  # pages a minute


@pytest.fixture
def busy() -> Iterator[FakeSlack]:
    """A channel in which the bot said something, and people have said five pages since; two pages a minute."""
    fake = FakeSlack(
        cast.USERS, clock=StoppedClock(cast.NOW), signing_secret=SECRET, bot_token=TOKEN, rates=Rates(a_minute=TWO)
    )
    metadata = {"event_type": "oncall_message", "event_payload": {"key": KEY}}
    fake.workspace.post(SlackMessage("", CHANNEL, BOT_USER, "Handoff", metadata=metadata, bot=True))
    for n in range(5 * PAGE):
        fake.workspace.said(CHANNEL, cast.MAYA, f"news {n}")
    with fake.serve():
        yield fake


def look(slack: Slack, key: str = KEY, attempt: datetime | None = None) -> str | None:
    """The timestamp of the message that is known by `key`, looked up after an attempt."""
    found = slack.find(Passage(CHANNEL, cast.NOW.timestamp() - 60, lambda: None, attempt=attempt), key)
    return found.ts if found else None


def go_through(fake: FakeSlack, slack: Slack, key: str) -> tuple[str | None, int]:
    """What was found, and how often Slack had to be waited for."""
    waited = 0
    while True:
        try:
            return look(slack, key), waited
        except Limited as limited:
            waited += 1
            fake.workspace.seconds_let_pass += limited.retry_after


def slack_of(fake: FakeSlack) -> Slack:
    """A bot's Slack."""
    return Slack(TOKEN, base_url=f"{fake.url}/api/", timeout=5)


def test_a_history_is_gone_on_with_after_each_429(busy: FakeSlack) -> None:
    [said, *_] = busy.messages()
    assert go_through(busy, slack_of(busy), KEY) == (said.ts, 2)
    assert busy.workspace.tally.calls[HISTORY] - busy.workspace.rates.refused[HISTORY] == 6


def test_where_one_message_is_looked_up_is_not_where_another_is(busy: FakeSlack) -> None:
    slack = slack_of(busy)
    with pytest.raises(Limited):
        look(slack)
    assert go_through(busy, slack, "1/another") == (None, 3)
    assert go_through(busy, slack, KEY)[0] is not None


def test_what_was_read_before_an_attempt_says_nothing_of_it(busy: FakeSlack) -> None:
    slack, before = slack_of(busy), cast.NOW
    with pytest.raises(Limited):
        look(slack, "1/greeting/X", before)
    metadata = {"event_type": "oncall_message", "event_payload": {"key": "1/greeting/X"}}
    said = busy.workspace.post(
        SlackMessage("", CHANNEL, BOT_USER, "Hello", metadata=metadata, bot=True)
    )  # by another bot
    busy.workspace.rates.a_minute.clear()
    assert look(slack, "1/greeting/X", before + timedelta(minutes=1)) == said.ts


def test_of_lists_that_nobody_goes_on_with_few_are_remembered(busy: FakeSlack) -> None:
    slack = slack_of(busy)
    busy.faults.arm(HISTORY, Fault.dropped_before_accepting(), times=3 * MOST_LEFT_OFF)
    for n in range(3 * MOST_LEFT_OFF):
        with pytest.raises(Unclear):
            look(slack, f"1/{n}")
    assert len(slack.paging.left_off) == MOST_LEFT_OFF


def test_a_list_has_an_end_though_its_cursors_never_repeat(busy: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.paging.MOST_PAGES", 3)
    busy.workspace.rates.a_minute.clear()
    with pytest.raises(SlackRefused, match=ENDLESS):
        look(slack_of(busy), "1/another")
    assert busy.workspace.tally.calls[HISTORY] == 3


def test_a_connection_that_drops_costs_one_page(busy: FakeSlack) -> None:
    slack = slack_of(busy)
    busy.workspace.rates.a_minute.clear()
    busy.faults.arm(HISTORY, Fault.none(), Fault.none(), Fault.dropped_before_accepting())
    with pytest.raises(Unclear):
        look(slack)
    assert look(slack) is not None
    assert busy.workspace.tally.calls[HISTORY] == 6


def test_a_history_without_an_end_is_not_one_that_was_read(busy: FakeSlack) -> None:
    same = '{"ok": true, "messages": [], "response_metadata": {"next_cursor": "again"}}'
    busy.faults.arm(HISTORY, Fault(body=same), times=3)
    with pytest.raises(SlackRefused, match=ENDLESS):
        look(slack_of(busy))
