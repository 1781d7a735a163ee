"""`/oncall cover`, `swap` and `requests`: what people settle among themselves.

typed ─► people and dates ─► ask_cover, ask_swap ─► what was understood, who is asked, how to undo
"""

import json
import re
from datetime import date, datetime, timedelta

from bot.desk import Desk
from bot.speech import permissions, question, usage
from bot.speech.ask import Ask, OwnWords, Reply
from bot.speech.mrkdwn import escape
from bot.speech.read import dates, people
from bot.speech.read.dates import Passed, Span, TodayOrNext
from bot.talk.cover import replies
from bot.talk.cover.replies import Listed
from models import requests
from models.people import Person
from models.requests import AGREED, CoverRequest
from scheduler.covers.ask import AHEAD, ask_cover, ask_swap
from scheduler.refusals import NotAllowed
from scheduler.rule.hours import ONE_DAY
from scheduler.team import roster, schedule
from scheduler.team.covers import able
from scheduler.team.requests import waits
from scheduler.team.roster import Roster

HELP = (
    ("oncall cover 24 Dec", "ask for cover of your days; `week` for your next week, `@Danny` to ask one person"),
    ("oncall swap @Danny 21 Dec for 11 Jan", "ask for a swap of your week for another's"),
    ("oncall requests", "what is open, and what is agreed"),
    ("oncall cover for @Maya 24 Dec", "for admins: ask for somebody; `swap for @Maya @Danny 21 Dec` too"),
)
WEEK = "week"
WHOM = "Whom shall I ask? A swap is with one person."
ONE_NAME = "I can ask one person or everybody: please name one, or nobody. Nothing was changed."
NOT_SOON = "You are not on call in the next half year, so there is nothing to cover. Nothing was changed."
NO_NOTE = "A request carries no note: only the days. Nothing was changed."
COVER_EXAMPLE, SWAP_EXAMPLE = "oncall cover 24 Dec @Danny", "oncall swap @Danny 21 Dec for 11 Jan"

_IN_RETURN = re.compile(r"\s+(?:for|and|against)\s+", re.IGNORECASE)
_TWO_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\d{4}-\d{2}-\d{2})")


def cover(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall cover …`. Raises BadDates, UnknownPerson, Refused, NoPlan and StoreError."""
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
    me = permissions.in_plan(ask.asker, team)
    if not typed:
        return open_and_agreed(ask, desk)
    who, of, rest = _parties(ask, team, me, typed)
    try:
        days = _days(ask, team, who.id, rest)
    except Passed as bad:
        return _ask_back(desk, team, bad, (who, me, of))
    if days is None:
        return usage.refused(NOT_SOON)
    if isinstance(days, Reply):
        return days
    with desk.store.writing() as tx:
        by = ask.actor(team)
        outcome = ask_cover(tx, by, who.id, *days, of.id if of else None)
        return replies.asked(outcome.team, outcome, me.id, days)


def _days(ask: Ask, team: Roster, who: str, typed: str) -> tuple[date, date] | Reply | None:
    """The days meant, half-open; None where one's own `week` is meant and there is none. `next week` is a date."""
    if typed.lower() in (WEEK, f"my {WEEK}", f"my next {WEEK}", ""):
        today = team.hours.on_call_day(ask.now)
        coming = [days for days in schedule.on_call_days(team, who, today) if days.first > today]
        if not coming:
            return None
        first, week = coming[0].first, team.hours.week_of(coming[0].first)
        return first, min(coming[0].until, week + timedelta(days=7))  # two weeks in a row are two requests
    read = dates.read(typed, team.hours.date_of(ask.now))
    if read.note:
        return usage.refused(NO_NOTE)
    return read.first, read.until


def _ask_back(desk: Desk, team: Roster, bad: Passed, parties: tuple[Person, Person, Person | None]) -> Reply:
    """Which days are meant, of such as have begun or are over. Raises it where none can be."""
    who, me, of = parties
    spans = [span for span in (bad.left, bad.coming) if span]
    if not spans:
        raise bad
    whose = "" if who.id == me.id else f"for {people.handle(who.id, team)} "
    whom = f" {people.handle(of.id, team)}" if of else ""
    typed = [f"oncall cover {whose}{first} {last}{whom}" for first, last in spans]
    choices = [
        (
            question.label(bad, first, last),
            action,
            json.dumps([who.id, str(first), str(last), of.id if of else None]),
        )
        for (first, last), action in zip(spans, (replies.ASK_ACTION, replies.ASK_OTHER_ACTION), strict=False)
    ]
    return question.back(desk, escape(bad.sentence), choices, typed)


def _parties(ask: Ask, team: Roster, me: Person, typed: str) -> tuple[Person, Person | None, str]:
    """For whom (an admin may name somebody: `for @Maya`), whom to ask, and the rest of what was typed. Raises Refused
    for two to be asked, rather than leave one of them out."""
    words, who, of = typed.split(), me, None
    rest: list[str] = []
    while words:
        if not people.looks_like_a_person(words[0]):
            rest.append(words.pop(0))
            continue
        named, count = people.at_the_beginning(words, team)
        del words[:count]
        if rest and rest[-1].lower() == "for":
            rest.pop()
            who = named
        elif of is not None:
            raise OwnWords(ONE_NAME)
        else:
            of = named
    if who.id != me.id and not ask.asker.is_admin(team):
        raise NotAllowed((who.name,))
    return who, of, " ".join(rest)


def swap(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall swap …`. Raises BadDates, UnknownPerson, Refused, NoPlan and StoreError."""
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
    me = permissions.in_plan(ask.asker, team)
    who, other, rest = _parties(ask, team, me, typed)
    if other is None:
        return usage.wrong(desk, WHOM, SWAP_EXAMPLE)
    mine, back = _weeks(team, ask.now, who.id, rest)
    if mine is None:
        return usage.refused(NOT_SOON)
    with desk.store.writing() as tx:
        by = ask.actor(team)
        outcome = ask_swap(tx, by, who.id, mine, other.id, back)
        return replies.asked(outcome.team, outcome, me.id)


def _weeks(team: Roster, now: datetime, who: str, typed: str) -> tuple[date | None, date | None]:
    """A day of the one's week (None: they have none), and one of the other's (None: their next)."""
    if not typed or typed.lower() == WEEK:
        coming = team.hours.coming_handoff(now)
        begin = [days.first for days in schedule.on_call_days(team, who, coming)]
        return (begin[0] if begin else None), None
    pair = _TWO_ISO.fullmatch(typed)
    given, *in_return = pair.groups() if pair else _IN_RETURN.split(typed, maxsplit=1)
    back = _day_of_week(team, now, in_return[0]) if in_return else None
    return _day_of_week(team, now, given), back


def _day_of_week(team: Roster, now: datetime, typed: str) -> date:
    """A day of the week that is meant: of days that have passed, those of the running week are. Raises BadDates."""
    today = team.hours.date_of(now)
    try:
        day = dates.read_day(typed, today, team.hours.weekday, latest=today + timedelta(weeks=AHEAD))
    except Passed as bad:
        running = team.hours.week_of(team.hours.on_call_day(now))
        if running <= bad.last < running + timedelta(weeks=1):
            return bad.last
        raise
    coming = dates.in_a_week(typed, today) if day == today else None
    if coming and team.hours.handoff(team.hours.week_of(day)) > now:
        raise TodayOrNext(Span(day, day), coming)
    return coming.first if coming else day  # a week that runs is swapped no more


def open_and_agreed(ask: Ask, desk: Desk, skip: int = 0) -> Reply:
    """`/oncall requests`: what is open, and what is agreed and to come, without the first `skip`. Raises
    Refused, NoPlan and StoreError."""
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
        me = permissions.in_plan(ask.asker, team)
        today = team.hours.on_call_day(ask.now)
        request = requests.ending_after(tx, team.id, today - ONE_DAY)
    open_ones = [each for each in request if waits(team, each, today)]
    agreed_ones = [each for each in request if each.state == AGREED]
    settled = {each.id or 0: able(team, each, today) for each in open_ones} if ask.asker.is_admin(team) else None
    return replies.listed(desk, team, Listed(ask.now, me.id, open_ones, agreed_ones, settled), skip)


def weeks_to_offer(team: Roster, request: CoverRequest, now: datetime) -> list[date]:
    """The other weeks that the other side of a swap could offer: those to come that are theirs."""
    coming = team.hours.coming_handoff(now)
    weeks = team.rotation.weeks(coming, coming + timedelta(weeks=26))
    taken = {team.hours.week_of(request.first), team.hours.week_of(request.back_first or request.first)}
    return [week.first for week in weeks if week.holder == request.other_id and week.first not in taken]
