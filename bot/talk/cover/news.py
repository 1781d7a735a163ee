"""What those concerned by a request are told by direct message: that it was settled, is open again, or holds on other
days than before. Facts → blocks. The reader is called "you"."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, bold, button, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons
from bot.speech.you_or_name import bold_by, plain
from bot.speech.you_or_name import bold_name as name
from bot.talk.cover.words import (
    BACK_ACTION,
    CHECK,
    EVERYBODY,
    SETTLED_BY,
    TAKE_BACK,
    WIDEN_ACTION,
    WITHDRAW,
    WITHDRAW_ACTION,
    agreed,
    can_be_taken_back,
)
from models.requests import AGREED, OPEN, CoverRequest
from scheduler.covers import state
from scheduler.entries import PartOffered
from scheduler.messages import AgreementNews, RequestNews
from scheduler.rule.spans import alike_in_a_row, in_a_row
from scheduler.team import schedule
from scheduler.team.roster import Roster

TOOK = ":white_check_mark: {other} takes *{days}* for you."
YOU_TOOK = "You take *{days}* for {whom}."
ASKED_FOR_YOU = "{by} asked for cover of your days: *{days}*. You stay on duty until somebody takes it."
ASKED_SWAP_FOR_YOU = "{by} asked {other} for a swap with your week: *{days}*. Until it is agreed, nothing changes."
NO_MORE = "{other} can't take *{days}* after all. It is open again; you are on duty unless somebody takes it."
NO_MORE_MOOT = "{other} can't take *{days}* after all. Those days are not yours any more, so nobody else is asked."
NO_MORE_BY = (
    "{by} took back that {other} takes *{days}* for you. It is open again; you are on duty unless somebody takes it."
)
YOURS_NO_MORE = "{by} took back that you take *{days}* for {whom}: you are not on duty for them then."
NO_MORE_SWAP = "{by} took the swap back: everybody has their own days, *{days}* and *{back}*. It is open again."
NOT_NEEDED = "{by} no longer needs you on *{days}*: you are not on duty for them then."
NOT_NEEDED_BY = (
    "{by} withdrew the request of {whom}, so you are not needed on *{days}*: you are not on duty for them then."
)
SWAP_WITHDRAWN = "{by} withdrew the swap of *{days}* and *{back}*: everybody has their own days."
OFFERED_FOR_YOU = "{by} offered another week of yours, *{back}*, for the swap of *{days}*. {whom} is asked."
ENDED_FOR_YOU = (
    "{by} changed the rotation, so nobody is asked about *{days}* any more. It stays as it is unless you ask again."
)
SWAP_ENDED = "{by} changed the rotation, so the swap of *{days}* and *{back}* is off: everybody has their own days."
PART_NOT_NEEDED = "Thank you for the offer to take *{days}* for {whom}: it is not needed any more."
WITHDRAWN_FOR_YOU = "{by} withdrew the request for your days *{days}*."
NOBODY_CAN = "{other} can't take *{days}*. You stay on duty unless somebody does."
NONE_CAN = "All who were asked say that they can't take *{days}*. You stay on duty unless somebody does."
SWAP_DECLINED = "{by} said no to the swap of *{days}*: everything stays as it is."

HOLDS = "{one} and {other} agreed on a {what}; somebody's weeks or time off changed since."
BEFORE, AFTER = "Before: {who} for {whom} on {days}.", "Now: {who} for {whom} on {days}."
THEN = "On call on {days}: {who}."
NOTHING_LEFT = "Now: nothing of it holds."


def settled(
    team: Roster, request: CoverRequest, facts: RequestNews, *, is_moot: bool = False, ended: bool = False
) -> Reply:
    """Word that something was done about a request. `is_moot`: its days are not the asker's any more; `ended`: nobody
    withdrew it, it went by a change of the rotation."""
    words = {
        "by": bold_by(team, facts.by),
        "other": bold(plain(team, facts.other or request.other_id)),
        "days": say.span(facts.first, facts.until),
        "back": say.span(request.back_first or request.first, request.back_until or request.until),
        "whom": bold(team.name(request.person_id)),
    }
    lines = (
        [SWAP_ENDED if request.is_swap else ENDED_FOR_YOU] if ended else _lines(team, request, facts, is_moot=is_moot)
    )
    buttons = [] if is_moot and request.state == OPEN else _buttons(team, request, facts)
    said = sections([line.format(**words) for line in lines])
    return reply([*said, *([actions(*buttons)] if buttons else [])])


def _lines(team: Roster, request: CoverRequest, facts: RequestNews, *, is_moot: bool) -> list[str]:
    reader, is_taker = facts.who, facts.who == facts.other and facts.who != request.person_id
    by_another = facts.by not in (request.person_id, facts.other, request.other_id)
    match facts.what:
        case PartOffered.what:
            return [PART_NOT_NEEDED]
        case state.SWAP_AGREED:
            return [f"{CHECK} {agreed(team, request, reader)}", *([SETTLED_BY] if by_another else [])]
        case state.COVER_AGREED:
            return [YOU_TOOK if is_taker else TOOK, *([SETTLED_BY] if by_another else [])]
        case state.COVER_REQUESTED:
            return [ASKED_FOR_YOU]
        case state.SWAP_REQUESTED:
            return [ASKED_SWAP_FOR_YOU]
        case state.TAKEN_BACK if request.is_swap:
            return [NO_MORE_SWAP]
        case state.TAKEN_BACK if is_moot and request.state == OPEN and not is_taker:
            return [NO_MORE_MOOT]
        case state.TAKEN_BACK:
            by_taker = facts.by == facts.other
            return [YOURS_NO_MORE if is_taker else NO_MORE if by_taker else NO_MORE_BY]
        case state.REQUEST_WITHDRAWN if request.is_swap:
            return [SWAP_WITHDRAWN]
        case state.REQUEST_WITHDRAWN if is_taker:
            return [NOT_NEEDED if facts.by == request.person_id else NOT_NEEDED_BY]
        case state.REQUEST_WITHDRAWN:
            return [WITHDRAWN_FOR_YOU]
        case state.WEEK_OFFERED:
            return [OFFERED_FOR_YOU]
        case _ if request.is_swap:
            return [SWAP_DECLINED]
        case _:
            return [NOBODY_CAN if len(request.asked) == 1 else NONE_CAN]


def _buttons(team: Roster, request: CoverRequest, facts: RequestNews) -> list[dict[str, Any]]:
    """What can still be done about what is told."""
    about, what, reader = str(request.id), facts.what, facts.who
    if what in (state.COVER_AGREED, state.SWAP_AGREED):
        if request.state != AGREED or facts.other != request.taken_by or not can_be_taken_back(team, request):
            return []
        mine = request.is_swap or reader == request.taken_by
        return [button(TAKE_BACK, BACK_ACTION, about)] if mine else [button(WITHDRAW, WITHDRAW_ACTION, about)]
    if reader != request.person_id or request.state != OPEN:
        return []
    if what == state.REQUEST_DECLINED and not request.in_channel:
        return [button(EVERYBODY, WIDEN_ACTION, about, style="primary"), button(WITHDRAW, WITHDRAW_ACTION, about)]
    return [button(WITHDRAW, WITHDRAW_ACTION, about)]


def changed(team: Roster, request: CoverRequest, facts: AgreementNews) -> Reply:
    """To one side of an agreement: on which days it held before a change, and on which it does now."""
    lines, gone = changed_lines(team, request, facts), {*facts.before} - {*facts.after}
    mine = [day for day, who in schedule.engineers(team, gone).items() if who == facts.who]
    need = [buttons.need_cover(mine[0])] if mine else []
    return reply([*sections(lines), actions(*need, buttons.more_weeks())])


def changed_lines(team: Roster, request: CoverRequest, facts: AgreementNews) -> list[str]:
    """What `changed` says, as lines: on which days it holds, and who is on call on those on which it does not any
    more."""
    taker = request.taken_by or request.other_id
    one, other = bold(team.name(request.person_id)), bold(plain(team, taker))
    lines = [HOLDS.format(one=one, other=other, what="swap" if request.is_swap else "cover")]
    lines += _held(BEFORE, team, request, facts.before)
    lines += _held(AFTER, team, request, facts.after) or [NOTHING_LEFT]
    on_call = schedule.engineers(team, {*facts.before} - {*facts.after})
    return lines + [
        THEN.format(days=say.days(first, last), who=name(team, who, facts.who))
        for first, last, who in alike_in_a_row(on_call.items())
        if who
    ]


def _held(words: str, team: Roster, request: CoverRequest, on: Sequence[date]) -> list[str]:
    """The days by who stands in for whom on them."""
    back = request.back_first and request.back_until and (request.back_first, request.back_until)
    lines = []
    for in_return, theirs in groupby(on, key=lambda day: bool(back and back[0] <= day < back[1])):
        pair = (
            (request.person_id, request.other_id)
            if in_return
            else (request.taken_by or request.other_id, request.person_id)
        )
        who, whom = (escape(plain(team, each)) for each in pair)
        on_days = say.names([say.days(*run) for run in in_a_row(theirs)])
        lines.append(words.format(who=who, whom=whom, days=on_days))
    return lines
