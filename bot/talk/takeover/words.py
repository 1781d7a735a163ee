"""Taking over and giving back, and a week that came on short notice: facts → blocks."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.desk import Desk
from bot.speech import say
from bot.speech import you_or_name as read
from bot.speech.ask import Block, Reply
from bot.speech.blocks import actions, bold, button, context, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, moves
from bot.speech.parts.silence import unless_silent
from bot.speech.read import people
from bot.speech.you_or_name import bold_name, verb
from scheduler.change.told import at_once
from scheduler.messages import TakeOverNews
from scheduler.shifts import takeover
from scheduler.shifts.decline import PassedOn
from scheduler.shifts.takeover import TakenOver
from scheduler.team import schedule
from scheduler.team.roster import Roster

TAKEN = ":telephone_receiver: *{who} on call now*, until {ends}, instead of {other}."
ALREADY = "{who} on call already, until {ends}. Nothing was changed."
ALREADY_BY_TAKING = "To change until when: `{command}`"
GIVEN_BACK = "*Given back*: {other} {is_} on call now."
NOBODY_BACK = "*Given back*: the time belongs to nobody now."
I_TELL = "I tell {names}."
THEN = "Then {next} {is_} on call."
TOOK_FROM_YOU = "{taker} took over from you just now, until {ends}."
PUT_FOR_YOU = "{by} put {taker} on call from now until {ends}, instead of you."
YOU_AGAIN = "Then you are on call again."
AHEAD = "{taker} took over until {ends}: you come on call then, instead of {starts}."
AHEAD_BY = "{by} put {taker} on call until {ends}: you come on call then, instead of {starts}."
SOONER = "The take-over of {taker} ends sooner, {ends}: you come on call {begins}."
SOONER_NOW = "The take-over of {taker} was ended: you come on call {begins}."
CHANGED_FOR_YOU = "{taker} is on call instead of you until {ends} now."
CHANGED_YOURS = "{by} changed until when you are on call: until {ends}, instead of {other}."
MADE_YOU = "{by} put you on call from now until {ends}, instead of {other}."
BACK_TO_YOU = "{by} ended the take-over: you are on call now."
NO_MORE = "{by} ended your take-over: {other} is on call now."
OVER = "That take-over is over."

GOT_IT, CANT = "I've got it", "I can't"
GOT_IT_ACTION, CANT_ACTION, UNDO_ACTION = "short.got-it", "short.cant", "short.undo"
GOT_IT_NOW_ACTION = "duty.got-it"
ON_CALL_NOW = ":telephone_receiver: *You are on call now*, until {ends}."
TOOK_BACK = "{by} took that back: you are not on call any more. {who} is, since {moment}."
SHORT_ASKS = "That is short notice: can you take it?"
YOU_CANT = "You said *I can't*."
CAN = "I can after all"
YOU_GOT_IT = ":white_check_mark: You said *I've got it*."
PASSED = "*{who} can't take {days}*: it passes on, and does not count as time off."
CAN_AFTER_ALL = "*{who} can take {days} after all*: everything is as it was before."
CAN_AGAIN = "*{who} can take {days} after all.*"
STAYS = "{other} stays on call. To have it back, take over."
TELLS = "In a minute I tell {names}."
I_TELL_NOW = "I tell {names} now."
UNDO = "Undo"


def taken(team: Roster, over: TakenOver, me: str | None) -> Reply:
    """What taking over did, and the way back."""
    zone = team.hours.zone
    who, other = read.who_is(team, over.taken.person_id, me), read.name(team, over.instead_of, me)
    lines = [TAKEN.format(who=who, ends=say.moment(takeover.ends_at(team, over.taken), zone), other=other)]
    lines += _told(team, over, me)
    return reply([*sections(lines), actions(buttons.give_back(over.taken.id))])


def already(desk: Desk, team: Roster, who: str, me: str | None, now: datetime) -> Reply:
    """That `who` is on call as it is, and how to change a take-over that runs."""
    on_duty, running = schedule.on_duty(team, now), takeover.running_of(team, who, now)
    ends = say.moment(on_duty.ends, team.hours.zone) if on_duty else ""
    named = read.who_is(team, who, me)
    blocks = sections([ALREADY.format(who=named, ends=ends)])
    if running:
        whose = "" if who == me else f"{people.handle(who, team)} "
        command = desk.command(f"oncall take {whose}until 18:00")
        blocks.append(actions(buttons.give_back(running.id)))
        blocks.append(context(ALREADY_BY_TAKING.format(command=escape(command))))
    return replace(reply(blocks), refused=True)


def give_back_buttons(team: Roster, who: str, now: datetime) -> list[dict[str, Any]]:
    """The way back for `who`, where they took over and are on duty by that."""
    taken = takeover.by_which(team, who, now)
    return [buttons.give_back(taken.id)] if taken else []


def declined(sentence: str, decline_id: int) -> Reply:
    """That somebody said *I can't*, with the way back."""
    undo = button(CAN, UNDO_ACTION, f"{decline_id}/")
    return replace(reply([*sections([escape(sentence)]), actions(undo)]), refused=True)


def given_back(team: Roster, over: TakenOver, me: str | None) -> Reply:
    """What giving back did."""
    if over.instead_of is None:
        return reply(sections([NOBODY_BACK, *_told(team, over, me)]))
    other = bold_name(team, over.instead_of, me, capital=True)
    line = GIVEN_BACK.format(other=other, is_=verb(over.instead_of, me, "are", "is"))
    return reply(sections([line, *_told(team, over, me)]))


def _told(team: Roster, over: TakenOver, me: str | None) -> list[str]:
    told = [who for who in (over.taken.person_id, over.instead_of, *over.ahead) if who and who != me]
    names = escape(say.names([team.name(who) for who in told]))
    return [unless_silent(team, I_TELL.format(names=names))] if told else []


def news(team: Roster, facts: TakeOverNews, now: datetime, message: int, *, has_got: bool) -> Reply:
    """To the one who was on duty, or was put on duty, by somebody else, in the message with that id. `has_got`: whoever
    was put on duty said *I've got it*."""
    reader, taker, zone = facts.who, facts.taker, team.hours.zone
    by = read.bold_by(team, facts.by)
    words = {"by": by, "taker": bold(team.name(taker)), "other": bold(read.plain(team, facts.other))}
    words["ends"] = say.moment(facts.ends, zone)
    if facts.begins:
        words["begins"] = say.moment(facts.begins, zone)
        return reply(sections([(SOONER_NOW if facts.what == takeover.GIVEN_BACK else SOONER).format(**words)]))
    if facts.what == takeover.GIVEN_BACK:
        line = NO_MORE if reader == taker else BACK_TO_YOU
        return reply(sections([line.format(**words)]))
    changed = facts.what == takeover.CHANGED
    from_me = CHANGED_FOR_YOU if changed else TOOK_FROM_YOU if facts.by == taker else PUT_FOR_YOU
    line = (CHANGED_YOURS if changed else MADE_YOU) if reader == taker else from_me
    if facts.starts:
        line = AHEAD if facts.by == taker else AHEAD_BY
        words["starts"] = say.moment(facts.starts, zone)
    elif reader != taker and (follows := team.duty.at(facts.ends)) and follows.who == reader:
        line = f"{line} {YOU_AGAIN}"
    said = sections([line.format(**words)])
    if not any(t.id == facts.take_over and t.ends > now for t in team.take_overs):
        return reply([*said, *sections([OVER])])
    if reader != taker or changed:
        words_back = buttons.GIVE_BACK if reader == taker else buttons.I_AM_BACK
        return reply([*said, actions(buttons.give_back(facts.take_over, words_back))])
    cant = buttons.give_back(facts.take_over, CANT)
    if has_got:
        return reply([*said, context(YOU_GOT_IT), actions(cant)])
    return reply([*said, actions(got_it_now(reader, facts.at, message), cant)])


def got_it_now(who: str, starts: datetime, message: int) -> Block:
    """*I've got it*, of the duty of `who` that begins at `starts`, in the message with that id."""
    return button(GOT_IT, GOT_IT_NOW_ACTION, f"{who}/{starts.isoformat()}/{message}", style="primary")


def on_call_now(team: Roster, said: Reply, ends: datetime) -> Reply:
    """News to somebody who is on call at once by it, until `ends`."""
    return reply([*sections([ON_CALL_NOW.format(ends=say.moment(ends, team.hours.zone))]), *said.blocks])


def took_back(team: Roster, by: str | None, who: str | None, moment: datetime) -> Reply:
    """What such news changes to once `by` took it back, so that `who` is on call since that moment."""
    named, since = read.bold_by(team, by), say.moment(moment, team.hours.zone)
    return reply(sections([TOOK_BACK.format(by=named, who=bold(read.plain(team, who)), moment=since)]))


def short_notice(said: Reply, value: str, *, has_taken: bool) -> Reply:
    """The news that a week came to somebody on short notice, with the question whether they can take it. `value`: what
    the buttons carry."""
    cant = button(CANT, CANT_ACTION, value)
    if has_taken:
        return reply([*said.blocks, context(YOU_GOT_IT), actions(cant)])
    return reply(
        [*said.blocks, *sections([SHORT_ASKS]), actions(button(GOT_IT, GOT_IT_ACTION, value, style="primary"), cant)]
    )


def short_notice_declined(said: Reply, value: str) -> Reply:
    """News of a week that came on short notice, where its reader said that they can't. `value`: what the way back
    carries."""
    return reply([*said.blocks, context(YOU_CANT), actions(button(CAN, UNDO_ACTION, value))])


def passed_on(team: Roster, passed: PassedOn, me: str | None, told: list[str], message: int) -> Reply:
    """What *I can't*, below the message with that id, did: who takes it now, whom that tells, and how to undo it."""
    undo = actions(button(UNDO, UNDO_ACTION, f"{passed.declined.id}/{message}"))
    return reply([*sections(_passed(PASSED, team, passed, me, told)), undo])


def passed_back(team: Roster, passed: PassedOn, me: str | None, told: list[str], now: datetime) -> Reply:
    """What *I can after all* did. Who substitutes in a running week stays until somebody takes over."""
    declined, today = passed.declined, team.hours.date_of(now)
    if declined.first > today:
        return reply(sections(_passed(CAN_AFTER_ALL, team, passed, me, told)))
    left = replace(passed, declined=replace(declined, first=today))
    lines = _passed(CAN_AGAIN, team, left, me, told)
    on_duty = team.duty.at(now)
    stays = on_duty is not None and not passed.moved and on_duty.who != declined.person_id
    other = bold_name(team, on_duty.who, me, capital=True) if on_duty else ""
    return reply(sections([*lines, *([STAYS.format(other=other)] if stays else [])]))


def _passed(words: str, team: Roster, passed: PassedOn, me: str | None, told: list[str]) -> list[str]:
    declined = passed.declined
    who = read.name(team, declined.person_id, me, capital=True)
    first = words.format(who=who, days=say.span(declined.first, declined.until))
    lines = [first, *moves.lines(team, passed.moved, me), *moves.gaps(passed.moved)]
    now = [team.name(each) for each in at_once(passed.owed)]
    later = [name for name in told if name not in now]
    tells = [
        words.format(names=escape(say.names(names))) for words, names in ((I_TELL_NOW, now), (TELLS, later)) if names
    ]
    return [*lines, *dict.fromkeys(unless_silent(team, each) for each in tells)]
