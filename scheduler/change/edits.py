"""What was said stays true: after a change the messages that it made untrue are edited to what stands.

    open requests           everyone asked sees that the days are not the asker's any more, and who could take them now
    announced time off      the weeks and days that it moves
    gaps                    what of them is left
    the current handoff     its week and the three after it

What is compared is the team before and after the change, at the moment of it: that time passes edits nothing.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from models import outbox, requests
from models.outbox import SAID, Owed
from models.store.engine import Tx
from scheduler import messages
from scheduler.change import told
from scheduler.messages import ASKS, Announcement, GapAlarm, HandoffDue
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.rule.rotation import Week
from scheduler.team import schedule
from scheduler.team.covers import able
from scheduler.team.requests import is_moot
from scheduler.team.roster import Roster

HANDOFF_SHOWS = 4  # weeks


def edits(tx: Tx, team: Roster, after: Roster, now: datetime, change_id: int) -> Iterator[Owed]:
    """The edits that the change from `team` to `after` owes."""
    yield from _of_requests(tx, team, after, now, change_id)
    yield from _of_announcements(tx, team, after, now, change_id)
    yield from _of_gaps(tx, team, after, now, change_id)
    yield from _of_handoff(tx, team, after, now, change_id)


def of_request(tx: Tx, team: Roster, request_id: int, now: datetime, change_id: int) -> Iterator[Owed]:
    """The edits of all messages that ask, remind or tell of a request."""
    for message in outbox.of_subject(tx, team.id, ASKS, str(request_id)):
        yield told.edit(message, change_id, now, change_id)


def _of_requests(tx: Tx, team: Roster, then: Roster, now: datetime, change_id: int) -> Iterator[Owed]:
    today = then.hours.on_call_day(now)
    for request in requests.open_after(tx, then.id, today - ONE_DAY):
        before, after = ((is_moot(each, request, today), set(able(each, request, today))) for each in (team, then))
        if before != after:
            yield from of_request(tx, then, request.id or 0, now, change_id)


def _of_announcements(tx: Tx, team: Roster, then: Roster, now: datetime, change_id: int) -> Iterator[Owed]:
    """Those of time off that stays as it was; the change of somebody's own is seen to where it is made."""
    today, stays = then.hours.date_of(now), {holiday.id: holiday for holiday in team.holidays}
    same = {str(h.id): h for h in then.holidays if h.until > today and stays.get(h.id) == h}
    for message in outbox.about(tx, then.id, Announcement.kind, same):
        holiday = same[message.about]
        before, after = (told.edited_announcement(each, holiday, gone=False, now=now) for each in (team, then))
        if before != after:
            yield told.edit(message, change_id, now + told.WAITS, change_id, after)


def _of_gaps(tx: Tx, team: Roster, after: Roster, now: datetime, change_id: int) -> Iterator[Owed]:
    for message in outbox.said(tx, after.id, GapAlarm.kind):
        gap = messages.of_kind(GapAlarm, message)
        if gap and gap_left(team, gap.effect, now) != gap_left(after, gap.effect, now):
            yield told.edit(message, change_id, now + told.WAITS, change_id)


def gap_left(team: Roster, moved: Effect, now: datetime) -> Effect:
    """What of the gaps that a change made is left: weeks that nobody can take whole, and days to come of nobody."""
    today = team.hours.on_call_day(now)
    has = schedule.engineers(team, moved.empty)
    empty = tuple(day for day in moved.empty if day >= today and has.get(day) is None)
    return Effect((), (), tuple(week for week in moved.torn if _is_torn(team, week)), empty)


def _is_torn(team: Roster, week: date) -> bool:
    return any(not found.whole for found in schedule.shown_weeks(team, week, week + ONE_DAY))


def _of_handoff(tx: Tx, team: Roster, after: Roster, now: datetime, change_id: int) -> Iterator[Owed]:
    week = after.hours.week_of(after.hours.on_call_day(now))
    if _weeks(team, week) == _weeks(after, week):
        return
    said = outbox.find(tx, after.id, HandoffDue.kind, week.isoformat())
    if said and said.state == SAID:
        yield told.edit(said, change_id, now + told.WAITS, change_id)


def _weeks(team: Roster, first: date) -> list[Week]:
    return schedule.shown_weeks(team, first, first + timedelta(weeks=HANDOFF_SHOWS))
