"""From what is owed to what is said: a message's facts and the store as it is now → a post, or none if it is of no use
any more. The outbox keeps facts; words are made here, at the last moment, so a retry renders afresh."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from bot.talk.pictures import DRAWING, PICTURE, Drawing
from bot.talk.trouble import deafness, sign
from bot.talk.trouble import words as trouble_views
from models import changes, history, outbox, pipelines
from models.outbox import REFUSED, Message
from models.signs import SIGN_REFUSED
from models.store.engine import Tx
from scheduler import due, due_picture, holidays, tick, trouble
from scheduler.change import edits, effect
from scheduler.change import told as news
from scheduler.change.effect import Effect
from scheduler.covers import state
from scheduler.deafness import DEAF
from scheduler.people import owners
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import Week
from scheduler.shifts import takeover
from scheduler.team import roster, schedule
from scheduler.team.roster import Roster

NEWS = {news.NEWS, owners.OWNERS, news.AGREEMENT, state.SETTLED, takeover.TAKE_OVER_NEWS, SIGN_REFUSED}
NEWS_KEEPS = timedelta(days=14)  # how long they are worth saying


@dataclass(frozen=True, slots=True)
class Post:
    """What is said, and the kind of what is owed about the same once it has been."""

    reply: Reply
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """A file that is taken away, by its id in Slack."""

    file: str


def render(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | Drawing | Removal | None:
    """What to say for a message of the outbox; None where it is of no use any more."""
    kind = _kind(tx, message)
    if kind in NEWS and now - message.owed_at > NEWS_KEEPS:
        return None
    return KINDS[kind](tx, desk, team, message, now)


def _handoff(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    first = date.fromisoformat(message.facts["week"])
    if first != team.hours.week_of(team.hours.on_call_day(now)):
        return None
    _, pipelines = roster.load_with_pipelines(tx)
    week, *coming = schedule.shown_weeks(team, first, first + timedelta(weeks=edits.HANDOFF_SHOWS))
    starts, ends = team.hours.handoff(first), team.hours.handoff(week.until)
    before = schedule.duty_between(tx, team, starts - ONE_DAY, starts)
    begins = schedule.duty_between(tx, team, starts, ends)[0]
    said = history.acknowledgement(tx, team.id, first)
    facts = Handoff(before[-1] if before else None, begins, week, coming, pipelines, said)
    return Post(handoff.handoff(team, facts))


def _reminder(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    first, who = date.fromisoformat(message.facts["week"]), message.facts["who"]
    week = _coming_week(team, first, now)
    if week is None or not week.days_of(who):
        return None
    return Post(personal.reminder(team, week, who, team.hours.date_of(now)))


def _coming_week(team: Roster, first: date, now: datetime) -> Week | None:
    if team.hours.handoff(first) <= now:
        return None
    [week] = schedule.shown_weeks(team, first, first + ONE_DAY)
    return week


def _duty(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    starts = datetime.fromisoformat(message.facts["starts"])
    stretch = team.duty.at(starts)
    if now >= starts or stretch is None or stretch.who != message.facts["who"]:
        return None
    return Post(personal.duty(team, stretch))


def _announcement(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    facts = message.facts
    first, until = date.fromisoformat(facts["first"]), date.fromisoformat(facts["until"])
    if until <= team.hours.date_of(now) and message.kind != holidays.EDIT:
        return None
    said = channel.announcement(
        team,
        facts["person"],
        first,
        until - ONE_DAY,
        Effect.of_facts(facts["effect"]),
        short_notice=facts["short_notice"],
        cancelled=facts["cancelled"],
    )
    return Post(said)


def _gap(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    moved = Effect.of_facts(message.facts["effect"])
    left = edits.gap_left(team, moved, now)
    if left.torn or left.empty:
        return Post(channel.gap(team, left))
    return Post(channel.gap_closed(moved)) if message.edits else None


def _news(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    facts = message.facts
    cause = changes.one(tx, team.id, message.change_id) if message.change_id else None
    what, first, last = "plan", None, None
    if cause and cause.what in personal.SETTLED:
        what = cause.what
    elif cause and facts["about"]:
        what = _WHAT.get(cause.what, "undone")
        first, last = holidays.exchange_of(cause).span
    did = staffing.did(team, cause, facts["who"]) if cause else ""
    coming = schedule.turns(team, facts["who"], team.hours.coming_handoff(now))
    turn = (coming[0].first, coming[0].until - ONE_DAY) if coming else None
    moved, beside = Effect.of_facts(facts["effect"]), request_posts.beside(tx, team, message)
    stands = effect.still_so(team, moved, now)
    if moved and not stands and not beside and facts["about"] != facts["who"] and not message.edits:
        return None
    told = News(what, facts["by"], facts["about"], first, last, stands, did)
    said = personal.news(team, facts["who"], told, turn, beside)
    return Post(request_posts.asking(tx, team, message, said, now) if "week" in facts else said)


def _owners(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    names = {pipeline.slug: pipeline.name for pipeline in pipelines.of_team(tx, team.id)}
    changed = [(names[p["slug"]], p["before"], p["after"]) for p in message.facts["pipelines"] if p["slug"] in names]
    return Post(personal.owners(team, message.facts["by"], changed)) if changed else None


_WHAT = {holidays.DECLARED: "declared", holidays.CANCELLED: "cancelled"}


def _greeting(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    return Post(channel.greeting(desk, oncall_views.on_duty(team, now)))


def _picture(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    said = pictures.words(tx, team, message, now)
    return Post(said, DRAWING) if said else None


def _drawing(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Drawing | None:
    return pictures.drawing(tx, team, message, now)


def _handoff_picture(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Drawing | None:
    return pictures.of_handoff(team, message, now)


def _picture_gone(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Removal:
    return Removal(message.facts["file"])


def _trouble(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    unsaid, goes_on = outbox.one(tx, message.facts["message"]), "goes_on" in message.facts
    if unsaid is None:
        return None
    if unsaid.is_refused and not (goes_on and unsaid.state == REFUSED):
        until = trouble.tried_until(tx, unsaid, now)
        return Post(trouble_views.unsaid(team, unsaid, message.facts["problem"], until))
    ended = trouble_views.ended(team, unsaid) if message.edits else None
    return Post(ended) if ended else None


def _sign(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    return Post(sign.refused(team, message.facts["sign"], message.facts["problem"]))


def _deaf(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    if now - message.owed_at >= ONE_DAY:  # by then it is told anew, if it is still so
        return None
    return Post(deafness.deaf(message.facts["problem"]))


def _about_requests(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Post | None:
    said = request_posts.render(tx, team, message, now, _kind(tx, message))
    return Post(said) if said else None


def _kind(tx: Tx, message: Message) -> str:
    """The kind of a message, or of the one that it edits."""
    original = outbox.one(tx, message.edits) if message.kind == holidays.EDIT and message.edits else None
    return original.kind if original else message.kind


KINDS: Mapping[str, Callable[[Tx, Desk, Roster, Message, datetime], Post | Drawing | Removal | None]] = {
    due.HANDOFF: _handoff,
    due.REMINDER: _reminder,
    due.WEEK_REMINDER: _reminder,
    due.DAY_REMINDER: _reminder,
    due.DUTY: _duty,
    news.ANNOUNCEMENT: _announcement,
    news.GAP: _gap,
    news.NEWS: _news,
    owners.OWNERS: _owners,
    tick.GREETING: _greeting,
    PICTURE: _picture,
    DRAWING: _drawing,
    due_picture.HANDOFF_PICTURE: _handoff_picture,
    due_picture.PICTURE_GONE: _picture_gone,
    trouble.TROUBLE: _trouble,
    SIGN_REFUSED: _sign,
    DEAF: _deaf,
    **dict.fromkeys(request_posts.KINDS, _about_requests),
}
