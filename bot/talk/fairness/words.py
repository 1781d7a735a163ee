"""Who carried what: facts → words. Only names and counts; never why anybody was away."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, bold, button, context, fitting, reply, sections
from bot.speech.mrkdwn import escape
from scheduler.fairness import count
from scheduler.fairness.count import NONE, Load, Tally
from scheduler.fairness.load import Fairness
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import WEEK
from scheduler.team.roster import Roster

HEAD = "*Who carried how much*, {days}"
HEAD_COMING = "*Who is to carry how much*, {days}"
LINE = "• {who}: {weeks}, {weekends}"
THEN = "; {number} to come"
COMES = "The half year to come: {days}."
MORE, MORE_ACTION = "More numbers", "oncall.fairness"
PICTURE_FOLLOWS = "The picture follows by direct message."
LEFT = "_and {count} more: `python -m bot fairness` shows all_"

SAME = "Everybody carried about the same: nobody is more than {days} from an equal share."
ONE_AHEAD = "{who} carried {days} more than an equal share."
SOME_AHEAD = "{names} carried more than an equal share: {days}."
MANY_AHEAD = "{count} engineers carried more than an equal share, by up to {days}."
NOTHING_YET = "Nobody has been on call yet: this is what the schedule says."
MOST_NAMED = 3

IN_FULL = "{who}: {days} on duty; an equal share is {share}"
TO_COME = "To come: {days}, {weekends}; an equal share is {share}"
WEEKEND, WEEKENDS = "weekend day", "weekend days"
PUBLIC, PUBLICS = "public holiday", "public holidays"
GIVEN, TAKEN, TAKEN_OVER = "covered {days} for others", "covered by others on {days}", "{days} by taking over"
LATE, IN_A_ROW = "{weeks} at short notice", "two weeks in a row: {times}"
ONCE, OFTEN = "once", "{count} times"
GOT_IT = "_I've got it_ after {time} (the median)"
NOBODY_HAD, NOBODY_HAS = (
    ":rotating_light: Nobody was on duty for {days}.",
    ":rotating_light: Nobody is there for {days}.",
)


def short(team: Roster, counted: Fairness, *, follows: bool) -> Reply:
    """A phone screen: the sentence, a line for each engineer, and a button for the rest."""
    year = str(counted.year or "")
    lines = [HEAD.format(days=dates(team, counted.past)), sentence(team, counted.past, mark=True), *gaps(counted)]
    if is_empty(counted.past) and counted.coming:
        lines[0] = HEAD_COMING.format(days=dates(team, counted.coming))
    small = [COMES.format(days=dates(team, counted.coming))] if counted.coming else []
    small += [PICTURE_FOLLOWS] if follows else []
    blocks = [
        *sections([*lines, *fitting(list(_lines(team, counted)), LEFT)]),
        actions(button(MORE, MORE_ACTION, year)),
    ]
    return reply([*blocks, context(" ".join(small))] if small else blocks)


def _lines(team: Roster, counted: Fairness) -> Iterator[str]:
    """A line for each who carried something or will."""
    for load, comes in pairs(counted):
        line = LINE.format(who=bold(team.name(load.who)), weeks=weeks(load.duty), weekends=weekend_days(load))
        yield line + (THEN.format(number=number(comes.duty / WEEK)) if comes else "")


def full(team: Roster, counted: Fairness) -> Reply:
    """All that is counted, a paragraph for each engineer; what is nought is left out."""
    paragraphs = ["\n".join(_paragraph(team, load, comes)) for load, comes in pairs(counted)]
    return reply(sections([HEAD.format(days=dates(team, counted.past)), *fitting(paragraphs, LEFT)]))


def _paragraph(team: Roster, load: Load, comes: Load | None) -> Iterator[str]:
    yield IN_FULL.format(who=bold(team.name(load.who)), days=days(load.duty), share=number(load.share / ONE_DAY))
    yield from (f"      {line}" for line in (", ".join(_counts(load)),) if line)
    if load.got_it is not None:
        yield f"      {GOT_IT.format(time=while_(load.got_it))}"
    if comes:
        share = number(comes.share / ONE_DAY)
        yield f"      {TO_COME.format(days=days(comes.duty), weekends=weekend_days(comes), share=share)}"


def _counts(load: Load) -> Iterator[str]:
    if load.weekends:
        yield weekend_days(load)
    if load.public_holidays:
        yield amount(load.public_holidays / ONE_DAY, PUBLIC, PUBLICS)
    for words, time in ((GIVEN, load.given), (TAKEN, load.taken), (TAKEN_OVER, load.taken_over)):
        if time:
            yield words.format(days=days(time))
    if load.short_notice:
        yield LATE.format(weeks=say.count(load.short_notice, "week"))
    if load.in_a_row:
        yield IN_A_ROW.format(times=ONCE if load.in_a_row == 1 else OFTEN.format(count=load.in_a_row))


def sentence(team: Roster, past: Tally, *, mark: bool = False) -> str:
    """Who carried more, in a sentence; with names for mrkdwn where `mark`."""
    if is_empty(past):
        return NOTHING_YET
    leading = count.ahead(past)
    if not leading:
        return SAME.format(days=say.count(max(1, math.ceil(count.furthest(past) / ONE_DAY)), "day"))
    names = [escape(team.name(load.who)) if mark else team.name(load.who) for load in leading]
    more = [max(1, round(load.more / ONE_DAY)) for load in leading]
    if len(leading) == 1:
        return ONE_AHEAD.format(who=names[0], days=say.count(more[0], "day"))
    if len(leading) > MOST_NAMED:
        return MANY_AHEAD.format(count=len(leading), days=say.count(math.ceil(leading[0].more / ONE_DAY), "day"))
    told = say.names([*map(str, more[:-1]), say.count(more[-1], "day")])
    return SOME_AHEAD.format(names=say.names(names), days=told)


def gaps(counted: Fairness) -> list[str]:
    """That nobody was, or is, on duty for a time."""
    had = [NOBODY_HAD.format(days=days(counted.past.nobody))] if counted.past.nobody else []
    comes = counted.coming.nobody if counted.coming else NONE
    return [*had, *([NOBODY_HAS.format(days=days(comes))] if comes else [])]


def pairs(counted: Fairness) -> list[tuple[Load, Load | None]]:
    """Each engineer's load of the past, with that of the half year to come where it is told; in the rotation's order,
    those who left last."""
    past = {load.who: load for load in counted.past.loads}
    coming = {load.who: load for load in counted.coming.loads} if counted.coming else {}
    order = [*(who for who in past if who in coming or not coming), *(who for who in coming if who not in past)]
    order += [who for who in past if who not in order]
    return [(past.get(who, Load(who)), coming.get(who)) for who in order]


def is_empty(tally: Tally) -> bool:
    """Whether there was no time to be on duty in."""
    return tally.starts >= tally.ends


def dates(team: Roster, tally: Tally) -> str:
    """The dates that a tally is of."""
    last: datetime = max(tally.starts, tally.ends - timedelta(microseconds=1))
    return say.days(team.hours.date_of(tally.starts), team.hours.date_of(last))


def number(value: float) -> str:
    """A number with one decimal, if that says something."""
    return f"{value:.1f}".removesuffix(".0")


def amount(value: float, thing: str, things: str) -> str:
    """So many of a thing, with one decimal if that says something."""
    told = number(value)
    return f"{told} {thing if told == '1' else things}"


def days(time: timedelta) -> str:
    """A time in days."""
    return amount(time / ONE_DAY, "day", "days")


def weeks(time: timedelta) -> str:
    """A time in weeks."""
    return amount(time / WEEK, "week", "weeks")


def weekend_days(load: Load) -> str:
    """How many of somebody's days on duty are at weekends."""
    return amount(load.weekends / ONE_DAY, WEEKEND, WEEKENDS)


def while_(time: timedelta) -> str:
    """How long something took: `12 min`, `3 h 5 min`, `2.5 days`."""
    minutes = round(time / timedelta(minutes=1))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 24 * 60 else days(time)
