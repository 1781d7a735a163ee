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
from bot.speech.you_or_name import bold_name as name
from bot.speech.you_or_name import plain, verb
from models.requests import AGREED, DECLINED, OPEN, CoverRequest, RequestAnswer
from scheduler.rule.hours import ONE_DAY
from scheduler.team import covers
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
ENDED = "~{asked}~ It ended as the rotation changed: nobody needs to do anything."
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
    when they came, not the asker's any more. `by`: the name of the admin who asked or settled it for others. `ended`:
    nobody withdrew it, it went by a change of the rotation."""

    request: CoverRequest
    answers: Sequence[RequestAnswer]
    today: date
    is_moot: bool = False
    by: str | None = None
    ended: bool = False


def span(request: CoverRequest) -> str:
    """The days that are to be covered."""
    return say.span(request.first, request.until)


def message(team: Roster, asked: Asked, reader: str | None) -> Reply:
    """The request itself, or its outcome."""
    request = asked.request
    by = [SETTLED_BY.format(by=bold(asked.by))] if asked.by else []
    if request.state == AGREED:
        return reply(sections([f"{CHECK} {agreed(team, request, reader)}", *by]))
    sentence = question(team, request, reader)
    if request.state == DECLINED:
        return reply(sections([TURNED_DOWN.format(asked=sentence), *by]))
    if request.state != OPEN:
        return reply(sections([(ENDED if asked.ended else WITHDRAWN).format(asked=sentence), *by]))
    if asked.is_moot or is_over(team, request, asked.today):
        return reply(sections([_came_to_nothing(team, asked, reader).format(asked=sentence)]))
    lines = [sentence, *_free(team, asked, reader)]
    return reply([*sections(lines), *_small_print(team, asked, reader), *_buttons(request, reader)])


def _came_to_nothing(team: Roster, asked: Asked, reader: str | None) -> str:
    """Why an open request needs no answer, without its sentence."""
    request, over = asked.request, is_over(team, asked.request, asked.today)
    if request.is_swap:
        return LAPSED_SWAP if over else MOOT_SWAP
    who, are = name(team, request.person_id, reader), verb(request.person_id, reader, "are", "is")
    return (MOOT if asked.is_moot else LAPSED).format(asked="{asked}", who=who, are=are)


def question(team: Roster, request: CoverRequest, reader: str | None) -> str:
    """What is asked, in a sentence."""
    who = name(team, request.person_id, reader, capital=True)
    ask = verb(request.person_id, reader, "ask", "asks")
    if request.other_id is None or request.back_first is None or request.back_until is None:
        words = ASKS_YOU if reader and reader in request.asked and not request.in_channel else ASKS
        return words.format(who=who, ask=ask, days=span(request))
    words = OFFERS_WEEK if request.waits_for == request.person_id else ASKS_SWAP
    other = name(team, request.other_id, reader, capital=words == OFFERS_WEEK)
    offer = verb(request.other_id, reader, "offer", "offers")
    return words.format(who=who, ask=ask, other=other, offer=offer, **_swap(team, request, reader))


def _swap(team: Roster, request: CoverRequest, reader: str | None) -> dict[str, str]:
    if request.back_first is None or request.back_until is None:
        raise ValueError("it is no swap")
    return {
        "other_takes": _takes(team, request.other_id, reader),
        "days": span(request),
        "who_takes": _takes(team, request.person_id, reader),
        "back": say.span(request.back_first, request.back_until),
    }


def _takes(team: Roster, who: str | None, reader: str | None) -> str:
    return f"{name(team, who, reader)} {verb(who, reader, 'take', 'takes')}"


def agreed(team: Roster, request: CoverRequest, reader: str | None) -> str:
    """Who takes what, in a sentence."""
    if request.is_swap:
        return SWAPPED.format(**_swap(team, request, reader))
    who = name(team, request.taken_by, reader, capital=True)
    take = verb(request.taken_by, reader, "take", "takes")
    return TAKES.format(who=who, take=take, days=span(request), whom=name(team, request.person_id, reader))


def as_it_stands(team: Roster, request: CoverRequest, reader: str | None, now: datetime) -> str:
    """Who takes what, and whether anything of that still holds."""
    sentence = agreed(team, request, reader)
    return sentence if covers.holds(team, request.id or 0, now) else f"{sentence} {HOLDS_NO_MORE}"


def _free(team: Roster, asked: Asked, reader: str | None) -> list[str]:
    """In the channel those who are asked are mentioned, since they must act: who is free still."""
    if reader or asked.request.is_swap:
        return []
    gone, able = {answer.person_id for answer in asked.answers}, covers.able(team, asked.request, asked.today)
    left = [weeks.mention(team, who) for who in asked.request.asked if who in able and who not in gone]
    return [] if not left else [FREE_THEN.format(names=say.names(left))]


def can_be_taken_back(team: Roster, request: CoverRequest) -> bool:
    """Whether what was agreed had not begun when it was."""
    return request.settled_at is not None and request.settled_at < team.hours.handoff(request.begins)


def _small_print(team: Roster, asked: Asked, reader: str | None) -> list[Block]:
    """From when until when, and what people answered."""
    request, zone = asked.request, team.hours.zone
    starts, ends = (say.moment(team.hours.handoff(day), zone) for day in (request.first, request.until))
    hours = [] if request.is_swap else [HOURS.format(starts=starts, ends=ends)]
    cant = [escape(team.name(a.person_id)) for a in asked.answers if not a.offers]
    lines = [CANT.format(names=say.names(cant))] if cant else []
    lines += [
        OFFERS.format(who=escape(team.name(a.person_id)), days=say.span(a.first, a.until))
        for a in asked.answers
        if a.first and a.until
    ]
    return [context(text) for text in (*hours, " ".join(lines), _for_them(team, asked, reader)) if text]


def _for_them(team: Roster, asked: Asked, reader: str | None) -> str:
    """That an admin asks it, or offers another week, for somebody."""
    request = asked.request
    if asked.by is None:
        return ""
    has_offer = request.is_swap and request.waits_for == request.person_id
    words, who = (OFFERED_FOR_THEM, request.other_id) if has_offer else (FOR_THEM, request.person_id)
    return words.format(by=bold(asked.by), who=name(team, who, reader))


def _buttons(request: CoverRequest, reader: str | None) -> list[Block]:
    """The answers that there are; none for the side of a swap that has answered."""
    about = str(request.id)
    if not request.is_swap:
        take = button(TAKE, TAKE_ACTION, about, style="primary")
        part = [button(PART_OF_IT, PART_ACTION, about)] if request.until - request.first > ONE_DAY else []
        return [actions(take, *part, button(I_CANT, CANT_ACTION, about))]
    if reader and reader != request.waits_for:
        return []
    another = [] if request.waits_for == request.person_id else [button(ANOTHER_WEEK, WEEK_ACTION, about)]
    return [actions(button(YES, TAKE_ACTION, about, style="primary"), *another, button(NO, CANT_ACTION, about))]


def offer(team: Roster, asked: Asked, who: str, first: date, until: date) -> Reply:
    """To whoever asked: a part that somebody offers."""
    named, offered = bold(team.name(who)), say.span(first, until)
    request = asked.request
    if request.state == AGREED and request.taken_by == who:
        return reply(sections([PART_TAKEN.format(who=named, days=span(request))]))
    still = any(a.person_id == who and (a.first, a.until) == (first, until) for a in asked.answers)
    if request.state != OPEN or not still or asked.is_moot or is_over(team, request, asked.today):
        return reply(sections([PART_GONE.format(who=named, days=offered)]))
    take = button(TAKE_PART, ACCEPT_PART_ACTION, f"{request.id}/{who}", style="primary")
    return reply([*sections([PART.format(who=named, days=offered)]), actions(take)])


def reminder(team: Roster, asked: Asked, reader: str | None) -> Reply:
    """The request again, because nobody has answered."""
    said = message(team, asked, reader)
    return reply([*sections([REMINDER]), *said.blocks])


def still_open(team: Roster, request: CoverRequest) -> Reply:
    """To whoever asked: that they stay on duty."""
    others = [who for who in team.admins if who != request.person_id]
    words = STILL_YOURS if others else NO_ADMIN_ELSE
    withdraw = button(WITHDRAW, WITHDRAW_ACTION, str(request.id))
    if request.is_swap:
        return reply([*sections([_still_no_swap(team, request)]), actions(withdraw)])
    return reply([*sections([words.format(days=span(request), you_stay="you stay")]), actions(withdraw)])


def _still_no_swap(team: Roster, request: CoverRequest) -> str:
    """To whoever asked for a swap; where another week was offered they are asked again themselves."""
    if request.waits_for == request.person_id:
        return f"{REMINDER}\n{question(team, request, request.person_id)}"
    return STILL_NO_SWAP.format(other=bold(plain(team, request.other_id)), **_days_of_both(request))


def _days_of_both(request: CoverRequest) -> dict[str, str]:
    return {
        "days": span(request),
        "back": say.span(request.back_first or request.first, request.back_until or request.until),
    }


def unanswered(team: Roster, request: CoverRequest, able: Sequence[str]) -> Reply:
    """To an admin, who can settle it; `able`: who could take it."""
    who = bold(team.name(request.person_id))
    if request.is_swap:
        other = bold(plain(team, request.other_id))
        lines = [SETTLE_SWAP.format(who=who, other=other), question(team, request, None)]
        agree = button(YES, TAKE_ACTION, str(request.id), style="primary")
        return reply([*sections(lines), actions(agree, button(WITHDRAW, WITHDRAW_ACTION, str(request.id)))])
    options = [(team.name(each), f"{request.id}/{each}") for each in able]
    buttons = [menu(TAKEN_BY, SETTLE_ACTION, options)] if options else []
    withdraw = button(WITHDRAW, WITHDRAW_ACTION, str(request.id))
    return reply([*sections([SETTLE.format(who=who, days=span(request))]), actions(*buttons, withdraw)])
