"""Every refusal has its sentence."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.speech.ask import OwnWords
from bot.speech.refusals import BECAUSE, REFUSALS, sentence
from bot.speech.store_trouble import PROBLEMS, SENTENCES
from bot.talk import features
from scheduler.refusals import DAY_BEGUN, NotOnDuty, Refused, Somebody

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

ROOT = Path(__file__).parent.parent.parent
MANY_WORDS = 3
CODE = re.compile(r"\b[A-Z]{4,}\b|[<|=]")  # SQL, checks of tables, options, annotations
WORDS = {*SENTENCES, *PROBLEMS, *BECAUSE}  # that stand for sentences
NOT_FOR_PEOPLE = {
    "a moment needs a time zone: ": "whoever wrote the call",
    "a new store's file is made": "the log",
    "{file} was empty, and is begun as a new store.": "the log",
    "dropped by hand": "is stored",
    "password authentication failed": "PostgreSQL's words",
    "no password supplied": "PostgreSQL's words",
    "no pg_hba.conf entry": "PostgreSQL's words",
    "does not exist": "PostgreSQL's words",
    "days go on": "whoever wrote the call",
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


def test_no_english_for_people_is_made_below_the_bot() -> None:
    wrong = []
    for path in sorted(each for package in ("models", "scheduler") for each in (ROOT / package).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place == "scheduler/entries.py" or place.startswith("models/migrations/"):
            continue  # the log's words are stored; a migration is SQL
        said = {each for each in literals(path) if len(each.split()) >= MANY_WORDS and not CODE.search(each)}
        wrong += [f"{place}: {each}" for each in sorted(said - {*WORDS, *NOT_FOR_PEOPLE})]
    assert wrong == []


def literals(path: Path) -> Iterator[str]:
    """The strings of a file, but for docstrings."""
    tree = ast.parse(path.read_text())
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def test_a_button_of_whoever_is_on_call_says_so_where_nobody_is() -> None:
    assert sentence(NotOnDuty(None)).startswith("That button is for whoever is on call, or an admin.")
    assert sentence(NotOnDuty("Toms")).startswith("That button is for Toms, who is on call, or an admin.")
