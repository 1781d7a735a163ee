"""A gap in the channel: days in a row that have nobody, until they are filled. Facts → blocks."""

from bot.desk import Desk
from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import header, reply, sections
from bot.speech.parts import gaps as words
from bot.talk.telling import Telling
from scheduler.change import alarm
from scheduler.messages import GapRun, GapTold
from scheduler.rule.hours import ONE_DAY
from scheduler.team import gaps
from scheduler.team.roster import Roster

TITLE = ":rotating_light: Nobody is on call {days}"
FILLED = ":white_check_mark: No gap any more"
SENTENCES = {
    alarm.APPEARS: "Everyone in the rotation is away then, or can't.",
    alarm.IN_A_WEEK: "It begins in a week, and nobody has taken it.",
    alarm.TOMORROW: "It begins tomorrow, and nobody has taken it.",
    alarm.BEGINS: "It has begun, and nobody has taken it.",
}
CLOSED = "~Nobody is on call {days}.~ It is filled: nobody needs to do anything."


def due(at: Telling, facts: GapRun) -> Reply | None:
    """What is said of a gap as it stands; None where it was filled, or is over, before anybody read of it."""
    found = gaps.left(at.team, [facts.gap], at.team.hours.on_call_day(at.now))
    if found:
        occasion = alarm.APPEARS if at.message.edits else facts.gap.occasions[0]  # a week ahead is so once
        return told(at.desk, at.team, occasion, found)
    return filled(facts.gap) if at.message.edits else None


def told(desk: Desk, team: Roster, occasion: str, found: list[gaps.Gap]) -> Reply:
    """That there is a gap, and what is to be done."""
    title = TITLE.format(days=say.names([say.days(each.first, each.last) for each in found]))
    return reply([header(title), *sections([SENTENCES[occasion], *words.to_do(desk.command, team, found)])])


def filled(gap: GapTold) -> Reply:
    """What it changes to once it is filled."""
    days = say.days(gap.first, gap.until - ONE_DAY)
    return reply([header(FILLED), *sections([CLOSED.format(days=days)])])
