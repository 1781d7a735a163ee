"""Taking over now, mid-incident or for somebody who is ill, and giving that back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models import changes, outbox, take_overs
from models.changes import Change
from models.outbox import NEEDLESS, SAID, Owed, to_person
from models.store.engine import Tx
from models.take_overs import TakeOver
from scheduler import due, entries
from scheduler.change import frame, told
from scheduler.change.frame import Actor, Decision, Entry
from scheduler.change.told import Made
from scheduler.entries import (
    DutyTakenOver,
    TakeOverBegun,
    TakeOverChanged,
    TakeOverEnded,
    TakeOverGivenBack,
    TakeOverState,
)
from scheduler.messages import TakeOverNews
from scheduler.refusals import (
    DeclinedThen,
    NotAwayNow,
    NothingToGiveBack,
    NotInRotation,
    NotStarted,
    NotUntilThen,
    OnCallAlready,
    Somebody,
)
from scheduler.rule import duty
from scheduler.rule.duty import TAKE_OVER, Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.team import covers
from scheduler.team.roster import Roster

TAKEN_OVER, CHANGED, GIVEN_BACK = DutyTakenOver.what, TakeOverChanged.what, TakeOverGivenBack.what
MOST_DAYS = 7  # longer is a cover


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A take-over that began or ended: `team` is the team after it, `instead_of` who was, or is again, on duty (None:
    nobody); `ahead`: whose time it takes besides, later on. `id` is that of the change; None where nothing was
    changed."""

    team: Roster
    taken: TakeOver
    instead_of: str | None
    id: int | None = None
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Arranged(Decision):
    """`taken` begins, or is what the take-over `was` becomes; the `others` of the same engineer end at the moment `at`.
    `instead_of` is on duty without it; others would have come on duty at a moment (`later`), or do so after all
    (`sooner`), by their ids."""

    what: str
    at: datetime
    taken: TakeOver
    instead_of: str | None
    was: TakeOver | None = None
    others: tuple[TakeOver, ...] = ()
    later: Mapping[str, datetime] = field(default_factory=dict)
    sooner: Mapping[str, datetime] = field(default_factory=dict)

    def after(self, team: Roster) -> Roster:
        """With it, and without the others from that moment on."""
        ended = {each.id: replace(each, ends=self.at) for each in self.others}
        becomes = {**ended, self.taken.id: self._becomes}
        kept = [becomes.pop(each.id, each) for each in team.take_overs]
        return team.but(take_overs=(each for each in (*kept, *becomes.values()) if each.starts < each.ends))

    def saved(self, tx: Tx, team: Roster) -> "_Arranged":
        """Those that it replaces end; a new one is written and has its id, another lasts until when it says now."""
        for each in self.others:
            take_overs.end(tx, each, self.at)
        if self.was is None:
            return replace(self, taken=take_overs.save_new(tx, team.id, self.taken))
        if self._becomes.starts < self._becomes.ends:
            take_overs.until(tx, self.was, self._becomes.ends)
        else:
            take_overs.end(tx, self.was, self.at)
        return self

    def entry(self) -> Entry:
        """The take-over, and who is on duty without it."""
        after = TakeOverBegun(self.taken, self.instead_of)
        facts = TakeOverChanged(TakeOverState(self.was), after) if self.was else DutyTakenOver(None, after)
        return Entry(facts, self.taken.person_id)

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """Word at once to those concerned, but for who makes it so: they need none that they come on duty out of turn
        as well."""
        taker, other = self.taken.person_id, self.instead_of
        concerned = [who for who in sorted({taker, other or "", *self.later, *self.sooner}) if who]
        facts = (self.what, self.taken.id, taker, other, made.by, ends_at(made.after, self.taken), made.now)
        for who in concerned:
            if who != made.by:
                told = TakeOverNews(*facts, who, self.later.get(who), self.sooner.get(who))
                yield Owed(told, f"{made.id}/{who}", to_person(who), made.now, made.id, urgent=True)
        for owed in due.duties(made.after, made.now):
            if owed.audience in map(to_person, concerned):
                yield replace(owed, state=NEEDLESS, urgent=False)

    @property
    def _becomes(self) -> TakeOver:
        return self.taken


@dataclass(frozen=True, slots=True)
class _GivenBack(_Arranged):
    """`taken` ends."""

    def owes(self, tx: Tx, made: Made) -> Iterator[Owed]:
        """And what told whoever was put on duty shows that it is over."""
        yield from _Arranged.owes(self, tx, made)  # a dataclass with slots knows no super()
        begun = changes.about(tx, made.after.id, TAKEN_OVER, self.taken.person_id)
        by = next((each for each in reversed(begun) if _made_before(made.after, each).taken.id == self.taken.id), None)
        said = outbox.find(tx, made.after.id, TakeOverNews.kind, f"{by.id}/{self.taken.person_id}") if by else None
        if said and said.state == SAID:
            yield told.edit(said, made.id, made.now, said.change_id)

    def entry(self) -> Entry:
        """The take-over, and when it ends."""
        facts = TakeOverGivenBack(TakeOverState(self.taken), TakeOverEnded(self.at, self.instead_of))
        return Entry(facts, self.taken.person_id)

    @property
    def _becomes(self) -> TakeOver:
        return replace(self.taken, ends=self.at)


def take_over(tx: Tx, by: Actor, who: str, ends: datetime | None = None) -> TakenOver:
    """`who` is on duty from now until `ends`, else until the engineer on duty would have been relieved. Where they have
    taken over already, that lasts until `ends` instead."""

    def decide(team: Roster, by: Actor) -> _Arranged:
        frame.check_rights(team, by, who)
        on_duty = team.duty.at(by.now)
        if on_duty is None:
            raise NotStarted
        _check(team, by, who, on_duty, ends)
        running = running_of(team, who, by.now)
        if running and ends:
            return _until(team, by.now, running, ends)
        taken = TakeOver(None, who, by.now, ends or on_duty.ends, by.now)
        ahead = _ahead(team, taken, on_duty.who, by.now)
        return _Arranged(TAKEN_OVER, by.now, taken, on_duty.who, later=ahead)

    return _enacted(tx, by, decide)


def _enacted(tx: Tx, by: Actor, decide: Callable[[Roster, Actor], _Arranged]) -> TakenOver:
    done = frame.enact(tx, by, decide, _made_before)
    made = done.decision
    return TakenOver(done.team, made.taken, made.instead_of, done.id, tuple(made.later))


def _made_before(team: Roster, change: Change) -> _Arranged:
    match entries.facts(change):
        case TakeOverGivenBack(before=before, after=ended):
            return _Arranged(change.what, change.at, before.take_over, ended.instead_of)
        case DutyTakenOver(after=begun) | TakeOverChanged(after=begun):
            return _Arranged(change.what, change.at, begun.take_over, begun.instead_of)
        case _:
            raise NothingToGiveBack


def ends_at(team: Roster, taken: TakeOver) -> datetime:
    """When a take-over ends, as things are: at the midnight before its engineer is away, if that comes first."""
    return team.duty.end_of(duty.TakenHours(taken.person_id, taken.starts, taken.ends))


def by_which(team: Roster, who: str, now: datetime) -> TakeOver | None:
    """The take-over by which `who` is on duty at the moment `now`; None where they are for another reason, or not."""
    on_duty = team.duty.at(now)
    if on_duty is None or (on_duty.who, on_duty.why) != (who, TAKE_OVER):
        return None
    return next((t for t in reversed(team.take_overs) if t.person_id == who and t.starts <= now < t.ends), None)


def running_of(team: Roster, who: str, now: datetime) -> TakeOver | None:
    """The take-over by which `who` is on duty at a moment, but for one that was agreed on a request."""
    taken = by_which(team, who, now)
    return taken if taken and taken.request_id is None else None


@dataclass(frozen=True, slots=True)
class _Without:
    """The team without a take-over, and without the `others` of the same engineer that run below it, which end with it;
    `other`: who is on duty then."""

    team: Roster
    others: tuple[TakeOver, ...]
    other: str | None

    @classmethod
    def of(cls, team: Roster, taken: TakeOver, now: datetime) -> "_Without":
        """What is left of the team at the moment `now`."""
        mine = (t for t in team.take_overs if t.person_id == taken.person_id and t.request_id is None)
        others = tuple(t for t in mine if t.id != taken.id and t.starts <= now < t.ends)
        gone = {taken.id, *(each.id for each in others)}
        left = team.but(take_overs=(t for t in team.take_overs if t.id not in gone))
        on_duty = left.duty.at(now)
        return cls(left, others, on_duty.who if on_duty else None)


def _until(team: Roster, now: datetime, running: TakeOver, ends: datetime) -> _Arranged:
    """Let a take-over end at another moment: it stays the same one, so the buttons that end it still do."""
    without, changed = _Without.of(team, running, now), replace(running, ends=ends)
    ahead, before = (_ahead(without.team, each, without.other, now) for each in (changed, running))
    sooner = {who: starts for who, starts in before.items() if who not in ahead}
    arranged = _Arranged(CHANGED, now, changed, without.other, running, without.others)
    return replace(arranged, later=ahead, sooner=sooner)


def _ahead(team: Roster, taken: TakeOver, other: str | None, now: datetime) -> dict[str, datetime]:
    """Who else, by their ids, would have come on duty while a take-over lasts, and when: not `other`, who is relieved
    by it at once."""
    begins: dict[str, datetime] = {}
    for stretch in team.duty.between(now, taken.ends):
        if stretch.who and stretch.who not in (taken.person_id, other):
            begins.setdefault(stretch.who, stretch.starts)
    return begins


def give_back(tx: Tx, by: Actor, take_over_id: int) -> TakenOver:
    """End a take-over now: who took over, who is on duty then, or an admin."""

    def decide(team: Roster, by: Actor) -> _GivenBack:
        taken = next((t for t in team.take_overs if t.id == take_over_id), None)
        if taken is None or not taken.starts <= by.now < taken.ends:
            raise NothingToGiveBack
        without = _Without.of(team, taken, by.now)
        frame.check_rights(team, by, taken.person_id, without.other)
        sooner = _ahead(without.team, taken, without.other, by.now)
        return _GivenBack(GIVEN_BACK, by.now, taken, without.other, taken, without.others, sooner=sooner)

    return _enacted(tx, by, decide)


def _check(team: Roster, by: Actor, who: str, on_duty: Stretch, ends: datetime | None) -> None:
    named = Somebody(team.name(who), asks=who == by.id)
    if who not in team.rotation.members(team.hours.date_of(by.now)):
        raise NotInRotation(team.name(who))
    today = team.hours.date_of(by.now)
    if declined := covers.declined(team, who, today, today + ONE_DAY):
        raise DeclinedThen(named, declined.id or 0)
    if team.rotation.is_away(who, today):
        raise NotAwayNow(named)
    if ends and not by.now < ends <= by.now + timedelta(days=MOST_DAYS):
        raise NotUntilThen(MOST_DAYS)
    running = running_of(team, who, by.now)
    lasts = ends is None or (ends == running.ends if running else ends <= on_duty.ends)
    if on_duty.who == who and lasts:
        raise OnCallAlready(named)
