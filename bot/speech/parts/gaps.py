"""Words about gaps, runs of days that have nobody, wherever that shows. Facts in, lines of mrkdwn out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from bot.speech import say
from bot.speech.mrkdwn import escape
from bot.speech.parts import weeks
from scheduler.rule.rotation import WEEK
from scheduler.team import gaps
from scheduler.team.gaps import Gap
from scheduler.team.roster import Roster
from scheduler.team.schedule import HANDOFF_SHOWS

NOBODY = ":rotating_light: *Nobody is on call {days}.*"
TRIED = "{names} said that they can't."
ADMINS = "{admins}: please find somebody. Whoever gives up time off then types `{command}`."


def nobody(found: Iterable[Gap]) -> list[str]:
    """A line for each gap."""
    return [NOBODY.format(days=say.days(gap.first, gap.last)) for gap in found]


def coming(team: Roster, now: datetime) -> list[str]:
    """A line for each gap of four weeks, but for one that goes on while nobody is on call, which is said anyway."""
    stretch, today = team.duty.at(now), team.hours.on_call_day(now)
    found = gaps.runs(team, today, team.hours.week_of(today) + HANDOFF_SHOWS * WEEK)
    return nobody(gap for gap in found if gap.first > today or (stretch and stretch.who))


def to_do(command: Callable[[str], str], team: Roster, found: Sequence[Gap]) -> list[str]:
    """Who was asked to take them and can't, and what is to be done. The admins must act, so they are mentioned.
    `command`: a command as the workspace calls it."""
    admins = say.names([weeks.mention(team, who) for who in team.admins])
    dates = str(found[0].first) if found[0].first == found[0].last else f"{found[0].first} {found[0].last}"
    typed = command(f"holiday cancel {dates}")
    return [*tried(team, [day for gap in found for day in gap.days]), ADMINS.format(admins=admins, command=typed)]


def tried(team: Roster, days: Iterable[date]) -> list[str]:
    """Who was asked to take the weeks of these days and can't."""
    weeks = {team.hours.week_of(day) for day in days}
    cant = dict.fromkeys(d.person_id for d in team.declines if team.hours.week_of(d.first) in weeks)
    names = [escape(team.name(who)) for who in cant]
    return [TRIED.format(names=say.names(names))] if names else []
