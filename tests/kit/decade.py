"""Ten years on record, each week as the first team may have had it: covers, take-overs, hours of nobody's."""

import random
from datetime import datetime, timedelta
from itertools import pairwise

from models import history, teams
from models.history import Stretch
from models.store.engine import Store
from models.teams import HeldWeek
from scheduler.rule.hours import Hours
from scheduler.team import roster
from tests.kit.cast import WEEK_1

TEAM = ("toms", "maya", "danny", "rene")
YEARS = 10
HOUR = timedelta(hours=1)


def on_record(store: Store, years: int = YEARS) -> tuple[list[Stretch], datetime]:
    """Put so many years on record, the same at each call. Returns their stretches, and the moment after them."""
    chance, served = random.Random(7), []
    with store.writing() as tx:
        team = roster.own(tx)
        for n in range(52 * years):
            held = HeldWeek(WEEK_1 + timedelta(weeks=n), TEAM[n % 4], TEAM[(n + (chance.random() < 0.1)) % 4], (), ())
            teams.record_week(tx, team.id, held)
            served += _week(team.hours, held, chance)
        for each in served:
            history.record(tx, team.id, each)
    return served, served[-1].ends


def _week(hours: Hours, held: HeldWeek, chance: random.Random) -> list[Stretch]:
    """A week, cut at up to four whole hours."""
    starts, ends = hours.handoff(held.week), hours.handoff(held.week + timedelta(days=7))
    cuts = sorted(chance.sample(range(1, (ends - starts) // HOUR), chance.randint(0, 4)))
    borders = [starts, *(starts + cut * HOUR for cut in cuts), ends]
    pieces = []
    for begins, over in pairwise(borders):
        who, why = held.holder, "holder"
        if begins > starts and chance.random() < 0.5:
            why = chance.choice(("cover", "substitute", "take-over", "nobody"))
            who = None if why == "nobody" else chance.choice([each for each in TEAM if each != held.holder])
        pieces.append(Stretch(begins, over, who, why, held.week, held.holder, held.home, hours.on_call_day(begins)))
    return pieces
