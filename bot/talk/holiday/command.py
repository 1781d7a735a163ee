"""`/holiday`: declare, list and cancel time off.

typed ─► dates ─► (asks back) ─► change.declare / cancel ─► what moved, whom it tells, how to undo
"""

from datetime import datetime, timedelta

from bot.desk import Desk
from bot.speech import permissions, usage
from bot.speech.ask import Ask, Asker, Reply
from bot.speech.mrkdwn import escape
from bot.speech.read import dates, people
from bot.speech.read.characters import first_word
from bot.speech.read.dates import BadDates, Passed, Span, TodayOrNext
from bot.speech.read.nearest import nearest
from bot.speech.read.people import UnknownName
from bot.talk.holiday import words as views
from bot.talk.holiday.wish import HolidayWish
from bot.talk.holiday.words import WhoIsTold
from models import holidays
from models.outbox import OWED
from models.people import Person
from models.store.engine import Tx
from scheduler import holidays as change
from scheduler.change import told
from scheduler.change.frame import Actor
from scheduler.holidays import Saved
from scheduler.messages import Announcement, AwayDigest, GapAlarm, GapRun
from scheduler.refusals import NotAllowed
from scheduler.rule import time_off
from scheduler.rule.time_off import Exchange
from scheduler.team import roster
from scheduler.team.roster import Roster

MOST_DAYS = 60  # more is asked back
A_WEEK = timedelta(weeks=1)

HELP = (
    ("holiday 24 Dec - 2 Jan", "you are away on these days, the last one included"),
    ("holiday next monday for 5 days: skiing", "with a note, for you and the admins only"),
    ("holiday mine", "your coming time off"),
    ("holiday list", "everyone's"),
    ("holiday cancel 24 Dec", "you are not away on that day after all"),
    ("holiday @Maya 24 Dec", "for somebody else: admins"),
)
CANCEL = "cancel"
WORDS = {word: word for word in ("list", "mine", CANCEL, "help")}
SLIP = 0.75  # of 1: `lst` is a slip of `list`, `since` none of `mine`

NEEDS_DAYS = "Which days shall I cancel?"


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer `/holiday …`. Raises BadDates, UnknownPerson, Refused, NoPlan and StoreError."""
    first, rest = first_word(ask.text)
    word = first.lower()
    if word == "help":
        return usage.help_of(desk, HELP)
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
    if word == "list" and not rest:
        return listed(team, ask.asker, ask.now, everything=False)
    me = permissions.in_plan(ask.asker, team)
    if word in ("", "mine") and not rest:
        return views.mine(desk, _coming(team, ask.now, me.id))
    if word == CANCEL:
        return _cancel(ask, desk, team, me, rest.strip())
    try:
        return _declare(ask, desk, team, me, ask.text)
    except BadDates as bad:
        near = None if bad.suggestion else _misspelt(ask, team, me)
        if near is None:
            raise
        return usage.wrong(desk, escape(bad.sentence), "holiday 24 Dec - 2 Jan", did_you_mean=near)


def _misspelt(ask: Ask, team: Roster, me: Person) -> str | None:
    """The word that may be meant: only days stand behind `cancel`, and nothing behind the others."""
    word, rest = first_word(ask.text)
    near = nearest(word, WORDS, close=SLIP)
    if near is None or not rest.strip():
        return near.slug if near else None
    return CANCEL if near.slug == CANCEL and _are_days(ask, team, me, rest) else None


def _are_days(ask: Ask, team: Roster, me: Person, text: str) -> bool:
    """Whether it can stand behind `cancel`."""
    try:
        dates.any_of(_whom(ask, team, me, text)[1], team.hours.date_of(ask.now))
    except Passed:
        return True
    except (BadDates, UnknownName, NotAllowed):
        return False
    return True


def _whom(ask: Ask, team: Roster, me: Person, text: str) -> tuple[Person, str]:
    """Whose time off is meant, and the rest of what was typed. Raises NotAllowed and UnknownPerson."""
    words = text.split()
    if not words or not people.looks_like_a_person(words[0]):
        return me, text
    who, count = people.at_the_beginning(words, team)
    rest = [*text.split(maxsplit=count), ""][count]
    if who.id != me.id and not ask.asker.is_admin(team):
        raise NotAllowed((who.name,))
    return who, rest


def _declare(ask: Ask, desk: Desk, team: Roster, me: Person, text: str) -> Reply:
    who, typed = _whom(ask, team, me, text)
    if who is not me and not typed.strip():
        return views.of_person(team, who.id, _coming(team, ask.now, who.id))
    try:
        read = dates.read(typed, team.hours.date_of(ask.now))
    except Passed as bad:
        return ask_back(desk, team, bad, who.id, me.id)
    wish = HolidayWish(who.id, read.first, read.last, read.note)
    if wish.days > MOST_DAYS:
        return views.ask_long(wish)
    with desk.store.writing() as tx:
        return declare(tx, desk, ask.actor(team), wish)


def _cancel(ask: Ask, desk: Desk, team: Roster, me: Person, text: str) -> Reply:
    who, typed = _whom(ask, team, me, text)
    if not typed.strip():
        return usage.wrong(desk, NEEDS_DAYS, "holiday cancel 24 Dec")
    today = team.hours.date_of(ask.now)
    try:
        wishes = [HolidayWish(who.id, each.first, each.last) for each in dates.any_of(typed, today)]
        declared = [wish for wish in wishes if _cancelling(team, wish)]
        if not declared:
            dates.check_not_over(typed, today)
    except Passed as bad:
        return ask_back(desk, team, _if_declared(bad, team, who.id), who.id, me.id, cancels=True)
    wish, *others = declared or wishes
    if in_a_week := next((each for each in others if declared and each.last - wish.last == A_WEEK), None):
        either = TodayOrNext(Span(wish.first, wish.last), Span(in_a_week.first, in_a_week.last))
        return ask_back(desk, team, either, who.id, me.id, cancels=True)
    exchange = _cancelling(team, wish)
    if time_off.splits(exchange):
        return views.ask_split(wish, exchange.before[0])
    with desk.store.writing() as tx:
        return cancel(tx, desk, ask.actor(team), wish)


def _if_declared(bad: Passed, team: Roster, who: str) -> Passed:
    """The same, without those of the next year unless they can be cancelled."""
    there = bad.coming if bad.coming and _cancelling(team, HolidayWish(who, *bad.coming)) else None
    return Passed(Span(bad.first, bad.last), bad.left, there, bad.note)


def _cancelling(team: Roster, wish: HolidayWish) -> Exchange:
    """What cancelling would do; nothing where nothing is declared."""
    theirs = [holiday for holiday in team.holidays if holiday.person_id == wish.who]
    return time_off.cancelling(theirs, wish.first, wish.until)


def ask_back(desk: Desk, team: Roster, bad: Passed, who: str, me: str, *, cancels: bool = False) -> Reply:
    """Which days are meant, of such as have begun or are over. Raises it where none can be."""
    if not (bad.left or bad.coming):
        raise bad
    return views.passed(desk, team, bad, who, me, cancels=cancels)


def declare(tx: Tx, desk: Desk, by: Actor, wish: HolidayWish) -> Reply:
    """Declare it, whatever its length. Raises Refused."""
    saved = change.declare(tx, by, wish.who, wish.first, wish.until, wish.note)
    if saved.id is None:
        return views.already(saved, by.id, wish)
    return views.declared(desk, saved, by.id, by.now, told_of(saved, by.id), wish)


def cancel(tx: Tx, desk: Desk, by: Actor, wish: HolidayWish) -> Reply:
    """Cancel it, even if that splits a holiday. Raises Refused."""
    saved = change.cancel(tx, by, wish.who, wish.first, wish.until)
    return views.cancelled(desk, saved, by.id, by.now, told_of(saved, by.id), wish)


def undo(tx: Tx, by: Actor, change_id: int) -> Reply:
    """Put back what was there before a change. Raises Refused."""
    saved = change.undo_change(tx, by, change_id)
    return views.undone(saved, by.id, told_of(saved, by.id))


def told_of(saved: Saved, by: str | None) -> WhoIsTold:
    """Who is to hear of it."""
    owed = [each for each in saved.owed if each.state == OWED]
    kinds = {each.kind for each in owed}
    now = told.at_once(owed)
    names = [saved.team.name(who) for who in told.hearers(owed, by) if who not in now]
    announced = any(isinstance(each.facts, AwayDigest | Announcement) for each in owed)
    calls = any(isinstance(each.facts, AwayDigest) and each.facts.gaps and each.edits is None for each in owed)
    calls = calls or bool(kinds & {GapAlarm.kind, GapRun.kind})
    return WhoIsTold(names, calls, announced, [saved.team.name(who) for who in now])


def listed(team: Roster, asker: Asker, now: datetime, *, everything: bool) -> Reply:
    """Everyone's coming time off; notes for admins and their own."""
    me = asker.person(team)
    coming = _coming(team, now)
    return views.listed(team, coming, me.id if me else None, notes=asker.is_admin(team), everything=everything)


def _coming(team: Roster, now: datetime, who: str | None = None) -> list[holidays.Holiday]:
    today = team.hours.date_of(now)
    return [h for h in team.holidays if h.until > today and who in (None, h.person_id)]
