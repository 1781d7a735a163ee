"""Short notice: whoever a week came to says *I've got it* or *I can't*.

*I can't* counts as being away for what is left of that week, kept apart from time off, and passes it on by the same
rule; who gets it then is asked the same. They can after all, as long as some of its days are to come.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import changes, declines, outbox
from models.declines import Decline
from models.schema.plain import of_plain, plain
from models.store.engine import Tx
from scheduler.change import frame, told
from scheduler.change.frame import Actor, Entry
from scheduler.messages import ChangeNews
from scheduler.refusals import AlreadyUndone, NotYoursToDecline, TooLateToUndo
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team import covers as agreed
from scheduler.team.roster import Roster

WEEK_TAKEN, WEEK_DECLINED, DECLINE_UNDONE = "short notice accepted", "week declined", "week declined no more"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A week that was passed on, or is not after all: `team` is the team after it, `moved` what it moved. `id` is that
    of the change; None where nothing was changed."""

    team: Roster
    declined: Decline
    moved: Effect
    id: int | None = None


def got_it(tx: Tx, by: Actor, who: str, week: date, message: int | None = None) -> None:
    """`who` has taken on the week that begins on `week`, which came on short notice. Once. `message` is the id of the
    one that asked, which is edited."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    _still_theirs(team, by, who, week)
    if not has_taken(tx, team, who, week):
        entry = Entry(WEEK_TAKEN, who, None, {"week": week.isoformat()})
        change_id = frame.write(tx, team, by, entry, Effect())
        _refresh(tx, team, by, message, change_id)


def has_taken(tx: Tx, team: Roster, who: str, week: date) -> bool:
    """Whether `who` said so."""
    return any(c.after == {"week": week.isoformat()} for c in changes.about(tx, team.id, WEEK_TAKEN, who))


def declined_of(team: Roster, who: str, week: date) -> Decline | None:
    """That `who` said that they can't take it, or what is left of it."""
    return next((d for d in team.declines if d.person_id == who and d.until == week + timedelta(days=7)), None)


def decline(tx: Tx, by: Actor, who: str, week: date, message: int | None = None) -> PassedOn:
    """`who` can't take what is left of the week that begins on `week`. `message` as for `got_it`."""
    team, by = frame.begin(tx, by)
    frame.check_rights(team, by, who)
    if change := frame.before(tx, team, by):
        mine = next((d for d in team.declines if d.id == change.after["decline"]["id"]), None)
        if mine is None:
            raise NotYoursToDecline
        return PassedOn(team, mine, of_plain(Effect, change.effect), change.id)
    first = _still_theirs(team, by, who, week)
    declined = Decline(None, who, first, week + timedelta(days=7), by.now)
    saved = declines.decline(tx, team.id, declined)
    entry = Entry(WEEK_DECLINED, who, None, {"decline": plain(saved)})
    passed = _entered(tx, team, by, entry, saved)
    _refresh(tx, passed.team, by, message, passed.id)
    return passed


def undo(tx: Tx, by: Actor, decline_id: int, message: int | None = None) -> PassedOn:
    """They can after all, from now on. `message` as for `got_it`."""
    team, by = frame.begin(tx, by)
    if change := frame.before(tx, team, by):
        facts = change.before["decline"]
        dates = {name: date.fromisoformat(facts[name]) for name in ("first", "until")}
        was = Decline(**facts | dates | {"declined_at": datetime.fromisoformat(facts["declined_at"])})
        return PassedOn(team, was, of_plain(Effect, change.effect), change.id)
    declined = declines.one(tx, decline_id)
    if declined is None:
        raise AlreadyUndone
    frame.check_rights(team, by, declined.person_id)
    today = team.hours.date_of(by.now)
    if declined.until <= today:
        raise TooLateToUndo("its last day has passed")
    if declined.first < today:
        left = declines.cut(tx, declined, today)
    else:
        declines.remove(tx, declined)
        left = None
    entry = Entry(
        DECLINE_UNDONE, declined.person_id, {"decline": plain(declined)}, {"decline": plain(left)} if left else None
    )
    passed = _entered(tx, team, by, entry, declined)
    _refresh(tx, passed.team, by, message, passed.id)
    return passed


def _entered(tx: Tx, team: Roster, by: Actor, entry: Entry, declined: Decline) -> PassedOn:
    after = frame.written(tx, team, by.now)
    passes_on = declined.person_id if entry.what == WEEK_DECLINED else None
    last = declined.until - ONE_DAY
    change_id, moved = frame.enter(tx, team, after, by, entry, last, passes_on=passes_on)
    return PassedOn(after, declined, moved, change_id)


def _refresh(tx: Tx, team: Roster, by: Actor, message_id: int | None, change_id: int | None) -> None:
    """The message that asked shows what was answered."""
    asked = outbox.one(tx, message_id) if message_id else None
    if asked and asked.kind == ChangeNews.kind:
        frame.owe(tx, team, told.edit(asked, change_id, by.now, asked.change_id), by.now)


def _still_theirs(team: Roster, by: Actor, who: str, week: date) -> date:
    """The first date of what is left of the week for `who`. Raises NotYoursToDecline."""
    today = team.hours.on_call_day(by.now)
    left = agreed.days_of(team, who, max(week, today), week + timedelta(days=7))
    first = max(week, team.hours.date_of(by.now))
    if not left or first >= week + timedelta(days=7):  # after its last midnight only hours are left: no date to pass on
        raise NotYoursToDecline
    return first
