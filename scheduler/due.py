"""What is to be said by itself at a moment: a team and `now` in, messages owed out. Pure.

Each is owed from its moment on, as long as it is still useful, so that a bot that was down catches up once; the unique
(kind, about) in the outbox lets every tick owe the same again. Nothing that was due before the first run is said.

    handoff        the current week's, from its handoff on
    reminder       an on-call week, to all who have days of it, from two weeks before until it begins; to who wants
                   that also a week before, or the day before
    duty           coming on duty other than by the weekly handoff, from the handoff time of the day before
    digest         holidays that move something, from two weeks before until they begin
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from models.holidays import Holiday
from models.outbox import CHANNEL, Owed, to_person
from models.preferences import Preferences
from scheduler.messages import DayReminder, DutyReminder, HandoffDue, Reminder, WeekReminder
from scheduler.rule.duty import Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import WEEK, Week
from scheduler.team.roster import Roster
from scheduler.team.schedule import shown_weeks

NO_WISHES: Mapping[str, Preferences] = {}


def now_due(team: Roster, now: datetime, chosen: Mapping[str, Preferences] = NO_WISHES) -> list[Owed]:
    """All that is due at `now`, but for digests of time off: those are found by what it moves. `chosen`: what people
    want to be reminded of, by their ids."""
    return handoffs(team, now) + reminders(team, now, chosen) + duties(team, now)


def _speaks(team: Roster, moment: datetime) -> bool:
    return team.facts.speaks_since is not None and moment >= team.facts.speaks_since


def handoffs(team: Roster, now: datetime) -> list[Owed]:
    """The handoff of the current week."""
    week = team.hours.week_of(team.hours.on_call_day(now))
    moment = team.hours.handoff(week)
    if week < team.rotation.versions[0].starts or not _speaks(team, moment):
        return []
    return [Owed(HandoffDue(week), week.isoformat(), CHANNEL, moment, urgent=True)]


def reminders(team: Roster, now: datetime, chosen: Mapping[str, Preferences] = NO_WISHES) -> list[Owed]:
    """The on-call weeks to come, to all who have days of them, as each wants to be reminded. After downtime the latest
    one is said."""
    latest: dict[str, Owed] = {}
    for owed in all_reminders(team, now):
        if isinstance(owed.facts, Reminder) and _wants(chosen.get(owed.facts.who), owed.facts):
            latest[owed.about] = owed
    return list(latest.values())


def _wants(chosen: Preferences | None, reminder: Reminder) -> bool:
    match reminder:
        case WeekReminder():
            return chosen is not None and chosen.one_week
        case DayReminder():
            return chosen is not None and chosen.day_before
        case _:
            return chosen is None or chosen.two_weeks


def all_reminders(team: Roster, now: datetime) -> list[Owed]:
    """Every reminder that could be due of the on-call weeks to come, the latest last: to their holders, unless all is
    covered, and those who cover. A substitute hears of it the day before."""
    first = team.hours.coming_handoff(now)
    notice = timedelta(days=team.facts.notice_days)
    leads = [(notice, Reminder), (WEEK, WeekReminder), (ONE_DAY, DayReminder)]
    owed = []
    for week in shown_weeks(team, first, team.hours.date_of(now) + max(notice, WEEK) + ONE_DAY):
        theirs = [who for who in dict.fromkeys(day.engineer for day in week.days) if who and week.days_of(who)]
        for lead, kind in sorted(leads, key=lambda each: (each[0], each[1].kind), reverse=True):
            moment = team.hours.handoff(week.first - lead)
            if moment <= now and _speaks(team, moment):
                owed += [_reminder(team, kind, week, who, moment) for who in theirs]
    return owed


def _reminder(team: Roster, kind: type[Reminder], week: Week, who: str, moment: datetime) -> Owed:
    facts, about, begins = kind(week.first, who), f"{week.first}/{who}", team.hours.handoff(week.first)
    return Owed(facts, about, to_person(who), moment, urgent=kind is DayReminder, concerns=begins)


def duties(team: Roster, now: datetime) -> list[Owed]:
    """Who comes on duty tomorrow other than by the weekly handoff."""
    around = team.duty.between(now - ONE_DAY, now + timedelta(days=3))
    owed = []
    for before, stretch in zip([None, *around], around, strict=False):
        if stretch.starts <= now or not stretch.who or _by_the_handoff(team, stretch):
            continue
        day = team.hours.date_of(stretch.starts)
        moment = team.hours.handoff(day - ONE_DAY)
        if moment <= now and _speaks(team, moment) and not (before and before.who == stretch.who):
            facts = DutyReminder(stretch.who, stretch.starts)
            owed.append(Owed(facts, f"{day}/{stretch.who}", to_person(stretch.who), moment, urgent=True))
    return owed


def _by_the_handoff(team: Roster, stretch: Stretch) -> bool:
    return stretch.starts == team.hours.handoff(stretch.week)


def holidays_to_announce(team: Roster, now: datetime) -> list[Holiday]:
    """The holidays that begin within the days of notice: to be announced if they move anything."""
    today = team.hours.date_of(now)
    notice = timedelta(days=team.facts.notice_days)
    coming = (h for h in team.holidays if today < h.first <= today + notice)
    moments = ((h, announced_at(team, h)) for h in coming)
    return [h for h, moment in moments if moment <= now and _speaks(team, moment)]


def announced_at(team: Roster, holiday: Holiday) -> datetime:
    """The moment at which a holiday that was declared in good time is announced."""
    return team.hours.handoff(holiday.first - timedelta(days=team.facts.notice_days))
