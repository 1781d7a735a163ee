"""The public holidays of a country or a region of it, as the `holidays` package knows them, in English.

It is large, so it is imported when somebody asks for those of a place: that takes 12 ms and 2 MB, the first year that
is asked for 60 ms and 7 MB, and each after that less than 1 ms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

ENGLISH = ("en_US", "en_GB")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The public holidays of a place, of any year: `day in calendar`."""

    country: str
    region: str | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in of_year(self.country, self.region, day.year)


@cache
def of_year(country: str, region: str | None, year: int) -> Mapping[date, str]:
    """A year's days and what they are called; none where the package does not know the place (any more)."""
    import holidays

    try:
        spoken = holidays.country_holidays(country, subdiv=region).supported_languages
        language = next((each for each in (*ENGLISH, *spoken) if each in spoken and each.startswith("en")), None)
        return holidays.country_holidays(country, subdiv=region, years=year, language=language)
    except NotImplementedError:
        return {}
