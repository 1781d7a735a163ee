"""Nobody answers: the reminder to whoever came on duty, or was asked whether they can, and word to the admins."""

from bot.desk import Desk
from bot.speech import payload, say
from bot.speech.ask import Answer, Block, Press, Reply
from bot.speech.blocks import actions, button, context, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons
from bot.speech.read import people
from bot.talk import handoff
from bot.talk.acting import acting
from bot.talk.did import tells
from bot.talk.feature import Feature, Presses
from bot.talk.takeover import words
from bot.talk.takeover.post import asking
from bot.talk.telling import Telling, says
from models import history
from models.changes import Change
from scheduler import no_answer
from scheduler.change import answers
from scheduler.entries import DutyAccepted
from scheduler.messages import NoAnswer, StillNoAnswer
from scheduler.rule.rotation import WEEK
from scheduler.shifts import decline, takeover
from scheduler.team import covers, schedule
from scheduler.team.roster import Roster

ON_CALL = "You have been on call since *{starts}*, until {ends}, and I have not heard from you yet. Have you got it?"
WAS_ON_CALL = "You were asked whether you have got it: you came on call {starts}."
ASKED = "I have not heard from you yet about *{days}*, when you are on call."
WAS_ASKED = "You were asked whether you can take {days}."

ADMIN = "*{who}* came on call {starts}, until {ends}, and has not answered, nor when reminded."
ADMIN_ASKED = "*{who}* is on call {days}, on short notice, and has not said whether they can, nor when reminded."
PLEASE = "Please reach them, or find somebody else."
INSTEAD = "To put somebody else on call now: `{command}`"
ANSWERED = "*{who}* has answered since. Nobody needs to do anything."

HAS_GOT = "has got it, on call since {starts}"


def _reminder(at: Telling, facts: NoAnswer) -> Reply | None:
    """To whoever does not answer; None where they have, or it is theirs no more."""
    awaited = no_answer.is_awaited(at.tx, at.team, facts, at.now)
    if not awaited and at.message.edits is None:
        return None
    if facts.asked:
        days = _days(at.team, facts, at)
        said = reply(sections([(ASKED if awaited else WAS_ASKED).format(days=days)]))
        return asking(at, said, facts.who, facts.week, facts.asked)
    return _on_call(at, facts, awaited=awaited)


def _on_call(at: Telling, facts: NoAnswer, *, awaited: bool) -> Reply:
    team, zone, who = at.team, at.team.hours.zone, facts.who
    on_duty = schedule.on_duty(team, at.now)
    starts = say.moment(facts.starts, zone)
    if on_duty is None or on_duty.who != who:
        said = reply(sections([WAS_ON_CALL.format(starts=starts)]))
        declined = decline.declined_of(team, who, facts.week)
        return words.short_notice_declined(said, f"{declined.id}/{_asked(at)}") if declined else said
    cant = _cant(at, facts)
    if awaited:
        line = ON_CALL.format(starts=starts, ends=say.moment(on_duty.ends, zone))
        return reply([*sections([line]), actions(_got_it(at, facts), cant)])
    seen = [context(words.YOU_GOT_IT)] if _said_so(at, facts) else []
    return reply([*sections([WAS_ON_CALL.format(starts=starts)]), *seen, actions(cant)])


def _said_so(at: Telling, facts: NoAnswer) -> bool:
    """Whether they said *I've got it*."""
    week = history.acknowledgement(at.tx, at.team.id, facts.week)
    taken = week is not None and week.person_id == facts.who
    return taken or answers.has_accepted(at.tx, at.team, facts.who, facts.starts)


def _got_it(at: Telling, facts: NoAnswer) -> Block:
    if facts.starts == at.team.hours.handoff(facts.week):
        return button(words.GOT_IT, handoff.GOT_IT_ACTION, facts.week.isoformat(), style="primary")
    return words.got_it_now(facts.who, facts.starts, _asked(at))


def _cant(at: Telling, facts: NoAnswer) -> Block:
    """*I can't*: gives back what was taken over, or passes on what is left of the week."""
    taken = takeover.by_which(at.team, facts.who, at.now)
    if taken:
        return buttons.give_back(taken.id, words.CANT)
    return button(words.CANT, words.CANT_ACTION, f"{facts.who}/{facts.week}/{_asked(at)}")


def _asked(at: Telling) -> int:
    return at.message.edits or at.message.id


def _days(team: Roster, facts: NoAnswer, at: Telling) -> str:
    """Which days of the week are theirs, or else the whole of it."""
    first = max(facts.week, team.hours.on_call_day(at.now))
    days = [day.date for day in covers.days_of(team, facts.who, first, facts.week + WEEK)]
    return say.days(days[0], days[-1]) if days else say.span(facts.week, facts.week + WEEK)


def _to_admin(at: Telling, facts: StillNoAnswer) -> Reply | None:
    """That they do not answer, where there is time left for somebody to do something; or that they have since."""
    team, zone, who = at.team, at.team.hours.zone, escape(at.team.name(facts.who))
    on_duty = schedule.on_duty(team, at.now)
    if not no_answer.is_awaited(at.tx, team, facts, at.now):
        return reply(sections([ANSWERED.format(who=who)])) if at.message.edits else None
    if not no_answer.lasts(team, facts, at.now) and at.message.edits is None:
        return None
    if facts.asked:
        line = ADMIN_ASKED.format(who=who, days=_days(team, facts, at))
    else:
        ends = say.moment(on_duty.ends, zone) if on_duty else ""
        line = ADMIN.format(who=who, starts=say.moment(facts.starts, zone), ends=ends)
    is_on = on_duty is not None and on_duty.who == facts.who  # who is to take a week to come is not put on call now
    return reply([*sections([line, PLEASE]), *(_instead(at, facts.who) if is_on else [])])


def _instead(at: Telling, who: str) -> list[Block]:
    """How to put the next in the rotation who is there on call."""
    today, team = at.team.hours.date_of(at.now), at.team
    members = team.rotation.members(today)
    place = members.index(who) + 1 if who in members else 0
    there = [each for each in (*members[place:], *members[:place]) if each != who]
    free = next((each for each in there if not team.rotation.is_away(each, today)), None)
    if free is None:
        return []
    command = at.desk.command(f"oncall take {people.handle(free, team)} until 18:00")
    return [context(INSTEAD.format(command=escape(command)))]


def got_it(press: Press, desk: Desk) -> Answer:
    """*I've got it*: what asked is edited through the outbox."""
    who, starts, message = payload.parts(press.value, 3)
    with acting(desk, press) as now:
        no_answer.accept_duty(now.tx, now.by, who, payload.moment(starts), payload.number(message))
    return Answer()


def _has_got(team: Roster, change: Change, facts: DutyAccepted) -> str:
    return HAS_GOT.format(starts=say.moment(facts.after.starts, team.hours.zone))


ACTIONS: Presses = {words.GOT_IT_NOW_ACTION: got_it}

FEATURE = Feature(
    actions=ACTIONS,
    posts={**says(NoAnswer, _reminder), **says(StillNoAnswer, _to_admin)},
    log=tells(DutyAccepted, _has_got),
)
