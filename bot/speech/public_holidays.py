"""Public holidays by country and region: hints, which never change who is on call by themselves.

What is asked of the `holidays` package besides its days, by whoever checks a plan, imports it here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache

from bot.speech import say
from scheduler.team.public_holidays import Calendar, of_year
from scheduler.team.roster import Roster

BAD_COUNTRY = "{{typed}} is no country that I know the public holidays of; write its two letters, such as DE.{near}"
BAD_REGION = "{{typed}} is no region of {country} with public holidays of its own; write one such as {example}.{near}"
NO_REGIONS = "no region of {country} has public holidays of its own that I know; take {{typed}} out."
DID_YOU_MEAN = " Did you mean {near}?"

SHORT = 3  # letters that are a code, and look like many others

_AMERICAN = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")  # Day off (substituted from 06/27/2026)


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A day that is a public holiday where these people are (ids, in the rotation's order). `everyone`: all of those
    in the rotation."""

    day: date
    name: str
    who: tuple[str, ...]
    everyone: bool


def between(team: Roster, first: date, until: date) -> list[PublicHoliday]:
    """The public holidays of those in the rotation, from `first` up to, not including, `until`."""
    if not any(person.country for person in team.people.values()):
        return []
    days = (first + timedelta(days=n) for n in range((until - first).days))
    return [holiday for day in days for holiday in _on(team, day)]


def by_person(team: Roster) -> dict[str, Calendar]:
    """The public holidays of everybody whose country is known, by their ids."""
    return {p.id: Calendar(p.country, p.region) for p in team.people.values() if p.country}


def _on(team: Roster, day: date) -> Iterator[PublicHoliday]:
    members = team.rotation.members(day)
    names: dict[str, list[str]] = {}
    for who in members:
        person = team.people[who]
        if person.country and (name := _of_year(person.country, person.region, day.year).get(day)):
            names.setdefault(name, []).append(who)
    for name, those in names.items():
        yield PublicHoliday(day, name, tuple(those), len(those) == len(members))


@cache
def _of_year(country: str, region: str | None, year: int) -> Mapping[date, str]:
    """A year's days and what we call them."""
    return {day: _AMERICAN.sub(_as_we_say, name) for day, name in of_year(country, region, year).items()}


def _as_we_say(typed: re.Match[str]) -> str:
    month, day, year = map(int, typed.groups())
    return say.day(date(year, month, day))


@cache
def _countries() -> Mapping[str, list[str]]:
    """The codes of countries, each with those of its regions."""
    import holidays

    return holidays.list_supported_countries(include_aliases=False)


def problem_with_country(typed: str) -> str | None:
    """Why `typed` can't be a country, with {typed} where that is to stand; None where it is one."""
    known = _countries()
    if typed in known:
        return None
    from holidays.registry import COUNTRIES

    names = {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items() if codes[1] in known}
    names["uk"] = "GB"
    names |= {code.lower(): code for code in known} | {c[2].lower(): c[1] for c in COUNTRIES.values() if c[1] in known}
    return BAD_COUNTRY.format(near=_near(typed, names))


def problem_with_region(country: str, typed: str) -> str | None:
    """Why `typed` can't be a region of a country; None where it is one, or the country is none."""
    regions = _countries().get(country)
    if regions is None or typed in regions:
        return None
    if not regions:
        return NO_REGIONS.format(country=country)
    import holidays

    aliases: Mapping[str, str] = getattr(holidays.country_holidays(country), "subdivisions_aliases", {})
    names = {region.lower(): region for region in regions} | {name.lower(): code for name, code in aliases.items()}
    return BAD_REGION.format(country=country, example=regions[0], near=_near(typed, names))


def _near(typed: str, names: Mapping[str, str]) -> str:
    exactly = [typed.lower()] if typed.lower() in names else []
    found = exactly or (get_close_matches(typed.lower(), names, n=1) if len(typed) > SHORT else [])
    return DID_YOU_MEAN.format(near=names[found[0]]) if found else ""
