"""The Monday handoff, and *I've got it* below it. It mentions one person, the incoming engineer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.desk import Desk
from bot.speech import payload, public_holidays, say
from bot.speech.ask import Answer, Block, Press, Reply
from bot.speech.blocks import actions, bold, button, context, header, reply, section, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, weeks
from bot.speech.parts import gaps as words
from bot.speech.parts.moves import MARK_SHORT
from bot.talk.acting import acting
from bot.talk.did import tells, week
from bot.talk.feature import Feature, Presses
from bot.talk.telling import Telling, says
from models import history
from models import holidays as time_off
from models.changes import Change
from models.history import Acknowledgement
from models.holidays import Holiday
from models.pipelines import Pipeline
from scheduler.entries import HandoffAcknowledged
from scheduler.messages import HandoffDue
from scheduler.rule.duty import Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import WEEK, Week
from scheduler.shifts import acknowledge
from scheduler.team import gaps, roster, schedule
from scheduler.team.roster import Roster

TITLE = "On-call handoff, {day}"
TAKES_OVER = "{incoming} takes over from {outgoing}, from {starts} until {ends}."
GOES_ON = "{incoming} goes on, from {starts} until {ends}."
BEGINS = "{incoming} is on call, from {starts} until {ends}."
NOBODY_COMES = ":rotating_light: *Nobody is on call* from {starts} until {ends}."
THIS_WEEK = "This week:"
NEXT_WEEKS = "*The next three weeks*"
AWAY = "*Away in the next two weeks*"
NOBODY_AWAY = "Nobody is away in the next two weeks."
PUBLIC = "*Public holidays in the next two weeks* (they change nothing by themselves)"
PUBLIC_LINE, PUBLIC_MORE = "• {holiday}", "… and {count} more."
GOT_IT_BY = ":white_check_mark: {who} said *I've got it*, {moment}."
GOT_IT = "I've got it"
HAS_GOT = "has got the week {days}"

TWO_WEEKS = timedelta(weeks=2)
MOST_PUBLIC = 5

GOT_IT_ACTION = "handoff.got-it"


@dataclass(frozen=True, slots=True)
class Handoff:
    """A week's handoff: who was on duty until it (None: nobody, or nobody yet), who is from then on, the week and the
    three after it, the pipelines whose runbooks are offered, who said *I've got it*, lines that tell of gaps, and
    whether the week is over."""

    before: Stretch | None
    begins: Stretch
    week: Week
    coming: Sequence[Week]
    pipelines: Sequence[Pipeline]
    got_it: Acknowledgement | None
    gaps: Sequence[str] = ()
    is_over: bool = False


def handoff(team: Roster, facts: Handoff) -> Reply:
    """What the channel reads at a handoff."""
    blocks = [header(TITLE.format(day=say.day(facts.week.first))), *sections([*facts.gaps, *_who(team, facts)])]
    blocks += sections([NEXT_WEEKS, *weeks.lines(team, facts.coming)])
    blocks += [*sections(away(team, facts.week)), *_public(team, facts.week)]
    if facts.got_it:
        moment = say.moment(facts.got_it.at, team.hours.zone)
        blocks.append(context(GOT_IT_BY.format(who=escape(team.name(facts.got_it.person_id)), moment=moment)))
    return reply([*blocks, _buttons(facts)])


def _who(team: Roster, facts: Handoff) -> list[str]:
    stretch, zone = facts.begins, team.hours.zone
    sentence, outgoing = _words(facts), facts.before.who if facts.before else None
    first = sentence.format(
        incoming=weeks.mention(team, stretch.who),
        outgoing=weeks.person(team, outgoing),
        starts=say.moment(team.hours.handoff(facts.week.first), zone),
        ends=say.moment(stretch.ends, zone),
    )
    reason = weeks.why(team, stretch)
    lines = [first, f"_{reason}_"] if reason else [first]
    alone = weeks.covering(facts.week) == stretch.who
    others = not alone and (facts.week.split is not None or stretch.who != facts.week.holder)
    return [*lines, THIS_WEEK, f"• {weeks.week_line(team, facts.week)}"] if others else lines


def _words(facts: Handoff) -> str:
    if facts.begins.who is None:
        return NOBODY_COMES
    if facts.before is None or facts.before.who is None:
        return BEGINS
    return GOES_ON if facts.before.who == facts.begins.who else TAKES_OVER


def away(team: Roster, week: Week) -> list[str]:
    """Who is away in two weeks from the week's first day on."""
    until = week.first + TWO_WEEKS
    off = [h for h in team.holidays if h.first < until and week.first < h.until]
    return [AWAY, *(_away_line(team, h) for h in off)] if off else [NOBODY_AWAY]


def _public(team: Roster, week: Week) -> list[Block]:
    """The public holidays in two weeks from the week's first day on. Whoever presses the button beside one gets the
    form to declare it as their own time off."""
    found = public_holidays.between(team, week.first, week.first + TWO_WEEKS)
    blocks = sections([PUBLIC]) if found else []
    for each in found[:MOST_PUBLIC]:
        line = PUBLIC_LINE.format(holiday=weeks.public_holiday(team, each))
        blocks.append(section(line, button(buttons.TAKE_OFF, buttons.TAKE_OFF_ACTION, each.day.isoformat())))
    return [*blocks, *sections([PUBLIC_MORE.format(count=len(found) - MOST_PUBLIC)] if found[MOST_PUBLIC:] else [])]


def _away_line(team: Roster, holiday: Holiday) -> str:
    days = say.days(holiday.first, holiday.until - ONE_DAY)
    return f"• {bold(team.name(holiday.person_id))}: {days}{MARK_SHORT if holiday.short_notice else ''}"


def _buttons(facts: Handoff) -> Block:
    first = facts.week.first
    got_it = [] if facts.got_it else [button(GOT_IT, GOT_IT_ACTION, first.isoformat(), style="primary")]
    elements = [] if facts.is_over else [*got_it, buttons.need_cover(first)]
    elements.append(buttons.calendar())
    if facts.pipelines:
        elements.append(buttons.runbooks(facts.pipelines))
    return actions(*elements)


def due(at: Telling, facts: HandoffDue) -> Reply | None:
    """What is said of a week that is handed over; None where that is over before anybody read of it."""
    team, first = at.team, facts.week
    is_over = first < team.hours.week_of(team.hours.on_call_day(at.now))
    if is_over and not at.message.edits:
        return None
    if is_over:  # who was away is not loaded with the team any more
        team = replace(team, holidays=tuple(time_off.ending_after(at.tx, team.id, first)))
    _, pipelines = roster.load_with_pipelines(at.tx, team.id)
    week, *coming = schedule.weeks_shown(at.tx, team, first, first + schedule.HANDOFF_SHOWS * WEEK)
    starts, ends = team.hours.handoff(first), team.hours.handoff(week.until)
    before = schedule.duty_between(at.tx, team, starts - ONE_DAY, starts)
    begins = schedule.duty_between(at.tx, team, starts, ends)[0]
    said = history.acknowledgement(at.tx, team.id, first)
    comes = Handoff(before[-1] if before else None, begins, week, coming, pipelines, said)
    return handoff(team, replace(comes, gaps=_gaps(at, facts), is_over=is_over))


def _gaps(at: Telling, facts: HandoffDue) -> list[str]:
    """Which days of the weeks that it shows have nobody; where the admins hear of some by it, what is to be done."""
    today = at.team.hours.on_call_day(at.now)
    told = gaps.left(at.team, facts.gaps, today)
    found = gaps.runs(at.team, max(facts.week, today), facts.week + schedule.HANDOFF_SHOWS * WEEK)
    return [*words.nobody(found), *(words.to_do(at.desk.command, at.team, told) if told else [])]


def got_it(press: Press, desk: Desk) -> Answer:
    """Whoever is on duty, or an admin, has taken the week on. The message is edited through the outbox."""
    with acting(desk, press) as now:
        acknowledge.handoff(now.tx, now.by, payload.day(press.value, press))
    return Answer()


def has_got(team: Roster, change: Change, facts: HandoffAcknowledged) -> str:
    """What the log says of it."""
    return HAS_GOT.format(days=week(date.fromisoformat(str(change.about))))


ACTIONS: Presses = {GOT_IT_ACTION: got_it}

FEATURE = Feature(actions=ACTIONS, posts=says(HandoffDue, due), log=tells(HandoffAcknowledged, has_got))
