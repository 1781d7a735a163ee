"""Where the feeds are served: beside Slack's requests over HTTP, and alone with Socket Mode if there is an address."""

from bot.config import read
from bot.links import EVENTS
from bot.listening import Http, Socket
from bot.run import _ear
from tests.kit.cast import MAYA
from tests.kit.feeds import feeds_of
from tests.kit.operations import get
from tests.kit.processes import free_port
from tests.kit.stage import SECRET, URL, Stage

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-stage", "SLACK_APP_TOKEN": "xapp-stage"}


def test_with_socket_mode_and_an_address_the_feeds_are_served_alone(stage: Stage) -> None:
    path = feeds_of(stage, MAYA)["mine"].removeprefix(URL)
    port = free_port()
    ear = _ear(stage.bot, read({**TOKENS, "ONCALL_ADDRESS": f"127.0.0.1:{port}", "ONCALL_URL": URL}))
    assert isinstance(ear, Socket)
    assert ear._feeds is not None
    ear._feeds.start()
    try:
        assert get(port, path)[0] == 200
        assert get(port, path.replace("mine", "yours"))[0] == 404
        assert get(port, EVENTS, "POST") == (404, "Nothing here.")
        assert get(port, "/")[0] == 404
    finally:
        ear.stop()


def test_with_socket_mode_and_no_address_nothing_is_listened_on(stage: Stage) -> None:
    ear = _ear(stage.bot, read(TOKENS))
    assert isinstance(ear, Socket)
    assert ear._feeds is None
    ear.stop()


def test_over_http_they_are_served_beside_slack_s_requests(stage: Stage) -> None:
    environ = {"SLACK_BOT_TOKEN": "xoxb-stage", "SLACK_SIGNING_SECRET": SECRET.replace("-", "")}
    ear = _ear(stage.bot, read({**environ, "ONCALL_ADDRESS": "127.0.0.1:0", "ONCALL_URL": URL}))
    assert isinstance(ear, Http)
    ear.start()
    try:
        port = int(ear.words.removesuffix(EVENTS).rpartition(":")[2])
        assert get(port, feeds_of(stage, MAYA)["away"].removeprefix(URL))[0] == 200
        assert get(port, EVENTS, "POST")[0] == 401
    finally:
        ear.stop()
