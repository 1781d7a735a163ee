"""The picture in a reply, by an address that is signed and expires."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk.errors import SlackApiError

from bot.links import GOOD_FOR, PICTURES, Addresses
from bot.sandbox.records import SlackMessage
from bot.slack.clients import Client
from bot.speech.ask import Ask, Asker
from bot.talk.oncall import command as oncall
from bot.web.pictures import Pictures
from bot.web.server import Server, beside, not_found
from tests.kit.cast import TOMS
from tests.kit.databases import Databases
from tests.kit.stage import TOKEN, Stage, a_stage, press

NOW = 1_800_000_000.0


class Seconds:
    """A clock of seconds that is turned by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """The clock by which addresses expire."""
    return Seconds()


@pytest.fixture
def addresses(seconds: Seconds) -> Addresses:
    """The addresses of a workspace."""
    return Addresses("https://oncall.example.com", TOKEN, seconds)


def path(address: str) -> str:
    """An address without the host."""
    return address.removeprefix("https://oncall.example.com")


def test_a_fresh_address_is_good_for_an_hour(addresses: Addresses, seconds: Seconds) -> None:
    made = path(addresses.fresh(1))
    assert addresses.is_good(made)
    seconds.now += GOOD_FOR - 1
    assert addresses.is_good(made)
    seconds.now += 1
    assert not addresses.is_good(made)


def test_an_address_that_was_altered_is_not_good(addresses: Addresses) -> None:
    made = path(addresses.fresh(1))
    later = made.replace(str(int(NOW) + GOOD_FOR), str(int(NOW) + 9 * GOOD_FOR))
    other = path(Addresses(addresses.url, "xoxb-other", addresses.clock).fresh(1))
    for wrong in (later, other, made[:-5] + "0.png", made + "x", "/pictures/", "/pictures/١/" + "0" * 64 + ".png"):
        assert not addresses.is_good(wrong), wrong


def test_an_address_says_nothing_of_the_token(addresses: Addresses) -> None:
    assert TOKEN not in addresses.fresh(1)
    assert TOKEN not in repr(addresses)


def get(url: str, method: str = "GET") -> tuple[int, bytes, Any]:
    """Ask over HTTP: status, body and headers."""
    try:
        with urlopen(Request(url, method=method), timeout=5) as answer:
            return answer.status, answer.read(), answer.headers
    except HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def test_calendar_shows_the_picture_where_there_is_a_public_address(stage: Stage) -> None:
    url = f"http://{stage.public}"
    addresses = Addresses(url, TOKEN)
    desk = replace(stage.bot.desk, url=url, pictures=addresses)
    said = oncall.answer(Ask("oncall", "calendar", Asker(person_id="maya"), stage.clock.now()), desk)
    [image] = [block for block in said.blocks if block["type"] == "image"]
    assert not any("direct message" in str(block) for block in said.blocks)
    assert image["image_url"].startswith(f"{url}/pictures/")


def test_the_picture_is_served_to_who_has_the_address(stage: Stage) -> None:
    addresses = Addresses("https://oncall.example.com", TOKEN)
    server = Server(beside({PICTURES: Pictures(stage.store, stage.clock, addresses)}, not_found), "127.0.0.1", 0)
    server.start()
    base = f"http://127.0.0.1:{server.port}"
    try:
        address = base + path(addresses.fresh(1))
        status, body, headers = get(address)
        assert (status, body[:8], headers["Content-Type"]) == (200, b"\x89PNG\r\n\x1a\n", "image/png")
        assert get(f"{base}/pictures/1/{'0' * 64}.png")[:2] == (404, b"Nothing here.\n")
        assert get(address, "POST")[0] == 404
        assert get(f"{base}/elsewhere")[0] == 404
    finally:
        server.stop()


def test_a_picture_of_another_state_than_its_words_is_not_shown(stage: Stage) -> None:
    addresses = Addresses("https://oncall.example.com", TOKEN)
    server = Server(beside({PICTURES: Pictures(stage.store, stage.clock, addresses)}, not_found), "127.0.0.1", 0)
    server.start()
    desk = replace(stage.bot.desk, pictures=addresses)

    def asked() -> str:
        said = oncall.answer(Ask("oncall", "calendar", Asker(person_id="maya"), stage.clock.now()), desk)
        [image] = [block for block in said.blocks if block["type"] == "image"]
        return f"http://127.0.0.1:{server.port}{path(image['image_url'])}"

    try:
        first = asked()
        assert get(first)[0] == 200
        assert get(first.replace(first.split("/")[-2], "0" * 16))[0] == 404
        changed = stage.ask(TOMS, "/holiday 24 Dec")
        assert get(first)[0] == 404
        assert get(asked())[0] == 200
        stage.slack.press(TOMS, changed, "holiday.undo")
        stage.slack.until(lambda: "*Undone*" in changed.words())
        assert get(first)[0] == 200  # it is as its words say again
        stage.turn_to("2026-11-30T09:00")
        assert get(first)[0] == 404
    finally:
        server.stop()


# What Slack can't fetch


@pytest.fixture
def pictured(database: Databases) -> Iterator[Stage]:
    """The team's bot with a public address for pictures."""
    with a_stage(database, pictures=True) as stage:
        yield stage


def unreachable(stage: Stage) -> None:
    """From now on Slack can't reach the bot's public address."""
    stage.slack.workspace.images.public = "https://elsewhere.example.com"


def images(stage: Stage) -> list[SlackMessage]:
    """The messages with a picture."""
    return [m for m in stage.slack.messages() if any(block["type"] == "image" for block in m.blocks)]


def test_the_picture_follows_the_weeks_for_who_asked(pictured: Stage) -> None:
    assert "Mon 30 Nov" in pictured.words(TOMS, "/oncall calendar")
    pictured.slack.until(lambda: images(pictured))
    [picture] = images(pictured)
    assert picture.ephemeral_to == TOMS
    assert picture.blocks[0]["image_url"].startswith("https://oncall.example.com/pictures/")


def test_a_picture_that_slack_can_t_fetch_takes_no_word_with_it(
    pictured: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    unreachable(pictured)
    assert "Mon 30 Nov" in pictured.words(TOMS, "/oncall calendar")
    pictured.slack.until(lambda: pictured.slack.workspace.rejected)
    assert "Mon 30 Nov" in press(pictured, TOMS, pictured.ask(TOMS, "/oncall"), "oncall.calendar").words()
    pictured.slack.until(lambda: len(pictured.slack.workspace.rejected) == 2)
    pictured.slack.until(lambda: "a press could not be answered" in caplog.text)
    assert images(pictured) == []
    assert set(pictured.slack.workspace.rejected) == {"response_url: blocks/0/image_url: downloading image failed"}
    pictured.slack.workspace.rejected.clear()


def test_the_home_s_calendar_opens_with_the_picture_or_without(pictured: Stage) -> None:
    def opened() -> list[str]:
        pictured.slack.workspace.views.clear()
        home = pictured.slack.home_of(TOMS)
        assert home
        pictured.slack.press_in_view(TOMS, home, "oncall.calendar")
        pictured.slack.until(lambda: pictured.slack.view_for(TOMS))
        return [block["type"] for block in pictured.modal(TOMS).blocks]

    pictured.slack.open_home(TOMS)
    pictured.slack.until(lambda: pictured.slack.home_of(TOMS))
    assert opened() == ["section", "image"]
    unreachable(pictured)
    assert opened() == ["section"]
    assert pictured.slack.workspace.rejected == ["pictures: blocks/1/image_url: downloading image failed"]
    pictured.slack.workspace.rejected.clear()


@pytest.mark.parametrize(
    "address", ["https://nowhere.example.com/a.png", "https://oncall.example.com/pictures/1/0.png", "", "http://["]
)
def test_the_fake_refuses_a_picture_that_can_t_be_had(stage: Stage, address: str) -> None:
    client = Client(TOKEN, base_url=f"{stage.slack.url}/api/", timeout=5)
    image = {"type": "image", "image_url": address, "alt_text": "a"}
    said = len(stage.slack.messages())
    for blocks in ([image], [{"type": "context", "elements": [image]}]):
        with pytest.raises(SlackApiError, match="downloading image failed"):
            client.chat_postMessage(channel="C00000001", text="a", blocks=blocks)
    assert len(stage.slack.messages()) == said
    stage.slack.workspace.rejected.clear()
