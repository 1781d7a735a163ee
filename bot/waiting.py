"""What a start waits for, as long as it takes: the store, then Slack. A machine may be up before its network is, and a
bot before its database.

A token or a login that is refused, or a file that is no store, is refused at once: no waiting would mend it.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from bot.front import Front
from bot.slack.client import Identity, Slack
from bot.slack.trouble import Limited, Passing, SlackTrouble, Unclear
from bot.speech.store_trouble import told
from models.store.engine import Store
from models.store.errors import StoreError
from models.store.holding import Hold

AGAIN_SECONDS, STORE_AGAIN_SECONDS = 5.0, 2.0  # until Slack, or the store, is asked again that did not answer
LOOK_SECONDS = 0.05

NO_STORE_YET = "the store does not answer; asked again soon"
NO_SLACK_YET = "Slack does not answer; asked again soon"

_T = TypeVar("_T")

log = logging.getLogger(__name__)


def for_store(hold: Hold, opens: Callable[[], Store], front: Front, told_to_stop: threading.Event) -> Store | None:
    """The store that `opens` opens once it is held; None where the bot is told to stop before. Raises StoreError, and
    what `opens` raises."""
    while not told_to_stop.is_set():
        try:
            _apart(hold.renew, told_to_stop)
            if not told_to_stop.is_set():
                return opens()  # here, so that nobody stops it in the middle of a backup
        except StoreError as trouble:
            if not trouble.passes:
                raise
            log.warning(NO_STORE_YET, extra={"problem": told(trouble), "seconds": STORE_AGAIN_SECONDS})
            front.waits_for_store(told(trouble))
            told_to_stop.wait(STORE_AGAIN_SECONDS)
    return None


def for_slack(
    slack: Slack, front: Front, told_to_stop: threading.Event, again: float = AGAIN_SECONDS
) -> Identity | None:
    """Who the bot is; None where it is told to stop before Slack says so. It is asked `again` after so many seconds.
    Raises SlackTrouble."""
    front.waits_for_slack()
    while not told_to_stop.is_set():
        try:
            return _apart(slack.identity, told_to_stop)
        except (Passing, Unclear) as trouble:
            wait = trouble.retry_after if isinstance(trouble, Limited) else again
            log.warning(NO_SLACK_YET, extra={"problem": trouble.problem, "seconds": wait})
            front.waits_for_slack(trouble.problem)
            told_to_stop.wait(wait)
    return None


def _apart(ask: Callable[[], _T], told_to_stop: threading.Event) -> _T | None:
    """What `ask` returns or raises, in a thread of its own: a slow name server keeps nobody from stopping the bot, for
    which it is None."""
    asked: Future[_T] = Future()

    def work() -> None:
        try:
            asked.set_result(ask())
        except (SlackTrouble, StoreError) as trouble:
            asked.set_exception(trouble)
        except BaseException as surprise:
            asked.set_exception(surprise)
            raise

    threading.Thread(target=work, name="asks", daemon=True).start()
    while not asked.done() and not told_to_stop.wait(LOOK_SECONDS):
        pass
    return asked.result() if asked.done() else None
