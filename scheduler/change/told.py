"""Who is to be told of a change, and when: a change in, messages owed out. Pure.

    news            a direct message to each whose own weeks or days moved, other than who did it
    gap             to the channel, admins mentioned: a week nobody can take whole
    agreement       a direct message to both sides of a cover or swap that holds on other days than before

News waits a minute, in which an undo withdraws it, but for whoever comes on duty by it at once. Somebody who is told by
news that they are on call soon needs no reminder of the same: it is marked needless.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from models.holidays import Holiday
from models.outbox import CHANNEL, NEEDLESS, OWED, Message, MessageFacts, Owed, to_person
from models.requests import CoverRequest
from scheduler import due, messages
from scheduler.change import digest
from scheduler.messages import AgreementNews, Announcement, ChangeNews, GapAlarm, Reminder
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import DayMoves, Effect
from scheduler.rule.time_off import Exchange
from scheduler.team import gaps
from scheduler.team.covers import standing_days
from scheduler.team.roster import Roster
from scheduler.team.schedule import shown_weeks

WAITS = timedelta(minutes=1)


Word = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Made:
    """A change from `team` to `after`, which `by` (a person's id; None: at the terminal) made at the moment `now`: what
    it `moved`, and its id in the log."""

    team: Roster
    after: Roster
    moved: Effect
    by: str | None
    now: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Settles:
    """The request that a change is about, whose `parties` (people's ids) hear of its `days` in another way."""

    request_id: int | None
    parties: frozenset[str]
    days: frozenset[date]

    @classmethod
    def of(cls, request: CoverRequest, parties: Iterable[str]) -> "Settles":
        """All days of a request, of a swap on both sides."""
        halves = [(request.first, request.until)]
        if request.back_first and request.back_until:
            halves.append((request.back_first, request.back_until))
        days = {first + n * ONE_DAY for first, until in halves for n in range((until - first).days)}
        return cls(request.id, frozenset(parties), frozenset(days))


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears of a change, other than who makes it: everybody whose weeks it moves, the channel of gaps, and both
    sides of each cover and swap that holds on other days than before; and besides, by people's ids:

    - `about`: whom it is about, and `hears`, in any case; `spares` not, even if their weeks move;
    - `settles`: the request that it is about, whose parties hear of its days in another way;
    - `agreements`: whether the sides of covers and swaps hear at all;
    - `passes_on`: who gives up a week on short notice, so that who gets it is asked;
    - `unheard`: what nobody needs to hear, as nobody heard of what it undoes.
    """

    about: str | None = None
    hears: frozenset[str] = frozenset()
    spares: frozenset[str] = frozenset()
    settles: Settles | None = None
    agreements: bool = True
    passes_on: str | None = None
    unheard: frozenset[Word] = frozenset()


def of_change(made: Made, audience: Audience) -> list[Owed]:
    """What a change owes to its audience: to those whose weeks moved, but for those of whom only days move of which
    they hear by word of what they agreed; to the channel for gaps; to both sides of covers and swaps."""
    settles = audience.settles
    agreed = of_agreements(made, settles.request_id if settles else None) if audience.agreements else []
    heard = days_agreed(agreed)
    for who in settles.parties if settles else ():
        heard.setdefault(who, set()).update(settles.days if settles else ())
    owed = [*_news(made, audience, heard), *_torn(made), *_needless(made), *agreed]
    return [each for each in owed if word(each) not in audience.unheard]


def word(owed: Owed | Message) -> Word:
    """What tells a message about a change from others: its kind, to whom, and of which request."""
    facts = owed.facts if isinstance(owed, Owed) else messages.facts(owed)
    return owed.kind, owed.audience, facts.request if isinstance(facts, AgreementNews) else None


def as_owed(message: Message) -> Owed:
    """A message as it was owed, and what became of it."""
    owed = Owed(messages.facts(message), message.about, message.audience, message.due_at, message.change_id)
    return replace(owed, edits=message.edits, state=message.state, urgent=message.urgent)


def _news(made: Made, audience: Audience, agreed: Mapping[str, set[date]]) -> list[Owed]:
    """A message to each who hears of it; of what they hear as `agreed` (days, by people's ids) nobody is told twice."""
    moved, about = made.moved, audience.about
    hear = {who for who in moved.concerned if not _is_known(moved.of(who), agreed.get(who, set()))}
    told = sorted((hear | audience.hears | ({about} if about else set())) - {made.by} - audience.spares)
    asked, begins = gains_on_short_notice(made, audience.passes_on) if audience.passes_on else {}, _comes_on(made)
    asked = {**begins, **asked}
    return [
        Owed(
            ChangeNews(made.by, about, who, moved.of(who), asked.get(who), made.now if who in begins else None),
            f"{made.id}/{who}",
            to_person(who),
            made.now if who in begins else made.now + WAITS,
            made.id,
            urgent=who in asked or _is_soon(made.after, moved.of(who), made.now),
            concerns=_begins(made.after, moved.of(who)),
        )
        for who in told
    ]


def _comes_on(made: Made) -> dict[str, date]:
    """Who comes on duty at once by a change, and in which week: nobody whose duty begins now can wait for a minute."""
    before, after = (team.duty.at(made.now) for team in (made.team, made.after))
    return {after.who: after.week} if before and after and after.who and after.who != before.who else {}


def _torn(made: Made) -> list[Owed]:
    """Weeks that nobody can take whole, though each of their days has somebody: of others `alarm.py` tells."""
    weeks, team = made.moved.torn, made.after
    found = gaps.runs(team, min(weeks), max(weeks) + ONE_DAY) if weeks else []
    empty = {team.hours.week_of(day) for gap in found for day in gap.days}
    torn = Effect(torn=tuple(week for week in weeks if week not in empty))
    due_at = made.now + WAITS
    return [Owed(GapAlarm(torn), str(made.id), CHANNEL, due_at, made.id, urgent=True)] if torn.torn else []


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


def hearers(owed: Iterable[Owed], by: str | None) -> list[str]:
    """Who other than `by` is to hear of a change by one of these messages: people's ids, each once."""
    waits = (each.facts for each in owed if each.state == OWED)
    return sorted({facts.who for facts in waits if isinstance(facts, ChangeNews | AgreementNews)} - {by})


def at_once(owed: Iterable[Owed]) -> list[str]:
    """Who of them hears at once, as they are on duty by it: people's ids."""
    waits = (each.facts for each in owed if each.state == OWED)
    return [facts.who for facts in waits if isinstance(facts, ChangeNews) and facts.begins]


def days_agreed(owed: Iterable[Owed]) -> dict[str, set[date]]:
    """The days of which people hear by word of what they agreed (`of_agreements`), by their ids."""
    days: dict[str, set[date]] = {}
    for facts in (each.facts for each in owed):
        if isinstance(facts, AgreementNews):
            days.setdefault(facts.who, set()).update({*facts.before} ^ {*facts.after})
    return days


def _needless(made: Made) -> list[Owed]:
    """The reminders that fall due now of weeks and days that somebody hears of anyway: as news, or as the answer."""
    team, moved = made.after, made.moved
    weeks, days = {f"{m.week}/{m.after}" for m in moved.weeks}, {f"{m.day}/{m.after}" for m in moved.days}
    fresh = [
        owed for owed in due.all_reminders(team, made.now) if owed.about in weeks or _all_is_new(team, owed, moved)
    ]
    begun = {f"{team.hours.date_of(m.starts)}/{m.after}" for m in moved.hours}
    fresh += [owed for owed in due.duties(team, made.now) if owed.about in weeks | days | begun]
    return [replace(owed, state=NEEDLESS, change_id=made.id) for owed in fresh]


def _all_is_new(team: Roster, reminder: Owed, moved: Effect) -> bool:
    """Whether somebody is reminded of a week of which all their days have just come to them, as by a cover."""
    facts = reminder.facts
    if not isinstance(facts, Reminder):
        return False
    weeks = shown_weeks(team, facts.week, facts.week + ONE_DAY)
    days = {day.date for week in weeks for day in week.days_of(facts.who)}
    return days <= {m.day for m in moved.days if m.after == facts.who}


def gains_on_short_notice(made: Made, who: str) -> dict[str, date]:
    """Who takes over a week, or what is left of one, that `who` gives up on short notice: people's ids, and the first
    date of the week; of several the soonest."""
    team, moved = made.after, made.moved
    soon = made.now + timedelta(days=team.facts.notice_days)
    gained = [(m.week, m.after) for m in moved.weeks if m.before == who]
    given_up = [m for m in moved.days if m.before == who and not _returns(team, m, made.now)]
    gained += [(team.hours.week_of(m.day), m.after) for m in given_up]
    latest_first = sorted({(week, after) for week, after in gained if after}, reverse=True)
    return {after: week for week, after in latest_first if team.hours.handoff(week) < soon}


def _returns(team: Roster, move: DayMoves, now: datetime) -> bool:
    """Whether a day of a week to come only returns to its holder, who gave it away by a cover."""
    parties, week = (move.before, move.after), team.hours.week_of(move.day)
    given = (c for c in team.covers if (c.person_id, c.instead_of) == parties and c.first <= move.day < c.until)
    return team.hours.handoff(week) > now and next(given, None) is not None


def of_agreements(made: Made, but: int | None = None) -> list[Owed]:
    """What a change owes to both sides of each cover and swap, but for that of the request `but`, which holds on other
    days to come than before."""
    team, after = made.team, made.after
    both = {cover.id: cover for cover in (*team.covers, *after.covers) if cover.request_id != but}
    agreed, today = list(both.values()), after.hours.on_call_day(made.now)
    kept = {cover.id for cover in after.covers}
    was = standing_days(team, agreed)
    now_so = standing_days(after, [cover for cover in agreed if cover.id in kept])
    owed = []
    for request_id, days in was.items():
        held, holds = ([d for d in each if d >= today] for each in (days, now_so.get(request_id, ())))
        if held != holds:
            parties = sorted({who for c in agreed if c.request_id == request_id for who in (c.person_id, c.instead_of)})
            owed += [_agreement(made, request_id, who, held, holds) for who in parties]
    return owed


def _agreement(made: Made, request_id: int, who: str, held: list[date], holds: list[date]) -> Owed:
    facts = AgreementNews(request_id, who, made.by, tuple(held), tuple(holds))
    begins = made.after.hours.handoff(min(set(held) ^ set(holds)))
    about, urgent = f"{made.id}/{request_id}/{who}", begins < made.now + ONE_DAY
    return Owed(facts, about, to_person(who), made.now + WAITS, made.id, urgent=urgent, concerns=begins)


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


def announcement(team: Roster, holiday: Holiday, now: datetime) -> Announcement:
    """The facts of an announcement of its own, as earlier releases owed one for each holiday, as it stands."""
    days = holiday.first, holiday.until
    return Announcement(holiday.id, holiday.person_id, *days, holiday.short_notice, digest.moved_by(team, holiday, now))


def is_on_short_notice(team: Roster, exchange: Exchange, now: datetime) -> bool:
    """Whether the first changed day is nearer than the notice that the team asks for. A mere note changes no day."""
    soon = team.hours.date_of(now) + timedelta(days=team.facts.notice_days)
    return any(day < soon for day in exchange.dates)
