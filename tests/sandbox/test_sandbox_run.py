"""The sandbox from one evening to the next: its store is kept, and its clock goes on from there."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

from bot.clock import TurnedClock
from bot.config import read
from bot.sandbox.run import Sandbox
from tests.kit.cast import NOW


def served(database: str, clock: TurnedClock) -> list[str]:
    """What the channel shows after a short while of the sandbox."""
    settings = read({})
    box, told_to_stop = Sandbox(database, settings.plan, settings.runbooks, clock), threading.Event()
    thread = threading.Thread(target=box.serve, args=(0, told_to_stop, lambda _: None))
    thread.start()
    try:
        box.slack.until(lambda: box.slack.messages())
        clock.turn_to(clock.now() + timedelta(days=7))
        box.slack.page.on_clock(clock.now())
        box.slack.until(lambda: len(box.slack.messages()) > 1)
        return [message.words() for message in box.slack.messages()]
    finally:
        told_to_stop.set()
        thread.join()


def test_a_kept_store_goes_on_where_its_clock_was_turned_to(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'sandbox.sqlite'}"
    assert "Hello!" in served(database, TurnedClock(NOW))[0]
    settings, clock = read({}), TurnedClock(NOW)
    Sandbox(database, settings.plan, settings.runbooks, clock)
    assert clock.now() >= NOW + timedelta(days=7)


def test_no_other_page_can_know_its_token_or_frame_it(tmp_path: Path) -> None:
    settings = read({})
    made: list[str] = []
    for name in ("one", "other"):
        box = Sandbox(f"sqlite:///{tmp_path / name}.sqlite", settings.plan, settings.runbooks, TurnedClock(NOW))
        with box.slack.serve() as url:
            for token in ("xoxb-sandbox", "xoxb-", *made):
                with urlopen(f"{url}/api/chat.postMessage?token={token}&channel=C00000001&text=hello") as said:
                    assert json.load(said)["ok"] is False
            with urlopen(url) as page:
                assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert box.slack.messages() == []
        made.append(box.token)
    assert len(set(made)) == 2
