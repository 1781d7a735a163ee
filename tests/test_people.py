"""Whom a name means: one person, or each who may be meant, and never anybody else."""

from collections.abc import Mapping

import pytest

from bot import people
from bot.people import UnknownPerson

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


@pytest.mark.parametrize(("typed", "who"), ONE.items())
def test_a_name_or_a_part_of_it_means_one_person(typed: str, who: str) -> None:
    assert people.named(typed, NAMES) == who


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
    with pytest.raises(UnknownPerson) as unknown:
        people.named(typed, NAMES)
    assert unknown.value.may_be == names
    assert all(name in unknown.value.sentence for name in names)
