"""A request for a cover or a swap, as those who are asked read it, and what becomes of it. Facts → blocks.

`reader` is the id of who reads it by direct message, and is called "you"; None in the channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.speech import say
from bot.speech.ask import Block, Reply
from bot.speech.blocks import actions, bold, button, context, menu, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import weeks
from models.requests import AGREED, DECLINED, OPEN, Answer, CoverRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.team import covers as agreements
from scheduler.team.requests import is_over
from scheduler.team.roster import Roster

ASKS = "{who} {ask} for cover: *{days}*."
ASKS_YOU = "{who} asks you to cover: *{days}*."
FREE_THEN = "Free then: {names}."
HOURS = "From {starts} until {ends}"
ASKS_SWAP = "{who} {ask} {other} to swap: {other_takes} *{days}*, {who_takes} *{back}*."
OFFERS_WEEK = "{other} {offer} another week: {other_takes} *{days}*, {who_takes} *{back}*."
CANT = "{names} can't."
OFFERS = "{who} offers {days}."
FOR_THEM = "{by} asks that for {who}."
OFFERED_FOR_THEM = "{by} offers that for {who}."
SETTLED_BY = "{by} settled it."
TAKES = "{who} {take} *{days}* for {whom}."
SWAPPED = "Agreed: {other_takes} *{days}*, {who_takes} *{back}*."
HOLDS_NO_MORE = "As things are, nothing of it holds."
CHECK = ":white_check_mark:"
WITHDRAWN = "~{asked}~ Withdrawn: nobody needs to do anything."
TURNED_DOWN = "~{asked}~ It was declined: everything stays as it is."
LAPSED = "~{asked}~ Nobody took it: {who} stayed on duty."
LAPSED_SWAP = "~{asked}~ Nobody answered: everything stayed as it was."
MOOT = "~{asked}~ Nobody needs to do anything: {who} {are} not on call then any more."
MOOT_SWAP = "~{asked}~ Nobody needs to do anything: the weeks are not theirs to swap any more."
PART = "{who} offers to take *{days}* of the days that you asked about."
PART_TAKEN = ":white_check_mark: {who} takes *{days}*."
PART_GONE = "~{who} offers to take *{days}*.~ That is settled."
REMINDER = "This is still open:"
STILL_YOURS = "Nobody has taken *{days}* yet, so {you_stay} on duty unless somebody does. The admins know of it."
NO_ADMIN_ELSE = "Nobody has taken *{days}* yet, so {you_stay} on duty unless somebody does."
STILL_NO_SWAP = (
    "{other} has not answered yet whether you swap *{days}* for *{back}*: everything stays as it is until then."
)
SETTLE = "Nobody has answered {who}, whose days begin soon: *{days}*. {who} stays on duty unless somebody takes them."
SETTLE_SWAP = "Nobody has answered the swap that {who} asked {other} for. Everything stays as it is unless they agree."

TAKE, PART_OF_IT, I_CANT = "I'll take it", "Offer a part", "I can't"
YES, NO, ANOTHER_WEEK = "Swap", "No, thanks", "Another week"
TAKE_PART = "Take the offer"
TAKE_BACK, WITHDRAW, EVERYBODY = "Take it back", "Withdraw", "Ask everybody"
TAKEN_BY = "Taken by …"

TAKE_ACTION, PART_ACTION, CANT_ACTION = "request.take", "request.part", "request.cant"
WEEK_ACTION, ACCEPT_PART_ACTION = "request.week", "request.accept-part"
BACK_ACTION, WITHDRAW_ACTION, WIDEN_ACTION = "request.back", "request.withdraw", "request.widen"
SETTLE_ACTION = "request.settle"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands: with what people answered, and the current on-call day. `is_moot`: the days are, or were
    when they came, not the asker's any more. `by`: the name of the admin who asked or settled it for others."""

    made: CoverRequest
    answers: Sequence[Answer]
    today: date
    is_moot: bool = False
    by: str | None = None


def span(made: CoverRequest) -> str:
    """The days that are to be covered."""
    return days(made.first, made.until)


def days(first: date, until: date) -> str:
    """The dates from `first` up to, not including, `until`."""
    return say.days(first, until - ONE_DAY)


def message(team: Roster, asked: Asked, reader: str | None) -> Reply:
    """The request itself, or its outcome."""
    made = asked.made
    by = [SETTLED_BY.format(by=bold(asked.by))] if asked.by else []
    if made.state == AGREED:
        return reply(sections([f"{CHECK} {agreed(team, made, reader)}", *by]))
    sentence = question(team, made, reader)
    if made.state == DECLINED:
        return reply(sections([TURNED_DOWN.format(asked=sentence), *by]))
    if made.state != OPEN:
        return reply(sections([WITHDRAWN.format(asked=sentence), *by]))
    if asked.is_moot or is_over(team, made, asked.today):
        return reply(sections([_came_to_nothing(team, asked, reader).format(asked=sentence)]))
    lines = [sentence, *_free(team, asked, reader)]
    return reply([*sections(lines), *_small_print(team, asked, reader), *_buttons(made, reader)])


def _came_to_nothing(team: Roster, asked: Asked, reader: str | None) -> str:
    """Why an open request needs no answer, without its sentence."""
    made, over = asked.made, is_over(team, asked.made, asked.today)
    if made.is_swap:
        return LAPSED_SWAP if over else MOOT_SWAP
    who, are = name(team, made.person_id, reader), "are" if made.person_id == reader else "is"
    return (MOOT if asked.is_moot else LAPSED).format(asked="{asked}", who=who, are=are)


def question(team: Roster, made: CoverRequest, reader: str | None) -> str:
    """What is asked, in a sentence."""
    who, ask = name(team, made.person_id, reader, capital=True), "ask" if made.person_id == reader else "asks"
    if made.other_id is None or made.back_first is None or made.back_until is None:
        words = ASKS_YOU if reader and reader in made.asked and not made.in_channel else ASKS
        return words.format(who=who, ask=ask, days=span(made))
    words = OFFERS_WEEK if made.waits_for == made.person_id else ASKS_SWAP
    other = name(team, made.other_id, reader, capital=words == OFFERS_WEEK)
    offer = "offer" if made.other_id == reader else "offers"
    return words.format(who=who, ask=ask, other=other, offer=offer, **_swap(team, made, reader))


def _swap(team: Roster, made: CoverRequest, reader: str | None) -> dict[str, str]:
    if made.back_first is None or made.back_until is None:
        raise ValueError("it is no swap")
    return {
        "other_takes": _takes(team, made.other_id, reader),
        "days": span(made),
        "who_takes": _takes(team, made.person_id, reader),
        "back": days(made.back_first, made.back_until),
    }


def _takes(team: Roster, who: str | None, reader: str | None) -> str:
    return f"{name(team, who, reader)} {'take' if who == reader else 'takes'}"


def name(team: Roster, who: str | None, reader: str | None, *, capital: bool = False) -> str:
    """Somebody's name in bold, or "you" for who reads it."""
    if who and who == reader:
        return "You" if capital else "you"
    return bold(team.name(who))


def agreed(team: Roster, made: CoverRequest, reader: str | None) -> str:
    """Who takes what, in a sentence."""
    if made.is_swap:
        return SWAPPED.format(**_swap(team, made, reader))
    who = name(team, made.taken_by, reader, capital=True)
    take = "take" if made.taken_by == reader else "takes"
    return TAKES.format(who=who, take=take, days=span(made), whom=name(team, made.person_id, reader))


def as_it_stands(team: Roster, made: CoverRequest, reader: str | None, now: datetime) -> str:
    """Who takes what, and whether anything of that still holds."""
    sentence = agreed(team, made, reader)
    return sentence if agreements.holds(team, made.id or 0, now) else f"{sentence} {HOLDS_NO_MORE}"


def _free(team: Roster, asked: Asked, reader: str | None) -> list[str]:
    """In the channel those who are asked are mentioned, since they must act: who is free still."""
    if reader or asked.made.is_swap:
        return []
    gone, able = {answer.person_id for answer in asked.answers}, agreements.able(team, asked.made, asked.today)
    left = [weeks.mention(team, who) for who in asked.made.asked if who in able and who not in gone]
    return [] if not left else [FREE_THEN.format(names=say.names(left))]


def can_be_taken_back(team: Roster, made: CoverRequest) -> bool:
    """Whether what was agreed had not begun when it was."""
    return made.settled_at is not None and made.settled_at < team.hours.handoff(made.begins)


def _small_print(team: Roster, asked: Asked, reader: str | None) -> list[Block]:
    """From when until when, and what people answered."""
    made, zone = asked.made, team.hours.zone
    starts, ends = (say.moment(team.hours.handoff(day), zone) for day in (made.first, made.until))
    hours = [] if made.is_swap else [HOURS.format(starts=starts, ends=ends)]
    cant = [escape(team.name(a.person_id)) for a in asked.answers if not a.offers]
    lines = [CANT.format(names=say.names(cant))] if cant else []
    lines += [
        OFFERS.format(who=escape(team.name(a.person_id)), days=days(a.first, a.until))
        for a in asked.answers
        if a.first and a.until
    ]
    return [context(text) for text in (*hours, " ".join(lines), _for_them(team, asked, reader)) if text]


def _for_them(team: Roster, asked: Asked, reader: str | None) -> str:
    """That an admin asks it, or offers another week, for somebody."""
    made = asked.made
    if asked.by is None:
        return ""
    has_offer = made.is_swap and made.waits_for == made.person_id
    words, who = (OFFERED_FOR_THEM, made.other_id) if has_offer else (FOR_THEM, made.person_id)
    return words.format(by=bold(asked.by), who=name(team, who, reader))


def _buttons(made: CoverRequest, reader: str | None) -> list[Block]:
    """The answers that there are; none for the side of a swap that has answered."""
    about = str(made.id)
    if not made.is_swap:
        take = button(TAKE, TAKE_ACTION, about, style="primary")
        part = [button(PART_OF_IT, PART_ACTION, about)] if made.until - made.first > ONE_DAY else []
        return [actions(take, *part, button(I_CANT, CANT_ACTION, about))]
    if reader and reader != made.waits_for:
        return []
    another = [] if made.waits_for == made.person_id else [button(ANOTHER_WEEK, WEEK_ACTION, about)]
    return [actions(button(YES, TAKE_ACTION, about, style="primary"), *another, button(NO, CANT_ACTION, about))]


def offer(team: Roster, asked: Asked, who: str, first: date, until: date) -> Reply:
    """To whoever asked: a part that somebody offers."""
    named, offered = bold(team.name(who)), days(first, until)
    made = asked.made
    if made.state == AGREED and made.taken_by == who:
        return reply(sections([PART_TAKEN.format(who=named, days=span(made))]))
    still = any(a.person_id == who and (a.first, a.until) == (first, until) for a in asked.answers)
    if made.state != OPEN or not still or asked.is_moot or is_over(team, made, asked.today):
        return reply(sections([PART_GONE.format(who=named, days=offered)]))
    take = button(TAKE_PART, ACCEPT_PART_ACTION, f"{made.id}/{who}", style="primary")
    return reply([*sections([PART.format(who=named, days=offered)]), actions(take)])


def reminder(team: Roster, asked: Asked, reader: str | None) -> Reply:
    """The request again, because nobody has answered."""
    said = message(team, asked, reader)
    return reply([*sections([REMINDER]), *said.blocks])


def still_open(team: Roster, made: CoverRequest) -> Reply:
    """To whoever asked: that they stay on duty."""
    others = [who for who in team.admins if who != made.person_id]
    words = STILL_YOURS if others else NO_ADMIN_ELSE
    withdraw = button(WITHDRAW, WITHDRAW_ACTION, str(made.id))
    if made.is_swap:
        return reply([*sections([_still_no_swap(team, made)]), actions(withdraw)])
    return reply([*sections([words.format(days=span(made), you_stay="you stay")]), actions(withdraw)])


def _still_no_swap(team: Roster, made: CoverRequest) -> str:
    """To whoever asked for a swap; where another week was offered they are asked again themselves."""
    if made.waits_for == made.person_id:
        return f"{REMINDER}\n{question(team, made, made.person_id)}"
    return STILL_NO_SWAP.format(other=bold(team.name(made.other_id)), **_days_of_both(made))


def _days_of_both(made: CoverRequest) -> dict[str, str]:
    return {"days": span(made), "back": days(made.back_first or made.first, made.back_until or made.until)}


def unanswered(team: Roster, made: CoverRequest, able: Sequence[str]) -> Reply:
    """To an admin, who can settle it; `able`: who could take it."""
    who = bold(team.name(made.person_id))
    if made.is_swap:
        other = bold(team.name(made.other_id))
        lines = [SETTLE_SWAP.format(who=who, other=other), question(team, made, None)]
        agree = button(YES, TAKE_ACTION, str(made.id), style="primary")
        return reply([*sections(lines), actions(agree, button(WITHDRAW, WITHDRAW_ACTION, str(made.id)))])
    options = [(team.name(each), f"{made.id}/{each}") for each in able]
    buttons = [menu(TAKEN_BY, SETTLE_ACTION, options)] if options else []
    withdraw = button(WITHDRAW, WITHDRAW_ACTION, str(made.id))
    return reply([*sections([SETTLE.format(who=who, days=span(made))]), actions(*buttons, withdraw)])
