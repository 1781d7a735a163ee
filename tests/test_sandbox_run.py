"""The sandbox from one evening to the next: its store is kept, and its clock goes on from there."""

import threading
from datetime import timedelta
from pathlib import Path

from bot.clock import TurnedClock
from bot.config import read
from bot.sandbox.run import Sandbox
from tests.cast import NOW


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
