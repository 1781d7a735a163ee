"""`python -m tests.kit.slack_process`: a fake Slack in a process of its own, for bots that share no core with it.

It prints two addresses, its own and that of its controls, and serves until its standard input ends. What the controls
do is in `CONTROLS`; `tests/kit/slack_apart.py` speaks to them.
"""

import json
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.clock import StoppedClock, TurnedClock
from bot.sandbox.page_api import Turnable
from bot.sandbox.records import SlackMessage, User
from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.rates import MINUTE, POSTING, Rates
from bot.sandbox.server import FakeSlack
from tests.kit import cast
from tests.kit.stage import SECRET, TOKEN

Json = dict[str, Any]


def held(fake: FakeSlack, _: Json) -> Json:
    """Every message by the id of its conversation, oldest first. `arrived` is real time in seconds, on the clock of
    `time.monotonic`, which all processes of a machine share."""
    by_channel: dict[str, list[Json]] = {}
    for message in fake.workspace.timeline:
        by_channel.setdefault(message.channel, []).append(_facts(message))
    return by_channel


def count(fake: FakeSlack, _: Json) -> Json:
    """How many messages there are, when the first and the last arrived, and how many calls of each method came too
    soon."""
    arrived = [message.arrived for message in fake.workspace.timeline]
    first, last = (min(arrived), max(arrived)) if arrived else (None, None)
    return {"messages": len(arrived), "first": first, "last": last, "refused": dict(fake.workspace.rates.refused)}


def arm(fake: FakeSlack, given: Json) -> Json:
    """The next calls of `method` meet these `faults`, so many `times` over."""
    fake.faults.arm(given["method"], *(Fault(**each) for each in given["faults"]), times=given["times"])
    return {}


def disarm(fake: FakeSlack, _: Json) -> Json:
    """All is well from now on."""
    fake.faults.disarm()
    return {}


def lag(fake: FakeSlack, given: Json) -> Json:
    """The history is so many `seconds` behind."""
    fake.faults.history_lags = given["seconds"]
    return {}


def turn(fake: FakeSlack, given: Json) -> Json:
    """The clock shows this `moment`, in ISO 8601 with its offset."""
    fake.page.clock.turn_to(datetime.fromisoformat(given["moment"]))
    return {}


def clear(fake: FakeSlack, _: Json) -> Json:
    """Nothing has been said and nothing fails; people and channels are there as at first."""
    fake.faults.disarm()
    fake.workspace.start_over()
    return {}


CONTROLS: Mapping[str, Callable[[FakeSlack, Json], Json]] = {
    each.__name__: each for each in (held, count, arm, disarm, lag, turn, clear)
}


def _facts(message: SlackMessage) -> Json:
    return {
        "key": message.metadata["event_payload"].get("key") if message.metadata else None,
        "ts": message.ts,
        "arrived": message.arrived,
        "words": message.words(),
        "edited": message.edited,
        "files": [file.name for file in message.files],
    }


@contextmanager
def controls_of(fake: FakeSlack) -> Iterator[str]:
    """Serve the controls on the loopback address: POST /NAME with a JSON object. Yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = json.dumps(CONTROLS[self.path.lstrip("/")](fake, given)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def a_slack(options: Namespace) -> FakeSlack:
    """The cast's workspace, with more channels and users if told so."""
    channels = ["metrics-oncall", *(f"channel-{n}" for n in range(2, options.channels + 1))]
    users = [*cast.USERS, *(User(f"U{n:09}", f"User {n}", f"user{n}@example.com") for n in range(options.users))]
    a_minute = {POSTING: options.a_minute} if options.a_minute else {}
    clock: Turnable = StoppedClock(options.now) if options.now else TurnedClock()
    return FakeSlack(
        users,
        channels,
        clock=clock,
        signing_secret=SECRET,
        bot_token=TOKEN,
        rates=Rates(paced=options.paced, a_minute=a_minute, minute=options.minute),
        latency=options.latency,
    )


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.kit.slack_process")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--channels", type=int, default=1, help="how many; the first is #metrics-oncall")
    parser.add_argument("--users", type=int, default=0, help="how many besides the cast: U000000000 and so on")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each answer takes")
    parser.add_argument("--paced", action="store_true", help="a message a second in each channel")
    parser.add_argument("--a-minute", type=int, default=0, help="so many messages a minute in all; 0: any number")
    parser.add_argument("--minute", type=float, default=MINUTE, help="real seconds that a minute has")
    parser.add_argument("--now", type=datetime.fromisoformat, help="the clock stands still at this moment")
    return parser.parse_args()


def main() -> None:
    """Serve until standard input ends."""
    options = _options()
    fake = a_slack(options)
    with fake.serve(options.port) as url, controls_of(fake) as controls:
        sys.stdout.write(f"{url} {controls}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
