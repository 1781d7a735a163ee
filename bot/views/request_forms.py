"""The forms of requests: to ask for cover, to offer a part, to offer another week. Facts → a modal."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot import say
from bot.ask import Block, Reply
from bot.views.blocks import plain, sections, short
from bot.views.request import days, span
from models.requests import CoverRequest
from scheduler.hours import ONE_DAY
from scheduler.roster import Roster

NEED, PART, WEEK = "I need cover", "Offer a part", "Another week"
FIRST_DAY, LAST_DAY, WHOM, WHICH_WEEK = "First day", "Last day", "Whom to ask", "Your week in return"
EVERYBODY = "Everybody who is free, in the channel"
ASK, OFFER, CLOSE = "Ask", "Offer", "Close"
PART_OF = "Which of the days can you take? Asked for: *{days}*."
INSTEAD_OF = "In return for *{days}*, instead of {back}:"
ALL = "-"  # the value of everybody: no id is so

NEED_CALLBACK, PART_CALLBACK, WEEK_CALLBACK = "request.form", "request.part-form", "request.week-form"


def need(known: Roster, me: str, first: date, until: date, others: Sequence[str]) -> dict[str, Any]:
    """To ask for cover of one's days, with those from `first` up to, not including, `until` to begin with."""
    options = [_option(EVERYBODY, ALL), *(_option(known.name(who), who) for who in others)]
    chosen = {"type": "static_select", "options": options, "initial_option": options[0]}
    blocks = [
        _day("first", FIRST_DAY, first),
        _day("last", LAST_DAY, until - ONE_DAY),
        _input("whom", WHOM, chosen),
    ]
    return _form(NEED, NEED_CALLBACK, ASK, me, blocks)


def part(made: CoverRequest) -> dict[str, Any]:
    """To offer some of the days of a request."""
    blocks = [*sections([PART_OF.format(days=span(made))])]
    last = made.until - ONE_DAY
    blocks += [_day("first", FIRST_DAY, made.first), _day("last", LAST_DAY, last)]
    return _form(PART, PART_CALLBACK, OFFER, str(made.id), blocks)


def week(made: CoverRequest, weeks: Sequence[date]) -> dict[str, Any]:
    """To offer another of one's weeks for a swap."""
    options = [_option(say.days(each, each + 6 * ONE_DAY), each.isoformat()) for each in weeks]
    back = days(made.back_first or made.first, made.back_until or made.until)
    blocks = [
        *sections([INSTEAD_OF.format(days=span(made), back=back)]),
        _input("week", WHICH_WEEK, {"type": "static_select", "options": options, "initial_option": options[0]}),
    ]
    return _form(WEEK, WEEK_CALLBACK, OFFER, str(made.id), blocks)


def result(title: str, said: Reply) -> dict[str, Any]:
    """What was done, without buttons, which have no response_url in a modal."""
    blocks = [block for block in said.blocks if block["type"] != "actions"]
    return {"type": "modal", "title": plain(short(title, 24)), "close": plain(CLOSE), "blocks": blocks}


def _form(title: str, callback: str, submit: str, about: str, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": about,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain(CLOSE),
        "blocks": blocks,
    }


def _option(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(short(text, 75)), "value": value}


def _day(name: str, label: str, on: date) -> Block:
    return _input(name, label, {"type": "datepicker", "initial_date": on.isoformat()})


def _input(name: str, label: str, element: dict[str, Any]) -> Block:
    return {"type": "input", "block_id": name, "label": plain(label), "element": {**element, "action_id": name}}
