"""The only place that knows APScheduler: one interval job, a doorbell.

It asks "what is due?" with generous grace, never two at a time; occurrences are computed from local dates elsewhere,
and what was said is remembered in our own table, because cron and job stores lose or repeat them.
"""

from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from scheduler.rule.hours import ONE_DAY


class Doorbell:
    """Rings every so often, in a thread of its own, from `start` until `stop`."""

    def __init__(self, ring: Callable[[], None], seconds: float) -> None:
        """`ring` is called every `seconds`, and takes care of its own errors."""
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": int(ONE_DAY.total_seconds()),
            },
        )
        self._scheduler.add_job(ring, "interval", seconds=seconds, id="tick")

    def start(self) -> None:
        """Ring from now on, in a thread of its own."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more; waits for a ring under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
