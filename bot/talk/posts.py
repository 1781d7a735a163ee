"""From what is owed to what is said: a message's facts and the store as it is now → a post, or none if it is of no use
any more. The outbox keeps facts; words are made here, at the last moment, so a retry renders afresh."""

from datetime import date, datetime, timedelta

from bot.desk import Desk
from bot.speech.ask import Reply
from bot.speech.parts import staffing
from bot.talk import handoff, pictures
from bot.talk.cover import post as request_posts
from bot.talk.handoff import Handoff
from bot.talk.news import channel, personal
from bot.talk.news.personal import News
from bot.talk.oncall import words as oncall_views
from bot.talk.telling import Removal, Renderers, Said, Telling, UnknownKind, says
from bot.talk.trouble import deafness, sign
from bot.talk.trouble import words as trouble_views
from models import changes, history, outbox, pipelines
from models.outbox import REFUSED, Message
from models.store.engine import Tx
from scheduler import holidays, messages, trouble
from scheduler.change import edits, effect
from scheduler.messages import (
    AgreementNews,
    Announcement,
    ChangeNews,
    DayReminder,
    DeafNews,
    DutyReminder,
    GapAlarm,
    Greeting,
    HandoffDue,
    HandoffPicture,
    OwnersNews,
    PictureAsked,
    PictureFollows,
    PictureGone,
    Reminder,
    RequestNews,
    SignRefused,
    TakeOverNews,
    TroubleNews,
    WeekReminder,
)
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import Week
from scheduler.team import roster, schedule
from scheduler.team.roster import Roster

NEWS = (ChangeNews, OwnersNews, AgreementNews, RequestNews, TakeOverNews, SignRefused)
NEWS_KEEPS = timedelta(days=14)  # how long they are worth saying


def render(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Said:
    """What to say for a message of the outbox; None where it is of no use any more. Raises UnknownKind."""
    original = outbox.one(tx, message.edits) if message.edits else None
    facts = messages.facts(message, original.kind if original else None)
    if type(facts) not in KINDS:
        raise UnknownKind(message.kind)
    if isinstance(facts, NEWS) and now - message.owed_at > NEWS_KEEPS:
        return None
    return KINDS[type(facts)](Telling(tx, desk, team, message, now), facts)


def _handoff(at: Telling, facts: HandoffDue) -> Reply | None:
    team, first = at.team, facts.week
    if first != team.hours.week_of(team.hours.on_call_day(at.now)):
        return None
    _, pipelines = roster.load_with_pipelines(at.tx)
    week, *coming = schedule.shown_weeks(team, first, first + timedelta(weeks=edits.HANDOFF_SHOWS))
    starts, ends = team.hours.handoff(first), team.hours.handoff(week.until)
    before = schedule.duty_between(at.tx, team, starts - ONE_DAY, starts)
    begins = schedule.duty_between(at.tx, team, starts, ends)[0]
    said = history.acknowledgement(at.tx, team.id, first)
    return handoff.handoff(team, Handoff(before[-1] if before else None, begins, week, coming, pipelines, said))


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
    tx, team, message = at.tx, at.team, at.message
    cause = changes.one(tx, team.id, message.change_id) if message.change_id else None
    what, first, last = "plan", None, None
    if cause and cause.what in personal.SETTLED:
        what = cause.what
    elif cause and facts.about:
        what = _WHAT.get(cause.what, "undone")
        first, last = holidays.exchange_of(cause).span
    did = staffing.did(team, cause, facts.who) if cause else ""
    coming = schedule.turns(team, facts.who, team.hours.coming_handoff(at.now))
    turn = (coming[0].first, coming[0].until - ONE_DAY) if coming else None
    beside = request_posts.beside(at)
    stands = effect.still_so(team, facts.effect, at.now)
    if facts.effect and not stands and not beside and facts.about != facts.who and not message.edits:
        return None
    told = News(what, facts.by, facts.about, first, last, stands, did)
    said = personal.news(team, facts.who, told, turn, beside)
    return request_posts.asking(at, said, facts.who, facts.week) if facts.week else said


def _owners(at: Telling, facts: OwnersNews) -> Reply | None:
    names = {pipeline.slug: pipeline.name for pipeline in pipelines.of_team(at.tx, at.team.id)}
    changed = [(names[each.slug], each.before, each.after) for each in facts.pipelines if each.slug in names]
    return personal.owners(at.team, facts.by, changed) if changed else None


_WHAT = {holidays.DECLARED: "declared", holidays.CANCELLED: "cancelled"}


def _greeting(at: Telling, facts: Greeting) -> Reply:
    return channel.greeting(at.desk, oncall_views.on_duty(at.team, at.now))


def _picture_gone(at: Telling, facts: PictureGone) -> Removal | None:
    return Removal(facts.file) if facts.file else None


def _trouble(at: Telling, facts: TroubleNews) -> Reply | None:
    unsaid = outbox.one(at.tx, facts.message)
    if unsaid is None:
        return None
    if unsaid.is_refused and not (facts.goes_on and unsaid.state == REFUSED):
        return trouble_views.unsaid(at.team, unsaid, facts.problem, trouble.tried_until(at.tx, unsaid, at.now))
    return trouble_views.ended(at.team, unsaid) if at.message.edits else None


def _sign(at: Telling, facts: SignRefused) -> Reply:
    return sign.refused(at.team, facts.sign, facts.problem)


def _deaf(at: Telling, facts: DeafNews) -> Reply | None:
    if at.now - at.message.owed_at >= ONE_DAY:  # by then it is told anew, if it is still so
        return None
    return deafness.deaf(facts.problem)


KINDS: Renderers = {
    **says(HandoffDue, _handoff),
    **says(Reminder, _reminder),
    **says(WeekReminder, _reminder),
    **says(DayReminder, _reminder),
    **says(DutyReminder, _duty),
    **says(Announcement, _announcement),
    **says(GapAlarm, _gap),
    **says(ChangeNews, _news),
    **says(OwnersNews, _owners),
    **says(Greeting, _greeting),
    **says(PictureAsked, pictures.words),
    **says(PictureFollows, pictures.drawing),
    **says(HandoffPicture, pictures.of_handoff),
    **says(PictureGone, _picture_gone),
    **says(TroubleNews, _trouble),
    **says(SignRefused, _sign),
    **says(DeafNews, _deaf),
    **request_posts.KINDS,
}
