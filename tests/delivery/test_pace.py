"""Two bots on one store together go no faster than Slack takes: nobody is ever told to slow down."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from bot.clock import StoppedClock
from bot.delivery.sender import Delivery
from bot.desk import Desk
from bot.ops.metrics import Metrics
from bot.pace import Pace
from bot.runbooks.library import Library
from bot.sandbox.records import User
from bot.sandbox.rules.rates import Rates
from bot.sandbox.server import FakeSlack
from bot.slack.client import Slack
from bot.slack.trouble import POSTING
from models import outbox
from models.outbox import Owed, to_member
from models.outbox.sending import BURST
from models.store.engine import Store
from scheduler.messages import Greeting
from tests.kit import cast
from tests.kit.databases import Databases
from tests.kit.stage import RUNBOOKS, SECRET, TOKEN

# A tenth of Slack's minute and second, with as many messages in it.
MINUTE, BETWEEN, A_MINUTE, MANY = 6.0, 0.11, 110, 150
USERS = [User(f"U{n:09}", f"User {n}", f"user{n}@example.com") for n in range(30)]


def owe_many(store: Store) -> None:
    """Owe them all at once."""
    with store.writing() as tx:
        for n in range(MANY):
            to = to_member(USERS[n % len(USERS)].id)
            outbox.owe(tx, 1, Owed(Greeting(), str(n), to, cast.NOW, urgent=n == MANY - 1), cast.NOW)


@pytest.mark.both
@pytest.mark.slow
def test_two_bots_keep_slack_s_pace_together_and_urgent_goes_first(
    database: Databases, record_property: Callable[[str, object], None]
) -> None:
    # What is left for a burst is not a tenth of it in a tenth of a minute.
    rates = Rates(paced=True, a_minute={POSTING: A_MINUTE + 2 * BURST}, minute=MINUTE)
    fake = FakeSlack(USERS, clock=StoppedClock(cast.NOW), signing_secret=SECRET, bot_token=TOKEN, rates=rates)
    pace = Pace(between=BETWEEN, a_minute=int(A_MINUTE * 60 / MINUTE), senders=5)
    with closing(cast.a_store(database)) as store, closing(Store(store.url)) as other, fake.serve() as url:
        owe_many(store)
        slack = Slack(TOKEN, base_url=f"{url}/api/", timeout=5)
        bots = [
            Delivery(Desk(each, Library(RUNBOOKS)), slack, StoppedClock(cast.NOW), pace, Metrics())
            for each in (store, other)
        ]
        began = time.monotonic()
        for bot in bots:
            bot.worker.start()
        fake.until(lambda: len(fake.workspace.timeline) == MANY, 90)
        took = timedelta(seconds=time.monotonic() - began)
        for bot in bots:
            bot.stop()
        shown = [message.metadata["event_payload"]["key"] for message in fake.workspace.timeline if message.metadata]
    assert rates.refused == {}
    assert len(set(shown)) == MANY
    assert f"1/{Greeting.kind}/{MANY - 1}" in shown[:2]
    record_property("pace", f"{took / (MANY * timedelta(seconds=MINUTE / A_MINUTE)):.2f} times what the pace imposes")
