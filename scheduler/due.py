"""What is to be said by itself at a moment: a team and `now` in, messages owed out. Pure.

Each is owed from its moment on, as long as it is still useful, so that a bot that was down catches up once; the unique
(kind, about) in the outbox lets every tick owe the same again. Nothing that was due before the first run is said.

    handoff        the current week's, from its handoff on
    reminder       an on-call week, to all who have days of it, from two weeks before until it begins
    duty           coming on duty other than by the weekly handoff, from the handoff time of the day before
    announcement   a holiday that moves something, from two weeks before until it begins
"""

from datetime import datetime, timedelta

from models.holidays import Holiday
from models.outbox import CHANNEL, Owed, to_person
from scheduler.duty import Stretch
from scheduler.hours import ONE_DAY
from scheduler.roster import Roster
from scheduler.rotation import Week

HANDOFF, REMINDER, DUTY = "handoff", "reminder", "duty"


def now_due(known: Roster, now: datetime) -> list[Owed]:
    """All that is due at `now`, but for announcements: those are found by what their holiday moves."""
    return handoffs(known, now) + reminders(known, now) + duties(known, now)


def _speaks(known: Roster, moment: datetime) -> bool:
    return known.team.speaks_since is not None and moment >= known.team.speaks_since


def handoffs(known: Roster, now: datetime) -> list[Owed]:
    """The handoff of the current week."""
    week = known.hours.week_of(known.hours.on_call_day(now))
    moment = known.hours.handoff(week)
    if week < known.rotation.versions[0].starts or not _speaks(known, moment):
        return []
    facts = {"week": week.isoformat()}
    return [Owed(HANDOFF, week.isoformat(), CHANNEL, moment, facts, urgent=True)]


def reminders(known: Roster, now: datetime) -> list[Owed]:
    """The on-call weeks that begin within the days of notice, to all who have days of them: their holders, unless all
    is covered, and those who cover. A substitute hears of it the day before."""
    first = known.hours.coming_handoff(now)
    notice = timedelta(days=known.team.notice_days)
    owed = []
    for week in known.rotation.weeks(first, known.hours.date_of(now) + notice + ONE_DAY):
        moment = known.hours.handoff(week.first - notice)
        if moment <= now and _speaks(known, moment):
            theirs = (who for who in dict.fromkeys(day.engineer for day in week.days) if who and week.days_of(who))
            owed += [_reminder(week, who, moment) for who in theirs]
    return owed


def _reminder(week: Week, who: str, moment: datetime) -> Owed:
    facts = {"week": week.first.isoformat(), "who": who}
    return Owed(REMINDER, f"{week.first}/{who}", to_person(who), moment, facts)


def duties(known: Roster, now: datetime) -> list[Owed]:
    """Who comes on duty tomorrow other than by the weekly handoff."""
    around = known.duty.between(now - ONE_DAY, now + timedelta(days=3))
    owed = []
    for before, stretch in zip([None, *around], around, strict=False):
        if stretch.starts <= now or not stretch.who or _by_the_handoff(known, stretch):
            continue
        day = known.hours.date_of(stretch.starts)
        moment = known.hours.handoff(day - ONE_DAY)
        if moment <= now and _speaks(known, moment) and not (before and before.who == stretch.who):
            facts = {"who": stretch.who, "starts": stretch.starts.isoformat()}
            owed.append(Owed(DUTY, f"{day}/{stretch.who}", to_person(stretch.who), moment, facts, urgent=True))
    return owed


def _by_the_handoff(known: Roster, stretch: Stretch) -> bool:
    return stretch.starts == known.hours.handoff(stretch.week)


def holidays_to_announce(known: Roster, now: datetime) -> list[Holiday]:
    """The holidays that begin within the days of notice: to be announced if they move anything."""
    today = known.hours.date_of(now)
    notice = timedelta(days=known.team.notice_days)
    coming = (h for h in known.holidays if today < h.first <= today + notice)
    moments = ((h, announced_at(known, h)) for h in coming)
    return [h for h, moment in moments if moment <= now and _speaks(known, moment)]


def announced_at(known: Roster, holiday: Holiday) -> datetime:
    """The moment at which a holiday that was declared in good time is announced."""
    return known.hours.handoff(holiday.first - timedelta(days=known.team.notice_days))
