"""What is answered to who asks for a cover or a swap, or presses a button of one. Facts → blocks.

`me` is the id of who reads it, who is called "you"; None in the terminal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from bot.desk import Desk
from bot.speech import say, you_or_name
from bot.speech.ask import Block, Reply
from bot.speech.blocks import actions, bold, button, context, menu, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, moves
from bot.speech.parts.silence import unless_silent
from bot.speech.you_or_name import bold_name as name
from bot.speech.you_or_name import verb
from bot.talk.cover.words import (
    BACK_ACTION,
    CANT_ACTION,
    CHECK,
    EVERYBODY,
    I_CANT,
    NO,
    SETTLE_ACTION,
    TAKE,
    TAKE_ACTION,
    TAKE_BACK,
    TAKEN_BY,
    WIDEN_ACTION,
    WITHDRAW,
    WITHDRAW_ACTION,
    YES,
    agreed,
    as_it_stands,
    can_be_taken_back,
    question,
    span,
)
from models.requests import CoverRequest
from scheduler.covers.state import Outcome
from scheduler.team.roster import Roster

OF_THESE = "{days}: {whose} on-call days then are {own}."
YOU_ASK = "*Cover for {whose} {days}* ({count})."
YOU_ASK_SWAP = "*A swap*: {other_takes} {days}, {who_takes} {back}."
ASKED_ONE = "I ask {name} by direct message."
ASKED_ALL = "I ask in {channel}: {names}."
STAYS = "Until somebody takes it, {who} on duty."
NO_SWAP_YET = "Until {other} says yes, everything stays as it is."
I_TELL = "I tell {name}."
NOTED = "Noted: {who} can't take *{days}*."
SWAP_ENDED = "The swap is off: everything stays as it is."
YOU_OFFER = "You offer *{days}*."
ASKS_IF_IT_HELPS = "I ask {name} whether that helps."
YOU_COUNTER = "{who} {offer} *{back}* instead."
I_ASK = "I ask {name}."
BACK_OPEN = "*Taken back*: {days} is open again."
SWAP_BACK = "*Taken back*: everybody has their own days, {days} and {back}. It is open again."
GONE = "*Withdrawn*: {days}."
SWAP_GONE = "*Withdrawn*: the swap of {days} and {back}."
REST = "I go on asking for {days}."

OPEN_ONES, AGREED_ONES = "*Open requests*", "*Agreed, and to come*"
NONE = "Nobody asks for anything just now."
EXAMPLES = "`{cover}` asks for a day, `{week}` for your next week, `{swap}` for a swap."
MORE, MORE_ACTION = "{count} more", "request.more"
ASK_ACTION, ASK_OTHER_ACTION = "request.ask", "request.ask-other"
MOST_LISTED = 6  # each has buttons of its own


def asked(team: Roster, outcome: Outcome, me: str | None, wanted: tuple[date, date] | None = None) -> Reply:
    """What asking did: what was understood of the days `wanted` (half-open), who is asked, what holds until then, and
    how to undo it."""
    request = outcome.request
    if request.is_swap:
        lines = [
            _swap(team, request, me),
            _who_is_asked(team, request),
            NO_SWAP_YET.format(other=bold(you_or_name.plain(team, request.other_id))),
        ]
    else:
        asker = request.person_id
        stays = f"{you_or_name.name(team, asker, me)} {verb(asker, me, 'stay', 'stays')}"
        lines = _of_these(team, outcome, me, wanted)
        lines += [line for each in (request, *outcome.rest) for line in _cover(team, each, me)]
        lines.append(STAYS.format(who=stays))
    if outcome.rest:
        each_of = (request, *outcome.rest)
        ways = [actions(button(f"{WITHDRAW}: {span(each)}", WITHDRAW_ACTION, str(each.id))) for each in each_of]
        return reply([*sections(lines), *ways])
    wider = [] if request.in_channel or request.is_swap else [button(EVERYBODY, WIDEN_ACTION, str(request.id))]
    return reply([*sections(lines), actions(button(WITHDRAW, WITHDRAW_ACTION, str(request.id)), *wider)])


def _of_these(team: Roster, outcome: Outcome, me: str | None, wanted: tuple[date, date] | None) -> list[str]:
    """What was asked for, where not all of it is the asker's."""
    each_of = (outcome.request, *outcome.rest)
    if wanted is None or [(each.first, each.until) for each in each_of] == [wanted]:
        return []
    whose = you_or_name.whose(team, outcome.request.person_id, me)
    return [OF_THESE.format(days=say.span(*wanted), whose=whose, own=say.names([span(each) for each in each_of]))]


def _cover(team: Roster, request: CoverRequest, me: str | None) -> list[str]:
    count = say.count((request.until - request.first).days, "day")
    asks = YOU_ASK.format(whose=you_or_name.whose(team, request.person_id, me), days=span(request), count=count)
    return [asks, _who_is_asked(team, request)]


def _who_is_asked(team: Roster, request: CoverRequest) -> str:
    if not request.in_channel:
        return unless_silent(team, ASKED_ONE.format(name=escape(team.name(request.waits_for or request.asked[0]))))
    names = say.names([escape(team.name(who)) for who in request.asked])
    return unless_silent(team, ASKED_ALL.format(channel=escape(team.facts.channel), names=names))


def _swap(team: Roster, request: CoverRequest, me: str | None) -> str:
    other, who = (f"{name(team, each, me)} {verb(each, me, 'take', 'takes')}" for each in _sides(request))
    return YOU_ASK_SWAP.format(other_takes=other, days=span(request), who_takes=who, back=_back(request))


def _sides(request: CoverRequest) -> tuple[str | None, str]:
    return request.other_id, request.person_id


def _back(request: CoverRequest) -> str:
    return say.span(request.back_first or request.first, request.back_until or request.until)


def accepted(team: Roster, outcome: Outcome, me: str | None) -> Reply:
    """That somebody took it, or that the swap is agreed; whom that tells, what is asked on, and how to undo it."""
    request = outcome.request
    told = [who for who in (request.person_id, request.taken_by) if who and who != me]
    lines = [f"{CHECK} {agreed(team, request, me)}", *_beside(team, outcome)]
    lines += [REST.format(days=span(left)) for left in outcome.rest]
    lines.append(_telling(team, told))
    if not can_be_taken_back(team, request):
        return reply(sections(lines))
    back = WITHDRAW_ACTION if request.person_id == me and not request.is_swap else BACK_ACTION
    words = WITHDRAW if back == WITHDRAW_ACTION else TAKE_BACK
    return reply([*sections(lines), actions(button(words, back, str(request.id)))])


def _beside(team: Roster, outcome: Outcome) -> list[str]:
    """What moves for others than the two."""
    both = {outcome.request.person_id, outcome.request.taken_by, outcome.request.other_id, outcome.taker}
    return moves.some(team, outcome.moved) if outcome.moved.concerned - both else []


def _telling(team: Roster, told: Sequence[str]) -> str:
    return unless_silent(team, I_TELL.format(name=escape(say.names([team.name(who) for who in told]))))


def turned_down(team: Roster, outcome: Outcome, who: str, me: str | None) -> Reply:
    """That `who` can't, or that the swap is off."""
    request = outcome.request
    if request.is_swap:
        told = [each for each in _sides(request) if each and each != me]
        return reply(sections([SWAP_ENDED, _telling(team, told)]))
    return reply(sections([NOTED.format(who=name(team, who, me), days=span(request))]))


def offered(team: Roster, outcome: Outcome, first: date, until: date) -> Reply:
    """That a part was offered."""
    asks = escape(team.name(outcome.request.person_id))
    told = unless_silent(team, ASKS_IF_IT_HELPS.format(name=asks))
    return reply(sections([f"{YOU_OFFER.format(days=say.span(first, until))} {told}"]))


def countered(team: Roster, outcome: Outcome, me: str | None) -> Reply:
    """That another week was offered, and whom that tells."""
    request = outcome.request
    who, offer = name(team, request.other_id, me, capital=True), verb(request.other_id, me, "offer", "offers")
    asks = unless_silent(team, I_ASK.format(name=escape(team.name(request.person_id))))
    told = [] if request.other_id in (None, me) else [_telling(team, [request.other_id])]
    return reply(sections([f"{YOU_COUNTER.format(who=who, offer=offer, back=_back(request))} {asks}", *told]))


def taken_back(team: Roster, outcome: Outcome, me: str | None) -> Reply:
    """That it is open again, and whom that tells."""
    return _dissolved(SWAP_BACK if outcome.request.is_swap else BACK_OPEN, team, outcome, me)


def withdrawn(team: Roster, outcome: Outcome, me: str | None) -> Reply:
    """That nobody is asked any more, and whom that tells."""
    return _dissolved(SWAP_GONE if outcome.request.is_swap else GONE, team, outcome, me)


def _dissolved(words: str, team: Roster, outcome: Outcome, me: str | None) -> Reply:
    parties = (outcome.request.person_id, outcome.taker) if outcome.taker else (outcome.request.person_id,)
    told = [who for who in parties if who and who != me]
    lines = [words.format(days=span(outcome.request), back=_back(outcome.request)), *_beside(team, outcome)]
    return reply(sections([*lines, *([_telling(team, told)] if told else [])]))


@dataclass(frozen=True, slots=True)
class Listed:
    """Requests to list for `me` at `now`: those that are open, and those that are agreed and to come. `able`: whom an
    admin may choose for an open one, by its id; None for who is no admin."""

    now: datetime
    me: str
    open_ones: Sequence[CoverRequest]
    agreed_ones: Sequence[CoverRequest]
    able: Mapping[int, Sequence[str]] | None = None


def listed(desk: Desk, team: Roster, facts: Listed, skip: int = 0) -> Reply:
    """What is open and what is agreed, each with what the reader can do about it, a screen at a time: without the first
    `skip` of them."""
    everything = [(OPEN_ONES, request) for request in facts.open_ones] + [
        (AGREED_ONES, request) for request in facts.agreed_ones
    ]
    page, left = everything[skip : skip + MOST_LISTED], len(everything) - skip - MOST_LISTED
    blocks: list[Block] = []
    for title, these in groupby(page, key=lambda each: each[0]):
        blocks += sections([title])
        for _, request in these:
            is_open = title == OPEN_ONES
            sentence = (
                question(team, request, facts.me) if is_open else as_it_stands(team, request, facts.me, facts.now)
            )
            choices = _choices(team, request, facts) if is_open else _way_back(team, request, facts)
            blocks += [*sections([f"• {sentence}"]), *([actions(*choices)] if choices else [])]
    blocks = blocks or sections([NONE])
    more = [button(MORE.format(count=left), MORE_ACTION, str(skip + MOST_LISTED))] if left > 0 else []
    cover, week, swap = (desk.command(f"oncall {typed}") for typed in ("cover 24 Dec", "cover week", "swap @Danny"))
    examples = context(EXAMPLES.format(cover=cover, week=week, swap=swap))
    return reply([*blocks, actions(*more, buttons.need_cover()), examples])


def _choices(team: Roster, request: CoverRequest, facts: Listed) -> list[dict[str, object]]:
    """What the reader can do about an open request."""
    about, is_admin = str(request.id), facts.able is not None
    choices: list[dict[str, object]] = []
    if request.is_swap and (is_admin or request.waits_for == facts.me):
        choices.append(button(YES, TAKE_ACTION, about, style="primary"))
    if request.is_swap and request.waits_for == facts.me:
        choices.append(button(NO, CANT_ACTION, about))
    if facts.me in request.asked and request.person_id != facts.me and not request.is_swap:
        choices.append(button(TAKE, TAKE_ACTION, about, style="primary"))
        choices.append(button(I_CANT, CANT_ACTION, about))
    if request.person_id == facts.me or is_admin:
        choices.append(button(WITHDRAW, WITHDRAW_ACTION, about))
    if options := [(team.name(who), f"{request.id}/{who}") for who in (facts.able or {}).get(request.id or 0, ())]:
        choices.append(menu(TAKEN_BY, SETTLE_ACTION, options))
    return choices


def _way_back(team: Roster, request: CoverRequest, facts: Listed) -> list[dict[str, object]]:
    """What the reader can do about what is agreed, until it begins."""
    if team.hours.handoff(request.begins) <= facts.now:
        return []
    about, is_admin = str(request.id), facts.able is not None
    takes_back = request.taken_by == facts.me or (request.is_swap and request.person_id == facts.me) or is_admin
    back = [button(TAKE_BACK, BACK_ACTION, about)] if takes_back else []
    withdraws = (request.person_id == facts.me and not request.is_swap) or is_admin
    return back + ([button(WITHDRAW, WITHDRAW_ACTION, about)] if withdraws else [])
