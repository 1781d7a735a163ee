"""The forms of requests: to ask for cover, to offer a part, to offer another week. Facts → a modal."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.speech import forms, say
from bot.speech.blocks import sections
from bot.talk.cover.words import span
from models.requests import CoverRequest
from scheduler.rule.hours import ONE_DAY
from scheduler.team.roster import Roster

NEED, PART, WEEK = "I need cover", "Offer a part", "Another week"
FIRST_DAY, LAST_DAY, WHOM, WHICH_WEEK = "First day", "Last day", "Whom to ask", "Your week in return"
EVERYBODY = "Everybody who is free, in the channel"
ASK, OFFER = "Ask", "Offer"
PART_OF = "Which of the days can you take? Asked for: *{days}*."
INSTEAD_OF = "In return for *{days}*, instead of {back}:"
ALL = "-"  # the value of everybody: no id is so

NEED_CALLBACK, PART_CALLBACK, WEEK_CALLBACK = "request.form", "request.part-form", "request.week-form"


def need(team: Roster, me: str, first: date, until: date, others: Sequence[str]) -> dict[str, Any]:
    """To ask for cover of one's days, with those from `first` up to, not including, `until` to begin with."""
    asked = [(EVERYBODY, ALL), *((team.name(who), who) for who in others)]
    blocks = [
        forms.day("first", FIRST_DAY, first),
        forms.day("last", LAST_DAY, until - ONE_DAY),
        forms.choice("whom", WHOM, asked, ALL),
    ]
    return forms.modal(NEED, NEED_CALLBACK, ASK, blocks, me)


def part(request: CoverRequest) -> dict[str, Any]:
    """To offer some of the days of a request."""
    blocks = [
        *sections([PART_OF.format(days=span(request))]),
        forms.day("first", FIRST_DAY, request.first),
        forms.day("last", LAST_DAY, request.until - ONE_DAY),
    ]
    return forms.modal(PART, PART_CALLBACK, OFFER, blocks, str(request.id))


def week(request: CoverRequest, weeks: Sequence[date]) -> dict[str, Any]:
    """To offer another of one's weeks for a swap."""
    offered = [(say.days(each, each + 6 * ONE_DAY), each.isoformat()) for each in weeks]
    back = say.span(request.back_first or request.first, request.back_until or request.until)
    blocks = [
        *sections([INSTEAD_OF.format(days=span(request), back=back)]),
        forms.choice("week", WHICH_WEEK, offered, weeks[0].isoformat()),
    ]
    return forms.modal(WEEK, WEEK_CALLBACK, OFFER, blocks, str(request.id))
