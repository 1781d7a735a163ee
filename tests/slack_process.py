"""`python -m tests.slack_process`: a fake Slack in a process of its own, to measure a bot that shares no core with it.

It prints its address; for each line that it then reads it prints what arrived since: how many messages, how many of
them twice, and the seconds from the first to the last.
"""

import json
import sys
from collections import Counter

from bot.clock import SystemClock
from bot.sandbox.records import User
from bot.sandbox.server import FakeSlack
from tests.stage import SECRET, TOKEN


class RealClock(SystemClock):
    """The machine's clock, which nobody turns."""

    def turn_to(self, moment: object) -> None:
        """It goes its own way."""


def main() -> None:
    """Serve until standard input ends. Arguments: how many users, latency in seconds, messages a minute (0: any)."""
    users, latency, a_minute = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    people = [User(f"U{n:09}", f"User {n}", f"user{n}@example.com") for n in range(users)]
    fake = FakeSlack(people, clock=RealClock(), signing_secret=SECRET, bot_token=TOKEN)
    fake.workspace.latency, fake.workspace.paced = latency, a_minute > 0
    fake.workspace.a_minute = a_minute or None
    with fake.serve() as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        for _ in sys.stdin:
            sys.stdout.write(f"{json.dumps(arrived(fake))}\n")
            sys.stdout.flush()
            fake.workspace.timeline.clear()


def arrived(fake: FakeSlack) -> dict[str, float]:
    """What arrived so far."""
    with fake.workspace.lock:
        timeline = list(fake.workspace.timeline)
    keys = Counter(message.metadata["event_payload"]["key"] for message in timeline if message.metadata)
    stamps = [float(message.ts) for message in timeline]
    took = max(stamps) - min(stamps) if stamps else 0.0
    return {"messages": len(timeline), "doubled": sum(n > 1 for n in keys.values()), "seconds": took}


if __name__ == "__main__":
    main()
