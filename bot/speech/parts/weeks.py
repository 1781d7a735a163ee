"""Words about who is on call, used wherever that shows: weeks, owners, reasons. Facts in, lines of mrkdwn out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.speech import public_holidays, say
from bot.speech import you_or_name as read
from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape
from bot.speech.public_holidays import PublicHoliday
from bot.speech.you_or_name import plain
from models.pipelines import Pipeline
from scheduler.rule.duty import TAKE_OVER, Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import COVER, SUBSTITUTE, Week
from scheduler.team.roster import Roster
from scheduler.team.schedule import as_agreed, reasons, shown_weeks

NOBODY = ":rotating_light: *nobody*"
FOR_HOME = "The rotation was repaired around time off: by the round robin it is {whose} week."
STANDS_IN = "{who} stand{s} in for {holder}."
STANDS_IN_FOR_NOBODY = "Nobody could take the week; {who} {is_} there on that day."
COVERS = "{who} cover{s} for {holder}."
TOOK_OVER = "{who} took over from {holder}."
ALL_AWAY = "Everyone in the rotation is away."
ALL_AWAY_OR_CANT = "Everyone in the rotation is away, or can't."
FOR_HOLDER = " _for {holder}_"
INSTEAD_OF = " _instead of {home}_"
PUBLIC, EVERYONE = "{day}: {name} ({who})", "everyone"
BELOW, PUBLIC_MORE = "      _{holiday}_", "… and {count} more."
AWAY_UNTIL = " _(away until {day})_"

MOST_PUBLIC = 6  # in a week, of people of many countries


def why(team: Roster, stretch: Stretch, reader: str | None = None) -> str | None:
    """Why somebody else than whose turn it is by the round robin is on duty; never the reason of an absence. `reader`:
    who alone reads it, who is called "you"."""
    words = _why(team, stretch)
    return words and words.format(
        who=read.name(team, stretch.who, reader, capital=words != STANDS_IN_FOR_NOBODY),
        s=read.verb(stretch.who, reader, "", "s"),
        is_=read.verb(stretch.who, reader, "are", "is"),
        holder=read.name(team, stretch.holder, reader),
        whose=read.whose(team, stretch.home, reader),
    )


def _why(team: Roster, stretch: Stretch) -> str | None:
    if stretch.who is None:
        return ALL_AWAY_OR_CANT if any(d.first <= stretch.day < d.until for d in team.declines) else ALL_AWAY
    if stretch.why == TAKE_OVER:
        return TOOK_OVER
    if stretch.why == COVER:
        return COVERS
    if stretch.why == SUBSTITUTE:
        return STANDS_IN if stretch.holder else STANDS_IN_FOR_NOBODY
    return FOR_HOME if stretch.holder != stretch.home else None


def week_days(week: Week) -> str:
    """The dates of a week, its first and its last day."""
    return say.days(week.first, week.until - ONE_DAY)


def week_line(team: Roster, week: Week) -> str:
    """A week, who holds it, whose turn it is if that differs, and the days that are somebody else's."""
    week = as_agreed(team, week)
    if giver := covering(week):
        instead_of = FOR_HOLDER.format(holder=escape(plain(team, week.holder)))
        return f"{week_days(week)}: {bold(team.name(giver))}{instead_of}"
    holder = bold(team.name(week.holder)) if week.holder else NOBODY
    instead = INSTEAD_OF.format(home=escape(team.name(week.home))) if week.holder != week.home else ""
    others = [f"{say.days(first, last)}: {person(team, who)}" for who, first, last in reasons(week)]
    return f"{week_days(week)}: {holder}{instead}" + "".join(f"\n      ↳ {line}" for line in others)


def covering(week: Week) -> str | None:
    """Who covers the whole week for its holder."""
    givers = {day.engineer for day in week.days}
    [giver, *others] = givers
    return giver if not others and week.days[0].why == COVER else None


def runs(week: Week) -> list[tuple[str | None, date, date]]:
    """Who is on duty in a week, one after the other (None: nobody), and the first and the last of their days in a
    row."""
    each = (list(run) for _, run in groupby(week.days, key=lambda day: day.engineer))
    return [(run[0].engineer, run[0].date, run[-1].date) for run in each]


def person(team: Roster, who: str | None) -> str:
    """A person's name in bold, or that there is nobody, loudly."""
    return bold(team.name(who)) if who else NOBODY


def mention(team: Roster, who: str | None) -> str:
    """A person who must act: a mention, so that their phone rings; their name where Slack does not know them."""
    person = team.people.get(who) if who else None
    return f"<@{person.slack}>" if person and person.slack else bold(plain(team, who))


def owners(team: Roster, pipeline: Pipeline, now: datetime) -> str:
    """A pipeline's owners, primary first; one who is away comes second, marked."""
    pair = [(pipeline.primary_id, "primary"), (pipeline.secondary_id, "secondary")]
    pair.sort(key=lambda owner: team.away_until(owner[0], now) is not None)
    return ", ".join(f"{escape(team.name(who))} ({role}){away(team, who, now)}" for who, role in pair)


def away(team: Roster, who: str, now: datetime) -> str:
    """The mark behind the name of somebody who is away now; nothing for the others."""
    holiday = team.away_until(who, now)
    return AWAY_UNTIL.format(day=say.day(holiday.until - ONE_DAY)) if holiday else ""


def public_holiday(team: Roster, holiday: PublicHoliday) -> str:
    """A public holiday, and whose it is."""
    who = EVERYONE if holiday.everyone else say.names([team.name(each) for each in holiday.who])
    return PUBLIC.format(day=say.day(holiday.day), name=escape(holiday.name), who=escape(who))


def public_lines(team: Roster, week: Week) -> list[str]:
    """The public holidays of a week, as a hint below it."""
    found = public_holidays.between(team, week.first, week.until)
    lines = [BELOW.format(holiday=public_holiday(team, each)) for each in found[:MOST_PUBLIC]]
    if len(found) > MOST_PUBLIC:
        lines.append(BELOW.format(holiday=PUBLIC_MORE.format(count=len(found) - MOST_PUBLIC)))
    return lines


def upcoming(team: Roster, now: datetime, weeks: int) -> list[Week]:
    """The current week and those after it, `weeks` in all; from the first week where the rotation has not begun."""
    first = max(team.hours.week_of(team.hours.on_call_day(now)), team.rotation.versions[0].starts)
    return shown_weeks(team, first, first + timedelta(weeks=weeks))


def coming(team: Roster, now: datetime) -> Week:
    """The week that is handed over next."""
    first = max(team.hours.coming_handoff(now), team.rotation.versions[0].starts)
    return shown_weeks(team, first, first + ONE_DAY)[0]


def lines(team: Roster, weeks: Iterable[Week]) -> list[str]:
    """A line or two for each week."""
    return [f"• {week_line(team, week)}" for week in weeks]


def lines_with_public_holidays(team: Roster, weeks: Iterable[Week]) -> list[str]:
    """A line for each week, with the public holidays in it below."""
    return [line for week in weeks for line in (*lines(team, [week]), *public_lines(team, week))]
