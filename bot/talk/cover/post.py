"""From what is owed about requests to what is said."""

from collections.abc import Callable

from bot.speech.ask import Reply
from bot.speech.you_or_name import AN_ADMIN
from bot.talk.cover import news, words
from bot.talk.cover.words import Asked
from bot.talk.telling import Renderers, Telling, says
from models import changes, outbox, requests
from models.changes import Change
from models.outbox import NEEDLESS, OWED, SAID, Message
from models.requests import WITHDRAWN, CoverRequest
from models.store.engine import Tx
from scheduler import entries, messages
from scheduler.covers import state
from scheduler.entries import RequestChange
from scheduler.messages import (
    AboutRequest,
    AgreementNews,
    ChangeNews,
    OfferToAnswer,
    RequestNews,
    RequestReminder,
    RequestStillOpen,
    RequestToAnswer,
    RequestUnanswered,
)
from scheduler.team import covers, schedule
from scheduler.team import requests as open_requests
from scheduler.team.roster import Roster


def _request(at: Telling, facts: RequestToAnswer) -> Reply | None:
    asked = _still_to_say(at, facts.request)
    return words.message(at.team, asked, facts.who) if asked else None


def _offer(at: Telling, facts: OfferToAnswer) -> Reply | None:
    asked = _still_to_say(at, facts.request)
    return words.offer(at.team, asked, facts.who, facts.first, facts.until) if asked else None


def _still_to_say(at: Telling, request_id: int) -> Asked | None:
    """A request whose days have passed before anybody could read of it is none any more."""
    asked = _asked(at, request_id)
    passed = asked is not None and not at.message.edits and open_requests.is_over(at.team, asked.request, asked.today)
    return None if passed else asked


def _settled(at: Telling, facts: RequestNews) -> Reply | None:
    team, request = at.team, requests.by_id(at.tx, at.team.id, facts.request)
    if request is None:
        return None
    is_moot = open_requests.is_moot(team, request, team.hours.on_call_day(at.now))
    cause = changes.by_id(at.tx, team.id, at.message.change_id) if at.message.change_id else None
    ended = facts.what == state.REQUEST_WITHDRAWN and cause is not None and cause.what != facts.what
    return news.settled(team, request, facts, is_moot=is_moot, ended=ended)


def _reminded(at: Telling, facts: RequestReminder) -> Reply | None:
    return _if_open(at, facts, lambda asked: words.reminder(at.team, asked, facts.who))


def _still_yours(at: Telling, facts: RequestStillOpen) -> Reply | None:
    return _if_open(at, facts, lambda asked: words.still_open(at.team, asked.request))


def _unanswered(at: Telling, facts: RequestUnanswered) -> Reply | None:
    def settle(asked: Asked) -> Reply:
        return words.unanswered(at.team, asked.request, covers.able(at.team, asked.request, asked.today))

    return _if_open(at, facts, settle)


def _if_open(at: Telling, facts: AboutRequest, says: Callable[[Asked], Reply]) -> Reply | None:
    """What is said of a request that can be answered still. Of one that can't, what was said of it changes to what
    became of it, and what was not is never said."""
    asked = _asked(at, facts.request)
    if asked and open_requests.waits(at.team, asked.request, asked.today):
        return says(asked)
    return words.message(at.team, asked, facts.who) if asked and at.message.edits else None


def _agreement(at: Telling, facts: AgreementNews) -> Reply | None:
    """None where the news of the same change has told it."""
    request = requests.by_id(at.tx, at.team.id, facts.request)
    told = any(m.kind == ChangeNews.kind and m.state == SAID for m in _of_same_change(at))
    return None if request is None or told else news.changed(at.team, request, facts)


def _of_same_change(at: Telling) -> list[Message]:
    """What else the same person is owed because of the same change."""
    owed = outbox.of_change(at.tx, at.message.change_id) if at.message.change_id else []
    return [each for each in owed if each.audience == at.message.audience and each.id != at.message.id]


def beside(at: Telling) -> list[str]:
    """Lines, for the news of a change, about what its reader agreed on and that it made hold on other days: who reads
    the news needs no other word of it."""
    lines: list[str] = []
    for each in _of_same_change(at):
        facts = messages.of_kind(AgreementNews, each) if each.state in (OWED, NEEDLESS) else None
        request = requests.by_id(at.tx, at.team.id, facts.request) if facts else None
        if facts and request:
            lines += news.changed_lines(at.team, request, facts)
    return lines


def _asked(at: Telling, request_id: int) -> Asked | None:
    tx, team = at.tx, at.team
    request = requests.by_id(tx, team.id, request_id)
    if request is None:
        return None
    today, answers = team.hours.on_call_day(at.now), requests.answers(tx, request.id or 0)
    led = _led_to(tx, team, request)
    over = open_requests.is_over(team, request, today)
    is_moot = not _was_theirs(tx, team, request) if over else open_requests.is_moot(team, request, today)
    ended = request.state == WITHDRAWN and led is None
    return Asked(request, answers, today, is_moot, _by_admin(team, request, led), ended)


def _was_theirs(tx: Tx, team: Roster, request: CoverRequest) -> bool:
    """Whether one of the days that have passed was the asker's when it came."""
    weeks = schedule.weeks_between(tx, team, team.hours.week_of(request.first), request.until)
    days = (day for week in weeks for day in week.days if request.first <= day.date < request.until)
    return any(day.engineer == request.person_id for day in days)


def _led_to(tx: Tx, team: Roster, request: CoverRequest) -> Change | None:
    """By which change people made it what it is; None for one that ended by another change."""
    kinds = state.LEADS_TO[request.state]
    found = [c for kind in kinds for c in changes.about(tx, team.id, kind, request.person_id) if _is_of(c, request)]
    return max(found, key=lambda change: change.id, default=None)


def _by_admin(team: Roster, request: CoverRequest, led: Change | None) -> str | None:
    """The name of the admin who asked for others, or settled what they asked; None where they did so themselves."""
    if led is None or led.by in (request.person_id, request.other_id, request.taken_by):
        return None
    return team.name(led.by) if led.by else AN_ADMIN


def _is_of(change: Change, request: CoverRequest) -> bool:
    facts = entries.of_kind(RequestChange, change)
    return facts is not None and facts.after.request.id == request.id


POSTS: Renderers = {
    **says(RequestToAnswer, _request),
    **says(OfferToAnswer, _offer),
    **says(RequestNews, _settled),
    **says(RequestReminder, _reminded),
    **says(RequestStillOpen, _still_yours),
    **says(RequestUnanswered, _unanswered),
    **says(AgreementNews, _agreement),
}
