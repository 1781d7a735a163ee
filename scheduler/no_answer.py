"""Whoever comes on duty, or is asked whether they can take a week, and does not answer: reminded once, then the admins
hear of it once.

    word of coming on duty, said ──► so many office hours later: a reminder ──► as many later: the admins, where it
                                                                                lasts another day
    "can you take it?", said     ──► a day later, or two hours where it begins within two days: a reminder ──► the same
                                     again: the admins

Each is owed when what comes before it has been said, so that it is said as often as that: once; and it is of no use any
more where somebody has answered by then. Whatever they do in the bot counts as an answer, once they are on duty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import changes, history, outbox
from models.changes import Change
from models.outbox import Message, MessageFacts, Owed, to_person
from models.store.engine import Tx
from scheduler import messages
from scheduler.change import answers, frame, told
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Made
from scheduler.entries import DutyAccepted, DutyState
from scheduler.messages import ChangeNews, DutyReminder, HandoffDue, NoAnswer, StillNoAnswer, TakeOverNews
from scheduler.refusals import NotOnDuty
from scheduler.rule.duty import Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import DayMoves, WeekMoves
from scheduler.rule.rotation import WEEK
from scheduler.shifts import decline, takeover
from scheduler.team import covers, schedule
from scheduler.team.roster import Roster

KINDS = (NoAnswer.kind, StillNoAnswer.kind)
NEAR, TWO_HOURS = timedelta(days=2), timedelta(hours=2)


def follows(team: Roster, said: Message, facts: MessageFacts, now: datetime) -> list[Owed]:
    """What is owed once a message has been said at the moment `now`."""
    match facts:
        case StillNoAnswer():
            return []
        case NoAnswer():
            return list(_to_admins(team, facts, now))
        case ChangeNews(week=week) if week:
            return _question(team, facts, said.id, now)
        case _:
            return _word(team, facts, now)


def _word(team: Roster, facts: MessageFacts, now: datetime) -> list[Owed]:
    stretch = _comes_on(team, facts, now)
    if stretch is None or stretch.who is None or not team.answer_within:
        return []
    starts = stretch.starts
    owed = NoAnswer(stretch.who, stretch.week, starts, min(starts, now))
    due_at = team.office.add(max(starts, now), team.answer_within)
    return [Owed(owed, _about(owed), to_person(stretch.who), due_at, urgent=True)]


def _question(team: Roster, news: ChangeNews, asked: int, now: datetime) -> list[Owed]:
    week, who = news.week or now.date(), news.who
    days = covers.days_of(team, who, max(week, team.hours.on_call_day(now)), week + WEEK)
    if not days or decline.declined_of(team, who, week):
        return []
    starts = max(team.hours.handoff(days[0].date), now)
    owed = NoAnswer(who, week, starts, now, asked)
    return [Owed(owed, _about(owed), to_person(who), now + _patience(starts, now), urgent=True, concerns=starts)]


def _to_admins(team: Roster, facts: NoAnswer, now: datetime) -> Iterator[Owed]:
    still = StillNoAnswer(facts.who, facts.week, facts.starts, facts.since, facts.asked)
    due_at = now + _patience(facts.starts, now) if facts.asked else team.office.add(now, team.answer_within)
    concerns = facts.starts if facts.asked else None
    for who in team.admins:
        if who != facts.who:
            yield Owed(still, f"{_about(facts)}/{who}", to_person(who), due_at, urgent=True, concerns=concerns)


def _about(facts: NoAnswer) -> str:
    return f"{facts.who}/{facts.asked or f'{facts.starts:%Y%m%dT%H%M%S}'}"


def _patience(starts: datetime, now: datetime) -> timedelta:
    return TWO_HOURS if starts < now + NEAR else ONE_DAY


def _comes_on(team: Roster, facts: MessageFacts, now: datetime) -> Stretch | None:
    """The duty of which a message tells its reader that they come on it; None where it tells of none, or where another
    message will."""
    match facts:
        case HandoffDue(week=week):
            return team.duty.at(team.hours.handoff(week))
        case DutyReminder(who=who, starts=starts):
            return _theirs(team, who, starts)
        case TakeOverNews(who=who):
            begins = _by_take_over(facts)
            return _theirs(team, who, begins) if begins else None
        case ChangeNews(who=who):
            begins = _by_change(team, facts)
            soon = begins is not None and begins <= now + ONE_DAY
            found = _theirs(team, who, max(begins, now)) if begins and soon else None
            by_handoff = found is not None and found.starts > now and found.starts == team.hours.handoff(found.week)
            return None if by_handoff else found
        case _:
            return None


def _theirs(team: Roster, who: str, moment: datetime) -> Stretch | None:
    stretch = team.duty.at(moment)
    return stretch if stretch and stretch.who == who else None


def _by_take_over(news: TakeOverNews) -> datetime | None:
    """When its reader comes on duty by it: at once, or where it ends earlier or later than they would have."""
    if news.begins or news.starts:
        return news.begins or news.ends
    comes = (news.what == takeover.TAKEN_OVER) if news.who == news.taker else (news.what == takeover.GIVEN_BACK)
    return news.at if comes else None


def _by_change(team: Roster, news: ChangeNews) -> datetime | None:
    """When the first begins that came to its reader."""
    moves: list[WeekMoves | DayMoves] = [*news.effect.weeks, *news.effect.days]
    days = [day for move in moves if move.after == news.who for day in move.dates]
    begins = [*map(team.hours.handoff, days), *(move.starts for move in news.effect.hours if move.after == news.who)]
    return min(begins, default=None)


def is_awaited(tx: Tx, team: Roster, facts: NoAnswer, now: datetime) -> bool:
    """Whether an answer is waited for still, at the moment `now`."""
    on_duty, who = team.duty.at(now), facts.who
    is_on = on_duty is not None and on_duty.who == who
    if facts.asked:
        today = team.hours.on_call_day(now)
        theirs = covers.days_of(team, who, max(facts.week, today), facts.week + WEEK)
        if not theirs or answers.has_taken(tx, team, who, facts.week):
            return False
    elif not is_on or not team.answer_within:
        return False
    return not is_on or not _has_answered(tx, team, facts)


def _has_answered(tx: Tx, team: Roster, facts: NoAnswer) -> bool:
    """Whether they have changed anything since, or the week was acknowledged, be it by an admin."""
    if changes.is_by(tx, team.id, facts.who, facts.since):
        return True
    said = history.acknowledgement(tx, team.id, facts.week)
    return said is not None and said.at >= facts.since


def lasts(team: Roster, facts: NoAnswer, now: datetime) -> bool:
    """Whether there is something for admins to do: the duty lasts another day, or it was asked whether it can be."""
    on_duty = schedule.on_duty(team, now)
    return facts.asked is not None or (on_duty is not None and on_duty.ends > now + ONE_DAY)


def heard(tx: Tx, waiting: list[Message], team: Roster, who: str, now: datetime) -> None:
    """`who` has done something in the bot: of what is `waiting` to be said that they do not answer, nothing is said
    about a duty of theirs that has begun, or that they know of."""
    on_duty = team.duty.at(now)
    is_on = on_duty is not None and on_duty.who == who
    for message in waiting:
        facts = messages.of_kind(NoAnswer, message)
        if message.team_id == team.id and facts and facts.who == who and (is_on or not facts.asked):
            outbox.withdraw(tx, message.id)


@dataclass(frozen=True, slots=True)
class _Accepted(Decision):
    """`who` has got a duty, as they say below the message with the id `message`. `said`: that they had said so."""

    message: int
    who: str
    duty: DutyState
    said: bool

    def __bool__(self) -> bool:
        return not self.said

    def entry(self) -> Entry:
        """From when on."""
        return Entry(DutyAccepted(None, self.duty), self.who)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """What asked shows it."""
        asked = outbox.by_id(tx, made.after.id, self.message)
        if asked and asked.kind == TakeOverNews.kind:
            yield told.edit(asked, made.id, made.now, asked.change_id)
        yield from answers.edits_of(tx, made, self.who, self.duty.week)


def accept_duty(tx: Tx, by: Actor, who: str, starts: datetime, message: int) -> None:
    """*I've got it*: `who` has taken on the duty that began, or begins, at `starts`. Once. `message` is the id of the
    one that asked, which is edited."""

    def decide(team: Roster, by: Actor) -> _Accepted:
        frame.check_rights(team, by, who)
        found = team.duty.at(max(starts, by.now))
        if found is None or found.who != who:
            raise NotOnDuty(team.name(found.who) if found and found.who else None)
        state = DutyState(found.week, starts)
        return _Accepted(message, who, state, answers.has_accepted(tx, team, who, starts))

    def repeat(team: Roster, change: Change) -> _Accepted:
        week = team.hours.week_of(team.hours.on_call_day(change.at))
        return _Accepted(message, who, DutyState(week, starts), said=True)

    frame.enact(tx, by, decide, repeat)
