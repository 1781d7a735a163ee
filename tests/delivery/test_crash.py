"""Bots that are killed at every step of sending and at any instant lose no message and double none, and do once what
people ask of them, however often these have to ask.

A slice of it runs with the other tests; `make torture` runs it for a quarter of an hour and says how many it killed.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.team import record
from tests.kit import postgres
from tests.kit.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.kit.rig import World, a_world
from tests.kit.small_disk import a_small_disk
from tests.kit.stage import HTTP, SOCKET

# Seconds for each of the eight below, longer where so many kills take longer: a slice, unless told otherwise.
SECONDS = float(os.environ.get("TORTURE_SECONDS", "3"))
LEAST = int(os.environ.get("TORTURE_KILLS", "5"))
DOWN_SECONDS = 1.0  # longer than a bot takes to begin
DISK_MB = 32

pytestmark = pytest.mark.slow


def torment(
    database: Databases,
    report: Callable[[str, object], None],
    *,
    bots: int,
    by: str,
    meanwhile: Callable[[World], None] | None = None,
    apart: timedelta = timedelta(0),
) -> None:
    """Torment a world for a while, then let it recover, and compare."""
    seed = int.from_bytes(os.urandom(4))
    with a_world(database, bots=bots, seed=seed, by=by, apart=apart) as world:
        world.torment(SECONDS, LEAST, meanwhile)
        world.settle()
        report("crash", summary(database.kind, bots, by, seed, world))
        world.check()


def summary(kind: str, bots: int, by: str, seed: int, world: World) -> str:
    """What is printed of a run."""
    kills: Counter[str] = world.kills
    told = ", ".join(f"{count} {where}" for where, count in sorted(kills.items()))
    shown, people = len(world.slack.workspace.timeline), world.people
    return (
        f"{kind}, {bots} at once by {by}, seed {seed}: {sum(kills.values())} kills ({told}), {shown} messages shown, "
        f"{len(people.errands)} errands with {people.told_of_errors} errors, settled {world.recovered_in:.1f} s after "
        "the last kill"
    )


@pytest.mark.parametrize("by", [HTTP, SOCKET])
def test_a_bot_that_is_killed_says_and_does_everything_once(
    database: Databases, record_property: Callable[..., None], by: str
) -> None:
    torment(database, record_property, bots=1, by=by)


@pytest.mark.parametrize(("bots", "by"), [(2, HTTP), (3, SOCKET)])
def test_several_bots_whose_clocks_differ_and_step_say_and_do_everything_once(
    postgresql: Databases, record_property: Callable[..., None], bots: int, by: str
) -> None:
    torment(postgresql, record_property, bots=bots, by=by, apart=record.LITTLE / 2)


def test_bots_outlive_a_disk_that_is_full(tmp_path: Path, record_property: Callable[..., None]) -> None:
    with a_small_disk(tmp_path, DISK_MB) as disk:

        def fill(world: World) -> None:
            with disk.full():
                world.start_another()
                time.sleep(DOWN_SECONDS)

        torment(SqliteDatabases(disk.place), record_property, bots=1, by=HTTP, meanwhile=fill)


def test_bots_outlive_a_database_that_is_stopped_and_started(record_property: Callable[..., None]) -> None:
    with postgres.a_server_to_stop() as server, postgres.a_template(server.url) as template:
        database = PostgresDatabases(server.url, template)

        def restart(world: World) -> None:
            server.stop()
            world.start_another()
            time.sleep(DOWN_SECONDS)
            server.start()

        torment(database, record_property, bots=2, by=SOCKET, meanwhile=restart)
