"""Runs: days that follow each other. Pure."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import TypeVar

K = TypeVar("K")


def in_a_row(days: Iterable[date]) -> list[tuple[date, date]]:
    """The days, which are in order, as runs: the first and the last day of each, both inclusive."""
    return [(first, last) for first, last, _ in alike_in_a_row((day, None) for day in days)]


def alike_in_a_row(days: Iterable[tuple[date, K]]) -> list[tuple[date, date, K]]:
    """The days, which are in order, each with what it is like, as runs of those that are alike: the first and the last
    day of each run, both inclusive, and what they are like."""
    keyed = ((day.toordinal() - place, kind, day) for place, (day, kind) in enumerate(days))
    found = [(kind, [day for *_, day in run]) for (_, kind), run in groupby(keyed, key=lambda each: each[:2])]
    return [(run[0], run[-1], kind) for kind, run in found]
