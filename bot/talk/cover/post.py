"""From what is owed about requests, take-overs and short notice to what is said: see `talk/posts.py`."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from bot.speech.ask import Reply
from bot.talk.cover import news as request_news
from bot.talk.cover import words as views
from bot.talk.cover.words import Asked
from bot.talk.takeover import words as take
from models import changes, outbox, requests
from models.changes import Change
from models.outbox import NEEDLESS, OWED, SAID, Message
from models.requests import CoverRequest
from models.store.engine import Tx
from scheduler.change import told as news
from scheduler.covers import state
from scheduler.shifts import decline, takeover
from scheduler.team import covers as agreed
from scheduler.team import requests as open_requests
from scheduler.team import schedule
from scheduler.team.roster import Roster

AN_ADMIN = "An admin"

Says = Callable[[Tx, Roster, Message, datetime], Reply | None]


def _request(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    asked = _still_to_say(team, message, _asked(tx, team, message, now))
    return views.message(team, asked, message.facts.get("who")) if asked else None


def _offer(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    asked, facts = _still_to_say(team, message, _asked(tx, team, message, now)), message.facts
    first, until = date.fromisoformat(facts["first"]), date.fromisoformat(facts["until"])
    return views.offer(team, asked, facts["who"], first, until) if asked else None


def _still_to_say(team: Roster, message: Message, asked: Asked | None) -> Asked | None:
    """A request whose days have passed before anybody could read of it is none any more."""
    passed = asked is not None and not message.edits and open_requests.is_over(team, asked.request, asked.today)
    return None if passed else asked


def _settled(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    request = _made(tx, team, message)
    if request is None:
        return None
    is_moot = open_requests.is_moot(team, request, team.hours.on_call_day(now))
    return request_news.settled(team, request, message.facts, is_moot=is_moot)


def _reminded(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    asked, who = _asked(tx, team, message, now), message.facts.get("who")
    return _if_open(team, message, asked, who, lambda asked: views.reminder(team, asked, who))


def _still_yours(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    asked, who = _asked(tx, team, message, now), message.facts["who"]
    return _if_open(team, message, asked, who, lambda asked: views.still_open(team, asked.request))


def _unanswered(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    def settle(asked: Asked) -> Reply:
        return views.unanswered(team, asked.request, agreed.able(team, asked.request, asked.today))

    return _if_open(team, message, _asked(tx, team, message, now), message.facts["who"], settle)


def _if_open(
    team: Roster, message: Message, asked: Asked | None, reader: str | None, says: Callable[[Asked], Reply]
) -> Reply | None:
    """What is said of a request that can be answered still. Of one that can't, what was said of it changes to what
    became of it, and what was not is never said."""
    if asked and open_requests.waits(team, asked.request, asked.today):
        return says(asked)
    return views.message(team, asked, reader) if asked and message.edits else None


def _agreement(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    """None where the news of the same change has told it."""
    request = _made(tx, team, message)
    told = any(m.kind == news.NEWS and m.state == SAID for m in _of_same_change(tx, message))
    return (
        None if request is None or told else request_news.changed(team, request, message.facts["who"], *_days(message))
    )


def _days(message: Message) -> tuple[list[date], list[date]]:
    before, after = ([date.fromisoformat(day) for day in message.facts[key]] for key in ("before", "after"))
    return before, after


def _of_same_change(tx: Tx, message: Message) -> list[Message]:
    """What else the same person is owed because of the same change."""
    owed = outbox.of_change(tx, message.change_id) if message.change_id else []
    return [each for each in owed if each.audience == message.audience and each.id != message.id]


def beside(tx: Tx, team: Roster, message: Message) -> list[str]:
    """Lines, for the news of a change, about what its reader agreed on and that it made hold on other days: who reads
    the news needs no other word of it."""
    lines: list[str] = []
    for each in _of_same_change(tx, message):
        request = _made(tx, team, each) if each.kind == news.AGREEMENT and each.state in (OWED, NEEDLESS) else None
        if request:
            lines += request_news.changed_lines(team, request, each.facts["who"], *_days(each))
    return lines


def _take_over(tx: Tx, team: Roster, message: Message, now: datetime) -> Reply | None:
    return take.news(team, message.facts, now)


def asking(tx: Tx, team: Roster, message: Message, said: Reply, now: datetime) -> Reply:
    """The news that a week came to somebody on short notice, with the question whether they can take it, as long as it
    is theirs."""
    who, week = message.facts["who"], date.fromisoformat(message.facts["week"])
    today = team.hours.on_call_day(now)
    until, asked = week + timedelta(days=7), message.edits or message.id
    declined = decline.declined_of(team, who, week)
    if declined:
        return take.short_notice_declined(said, f"{declined.id}/{asked}") if today < until else said
    if not agreed.days_of(team, who, max(week, today), until):
        return said
    has_taken = decline.has_taken(tx, team, who, week)
    return take.short_notice(said, f"{who}/{week}/{asked}", has_taken=has_taken)


def _asked(tx: Tx, team: Roster, message: Message, now: datetime) -> Asked | None:
    request = _made(tx, team, message)
    if request is None:
        return None
    today, answers = team.hours.on_call_day(now), requests.answers(tx, request.id or 0)
    by = _by_admin(tx, team, request)
    if open_requests.is_over(team, request, today):
        return Asked(request, answers, today, is_moot=not _was_theirs(tx, team, request), by=by)
    return Asked(request, answers, today, is_moot=open_requests.is_moot(team, request, today), by=by)


def _was_theirs(tx: Tx, team: Roster, request: CoverRequest) -> bool:
    """Whether one of the days that have passed was the asker's when it came."""
    weeks = schedule.weeks_between(tx, team, team.hours.week_of(request.first), request.until)
    days = (day for week in weeks for day in week.days if request.first <= day.date < request.until)
    return any(day.engineer == request.person_id for day in days)


def _by_admin(tx: Tx, team: Roster, request: CoverRequest) -> str | None:
    """The name of the admin who asked for others, or settled what they asked; None where they did so themselves."""
    kinds = state.LEADS_TO[request.state]
    found = [c for kind in kinds for c in changes.about(tx, team.id, kind, request.person_id) if _is_of(c, request)]
    latest = max(found, key=lambda change: change.id, default=None)
    if latest is None or latest.by in (request.person_id, request.other_id, request.taken_by):
        return None
    return team.name(latest.by) if latest.by else AN_ADMIN


def _is_of(change: Change, request: CoverRequest) -> bool:
    return bool(change.after["request"]["id"] == request.id)


def _made(tx: Tx, team: Roster, message: Message) -> CoverRequest | None:
    return requests.one(tx, team.id, message.facts["request"])


KINDS: Mapping[str, Says] = {
    open_requests.REQUEST: _request,
    open_requests.OFFER: _offer,
    state.SETTLED: _settled,
    open_requests.REMINDED: _reminded,
    open_requests.STILL_OPEN: _still_yours,
    open_requests.UNANSWERED: _unanswered,
    news.AGREEMENT: _agreement,
    takeover.TAKE_OVER_NEWS: _take_over,
}


def render(tx: Tx, team: Roster, message: Message, now: datetime, kind: str) -> Reply | None:
    """What to say for a message of one of these kinds; None where it is of no use any more."""
    return KINDS[kind](tx, team, message, now)
