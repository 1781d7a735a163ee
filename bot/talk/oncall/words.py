"""`/oncall`: facts → blocks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.desk import Desk
from bot.speech import say, usage
from bot.speech import you_or_name as read
from bot.speech.ask import Block, Reply
from bot.speech.blocks import actions, bold, button, context, divider, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, gaps
from bot.speech.parts import weeks as rota
from bot.speech.read import people
from bot.speech.read.dates import Found, Span, names
from bot.talk.takeover.words import give_back_buttons
from models.people import Person
from models.pipelines import Pipeline
from scheduler.rule.duty import Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import Week
from scheduler.team import schedule as lookup
from scheduler.team.roster import Roster
from scheduler.team.schedule import OnCallDays

ON_CALL_NOW = ":telephone_receiver: {who} {is_} on call now, until {ends}."
SINCE = "Since {since}."
NOBODY_NOW = ":rotating_light: *Nobody is on call now*, until {ends}."
NOT_STARTED = "Nobody is on call yet: the rotation starts on {starts} with {who}."
THEN = "Then: {who}, until {ends}."
NEXT_WEEK, THEN_DAYS = "Next: {who}, {days}.", "Then: {who}, {days}."
BY_ROUND_ROBIN = "_By the round robin it is {whose} week._"
YOU_NEXT = "You are next on call {days}."
YOU_NOT_SOON = "You are not on call in the next half year."
OWNERS = "*Pipelines and their owners*"
ON_DAY = "{day}: {who} is on call."
ON_DAY_BEFORE = "Before the handoff, from {starts} until {ends}: {who}."
ON_DAY_AT_FIRST = "At first, from {starts} until {ends}: {who}."
ON_DAY_AFTER = "From {starts} until {ends}: {who}."
NO_SUCH_DAY = "There was no {day} in {zone}: its clocks skipped that day."
ON_DAYS = "*On call, {days}*"
PERSON_OR_DAY = "{typed} can be {people}, or {day}. Please type {commands}."
THE_MONTH = "the month"
BEFORE_ALL = "On {day} there was no rotation yet: it starts on {starts} with {who}."
YOU_NOT_IN_ROTATION = "You are not in the on-call rotation."
THEIR_DAYS = "{who} is on call:"
NO_DAYS = "{who} is not on call in the next half year."
NOT_IN_ROTATION = "{who} is not in the on-call rotation."
NEXT_UP = "Next on call: {who}, {days}."
NEXT_BEFORE = "Next on call: {who}, from {starts} until {ends}."
FROM_HANDOFF = "From the handoff on: {who}, {days}."
HANDS_OVER = "The handoff is on {moment}."
SCHEDULE = "*On call, week by week*"
NEXT_PAGE = "The next {weeks}"
SHARE = "Share in channel"
BACK = "Back"
SHARED_BY = "Shared by {who}"
PICTURE_ALT = "The rotation as a calendar; the same weeks stand above in words"
PICTURE_FOLLOWS = "The picture follows by direct message."

SHARE_ACTION = "oncall.share"
DAYS_ACTION = "oncall.days"
BACK_ACTION, PAGE_ACTION, HELP_ACTION = "oncall.now", "oncall.page", "oncall.help"

CALENDAR_WEEKS = 6
MOST_SHOWN = 13  # weeks: about a phone screen


def now(
    team: Roster,
    pipelines: Sequence[Pipeline],
    me: Person | None,
    at: datetime,
    mine: Sequence[OnCallDays],
    reach: Sequence[str] = (),
) -> Reply:
    """Who is on call, how to `reach` them (lines), who is next, when the asker is, and whose the pipelines are. `mine`
    are the asker's on-call days to come."""
    reader = me.id if me else None
    first, *others = on_duty(team, at, reader)
    blocks = sections([*gaps.coming(team, at), first, *reach, *others])
    personal = [] if me is None else [_your_days(team, me, at, mine)]
    blocks += sections([*coming(team, at, reader), *personal])
    blocks += [divider(), *sections([OWNERS, *(pipeline_line(team, p, at) for p in pipelines)])]
    serves = me is not None and team.serves(me.id, team.hours.on_call_day(at))
    back = give_back_buttons(team, me.id, at) if me else []
    return reply([*blocks, _buttons(*back, serves=serves)])


def shared(team: Roster, at: datetime, by: str | None) -> Reply:
    """Who is on call, for everybody in the channel, without what only concerns who shared it: `by`, a name of the
    plan."""
    blocks = sections([*gaps.coming(team, at), *on_duty(team, at), *coming(team, at)])
    return reply([*blocks, context(SHARED_BY.format(who=escape(by)))] if by else blocks)


def _buttons(*first: dict[str, Any], serves: bool) -> Block:
    return actions(
        *first,
        buttons.more_weeks(),
        buttons.calendar(),
        button(SHARE, SHARE_ACTION),
        *([buttons.need_cover()] if serves else []),
    )


def on_duty(team: Roster, at: datetime, reader: str | None = None) -> list[str]:
    """Who is on call, until when, why if it is not whose turn it is, and since when. `reader`: who alone reads it."""
    stretch = lookup.on_duty(team, at)
    if stretch is None:
        return [not_started(team)]
    zone = team.hours.zone
    ends = say.moment(stretch.ends, zone)
    who, is_ = _who(team, stretch.who, reader, capital=True), read.verb(stretch.who, reader, "are", "is")
    first = ON_CALL_NOW.format(who=who, is_=is_, ends=ends)
    lines = [first if stretch.who else NOBODY_NOW.format(ends=ends)]
    reason = rota.why(team, stretch, reader)
    lines += [f"_{reason}_"] if reason else []
    return [*lines, SINCE.format(since=say.moment(stretch.starts, zone))]


def not_started(team: Roster) -> str:
    """That the rotation starts later, when and with whom."""
    starts = team.rotation.versions[0].starts
    [week] = team.rotation.weeks(starts, starts + ONE_DAY)
    moment = say.moment(team.hours.handoff(starts), team.hours.zone)
    return NOT_STARTED.format(starts=moment, who=rota.person(team, rota.runs(week)[0][0]))


def coming(team: Roster, at: datetime, reader: str | None = None) -> list[str]:
    """Who comes on call after whoever is now, in order and nobody left out: before the next handoff, and in the week
    that begins with it. `reader`: who alone reads it."""
    if team.duty.at(at) is None:
        return []
    relief = lookup.relief(team, at)
    rest = [] if _goes_on(team, at, relief) else _next_week(team, at, reader)
    return [*_then(team, relief, reader), *rest]


def _goes_on(team: Roster, at: datetime, relief: Sequence[Stretch]) -> bool:
    """Whether whoever is on call is relieved only after the coming handoff."""
    return bool(relief) and relief[0].starts > team.hours.handoff(team.hours.coming_handoff(at))


def _who(team: Roster, who: str | None, reader: str | None, *, capital: bool = False) -> str:
    """Their name in bold, "you", or that there is nobody, loudly."""
    return read.bold_name(team, who, reader, capital=capital) if who else rota.NOBODY


def _then(team: Roster, relief: Sequence[Stretch], reader: str | None) -> list[str]:
    zone = team.hours.zone
    return [THEN.format(who=_who(team, each.who, reader), ends=say.moment(each.ends, zone)) for each in relief]


def _next_week(team: Roster, at: datetime, reader: str | None) -> list[str]:
    week = rota.coming(team, at)
    home = BY_ROUND_ROBIN.format(whose=read.whose(team, week.home, reader))
    return [*_in_turn(team, week, NEXT_WEEK, reader), *([home] if week.holder != week.home else [])]


def _in_turn(team: Roster, week: Week, first: str, reader: str | None) -> list[str]:
    """Who has which days of a week, one after the other; the words for the `first` of them."""
    return [
        (THEN_DAYS if n else first).format(who=_who(team, who, reader), days=say.days(begins, last))
        for n, (who, begins, last) in enumerate(rota.runs(week))
    ]


def _your_days(team: Roster, me: Person, at: datetime, mine: Sequence[OnCallDays]) -> str:
    if not team.serves(me.id, team.hours.on_call_day(at)):
        return YOU_NOT_IN_ROTATION
    return YOU_NEXT.format(days=days_of(mine[0])) if mine else YOU_NOT_SOON


def days_of(on_call: OnCallDays) -> str:
    """The first and the last of them, as people read them."""
    return say.days(on_call.first, on_call.until - ONE_DAY)


def pipeline_line(team: Roster, pipeline: Pipeline, at: datetime) -> str:
    """A pipeline and its owners."""
    return f"• {bold(pipeline.name)}: {rota.owners(team, pipeline, at)}"


def on_day(team: Roster, day: date, stretches: Sequence[Stretch]) -> Reply:
    """Who has the on-call day `day`, and who its other hours. `stretches` are those of the date, midnight to midnight:
    the last of them is the on-call day's."""
    zone = team.hours.zone
    if not stretches:  # such as 30 Dec 2011 in Apia, which went to the other side of the date line
        return reply(sections([NO_SUCH_DAY.format(day=say.day(day), zone=zone.key)]))
    day_engineer = stretches[-1].who
    lines = [ON_DAY.format(day=say.day(day), who=rota.person(team, day_engineer))]
    begins = team.hours.handoff(day)
    for stretch in stretches:
        if stretch.who == day_engineer:
            reason = rota.why(team, stretch) if stretch.ends > begins else None
            lines += [f"_{reason}_"] if reason else []
        elif stretch.starts < begins:
            starts, ends = (say.clock(m, zone) for m in (stretch.starts, stretch.ends))
            words = ON_DAY_BEFORE if stretch.ends <= begins else ON_DAY_AT_FIRST
            lines.append(words.format(starts=starts, ends=ends, who=rota.person(team, stretch.who)))
        else:
            starts, ends = (say.clock(m, zone) for m in (stretch.starts, stretch.ends))
            lines.append(ON_DAY_AFTER.format(starts=starts, ends=ends, who=rota.person(team, stretch.who)))
    return reply(sections(dict.fromkeys(lines)))


def on_days(team: Roster, days: Span, weeks: Sequence[Week]) -> Reply:
    """Who has the on-call weeks in which these days lie."""
    lines = rota.lines_with_public_holidays(team, weeks)
    return reply(sections([ON_DAYS.format(days=say.days(*days)), *lines]))


def or_else(said: Reply, other: Span) -> Reply:
    """An answer, with a button for the same dates in the other year that may be meant."""
    value = f"{other.first}/{other.last}"
    return reply([*said.blocks, actions(button(say.days(*other), DAYS_ACTION, value))])


def person_or_day(desk: Desk, team: Roster, typed: str, theirs: Sequence[Person], found: Found | None) -> Reply:
    """That a name is that of a day, too, and how to say which is meant."""
    named = [f"`{escape(desk.command(f'oncall {people.handle(each.id, team)}'))}`" for each in theirs]
    typed_day = found.dates.first.isoformat() if found else f"1 {names.month(typed)}"
    commands = " or ".join([*named, f"`{desk.command(f'oncall {typed_day}')}`"])
    who = " or ".join(bold(each.name) for each in theirs)
    day = say.days(*found.dates) if found else THE_MONTH
    return usage.refused(PERSON_OR_DAY.format(typed=usage.quoted(typed), people=who, day=day, commands=commands))


def on_call_days(team: Roster, person: Person, theirs: Sequence[OnCallDays]) -> Reply:
    """When somebody is on call."""
    if person.id not in team.rotation.versions[-1].order and not theirs:
        return reply(sections([NOT_IN_ROTATION.format(who=bold(person.name))]))
    if not theirs:
        return reply(sections([NO_DAYS.format(who=bold(person.name))]))
    listed = [f"• {days_of(days)}" for days in theirs[:6]]
    return reply(sections([THEIR_DAYS.format(who=bold(person.name)), *listed]))


def next_up(team: Roster, at: datetime, reader: str | None) -> Reply:
    """Who comes on call next, one after the other, and who by the coming handoff."""
    week, zone, relief = rota.coming(team, at), team.hours.zone, lookup.relief(team, at)
    by_handoff = _in_turn(team, week, FROM_HANDOFF if relief else NEXT_UP, reader)
    hands_over = HANDS_OVER.format(moment=say.moment(team.hours.handoff(week.first), zone))
    if not relief:
        return reply(sections([by_handoff[0], hands_over, *by_handoff[1:]]))
    first, *others = relief
    starts, ends = (say.moment(moment, zone) for moment in (first.starts, first.ends))
    sooner = NEXT_BEFORE.format(who=_who(team, first.who, reader), starts=starts, ends=ends)
    rest = [] if _goes_on(team, at, relief) else by_handoff
    return reply(sections([sooner, *_then(team, others, reader), hands_over, *rest]))


def schedule(team: Roster, weeks: Sequence[Week]) -> Reply:
    """Who has which week; of a long list the beginning, and a button for the rest."""
    shown = weeks[:MOST_SHOWN]
    lines = rota.lines_with_public_holidays(team, shown)
    rest = len(weeks) - len(shown)
    more = [button(NEXT_PAGE.format(weeks=say.count(rest, "week")), PAGE_ACTION, _page(weeks))] if rest else []
    back = button(BACK, BACK_ACTION)
    return reply([*sections([SCHEDULE, *lines]), actions(*more, buttons.calendar(), back)])


def _page(weeks: Sequence[Week]) -> str:
    """Which weeks the button for more leads to: the first one not shown, and how many."""
    return f"{weeks[MOST_SHOWN].first}/{len(weeks) - MOST_SHOWN}"


def calendar(team: Roster, at: datetime, *, follows: bool = False, image: str | None = None) -> Reply:
    """The weeks of the picture, as text, and the picture itself where it has an address."""
    weeks = rota.lines(team, rota.upcoming(team, at, CALENDAR_WEEKS))
    note = [context(PICTURE_FOLLOWS)] if follows else []
    shown: list[Block] = [{"type": "image", "image_url": image, "alt_text": PICTURE_ALT}] if image else []
    return reply([*sections([SCHEDULE, *weeks]), *shown, *note])


def before_all(team: Roster, day: date) -> Reply:
    """That there was no rotation yet on a day."""
    starts = team.rotation.versions[0].starts
    first = team.rotation.versions[0].order[0]
    return reply(sections([BEFORE_ALL.format(day=say.day(day), starts=say.day(starts), who=rota.person(team, first))]))


def of_pipeline(team: Roster, pipeline: Pipeline, at: datetime) -> Reply:
    """A pipeline's owners, and who is on call."""
    return reply(sections([pipeline_line(team, pipeline, at).removeprefix("• "), *on_duty(team, at)]))
