"""Requests for a cover or a swap in somebody's App Home. Facts → blocks, with words and buttons of `cover/words.py`.

`me` is the id of whose home it is, who is called "you".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.desk import Desk
from bot.speech import say
from bot.speech.ask import Block
from bot.speech.blocks import actions, button, context, header, menu, section
from bot.speech.mrkdwn import escape
from bot.talk.cover import words as views
from bot.talk.cover.words import (
    BACK_ACTION,
    CANT,
    SETTLE_ACTION,
    TAKE_BACK,
    TAKEN_BY,
    WITHDRAW,
    WITHDRAW_ACTION,
    Asked,
)
from models.requests import CoverRequest, RequestAnswer
from scheduler.covers.inbox import Concern
from scheduler.team.roster import Roster

WAITING, ASKING, OTHERS = "Waiting for you", "Your requests", "Waiting for others"
AGREED = "*Agreed, and to come*"
ASKED_ARE = "Asked: {names}."
MORE = "… and {count} more: `{command}`"

MOST = 4  # of each kind


def waiting(
    desk: Desk, team: Roster, me: str, concern: Concern, answers: Sequence[RequestAnswer], now: datetime
) -> list[list[Block]]:
    """What waits for an answer of theirs, and what they ask others."""
    today = team.hours.on_call_day(now)

    def asked(request: CoverRequest) -> Asked:
        return Asked(request, [answer for answer in answers if answer.request_id == request.id], today)

    theirs = [views.message(team, asked(request), me).blocks for request in concern.waiting]
    for request, answer in concern.offers:
        if answer.first and answer.until:
            theirs.append(views.offer(team, asked(request), answer.person_id, answer.first, answer.until).blocks)
    own = [_own(team, asked(request), me) for request in concern.asks]
    return [_listed(desk, WAITING, theirs), _listed(desk, ASKING, own)]


def _own(team: Roster, asked: Asked, me: str) -> list[Block]:
    request = asked.request
    words = views.question(team, request, me)
    withdraw = button(WITHDRAW, WITHDRAW_ACTION, str(request.id))
    cant = {answer.person_id for answer in asked.answers if not answer.offers}
    left = [escape(team.name(who)) for who in request.asked if who not in cant]
    lines = [ASKED_ARE.format(names=say.names(left))] if left and not request.is_swap else []
    lines += [CANT.format(names=say.names([escape(team.name(who)) for who in sorted(cant)]))] if cant else []
    return [section(words, withdraw), *([context(" ".join(lines))] if lines else [])]


def agreed(desk: Desk, team: Roster, me: str, request: Sequence[CoverRequest], now: datetime) -> list[Block]:
    """What they agreed on and is still to come, with the way back."""
    shown = [section(f"• {views.as_it_stands(team, each, me, now)}", _way_back(each, me)) for each in request[:MOST]]
    return [section(AGREED), *shown, *_more(desk, len(request))] if request else []


def _way_back(request: CoverRequest, me: str) -> dict[str, object]:
    taken = request.taken_by == me or request.is_swap
    return button(TAKE_BACK if taken else WITHDRAW, BACK_ACTION if taken else WITHDRAW_ACTION, str(request.id))


def others(desk: Desk, team: Roster, concern: Concern, able: Mapping[int, Sequence[str]]) -> list[Block]:
    """What others have not answered, for an admin, who can settle it with one of those who are `able`."""
    shown = []
    for request in concern.others:
        options = [(team.name(who), f"{request.id}/{who}") for who in able.get(request.id or 0, ())]
        settle = [menu(TAKEN_BY, SETTLE_ACTION, options)] if options else []
        withdraw = button(WITHDRAW, WITHDRAW_ACTION, str(request.id))
        shown.append([section(views.question(team, request, None)), actions(*settle, withdraw)])
    return _listed(desk, OTHERS, shown)


def _listed(desk: Desk, title: str, each: Sequence[list[Block]]) -> list[Block]:
    shown = [block for blocks in each[:MOST] for block in blocks]
    return [header(title), *shown, *_more(desk, len(each))] if shown else []


def _more(desk: Desk, count: int) -> list[Block]:
    command = desk.command("oncall requests")
    return [context(MORE.format(count=count - MOST, command=command))] if count > MOST else []
