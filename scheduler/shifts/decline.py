"""Short notice: whoever a week came to says *I've got it* or *I can't*.

*I can't* counts as being away for what is left of that week, kept apart from time off, and passes it on by the same
rule; who gets it then is asked the same. They can after all, as long as some of its days are to come.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from models import declines, outbox
from models.changes import Change
from models.declines import Decline
from models.outbox import Owed
from models.store.engine import Tx
from scheduler import entries
from scheduler.change import answers, frame, told
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Audience, Made
from scheduler.entries import DeclineState, DeclineUndone, ShortNoticeAccepted, WeekDeclined, WeekState
from scheduler.messages import ChangeNews
from scheduler.refusals import LAST_DAY_PASSED, AlreadyUndone, NotYoursToDecline, TooLateToUndo
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.rule.rotation import WEEK
from scheduler.team import covers
from scheduler.team.roster import Roster


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A week that was passed on, or is not after all: `team` is the team after it, `moved` what it moved. `id` is that
    of the change; None where nothing was changed. `owed` are the messages that it owes."""

    team: Roster
    declined: Decline
    moved: Effect
    id: int | None = None
    owed: tuple[Owed, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer(Decision):
    """What is answered to the message with the id `message`, if it is, which shows it."""

    message: int | None

    @property
    def duty(self) -> tuple[str, date]:
        """Who answers, and the first date of the week that it is about."""
        raise NotImplementedError

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """The message that asked shows what was answered."""
        asked = outbox.by_id(tx, made.after.id, self.message) if self.message else None
        if asked and asked.kind == ChangeNews.kind:
            yield told.edit(asked, made.id, made.now, asked.change_id)
        yield from answers.edits_of(tx, made, *self.duty)


@dataclass(frozen=True, slots=True)
class _Taken(_Answer):
    """`who` has taken on the week that begins on `week`. `said`: that they had said so before."""

    who: str
    week: date
    said: bool

    def __bool__(self) -> bool:
        return not self.said

    @property
    def duty(self) -> tuple[str, date]:
        """Theirs."""
        return self.who, self.week

    def entry(self) -> Entry:
        """The week."""
        return Entry(ShortNoticeAccepted(None, WeekState(self.week)), self.who)


def accept_week(tx: Tx, by: Actor, who: str, week: date, message: int | None = None) -> None:
    """`who` has taken on the week that begins on `week`, which came on short notice. Once. `message` is the id of the
    one that asked, which is edited."""

    def decide(team: Roster, by: Actor) -> _Taken:
        frame.check_rights(team, by, who)
        _still_theirs(team, by, who, week)
        return _Taken(message, who, week, answers.has_taken(tx, team, who, week))

    def repeat(team: Roster, change: Change) -> _Taken:
        return _Taken(message, who, week, said=True)

    frame.enact(tx, by, decide, repeat)


def declined_of(team: Roster, who: str, week: date) -> Decline | None:
    """That `who` said that they can't take it, or what is left of it."""
    return next((d for d in team.declines if d.person_id == who and d.until == week + timedelta(days=7)), None)


@dataclass(frozen=True, slots=True)
class _OfWeek(_Answer):
    """A week that is declined, or no more."""

    declined: Decline

    @property
    def duty(self) -> tuple[str, date]:
        """Theirs."""
        return self.declined.person_id, self.declined.until - WEEK


@dataclass(frozen=True, slots=True)
class _Declined(_OfWeek):
    """They can't take it."""

    def after(self, team: Roster) -> Roster:
        """Without them in what is left of the week."""
        return team.but(declines=(*team.declines, self.declined))

    def saved(self, tx: Tx, team: Roster) -> "_Declined":
        """With its id."""
        return replace(self, declined=declines.decline(tx, team.id, self.declined))

    def entry(self) -> Entry:
        """What was declined."""
        return Entry(WeekDeclined(None, DeclineState(self.declined)), self.declined.person_id)

    @property
    def last(self) -> date:
        """The last day of the week."""
        return self.declined.until - ONE_DAY

    @property
    def audience(self) -> Audience:
        """Who gets it is asked."""
        return Audience(passes_on=self.declined.person_id)


def decline(tx: Tx, by: Actor, who: str, week: date, message: int | None = None) -> PassedOn:
    """`who` can't take what is left of the week that begins on `week`. `message` as for `accept_week`."""

    def decide(team: Roster, by: Actor) -> _Declined:
        frame.check_rights(team, by, who)
        first = _still_theirs(team, by, who, week)
        return _Declined(message, Decline(None, who, first, week + timedelta(days=7), by.now))

    def repeat(team: Roster, change: Change) -> _Declined:
        facts = entries.of_kind(WeekDeclined, change)
        if facts is None:
            raise NotYoursToDecline
        return _Declined(message, facts.after.decline)

    return _enacted(tx, by, decide, repeat)


@dataclass(frozen=True, slots=True)
class _Undone(_OfWeek):
    """They can after all, from the date `today` on."""

    today: date

    def after(self, team: Roster) -> Roster:
        """With them in what is left of the week."""
        others = (each for each in team.declines if each.id != self.declined.id)
        return team.but(declines=(*others, *((self._left,) if self._left else ())))

    def saved(self, tx: Tx, team: Roster) -> "_Undone":
        """Gone, or cut."""
        if self._left:
            declines.cut(tx, self.declined, self.today)
        else:
            declines.remove(tx, self.declined)
        return self

    def entry(self) -> Entry:
        """What was declined, and what is left of that."""
        after = DeclineState(self._left) if self._left else None
        return Entry(DeclineUndone(DeclineState(self.declined), after), self.declined.person_id)

    @property
    def last(self) -> date:
        """The last day of the week."""
        return self.declined.until - ONE_DAY

    @property
    def _left(self) -> Decline | None:
        return replace(self.declined, until=self.today) if self.declined.first < self.today else None


def take_after_all(tx: Tx, by: Actor, decline_id: int, message: int | None = None) -> PassedOn:
    """They can after all, from now on. `message` as for `accept_week`."""

    def decide(team: Roster, by: Actor) -> _Undone:
        declined, today = declines.by_id(tx, team.id, decline_id), team.hours.date_of(by.now)
        if declined is None:
            raise AlreadyUndone
        frame.check_rights(team, by, declined.person_id)
        if declined.until <= today:
            raise TooLateToUndo(LAST_DAY_PASSED)
        return _Undone(message, declined, today)

    def repeat(team: Roster, change: Change) -> _Undone:
        facts = entries.of_kind(DeclineUndone, change)
        if facts is None:
            raise AlreadyUndone
        return _Undone(message, facts.before.decline, team.hours.date_of(change.at))

    return _enacted(tx, by, decide, repeat)


Answered = TypeVar("Answered", _Declined, _Undone)


def _enacted(
    tx: Tx, by: Actor, decide: Callable[[Roster, Actor], Answered], repeat: Callable[[Roster, Change], Answered]
) -> PassedOn:
    done = frame.enact(tx, by, decide, repeat)
    return PassedOn(done.team, done.decision.declined, done.moved, done.id, done.owed)


def _still_theirs(team: Roster, by: Actor, who: str, week: date) -> date:
    """The first date of what is left of the week for `who`. Raises NotYoursToDecline."""
    today = team.hours.on_call_day(by.now)
    left = covers.days_of(team, who, max(week, today), week + timedelta(days=7))
    first = max(week, team.hours.date_of(by.now))
    if not left or first >= week + timedelta(days=7):  # after its last midnight only hours are left: no date to pass on
        raise NotYoursToDecline
    return first
