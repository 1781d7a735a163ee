"""Owes the digests of time off, one for each on-call day, and keeps them true: while nobody has read one, it is owed
anew with what joins it; later it is edited.

    the tick    time off that begins within the days of notice, and was not told by any
    a change    time off on short notice, or within the days of notice already; and every digest that shows it, or a
                day that it moves
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from models import outbox
from models.holidays import Holiday
from models.outbox import CHANNEL, DROPPED, NEEDLESS, OWED, REFUSED, SAID, WITHDRAWN, Message, Owed
from models.store.engine import Tx
from scheduler import due, messages
from scheduler.change import digest, told
from scheduler.change.told import Made
from scheduler.messages import AwayDigest
from scheduler.rule.moves import Effect
from scheduler.team import gaps
from scheduler.team.gaps import Gap
from scheduler.team.roster import Roster

LOOKS_BACK = timedelta(weeks=26)

_Found = tuple[Message, AwayDigest]


def now_due(tx: Tx, team: Roster, holidays: Sequence[Holiday], now: datetime) -> Iterator[Owed]:
    """What is owed to tell of holidays that are to be announced, as far as no digest does and they move anything."""
    found = _digests(tx, team, now) if holidays else []
    untold = [h for h in holidays if not _is_told(found, h) and digest.moved_by(team, h, now)]
    if untold:
        yield _told_today(team, found, untold, now)


def of_change(tx: Tx, made: Made, elsewhere: Collection[str]) -> Iterator[Owed]:
    """What a change owes to digests. `elsewhere`: the ids of the holidays that are announced otherwise."""
    found = _digests(tx, made.after, made.now)
    untold = [h for h in _to_announce(made) if not _is_told(found, h) and str(h.id) not in elsewhere]
    untold = [h for h in untold if digest.moved_by(made.after, h, made.now)]
    today, again = _today(made.after, made.now), None
    for message, facts in found:
        more = untold if message.about == today and _stands(message) else []
        untold = [] if more else untold
        if _is_read(message) or (message.state == OWED and message.begun_at):
            yield from _edited(made, message, facts, more)
        elif message.state == OWED:
            yield from _owed_anew(tx, made, message, facts, more)
        elif message.about == today:
            again = message
    if untold:
        yield replace(_owed(made.after, untold, again, made.now), due_at=made.now + told.WAITS)


def telling(tx: Tx, team: Roster, holidays: Collection[Holiday], now: datetime) -> list[Message]:
    """The digests that tell of one of these."""
    return [message for message, facts in _digests(tx, team, now) if any(digest.tells_of(facts, h) for h in holidays)]


def _digests(tx: Tx, team: Roster, now: datetime) -> list[_Found]:
    """Those that show days to come, whatever became of them."""
    today = team.hours.on_call_day(now)
    found = outbox.since(tx, team.id, [AwayDigest.kind], (today - LOOKS_BACK).isoformat())
    read = ((message, messages.of_kind(AwayDigest, message)) for message in found)
    return [(message, facts) for message, facts in read if facts and facts.until > today]


def _today(team: Roster, now: datetime) -> str:
    return team.hours.on_call_day(now).isoformat()


def _is_read(message: Message) -> bool:
    return message.state in (SAID, REFUSED)


def _stands(message: Message) -> bool:
    return message.state == OWED or _is_read(message)


def _is_told(found: Sequence[_Found], holiday: Holiday) -> bool:
    """Whether one that was said, or will be, tells of it, or would have, had nobody dropped it."""
    told_by = (facts for message, facts in found if _stands(message) or message.problem == DROPPED)
    return any(digest.tells_of(facts, holiday) for facts in told_by)


def _to_announce(made: Made) -> list[Holiday]:
    """The time off that changed and cannot wait for the tick."""
    before, today = {h.id: h for h in made.team.holidays}, made.after.hours.date_of(made.now)
    changed = (h for h in made.after.holidays if h.until > today and before.get(h.id) != h)
    return [h for h in changed if h.short_notice or due.announced_at(made.after, h) <= made.now]


def _owed(team: Roster, untold: Sequence[Holiday], again: Message | None, now: datetime) -> Owed:
    """The digest of the day; `again`: the one that was withdrawn."""
    facts = digest.of(team, untold, now)
    return Owed(facts, _today(team, now), CHANNEL, now, again=again.id if again else None)


def _told_today(team: Roster, found: Sequence[_Found], untold: Sequence[Holiday], now: datetime) -> Owed:
    message, facts = next((each for each in found if each[0].about == _today(team, now)), (None, None))
    if message is None or facts is None or message.state in (WITHDRAWN, NEEDLESS):
        return _owed(team, untold, message, now)
    joined = digest.refreshed(team, facts, now, untold)
    if message.state == OWED and message.begun_at is None:
        return replace(told.as_owed(message), facts=joined, again=message.id)
    return told.edit(message, f"with {', '.join(str(h.id) for h in untold)}", now, facts=joined)


def _edited(made: Made, message: Message, facts: AwayDigest, more: Sequence[Holiday]) -> Iterator[Owed]:
    """The edit of one that was said, where it would show anything else than before the change."""
    after = digest.refreshed(made.after, facts, made.now, more)
    if facts.away != after.away or _shown(made.team, facts, made.now) != _shown(made.after, after, made.now):
        yield told.edit(message, made.id, made.now + told.WAITS, made.id, after)


def _owed_anew(tx: Tx, made: Made, message: Message, facts: AwayDigest, more: Sequence[Holiday]) -> Iterator[Owed]:
    """One that nobody has read tells neither of what is cancelled nor of what moves nothing any more."""
    after = digest.refreshed(made.after, facts, made.now, more)
    left = digest.worth_telling(made.after, after, made.now)
    anew = replace(digest.of(made.after, left, made.now), gaps=facts.gaps) if left else None
    if anew == facts and _shown(made.team, facts, made.now) == _shown(made.after, facts, made.now):
        return
    if not outbox.withdraw(tx, message.id):
        yield from _edited(made, message, facts, more)
    elif anew:
        yield replace(told.as_owed(message), facts=anew, due_at=made.now + told.WAITS, again=message.id)


def _shown(team: Roster, facts: AwayDigest, now: datetime) -> tuple[Effect, list[Gap]]:
    return digest.shown(team, facts, now), gaps.left(team, facts.gaps, team.hours.on_call_day(now))
