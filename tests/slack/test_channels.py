"""Finding the channel that the plan names: by its id at once, by its name in a company of 5,000 channels."""

from collections.abc import Iterator

import pytest

from bot.clock import StoppedClock
from bot.sandbox.api.pages import CURSOR_SECONDS
from bot.sandbox.records import CHANNEL
from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.rates import Rates
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.crowd import crowd
from bot.sandbox.slack.workspace import BOT_USER
from bot.slack.channels import MOVED, Channels
from bot.slack.client import Slack
from bot.slack.trouble import Limited, Passing, SlackRefused
from models import found_channels
from models.store.engine import Store
from tests.kit import cast
from tests.kit.databases import Databases
from tests.kit.stage import SECRET, TOKEN, Stage, a_stage

OURS, LIST, MINE = "#metrics-oncall", "conversations.list", "users.conversations"


@pytest.fixture
def company() -> Iterator[FakeSlack]:
    """A workspace of 5,000 channels, whose Slack takes no more calls a minute than it says; ours is the last of all."""
    fake = FakeSlack(
        cast.USERS, clock=StoppedClock(cast.NOW), signing_secret=SECRET, bot_token=TOKEN, rates=Rates.enforced()
    )
    crowd(fake.workspace)
    with fake.serve():
        yield fake


def channels_of(store: Store, fake: FakeSlack) -> tuple[Channels, Slack]:
    """What a bot that has just started knows of channels, and its Slack."""
    slack = Slack(TOKEN, base_url=f"{fake.url}/api/", timeout=5)
    return Channels(store, slack), slack


def find(fake: FakeSlack, channels: Channels, channel: str = OURS) -> tuple[str, float, list[dict[str, int]]]:
    """The id of a channel, how many seconds it took by Slack's clock, and how far the look-up was at each wait."""
    waited, seen = 0.0, list[dict[str, int]]()
    while True:
        try:
            return channels.id_of(channel), waited, seen
        except Limited as limited:
            seen.append(channels.looking())
            waited += limited.retry_after
            fake.workspace.seconds_let_pass += limited.retry_after


def known_now(place: str, tried: list[str], problem: str = "channel_not_found", *, forever: bool = False) -> str:
    """A channel by its id, as Slack takes it: not the first one, or none at all."""
    tried.append(place)
    if forever or len(tried) == 1:
        raise SlackRefused(problem)
    return place


def channels_on(fake: FakeSlack, pages: int) -> int:
    """How many channels stand on the first pages of the list: public ones that are not archived."""
    first = list(fake.workspace.channels.values())[: pages * 50]
    return sum(each.kind == CHANNEL and not each.archived for each in first)


def leave(fake: FakeSlack) -> None:
    """The bot is taken out of our channel."""
    fake.workspace.channels["C00000001"].members.discard(BOT_USER)


def test_an_id_is_used_as_it_is(store: Store, company: FakeSlack) -> None:
    channels, _ = channels_of(store, company)
    assert channels.id_of("C0METRICS01") == "C0METRICS01"
    assert company.workspace.tally.calls == {}


def test_a_channel_that_the_bot_is_in_is_found_at_once_and_kept(store: Store, company: FakeSlack) -> None:
    channels, _ = channels_of(store, company)
    assert find(company, channels) == ("C00000001", 0.0, [])
    assert company.workspace.tally.calls == {MINE: 1}
    again, _ = channels_of(store, company)
    assert again.id_of(OURS) == "C00000001"
    assert company.workspace.tally.calls == {MINE: 1}


def test_one_that_it_is_not_in_is_found_at_slack_s_pace_and_no_page_is_asked_for_twice(
    store: Store, company: FakeSlack
) -> None:
    leave(company)
    channels, _ = channels_of(store, company)
    found, waited, seen = find(company, channels)
    assert (found, channels.looking()) == ("C00000001", {})
    assert company.workspace.tally.calls[LIST] - company.workspace.rates.refused[LIST] == 101  # pages, the last is ours
    assert 240 <= waited <= 330
    counts = [each[OURS] for each in seen]
    assert counts == sorted(counts)
    assert 600 < counts[0] < 700  # of the first 20 pages, without the archived


@pytest.mark.parametrize("problem", ["unknown_method", "missing_scope", "access_denied"])
def test_where_the_short_list_is_refused_all_are_looked_through(store: Store, company: FakeSlack, problem: str) -> None:
    company.faults.arm(MINE, Fault.api_error(problem), times=20)
    channels, _ = channels_of(store, company)
    assert find(company, channels)[0] == "C00000001"


def test_one_that_passes_is_waited_for(store: Store, company: FakeSlack) -> None:
    company.faults.arm(MINE, Fault.api_error("team_added_to_org"))
    channels, _ = channels_of(store, company)
    with pytest.raises(Passing):
        channels.id_of(OURS)
    assert channels.looking() == {OURS: 0}
    assert find(company, channels) == ("C00000001", 0.0, [])


@pytest.mark.both
def test_what_slack_knows_no_more_is_looked_up_again(store: Store, company: FakeSlack) -> None:
    channels, _ = channels_of(store, company)
    channels.id_of(OURS)
    company.workspace.channels["C00000001"].name = "metrics-oncall-old"
    assert channels.id_of(OURS) == "C00000001"
    moved = company.workspace.add_channel("metrics-oncall")
    tried: list[str] = []
    assert channels.within(OURS, lambda place: known_now(place, tried)) == moved.id
    assert tried == ["C00000001", moved.id]
    assert channels.id_of(OURS) == moved.id


@pytest.mark.parametrize("channel", [OURS, "C0METRICS01"])
def test_what_slack_knows_no_more_and_cannot_be_found_anew_is_refused_once(
    store: Store, company: FakeSlack, channel: str
) -> None:
    channels, _ = channels_of(store, company)
    tried: list[str] = []
    with pytest.raises(SlackRefused, match="is_archived"):
        channels.within(channel, lambda place: known_now(place, tried, "is_archived", forever=True))
    assert len(tried) == 1


def test_another_name_is_another_channel(store: Store, company: FakeSlack) -> None:
    other = company.workspace.add_channel("growth-oncall")
    channels, _ = channels_of(store, company)
    assert [channels.id_of(name) for name in (OURS, "#growth-oncall")] == ["C00000001", other.id]


def test_an_archived_one_is_taken_only_where_no_other_has_the_name(store: Store, company: FakeSlack) -> None:
    company.workspace.channels["C00000001"].archived = True
    channels, _ = channels_of(store, company)
    assert find(company, channels)[0] == "C00000001"
    alive = company.workspace.add_channel("metrics-oncall", with_bot=False)
    with store.writing() as tx:
        found_channels.forget(tx, "metrics-oncall")
    assert find(company, channels)[0] == alive.id


def test_there_is_none_once_all_were_looked_at(store: Store, company: FakeSlack) -> None:
    channels, _ = channels_of(store, company)
    with pytest.raises(SlackRefused, match="channel_not_found"):
        find(company, channels, "#no-such-channel")
    assert channels.looking() == {}


def test_a_list_whose_cursors_repeat_has_an_end(store: Store, company: FakeSlack) -> None:
    leave(company)
    company.faults.cursors_repeat = True
    channels, _ = channels_of(store, company)
    with pytest.raises(SlackRefused, match="channel_not_found"):
        find(company, channels)
    assert company.workspace.tally.calls[LIST] == 2


def test_a_look_up_that_is_refused_is_over(store: Store, company: FakeSlack) -> None:
    leave(company)
    company.faults.arm(LIST, Fault.api_error("missing_scope"))
    channels, _ = channels_of(store, company)
    with pytest.raises(SlackRefused, match="missing_scope"):
        channels.id_of(OURS)
    assert channels.looking() == {}


def test_a_ring_of_cursors_has_an_end_however_often_it_is_cut_short(store: Store, company: FakeSlack) -> None:
    leave(company)
    ring = [f'{{"ok": true, "channels": [], "response_metadata": {{"next_cursor": "{n % 30}"}}}}' for n in range(30)]
    pages = [Fault(body=page) for page in ring]
    late = [
        fault
        for n, page in enumerate(pages * 2)
        for fault in ([Fault.rate_limited(1)] if n % 20 == 19 else []) + [page]
    ]
    company.faults.arm(LIST, *late)
    channels, _ = channels_of(store, company)
    with pytest.raises(SlackRefused, match="channel_not_found"):
        find(company, channels)


def test_a_cursor_that_has_expired_meanwhile_begins_the_list_anew(store: Store, company: FakeSlack) -> None:
    leave(company)
    channels, _ = channels_of(store, company)
    with pytest.raises(Limited):
        channels.id_of(OURS)
    company.workspace.seconds_let_pass += CURSOR_SECONDS + 1
    found, _, seen = find(company, channels)
    assert found == "C00000001"
    assert seen[0][OURS] == channels_on(company, 20)  # begun anew, counted once


def test_a_look_up_that_nobody_needs_any_more_is_no_trouble(store: Store, company: FakeSlack) -> None:
    leave(company)
    channels, _ = channels_of(store, company)
    with pytest.raises(Limited):
        channels.id_of(OURS)
    assert channels.looking()[OURS] > 0
    channels.id_of("C0METRICS01")  # the plan names it by its id now
    assert channels.looking() == {}


def test_it_stops_when_told_to_stop(store: Store, company: FakeSlack) -> None:
    leave(company)
    channels, slack = channels_of(store, company)
    pages = 0

    def stop_at_the_third() -> None:
        nonlocal pages
        pages += 1
        if pages == 6:  # the first call is before all pages, two come of those that the bot is in
            slack.stop()

    with pytest.raises(Passing, match="stopping"):
        channels.id_of(OURS, stop_at_the_third)
    assert company.workspace.tally.calls[LIST] == 3


@pytest.mark.parametrize("why", MOVED)
def test_a_message_finds_the_channel_that_has_the_name_now(stage: Stage, why: str) -> None:
    old = stage.slack.workspace.channels["C00000001"]
    if why == "is_archived":
        old.archived, old.name = True, "metrics-oncall-old"
    else:
        del stage.slack.workspace.channels[old.id]
    new = stage.slack.workspace.add_channel("metrics-oncall")
    stage.turn_to("2026-11-30T09:00")
    [handoff] = (each for each in stage.slack.messages(new.id) if not each.ephemeral)
    assert "takes over from *Toms*" in handoff.words()


def test_a_bot_that_stops_asks_for_no_further_page(sqlite: Databases) -> None:
    with a_stage(sqlite) as stage:
        slack = stage.bot.slack
        stage.bot.start()
        assert list(slack.all_channels(OURS))
        stage.bot.stop()
        with pytest.raises(Passing, match="stopping"):
            list(slack.all_channels(OURS))
