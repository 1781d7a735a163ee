"""Countries and regions in the plan, checked against the package that knows their public holidays."""

from datetime import date

import pytest

from bot.plan import apply as plan
from bot.plan.file import read, written
from bot.plan.words import difference_text
from bot.speech import public_holidays, say
from models import people
from models.store.engine import Store
from scheduler.change.frame import Actor
from scheduler.team.public_holidays import Calendar
from tests.kit.cast import NOW, from_week_1
from tests.kit.plans import PLACES, SMALL, living_in, problems_of

BERLIN = SMALL.replace("    name: Maya\n", "    name: Maya\n    country: DE\n    region: BE\n")


def with_place(*lines: str) -> list[str]:
    """What is said of a plan in which Maya lives there."""
    typed = "".join(f"    {line}\n" for line in lines)
    return problems_of(SMALL.replace("    name: Maya\n", f"    name: Maya\n{typed}"))


def test_a_country_and_its_region_are_read_and_written() -> None:
    maya = read(BERLIN).engineers[1]
    assert (maya.country, maya.region) == ("DE", "BE")
    assert read(written(read(BERLIN))) == read(BERLIN)
    assert "country" not in written(read(SMALL))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Germany", "DE"), ("de", "DE"), ("DEU", "DE"), ("UK", "GB"), ("united kingdom", "GB"), ("Latvja", "LV")],
)
def test_an_unknown_country_gets_a_suggestion(typed: str, meant: str) -> None:
    [said] = with_place(f"country: {typed}")
    assert said == (
        f"Line 16: `country`: “{typed}” is no country that I know the public holidays of; write its two letters, "
        f"such as DE. Did you mean {meant}?"
    )


def test_a_country_that_looks_like_nothing_gets_none() -> None:
    [said] = with_place("country: ZZ")
    assert said.endswith("write its two letters, such as DE.")


@pytest.mark.parametrize(
    ("country", "region", "problem"),
    [
        (
            "DE",
            "Berlin",
            "“Berlin” is no region of DE with public holidays of its own; write one such as BB. Did you mean BE?",
        ),
        ("US", "ZZ", "“ZZ” is no region of US with public holidays of its own; write one such as AK."),
        ("LV", "RIX", "no region of LV has public holidays of its own that I know; take “RIX” out."),
    ],
)
def test_an_unknown_region_gets_a_suggestion(country: str, region: str, problem: str) -> None:
    assert with_place(f"country: {country}", f"region: {region}") == [f"Line 17: {problem}"]


def test_a_region_needs_a_country() -> None:
    [said] = with_place("region: BE")
    assert said == "Line 16: “BE” is a region of no country; write the `country` beside it, such as DE."


def test_a_wrong_country_is_complained_about_once() -> None:
    assert len(with_place("country: Germny", "region: BE")) == 1


def test_a_plan_with_places_is_applied_shown_and_exported(store: Store) -> None:
    wanted = living_in(PLACES)
    with store.reading() as tx:
        said = difference_text(plan.difference(tx, wanted, NOW))
    assert "~ person Maya (maya)\n    country: (none) → DE\n    region: (none) → BE" in said
    with store.writing() as tx:
        plan.apply(tx, wanted, Actor(None, True, NOW))
    with store.reading() as tx:
        assert [(p.id, p.country, p.region) for p in people.of_team(tx, 1)][:2] == [
            ("toms", "LV", None),
            ("maya", "DE", "BE"),
        ]
        assert "Maya (maya), maya@example.com, public holidays of DE BE" in plan.show(tx, NOW)
        assert from_week_1(read(plan.export(tx))) == wanted
        assert not plan.difference(tx, wanted, NOW)


def test_a_swede_s_sundays_are_no_public_holidays() -> None:
    days = public_holidays._of_year("SE", None, 2026)
    assert days[date(2026, 12, 25)] == "Christmas Day"
    assert date(2026, 12, 27) not in days
    assert not any("Sunday" in name.split("; ") for name in days.values())


@pytest.mark.parametrize(
    ("country", "day", "is_one"),
    [
        ("LV", date(2026, 6, 22), True),
        ("HU", date(2027, 12, 24), True),
        ("KR", date(2026, 7, 17), True),
        ("ZA", date(2026, 11, 4), True),
        ("AR", date(2026, 12, 7), True),
        ("PH", date(2027, 11, 2), True),
        ("NA", date(2026, 12, 10), True),
        ("NA", date(2026, 9, 10), False),
        ("KZ", date(2026, 8, 30), False),
        ("GH", date(2026, 8, 4), False),
        ("ET", date(2027, 5, 28), False),
    ],
)
def test_what_parliaments_changed_of_late_is_known(country: str, day: date, is_one: bool) -> None:
    assert (day in Calendar(country, None)) is is_one


def test_a_date_within_a_name_is_said_as_all_dates_are() -> None:
    latvian = public_holidays._of_year("LV", None, 2026)
    assert latvian[date(2026, 6, 22)] == f"Day off (substituted from {say.day(date(2026, 6, 27))})"


def test_a_country_that_the_package_does_not_know_any_more_has_no_holidays() -> None:
    assert public_holidays._of_year("ZZ", None, 2026) == {}
    assert public_holidays._of_year("DE", "ZZ", 2026) == {}
