"""Who is to be told of a change, and when: a change in, messages owed out. Pure.

    news            a direct message to each whose own weeks or days moved, other than who did it
    announcement    to the channel: a holiday that moves a week or day, known by its id
    gap             to the channel, admins mentioned: a week nobody can take whole, a day that has nobody
    agreement       a direct message to both sides of a cover or swap that holds on other days than before

News waits a minute, in which an undo withdraws it. Somebody who is told by news that they are on call soon needs no
reminder of the same: it is marked needless.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from models.holidays import Holiday
from models.outbox import CHANNEL, NEEDLESS, OWED, Message, MessageFacts, Owed, to_person
from scheduler import due, messages
from scheduler.change import effect
from scheduler.messages import AgreementNews, Announcement, ChangeNews, GapAlarm, Reminder
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import DayMoves, Effect
from scheduler.rule.time_off import Exchange
from scheduler.team import covers as agreements
from scheduler.team.roster import Roster
from scheduler.team.schedule import shown_weeks

WAITS = timedelta(minutes=1)


def of_change(
    team: Roster,
    moved: Effect,
    change_id: int,
    *,
    by: str | None,
    about: str | None,
    now: datetime,
    spares: frozenset[str] = frozenset(),
    hears: frozenset[str] = frozenset(),
    agreed: Mapping[str, set[date]] | None = None,
    asked: Mapping[str, date] | None = None,
) -> list[Owed]:
    """What a change by `by` to `about` (people's ids) owes to those whose weeks moved, and to the channel for gaps.

    `team` is the team after it. `about` and `hears` hear of it in any case, unless they did it themselves; `spares` do
    not, nor those of whom only days move of which they hear as `agreed`: by people's ids.
    `asked`: people who are asked whether they can take the week that begins on that date, which came on short notice.
    """
    hear = {who for who in moved.concerned if not _is_known(moved.of(who), (agreed or {}).get(who, set()))}
    told = sorted((hear | hears | ({about} if about else set())) - {by} - spares)
    weeks = asked or {}
    owed = [
        Owed(
            ChangeNews(by, about, who, moved.of(who), weeks.get(who)),
            f"{change_id}/{who}",
            to_person(who),
            now + WAITS,
            change_id,
            urgent=who in weeks or _is_soon(team, moved.of(who), now),
            concerns=_begins(team, moved.of(who)),
        )
        for who in told
    ]
    if moved.torn or moved.empty:
        owed.append(Owed(GapAlarm(moved), str(change_id), CHANNEL, now + WAITS, change_id, urgent=True))
    return owed + [replace(owed, state=NEEDLESS, change_id=change_id) for owed in _needless(team, moved, now)]


def _is_soon(team: Roster, moved: Effect, now: datetime) -> bool:
    """Whether a week or day that moves starts within a day."""
    begins = _begins(team, moved)
    return begins is not None and begins < now + ONE_DAY


def _begins(team: Roster, moved: Effect) -> datetime | None:
    """When the first week or day that moves starts; None where none does."""
    begins = [*(team.hours.handoff(day) for day in moved.dates), *(m.starts for m in moved.hours)]
    return min(begins, default=None)


def _is_known(moved: Effect, days: set[date]) -> bool:
    """Whether all that moves are days of which somebody hears in another way."""
    return not moved.hours and moved.dates <= days


def hearers(owed: Iterable[Message], by: str | None) -> list[str]:
    """Who other than `by` is to hear of a change by one of these messages: people's ids, each once."""
    waits = (messages.facts(each) for each in owed if each.state == OWED)
    return sorted({facts.who for facts in waits if isinstance(facts, ChangeNews | AgreementNews)} - {by})


def days_agreed(owed: Iterable[Owed]) -> dict[str, set[date]]:
    """The days of which people hear by word of what they agreed (`of_agreements`), by their ids."""
    days: dict[str, set[date]] = {}
    for facts in (each.facts for each in owed):
        if isinstance(facts, AgreementNews):
            days.setdefault(facts.who, set()).update({*facts.before} ^ {*facts.after})
    return days


def _needless(team: Roster, moved: Effect, now: datetime) -> list[Owed]:
    """The reminders that fall due now of weeks and days that somebody hears of anyway: as news, or as the answer."""
    weeks, days = {f"{m.week}/{m.after}" for m in moved.weeks}, {f"{m.day}/{m.after}" for m in moved.days}
    fresh = [owed for owed in due.all_reminders(team, now) if owed.about in weeks or _all_is_new(team, owed, moved)]
    begun = {f"{team.hours.date_of(m.starts)}/{m.after}" for m in moved.hours}
    return fresh + [owed for owed in due.duties(team, now) if owed.about in weeks | days | begun]


def _all_is_new(team: Roster, reminder: Owed, moved: Effect) -> bool:
    """Whether somebody is reminded of a week of which all their days have just come to them, as by a cover."""
    facts = reminder.facts
    if not isinstance(facts, Reminder):
        return False
    weeks = shown_weeks(team, facts.week, facts.week + ONE_DAY)
    days = {day.date for week in weeks for day in week.days_of(facts.who)}
    return days <= {m.day for m in moved.days if m.after == facts.who}


def gains_on_short_notice(team: Roster, moved: Effect, who: str, now: datetime) -> dict[str, date]:
    """Who takes over a week, or what is left of one, that `who` gives up on short notice: people's ids, and the first
    date of the week; of several the soonest. `team` is the team after it."""
    soon = now + timedelta(days=team.facts.notice_days)
    gained = [(m.week, m.after) for m in moved.weeks if m.before == who]
    gained += [
        (team.hours.week_of(m.day), m.after) for m in moved.days if m.before == who and not _returns(team, m, now)
    ]
    latest_first = sorted({(week, after) for week, after in gained if after}, reverse=True)
    return {after: week for week, after in latest_first if team.hours.handoff(week) < soon}


def _returns(team: Roster, move: DayMoves, now: datetime) -> bool:
    """Whether a day of a week to come only returns to its holder, who gave it away by a cover."""
    parties, week = (move.before, move.after), team.hours.week_of(move.day)
    given = (c for c in team.covers if (c.person_id, c.instead_of) == parties and c.first <= move.day < c.until)
    return team.hours.handoff(week) > now and next(given, None) is not None


def of_agreements(
    team: Roster, after: Roster, change_id: int, *, by: str | None, now: datetime, but: int | None = None
) -> list[Owed]:
    """What a change by `by` from `team` to `after` owes to both sides of each cover and swap, but for that of the
    request `but`, which holds on other days to come than before."""
    both = {cover.id: cover for cover in (*team.covers, *after.covers) if cover.request_id != but}
    agreed, today = list(both.values()), after.hours.on_call_day(now)
    kept = {cover.id for cover in after.covers}
    was = agreements.standing_days(team, agreed)
    now_so = agreements.standing_days(after, [cover for cover in agreed if cover.id in kept])
    owed = []
    for request_id, days in was.items():
        held, holds = ([d for d in each if d >= today] for each in (days, now_so.get(request_id, ())))
        if held != holds:
            parties = sorted({who for c in agreed if c.request_id == request_id for who in (c.person_id, c.instead_of)})
            begins = after.hours.handoff(min(set(held) ^ set(holds)))
            told = [_agreement(request_id, who, by, held, holds, change_id, now) for who in parties]
            owed += [replace(each, urgent=begins < now + ONE_DAY, concerns=begins) for each in told]
    return owed


def _agreement(
    request_id: int, who: str, by: str | None, held: list[date], holds: list[date], change_id: int, now: datetime
) -> Owed:
    facts = AgreementNews(request_id, who, by, tuple(held), tuple(holds))
    return Owed(facts, f"{change_id}/{request_id}/{who}", to_person(who), now + WAITS, change_id)


def edit(
    message: Message,
    occasion: int | str | None,
    due_at: datetime,
    change_id: int | None = None,
    facts: MessageFacts | None = None,
) -> Owed:
    """The edit of a message to what stands: once for each `occasion`, such as the id of a change. `facts`: other ones
    than the message has. It goes with an undo of the change `change_id`."""
    about = f"{message.key}/{occasion}"
    return Owed(facts or messages.facts(message), about, message.audience, due_at, change_id, message.id)


def announcement(team: Roster, holiday: Holiday, now: datetime) -> Owed | None:
    """The announcement of a holiday that moves a week or day; None for one that moves nothing. Due at once."""
    moved = _moved(team, holiday, now)
    if not moved:
        return None
    return Owed(_announcement(holiday, moved), str(holiday.id), CHANNEL, now)


def _moved(team: Roster, holiday: Holiday, now: datetime) -> Effect:
    """What a holiday moves."""
    without = team.but(holidays=(h for h in team.holidays if h.id != holiday.id))
    return effect.between(without, team, now, holiday.until - timedelta(days=1))


def edited_announcement(team: Roster, holiday: Holiday, *, gone: bool, now: datetime) -> Announcement:
    """The facts of an announcement after its holiday changed, or is `gone`."""
    return _announcement(holiday, Effect() if gone else _moved(team, holiday, now) or Effect(), cancelled=gone)


def _announcement(holiday: Holiday, moved: Effect, *, cancelled: bool = False) -> Announcement:
    days = holiday.first, holiday.until
    return Announcement(holiday.id, holiday.person_id, *days, holiday.short_notice, moved, cancelled)


def is_on_short_notice(team: Roster, exchange: Exchange, now: datetime) -> bool:
    """Whether the first changed day is nearer than the notice that the team asks for. A mere note changes no day."""
    soon = team.hours.date_of(now) + timedelta(days=team.facts.notice_days)
    return any(day < soon for day in exchange.dates)
