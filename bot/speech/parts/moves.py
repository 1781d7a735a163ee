"""Words about what a change moves: whose week it was, whose it is. Facts in, lines of mrkdwn out.

`you` is the id of who reads it, who is called "you"; None where several read it.
"""

from datetime import date, datetime, timedelta

from bot.speech import say, you_or_name
from bot.speech.parts.weeks import NOBODY
from scheduler.change import effect
from scheduler.rule.moves import Effect
from scheduler.rule.spans import alike_in_a_row, in_a_row
from scheduler.team.roster import Roster

SWAP = "{one} ↔ {other}: {other_takes} {second}, {one_takes} {first}."
TAKES = "{who} take{s}"
MOVES = "• {days}: {after} instead of {before}"
NOBODY_ELSE = "Nobody else changes."
AND_ON = "… and so on."
MORE = "… and {count} more."
ALTERNATES = "… and so on: in so small a rotation nobody else can swap back, so all later weeks alternate anew."
IN_A_ROW = "{who} {have} {count} in a row then: {days}."
TORN = "Nobody can take the week {week} whole."
MARK_SHORT = " _(short notice)_"
EMPTY = ":rotating_light: *Nobody is there on {days}.*"

FEW = 6  # weeks of an endless shift that are listed


def lines(team: Roster, moved: Effect, you: str | None = None) -> list[str]:
    """All that time off moves, and that nothing else does."""
    listed = some(team, moved, you)
    row = _in_a_row(team, moved, you)
    if len(listed) == 1 and _swap(team, moved, you):
        return [f"{listed[0]} {NOBODY_ELSE}", *row]
    return [*listed, ALTERNATES if moved.endless else NOBODY_ELSE, *row] if listed else []


def _in_a_row(team: Roster, moved: Effect, you: str | None) -> list[str]:
    """That somebody has weeks in a row now, one of which came to them by this."""
    return [
        IN_A_ROW.format(
            who=you_or_name.bold_name(team, who, you, capital=True),
            have=you_or_name.verb(who, you, "have", "has"),
            count=say.count(((last - first).days + 1) // 7, "week"),
            days=say.days(first, last),
        )
        for who, first, last in effect.in_a_row(team, moved)
    ]


def some(team: Roster, moved: Effect, you: str | None = None) -> list[str]:
    """What moves; others' weeks may move too."""
    swap = _swap(team, moved, you)
    return [swap] if swap else _listed(team, moved, you)


def capped(team: Roster, moved: Effect, most: int) -> list[str]:
    """The first weeks and days that move, in the order of the calendar, and how many more do."""
    listed = _listed(team, moved, None)
    return [*listed[:most], *([MORE.format(count=len(listed) - most)] if len(listed) > most else [])]


def _listed(team: Roster, moved: Effect, you: str | None) -> list[str]:
    """The weeks and days that move, in the order of the calendar."""
    return [
        MOVES.format(days=span, before=_who(team, before, you), after=_who(team, after, you))
        for span, before, after in spans(team, moved)
    ]


def spans(team: Roster, moved: Effect) -> list[tuple[str, str | None, str | None]]:
    """What moves, as it is written: hours first, then weeks and days; whose it was and whose it is."""
    hours = [(_hours(team, m.starts, m.ends), m.before, m.after) for m in moved.hours]
    return hours + [(say.days(first, last), before, after) for first, last, (before, after) in rows(moved)]


def _hours(team: Roster, starts: datetime, ends: datetime) -> str:
    zone = team.hours.zone
    same_day = team.hours.date_of(starts) == team.hours.date_of(ends)
    return f"{say.moment(starts, zone)} – {say.clock(ends, zone) if same_day else say.moment(ends, zone)}"


def rows(moved: Effect) -> list[tuple[date, date, tuple[str | None, str | None]]]:
    """The weeks and days that move, in the order of the calendar: first and last date, whose they were and whose they
    are."""
    weeks = moved.weeks[:FEW] if moved.endless else moved.weeks
    found = [(m.week, _last(m.week), (m.before, m.after)) for m in weeks]
    found += alike_in_a_row((m.day, (m.before, m.after)) for m in moved.days)
    return sorted(found, key=lambda row: row[0])


def gaps(moved: Effect) -> list[str]:
    """Weeks that nobody can take whole, days that have nobody."""
    torn = [TORN.format(week=_week(week)) for week in moved.torn]
    return torn + [EMPTY.format(days=say.days(*run)) for run in in_a_row(moved.empty)]


def _swap(team: Roster, moved: Effect, you: str | None) -> str | None:
    """The one sentence for the most common case: two people swap a week each. The reader comes first."""
    if len(moved.weeks) != 2 or moved.days or moved.hours or moved.endless:
        return None
    given, taken = moved.weeks
    if None in (given.before, given.after) or (given.before, given.after) != (taken.after, taken.before):
        return None
    takes = {given.after: given.week, taken.after: taken.week}
    one, other = (given.after, given.before) if given.after == you else (given.before, given.after)
    return SWAP.format(
        one=you_or_name.bold_name(team, one, you, capital=True),
        other=_who(team, other, you),
        one_takes=TAKES.format(who=_who(team, one, you), s=you_or_name.verb(one, you, "", "s")),
        other_takes=TAKES.format(who=_who(team, other, you), s="s"),
        first=_week(takes[one]),
        second=_week(takes[other]),
    )


def _who(team: Roster, who: str | None, you: str | None) -> str:
    return NOBODY if who is None else you_or_name.bold_name(team, who, you)


def _week(week: date) -> str:
    return say.days(week, _last(week))


def _last(week: date) -> date:
    return week + timedelta(days=6)
