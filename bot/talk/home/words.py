"""The App Home: facts → the view. Who is on duty, what is yours and what waits for you, and the next eight weeks.

What there is nothing of has no heading. Slack takes 100 blocks: each list has an end, and says how many more there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk import Desk
from bot.speech import say
from bot.speech.ask import Block, Reply
from bot.speech.blocks import (
    actions,
    bold,
    button,
    context,
    divider,
    header,
    pictures_apart,
    plain,
    section,
    sections,
)
from bot.speech.fit import VIEW, fitted
from bot.speech.parts import buttons, gaps
from bot.speech.parts import weeks as rota
from bot.speech.parts.moves import MARK_SHORT
from bot.talk.holiday.wish import HolidayWish
from bot.talk.holiday.words import CANCEL_ACTION
from bot.talk.home import requests
from bot.talk.oncall.words import YOU_NOT_SOON, coming, days_of, on_duty
from bot.talk.takeover.words import give_back_buttons
from models.holidays import Holiday
from models.people import Person
from models.pipelines import Pipeline
from models.requests import RequestAnswer
from scheduler.covers.inbox import Concern
from scheduler.rule.hours import ONE_DAY
from scheduler.team.roster import Roster
from scheduler.team.schedule import OnCallDays

NOW, YOURS, PIPELINES, WEEKS = "On call", "You", "Your pipelines", "The next eight weeks"
YOUR_WEEKS, YOUR_HOLIDAYS = "*Your next weeks on call*", "*Your time off*"
CANCEL = "Cancel"
CANCEL_TITLE, CANCEL_TEXT = "Cancel this time off?", "{days}. Weeks that it moved may move back."
CANCEL_YES, CANCEL_NO = "Cancel it", "Keep it"
MORE = "… and {count} more: `{command}`"
PIPELINE = "{name}\n{owners}"
FOOT = "As of {moment}, in the team's time ({zone}). `{help}` says what else you can ask."
UNDRAWN = "Something went wrong on my side, so I can't show your home. `{help}` says what you can type instead."
CLOSE = "Close"

MOST_ON_CALL, MOST_HOLIDAYS, MOST_PIPELINES, SHOWN_WEEKS = 4, 6, 8, 8

NOTHING = Concern()


@dataclass(frozen=True, slots=True)
class Home:
    """What one person's home shows: `me` is None for somebody who is not in the plan, `on_call` and `off` are theirs to
    come, `concern` the requests that concern them, with all `answers` to those and whom an admin may settle which
    request with (`able`, by its id; None: no admin)."""

    team: Roster
    now: datetime
    pipelines: Sequence[Pipeline]
    me: Person | None = None
    on_call: Sequence[OnCallDays] = ()
    off: Sequence[Holiday] = ()
    concern: Concern = NOTHING
    answers: Sequence[RequestAnswer] = ()
    able: Mapping[int, Sequence[str]] | None = None


def home(desk: Desk, facts: Home, notice: Reply | None = None) -> dict[str, Any]:
    """The view. `notice`: what the latest press in it is answered, with its buttons."""
    parts = [_now(facts)]
    if facts.me:
        parts += requests.waiting(desk, facts.team, facts.me.id, facts.concern, facts.answers, facts.now)
        parts.append(_yours(desk, facts, facts.me))
        if facts.able is not None:
            parts.append(requests.others(desk, facts.team, facts.concern, facts.able))
        parts.append(_pipelines(desk, facts, facts.me))
    parts.append(_weeks(facts))
    blocks = list(notice.blocks) if notice else []
    for part in (part for part in parts if part):
        blocks += [divider(), *part] if blocks else part
    return _view([*blocks, _foot(desk, facts)])


def alone(said: Reply) -> dict[str, Any]:
    """A home that can only say why it shows nothing."""
    return _view(said.blocks)


def undrawn(desk: Desk, notice: Reply | None) -> dict[str, Any]:
    """What is left of a home that can't be drawn: what the latest press is answered, without pictures, which may be
    what is wrong with it. Whether anything was done the answer alone knows."""
    told = section(UNDRAWN.format(help=desk.command("oncall help")))
    return _view([*pictures_apart(notice)[0].blocks, divider(), told] if notice else [told])


def reading(title: str, said: Reply) -> dict[str, Any]:
    """A reply that is read in a modal above the home, such as a runbook."""
    return {"type": "modal", "title": plain(title), "close": plain(CLOSE), "blocks": said.blocks}


def _view(blocks: list[Block]) -> dict[str, Any]:
    return {"type": "home", "blocks": fitted(blocks, VIEW)}


def _now(facts: Home) -> list[Block]:
    books = [buttons.runbooks(facts.pipelines)] if facts.pipelines else []
    back = give_back_buttons(facts.team, facts.me.id, facts.now) if facts.me else []
    team, now, me = facts.team, facts.now, facts.me.id if facts.me else None
    lines = [*gaps.coming(team, now), *on_duty(team, now, me), *coming(team, now, me)]
    return [header(NOW), *sections(lines), actions(*back, buttons.calendar(), *books)]


def _yours(desk: Desk, facts: Home, me: Person) -> list[Block]:
    serves = facts.team.serves(me.id, facts.team.hours.on_call_day(facts.now))
    shown = [f"• {days_of(days)}" for days in facts.on_call[:MOST_ON_CALL]]
    blocks = sections([YOUR_WEEKS, *shown]) if shown else sections([YOU_NOT_SOON] if serves else [])
    blocks += requests.agreed(desk, facts.team, me.id, facts.concern.agreed, facts.now)
    blocks += _time_off(desk, facts)
    if serves:
        need = [buttons.need_cover()] if facts.on_call else []
        blocks.append(actions(*need, buttons.declare()))
    return [header(YOURS), *blocks] if blocks else []


def _time_off(desk: Desk, facts: Home) -> list[Block]:
    if not facts.off:
        return []
    shown, left = facts.off[:MOST_HOLIDAYS], len(facts.off) - MOST_HOLIDAYS
    more = [context(MORE.format(count=left, command=desk.command("holiday mine")))] if left > 0 else []
    return [section(YOUR_HOLIDAYS), *(_holiday(facts, each) for each in shown), *more]


def _holiday(facts: Home, holiday: Holiday) -> Block:
    """Without its note: others may look over one's shoulder. What has passed of it is not cancelled."""
    first, last = max(holiday.first, facts.team.hours.date_of(facts.now)), holiday.until - ONE_DAY
    days = say.days(holiday.first, last)
    cancel = button(CANCEL, CANCEL_ACTION, HolidayWish(holiday.person_id, first, last).written())
    confirm = {"title": plain(CANCEL_TITLE), "text": plain(CANCEL_TEXT.format(days=say.days(first, last)))}
    confirm |= {"confirm": plain(CANCEL_YES), "deny": plain(CANCEL_NO)}
    return section(f"• {days}{MARK_SHORT if holiday.short_notice else ''}", {**cancel, "confirm": confirm})


def _pipelines(desk: Desk, facts: Home, me: Person) -> list[Block]:
    mine = [p for p in facts.pipelines if me.id in (p.primary_id, p.secondary_id)]
    if not mine:
        return []
    left = len(mine) - MOST_PIPELINES
    more = [context(MORE.format(count=left, command=desk.command("pipelines")))] if left > 0 else []
    return [header(PIPELINES), *(_pipeline(facts, each) for each in mine[:MOST_PIPELINES]), *more]


def _pipeline(facts: Home, pipeline: Pipeline) -> Block:
    words = PIPELINE.format(name=bold(pipeline.name), owners=rota.owners(facts.team, pipeline, facts.now))
    return section(words, buttons.runbook(pipeline.slug))


def _weeks(facts: Home) -> list[Block]:
    weeks = rota.upcoming(facts.team, facts.now, SHOWN_WEEKS)
    return [header(WEEKS), *sections(rota.lines_with_public_holidays(facts.team, weeks))]


def _foot(desk: Desk, facts: Home) -> Block:
    hours = facts.team.hours
    moment, help_ = say.moment(facts.now, hours.zone), desk.command("oncall help")
    return context(FOOT.format(moment=moment, zone=facts.team.facts.time_zone, help=help_))
