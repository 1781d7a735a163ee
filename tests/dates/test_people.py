"""Whom a name means: one person, or each who may be meant, and never anybody else."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.plan import apply as plan
from bot.plan import file
from bot.runbooks.library import Library
from bot.speech.ask import Ask, Asker, Reply
from bot.speech.read import decode, people
from bot.speech.read.people import UnknownName
from bot.talk import commands
from models import holidays
from tests.kit import cast
from tests.kit.databases import Databases
from tests.kit.stage import RUNBOOKS

NAMES: Mapping[str, str] = {
    "maya": "Maya Ali",
    "maya-b": "Maya Berg",
    "mara": "Mara Lund",
    "gerard": "G\u00e9rard Dup\u00e9",  # composed
    "zoe": "Zoe\u0308 van der Berg",  # decomposed
    "lukasz": "Łukasz Żak",
    "danny": "Danny",
    "daniela": "Daniela Danso",
    "anna-lena": "Anna-Lena Groß",
}

ONE = {
    "Maya Ali": "maya",
    "maya.ali": "maya",
    "ali": "maya",
    "@Maya_Berg": "maya-b",
    "maya-b": "maya-b",
    "Gerard": "gerard",
    "G\u00e9rard": "gerard",
    "Ge\u0301rard": "gerard",
    "dupe": "gerard",
    "zo\u00eb": "zoe",
    "zoe": "zoe",
    "van der Berg": "zoe",
    "lukasz": "lukasz",
    "zak": "lukasz",
    "ŁUKASZ": "lukasz",
    "Danny": "danny",
    "dans": "daniela",
    "anna lena": "anna-lena",
    "gross": "anna-lena",
    "\u200eDanny\u200b": "danny",
    "lun": "mara",
}


def test_a_name_or_a_part_of_it_means_one_person() -> None:
    for typed, who in ONE.items():
        assert people.named(typed, NAMES) == who, (typed, who)


SEVERAL = {
    "Maya": ("Maya Ali", "Maya Berg"),
    "@maya": ("Maya Ali", "Maya Berg"),
    "berg": ("Maya Berg", "Zoe\u0308 van der Berg"),
    "may": ("Maya Ali", "Maya Berg"),
    "dan": ("Danny", "Daniela Danso"),
    "Mya": ("Maya Ali", "Maya Berg"),
}


@pytest.mark.parametrize(("typed", "names"), SEVERAL.items())
def test_all_who_may_be_meant_are_named_and_nobody_else(typed: str, names: tuple[str, ...]) -> None:
    with pytest.raises(UnknownName) as unknown:
        people.named(typed, NAMES)
    assert unknown.value.may_be == names
    assert all(name in unknown.value.sentence for name in names)


@pytest.fixture
def desk(database: Databases, tmp_path: Path) -> Iterator[Desk]:
    """The first team, with other names: Toms is a Sunday, Maya a May, and Danny and Rene are two Monicas."""
    written = file.PACKAGED.read_text()
    for name, other in (("Toms", "Sunday Ade"), ("Maya", "May"), ("Danny", "Monica Ek"), ("Rene", "Mónica Sol")):
        written = written.replace(f"name: {name}\n", f"name: {other}\n")
    (tmp_path / "plan.yaml").write_text(written)
    with closing(cast.an_empty_store(database)) as store:
        plan.first(store, cast.from_week_1(file.read(tmp_path / "plan.yaml")), cast.NOW)
        yield Desk(store, Library(RUNBOOKS))


def said(desk: Desk, typed: str, who: str = "robin") -> Reply:
    """What an admin is answered on Tue 24 Nov 2026."""
    command, _, text = typed.partition(" ")
    return commands.answer(Ask(command, text, Asker(person_id=who), cast.NOW), desk)


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("sunday", ("@toms", "2026-11-29")),
        ("Sunday", ("@toms", "2026-11-29")),
        ("may", ("@maya", "1 May")),
        ("MAY", ("@maya", "1 May")),
        ("\u200bsunday", ("@toms", "2026-11-29")),
    ],
)
def test_a_name_that_is_a_day_too_asks_which_is_meant(desk: Desk, typed: str, ways: tuple[str, str]) -> None:
    asked = said(desk, f"oncall {typed}")
    assert asked.refused
    for way in ways:
        assert f"/oncall {way}" in asked.text
        assert not said(desk, f"oncall {way}").refused


@pytest.mark.parametrize("typed", ["mon", "3 may", "may 3", "next sunday", "2027-05-03", "monday"])
def test_a_day_is_a_day_where_nobody_has_that_name(desk: Desk, typed: str) -> None:
    answer = said(desk, f"oncall {typed}")
    assert not answer.refused
    assert "is on call" in answer.text


@pytest.mark.parametrize("typed", ["monica", "@monica", "mónica", "Mo\u0301nica", "moni"])
def test_two_of_one_first_name_are_both_named(desk: Desk, typed: str) -> None:
    answer = said(desk, f"oncall {typed}")
    assert answer.refused
    assert "Monica Ek" in answer.text
    assert "Mónica Sol" in answer.text
    assert "Sunday" not in answer.text


@pytest.mark.parametrize("typed", ["@Monica Ek 24 Dec", "@ek 24 Dec: skiing", "@Monica.Ek 24 Dec", "@danny 24 Dec"])
def test_days_of_one_of_them_are_declared_by_the_rest_of_the_name(desk: Desk, typed: str) -> None:
    said(desk, f"holiday {typed}")
    with desk.store.reading() as tx:
        assert [str(each.first) for each in holidays.of_person(tx, "danny", cast.WEEK_1)] == ["2026-12-24"]


@pytest.mark.parametrize(
    "typed",
    [
        "oncall {group}",
        "oncall cover 24 Dec {group}",
        "holiday {group} 24 Dec",
        "oncall log {group}",
        "oncall take {group}",
    ],
)
def test_a_user_group_is_not_known_here(desk: Desk, typed: str) -> None:
    group = decode.typed("<!subteam^S0METRICS|@metrics>")
    answer = said(desk, typed.format(group=group))
    assert answer.refused
    assert "@metrics is a user group" in answer.text
    assert decode.OPEN not in answer.text
