"""From what is owed about changes, reminders, announcements and gaps to what is said."""

from datetime import date, datetime

from bot.speech.ask import Reply
from bot.speech.parts import staffing
from bot.talk.cover.post import beside
from bot.talk.news import channel, digest, gap, personal
from bot.talk.news.personal import News
from bot.talk.oncall import words
from bot.talk.takeover.post import asking
from bot.talk.takeover.words import on_call_now, took_back
from bot.talk.telling import Renderers, Telling, says
from models import changes, pipelines
from scheduler import entries, holidays
from scheduler.change import edits, effect
from scheduler.entries import TimeOffChange
from scheduler.messages import (
    Announcement,
    AwayDigest,
    ChangeNews,
    DayReminder,
    DutyReminder,
    GapAlarm,
    GapRun,
    Greeting,
    OwnersNews,
    Reminder,
    WeekReminder,
)
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import Week
from scheduler.rule.time_off import Exchange
from scheduler.team import schedule
from scheduler.team.roster import Roster

_WHAT = {holidays.DECLARED: "declared", holidays.CANCELLED: "cancelled"}


def _reminder(at: Telling, facts: Reminder) -> Reply | None:
    week = _coming_week(at.team, facts.week, at.now)
    if week is None or not week.days_of(facts.who):
        return None
    return personal.reminder(at.team, week, facts.who, at.team.hours.date_of(at.now))


def _coming_week(team: Roster, first: date, now: datetime) -> Week | None:
    if team.hours.handoff(first) <= now:
        return None
    [week] = schedule.shown_weeks(team, first, first + ONE_DAY)
    return week


def _duty(at: Telling, facts: DutyReminder) -> Reply | None:
    stretch = at.team.duty.at(facts.starts)
    if at.now >= facts.starts or stretch is None or stretch.who != facts.who:
        return None
    return personal.duty(at.team, stretch)


def _announcement(at: Telling, facts: Announcement) -> Reply | None:
    if facts.until <= at.team.hours.date_of(at.now) and at.message.edits is None:
        return None
    return channel.announcement(at.team, facts)


def _gap(at: Telling, facts: GapAlarm) -> Reply | None:
    left = edits.gap_left(at.team, facts.effect, at.now)
    if left.torn or left.empty:
        return channel.gap(at.team, left)
    return channel.gap_closed(facts.effect) if at.message.edits else None


def _news(at: Telling, facts: ChangeNews) -> Reply | None:
    on_duty = schedule.on_duty(at.team, at.now) if facts.begins else None
    is_on = on_duty is not None and on_duty.who == facts.who
    if on_duty and not is_on and at.message.change_id:
        undone = changes.undoing(at.tx, at.message.change_id)
        if undone:
            return took_back(at.team, undone.by, on_duty.who, undone.at)
    said = _changed(at, facts)
    return on_call_now(at.team, said, on_duty.ends) if said and on_duty and is_on else said


def _changed(at: Telling, facts: ChangeNews) -> Reply | None:
    tx, team, message = at.tx, at.team, at.message
    cause = changes.by_id(tx, team.id, message.change_id) if message.change_id else None
    what, first, last = "plan", None, None
    if cause and cause.what in personal.SETTLED:
        what = cause.what
    elif cause and facts.about:
        what = _WHAT.get(cause.what, "undone")
        off = entries.of_kind(TimeOffChange, cause)
        first, last = Exchange(off.before, off.after).span if off else (None, None)
    did = staffing.did(team, cause, facts.who) if cause else ""
    coming = schedule.on_call_days(team, facts.who, team.hours.coming_handoff(at.now))
    days = (coming[0].first, coming[0].until - ONE_DAY) if coming else None
    agreed = beside(at)
    stands = effect.still_so(team, facts.effect, at.now)
    if facts.effect and not stands and not agreed and facts.about != facts.who and not message.edits:
        return None
    told = News(what, facts.by, facts.about, first, last, stands, did)
    said = personal.news(team, facts.who, told, days, agreed)
    return asking(at, said, facts.who, facts.week) if facts.week else said


def _owners(at: Telling, facts: OwnersNews) -> Reply | None:
    names = {pipeline.slug: pipeline.name for pipeline in pipelines.of_team(at.tx, at.team.id)}
    changed = [(names[each.slug], each.before, each.after) for each in facts.pipelines if each.slug in names]
    return personal.owners(at.team, facts.by, changed) if changed else None


def _greeting(at: Telling, facts: Greeting) -> Reply:
    return channel.greeting(at.desk, words.on_duty(at.team, at.now))


POSTS: Renderers = {
    **says(Reminder, _reminder),
    **says(WeekReminder, _reminder),
    **says(DayReminder, _reminder),
    **says(DutyReminder, _duty),
    **says(Announcement, _announcement),
    **says(AwayDigest, digest.due),
    **says(GapRun, gap.due),
    **says(GapAlarm, _gap),
    **says(ChangeNews, _news),
    **says(OwnersNews, _owners),
    **says(Greeting, _greeting),
}
