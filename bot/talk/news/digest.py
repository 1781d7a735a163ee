"""The digest of time off in the channel: who is away when, and the days that are not those of whose turn they are.
Facts → blocks."""

from collections.abc import Sequence

from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, header, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, moves
from bot.speech.parts import gaps as shown
from bot.speech.parts.moves import MARK_SHORT
from bot.speech.parts.weeks import person
from bot.talk.telling import Telling
from scheduler.change import digest
from scheduler.messages import AwayDigest, TimeOffTold
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team import gaps, schedule
from scheduler.team.roster import Roster

TITLE = "Time off"
AWAY = "*{who}* is away {days}.{mark}"
CANCELLED = "~*{who}* is away {days}.~ That is cancelled."
MORE_AWAY = "… and {count} more: see *Calendar*."
NOTHING_MOVES = "The rotation stays as it is."
IN_TURN = "• {days}: {who}, whose turn it is"
MORE_WEEKS = "… and {weeks}: see *Calendar*."

MOST_LINES = 20
MOST_AWAY = 12  # so that what moves has room


def due(at: Telling, facts: AwayDigest) -> Reply | None:
    """What is said of it, as the team stands; None where it is over."""
    today = at.team.hours.date_of(at.now)
    away = [each for told in facts.away for each in digest.as_it_stands(at.team, told, today)]
    away = list({told.holiday: told for told in away}.values())
    if at.message.edits is None:  # nobody has read it yet
        away = [told for told in away if not told.cancelled]
        if all(told.until <= today for told in away):
            return None
    weeks = schedule.weeks_shown(at.tx, at.team, facts.first, facts.until)
    hours = digest.shown(at.team, facts, at.now).hours
    found = gaps.left(at.team, facts.gaps, at.team.hours.on_call_day(at.now))
    empty = {day for gap in found for day in gap.days}
    days = tuple(move for move in digest.unlike_the_turns(weeks) if move.day not in empty)
    differs = Effect(days=days, hours=hours, endless=facts.endless)
    alarm = [*shown.nobody(found), *shown.to_do(at.desk.command, at.team, found)] if found else []
    return words(at.team, away, differs, alarm)


def words(team: Roster, away: Sequence[TimeOffTold], differs: Effect, alarm: Sequence[str] = ()) -> Reply:
    """Who is away, and what `differs` from the turns, in 20 lines at most. `alarm`: lines about days of nobody."""
    lines = [*alarm]
    lines += [_away(team, told) for told in away[:MOST_AWAY]]
    lines += [MORE_AWAY.format(count=len(away) - MOST_AWAY)] if len(away) > MOST_AWAY else []
    room = MOST_LINES - 1 - len(lines)
    lines += _fitting(team, differs, room) or ([] if alarm else [NOTHING_MOVES])
    return reply([header(TITLE), *sections(lines), actions(buttons.calendar())])


def _away(team: Roster, told: TimeOffTold) -> str:
    mark = MARK_SHORT if told.short_notice else ""
    words = CANCELLED if told.cancelled else AWAY
    return words.format(who=escape(team.name(told.person)), days=say.days(told.first, told.until - ONE_DAY), mark=mark)


def _differs(team: Roster, days: str, home: str | None, who: str | None) -> str:
    if who == home:  # in a week that is another's
        return IN_TURN.format(days=days, who=person(team, who))
    return moves.MOVES.format(days=days, after=person(team, who), before=person(team, home))


def _fitting(team: Roster, differs: Effect, room: int) -> list[str]:
    """The lines of what differs, the last of which tells how many weeks are left out, if any are."""
    lines = [_differs(team, *each) for each in moves.spans(team, differs)]
    last = [moves.ALTERNATES] if differs.endless else []
    if len(lines) + len(last) <= room:
        return lines + last
    starts = [team.hours.week_of(first) for first, _, _ in moves.rows(differs)]
    starts = [team.hours.on_call_day(each.starts) for each in differs.hours] + starts
    kept = room - 1
    while kept and starts[kept - 1] == starts[kept]:  # a week is told whole or not at all
        kept -= 1
    kept = kept or room - 1
    return [*lines[:kept], MORE_WEEKS.format(weeks=say.count(len(set(starts[kept:])), "more week"))]
