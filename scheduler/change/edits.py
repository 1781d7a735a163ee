"""What was said stays true: after a change the messages that it made untrue are edited to what stands.

    open requests           everyone asked sees that the days are not the asker's any more, and who could take them now
    announced time off      who is away, and the days that another has than whose turn it is (`announce.py`)
    gaps                    what of them is left (`alarm.py`)
    handoffs                the weeks to come, of the four that each shows

What is compared is the team before and after the change, at the moment of it: that time passes edits nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from models import outbox, requests
from models.holidays import Holiday
from models.outbox import SAID, Message, Owed, to_person
from models.requests import AGREED, OPEN, CoverRequest
from models.store.engine import Tx
from scheduler import messages
from scheduler.change import alarm, announce, told
from scheduler.change.told import Made
from scheduler.entries import PartOffered
from scheduler.messages import ASKS, Announcement, GapAlarm, HandoffDue, OfferToAnswer, RequestNews
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.rule.rotation import WEEK
from scheduler.team import schedule
from scheduler.team.covers import able
from scheduler.team.requests import is_moot
from scheduler.team.roster import Roster
from scheduler.team.schedule import HANDOFF_SHOWS


def edits(tx: Tx, made: Made) -> Iterator[Owed]:
    """The edits that a change owes."""
    yield from _of_requests(tx, made)
    holidays = _to_come(made)
    said = {Announcement.kind: holidays, GapAlarm.kind: None, HandoffDue.kind: _handoff_changes(made)}
    standing = outbox.standing(tx, made.after.id, said)
    alone = {message.about for message in standing if message.kind == Announcement.kind}
    for message in standing:
        if message.kind == Announcement.kind:
            yield from _of_announcement(made, holidays[message.about], message)
        elif message.state == SAID and (message.kind == HandoffDue.kind or _gap_changes(made, message)):
            yield told.edit(message, made.id, made.now + told.WAITS, made.id)
    alarms = [message for message in standing if message.kind == GapAlarm.kind]
    yield from alarm.of_change(tx, made, [*announce.of_change(tx, made, alone)], alarms)


def of_request(tx: Tx, made: Made, request: CoverRequest) -> Iterator[Owed]:
    """The edits of all messages that ask, remind or tell of a request; and word to those who offered a part of it."""
    said = outbox.of_subject(tx, made.after.id, (*ASKS, RequestNews.kind), str(request.id))
    for message in said:
        if message.kind != RequestNews.kind or (message.state == SAID and message.change_id != made.id):
            yield told.edit(message, made.id, made.now, made.id)
    if any(message.kind == OfferToAnswer.kind for message in said):
        yield from _not_needed(tx, made, request)


def _not_needed(tx: Tx, made: Made, request: CoverRequest) -> Iterator[Owed]:
    """Word, once, to each whose offer of a part nobody needs any more. Who offers days that are left, where another
    part was taken, is asked about these anew."""
    today, team = made.after.hours.on_call_day(made.now), made.after
    if request.state == OPEN and not is_moot(team, request, today):
        return
    for each in requests.answers(tx, request.id or 0):
        if not (each.first and each.until) or each.until <= today or each.person_id in (made.by, request.taken_by):
            continue
        first = max(each.first, today)
        if request.state != AGREED or (request.first <= first and each.until <= request.until):
            facts = RequestNews(each.request_id, PartOffered.what, each.person_id, None, made.by, first, each.until)
            about, to = f"{each.request_id}/{each.person_id}/{each.at.isoformat()}", to_person(each.person_id)
            yield Owed(facts, about, to, made.now, made.id, concerns=team.hours.handoff(first))


def _of_requests(tx: Tx, made: Made) -> Iterator[Owed]:
    today = made.after.hours.on_call_day(made.now)
    for request in requests.open_after(tx, made.after.id, today - ONE_DAY):
        teams = (made.team, made.after)
        before, after = ((is_moot(each, request, today), set(able(each, request, today))) for each in teams)
        if before != after:
            yield from of_request(tx, made, request)


def _to_come(made: Made) -> dict[str, tuple[Holiday | None, Holiday | None]]:
    """Time off that has not passed, by its id, before and after the change; None where there was none, or is none."""
    was, now_so = ({h.id: h for h in team.holidays} for team in (made.team, made.after))
    today = made.after.hours.date_of(made.now)
    both = {id_: (was.get(id_), now_so.get(id_)) for id_ in {**was, **now_so}}
    return {str(id_): pair for id_, pair in both.items() if any(each and each.until > today for each in pair)}


def _of_announcement(made: Made, holiday: tuple[Holiday | None, Holiday | None], message: Message) -> Iterator[Owed]:
    pairs = zip((made.team, made.after), holiday, strict=True)
    before, after = (told.announcement(team, each, made.now) if each else None for team, each in pairs)
    if before != after:
        cancelled = replace(before, effect=Effect(), cancelled=True) if before else None
        yield told.edit(message, made.id, made.now + told.WAITS, made.id, after or cancelled)


def _gap_changes(made: Made, message: Message) -> bool:
    gap = messages.of_kind(GapAlarm, message)
    if gap is None:
        return False
    return gap_left(made.team, gap.effect, made.now) != gap_left(made.after, gap.effect, made.now)


def gap_left(team: Roster, moved: Effect, now: datetime) -> Effect:
    """What of the gaps that a change made is left: weeks that nobody can take whole, and days to come of nobody."""
    today = team.hours.on_call_day(now)
    has = schedule.engineers(team, moved.empty)
    empty = tuple(day for day in moved.empty if day >= today and has.get(day) is None)
    return Effect((), (), tuple(week for week in moved.torn if _is_torn(team, week)), empty)


def _is_torn(team: Roster, week: date) -> bool:
    return any(not found.whole for found in schedule.shown_weeks(team, week, week + ONE_DAY))


def _handoff_changes(made: Made) -> list[str]:
    """The weeks whose handoffs show what is not so any more: the current one, and those before it that show days to
    come."""
    week = made.after.hours.week_of(made.after.hours.on_call_day(made.now))
    before, after = (schedule.shown_weeks(team, week, week + HANDOFF_SHOWS * WEEK) for team in (made.team, made.after))
    changed = [ahead for ahead, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    return [(week - ago * WEEK).isoformat() for ago in range(HANDOFF_SHOWS - min(changed))] if changed else []
