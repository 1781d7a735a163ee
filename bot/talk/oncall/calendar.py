"""What a picture of the rotation shows, and the same in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from bot.speech import public_holidays, say
from bot.speech.parts import weeks as rota
from bot.speech.you_or_name import NOBODY
from models.holidays import Holiday
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import COVER, Day, Week
from scheduler.team import schedule
from scheduler.team.roster import Roster

TITLE = "{team}: on call"
REPAIRED, COVERED = "↺", "⇄"


@dataclass(frozen=True, slots=True)
class CalendarPicture:
    """What is drawn: weeks in order, `names` by id, `order` the ids in the rotation (colours go by place), who is away,
    and which day is today."""

    title: str
    today: date
    weeks: Sequence[Week]
    names: Mapping[str, str]
    order: Sequence[str]
    away: Sequence[Holiday]
    public: Mapping[date, str] = field(default_factory=dict)  # the names of public holidays of somebody in the rotation

    def away_on(self, day: date) -> list[str]:
        """The ids of those away on a day, in the rotation's order."""
        gone = {h.person_id for h in self.away if h.first <= day < h.until}
        return [who for who in self.order if who in gone]

    def name(self, who: str | None) -> str:
        """A name, or that there is nobody."""
        return self.names[who] if who else NOBODY

    def public_in(self, week: Week) -> list[tuple[date, str]]:
        """The public holidays in a week."""
        return [(day.date, self.public[day.date]) for day in week.days if day.date in self.public]


def picture_of(team: Roster, now: datetime, weeks: int = 6) -> CalendarPicture:
    """The picture of so many weeks from the current one on."""
    shown = rota.upcoming(team, now, weeks)
    members = dict.fromkeys(who for version in team.rotation.versions for who in version.order)
    order = [who for who in members if who in team.rotation.versions[-1].order or _serves(shown, who)]
    names = {person.id: person.name for person in team.people.values()}
    title, today = TITLE.format(team=team.facts.name), team.hours.date_of(now)
    return CalendarPicture(title, today, shown, names, order, team.holidays, _public(team, shown))


def mark_of(team: Roster, now: datetime, weeks: int) -> str:
    """A mark of what the picture of so many weeks shows, but for which day is today."""
    return schedule.fingerprint(team, rota.upcoming(team, now, 1)[0].first, weeks)


def _public(team: Roster, weeks: Sequence[Week]) -> dict[date, str]:
    found = public_holidays.between(team, weeks[0].first, weeks[-1].until)
    days = groupby(found, key=lambda holiday: holiday.day)
    return {day: " / ".join(holiday.name for holiday in those) for day, those in days}


def _serves(weeks: Sequence[Week], who: str) -> bool:
    return any(who in (week.home, week.holder) for week in weeks)


def describe(picture: CalendarPicture) -> str:
    """What the picture shows, in words, week by week."""
    lines = [picture.title]
    for week in picture.weeks:
        sign = f" {REPAIRED}" if week.holder != week.home else ""
        runs = [(who, list(run)) for who, run in groupby(week.days, key=lambda day: day.engineer)]
        others = [
            f"{say.short_days(r[0].date, r[-1].date)}: {picture.name(w)}{covered(r)}"
            for w, r in runs
            if w != week.holder
        ]
        more = f" ({', '.join(others)})" if others else ""
        public = "".join(f"\n  {say.day(day)}: {name}" for day, name in picture.public_in(week))
        lines.append(f"{say.days(week.first, week.until - ONE_DAY)}: {picture.name(week.holder)}{sign}{more}{public}")
    return "\n".join(lines)


def covered(days: Sequence[Day]) -> str:
    """The sign of days that somebody has by agreement; none of others."""
    return f" {COVERED}" if all(day.why == COVER for day in days) else ""
