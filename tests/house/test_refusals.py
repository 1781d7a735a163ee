"""Every refusal has its sentence."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest

from bot.speech.ask import OwnWords
from bot.speech.refusals import REFUSALS, sentence
from bot.talk import features
from scheduler.refusals import DAY_BEGUN, Refused, Somebody

EXAMPLES = {
    "name": "Danny",
    "names": ("Danny",),
    "whose_change": False,
    "who": Somebody("Danny"),
    "days": (date(2026, 12, 24), date(2026, 12, 26)),
    "first": date(2026, 12, 24),
    "ends": datetime(2026, 12, 24, 9, tzinfo=UTC),
    "why": DAY_BEGUN,
    "decline_id": 1,
    "most": 3,
    "weeks": 4,
    "year": 2020,
    "last": 2027,
}


def every(kind: type[Refused]) -> Iterator[type[Refused]]:
    """All kinds of refusals, but for those that have words of their own."""
    for each in kind.__subclasses__():
        if each is not OwnWords:
            yield each
            yield from every(each)


def test_each_refusal_has_its_sentence() -> None:
    assert features.FEATURES  # all that can refuse is imported
    assert set(REFUSALS) == set(every(Refused))


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_each_sentence_can_be_said(kind: type[Refused]) -> None:
    said = sentence(kind(**{each.name: EXAMPLES[each.name] for each in fields(kind)}))
    assert re.fullmatch(r"[A-Z][^{}]*\.", said)
