"""What the crash rig says of a bot that ended though nobody killed it."""

import os
import select
from contextlib import closing

import pytest

from bot.clock import StoppedClock
from bot.sandbox.server import FakeSlack
from tests.kit import cast
from tests.kit.forked import Mother
from tests.kit.stage import SECRET, TOKEN

pytestmark = pytest.mark.slow


def test_what_killed_a_bot_that_died_of_itself_is_told() -> None:
    fake = FakeSlack(cast.USERS, clock=StoppedClock(cast.NOW), signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url, closing(Mother()) as mother:
        order = {"slack": url, "now": cast.NOW.isoformat(), "apart": 0, "step": None, "hit": 0, "port": None}
        died = mother.fork(database="mysql://nowhere", **order)
        assert select.select([died], [], [], 30)[0]
        os.close(died)
        [why] = mother.died_of_themselves()
    assert "Traceback" in why
    assert "BadStoreUrl" in why
